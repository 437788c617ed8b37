//! `cargo xtask test`: each suite by its own runner, with the runner's own output.

use std::env;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::fuzz::Target;
use crate::setup::{self, Need};
use crate::toolchain::{self, Choice};
use crate::{build, debian, door, extension, fuzz};
use soutien_project::run;

/// How long the suite tries each fuzz target; `cargo xtask fuzz` tries it longer.
const FUZZ_SECONDS: u32 = 10;

/// The packages with rows that need no browser.
const PACKAGES: [&str; 10] = [
    "soutien",
    "soutien-backend",
    "soutien-bench",
    "soutien-figures",
    "soutien-lists",
    "soutien-numbers",
    "soutien-project",
    "soutien-qa",
    "soutien-testbed",
    "xtask",
];

/// The test of this package that is a suite by itself, [`Suite::Rebuild`].
const REBUILD: &str = "a_release_built_in_another_folder";

/// The smoke test in WebKitGTK.
const THIRD_ENGINE: &str = "webkit::";

/// What of the tools' tests is about the command for testers.
const TESTERS: &str = "qa::";

/// What of those is about pages that a blocker breaks.
const FINDINGS: &str = "qa::findings::";

/// What of the tools' tests compares what is played with the blockers that it is of.
const FIDELITY: [&str; 4] = ["agreement::", "both_browsers::", "fidelity::", "rule_sets::"];

/// What of the integrations' tests is about the packages that testers install.
const PACKAGES_OF_TESTERS: &str = "qa_packages::";

/// What of the systems' tests is on each version of them.
const VERSIONS: &str = "wordpress::versions::";

/// What of them measures: nothing else may be at work beside it.
const COST: &str = "wordpress::cost::";

/// What says to Rust's test runner how many tests run side by side, where its arguments do not.
const THREADS_VARIABLE: &str = "RUST_TEST_THREADS";

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
    Page,
    /// The extension and its profiles.
    Tools,
    /// The command for testers, with browsers of this machine and of others.
    Testers,
    /// How what the extension plays compares with uBlock Origin, and with itself in the other browser.
    Fidelity,
    /// Documents, servers, WordPress, npm, the configurator and a release.
    Integrations,
    /// The packages of npm for testers, installed from a registry, and Playwright with them.
    Packages,
    /// The plugins in the real WordPress and SPIP, and the snippets for programs that make sites.
    Systems,
    /// The plugin on each version of WordPress with each of PHP.
    Versions,
}

impl Suite {
    /// The word on the command line.
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// What has to be on the machine, and nothing more. Each suite is set up by itself, so that one that cannot be does not stop the others.
    pub fn needs(self) -> Vec<Need> {
        match self {
            // The rows on the baits ask its filter lists.
            Self::Native => vec![Need::UblockOrigin],
            Self::Fuzz => Need::FUZZ.to_vec(),
            Self::Browser => Need::BROWSER_TESTS.to_vec(),
            Self::Rebuild => Need::EXTENSION.to_vec(),
            Self::Page => [
                &Need::EXTENSION[..],
                &Need::CHROMIUM,
                &Need::FIREFOX,
                &Need::WEBKIT,
                &[Need::Dialogs, Need::Judges, Need::Pages],
            ]
            .concat(),
            Self::Tools | Self::Testers | Self::Fidelity => [
                &Need::EXTENSION[..],
                &Need::CHROMIUM,
                &Need::FIREFOX,
                &[Need::Grid, Need::Java, Need::Judges, Need::Pages, Need::Peers],
            ]
            .concat(),
            Self::Integrations | Self::Packages => [
                &Need::EXTENSION[..],
                &Need::CHROMIUM,
                &Need::FIREFOX,
                &[
                    Need::Nginx,
                    Need::Apache,
                    Need::Caddy,
                    Need::Brotli,
                    Need::Unzip,
                    Need::Minisign,
                    Need::Gettext,
                    Need::Php,
                    Need::Wordpress,
                    Need::Judges,
                    Need::Packaging,
                    Need::Pages,
                    Need::Runners,
                ],
            ]
            .concat(),
            Self::Systems | Self::Versions => [
                &Need::EXTENSION[..],
                &Need::CHROMIUM,
                &Need::FIREFOX,
                &[
                    Need::Generators,
                    Need::Gettext,
                    Need::Hugo,
                    Need::Judges,
                    Need::Nginx,
                    Need::Php,
                    Need::Spip,
                    Need::PhpFpm,
                    Need::Mariadb,
                    Need::Playground,
                    Need::Wordpress,
                    Need::Wordpress68,
                    Need::WordpressNewest,
                    Need::Judges,
                ],
            ]
            .concat(),
        }
    }

