//! A guest's manners: the notice moves nothing on the page, covers nothing that the reader is at, copes with what it is given, and goes
//! when it is sent away.

mod banner;
mod words;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_figures::{budgets, sizes};
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::reader::{Reader, shown};
use support::site::{With, javascript, page, site, with_tags};
use support::views::{VIEWS, demo, with_slot};
use thirtyfour::Key;

/// A notice on every view, and at once.
const ALWAYS: &str = r#"data-policy="always" data-delay="0""#;

/// Writes down, from the start of the page, what it shifts and what its largest content is.
const MEASURE: &str = r#"
witness.shifts = [];
witness.largest = null;
const observe = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
const rectangle = ({ x, y, width, height }) => `${x},${y} ${width}×${height}`;
const moved = ({ node, previousRect, currentRect }) =>
  `${node?.outerHTML?.slice(0, 100) ?? node?.nodeName}: from ${rectangle(previousRect)} to ${rectangle(currentRect)}`;
observe("layout-shift", ({ value, startTime, sources }) => witness.shifts.push([value, startTime, sources.map(moved)]));
observe("largest-contentful-paint", ({ element, size }) => (witness.largest = [element?.outerHTML.slice(0, 100) ?? "", size]));
"#;

const VETO: &str = "document.addEventListener('soutien:show', (event) => event.preventDefault());";

