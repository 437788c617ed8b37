//! Real browsers, steered by WebDriver: starts a driver and its browser with a fresh profile, and leaves nothing of them behind.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::Deref;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, Request, Response};
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::error::WebDriverResult;
use thirtyfour::extensions::addons::firefox::FirefoxTools;
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::{Capabilities, RequestData, SessionId, WebDriver};

use soutien_project::root;
use soutien_project::run::{is_root, on_path};

/// How long a driver may take to listen.
const DRIVER_LIMIT: Duration = Duration::from_secs(20);

/// How long uBlock Origin may take to compile its lists; on two cores it took 4 seconds, and 12 beside a build.
const UBLOCK_LIMIT: Duration = Duration::from_secs(60);

/// How often something is looked at that is being waited for.
const POLL: Duration = Duration::from_millis(50);

/// The file in a program's folder that takes what it says.
const LOG: &str = "program.log";

/// The variables by which programs know where to leave things, each with its place in a program's folder. Profiles follow the first, and downloads the second.
const HOMES: [(&str, &str); 6] = [
    ("TMPDIR", ""),
    ("HOME", ""),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_STATE_HOME", "state"),
];

/// What Chromium needs to start as root, and what nobody else should have.
const NO_SANDBOX: &str = "--no-sandbox";

/// Where Debian's package puts the add-ons of Firefox; the folder is named after Firefox's own id.
const ADD_ONS: &str = "/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}";

/// Which certificates a browser takes from servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificates {
    /// Those that an authority vouches for.
    Vouched,
    /// Any, such as that of the tests' stand-in for the web, which is of its own making.
    Any,
}

/// A browser with a profile of its own. It derefs to its WebDriver session; dropping it ends browser and driver.
pub struct Browser {
    session: WebDriver,
    /// Its driver; none where a remote end has it.
    process: Option<Process>,
}

impl Browser {
    /// Starts Chromium with the switches of webdriver.json and some more.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing or does not start.
    pub async fn chromium(switches: &[&str], certificates: Certificates) -> Result<Browser> {
        let mut options = options("goog:chromeOptions", is_root())?;
        options["binary"] = json!(program(&["chromium", "chromium-browser", "google-chrome"])?);
        let args = options["args"]
            .as_array_mut()
            .context("webdriver.json has no goog:chromeOptions.args, expected an array")?;
        args.extend(switches.iter().map(|switch| json!(switch)));
        let driver = on_path("chromedriver").context("chromedriver is not on PATH; run `cargo xtask setup`")?;
        let driver = Process::start(Command::new(driver).arg("--port=0"))?;
        let port = driver.port().await?;
        Browser::start(driver, port, "goog:chromeOptions", options, certificates).await
    }

