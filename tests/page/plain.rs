//! Where WebAssembly is missing or forbidden, or its file cannot be had, the same module runs as JavaScript, and does all that it does otherwise.

use anyhow::{Result, ensure};
use serde_json::json;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, refused, run, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, page, site, with_tags};
use thirtyfour::Key;

const ALWAYS: &str = r#"data-policy="always" data-delay="0" data-lang="fr""#;

/// What problems there were, and what was used, as JavaScript.
const PROBLEMS: &str = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => [detail.key, detail.used])";

/// A page in a browser that has no WebAssembly.
fn without_webassembly(attributes: &str) -> Options {
    let tag = format!(r#"<script async src="/soutien/soutien.js" {attributes}></script>"#);
    let script = javascript("delete self.WebAssembly");
    site(&with_tags(&format!(r#"<script src="/without.js"></script>{tag}"#))).with("/without.js", script)
}

/// Asserts that the module came as JavaScript, after soutien.wasm was asked for as often as given.
async fn check_plain(reader: &Reader, n_before: usize) -> Result<()> {
    let (plain, wasm) = (
        reader.n_requests("/soutien/soutien.plain.js"),
        reader.n_requests("/soutien/soutien.wasm"),
    );
    ensure!(
        plain > 0 && wasm == n_before,
        "soutien.plain.js was asked for {plain} times, soutien.wasm {wasm} times"
    );
    Ok(())
}

#[test]
fn readers_with_webassembly_never_fetch_the_module_as_javascript() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site(&page(""))).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        ensure!(reader.n_requests("/soutien/soutien.plain.js") == 0);
        ensure!(reader.n_requests("/soutien/soutien.wasm") == 1);
        Ok(())
    });
}

#[test]
fn a_policy_against_webassembly_is_named_and_the_verdict_comes() {
    // The demo's policy, but without leave to compile WebAssembly.
    let csp = "default-src 'self'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'";
    run_in(CLEAR, async |kind| {
        let options = Options {
            csp: Some(csp.into()),
            ..site(&page(ALWAYS))
        };
        let reader = Reader::new(kind, options).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.problem("soutien.wasm", "CompileError").await?;
        check_plain(&reader, 1).await?;
        reader.usable().await
    });
}

/// Asserts that where a site answers so for the module, its reader is asked all the same, and one problem says by what.
#[track_caller]
fn check_refused(answer: &Answer) {
    run_in(BLOCKED, async |kind| {
        let refusing = site(&page(ALWAYS)).with("/soutien/soutien.wasm", answer.clone());
        let reader = Reader::new(kind, refusing).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        reader.expect(PROBLEMS, json!([["soutien.wasm", "soutien.plain.js"]])).await?;
        check_plain(&reader, 2).await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// Shared hosting refuses types of files that it does not know.
#[test]
fn a_module_that_the_server_refuses_comes_as_javascript() {
    check_refused(&Answer::Status(403));
}

#[test]
fn a_module_that_is_missing_comes_as_javascript() {
    check_refused(&Answer::Status(404));
}

/// A server may answer for what is missing with a page of its own, as if it were there, and a cache with the file of another release.
#[test]
fn a_module_that_is_another_file_comes_as_javascript() {
    check_refused(&Answer::Body {
        mime: "text/html".into(),
        text: "<title>Page introuvable</title>".into(),
    });
}

/// [docs/filter-lists.md](../../docs/filter-lists.md) promises it.
#[test]
fn a_module_that_a_blocker_refuses_is_not_fetched_by_another_name() {
    run(async {
        let reader = Reader::new(Kind::Refusing, site(&page(ALWAYS))).await?;
        let refuse = async |urls: Vec<String>| {
            let blocked = json!({ "urls": urls });
            reader.browser.devtools("Network.setBlockedURLs", blocked).await
        };
        refuse([&refused()[..], &["*/soutien.wasm*".into()]].concat()).await?;
        let told = async {
            reader.open("/page.html").await?;
            reader.problem("soutien.wasm", "Failed to fetch").await
        };
        let told = told.await;
        // The browser is shared.
        refuse(refused().to_vec()).await?;
        told?;
        reader
            .expect(PROBLEMS, json!([["soutien.wasm", "nothing: no verdict and no notice"]]))
            .await?;
        ensure!(reader.n_requests("/soutien/soutien.plain.js") == 0);
        reader.no_notice().await?;
        reader.usable().await
    });
}

#[test]
fn a_reader_without_webassembly_is_asked_and_can_close() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, without_webassembly(ALWAYS)).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        check_plain(&reader, 0).await?;
        reader.expect("witness.warnings", json!([])).await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader
            .expect("/^1 closed-until=\\d+ quiet=604800$/.test(localStorage.soutien)", true)
            .await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn a_reader_without_webassembly_is_thanked() {
    run(async {
        let reader = Reader::new(Kind::Refusing, without_webassembly(ALWAYS)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let blocked = |urls: Vec<String>| json!({ "urls": urls });
        reader.browser.devtools("Network.setBlockedURLs", blocked(vec![])).await?;
        reader.click_in_notice("J’ai autorisé le site").await?;
        let thanked = reader.event("recovered").await;
        // The browser is shared.
        reader
            .browser
            .devtools("Network.setBlockedURLs", blocked(refused().to_vec()))
            .await?;
        thanked?;
        reader.until("witness.thanks()?.innerText.includes('Merci')").await?;
        reader.unharmed().await
    });
}

#[test]
fn options_are_read_as_ever() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, without_webassembly(r#"data-snooze="é" data-share="200""#)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        check_plain(&reader, 0).await?;
        let problems = reader
            .ask("witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => [detail.key, detail.given, detail.used])")
            .await?;
        ensure!(
            problems == json!([["snooze", "é", "7d"], ["share", "200", "100"]]),
            "{problems}"
        );
        reader.expect("witness.errors", json!([])).await
    });
}
