//! What is ours by its name and value, and what only has a name like ours: other scripts' markup is neither hidden nor closed nor clicked, and
//! their attributes on our tag are no problem.

use anyhow::Result;
use serde_json::json;
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, page, site};
use thirtyfour::Key;

use soutien_testbed::server::{Answer, Options};

/// A long page with markup at its beginning, and with a script of its own that counts clicks on what has a class `counts`.
fn site_with(attributes: &str, markup: &str) -> Options {
    let long = "<p>Encore des nouvelles.</p>\n".repeat(200);
    let html = page(attributes)
        .replace("</head>", r#"<script defer src="/count.js"></script></head>"#)
        .replacen("<h1", &format!("{markup}<h1"), 1)
        .replace("</body>", &format!("{long}</body>"));
    site(&html).with(
        "/count.js",
        javascript(
            "witness.counts = []; for (const element of document.querySelectorAll('.counts'))
                element.addEventListener('click', () => witness.counts.push(element.id));",
        ),
    )
}

async fn reader_of(kind: Kind, attributes: &str, markup: &str) -> Result<Reader> {
    let reader = Reader::new(kind, site_with(attributes, markup)).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    Ok(reader)
}

/// What has a name of a bait's is filled by the page's own script, which finds it by that name while the baits are there.
#[test]
fn the_pages_scripts_find_their_own_elements_by_the_names_of_our_baits() {
    for kinds in [CLEAR, BLOCKED] {
        run_in(kinds, async |kind| {
            let markup =
                r#"<div class="ad-leaderboard bloc-pub">a</div><div id="ad-slot">b</div><div class="mpu-wrapper">c</div>"#;
            let names = [".ad-leaderboard", ".bloc-pub", "#ad-slot", ".mpu-wrapper"];
            let script = format!(
                "witness.taken = [];
                new MutationObserver(() => {{
                    // The control: the baits are there.
                    witness.hasSeen ||= !!document.querySelector('head .ad_wrapper');
                    witness.taken.push(...{}.filter((name) => !document.body.contains(document.querySelector(name))));
                }}).observe(document.head, {{ childList: true }});",
                json!(names)
            );
            let site = site_with(r#"data-policy="always" data-delay="0""#, markup).with("/count.js", javascript(script));
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            reader.verdict(if kinds == CLEAR { "clear" } else { "blocked" }).await?;
            reader.expect("witness.hasSeen", true).await?;
            reader.expect("witness.taken", json!([])).await?;
            reader.unharmed().await
        });
    }
}

/// Whether an element shows, as JavaScript.
fn shows(selector: &str) -> String {
    format!("document.querySelector(\"{selector}\").checkVisibility({{ visibilityProperty: true }})")
}

/// Asserts that nothing was told of, and nothing went wrong.
async fn check_silence(reader: &Reader) -> Result<()> {
    reader.settled().await?;
    reader
        .expect("witness.events.filter(({ name }) => name === 'problem')", json!([]))
        .await?;
    reader.expect("witness.warnings", json!([])).await?;
    reader.unharmed().await
}

const SCROLL_DOWN: &str = "scrollTo({ top: 2000, behavior: 'instant' })";
const SCROLL_UP: &str = "scrollTo({ top: 0, behavior: 'instant' })";
const OUR_BUTTON: &str = "!!witness.inShadow('button[data-top]')";

#[test]
fn other_scripts_attributes_for_scrolling_hide_nothing_and_swallow_no_click() {
    run_in(CLEAR, async |kind| {
        // skrollr's, on a header with a link, on a link and on a button; a target of links that has the name of a theme's control.
        let markup = r##"<header id="go-to-top"><div id="tete" data-top="opacity:1" data-top-bottom="opacity:0"><a id="fragment" href="#suite">Suite</a></div>
            <a id="lien" data-top="top:0" href="#suite">Lien</a> <button id="bouton" class="counts" data-top="@class:a">Bouton</button>
            <div id="vide" data-top="">Vide</div></header>"##;
        let reader = reader_of(kind, "", markup).await?;
        for selector in ["#go-to-top", "#tete", "#lien", "#bouton", "#vide"] {
            reader.expect(&shows(selector), true).await?;
        }
        reader.click("#bouton").await?;
        reader.expect("witness.counts", json!(["bouton"])).await?;
        reader.click("#fragment").await?;
        reader.until("location.hash === '#suite'").await?;
        reader.ask("location.hash = ''").await?;
        // None of them is the way back to the top, so there is ours, and their values are as they were.
        reader.ask(SCROLL_DOWN).await?;
        reader.until(OUR_BUTTON).await?;
        reader.click("#lien").await?;
        reader.until("location.hash === '#suite'").await?;
        reader
            .expect(
                "[...document.querySelectorAll('header [data-top]')].map((element) => element.getAttribute('data-top'))",
                json!(["opacity:1", "top:0", "@class:a", ""]),
            )
            .await?;
        reader
            .expect("witness.events.some(({ name }) => name === 'top')", false)
            .await?;
        check_silence(&reader).await
    });
}

#[test]
fn links_and_buttons_that_are_marked_are_the_way_to_the_top() {
    run_in(CLEAR, async |kind| {
        for markup in [
            r##"<a id="haut-de-page" data-top href="#haut">Haut</a>"##,
            r#"<button id="haut-de-page" data-top="hidden">Haut</button>"#,
            r#"<button id="haut-de-page" data-top="shown">Haut</button>"#,
        ] {
            let fixed = |html: &str| html.replace("</head>", r#"<link rel="stylesheet" href="/fixed.css"></head>"#);
            let mut options = site_with("", markup);
            for html in options.pages.values_mut() {
                *html = fixed(html);
            }
            let rules = Answer::Body {
                mime: "text/css".into(),
                text: "#haut-de-page { position: fixed; right: 20px; bottom: 20px }".into(),
            };
            let reader = Reader::new(kind, options.with("/fixed.css", rules)).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            reader.until(&format!("!{}", shows("#haut-de-page"))).await?;
            reader.ask(SCROLL_DOWN).await?;
            reader.until(&shows("#haut-de-page")).await?;
            reader.expect(OUR_BUTTON, false).await?;
            reader.click("#haut-de-page").await?;
            reader.event("top").await?;
            reader.until("scrollY === 0").await?;
            check_silence(&reader).await?;
        }
        Ok(())
    });
}

#[test]
fn other_scripts_attributes_for_closing_are_left_to_them() {
    run_in(CLEAR, async |kind| {
        // Foundation's, without a value and with a name; a `<menu>` beside it; opening hours; a colour; an id that is not there.
        let markup = r##"<div class="callout" data-closable><button id="croix" class="counts" data-close>×</button></div>
            <menu id="liste"><li>Menu</li></menu>
            <button id="menu-close" class="counts" data-close="menu">Fermer</button>
            <span id="heures" class="counts" data-open="09:00" data-close="18:00">Ouvert</span>
            <button id="couleur" class="counts" data-close="#c0ffee">Couleur</button>
            <button id="diese" class="counts" data-close="#">Dièse</button>
            <button id="deux" class="counts" data-close="#liste, #haut">Deux</button>
            <a id="ancre" class="counts close-side-aside" href="#suite">Nom d’un thème</a>"##;
        let reader = reader_of(kind, "", markup).await?;
        reader.press(Key::Escape).await?;
        reader.settled().await?;
        // Neither clicked nor closed.
        reader.expect("witness.counts", json!([])).await?;
        let names = ["croix", "menu-close", "heures", "couleur", "diese", "deux", "ancre"];
        for name in names {
            reader.click(&format!("#{name}")).await?;
        }
        reader.expect("witness.counts", json!(names)).await?;
        reader.until("location.hash === '#suite'").await?;
        for selector in [".callout", "menu", "#liste", "#haut", "#heures"] {
            reader.expect(&shows(selector), true).await?;
        }
        check_silence(&reader).await
    });
}

#[test]
fn what_names_an_element_on_the_page_closes_it_by_click_and_by_escape() {
    run_in(CLEAR, async |kind| {
        // An id that no selector can have as it is.
        let markup = r##"<div id="1:a"><button id="ferme" data-close="#1:a">Fermer</button></div>
            <form id="formulaire"><input name="close"><input name="open"><button type="button" id="plie" data-close="#formulaire">Plier</button></form>"##;
        let reader = reader_of(kind, "", markup).await?;
        reader.click("#ferme").await?;
        reader.until("document.getElementById('1:a').hidden").await?;
        reader.press(Key::Escape).await?;
        reader.until("document.querySelector('#formulaire').hidden").await?;
        check_silence(&reader).await
    });
}

#[test]
fn escape_has_nothing_to_do_with_a_panel_that_is_closed() {
    run_in(CLEAR, async |kind| {
        // What closes the panel shows all the time.
        let markup =
            r##"<button id="ferme" class="counts" data-close="#panneau">Fermer</button><div id="panneau">Panneau</div>"##;
        let reader = reader_of(kind, "", markup).await?;
        let press = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', cancelable: true }))";
        reader.expect(press, false).await?;
        reader.expect("document.querySelector('#panneau').hidden", true).await?;
        reader.expect(press, true).await?;
        reader.expect("witness.counts", json!(["ferme"])).await?;
        check_silence(&reader).await
    });
}

#[test]
fn escape_is_the_input_methods_while_a_text_is_composed() {
    run_in(CLEAR, async |kind| {
        let markup = r##"<div id="panneau"><input id="champ"><button data-close="#panneau">Fermer</button></div>"##;
        let reader = reader_of(kind, "", markup).await?;
        let press = |more: &str| {
            format!(
                "document.querySelector('#champ').dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Escape', bubbles: true, cancelable: true, {more} }}))"
            )
        };
        for more in ["isComposing: true", "keyCode: 229"] {
            reader.expect(&press(more), true).await?;
            reader.expect(&shows("#panneau"), true).await?;
        }
        reader.expect(&press(""), false).await?;
        reader.expect(&shows("#panneau"), false).await?;
        check_silence(&reader).await
    });
}

/// By a real input method, as far as Chromium's developer tools are one.
#[test]
fn a_composition_ends_without_closing_the_panel_that_it_is_in() {
    support::browsers::run(async {
        let markup = r##"<div id="panneau"><input id="champ"><button data-close="#panneau">Fermer</button></div>"##;
        let reader = reader_of(Kind::Chromium, "", markup).await?;
        reader.click("#champ").await?;
        let text = json!({ "text": "ni", "selectionStart": 2, "selectionEnd": 2 });
        reader.browser.devtools("Input.imeSetComposition", text).await?;
        reader.expect("document.querySelector('#champ').value", "ni").await?;
        for what in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": what, "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 229 });
            reader.browser.devtools("Input.dispatchKeyEvent", event).await?;
        }
        reader.settled().await?;
        reader.expect(&shows("#panneau"), true).await?;
        // What was composed is taken, and the next key is the page's.
        reader.browser.devtools("Input.insertText", json!({ "text": "你" })).await?;
        reader.press(Key::Escape).await?;
        reader.until(&format!("!{}", shows("#panneau"))).await?;
        check_silence(&reader).await
    });
}

