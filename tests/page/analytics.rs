//! The page's own analytics: what they are given, and what is told of those that cannot take it.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::server::{NUMBERS, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::numbers::{COUNTED, hurry};
use support::reader::Reader;
use support::site::{With, javascript, site, with_script, with_tags};
use support::waiting::wait_for;
use xtask::setup::{Need, require};

/// What a page has before its analytics are there: the queues that their documents tell publishers to make.
const QUEUES: &str = "window.dataLayer = window.dataLayer || []; window._paq = window._paq || [];
    window.plausible = window.plausible || function () { (window.plausible.q = window.plausible.q || []).push(arguments); };";

/// A page's script with which everything that waits comes twenty times as soon, and with which the test makes the page older.
fn fast() -> String {
    format!(
        "{} {{ const {{ now }} = performance; let more = 0;
        performance.now = () => now.call(performance) + more; window.age = (ms) => {{ more += ms; }}; }}",
        hurry(20)
    )
}

/// Has the analytics' time be over. They have had events by now, and nothing is told of them before: what waits for them does so for ten seconds.
async fn outlast(reader: &Reader) -> Result<()> {
    let is_here =
        "performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/numbers.js') && responseEnd)";
    reader.until(is_here).await?;
    reader.wait_out(COUNTED).await?;
    told_all(reader, &[]).await?;
    reader.ask("(age(10000), 1)").await?;
    reader.wait_out(COUNTED).await
}

fn tag(analytics: &str, consent: &str) -> String {
    format!(r#"data-policy="always" data-delay="0" data-lang="fr" data-analytics="{analytics}" data-consent="{consent}""#)
}

const ALL: &str = "datalayer matomo plausible";

/// Waits for a problem with the analytics in which this was found.
async fn told(reader: &Reader, given: &str) -> Result<()> {
    let find =
        "witness.events.some(({ name, detail }) => name === 'problem' && detail.key === 'analytics' && detail.given.includes";
    reader.until(&format!("{find}('{given}'))")).await?;
    Ok(())
}

/// Asserts what has been told of the analytics, in any order, each once.
async fn told_all(reader: &Reader, expected: &[&str]) -> Result<()> {
    let found =
        "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => `${detail.key} ${detail.given}`).sort()";
    let found = reader.ask(found).await?;
    let found = found.as_array().cloned().unwrap_or_default();
    let fits = |(found, expected): (&Value, &&str)| found.as_str().is_some_and(|found| found.contains(*expected));
    ensure!(
        found.len() == expected.len() && found.iter().zip(expected).all(fits),
        "expected {expected:?}, found {found:?}"
    );
    Ok(())
}

/// What the queue of a tag manager has of us, without what an event says nothing of.
const LAYER: &str =
    "dataLayer.filter(({ event }) => event?.startsWith('soutien_')).map((entry) => JSON.parse(JSON.stringify(entry)))
    .map(({ soutien_ms, ...entry }) => entry)";

#[test]
fn each_of_the_pages_analytics_hears_of_what_counts() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, with_script(&tag(ALL, "given"), QUEUES)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.click_in_notice("Ne plus me le demander").await?;
        reader.until("_paq.length === 4").await?;
        reader.until("plausible.q.length === 4").await?;
        let layer = json!([
            { "event": "soutien_verdict", "soutien_kind": "blocked", "soutien_cause": "extension" },
            { "event": "soutien_show" },
            { "event": "soutien_refused" },
            { "event": "soutien_close", "soutien_by": "never" },
        ]);
        reader.expect(LAYER, layer).await?;
        // A tag manager remembers what it is not told anew.
        let keys = json!([
            "event",
            "soutien_by",
            "soutien_cause",
            "soutien_days",
            "soutien_kind",
            "soutien_ms"
        ]);
        reader
            .expect("[...new Set(dataLayer.flatMap((entry) => Object.keys(entry)))].sort()", keys)
            .await?;
        reader
            .expect("dataLayer.every((entry) => Object.keys(entry).length === 6)", true)
            .await?;
        reader
            .expect(
                "Number.isInteger(_paq[0].pop()) && Number.isInteger(dataLayer[0].soutien_ms)",
                true,
            )
            .await?;
        let commands = json!([
            ["trackEvent", "Soutien", "verdict", "blocked extension"],
            ["trackEvent", "Soutien", "show"],
            ["trackEvent", "Soutien", "refused"],
            ["trackEvent", "Soutien", "close", "never"],
        ]);
        reader.expect("_paq", commands).await?;
        let calls = json!([
            ["Soutien verdict", { "props": { "kind": "blocked", "cause": "extension" }, "interactive": false }],
            ["Soutien show", { "props": {}, "interactive": false }],
            ["Soutien refused", { "props": {}, "interactive": false }],
            ["Soutien close", { "props": { "by": "never" }, "interactive": false }],
        ]);
        reader.expect("plausible.q.map((call) => [...call])", calls).await?;
        reader.unharmed().await
    });
}

