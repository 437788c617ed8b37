//! The controls of a page: back to top, the search popup, the side panel.

mod panels;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_project::extension::Target;
use soutien_testbed::server::Answer;
use soutien_testbed::session;
use soutien_testbed::webdriver::Certificates;
use support::browsers::{CLEAR, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With, demo_page, javascript, page, site};
use support::waiting::SLOW;
use thirtyfour::Key;

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

/// Our button, wherever its host is.
const BUTTON: &str =
    "[...document.querySelectorAll('*')].map((element) => element.shadowRoot?.querySelector('button[data-top]')).find(Boolean)";

/// A page with a style sheet of its own, and with text of this length in an element with the id `app`.
async fn styled(kind: Kind, rules: &str, markup: &str, n_lines: usize) -> Result<Reader> {
    let lines = "<p>Encore des nouvelles.</p>\n".repeat(n_lines);
    let html = page("")
        .replace("</head>", r#"<link rel="stylesheet" href="/page.css"></head>"#)
        .replace("<body>", r#"<body><div id="app">"#)
        .replace("</body>", &format!("{lines}{markup}</div></body>"));
    let css = Answer::Body {
        mime: "text/css".into(),
        text: rules.into(),
    };
    let reader = Reader::new(kind, site(&html).with("/page.css", css)).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    Ok(reader)
}

/// The page's own link, where it shows at any place of the page.
const LINK: &str = r##"<a id="retour" data-top href="#haut">Haut</a>"##;
const FIXED: &str = "#retour { position: fixed; right: 20px; bottom: 20px; }";

/// Whether what an expression gives can be seen in the window, as JavaScript.
fn is_in_sight(control: &str) -> String {
    format!(
        "((control) => !!control?.checkVisibility({{ visibilityProperty: true }}) && (({{ top, bottom }}) =>
            top > innerHeight / 2 && bottom <= innerHeight)(control.getBoundingClientRect()))({control})"
    )
}

#[test]
fn back_to_top_goes_where_the_reader_has_scrolled() {
    let ways = [
        ("document.documentElement", ""),
        (
            "document.querySelector('#app')",
            "html, body { height: 100%; overflow: hidden; margin: 0 } #app { height: 100%; overflow: auto }",
        ),
        (
            "document.body",
            "html { overflow: hidden } body { height: 100vh; overflow: auto; margin: 0 }",
        ),
        ("document.body", "html, body { height: 100%; overflow-x: hidden; margin: 0 }"),
        (
            "document.querySelector('#app')",
            "#app { height: 100vh; overflow: auto } body { padding-bottom: 100px; margin: 0 }",
        ),
    ];
    run_in(CLEAR, async |kind| {
        for (scroller, rules) in ways {
            for (markup, control) in [(LINK, "document.querySelector('#retour')"), ("", BUTTON)] {
                let reader = styled(kind, &format!("{FIXED} {rules}"), markup, 200).await?;
                let case = format!("{rules} {markup}");
                // Nobody has scrolled: there is nothing of ours, and the page's own link is as it was sent.
                reader.expect(&format!("!!{BUTTON}"), false).await?;
                reader
                    .expect(
                        "document.querySelector('#retour')?.outerHTML ?? ''",
                        markup.replace("data-top", "data-top=\"\""),
                    )
                    .await?;
                for _ in 0..2 {
                    reader.ask(&format!("({scroller}.scrollTop = 40, 0)")).await?;
                    reader
                        .until(&format!("!{}", is_in_sight(control)))
                        .await
                        .with_context(|| case.clone())?;
                    reader.ask(&format!("({scroller}.scrollTop = 3000, 0)")).await?;
                    reader
                        .expect(&format!("{scroller}.scrollTop"), 3_000)
                        .await
                        .with_context(|| case.clone())?;
                    reader.until(&is_in_sight(control)).await.with_context(|| case.clone())?;
                    reader.click_what(control).await?;
                    reader
                        .until(&format!("{scroller}.scrollTop === 0 && scrollY === 0"))
                        .await
                        .with_context(|| case.clone())?;
                    reader.until(&format!("!{}", is_in_sight(control))).await?;
                }
                reader.unharmed().await?;
            }
        }
        Ok(())
    });
}

