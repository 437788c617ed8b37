//! What the verdict is without a blocker and with one, and that looking for it leaves no trace.

use anyhow::ensure;
use serde_json::{Value, json};
use xtask::server::{Answer, Options};

use crate::browsers::{CLEAR, Kind, run, run_in};
use crate::reader::{Reader, STORED, With, demo_page, page, site, with_tags};

#[test]
fn a_reader_without_a_blocker_is_clear_and_sees_no_notice() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site(&demo_page("index.html")?)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.expect("Soutien.verdict.kind", "clear").await?;
        reader.no_notice().await?;
        reader.unharmed().await
    });
}

/// What is left on the page is to the letter that of the same page without the tag, besides the global `Soutien` and
/// elements without a name, for the back-to-top control. Nothing is stored.
#[test]
fn a_page_without_a_notice_stays_as_it_was() {
    run_in(CLEAR, async |kind| {
        let mut site = site(&page(r#"data-policy="always""#));
        site.pages.insert("/plain.html".into(), with_tags(""));
        let reader = Reader::new(kind, site).await?;
        let left = "[document.documentElement, document.body].map((node) => node.cloneNode().outerHTML).concat(
            [...document.body.childNodes].filter((node) => !node.shadowRoot).map((node) => node.outerHTML ?? node.data))";
        let globals = "Object.getOwnPropertyNames(window)";
        reader.open("/plain.html").await?;
        let (plain, plain_globals) = (reader.ask(left).await?, reader.ask(globals).await?);

        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;
        reader.expect(left, plain).await?;
        let named = "[...document.body.children].filter((node) => node.shadowRoot && node.outerHTML !== '<div></div>')";
        reader.expect(named, json!([])).await?;
        reader
            .expect(
                &format!("{globals}.filter((name) => !{plain_globals}.includes(name))"),
                json!(["Soutien"]),
            )
            .await?;
        reader.expect(STORED, json!([])).await?;
        reader.unharmed().await
    });
}

/// The reading of a signal.
fn reading<'a>(verdict: &'a Value, name: &str) -> &'a Value {
    let mut signals = verdict["signals"].as_array().into_iter().flatten();
    signals
        .find(|signal| signal["name"] == name)
        .map_or(&Value::Null, |signal| &signal["reading"])
}

/// A page whose bait script is missing, so that hidden elements are all the evidence there can be.
fn site_without_bait_script() -> Options {
    site(&page("")).with("/soutien/probe.js", Answer::Status(404))
}

/// EasyList exempts 127.0.0.1 and localhost from hiding, but not names below localhost, which browsers resolve by themselves.
#[test]
fn ublock_origin_hides_a_bait_element_and_that_is_proof() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site_without_bait_script()).await?;
        reader
            .open_url(&format!(
                "{}/page.html",
                reader.site.site.replace("127.0.0.1", "presse.localhost")
            ))
            .await?;
        let verdict = reader.verdict("blocked").await?;
        ensure!(
            reading(&verdict, "class") == "blocked" || reading(&verdict, "id") == "blocked",
            "no bait is hidden: {verdict}"
        );
        Ok(())
    });
}

#[test]
fn ublock_origin_refuses_the_bait_script_and_that_is_proof() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site(&page(""))).await?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict("blocked").await?;
        ensure!(
            reading(&verdict, "script") == "blocked",
            "the bait script was not refused: {verdict}"
        );
        let requests = reader.site.requests();
        ensure!(
            requests.iter().all(|(_, path)| !path.ends_with("/ad_top.js")),
            "the bait script got through: {requests:?}"
        );
        Ok(())
    });
}

/// On 127.0.0.1, where nothing is hidden: a script that is missing is the site's own fault, and no evidence of a blocker.
#[test]
fn a_missing_bait_script_is_no_evidence_even_with_ublock_origin() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site_without_bait_script()).await?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict("clear").await?;
        ensure!(reading(&verdict, "script") == "unknown", "expected unknown, found {verdict}");
        Ok(())
    });
}
