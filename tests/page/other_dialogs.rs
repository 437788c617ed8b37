//! The notice beside other dialogs: consent managers as they are, and what pages make by hand. It comes over none of them, be they there before or
//! come later, and what only looks like one in the document does not keep it away.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With, site};
use thirtyfour::Key;
use xtask::root;
use xtask::server::{Answer, Options};

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
    let text = fs::read_to_string(root().join("node_modules").join(file)).with_context(|| format!("cannot read {file}"))?;
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

/// A consent manager: its name, its files, how it is set up, the button that accepts, and how its dialog is shown again.
struct Manager {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    script: &'static str,
    accept: &'static str,
    again: &'static str,
}

const MANAGERS: [Manager; 5] = [
    Manager {
        name: "Klaro",
        files: &[("/klaro.js", "klaro/dist/klaro.js")],
        script: "window.klaroConfig = { acceptAll: true, lang: 'fr', translations: { fr: { privacyPolicyUrl: '/vie-privee' } },
                services: [{ name: 'mesure', title: 'Mesure', purposes: ['analytics'] }] };",
        accept: ".klaro .cookie-notice .cm-btn-success",
        again: "klaro.show()",
    },
    Manager {
        name: "Cookie Consent",
        files: &[
            ("/cc.css", "vanilla-cookieconsent/dist/cookieconsent.css"),
            ("/cc.js", "vanilla-cookieconsent/dist/cookieconsent.umd.js"),
        ],
        script: "addEventListener('load', () => CookieConsent.run({ hideFromBots: false, categories: { necessary: { enabled: true, readOnly: true }, mesure: {} },
                language: { default: 'fr', translations: { fr: {
                    consentModal: { title: 'Cookies', description: 'Nous aimerions compter nos lecteurs.', acceptAllBtn: 'Tout accepter', acceptNecessaryBtn: 'Refuser' },
                    preferencesModal: { title: 'Vos choix', acceptAllBtn: 'Tout accepter', sections: [{ title: 'Mesure', description: 'Des nombres' }] } } } } }));",
        accept: "#cc-main .cm__btn[data-role=all]",
        again: "CookieConsent.show(true)",
    },
    Manager {
        name: "Osano",
        files: &[
            ("/osano.css", "cookieconsent/build/cookieconsent.min.css"),
            ("/osano.js", "cookieconsent/build/cookieconsent.min.js"),
        ],
        script: "addEventListener('load', () => cookieconsent.initialise({ palette: { popup: { background: '#000' }, button: { background: '#f1d600' } } }));",
        accept: ".cc-window .cc-btn",
        again: "",
    },
    Manager {
        name: "Orejime",
        files: &[
            ("/orejime.css", "orejime/dist/orejime-standard.css"),
            ("/orejime.js", "orejime/dist/orejime-standard-fr.js"),
        ],
        script: "window.orejimeConfig = { privacyPolicyUrl: '/vie-privee', purposes: [{ id: 'mesure', title: 'Mesure', cookies: ['m'] }] };",
        accept: ".orejime-Banner .orejime-Banner-actions button",
        again: "orejime.prompt()",
    },
    Manager {
        name: "tarteaucitron",
        files: &[
            ("/tac/tarteaucitron.js", "tarteaucitronjs/tarteaucitron.js"),
            ("/tac/tarteaucitron.services.js", "tarteaucitronjs/tarteaucitron.services.js"),
            ("/tac/lang/", "tarteaucitronjs/lang/tarteaucitron.fr.js"),
            ("/tac/css/", "tarteaucitronjs/css/tarteaucitron.css"),
        ],
        script: "tarteaucitron.init({ privacyUrl: '', hashtag: '#tarteaucitron', cookieName: 'tarteaucitron', orientation: 'bottom', showIcon: true,
                iconPosition: 'BottomRight', DenyAllCta: true, AcceptAllCta: true, highPrivacy: true, mandatory: true, adblocker: false });
            tarteaucitron.services.mesure = { key: 'mesure', type: 'analytic', name: 'Mesure', uri: '/', needConsent: true, cookies: [], js() {} };
            (tarteaucitron.job = tarteaucitron.job || []).push('mesure');",
        accept: "#tarteaucitronPersonalize2",
        again: "tarteaucitron.userInterface.openPanel()",
    },
];

