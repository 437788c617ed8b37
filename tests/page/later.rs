//! What counts as a later view, on which `gentle` asks: another page of the site, and not another text behind the `?` of the one that is there.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, page, site, with_tags};

fn gentle() -> Options {
    site(&page(r#"data-delay="0" data-lang="fr""#))
}

/// A reader on a first view, who is not asked.
async fn first_view(kind: Kind, site: Options, path: &str) -> Result<Reader> {
    let reader = Reader::new(kind, site).await?;
    reader.open(path).await?;
    reader.verdict("blocked").await?;
    reader.no_notice().await?;
    Ok(reader)
}

/// Asserts that no notice is on its way either: one that were due would be asked for at once.
async fn stays_away(reader: &Reader) -> Result<()> {
    reader.no_notice().await?;
    ensure!(reader.n_requests("/soutien/appeal.js") == 0, "a notice is on its way");
    Ok(())
}

#[test]
fn another_text_behind_the_question_mark_is_no_later_view() {
    run_in(BLOCKED, async |kind| {
        let reader = first_view(kind, gentle(), "/page.html?utm_source=lettre&fbclid=1").await?;
        for act in [
            "history.replaceState(history.state, '', location.pathname)",
            "history.replaceState({}, '', '?page=1')",
            "history.replaceState({}, '', '?page=1#a')",
            "history.pushState({}, '', '#b')",
            "location.hash = 'c'",
            "history.replaceState({ position: 1 }, '')",
        ] {
            reader.ask(&format!("({act}, 1)")).await?;
            stays_away(&reader).await?;
        }
        // The control, and what still is one.
        reader.ask("(history.pushState({}, '', '/next.html'), 1)").await?;
        reader.notice().await
    });
}

#[test]
fn a_pushed_entry_or_another_path_is_a_later_view() {
    for act in [
        "history.pushState({}, '', '?page=2')",
        "history.replaceState({}, '', '/article-suivant.html')",
    ] {
        run_in(BLOCKED, async |kind| {
            let reader = first_view(kind, gentle(), "/page.html").await?;
            reader.ask(&format!("({act}, 1)")).await?;
            reader.notice().await
        });
    }
}

/// The browser tells of the page before all the same.
#[test]
fn a_later_view_is_one_without_a_referrer_too() {
    run_in(BLOCKED, async |kind| {
        let header = Answer::Header("referrer-policy".into(), "no-referrer".into());
        let site = gentle().with("/page.html", header.clone()).with("/next.html", header);
        let reader = first_view(kind, site, "/page.html").await?;
        // Loading it again leads to no other page.
        reader.browser.refresh().await?;
        reader.verdict("blocked").await?;
        stays_away(&reader).await?;
        reader.follow().await?;
        reader.expect("document.referrer", "").await?;
        reader.notice().await
    });
}

/// A link that sends no referrer, as `rel` says.
#[test]
fn a_link_without_a_referrer_leads_to_a_later_view() {
    run_in(BLOCKED, async |kind| {
        let mut site = gentle();
        for html in site.pages.values_mut() {
            *html = html.replace(r#"id="suite""#, r#"id="suite" rel="noreferrer""#);
        }
        let reader = first_view(kind, site, "/page.html").await?;
        reader.follow().await?;
        reader.expect("document.referrer", json!("")).await?;
        reader.notice().await
    });
}

/// Pages that send the reader on before they can be read, and one that loads itself again.
#[test]
fn who_is_sent_on_unread_is_on_a_first_view() {
    run_in(BLOCKED, async |kind| {
        for way in [
            "<script>location.replace('/page.html')</script>",
            "<script>location.href = '/page.html'</script>",
            r#"<meta http-equiv="refresh" content="0; url=/page.html">"#,
        ] {
            let mut site = gentle();
            site.csp = Some(String::new());
            site.pages.insert("/".into(), with_tags(way));
            let reader = Reader::new(kind, site).await?;
            reader.browser.goto(&reader.site.site).await?;
            reader
                .until("location.pathname === '/page.html' && !!window.witness?.events")
                .await?;
            // The control: the page before is told of as if it had been read.
            reader.expect("document.referrer", format!("{}/", reader.site.site)).await?;
            reader.verdict("blocked").await?;
            stays_away(&reader).await.context(way)?;
            reader.follow().await?;
            reader.notice().await.context(way)?;
        }
        Ok(())
    });
}

#[test]
fn a_page_that_loads_itself_again_is_the_view_that_it_was() {
    run_in(BLOCKED, async |kind| {
        for is_later in [false, true] {
            let mut site = gentle();
            site.csp = Some(String::new());
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            if is_later {
                reader.follow().await?;
            }
            reader.verdict("blocked").await?;
            // As a page that keeps itself new does, which then seems to have been led here by itself.
            reader
                .ask("(document.head.insertAdjacentHTML('beforeend', '<meta http-equiv=\"refresh\" content=\"0\">'), window.isOld = true)")
                .await?;
            reader.until("!window.isOld && !!window.witness?.events").await?;
            reader.expect("document.referrer === location.href", true).await?;
            reader.verdict("blocked").await?;
            if is_later {
                reader.notice().await?;
            } else {
                stays_away(&reader).await?;
            }
        }
        Ok(())
    });
}

/// Who comes from another site is on a first view, also where that one sends no referrer.
#[test]
fn another_site_leads_to_a_first_view() {
    run_in(BLOCKED, async |kind| {
        let away = r#"<!DOCTYPE html><title>Ailleurs</title><script src="/witness.js"></script><a id="suite" rel="noreferrer" href="SITE/next.html">La suite</a>"#;
        let reader = Reader::new(kind, gentle().with("/ailleurs", Answer::Delay(Duration::ZERO))).await?;
        let html = away.replace("SITE", &reader.site.site);
        if let Ok(mut options) = reader.site.options.write() {
            options.situations.push(soutien_testbed::server::Situation {
                path_prefix: "/ailleurs".into(),
                answer: Answer::Body {
                    mime: "text/html".into(),
                    text: html,
                },
            });
        }
        let other = reader.site.site.replace("presse.", "autre.");
        reader.open_url(&format!("{other}/ailleurs")).await?;
        reader.follow().await?;
        reader.verdict("blocked").await?;
        stays_away(&reader).await
    });
}