    /// How many of its tests run side by side, where that is not one for each core. They mostly wait, for servers, and take a part of a core each. Those of
    /// pages do not: three times as many of them took as long, and came too late for what pages do in two seconds.
    fn threads(self) -> Option<&'static str> {
        match self {
            Self::Systems | Self::Versions => Some("3"),
            _ => None,
        }
    }

    /// The target of Cargo that its tests are in.
    fn target(self) -> String {
        match self {
            Self::Testers | Self::Fidelity => Self::Tools.name(),
            Self::Packages => Self::Integrations.name(),
            Self::Versions => Self::Systems.name(),
            suite => suite.name(),
        }
    }

    /// What its test runner is told in each of its runs, where nobody says which tests are to run.
    fn runs(self) -> Vec<Vec<&'static str>> {
        let without = |parts: &[&'static str]| parts.iter().flat_map(|part| ["--skip", part]).collect();
        let alone = |part| vec![part, "--test-threads", "1"];
        match self {
            // Its driver gives up where others keep the machine busy.
            Self::Page => vec![without(&[THIRD_ENGINE]), alone(THIRD_ENGINE)],
            Self::Tools => vec![without(&[&[TESTERS], &FIDELITY[..]].concat())],
            // What happens on a page that is watched while a blocker breaks it comes too late to be seen where others keep the machine busy.
            Self::Testers => vec![[vec![TESTERS], without(&[FINDINGS])].concat(), alone(FINDINGS)],
            Self::Fidelity => vec![FIDELITY.to_vec()],
            Self::Integrations => vec![without(&[PACKAGES_OF_TESTERS])],
            Self::Packages => vec![vec![PACKAGES_OF_TESTERS]],
            Self::Systems => vec![without(&[VERSIONS, COST]), alone(COST)],
            Self::Versions => vec![vec![VERSIONS]],
            _ => vec![vec![]],
        }
    }

    /// How long it may take on two cores once everything is installed and compiled, where somebody waits for it. What takes longer is said, and
    /// fails nothing: machines differ.
    fn budget(self) -> Option<Duration> {
        match self {
            Self::Native => Some(Duration::from_secs(60)),
            Self::Page => Some(Duration::from_secs(600)),
            Self::Versions => Some(Duration::from_secs(480)),
            _ => None,
        }
    }
}

/// How long all suites may take, from a fresh clone.
const BUDGET_OF_ALL: Duration = Duration::from_secs(40 * 60);

