//! The pages in the admin: accessible, by keyboard, in the language of whoever looks, and what they show.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::webdriver::Browser;
use support::browsers::{self, Kind as Reader, run};
use thirtyfour::Key;
use xtask::plugins::System;
use xtask::setup::{Need, require};

use super::plugin::{self, NAME, NUMBERS, batch, send, wait, zip};
use super::site::{Language, Site};
use super::visitor::seen;

const SETTINGS: &str = "/wp-admin/options-general.php?page=soutien";
const DASHBOARD: &str = "/wp-admin/index.php?page=soutien-numbers";

/// A site in a language with the plugin and some numbers.
async fn site_in(language: Language) -> Result<Site> {
    let site = Site::new(Need::WordpressNewest, language).await?;
    zip().await?;
    site.put_plugin(&System::Wordpress.folder())?;
    let admin = site.visitor.admin().await?;
    admin.on_plugin("activate-selected", NAME).await?;
    admin.get("/wp-admin/").await?.fine()?;
    site.php("for ( $day = 1; $day < 20; $day++ ) { foreach ( array( 'blocked' => 20 + $day, 'clear' => 80 - $day, 'unsure' => 2, 'by-extension' => 18 + $day, 'by-network' => 2, 'shown' => 9, 'recovered' => 2 ) as $name => $total ) {
        $wpdb->insert( $wpdb->prefix . 'soutien_numbers', array( 'day' => gmdate( 'Y-m-d', time() - $day * 86400 ), 'name' => $name, 'total' => $total ) ); } }")?;
    send(&site, NUMBERS, &batch(1).to_string()).await?;
    Ok(site)
}