/// What a page shifts and its largest content, once the notice has come, or has been called off.
async fn measure(view: &str, is_vetoed: bool) -> Result<Value> {
    // Nothing is painted before all of the page is there: what it moves while it comes in is its own.
    let head = r##"<link rel="expect" href="#whole" blocking="render"><script src="/measure.js"></script><script src="/veto.js"></script></head>"##;
    let page = demo(&format!(r#"data-view="{view}" data-lang="fr" data-delay="0""#))?
        .replacen("</head>", head, 1)
        .replacen("</body>", r#"<template id="whole"></template></body>"#, 1);
    let site = site(&page)
        .with("/measure.js", javascript(MEASURE))
        .with("/veto.js", javascript(if is_vetoed { VETO } else { "" }));
    let reader = Reader::new(Kind::Refusing, site).await?;
    reader.open("/page.html").await?;
    reader.until("document.readyState === 'complete'").await?;
    reader.event("show").await?;
    if is_vetoed {
        reader.no_notice().await?;
    } else {
        reader.notice().await?;
        reader.expect("witness.notice().className", view).await?;
    }
    reader.settled().await?;
    reader.until("witness.largest !== null").await?;
    let measured = reader.ask("[witness.shifts, witness.largest]").await?;
    reader.unharmed().await?;
    Ok(measured)
}

/// Chromium alone tells of shifts.
#[test]
fn no_view_shifts_the_page_or_becomes_its_largest_content() {
    run(async {
        for view in VIEWS {
            let without = measure(view, true).await?;
            let with = measure(view, false).await?;
            ensure!(with[0] == json!([]), "{view}: the page shifts: {:#}", with[0]);
            ensure!(
                with == without,
                "{view}: shift and largest content are {with}, without the notice {without}"
            );
        }
        Ok(())
    });
}

/// How many requests of ours a first view makes, baits and twins included, as far as they reach the server.
async fn requests_of_a_view(kind: Kind, verdict: &str) -> Result<usize> {
    let reader = Reader::new(kind, site(&page(""))).await?;
    reader.open("/page.html").await?;
    reader.verdict(verdict).await?;
    reader.settled().await?;
    Ok(reader.n_requests("/soutien/"))
}

#[test]
fn a_view_makes_no_more_requests_than_are_allowed() {
    run_in(CLEAR, async |kind| {
        let found = requests_of_a_view(kind, "clear").await?;
        let counted = sizes::built()?.loads()?.first.requests;
        ensure!(
            found == counted && found <= budgets::REQUESTS,
            "{found} requests, where PARTS in crates/figures/src/parts.rs has {counted} and {} are allowed",
            budgets::REQUESTS
        );
        Ok(())
    });
}

/// Twins, and what tells a server's refusal from a blocker's, come in place of the baits that are refused.
#[test]
fn a_view_with_a_blocker_makes_no_more_requests_than_are_allowed() {
    run_in(BLOCKED, async |kind| {
        let found = requests_of_a_view(kind, "blocked").await?;
        let allowed = budgets::REQUESTS_WITH_A_BLOCKER;
        ensure!(found <= allowed, "{found} requests, where {allowed} are allowed");
        Ok(())
    });
}

/// The page may remove what it likes.
#[test]
fn a_notice_that_the_page_removes_can_be_shown_again() {
    run_in(CLEAR, async |kind| {
        for view in VIEWS {
            let reader = shown(kind, with_slot(view, "")).await?;
            reader.ask("witness.notice().getRootNode().host.remove()").await?;
            reader.no_notice().await?;
            // What the reader does next meets nothing that is gone.
            reader.press(Key::Tab).await?;
            reader.press(Key::Escape).await?;
            reader.ask("(Soutien.hide(), Soutien.check())").await?;
            reader.no_notice().await?;
            reader.ask("Soutien.show()").await?;
            reader.notice().await.with_context(|| view.to_owned())?;
            reader.expect("witness.notice().className", view).await?;
            usable_after_escape(&reader).await?;
        }
        Ok(())
    });
}

#[test]
fn showing_twice_shows_one_notice() {
    run_in(CLEAR, async |kind| {
        for view in VIEWS {
            let reader = Reader::new(kind, with_slot(view, "")).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            reader.ask("(Soutien.show(), Soutien.show())").await?;
            reader.notice().await?;
            reader.ask("(Soutien.show(), witness.settled())").await?;
            reader
                .expect(
                    "[...document.querySelectorAll('*')].filter(({ shadowRoot }) => shadowRoot?.querySelector('dialog')).length",
                    1,
                )
                .await?;
            reader
                .expect("witness.events.filter(({ name }) => name === 'show').length", 1)
                .await?;
            usable_after_escape(&reader).await?;
        }
        Ok(())
    });
}

/// An old browser, or a page that patches the platform.
#[test]
fn a_browser_that_cannot_open_a_dialog_shows_nothing_and_keeps_nothing() {
    run_in(CLEAR, async |kind| {
        let tags = r#"<script src="/old.js"></script><script async"#;
        let old = "delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close;";
        let page = page("").replace("<script async", tags);
        let reader = Reader::new(kind, site(&page).with("/old.js", javascript(old))).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader
            .ask("witness.settled().then(() => { witness.before = document.body.outerHTML; Soutien.show(); })")
            .await?;
        reader.event("show").await?;
        reader.settled().await?;
        reader.expect("document.body.outerHTML === witness.before", true).await?;
        reader.expect("document.activeElement.id", "suite").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// The page changes its mind.
#[test]
fn a_notice_that_was_called_off_can_be_shown_later() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, with_slot("modal", "")).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let once = VETO.replace("preventDefault())", "preventDefault(), { once: true })");
        reader.ask(&format!("(() => {{ {once} Soutien.show(); }})()")).await?;
        reader.event("show").await?;
        reader.no_notice().await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        usable_after_escape(&reader).await
    });
}

/// The page asks for the notice when its tab has been left. Another tab of the site counts its turns, as long as it is.
const LEFT: &str = r#"
witness.sights = [];
document.addEventListener("visibilitychange", () => {
  witness.sights.push([document.visibilityState, performance.now()]);
  if (document.hidden) Soutien.show();
});
const isFetched = () => performance.getEntriesByType("resource").some(({ name }) => name.includes("appeal.js"));
setInterval(() => {
  if (document.hidden && isFetched()) localStorage.turns = Number(localStorage.turns ?? 0) + 1;
}, 500);
"#;

#[test]
fn a_notice_that_is_asked_for_in_a_hidden_tab_waits_until_the_tab_is_seen() {
    run_in(CLEAR, async |kind| {
        let tags = r#"<script src="/left.js"></script><script async"#;
        let mut site = site(&page("").replace("<script async", tags)).with("/left.js", javascript(LEFT));
        site.pages.insert("/other.html".into(), with_tags(""));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let first = reader.browser.window().await?;
        let second = reader.browser.new_tab().await?;
        reader.browser.switch_to_window(second).await?;
        let result = async {
            reader.open("/other.html").await?;
            // Three turns are longer than the time after which the notice looks again, also where timers are held back.
            reader.until("Number(localStorage.turns) >= 3").await?;
            Ok(())
        };
        let result: Result<()> = result.await;
        // The browser is shared.
        reader.browser.close_window().await?;
        reader.browser.switch_to_window(first).await?;
        result?;
        reader.notice().await?;
        let show = reader.event("show").await?;
        let sights = reader.ask("witness.sights").await?;
        let seen = sights
            .as_array()
            .and_then(|sights| sights.last())
            .cloned()
            .unwrap_or_default();
        ensure!(
            sights[0][0] == "hidden" && seen[0] == "visible",
            "the tab was not hidden and seen again: {sights}"
        );
        ensure!(
            show["at"].as_f64() >= seen[1].as_f64(),
            "the notice came before the tab was seen: {show}, {sights}"
        );
        usable_after_escape(&reader).await
    });
}

/// Closes the notice by Esc, and asserts that the page can be used.
async fn usable_after_escape(reader: &Reader) -> Result<()> {
    for _ in 0..5 {
        if reader.ask("witness.notice().contains(witness.focused())").await? == true {
            break;
        }
        reader.press(Key::Tab).await?;
    }
    reader.press(Key::Escape).await?;
    reader.event("close").await?;
    reader.no_notice().await?;
    reader.unharmed().await?;
    reader.usable().await
}
