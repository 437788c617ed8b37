//! The third engine, that of Safari: a smoke test in WebKitGTK's MiniBrowser, without a blocker and with its own content blocker.

use anyhow::ensure;
use serde_json::{Value, json};
use soutien::baits;
use soutien_testbed::webdriver::Browser;
use support::browsers::run;
use support::reader::Reader;
use support::site::{demo_page, page, site};
use thirtyfour::Key;
use tokio::sync::Mutex;

/// Two that start at once would look for a screen, and for ports, at once.
static TURN: Mutex<()> = Mutex::const_new(());

#[test]
fn without_a_blocker_the_demo_is_clear_and_its_controls_work() {
    run(async {
        let _turn = TURN.lock().await;
        let reader = Reader::with_browser(Browser::webkit(&Value::Null).await?, site(&demo_page("index.html")?))?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;

        let control = "document.querySelector('[data-top]:not(script)')";
        let shows = format!("getComputedStyle({control}).visibility === 'visible'");
        reader.expect(&shows, false).await?;
        reader.ask("scrollTo(0, document.documentElement.scrollHeight)").await?;
        reader.until(&shows).await?;
        reader.rest(control).await?;
        reader.click_what(control).await?;
        reader.event("top").await?;
        reader.until("scrollY === 0").await?;

        reader.click("a[href='#menu']").await?;
        let shows = "document.querySelector('#menu').checkVisibility({ visibilityProperty: true })";
        reader.until(shows).await?;
        reader.rest("document.querySelector('#menu')").await?;
        reader.click("#menu [data-close]").await?;
        reader.until(&format!("!{shows}")).await?;
        reader.until(r#"document.activeElement.matches("a[href='#menu']")"#).await?;
        reader.unharmed().await
    });
}

/// Refuses the bait requests, and hides the bait elements, as content blockers for Safari do.
fn filter() -> Value {
    let refuse = |name: &str| {
        let path = name.split('?').next().unwrap_or_default();
        json!({ "trigger": { "url-filter": path.replace('.', "\\.") }, "action": { "type": "block" } })
    };
    let classes: Vec<String> = baits::CLASSES.split(' ').map(|class| format!(".{class}")).collect();
    json!([
        refuse(baits::SCRIPT),
        refuse(baits::IMAGE),
        refuse(baits::FETCH),
        { "trigger": { "url-filter": ".*" }, "action": { "type": "css-display-none", "selector": classes.join(",") } },
    ])
}

#[test]
fn with_a_content_blocker_the_notice_opens_looks_again_and_closes() {
    run(async {
        let _turn = TURN.lock().await;
        let page = page(r#"data-policy="always" data-delay="0" data-lang="fr""#);
        let reader = Reader::with_browser(Browser::webkit(&filter()).await?, site(&page))?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict("blocked").await?;
        ensure!(verdict.to_string().contains("blocked"), "{verdict}");
        reader.notice().await?;
        reader.expect("witness.notice().matches(':modal')", true).await?;
        reader.click_in_notice("J’ai autorisé le site").await?;
        reader
            .until("witness.notice().querySelector('[role=status]').innerText.includes('ne voyons toujours pas')")
            .await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}
