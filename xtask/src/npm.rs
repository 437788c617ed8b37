//! `cargo xtask npm`: the package `soutien`, with which a site's own build starts Soutien. Readers need nothing of it but dist/site/.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::owner::Owner;
use crate::toolchain::Choice;
use crate::{build, types};
use soutien_project::files::{copy, copy_folder};
use soutien_project::{root, run};

/// What goes along from npm/.
const SOURCES: [&str; 2] = ["index.js", "README.md"];
/// What goes along from the project's folder.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Builds dist/site/ and, with it, dist/npm/.
///
/// # Errors
/// When something cannot be built or written.
pub fn npm(choice: Choice) -> Result<()> {
    build::build(choice)?;
    let folder = root().join("dist/npm");
    assemble(&folder)?;
    println!("\ndist/npm/ is soutien {}", env!("CARGO_PKG_VERSION"));
    Ok(())
}

/// Makes a folder the package, from npm/ and dist/site/.
///
/// # Errors
/// When a source is missing or not valid, or something cannot be written.
pub fn assemble(folder: &Path) -> Result<()> {
    let site = root().join("dist/site");
    if !site.is_dir() {
        bail!("dist/site/ is missing: run `cargo xtask build`");
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    copy_folder(&site, &folder.join("site"))?;
    for name in SOURCES {
        copy(&root().join("npm").join(name), &folder.join(name))?;
    }
    for name in LICENCES {
        copy(&root().join(name), &folder.join(name))?;
    }
    fs::write(folder.join("index.d.ts"), types::package_types())?;
    let text = fs::read_to_string(root().join("npm/package.json")).context("cannot read npm/package.json")?;
    fs::write(folder.join("package.json"), completed(&text, &Owner::read()?)?)?;
    Ok(())
}

/// Packs the package in a folder as npm does, and gives the path of `soutien-X.Y.Z.tgz`.
///
/// # Errors
/// When npm is missing or fails.
pub fn pack(package: &Path, output: &Path) -> Result<PathBuf> {
    fs::create_dir_all(output)?;
    let mut command = Command::new("npm");
    command.args(["pack", "--silent", "--pack-destination"]).arg(output);
    run::quietly("npm pack", command.current_dir(package), None)?;
    Ok(output.join(format!("soutien-{}.tgz", env!("CARGO_PKG_VERSION"))))
}

/// npm/package.json with the version of this workspace after its name, and where the package comes from, as far as that is known.
fn completed(text: &str, owner: &Owner) -> Result<String> {
    let given: Map<String, Value> = serde_json::from_str(text).context("npm/package.json is not valid JSON")?;
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
    Ok(format!("{:#}\n", Value::from(package)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_workspace() {
        let text = completed(r#"{ "name": "soutien", "type": "module" }"#, &Owner::default()).expect("it is JSON");
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            text,
            format!("{{\n  \"name\": \"soutien\",\n  \"version\": \"{version}\",\n  \"type\": \"module\"\n}}\n")
        );
        assert!(completed("[]", &Owner::default()).is_err());
        let owner = Owner {
            issues: "https://code.example/issues".into(),
            ..Owner::default()
        };
        let text = completed(r#"{ "name": "soutien" }"#, &owner).expect("it is JSON");
        assert!(
            text.contains(r#""bugs": "https://code.example/issues""#) && !text.contains("repository"),
            "{text}"
        );
    }
}
