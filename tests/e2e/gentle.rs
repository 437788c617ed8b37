//! The policy `gentle`: not on the first view, and a reader's "no" is heard.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::browsers::{Kind, run};
use crate::reader::{Reader, page, site};

async fn keys(reader: &Reader) -> Result<Value> {
    reader
        .ask("Object.keys(localStorage).concat(Object.keys(sessionStorage), document.cookie || [])")
        .await
}

#[track_caller]
fn check_gentle(kind: Kind) {
    run(async {
        let reader = Reader::new(kind, site(&page(r#"data-delay="0""#))).await?;

        reader.open("/page.html").await?;
        ensure!(reader.verdict().await?["kind"] == "blocked", "nothing is blocked");
        reader.no_notice().await?;
        ensure!(
            keys(&reader).await? == json!([]),
            "stored on the first view: {}",
            keys(&reader).await?
        );

        reader.follow().await?;
        reader.notice().await?;
        ensure!(
            keys(&reader).await? == json!([]),
            "stored before a click: {}",
            keys(&reader).await?
        );
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        ensure!(
            keys(&reader).await? == json!(["soutien"]),
            "expected the one key soutien, found {}",
            keys(&reader).await?
        );
        let n_words = n_words(&reader);

        reader.browser.refresh().await?;
        ensure!(
            reader.ask("new URL(document.referrer).pathname").await? == "/page.html",
            "the reload is no later view"
        );
        ensure!(
            reader.verdict().await?["kind"] == "blocked",
            "nothing is blocked after the reload"
        );
        reader.ask("witness.settled().then(() => true)").await?;
        ensure!(
            reader.ask("witness.notice()").await?.is_null(),
            "the notice is back after a reload"
        );
        ensure!(n_words == self::n_words(&reader), "the notice was on its way after a reload");
        reader.unharmed().await
    });
}

/// How often the words of the notice were requested, which a cache may spare.
fn n_words(reader: &Reader) -> usize {
    reader
        .site
        .requests()
        .iter()
        .filter(|(_, path)| path.starts_with("/soutien/lang/"))
        .count()
}

#[test]
fn gentle_asks_ublock_origin_on_the_second_view_and_not_after_a_closing() {
    check_gentle(Kind::Ublock);
}

#[test]
fn gentle_asks_chromium_on_the_second_view_and_not_after_a_closing() {
    check_gentle(Kind::Refusing);
}
