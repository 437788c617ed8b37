//! `cargo xtask qa`, as a QA engineer types it.

mod browsers;
mod findings;
mod grid;
mod remote;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::files::collect;
use soutien_project::root;
use soutien_testbed::fake_internet::{self, Others};
use soutien_testbed::server::{self, Answer, Options, Running, Situation};
use soutien_testbed::webdriver::{Browser, Certificates, Process};
use support::browsers::run;
use support::commands::{text, xtask};
use xtask::setup::{Need, require};

pub fn command(arguments: &[&str]) -> Result<Output> {
    let mut command = xtask();
    command.args(arguments).current_dir(root());
    command.output().context("xtask does not start")
}

/// Asserts the exit status.
fn ended(output: &Output, status: i32) -> Result<()> {
    let found = output.status.code();
    ensure!(found == Some(status), "exit status {found:?}: {}", text(output));
    Ok(())
}

/// The results of a run with these arguments.
fn results(arguments: &[&str]) -> Result<(Output, Vec<Value>)> {
    let file = target(&format!("results-{}.json", thread_name()));
    let output = command(&[arguments, &["--json", &file]].concat())?;
    let text = fs::read_to_string(&file).with_context(|| text(&output))?;
    let cells: Value = serde_json::from_str(&text)?;
    Ok((output, cells.as_array().cloned().context("the results are no array")?))
}

/// Verdict by page, browser and profile: what has to be the same each time.
fn table(cells: &[Value]) -> Vec<String> {
    let word = |cell: &Value, key: &str| cell[key].as_str().unwrap_or_default().to_owned();
    let keys = ["url", "browser", "profile", "result", "kind", "cause"];
    let lines = cells
        .iter()
        .map(|cell| keys.map(|key| word(cell, key)).join(" ") + if cell["notice"] == true { " notice" } else { "" });
    lines.collect()
}

/// A file or folder for what a test writes.
fn target(name: &str) -> String {
    let folder = root().join("target/qa");
    fs::create_dir_all(&folder).expect("target/ can be written");
    folder.join(name).display().to_string()
}

fn thread_name() -> String {
    std::thread::current().name().unwrap_or("test").replace("::", "-")
}

/// The demo with more pages: path → HTML.
fn site(pages: &[(&str, &str)], situations: Vec<Situation>) -> Result<Running> {
    let pages: HashMap<String, String> = pages
        .iter()
        .map(|(path, html)| ((*path).to_owned(), (*html).to_owned()))
        .collect();
    server::start(Options {
        port: 0,
        pages,
        situations,
        csp: Some("default-src * 'unsafe-inline' 'wasm-unsafe-eval'".into()),
        ..Options::default()
    })
}

/// A page with Soutien and this before it.
fn page(more: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Page</title>{more}
        <script async src="/soutien/soutien.js" data-policy="always"></script></head><body><h1>Les nouvelles</h1></body></html>"#
    )
}

