//! `cargo xtask check`: format, lints, documentation, what comes from others, what readers download, and workflows.

use std::process::Command;

use anyhow::{Result, bail};

use crate::setup;
use crate::toolchain::{self, Choice, TARGET};
use crate::{build, supply, workflows};
use soutien_figures::{budgets, sizes};
use soutien_project::run;

/// Runs every check and shows each command; a failed one does not stop the others.
///
/// # Errors
/// When the toolchain cannot be had, or a check fails, with the number of those that failed.
pub fn check(choice: Choice) -> Result<()> {
    let toolchain = toolchain::ensure(choice)?;
    let cargo = |arguments: &str| with_arguments(setup::host_cargo(), arguments);
    let wasm = |program: &str, arguments: &str| {
        let mut command = with_arguments(toolchain.command(program), arguments);
        command.args(["--package", "soutien", "--package", "soutien-backend", "--target", TARGET]);
        command
    };
    let mut clippy_for_wasm = wasm("cargo-clippy", "clippy --all-targets");
    clippy_for_wasm.args(["--", "--deny", "warnings"]);

    let mut commands = [
        cargo("fmt --all --check"),
        cargo("clippy --workspace --all-targets --locked -- --deny warnings"),
        // Only this target sees src/browser/ and the extension's worker.
        clippy_for_wasm,
        cargo("doc --workspace --no-deps"),
        wasm("cargo", "doc --no-deps"),
    ];
    let mut n_failed = 0;
    for command in &mut commands {
        if let Err(error) = run::visibly(command.env("RUSTDOCFLAGS", "--deny warnings")) {
            eprintln!("error: {error:#}");
            n_failed += 1;
        }
    }
    let mut judged = vec![supply::crates(choice), supply::oldest_crates(), workflows::lint()];
    eprintln!("\n$ cargo xtask build");
    match build::build(choice) {
        Ok(built) => judged.extend([
            budgets::hold(&built),
            sizes::written().and_then(|written| sizes::hold_written(&built, &written)),
        ]),
        Err(error) => judged.push(Err(error)),
    }
    let n_checks = commands.len() + judged.len();
    for error in judged.into_iter().filter_map(Result::err) {
        eprintln!("error: {error:#}");
        n_failed += 1;
    }
    if n_failed > 0 {
        bail!("{n_failed} of {n_checks} checks failed");
    }
    Ok(())
}

fn with_arguments(mut command: Command, arguments: &str) -> Command {
    command.args(arguments.split(' '));
    command
}
