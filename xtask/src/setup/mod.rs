//! What the commands need from the machine: finds it, and installs what is missing where that is possible.

mod adguard;
mod crates;
mod find;
mod needs;
mod npm;
mod spip;
mod wordpress;

use std::collections::BTreeMap;
use std::panic;
use std::path::PathBuf;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::debian;
use crate::toolchain::{self, Choice};
use needs::Source;
use soutien_project::root;

pub use adguard::version as adguard_version;
pub use crates::host_cargo;
pub use find::{APACHE_MODULES, NGINX_BROTLI, path, version};
pub use needs::Need;

/// Finds or installs each need, those side by side that do not wait for each other anyhow. All are tried before the first failure is reported,
/// so that one run shows everything that is missing.
///
/// # Errors
/// When something is missing and cannot be installed, with what to do about it.
pub fn ensure(needs: &[Need], choice: Choice) -> Result<()> {
    let mut problems = Vec::new();
    // One call of apt-get for all packages, before the long builds.
    let missing = |need: &&Need| path(**need).is_none();
    let packages: Vec<_> = needs.iter().filter(missing).flat_map(|need| find::packages(*need)).collect();
    if let Err(error) = debian::install_packages(&packages) {
        problems.push(error);
    }
    let mut lanes: BTreeMap<&str, Vec<Need>> = BTreeMap::new();
    for &need in needs {
        lanes.entry(lane(&need.source()?)).or_default().push(need);
    }
    let install_all = |needs: &[Need]| -> Vec<anyhow::Error> {
        needs
            .iter()
            .filter_map(|&need| {
                let error = ensure_one(need, choice).err()?;
                Some(error.context(format!("{} is missing", need.name())))
            })
            .collect()
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = lanes.values().map(|needs| scope.spawn(move || install_all(needs))).collect();
        for lane in lanes {
            problems.extend(lane.join().unwrap_or_else(|payload| panic::resume_unwind(payload)));
        }
    });
    match problems.len() {
        0 => Ok(()),
        1 => Err(problems.remove(0)),
        _ => bail!(
            "{}",
            problems
                .iter()
                .map(|problem| format!("{problem:#}"))
                .collect::<Vec<_>>()
                .join("\nerror: ")
        ),
    }
}

/// What only one installation can use at a time; those that use the same go one after another.
fn lane(source: &Source) -> &'static str {
    match source {
        // Both may call apt-get.
        Source::Toolchain | Source::Wordpress(_) | Source::Spip => "apt-get",
        Source::Tool(_) => "target/tools/build",
        Source::Npm { .. } | Source::AdguardLists => "npm",
        // They are there by now, or cannot be had.
        Source::Debian { .. } => "nothing",
    }
}

fn ensure_one(need: Need, choice: Choice) -> Result<()> {
    let source = need.source()?;
    if let Source::Toolchain = source {
        return toolchain::ensure(choice).map(|_| ());
    }
    if path(need).is_some() {
        return Ok(());
    }
    match source {
        Source::Toolchain => Ok(()),
        Source::Tool(tool) => tool.install(),
        Source::Npm { folder } => npm::install(folder),
        Source::AdguardLists => adguard::unpack(),
        Source::Wordpress(release) => release.unpack(),
        Source::Spip => spip::unpack(),
        // Debian's packages are installed by now, or have been reported.
        Source::Debian { .. } if debian::is_debian() => Ok(()),
        Source::Debian { elsewhere, .. } => Err(anyhow!("{elsewhere}")),
    }
}

/// The path of a program or folder that a test hands to a browser or driver.
///
/// # Errors
/// When it is not on the machine.
pub fn require(need: Need) -> Result<PathBuf> {
    path(need).with_context(|| format!("{} is missing: run `cargo xtask setup`", need.name()))
}

/// Prints a table of all needs: name, version, where.
pub fn print_table(choice: Choice) {
    for need in Need::ALL.into_iter().chain(Need::SOURCES) {
        let (version, place) = match need {
            Need::Toolchain => toolchain::ensure(choice).map_or(("missing".into(), String::new()), |found| {
                (found.name().to_owned(), found.sysroot.display().to_string())
            }),
            _ => path(need).map_or(("missing".into(), String::new()), |path| {
                (find::version(need, &path), path.display().to_string())
            }),
        };
        let place = place
            .strip_prefix(&format!("{}/", root().display()))
            .map_or(place.clone(), str::to_owned);
        println!("{:<26}{version:<24}{place}", need.name());
    }
}
