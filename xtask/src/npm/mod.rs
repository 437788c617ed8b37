//! `cargo xtask npm`: the packages of npm, each from its folder below npm/ and from what is built.

pub mod binary;
mod lists;
pub mod site;
pub mod testers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::owner::Owner;
use crate::toolchain::Choice;
use crate::{build, extension};
use soutien_project::files::copy;
use soutien_project::{root, run};

/// What goes along from the project's folder.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Builds what the packages take, and puts them together in dist/npm/, a folder each: the one for sites, and with `qa` those for testers as well.
///
/// # Errors
/// When something cannot be built or written.
pub fn npm(qa: bool, choice: Choice) -> Result<()> {
    build::build(choice)?;
    site::assemble(&folder("soutien"))?;
    println!("\ndist/npm/soutien/ is soutien {}", env!("CARGO_PKG_VERSION"));
    if qa {
        extension::extension(&[], true, choice)?;
        testers::assemble(&folder(testers::CODE), &folder(testers::LISTS))?;
        println!("dist/npm/{}/ and dist/npm/{}/ are for testers", testers::CODE, testers::LISTS);
    }
    Ok(())
}

/// Where a package is put together, by its name.
pub fn folder(name: &str) -> PathBuf {
    root().join("dist/npm").join(name)
}

/// Packs the package in a folder as npm does, and gives the path of `NAME-X.Y.Z.tgz`.
///
/// # Errors
/// When npm is missing or fails.
pub fn pack(package: &Path, output: &Path) -> Result<PathBuf> {
    fs::create_dir_all(output)?;
    let mut command = Command::new("npm");
    command.args(["pack", "--silent", "--pack-destination"]).arg(output);
    let name = run::quietly("npm pack", command.current_dir(package), None)?;
    Ok(output.join(name.trim()))
}

/// Makes sure that there is a folder with nothing in it.
fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

/// Puts the licences of the project into a package.
fn copy_licences(package: &Path) -> Result<()> {
    LICENCES
        .iter()
        .try_for_each(|name| copy(&root().join(name), &package.join(name)))
}

/// Writes a package's package.json, by the one in its folder of sources. `change` may change it besides.
fn write_manifest(source: &str, package: &Path, change: impl FnOnce(&mut Map<String, Value>) -> Result<()>) -> Result<()> {
    let path = format!("{source}/package.json");
    let text = fs::read_to_string(root().join(&path)).with_context(|| format!("cannot read {path}"))?;
    let mut manifest = completed(&text, &Owner::read()?).with_context(|| format!("{path} is not valid"))?;
    change(&mut manifest)?;
    Ok(fs::write(
        package.join("package.json"),
        format!("{:#}\n", Value::from(manifest)),
    )?)
}

/// A package.json with the version of this workspace after its name, and where the package comes from, as far as that is known.
fn completed(text: &str, owner: &Owner) -> Result<Map<String, Value>> {
    let given: Map<String, Value> = serde_json::from_str(text)?;
    let mut package = Map::new();
    for (key, value) in given {
        let is_name = key == "name";
        package.insert(key, value);
        if is_name {
            package.insert("version".into(), env!("CARGO_PKG_VERSION").into());
        }
    }
    for (key, address) in [
        ("homepage", &owner.homepage),
        ("repository", &owner.repository),
        ("bugs", &owner.issues),
    ] {
        if !address.is_empty() {
            package.insert(key.into(), address.clone().into());
        }
    }
    Ok(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_workspace() {
        let package = completed(r#"{ "name": "soutien", "type": "module" }"#, &Owner::default()).expect("it is JSON");
        let text = Value::from(package).to_string();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(text, format!(r#"{{"name":"soutien","version":"{version}","type":"module"}}"#));
        assert!(completed("[]", &Owner::default()).is_err());
        let owner = Owner {
            issues: "https://code.example/issues".into(),
            ..Owner::default()
        };
        let package = completed(r#"{ "name": "soutien" }"#, &owner).expect("it is JSON");
        assert!(
            package["bugs"] == "https://code.example/issues" && !package.contains_key("repository"),
            "{package:?}"
        );
    }
}