#[test]
fn every_profile_passes_on_the_demo_each_time_and_from_two_jobs_as_from_one() {
    run(async {
        let site = server::start(Options {
            port: 0,
            ..Options::default()
        })?;
        let address = format!("{}/", site.site);
        let (report, shots) = (target("report.html"), target("shots"));
        let (xml, list) = (target("qa.xml"), target("pages.txt"));
        fs::write(&list, format!("# the demo\n\n{address}\n"))?;
        let more = ["--junit", &xml, "--html", &report, "--shots", &shots, "--explain"];
        let (output, two) = results(&[&["qa", &address, "--jobs", "2"], &more[..]].concat())?;
        let said = text(&output);
        ensure!(
            output.status.code() == Some(0),
            "exit status {:?}: {said}",
            output.status.code()
        );
        ensure!(
            two.len() == 16 && two.iter().all(|cell| cell["result"] == "passed"),
            "{two:#?}"
        );
        // Ads are there to be blocked, and nothing else is.
        ensure!(two.iter().all(|cell| cell["findings"] == json!([])), "{two:#?}");
        let (_, one) = results(&["qa", "--urls", &list, "--jobs", "1"])?;
        ensure!(
            table(&one) == table(&two),
            "{:#?} differs from {:#?}",
            table(&one),
            table(&two)
        );

        let of = |profile: &str| {
            two.iter()
                .find(|cell| cell["profile"] == profile)
                .context("the profile is missing")
        };
        ensure!(
            of("ublock-origin")?["notice"] == true && of("none")?["notice"] == false,
            "{two:#?}"
        );
        ensure!(
            said.contains("by /ads/show.$script (EasyList, line "),
            "no rule is named: {said}"
        );
        ensure!(
            fs::read_to_string(&xml)?.contains(r#"tests="16" failures="0" errors="0""#),
            "the XML says otherwise"
        );
        ensure!(fs::read_dir(&shots)?.count() >= 16, "there are too few screenshots");
        check_report(&report).await
    });
}

/// A report for somebody who does not test: whole in itself, accessible, in both languages.
async fn check_report(file: &str) -> Result<()> {
    let browser = Browser::chromium(&[], Certificates::Vouched).await?;
    browser.goto(format!("file://{file}")).await?;
    let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
    browser.execute(axe, vec![]).await?;
    for language in ["en", "fr"] {
        if language == "fr" {
            browser.execute("document.querySelector('button').click()", vec![]).await?;
        }
        let seen = browser
            .execute_async(
                "const [done] = arguments;
                for (const cell of document.querySelectorAll('details')) cell.open = true;
                axe.run().then(({ violations }) => done({
                    violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
                    language: document.documentElement.lang,
                    title: document.title,
                    pictures: [...document.images].filter(({ src }) => src.startsWith('data:')).length,
                    loaded: performance.getEntriesByType('resource').filter(({ name }) => !name.startsWith('data:')).length,
                }));",
                vec![],
            )
            .await?
            .json()
            .clone();
        let title = if language == "en" {
            "How these pages fare under ad blockers"
        } else {
            "Ces pages face aux bloqueurs de publicité"
        };
        let expected = json!({ "violations": [], "language": language, "title": title, "pictures": 16, "loaded": 0 });
        ensure!(seen == expected, "found {seen:#}, expected {expected:#}");
        browser
            .execute(
                "for (const cell of document.querySelectorAll('details')) cell.open = false;",
                vec![],
            )
            .await?;
        browser
            .screenshot(&root().join(format!("target/shots/qa-report-{language}.png")))
            .await?;
    }
    Ok(())
}

/// In the home of whoever runs it, where browsers put downloads.
#[test]
fn what_a_page_downloads_does_not_stay() {
    run(async {
        let page = page(
            "<script>addEventListener('load', () => {
                const link = document.createElement('a');
                Object.assign(link, { href: URL.createObjectURL(new Blob(['a file'])), download: 'laisse.txt' });
                link.click();
            });</script>",
        );
        let site = site(&[("/une.html", &page)], Vec::new())?;
        let (home, temporary) = (Process::make_folder()?, Process::make_folder()?);
        let old_home = PathBuf::from(std::env::var_os("HOME").context("there is no home")?);
        let mut command = xtask();
        command.env("HOME", &home).env("TMPDIR", &temporary).current_dir(root());
        // What compiles the command has its own folders in the home.
        for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            if std::env::var_os(variable).is_none() {
                command.env(variable, old_home.join(folder));
            }
        }
        command.args(["qa", &format!("{}/une.html", site.site), "--profile", "none", "--firefox"]);
        ended(&command.output()?, 0)?;
        // What builds the extension has a cache in the home.
        let mut left = Vec::new();
        collect(&home, &mut left)?;
        left.retain(|file| !file.starts_with(home.join(".cache/.wasm-pack")));
        collect(&temporary, &mut left)?;
        ensure!(left.is_empty(), "these are left: {left:?}");
        fs::remove_dir_all(&home)?;
        Ok(fs::remove_dir_all(&temporary)?)
    });
}

#[test]
fn pages_without_the_tag_are_tried_as_if_they_had_it() {
    run(async {
        let bare = r#"<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Page</title><h1>Les nouvelles</h1></html>"#;
        let site = site(&[("/sans.html", bare)], Vec::new())?;
        let (output, cells) = results(&["qa", &format!("{}/sans.html", site.site), "--inject", "--firefox"])?;
        ended(&output, 0)?;
        ensure!(
            cells.len() == 32 && cells.iter().all(|cell| cell["result"] == "passed"),
            "{cells:#?}"
        );
        // The notice is there for whom it is due.
        for cell in cells.iter().filter(|cell| cell["profile"] != "warning-removal") {
            ensure!(cell["notice"] == (cell["kind"] == "blocked"), "{cell:#}");
        }
        // What it would change there.
        let still = json!({ "nMoved": 0, "pixels": 0.0, "consentDialog": "", "isCovered": false });
        ensure!(cells.iter().all(|cell| cell["put"] == still), "{cells:#?}");
        Ok(())
    });
}

