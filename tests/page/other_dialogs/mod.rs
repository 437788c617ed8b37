//! The notice beside other dialogs: consent managers as they are, and what pages make by hand. It comes over none of them, be they there before or
//! come later, and what only looks like one in the document does not keep it away.

mod aside;
mod managers;

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, run_in};
use support::reader::Reader;
use support::site::{With, site};
use xtask::setup::{Need, require};

/// A page with a main part, what is given in its head and at the end of its body, and a style sheet for it. It has no policy, because some consent
/// managers write styles.
fn with(view: &str, head: &str, body: &str, rules: &str, script: &str) -> Options {
    let lines = "<p>Une ligne d’un article, qui en a d’autres, et un lien qui mène plus loin.</p>\n".repeat(30);
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Page</title>
<script src="/witness.js"></script>
{head}
<style>main {{ display: block; max-width: 60em; margin: auto; }} {rules}</style>
<script async src="/soutien/soutien.js" data-view="{view}" data-policy="always" data-delay="0" data-lang="fr" data-consent="given"></script>
</head>
<body>
<main>
<h1 id="haut">Les nouvelles</h1>
<p><a id="suite" href="/next.html">La suite</a></p>
{lines}
</main>
{body}
<script>{script}</script>
</body>
</html>
"#
    );
    let mut site = site(&html);
    site.csp = Some(String::new());
    site
}

/// Serves a file of an npm package, which is installed.
fn serving(site: Options, path: &str, file: &str) -> Result<Options> {
    let mime = if file.ends_with(".css") {
        "text/css"
    } else {
        "text/javascript"
    };
    let text = fs::read_to_string(require(Need::Dialogs)?.join(file)).with_context(|| format!("cannot read {file}"))?;
    Ok(site.with(path, Answer::Body { mime: mime.into(), text }))
}

/// Waits until the notice has had the time to look twice since its files came, and asserts that it never came.
async fn stays_away(reader: &Reader) -> Result<()> {
    reader
        .until("performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/appeal.js') && responseEnd && performance.now() > responseEnd + 1200)")
        .await?;
    reader.no_notice().await?;
    reader
        .expect("witness.events.filter(({ name }) => name === 'show').length", 0)
        .await
}

/// Whether an element, given by a selector, is what lies at its own middle: it shows, and can be clicked.
fn is_on_top(selector: &str) -> String {
    format!(
        "(() => {{
            const element = document.querySelector(`{selector}`);
            if (!element) return false;
            const {{ left, top, width, height }} = element.getBoundingClientRect();
            return width > 0 && element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        }})()"
    )
}

const TEXT: &str = "<p>Recevez notre lettre chaque matin, avec l’essentiel de la vallée.</p><button>Fermer</button>";

