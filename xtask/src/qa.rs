//! `cargo xtask qa`: how pages fare under every profile of the companion extension, and why; `cargo xtask explain`: what filter lists say
//! of one request, without a browser.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use soutien_backend::filter::{Decision, Filter, Source};
use soutien_backend::profile::{Outcome, Profile, Profiles};

use crate::extension::session::{ask, evaluate, wait};
use crate::extension::{self, Target, lists, session};
use crate::run::Progress;
use crate::setup::{self, Need};
use crate::toolchain::Choice;
use crate::webdriver::Browser;

/// How long a page may take to load, and Soutien on it to reach a verdict.
const LOAD_LIMIT: Duration = Duration::from_secs(30);
const VERDICT_LIMIT: Duration = Duration::from_secs(15);

/// How long after a verdict "blocked" the notice is waited for; it comes a second later by default.
const NOTICE_LIMIT: Duration = Duration::from_millis(2_500);

/// Exit statuses, besides 0.
const FAILED: u8 = 1;
const NOT_RUN: u8 = 2;

/// What is tried, and where the results go.
#[derive(Args, Clone, Debug)]
pub struct Qa {
    /// The pages.
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// The profiles, with commas between them.
    #[arg(long, default_value = "all", value_delimiter = ',', value_name = "NAME,NAME")]
    profile: Vec<String>,
    /// In Firefox as well.
    #[arg(long)]
    firefox: bool,
    /// Name the rule behind everything that was blocked, redirected or hidden.
    #[arg(long)]
    explain: bool,
    /// Where the results go as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the results go as JUnit's XML, which CI systems read.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Where a screenshot of each page under each profile goes.
    #[arg(long, value_name = "FOLDER")]
    shots: Option<PathBuf>,
}

/// What came of one page under one profile in one browser.
#[derive(Clone, Debug, Serialize)]
struct Cell {
    url: String,
    browser: &'static str,
    profile: String,
    #[serde(flatten)]
    result: Outcomes,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
enum Outcomes {
    /// The verdict is one that it should be.
    Passed(Seen),
    /// It is another.
    Failed(Seen),
    /// Nothing can be said, for the reason given.
    NotRun { reason: String },
}

/// What was seen on a page.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    kind: String,
    cause: String,
    /// What the verdict should be: one of these.
    expected: Vec<String>,
    /// How long the probing took, in milliseconds.
    ms: f64,
    notice: bool,
    problems: Vec<String>,
    hits: Vec<Value>,
}

