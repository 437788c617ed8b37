//! The notice: when a real blocker is there it shows, says what it should, and every way to close it works.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

use crate::browsers::{Kind, run};
use crate::reader::{Reader, demo_page, page, site};

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
    let seen = reader
        .ask("['h2', 'p', 'button'].map((tag) => witness.notice().querySelector(tag).innerText)")
        .await?;
    ensure!(seen == json!(words), "the notice says {seen}, expected {words:?}");
    Ok(())
}

/// The demo's front page, as the reader for whom all this is made gets it.
#[test]
fn a_reader_with_ublock_origin_sees_the_notice() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site(&demo_page("index.html")?)).await?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict().await?;
        ensure!(
            verdict["kind"] == "blocked" && verdict["cause"] == "extension",
            "expected blocked, found {verdict}"
        );
        check_words(&reader, FRENCH).await?;
        reader.keep_shot("notice.png").await?;
        reader.unharmed().await
    });
}

/// The same in a window as narrow as the browser allows, which is that of a large phone.
#[test]
fn the_notice_fits_a_phone() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site(&demo_page("index.html")?)).await?;
        let usual = reader.browser.get_window_rect().await?;
        reader.browser.set_window_rect(0, 0, 390, 844).await?;
        let result = async {
            reader.open("/page.html").await?;
            check_words(&reader, FRENCH).await?;
            reader.keep_shot("notice-phone.png").await?;
            println!("{}", reader.ask("[innerWidth, innerHeight]").await?);
            let edges = "(({ left, top, right, bottom }) => left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight)";
            let fits = format!("innerWidth < 500 && {edges}(witness.notice().getBoundingClientRect())");
            ensure!(reader.ask(&fits).await? == true, "the notice leaves the window");
            reader.unharmed().await
        };
        let result = result.await;
        reader.browser.set_window_rect(0, 0, usual.width as u32, usual.height as u32).await?;
        result
    });
}

/// A way to close the notice.
#[derive(Clone, Copy)]
enum Way {
    Button,
    Escape,
    Backdrop,
}

#[track_caller]
fn check_closing(kind: Kind, way: Way) {
    run(async {
        let reader = Reader::new(kind, site(&page(r#"data-policy="always" data-delay="0""#))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        let show = reader.event("show").await?;
        ensure!(
            show["focus"] == "suite",
            "the link did not have the focus when the notice came: {show}"
        );
        let inside = reader
            .ask("witness.notice().contains(witness.notice().getRootNode().activeElement)")
            .await?;
        ensure!(inside == true, "the focus is not in the notice");
        let by = match way {
            Way::Button => reader.click_in_notice("Fermer").await.map(|()| "button")?,
            Way::Escape => reader.press(Key::Escape).await.map(|()| "esc")?,
            Way::Backdrop => reader.click_at(5, 5).await.map(|()| "backdrop")?,
        };
        let close = reader.event("close").await?;
        ensure!(close["detail"] == json!({ "by": by }), "expected by {by}, found {close}");
        ensure!(reader.ask("witness.notice()").await?.is_null(), "the notice is still open");
        let focus = reader.ask("document.activeElement.id").await?;
        ensure!(focus == "suite", "the focus did not return to the link, but to {focus}");
        let closings = reader
            .ask("witness.events.filter(({ name }) => name === 'close').length")
            .await?;
        ensure!(closings == 1, "soutien:close came {closings} times");
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn the_button_closes_the_notice_with_ublock_origin() {
    check_closing(Kind::Ublock, Way::Button);
}

#[test]
fn escape_closes_the_notice_with_ublock_origin() {
    check_closing(Kind::Ublock, Way::Escape);
}

#[test]
fn the_backdrop_closes_the_notice_with_ublock_origin() {
    check_closing(Kind::Ublock, Way::Backdrop);
}

#[test]
fn the_button_closes_the_notice_in_chromium() {
    check_closing(Kind::Refusing, Way::Button);
}

#[test]
fn escape_closes_the_notice_in_chromium() {
    check_closing(Kind::Refusing, Way::Escape);
}

#[test]
fn the_backdrop_closes_the_notice_in_chromium() {
    check_closing(Kind::Refusing, Way::Backdrop);
}

#[track_caller]
fn check_language(kind: Kind, page: &str, words: [&str; 3]) {
    run(async {
        let reader = Reader::new(kind, site(page)).await?;
        reader.open("/page.html").await?;
        check_words(&reader, words).await?;
        let lang = if words == ENGLISH { "en" } else { "fr" };
        let found = reader.ask("witness.notice().lang").await?;
        ensure!(found == lang, "the notice says that its language is {found}, expected {lang}");
        reader.unharmed().await
    });
}

const ALWAYS: &str = r#"data-policy="always" data-delay="0""#;

#[test]
fn data_lang_en_gives_english_words() {
    check_language(Kind::Ublock, &page(&format!(r#"{ALWAYS} data-lang="en""#)), ENGLISH);
}

#[test]
fn a_page_in_english_gets_english_words() {
    check_language(
        Kind::Ublock,
        &page(ALWAYS).replace(r#"lang="fr""#, r#"lang="en-GB""#),
        ENGLISH,
    )
}

#[test]
fn data_lang_fr_gives_french_words_on_a_page_in_english() {
    let page = page(&format!(r#"{ALWAYS} data-lang="fr""#)).replace(r#"<html lang="fr">"#, r#"<html lang="en">"#);
    check_language(Kind::Refusing, &page, FRENCH);
}

#[test]
fn the_page_can_call_the_notice_off() {
    run(async {
        let reader = Reader::new(Kind::Refusing, site(&page(r#"data-policy="always" data-delay="1s""#))).await?;
        reader.open("/page.html").await?;
        reader
            .ask("document.addEventListener('soutien:show', (event) => event.preventDefault())")
            .await?;
        reader.event("show").await?;
        reader.ask("witness.settled().then(() => true)").await?;
        ensure!(
            reader.ask("witness.notice()").await?.is_null(),
            "a notice is open, though soutien:show was cancelled"
        );
        reader.unharmed().await?;
        reader.usable().await
    });
}
