//! The packages for testers, as a registry hands them out: what the command, the fixture and the types do where they are installed.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use soutien_project::files::copy_folder;
use soutien_project::root;
use soutien_project::run::quietly;
use soutien_testbed::server::{self, Options, Running};
use support::browsers::run;
use support::documents;
use xtask::setup::{Need, require};

use crate::npm::tool;
use crate::registry::{LIMIT, Typed, installed, running_in, the_registry};

const DOCUMENT: &str = "docs/qa.md";

/// The document of the package.
const README: &str = "npm/soutien-qa/README.md";

/// How long somebody waits for the first row of a table, once the package is installed.
const FIRST_ROW: Duration = Duration::from_secs(20);

/// Those who start browsers take turns.
pub static TURN: Mutex<()> = Mutex::new(());

/// The demo's news page.
fn demo() -> Result<Running> {
    server::start(Options {
        port: 0,
        ..Options::default()
    })
}

/// Another folder in which a command is typed.
fn place(name: &str) -> Result<PathBuf> {
    let folder = the_registry()?.folder.join(name);
    fs::create_dir(&folder)?;
    Ok(folder)
}

#[test]
pub fn npx_opens_a_page_under_every_blocker_that_is_asked_for() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = place("npx")?;
        // The first time, whoever types it is asked whether to install it.
        let (status, said) = Typed::start("npx soutien-qa --version", &folder, "t1", &[])?.end()?;
        ensure!(status == Some(0) && said.contains("soutien-qa "), "{status:?}\n{said}");

        let of_package = documents::only(README, "One command", "sh")?;
        ensure!(
            of_package.trim() == "npx soutien-qa https://staging.example/ --html report.html",
            "{of_package}"
        );
        let line = documents::only(DOCUMENT, "One command", "sh")?;
        let line = line
            .trim()
            .replace("https://staging.example/article", "https://staging.example/?article");
        let line = format!("{line} --profile none,ublock-origin").replace("https://staging.example", &site.site);
        let started = Instant::now();
        let mut typed = Typed::start(&line, &folder, "t2", &[])?;
        typed.until_said("none ", LIMIT)?;
        let took = started.elapsed();
        let (status, said) = typed.end()?;
        ensure!(status == Some(0), "{status:?}\n{said}");
        for row in ["none ", "ublock-origin "] {
            ensure!(
                said.lines().any(|line| line.trim_start().starts_with(row)),
                "no row {row:?} in:\n{said}"
            );
        }
        ensure!(folder.join("report.html").is_file(), "no report.html");
        ensure!(took < FIRST_ROW, "the first row came after {took:?}:\n{said}");
        println!("the first row came after {took:?}");
        Ok(())
    });
}

#[test]
pub fn the_settings_of_the_document_are_taken() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = place("settings")?;
        let settings = documents::only(DOCUMENT, "In CI", "toml")?
            .replace("https://staging.example/checkout", "https://staging.example/?checkout")
            .replace("https://staging.example", &site.site);
        fs::write(folder.join("soutien-qa.toml"), settings)?;
        fs::write(folder.join("soutien-qa.known"), "")?;
        let (status, said) = Typed::start("npx soutien-qa --profile none,dns", &folder, "t7", &[])?.end()?;
        ensure!(
            status == Some(0) && said.contains("2 of 4 results are ignored"),
            "{status:?}\n{said}"
        );
        let junit = fs::read_to_string(folder.join("soutien-qa.xml"))?;
        ensure!(
            junit.matches("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\"").count() == 2,
            "{junit}"
        );
        ensure!(folder.join("soutien-qa.html").is_file(), "no soutien-qa.html");
        Ok(())
    });
}

/// What the action's one step runs, as it stands behind `run: |` in action.yml.
fn script_of_the_action() -> Result<String> {
    let text = fs::read_to_string(root().join("action.yml"))?;
    let (_, script) = text.split_once("      run: |\n").context("action.yml has no step")?;
    Ok(script.lines().map(|line| format!("{}\n", line.trim_start())).collect())
}

