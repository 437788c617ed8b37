//! The page's own controls on the demo's front page: back to top, the search popup, the side panel.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::browsers::{Kind, run};
use crate::reader::{Reader, demo_page, page, site};

const MENU: &str = "a[href='#menu']";
const SEARCH: &str = "button[popovertarget='recherche']";

/// A reader on the demo's front page, with the module running.
async fn front_page(kind: Kind) -> Result<Reader> {
    let reader = Reader::new(kind, site(&demo_page("index.html")?)).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    Ok(reader)
}

async fn check_focus(reader: &Reader, selector: &str) -> Result<()> {
    let has_focus = format!("document.activeElement === document.querySelector(`{selector}`)");
    let focus = async || reader.ask("document.activeElement.outerHTML.slice(0, 80)").await;
    ensure!(
        reader.until(&has_focus).await.is_ok(),
        "expected the focus on {selector}, found it on {}",
        focus().await?
    );
    Ok(())
}

#[track_caller]
fn check_back_to_top(kind: Kind) {
    run(async {
        let reader = front_page(kind).await?;
        let control = "document.querySelector('[data-top]')";
        let hidden = format!("getComputedStyle({control}).visibility === 'hidden'");
        reader.until(&hidden).await?;
        reader
            .expect(&format!("({control}.focus(), document.activeElement === {control})"), false)
            .await?;

        reader.ask("scrollTo(0, document.documentElement.scrollHeight)").await?;
        reader
            .until(&format!("getComputedStyle({control}).visibility === 'visible'"))
            .await?;
        reader.click("[data-top]").await?;
        reader.event("top").await?;
        reader.until("scrollY === 0").await?;
        check_focus(&reader, "#haut").await?;
        reader.until(&hidden).await?;
        reader.unharmed().await
    });
}

#[test]
fn back_to_top_scrolls_and_moves_the_focus_in_chromium() {
    check_back_to_top(Kind::Chromium);
}

#[test]
fn back_to_top_scrolls_and_moves_the_focus_in_firefox() {
    check_back_to_top(Kind::Firefox);
}

/// A page without a link of its own gets a button, in the language of the page.
#[test]
fn a_page_without_a_link_to_its_top_gets_a_button() {
    run(async {
        let long = page("").replace("</body>", &format!("{}</body>", "<p>Encore des nouvelles.</p>\n".repeat(200)));
        let reader = Reader::new(Kind::Chromium, site(&long)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let control =
            "[...document.body.children].map((child) => child.shadowRoot?.querySelector('button')).find((button) => button)";
        reader
            .expect(&format!("{control}.checkVisibility({{ visibilityProperty: true }})"), false)
            .await?;
        reader.ask("scrollTo(0, 5000)").await?;
        reader
            .until(&format!("{control}.checkVisibility({{ visibilityProperty: true }})"))
            .await?;
        reader
            .until(&format!("{control}.ariaLabel === 'Retour en haut de la page'"))
            .await?;
        let button = reader
            .browser
            .execute(format!("return {control};"), vec![])
            .await?
            .element()?;
        button.click().await?;
        reader.event("top").await?;
        reader.until("scrollY === 0").await?;
        check_focus(&reader, "h1").await?;
        reader.unharmed().await
    });
}

/// Opens a panel with its opener and closes it again.
#[track_caller]
fn check_panel(kind: Kind, opener: &str, panel: &str, close: impl AsyncFn(&Reader) -> Result<()>) {
    run(async {
        let reader = front_page(kind).await?;
        let shows = format!("document.querySelector('{panel}').checkVisibility({{ visibilityProperty: true }})");
        reader.expect(&shows, false).await?;
        // Twice, because what was closed has to open again.
        for _ in 0..2 {
            reader.click(opener).await?;
            reader.until(&shows).await?;
            reader
                .until(&format!("document.querySelector('{panel}').contains(document.activeElement)"))
                .await?;
            check_expanded(&reader, opener, "true").await?;
            close(&reader).await?;
            reader.until(&format!("!{shows}")).await?;
            check_focus(&reader, opener).await?;
            check_expanded(&reader, opener, "false").await?;
        }
        reader.unharmed().await
    });
}

/// A popover's button needs no attribute, because the browser itself says whether it is open.
async fn check_expanded(reader: &Reader, opener: &str, expected: &str) -> Result<()> {
    let attribute = format!("document.querySelector(`{opener}`).getAttribute('aria-expanded')");
    let expands = format!("document.querySelector(`{opener}`).popoverTargetElement || {attribute} === '{expected}'");
    ensure!(
        reader.until(&expands).await.is_ok(),
        "expected aria-expanded={expected}, found {}",
        reader.ask(&attribute).await?
    );
    Ok(())
}

#[test]
fn the_side_panel_closes_by_its_button_in_chromium() {
    check_panel(Kind::Chromium, MENU, "#menu", async |reader| {
        reader.click("#menu [data-close]").await
    });
}

#[test]
fn the_side_panel_closes_by_its_button_in_firefox() {
    check_panel(Kind::Firefox, MENU, "#menu", async |reader| {
        reader.click("#menu [data-close]").await
    });
}

#[test]
fn the_side_panel_closes_by_escape_in_chromium() {
    check_panel(Kind::Chromium, MENU, "#menu", async |reader| reader.press(Key::Escape).await);
}

#[test]
fn the_side_panel_closes_by_escape_in_firefox() {
    check_panel(Kind::Firefox, MENU, "#menu", async |reader| reader.press(Key::Escape).await);
}

#[test]
fn the_search_popup_closes_by_its_button_in_chromium() {
    check_panel(Kind::Chromium, SEARCH, "#recherche", async |reader| {
        reader.click("#recherche [data-close]").await
    });
}

#[test]
fn the_search_popup_closes_by_its_button_in_firefox() {
    check_panel(Kind::Firefox, SEARCH, "#recherche", async |reader| {
        reader.click("#recherche [data-close]").await
    });
}

#[test]
fn the_search_popup_closes_by_escape_in_chromium() {
    check_panel(Kind::Chromium, SEARCH, "#recherche", async |reader| {
        reader.press(Key::Escape).await
    });
}

#[test]
fn the_search_popup_closes_by_escape_in_firefox() {
    check_panel(Kind::Firefox, SEARCH, "#recherche", async |reader| {
        reader.press(Key::Escape).await
    });
}
