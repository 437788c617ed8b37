//! The policy `gentle`: not on the first view, and a reader's "no" is heard.

use anyhow::ensure;
use serde_json::json;
use support::browsers::{BLOCKED, run_in};
use support::reader::Reader;
use support::site::{STORED, page, site};

#[test]
fn gentle_asks_on_the_second_view_and_not_again_after_a_closing() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(r#"data-delay="0""#))).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        // The words are fetched only when a notice is due.
        ensure!(
            reader.n_requests("/soutien/lang/") == 0,
            "a notice was on its way on the first view"
        );
        reader.expect(STORED, json!([])).await?;

        reader.follow().await?;
        reader.notice().await?;
        reader.expect(STORED, json!([])).await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reader.expect(STORED, json!(["soutien"])).await?;

        reader.browser.refresh().await?;
        // Without this the reload would be a first view, and prove nothing.
        reader.expect("new URL(document.referrer).pathname", "/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        reader
            .expect("witness.events.map(({ name }) => name)", json!(["ready", "verdict"]))
            .await?;
        reader.unharmed().await
    });
}
