//! Wrong options, missing files and forbidding browsers: the page stays usable, no error is left uncaught, and a problem or one
//! console warning names what is wrong.

use anyhow::{Result, ensure};
use serde_json::json;
use soutien_testbed::server::{Answer, Options};
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::{BLOCKED, CLEAR, run, run_in};
use support::reader::Reader;
use support::site::{With, javascript, page, site, with_tags};

/// A problem says so of each, and everything else goes on. What is wrong with which value is held by rows, in `tests/rows/options.rs`.
#[test]
fn options_that_cannot_be_used_as_given_are_named() {
    const GIVEN: [(&str, &str); 4] = [("vieww", "red"), ("snooze", "soon"), ("lang", "xx"), ("policy", "rude")];
    run_in(CLEAR, async |kind| {
        let attributes = GIVEN.map(|(key, given)| format!(r#"data-{key}="{given}" "#)).concat();
        let reader = Reader::new(kind, site(&page(&attributes))).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let told = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => [detail.key, detail.given])";
        reader.expect(told, json!(GIVEN)).await?;
        let used = "witness.events.filter(({ name }) => name === 'problem').every(({ detail }) => detail.used)";
        reader.expect(used, true).await?;
        let warned = "witness.warnings.map((text) => text.match(/^soutien: (\\w+): found \"(\\w+)\", used ./)?.slice(1))";
        reader.expect(warned, json!(GIVEN)).await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn a_second_tag_does_nothing() {
    run_in(CLEAR, async |kind| {
        let tag = r#"<script async src="/soutien/soutien.js"></script>"#;
        let reader = Reader::new(kind, site(&with_tags(&[tag, tag].concat()))).await?;
        reader.open("/page.html").await?;
        reader.problem("script", "").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;
        reader
            .expect(
                "witness.events.map(({ name }) => name).sort()",
                json!(["problem", "ready", "verdict"]),
            )
            .await?;
        let n_modules = reader.n_requests("/soutien/soutien.wasm");
        ensure!(n_modules == 1, "the module was requested {n_modules} times");
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// A bait that is missing is the site's own fault, and no blocker's.
#[test]
fn a_missing_bait_is_named_and_no_evidence() {
    run_in(CLEAR, async |kind| {
        let site = site(&page(r#"data-policy="always" data-delay="0""#)).with("/soutien/probe.js", Answer::Status(404));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("unsure").await?;
        ensure!(reader.n_requests("/soutien/probe.js") > 0, "nobody asked for the bait");
        reader.warning("probe.js").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// The details of all problems, as JavaScript.
const PROBLEMS: &str = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => detail)";

/// Without its module, and without the same as JavaScript, the tag gives up: problems name the module, and there is no verdict. A missing file is to
/// browsers one whose integrity cannot be proven, which they call a failed fetch.
#[track_caller]
fn check_no_module(site: impl Fn() -> Options, found: &str) {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site()).await?;
        reader.open("/page.html").await?;
        reader.until(&format!("{PROBLEMS}.length === 2")).await?;
        let nothing = "nothing: no verdict and no notice";
        let used = format!("{PROBLEMS}.map(({{ key, used }}) => [key, used])");
        reader
            .expect(
                &used,
                json!([["soutien.wasm", "soutien.plain.js"], ["soutien.wasm", nothing]]),
            )
            .await?;
        reader
            .expect(&format!("{PROBLEMS}[1].given.includes('{found}')"), true)
            .await?;
        reader.no_notice().await?;
        reader
            .expect("witness.events.filter(({ name }) => name !== 'problem')", json!([]))
            .await?;
        reader.usable().await
    });
}

#[test]
fn a_module_that_is_missing_in_both_forms_is_named() {
    let without = || {
        let missing = site(&page("")).with("/soutien/soutien.wasm", Answer::Status(404));
        missing.with("/soutien/soutien.plain.js", Answer::Status(404))
    };
    check_no_module(without, "soutien.plain.js");
}

/// The bytes are right, so the module runs, and a problem says what the server should say.
#[test]
fn a_module_of_the_wrong_mime_type_runs_and_is_named() {
    run_in(CLEAR, async |kind| {
        let site = site(&page("")).with("/soutien/soutien.wasm", Answer::Mime("text/plain".into()));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.problem("soutien.wasm", "text/plain").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn missing_words_are_named_and_no_notice_shows() {
    run_in(BLOCKED, async |kind| {
        let site = site(&page(r#"data-policy="always" data-delay="0""#)).with("/soutien/lang/fr.json", Answer::Status(404));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.problem("lang/fr.json", "404").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// Where storage is denied every visit is a first one: the notice shows and closes, and warnings say that it cannot be
/// remembered.
#[track_caller]
fn check_denied_storage(browser: impl Future<Output = Result<Browser>>) {
    run(async {
        let reader = Reader::with_browser(browser.await?, site(&page("")))?;
        reader.open("/page.html").await?;
        reader
            .expect(
                "(() => { try { return localStorage.length } catch { return 'denied' } })()",
                "denied",
            )
            .await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reader.problem("localStorage", "").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn denied_storage_is_a_first_visit_in_chromium() {
    check_denied_storage(Browser::chromium(&["--disable-local-storage"], Certificates::Vouched));
}

#[test]
fn denied_storage_is_a_first_visit_in_firefox() {
    check_denied_storage(Browser::firefox(
        &[("dom.storage.enabled", false.into())],
        Certificates::Vouched,
    ));
}

/// Rocket Loader and its like keep browsers from running a tag, and run its code later by themselves.
#[test]
fn a_tag_whose_code_an_optimiser_runs_is_found() {
    run_in(BLOCKED, async |kind| {
        let later =
            "addEventListener('load', () => fetch('/soutien/soutien.js').then((answer) => answer.text()).then((0, eval)));";
        let tags = r#"<script src="/later.js"></script>
            <script type="text/later" src="/soutien/soutien.js" data-policy="always" data-delay="0"></script>"#;
        let mut options = site(&with_tags(tags)).with("/later.js", javascript(later));
        options.csp = Some(String::new());
        let reader = Reader::new(kind, options).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        reader.unharmed().await
    });
}

/// Caches that do not look at the query may mix releases.
#[test]
fn a_module_of_another_release_does_not_run_and_is_named() {
    let other = || Answer::Body {
        mime: "application/wasm".into(),
        text: "\0asm\u{1}\0\0\0".into(),
    };
    let plain = std::fs::read_to_string(soutien_project::root().join("dist/site/soutien.plain.js"));
    let plain = plain.expect("dist/site/ has the module as JavaScript");
    let other_plain = || {
        assert_eq!(plain.matches("sha256-").count(), 1);
        javascript(plain.replace("sha256-", "sha256-0"))
    };
    let mixed = || {
        let mixed = site(&page("")).with("/soutien/soutien.wasm", other());
        mixed.with("/soutien/soutien.plain.js", other_plain())
    };
    check_no_module(mixed, "another release");
}

#[test]
fn a_notice_of_another_release_does_not_show_and_is_named() {
    run_in(BLOCKED, async |kind| {
        let other = javascript("export default () => ({});");
        let site = site(&page(r#"data-policy="always" data-delay="0""#)).with("/soutien/appeal.js", other);
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.problem("appeal.js", "another release").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}
