//! The reader allows the site: with the real uBlock Origin's own switch, and with what else refuses ads; and is thanked, without being asked
//! for the page to be loaded again where that is not needed.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::webdriver::Browser;
use support::browsers::{Kind, refused, run};
use support::reader::Reader;
use support::site::{page, site};
use thirtyfour::Key;

const ALWAYS: &str = r#"data-policy="always" data-delay="0" data-lang="fr""#;

/// The host of uBlock Origin's own pages, which Firefox draws anew for each profile unless told.
const UBLOCK_HOST: &str = "0a3c1f52-6d47-4b0b-8c1e-2b6a2d94e3aa";

/// Firefox with uBlock Origin and its own pages at a known host, on a page with the notice.
async fn ublock_reader() -> Result<Reader> {
    let hosts = json!({ "uBlock0@raymondhill.net": UBLOCK_HOST }).to_string();
    let browser = Browser::firefox_with_ublock(&[("extensions.webextensions.uuids", json!(hosts))]).await?;
    let reader = Reader::with_browser(browser, site(&page(ALWAYS)))?;
    reader.open("/page.html").await?;
    reader.verdict("blocked").await?;
    reader.notice().await?;
    Ok(reader)
}

/// Does something in uBlock Origin's popup for the page, in a tab of its own, and comes back to the page.
async fn in_popup(reader: &Reader, control: &str, done: &str) -> Result<()> {
    let browser = &reader.browser;
    let page = browser.window().await?;
    let popup = browser.new_tab().await?;
    browser.switch_to_window(popup).await?;
    browser
        .goto(format!("moz-extension://{UBLOCK_HOST}/popup-fenix.html"))
        .await?;
    let find = "const [address, done] = arguments;
        browser.tabs.query({}).then((tabs) => done(tabs.find(({ url }) => url.startsWith(address))?.id));";
    let tab = browser
        .execute_async(find, vec![json!(reader.site.site)])
        .await?
        .json()
        .clone();
    ensure!(tab.is_number(), "uBlock Origin knows no tab of the page: {tab}");
    browser
        .goto(format!("moz-extension://{UBLOCK_HOST}/popup-fenix.html?tabId={tab}"))
        .await?;
    reader
        .until("document.body?.classList.contains('loading') === false && !!document.querySelector('#switch')")
        .await?;
    reader.ask(&format!("document.querySelector('{control}').click()")).await?;
    reader.until(done).await.context("uBlock Origin does not take the click")?;
    browser.close_window().await?;
    browser.switch_to_window(page).await?;
    Ok(())
}

/// The details of all events of a name.
async fn events(reader: &Reader, name: &str) -> Result<Value> {
    reader
        .ask(&format!(
            "witness.events.filter((event) => event.name === '{name}').map(({{ detail }}) => detail)"
        ))
        .await
}

/// Waits for the thanks, which must not take the focus, and come once.
async fn thanked(reader: &Reader) -> Result<()> {
    reader.event("recovered").await?;
    let words = reader.until("witness.thanks()?.innerText.trim() || null").await?;
    ensure!(
        words.as_str().is_some_and(|words| words.contains("Merci")),
        "the thanks say {words}"
    );
    reader
        .expect(
            "witness.thanks().contains(witness.thanks().getRootNode().activeElement)",
            false,
        )
        .await?;
    reader.expect("witness.notice()", Value::Null).await?;
    let recovered = events(reader, "recovered").await?;
    ensure!(recovered.as_array().is_some_and(|events| events.len() == 1), "{recovered}");
    Ok(())
}

