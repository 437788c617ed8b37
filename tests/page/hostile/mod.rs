//! Pages that are hostile, be it by malice, by age or by another script's doing: whatever they do to the platform, no error of ours is left
//! uncaught, the page can be used, and the verdict is right, or unsure, or does not come at all; nobody is accused.
//!
//! Other files have the rest of what pages do to a guest:
//!
//! | what | where |
//! |---|---|
//! | foreign nodes removed, a sandboxed frame, `fetch` and sizes replaced, all without a blocker | `crates/testbed/src/environments/table/` |
//! | two tags, files of another release, storage that is denied | `bad_input.rs` |
//! | storage that is full | `memory.rs` |
//! | a blocker that is switched off or on while the notice is open | `allow.rs` |
//! | dialogs that cannot be opened, a notice that the page removes | `manners/` |

mod builds;
mod documents;
mod older;
mod scripts;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, Kind, run};
use support::reader::Reader;
use support::site::{With as _, site, with_tags};
use support::waiting::wait_for;
use thirtyfour::Key;

/// The verdict that does not come, since the module cannot run.
const NONE: &str = "none";

/// A page, and what comes of our tag on it.
#[derive(Clone, Copy)]
struct Hostile {
    /// The document, in which TAGS stands for the scripts.
    html: &'static str,
    /// Its MIME type.
    mime: &'static str,
    /// Its content security policy, empty for none.
    csp: &'static str,
    /// What the page does before our tag.
    script: &'static str,
    /// A style sheet of the page's own.
    style: &'static str,
    /// What has to hold on the page, in JavaScript, or it is not hostile.
    control: &'static str,
    /// The verdict without a blocker, or two of them with "or" between them; empty where another file has that.
    clear: &'static str,
    /// The verdict with a blocker.
    blocked: &'static str,
    /// Whether the notice opens then. Where there is no verdict, there is none either.
    asks: bool,
    /// The keys of the problems that we tell.
    problems: &'static [&'static str],
    /// Why a visit in Firefox without a blocker says something that the others don't, empty where it does not: see [`check`].
    platform: &'static str,
}

const HTML: &str = r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8"/>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
</body>
</html>
"#;

/// A page that does nothing.
const PLAIN: Hostile = Hostile {
    html: HTML,
    mime: "text/html",
    csp: "",
    script: "",
    style: "",
    control: "",
    clear: "clear",
    blocked: "blocked",
    asks: true,
    problems: &[],
    platform: "",
};

/// A page that keeps the module from running.
const SILENT: Hostile = Hostile {
    clear: NONE,
    blocked: NONE,
    asks: false,
    problems: &["soutien.wasm"],
    ..PLAIN
};

impl Hostile {
    /// With numbers, so that the code that sends them meets the page as well.
    fn site(&self) -> Options {
        let tags = r#"<script src="/witness.js"></script>
            <script src="/hostile.js"></script>
            <link rel="stylesheet" href="/hostile.css"/>
            <script async="" src="/soutien/soutien.js" data-policy="always" data-delay="0" data-lang="fr" data-consent="given"
                data-endpoint="/chiffres"></script>"#;
        let body = |mime: &str, text: &str| Answer::Body {
            mime: mime.into(),
            text: text.into(),
        };
        let mut site = site(&self.html.replace("TAGS", tags))
            .with("/page.html", Answer::Mime(self.mime.into()))
            .with(
                "/hostile.js",
                // The control is the page's own, since other scripts may be spared by what the page does.
                body(
                    "text/javascript",
                    &format!("witness.control = () => {};\n{}", self.control, self.script),
                ),
            )
            .with(
                "/hostile.css",
                body("text/css", &format!("html {{ padding-bottom: 3000px; }}\n{}", self.style)),
            );
        // A page where nothing is wrong.
        site.pages.insert("/next.html".into(), with_tags(""));
        site.csp = Some(self.csp.into());
        site
    }