/// Runs suites in order, all of them where none is named, passes the arguments on to their test runners, and says how long each took. A failed suite
/// does not stop the others.
///
/// # Errors
/// When a suite cannot run or a test fails, with the names of the suites that failed.
pub fn test(suites: &[Suite], arguments: &[String], choice: Choice) -> Result<()> {
    let suites = if suites.is_empty() { Suite::value_variants() } else { suites };
    let mut failed = Vec::new();
    let mut times = Vec::new();
    let mut built = Built::default();
    for &suite in suites {
        let started = Instant::now();
        let result = match suite {
            Suite::Native => native(arguments, choice),
            Suite::Fuzz => {
                setup::ensure(&suite.needs(), choice).and_then(|()| fuzz::targets(Target::value_variants(), FUZZ_SECONDS))
            }
            Suite::Browser => browser(arguments, choice),
            Suite::Rebuild => rebuild(arguments, choice),
            _ => in_browsers(suite, arguments, choice, &mut built),
        };
        times.push((suite.name(), started.elapsed(), suite.budget()));
        if let Err(error) = result {
            eprintln!("error: {error:#}");
            failed.push(suite.name());
        }
    }
    if suites.len() > 1 {
        let whole = times.iter().map(|(_, took, _)| *took).sum();
        times.push(("all".to_owned(), whole, Some(BUDGET_OF_ALL)));
    }
    for (name, took, budget) in &times {
        println!("{}", line(name, *took, *budget));
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

/// A line on how long a suite took, beside what it may take.
fn line(name: &str, took: Duration, budget: Option<Duration>) -> String {
    let in_words = |time: Duration| format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60);
    let beside = budget.map_or(String::new(), |budget| {
        let word = if took > budget { "OVER its" } else { "of a" };
        format!("  {word} budget of {}", in_words(budget))
    });
    format!("{name:<14}{:>12}{beside}", in_words(took))
}

fn native(arguments: &[String], choice: Choice) -> Result<()> {
    setup::ensure(&Suite::Native.needs(), choice)?;
    // By one command: what they share would be compiled once more for each choice of features. All run, so that one run shows everything that fails.
    let mut command = setup::host_cargo();
    command.args(["test", "--no-fail-fast", "--features", "soutien-testbed/browsers"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    run::visibly(command.args(["--", "--skip", REBUILD]).args(arguments))
}

fn browser(arguments: &[String], choice: Choice) -> Result<()> {
    setup::ensure(&Suite::Browser.needs(), choice)?;
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

fn rebuild(arguments: &[String], choice: Choice) -> Result<()> {
    setup::ensure(&Suite::Rebuild.needs(), choice)?;
    run::visibly(
        setup::host_cargo()
            .args(["test", "--package", "xtask", "--test", "rebuild", "--"])
            .args(arguments),
    )
}

/// What the suites in browsers have had built: to see that nothing has changed takes half a minute.
#[derive(Default)]
struct Built {
    has_site: bool,
    /// The variants of the extension.
    variants: Vec<bool>,
}

/// The suites of the package in tests/.
fn in_browsers(suite: Suite, arguments: &[String], choice: Choice, built: &mut Built) -> Result<()> {
    let mut arguments = arguments.to_vec();
    let mut needs = suite.needs();
    // Elsewhere, hardly any system has the driver of WebKitGTK.
    let is_missing = |need: &Need| Need::WEBKIT.contains(need) && setup::path(*need).is_none();
    if !debian::is_debian() && needs.iter().any(is_missing) {
        eprintln!("not run: the smoke test in WebKitGTK, because WebKitWebDriver or Xvfb is not on PATH");
        arguments.extend(["--skip", THIRD_ENGINE].map(str::to_owned));
        needs.retain(|need| !Need::WEBKIT.contains(need));
    }
    setup::ensure(&needs, choice)?;
    if !built.has_site {
        build::build(choice).context("the tests in browsers need dist/site/")?;
        built.has_site = true;
    }
    // Only the popup is looked at in what readers install.
    let variants: &[bool] = if suite == Suite::Tools { &[false, true] } else { &[true] };
    for qa in variants {
        if !built.variants.contains(qa) {
            extension::extension(&[], *qa, choice).context("the tests in browsers need the extension")?;
            built.variants.push(*qa);
        }
    }
    if suite != Suite::Page {
        // Not in the middle of a test, which may take only so long.
        door::compile("soutien-qa")?;
    }
    let test = |more: &[&str]| {
        let mut command = setup::host_cargo();
        command.args(["test", "--package", "soutien-tests", "--test", &suite.target(), "--"]);
        if env::var_os(THREADS_VARIABLE).is_none() {
            command.envs(suite.threads().map(|threads| (THREADS_VARIABLE, threads)));
        }
        run::visibly(command.args(&arguments).args(more))
    };
    if !arguments.is_empty() {
        return test(&[]);
    }
    // Each runs, so that one run shows everything that fails.
    let runs = suite.runs().into_iter().map(|more| test(&more));
    runs.fold(Ok(()), Result::and)
}

#[cfg(test)]
mod rows {
    use std::fs;

    use super::*;
    use soutien_project::files::collect;
    use soutien_project::root;

    /// The needs that the sources of some folders of tests/ name.
    fn named(folders: &[&str]) -> Vec<String> {
        let mut files = Vec::new();
        for folder in folders {
            collect(&root().join("tests").join(folder), &mut files).expect("it is a folder");
        }
        let mut names = Vec::new();
        for path in files {
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("it is text");
                let after = text.split("Need::").skip(1);
                let word = |rest: &str| rest.split(|letter: char| !letter.is_alphanumeric()).next().map(str::to_owned);
                names.extend(after.filter_map(word).filter(|name| !name.is_empty()));
            }
        }
        names
    }

    #[test]
    fn each_suite_in_browsers_needs_what_its_sources_name_and_what_shows_and_builds() {
        let builds_and_shows = [
            &Need::EXTENSION[..],
            &Need::PLUGINS,
            &Need::CHROMIUM,
            &Need::FIREFOX,
            &Need::WEBKIT,
        ]
        .concat();
        for suite in [Suite::Page, Suite::Tools, Suite::Integrations, Suite::Systems] {
            let named = named(&[&suite.name(), "support"]);
            let needs = suite.needs();
            for name in &named {
                let has = needs.iter().any(|need| format!("{need:?}") == *name);
                assert!(has, "{suite:?} is not given {name}");
            }
            for need in needs.iter().filter(|need| !builds_and_shows.contains(need)) {
                assert!(named.contains(&format!("{need:?}")), "nothing in {suite:?} names {need:?}");
            }
            let shows = suite != Suite::Page || Need::WEBKIT.iter().all(|need| needs.contains(need));
            assert!(shows, "the third engine is missing");
        }
    }

    #[test]
    fn continuous_integration_runs_each_suite_once() {
        let mut named = Vec::new();
        for part in ["run", "long"] {
            let script = fs::read_to_string(root().join(".ci").join(part)).expect("it is text");
            let (_, suites) = script
                .trim_end()
                .rsplit_once("cargo xtask test ")
                .expect("it runs tests at its end");
            named.extend(suites.split(' ').map(str::to_owned));
        }
        named.sort();
        let mut all: Vec<_> = Suite::value_variants().iter().map(|suite| suite.name()).collect();
        all.sort();
        assert_eq!(named, all);
    }

    #[test]
    fn a_suite_that_took_too_long_says_so() {
        let seconds = Duration::from_secs;
        assert_eq!(line("fuzz", seconds(61), None), "fuzz            1 min 01 s");
        assert_eq!(
            line("native", seconds(60), Some(seconds(60))),
            "native          1 min 00 s  of a budget of 1 min 00 s"
        );
        assert_eq!(
            line("page", seconds(605), Some(seconds(600))),
            "page           10 min 05 s  OVER its budget of 10 min 00 s"
        );
    }
}