#[test]
fn who_allows_the_site_in_ublock_origin_is_offered_a_reload_and_thanked_once_after_it() {
    run(async {
        let reader = ublock_reader().await?;
        reader.click_in_notice("Comment autoriser ce site").await?;
        in_popup(&reader, "#switch", "document.body.classList.contains('off')").await?;
        reader.click_in_notice("J’ai autorisé le site").await?;
        reader.event("recheck").await?;
        // Its styles stay until the page is loaded again, and are no evidence any more.
        reader
            .until("witness.events.filter(({ name }) => name === 'verdict').length === 2")
            .await?;
        let verdicts = events(&reader, "verdict").await?;
        ensure!(verdicts[1]["kind"] == "unsure", "the second verdict is {}", verdicts[1]);
        ensure!(verdicts[1].to_string().contains(r#""why":"kept""#), "{}", verdicts[1]);
        reader
            .until("witness.notice().querySelector('[role=status]').innerText.includes('Vous y êtes presque')")
            .await?;
        reader.keep_shot("reload.png").await?;
        reader.click_in_notice("Recharger la page").await?;
        reader
            .until("performance.getEntriesByType('navigation')[0].type === 'reload' && witness.events")
            .await?;
        reader.verdict("clear").await?;
        thanked(&reader).await?;
        reader.keep_shot("thanks.png").await?;
        reader.browser.refresh().await?;
        reader.verdict("clear").await?;
        reader.settled().await?;
        ensure!(events(&reader, "recovered").await? == json!([]), "thanked twice");
        reader.unharmed().await
    });
}

#[test]
fn who_allows_the_site_in_ublock_origin_and_reloads_there_is_thanked_as_well() {
    run(async {
        let reader = ublock_reader().await?;
        reader.click_in_notice("Comment autoriser ce site").await?;
        in_popup(&reader, "#switch", "document.body.classList.contains('off')").await?;
        in_popup(&reader, "#refresh", "true").await?;
        reader
            .until("performance.getEntriesByType('navigation')[0].type === 'reload' && witness.events")
            .await?;
        reader.verdict("clear").await?;
        thanked(&reader).await?;
        reader.unharmed().await
    });
}

#[test]
fn a_site_that_is_still_blocked_is_said_to_be() {
    run(async {
        let reader = ublock_reader().await?;
        reader.click_in_notice("J’ai autorisé le site").await?;
        reader
            .until("witness.notice().querySelector('[role=status]').innerText.includes('ne voyons toujours pas')")
            .await?;
        ensure!(events(&reader, "recovered").await? == json!([]), "thanked for nothing");
        reader
            .expect("witness.notice().querySelector('.steps').hidden", false)
            .await?;
        reader.unharmed().await
    });
}

#[test]
fn where_nothing_is_left_hidden_thanks_come_at_once() {
    run(async {
        let reader = Reader::new(Kind::Refusing, site(&page(ALWAYS))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader
            .browser
            .devtools("Network.setBlockedURLs", json!({ "urls": [] }))
            .await?;
        reader.click_in_notice("J’ai autorisé le site").await?;
        let looked = thanked(&reader).await;
        // The browser is shared.
        reader
            .browser
            .devtools("Network.setBlockedURLs", json!({ "urls": refused() }))
            .await?;
        looked?;
        reader.expect("document.activeElement.id", "suite").await?;
        // They go by themselves.
        reader.until("witness.thanks() === null").await?;
        reader.unharmed().await
    });
}

/// On a page that shows the notice to a reader without a blocker: asks to look again, which has to find one.
async fn check_found(reader: &Reader) -> Result<()> {
    reader.click_in_notice("J’ai autorisé le site").await?;
    reader
        .until("witness.notice().querySelector('[role=status]').innerText.includes('ne voyons toujours pas')")
        .await?;
    reader.until("Soutien.verdict.kind === 'blocked'").await?;
    reader.unharmed().await?;
    reader.press(Key::Escape).await?;
    reader.event("close").await?;
    reader.usable().await
}

#[test]
fn a_blocker_that_is_switched_on_while_the_notice_is_open_is_found() {
    run(async {
        let reader = Reader::new(Kind::Chromium, site(&page(ALWAYS))).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        // The next reader with this browser has it set anew.
        reader
            .browser
            .devtools("Network.setBlockedURLs", json!({ "urls": refused() }))
            .await?;
        check_found(&reader).await
    });
}

#[test]
fn ublock_origin_that_is_switched_on_while_the_notice_is_open_is_found() {
    run(async {
        let reader = ublock_reader().await?;
        in_popup(&reader, "#switch", "document.body.classList.contains('off')").await?;
        reader.browser.refresh().await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        in_popup(&reader, "#switch", "!document.body.classList.contains('off')").await?;
        check_found(&reader).await
    });
}
