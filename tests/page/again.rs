//! Decisions are taken when they are carried out: whoever has paid, logged in, refused or allowed the site since the verdict is not asked.

use anyhow::{Result, ensure};
use serde_json::json;
use soutien_testbed::server::Options;
use support::browsers::{BLOCKED, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, page, site, with_script};

const EXEMPT: &str = r#"data-policy="always" data-lang="fr" data-exempt="body.abonne, cookie:abonne""#;

/// What a page does when it has found out who the reader is.
const KNOWN: [&str; 2] = [
    "document.body.classList.add('abonne')",
    "document.cookie = 'abonne=1; path=/'",
];

fn exempting(delay: &str) -> Options {
    with_script(&format!(r#"{EXEMPT} data-delay="{delay}""#), "")
}

/// On a host of their own, because cookies know no ports, and other readers have none of these.
async fn reader_of(kind: Kind, site: Options) -> Result<Reader> {
    let mut reader = Reader::new(kind, site).await?;
    reader.site.site = reader.site.site.replace("presse.", "abonnes.");
    reader.open("/next.html").await?;
    reader.ask("(document.cookie = 'abonne=; max-age=0; path=/', 1)").await?;
    reader.open("/page.html").await?;
    reader.verdict("blocked").await?;
    Ok(reader)
}

/// Asserts whether the notice is there for longer than it takes to come once its files are here, or to look twice whether it may still be there.
async fn stays(reader: &Reader, is_there: bool) -> Result<()> {
    let looks = "new Promise((resolve) => setTimeout(resolve, 1200)).then(() => !!witness.notice())";
    reader.expect(looks, is_there).await
}

#[test]
fn a_reader_who_turns_out_to_be_exempt_before_the_notice_opens_is_not_asked() {
    run_in(BLOCKED, async |kind| {
        for act in KNOWN {
            let reader = reader_of(kind, exempting("1s")).await?;
            reader.ask(&format!("({act}, 1)")).await?;
            // The notice was due, and its files came.
            reader
                .until("performance.getEntriesByType('resource').some(({ name }) => name.includes('/appeal.js'))")
                .await?;
            stays(&reader, false).await?;
            reader
                .expect("witness.events.filter(({ name }) => name === 'show')", json!([]))
                .await?;
            reader.unharmed().await?;
        }
        // The control.
        let reader = reader_of(kind, exempting("1s")).await?;
        reader.notice().await
    });
}

/// What keeps a notice waiting: a dialog of the page's.
const DIALOG: &str = "addEventListener('DOMContentLoaded', () => {
    const dialog = document.createElement('div');
    dialog.id = 'dialogue';
    dialog.setAttribute('role', 'dialog');
    dialog.style.cssText = 'position: fixed; inset: 20%; background: white';
    dialog.textContent = 'Avant de continuer';
    document.body.append(dialog);
});";

#[test]
fn a_reader_who_turns_out_to_be_exempt_while_the_notice_waits_is_not_asked() {
    run_in(BLOCKED, async |kind| {
        for act in [KNOWN[0], KNOWN[1], "1"] {
            let mut site = with_script(&format!(r#"{EXEMPT} data-delay="0""#), DIALOG);
            site.csp = Some(String::new());
            let reader = reader_of(kind, site).await?;
            stays(&reader, false).await?;
            reader
                .ask(&format!("({act}, document.querySelector('#dialogue').remove(), 1)"))
                .await?;
            // The last is the control.
            if act == "1" {
                reader.notice().await?;
            } else {
                stays(&reader, false).await?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_notice_goes_where_the_reader_turns_out_to_be_exempt() {
    run_in(BLOCKED, async |kind| {
        for act in KNOWN {
            let reader = reader_of(kind, exempting("0")).await?;
            reader.notice().await?;
            reader.ask(&format!("({act}, 1)")).await?;
            reader.until("witness.notice() === null").await?;
            ensure!(reader.event("close").await?["detail"]["by"] == "page");
            reader.expect("localStorage.length", 0).await?;
            reader.usable().await?;
        }
        Ok(())
    });
}

/// A notice that the page itself shows is its own business.
#[test]
fn a_notice_that_the_page_shows_stays() {
    run_in(BLOCKED, async |kind| {
        let reader = reader_of(kind, with_script(r#"data-policy="silent" data-lang="fr""#, "")).await?;
        reader.ask("(Soutien.show(), 1)").await?;
        reader.notice().await?;
        stays(&reader, true).await
    });
}

/// Another tab may have written it since.
#[test]
fn what_is_remembered_is_read_again_before_the_notice_opens() {
    run_in(BLOCKED, async |kind| {
        let reader = reader_of(kind, site(&page(r#"data-delay="2s" data-lang="fr""#))).await?;
        reader.follow().await?;
        reader.verdict("blocked").await?;
        reader
            .ask("(localStorage.soutien = `1 closed-until=${(Date.now() / 1000 | 0) + 86400} quiet=604800`, 1)")
            .await?;
        reader
            .until("performance.getEntriesByType('resource').some(({ name }) => name.includes('/appeal.js'))")
            .await?;
        stays(&reader, false).await?;
        reader.unharmed().await
    });
}

/// A page may change its language without being loaded.
#[test]
fn the_notice_speaks_the_language_that_the_page_has_when_it_opens() {
    run_in(BLOCKED, async |kind| {
        let reader = reader_of(kind, site(&page(r#"data-policy="always" data-delay="1s""#))).await?;
        reader.ask("(document.documentElement.lang = 'de', 1)").await?;
        reader.notice().await?;
        reader.expect("witness.notice().lang", "de").await
    });
}

/// The reader follows the link, pays, and comes back by the browser's own button.
#[test]
fn who_comes_back_from_paying_is_not_asked() {
    run_in(BLOCKED, async |kind| {
        let mut site = with_script(&format!(r#"{EXEMPT} data-delay="0" data-support-url="/don.html""#), "");
        let paid = r#"<!DOCTYPE html><title>Merci</title><script src="/don.js"></script>"#;
        site.pages.insert("/don.html".into(), paid.into());
        site = site.with("/don.js", javascript(format!("{};", KNOWN[1])));
        let reader = reader_of(kind, site).await?;
        reader.notice().await?;
        reader
            .ask("addEventListener('pageshow', ({ persisted }) => (witness.persisted = persisted))")
            .await?;
        reader
            .click_what("[...witness.notice().querySelectorAll('a')].find((link) => link.href.endsWith('/don.html') && link.checkVisibility())")
            .await?;
        reader.until("location.pathname === '/don.html'").await?;
        reader.browser.back().await?;
        reader
            .until("location.pathname === '/page.html' && witness.events.some(({ name }) => name === 'verdict')")
            .await?;
        if kind == Kind::Refusing {
            reader.until("witness.persisted").await?;
        }
        reader.until("witness.notice() === null").await?;
        reader.settled().await?;
        reader
            .expect(
                "navigator.locks.query().then(({ held }) => held.filter(({ name }) => /soutien|dialog/.test(name)).length)",
                0,
            )
            .await?;
        reader.usable().await
    });
}