/// What axe finds wrong with what is ours on the page; the rest is WordPress' own.
async fn violations(browser: &Browser) -> Result<Value> {
    let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
    browser.execute(axe, vec![]).await?;
    let script = "const done = arguments[0];
        axe.run('.soutien', { resultTypes: ['violations'], iframes: false }).then(({ violations }) =>
            done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')}`)), (error) => done([String(error)]));";
    Ok(browser.execute_async(script, vec![]).await?.json().clone())
}

#[test]
fn axe_finds_nothing_in_either_language_and_scheme() {
    run(async {
        for language in [Language::French, Language::English] {
            let site = site_in(language).await?;
            let turn = browsers::borrow(Reader::Chromium).await?;
            let browser = &turn.browser;
            site.visitor.log_in(browser).await?;
            for scheme in ["light", "dark"] {
                let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                browser.devtools("Emulation.setEmulatedMedia", feature).await?;
                for (path, what) in [(SETTINGS, "settings"), (DASHBOARD, "numbers")] {
                    browser.goto(format!("{}{path}", site.visitor.address)).await?;
                    seen(browser, ".soutien").await?;
                    if what == "settings" {
                        // The notice is there in the frame beside the form.
                        wait(
                            browser,
                            &format!(
                                "document.querySelector('.soutien-preview iframe').contentWindow.eval(`({})?.open`)",
                                plugin::NOTICE
                            ),
                        )
                        .await?;
                    }
                    let found = violations(browser).await?;
                    ensure!(found == json!([]), "{language:?}, {scheme}, {what}: {found:#}");
                    let folder = soutien_project::root().join("target/shots");
                    fs::create_dir_all(&folder)?;
                    let shot = folder.join(format!("wordpress-{what}-{language:?}-{scheme}.png").to_lowercase());
                    browser.screenshot(&shot).await?;
                }
            }
            browser
                .devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
                .await?;
            browser.goto("about:blank").await?;
        }
        Ok(())
    });
}

/// From the first choice to the button that saves, without a mouse.
#[test]
fn the_keyboard_alone_sets_it_to_ask() {
    run(async {
        let site = site_in(Language::English).await?;
        let turn = browsers::borrow(Reader::Firefox).await?;
        let browser = &turn.browser;
        site.visitor.log_in(browser).await?;
        browser.goto(format!("{}{SETTINGS}", site.visitor.address)).await?;
        let press = async |key: Key| browser.action_chain().send_keys(key).perform().await;
        let focused = "document.activeElement";
        let tab_to = async |what: &str| -> Result<()> {
            for _ in 0..250 {
                let is_there = browser.execute(format!("return !!({what});"), vec![]).await?;
                if *is_there.json() == json!(true) {
                    return Ok(());
                }
                press(Key::Tab).await?;
            }
            anyhow::bail!("Tab does not lead to {what}")
        };
        tab_to(&format!("{focused}.name === 'soutien[mode]'")).await?;
        press(Key::Down).await?;
        wait(browser, "document.querySelector('input[value=ask]').checked").await?;
        tab_to(&format!("{focused}.id === 'soutien-view'")).await?;
        press(Key::Down).await?;
        tab_to(&format!("{focused}.id === 'submit'")).await?;
        // What has the focus is in sight.
        let place = browser.execute("const { top, bottom } = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight;", vec![]).await?;
        ensure!(*place.json() == json!(true), "the button is out of sight");
        press(Key::Enter).await?;
        seen(browser, "#setting-error-settings_updated").await?;
        let kept: Value = serde_json::from_str(&site.php("echo wp_json_encode( soutien_settings() );")?)?;
        ensure!(
            kept["mode"] == "ask" && kept["options"] == json!({ "view": "banner" }),
            "kept is {kept}"
        );
        browser.goto("about:blank").await?;
        Ok(())
    });
}

/// What is written in the sources and not handed to translators shows here without a mark.
#[test]
fn every_word_of_the_pages_can_be_translated() {
    run(async {
        let site = site_in(Language::English).await?;
        fs::create_dir_all(site.folder.join("wp-content/mu-plugins"))?;
        fs::write(
            site.folder.join("wp-content/mu-plugins/marks.php"),
            "<?php foreach ( array( 'gettext_soutien', 'ngettext_soutien', 'gettext_with_context_soutien' ) as $hook ) { add_filter( $hook, fn( $text ) => '⟦' . $text . '⟧' ); }",
        )?;
        plugin::set(&site, &json!({ "options": { "count": "10" } }))?;
        let turn = browsers::borrow(Reader::Chromium).await?;
        let browser = &turn.browser;
        site.visitor.log_in(browser).await?;
        for path in [SETTINGS, DASHBOARD] {
            browser.goto(format!("{}{path}", site.visitor.address)).await?;
            seen(browser, ".soutien").await?;
            // The words of WordPress' own, of the site, and names that are the same everywhere.
            let script = "const own = /^(Save Changes|Soutien|Matomo|Plausible|Posts|Pages|Administrator|Editor|Author|Contributor|Subscriber|Uncategorized)$/;
                const found = [];
                for (const walker = document.createTreeWalker(document.querySelector('.soutien'), NodeFilter.SHOW_TEXT); walker.nextNode();) {
                    const { parentElement: element, textContent } = walker.currentNode;
                    const text = textContent.trim();
                    if (!/\\p{L}/u.test(text) || own.test(text) || element.closest('script, style, time, .ends, #soutien-lang')) continue;
                    let whole = element;
                    while (!whole.textContent.includes('⟦') && whole.parentElement && whole.matches('code')) whole = whole.parentElement;
                    if (!whole.textContent.includes('⟦')) found.push(text);
                }
                for (const element of document.querySelectorAll('.soutien [aria-label], .soutien [title]')) {
                    const text = element.getAttribute('aria-label') ?? element.title;
                    if (!text.includes('⟦')) found.push(text);
                }
                return found;";
            let found = browser.execute(script, vec![]).await?.json().clone();
            ensure!(found == json!([]), "{path} has words that nobody can translate: {found:#}");
        }
        browser.goto("about:blank").await?;
        Ok(())
    });
}

#[test]
fn site_health_says_what_readers_and_numbers_meet() {
    run(async {
        let site = site_in(Language::English).await?;
        plugin::set(&site, &json!({ "mode": "ask" }))?;
        let admin = site.visitor.admin().await?;
        let nonce = admin.get("/wp-admin/admin-ajax.php?action=rest-nonce").await?.text;
        let ask = async |name: &str| -> Result<Value> {
            let request = admin.request(reqwest::Method::GET, &format!("/?rest_route=/soutien/v1/health/{name}"));
            let answer = request.header("x-wp-nonce", &nonce).send().await?;
            Ok(serde_json::from_str(&answer.text().await?)?)
        };
        let check = async |name: &str, expected: &str, says: &str| -> Result<()> {
            let result = ask(name).await?;
            let label = result["label"].as_str().context("a result has a label")?;
            ensure!(
                result["status"] == expected && label.contains(says),
                "{name} is {result}, expected {expected}, {says:?}"
            );
            Ok(())
        };
        check("files", "good", "can get").await?;
        check("names", "good", "no word").await?;
        check("policy", "good", "lets Soutien run").await?;
        check("numbers", "good", "can arrive").await?;
        // What goes wrong in the field.
        let mu = site.folder.join("wp-content/mu-plugins");
        fs::create_dir_all(&mu)?;
        fs::write(
            mu.join("policy.php"),
            "<?php add_filter( 'wp_headers', fn( $h ) => $h + array( 'Content-Security-Policy' => \"default-src 'none'; script-src 'self'\" ) );",
        )?;
        check("policy", "recommended", "connect-src").await?;
        fs::remove_file(mu.join("policy.php"))?;
        fs::write(
            mu.join("proxy.php"),
            "<?php $_SERVER['HTTP_X_FORWARDED_FOR'] = '203.0.113.7';",
        )?;
        check("numbers", "recommended", "the same address").await?;
        plugin::set(&site, &json!({ "proxy": true }))?;
        check("numbers", "good", "can arrive").await?;
        let receiver = site.folder.join("wp-content/plugins/soutien/numbers.php");
        fs::remove_file(&receiver)?;
        check("numbers", "recommended", "404").await?;
        let release = site.php("echo soutien_release()['hash'];")?;
        fs::remove_file(
            site.folder
                .join(format!("wp-content/plugins/soutien/site/{release}/soutien/soutien.wasm")),
        )?;
        check("files", "recommended", "soutien.wasm").await?;
        // What the page itself tests: whether a cache is there that nobody empties.
        let says = async |what: &str| -> Result<()> {
            let page = admin.get("/wp-admin/site-health.php").await?.fine()?;
            ensure!(page.text.contains(what), "Site Health does not say {what:?}");
            Ok(())
        };
        says("No page cache of this site is unknown to Soutien").await?;
        site.define("define( 'WP_CACHE', true );")?;
        says("There is a page cache that Soutien cannot empty").await?;
        fs::write(mu.join("cache.php"), "<?php function rocket_clean_domain() {}")?;
        says("No page cache of this site is unknown to Soutien").await?;
        // Another notice is told of, on the page with the settings as well.
        site.php("update_option( 'active_plugins', array( 'soutien/soutien.php', 'ad-inserter/ad-inserter.php' ) );")?;
        let other = site.folder.join("wp-content/plugins/ad-inserter");
        fs::create_dir_all(&other)?;
        fs::write(other.join("ad-inserter.php"), "<?php /* Plugin Name: Ad Inserter */")?;
        let page = admin.get(SETTINGS).await?.fine()?;
        ensure!(
            page.text.contains("two notices: Ad Inserter"),
            "the page does not tell of the other notice"
        );
        Ok(())
    });
}
