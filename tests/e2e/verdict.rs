//! What the verdict is without a blocker and with one, and that looking for it leaves no trace.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::browsers::{Kind, run};
use crate::reader::{Reader, demo_page, page, site, with_tags};

/// Name and reading of every signal, in order.
fn readings(verdict: &Value) -> Value {
    let signals = verdict["signals"].as_array().cloned().unwrap_or_default();
    signals
        .iter()
        .map(|signal| {
            (
                signal["name"].as_str().unwrap_or_default().to_owned(),
                signal["reading"].clone(),
            )
        })
        .collect()
}

/// The front page of the demo as a reader without a blocker gets it.
#[track_caller]
fn check_clear(kind: Kind) {
    run(async {
        let reader = Reader::new(kind, site(&demo_page("index.html")?)).await?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict().await?;
        ensure!(
            verdict["kind"] == "clear" && verdict["cause"] == "none",
            "expected clear, found {verdict}"
        );
        ensure!(
            reader.ask("Soutien.verdict.kind").await? == "clear",
            "Soutien.verdict is not the verdict of the event"
        );
        reader.no_notice().await?;
        reader.unharmed().await
    });
}

/// The body after a verdict of clear is to the letter that of the same page without the tag.
#[track_caller]
fn check_untouched(kind: Kind) {
    run(async {
        let mut site = site(&page(r#"data-policy="always" data-top="off""#));
        site.pages.insert("/plain.html".into(), with_tags(""));
        let reader = Reader::new(kind, site).await?;
        reader.open("/plain.html").await?;
        let plain = reader.ask("document.body.outerHTML").await?;
        reader.open("/page.html").await?;
        reader.verdict().await?;
        reader.no_notice().await?;
        let body = reader.ask("document.body.outerHTML").await?;
        ensure!(body == plain, "the body was {plain}, and is {body}");
        let globals = reader
            .ask("Object.keys(window).filter((name) => /soutien|wasm/i.test(name))")
            .await?;
        ensure!(
            globals == json!([]) || globals == json!(["Soutien"]),
            "globals besides Soutien: {globals}"
        );
        let kept = reader
            .ask("Object.keys(localStorage).concat(Object.keys(sessionStorage), document.cookie)")
            .await?;
        ensure!(kept == json!([""]), "stored without a click: {kept}");
        reader.unharmed().await
    });
}

#[test]
fn chromium_without_a_blocker_is_clear() {
    check_clear(Kind::Chromium);
}

#[test]
fn firefox_without_a_blocker_is_clear() {
    check_clear(Kind::Firefox);
}

#[test]
fn chromium_without_a_blocker_keeps_its_page_as_it_was() {
    check_untouched(Kind::Chromium);
}

#[test]
fn firefox_without_a_blocker_keeps_its_page_as_it_was() {
    check_untouched(Kind::Firefox);
}

/// Where EasyList hides by name, every bait of ours is hit, and its twin is not.
#[test]
fn ublock_origin_hits_every_bait() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site(&page(r#"data-policy="always""#))).await?;
        // EasyList exempts 127.0.0.1 and localhost from generic hiding, but not names below localhost, which browsers resolve themselves.
        let url = reader.site.site.replace("127.0.0.1", "presse.localhost");
        reader.open_url(&format!("{url}/page.html")).await?;
        let verdict = reader.verdict().await?;
        ensure!(
            verdict["kind"] == "blocked" && verdict["cause"] == "extension",
            "expected blocked, found {verdict}"
        );
        // A check ends at the first evidence that suffices, so most other questions are still open then.
        let signals = readings(&verdict);
        ensure!(
            signals.to_string().contains("blocked"),
            "blocked without a signal that says so: {verdict}"
        );
        Ok(())
    });
}
