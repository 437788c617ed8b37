//! `cargo xtask`: does what the command line says.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use xtask::command_line::{Arguments, Command};
use xtask::setup;
use xtask::toolchain::Choice;
use xtask::{
    baits, bench, build, check, costs, explain, extension, fuzz, mutants, names, npm, qa, reference, release, server, sizes,
    tests,
};

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
    let is_qa = matches!(command, Command::Qa(_));
    let set_up = setup::ensure(&command.needs(), toolchain);
    if let Command::Setup = command {
        // What is missing is in the table, too.
        setup::print_table(toolchain);
    }
    let result = set_up.and_then(|()| carry_out(command, toolchain));
    // What could not be run at all is told apart from a verdict that is not what it should be.
    result.or_else(|error| {
        if !is_qa {
            return Err(error);
        }
        eprintln!("error: {error:#}");
        Ok(qa::NOT_RUN.into())
    })
}

/// Does what the command line says, with all that it needs on the machine.
fn carry_out(command: Command, toolchain: Choice) -> Result<ExitCode> {
    let result = match command {
        Command::Qa(options) => return qa::qa(&options, toolchain),
        Command::CheckNames(options) => return names::check_names(&options),
        // That was done before.
        Command::Setup => Ok(()),
        Command::Numbers(options) => soutien_numbers::numbers(&options),
        Command::Costs(options) => costs::costs(&options),
        Command::Explain(options) => explain::explain(&options),
        Command::Build => sizes::hold(&build::build(toolchain)?),
        Command::Demo { port } => demo(port, toolchain),
        Command::Test { suite, arguments } => tests::test(suite, &arguments, toolchain),
        Command::Baits { lists, check } => baits::baits(&lists, check),
        Command::Extension { lists, qa } => extension::extension(&lists, qa, toolchain),
        Command::Bench { what } => bench::bench(&what, toolchain),
        Command::Reference => reference::reference(),
        Command::Npm => npm::npm(toolchain),
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
