//! What comes from npm: a folder with a package.json and a lock file gets its node_modules/. The project's own has the tools of the build, and
//! those below tests/rigs/ have what some tests and benches take.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::Value;

use soutien_project::{root, run};

/// Where the packages of this folder of the project are, if they are those of its lock file.
pub fn modules(folder: &str) -> Option<PathBuf> {
    let read = |file: &str| {
        let text = fs::read_to_string(root().join(folder).join(file)).ok()?;
        serde_json::from_str::<Value>(&text).ok()
    };
    let (wanted, installed) = (read("package-lock.json")?, read("node_modules/.package-lock.json")?);
    let packages = wanted["packages"][""]["devDependencies"].as_object();
    let are_current = packages.into_iter().flatten().all(|(name, _)| {
        let integrity = |lock: &Value| lock["packages"][format!("node_modules/{name}")]["integrity"].clone();
        integrity(&wanted) == integrity(&installed)
    });
    // `components` leaves out the dot of the project's own folder.
    are_current.then(|| root().join(folder).join("node_modules").components().collect())
}

/// Installs the packages of this folder of the project as its lock file has them.
///
/// # Errors
/// When npm is missing or fails.
pub fn install(folder: &str) -> Result<()> {
    if run::on_path("npm").is_none() {
        bail!("npm is not on PATH: install Node.js 20.19 or later, which brings it");
    }
    let mut command = Command::new("npm");
    // esbuild's own install script only makes it start faster, and others download browsers.
    command
        .args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"])
        .current_dir(root().join(folder));
    run::quietly(&format!("npm ci in {folder}"), &mut command, None)?;
    Ok(())
}
