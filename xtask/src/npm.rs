//! `cargo xtask npm`: the package `soutien`, with which a site's own build starts Soutien. Readers need nothing of it but dist/site/.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::owner::Owner;
use crate::toolchain::Choice;
use crate::{build, types};
use soutien_project::files::{copy, copy_folder};
use soutien_project::{root, run};
use soutien_testbed::server;

/// The folder of the package's sources.
const SOURCE: &str = "npm/soutien";
/// What goes along from there.
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

/// Makes a folder the package, from npm/soutien/, dist/site/ and the demo. Gives the names of the packages of others that are in it.
///
/// # Errors
/// When a source is missing or not valid, or something cannot be written.
pub fn assemble(folder: &Path) -> Result<Vec<String>> {
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
        copy(&root().join(SOURCE).join(name), &folder.join(name))?;
    }
    for name in LICENCES {
        copy(&root().join(name), &folder.join(name))?;
    }
    fs::write(folder.join("index.d.ts"), types::package_types())?;
    let demo = folder.join("demo");
    server::export(&root(), &demo)?;
    // The command serves it from site/, as everything else does.
    fs::remove_dir_all(demo.join(server::SITE_FOLDER))?;
    let others = bundle_command(folder)?;
    let text = fs::read_to_string(root().join("npm/soutien/package.json")).context("cannot read npm/soutien/package.json")?;
    fs::write(folder.join("package.json"), completed(&text, &Owner::read()?)?)?;
    Ok(others)
}

/// Makes npm/soutien/command.js and what it imports one file, and writes under which licences the latter is. Gives the packages that it is from.
fn bundle_command(folder: &Path) -> Result<Vec<String>> {
    // Beside what is made: two packages may be made at the same time.
    let metafile = folder.join("command.json");
    let mut command = Command::new(root().join("node_modules/.bin/esbuild"));
    command
        .args([
            "npm/soutien/command.js",
            "--bundle",
            "--platform=node",
            "--format=esm",
            "--target=node20",
        ])
        // The same wherever the packages really lie, as paths are written into what is made.
        .args(["--preserve-symlinks", "--log-level=warning"])
        .arg(format!("--metafile={}", metafile.display()))
        .arg(format!("--outfile={}", folder.join("command.js").display()));
    run::quietly("esbuild", command.current_dir(root()), None)?;
    let built: Value = serde_json::from_str(&fs::read_to_string(&metafile)?)?;
    fs::remove_file(&metafile)?;
    let inputs = built["inputs"].as_object().context("esbuild names no inputs")?;
    let packages: BTreeSet<&str> = inputs.keys().filter_map(|path| package_of(path)).collect();
    ensure!(
        !packages.is_empty(),
        "esbuild names none of the packages in command.js, only {inputs:?}"
    );
    let mut text = "command.js holds these packages, under these licences.\n".to_owned();
    for package in &packages {
        let path = root().join("node_modules").join(package);
        let manifest: Value = serde_json::from_str(&fs::read_to_string(path.join("package.json"))?)?;
        let version = manifest["version"].as_str().unwrap_or_default();
        let _ = write!(text, "\n{package} {version}\n\n{}", licence(&path, &manifest)?);
    }
    fs::write(folder.join("LICENCES.txt"), text)?;
    Ok(packages.into_iter().map(str::to_owned).collect())
}

/// The package that a file belongs to, by its path below the project's folder: `@polka/url` for `node_modules/@polka/url/build.mjs`.
fn package_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("node_modules/")?;
    let parts = if inside.starts_with('@') { 2 } else { 1 };
    let (end, _) = inside.match_indices('/').nth(parts - 1)?;
    Some(&inside[..end])
}

/// The text of a package's licence, or the name of it, by the package's manifest, where the package has no text along.
fn licence(package: &Path, manifest: &Value) -> Result<String> {
    for entry in fs::read_dir(package).with_context(|| format!("cannot read {}", package.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if name.starts_with("licen") {
            return Ok(fs::read_to_string(entry.path())?);
        }
    }
    let name = manifest["license"].as_str();
    let name = name.with_context(|| format!("{} names no licence", package.display()))?;
    let author = manifest["author"]["name"].as_str().or(manifest["author"].as_str());
    Ok(format!("{name}, by {}\n", author.unwrap_or("its authors")))
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

/// npm/soutien/package.json with the version of this workspace after its name, and where the package comes from, as far as that is known.
fn completed(text: &str, owner: &Owner) -> Result<String> {
    let given: Map<String, Value> = serde_json::from_str(text).context("npm/soutien/package.json is not valid JSON")?;
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
