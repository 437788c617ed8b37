//! The place of an ad: it is empty where nothing shows in it, whatever its parts are called, and what shows is never covered; the notice fits it,
//! zoomed and scaled as it may be.

use anyhow::{Context, Result};
use soutien_testbed::server::Options;
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, page, site};
use support::views::css;

const ARTICLE: &str = "<p>Un long article, dont voici la suite, et dont voici la fin.</p>";

/// A page with a slot of 600 by 300 pixels that has this in it, rules and a script that runs once the slot is there.
fn with_content(attributes: &str, content: &str, rules: &str, script: &str) -> Options {
    let tag = format!(r#"data-view="inline" data-policy="always" data-delay="0" {attributes}"#);
    let html = page(&tag)
        .replace(
            "</head>",
            r#"<link rel="stylesheet" href="/page.css"><script defer src="/fill.js"></script></head>"#,
        )
        .replace(
            "</body>",
            &format!(r#"{ARTICLE}<section><div class="place" data-appeal-slot>{content}</div>{ARTICLE}</section></body>"#),
        );
    let slot = ".place { width: 600px; height: 300px; overflow: hidden; }";
    let mut site = site(&html);
    // The policy of the other pages has no place for objects and frames.
    site.csp = Some(String::new());
    site.with("/page.css", css(&format!("{slot} {rules}")))
        .with("/fill.js", javascript(script))
}

/// What shows in a slot: what it is, markup, rules and a script.
const CONTENTS: [(&str, &str, &str, &str); 12] = [
    ("a picture", r#"<img src="/favicon.svg" alt="">"#, "img { width: 300px; }", ""),
    ("a canvas", r#"<canvas width="300" height="250"></canvas>"#, "", ""),
    ("a drawing", r#"<svg width="300" height="250"><circle r="90"/></svg>"#, "", ""),
    (
        "a form",
        r#"<form><input name="mail"><button>S’abonner</button></form>"#,
        "",
        "",
    ),
    ("a picker", r"<select><option>Paris</select>", "", ""),
    (
        "an object",
        r#"<object data="/favicon.svg" type="image/svg+xml" width="300" height="200"></object>"#,
        "",
        "",
    ),
    (
        "something embedded",
        r#"<embed src="/favicon.svg" type="image/svg+xml" width="300" height="200">"#,
        "",
        "",
    ),
    (
        "a frame",
        r#"<iframe srcdoc="Bonjour" width="300" height="200"></iframe>"#,
        "",
        "",
    ),
    (
        "an element with a shadow tree",
        "<div class='host'></div>",
        "",
        "document.querySelector('.host').attachShadow({ mode: 'open' }).append('Une annonce de la maison')",
    ),
    (
        "an element with a closed shadow tree",
        "<house-notice></house-notice>",
        "house-notice { display: block; }",
        "customElements.define('house-notice', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'closed' }).append('Une annonce de la maison'); } })",
    ),
    (
        "a background",
        "<div class='drawn'></div>",
        ".drawn { height: 300px; background: url(/favicon.svg); }",
        "",
    ),
    ("a text", "<p>Petite annonce</p>", "", ""),
];

#[test]
fn what_shows_in_a_slot_is_never_covered() {
    run_in(BLOCKED, async |kind| {
        for (name, content, rules, script) in CONTENTS {
            let reader = Reader::new(kind, with_content("", content, rules, script)).await?;
            reader.open("/page.html").await?;
            reader.notice().await.context(name)?;
            reader.expect("witness.notice().className", "banner").await.context(name)?;
        }
        Ok(())
    });
}

/// What is in a slot that is empty: what it is, markup and rules.
const EMPTY: [(&str, &str, &str); 5] = [
    ("nothing", "", ""),
    (
        "a box without anything",
        "<div class='box'></div>",
        ".box { height: 300px; background: #eee; }",
    ),
    (
        "a frame that is hidden",
        "<iframe hidden width='300' height='200'></iframe>",
        "",
    ),
    (
        "a picture that counts",
        r#"<img src="/favicon.svg" alt="" width="1" height="1">"#,
        "",
    ),
    ("a text that is hidden", "<p hidden>Petite annonce</p>", ""),
];

#[test]
fn a_slot_in_which_nothing_shows_is_empty() {
    run_in(BLOCKED, async |kind| {
        for (name, content, rules) in EMPTY {
            let reader = Reader::new(kind, with_content("", content, rules, "")).await?;
            reader.open("/page.html").await?;
            reader.notice().await.context(name)?;
            reader.expect("witness.notice().className", "inline").await.context(name)?;
            check_over(&reader, ".place", "witness.notice()").await.context(name)?;
        }
        Ok(())
    });
}

/// Waits until something, given as an expression, lies exactly over an element.
async fn check_over(reader: &Reader, selector: &str, over: &str) -> Result<()> {
    reader
        .until(&format!(
            "(([one, other]) => Math.max(...['left', 'top', 'right', 'bottom'].map((edge) => Math.abs(one[edge] - other[edge]))) <= 1)(
                [{over}, document.querySelector('{selector}')].map((element) => element.getBoundingClientRect()))"
        ))
        .await?;
    Ok(())
}

/// What makes pixels of the page others than those of the window.
const SCALES: [&str; 7] = [
    "html { zoom: .8; }",
    "body { zoom: 1.5; }",
    "section { zoom: .7; }",
    "section { transform: scale(.8); transform-origin: 0 0; }",
    "section { scale: 1.3 .9; transform-origin: 0 0; }",
    "body { zoom: 1.25; } section { position: relative; scale: .9; padding: 13px; }",
    ".place { zoom: .9; position: relative; padding: 7px; border: 3px solid; }",
];

/// A reader of a page with an empty place and a picture, which is covered once the notice shows; and with a style sheet for it.
async fn beside_a_photo(kind: Kind, rules: &str) -> Result<Reader> {
    let mut site = with_content(r#"data-images="cover""#, "", rules, "");
    let photo = r#"</section><section class="photo"><main><img id="photo" src="/images/beffroi.svg" width="600" height="400" alt=""></main></section>"#;
    let html = site.pages["/page.html"].replacen("</section>", photo, 1);
    site.pages.insert("/page.html".into(), html);
    let reader = Reader::new(kind, site).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    reader.until("document.querySelector('#photo').complete").await?;
    Ok(reader)
}

#[test]
fn an_inline_notice_and_covers_fit_their_place_under_zoom_and_scale() {
    run_in(CLEAR, async |kind| {
        for rules in SCALES {
            let reader = beside_a_photo(kind, rules).await?;
            reader.ask("Soutien.show()").await?;
            reader.notice().await?;
            reader.expect("witness.notice().className", "inline").await.context(rules)?;
            check_over(&reader, ".place", "witness.notice()").await.context(rules)?;
            check_over(&reader, "#photo", "witness.inShadow('.cover')")
                .await
                .context(rules)?;
        }
        Ok(())
    });
}

/// Rules that take notice of what is beside a picture or in a place.
#[test]
fn an_inline_notice_and_covers_move_nothing_of_what_they_are_in() {
    run_in(CLEAR, async |kind| {
        for rules in [
            "#photo:only-child { width: 300px; }",
            "main > :last-child { margin-left: 40px; }",
            "main { display: flex; gap: 20px; justify-content: space-between; }",
            "main:has(> :nth-child(2)) { padding: 30px; }",
            ".place:empty { border: 3px solid; }",
        ] {
            let reader = beside_a_photo(kind, rules).await?;
            let places = "JSON.stringify(['#photo', 'main', '.place', 'html'].map((name) => document.querySelector(name).getBoundingClientRect()))";
            let before = reader.ask(places).await?;
            reader.ask("Soutien.show()").await?;
            reader.notice().await?;
            reader.expect(places, before).await.context(rules)?;
            check_over(&reader, "#photo", "witness.inShadow('.cover')")
                .await
                .context(rules)?;
            reader.ask("Soutien.hide()").await?;
            reader.no_notice().await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// It is measured again.
#[test]
fn an_inline_notice_fits_its_place_when_the_page_is_scaled_later() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(
            kind,
            with_content("", "", "section.later { scale: .8; transform-origin: 0 0; }", ""),
        )
        .await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        let before = reader.ask("witness.notice().getBoundingClientRect().width").await?;
        reader.ask("document.querySelector('section').classList.add('later')").await?;
        reader
            .until(&format!("witness.notice().getBoundingClientRect().width < {before} - 50"))
            .await?;
        check_over(&reader, ".place", "witness.notice()").await
    });
}