/// What covers a page, as markup, rules and script. It has the id `box`, and goes when it is removed.
const DIALOGS: [(&str, &str, &str, &str); 15] = [
    (
        "a bar that asks for consent by other words than cookies",
        r#"<div id="box">Wir respektieren Ihre Privatsphäre. <button>Annehmen</button></div>"#,
        "#box { position: fixed; inset: auto 0 0; height: 100px; background: #fff; }",
        "",
    ),
    (
        "a bar that asks for consent to tracers",
        r#"<div id="box">Nous et nos partenaires utilisons des traceurs. <button>Accepter</button></div>"#,
        "#box { position: fixed; inset: 0 0 auto; height: 100px; background: #fff; }",
        "",
    ),
    (
        "a bar that asks for consent in a frame",
        r#"<div id="box"><iframe title="SP Consent Message" srcdoc="Bonjour"></iframe></div>"#,
        "#box { position: fixed; inset: auto 0 0; height: 180px; } iframe { width: 100%; height: 180px; border: 0; }",
        "",
    ),
    (
        "a modal by its role",
        r#"<div id="box" role="dialog" aria-modal="true" aria-label="Lettre">TEXT</div>"#,
        "#box { position: fixed; top: 60px; left: 20px; width: 400px; height: 300px; background: #fff; }",
        "",
    ),
    (
        "a modal of Bootstrap",
        r#"<div id="box"><div class="backdrop"></div><div class="modal show" tabindex="-1"><div class="dialog">TEXT</div></div></div>"#,
        ".backdrop { position: fixed; inset: 0; z-index: 1050; background: #000; opacity: .5; }
         .modal { position: fixed; inset: 0; z-index: 1055; overflow: auto; } .dialog { width: 500px; margin: 30px auto; background: #fff; }",
        "",
    ),
    (
        "a lightbox without a role",
        r#"<div id="box"><img alt="" src="/favicon.svg"></div>"#,
        "#box { position: fixed; inset: 0; z-index: 9; background: rgb(0 0 0 / 80%); }",
        "",
    ),
    (
        "a box in the middle",
        r#"<div id="box">TEXT</div>"#,
        "#box { position: fixed; top: 50%; left: 50%; width: 400px; height: 300px; margin: -150px 0 0 -200px; background: #fff; }",
        "",
    ),
    (
        "a box within the page",
        r#"<div id="box">TEXT</div>"#,
        "#box { position: absolute; top: 100px; left: calc(50% - 200px); width: 400px; height: 500px; background: #fff; }",
        "",
    ),
    (
        "a backdrop that lets clicks through under what can be clicked",
        r#"<div id="box"><div class="backdrop"></div><div class="dialog">TEXT</div></div>"#,
        ".backdrop { position: fixed; inset: 0; pointer-events: none; background: rgb(0 0 0 / 50%); }
         .dialog { position: fixed; top: 40px; left: calc(50% - 200px); width: 400px; height: 250px; background: #fff; }",
        "",
    ),
    (
        "a frame of another document",
        r#"<iframe id="box" srcdoc="Bonjour"></iframe>"#,
        "#box { position: fixed; inset: 0; width: 100%; height: 100%; border: 0; }",
        "",
    ),
    (
        "a dialog in a shadow tree",
        r#"<div id="box"></div>"#,
        "",
        "document.querySelector('#box').attachShadow({ mode: 'open' }).innerHTML =
            `<div style='position:fixed;inset:0;background:rgb(0 0 0 / 50%)'><div style='margin:200px;background:#fff'>TEXT</div></div>`",
    ),
    (
        "the consent dialog of a manager in a shadow tree",
        r#"<div id="usercentrics-root"></div>"#,
        "",
        "const host = document.querySelector('#usercentrics-root'); host.id = 'box';
         host.attachShadow({ mode: 'open' }).innerHTML =
            `<div style='position:fixed;left:0;right:0;bottom:0;height:110px;background:#fff'>Cookies <button>Accepter</button></div>`",
    ),
    (
        "a bar at the lower edge that asks for consent",
        r#"<div id="box">Nous utilisons des cookies. <button>Accepter</button></div>"#,
        "#box { position: fixed; bottom: 0; left: 0; right: 0; height: 60px; background: #eee; }",
        "",
    ),
    (
        "a bar at the upper edge that asks for consent",
        r#"<section id="box" class="consent-bar">Was wir zählen dürfen? <a href="/oui">Alles</a></section>"#,
        "#box { position: sticky; order: -1; top: 0; height: 50px; background: #eee; } body { display: flex; flex-direction: column; }",
        "",
    ),
    (
        "a popover",
        r#"<div id="box" popover="manual">TEXT</div>"#,
        "",
        "document.querySelector('#box').showPopover()",
    ),
];

/// Whether the box is at a point where it can be clicked.
const BOX_SHOWS: &str = "(() => {
    for (let x = 20; x < innerWidth; x += 20) for (let y = 20; y < innerHeight; y += 20) {
        if (document.elementFromPoint(x, y)?.closest('#box')) return true;
    }
    return false;
})()";