/// What is never scrolled by half a screen cannot show it again.
#[test]
fn the_link_of_a_page_that_hardly_scrolls_stays() {
    run_in(CLEAR, async |kind| {
        let shows = "document.querySelector('#retour').checkVisibility({ visibilityProperty: true })";
        for (rules, y, done) in [
            ("body { height: 120vh; margin: 0; overflow: clip }", 100, "scrollY === 0"),
            // A script scrolls it in a way of its own.
            (
                "html { overflow: hidden } body { height: 5000px }",
                0,
                "location.hash === '#haut'",
            ),
        ] {
            let reader = styled(kind, &format!("{FIXED} {rules}"), LINK, 2).await?;
            reader.ask(&format!("scrollTo({{ top: {y}, behavior: 'instant' }})")).await?;
            reader.expect("scrollY", y).await?;
            reader.settled().await?;
            reader.expect(shows, true).await?;
            reader.click("#retour").await?;
            reader.until(done).await?;
            reader.unharmed().await?;
        }
        // A menu of the page and a text field are no pages.
        let reader = styled(
            kind,
            "#app { width: 200px; height: 90vh; overflow: auto } .zone { height: 50px }",
            "",
            200,
        )
        .await?;
        reader.ask("(document.querySelector('#app').scrollTop = 2000, 0)").await?;
        reader.settled().await?;
        reader.expect("document.querySelector('#app').scrollTop", 2_000).await?;
        reader.expect(&format!("!!{BUTTON}"), false).await?;
        reader.unharmed().await
    });
}