#[test]
fn pages_that_cannot_be_tried_are_told_and_the_rest_goes_on() {
    run(async {
        let status = |path: &str, code| Situation {
            path_prefix: path.into(),
            answer: Answer::Status(code),
        };
        let late = |path: &str| Situation {
            path_prefix: path.into(),
            answer: Answer::Delay(Duration::from_secs(3600)),
        };
        let detector = fs::read_to_string(require(Need::Peers)?.join("blockadblock/blockadblock.js"))?;
        let site = site(
            &[
                (
                    "/suite.html",
                    &page("<script>addEventListener('load', () => setTimeout(() => { location = '/une.html'; }, 500));</script>"),
                ),
                ("/une.html", &page("")),
                (
                    "/dialogue.html",
                    &page("<script>alert('Bonjour'); onbeforeunload = () => 'Rester ?';</script>"),
                ),
                (
                    "/dialogues.html",
                    &page("<script>setInterval(() => alert('Encore'), 0);</script>"),
                ),
                ("/concurrent.html", &page(&format!("<script>{detector}</script>"))),
                (
                    "/occupe.html",
                    &page("<script>addEventListener('load', () => setTimeout(() => { for (;;); }, 500));</script>"),
                ),
                ("/sans.html", "<!DOCTYPE html><title>Sans</title><h1>Sans</h1>"),
            ],
            vec![
                status("/absent.html", 404),
                status("/loop.html", 302),
                Situation {
                    path_prefix: "/loop.html".into(),
                    answer: Answer::Header("location".into(), "/loop.html".into()),
                },
                late("/tard.html"),
            ],
        )?;
        let closed = format!("http://{}/", server::refusing());
        let certificate = format!("https://127.0.0.1:{}/", fake_internet::start(Others::NotFound).await?);
        let address = |path: &str| format!("{}{path}", site.site);
        // What is said of each page, in Chromium and in Firefox.
        let gone = "the page has crashed or closed its tab";
        let rows = [
            (closed, "net::ERR_CONNECTION_REFUSED", "NS_ERROR_CONNECTION_REFUSED"),
            (
                address("/absent.html"),
                "answered with status 404",
                "answered with status 404",
            ),
            (address("/loop.html"), "ERR_TOO_MANY_REDIRECTS", "NS_ERROR_REDIRECT_LOOP"),
            (certificate, "--insecure takes it", "--insecure takes it"),
            (address("/tard.html"), "does not load in time", "does not load in time"),
            (address("/suite.html"), "/une.html", "/une.html"),
            (
                address("/dialogues.html"),
                "one dialog after the other",
                "one dialog after the other",
            ),
            (address("/occupe.html"), "keeps the browser busy", "keeps the browser busy"),
        ];
        let own = "the page cannot be opened: about:crashcontent is the browser's own";
        let crashes = [("chromium", "chrome://crash", gone), ("firefox", "about:crashcontent", own)];
        let (dialog, other, demo) = (address("/dialogue.html"), address("/concurrent.html"), address("/"));
        let without = address("/sans.html");
        let mut arguments = vec!["qa", "--profile", "none", "--timeout", "15", "--firefox"];
        arguments.extend(rows.iter().map(|(url, ..)| url.as_str()));
        arguments.extend(crashes.iter().map(|(_, url, _)| *url));
        arguments.extend([dialog.as_str(), other.as_str(), demo.as_str(), without.as_str()]);
        let (output, cells) = results(&arguments)?;
        let said = text(&output);
        ensure!(
            output.status.code() == Some(2),
            "exit status {:?}: {said}",
            output.status.code()
        );
        let of = |browser: &str, url: &str| {
            let cell = cells.iter().find(|cell| cell["browser"] == browser && cell["url"] == url);
            cell.with_context(|| format!("nothing is known of {url} in {browser}"))
        };
        for (browser, is_firefox) in [("chromium", false), ("firefox", true)] {
            for (url, in_chromium, in_firefox) in &rows {
                let expected = if is_firefox { in_firefox } else { in_chromium };
                let cell = of(browser, url)?;
                // A page that goes on at once is judged where it leads to, which is a remark.
                let reason = format!("{} {}", cell["reason"], cell["remarks"]);
                ensure!(
                    reason.contains(expected),
                    "{browser}, {url}: found {cell:#}, expected {expected}"
                );
            }
            for (url, remark) in [
                (&dialog, "which was closed: Bonjour"),
                (&other, "another detector is on the page: BlockAdBlock"),
            ] {
                let cell = of(browser, url)?;
                ensure!(
                    cell["result"] == "passed" && cell["remarks"].to_string().contains(remark),
                    "{browser}: {cell:#}"
                );
                ensure!(said.contains(remark), "nothing is said of it: {said}");
            }
            ensure!(of(browser, &demo)?["result"] == "passed", "{browser}: {said}");
            ensure!(of(browser, &without)?["result"] == "no-tag", "{browser}: {said}");
        }
        for (browser, url, expected) in crashes {
            let cell = of(browser, url)?;
            ensure!(cell["reason"].as_str() == Some(expected), "{browser}: {cell:#}");
        }
        Ok(())
    });
}

