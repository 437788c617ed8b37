//! What comes while the notice is there: it steps aside, and comes back.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use support::browsers::{BLOCKED, CLEAR, run_in};
use support::reader::Reader;
use thirtyfour::Key;

use super::{BOX_SHOWS, TEXT, serving, stays_away, with};

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
        // What comes is told by itself and not by the view, so that the views take turns.
        for ((name, rules, script), view) in LATER.into_iter().zip(["banner", "modal"].into_iter().cycle()) {
            let reader = Reader::new(kind, with(view, "", r#"<div id="room"></div>"#, rules, "")).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            check_aside(&reader, script)
                .await
                .with_context(|| format!("{view}, {name}"))?;
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
