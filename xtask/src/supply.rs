//! What comes from others: the crates in Cargo.lock, by deny.toml and by the oldest Rust that we state.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::setup::{self, Need};
use crate::toolchain::Choice;
use soutien_project::{root, run};

/// A server may be out of reach without saying so; what it has is done without after this time.
const LIMIT: Duration = Duration::from_secs(60);

/// Holds every crate to deny.toml, where cargo-deny can be had, and looks for known weaknesses.
///
/// # Errors
/// When a crate is not as it has to be, which cargo-deny explains.
pub fn crates(choice: Choice) -> Result<()> {
    if let Err(error) = setup::ensure(&[Need::CargoDeny], choice) {
        not_run("deny.toml", "cargo-deny cannot be installed", &error);
        return Ok(());
    }
    // Both run, so that one run shows everything that is wrong.
    let judged = run::visibly(deny()?.args(["check", "bans", "licenses", "sources"]));
    judged.and(advisories())
}

/// Known weaknesses of the crates, where the database of them can be fetched.
fn advisories() -> Result<()> {
    match run::quietly("fetching the advisories", deny()?.args(["fetch", "db"]), Some(LIMIT)) {
        Ok(_) => run::visibly(deny()?.args(["check", "--disable-fetch", "advisories"])),
        Err(error) => {
            not_run("advisories", "their database cannot be fetched", &error);
            Ok(())
        }
    }
}

/// Whether every crate is content with the oldest Rust that we state.
///
/// # Errors
/// When one asks for a newer Rust, or Cargo.lock is not what Cargo.toml asks for.
pub fn oldest_crates() -> Result<()> {
    let mut command = setup::host_cargo();
    command.args(["metadata", "--locked", "--format-version=1"]);
    let text =
        run::answer(&mut command).context("`cargo metadata --locked` failed; run `cargo check`, which mends Cargo.lock")?;
    let metadata: Value = serde_json::from_str(&text)?;
    let newer = newer_than(&metadata, oldest());
    ensure!(
        newer.is_empty(),
        "Cargo.toml states Rust {}, and some crates in Cargo.lock ask for a newer one: {}; take older versions of these by \
         `cargo update --precise`, or state a newer Rust",
        oldest(),
        newer.join(", ")
    );
    Ok(())
}

/// The `rust-version` of Cargo.toml.
fn oldest() -> &'static str {
    env!("CARGO_PKG_RUST_VERSION")
}

fn deny() -> Result<Command> {
    let mut command = Command::new(setup::require(Need::CargoDeny)?);
    command.args(["--workspace", "--locked"]).current_dir(root());
    Ok(command)
}

fn not_run(what: &str, why: &str, error: &anyhow::Error) {
    let reason = format!("{error:#}");
    eprintln!(
        "\n{what}: not run, because {why}: {}",
        reason.lines().last().unwrap_or_default().trim()
    );
}

/// The packages that ask for a newer Rust than this, each with the one that it asks for.
fn newer_than(metadata: &Value, oldest: &str) -> Vec<String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter_map(|package| {
            let asked = package["rust_version"].as_str()?;
            let name = package["name"].as_str()?;
            (numbers(asked) > numbers(oldest)).then(|| format!("{name} ({asked})"))
        })
        .collect()
}

/// A version as numbers, which may be compared: 1.9 is less than 1.10, and 1.91 the same as 1.91.0.
fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_the_crates_that_ask_for_a_newer_rust() {
        let packages = [
            ("a", "1.91"),
            ("b", "1.91.0"),
            ("c", "1.9"),
            ("d", "1.91.1"),
            ("e", "1.92"),
            ("f", "2"),
        ]
        .map(|(name, version)| json!({ "name": name, "rust_version": version }));
        let silent = json!({ "name": "g", "rust_version": null });
        let metadata = json!({ "packages": packages.into_iter().chain([silent]).collect::<Vec<_>>() });
        assert_eq!(newer_than(&metadata, "1.91"), ["d (1.91.1)", "e (1.92)", "f (2)"]);
    }

    #[test]
    fn documents_name_the_oldest_rust() -> Result<()> {
        for (document, words) in [
            ("CONTRIBUTING.md", format!("Rust {} is the oldest", oldest())),
            ("docs/decisions.md", format!("cargo +{} check", oldest())),
        ] {
            let text = std::fs::read_to_string(root().join(document))?;
            ensure!(text.contains(&words), "{document} should say {words:?}, as Cargo.toml does");
        }
        Ok(())
    }
}
