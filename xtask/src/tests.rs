//! `cargo xtask test`: each suite by its own runner, with the runner's own output.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::fuzz::Target;
use crate::setup::{self, Need};
use crate::toolchain::{self, Choice};
use crate::{build, debian, door, extension, fuzz};
use soutien_project::run;

/// How long the suite tries each fuzz target; `cargo xtask fuzz` tries it longer.
const FUZZ_SECONDS: u32 = 10;

/// The packages with rows that need no browser, besides this one.
const PACKAGES: [&str; 9] = [
    "soutien",
    "soutien-backend",
    "soutien-bench",
    "soutien-figures",
    "soutien-lists",
    "soutien-numbers",
    "soutien-project",
    "soutien-qa",
    "soutien-testbed",
];

/// A suite of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// The pure core and the commands themselves, on this machine.
    Native,
    /// Each fuzz target for some seconds.
    Fuzz,
    /// Single parts of the module in headless Chromium and Firefox.
    Browser,
    /// What a publisher downloads, built in another folder without network.
    Rebuild,
    /// The built dist/site/ on the demo site, in Chromium, Firefox and WebKitGTK, without and with uBlock Origin.
    E2e,
}

impl Suite {
    /// What has to be on the machine. Each suite is set up by itself, so that one that cannot be does not stop the others.
    pub fn needs(self) -> Vec<Need> {
        match self {
            // The rows on the baits ask its filter lists.
            Self::Native => vec![Need::UblockOrigin],
            Self::Fuzz => Need::FUZZ.to_vec(),
            Self::Browser => Need::BROWSER_TESTS.to_vec(),
            Self::Rebuild => Need::EXTENSION.to_vec(),
            Self::E2e => {
                let is_of_another = |need: &Need| *need == Need::TestRunner;
                Need::ALL.into_iter().filter(|need| !is_of_another(need)).collect()
            }
        }
    }
}

/// Runs one suite, or all in order, and passes the arguments on to its test runner. A failed suite does not stop the others.
///
/// # Errors
/// When a suite cannot run or a test fails, with the names of the suites that failed.
pub fn test(suite: Option<Suite>, arguments: &[String], choice: Choice) -> Result<()> {
    let suites = suite.map_or_else(|| Suite::value_variants().to_vec(), |suite| vec![suite]);
    let mut failed = Vec::new();
    for suite in &suites {
        let result = match suite {
            Suite::Native => set_up(*suite, choice).and_then(|()| native(arguments)),
            Suite::Fuzz => set_up(*suite, choice).and_then(|()| fuzz::targets(Target::value_variants(), FUZZ_SECONDS)),
            Suite::Browser => set_up(*suite, choice).and_then(|()| browser(arguments, choice)),
            Suite::Rebuild => set_up(*suite, choice).and_then(|()| rebuild(arguments)),
            // It leaves out what cannot be had here.
            Suite::E2e => end_to_end(arguments, choice),
        };
        if let Err(error) = result {
            eprintln!("error: {error:#}");
            failed.push(format!("{suite:?}").to_lowercase());
        }
    }
    if !failed.is_empty() {
        bail!(
            "{} of {} test suites failed: {}",
            failed.len(),
            suites.len(),
            failed.join(", ")
        );
    }
    Ok(())
}

fn set_up(suite: Suite, choice: Choice) -> Result<()> {
    setup::ensure(&suite.needs(), choice)
}

fn native(arguments: &[String]) -> Result<()> {
    // Both run, so that one run shows everything that fails.
    let mut core = setup::host_cargo();
    core.args(["test", "--features", "soutien-testbed/browsers"]);
    for package in PACKAGES {
        core.args(["--package", package]);
    }
    let core = run::visibly(core.arg("--").args(arguments));
    let commands = ["test", "--package", "xtask", "--lib", "--bins", "--"];
    let commands = run::visibly(setup::host_cargo().args(commands).args(arguments));
    core.and(commands)
}

fn browser(arguments: &[String], choice: Choice) -> Result<()> {
    let toolchain = toolchain::ensure(choice)?;
    build::bundle_for_tests(toolchain)?;
    // Both run, so that one run shows everything that fails.
    let in_browser = |browser: &str, driver: Need| {
        let mut command = toolchain.command("wasm-pack");
        command.args(["test", "--headless", &format!("--{browser}"), "--mode", "no-install"]);
        command.arg(format!("--{}", driver.name())).arg(setup::require(driver)?);
        if !arguments.is_empty() {
            // The first pair of dashes ends wasm-pack's own arguments, the second cargo's.
            command.args(["--", "--"]).args(arguments);
        }
        run::visibly(&mut command)
    };
    let chromium = in_browser("chrome", Need::Chromedriver);
    let firefox = in_browser("firefox", Need::Geckodriver);
    chromium.and(firefox)
}

fn rebuild(arguments: &[String]) -> Result<()> {
    run::visibly(
        setup::host_cargo()
            .args(["test", "--package", "xtask", "--test", "rebuild", "--"])
            .args(arguments),
    )
}

fn end_to_end(arguments: &[String], choice: Choice) -> Result<()> {
    let mut arguments = arguments.to_vec();
    let mut needs = Suite::E2e.needs();
    // Elsewhere, hardly any system has the driver of WebKitGTK.
    let is_missing = |need: &Need| setup::path(*need).is_none();
    if !debian::is_debian() && Need::WEBKIT.iter().any(is_missing) {
        eprintln!("not run: the smoke test in WebKitGTK, because WebKitWebDriver or Xvfb is not on PATH");
        arguments.extend(["--skip", "webkit::"].map(str::to_owned));
        needs.retain(|need| !Need::WEBKIT.contains(need));
    }
    setup::ensure(&needs, choice)?;
    build::build(choice).context("the end-to-end tests need dist/site/")?;
    for qa in [false, true] {
        extension::extension(&[], qa, choice).context("the end-to-end tests need the extension")?;
    }
    // Not in the middle of a test, which may take only so long.
    door::compile("soutien-qa")?;
    run::visibly(
        setup::host_cargo()
            .args(["test", "--package", "xtask", "--test", "e2e", "--"])
            .args(arguments),
    )
}
