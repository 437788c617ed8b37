//! The policy `gentle`: not on the first view, and a reader's "no" is heard.

use anyhow::ensure;
use serde_json::json;

use crate::browsers::{Kind, run};
use crate::reader::{Reader, page, site};

/// Everything that a page can store in the browser.
const STORED: &str =
    "[...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(document.cookie ? [document.cookie] : [])]";

#[track_caller]
fn check_gentle(kind: Kind) {
    run(async {
        let reader = Reader::new(kind, site(&page(r#"data-delay="0""#))).await?;
        // What is fetched only when a notice is due. A cache may spare the second time.
        let n_words = || {
            reader
                .site
                .requests()
                .iter()
                .filter(|(_, path)| path.starts_with("/soutien/lang/"))
                .count()
        };

        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        ensure!(n_words() == 0, "words were fetched on the first view");
        reader.expect(STORED, json!([])).await?;

        reader.follow().await?;
        reader.notice().await?;
        reader.expect(STORED, json!([])).await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reader.expect(STORED, json!(["soutien"])).await?;
        let n_words_before = n_words();

        reader.browser.refresh().await?;
        // Without this the reload would be a first view, and prove nothing.
        reader.expect("new URL(document.referrer).pathname", "/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        ensure!(n_words() == n_words_before, "words were fetched after a closing");
        reader.unharmed().await
    });
}

#[test]
fn gentle_asks_ublock_origin_on_the_second_view_and_not_after_a_closing() {
    check_gentle(Kind::Ublock);
}

#[test]
fn gentle_asks_chromium_on_the_second_view_and_not_after_a_closing() {
    check_gentle(Kind::Refusing);
}