/// Opens each page under each profile, and prints what came of it. Gives the exit status: 1 where a verdict is not what it should be, 2
/// where something could not be run.
///
/// # Errors
/// When a profile is not known, or something is missing that is needed.
pub fn qa(options: &Qa, choice: Choice) -> Result<ExitCode> {
    let profiles = lists::profiles()?;
    let chosen = chosen(&profiles, &options.profile)?;
    setup::ensure(&Need::ALL, choice)?;
    extension::extension(&[], true, choice)?;
    if let Some(folder) = &options.shots {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let targets = if options.firefox {
        &Target::ALL[..]
    } else {
        &Target::ALL[..1]
    };
    let n_cells = targets.len() * chosen.len() * options.urls.len();
    let progress = Progress::new(n_cells as u64, "pages under a profile");
    let runtime = tokio::runtime::Runtime::new()?;
    let mut cells = Vec::new();
    for &target in targets {
        cells.extend(runtime.block_on(tour(target, &chosen, options, &progress)));
    }
    drop(progress);
    print(&cells, options.explain);
    if let Some(path) = &options.json {
        write(path, &format!("{:#}\n", json!(cells)))?;
    }
    if let Some(path) = &options.junit {
        write(path, &junit(&cells))?;
    }
    let has = |wanted: fn(&Outcomes) -> bool| cells.iter().any(|cell| wanted(&cell.result));
    Ok(if has(|result| matches!(result, Outcomes::Failed(_))) {
        FAILED.into()
    } else if has(|result| matches!(result, Outcomes::NotRun { .. })) {
        NOT_RUN.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// The profiles of these names; `all` stands for those that lead to a verdict of their own.
fn chosen<'a>(profiles: &'a Profiles, names: &[String]) -> Result<Vec<&'a Profile>> {
    if names == ["all"] {
        return Ok(profiles
            .profiles
            .iter()
            .filter(|profile| profile.expected.is_some())
            .collect());
    }
    let known = || {
        profiles
            .profiles
            .iter()
            .map(|profile| profile.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    names
        .iter()
        .map(|name| {
            profiles
                .find(name)
                .with_context(|| format!("there is no profile {name}, expected one of {}", known()))
        })
        .collect()
}

/// All pages under all profiles in one browser. Where a browser fails, the next cell gets a new one.
async fn tour(target: Target, chosen: &[&Profile], options: &Qa, progress: &Progress) -> Vec<Cell> {
    let mut browser = None;
    let mut cells = Vec::new();
    for profile in chosen {
        for url in &options.urls {
            progress.begin(format!("{} under {} in {}", url, profile.name, target.name()));
            let result = async {
                if browser.is_none() {
                    browser = Some(start(target).await?);
                }
                let browser = browser.as_ref().context("no browser")?;
                visit(browser, target, profile, url, options.shots.as_deref()).await
            };
            let result = match result.await {
                Ok(result) => result,
                Err(error) => {
                    browser = None;
                    let reason = format!("{error:#}")
                        .lines()
                        .map(str::trim)
                        .filter(|line| !line.is_empty())
                        .take(3)
                        .collect::<Vec<_>>()
                        .join(" ");
                    Outcomes::NotRun { reason }
                }
            };
            cells.push(Cell {
                url: url.clone(),
                browser: target.name(),
                profile: profile.name.clone(),
                result,
            });
            progress.advance();
        }
    }
    cells
}

/// Starts a browser with the extension in its variant for machines, in a fresh profile, with its popup in the first tab.
async fn start(target: Target) -> Result<Browser> {
    let browser = session::start(target, true, None).await?;
    browser.set_page_load_timeout(LOAD_LIMIT).await?;
    browser.goto(session::popup(target)).await?;
    Ok(browser)
}

/// One page under one profile. The page has a tab of its own, which is closed again.
async fn visit(browser: &Browser, target: Target, profile: &Profile, url: &str, shots: Option<&Path>) -> Result<Outcomes> {
    let popup = browser.window().await?;
    ask(browser, json!({ "kind": "select", "profile": profile.name })).await?;
    let before: Value = browser.execute_async(TABS, vec![]).await?.json().clone();
    let page = browser.new_tab().await?;
    browser.switch_to_window(page).await?;
    let looked = look(browser, profile, target, url, shots).await;
    browser.switch_to_window(popup.clone()).await?;
    let recorded = async {
        let after: Value = browser.execute_async(TABS, vec![]).await?.json().clone();
        let known = |id: &Value| before.as_array().is_some_and(|before| before.contains(id));
        let id = after.as_array().into_iter().flatten().find(|id| !known(id)).cloned();
        let id = id.context("the page has closed its tab")?;
        Ok::<_, anyhow::Error>(ask(browser, json!({ "kind": "state", "tab": id })).await?["tab"].clone())
    };
    let tab = recorded.await;
    for window in browser.windows().await? {
        if window != popup {
            browser.switch_to_window(window).await?;
            browser.close_window().await?;
        }
    }
    browser.switch_to_window(popup).await?;
    let (looked, tab) = match (looked, tab) {
        (Ok(looked), Ok(tab)) => (looked, tab),
        (Err(error), _) | (Ok(_), Err(error)) => {
            let text = format!("{error:#}");
            // What a page does is its own fault; whatever else happens is the browser's, and takes a new one.
            let reason = text.lines().find(|line| {
                line.contains("net::ERR_") || line.contains("about:neterror") || line.contains("timeout") || line.contains("page")
            });
            return match reason {
                Some(reason) => Ok(Outcomes::NotRun {
                    reason: reason.trim().to_owned(),
                }),
                None => Err(error),
            };
        }
    };
    let texts = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let problems = texts(&tab["problems"]).into_iter().map(|problem| {
        let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        format!("{}: found \"{}\", used {}", word("key"), word("given"), word("used"))
    });
    let seen = Seen {
        kind: looked.verdict["kind"].as_str().unwrap_or_default().to_owned(),
        cause: looked.verdict["cause"].as_str().unwrap_or_default().to_owned(),
        expected: looked
            .expected
            .iter()
            .map(|outcome| format!("{}, {}", outcome.kind, outcome.cause))
            .collect(),
        ms: looked.verdict["ms"].as_f64().unwrap_or_default(),
        notice: looked.notice,
        problems: problems.collect(),
        hits: texts(&tab["hits"]),
    };
    let is_expected = looked
        .expected
        .iter()
        .any(|outcome| outcome.kind == seen.kind && outcome.cause == seen.cause);
    Ok(if is_expected || looked.expected.is_empty() {
        Outcomes::Passed(seen)
    } else {
        Outcomes::Failed(seen)
    })
}

/// What was seen by looking at the page.
struct Looked {
    verdict: Value,
    expected: Vec<Outcome>,
    notice: bool,
}

async fn look(browser: &Browser, profile: &Profile, target: Target, url: &str, shots: Option<&Path>) -> Result<Looked> {
    browser.goto(url).await?;
    let error = evaluate(browser, ERROR).await?;
    ensure!(
        error.is_null(),
        "the page cannot be opened: {}",
        error.as_str().unwrap_or_default()
    );
    let status = evaluate(browser, "performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0").await?;
    ensure!(
        status.as_u64().is_none_or(|status| status < 400),
        "the page is answered with status {status}"
    );
    let verdict = wait(
        browser,
        "window.Soutien?.verdict ? JSON.parse(JSON.stringify(Soutien.verdict)) : null",
        VERDICT_LIMIT,
    )
    .await?;
    let verdict = verdict.with_context(|| {
        format!(
            "the page has no verdict of Soutien after {} s: is the tag on it?",
            VERDICT_LIMIT.as_secs()
        )
    })?;
    let has_probe = evaluate(
        browser,
        "!!document.querySelector('script[data-probe]:not([data-probe=\"\"])')",
    )
    .await?;
    let notice = if verdict["kind"] == "blocked" {
        wait(browser, NOTICE, NOTICE_LIMIT).await?.is_some()
    } else {
        evaluate(browser, NOTICE).await? == true
    };
    if let Some(folder) = shots {
        let name: String = url.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let file = format!("{}-{}-{}.png", name.trim_matches('-'), profile.name, target.name());
        browser.screenshot(&folder.join(file)).await?;
    }
    let expected = match &profile.expected {
        None => Vec::new(),
        Some(_) if has_probe == false && !profile.expected_without_probe.is_empty() => profile.expected_without_probe.clone(),
        Some(expected) => vec![match target {
            Target::Chromium => expected.chromium.clone(),
            Target::Firefox => expected.firefox.clone(),
        }],
    };
    Ok(Looked {
        verdict,
        expected,
        notice,
    })
}

/// What is wrong where the browser shows a page of its own instead of the one that was asked for; null where it does not.
const ERROR: &str = "location.protocol === 'chrome-error:' ? document.querySelector('.error-code')?.textContent ?? 'an error page' :
    /^about:(net|cert)error/.test(document.documentURI) ? new URLSearchParams(document.documentURI.split('?')[1]).get('e') : null";

/// Whether a notice is open: a dialog in the shadow root of an element at the end of the page.
const NOTICE: &str = "[...document.body?.children ?? []].some((child) => child.shadowRoot?.querySelector('dialog[open]'))";

/// The numbers of all tabs. To be asked on a page of the extension.
const TABS: &str = "const done = arguments[0]; chrome.tabs.query({}).then((tabs) => done(tabs.map(({ id }) => id)));";

fn print(cells: &[Cell], explain: bool) {
    let mut pages: BTreeMap<(&str, &str), Vec<&Cell>> = BTreeMap::new();
    for cell in cells {
        pages.entry((&cell.url, cell.browser)).or_default().push(cell);
    }
    for ((url, browser), cells) in pages {
        println!("\n{url} in {browser}");
        println!(
            "  {:<30}{:<9}{:<10}{:<21}{:<8}{:>6}",
            "profile", "", "verdict", "cause", "notice", "ms"
        );
        for cell in cells {
            match &cell.result {
                Outcomes::NotRun { reason } => println!("  {:<30}not run: {reason}", cell.profile),
                Outcomes::Passed(seen) | Outcomes::Failed(seen) => {
                    let is_passed = matches!(cell.result, Outcomes::Passed(_));
                    println!(
                        "  {:<30}{:<9}{:<10}{:<21}{:<8}{:>6.0}",
                        cell.profile,
                        if is_passed { "passed" } else { "FAILED" },
                        seen.kind,
                        seen.cause,
                        if seen.notice { "shown" } else { "" },
                        seen.ms
                    );
                    if !is_passed {
                        println!("    expected {}", seen.expected.join(", or "));
                    }
                    for problem in &seen.problems {
                        println!("    problem: {problem}");
                    }
                    for hit in seen.hits.iter().filter(|_| explain) {
                        let word = |key: &str| hit[key].as_str().unwrap_or_default().to_owned();
                        println!(
                            "    {}: {}\n      by {} ({}, line {})",
                            word("action"),
                            word("what"),
                            word("rule"),
                            word("list"),
                            hit["line"]
                        );
                    }
                }
            }
        }
    }
}

/// The results as JUnit's XML: a suite for each page in each browser, a case for each profile.
fn junit(cells: &[Cell]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let mut suites: BTreeMap<String, Vec<&Cell>> = BTreeMap::new();
    for cell in cells {
        suites
            .entry(format!("{} in {}", cell.url, cell.browser))
            .or_default()
            .push(cell);
    }
    for (name, cells) in suites {
        let n = |wanted: fn(&Outcomes) -> bool| cells.iter().filter(|cell| wanted(&cell.result)).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            escape(&name),
            cells.len(),
            n(|result| matches!(result, Outcomes::Failed(_))),
            n(|result| matches!(result, Outcomes::NotRun { .. }))
        );
        for cell in cells {
            let _ = write!(
                xml,
                "    <testcase classname=\"{}\" name=\"{}\"",
                escape(&name),
                escape(&cell.profile)
            );
            let _ = match &cell.result {
                Outcomes::Passed(seen) => writeln!(xml, " time=\"{:.3}\"/>", seen.ms / 1_000.0),
                Outcomes::Failed(seen) => writeln!(
                    xml,
                    " time=\"{:.3}\"><failure message=\"expected {}, found {}, {}\"/></testcase>",
                    seen.ms / 1_000.0,
                    escape(&seen.expected.join(", or ")),
                    escape(&seen.kind),
                    escape(&seen.cause)
                ),
                Outcomes::NotRun { reason } => writeln!(xml, "><error message=\"{}\"/></testcase>", escape(reason)),
            };
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("written: {}", path.display());
    Ok(())
}

/// A request to explain.
#[derive(Args, Clone, Debug)]
pub struct Explain {
    /// The address that is asked for.
    url: String,
    /// The page that asks.
    #[arg(long, default_value = "https://journal.example/", value_name = "URL")]
    page: String,
    /// The kind of the request as browsers name it: script, image, xmlhttprequest, sub_frame and so on.
    #[arg(long = "type", default_value = "script", value_name = "TYPE")]
    kind: String,
    /// Only by the lists of this profile; by those of each profile unless given.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

/// Says what the lists of profiles make of a request, with the list and the rule that does it.
///
/// # Errors
/// When the profile is not known, or its lists cannot be read.
pub fn explain(options: &Explain, choice: Choice) -> Result<()> {
    setup::ensure(&[Need::UblockOrigin, Need::AdguardLists], choice)?;
    let profiles = lists::profiles()?;
    let names: Vec<String> = options.profile.clone().map_or_else(|| vec!["all".into()], |name| vec![name]);
    let mut answers: BTreeMap<&str, Decision> = BTreeMap::new();
    for profile in chosen(&profiles, &names)? {
        // Profiles with the same lists say the same.
        let group = profile.filter(&profiles);
        if !answers.contains_key(group) {
            let read = extension::lists_of(Target::Chromium, profile, &profiles)?;
            answers.insert(
                group,
                Filter::new(&read, false).decide(&options.url, &options.page, &options.kind),
            );
        }
        let place = |source: &Source| format!("{} ({}, line {})", source.rule, source.list, source.line);
        match &answers[group] {
            Decision::Through => println!("{:<30}let through: no rule is about it", profile.name),
            Decision::Blocked(rule) => println!("{:<30}blocked by {}", profile.name, place(rule)),
            Decision::Excepted(rule, exception) => {
                println!(
                    "{:<30}let through by {}, from {}",
                    profile.name,
                    place(exception),
                    place(rule)
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(profile: &str, result: Outcomes) -> Cell {
        Cell {
            url: "https://a.example/?a&b".into(),
            browser: "chromium",
            profile: profile.into(),
            result,
        }
    }

    fn seen() -> Seen {
        Seen {
            kind: "clear".into(),
            cause: "none".into(),
            expected: vec!["blocked, extension".into()],
            ms: 1_100.0,
            notice: false,
            problems: Vec::new(),
            hits: Vec::new(),
        }
    }

    #[test]
    fn writes_what_ci_systems_read() {
        let xml = junit(&[
            cell("none", Outcomes::Passed(seen())),
            cell("dns", Outcomes::Failed(seen())),
            cell(
                "safari",
                Outcomes::NotRun {
                    reason: "net::ERR_NAME_NOT_RESOLVED <here>".into(),
                },
            ),
        ]);
        assert!(
            xml.contains(r#"<testsuite name="https://a.example/?a&amp;b in chromium" tests="3" failures="1" errors="1">"#),
            "{xml}"
        );
        assert!(
            xml.contains(r#"name="dns" time="1.100"><failure message="expected blocked, extension, found clear, none"/>"#),
            "{xml}"
        );
        assert!(
            xml.contains(r#"<error message="net::ERR_NAME_NOT_RESOLVED &lt;here>"/>"#),
            "{xml}"
        );
    }

    #[test]
    fn chooses_profiles_by_name() {
        let profiles = lists::profiles().expect("extension/profiles.json is valid");
        let names = |given: &[&str]| chosen(&profiles, &given.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["dns", "none"]).expect("both are there").len(), 2);
        assert!(names(&["all"]).expect("all are there").len() > 10);
        assert!(
            names(&["no-such"])
                .expect_err("there is none")
                .to_string()
                .contains("expected one of none, ")
        );
    }
}
