//! The command line of `cargo xtask`, by which documents are tested as well.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::door::Passed;
use crate::fuzz::Fuzz;
use crate::mutants::Mutants;
use crate::setup::Need;
use crate::tests::Suite;
use crate::toolchain::Choice;
use soutien_figures::costs::Costs;
use soutien_testbed::server;

/// Every command of Soutien. Each sets up exactly what it needs, so that there is nothing to do before the first.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The Rust toolchain that compiles to wasm32.
    #[arg(
        long,
        global = true,
        env = "SOUTIEN_TOOLCHAIN",
        default_value = "auto",
        value_name = "WHICH"
    )]
    pub toolchain: Choice,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Install everything the other commands need, and list it.
    Setup,
    /// Build dist/site/, the folder a publisher copies, and print the size of each file.
    Build,
    /// Build, and serve the demo news site until Ctrl-C.
    Demo {
        /// The port of the news site and of its ad host; 0 takes any free one.
        #[arg(long, default_value_t = server::DEFAULT_PORT)]
        port: u16,
        /// Write it into a folder as static files instead, with the configurator, for a web server that knows nothing of it.
        #[arg(long, value_name = "FOLDER", conflicts_with = "port")]
        export: Option<PathBuf>,
    },
    /// Run the tests: all of them, or some suites.
    Test {
        /// The suites to run; all of them without this.
        suites: Vec<Suite>,
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
    #[command(disable_help_flag = true)]
    Qa(Passed),
    /// Say what becomes of a request or an element by the filter lists of the profiles, and by which rule, without a browser.
    #[command(disable_help_flag = true)]
    Explain(Passed),
    /// Say whether filter lists hit names that you have in mind for a folder, a file, a class or an id.
    #[command(disable_help_flag = true)]
    CheckNames(Passed),
    /// Say how many views were blocked, and what came of the notices, by the log of the server that `data-endpoint` names.
    #[command(disable_help_flag = true)]
    Numbers(Passed),
    /// Say what a site serves because of Soutien, and what that costs, by the sizes in dist/site/.
    Costs(Costs),
    /// Measure: detect, page, growth, size or extension.
    #[command(disable_help_flag = true)]
    Bench(Passed),
    /// Write the tables and figures in README.md, docs/ and npm/soutien/README.md, from src/reference.rs, dist/site/, and what benches left in docs/.
    Reference,
    /// Build the package of npm for sites with a build of their own, into dist/npm/.
    Npm {
        /// Those for testers as well.
        #[arg(long)]
        qa: bool,
    },
    /// Compile the program of the package soutien-qa for this machine's platform, into target/binaries/, from which a release takes it.
    Binary,
    /// Build the plugins for WordPress and SPIP, into dist/plugins/, as folders and zip files.
    Plugins,
    /// Build what others download, into dist/release/: the site's files with the documentation, the packages of npm, and the extensions.
    Release,
    /// Check format, lints, documentation, the crates that are depended on, and what readers download: its budgets, and that
    /// docs/sizes.json has it; and the workflows of .github/.
    Check,
    /// Try the readers of options, stored values and filter lists with texts that a fuzzer makes up.
    Fuzz(Fuzz),
    /// Change the code in one place at a time, and see whether a test fails.
    Mutants(Mutants),
}

impl Command {
    /// What has to be on the machine for it, and no more: all of it is set up before the command begins. Suites of tests are set up by themselves,
    /// so that one that cannot be does not stop the others; and so is what is behind a door, whose needs are in `doors.rs`.
    pub fn needs(&self) -> Vec<Need> {
        match self {
            Self::Setup => [&Need::ALL[..], &Need::SOURCES].concat(),
            Self::Plugins => Need::PLUGINS.to_vec(),
            Self::Build | Self::Demo { .. } | Self::Npm { qa: false } => Need::BUILD.to_vec(),
            Self::Check => [&Need::BUILD[..], &[Need::Workflows]].concat(),
            Self::Extension { .. } | Self::Npm { qa: true } => Need::EXTENSION.to_vec(),
            Self::Release => [&Need::EXTENSION[..], &[Need::Gettext]].concat(),
            Self::Baits { lists, .. } if lists.is_empty() => vec![Need::UblockOrigin],
            Self::Fuzz(_) => Need::FUZZ.to_vec(),
            Self::Mutants(_) => vec![Need::CargoMutants],
            Self::Qa(_) | Self::Explain(_) | Self::CheckNames(_) | Self::Numbers(_) | Self::Bench(_) => Vec::new(),
            Self::Binary | Self::Test { .. } | Self::Baits { .. } | Self::Costs(_) | Self::Reference => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    /// Asserts what a command line needs, in any order.
    #[track_caller]
    fn check(line: &str, expected: &[&[Need]]) {
        let arguments = Arguments::try_parse_from(["xtask"].into_iter().chain(line.split_whitespace()));
        let command = arguments.expect("it is a command line").command;
        let mut needs = match command {
            Command::Test { suites, .. } => suites.into_iter().flat_map(Suite::needs).collect(),
            _ => command.needs(),
        };
        let mut expected = expected.concat();
        for needs in [&mut needs, &mut expected] {
            needs.sort_by_key(|need| need.name());
        }
        assert_eq!(needs, expected, "for {line:?}");
    }

    /// Each command, with all that is installed for it.
    #[test]
    fn every_command_needs_what_it_uses() {
        const BUILD: &[Need] = &[Need::Toolchain, Need::WasmPack, Need::WasmBindgen, Need::Npm];
        const LISTS: &[Need] = &[Need::UblockOrigin, Need::AdguardLists];
        const CHROMIUM: &[Need] = &[Need::Chromium, Need::Chromedriver];
        const FIREFOX: &[Need] = &[Need::Firefox, Need::Geckodriver];
        const FUZZ: &[Need] = &[Need::CppCompiler, Need::CargoFuzz];
        const MUTANTS: &[Need] = &[Need::CargoMutants];
        const BLOCKER: &[Need] = &[Need::UblockOrigin];
        for (line, expected) in [
            ("demo --port 0", &[BUILD][..]),
            ("build", &[BUILD]),
            ("npm", &[BUILD]),
            ("npm --qa", &[BUILD, LISTS]),
            ("plugins", &[BUILD, &[Need::Gettext]]),
            ("binary", &[]),
            ("check", &[BUILD, &[Need::Workflows]]),
            ("extension", &[BUILD, LISTS]),
            ("extension --qa --list easylist=a.txt", &[BUILD, LISTS]),
            ("release", &[BUILD, LISTS, &[Need::Gettext]]),
            ("baits", &[BLOCKER]),
            ("baits --check --list a.txt", &[]),
            ("numbers a.log", &[]),
            ("costs", &[]),
            ("reference", &[]),
            ("fuzz", &[FUZZ]),
            ("mutants", &[MUTANTS]),
            ("test native", &[BLOCKER]),
            ("test fuzz", &[FUZZ]),
            ("test browser", &[BUILD, &[Need::TestRunner], CHROMIUM, FIREFOX]),
            ("test rebuild", &[BUILD, LISTS]),
            // Each suite is set up before it begins.
            ("test", &[]),
        ] {
            check(line, expected);
        }
    }

    #[test]
    fn the_end_to_end_tests_and_setup_need_all_that_others_need() {
        let all = |line: &str| {
            let arguments = Arguments::try_parse_from(["xtask"].into_iter().chain(line.split_whitespace()));
            arguments.expect("it is a command line").command.needs()
        };
        let setup = all("setup");
        for suite in Suite::value_variants() {
            assert!(suite.needs().iter().all(|need| setup.contains(need)), "{suite:?}");
        }
    }
}