/// The limits are those of Google Analytics, which are the lowest: names of 40 characters, and values of 100.
#[test]
fn names_and_values_are_as_short_as_analytics_take_them() {
    run(async {
        let reader = Reader::new(Kind::Chromium, with_script(&tag(ALL, "given"), QUEUES)).await?;
        reader.open("/page.html").await?;
        // What the page itself emits is heard when the file that counts is here.
        reader.until("dataLayer.length === 1").await?;
        let details = "{ by: 'x'.repeat(500), days: 7, kind: 'x'.repeat(500), cause: 'x'.repeat(500), ms: 1.5 }";
        let names = "['show', 'close', 'support', 'recheck', 'recovered', 'relapsed', 'refused']";
        reader
            .ask(&format!(
                "{names}.forEach((name) => document.dispatchEvent(new CustomEvent(`soutien:${{name}}`, {{ detail: {details} }})))"
            ))
            .await?;
        reader.until("dataLayer.length === 8 && plausible.q?.length === 8").await?;
        let longest = "Math.max(...dataLayer.flatMap(Object.keys).map(({ length }) => length), ...dataLayer.map(({ event }) => event.length),
            ...plausible.q.map(([name]) => name.length), ..._paq.map((command) => command[2].length))";
        let longest = reader.ask(longest).await?;
        ensure!(
            longest.as_u64().is_some_and(|length| length <= 40),
            "a name of {longest} characters"
        );
        let values =
            "dataLayer.flatMap(Object.values).concat(_paq.flat(), plausible.q.flatMap(([, { props }]) => Object.values(props)))";
        reader
            .expect(&format!("Math.max(...{values}.map((value) => String(value).length))"), 100)
            .await?;
        reader.unharmed().await
    });
}

#[test]
fn nothing_goes_to_analytics_before_consent_and_everything_after() {
    run(async {
        let script = format!("{} {QUEUES}", hurry(20));
        let reader = Reader::new(Kind::Refusing, with_script(&tag(ALL, "event"), &script)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.wait_out(COUNTED).await?;
        reader
            .expect("dataLayer.length + _paq.length + (plausible.q?.length ?? 0)", 0)
            .await?;
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:consent', { detail: { granted: true } }))")
            .await?;
        reader
            .until("dataLayer.length === 2 && _paq.length === 2 && plausible.q?.length === 2")
            .await?;
        reader.unharmed().await
    });
}

#[test]
fn only_the_first_verdict_of_a_view_goes_to_analytics() {
    run(async {
        let reader = Reader::new(Kind::Chromium, with_script(&tag(ALL, "given"), QUEUES)).await?;
        reader.open("/page.html").await?;
        reader.until("_paq.length === 1").await?;
        reader.ask("Soutien.check().then(() => 1)").await?;
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:support'))")
            .await?;
        reader.until("_paq.length === 2").await?;
        reader
            .expect("_paq.map((command) => command[2])", json!(["verdict", "support"]))
            .await
    });
}

#[test]
fn an_unknown_name_is_told_and_the_others_are_served() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, with_script(&tag("matomo Google toString", "given"), QUEUES)).await?;
        reader.open("/page.html").await?;
        reader.until("_paq.length === 1").await?;
        told_all(&reader, &["analytics Google", "analytics toString"]).await?;
        reader.unharmed().await
    });
}

/// What throws gets nothing more, what is there later gets all, and nobody hears of an error.
#[test]
fn analytics_that_fail_are_told_of_once_each_and_the_others_are_served() {
    run_in(CLEAR, async |kind| {
        let script = "window.dataLayer = Object.freeze([]);
            window._paq = { get push() { throw new Error('no Matomo today'); } };
            window.late = () => { window.heard = []; window.plausible = (...call) => heard.push(call[0]); };";
        let reader = Reader::new(kind, with_script(&tag(ALL, "given"), script)).await?;
        reader.open("/page.html").await?;
        told(&reader, "datalayer: TypeError").await?;
        told(&reader, "matomo: Error: no Matomo today").await?;
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:support'))")
            .await?;
        reader.ask("(late(), 1)").await?;
        reader.until("window.heard?.length === 2").await?;
        reader.expect("heard", json!(["Soutien verdict", "Soutien support"])).await?;
        told_all(&reader, &["datalayer: TypeError", "matomo: Error: no Matomo today"]).await?;
        reader.unharmed().await
    });
}