/// The address of a page behind a password, with a token in it; it is long, and not in Latin letters. What the page says steers terminals.
#[test]
fn secrets_and_what_steers_a_terminal_reach_no_result() {
    run(async {
        let foreign = "\u{1b}[31mred\u{202e}\u{7}";
        let tag = page("").replace(
            r#"data-policy="always""#,
            &format!(r#"data-policy="{foreign}" data-delay="0""#),
        );
        let site = site(&[("/une.html", &tag)], Vec::new())?;
        let host = site.site.trim_start_matches("http://");
        let address = format!(
            "http://agathe:motdepasse@{host}/une.html?token=s3cr3t&q={}",
            "журнал".repeat(50)
        );
        let shots = target("secret-shots");
        if fs::exists(&shots)? {
            fs::remove_dir_all(&shots)?;
        }
        let (xml, report) = (target("secret.xml"), target("secret.html"));
        let more = ["--profile", "none", "--shots", &shots, "--junit", &xml, "--html", &report];
        let (output, cells) = results(&[&["qa", &address, &address.replace("agathe", "basile")], &more[..]].concat())?;
        ended(&output, 0)?;
        ensure!(
            cells.len() == 2 && cells.iter().all(|cell| cell["kind"] == "clear"),
            "{cells:#?}"
        );
        // The page is where it was asked for.
        ensure!(cells.iter().all(|cell| cell["remarks"] == json!([])), "{cells:#?}");
        let problem = cells[0]["problems"][0].as_str().unwrap_or_default();
        ensure!(problem.contains(r"\u{1b}[31mred\u{202e}\u{7}"), "{cells:#?}");
        let pictures: Vec<String> = fs::read_dir(&shots)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        ensure!(pictures.len() == 2, "{pictures:?}");
        let written = [
            text(&output),
            json!(cells).to_string(),
            fs::read_to_string(&xml)?,
            fs::read_to_string(&report)?,
        ];
        for text in written.iter().chain(&pictures) {
            for secret in ["agathe", "basile", "motdepasse", "s3cr3t", "\u{1b}[31m", "\u{202e}"] {
                ensure!(!text.contains(secret), "{secret:?} is in {text}");
            }
        }
        Ok(())
    });
}

#[test]
fn a_result_that_cannot_be_written_is_told_and_the_others_are_there() {
    run(async {
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        let file = target("a-file-and-no-folder");
        fs::write(&file, "a file")?;
        let (xml, nowhere) = (target("others.xml"), format!("{file}/nowhere.html"));
        let address = format!("{}/une.html", site.site);
        let (output, cells) = results(&[
            "qa",
            &address,
            "--profile",
            "none",
            "--html",
            &nowhere,
            "--shots",
            &file,
            "--junit",
            &xml,
        ])?;
        ended(&output, 2)?;
        let said = text(&output);
        ensure!(cells.len() == 1 && fs::read_to_string(&xml)?.contains("<testsuite"), "{said}");
        for path in [&nowhere, &file] {
            ensure!(said.contains(path), "nothing is said of {path}: {said}");
        }
        Ok(())
    });
}

#[test]
fn pages_come_from_a_sitemap() {
    run(async {
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        let map = |text: String| Situation {
            path_prefix: "/plan.xml".into(),
            answer: Answer::Body {
                mime: "application/xml".into(),
                text,
            },
        };
        let text_of_map = format!(
            "<urlset><url><loc>https://elsewhere.example/</loc></url><url><loc>{0}/une.html</loc></url><url><loc>{0}/autre.html</loc></url></urlset>",
            site.site
        );
        site.options
            .write()
            .map_err(|_| anyhow::anyhow!("the server has failed"))?
            .situations
            .push(map(text_of_map));
        let (output, cells) = results(&[
            "qa",
            "--sitemap",
            &format!("{}/plan.xml", site.site),
            "--limit",
            "1",
            "--profile",
            "safari",
        ])?;
        ensure!(output.status.code() == Some(0) && cells.len() == 1, "{}", text(&output));
        ensure!(cells[0]["kind"] == "blocked", "{cells:#?}");
        let said = text(&output);
        ensure!(
            said.contains("left out: 1 addresses that are not on") && said.contains("such as https://elsewhere.example/"),
            "{said}"
        );
        let output = command(&["qa", "--sitemap", &format!("{}/une.html", site.site)])?;
        ensure!(
            output.status.code() == Some(2) && text(&output).contains("is no sitemap"),
            "{}",
            text(&output)
        );
        Ok(())
    });
}

#[test]
fn a_profile_that_there_is_not_is_named() {
    run(async {
        let output = command(&["qa", "http://127.0.0.1:9/", "--profile", "no-such"])?;
        ensure!(
            !output.status.success() && text(&output).contains("there is no profile no-such, expected one of none, "),
            "{}",
            text(&output)
        );
        Ok(())
    });
}