#[test]
pub fn the_action_of_the_document_shows_what_it_found() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = place("action")?;
        let workflow = documents::only(DOCUMENT, "In CI", "yaml")?;
        let input = |key: &str| -> Result<String> {
            let line = workflow.lines().find_map(|line| line.trim().strip_prefix(key));
            let line = line.with_context(|| format!("the document's step has no {key}"))?.trim();
            Ok(line
                .replace("https://staging.example/checkout", "https://staging.example/?checkout")
                .replace("https://staging.example", &site.site))
        };
        fs::write(folder.join("soutien-qa.known"), "")?;
        fs::write(folder.join("action.sh"), script_of_the_action()?)?;
        let summary = folder.join("summary.md");
        let variables = [
            ("PAGES", input("pages:")?),
            ("ARGUMENTS", format!("{} --profile none", input("arguments:")?)),
            ("CONFIG", String::new()),
            ("RESULTS", "results".to_owned()),
            ("VERSION", env!("CARGO_PKG_VERSION").to_owned()),
            ("GITHUB_STEP_SUMMARY", summary.display().to_string()),
        ];
        let (status, said) = Typed::start("bash -e action.sh", &folder, "t8", &variables)?.end()?;
        ensure!(status == Some(0), "{status:?}\n{said}");
        let shown = fs::read_to_string(&summary)?;
        ensure!(
            shown.starts_with("```\n") && shown.contains("  none ") && shown.contains("/?checkout in chromium"),
            "{shown}"
        );
        for file in ["report.html", "report.json", "junit.xml"] {
            ensure!(folder.join("results").join(file).is_file(), "no {file}:\n{said}");
        }
        Ok(())
    });
}

#[test]
fn the_tools_of_others_find_nothing_wrong_with_the_packages() {
    run(async {
        let registry = the_registry()?;
        let tarballs = fs::read_dir(&registry.folder)?.flatten().map(|entry| entry.path());
        let mut n_tarballs = 0;
        for tarball in tarballs.filter(|path| path.extension().is_some_and(|extension| extension == "tgz")) {
            n_tarballs += 1;
            let said = tool("publint", &["run", &tarball.to_string_lossy(), "--strict"], &registry.folder)?;
            ensure!(said.contains("All good!"), "publint says of {}:\n{said}", tarball.display());
        }
        ensure!(n_tarballs == 3, "there are {n_tarballs} packages, expected three");
        let code = registry.folder.join(format!("soutien-qa-{}.tgz", env!("CARGO_PKG_VERSION")));
        tool("attw", &[&code.to_string_lossy(), "--profile", "esm-only"], &registry.folder)?;

        let folder = installed()?.join("types");
        fs::create_dir(&folder)?;
        copy_folder(&root().join("tests/integrations/qa_packages/types"), &folder)?;
        tool("tsc", &["--project", "."], &folder)?;
        Ok(())
    });
}

#[test]
fn a_verdict_that_is_not_what_it_should_be_is_the_exit_status() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let folder = place("status")?;
        let (status, said) = Typed::start("npx soutien-qa http://127.0.0.1:9/ --profile none", &folder, "t3", &[])?.end()?;
        ensure!(status == Some(2) && said.contains("not run: "), "{status:?}\n{said}");
        let (status, said) = Typed::start("npx soutien-qa", &folder, "t4", &[])?.end()?;
        ensure!(
            status == Some(0) && said.contains("Usage: npx soutien-qa URL"),
            "{status:?}\n{said}"
        );
        Ok(())
    });
}

#[test]
fn a_platform_without_a_program_is_told_what_to_do() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let registry = the_registry()?;
        let folder = place("without")?;
        fs::write(folder.join("package.json"), r#"{ "private": true }"#)?;
        let mut npm = registry.npm();
        npm.args(["install", "--no-save", "--omit=optional", "soutien-qa"])
            .current_dir(&folder);
        quietly("npm install", &mut npm, Some(LIMIT))?;
        let (status, said) = Typed::start("npx soutien-qa https://site.example/", &folder, "t5", &[])?.end()?;
        ensure!(
            status == Some(2) && said.contains("there is no program for "),
            "{status:?}\n{said}"
        );
        Ok(())
    });
}

#[test]
fn an_interrupted_command_leaves_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = place("interrupted")?;
        let mut typed = Typed::start(&format!("npx soutien-qa {}/", site.site), &folder, "t6", &[])?;
        let started = Instant::now();
        while !running_in(&typed.temporary)?
            .iter()
            .any(|line| line.contains("user-data-dir"))
        {
            ensure!(
                started.elapsed() < LIMIT && typed.child.try_wait()?.is_none(),
                "no browser starts:\n{}",
                typed.said()
            );
            thread::sleep(Duration::from_millis(50));
        }
        typed.interrupt()?;
        let (status, said) = typed.end()?;
        ensure!(status != Some(0), "it ended well:\n{said}");
        Ok(())
    });
}

