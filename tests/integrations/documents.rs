//! What publishers read: each piece of code is taken out of its document as a reader would copy it, and run; each link leads somewhere.
//!
//! [`WAYS`] says of every piece how it is run. One that has no way, or a way that has no piece, fails a test.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Parser as _;
use serde_json::Value;
use serde_json::json;
use soutien_figures::sizes;
use soutien_project::root;
use soutien_testbed::server::Answer;
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::commands::xtask;
use support::documents::{all, dead_links, documents, in_french, only, read, snippets};
use support::reader::Reader;
use support::site::{With, javascript, page, site, with_tags, without_policy};
use xtask::command_line::{Arguments, Command as Line};
use xtask::setup::{Need, require};

use crate::demo;
use crate::npm;
use crate::qa_packages;
use crate::recipes;
use crate::release;
use crate::servers::{self, integrity};
use crate::spip;
use crate::wordpress;

/// How a piece of code is run.
#[derive(Clone, Copy)]
enum Way {
    /// Its lines are commands of `cargo xtask`, which takes them.
    Commands,
    /// It is the tag: in the head of a page that is visited, it gives a verdict and no problem.
    Tag,
    /// It is a script of a page with the tag: nothing goes wrong, and there is a verdict and no problem.
    Script,
    /// By this test.
    #[expect(dead_code, reason = "the compiler sees that there is such a test, and cargo runs it")]
    By(fn()),
    /// By this test of the suite `systems`, which is a program of its own.
    InSystems(&'static str),
}
use Way::{By, Commands, InSystems, Script, Tag};

/// Every piece of code: its document, the heading above it, its language, and how it is run.
#[rustfmt::skip] // A row a line.
const WAYS: &[(&str, &str, &str, Way)] = &[
    ("README.md", "See it", "sh", By(demo::the_demo_of_the_package_is_there_by_npx_and_asks_who_blocks)),
    ("README.md", "From the sources", "sh", Commands),
    ("README.md", "Install, in five minutes", "sh", By(release::the_readme_can_be_followed)),
    ("README.md", "Install, in five minutes", "html", By(release::the_readme_can_be_followed)),
    ("CONTRIBUTING.md", "Contributing", "sh", Commands),
    ("npm/soutien/README.md", "Install", "sh", By(npm::what_its_readme_says_can_be_done)),
    ("npm/soutien/README.md", "Install", "sh", By(npm::what_its_readme_says_can_be_done)),
    ("npm/soutien/README.md", "Start", "js", By(npm::what_its_readme_says_can_be_done)),
    ("npm/soutien/README.md", "React", "jsx", By(npm::react::it_starts_once_and_renders_verdicts)),
    ("npm/soutien/README.md", "Types", "ts", By(npm::what_its_readme_says_can_be_done)),
    ("npm/soutien/README.md", "Content-Security-Policy", "html", Tag),
    ("npm/soutien-qa/README.md", "One command", "sh", By(qa_packages::npx_opens_a_page_under_every_blocker_that_is_asked_for)),
    ("npm/soutien-qa/README.md", "In your tests", "js", By(qa_packages::the_recipe_for_playwright_can_be_followed)),
    ("docs/api.md", "Wait for it", "js", Script),
    ("docs/api.md", "Hear of verdicts", "js", Script),
    ("docs/api.md", "Have the last word", "js", By(the_page_has_the_last_word)),
    ("docs/api.md", "Ask at a moment of your own", "js", By(the_page_asks_at_a_moment_of_its_own)),
    ("docs/api.md", "Look again", "js", Script),
    ("docs/api.md", "Say that the reader consents", "js", By(the_page_says_that_the_reader_consents)),
    ("docs/consent.md", "Nothing before consent", "js", By(nothing_of_ours_runs_before_consent)),
    ("docs/consent.md", "Try it by hand", "js", Script),
    ("docs/extension.md", "Load it", "sh", Commands),
    ("docs/install.md", "Choose the folder", "sh", By(release::the_document_on_installing_can_be_followed)),
    ("docs/install.md", "Copy the files", "sh", By(release::the_document_on_installing_can_be_followed)),
    ("docs/install.md", "Paste the tag", "html", By(release::the_document_on_installing_can_be_followed)),
    ("docs/numbers.md", "Numbers", "html", Tag),
    ("docs/numbers.md", "What goes out", "json", By(the_example_of_the_document_is_a_batch)),
    ("docs/numbers.md", "Take them with nginx", "nginx", By(servers::nginx_takes_the_numbers_and_its_log_gives_the_rates)),
    ("docs/numbers.md", "Read them", "sh", Commands),
    ("docs/numbers.md", "On a large site", "html", Tag),
    ("docs/numbers.md", "Your analytics besides", "html", Tag),
    ("docs/qa.md", "One command", "sh", By(qa_packages::npx_opens_a_page_under_every_blocker_that_is_asked_for)),
    ("docs/qa.md", "What breaks", "sh", Commands),
    ("docs/qa.md", "In CI", "toml", By(qa_packages::the_settings_of_the_document_are_taken)),
    ("docs/qa.md", "In CI", "yaml", By(qa_packages::the_action_of_the_document_shows_what_it_found)),
    ("docs/qa.md", "From the sources", "sh", Commands),
    ("docs/qa.md", "Why is this blocked?", "sh", Commands),
    ("docs/qa.md", "Why is this blocked?", "sh", Commands),
    ("docs/qa.md", "Playwright", "sh", By(qa_packages::the_recipe_for_playwright_can_be_followed)),
    ("docs/qa.md", "Playwright", "js", By(qa_packages::the_recipe_for_playwright_can_be_followed)),
    ("docs/qa.md", "Playwright", "js", By(qa_packages::the_recipe_for_playwright_can_be_followed)),
    ("docs/qa.md", "Puppeteer", "js", By(recipes::puppeteer_gets_the_verdicts_in_chromium)),
    ("docs/qa.md", "Selenium with Chromium", "js", By(recipes::selenium_gets_the_verdicts_in_chromium)),
    ("docs/qa.md", "Selenium with Firefox", "js", By(recipes::selenium_gets_the_verdicts_in_firefox)),
    ("docs/qa.md", "WebdriverIO with Chromium", "js", By(recipes::webdriverio_gets_the_verdicts_in_chromium)),
    ("docs/qa.md", "WebdriverIO with Firefox", "js", By(recipes::webdriverio_gets_the_verdicts_in_firefox)),
    ("docs/rollout.md", "A quiet week first", "html", Tag),
    ("docs/rollout.md", "Then a tenth", "html", Tag),
    ("docs/servers.md", "The tag", "html", Tag),
    // Both are done for the servers that serve what was compressed, and to check them.
    ("docs/servers.md", "Compression", "sh", By(servers::nginx_serves_as_the_document_says)),
    ("docs/servers.md", "Check it", "sh", By(servers::nginx_serves_as_the_document_says)),
    ("docs/servers.md", "Integrity", "html", Tag),
    ("docs/servers.md", "Content-Security-Policy", "", By(servers::the_policy_is_enough_for_the_notice)),
    ("docs/servers.md", "nginx", "nginx", By(servers::nginx_serves_as_the_document_says)),
    ("docs/servers.md", "Apache", "apache", By(servers::apache_serves_as_the_document_says)),
    ("docs/servers.md", "Caddy", "caddy", By(servers::caddy_serves_as_the_document_says)),
    ("docs/servers.md", "What it costs", "sh", Commands),
    ("docs/single-page-apps.md", "When your router wants a say", "js", By(a_router_has_its_say)),
    ("docs/single-page-apps.md", "React", "jsx", By(a_hook_of_react_renders_verdicts)),
    ("docs/systems.md", "Programs that make sites", "sh", InSystems("generators::next_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Hugo", "sh", InSystems("generators::hugo_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Hugo", "go-html-template", InSystems("generators::hugo_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Eleventy", "js", InSystems("generators::eleventy_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Eleventy", "sh", InSystems("generators::eleventy_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Eleventy", "njk", InSystems("generators::eleventy_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Astro", "sh", InSystems("generators::astro_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Astro", "astro", InSystems("generators::astro_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Next", "sh", InSystems("generators::next_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Next", "jsx", InSystems("generators::next_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "As a component", "jsx", InSystems("generators::next_has_other_ways_that_give_a_verdict")),
    ("docs/systems.md", "Nuxt", "sh", InSystems("generators::nuxt_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Nuxt", "ts", InSystems("generators::nuxt_makes_a_site_that_gets_its_verdict")),
    ("docs/systems.md", "Ghost", "html", Tag),
    ("docs/systems.md", "Drupal", "yaml", InSystems("generators::what_is_not_tried_is_written_as_its_language_asks")),
    ("docs/systems.md", "Joomla", "php", InSystems("generators::what_is_not_tried_is_written_as_its_language_asks")),
    ("docs/systems.md", "TYPO3", "typoscript", InSystems("generators::what_is_not_tried_is_written_as_its_language_asks")),
    ("docs/systems.md", "Arc XP", "jsx", InSystems("generators::what_is_not_tried_is_written_as_its_language_asks")),
    ("docs/spip.md", "What can be set", "php", By(spip::the_document_decides_for_subscribers)),
    ("docs/themes.md", "Any other markup", "html", By(markup_that_is_marked_is_enhanced)),
    ("docs/themes.md", "Its look", "css", By(the_style_sheet_changes_the_look)),
    ("docs/troubleshooting.md", "What `soutien:problem` says", "js", Script),
    ("docs/wordpress.md", "What can be set", "php", By(wordpress::a_membership_plugin_has_its_say)),
    ("docs/wordpress.md", "Options", "php", By(wordpress::the_document_can_be_followed)),
    ("docs/wordpress.md", "Options", "php", By(wordpress::the_document_can_be_followed)),
];

#[test]
fn every_piece_of_code_is_run() {
    run(async {
        let mut found = Vec::new();
        for document in documents()? {
            for snippet in snippets(&read(&document)?)? {
                found.push((document.clone(), snippet.heading, snippet.language));
            }
        }
        let listed = WAYS.iter().map(|(document, heading, language, _)| {
            let [document, heading, language] = [document, heading, language].map(|&text| text.to_owned());
            (document, heading, language)
        });
        let (found, listed) = (numbered(found), numbered(listed));
        ensure!(
            found == listed,
            "nothing runs {:#?}, and these are to be run and are not there: {:#?}; WAYS in tests/integrations/documents.rs says what runs each",
            found.difference(&listed).collect::<Vec<_>>(),
            listed.difference(&found).collect::<Vec<_>>()
        );
        Ok(())
    });
}

/// What stands behind a mark at the beginning of a line is no Markdown, but a line of HTML: no link in it is one.
#[test]
fn no_mark_begins_a_line_with_text_behind_it() {
    run(async {
        let mut found = Vec::new();
        let french = in_french()?.into_iter().map(|(french, _)| french);
        for document in documents()?.into_iter().chain(french).chain(["SECURITY.md".into()]) {
            for (number, line) in (1..).zip(read(&document)?.lines()) {
                let behind = line
                    .trim_start()
                    .strip_prefix("<!-- ")
                    .and_then(|rest| rest.split_once("-->"));
                if behind.is_some_and(|(_, text)| !text.trim().is_empty()) {
                    found.push(format!("{document}:{number}"));
                }
            }
        }
        ensure!(found.is_empty(), "marks begin these lines: {found:?}");
        Ok(())
    });
}

#[test]
fn every_way_through_another_suite_is_a_test() {
    run(async {
        for (document, heading, _, way) in WAYS {
            if let InSystems(test) = way {
                is_test("systems", test).with_context(|| format!("{document}, {heading}"))?;
            }
        }
        Ok(())
    });
}

/// A test is named by where it stands: `again::who_pays` is the function `who_pays` in tests/page/again.rs, or a row of that name there.
#[test]
fn every_field_case_has_tests_that_are_there() {
    run(async {
        let text = read("docs/field-cases.md")?;
        let rows: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| line.starts_with("| "))
            .skip(1)
            .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
            .collect();
        ensure!(rows.len() > 20, "there are only {} field cases", rows.len());
        for row in rows {
            let [what, place, _, tests, right] = row[..] else {
                anyhow::bail!("a field case has {} cells, expected five: {row:?}", row.len());
            };
            ensure!(
                place.contains('#') && ["yes", "no"].contains(&right),
                "{what}: {place}, {right}"
            );
            let tests: Vec<&str> = tests.split(", ").map(|test| test.trim_matches('`')).collect();
            for test in tests {
                is_test("page", test).with_context(|| what.to_owned())?;
            }
        }
        Ok(())
    });
}

/// Asserts that a suite has a test, by its name: `again::who_pays` is the function `who_pays` in again.rs, or a row of that name there.
fn is_test(suite: &str, test: &str) -> Result<()> {
    let (module, name) = test.rsplit_once("::").with_context(|| format!("{test:?} names no test"))?;
    let file = root().join("tests").join(suite).join(module.replace("::", "/"));
    let source = fs::read_to_string(file.with_extension("rs")).or_else(|_| fs::read_to_string(file.join("mod.rs")));
    let source = source.with_context(|| format!("the module of the test {test} is not there"))?;
    let is_there = [format!("fn {name}("), format!("{name}: ")]
        .iter()
        .any(|part| source.contains(part));
    ensure!(is_there, "the test {test} is not there");
    Ok(())
}

/// Pieces with their number among those of the same document, heading and language.
fn numbered(pieces: impl IntoIterator<Item = (String, String, String)>) -> BTreeSet<((String, String, String), u32)> {
    let mut counts = BTreeMap::new();
    let count = |piece: (String, String, String)| {
        let count: &mut u32 = counts.entry(piece.clone()).or_default();
        *count += 1;
        (piece, *count)
    };
    pieces.into_iter().map(count).collect()
}

/// The pieces that are run in one of the general ways, each once.
fn pieces(is_wanted: fn(&Way) -> bool) -> Result<Vec<(String, String)>> {
    let mut pieces = Vec::new();
    let mut seen = BTreeSet::new();
    for (document, heading, language, way) in WAYS {
        if is_wanted(way) && seen.insert((document, heading)) {
            for code in all(document, heading, language)? {
                pieces.push((format!("{document}, {heading}"), code));
            }
        }
    }
    Ok(pieces)
}

#[test]
fn every_command_is_one_of_xtask() {
    run(async {
        for (place, code) in pieces(|way| matches!(way, Commands))? {
            let is_command = |line: &str| line.is_empty() || line.starts_with('#') || line.starts_with("cargo xtask ");
            ensure!(code.lines().all(is_command), "{place} has other commands as well:\n{code}");
            for arguments in commands(&code)? {
                let parsed = Arguments::try_parse_from(arguments.iter().map(String::as_str));
                let parsed = parsed.and_then(|parsed| passed_on(&parsed.command));
                parsed.map_err(|error| anyhow::anyhow!("{place}: {arguments:?}: {error}"))?;
            }
        }
        Ok(())
    });
}

/// Reads what a command passes on, as the program does that it is passed to.
fn passed_on(command: &Line) -> Result<(), clap::Error> {
    let (name, passed) = match command {
        Line::Qa(passed) => ("qa", passed),
        Line::Explain(passed) => ("explain", passed),
        Line::CheckNames(passed) => ("check-names", passed),
        Line::Bench(passed) => {
            let program = [OsString::from("soutien-bench")];
            return soutien_bench::Arguments::try_parse_from(program.iter().chain(&passed.arguments)).map(|_| ());
        }
        _ => return Ok(()),
    };
    let program = ["soutien-qa", name].map(OsString::from);
    soutien_qa::Arguments::try_parse_from(program.iter().chain(&passed.arguments)).map(|_| ())
}

/// The arguments of each call of cargo in a piece of shell, as the shell itself reads them; without `cargo` itself.
fn commands(code: &str) -> Result<Vec<Vec<String>>> {
    let script = format!("cargo() {{ printf '%s\\0' \"$@\"; printf '\\n'; }}\n{code}");
    let output = Command::new("sh").args(["-euc", &script]).output()?;
    ensure!(
        output.status.success(),
        "sh cannot read:\n{code}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout)?;
    let arguments = |line: &str| line.split_terminator('\0').map(str::to_owned).collect();
    Ok(said.lines().map(arguments).collect())
}

#[test]
fn every_tag_gives_a_verdict_and_no_problem() {
    run(async {
        for (place, tag) in pieces(|way| matches!(way, Tag))? {
            // What a publisher fills in: the release and its hash.
            let tag = tag
                .replace("/assets/soutien-0.2.0/", "/soutien/")
                .replace("sha384-…", &integrity()?);
            let check = async || {
                let reader = Reader::new(Kind::Chromium, site(&with_tags(&tag))).await?;
                reader.open("/page.html").await?;
                reader.verdict("clear").await?;
                reader.expect("witness.warnings", json!([])).await?;
                reader.unharmed().await
            };
            check().await.with_context(|| format!("the tag of {place}:\n{tag}"))?;
        }
        Ok(())
    });
}

/// A page with the tag, this script, and what the scripts of the documents look for.
fn page_with(attributes: &str, script: &str) -> soutien_testbed::server::Options {
    let body = r#"<article><h2>Un article</h2><div style="height: 3000px"></div><footer>Fin</footer></article>
        <div id="newsletter">La lettre</div><button id="recheck">Vérifier</button></body>"#;
    let page = page(attributes).replace("</head>", r#"<script defer src="/own.js"></script></head>"#);
    let answer = javascript(script);
    let mut site = site(&page.replace("</body>", body)).with("/own.js", answer);
    // The fixture's style attribute is not the tested code's.
    site.csp = Some("script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'".into());
    site
}

#[test]
fn every_script_of_a_page_runs() {
    run(async {
        for (place, script) in pieces(|way| matches!(way, Script))? {
            let check = async || {
                let reader = Reader::new(Kind::Chromium, page_with("", &script)).await?;
                reader.open("/page.html").await?;
                reader.verdict("clear").await?;
                reader.ask("document.querySelector('#recheck').click()").await?;
                reader.settled().await?;
                reader.expect("witness.warnings", json!([])).await?;
                reader.unharmed().await
            };
            check().await.with_context(|| format!("the script of {place}:\n{script}"))?;
        }
        Ok(())
    });
}

#[test]
fn the_page_has_the_last_word() {
    run_in(BLOCKED, async |kind| {
        let script = only("docs/api.md", "Have the last word", "js")?;
        let reader = Reader::new(kind, page_with(r#"data-policy="always" data-delay="0""#, &script)).await?;
        reader.open("/page.html").await?;
        reader.event("show").await?;
        reader.no_notice().await?;
        // Without a reason, the notice opens.
        reader.ask("document.querySelector('#newsletter').hidden = true").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await
    });
}

#[test]
fn the_page_asks_at_a_moment_of_its_own() {
    run(async {
        let script = only("docs/api.md", "Ask at a moment of your own", "js")?;
        let reader = Reader::new(Kind::Refusing, page_with(r#"data-policy="silent""#, &script)).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        reader.ask("document.querySelector('footer').scrollIntoView()").await?;
        reader.notice().await?;
        reader.unharmed().await
    });
}

#[test]
fn the_page_says_that_the_reader_consents() {
    run(async {
        let script = only("docs/api.md", "Say that the reader consents", "js")?;
        let attributes = r#"data-consent="event" data-endpoint="/chiffres""#;
        let script = format!("document.addEventListener('soutien:ready', () => {{ {script} }});");
        let reader = Reader::new(Kind::Chromium, page_with(attributes, &script)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        // Numbers go out a second later, and only with consent.
        reader
            .until("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/chiffres'))")
            .await?;
        reader.unharmed().await
    });
}

#[test]
fn a_router_has_its_say() {
    run_in(CLEAR, async |kind| {
        let script = only("docs/single-page-apps.md", "When your router wants a say", "js")?;
        let reader = Reader::new(kind, page_with("", &script)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        // A browser without the Navigation API tells of the way back alone.
        reader
            .ask("history.pushState(null, '', '/suite.html'), history.back()")
            .await?;
        reader.until("document.documentElement.dataset.ads === 'clear'").await?;
        reader.unharmed().await
    });
}

#[test]
fn a_hook_of_react_renders_verdicts() {
    run(async {
        let hook = only("docs/single-page-apps.md", "React", "jsx")?;
        let folder = root().join("target/documents/react");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("support.jsx"), hook)?;
        fs::write(
            folder.join("main.jsx"),
            "import { createRoot } from 'react-dom/client';\nimport { Support } from './support.jsx';\n\
             createRoot(document.querySelector('#newsletter')).render(<Support />);\n",
        )?;
        let bundled = Command::new(require(Need::Npm)?.join(".bin/esbuild"))
            .args([
                "main.jsx",
                "--bundle",
                "--jsx=automatic",
                "--define:process.env.NODE_ENV=\"production\"",
            ])
            .env("NODE_PATH", require(Need::Pages)?)
            .current_dir(&folder)
            .output()?;
        ensure!(
            bundled.status.success(),
            "esbuild says:\n{}",
            String::from_utf8_lossy(&bundled.stderr)
        );
        let script = String::from_utf8(bundled.stdout)?;
        let link = "document.querySelector('#newsletter a')?.getAttribute('href') ?? null";
        let reader = Reader::new(Kind::Refusing, page_with("", &script)).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.until(&format!("({link}) === '/soutenir'")).await?;
        reader.unharmed().await?;
        let reader = {
            drop(reader);
            Reader::new(Kind::Chromium, page_with("", &script)).await?
        };
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.settled().await?;
        reader.expect(link, json!(null)).await?;
        reader.unharmed().await
    });
}

#[test]
fn markup_that_is_marked_is_enhanced() {
    run_in(CLEAR, async |kind| {
        let markup = only("docs/themes.md", "Any other markup", "html")?;
        let long = "<p>Encore des nouvelles.</p>".repeat(200);
        let page = page("")
            .replacen("<p>", &format!("{markup}<p>"), 1)
            .replace("</body>", &format!("{long}</body>"));
        let reader = Reader::new(kind, site(&page)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        for (y, state) in [(20, "hidden"), (2_000, "shown"), (20, "hidden")] {
            reader.ask(&format!("scrollTo(0, {y})")).await?;
            reader
                .until(&format!("document.querySelector('a[data-top]').dataset.top === '{state}'"))
                .await?;
        }
        reader.ask("scrollTo(0, 0)").await?;
        for _ in 0..2 {
            reader.click("[aria-controls=menu]").await?;
            reader.until("document.querySelector('#menu').checkVisibility()").await?;
            reader
                .until("document.querySelector('[aria-controls]').ariaExpanded === 'true'")
                .await?;
            reader.click("[data-close]").await?;
            reader.until("!document.querySelector('#menu').checkVisibility()").await?;
            reader
                .until("document.activeElement.matches('[aria-controls][aria-expanded=false]')")
                .await?;
        }
        reader.unharmed().await
    });
}

#[test]
fn the_style_sheet_changes_the_look() {
    run_in(BLOCKED, async |kind| {
        let style = only("docs/themes.md", "Its look", "css")?;
        let link = r#"<link rel="stylesheet" href="/own.css"></head>"#;
        let page = page(r#"data-policy="always" data-delay="0""#).replace("</head>", link);
        let answer = Answer::Body {
            mime: "text/css".into(),
            text: style,
        };
        let reader = Reader::new(kind, site(&page).with("/own.css", answer)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let look = "(() => { const { backgroundColor, color, fontFamily, borderRadius } = getComputedStyle(witness.notice());
            const first = getComputedStyle(witness.notice().querySelector('.first:not([hidden])'));
            return [backgroundColor, color, fontFamily, borderRadius, first.backgroundColor, first.color]; })()";
        let [light, dark] = [
            [
                "rgb(251, 250, 247)",
                "rgb(27, 27, 27)",
                "rgb(11, 92, 77)",
                "rgb(255, 255, 255)",
            ],
            [
                "rgb(26, 28, 27)",
                "rgb(236, 236, 234)",
                "rgb(127, 216, 196)",
                "rgb(4, 33, 27)",
            ],
        ]
        .map(|[background, text, accent, on_accent]| {
            json!([background, text, "Georgia, serif, serif", "12px", accent, on_accent])
        });
        let found = reader.ask(look).await?;
        let expected = if reader.ask("matchMedia('(prefers-color-scheme: dark)').matches").await? == true {
            dark
        } else {
            light
        };
        ensure!(found == expected, "expected {expected}, found {found}");
        reader.unharmed().await
    });
}

#[test]
fn every_link_leads_somewhere() {
    run(async {
        let mut dead = Vec::new();
        for document in documents()? {
            dead.extend(dead_links(&root(), &document)?);
        }
        ensure!(dead.is_empty(), "dead links: {dead:#?}");
        Ok(())
    });
}

#[test]
fn figures_are_those_of_what_was_built() {
    run(async { sizes::hold_written(&sizes::built()?, &sizes::written()?) });
}

#[test]
fn the_readme_names_every_document() {
    run(async {
        let readme = read("README.md")?;
        for document in documents()? {
            let is_named = document == "README.md" || readme.contains(&format!("]({document}"));
            ensure!(
                is_named,
                "README.md has no link to {document}: its tables say where readers of it look"
            );
        }
        Ok(())
    });
}

/// The recipe for sites where nothing of ours may run before consent: the consent manager's word puts the tag into the page.
#[test]
pub fn nothing_of_ours_runs_before_consent() {
    run_in(CLEAR, async |kind| {
        let recipe = only("docs/consent.md", "Nothing before consent", "js")?;
        let cmp = include_str!("../page/cmp.js");
        let manager = |script: &str| {
            let tags = r#"<script src="/cmp.js"></script><script src="/recipe.js"></script>"#;
            let site = site(&with_tags(tags))
                .with("/cmp.js", javascript(format!("{cmp} {script}")))
                .with("/recipe.js", javascript(recipe.clone()));
            without_policy(site)
        };
        let is_asked = |reader: &Reader| reader.n_requests("/assets/soutien/") > 0;
        // One who is asked, refuses, and allows it then; and one who has allowed it on an earlier visit, or need not be asked.
        let reader = Reader::new(kind, manager("cmp.load();")).await?;
        reader.open("/page.html").await?;
        reader.settled().await?;
        ensure!(!is_asked(&reader), "{:?}", reader.site.requests());
        reader.ask("(cmp.choose([]), 1)").await?;
        reader.settled().await?;
        reader.ask("(cmp.show(), cmp.choose([2, 7]), 1)").await?;
        reader.settled().await?;
        ensure!(!is_asked(&reader), "{:?}", reader.site.requests());
        reader.expect("'Soutien' in window", false).await?;
        reader.ask("(cmp.show(), cmp.choose([1]), 1)").await?;
        reader.verdict("clear").await?;
        reader.ask("(cmp.show(), cmp.choose([1, 2]), 1)").await?;
        reader.settled().await?;
        reader
            .expect("document.querySelectorAll('script[src*=soutien]').length", 1)
            .await?;
        reader.unharmed().await?;
        for script in ["cmp.load({ allowed: [1] });", "cmp.load({ gdprApplies: false });"] {
            let reader = Reader::new(kind, manager(script)).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await.with_context(|| script.to_owned())?;
        }
        Ok(())
    });
}

/// What the document shows is a batch as the command reads it, and as the module sends it.
#[test]
pub fn the_example_of_the_document_is_a_batch() {
    run(async {
        let example: Value = serde_json::from_str(&only("docs/numbers.md", "What goes out", "json")?)?;
        let log = root().join("target/documents-batch.log");
        fs::write(&log, format!("{example}\n"))?;
        let output = xtask().arg("numbers").arg(&log).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let figure = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        ensure!(
            figure("eligible views") == Some("1") && figure("allow rate") == Some("100.0 %"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    });
}
