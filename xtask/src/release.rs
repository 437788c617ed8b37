//! `cargo xtask release`: what a publisher downloads, so that nobody needs Rust to install Soutien.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::npm::testers;
use crate::owner::Owner;
use crate::plugins::{self, System};
use crate::setup::{self, Need};
use crate::toolchain::Choice;
use crate::{archive, bill, build, extension, npm};
use soutien_figures::budgets;
use soutien_project::extension::Target;
use soutien_project::{files, root, run};

/// What goes along with dist/site/, from the project's folder.
const FILES: [&str; 13] = [
    "README.md",
    "UPGRADING.md",
    "GOVERNANCE.md",
    "CODE_OF_CONDUCT.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "npm/soutien/README.md",
    "npm/soutien-qa/README.md",
    "integrations/wordpress/soutien.php",
];

/// Names the file with the secret key, as minisign makes one, that `SHA256SUMS` is signed with.
pub const KEY_VARIABLE: &str = "SOUTIEN_SIGNING_KEY";

/// What says that a release is not one for everybody yet, and why.
const UNPUBLISHED: &str = "UNPUBLISHED.txt";

/// Builds everything, and packs it into dist/release/: dist/site/ with the configurator and the documentation as `soutien-X.Y.Z.zip`, the plugins for WordPress and SPIP as `.zip`, the packages of npm as
/// `.tgz`, the program for testers with the extension as `.tar.gz`, the companion extension for each browser, what all of that is made of as `soutien-X.Y.Z.cdx.json`, and `SHA256SUMS` of these,
/// signed where the key is named. The site's zip has a `SHA256SUMS` of its files as well. Where release.toml has gaps, or nothing is signed,
/// `UNPUBLISHED.txt` says so.
///
/// # Errors
/// When something cannot be built or written, or the module weighs more than it may.
pub fn release(choice: Choice) -> Result<()> {
    budgets::hold(&build::build(choice)?)?;
    let package = npm::folder("soutien");
    let bundled = npm::site::assemble(&package)?;
    for qa in [false, true] {
        extension::extension(&[], qa, choice)?;
    }
    let (code, lists) = (npm::folder(testers::CODE), npm::folder(testers::LISTS));
    testers::assemble(&code, &lists)?;
    let version = env!("CARGO_PKG_VERSION");
    let output = root().join("dist/release");
    if output.exists() {
        fs::remove_dir_all(&output)?;
    }
    fs::create_dir_all(&output)?;

    // What the zip is packed from, without what was packed as another version.
    let packed = root().join("target/release-folder");
    if packed.exists() {
        fs::remove_dir_all(&packed)?;
    }
    let folder = packed.join(format!("soutien-{version}"));
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
    files::pack(&packed, &site)?;
    let mut packages = vec![package, code, lists];
    let binaries = npm::binary::PLATFORMS.map(|platform| (platform, npm::binary::folder().join(npm::binary::name(platform))));
    for (platform, folder) in binaries.iter().filter(|(_, folder)| folder.is_dir()) {
        archive::write(platform, folder, &root().join("dist"), &output)?;
        packages.push(folder.clone());
    }
    for package in packages {
        npm::pack(&package, &output)?;
    }
    for target in Target::ALL {
        let zip = target.folder(false).with_extension("zip");
        fs::copy(&zip, output.join(format!("soutien-qa-{}-{version}.zip", target.name())))?;
    }
    let bill = format!("{:#}\n", bill::bill(&bundled)?);
    fs::write(output.join(format!("soutien-{version}.cdx.json")), bill)?;
    for system in System::ALL {
        let zip = plugins::assemble(system)?;
        let name = zip.file_name().context("the plugin has a name")?;
        fs::copy(&zip, output.join(name))?;
    }
    let key = env::var_os(KEY_VARIABLE).map(PathBuf::from);
    let missing = binaries.iter().filter(|(_, folder)| !folder.is_dir());
    let missing: Vec<&str> = missing.map(|(platform, _)| *platform).collect();
    let reasons = gaps(&Owner::read()?, key.is_some(), &missing);
    if !reasons.is_empty() {
        let text = format!("This release is unpublished:\n{}", reasons.concat());
        eprint!("{text}");
        fs::write(output.join(UNPUBLISHED), text)?;
    }
    fs::write(output.join("SHA256SUMS"), sums(&output)?)?;
    if let Some(key) = key {
        sign(&output.join("SHA256SUMS"), &key, choice)?;
    }
    for file in files(&output)? {
        let size = fs::metadata(&file)?.len() as f64 / 1e6;
        println!("{} ({size:.2} MB)", file.strip_prefix(root()).unwrap_or(&file).display());
    }
    Ok(())
}

/// Why a release is not one for everybody, a line each.
fn gaps(owner: &Owner, is_signed: bool, missing: &[&str]) -> Vec<String> {
    let mut reasons: Vec<String> = owner
        .missing()
        .iter()
        .map(|key| format!("- release.toml has no {key}\n"))
        .collect();
    if !is_signed {
        reasons.push(format!(
            "- SHA256SUMS is not signed: {KEY_VARIABLE} names no file with a key\n"
        ));
    }
    let program =
        |platform: &&str| format!("- target/binaries/ has no soutien-qa for {platform}: `cargo xtask binary` makes it there\n");
    reasons.extend(missing.iter().map(program));
    reasons
}

/// Signs a file with a secret key, into a file beside it whose name ends in `.minisig`. Where the key has a password, minisign asks for it.
///
/// # Errors
/// When minisign cannot be had, or does not take the key.
pub fn sign(file: &Path, key: &Path, choice: Choice) -> Result<()> {
    setup::ensure(&[Need::Minisign], choice)?;
    let mut command = Command::new(setup::require(Need::Minisign)?);
    command.args(["-S", "-s"]).arg(key).arg("-m").arg(file);
    run::visibly(&mut command).with_context(|| {
        format!(
            "SHA256SUMS cannot be signed with {}, which {KEY_VARIABLE} names",
            key.display()
        )
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_says_what_it_lacks() {
        let owner = Owner {
            repository: "https://code.example/soutien".into(),
            homepage: "https://soutien.example/".into(),
            issues: "https://code.example/soutien/issues".into(),
            security: "mailto:security@soutien.example".into(),
            public_key: "RWQ".into(),
        };
        assert_eq!(gaps(&owner, true, &[]), Vec::<String>::new());
        assert_eq!(gaps(&owner, false, &["linux-x64"]).len(), 2);
        let found = gaps(&Owner::default(), true, &[]).concat();
        assert!(
            found.contains("release.toml has no public-key") && found.lines().count() == 5,
            "{found}"
        );
    }
}