    /// Starts Firefox with the preferences of webdriver.json and some more.
    ///
    /// # Errors
    /// When Firefox or geckodriver is missing or does not start.
    pub async fn firefox(preferences: &[(&str, Value)], certificates: Certificates) -> Result<Browser> {
        let mut options = options("moz:firefoxOptions", false)?;
        options["binary"] = json!(program(&["firefox-esr", "firefox"])?);
        let prefs = options["prefs"]
            .as_object_mut()
            .context("webdriver.json has no moz:firefoxOptions.prefs, expected an object")?;
        prefs.extend(preferences.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let built = root().join("target/tools/bin/geckodriver");
        let driver = Some(built).filter(|built| built.is_file()).or_else(|| on_path("geckodriver"));
        let driver = driver.context("geckodriver is neither in target/tools/bin nor on PATH; run `cargo xtask setup`")?;
        let mut command = Command::new(driver);
        command.args(["--port", "0", "--websocket-port", "0", "--allow-system-access"]);
        // Compiled without optimising, it would tell of each command, and have Firefox do so.
        let driver = Process::start(command.args(["--log", "info"]))?;
        let port = driver.port().await?;
        Browser::start(driver, port, "moz:firefoxOptions", options, certificates).await
    }

    /// Starts Firefox with Debian's uBlock Origin and the lists it comes with, and waits until it blocks and hides.
    ///
    /// # Errors
    /// When a part is missing or does not start, or when uBlock Origin does not block within a minute.
    pub async fn firefox_with_ublock(preferences: &[(&str, Value)]) -> Result<Browser> {
        let add_on = Path::new(ADD_ONS).join("uBlock0@raymondhill.net");
        if !add_on.join("manifest.json").is_file() {
            bail!(
                "uBlock Origin is not in {}; run `cargo xtask setup`, or install webext-ublock-origin-firefox",
                add_on.display()
            );
        }
        let browser = Browser::firefox(preferences, Certificates::Any).await?;
        // A link of Debian's, which geckodriver would not follow.
        let add_on = fs::canonicalize(add_on)?;
        FirefoxTools::new(browser.handle().clone())
            .install_addon(&add_on.to_string_lossy(), Some(true))
            .await?;
        wait_for_blocker(&browser, UBLOCK_LIMIT)
            .await
            .context("uBlock Origin is installed but does not act")?;
        Ok(browser)
    }

    /// Starts WebKitGTK's MiniBrowser, on a screen that nobody sees. `filter` are the rules of a content blocker, in the form that Safari has
    /// them; empty for none.
    ///
    /// # Errors
    /// When a part is missing or does not start.
    pub async fn webkit(filter: &Value) -> Result<Browser> {
        // On a machine that is busy, or has not shown this browser for long, the driver asks for a window that is not there yet, and gives up.
        let is_early = |error: &anyhow::Error| format!("{error:#}").contains("failed to create a new browsing context");
        let began = Instant::now();
        loop {
            match Self::start_webkit(filter).await {
                Err(error) if is_early(&error) && began.elapsed() < DRIVER_LIMIT => {}
                started => return started,
            }
        }
    }

    async fn start_webkit(filter: &Value) -> Result<Browser> {
        let driver = on_path("WebKitWebDriver").context("WebKitWebDriver is not on PATH; run `cargo xtask setup`")?;
        let screen = on_path("Xvfb").context("Xvfb is not on PATH; run `cargo xtask setup`")?;
        let folder = Process::make_folder()?;
        let mut args = vec!["--automation".to_owned()];
        if !filter.is_null() {
            let file = folder.join("filter.json");
            fs::write(&file, filter.to_string())?;
            args.push(format!("--content-filter={}", file.display()));
        }
        // The driver does not choose a port by itself.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let script = r#""$1" -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>screen &
            until [ -s screen ]; do sleep 0.05; done
            DISPLAY=":$(cat screen)" exec "$2" "--port=$3""#;
        let mut command = Command::new("sh");
        command
            .args(["-c", script, "sh"])
            .args([&screen, &driver])
            .arg(port.to_string());
        command.current_dir(&folder);
        let driver = Process::start_in(folder, &mut command)?;
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if started.elapsed() > DRIVER_LIMIT {
                bail!(
                    "WebKitWebDriver does not listen after {} s; it says:\n{}",
                    DRIVER_LIMIT.as_secs(),
                    driver.log()
                );
            }
            tokio::time::sleep(POLL).await;
        }
        let options = json!({ "binary": mini_browser()?, "args": args });
        Browser::start(driver, port, "webkitgtk:browserOptions", options, Certificates::Vouched).await
    }

    async fn start(process: Process, port: u16, name: &str, options: Value, certificates: Certificates) -> Result<Browser> {
        let end = format!("http://127.0.0.1:{port}");
        let session = WebDriver::new(end, capabilities(name, options, certificates)?).await;
        // First why, since what the driver says may be long and about anything.
        let session = session
            .map_err(|error| anyhow::anyhow!("the browser does not start: {error}; its driver says:\n{}", process.log()))?;
        Ok(Browser {
            session,
            process: Some(process),
        })
    }

    /// Has a remote end of WebDriver start a browser, with the options of webdriver.json for it and some more. `name` is that of these
    /// options, and `end` the address, such as that of a Selenium Grid.
    ///
    /// # Errors
    /// When there is no such end, or it cannot start such a browser.
    pub async fn remote(end: &str, name: &str, more: Value, certificates: Certificates) -> Result<Browser> {
        // Whether there is a sandbox is for whoever keeps the machine at the other end to say.
        let mut options = options(name, false)?;
        for (key, value) in more.as_object().into_iter().flatten() {
            options[key.as_str()] = value.clone();
        }
        let mut capabilities = capabilities(name, options, certificates)?;
        // A grid chooses a node by this name; Chromium and Chrome share theirs.
        let browser = if name == "goog:chromeOptions" { "chrome" } else { "firefox" };
        capabilities.set("browserName", browser)?;
        let session = WebDriver::builder(end, capabilities)
            .client(Standard(reqwest::Client::new()))
            .connect()
            .await;
        let session = session.with_context(|| format!("{end} does not start a browser"))?;
        Ok(Browser { session, process: None })
    }

