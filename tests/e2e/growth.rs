//! Checks and navigations leave nothing behind. `cargo xtask bench growth` measures the same with time and heap.

use anyhow::{Result, ensure};
use serde_json::json;
use xtask::webdriver::{Browser, Certificates};

use crate::browsers::{refused, run};
use crate::reader::{Reader, page, site};

const NAVIGATE: &str = "history.pushState(null, '', `?${performance.now()}`)";

/// The documents, nodes and listeners that there are, once garbage is collected.
async fn left(reader: &Reader) -> Result<String> {
    // What observed something else that is gone goes in the second turn.
    for _ in 0..2 {
        reader.browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    }
    Ok(reader.browser.devtools("Memory.getDOMCounters", json!({})).await?.to_string())
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
        let after_twenty = left(&reader).await?;
        ensure!(
            after_twenty == after_one,
            "after twenty there are {after_twenty}, after one {after_one}"
        );
        reader.unharmed().await
    });
}
