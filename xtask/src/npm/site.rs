//! The package `soutien`, with which a site's own build starts Soutien. Readers need nothing of it but dist/site/.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::types;
use soutien_project::files::{copy, copy_folder};
use soutien_project::{root, run};
use soutien_testbed::server;

/// The folder of the package's sources.
const SOURCE: &str = "npm/soutien";
/// What goes along from there.
const SOURCES: [&str; 4] = ["index.js", "react.js", "react.d.ts", "README.md"];

/// Makes a folder the package, from npm/soutien/, dist/site/ and the demo. Gives the names of the packages of others that are in it.
///
/// # Errors
/// When a source is missing or not valid, or something cannot be written.
pub fn assemble(folder: &Path) -> Result<Vec<String>> {
    let site = root().join("dist/site");
    if !site.is_dir() {
        bail!("dist/site/ is missing: run `cargo xtask build`");
    }
    super::empty(folder)?;
    copy_folder(&site, &folder.join("site"))?;
    for name in SOURCES {
        copy(&root().join(SOURCE).join(name), &folder.join(name))?;
    }
    super::copy_licences(folder)?;
    fs::write(folder.join("index.d.ts"), types::package_types())?;
    let demo = folder.join("demo");
    server::export(&root(), &demo)?;
    // The command serves it from site/, as everything else does.
    fs::remove_dir_all(demo.join(server::SITE_FOLDER))?;
    let others = bundle_command(folder)?;
    super::write_manifest(SOURCE, folder, |_| Ok(()))?;
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