#[test]
fn the_notice_waits_for_dialogs_of_whatever_make() {
    run_in(BLOCKED, async |kind| {
        for (name, markup, rules, script) in DIALOGS {
            let [markup, script] = [markup, script].map(|text| text.replace("TEXT", TEXT));
            let reader = Reader::new(kind, with("modal", "", &markup, rules, &script)).await?;
            reader.open("/page.html").await?;
            reader.verdict("blocked").await?;
            reader.expect(BOX_SHOWS, true).await.context(name)?;
            stays_away(&reader).await.context(name)?;
            reader.ask("document.querySelector('#box').remove()").await?;
            reader.notice().await.context(name)?;
        }
        Ok(())
    });
}

/// What is no dialog, as markup, rules and script.
const NO_DIALOGS: [(&str, &str, &str, &str); 15] = [
    (
        "a page that scrolls in a part of its own, beside its name",
        "",
        "#app { position: fixed; inset: 60px 0 0; overflow: auto; background: #fff; }",
        "const main = document.querySelector('main');
         main.outerHTML = `<header><h1>Le Journal</h1></header><div id=\"app\"><article>${main.innerHTML.replace('h1', 'h2').replace('/h1', '/h2')}</article></div>`;",
    ),
    (
        "a page in a fixed box",
        "",
        "main { position: fixed; inset: 0; overflow: auto; max-width: none; background: #fff; }",
        "",
    ),
    (
        "a page in a fixed application",
        "",
        "#app { position: fixed; inset: 0; overflow: auto; background: #fff; }",
        "const app = document.createElement('div'); app.id = 'app'; app.append(document.querySelector('main')); document.body.append(app);",
    ),
    (
        "a fixed application of nameless parts",
        "",
        "#app { position: fixed; inset: 0; overflow: auto; background: #fff; }",
        "const app = document.createElement('div'); app.id = 'app'; document.body.append(app);
         for (const part of [...document.querySelector('main').children].slice(1)) app.append(part); document.querySelector('main').remove();",
    ),
    (
        "a background video",
        r#"<video id="box" muted></video>"#,
        "#box { position: fixed; inset: 0; width: 100%; height: 100%; z-index: -1; }",
        "",
    ),
    (
        "a background before the page",
        "",
        "#box { position: fixed; inset: 0; background: #cde; } main { position: relative; z-index: 1; }",
        "document.body.prepend(Object.assign(document.createElement('div'), { id: 'box' }))",
    ),
    (
        "a sticky header",
        r#"<header id="box"><nav>Rubriques <a href="/cookies">Cookies</a></nav></header>"#,
        "body { display: flex; flex-direction: column; } #box { order: -1; position: sticky; top: 0; height: 110px; background: #eee; }",
        "",
    ),
    (
        "snow",
        r#"<canvas id="box"></canvas>"#,
        "#box { position: fixed; inset: 0; width: 100%; height: 100%; pointer-events: none; }",
        "",
    ),
    (
        "a small chat",
        r#"<dialog id="box" open>?</dialog>"#,
        "#box { position: fixed; inset: auto 20px 20px auto; margin: 0; width: 60px; height: 60px; }",
        "",
    ),
    (
        "a layer in which nothing shows",
        r#"<div id="box"></div>"#,
        "#box { position: fixed; inset: 0; }",
        "",
    ),
    (
        "a container over all with one small button of a consent manager",
        r#"<div id="axeptio_overlay"><button class="small">C</button></div>"#,
        "#axeptio_overlay { position: fixed; inset: 0; pointer-events: none; } .small { position: fixed; bottom: 20px; left: 20px; width: 40px; height: 40px; pointer-events: auto; }",
        "",
    ),
    (
        "the small button of a consent manager in a shadow tree",
        r#"<div id="usercentrics-root"></div>"#,
        "",
        "document.querySelector('#usercentrics-root').attachShadow({ mode: 'open' }).innerHTML =
            `<button style='position:fixed;bottom:20px;left:20px;width:40px;height:40px' aria-label='Cookies'>C</button>`",
    ),
    (
        "a dialog that is hidden, and one that has faded away",
        r#"<div id="box" role="dialog" aria-modal="true" class="faded">TEXT</div><div class="klaro"><div role="dialog" class="away">TEXT</div></div>"#,
        ".faded { position: fixed; inset: 0; background: #fff; opacity: 0; pointer-events: none; } .away { position: fixed; left: -9999px; width: 500px; height: 500px; }",
        "",
    ),
    (
        "slides over each other in the page",
        "",
        ".slides { position: relative; height: 600px; } .slides img { position: absolute; inset: 0; width: 100%; height: 100%; background: #abc; }",
        "const slides = Object.assign(document.createElement('div'), { className: 'slides' });
         slides.innerHTML = '<img alt=\"\" src=\"/favicon.svg\"><img alt=\"\" src=\"/favicon.svg\">'; document.querySelector('h1').after(slides);",
    ),
    (
        "a manager that has shown what it asks and never said more",
        "",
        "",
        "window.__tcfapi = (command, version, callback) => callback({ eventStatus: 'cmpuishown', gdprApplies: true, cmpStatus: 'loaded', purpose: { consents: {} } }, true);",
    ),
];