#[test]
fn attributes_of_frameworks_on_our_tag_are_no_problem() {
    run_in(CLEAR, async |kind| {
        let foreign = r#"data-nscript="afterInteractive" data-turbo-eval="false" data-turbo-track="reload" data-astro-rerun data-category="necessary"
            data-usercentrics="x" data-src="x" data-type="x" data-ot-ignore data-cfasync="false" data-content="x" data-test="x""#;
        let reader = reader_of(kind, foreign, "").await?;
        check_silence(&reader).await?;
        drop(reader);
        for name in ["vieww", "polciy", "support_url", "supporturl"] {
            let reader = reader_of(kind, &format!(r#"{foreign} data-{name}="modal""#), "").await?;
            reader.problem(name, "modal").await?;
        }
        Ok(())
    });
}

const MARKUP: &str = r##"<a id="retour" data-top href="#haut">Haut</a>
    <div id="panneau"><button id="ferme" class="counts" data-close="#panneau">Fermer</button></div>"##;

#[test]
fn a_page_that_wants_no_controls_keeps_its_markup_as_it_is() {
    run_in(CLEAR, async |kind| {
        let reader = reader_of(kind, r#"data-controls="off""#, MARKUP).await?;
        reader.press(Key::Escape).await?;
        reader.click("#ferme").await?;
        reader.expect("witness.counts", json!(["ferme"])).await?;
        reader.expect(&shows("#panneau"), true).await?;
        reader.expect(&shows("#retour"), true).await?;
        reader.ask(SCROLL_DOWN).await?;
        reader.settled().await?;
        reader.expect("document.querySelector('#retour').dataset.top", "").await?;
        reader.ask("document.querySelector('#retour').click()").await?;
        reader.until("location.hash === '#haut'").await?;
        reader
            .expect("witness.events.some(({ name }) => name === 'top')", false)
            .await?;
        check_silence(&reader).await?;

        // On a page without a link of its own, there is no button either.
        drop(reader);
        let reader = reader_of(kind, r#"data-controls="off""#, "").await?;
        reader.ask(SCROLL_DOWN).await?;
        reader.settled().await?;
        reader.expect(OUR_BUTTON, false).await?;
        check_silence(&reader).await
    });
}

#[test]
fn a_page_that_wants_no_way_to_the_top_keeps_its_closers() {
    run_in(CLEAR, async |kind| {
        let reader = reader_of(kind, r#"data-top="off""#, MARKUP).await?;
        reader.ask(SCROLL_DOWN).await?;
        reader.settled().await?;
        reader.expect("document.querySelector('#retour').dataset.top", "").await?;
        reader.expect(OUR_BUTTON, false).await?;
        reader.ask(SCROLL_UP).await?;
        reader.expect(&shows("#retour"), true).await?;
        reader.press(Key::Escape).await?;
        reader.until(&format!("!{}", shows("#panneau"))).await?;
        check_silence(&reader).await
    });
}
