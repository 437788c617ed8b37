//! Programs that Cargo compiles for this machine, in target/tools.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use soutien_project::{root, run};

/// A program that Cargo compiles.
pub struct Tool {
    /// Its name.
    pub program: &'static str,
    /// Where its sources are.
    pub origin: Origin,
    /// What it has to answer to `--version`.
    pub version: String,
}

/// Where the sources of a program are.
pub enum Origin {
    /// In the registry, as this package.
    Registry(&'static str),
    /// In this folder of the project, with its crates by the Cargo.lock of its workspace.
    Folder(&'static str),
}

impl Tool {
    /// Where it is, in target/tools or on PATH, if it is of the version that it has to be of.
    pub fn path(&self) -> Option<PathBuf> {
        let own = root().join("target/tools/bin").join(self.program);
        [Some(own), run::on_path(self.program)]
            .into_iter()
            .flatten()
            .filter(|program| program.is_file())
            .find(|program| {
                let answer = run::answer(Command::new(program).args(asking_for_version(program)));
                answer.is_some_and(|answer| has_version(&answer, &self.version))
            })
    }

    /// Installs it into target/tools.
    ///
    /// # Errors
    /// When Cargo fails.
    pub fn install(&self) -> Result<()> {
        let mut command = host_cargo();
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        // All of them start others, pass on what these say, or read a few files: unoptimised, they are compiled in a fraction of the time.
        command.args(["install", "--bin", self.program, "--profile", "dev"]);
        match self.origin {
            // No --locked: the lock files that are published with these tools name versions that not every registry still serves. None of them makes
            // anything that readers or publishers get; what does is in a folder of the project.
            Origin::Registry(package) => command.args([package, "--version", &self.version]),
            // By force, since one of the same name may be there from elsewhere, of another version.
            Origin::Folder(folder) => command.args(["--locked", "--force", "--path", folder]),
        };
        // One folder for all of them, so that what several are made of is compiled once.
        command.args(["--root", "target/tools", "--target-dir", "target/tools/build"]);
        run::quietly(&format!("compiling {} {}", self.program, self.version), &mut command, None)?;
        Ok(())
    }
}

/// The cargo that runs `cargo xtask`, or the one on PATH; for everything that is compiled for this machine.
pub fn host_cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What it has told this program of its own package would make crates that ask for these be compiled anew.
    let is_of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_package) {
            command.env_remove(name);
        }
    }
    command.current_dir(root());
    command
}

/// What makes a program tell its version.
fn asking_for_version(program: &Path) -> &'static [&'static str] {
    // This one takes what Cargo hands to it, and nothing else.
    if program.ends_with("cargo-mutants") {
        return &["mutants", "--version"];
    }
    &["--version"]
}

/// Whether what a program answers to --version ("wasm-pack 0.15.1") names this version.
fn has_version(answer: &str, version: &str) -> bool {
    answer.lines().next().unwrap_or_default().split_whitespace().nth(1) == Some(version)
}

/// The version of a crate in Cargo.lock.
///
/// # Errors
/// When the file cannot be read, or does not name the crate.
pub fn locked_version(name: &str) -> Result<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    version_in_lock(&lock, name).with_context(|| format!("Cargo.lock has no package `{name}`, which Cargo.toml should depend on"))
}

fn version_in_lock(lock: &str, name: &str) -> Option<String> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{name}\""));
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }

    #[test]
    fn compares_versions_as_a_whole() {
        assert!(has_version("wasm-pack 0.15.1", "0.15.1"));
        assert!(has_version("geckodriver 0.37.1 (abc 2026)\n\nmore", "0.37.1"));
        assert!(!has_version("wasm-pack 0.15.10", "0.15.1"));
        assert!(!has_version("", "0.15.1"));
    }
}
