//! `cargo xtask mutants`: changes the code in one place at a time, and sees whether a test fails. What none fails for is either not tested
//! or not needed.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::setup::{self, Need};
use soutien_project::{root, run};

/// Arguments of `cargo xtask mutants`.
#[derive(Args)]
pub struct Mutants {
    /// Passed on to cargo-mutants, e.g. `--file src/policy.rs`; what it does without is in .cargo/mutants.toml.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Tries every mutant, and prints those that no test caught.
///
/// # Errors
/// When cargo-mutants cannot be had, or a mutant was caught by no test.
pub fn mutants(options: &Mutants) -> Result<()> {
    let mut command = Command::new(setup::require(Need::CargoMutants)?);
    // Most of its time goes into linking, and that of debug information is half of it.
    command
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_TEST_DEBUG", "0");
    command.arg("mutants").args(&options.arguments);
    run::visibly(command.current_dir(root()))
}