impl Manager {
    fn site(&self, view: &str) -> Result<Options> {
        let mut head = String::new();
        for (path, _) in self.files.iter().filter(|(path, _)| !path.ends_with('/')) {
            head += &match path.ends_with(".css") {
                true => format!(r#"<link rel="stylesheet" href="{path}">"#),
                // One of them looks for what sets it up when it is there itself.
                false if path.contains("services") => String::new(),
                false if path.contains("tac") => format!(r#"<script src="{path}"></script>"#),
                false => format!(r#"<script defer src="{path}"></script>"#),
            };
        }
        let mut site = with(view, &head, "", "", self.script);
        for (path, file) in self.files {
            site = serving(site, path, file)?;
        }
        // Some fetch files of theirs before they ask. What comes after the notice is another test's.
        for html in site.pages.values_mut() {
            *html = html.replace(r#"data-delay="0""#, r#"data-delay="2s""#);
        }
        Ok(site)
    }
}

/// On the page of the choice as well as on the next, where what is left of the manager in the document is not taken for its dialog.
#[test]
fn a_consent_manager_asks_first_and_the_notice_comes_after_the_choice() {
    run_in(BLOCKED, async |kind| {
        for manager in &MANAGERS {
            check_manager(kind, manager).await.context(manager.name)?;
        }
        Ok(())
    });
}

async fn check_manager(kind: Kind, manager: &Manager) -> Result<()> {
    let mut reader = Reader::new(kind, manager.site("modal")?).await?;
    // On a host of its own, because cookies know no ports, and no other reader has made a choice.
    reader.site.site = reader.site.site.replace("presse.", "choix.");
    reader.open("/page.html").await?;
    reader.verdict("blocked").await?;
    reader.until(&is_on_top(manager.accept)).await?;
    stays_away(&reader).await?;
    reader.keep_shot(&format!("consent-{}-{kind:?}.png", manager.name)).await?;
    reader.expect(&is_on_top(manager.accept), true).await?;
    reader.click(&manager.accept.replace('"', "'")).await?;
    reader.notice().await.context("after the choice")?;
    reader.press(Key::Escape).await?;
    reader.event("close").await?;
    if !manager.again.is_empty() {
        // It is shown again while the notice is there.
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader.ask(&format!("({}, 1)", manager.again)).await?;
        reader.until("witness.notice() === null").await.context("shown again")?;
    }
    reader.open("/next.html").await?;
    reader.notice().await.context("on the next page")?;
    reader.expect("witness.errors", json!([])).await
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

/// A stub that waits for its manager counts as busy, for a while.
#[test]
fn a_manager_that_has_not_answered_is_waited_for_and_not_for_ever() {
    run_in(BLOCKED, async |kind| {
        let script = "window.__tcfapi = (...given) => (window.__tcfapi.heard ??= []).push(given);";
        let reader = Reader::new(kind, with("modal", "", "", "", script)).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        stays_away(&reader).await?;
        reader.expect("__tcfapi.heard.length > 0", true).await?;
        reader.notice().await
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

/// The text of the scene that the notice is in.
const SCENE: &str = "witness.notice()?.querySelector('h2').innerText";

/// The browser tells of printing before it looks at the page.
#[test]
fn nothing_of_the_notice_is_printed_and_it_comes_back_afterwards() {
    run_in(BLOCKED, async |kind| {
        for view in ["modal", "banner"] {
            let reader = Reader::new(kind, with(view, "", "", "", "")).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            reader
                .expect("(dispatchEvent(new Event('beforeprint')), !!witness.notice())", false)
                .await?;
            reader.expect("document.querySelector(':modal') === null", true).await?;
            reader.ask("dispatchEvent(new Event('afterprint'))").await?;
            reader.notice().await.context(view)?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// How a page opens something over itself, as rules and script; it goes when it is removed.
const LATER: [(&str, &str, &str); 5] = [
    (
        "a dialog",
        "",
        "const box = document.createElement('dialog'); box.id = 'box'; box.innerHTML = TEXT; document.body.append(box); box.showModal();",
    ),
    (
        "a div with a role",
        "#box { position: fixed; top: 100px; left: 100px; width: 400px; height: 300px; background: #fff; }",
        "const box = document.createElement('div'); box.id = 'box'; box.setAttribute('role', 'dialog'); box.setAttribute('aria-modal', 'true');
         box.innerHTML = TEXT; document.body.append(box);",
    ),
    (
        "a box over everything",
        "#box { position: fixed; inset: 0; background: rgb(0 0 0 / 60%); }",
        "const box = document.createElement('div'); box.id = 'box'; box.innerHTML = TEXT; document.body.append(box);",
    ),
    (
        "what comes into a container that was there",
        "#room { position: fixed; inset: 0; pointer-events: none; } #box { width: 500px; height: 400px; margin: 200px auto; background: #fff; pointer-events: auto; }",
        "const box = document.createElement('div'); box.id = 'box'; box.innerHTML = TEXT; document.querySelector('#room').append(box);",
    ),
    (
        "a consent bar",
        "#box { position: fixed; bottom: 0; left: 0; right: 0; height: 90px; background: #fff; }",
        "const box = document.createElement('div'); box.id = 'box'; box.innerHTML = 'Cookies <button>Accepter</button>'; document.body.append(box);",
    ),
];

#[test]
fn the_notice_steps_aside_for_what_comes_later_and_comes_back_as_it_was() {
    run_in(BLOCKED, async |kind| {
        for view in ["modal", "banner"] {
            for (name, rules, script) in LATER {
                let reader = Reader::new(kind, with(view, "", r#"<div id="room"></div>"#, rules, "")).await?;
                reader.open("/page.html").await?;
                reader.notice().await?;
                check_aside(&reader, script)
                    .await
                    .with_context(|| format!("{view}, {name}"))?;
            }
        }
        Ok(())
    });
}

async fn check_aside(reader: &Reader, script: &str) -> Result<()> {
    reader.click_in_notice("Comment autoriser ce site").await?;
    let scene = reader.ask(SCENE).await?;
    let text = serde_json::to_string(TEXT)?;
    reader
        .ask(&format!("(() => {{ {} }})()", script.replace("TEXT", &text)))
        .await?;
    reader.until("witness.notice() === null").await?;
    reader.expect(BOX_SHOWS, true).await?;
    // It is not closed, nothing is remembered, and other tabs may show it.
    reader
        .until("navigator.locks.query().then(({ held }) => held.length === 0)")
        .await?;
    reader
        .expect(
            "[witness.events.filter(({ name }) => name === 'close').length, localStorage.length]",
            json!([0, 0]),
        )
        .await?;
    // What has come can be used.
    reader.click("#box button").await?;
    reader
        .ask("(document.querySelector('#box').remove(), document.querySelector('#suite').focus())")
        .await?;
    reader.notice().await.context("it does not come back")?;
    reader.expect(SCENE, scene).await?;
    reader.click_in_notice("Retour").await?;
    reader.click_in_notice("Fermer").await?;
    reader.event("close").await?;
    reader.until("document.activeElement.id === 'suite'").await?;
    reader
        .expect("witness.events.filter(({ name }) => name === 'show').length", 1)
        .await?;
    reader.expect("witness.errors", json!([])).await?;
    reader.usable().await
}

/// The trap of others takes every focus and click for itself.
#[test]
fn a_dialog_with_a_focus_trap_can_be_used_before_the_notice_and_while_it_is_there() {
    run_in(BLOCKED, async |kind| {
        let head = r#"<script src="/tabbable.js"></script><script src="/focus-trap.js"></script>"#;
        let script = "window.openTrap = () => {
                const box = document.createElement('div'); box.id = 'box'; box.setAttribute('role', 'dialog'); box.innerHTML = '<input id=\"mail\"><button>Fermer</button>';
                document.body.append(box);
                const trap = focusTrap.createFocusTrap(box, { escapeDeactivates: false }); trap.activate();
                box.querySelector('button').onclick = () => { trap.deactivate(); box.remove(); };
            }; openTrap();";
        let rules = "#box { position: fixed; top: 100px; left: 100px; width: 400px; height: 300px; background: #fff; }";
        let site = with("modal", head, "", rules, script);
        let site = serving(site, "/tabbable.js", "tabbable/dist/index.umd.js")?;
        let site = serving(site, "/focus-trap.js", "focus-trap/dist/focus-trap.umd.js")?;
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.until("document.activeElement.id === 'mail'").await?;
        stays_away(&reader).await?;
        reader.click("#box button").await?;
        reader.notice().await?;
        reader.ask("(openTrap(), 1)").await?;
        reader.until("witness.notice() === null").await?;
        reader.until("document.activeElement.closest('#box') !== null").await?;
        reader.click("#box button").await?;
        reader.notice().await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader.expect("witness.errors", json!([])).await
    });
}

/// A site that asks for consent or money by a wall has asked.
#[test]
fn after_a_wall_of_the_page_s_own_nobody_is_asked_on_the_same_view() {
    run_in(BLOCKED, async |kind| {
        let wall = r#"<div id="box"><h2>Lisez avec des cookies, ou abonnez-vous pour 2,99 € par mois</h2><button>Accepter</button></div>"#;
        let rules = "#box { position: fixed; inset: 0; background: #fff; }";
        let reader = Reader::new(kind, with("modal", "", wall, rules, "")).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        stays_away(&reader).await?;
        reader
            .ask("(document.querySelector('#box').remove(), witness.gone = performance.now())")
            .await?;
        reader.until("performance.now() > witness.gone + 1200").await?;
        reader.no_notice().await?;
        // The next view is another one.
        let next = with("modal", "", "", "", "").pages["/next.html"].clone();
        reader
            .site
            .options
            .write()
            .map_err(|_| anyhow::anyhow!("the server has panicked"))?
            .pages
            .insert("/next.html".into(), next);
        reader.follow().await?;
        reader.notice().await
    });
}

/// A film fills the screen, and the page is printed, without the notice.
#[test]
fn the_notice_is_not_in_the_way_of_a_film_that_fills_the_screen() {
    run_in(CLEAR, async |kind| {
        let body = r#"<div id="film"><button id="fill">Plein écran</button></div>"#;
        let script = "document.querySelector('#fill').onclick = () => document.querySelector('#film').requestFullscreen();";
        let reader = Reader::new(
            kind,
            with(
                "banner",
                "",
                body,
                "#film { position: fixed; top: 0; background: #fff; }",
                script,
            ),
        )
        .await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader.click("#fill").await?;
        reader.until("document.fullscreenElement !== null").await?;
        reader.until("witness.notice() === null").await?;
        reader.ask("document.exitFullscreen()").await?;
        reader.notice().await?;
        let closings = reader
            .ask("witness.events.filter(({ name }) => name === 'close').length")
            .await?;
        ensure!(closings == 0, "it was closed {closings} times");
        Ok(())
    });
}
