//! `cargo xtask binary`: the program `soutien-qa` for the platform of this machine, as a package of npm that has nothing else in it.

use std::collections::{BTreeMap, BTreeSet};
use std::env::consts::{ARCH, OS};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::{SHIPPED_VARIABLE, root, run};

use super::{completed, copy_licences, empty};
use crate::owner::Owner;
use crate::{setup, toolchain};

/// The program, and the crate that it is of.
const PROGRAM: &str = "soutien-qa";

/// The platforms that there are packages for, as Node.js names them: those in which browsers run and whose processes end as the program has them end.
pub const PLATFORMS: [&str; 4] = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/// What such a package says of itself.
const README: &str = "The program of the package `soutien-qa` for one platform. npm installs it where it is of use.\n";

/// Where the packages of programs are put together. A release takes those that are there: no machine makes all of them.
pub fn folder() -> PathBuf {
    root().join("target/binaries")
}

/// Compiles the program as others get it, and puts its package together. On Linux it is linked statically with musl, so that it asks for no version
/// of a system's libraries.
///
/// # Errors
/// When this is no platform that there are packages for, or something cannot be compiled or written.
pub fn binary() -> Result<()> {
    let platform = platform()?;
    let target = (OS == "linux").then(|| format!("{ARCH}-unknown-linux-musl"));
    let mut build = setup::host_cargo();
    build.args(["build", "--locked", "--release", "--package", PROGRAM, "--bin", PROGRAM]);
    // Its flags are others than those of all that is compiled for this machine alone.
    let folder = root().join("target/shipped");
    build.arg("--target-dir").arg(&folder);
    if let Some(target) = &target {
        build.args(["--target", target]);
        // The system's own compiler would take the system's own library for what is written in C.
        build.env(format!("CC_{}", target.replace('-', "_")), "musl-gcc");
    }
    build.env(SHIPPED_VARIABLE, "1").env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    let library = PathBuf::from(
        run::answer(Command::new("rustc").args(["--print", "sysroot"]))
            .context("rustc is not on PATH")?
            .trim(),
    )
    .join("lib/rustlib/src/rust");
    toolchain::set_flags(&mut build, &[&format!("--remap-path-prefix={}=rust", library.display())]);
    run::quietly(
        "cargo build --release --package soutien-qa, which takes minutes",
        &mut build,
        None,
    )
    .with_context(|| match &target {
        Some(target) => {
            format!("is the target {target} there (`rustup target add {target}`), and musl-gcc (Debian's package musl-tools)?")
        }
        None => "the program cannot be compiled".into(),
    })?;
    let program = folder.join(target.unwrap_or_default()).join("release").join(PROGRAM);
    let package = self::folder().join(name(&platform));
    assemble(&platform, &program, &package)?;
    println!("{} has soutien-qa for {platform}", package.display());
    Ok(())
}

/// The package of a platform.
pub fn name(platform: &str) -> String {
    format!("{}-{platform}", PROGRAM)
}

/// The platform of this machine, as Node.js names it.
///
/// # Errors
/// When there are no packages for it.
pub fn platform() -> Result<String> {
    let system = if OS == "macos" { "darwin" } else { OS };
    let processor = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let platform = format!("{system}-{processor}");
    ensure!(
        PLATFORMS.contains(&platform.as_str()),
        "found the platform {platform}, expected one of {}",
        PLATFORMS.join(", ")
    );
    Ok(platform)
}

/// Makes a folder the package of a platform, with a program for it.
///
/// # Errors
/// When something cannot be read or written.
pub fn assemble(platform: &str, program: &Path, package: &Path) -> Result<()> {
    empty(package)?;
    // The permission to be run goes along.
    fs::create_dir_all(package.join("bin"))?;
    let place = package.join("bin").join(PROGRAM);
    fs::copy(program, &place).with_context(|| format!("cannot copy {}", program.display()))?;
    copy_licences(package)?;
    let name = name(platform);
    fs::write(package.join("README.md"), format!("# {name}\n\n{README}"))?;
    fs::write(package.join("LICENCES.txt"), licences()?)?;
    let (system, processor) = platform.split_once('-').context("a platform has two parts")?;
    let manifest = json!({
        "name": name,
        "description": format!("The program of soutien-qa for {platform}"),
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "os": [system],
        "cpu": [processor],
        "files": ["bin", "LICENSE-*", "LICENCES.txt"],
        // What is run from a compressed archive has to be unpacked first.
        "preferUnplugged": true,
    });
    let manifest = completed(&manifest.to_string(), &Owner::read()?)?;
    Ok(fs::write(
        package.join("package.json"),
        format!("{:#}\n", Value::from(manifest)),
    )?)
}

/// The crates in the program with their licences, and each text of a licence that came with them once.
fn licences() -> Result<String> {
    let mut command = setup::host_cargo();
    command.args([
        "tree",
        "--locked",
        "--package",
        PROGRAM,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    command.args(["--format", "{p}"]);
    let tree = run::answer(&mut command).context("`cargo tree --locked` failed")?;
    let names: BTreeSet<(&str, &str)> = tree.lines().filter_map(named).collect();
    let mut command = setup::host_cargo();
    let metadata =
        run::answer(command.args(["metadata", "--locked", "--format-version=1"])).context("`cargo metadata --locked` failed")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut list = "bin/soutien-qa holds these crates, under these licences. Their sources are at crates.io.\n\n".to_owned();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for crate_ in metadata["packages"].as_array().into_iter().flatten() {
        let word = |key: &str| crate_[key].as_str().unwrap_or_default();
        // What has no source is this project's own.
        if !names.contains(&(word("name"), word("version"))) || crate_["source"].is_null() {
            continue;
        }
        let shown = format!("{} {}", word("name"), word("version"));
        let _ = writeln!(list, "- {shown}: {}", word("license"));
        let folder = Path::new(word("manifest_path")).parent().context("a crate has a folder")?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            if path.is_file() && ["licen", "copying", "notice"].iter().any(|start| name.starts_with(start)) {
                let text = String::from_utf8_lossy(&fs::read(&path)?).trim().to_owned();
                texts.entry(text).or_default().push(shown.clone());
            }
        }
    }
    for (text, crates) in texts {
        let _ = write!(list, "\n\n===== {} =====\n\n{text}\n", crates.join(", "));
    }
    Ok(list)
}

/// The name and the version of a crate, as `cargo tree` has them.
fn named(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(" v")?;
    Some((name, rest.split_whitespace().next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_cargo_names_a_crate() {
        assert_eq!(named("anyhow v1.0.100"), Some(("anyhow", "1.0.100")));
        assert_eq!(named("clap_derive v4.6.1 (proc-macro)"), Some(("clap_derive", "4.6.1")));
        assert_eq!(named(""), None);
    }
}
