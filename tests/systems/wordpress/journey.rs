//! An editor and the readers: from the zip to the dashboard, and away again.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_project::extension::Target;
use soutien_testbed::session;
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::{self, Kind as Reader, run};
use support::waiting::{SLOW, wait_within};
use thirtyfour::By;
use xtask::setup::Need;

use super::harness::Control;
use super::plugin::{NAME, NOTICE, counted, wait, zip};
use super::site::{Language, Site};
use super::visitor::seen;

/// Three of the profiles that the companion extension plays.
const PROFILES: [&str; 3] = ["ublock-origin", "adblock-plus", "adguard"];

/// Clicks what a selector finds, which has to come first.
async fn click(browser: &Browser, selector: &str) -> Result<()> {
    seen(browser, selector).await?;
    let element = browser.find(By::Css(selector)).await?;
    element.scroll_into_view().await?;
    element.click().await.with_context(|| format!("{selector} cannot be clicked"))
}

/// Opens the front page and follows the link to its first post, as a reader of more than one page does, and waits for the verdict.
async fn read_two_pages(browser: &Browser, site: &Site, kind: &str) -> Result<()> {
    browser.goto(&site.visitor.address).await?;
    wait(browser, "Soutien.verdict?.kind").await?;
    browser
        .execute(
            "document.querySelector('.wp-block-post-title a, .entry-title a').click();",
            vec![],
        )
        .await?;
    wait(browser, "location.pathname !== '/' && document.readyState === 'complete'").await?;
    let found = wait(browser, "Soutien.verdict?.kind").await?;
    ensure!(found == kind, "expected the verdict {kind}, found {found}");
    Ok(())
}

/// How many notices are counted.
fn n_shown(site: &Site) -> Result<u64> {
    Ok(counted(site, "wp_soutien_numbers")?["shown"].as_u64().unwrap_or(0))
}

/// A reader with a blocker is asked on the second page, and stays until that is counted: what is sent as somebody leaves has one attempt alone, which a
/// server that is busy may not take.
async fn is_asked(browser: &Browser, site: &Site) -> Result<()> {
    let before = n_shown(site)?;
    read_two_pages(browser, site, "blocked").await?;
    let title = wait(browser, &format!("({NOTICE})?.querySelector('h2').textContent")).await?;
    ensure!(title == "Adblock détecté", "the notice is not in French: {title}");
    wait_within(SLOW, "the notice to be counted", async || {
        Ok((n_shown(site)? > before).then_some(()))
    })
    .await
}

