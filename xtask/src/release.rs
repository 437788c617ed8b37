//! `cargo xtask release`: what a publisher downloads, so that nobody needs Rust to install Soutien.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::extension;
use crate::toolchain::Choice;
use crate::{build, npm};
use soutien_figures::budgets;
use soutien_project::extension::Target;
use soutien_project::{files, root};

/// What goes along with dist/site/, from the project's folder.
const FILES: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "npm/README.md",
    "integrations/wordpress/soutien.php",
];

/// Builds everything, and packs it into dist/release/: dist/site/ with the configurator and the documentation as `soutien-X.Y.Z.zip`, the npm package as
/// `soutien-X.Y.Z.tgz`, the companion extension for each browser, and `SHA256SUMS` of these. The site's zip has a `SHA256SUMS` of its files as well.
///
/// # Errors
/// When something cannot be built or written, or the module weighs more than it may.
pub fn release(choice: Choice) -> Result<()> {
    budgets::hold(&build::build(choice)?)?;
    let package = root().join("dist/npm");
    npm::assemble(&package)?;
    extension::extension(&[], false, choice)?;
    let version = env!("CARGO_PKG_VERSION");
    let output = root().join("dist/release");
    if output.exists() {
        fs::remove_dir_all(&output)?;
    }
    fs::create_dir_all(&output)?;

    let folder = root().join(format!("target/release-folder/soutien-{version}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    files::copy_folder(&root().join("dist/site"), &folder.join("soutien"))?;
    files::copy_folder(&root().join("dist/configurator"), &folder.join("configurator"))?;
    files::copy_folder(&root().join("dist/servers"), &folder.join("servers"))?;
    files::copy_folder(&root().join("docs"), &folder.join("docs"))?;
    for file in FILES {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().context("the file has a folder")?)?;
        fs::copy(root().join(file), path).with_context(|| format!("cannot copy {file}"))?;
    }
    fs::write(folder.join("SHA256SUMS"), sums(&folder)?)?;
    let site = output.join(format!("soutien-{version}.zip"));
    files::pack(folder.parent().context("the folder has a parent")?, &site)?;
    npm::pack(&package, &output)?;
    for target in Target::ALL {
        let zip = target.folder(false).with_extension("zip");
        fs::copy(&zip, output.join(format!("soutien-qa-{}-{version}.zip", target.name())))?;
    }
    fs::write(output.join("SHA256SUMS"), sums(&output)?)?;
    for file in files(&output)? {
        let size = fs::metadata(&file)?.len() as f64 / 1e6;
        println!("{} ({size:.2} MB)", file.strip_prefix(root()).unwrap_or(&file).display());
    }
    Ok(())
}

/// The sums of all files below a folder, as `sha256sum --check` takes them.
fn sums(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for file in files(folder)? {
        let name = file.strip_prefix(folder)?.display();
        let digits = files::hexadecimal(&Sha256::digest(fs::read(&file)?));
        let _ = writeln!(text, "{digits}  {name}");
    }
    Ok(text)
}

/// All files below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    files::collect(folder, &mut files)?;
    files.sort();
    Ok(files)
}
