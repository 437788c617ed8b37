//! Somebody who asks a WordPress for pages and uses its forms, over HTTP and with a browser.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Url};
use serde_json::Value;
use support::waiting::{SLOW, wait_within};
use thirtyfour::{By, WebDriver};

use super::{ADMIN, PASSWORD};

/// How often an answer may lead elsewhere.
const REDIRECTIONS: usize = 10;

/// Somebody with cookies of their own.
pub struct Visitor {
    /// The origin of the site.
    pub address: String,
    client: Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What a WordPress has answered.
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where the answer came from in the end.
    pub address: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The text.
    pub text: String,
}

impl Page {
    /// The page, if it is answered as pages are.
    pub fn fine(self) -> Result<Page> {
        let Page {
            status, address, text, ..
        } = &self;
        ensure!(*status == 200, "{address} is answered by {status}, expected 200: {text}");
        Ok(self)
    }

    /// The value of the first field of this name in its forms, such as a nonce.
    pub fn field(&self, name: &str) -> Result<String> {
        let after = self.text.split_once(&format!(r#"name="{name}""#)).map(|(_, rest)| rest);
        let value = after.and_then(|rest| rest.split_once(r#"value=""#)?.1.split_once('"'));
        let value = value.with_context(|| format!("{} has no field {name}", self.address))?;
        Ok(value.0.to_owned())
    }
}

impl Visitor {
    /// Somebody without cookies.
    pub fn new(address: &str) -> Result<Visitor> {
        let url: Url = address.parse()?;
        let host = url.host_str().context("an address has a host")?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .build()?;
        Ok(Visitor {
            address: address.to_owned(),
            client,
            cookies: Mutex::default(),
        })
    }

    /// Asks for a page, which may lead to another.
    pub async fn get(&self, path: &str) -> Result<Page> {
        self.send(Method::GET, path, String::new()).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.send(Method::POST, path, pairs.join("&")).await
    }

    async fn send(&self, mut method: Method, path: &str, mut body: String) -> Result<Page> {
        let mut address: Url = format!("{}{path}", self.address).parse()?;
        for _ in 0..REDIRECTIONS {
            let mut request = self.client.request(method, address.clone()).header(COOKIE, self.cookies());
            if !body.is_empty() {
                request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
            }
            let response = request.send().await.with_context(|| format!("{address} does not answer"))?;
            let headers = response.headers().clone();
            self.keep(&headers);
            let Some(place) = headers.get(LOCATION) else {
                let status = response.status().as_u16();
                let text = response.text().await?;
                return Ok(Page {
                    status,
                    address,
                    headers,
                    text,
                });
            };
            address = address.join(place.to_str()?)?;
            (method, body) = (Method::GET, String::new());
        }
        anyhow::bail!("{path} leads elsewhere more than {REDIRECTIONS} times, at last to {address}")
    }

    fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for header in headers.get_all(SET_COOKIE) {
            let text = header.to_str().unwrap_or_default();
            if let Some((name, value)) = text.split(';').next().and_then(|pair| pair.split_once('=')) {
                cookies.insert(name.trim().to_owned(), value.to_owned());
            }
        }
    }

    /// A request that is nobody's page, with this one's cookies; what it is answered with leads nowhere else.
    pub fn request(&self, method: Method, path: &str) -> Result<reqwest::RequestBuilder> {
        let address: Url = format!("{}{path}", self.address).parse()?;
        Ok(self.client.request(method, address).header(COOKIE, self.cookies()))
    }

    /// Somebody else on the same site, without this one's cookies.
    pub fn another(&self) -> Result<Visitor> {
        Visitor::new(&self.address)
    }

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
        browser.goto(format!("{}/wp-login.php", self.address)).await?;
        // The form's own script moves the focus after a while, which may be in the middle of a word that is typed.
        let script = "document.getElementById('user_login').value = arguments[0]; document.getElementById('user_pass').value = arguments[1];
            document.getElementById('wp-submit').click();";
        browser.execute(script, vec![ADMIN.into(), PASSWORD.into()]).await?;
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

/// A text as forms send it.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
