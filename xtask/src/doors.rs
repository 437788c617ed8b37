//! The commands that QA people and publishers run: what each needs, and the door to the program that does it.

use std::process::ExitCode;

use anyhow::Result;
use soutien_project::root;

use crate::door::{self, Passed};
use crate::setup::{self, Need};
use crate::toolchain::Choice;
use crate::{build, extension, toolchain};

/// How the commands here are called.
const NAME: &str = "cargo xtask";

/// `cargo xtask qa`, with the extension as it is built now, unless another is given.
///
/// # Errors
/// When something is missing that is needed.
pub fn qa(passed: Passed, choice: Choice) -> Result<ExitCode> {
    door::open("soutien-qa", NAME, Some("qa"), passed, choice, |passed, choice| {
        setup::ensure(&qa_needs(passed), choice)?;
        if !passed.has("--extension") {
            extension::extension(&[], true, choice)?;
            let folder = root().join("dist");
            passed.arguments.splice(..0, ["--extension".into(), folder.into()]);
        }
        Ok(())
    })
}

/// What has to be on this machine: what builds the extension, and the browsers, unless others start them. No driver is needed; browsers of
/// other makes than these two cannot be had from here.
fn qa_needs(passed: &Passed) -> Vec<Need> {
    let mut needs = Vec::new();
    if !passed.has("--extension") {
        needs.extend(Need::EXTENSION);
    }
    if !passed.has("--webdriver") {
        let browsers = passed.values("--browser");
        if browsers.is_empty() || browsers.contains(&"chromium") {
            needs.push(Need::Chromium);
        }
        if passed.has("--firefox") || browsers.contains(&"firefox") {
            needs.push(Need::Firefox);
        }
    }
    needs
}

/// `cargo xtask explain`.
///
/// # Errors
/// When the lists cannot be had.
pub fn explain(passed: Passed, choice: Choice) -> Result<ExitCode> {
    door::open("soutien-qa", NAME, Some("explain"), passed, choice, lists)
}

/// `cargo xtask check-names`.
///
/// # Errors
/// When the lists cannot be had.
pub fn check_names(passed: Passed, choice: Choice) -> Result<ExitCode> {
    door::open("soutien-qa", NAME, Some("check-names"), passed, choice, lists)
}

/// `cargo xtask numbers`, which needs nothing.
///
/// # Errors
/// When it cannot be compiled.
pub fn numbers(passed: Passed, choice: Choice) -> Result<ExitCode> {
    door::open("soutien-numbers", "cargo xtask numbers", None, passed, choice, |_, _| Ok(()))
}

/// `cargo xtask bench`, of dist/ as it is built now.
///
/// # Errors
/// When something is missing that is needed, or cannot be built.
pub fn bench(passed: Passed, choice: Choice) -> Result<ExitCode> {
    door::open(
        "soutien-bench",
        "cargo xtask bench",
        None,
        passed,
        choice,
        |passed, choice| {
            setup::ensure(&bench_needs(passed.subcommand()), choice)?;
            match passed.subcommand() {
                EXTENSION => {
                    extension::extension(&[], true, choice)?;
                    passed.arguments.extend(["--extension".into(), root().join("dist").into()]);
                }
                FIRST_LOOK => {
                    let way = match toolchain::ensure(choice)?.choice {
                        Choice::Debian => "debian",
                        Choice::Auto | Choice::Rustup => "rustup",
                    };
                    passed.arguments.extend(["--way".into(), way.into()]);
                }
                _ => drop(build::build(choice)?),
            }
            Ok(())
        },
    )
}

/// The bench that measures the companion extension.
const EXTENSION: &str = "extension";
/// The bench that measures setting up and building; all others measure dist/site/.
const FIRST_LOOK: &str = "first-look";

/// What has to be on the machine.
fn bench_needs(what: &str) -> Vec<Need> {
    match what {
        "detect" => [
            &Need::BUILD[..],
            &Need::CHROMIUM,
            &Need::FIREFOX,
            &[Need::UblockOrigin, Need::Peers],
        ]
        .concat(),
        "page" => [&Need::BUILD[..], &Need::CHROMIUM, &[Need::Peers]].concat(),
        "growth" => [&Need::BUILD[..], &Need::CHROMIUM].concat(),
        // All else is what it measures.
        FIRST_LOOK => vec![Need::Toolchain],
        EXTENSION => [&Need::EXTENSION[..], &Need::CHROMIUM].concat(),
        _ => Need::BUILD.to_vec(),
    }
}

/// Whose filter lists are read.
fn lists(_: &mut Passed, choice: Choice) -> Result<()> {
    setup::ensure(&[Need::UblockOrigin, Need::AdguardLists], choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(arguments: &str) -> Passed {
        Passed {
            arguments: arguments.split_whitespace().map(Into::into).collect(),
        }
    }

    /// What a line of `qa` needs besides what builds the extension.
    #[track_caller]
    fn check_qa(arguments: &str, expected: &[Need]) {
        let needs = qa_needs(&passed(&format!("https://journal.example/ {arguments}")));
        let (building, besides): (Vec<_>, Vec<_>) = needs.into_iter().partition(|need| Need::EXTENSION.contains(need));
        assert_eq!(building, Need::EXTENSION, "for {arguments:?}");
        assert_eq!(besides, expected, "for {arguments:?}");
    }

    #[test]
    fn qa_needs_the_browsers_that_it_starts_and_no_server() {
        check_qa("", &[Need::Chromium]);
        check_qa("--inject --explain --html a.html", &[Need::Chromium]);
        check_qa("--firefox", &[Need::Chromium, Need::Firefox]);
        check_qa("--browser firefox,edge", &[Need::Firefox]);
        check_qa("--browser=chromium --browser firefox", &[Need::Chromium, Need::Firefox]);
        check_qa("--browser /opt/chrome/chrome", &[]);
        check_qa("--webdriver http://grid.example:4444", &[]);
        check_qa("--firefox --webdriver=http://grid.example:4444", &[]);
    }

    #[test]
    fn qa_builds_no_extension_where_one_is_given() {
        assert_eq!(
            qa_needs(&passed("--extension there https://journal.example/")),
            [Need::Chromium]
        );
    }

    #[test]
    fn a_bench_needs_no_more_than_what_it_builds_and_the_browsers_that_it_starts() {
        assert_eq!(bench_needs("size"), Need::BUILD);
        assert_eq!(bench_needs("growth"), [&Need::BUILD[..], &Need::CHROMIUM].concat());
        assert_eq!(
            bench_needs("page"),
            [&Need::BUILD[..], &Need::CHROMIUM, &[Need::Peers]].concat()
        );
        assert_eq!(bench_needs(FIRST_LOOK), [Need::Toolchain]);
        assert!(bench_needs("detect").contains(&Need::Geckodriver));
        let extension = bench_needs(EXTENSION);
        assert!(extension.contains(&Need::Chromedriver) && extension.contains(&Need::AdguardLists));
        for need in [Need::Nginx, Need::Php, Need::Wordpress, Need::Webkit, Need::Firefox] {
            assert!(!extension.contains(&need), "{need:?}");
        }
    }
}
