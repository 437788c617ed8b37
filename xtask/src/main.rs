//! The command line of `cargo xtask`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::bench::{self, Bench};
use xtask::explain::{self, Explain};
use xtask::names::{self, Names};
use xtask::numbers::{self, Numbers};
use xtask::qa::{self, Qa};
use xtask::setup::{self, Need};
use xtask::tests::Suite;
use xtask::toolchain::Choice;
use xtask::{baits, build, check, extension, npm, reference, release, server, tests};

/// Every command of Soutien. Each sets up exactly what it needs, so that there is nothing to do before the first.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The Rust toolchain that compiles to wasm32.
    #[arg(
        long,
        global = true,
        env = "SOUTIEN_TOOLCHAIN",
        default_value = "auto",
        value_name = "WHICH"
    )]
    toolchain: Choice,
}

#[derive(Subcommand)]
enum Command {
    /// Install everything the other commands need, and list it.
    Setup,
    /// Build dist/site/, the folder a publisher copies, and print the size of each file.
    Build,
    /// Build, and serve the demo news site until Ctrl-C.
    Demo {
        /// The port of the news site and of its ad host; 0 takes any free one.
        #[arg(long, default_value_t = server::DEFAULT_PORT)]
        port: u16,
    },
    /// Run the tests: all of them, or one suite.
    Test {
        /// The suite to run; all of them without this.
        suite: Option<Suite>,
        /// Passed on to the test runner, e.g. a part of a test's name.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Choose the baits by what filter lists really hit, and write src/baits.rs.
    Baits {
        /// A filter list to read instead of those of the installed uBlock Origin; may be given several times.
        #[arg(long = "list", value_name = "FILE")]
        lists: Vec<PathBuf>,
        /// Only say whether src/baits.rs is what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Build the companion extension for both browsers into dist/, as folders and zip files.
    Extension {
        /// A filter list in place of one of extension/profiles.json, as NAME=FILE or NAME=ADDRESS; may be given several times.
        #[arg(long = "list", value_name = "NAME=FILE")]
        lists: Vec<String>,
        /// The variant for machines, in which blockers act on every site. It must not be published.
        #[arg(long)]
        qa: bool,
    },
    /// Open pages under every profile of the extension, and print what verdict each leads to. The exit status is 1 where one is not
    /// what it should be, and 2 where a page could not be tried.
    Qa(Qa),
    /// Say what becomes of a request or an element by the filter lists of the profiles, and by which rule, without a browser.
    Explain(Explain),
    /// Say whether filter lists hit names that you have in mind for a folder, a file, a class or an id.
    CheckNames(Names),
    /// Say how many views were blocked, and what came of the notices, by the log of the server that `data-endpoint` names.
    Numbers(Numbers),
    /// Measure.
    Bench {
        /// What to measure.
        #[command(subcommand)]
        what: Bench,
    },
    /// Write the tables of attributes and events in README.md, from src/reference.rs.
    Reference,
    /// Build the npm package into dist/npm/, for sites with a build of their own.
    Npm,
    /// Build what a publisher downloads, into dist/release/: the site's files with the documentation, the npm package, and the extensions.
    Release,
    /// Check format, lints, documentation and the size budget.
    Check,
}

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
    let result = match command {
        // What could not be run at all is told apart from a verdict that is not what it should be.
        Command::Qa(options) => {
            return qa::qa(&options, toolchain).or_else(|error| {
                eprintln!("error: {error:#}");
                Ok(qa::NOT_RUN.into())
            });
        }
        Command::CheckNames(options) => return names::check_names(&options, toolchain),
        Command::Numbers(options) => numbers::numbers(&options),
        Command::Explain(options) => explain::explain(&options, toolchain),
        Command::Setup => {
            let result = setup::ensure(&Need::ALL, toolchain);
            setup::print_table(toolchain);
            result
        }
        Command::Build => build::hold_budget(build::build(toolchain)?),
        Command::Demo { port } => demo(port, toolchain),
        Command::Test { suite, arguments } => tests::test(suite, &arguments, toolchain),
        Command::Baits { lists, check } => baits::baits(&lists, check, toolchain),
        Command::Extension { lists, qa } => extension::extension(&lists, qa, toolchain),
        Command::Bench { what } => bench::bench(&what, toolchain),
        Command::Reference => reference::reference(),
        Command::Npm => npm::npm(toolchain),
        Command::Release => release::release(toolchain),
        Command::Check => check::check(toolchain),
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
