//! The situations that a detector has to judge rightly, as data: readers without a blocker whose browser, page or network is
//! unusual, and readers with one. The end-to-end tests visit each once, `cargo xtask bench detect` many times and with other detectors.
//!
//! Every situation has a control, which proves that it really happened; one that did not is an error and never a pass.

mod table;
mod visit;

pub use table::{ENVIRONMENTS, find};
pub use visit::{Detector, SOUTIEN, Visit, demo_with, visit};

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::extensions::addons::firefox::FirefoxTools;

use crate::webdriver::{Browser, Certificates};
use soutien_lists::easylist;
use soutien_project::root;

/// A browser that a situation can be made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// Chromium, which alone has the DevTools protocol.
    Chromium,
    /// Firefox.
    Firefox,
}

/// What is really so, and therefore what a detector has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Nothing blocks ads. To say "blocked" is a false alarm.
    NoBlocker,
    /// A browser's tracking protection blocks trackers, the ad host among them. That is no ad blocker.
    TrackingProtection,
    /// Something in the browser blocks ads.
    Extension,
    /// The network blocks ads.
    Network,
}

impl Truth {
    /// Whether an ad blocker is at work.
    pub fn is_blocked(self) -> bool {
        matches!(self, Truth::Extension | Truth::Network)
    }
}

/// How a browser is started. Environments with the same engine and launch can share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Launch {
    /// As it comes.
    Plain,
    /// With an extension that can zoom.
    Zoom,
    /// With this many device pixels to each CSS pixel.
    PixelRatio(u8),
    /// With forced colours.
    ForcedColours,
    /// With pictures switched off.
    NoImages,
    /// With fonts of pages switched off, and no letter smaller than 24 px; Chromium has the switch for a dark page besides.
    OwnType,
    /// With what keeps pages from knowing a browser again: sizes, times and names that are those of everybody.
    Uniform,
    /// With strict tracking protection, which has the demo's ad host on its list.
    TrackingProtection,
    /// With uBlock Origin and the lists that come with it.
    UblockOrigin,
    /// With an extension that refuses requests by EasyList.
    Requests,
    /// With an extension that hides elements by EasyList, with a style sheet of the user.
    UserStyles,
    /// With an extension that hides elements by EasyList, with a style sheet in the page.
    AuthorStyles,
    /// With a name server that knows every name but those of ad hosts.
    BlockingDns,
    /// With a name server that knows none of the names of the page.
    NoDns,
}

/// The ad host that [`Launch::BlockingDns`] does not know. Nobody can own names below `example`.
pub const AD_HOST: &str = "ads.example";

/// An ad host of another company, which [`Launch::BlockingDns`] does not know either.
pub const SECOND_AD_HOST: &str = "annonces.test";

/// A host that [`Launch::BlockingDns`] leads to the demo server.
pub const OTHER_HOST: &str = "images.example";

/// One situation.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// What it is called in the matrix.
    pub name: &'static str,
    /// The browsers that it is visited with.
    pub engines: &'static [Engine],
    /// What is really so.
    pub truth: Truth,
    /// How the browser is started.
    pub launch: Launch,
    /// The page that is visited.
    pub page: Page,
    /// The origin of the page's ad host; empty for the demo's own. `{{port}}` stands for the server's port.
    pub ad_host: &'static str,
    /// The content security policy, empty for none; `None` is the demo's own, which is strict.
    pub csp: Option<&'static str>,
    /// The origin of our files; empty for the page's own.
    pub files: &'static str,
    /// More attributes of our own tag.
    pub attributes: &'static str,
    /// A style sheet of the page's own.
    pub style: &'static str,
    /// A script of the page's own, which runs first.
    pub script: &'static str,
    /// More elements of the page.
    pub body: &'static str,
    /// What the server answers otherwise than usual: beginnings of paths, and how.
    pub answers: &'static [(&'static str, Deviation)],
    /// What is done while the page is visited.
    pub way: Way,
    /// What has to hold on the page afterwards, in JavaScript; a promise is awaited.
    pub control: &'static str,
    /// Whether our module may say nothing at all, since it cannot run there.
    pub may_be_silent: bool,
}

/// The page that is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The first page of the demo, with its ad script and three slots.
    Demo,
    /// A short article without ads.
    Short,
    /// A page of frames, whose document has a frame set where others have a body.
    FrameSet,
    /// A page that shows the short article in a frame with these attributes.
    Framing(&'static str),
}

/// How an answer of the server deviates; what [`crate::server::Answer`] is, as a constant.
#[derive(Clone, Copy, Debug)]
pub enum Deviation {
    /// This status and no body.
    Status(u16),
    /// Later, by milliseconds.
    Delay(u64),
    /// A text with this MIME type.
    Body(&'static str, &'static str),
    /// The usual answer with this header.
    Header(&'static str, &'static str),
}

/// What is done while a page is visited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Nothing but opening it.
    Open,
    /// It is zoomed, by per cent.
    Zoom(u32),
    /// The window is made this narrow, in CSS pixels.
    Narrow(u32),
    /// CSS media are emulated: the type, and a feature with its value.
    Media(&'static str, &'static str, &'static str),
    /// It is printed while the detector works.
    Print,
    /// It is opened in a tab behind another, and looked at later.
    Background,
    /// The reader leaves it while the detector works, and comes back.
    Return,
    /// The browser renders it before the reader asks for it.
    Prerender,
    /// The network is cut when the page has loaded and the detector is about to begin.
    Offline,
    /// The processor is slowed down, by a factor.
    Slow(f64),
    /// The detector runs in the page's frame.
    Framed,
    /// It is opened twice, so that the page's service worker is at work.
    Worker,
    /// The browser says that it is another one: what it calls itself, and its brands.
    Called(&'static str, &'static [&'static str]),
}

impl Environment {
    /// How a browser of this kind has to be started. What Chromium is told while it runs needs no launch of its own.
    pub fn launch(&self, engine: Engine) -> Launch {
        match (engine, self.launch) {
            (Engine::Chromium, Launch::ForcedColours) => Launch::Plain,
            (_, launch) => launch,
        }
    }
}

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
        Launch::Requests => visit::wait_for(&browser, table::REQUESTS_REFUSED).await?,
        Launch::UserStyles | Launch::AuthorStyles => visit::wait_for(&browser, table::ELEMENTS_HIDDEN).await?,
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
