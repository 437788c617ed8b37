//! What a publisher downloads.

use std::fs::{self, File};
use std::io::Read as _;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use xtask::root;

use crate::browsers::run;

fn hold_sums(folder: &std::path::Path) -> Result<()> {
    let output = Command::new("sha256sum")
        .args(["--check", "--quiet", "SHA256SUMS"])
        .current_dir(folder)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[test]
fn a_release_has_all_that_a_publisher_needs_and_sums_that_hold() {
    run(async {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("release")
            .current_dir(root())
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let folder = root().join("dist/release");
        let version = env!("CARGO_PKG_VERSION");
        hold_sums(&folder)?;
        for target in ["chromium", "firefox"] {
            ensure!(
                folder.join(format!("soutien-qa-{target}-{version}.zip")).is_file(),
                "no extension for {target}"
            );
        }
        ensure!(folder.join(format!("soutien-{version}.tgz")).is_file(), "no package for npm");
        let path = folder.join(format!("soutien-{version}.zip"));
        let mut zip = zip::ZipArchive::new(File::open(&path)?)?;
        let unpacked = root().join("target/release-unpacked");
        if unpacked.exists() {
            fs::remove_dir_all(&unpacked)?;
        }
        zip.extract(&unpacked)?;
        let top = unpacked.join(format!("soutien-{version}"));
        hold_sums(&top)?;
        let mut module = Vec::new();
        let name = format!("soutien-{version}/soutien/soutien.wasm");
        zip.by_name(&name)
            .with_context(|| format!("no {name}"))?
            .read_to_end(&mut module)?;
        ensure!(
            module == fs::read(root().join("dist/site/soutien.wasm"))?,
            "the module is another"
        );
        for file in [
            "README.md",
            "docs/qa.md",
            "configurator/index.html",
            "configurator/options.json",
            "soutien/soutien.js",
            "soutien/lang/fr.json",
            "soutien/manifest.json",
        ] {
            ensure!(top.join(file).is_file(), "no {file}");
        }
        Ok(())
    });
}
