//! Browsers with the extension, and what they are asked.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::extensions::addons::firefox::FirefoxTools;
use thirtyfour::{RequestData, SessionId};

use crate::webdriver::{Browser, Certificates};
use soutien_project::extension::{CHROMIUM_ID, FIREFOX_HOST, FIREFOX_ID, Target};

const POLL: Duration = Duration::from_millis(20);

/// Starts a browser with a fresh profile and the built extension, as it is in this folder. `world` is the local port that
/// stands for port 443 of every host, where there is one; names below `example` are this machine then.
///
/// # Errors
/// When the browser or its driver does not start, or does not take the extension.
pub async fn start(target: Target, folder: &Path, world: Option<u16>, certificates: Certificates) -> Result<Browser> {
    match target {
        Target::Chromium => {
            let mut switches = vec![format!("--load-extension={}", folder.display())];
            switches
                .extend(world.map(|port| format!("--host-resolver-rules=MAP *:443 127.0.0.1:{port},MAP *.example 127.0.0.1")));
            let switches: Vec<&str> = switches.iter().map(String::as_str).collect();
            Browser::chromium(&switches, certificates).await
        }
        Target::Firefox => {
            let hosts = json!({ FIREFOX_ID: FIREFOX_HOST }).to_string();
            let mut preferences = vec![("extensions.webextensions.uuids", json!(hosts))];
            if let Some(port) = world {
                preferences.push(("network.dns.forceResolve", json!("127.0.0.1")));
                preferences.push(("network.socket.forcePort", json!(format!("443={port}"))));
            }
            let browser = Browser::firefox(&preferences, certificates).await?;
            FirefoxTools::new(browser.handle().clone())
                .install_addon(&folder.to_string_lossy(), Some(true))
                .await?;
            Ok(browser)
        }
    }
}

/// Has a remote end of WebDriver start a browser with the variant for machines of the extension, which goes along as `zip`.
///
/// # Errors
/// When the remote end cannot be reached, has no such browser, or does not take the extension.
pub async fn start_remotely(end: &str, target: Target, zip: &[u8], certificates: Certificates) -> Result<Browser> {
    let zip = BASE64.encode(zip);
    match target {
        Target::Chromium => Browser::remote(end, "goog:chromeOptions", json!({ "extensions": [zip] }), certificates).await,
        Target::Firefox => {
            let browser = Browser::remote(end, "moz:firefoxOptions", json!({}), certificates).await?;
            let installed = browser.cmd(InstallAddOn(zip)).await;
            installed.context("Firefox does not take the extension")?;
            Ok(browser)
        }
    }
}

/// The extension command of geckodriver, with the add-on itself; thirtyfour's own takes the name of a file on the other machine.
#[derive(Debug)]
struct InstallAddOn(String);

impl FormatRequestData for InstallAddOn {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session}/moz/addon/install"))
            .add_body(json!({ "addon": self.0, "temporary": true }))
    }
}

/// The address of the popup.
pub fn popup(target: Target) -> String {
    match target {
        Target::Chromium => format!("chrome-extension://{CHROMIUM_ID}/popup.html"),
        Target::Firefox => format!("moz-extension://{FIREFOX_HOST}/popup.html"),
    }
}

/// What the background answers to a message of the popup, which the browser has to show.
///
/// # Errors
/// When the background refuses, with what it says.
pub async fn ask(browser: &Browser, message: Value) -> Result<Value> {
    let script = "const [message, done] = arguments;
        chrome.runtime.sendMessage(message).then(done, (error) => done({ error: String(error) }));";
    let answer = browser.execute_async(script, vec![message.clone()]).await?.json().clone();
    ensure!(
        answer["error"].is_null(),
        "the background answers {message} with {}",
        answer["error"]
    );
    Ok(answer)
}

/// What an expression is on the page.
///
/// # Errors
/// When there is no page, or the expression throws.
pub async fn evaluate(browser: &Browser, expression: &str) -> Result<Value> {
    Ok(browser.execute(format!("return {expression};"), vec![]).await?.json().clone())
}

/// Waits until an expression is neither null nor false, and gives it; `None` where it does not come to that in time.
///
/// # Errors
/// When in the end it cannot be asked.
pub async fn wait(browser: &Browser, expression: &str, limit: Duration) -> Result<Option<Value>> {
    let started = Instant::now();
    loop {
        // While one page is being replaced by another, asking fails.
        let value = evaluate(browser, expression).await;
        match value {
            Ok(Value::Null | Value::Bool(false)) | Err(_) if started.elapsed() < limit => tokio::time::sleep(POLL).await,
            Ok(Value::Null | Value::Bool(false)) => return Ok(None),
            value => return value.map(Some),
        }
    }
}
