//! Leaving: a notice that cannot be closed leads away from the page, wherever the reader came from; and a page that is left and kept by the browser holds
//! nothing meanwhile.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_testbed::server::Options;
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, page, site, with_tags};

/// A site whose page has a notice that cannot be closed. Whether it was still there when the page was left is kept for the next page.
fn site_to_leave() -> Options {
    let page = page(r#"data-policy="always" data-delay="0" data-dismiss="no" data-lang="fr""#)
        .replace("<script async", r#"<script src="/left.js"></script><script async"#);
    let left = "addEventListener('pagehide', () => (localStorage.left = witness.notice() === null));";
    let mut site = site(&page).with("/left.js", javascript(left));
    for path in ["/before.html", "/next.html"] {
        site.pages.insert(path.into(), with_tags(""));
    }
    site
}

async fn leave(reader: &Reader, path: &str) -> Result<()> {
    reader.click_in_notice("Quitter cette page").await?;
    reader
        .until(&format!(
            "location.pathname === '{path}' && document.readyState === 'complete'"
        ))
        .await?;
    reader.until("localStorage.left === 'true'").await?;
    Ok(())
}

/// Does something in a tab that a page of the site has opened by these words, and that has no history.
async fn in_new_tab(kind: Kind, reader: &Reader, open: &str, what: impl AsyncFnOnce(&Reader) -> Result<()>) -> Result<()> {
    let browser = &reader.browser;
    reader.open("/before.html").await?;
    let first = browser.window().await?;
    reader.ask(&format!("({open}, 1)")).await?;
    let windows = browser.windows().await?;
    let second = windows
        .into_iter()
        .find(|window| *window != first)
        .context("no tab was opened")?;
    browser.switch_to_window(second).await?;
    let result = async {
        if kind == Kind::Refusing {
            let urls = support::browsers::refused();
            browser.devtools("Network.enable", json!({})).await?;
            browser.devtools("Network.setBlockedURLs", json!({ "urls": urls })).await?;
            browser.refresh().await?;
        }
        reader.until("window.witness?.events").await?;
        reader.expect("history.length", 1).await?;
        what(reader).await
    };
    let result = result.await;
    // The browser is shared.
    browser.close_window().await?;
    browser.switch_to_window(first).await?;
    result
}

#[test]
fn leaving_leads_behind_every_entry_of_the_page() {
    run_in(BLOCKED, async |kind| {
        for (name, moves) in [
            ("at once", ""),
            ("behind a link within the page", "location.hash = 'haut'"),
            (
                "after pushState",
                "history.pushState({}, '', '/autre.html'), history.pushState({}, '', '/encore.html')",
            ),
            (
                "after both",
                "location.hash = 'haut', history.pushState({}, '', '/autre.html'), location.hash = 'bas'",
            ),
        ] {
            let reader = Reader::new(kind, site_to_leave()).await?;
            reader.open("/before.html").await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            if !moves.is_empty() {
                reader.ask(&format!("({moves}, 1)")).await?;
                // The number of entries tells nothing: browsers keep fifty.
                reader.until("!location.href.endsWith('/page.html')").await.context(name)?;
            }
            leave(&reader, "/before.html").await.context(name)?;
        }
        Ok(())
    });
}

#[test]
fn leaving_the_first_page_of_a_tab_leads_to_the_front_page_and_from_there_to_nothing() {
    run_in(BLOCKED, async |kind| {
        let mut site = site_to_leave();
        let page = site.pages["/page.html"].clone();
        site.pages.insert("/".into(), page);
        let reader = Reader::new(kind, site).await?;
        in_new_tab(
            kind,
            &reader,
            "window.open('/page.html', '_blank', 'noreferrer')",
            async |reader| {
                reader.notice().await?;
                leave(reader, "/").await?;
                reader.notice().await?;
                reader.click_in_notice("Quitter cette page").await?;
                reader.until("location.href === 'about:blank'").await?;
                Ok(())
            },
        )
        .await
    });
}

/// It came by a link that opens a tab.
#[test]
fn leaving_a_page_that_was_opened_in_a_tab_of_its_own_leads_to_where_the_link_was() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site_to_leave()).await?;
        in_new_tab(kind, &reader, "window.open('/page.html')", async |reader| {
            reader.expect("document.referrer.endsWith('/before.html')", true).await?;
            reader.notice().await?;
            leave(reader, "/before.html").await
        })
        .await
    });
}

/// The names of the locks that are held by pages of the site.
const HELD: &str = "navigator.locks.query().then(({ held }) => held.length)";

/// A page that holds a lock is not kept by every browser, and what it holds meanwhile nobody else can have.
#[test]
fn a_page_that_the_browser_keeps_holds_nothing_and_takes_the_notice_up_again() {
    run_in(CLEAR, async |kind| {
        let reader = shown(kind).await?;
        reader.expect(HELD, 1).await?;
        let is_kept = back_and_forth(&reader).await?;
        // Firefox keeps no page that held a lock when it was left.
        ensure!(is_kept || kind == Kind::Firefox, "Chromium did not keep the page");
        if is_kept {
            reader.notice().await?;
            reader.until(&format!("{HELD}.then((number) => number === 1)")).await?;
            reader
                .expect("witness.events.filter(({ name }) => name === 'show').length", 1)
                .await?;
        }
        Ok(())
    });
}

/// A reader without a blocker, to whom the page shows the banner.
async fn shown(kind: Kind) -> Result<Reader> {
    let page = page(r#"data-view="banner""#).replace("<script async", r#"<script src="/shown.js"></script><script async"#);
    let script = "addEventListener('pageshow', ({ persisted }) => (witness.persisted = persisted));";
    let site = site(&page).with("/shown.js", javascript(script));
    let reader = Reader::new(kind, site).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    reader.ask("Soutien.show()").await?;
    reader.notice().await?;
    Ok(reader)
}

/// Follows the link and comes back. On the next page, no lock is held. Returns whether the browser has kept the page.
async fn back_and_forth(reader: &Reader) -> Result<bool> {
    // A page that is kept would still have what was noted when it came first.
    reader.ask("(witness.persisted = null)").await?;
    reader.follow().await?;
    reader.until(&format!("{HELD}.then((number) => number === 0)")).await?;
    reader.browser.back().await?;
    reader
        .until("location.pathname === '/page.html' && document.readyState === 'complete' && window.witness?.persisted != null")
        .await?;
    Ok(reader.ask("witness.persisted").await? == true)
}

/// Once it has closed, nothing of it goes on.
#[test]
fn a_notice_that_has_closed_leaves_no_lock() {
    run_in(CLEAR, async |kind| {
        for view in ["modal", "banner"] {
            let reader = Reader::new(kind, site(&page(&format!(r#"data-view="{view}""#)))).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            reader.ask("Soutien.show()").await?;
            reader.notice().await?;
            reader.expect(HELD, 1).await?;
            // The page takes it away.
            reader.ask("witness.notice().getRootNode().host.remove()").await?;
            reader.until(&format!("{HELD}.then((number) => number === 0)")).await?;
        }
        Ok(())
    });
}
