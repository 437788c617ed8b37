//! Checks and navigations leave nothing behind. `cargo xtask bench growth` measures the same with time and heap.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_bench::growth;
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::{refused, run};
use support::reader::Reader;
use support::site::{page, site};
use support::waiting::wait_for;

const NAVIGATE: &str = "history.pushState(null, '', `?${performance.now()}`)";

/// The documents, nodes and listeners that there are, once what is due at once has happened and garbage is collected.
async fn left(reader: &Reader) -> Result<[f64; 3]> {
    reader.settled().await?;
    growth::left(&reader.browser).await
}

/// Chromium alone can be asked. The reader blocks, because a check is short then.
#[test]
fn twenty_checks_and_navigations_leave_no_more_behind_than_one() {
    run(async {
        // Pages that others left would be kept for a return, counted, and dropped at any time.
        let browser = Browser::chromium(&["--disable-features=BackForwardCache"], Certificates::Vouched).await?;
        browser.devtools("Network.enable", json!({})).await?;
        browser
            .devtools("Network.setBlockedURLs", json!({ "urls": refused() }))
            .await?;
        let reader = Reader::with_browser(browser, site(&page(r#"data-policy="silent""#)))?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        let turn = async || {
            reader.ask(NAVIGATE).await?;
            reader.ask("Soutien.check().then(({ kind }) => kind)").await
        };
        turn().await?;
        let after_one = left(&reader).await?;
        for _ in 1..20 {
            let kind = turn().await?;
            ensure!(kind == "blocked", "expected the verdict blocked, found {kind}");
        }
        // A request that is still under way keeps what it belongs to for as long as it takes.
        let mut after_twenty = after_one;
        wait_for("end of what is left behind", async || {
            after_twenty = left(&reader).await?;
            Ok(after_twenty
                .iter()
                .zip(after_one)
                .all(|(found, first)| *found <= first)
                .then_some(()))
        })
        .await
        .with_context(|| {
            format!("there are {after_twenty:?} documents, nodes and listeners after twenty, {after_one:?} after one")
        })?;
        reader.unharmed().await
    });
}
