//! Sizes of what was built, as a build finds them and as they are committed, and how they have changed.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use soutien_project::{root, run};

use crate::parts::{Loads, loads};

/// The document with the size of every file, as it was committed last; see [`Sizes`].
pub const SIZES: &str = "docs/sizes.json";

/// Sizes as they are committed. The next build is compared with them, and the documents have their figures from here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Sizes {
    about: String,
    /// What compiled the module: another compiler makes another module.
    compiler: String,
    /// What every reader downloads on a first view, in bytes as sent.
    pub(crate) every_reader: usize,
    /// What a reader with a blocker downloads besides.
    pub(crate) with_a_blocker: usize,
    /// Files and their bytes as sent.
    pub(crate) files: BTreeMap<String, usize>,
}

/// The sizes of these files.
///
/// # Errors
/// When nobody is said to download one of them.
pub fn sizes(files: BTreeMap<String, usize>, compiler: &str) -> Result<Sizes> {
    let loads = loads(&files)?;
    Ok(Sizes {
        about: "What `cargo xtask build` made, in bytes as sent: brotli 11, and pictures as they are. `cargo xtask reference` writes it.".into(),
        compiler: compiler.into(),
        every_reader: loads.first.bytes,
        with_a_blocker: loads.notice.bytes,
        files,
    })
}

/// The sizes in dist/site/, by its manifest.
///
/// # Errors
/// When it is not built.
pub fn built() -> Result<Sizes> {
    let text = fs::read_to_string(root().join("dist/site/manifest.json"));
    let text = text.context("dist/site/manifest.json is missing: run `cargo xtask build`")?;
    of_manifest(&serde_json::from_str(&text)?)
        .context("dist/site/manifest.json is not what a build writes: run `cargo xtask build`")
}

/// The sizes that are committed next, or were: [`SIZES`].
///
/// # Errors
/// When the file is missing or has another form.
pub fn written() -> Result<Sizes> {
    let text = fs::read_to_string(root().join(SIZES)).with_context(|| format!("cannot read {SIZES}"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{SIZES} is not what `cargo xtask reference` writes: run it after a build"))
}

/// Writes [`SIZES`].
///
/// # Errors
/// When the file cannot be written.
pub fn write(sizes: &Sizes) -> Result<()> {
    let text = format!("{:#}\n", serde_json::to_value(sizes)?);
    fs::write(root().join(SIZES), text).with_context(|| format!("cannot write {SIZES}"))
}

pub(crate) fn of_manifest(manifest: &Value) -> Result<Sizes> {
    let listed = manifest["files"].as_array().context("it lists no files")?;
    let mut files = BTreeMap::new();
    for file in listed {
        let name = file["name"].as_str().context("a file has no name")?;
        files.insert(
            name.to_owned(),
            sent(name, |key| file[key].as_u64()).with_context(|| format!("{name} has no size"))?,
        );
    }
    sizes(files, manifest["compiler"].as_str().context("it names no compiler")?)
}

/// What a server sends of a file: servers leave pictures as they are.
fn sent(name: &str, size: impl Fn(&str) -> Option<u64>) -> Option<usize> {
    let size = size(if name.ends_with(".gif") { "bytes" } else { "brotli" })?;
    usize::try_from(size).ok()
}

impl Sizes {
    /// What readers download.
    ///
    /// # Errors
    /// When nobody is said to download one of the files.
    pub fn loads(&self) -> Result<Loads> {
        loads(&self.files)
    }
}

/// Holds the committed sizes against those of a build, so that every commit says what it changes. A module by another compiler is not compared.
///
/// # Errors
/// When they differ, with the files that do.
pub fn hold_written(built: &Sizes, written: &Sizes) -> Result<()> {
    if built.compiler != written.compiler {
        println!(
            "{SIZES} is not compared: it is of {}, and this build of {}",
            written.compiler, built.compiler
        );
        return Ok(());
    }
    if built == written {
        return Ok(());
    }
    let names: std::collections::BTreeSet<_> = built.files.keys().chain(written.files.keys()).collect();
    let differs = |name: &&&String| built.files.get(**name) != written.files.get(**name);
    let size = |size: Option<&usize>| size.map_or_else(|| "none".to_owned(), usize::to_string);
    let differences: Vec<String> = names
        .iter()
        .filter(differs)
        .map(|name| {
            format!(
                "{name} {} there and {} here",
                size(written.files.get(*name)),
                size(built.files.get(*name))
            )
        })
        .collect();
    bail!(
        "{SIZES} has the sizes of another build ({}): run `cargo xtask reference`, and commit what it writes",
        if differences.is_empty() {
            "in its sums".into()
        } else {
            differences.join(", ")
        }
    );
}

/// The sizes of the last commit, or why they are not known.
pub(crate) fn committed() -> Result<Sizes> {
    let mut git = Command::new("git");
    // From here, and not from the top of whatever repository this folder is in.
    git.args(["show", &format!("HEAD:./{SIZES}")]).current_dir(root());
    let text = run::answer(&mut git).with_context(|| format!("git has no {SIZES} of a last commit here"))?;
    serde_json::from_str(&text).with_context(|| format!("{SIZES} had another form then"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::{build, check_error};

    #[test]
    fn committed_sizes_are_those_of_the_build() {
        let built = build(5_000);
        hold_written(&built, &build(5_000)).expect("they are the same");
        check_error(
            hold_written(&built, &build(5_001)),
            "another build (soutien.wasm 5001 there and 5000 here): run `cargo xtask reference`",
        );
        let mut other = build(6_000);
        other.compiler = "rustc 2.0.0".into();
        hold_written(&built, &other).expect("another compiler makes another module");
    }

    #[test]
    fn a_manifest_says_what_is_sent() {
        let manifest = |name: &str| json!({ "compiler": "rustc 1.0.0", "files": [{ "name": name, "bytes": 46, "brotli": 50 }] });
        assert_eq!(of_manifest(&manifest("probe.gif")).unwrap().files["probe.gif"], 46);
        assert_eq!(of_manifest(&manifest("probe.js")).unwrap().files["probe.js"], 50);
        assert!(of_manifest(&json!({ "compiler": "rustc 1.0.0" })).is_err());
    }
}
