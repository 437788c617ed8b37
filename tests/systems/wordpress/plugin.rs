//! The plugin on a WordPress, and what the tests of it ask.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::webdriver::Browser;
use support::site::scripts;
use support::waiting::{SLOW, wait_within};
use tokio::sync::OnceCell;
use xtask::plugins::{self, System};
use xtask::setup::Need;

use super::site::{Kind, Language, Site};
use super::visitor::{Page, Visitor};

/// What WordPress calls it.
pub const NAME: &str = "soutien/soutien.php";

/// An expression: the open notice of a page, or null.
pub const NOTICE: &str = "[...document.querySelectorAll('[data-soutien]')].map(({ shadowRoot }) => shadowRoot?.querySelector('dialog[open]')).find(Boolean) ?? null";

/// The plugin's zip, which is made once.
pub async fn zip() -> Result<PathBuf> {
    static ZIP: OnceCell<PathBuf> = OnceCell::const_new();
    Ok(ZIP
        .get_or_try_init(async || plugins::assemble(System::Wordpress))
        .await?
        .clone())
}

/// The newest WordPress, in English, with the plugin active and set so: an object with some of the keys of `SOUTIEN_DEFAULTS`.
pub async fn site_with(settings: Value) -> Result<Site> {
    site_of(Kind::Journal, settings).await
}

/// The same of another kind.
pub async fn site_of(kind: Kind, settings: Value) -> Result<Site> {
    let site = Site::of(kind, Need::WordpressNewest, Language::English).await?;
    zip().await?;
    site.put_plugin(&System::Wordpress.folder())?;
    let admin = site.visitor.admin().await?;
    admin.on_plugin("activate-selected", NAME).await?;
    // On a page of the admin, it makes its table.
    admin.get("/wp-admin/").await?.fine()?;
    set(&site, &settings)?;
    Ok(site)
}

/// Changes what is set, as the form would leave it.
pub fn set(site: &Site, settings: &Value) -> Result<()> {
    site.php(&format!(
        "update_option( 'soutien', json_decode( {}, true ) + soutien_settings() );",
        plugins::quoted(&settings.to_string())
    ))?;
    Ok(())
}

/// The tag of a page, if it has one; never more.
pub fn tag(page: &Page) -> Result<Option<String>> {
    let tags: Vec<&str> = scripts(&page.text)
        .filter(|tag| tag.contains(r#"id="soutien-js""#) || tag.contains("id='soutien-js'"))
        .collect();
    ensure!(tags.len() <= 1, "{} has {} tags", page.address, tags.len());
    // The rules of docs/filter-lists.md stop it here as well.
    ensure!(
        tags.iter().all(|tag| tag.contains("/soutien/soutien.js")),
        "no rule knows the address in {tags:?}"
    );
    Ok(tags.first().map(|&tag| tag.to_owned()))
}

/// Whether somebody is asked on a page: its tag has another policy than `silent`.
pub async fn is_asked(visitor: &Visitor, path: &str) -> Result<bool> {
    let page = visitor.get(path).await?.fine()?;
    let tag = tag(&page)?.with_context(|| format!("{path} has no tag"))?;
    Ok(!tag.contains(r#"data-policy="silent""#))
}

/// Sends a batch of numbers as a page of the site does, and gives the status.
pub async fn send(site: &Site, path: &str, body: &str) -> Result<u16> {
    send_with(site, path, body, &[("sec-fetch-site", "same-origin")]).await
}

/// The same with these headers.
pub async fn send_with(site: &Site, path: &str, body: &str, headers: &[(&str, &str)]) -> Result<u16> {
    let mut request = site.visitor.request(reqwest::Method::POST, path).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    let status = response.status().as_u16();
    let said = response.text().await?;
    ensure!(said.is_empty(), "the answer {status} has a body: {said}");
    Ok(status)
}

/// The path of what takes numbers.
pub const NUMBERS: &str = "/wp-content/plugins/soutien/numbers.php";

/// A batch of a blocked view with a notice, after which the site was allowed.
pub fn batch(id: u64) -> Value {
    json!({
        "version": 1,
        "batch": format!("{id:016x}"),
        "events": [
            { "name": "verdict", "kind": "blocked", "cause": "extension", "ms": 53, "first": true },
            { "name": "show" },
            { "name": "recheck" },
            { "name": "verdict", "kind": "clear", "cause": "none", "ms": 1101 },
            { "name": "recovered" },
        ],
    })
}

/// What has been counted, by names; without what is only remembered.
pub fn counted(site: &Site, table: &str) -> Result<Value> {
    let rows = site.sql(&format!(
        "SELECT name, SUM( total ) AS total FROM {table} WHERE day > '2000-01-01' GROUP BY name ORDER BY name"
    ))?;
    let mut numbers = serde_json::Map::new();
    for row in rows {
        let name = row["name"].as_str().context("a row has a name")?;
        let total: f64 = row["total"].as_str().context("a row has a total")?.parse()?;
        numbers.insert(name.to_owned(), json!(total as u64));
    }
    Ok(numbers.into())
}

/// Waits until an expression is neither null nor false on the page, and gives it.
pub async fn wait(browser: &Browser, expression: &str) -> Result<Value> {
    let waited = wait_within(SLOW, expression, async || {
        let answer = browser.execute(format!("return {expression};"), vec![]).await.ok();
        let value = answer.map(|answer| answer.json().clone()).unwrap_or_default();
        Ok((value != Value::Null && value != Value::Bool(false)).then_some(value))
    });
    waited.await
}
