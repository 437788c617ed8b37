//! `cargo xtask`: does what the command line says.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use soutien_figures::{budgets, costs};
use soutien_project::root;
use soutien_testbed::server;
use xtask::command_line::{Arguments, Command};
use xtask::setup;
use xtask::toolchain::Choice;
use xtask::{build, check, door, doors, extension, fuzz, mutants, npm, plugins, reference, release, tests};

/// The exit status of `cargo xtask qa` where something could not be run.
const QA_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let Arguments { command, toolchain } = Arguments::parse();
    match run(command, toolchain) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, toolchain: Choice) -> Result<ExitCode> {
    let set_up = setup::ensure(&command.needs(), toolchain);
    if let Command::Setup = command {
        // What is missing is in the table, too.
        setup::print_table(toolchain);
    }
    set_up?;
    let result = match command {
        // What could not be run at all is told apart from a verdict that is not what it should be.
        Command::Qa(passed) => {
            return doors::qa(passed, toolchain).or_else(|error| {
                eprintln!("error: {error:#}");
                Ok(QA_NOT_RUN.into())
            });
        }
        Command::Explain(passed) => return doors::explain(passed, toolchain),
        Command::Bench(passed) => return doors::bench(passed, toolchain),
        Command::CheckNames(passed) => return doors::check_names(passed, toolchain),
        Command::Numbers(passed) => return doors::numbers(passed, toolchain),
        Command::Costs(options) => costs::costs(&options),
        // That was done before.
        Command::Setup => Ok(()),
        Command::Build => budgets::hold(&build::build(toolchain)?),
        Command::Demo {
            export: Some(folder), ..
        } => export(&folder, toolchain),
        Command::Demo { port, .. } => demo(port, toolchain),
        Command::Test { suites, arguments } => tests::test(&suites, &arguments, toolchain),
        Command::Baits { lists, check } => baits(&lists, check),
        Command::Extension { lists, qa } => extension::extension(&lists, qa, toolchain),
        Command::Reference => reference::reference(),
        Command::Npm { qa } => npm::npm(qa, toolchain),
        Command::Binary => npm::binary::binary(),
        Command::Plugins => plugins::plugins(toolchain),
        Command::Release => release::release(toolchain),
        Command::Check => check::check(toolchain),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Mutants(options) => mutants::mutants(&options),
    };
    result.map(|()| ExitCode::SUCCESS)
}

fn demo(port: u16, toolchain: Choice) -> Result<()> {
    // Before the build, so that a port that is taken shows at once.
    let server = server::start(server::Options {
        port,
        ..server::Options::default()
    })?;
    build::build(toolchain)?;
    println!(
        "\nthe news site:    {}/\nits ad host:      {}/\nthe configurator: {}{}\nCtrl-C stops them",
        server.site,
        server.ads,
        server.site,
        server::CONFIGURATOR
    );
    tokio::runtime::Runtime::new()?.block_on(tokio::signal::ctrl_c())?;
    println!();
    Ok(())
}

fn export(folder: &Path, toolchain: Choice) -> Result<()> {
    build::build(toolchain)?;
    server::export(&root(), folder)?;
    println!("\nthe demo is in {}, for any web server", folder.display());
    Ok(())
}

fn baits(lists: &[PathBuf], is_check: bool) -> Result<()> {
    let mut arguments: Vec<OsString> = vec!["baits".into()];
    for list in lists {
        arguments.extend(["--list".into(), list.into()]);
    }
    arguments.extend(is_check.then(|| "--check".into()));
    door::step("soutien-lists", arguments)
}