#[test]
fn an_editor_installs_it_in_five_clicks_and_readers_who_block_are_asked() {
    run(async {
        let site = Site::new(Need::WordpressNewest, Language::French).await?;
        let zip = zip().await?;
        {
            let turn = browsers::borrow(Reader::Chromium).await?;
            let editor = &turn.browser;
            site.visitor.log_in(editor).await?;
            // Install Now, and Activate.
            site.visitor.upload(editor, &zip).await?;
            click(
                editor,
                "tr[data-plugin='soutien/soutien.php'] a[href$='options-general.php?page=soutien']",
            )
            .await?;
            click(editor, "input[name='soutien[mode]'][value=ask]").await?;
            click(editor, "#soutien-form #submit").await?;
            seen(editor, "#setting-error-settings_updated").await?;
            // What the reader consents to is no click of these: a site without a consent manager says that it needs none.
            let script = "document.querySelector('#soutien-consent').value = 'given'; document.querySelector('#soutien-form #submit').click();";
            editor.execute(script, vec![]).await?;
            wait(editor, "document.querySelector('#soutien-consent')?.value === 'given' && !!document.querySelector('#setting-error-settings_updated')").await?;
            editor.delete_all_cookies().await?;
            // Whoever blocks nothing is not asked.
            read_two_pages(editor, &site, "clear").await?;
            ensure!(wait(editor, &format!("({NOTICE}) === null")).await? == true);
            editor.goto("about:blank").await?;
        }
        {
            let turn = browsers::borrow(Reader::Ublock).await?;
            is_asked(&turn.browser, &site).await.context("uBlock Origin in Firefox")?;
            turn.browser.goto("about:blank").await?;
        }
        let browser = session::start(Target::Chromium, &Target::Chromium.folder(true), None, Certificates::Any).await?;
        for profile in PROFILES {
            browser.goto(session::popup(Target::Chromium)).await?;
            session::ask(&browser, json!({ "kind": "select", "profile": profile })).await?;
            is_asked(&browser, &site).await.with_context(|| profile.to_owned())?;
        }
        // A subscriber is not asked, and is counted all the same.
        site.add_member("subscriber")?;
        site.visitor.log_in_with(&browser, "subscriber").await?;
        read_two_pages(&browser, &site, "blocked").await?;
        let policy = wait(&browser, "document.querySelector('#soutien-js').dataset.policy").await?;
        ensure!(policy == "silent", "the subscriber has the policy {policy}");
        browser.goto("about:blank").await?;

        // Two views of each: the editor, uBlock Origin, three profiles, the subscriber.
        let expected = json!({ "blocked": 10, "by-extension": 10, "clear": 2, "shown": 4 });
        let numbers = wait_within(SLOW, "the numbers", async || {
            let numbers = counted(&site, "wp_soutien_numbers")?;
            Ok((numbers == expected).then_some(numbers))
        });
        if numbers.await.is_err() {
            anyhow::bail!("expected {expected}, found {}", counted(&site, "wp_soutien_numbers")?);
        }
        let admin = site.visitor.admin().await?;
        let page = admin.get("/wp-admin/index.php?page=soutien-numbers").await?.fine()?;
        for (name, figure) in [
            ("block-rate", "83,3%"),
            ("eligible", "12"),
            ("shown", "4"),
            ("allow-rate", "0,0%"),
        ] {
            let found = page.text.split_once(&format!("data-figure=\"{name}\"")).map(|(_, rest)| rest);
            let (found, _) = found
                .and_then(|rest| rest.split_once("<b>")?.1.split_once("</b>"))
                .with_context(|| format!("the dashboard has no {name}"))?;
            // Which spaces French has in numbers, WordPress' translators say.
            let found = found.replace("&nbsp;", "").replace('\u{a0}', "");
            ensure!(found == figure, "the dashboard has {found} as {name}, expected {figure}");
        }
        ensure!(
            site.complaints().iter().all(|line| !line.contains("soutien")),
            "{:#?}",
            site.complaints()
        );
        Ok(())
    });
}

/// What WordPress writes by itself is what it writes for a plugin that does nothing.
#[test]
fn after_it_is_deleted_the_site_is_as_before() {
    run(async {
        let control = Control::new()?;
        let mut changes: Vec<BTreeSet<String>> = Vec::new();
        let zip = zip().await?;
        for (zip, name) in [(control.zip(), Control::NAME), (zip, NAME)] {
            let site = Site::new(Need::WordpressNewest, Language::French).await?;
            let turn = browsers::borrow(Reader::Chromium).await?;
            let admin = site.visitor.admin().await?;
            site.visitor.log_in(&turn.browser).await?;
            let before = site.snapshot()?;
            site.visitor.upload(&turn.browser, &zip).await?;
            turn.browser.goto("about:blank").await?;
            if name == NAME {
                let form = admin.get("/wp-admin/options-general.php?page=soutien").await?.fine()?;
                let nonce = form.field("_wpnonce")?;
                let fields = [
                    ("option_page", "soutien"),
                    ("action", "update"),
                    ("_wpnonce", &nonce),
                    ("soutien[mode]", "ask"),
                    ("soutien[options][title]", "Bonjour"),
                ];
                admin.post("/wp-admin/options.php", &fields).await?.fine()?;
                site.php("update_post_meta( 1, '_soutien_quiet', '1' );")?;
                let kept = site.sql("SELECT 1 FROM wp_options WHERE option_name = 'soutien'")?;
                ensure!(!kept.is_empty(), "the form has kept nothing");
            }
            admin.on_plugin("deactivate-selected", name).await?;
            admin.on_plugin("delete-selected", name).await?;
            changes.push(before.changes(&site.snapshot()?));
        }
        let left: Vec<&String> = changes[1].difference(&changes[0]).collect();
        ensure!(left.is_empty(), "it leaves {left:#?}");
        Ok(())
    });
}