    /// Sends a command of the Chrome DevTools Protocol, which Chromium alone has, and gives its result.
    ///
    /// # Errors
    /// When the browser refuses the command.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let response = self.cmd(DevTools(json!({ "cmd": command, "params": parameters }))).await;
        Ok(response.with_context(|| format!("the browser refuses {command}"))?.value()?)
    }
}

/// Sends requests as the standard has them: thirtyfour repeats the capabilities in the form that there was before it, and with an extension
/// among them that is more than chromedriver takes.
struct Standard(reqwest::Client);

#[async_trait]
impl HttpClient for Standard {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        match body {
            Body::Json(json) if json["desiredCapabilities"].is_object() => {
                let json = json!({ "capabilities": json["capabilities"] });
                self.0.send(Request::from_parts(parts, Body::Json(&json))).await
            }
            body => self.0.send(Request::from_parts(parts, body)).await,
        }
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Standard(self.0.clone()))
    }
}

/// The extension command of chromedriver. thirtyfour's own needs a feature that brings types for the whole protocol along.
#[derive(Debug)]
struct DevTools(Value);

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session}/goog/cdp/execute")).add_body(self.0.clone())
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.session
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A process of our own is about to be killed; asking it to end the session first would take half a second. A remote end has to
        // be asked, which the session itself does when it is dropped.
        if self.process.is_some() {
            let _ = self.session.clone().leak();
        }
    }
}

fn capabilities(name: &str, options: Value, certificates: Certificates) -> Result<Capabilities> {
    let mut capabilities = Capabilities::new();
    capabilities.set(name, options)?;
    // A page is there when its elements are. A script or picture that comes late, or never, is something to test. WebKitWebDriver 2.50 does
    // not answer what it is asked before a page is loaded.
    let strategy = if name.starts_with("webkitgtk:") { "normal" } else { "eager" };
    capabilities.set("pageLoadStrategy", strategy)?;
    capabilities.set("acceptInsecureCerts", certificates == Certificates::Any)?;
    Ok(capabilities)
}

/// The options of webdriver.json for one browser; without the switch that takes its sandbox away, unless that is wanted.
///
/// # Errors
/// When webdriver.json has none for it.
pub fn options(name: &str, without_sandbox: bool) -> Result<Value> {
    // Compiled in, since what is shipped has no project's folder beside it.
    let text = include_str!("../../../webdriver.json");
    let mut capabilities: Value = serde_json::from_str(text).context("webdriver.json is not valid JSON")?;
    let mut options = capabilities[name].take();
    if !options.is_object() {
        bail!("webdriver.json has no {name}, expected an object");
    }
    if let Some(args) = options["args"].as_array_mut() {
        args.retain(|arg| without_sandbox || arg != NO_SANDBOX);
    }
    Ok(options)
}

/// The first of these programs that is installed.
fn program(names: &[&str]) -> Result<PathBuf> {
    let found = names.iter().find_map(|name| on_path(name));
    found.with_context(|| format!("found none of {names:?} on PATH; run `cargo xtask setup`"))
}

/// The browser that WebKitGTK's library brings along, which Debian keeps out of PATH.
fn mini_browser() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let found = folders
        .map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"))
        .find(|file| file.is_file());
    found
        .or_else(|| on_path("MiniBrowser"))
        .context("WebKitGTK's MiniBrowser is neither in /usr/lib/*/webkit2gtk-4.1 nor on PATH; run `cargo xtask setup`")
}

/// A program with everything that it starts, in a temporary folder that is theirs alone: a driver with its browser, or a web server.
pub struct Process {
    program: Child,
    /// Ends everything as soon as its input is closed, which happens even if this program is killed.
    watcher: Child,
    folder: PathBuf,
}

impl Process {
    fn start(driver: &mut Command) -> Result<Process> {
        Process::start_in(Process::make_folder()?, driver)
    }

