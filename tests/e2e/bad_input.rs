//! Wrong options, missing files and forbidding browsers: the page stays usable, no error is left uncaught, and a problem or one
//! console warning names what is wrong.

use anyhow::{Result, ensure};
use serde_json::json;
use xtask::server::{Answer, Options};
use xtask::webdriver::Browser;

use crate::browsers::{Kind, run};
use crate::reader::{Reader, With, page, site, with_tags};

/// An option that cannot be used as given: a problem says so, and everything else goes on.
#[track_caller]
fn check_option(kind: Kind, attribute: &str, key: &str, given: &str) {
    run(async {
        let reader = Reader::new(kind, site(&page(attribute))).await?;
        reader.open("/page.html").await?;
        let problem = reader.problem(key).await?;
        ensure!(
            problem["given"] == given,
            "the problem does not say what was given: {problem}"
        );
        ensure!(
            problem["used"].as_str().is_some_and(|used| !used.is_empty()),
            "the problem does not say what was used: {problem}"
        );
        reader.verdict("clear").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn an_unknown_attribute_is_named_in_chromium() {
    check_option(Kind::Chromium, r#"data-colour="red""#, "colour", "red");
}

#[test]
fn an_unknown_attribute_is_named_in_firefox() {
    check_option(Kind::Firefox, r#"data-colour="red""#, "colour", "red");
}

#[test]
fn an_unparsable_duration_is_named_in_chromium() {
    check_option(Kind::Chromium, r#"data-snooze="soon""#, "snooze", "soon");
}

#[test]
fn an_unparsable_duration_is_named_in_firefox() {
    check_option(Kind::Firefox, r#"data-snooze="soon""#, "snooze", "soon");
}

#[test]
fn an_unknown_language_is_named_in_chromium() {
    check_option(Kind::Chromium, r#"data-lang="xx""#, "lang", "xx");
}

#[test]
fn an_unknown_language_is_named_in_firefox() {
    check_option(Kind::Firefox, r#"data-lang="xx""#, "lang", "xx");
}

#[test]
fn an_unknown_policy_is_named_in_chromium() {
    check_option(Kind::Chromium, r#"data-policy="rude""#, "policy", "rude");
}

#[test]
fn an_unknown_policy_is_named_in_firefox() {
    check_option(Kind::Firefox, r#"data-policy="rude""#, "policy", "rude");
}

/// A second tag is a no-op: the module runs once, with the options of one of them.
#[track_caller]
fn check_two_tags(kind: Kind) {
    run(async {
        let tag = r#"<script async src="/soutien/soutien.js"></script>"#;
        let reader = Reader::new(kind, site(&with_tags(&[tag, tag].concat()))).await?;
        reader.open("/page.html").await?;
        reader.problem("script").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;
        for name in ["ready", "verdict"] {
            let count = reader
                .ask(&format!("witness.events.filter((event) => event.name === '{name}').length"))
                .await?;
            ensure!(count == 1, "soutien:{name} came {count} times");
        }
        let n_modules = reader
            .site
            .requests()
            .iter()
            .filter(|(_, path)| path.starts_with("/soutien/soutien.wasm"))
            .count();
        ensure!(n_modules == 1, "the module was requested {n_modules} times");
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn a_second_tag_does_nothing_in_chromium() {
    check_two_tags(Kind::Chromium);
}

#[test]
fn a_second_tag_does_nothing_in_firefox() {
    check_two_tags(Kind::Firefox);
}

/// A bait that is missing is the site's own fault, and no blocker's.
#[track_caller]
fn check_missing_bait(kind: Kind) {
    run(async {
        let site = site(&page(r#"data-policy="always" data-delay="0""#)).with("/soutien/probe.js", Answer::Status(404));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict("clear").await?;
        ensure!(verdict["kind"] != "blocked", "a missing bait counts as blocked: {verdict}");
        ensure!(
            reader
                .site
                .requests()
                .iter()
                .any(|(_, path)| path.starts_with("/soutien/probe.js")),
            "nobody asked for the bait"
        );
        reader.problem("probe.js").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn a_missing_bait_is_named_and_never_blocked_in_chromium() {
    check_missing_bait(Kind::Chromium);
}

#[test]
fn a_missing_bait_is_named_and_never_blocked_in_firefox() {
    check_missing_bait(Kind::Firefox);
}

/// Without its module the tag gives up: one problem names the module and says what was found, and there is no verdict.
#[track_caller]
fn check_no_module(kind: Kind, site: Options, found: &str) {
    run(async {
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        let problem = reader.problem("soutien.wasm").await?;
        let given = problem["given"].as_str().unwrap_or_default();
        ensure!(given.contains(found), "expected that {found} was found: {problem}");
        reader.no_notice().await?;
        let verdicts = reader.ask("witness.events.filter(({ name }) => name === 'verdict')").await?;
        ensure!(verdicts == json!([]), "a verdict without a module: {verdicts}");
        reader.usable().await
    });
}

#[test]
fn a_missing_module_is_named_in_chromium() {
    check_no_module(
        Kind::Chromium,
        site(&page("")).with("/soutien/soutien.wasm", Answer::Status(404)),
        "404",
    )
}

#[test]
fn a_missing_module_is_named_in_firefox() {
    check_no_module(
        Kind::Firefox,
        site(&page("")).with("/soutien/soutien.wasm", Answer::Status(404)),
        "404",
    )
}

/// The demo's policy, but without leave to compile WebAssembly.
fn site_without_wasm() -> Options {
    let csp = "default-src 'self'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'";
    Options {
        csp: Some(csp.into()),
        ..site(&page(""))
    }
}

#[test]
fn a_policy_against_webassembly_is_named_in_chromium() {
    check_no_module(Kind::Chromium, site_without_wasm(), "Content Security Policy");
}

#[test]
fn a_policy_against_webassembly_is_named_in_firefox() {
    check_no_module(Kind::Firefox, site_without_wasm(), "CSP");
}

/// The bytes are right, so the module runs; the browser is merely slower to compile it, which one warning says.
#[track_caller]
fn check_wrong_mime(kind: Kind) {
    run(async {
        let site = site(&page("")).with("/soutien/soutien.wasm", Answer::Mime("text/plain".into()));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.warning("MIME").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn a_module_of_the_wrong_mime_type_runs_with_a_warning_in_chromium() {
    check_wrong_mime(Kind::Chromium);
}

#[test]
fn a_module_of_the_wrong_mime_type_runs_with_a_warning_in_firefox() {
    check_wrong_mime(Kind::Firefox);
}

/// A notice without words is not shown.
#[track_caller]
fn check_missing_words(kind: Kind) {
    run(async {
        let site = site(&page(r#"data-policy="always" data-delay="0""#)).with("/soutien/lang/fr.json", Answer::Status(404));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        let problem = reader.problem("lang/fr.json").await?;
        ensure!(
            problem["given"] == "404",
            "the problem does not say what was found: {problem}"
        );
        reader.settled().await?;
        ensure!(
            reader.ask("witness.notice()").await?.is_null(),
            "a notice without words is open"
        );
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn missing_words_are_named_and_no_notice_shows_in_chromium() {
    check_missing_words(Kind::Refusing);
}

#[test]
fn missing_words_are_named_and_no_notice_shows_with_ublock_origin() {
    check_missing_words(Kind::Ublock);
}

/// Where storage is denied every visit is a first one: the notice shows and closes, and one warning says that it cannot be
/// remembered.
async fn check_denied_storage(browser: Browser) -> Result<()> {
    let reader = Reader::with_browser(browser, site(&page("")))?;
    reader.open("/page.html").await?;
    let denied = "(() => { try { localStorage.setItem('control', '1'); return false } catch { return true } })()";
    ensure!(reader.ask(denied).await? == true, "storage is not denied");
    reader.verdict("clear").await?;
    reader.ask("Soutien.show()").await?;
    reader.notice().await?;
    reader.click_in_notice("Fermer").await?;
    reader.event("close").await?;
    reader.warning("torage").await?;
    reader.unharmed().await?;
    reader.usable().await
}

#[test]
fn denied_storage_is_a_first_visit_in_chromium() {
    run(async { check_denied_storage(Browser::chromium(&["--disable-local-storage"]).await?).await })
}

#[test]
fn denied_storage_is_a_first_visit_in_firefox() {
    run(async { check_denied_storage(Browser::firefox(&[("dom.storage.enabled", false.into())]).await?).await })
}
