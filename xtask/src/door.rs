//! Doors to the programs of other crates, which are compiled when they are asked for: what needs a filter engine or drives browsers
//! would make every other command wait for it on a fresh machine.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum as _};
use soutien_project::command_line::{NAME_VARIABLE, TRIAL_VARIABLE};
use soutien_project::{root, run};

use crate::setup;
use crate::toolchain::Choice;

/// Programs that are compiled with optimisation, which takes longer: what they read may be large.
const OPTIMISED: [&str; 1] = ["soutien-numbers"];

/// What is passed on to another program as it is.
#[derive(Args, Clone, Debug)]
pub struct Passed {
    /// What the program reads; --help says what that is.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    pub arguments: Vec<OsString>,
}

impl Passed {
    /// Whether an option is among the arguments, with or without a value behind an equals sign.
    pub fn has(&self, option: &str) -> bool {
        self.options().any(|argument| {
            let rest = argument.to_str().and_then(|argument| argument.strip_prefix(option));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    }

    /// What an option is given, each time and between commas.
    pub fn values(&self, option: &str) -> Vec<&str> {
        let mut words = self.options().map(|argument| argument.to_str().unwrap_or_default());
        let mut values = Vec::new();
        while let Some(word) = words.next() {
            let value = match word.strip_prefix(option) {
                Some("") => words.next(),
                Some(rest) => rest.strip_prefix('='),
                None => None,
            };
            values.extend(value.into_iter().flat_map(|value| value.split(',')));
        }
        values
    }

    /// The first argument that is no option.
    pub fn subcommand(&self) -> &str {
        let mut words = self.options().filter_map(|argument| argument.to_str());
        words.find(|word| !word.starts_with('-')).unwrap_or_default()
    }

    fn options(&self) -> impl Iterator<Item = &OsString> {
        self.arguments.iter().take_while(|argument| *argument != "--")
    }

    /// Takes the toolchain out that is named among the arguments, as an option of every command; this one unless it is.
    fn take_toolchain(&mut self, mut choice: Choice) -> Result<Choice> {
        const OPTION: &str = "--toolchain";
        while self.has(OPTION) {
            let is_it = |argument: &OsString| argument.to_str().is_some_and(|argument| argument.starts_with(OPTION));
            let index = self.arguments.iter().position(is_it).context("it is among them")?;
            let option = self.arguments.remove(index);
            let value = match option.to_str().and_then(|option| option.split_once('=')) {
                Some((_, value)) => value.to_owned(),
                None if index < self.arguments.len() => self.arguments.remove(index).to_string_lossy().into_owned(),
                None => String::new(),
            };
            choice = Choice::from_str(&value, false).map_err(|error| anyhow::anyhow!("{OPTION} {value:?}: {error}"))?;
        }
        Ok(choice)
    }
}

/// Sets up what a program needs, and runs it in place of this one with what is passed on, so that signals and the exit status are its own.
/// `name` is the command that leads to it, and `subcommand` what it is told to do, where it can do several things. `prepare` is given what
/// is passed on and the toolchain, and may add to the former; it is left out where the program finds fault with its command line, or is only
/// asked for help.
///
/// # Errors
/// When the program cannot be compiled, or what it needs cannot be had.
pub fn open(
    package: &str,
    name: &str,
    subcommand: Option<&str>,
    mut passed: Passed,
    choice: Choice,
    prepare: impl FnOnce(&mut Passed, Choice) -> Result<()>,
) -> Result<ExitCode> {
    let choice = passed.take_toolchain(choice)?;
    let program = |passed: &Passed| {
        let mut command = program(package, subcommand.into_iter().map(OsStr::new));
        command.args(&passed.arguments).env(NAME_VARIABLE, name);
        command
    };
    compile(package)?;
    if !passed.has("--help") && !passed.has("-h") {
        let status = program(&passed)
            .env(TRIAL_VARIABLE, "1")
            .status()
            .context("cargo does not start")?;
        if !status.success() {
            return Ok(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1).into());
        }
        prepare(&mut passed, choice)?;
    }
    Err(program(&passed).exec()).context("cargo does not start")
}

/// Runs a crate's program as a step of a command.
///
/// # Errors
/// When it cannot be compiled, or fails.
pub fn step(package: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<()> {
    compile(package)?;
    let status = program(package, arguments).status().context("cargo does not start")?;
    if !status.success() {
        bail!("{package} failed ({status})");
    }
    Ok(())
}

/// Compiles a crate's program, with progress: on a fresh machine that takes minutes.
///
/// # Errors
/// When that fails.
pub fn compile(package: &str) -> Result<()> {
    let mut build = setup::host_cargo();
    build.args(["build", "--locked", "--package", package]).args(profile(package));
    run::quietly(&format!("cargo build --package {package}"), &mut build, None)?;
    Ok(())
}

/// A crate's program with these arguments, in the folder that this one was started in: files are named from there.
fn program(package: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = setup::host_cargo();
    if let Ok(folder) = env::current_dir() {
        command.current_dir(folder);
    }
    command
        .args(["run", "--quiet", "--locked", "--package", package])
        .args(profile(package));
    command
        .arg("--manifest-path")
        .arg(root().join("Cargo.toml"))
        .arg("--")
        .args(arguments);
    command
}

/// How cargo is told to compile a crate's program.
fn profile(package: &str) -> &'static [&'static str] {
    if OPTIMISED.contains(&package) { &["--release"] } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(arguments: &str) -> Passed {
        Passed {
            arguments: arguments.split_whitespace().map(OsString::from).collect(),
        }
    }

    #[test]
    fn options_are_found_before_the_dashes() {
        let passed = passed("size --json=a.json --only x -- --firefox");
        assert_eq!(
            ["--json", "--only", "--firefox", "--js"].map(|option| passed.has(option)),
            [true, true, false, false]
        );
        assert_eq!(passed.subcommand(), "size");
    }

    #[test]
    fn an_option_has_the_values_that_it_is_given() {
        let passed = passed("a --browser chrome,firefox --browsers x --browser=edge -- --browser brave");
        assert_eq!(passed.values("--browser"), ["chrome", "firefox", "edge"]);
        assert_eq!(passed.values("--profile"), [""; 0]);
    }

    #[test]
    fn the_toolchain_is_not_passed_on() {
        for (arguments, left, is_debian) in [
            ("a --toolchain debian --firefox", "a --firefox", true),
            ("a --toolchain=debian", "a", true),
            ("a -- --toolchain debian", "a -- --toolchain debian", false),
        ] {
            let mut found = passed(arguments);
            let choice = found.take_toolchain(Choice::Auto).expect("it is one");
            assert_eq!(found.arguments, passed(left).arguments, "of {arguments:?}");
            assert_eq!(choice == Choice::Debian, is_debian, "of {arguments:?}");
        }
        for arguments in ["a --toolchain", "a --toolchain tape"] {
            let error = passed(arguments).take_toolchain(Choice::Auto).expect_err("it is none");
            assert!(error.to_string().starts_with("--toolchain "), "{error}");
        }
    }
}
