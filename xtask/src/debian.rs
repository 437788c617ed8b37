//! Debian: whether this is one, and its packages.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

use soutien_project::{root, run};

/// The one place where all of Debian's releases are.
const MIRROR: &str = "http://deb.debian.org/debian";

/// What that is signed with.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The releases of which packages are unpacked, whichever this machine has.
const SUITES: [&str; 3] = ["bookworm", "trixie", "sid"];

/// Installs those of Debian's packages that are missing: as root, after saying so. Anybody else is told the command.
///
/// # Errors
/// When packages are missing and this is not Debian or not root, or when apt-get fails.
pub fn install_packages(packages: &[&str]) -> Result<()> {
    let missing = packages_missing(packages);
    if missing.is_empty() || !is_debian() {
        return Ok(());
    }
    let install = format!("apt-get install --no-install-recommends --yes {}", missing.join(" "));
    if !run::is_root() {
        bail!("packages are missing that only root can install: run `sudo apt-get update && sudo {install}`");
    }
    eprintln!("installing Debian packages: apt-get update && {install}");
    let apt = |arguments: &str| {
        let mut command = Command::new("apt-get");
        command
            .args(arguments.split(' ').skip(1))
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run::quietly("apt-get update", &mut apt("apt-get update"), None)?;
    run::quietly("apt-get install", &mut apt(&install), None)?;
    Ok(())
}

/// Unpacks packages, each named as in `wordpress/sid`, into a folder, without installing them. What the machine's own apt knows stays as it is.
///
/// # Errors
/// When a package cannot be had, or dpkg-deb fails.
pub fn unpack(packages: &[String], folder: &Path) -> Result<()> {
    let archives = folder.with_extension("packages");
    if archives.exists() {
        fs::remove_dir_all(&archives)?;
    }
    fs::create_dir_all(&archives)?;
    let mut download = apt_of_all_suites()?;
    download.arg("download").args(packages).current_dir(&archives);
    run::quietly(&format!("apt-get download {}", packages.join(" ")), &mut download, None)?;
    for archive in fs::read_dir(&archives)? {
        let mut extract = Command::new("dpkg-deb");
        extract.arg("--extract").arg(archive?.path()).arg(folder);
        run::quietly("dpkg-deb", &mut extract, None)?;
    }
    Ok(fs::remove_dir_all(archives)?)
}

/// apt-get with lists of its own, of all the suites, as they are now.
fn apt_of_all_suites() -> Result<Command> {
    static IS_CURRENT: AtomicBool = AtomicBool::new(false);
    let folder = root().join("target/apt");
    fs::create_dir_all(folder.join("lists/partial"))?;
    let sources = SUITES.map(|suite| format!("deb [signed-by={KEYRING}] {MIRROR} {suite} main\n"));
    fs::write(folder.join("sources.list"), sources.concat())?;
    let command = || {
        let mut command = Command::new("apt-get");
        for (option, value) in [
            ("Dir::Etc::SourceList", folder.join("sources.list").display().to_string()),
            ("Dir::Etc::SourceParts", "/dev/null".to_owned()),
            ("Dir::State::Lists", folder.join("lists").display().to_string()),
            ("Dir::Cache", folder.join("cache").display().to_string()),
            ("Acquire::Languages", "none".to_owned()),
            ("Acquire::IndexTargets::deb::DEP-11::DefaultEnabled", "false".to_owned()),
            ("Acquire::IndexTargets::deb::CNF::DefaultEnabled", "false".to_owned()),
            // Another user could not write below the project's folder.
            ("APT::Sandbox::User", "root".to_owned()),
        ] {
            command.args(["--option", &format!("{option}={value}")]);
        }
        command
    };
    if !IS_CURRENT.load(Ordering::Relaxed) {
        run::quietly("apt-get update of other suites", command().arg("update"), None)?;
        IS_CURRENT.store(true, Ordering::Relaxed);
    }
    Ok(command())
}

/// Whether this is Debian itself; its relatives have other packages under the same names.
pub fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn packages_missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    if packages.is_empty() {
        return Vec::new();
    }
    // dpkg-query fails when it does not know one of the packages, and still lists the others.
    let mut query = Command::new("dpkg-query");
    query
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(packages);
    let output = query
        .stdin(Stdio::null())
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let output = String::from_utf8_lossy(&output).into_owned();
    packages
        .iter()
        .copied()
        .filter(|package| !output.lines().any(|line| line == format!("{package} installed")))
        .collect()
}