    async fn visit(&self, kind: Kind, expected: &str) -> Result<()> {
        let reader = Reader::guarded(kind, self.site()).await?;
        reader.open("/page.html").await?;
        let verdict = outcome(&reader).await?;
        let found = verdict["kind"].as_str().unwrap_or(NONE);
        ensure!(
            expected.split(" or ").any(|expected| found == expected),
            "expected the verdict {expected}, found {verdict}"
        );
        let cause = if found == "blocked" { "extension" } else { "none" };
        ensure!(
            found == NONE || verdict["cause"] == cause,
            "expected the cause {cause}, found {verdict}"
        );
        if found == "blocked" && self.asks {
            reader.until("witness.notice() !== null").await?;
            reader.press(Key::Escape).await?;
            reader.until(r#"/"name":"close"/.test(witness.report())"#).await?;
        }
        reader.settled().await?;
        reader.until("witness.notice() === null").await?;
        serves(&reader).await?;
        if found != NONE {
            is_counted(&reader).await?;
        }
        let report = reader.report().await?;
        ensure!(report["errors"] == json!([]), "errors are left uncaught: {report}");
        ensure!(
            report["violations"] == json!([]),
            "the page's policy had to refuse something: {report}"
        );
        let mut problems: Vec<_> = noted(&report, "problem")
            .map(|problem| problem["detail"]["key"].clone())
            .collect();
        // Each batch of numbers that cannot be sent is a problem.
        problems.dedup();
        ensure!(
            problems == self.problems,
            "expected the problems {:?}, found {report}",
            self.problems
        );
        // Last, because the page's own policy may have to refuse what it tries.
        reader.until("witness.control()").await.context("the page is not hostile")?;
        reader.click("#suite").await?;
        reader.until("location.pathname === '/next.html'").await?;
        Ok(())
    }
}

/// What the witness wrote down of the events of a name.
fn noted<'a>(report: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = report["events"].as_array().into_iter().flatten();
    events.filter(move |event| event["name"] == name)
}

/// Waits for the verdict, or for the word that there will be none, and gives its detail.
async fn outcome(reader: &Reader) -> Result<Value> {
    reader
        .until(r#"/"name":"verdict"|"used":"nothing: no verdict/.test(witness.report()) || !!window.Soutien?.verdict"#)
        .await?;
    let report = reader.report().await?;
    Ok(noted(&report, "verdict")
        .next()
        .map_or(Value::Null, |event| event["detail"].clone()))
}

/// Asserts that the page's own button works, and that the page scrolls.
async fn serves(reader: &Reader) -> Result<()> {
    reader.click("#bouton").await?;
    reader.until(r#"/"clicks":\["bouton"\]/.test(witness.report())"#).await?;
    reader.scroll(true).await?;
    reader.scroll(false).await
}

/// Waits until numbers have been sent, or given up.
async fn is_counted(reader: &Reader) -> Result<()> {
    let is_given_up = r#"/"key":"(numbers.js|endpoint)"/.test(witness.report())"#;
    wait_for("numbers that are sent", async || {
        let is_over = !reader.site.numbers().is_empty() || reader.ask(is_given_up).await? == true;
        Ok(is_over.then_some(()))
    })
    .await
}

/// Visits a page in Chromium, without a blocker and with one, and in Firefox with the real uBlock Origin, which is asked, counted and served
/// as well. What a page replaces is the language's and the same everywhere; where it is about what each browser does in its own way (`platform`
/// says what), the page is visited in Firefox without a blocker too.
async fn visit_all(page: &Hostile) -> Result<()> {
    // Without a blocker, nobody fetches the notice, and there is nothing to tell of it.
    let clear = Hostile {
        problems: if page.problems == ["appeal.js"] { &[] } else { page.problems },
        ..*page
    };
    let visits = [
        (&clear, Kind::Chromium, !page.clear.is_empty()),
        (&clear, Kind::Firefox, !page.clear.is_empty() && !page.platform.is_empty()),
        (page, Kind::Refusing, true),
        (page, Kind::Ublock, true),
    ];
    let [first, second, third, fourth] = visits.map(async |(page, kind, is_due)| {
        if !is_due {
            return Ok(());
        }
        let expected = if BLOCKED.contains(&kind) { page.blocked } else { page.clear };
        page.visit(kind, expected).await.with_context(|| format!("{kind:?}"))
    });
    tokio::try_join!(first, second, third, fourth).map(drop)
}

#[track_caller]
fn check(page: &Hostile) {
    run(visit_all(page));
}
