//! The side panel and the search popup.

use anyhow::Result;
use serde_json::json;
use soutien_testbed::server::Answer;
use support::browsers::{CLEAR, run_in};
use support::reader::Reader;
use support::site::{With, demo_page, page, site};
use thirtyfour::Key;

use super::{MENU, SEARCH, check_focus, reader_of, styled};

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

/// A page gives its panel a `display`, and `hidden` has no say then.
#[test]
fn a_panel_that_a_rule_shows_although_it_is_hidden_closes_and_opens_again() {
    run_in(CLEAR, async |kind| {
        let markup = r##"<p><a id="menu" href="#rubriques">Rubriques</a></p>
            <div id="rubriques" class="drawer"><button data-close="#rubriques">Fermer</button></div>"##;
        let rules = ".drawer { display: flex; position: fixed; top: 0; right: 0 } .drawer:not(:target) { opacity: 0.9 }";
        let reader = styled(kind, rules, markup, 2).await?;
        let shows = "document.querySelector('#rubriques').checkVisibility()";
        for _ in 0..2 {
            reader.until(shows).await?;
            // What closes comes in a file of its own.
            reader
                .until("performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/panels.js') && responseEnd)")
                .await?;
            reader.settled().await?;
            reader.click("#rubriques button").await?;
            reader.until(&format!("!{shows}")).await?;
            // Nothing but what is said of it is written into it.
            reader
                .expect("document.querySelector('#rubriques').getAttribute('style')", json!(null))
                .await?;
            reader.click("#menu").await?;
        }
        reader.until(shows).await?;
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
