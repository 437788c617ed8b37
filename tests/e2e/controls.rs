//! The controls of a page: back to top, the search popup, the side panel.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use thirtyfour::Key;
use xtask::extension::{Target, session};
use xtask::server::Answer;
use xtask::webdriver::Certificates;

use crate::browsers::{CLEAR, Kind, run, run_in};
use crate::reader::{Reader, With, demo_page, page, site};

/// How long the extension may take to read its lists.
const LIMIT: Duration = Duration::from_secs(30);

const MENU: [&str; 2] = ["a[href='#menu']", "#menu"];
const SEARCH: [&str; 2] = ["button[popovertarget='recherche']", "#recherche"];

/// A reader on a page, with the module running.
async fn reader_of(kind: Kind, page: &str) -> Result<Reader> {
    let reader = Reader::new(kind, site(page)).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    Ok(reader)
}

/// Waits until an element has the focus.
async fn check_focus(reader: &Reader, selector: &str) -> Result<()> {
    let is_focused = reader
        .until(&format!(r#"document.activeElement === document.querySelector("{selector}")"#))
        .await;
    let focus = reader.ask("document.activeElement.outerHTML.slice(0, 80)").await?;
    is_focused
        .with_context(|| format!("expected the focus on {selector}, found it on {focus}"))
        .map(drop)
}

/// Where the control is, as JavaScript, hidden at the top; it shows further down and goes to the top, from where Tab finds what comes first on
/// the page.
async fn check_back_to_top(reader: &Reader, control: &str, first: &str) -> Result<()> {
    let shows = format!("!!{control}?.checkVisibility({{ visibilityProperty: true }})");
    reader.until(&format!("!{shows}")).await?;
    reader
        .expect(&format!("({control}?.focus(), !!{control}?.matches(':focus'))"), false)
        .await?;
    reader.ask("scrollTo(0, document.documentElement.scrollHeight)").await?;
    reader.until(&shows).await?;
    reader.click_what(control).await?;
    reader.event("top").await?;
    reader.until("scrollY === 0").await?;
    reader.until(&format!("!{shows}")).await?;
    reader.press(Key::Tab).await?;
    check_focus(reader, first).await?;
    // Nothing is left on what had the focus for a moment.
    reader
        .expect(
            "document.body.hasAttribute('tabindex') || document.documentElement.hasAttribute('tabindex')",
            false,
        )
        .await?;
    reader.unharmed().await
}

#[test]
fn back_to_top_shows_after_scrolling_and_takes_the_focus_along() {
    run_in(CLEAR, async |kind| {
        let reader = reader_of(kind, &demo_page("index.html")?).await?;
        check_back_to_top(&reader, "document.querySelector('[data-top]')", ".evitement").await
    });
}

#[test]
fn a_page_without_a_link_to_its_top_gets_a_button() {
    run_in(CLEAR, async |kind| {
        let long = "<p>Encore des nouvelles.</p>\n".repeat(200) + r#"<a href="/fin">Fin</a>"#;
        // Our tag has an attribute of the name that marks such a link, and is none.
        let reader = reader_of(kind, &page(r#"data-top="on""#).replace("</body>", &format!("{long}</body>"))).await?;
        let button =
            "[...document.body.children].map((child) => child.shadowRoot?.querySelector('button')).find((button) => button)";
        check_back_to_top(&reader, button, "#suite").await?;

        // Who goes there by the keyboard sees where the focus is.
        reader.ask("scrollTo(0, document.documentElement.scrollHeight)").await?;
        reader
            .until(&format!("{button}?.ariaLabel === 'Retour en haut de la page'"))
            .await?;
        reader.ask("document.querySelector('a[href=\"/fin\"]').focus()").await?;
        reader.press(Key::Tab).await?;
        let is_there = format!("{button}.matches(':focus-visible')");
        reader.expect(&is_there, true).await?;
        reader
            .expect(&format!("getComputedStyle({button}).outlineStyle === 'none'"), false)
            .await
    });
}

/// Opens a panel with its opener and closes it, twice, because what was closed has to open again.
#[track_caller]
fn check_panel([opener, panel]: [&str; 2], close: impl AsyncFn(&Reader) -> Result<()>) {
    run_in(CLEAR, async |kind| {
        let reader = reader_of(kind, &demo_page("index.html")?).await?;
        let shows = format!(r#"document.querySelector("{panel}").checkVisibility({{ visibilityProperty: true }})"#);
        reader.expect(&shows, false).await?;
        for _ in 0..2 {
            reader.click(opener).await?;
            reader.until(&shows).await?;
            reader.rest(&format!(r#"document.querySelector("{panel}")"#)).await?;
            reader
                .until(&format!(r#"document.querySelector("{panel}").matches(":focus-within")"#))
                .await?;
            check_expanded(&reader, opener, true).await?;
            close(&reader).await?;
            reader.until(&format!("!{shows}")).await?;
            check_focus(&reader, opener).await?;
            check_expanded(&reader, opener, false).await?;
        }
        reader.unharmed().await
    });
}

/// The button of a popover needs no attribute, because the browser itself tells assistive technology whether it is open.
async fn check_expanded(reader: &Reader, opener: &str, expected: bool) -> Result<()> {
    let opener = format!(r#"document.querySelector("{opener}")"#);
    reader
        .until(&format!(
            "{opener}.popoverTargetElement || {opener}.ariaExpanded === '{expected}'"
        ))
        .await
        .map(drop)
}

#[test]
fn the_side_panel_closes_by_its_button() {
    check_panel(MENU, async |reader| reader.click("#menu [data-close]").await);
}

#[test]
fn the_side_panel_closes_by_escape() {
    check_panel(MENU, async |reader| reader.press(Key::Escape).await);
}

#[test]
fn the_search_popup_closes_by_its_button() {
    check_panel(SEARCH, async |reader| reader.click("#recherche [data-close]").await);
}

#[test]
fn the_search_popup_closes_by_escape() {
    check_panel(SEARCH, async |reader| reader.press(Key::Escape).await);
}

/// The side panel of the theme of the page that started this, as its script has it: a class opens it, slowly. `closing` is what the script does
/// besides when its close control is clicked.
#[track_caller]
fn check_theme_panel(closing: &str, close: impl AsyncFn(&Reader) -> Result<()>) {
    run_in(CLEAR, async |kind| {
        let markup = r##"<div id="container">
            <a class="side-aside-nav-icon" href="#">Menu</a>
            <aside class="side-aside"><a class="close-side-aside" href="#">Fermer</a> <a href="/monde">Monde</a></aside>
        </div><p>"##;
        let style = ".side-aside { position: fixed; right: 0; visibility: hidden; transition: visibility 0.3s }
            .side-aside-open .side-aside { visibility: visible }";
        let script = format!(
            "const {{ classList }} = document.querySelector('#container');
            document.querySelector('.side-aside-nav-icon').addEventListener('click', (event) => {{
                event.preventDefault(); event.stopPropagation(); classList.add('side-aside-open'); }});
            document.querySelector('.close-side-aside').addEventListener('click', (event) => {{
                classList.remove('side-aside-open'); {closing} }});
            document.addEventListener('keydown', ({{ key }}) => {{ if (key === 'Escape') classList.remove('side-aside-open'); }});"
        );
        let head = r#"<link rel="stylesheet" href="/theme.css"><script defer src="/theme.js"></script></head>"#;
        let page = page("").replace("</head>", head).replacen("<p>", markup, 1);
        let file = |mime: &str, text: &str| Answer::Body {
            mime: mime.into(),
            text: text.into(),
        };
        let options = site(&page)
            .with("/theme.css", file("text/css", style))
            .with("/theme.js", file("text/javascript", &script));
        let reader = Reader::new(kind, options).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let shows = "document.querySelector('.side-aside').checkVisibility({ visibilityProperty: true })";
        // Twice, because what was closed has to open again.
        for _ in 0..2 {
            reader.click(".side-aside-nav-icon").await?;
            reader.until(shows).await?;
            reader.rest("document.querySelector('.side-aside')").await?;
            close(&reader).await?;
            reader.until(&format!("!{shows}")).await?;
        }
        reader.unharmed().await
    });
}

#[test]
fn the_panel_of_a_theme_closes_by_its_control_and_opens_again() {
    for closing in ["", "event.preventDefault(); event.stopPropagation();"] {
        check_theme_panel(closing, async |reader| reader.click(".close-side-aside").await);
    }
}

#[test]
fn the_panel_of_a_theme_closes_by_escape_and_opens_again() {
    check_theme_panel("", async |reader| reader.press(Key::Escape).await);
}

#[test]
fn the_panel_of_a_theme_whose_script_did_not_come_closes_all_the_same() {
    run_in(CLEAR, async |kind| {
        let panel = r##"<aside class="side-aside"><a class="close-side-aside" href="#">Fermer</a></aside><p>"##;
        let reader = reader_of(kind, &page("").replacen("<p>", panel, 1)).await?;
        reader.click(".close-side-aside").await?;
        reader
            .until("!document.querySelector('.side-aside').checkVisibility()")
            .await?;
        reader.unharmed().await
    });
}

/// What lists against annoyances say of back-to-top controls; those lists are in no package that a set-up could take them from.
const ANNOYANCES: &str =
    "###go-to-top\n##.go-to-top\n##.go-to-top-button\n###back-top\n##.back-to-top\n##[class*=\"scroll-top\"]\n";

#[test]
fn our_back_to_top_control_outlives_lists_against_annoyances() {
    run(async {
        let long = "<p>Encore des nouvelles.</p>\n".repeat(200);
        let html = page("").replace(
            "</body>",
            &format!(r##"{long}<a id="back-top" href="#haut">Haut</a></body>"##),
        );
        let running = xtask::server::start(site(&html))?;
        let browser = session::start(Target::Chromium, true, None, Certificates::Vouched).await?;
        browser.goto(session::popup(Target::Chromium)).await?;
        session::ask(&browser, json!({ "kind": "lists", "text": ANNOYANCES })).await?;
        session::ask(&browser, json!({ "kind": "select", "profile": "your-lists" })).await?;
        browser.goto(format!("{}/page.html", running.site)).await?;
        // The lists are at work.
        let is_hidden = "document.querySelector('#back-top').offsetHeight === 0 && !!window.Soutien?.verdict";
        ensure!(
            session::wait(&browser, is_hidden, LIMIT).await?.is_some(),
            "the page's own control shows"
        );
        session::evaluate(&browser, "scrollTo(0, document.documentElement.scrollHeight)").await?;
        let shows = "[...document.querySelectorAll('body *')].some(({ shadowRoot }) =>
            shadowRoot?.querySelector('[data-top]')?.checkVisibility({ visibilityProperty: true }))";
        ensure!(
            session::wait(&browser, shows, LIMIT).await?.is_some(),
            "our control does not show"
        );
        Ok(())
    });
}
