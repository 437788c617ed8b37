//! What one does on a WordPress, over HTTP and with a browser.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use support::waiting::{SLOW, wait_within};
use thirtyfour::{By, WebDriver};

use super::{ADMIN, PASSWORD};

pub use crate::visitor::{Page, Visitor};

impl Page {
    /// The value of the first field of this name in its forms, such as a nonce.
    pub fn field(&self, name: &str) -> Result<String> {
        let after = self.text.split_once(&format!(r#"name="{name}""#)).map(|(_, rest)| rest);
        let value = after.and_then(|rest| rest.split_once(r#"value=""#)?.1.split_once('"'));
        let value = value.with_context(|| format!("{} has no field {name}", self.address))?;
        Ok(value.0.to_owned())
    }
}

impl Visitor {
    /// The administrator, logged in by the form.
    pub async fn admin(&self) -> Result<Visitor> {
        let admin = self.another()?;
        admin.log_in_as(ADMIN, PASSWORD).await?;
        Ok(admin)
    }

    /// Logs in by the form.
    pub async fn log_in_as(&self, name: &str, password: &str) -> Result<()> {
        self.get("/wp-login.php").await?.fine()?;
        let fields = [("log", name), ("pwd", password), ("wp-submit", "1"), ("testcookie", "1")];
        let page = self.post("/wp-login.php", &fields).await?.fine()?;
        ensure!(
            page.text.contains("wp-admin-bar-my-account"),
            "{name} is not logged in: {} says {}",
            page.address,
            page.text
        );
        Ok(())
    }

    /// Logs the administrator in by the form, with a browser.
    pub async fn log_in(&self, browser: &WebDriver) -> Result<()> {
        self.log_in_with(browser, ADMIN).await
    }

    /// The same for whoever has this name.
    pub async fn log_in_with(&self, browser: &WebDriver, name: &str) -> Result<()> {
        browser.goto(format!("{}/wp-login.php", self.address)).await?;
        // The form's own script moves the focus after a while, which may be in the middle of a word that is typed.
        let script = "document.getElementById('user_login').value = arguments[0]; document.getElementById('user_pass').value = arguments[1];
            document.getElementById('wp-submit').click();";
        browser.execute(script, vec![name.into(), PASSWORD.into()]).await?;
        seen(browser, "#wpadminbar").await
    }

    /// Installs a plugin by the form of WordPress' that takes a zip, and activates it by the link that it then shows; the browser is logged in.
    pub async fn upload(&self, browser: &WebDriver, zip: &Path) -> Result<()> {
        browser
            .goto(format!("{}/wp-admin/plugin-install.php?tab=upload", self.address))
            .await?;
        let zip = zip.to_str().context("a path is a text")?;
        browser.find(By::Css("input[name=pluginzip]")).await?.send_keys(zip).await?;
        browser.find(By::Css("#install-plugin-submit")).await?.click().await?;
        let link = "a[href*='action=activate']";
        seen(browser, link).await?;
        browser.find(By::Css(link)).await?.click().await?;
        seen(browser, "#message, .notice-success").await
    }

    /// Has the page of plugins do something with one of them, of which it gives the new page: `activate-selected`, `deactivate-selected`, or
    /// `delete-selected`. This is the administrator; the plugin is called as in `soutien/soutien.php`.
    pub async fn on_plugin(&self, action: &str, plugin: &str) -> Result<Page> {
        let nonce = self.get("/wp-admin/plugins.php").await?.fine()?.field("_wpnonce")?;
        let mut fields = vec![("_wpnonce", &*nonce), ("action", action), ("checked[]", plugin)];
        if action == "delete-selected" {
            // What the page asks for besides, when no script of its own does.
            fields.push(("verify-delete", "1"));
        }
        self.post("/wp-admin/plugins.php", &fields).await?.fine()
    }

    /// Activates a theme by the link on the page of themes. This is the administrator.
    pub async fn switch_theme(&self, theme: &str) -> Result<()> {
        let page = self.get("/wp-admin/themes.php").await?.fine()?;
        let start = format!("stylesheet={theme}&amp;_wpnonce=");
        let nonce = page.text.split_once(&start).map(|(_, rest)| rest);
        let nonce = nonce.with_context(|| format!("{} has no link that activates {theme}", page.address))?;
        let nonce: String = nonce.chars().take_while(char::is_ascii_alphanumeric).collect();
        let path = format!("/wp-admin/themes.php?action=activate&stylesheet={theme}&_wpnonce={nonce}");
        self.get(&path).await?.fine()?;
        Ok(())
    }
}

/// Waits until a page has an element.
pub async fn seen(browser: &WebDriver, selector: &str) -> Result<()> {
    let script = "return !!document.querySelector(arguments[0]);";
    let found = wait_within(SLOW, selector, async || {
        // Between two pages there is none to ask.
        let answer = browser.execute(script, vec![selector.into()]).await.ok();
        Ok(answer.filter(|answer| *answer.json() == Value::Bool(true)).map(drop))
    });
    if let Err(error) = found.await {
        let page = browser.source().await.unwrap_or_default();
        return Err(error.context(format!("the page is {page}")));
    }
    Ok(())
}