/// No global is made for those that are not there.
#[test]
fn analytics_that_are_not_there_are_told_of_once_each() {
    run_in(CLEAR, async |kind| {
        let script = format!("{} window._paq = null;", fast());
        let reader = Reader::new(kind, with_script(&tag(ALL, "given"), &script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        outlast(&reader).await?;
        told(&reader, "plausible: nothing there").await?;
        told_all(
            &reader,
            &[
                "datalayer: nothing there",
                "matomo: nothing there",
                "plausible: nothing there",
            ],
        )
        .await?;
        reader
            .expect("'dataLayer' in window || 'plausible' in window || _paq", Value::Null)
            .await?;
        reader.unharmed().await
    });
}

#[test]
fn queues_that_nobody_reads_are_told_of_once_each() {
    run_in(CLEAR, async |kind| {
        let script = format!("{} {QUEUES}", fast());
        let reader = Reader::new(kind, with_script(&tag(ALL, "given"), &script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        outlast(&reader).await?;
        told(&reader, "plausible: a queue").await?;
        told_all(&reader, &["datalayer: a queue", "matomo: a queue", "plausible: a queue"]).await?;
        reader.unharmed().await
    });
}

/// The real uBlock Origin refuses the scripts of both by its lists, so that nobody reads the queues that the page made.
#[test]
fn what_a_real_blocker_makes_of_analytics_is_told() {
    run(async {
        let tags = format!(
            r#"<script src="/before.js"></script><script async src="https://www.googletagmanager.com/gtm.js?id=GTM-SOUTIEN"></script>
            <script async src="/matomo.js"></script><script async src="/soutien/soutien.js" {}></script>"#,
            tag("datalayer matomo", "given")
        );
        let reads = "window._paq = { push() {} }; window.dataLayer.push = function () { return this.length; };";
        let mut options = site(&with_tags(&tags))
            .with("/before.js", javascript(format!("{} {QUEUES}", fast())))
            .with("/matomo.js", javascript(reads));
        options.csp = Some(String::new());
        let reader = Reader::new(Kind::Ublock, options).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        outlast(&reader).await?;
        told(&reader, "matomo: a queue").await?;
        told_all(&reader, &["datalayer: a queue", "matomo: a queue"]).await?;
        reader.expect("witness.errors", json!([])).await
    });
}

/// Where its lists say so, uBlock Origin answers with a script of its own instead, which drops what the page pushes.
#[test]
fn a_real_stand_in_is_told_of() {
    run_in(CLEAR, async |kind| {
        let path = require(Need::UblockOrigin)?.join("web_accessible_resources/googletagmanager_gtm.js");
        let stand_in = format!("{QUEUES} {}", std::fs::read_to_string(path)?);
        let reader = Reader::new(kind, with_script(&tag(ALL, "given"), &stand_in)).await?;
        reader.open("/page.html").await?;
        told(&reader, "datalayer: a stand-in").await?;
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:support'))")
            .await?;
        reader.until("_paq.length === 2 && plausible.q.length === 2").await?;
        told_all(&reader, &["datalayer: a stand-in"]).await?;
        reader.unharmed().await
    });
}

/// A page with the real tracker of Plausible, from npm, which sends to the demo's own address, and does so in an automated browser too.
fn plausible() -> Result<Options> {
    let tracker = std::fs::read_to_string(require(Need::Pages)?.join("@plausible-analytics/tracker/plausible.js"))?;
    let begin = format!(
        "import {{ init }} from '/tracker.js'; window.__plausible = true;
        init({{ domain: 'presse.localhost', endpoint: '{NUMBERS}', captureOnLocalhost: true, autoCapturePageviews: false }});"
    );
    let tags = format!(
        r#"<script src="/before.js"></script><script async src="/soutien/soutien.js" {}></script>
        <script type="module" src="/begin.js"></script>"#,
        tag("plausible", "given")
    );
    Ok(site(&with_tags(&tags))
        .with("/before.js", javascript(fast()))
        .with("/tracker.js", javascript(&tracker))
        .with("/begin.js", javascript(&begin)))
}

#[test]
fn the_real_tracker_of_plausible_sends_what_it_is_given() {
    run_in([Kind::Refusing, Kind::Firefox], async |kind| {
        let reader = Reader::new(kind, plausible()?).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        let view = if kind == Kind::Refusing { "blocked" } else { "clear" };
        // Each goes out by a connection of its own, and they arrive in any order. With the notice comes one more.
        let sent = async |name: &str| {
            wait_for(&format!("{name} that the tracker has sent"), async || {
                let sent: Vec<Value> = reader
                    .site
                    .numbers()
                    .iter()
                    .map(|body| serde_json::from_str(body))
                    .collect::<Result<_, _>>()?;
                Ok(sent.into_iter().find(|event| event["n"] == name))
            })
            .await
        };
        let verdict = sent("Soutien verdict").await?;
        // What the page itself emits is heard only now, when the file that counts is here.
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:close', { detail: { by: 'esc' } }))")
            .await?;
        let close = sent("Soutien close").await?;
        ensure!(verdict["p"]["kind"] == view && verdict["i"] == false, "{verdict}");
        ensure!(close["p"] == json!({ "by": "esc" }), "{close}");
        // By now it would have been told of.
        outlast(&reader).await?;
        told_all(&reader, &[]).await?;
        reader.unharmed().await
    });
}