#[test]
fn what_only_looks_like_a_dialog_does_not_keep_the_notice_away() {
    run_in(BLOCKED, async |kind| {
        for (name, markup, rules, script) in NO_DIALOGS {
            let reader = Reader::new(kind, with("modal", "", &markup.replace("TEXT", TEXT), rules, script)).await?;
            reader.open("/page.html").await?;
            reader.verdict("blocked").await?;
            reader.notice().await.context(name)?;
            reader.expect("witness.errors", json!([])).await?;
        }
        Ok(())
    });
}

/// Fields as markup, whether they have the focus by themselves, what is typed, and whether the reader is busy with them.
const FIELDS: [(&str, &str, bool); 9] = [
    (r#"<input id="field" type="checkbox" autofocus>"#, "", false),
    (
        r#"<input id="field" type="radio" name="choix" value="oui" autofocus>"#,
        "",
        false,
    ),
    (r#"<input id="field" type="submit" value="Chercher" autofocus>"#, "", false),
    (r#"<input id="field" type="range" autofocus>"#, "", false),
    (r#"<input id="field" type="search" value="beffroi" autofocus>"#, "", false),
    (r#"<input id="field" type="search" value="beffroi" autofocus>"#, "x", true),
    (r#"<textarea id="field" autofocus></textarea>"#, "Bonjour", true),
    (
        r#"<div id="field" contenteditable tabindex="0" autofocus></div>"#,
        "Bonjour",
        true,
    ),
    (
        r#"<x-field id="field"><template shadowrootmode="open"><input autofocus></template></x-field>"#,
        "Bonjour",
        true,
    ),
];

#[test]
fn who_has_typed_is_not_disturbed_and_who_has_only_the_focus_somewhere_is_asked() {
    run_in(BLOCKED, async |kind| {
        for (markup, text, is_busy) in FIELDS {
            let slow =
                with("modal", "", markup, "", "").pages["/page.html"].replace(r#"data-delay="0""#, r#"data-delay="700ms""#);
            let mut site = with("modal", "", markup, "", "");
            site.pages.insert("/page.html".into(), slow);
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            let is_focused = "document.activeElement.id === 'field'";
            reader.ask(&format!("{is_focused} || (document.querySelector('#field').shadowRoot?.querySelector('input') ?? document.querySelector('#field')).focus()")).await?;
            reader.until(is_focused).await?;
            if !text.is_empty() {
                reader.browser.action_chain().send_keys(text).perform().await?;
            }
            reader.verdict("blocked").await?;
            if is_busy {
                stays_away(&reader).await.with_context(|| format!("{markup}, {text}"))?;
                reader.ask("witness.focused().blur()").await?;
            }
            reader.notice().await.with_context(|| format!("{markup}, {text}"))?;
        }
        Ok(())
    });
}
