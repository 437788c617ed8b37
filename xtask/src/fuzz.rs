//! `cargo xtask fuzz`: tries the readers of options, stored values and filter lists with texts that a fuzzer makes up.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::setup::{self, Need};
use soutien_project::{root, run};

/// What is fuzzed: a file in fuzz/targets/, with texts to begin with in fuzz/seeds/.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// The options of the tag, and durations.
    Options,
    /// What is found in the browser's storage.
    Memory,
    /// Filter lists, and the rules and filters that are made of them.
    Lists,
}

/// How long an input may take, in seconds. On an idle machine the slowest takes a hundredth of it.
const LIMIT: u32 = 10;

/// The longest input, in bytes: some lines of any kind. Longer ones would be tried less often, and find no more.
const LONGEST: u32 = 2_048;

/// Arguments of `cargo xtask fuzz`.
#[derive(Args)]
pub struct Fuzz {
    /// What to fuzz; everything without this, one after the other.
    target: Option<Target>,
    /// How long, each.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

/// Fuzzes, and prints what the fuzzer says.
///
/// # Errors
/// When cargo-fuzz cannot be had, or an input is found that something is wrong with, which cargo-fuzz names.
pub fn fuzz(options: &Fuzz) -> Result<()> {
    let targets = options
        .target
        .map_or_else(|| Target::value_variants().to_vec(), |target| vec![target]);
    self::targets(&targets, options.seconds)
}

/// Fuzzes each target for some seconds.
///
/// # Errors
/// As [`fuzz`].
pub fn targets(targets: &[Target], seconds: u32) -> Result<()> {
    let mut failed = Vec::new();
    for target in targets {
        let name = target
            .to_possible_value()
            .context("every target has a name")?
            .get_name()
            .to_owned();
        let corpus = root().join("target/fuzz").join(&name);
        fs::create_dir_all(&corpus)?;
        let mut command = Command::new(setup::require(Need::CargoFuzz)?);
        // What is fuzzed has nothing unsafe that a sanitiser would watch, and without one any stable compiler will do.
        command.args(["fuzz", "run", "--sanitizer", "none", &name]);
        command.arg(corpus).arg(format!("fuzz/seeds/{name}")).current_dir(root());
        command.args(["--", "-print_final_stats=1", "-verbosity=0"]);
        command.arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-max_len={LONGEST}"));
        command.arg(format!("-timeout={LIMIT}"));
        if let Err(error) = run::visibly(&mut command) {
            eprintln!("error: {error:#}");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!(
            "{} of {} fuzz targets failed: {}",
            failed.len(),
            targets.len(),
            failed.join(", ")
        );
    }
    Ok(())
}
