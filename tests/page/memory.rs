//! What is kept of a reader, who is asked when, and who is not.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::browsers::{BLOCKED, Kind, refused, run, run_in};
use support::reader::Reader;
use support::site::{STORED, With as _, add_page, javascript, page, site, with_script, with_tags};
use thirtyfour::Key;

const ALWAYS: &str = r#"data-policy="always" data-delay="0" data-lang="fr""#;

/// Everything that is stored, as `place key = value`, with each number of five digits or more as N.
const KEPT: &str = r"[['local', localStorage], ['tab', sessionStorage]].flatMap(([place, area]) =>
    Object.entries(area).map(([key, value]) => `${place} ${key} = ${value.replace(/\d{5,}/g, 'N')}`)).concat(document.cookie || [])";

/// The publisher changes the page.
fn rewrite(reader: &Reader, html: &str) {
    add_page(&reader.site, "/page.html", html);
}

async fn reopened(reader: &Reader, kind: &str) -> Result<()> {
    reader.browser.refresh().await?;
    reader.verdict(kind).await?;
    Ok(())
}

#[test]
fn without_consent_nothing_is_written_but_by_the_readers_own_clicks() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(ALWAYS))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.expect(KEPT, json!([])).await?;
        // Who is on the way to allow the site is known in this tab alone.
        reader.click_in_notice("Comment autoriser ce site").await?;
        reader.expect(KEPT, json!(["tab soutien = 1"])).await?;
        reader.click_in_notice("Retour").await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reader
            .expect(KEPT, json!(["local soutien = 1 closed-until=N quiet=N", "tab soutien = 1"]))
            .await?;
        reader.ask("sessionStorage.clear()").await?;
        reopened(&reader, "blocked").await?;
        reader.notice().await?;
        reader.click_in_notice("Ne plus me le demander").await?;
        reader.event("refused").await?;
        reader
            .expect(KEPT, json!(["local soutien = 1 closed-until=N quiet=N"]))
            .await?;
        reader.unharmed().await
    });
}

