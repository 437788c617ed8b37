//! Starts browsers as situations have them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use soutien_lists::easylist;
use soutien_project::root;
use thirtyfour::extensions::addons::firefox::FirefoxTools;

use super::environment::{AD_HOST, ELEMENTS_HIDDEN, Engine, Launch, OTHER_HOST, REQUESTS_REFUSED, SECOND_AD_HOST};
use super::visit::wait_for;
use crate::webdriver::{Browser, Certificates};

/// Starts a browser. `world` is the local port that stands for port 443 of every other host, where there is one.
///
/// # Errors
/// When the browser, its driver, or the blocker is missing or does not start.
pub async fn launch(engine: Engine, launch: Launch, world: Option<u16>) -> Result<Browser> {
    match engine {
        Engine::Chromium => chromium(launch, world).await,
        Engine::Firefox => firefox(launch, world).await,
    }
}

async fn chromium(launch: Launch, world: Option<u16>) -> Result<Browser> {
    let extension = match launch {
        Launch::Zoom => Some("zoom"),
        Launch::Requests => Some("requests"),
        Launch::UserStyles => Some("user-styles"),
        Launch::AuthorStyles => Some("author-styles"),
        _ => None,
    };
    let mut switches = Vec::new();
    if let Some(name) = extension {
        switches.push(format!("--load-extension={}", extension_folder(name)?.display()));
    }
    match launch {
        Launch::PixelRatio(ratio) => switches.push(format!("--force-device-scale-factor={ratio}")),
        Launch::NoImages => switches.push("--blink-settings=imagesEnabled=false".to_owned()),
        Launch::OwnType => {
            switches.push("--force-dark-mode".to_owned());
            switches.push("--enable-features=WebContentsForceDark".to_owned());
        }
        _ => {}
    }
    // The first rule that matches wins.
    let mut rules = match launch {
        Launch::BlockingDns => vec![
            format!("MAP {AD_HOST} ~NOTFOUND"),
            format!("MAP {SECOND_AD_HOST} ~NOTFOUND"),
            "MAP *.doubleclick.net:443 ~NOTFOUND".to_owned(),
            format!("MAP {OTHER_HOST} 127.0.0.1"),
        ],
        Launch::NoDns => vec!["MAP *.example ~NOTFOUND".to_owned(), "MAP *.test ~NOTFOUND".to_owned()],
        _ => Vec::new(),
    };
    rules.extend(world.map(|port| format!("MAP *:443 127.0.0.1:{port}")));
    if !rules.is_empty() {
        switches.push(format!("--host-resolver-rules={}", rules.join(",")));
    }
    let switches: Vec<&str> = switches.iter().map(String::as_str).collect();
    let browser = Browser::chromium(&switches, Certificates::Any).await?;
    match launch {
        Launch::Requests => wait_for(&browser, REQUESTS_REFUSED).await?,
        Launch::UserStyles | Launch::AuthorStyles => wait_for(&browser, ELEMENTS_HIDDEN).await?,
        _ => {}
    }
    Ok(browser)
}

async fn firefox(launch: Launch, world: Option<u16>) -> Result<Browser> {
    let mut preferences: Vec<(&str, Value)> = match launch {
        Launch::PixelRatio(ratio) => vec![("layout.css.devPixelsPerPx", json!(format!("{ratio}.0")))],
        Launch::NoImages => vec![("permissions.default.image", json!(2))],
        Launch::OwnType => vec![
            ("gfx.downloadable_fonts.enabled", json!(false)),
            ("font.minimum-size.x-western", json!(24)),
        ],
        Launch::Uniform => vec![
            ("privacy.resistFingerprinting", json!(true)),
            ("privacy.resistFingerprinting.letterboxing", json!(true)),
        ],
        // What "Override the colours" of the settings does.
        Launch::ForcedColours => vec![("browser.display.document_color_use", json!(2))],
        Launch::TrackingProtection => vec![
            ("privacy.trackingprotection.enabled", json!(true)),
            ("browser.contentblocking.category", json!("strict")),
            // The real list is downloaded, so that a fresh profile has none.
            (
                "urlclassifier.trackingTable.testEntries",
                json!("localhost,annonces.localhost,www3.doubleclick.net"),
            ),
        ],
        // Firefox zooms out to 30 % by default.
        Launch::Zoom => vec![("zoom.minPercent", json!(25))],
        _ => Vec::new(),
    };
    if let Some(port) = world {
        preferences.push(("network.dns.forceResolve", json!("127.0.0.1")));
        preferences.push(("network.socket.forcePort", json!(format!("443={port}"))));
    }
    if launch == Launch::UblockOrigin {
        return Browser::firefox_with_ublock(&preferences).await;
    }
    let browser = Browser::firefox(&preferences, Certificates::Any).await?;
    if launch == Launch::Zoom {
        let folder = extension_folder("zoom")?;
        FirefoxTools::new(browser.handle().clone())
            .install_addon(&folder.to_string_lossy(), Some(true))
            .await?;
    }
    Ok(browser)
}

/// Copies an extension of tests/extension/ to target/, and adds what it needs of the installed EasyList.
fn extension_folder(name: &str) -> Result<PathBuf> {
    let source = root().join("tests/extension").join(name);
    let folder = root().join("target/extension").join(name);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&source).with_context(|| format!("cannot read {}", source.display()))? {
        let path = entry?.path();
        fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))?;
    }
    match name {
        "requests" => fs::write(folder.join("easylist.json"), easylist::requests()?)?,
        "user-styles" | "author-styles" => fs::write(folder.join("easylist.js"), easylist::styles()?)?,
        _ => {}
    }
    Ok(folder)
}