/// Starts Playwright in a project of its own beside what is installed.
fn playwright(name: &str, site: &Running, arguments: &str) -> Result<Typed> {
    let folder = installed()?.join(name);
    if !folder.is_dir() {
        fs::create_dir(&folder)?;
        copy_folder(&root().join("tests/integrations/qa_packages/playwright"), &folder)?;
    }
    in_project(name, site, &format!("npx playwright test {arguments}"))
}

/// Starts a command in the folder of a project beside what is installed.
fn in_project(name: &str, site: &Running, line: &str) -> Result<Typed> {
    let variables = [
        ("PAGE", format!("{}/", site.site)),
        ("CHROMIUM", require(Need::Chromium)?.display().to_string()),
    ];
    let number = fs::read_dir(&the_registry()?.folder)?.count();
    Typed::start(line, &installed()?.join(name), &format!("p{number}"), &variables)
}

#[test]
fn playwright_runs_three_tests_under_four_blockers_twice() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        for _ in 0..2 {
            let started = Instant::now();
            let (status, said) = playwright("right", &site, "blockers.spec")?.end()?;
            ensure!(
                status == Some(0) && said.contains("12 passed") && !said.contains("flaky"),
                "{status:?}\n{said}"
            );
            println!("Playwright took {:?}", started.elapsed());
        }
        Ok(())
    });
}

/// The config and the test of the document, as a reader would copy them.
#[test]
pub fn the_recipe_for_playwright_can_be_followed() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let files = documents::all(DOCUMENT, "Playwright", "js")?;
        let [config, spec] = &files[..] else {
            anyhow::bail!(
                "{DOCUMENT} has {} files for Playwright, expected a config and a test",
                files.len()
            );
        };
        let commands = documents::only(DOCUMENT, "Playwright", "sh")?;
        let line = commands.lines().last().unwrap_or_default();
        let folder = installed()?.join("document");
        fs::create_dir(&folder)?;
        fs::write(folder.join("playwright.config.js"), config)?;
        fs::write(folder.join("home.spec.js"), spec)?;
        fs::write(folder.join("readme.spec.js"), documents::only(README, "In your tests", "js")?)?;
        let (status, said) = in_project("document", &demo()?, line)?.end()?;
        ensure!(status == Some(0) && said.contains("4 passed"), "{status:?}\n{said}");
        Ok(())
    });
}

#[test]
fn a_wrong_expectation_says_what_was_found_and_by_which_rule() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let (status, said) = playwright("wrong", &demo()?, "wrong.spec --project=ublock-origin")?.end()?;
        ensure!(status == Some(1) && said.contains("4 failed"), "{status:?}\n{said}");
        for line in [
            "Error: expect(page).toHaveVerdict(kind) failed",
            "Expected: \"clear\"",
            "Received: \"blocked, by extension\"",
            "Timeout:  1000ms",
            "ublock-origin: blocked http://",
            "Error: expect(page).not.toHaveVerdict(kind) failed",
            "Expected: not \"blocked, by extension\"",
            "Error: expect(page).not.toShowNotice() failed",
            "found the verdict \"blokced\", expected one of blocked, clear, unsure",
        ] {
            ensure!(said.contains(line), "no {line:?} in:\n{said}");
        }
        Ok(())
    });
}

#[test]
fn what_a_blocker_breaks_fails_unless_it_is_known() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let (status, said) = playwright("works", &demo()?, "works.spec --project=ublock-origin")?.end()?;
        ensure!(status == Some(0) && said.contains("4 passed"), "{status:?}\n{said}");
        Ok(())
    });
}

#[test]
fn an_interrupted_playwright_leaves_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let mut typed = playwright("long", &site, "long.spec --project=ublock-origin")?;
        typed.until_said("waits\n", LIMIT)?;
        typed.interrupt()?;
        let (status, said) = typed.end()?;
        ensure!(status != Some(0), "it ended well:\n{said}");
        Ok(())
    });
}

#[test]
fn a_browser_that_takes_no_extension_is_named() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = installed()?.join("branded");
        fs::create_dir(&folder)?;
        let spec = "import { test } from 'soutien-qa/playwright';\ntest.use({ channel: 'chrome' });\ntest('a', ({ page }) => page.goto('/'));\n";
        fs::write(folder.join("a.spec.js"), spec)?;
        let (status, said) = in_project("branded", &site, "npx playwright test")?.end()?;
        ensure!(
            status == Some(1) && said.contains("found the channel chrome, which takes no extension from version 137 on"),
            "{status:?}\n{said}"
        );
        Ok(())
    });
}
