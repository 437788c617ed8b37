//! The notice: it shows when a real blocker is there, says what it should, and every way to close it works.

use anyhow::{Result, ensure};
use serde_json::json;
use support::browsers::{BLOCKED, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With, demo_page, javascript, page, site, with_script};
use thirtyfour::Key;

/// A notice on every view, and at once.
const ALWAYS: &str = r#"data-policy="always" data-delay="0""#;

const FRENCH: [&str; 3] = [
    "Adblock détecté",
    "S'il vous plaît, envisagez de nous soutenir en désactivant votre bloqueur de publicité",
    "Fermer",
];
const ENGLISH: [&str; 3] = [
    "Ad blocker detected",
    "Please consider supporting us by turning off your ad blocker",
    "Close",
];

/// The title, the text and the button of the open notice.
async fn check_words(reader: &Reader, words: [&str; 3]) -> Result<()> {
    reader.notice().await?;
    reader
        .expect(
            "['#title', '#text', '.choices button:not(.first, [hidden])'].map((part) => witness.notice().querySelector(part).innerText)",
            json!(words),
        )
        .await
}

/// The demo's front page, as the reader for whom all this is made gets it.
/// It leads to a part of the page that the notice is over, or to a page that a router puts in its place without loading it.
#[test]
fn the_link_to_another_way_of_support_leads_out_of_the_notice() {
    run_in(BLOCKED, async |kind| {
        for (address, script) in [
            ("#don", ""),
            (
                "/don.html",
                "addEventListener('click', (event) => { if (event.composedPath().some(({ href }) => href?.endsWith('/don.html'))) {
                    event.preventDefault(); history.pushState({}, '', '/don.html'); } }, true);",
            ),
        ] {
            let attributes = format!(r#"data-policy="always" data-delay="0" data-support-url="{address}""#);
            let mut site = with_script(&attributes, script);
            for html in site.pages.values_mut() {
                *html = html.replace("</body>", &format!(r#"{}<p id="don">Un don</p></body>"#, "<p>Encore une ligne.</p>".repeat(100)));
            }
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            reader
                .click_what("[...witness.notice().querySelectorAll('a')].find((link) => link.checkVisibility())")
                .await?;
            reader.until(&format!("location.href.endsWith('{address}')")).await?;
            reader.no_notice().await?;
            reader.event("support").await?;
            reader.unharmed().await?;
            reader.usable().await?;
        }
        Ok(())
    });
}

#[test]
fn a_reader_with_ublock_origin_sees_the_notice() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site(&demo_page("index.html")?)).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        check_words(&reader, FRENCH).await?;
        reader.keep_shot("notice.png").await?;
        reader.unharmed().await
    });
}

/// In Chromium, because Firefox's window is never narrower than 500 pixels.
#[test]
fn the_notice_fits_a_phone() {
    run(async {
        let reader = Reader::new(Kind::Refusing, site(&demo_page("index.html")?)).await?;
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        reader.browser.devtools("Emulation.setDeviceMetricsOverride", phone).await?;
        let result = async {
            reader.open("/page.html").await?;
            check_words(&reader, FRENCH).await?;
            reader.keep_shot("notice-phone.png").await?;
            let edges =
                "(({ left, top, right, bottom }) => left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight)";
            let fits = format!("innerWidth === 390 && {edges}(witness.notice().getBoundingClientRect())");
            reader.expect(&fits, true).await?;
            reader.unharmed().await
        };
        let result = result.await;
        // The browser is shared.
        reader
            .browser
            .devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await?;
        result
    });
}

/// Closes the notice in one way, which the event has to name. The focus is in the notice, and returns to where it was.
#[track_caller]
fn check_closing(by: &str, close: impl AsyncFn(&Reader) -> Result<()>) {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(ALWAYS))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let show = reader.event("show").await?;
        ensure!(
            show["focus"] == "suite",
            "the link did not have the focus when the notice came: {show}"
        );
        reader.expect("witness.notice().matches(':focus-within')", true).await?;
        close(&reader).await?;
        reader.event("close").await?;
        reader.no_notice().await?;
        reader
            .expect(
                "witness.events.filter(({ name }) => name === 'close').map(({ detail }) => detail.by)",
                json!([by]),
            )
            .await?;
        reader.expect("document.activeElement.id", "suite").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn the_button_closes_the_notice() {
    check_closing("button", async |reader| reader.click_in_notice("Fermer").await);
}

#[test]
fn escape_closes_the_notice() {
    check_closing("esc", async |reader| reader.press(Key::Escape).await);
}

#[test]
fn a_click_on_the_backdrop_closes_the_notice() {
    check_closing("backdrop", async |reader| reader.click_at(5, 5).await);
}

/// Which of the three languages that are asked for is taken is held by rows, in `tests/rows/options.rs`.
#[track_caller]
fn check_language(page: &str, lang: &str, words: [&str; 3]) {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(page)).await?;
        reader.open("/page.html").await?;
        check_words(&reader, words).await?;
        reader.expect("witness.notice().lang", lang).await?;
        reader.unharmed().await
    });
}

/// The same page in English.
fn english(page: &str) -> String {
    page.replace(r#"<html lang="fr">"#, r#"<html lang="en-GB">"#)
}

#[test]
fn a_page_in_english_gets_english_words() {
    check_language(&english(&page(ALWAYS)), "en", ENGLISH);
}

#[test]
fn data_lang_fr_gives_french_words_on_a_page_in_english() {
    check_language(&english(&page(&format!(r#"{ALWAYS} data-lang="fr""#))), "fr", FRENCH);
}

#[test]
fn the_page_can_call_the_notice_off() {
    run_in(BLOCKED, async |kind| {
        let veto = "document.addEventListener('soutien:show', (event) => event.preventDefault());";
        let page = page(ALWAYS).replace("<script async", r#"<script src="/veto.js"></script><script async"#);
        let site = site(&page).with("/veto.js", javascript(veto));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.event("show").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// Names as the browser has them, and as people read them.
const NAMES: [(&str, &str); 4] = [
    ("xn--caf-dma.localhost", "café.localhost"),
    ("www.xn--caf-dma.localhost", "café.localhost"),
    ("xn--e1afmkfd.xn--p1ai.localhost", "пример.рф.localhost"),
    ("actu.xn--mgberp4a5d4ar.xn--fiqs8s.localhost", "actu.السعودية.中国.localhost"),
];

#[test]
fn the_site_has_the_name_that_people_read() {
    run_in(BLOCKED, async |kind| {
        for (name, read) in NAMES {
            let reader = Reader::new(kind, site(&page(ALWAYS))).await?;
            let port = reader.site.site.rsplit(':').next().unwrap_or_default();
            reader.open_url(&format!("http://{name}:{port}/page.html")).await?;
            reader.expect("location.hostname", name).await?;
            reader.notice().await?;
            reader.click_in_notice("Comment autoriser ce site").await?;
            reader
                .expect(
                    "witness.notice().querySelector('h2').innerText",
                    format!("Comment autoriser {read}"),
                )
                .await?;
            reader.expect("witness.notice().textContent.includes('xn--')", false).await?;
        }
        Ok(())
    });
}