/// A closing holds until the publisher asks another way; a refusal holds for good.
#[test]
fn a_refusal_is_obeyed_under_every_policy_and_whatever_the_publisher_changes() {
    run_in(BLOCKED, async |kind| {
        let gentle = r#"data-after-views="0" data-delay="0" data-lang="fr" data-revision="#;
        let reader = Reader::new(kind, site(&page(&format!(r#"{gentle}"1""#)))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reopened(&reader, "blocked").await?;
        reader.no_notice().await?;
        rewrite(&reader, &page(&format!(r#"{gentle}"2""#)));
        reopened(&reader, "blocked").await?;
        reader.notice().await?;
        reader.click_in_notice("Ne plus me le demander").await?;
        reader.event("refused").await?;
        reader
            .expect("witness.events.find(({ name }) => name === 'close').detail.by", "never")
            .await?;
        let years = reader
            .ask("(Number(localStorage.soutien.match(/closed-until=(\\d+)/)[1]) - Date.now() / 1000) / 31536000")
            .await?;
        ensure!(years.as_f64().is_some_and(|years| years > 50.0), "it holds for {years} years");
        for attributes in [
            format!(r#"{gentle}"3""#),
            ALWAYS.to_owned(),
            format!(r#"{ALWAYS} data-revision="4""#),
        ] {
            rewrite(&reader, &page(&attributes));
            reopened(&reader, "blocked").await?;
            reader.no_notice().await.with_context(|| attributes)?;
        }
        reader.unharmed().await
    });
}

/// Nobody is asked, and the verdict is there all the same. Who is asked under which policy is held by rows, in `tests/rows/decide/`.
#[test]
fn readers_whom_the_publisher_leaves_in_peace_are_not_asked() {
    run(async {
        for (attributes, script, stored) in [
            (r#"data-policy="silent""#, "", json!([])),
            (
                r#"data-policy="always" data-exempt="body.abonne, html.abonne, cookie:nobody""#,
                "document.documentElement.className = 'abonne';",
                json!([]),
            ),
            (
                r#"data-policy="always" data-exempt="cookie:abonne""#,
                "document.cookie = 'abonne=1';",
                json!(["abonne=1"]),
            ),
        ] {
            let site = with_script(&format!(r#"data-delay="0" data-lang="fr" {attributes}"#), script);
            let reader = Reader::new(Kind::Refusing, site).await?;
            reader.open("/page.html").await?;
            reader.verdict("blocked").await?;
            reader.no_notice().await.with_context(|| attributes.to_owned())?;
            // Browsers keep cookies by the host alone, and other tests have the same.
            let found = reader.ask(STORED).await?;
            reader.ask("document.cookie = 'abonne=; max-age=0'").await?;
            ensure!(found == stored, "{attributes}: found {found}, expected {stored}");
            reader.unharmed().await?;
        }
        Ok(())
    });
}

#[test]
fn an_exemption_that_is_no_selector_is_told_and_exempts_nobody() {
    run(async {
        let reader = Reader::new(Kind::Refusing, site(&page(&format!(r#"{ALWAYS} data-exempt="][""#)))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.problem("exempt", "][").await?;
        Ok(())
    });
}

#[test]
fn with_consent_views_are_counted_and_a_relapse_is_told() {
    run(async {
        let attributes = r#"data-consent="given" data-after-views="2" data-delay="0" data-lang="fr""#;
        let reader = Reader::new(Kind::Refusing, site(&page(attributes))).await?;
        reader.open("/page.html").await?;
        for views in [1, 2] {
            reader.verdict("blocked").await?;
            reader.no_notice().await?;
            reader
                .expect("Number(localStorage.soutien.match(/views=(\\d+)/)[1])", views)
                .await?;
            reader.browser.refresh().await?;
        }
        reader.notice().await?;
        let allowed = "localStorage.soutien = `1 views=5 allowed=${Math.round(Date.now() / 1000) - HOURS * 3600} draw=1`";
        for (hours, days) in [("2", json!([1])), ("50", json!([7])), ("200", json!([]))] {
            reader.ask(&allowed.replace("HOURS", hours)).await?;
            reopened(&reader, "blocked").await?;
            reader.settled().await?;
            let found = reader
                .ask("witness.events.filter(({ name }) => name === 'relapsed').map(({ detail }) => detail.days)")
                .await?;
            ensure!(
                found == days,
                "{hours} h after allowing the site: found {found}, expected {days}"
            );
        }
        // It is told once.
        reopened(&reader, "blocked").await?;
        reader
            .expect("witness.events.some(({ name }) => name === 'relapsed')", false)
            .await
    });
}

#[test]
fn a_page_that_shows_another_address_without_being_loaded_is_a_later_view() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(r#"data-delay="0" data-lang="fr""#))).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        // A place on the same page is no other page, and neither is a state.
        reader.ask("(location.hash = 'haut', history.replaceState(1, ''))").await?;
        reader.no_notice().await?;
        reader.ask("history.pushState(null, '', '/next.html')").await?;
        reader.notice().await?;
        reader.ask("history.back()").await?;
        reader.until("location.pathname === '/page.html'").await?;
        reader.expect("!!witness.notice()", true).await?;
        reader.unharmed().await
    });
}

/// Readers who are busy with what `begin` does are not disturbed, and are asked after `end`.
#[track_caller]
fn check_patience(script: &str, begin: &str, end: &str) {
    run(async {
        let reader = Reader::new(
            Kind::Refusing,
            with_script(&ALWAYS.replace("data-delay=\"0\"", "data-delay=\"100ms\""), script),
        )
        .await?;
        reader.open("/page.html").await?;
        if !begin.is_empty() {
            reader.until("document.readyState === 'complete'").await?;
            reader.ask(begin).await?;
        }
        reader.verdict("blocked").await?;
        // Its files are there, and it waits.
        reader.until("performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/appeal.js') && responseEnd)").await?;
        for _ in 0..3 {
            reader.no_notice().await?;
        }
        reader.ask(end).await?;
        reader.notice().await?;
        reader.unharmed().await
    });
}

#[test]
fn who_types_is_not_disturbed() {
    check_patience(
        "addEventListener('DOMContentLoaded', () => { const field = document.createElement('textarea'); field.value = 'Bonjour';
            document.body.append(field); document.querySelector('#suite').autofocus = false; field.focus(); setTimeout(() => field.focus()); });",
        "",
        "document.querySelector('textarea').blur()",
    );
}

#[test]
fn who_selects_a_text_is_not_disturbed() {
    check_patience(
        "addEventListener('DOMContentLoaded', () => getSelection().selectAllChildren(document.querySelector('h1')));",
        "",
        "getSelection().removeAllRanges()",
    );
}

#[test]
fn a_dialog_of_the_page_is_not_covered() {
    check_patience(
        "addEventListener('DOMContentLoaded', () => { const box = document.createElement('dialog'); box.textContent = 'Bonjour';
            document.body.append(box); box.showModal(); });",
        "",
        "document.querySelector('dialog').close()",
    );
}

#[test]
fn a_consent_dialog_is_not_covered() {
    check_patience(
        "addEventListener('DOMContentLoaded', () => { const box = document.createElement('div'); box.id = 'onetrust-banner-sdk';
            box.textContent = 'Cookies'; document.body.append(box); });",
        "",
        "document.querySelector('#onetrust-banner-sdk').remove()",
    );
}

#[test]
fn a_consent_dialog_that_tells_of_itself_is_not_covered() {
    check_patience(
        "{ const heard = []; window.__tcfapi = (command, version, callback) => { heard.push(callback); callback({ eventStatus: 'cmpuishown', gdprApplies: true }, true); };
            window.answer = () => heard.forEach((callback) => callback({ eventStatus: 'useractioncomplete', gdprApplies: true, purpose: { consents: {} } }, true)); }",
        "",
        "answer()",
    );
}

#[test]
fn a_notice_that_cannot_be_closed_offers_a_way_to_leave() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(
            kind,
            site(&page(&format!(r#"{ALWAYS} data-dismiss="no" data-support-url="/don""#))),
        )
        .await?;
        reader.open("/next.html").await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        for _ in 0..2 {
            reader.press(Key::Escape).await?;
        }
        reader.click_at(5, 5).await?;
        reader.settled().await?;
        reader.expect("witness.notice()?.matches(':modal')", true).await?;
        reader
            .expect(
                "witness.notice().innerText.includes('Fermer') || witness.notice().innerText.includes('Ne plus')",
                false,
            )
            .await?;
        reader
            .expect("witness.notice().querySelector('a').getAttribute('href')", "/don")
            .await?;
        reader.click_in_notice("Quitter cette page").await?;
        reader.until("location.pathname === '/next.html'").await?;
        Ok(())
    });
}

#[test]
fn only_one_tab_shows_the_notice_and_closing_it_counts_for_both() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(ALWAYS))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let browser = &reader.browser;
        let first = browser.window().await?;
        let second = browser.new_window().await?;
        browser.switch_to_window(second).await?;
        let result = async {
            if kind == Kind::Refusing {
                // What the developer tools refuse, they refuse in one tab.
                browser.devtools("Network.enable", json!({})).await?;
                browser
                    .devtools("Network.setBlockedURLs", json!({ "urls": refused() }))
                    .await?;
            }
            reader.open("/next.html").await?;
            reader.verdict("blocked").await?;
            reader.until("performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/appeal.js') && responseEnd)").await?;
            for _ in 0..3 {
                reader.no_notice().await?;
            }
            browser.switch_to_window(first.clone()).await?;
            reader.click_in_notice("Fermer").await?;
            reader.event("close").await
        };
        let result = result.await;
        let windows = browser.windows().await?;
        for window in windows.into_iter().filter(|window| *window != first) {
            browser.switch_to_window(window).await?;
            if result.is_ok() {
                reader.no_notice().await?;
            }
            browser.close_window().await?;
        }
        browser.switch_to_window(first).await?;
        result?;
        Ok(())
    });
}

#[test]
fn pictures_are_covered_only_on_request_and_until_the_site_is_allowed() {
    run(async {
        let html = page(&format!(r#"{ALWAYS} data-images="cover" data-view="banner""#)).replace(
            "</body>",
            r#"<main><img id="photo" src="/images/beffroi.svg" width="600" height="400" alt=""></main></body>"#,
        );
        let reader = Reader::new(Kind::Refusing, site(&html)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let covers = "[...document.querySelectorAll('main *')].map(({ shadowRoot }) => shadowRoot?.querySelector('.cover')).filter(Boolean).map((cover) => {
            const [one, other] = [cover, document.querySelector('#photo')].map((element) => element.getBoundingClientRect());
            return ['left', 'top', 'width', 'height'].every((side) => Math.abs(one[side] - other[side]) < 1); })";
        reader.expect(covers, json!([true])).await?;
        reader.keep_shot("cover.png").await?;
        reader
            .browser
            .devtools("Network.setBlockedURLs", json!({ "urls": [] }))
            .await?;
        reader.click_in_notice("J’ai autorisé le site").await?;
        let looked = reader.event("recovered").await;
        reader
            .browser
            .devtools("Network.setBlockedURLs", json!({ "urls": refused() }))
            .await?;
        looked?;
        reader.expect(covers, json!([])).await?;
        reader.expect("witness.notice()", Value::Null).await?;
        reader.unharmed().await
    });
}

#[test]
fn a_storage_that_is_full_is_told_and_the_notice_closes_all_the_same() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(ALWAYS))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let fill = "(() => { let size = 1 << 20; while (size) {
            try { localStorage.full = (localStorage.full ?? '') + 'x'.repeat(size); } catch { size >>= 1; } } })()";
        reader.ask(fill).await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reader.no_notice().await?;
        reader.problem("localStorage", "Quota").await?;
        reader.ask("localStorage.clear()").await?;
        reader.unharmed().await
    });
}

#[test]
fn who_watches_full_screen_is_not_disturbed() {
    run(async {
        // The tag comes once the film is on, however long the reader takes to start it.
        let watch = format!(
            r#"<script src="/film.js"></script><template id="tag"><script async src="/soutien/soutien.js" {ALWAYS}></script></template>"#
        );
        let film =
            "addEventListener('DOMContentLoaded', () => { const button = document.createElement('button'); button.id = 'film';
            button.textContent = 'Film'; document.body.append(button); button.onclick = async () => {
                await document.documentElement.requestFullscreen();
                document.head.append(document.querySelector('#tag').content.cloneNode(true)); }; });";
        let site = site(&with_tags(&watch)).with("/film.js", javascript(film));
        let reader = Reader::new(Kind::Refusing, site).await?;
        reader.open("/page.html").await?;
        reader.click("#film").await?;
        reader.until("!!document.fullscreenElement").await?;
        reader.verdict("blocked").await?;
        reader
            .until(
                "performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/appeal.js') && responseEnd)",
            )
            .await?;
        for _ in 0..3 {
            reader.no_notice().await?;
        }
        reader.ask("document.exitFullscreen()").await?;
        reader.notice().await?;
        reader.unharmed().await
    });
}