/// There, `position: fixed` is not the window's edge. Our button is at it nevertheless, or nowhere.
#[test]
fn our_button_is_at_the_edge_of_the_window_or_nowhere() {
    run_in(CLEAR, async |kind| {
        for rule in [
            "filter: grayscale(1)",
            "transform: translateZ(0)",
            "will-change: transform",
            "contain: paint",
            "perspective: 100px",
        ] {
            // A page that is so from the beginning, and one where a switch makes it so.
            for is_late in [false, true] {
                let class = if is_late { ".gris" } else { "" };
                let reader = styled(kind, &format!("body{class} {{ {rule} }}"), "", 200).await?;
                reader.ask("scrollTo({ top: 2000, behavior: 'instant' })").await?;
                reader.until(&is_in_sight(BUTTON)).await.context(rule)?;
                if is_late {
                    // At once, since a scroll of before may still be told of.
                    reader
                        .expect(&format!("(document.body.className = 'gris', {})", is_in_sight(BUTTON)), false)
                        .await?;
                }
                // At the end of the page, both edges are the same.
                for y in [1_500, 20_000, 2_500] {
                    reader.ask(&format!("scrollTo({{ top: {y}, behavior: 'instant' }})")).await?;
                    reader.settled().await?;
                    reader
                        .expect(&is_in_sight(BUTTON), true)
                        .await
                        .with_context(|| format!("{rule} {y}"))?;
                }
                reader.click_what(BUTTON).await?;
                reader.until(&format!("scrollY === 0 && !{BUTTON}")).await?;
                reader.unharmed().await?;
            }
        }
        // Where the root itself is so, there is no such place.
        let reader = styled(kind, "html { transform: translateZ(0) }", "", 200).await?;
        reader.ask("scrollTo({ top: 2000, behavior: 'instant' })").await?;
        reader.settled().await?;
        reader.expect(&format!("!!{BUTTON}"), false).await?;
        drop(reader);
        // A rule for elements that are like our host does nothing to it.
        for rule in [
            "div:empty { display: none }",
            "body > div:not([class]):not(#app) { display: none; opacity: 0 }",
        ] {
            let reader = styled(kind, rule, "", 200).await?;
            reader.ask("scrollTo({ top: 2000, behavior: 'instant' })").await?;
            reader.until(&is_in_sight(BUTTON)).await.context(rule)?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

#[test]
fn nothing_of_ours_is_printed() {
    run(async {
        let reader = styled(Kind::Chromium, "", "", 200).await?;
        reader.ask("scrollTo({ top: 2000, behavior: 'instant' })").await?;
        reader.until(&is_in_sight(BUTTON)).await?;
        reader
            .browser
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await?;
        let printed = reader
            .ask(&format!("[matchMedia('print').matches, {BUTTON}.checkVisibility()]"))
            .await;
        reader
            .browser
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "" }))
            .await?;
        let printed = printed?;
        ensure!(printed == json!([true, false]), "{printed}");
        Ok(())
    });
}

/// A browser without them hides nothing: the page's own link must stay where it is.
#[test]
fn browsers_without_constructable_style_sheets_have_the_link_at_the_top_as_well() {
    run_in(CLEAR, async |kind| {
        let html = page("")
            .replace("</head>", r#"<script src="/old.js"></script></head>"#)
            .replace(
                "</body>",
                &format!(
                    "{}{LINK}<div id=\"menu\"><button data-close=\"#menu\">Fermer</button></div></body>",
                    "<p>Encore des nouvelles.</p>".repeat(200)
                ),
            );
        let old = javascript(
            "delete window.CSSStyleSheet; delete Document.prototype.adoptedStyleSheets; delete ShadowRoot.prototype.adoptedStyleSheets;",
        );
        let reader = Reader::new(kind, site(&html).with("/old.js", old)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.expect("window.CSSStyleSheet === undefined", true).await?;
        let shows = "document.querySelector('#retour').checkVisibility({ visibilityProperty: true })";
        for (y, state) in [(0, ""), (2_000, "shown"), (20, "hidden")] {
            reader.ask(&format!("scrollTo(0, {y})")).await?;
            reader
                .until(&format!("document.querySelector('#retour').dataset.top === '{state}'"))
                .await?;
            reader.expect(shows, true).await?;
        }
        reader.ask("document.querySelector('#retour').click()").await?;
        reader.event("top").await?;
        reader.until("scrollY === 0").await?;
        reader.ask("document.querySelector('#retour').remove()").await?;
        reader.ask("scrollTo(0, 2000)").await?;
        reader.until(&is_in_sight(BUTTON)).await?;
        // What a rule shows stays, and nothing is thrown into the page.
        reader
            .ask("(document.querySelector('#menu').style.display = 'flex', 0)")
            .await?;
        reader.ask("document.querySelector('#menu button').click()").await?;
        reader.until("document.querySelector('#menu').hidden").await?;
        reader.unharmed().await
    });
}

#[test]
fn after_back_to_top_tab_finds_the_link_to_the_content_however_the_control_is_made() {
    run_in(CLEAR, async |kind| {
        for control in [
            r##"<a id="retour" data-top href="#">Haut</a>"##,
            r##"<a id="retour" data-top href="#top">Haut</a>"##,
            r##"<a id="retour" data-top href="#haut">Haut</a>"##,
            r#"<button id="retour" data-top>Haut</button>"#,
        ] {
            let skip = r##"<body><a id="evitement" href="#suite">Aller au contenu</a>"##;
            let long = "<p>Encore des nouvelles.</p>".repeat(200);
            let html = page("").replace("<body>", skip).replace(
                "</body>",
                &format!("{long}{control}<a id=\"fin\" href=\"/fin\">Fin</a></body>"),
            );
            let reader = reader_of(kind, &html).await?;
            // By the keyboard alone, twice.
            for n_times in 1..3 {
                reader.ask("scrollTo(0, 20000)").await?;
                reader
                    .until("document.querySelector('#retour').checkVisibility({ visibilityProperty: true })")
                    .await?;
                reader.ask("document.querySelector('#retour').focus()").await?;
                check_focus(&reader, "#retour").await?;
                reader.press(Key::Enter).await?;
                reader
                    .until(&format!(
                        "scrollY === 0 && witness.events.filter(({{ name }}) => name === 'top').length === {n_times}"
                    ))
                    .await?;
                reader.expect("document.querySelectorAll('[tabindex]').length", 1).await?;
                reader.press(Key::Tab).await?;
                check_focus(&reader, "#evitement").await?;
            }
            reader.unharmed().await?;
        }
        Ok(())
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
        let running = soutien_testbed::server::start(site(&html))?;
        let browser = session::start(Target::Chromium, &Target::Chromium.folder(true), None, Certificates::Vouched).await?;
        browser.goto(session::popup(Target::Chromium)).await?;
        session::ask(&browser, json!({ "kind": "lists", "text": ANNOYANCES })).await?;
        session::ask(&browser, json!({ "kind": "select", "profile": "your-lists" })).await?;
        browser.goto(format!("{}/page.html", running.site)).await?;
        // The lists are at work.
        let is_hidden = "document.querySelector('#back-top').offsetHeight === 0 && !!window.Soutien?.verdict";
        ensure!(
            session::wait(&browser, is_hidden, SLOW).await?.is_some(),
            "the page's own control shows"
        );
        session::evaluate(&browser, "scrollTo(0, document.documentElement.scrollHeight)").await?;
        let shows = "[...document.querySelectorAll('body *')].some(({ shadowRoot }) =>
            shadowRoot?.querySelector('[data-top]')?.checkVisibility({ visibilityProperty: true }))";
        ensure!(
            session::wait(&browser, shows, SLOW).await?.is_some(),
            "our control does not show"
        );
        Ok(())
    });
}
