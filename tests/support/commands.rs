//! The commands of the project, run as people run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use anyhow::{Result, anyhow};
use soutien_project::root;
use soutien_project::run;
use xtask::npm;

/// The built `xtask`.
static XTASK: LazyLock<PathBuf> = LazyLock::new(|| program("xtask"));

/// A program of another package, which cargo builds anew where its sources have changed: no test waits for it otherwise.
pub fn program(name: &str) -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--package", name, "--bin", name]);
    run::quietly("cargo build", build.current_dir(root()), None).expect("it can be built");
    // A test is DIR/deps/NAME, and a program DIR/NAME.
    let test = std::env::current_exe().expect("a test is a file");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("a test is in the folder of what is built");
    folder.join(name)
}

/// The npm package `soutien` as a registry would hand it out, made once.
///
/// # Errors
/// When it cannot be made.
pub fn tarball() -> Result<&'static Path> {
    static TARBALL: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let folder = root().join("target/npm");
        npm::site::assemble(&folder.join("package"))
            .and_then(|_| npm::pack(&folder.join("package"), &folder))
            .map_err(|error| format!("{error:#}"))
    });
    TARBALL.as_deref().map_err(|error| anyhow!("{error}"))
}

/// `cargo xtask`, in the project's folder, with its arguments to follow.
pub fn xtask() -> Command {
    let mut command = Command::new(&*XTASK);
    command.current_dir(root());
    command
}

/// What a program has written, on both of its outputs.
pub fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}
