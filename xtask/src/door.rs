//! Doors to the programs of other crates, which are compiled when they are asked for: what needs a filter engine or drives browsers
//! would make every other command wait for it on a fresh machine.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup;
use soutien_project::run;

/// Runs a crate's program as a step of a command.
///
/// # Errors
/// When it cannot be compiled, or fails.
pub fn step(package: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<()> {
    let status = program(package, arguments)?.status().context("cargo does not start")?;
    if !status.success() {
        bail!("{package} failed ({status})");
    }
    Ok(())
}

/// Runs a crate's program in place of this one, so that signals and its exit status are its own.
///
/// # Errors
/// When it cannot be compiled, or does not start.
pub fn through<T>(package: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<T> {
    Err(program(package, arguments)?.exec()).context("cargo does not start")
}

/// A crate's program with these arguments, compiled.
fn program(package: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Command> {
    let mut build = setup::host_cargo();
    build.args(["build", "--locked", "--package", package]);
    run::quietly(&format!("cargo build --package {package}"), &mut build, None)?;
    let mut command = setup::host_cargo();
    command
        .args(["run", "--quiet", "--locked", "--package", package, "--"])
        .args(arguments);
    Ok(command)
}