    /// A new folder for a program, which nobody but its owner may look into, and whose name nobody could have known.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn make_folder() -> Result<PathBuf> {
        // Browsers put sockets in here, whose paths may have 107 bytes at most: the folder can't be under target/.
        let folder = tempfile::Builder::new().prefix("soutien-").tempdir();
        let folder = folder.with_context(|| format!("cannot create a folder in {}", std::env::temp_dir().display()))?;
        Ok(folder.keep())
    }

    /// Starts a program. All that it and a page leave on the machine, settings, caches and downloads, goes into its folder. When this value is
    /// dropped, or this process ends, the program is killed, and its folder removed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_in(folder: PathBuf, program: &mut Command) -> Result<Process> {
        let log = File::create(folder.join(LOG))?;
        program.stdin(Stdio::null()).stdout(log.try_clone()?);
        Process::spawn(folder, program, log)
    }

    /// The same, with a pipe to what the program reads and one from what it writes. What it says elsewhere is its log.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_piped(folder: PathBuf, program: &mut Command) -> Result<(Process, ChildStdin, ChildStdout)> {
        let log = File::create(folder.join(LOG))?;
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::spawn(folder, program, log)?;
        let ends = process.program.stdin.take().zip(process.program.stdout.take());
        let (writer, reader) = ends.context("the program has no pipes")?;
        Ok((process, writer, reader))
    }

    fn spawn(folder: PathBuf, program: &mut Command, log: File) -> Result<Process> {
        for (name, place) in HOMES {
            program.env(name, folder.join(place));
        }
        // A group of its own is what can be killed as a whole.
        program.stderr(log).process_group(0);
        let name = program.get_program().to_string_lossy().into_owned();
        let program = program.spawn().with_context(|| format!("cannot start {name}"))?;
        let script = r#"cat >/dev/null; kill -s KILL -- "-$1"; until rm -rf "$2" 2>/dev/null; do sleep 0.1; done"#;
        let watcher = Command::new("sh")
            .args(["-c", script, "watcher", &program.id().to_string()])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start sh")?;
        Ok(Process {
            program,
            watcher,
            folder,
        })
    }

    /// The port that the driver chose, as soon as it listens there.
    async fn port(&self) -> Result<u16> {
        let started = Instant::now();
        loop {
            // chromedriver: "started successfully on port 34431."; geckodriver: "Listening on 127.0.0.1:34537".
            let log = self.log();
            let port = ["successfully on port ", "Listening on 127.0.0.1:"].iter().find_map(|words| {
                let (digits, _) = log.split_once(words)?.1.split_once(['.', '\n'])?;
                digits.parse().ok()
            });
            if let Some(port) = port {
                return Ok(port);
            }
            if started.elapsed() > DRIVER_LIMIT {
                bail!(
                    "the driver does not listen after {} s; it says:\n{log}",
                    DRIVER_LIMIT.as_secs()
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Whether the program has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.program.try_wait(), Ok(Some(_)))
    }

    /// What the program has said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join(LOG)).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
        let _ = self.program.wait();
    }
}

/// A page with a name that EasyList hides and a script that it blocks, each beside one that it leaves alone.
const CONTROL: &str = r#"<!doctype html><meta charset="utf-8"><title>Control</title><script>loaded = [];</script>
<div id="bait" class="banner-ad">bait</div><div id="twin" class="headline">twin</div>
<script src="/ads/show.js"></script><script src="/page/show.js"></script>"#;

const CONTROL_SCRIPT: &str = "loaded.push(document.currentScript.getAttribute('src'));";

/// Loads a control page until a blocker has refused its bait script and hidden its bait element, while the twins work.
async fn wait_for_blocker(session: &WebDriver, limit: Duration) -> Result<()> {
    let script = || {
        get(async || {
            (
                [("content-type", "text/javascript"), ("cache-control", "no-store")],
                CONTROL_SCRIPT,
            )
        })
    };
    let pages = Router::new()
        .route("/", get(async || Html(CONTROL)))
        .route("/ads/show.js", script())
        .route("/page/show.js", script());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    // EasyList switches generic hiding off on the hosts 127.0.0.1 and localhost; browsers resolve names below localhost themselves.
    let url = format!("http://control.localhost:{}/", listener.local_addr()?.port());
    let server = tokio::spawn(async move { axum::serve(listener, pages).await });

    let started = Instant::now();
    let looks = r#"const height = (id) => document.getElementById(id).offsetHeight;
        return { scripts: loaded, bait: height("bait"), twin: height("twin") };"#;
    let result = loop {
        session.goto(&url).await?;
        let seen = session.execute(looks, vec![]).await?.json().clone();
        if seen["scripts"] == json!(["/page/show.js"]) && seen["bait"] == 0 && seen["twin"] != 0 {
            break Ok(());
        }
        if started.elapsed() > limit {
            break Err(anyhow::anyhow!(
                "after {} s the control page says {seen}, expected the script /page/show.js alone, bait 0 and twin above 0",
                limit.as_secs()
            ));
        }
        tokio::time::sleep(POLL).await;
    };
    server.abort();
    result
}
