//! Chromium and its relatives without a driver: started with an extension that it takes over its pipe, as Google Chrome from version 137 on takes it
//! in no other way.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use soutien_project::run::is_root;
use soutien_testbed::webdriver::{Certificates, Process, options};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::faults::{Fault, cannot_open, is_gone, not_started};
use crate::pipe::Pipe;

/// How long the browser may take to start, and to take the extension.
const START_LIMIT: Duration = Duration::from_secs(60);

const POLL: Duration = Duration::from_millis(20);

/// What it is started with besides the switches of webdriver.json: what keeps it quiet, and what lets an extension in over the pipe.
const SWITCHES: [&str; 8] = [
    "--no-default-browser-check",
    "--disable-default-apps",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--password-store=basic",
    "--use-mock-keychain",
    "--remote-debugging-pipe",
    "--enable-unsafe-extension-debugging",
];

/// Has a shell lay the pipe to where Chromium looks for it, which are the descriptors 3 and 4.
const LAY_PIPE: &str = r#"exec 3<&0 4>&1 0</dev/null 1>&2; exec "$0" "$@""#;

/// A browser with the extension and a profile of its own, which ends with this.
pub struct Chromium {
    pipe: Pipe,
    /// The tab that it began with, and that stays.
    home: String,
    /// The id of the extension.
    extension: String,
    certificates: Certificates,
    _process: Process,
}

/// A tab of it.
pub struct Tab {
    pipe: Pipe,
    session: String,
}

impl Chromium {
    /// Starts this program, with an extension that lies in this folder.
    ///
    /// # Errors
    /// When it does not start, or does not take the extension.
    pub async fn start(program: &Path, extension: &Path, certificates: Certificates) -> Result<Chromium> {
        let folder = Process::make_folder()?;
        let mut command = Command::new("sh");
        command.args(["-c", LAY_PIPE]).arg(program);
        let options = options("goog:chromeOptions", is_root())?;
        let switches = options["args"].as_array().into_iter().flatten().filter_map(Value::as_str);
        command
            .args(switches)
            .args(SWITCHES)
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg("about:blank");
        let (process, writer, reader) = Process::start_piped(folder, &mut command)?;
        let pipe = Pipe::new(ChildStdin::from_std(writer)?, ChildStdout::from_std(reader)?);
        let start = async {
            let folder = json!({ "path": extension });
            let loaded = pipe.call(None, "Extensions.loadUnpacked", folder).await;
            let loaded = loaded.context("the browser does not take the extension")?;
            let id = loaded["id"]
                .as_str()
                .context("the browser gives the extension no id")?
                .to_owned();
            // Its background has begun once it is there, and pages have its scripts from then on.
            first(&pipe, "service_worker").await?;
            Ok((first(&pipe, "page").await?, id))
        };
        let started = match timeout(START_LIMIT, start).await {
            Ok(started) => started,
            Err(_) => Err(anyhow::anyhow!("no answer in {} s", START_LIMIT.as_secs())),
        };
        let (home, extension) = started.map_err(|error| not_started(&error, &process.log()))?;
        Ok(Chromium {
            pipe,
            home,
            extension,
            certificates,
            _process: process,
        })
    }

    /// Opens a tab.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn tab(&self) -> Result<Tab> {
        let blank = json!({ "url": "about:blank" });
        let target = self.pipe.call(None, "Target.createTarget", blank).await?["targetId"].take();
        let attached = json!({ "targetId": target, "flatten": true });
        let session = self.pipe.call(None, "Target.attachToTarget", attached).await?;
        let session = session["sessionId"].as_str().context("a tab has no session")?.to_owned();
        let tab = Tab {
            pipe: self.pipe.clone(),
            session,
        };
        // Without these, nothing is heard of dialogs and crashes.
        for domain in ["Page.enable", "Inspector.enable"] {
            tab.call(domain, json!({})).await?;
        }
        if self.certificates == Certificates::Any {
            tab.call("Security.setIgnoreCertificateErrors", json!({ "ignore": true }))
                .await?;
        }
        Ok(tab)
    }

    /// Has the extension play a profile, from a page of its own in this tab.
    ///
    /// # Errors
    /// When the extension does not, or the tab is gone.
    pub async fn play(&self, tab: &Tab, profile: &str) -> Result<()> {
        let state = self.ask(tab, json!({ "kind": "select", "profile": profile })).await?;
        ensure!(
            state["profile"] == profile,
            "the extension does not play {profile}: {}",
            state["error"]
        );
        Ok(())
    }

    /// Has the profile for a user's own lists play these, in the syntax of filter lists.
    ///
    /// # Errors
    /// When the extension does not take them, or the browser is gone.
    pub async fn take_lists(&self, text: &str) -> Result<()> {
        let tab = self.tab().await?;
        let state = self.ask(&tab, json!({ "kind": "lists", "text": text })).await?;
        let problem = state["lists"]["problem"].as_str().or(state["error"].as_str());
        ensure!(
            problem == Some(""),
            "the extension does not take the list: {}",
            problem.unwrap_or("no answer")
        );
        self.close_tabs().await
    }

    /// What the extension answers to a message of its popup, which is opened in this tab.
    async fn ask(&self, tab: &Tab, message: Value) -> Result<Value> {
        let popup = format!("chrome-extension://{}/popup.html", self.extension);
        let sending = format!("chrome.runtime.sendMessage({message})");
        let asked = async {
            tab.open(&popup).await?;
            tab.evaluate(&sending).await
        };
        timeout(START_LIMIT, asked).await.context("the extension does not answer")?
    }

    /// Closes every tab but the first one.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn close_tabs(&self) -> Result<()> {
        let pages = targets(&self.pipe, "page").await?;
        for target in pages.into_iter().filter(|target| *target != self.home) {
            self.pipe
                .call(None, "Target.closeTarget", json!({ "targetId": target }))
                .await?;
        }
        Ok(())
    }
}

impl Tab {
    /// Opens an address. The page is there when its elements are, or when it says why it is not.
    ///
    /// # Errors
    /// A [`Fault`] when the page cannot be opened; another error when the tab is gone.
    pub async fn open(&self, url: &str) -> Result<()> {
        let gone = self.call("Page.navigate", json!({ "url": url })).await;
        let gone = match gone {
            Err(error) if format!("{error:#}").contains("invalid URL") => {
                return Err(Fault(format!("{url} is no address")).into());
            }
            gone => gone?,
        };
        match gone["errorText"].as_str() {
            // The browser shows a page of its own, which says more.
            None | Some("net::ERR_HTTP_RESPONSE_CODE_FAILURE") => {}
            Some(error) => {
                // A tab that crashes on its way says no more than that.
                self.evaluate("true").await?;
                return Err(Fault(cannot_open(error)).into());
            }
        }
        loop {
            match self.evaluate("document.readyState !== 'loading'").await {
                Ok(is_there) if is_there == true => return Ok(()),
                Err(error) if is_gone(&error) => return Err(error),
                // While one page is being replaced by another, asking fails.
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// What an expression is on the page, or what its promise is kept with.
    ///
    /// # Errors
    /// When it throws, or the tab is gone.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        let expression = format!("(async () => {expression})()");
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters).await?;
        let thrown = &answer["exceptionDetails"];
        ensure!(
            thrown.is_null(),
            "the page throws: {}",
            thrown["exception"]["description"].as_str().unwrap_or("nothing that is known")
        );
        Ok(answer["result"]["value"].take())
    }

    /// Takes away all that pages of an origin have stored.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn forget(&self, origin: &str) -> Result<()> {
        let all = json!({ "origin": origin, "storageTypes": "all" });
        self.call("Storage.clearDataForOrigin", all).await?;
        Ok(())
    }

    /// What the page looks like, as a PNG image.
    ///
    /// # Errors
    /// When there is no picture, or the tab is gone.
    pub async fn shot(&self) -> Result<Vec<u8>> {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" })).await?;
        Ok(BASE64.decode(answer["data"].as_str().context("the browser gives no picture")?)?)
    }

    /// What dialogs of the page have said since this was last asked; they were closed.
    pub fn take_dialogs(&self) -> Vec<String> {
        self.pipe.take_dialogs(&self.session)
    }

    async fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        self.pipe.call(Some(&self.session), method, parameters).await
    }
}

/// The first that a browser has of a kind, which may have to be waited for: one that takes commands may still be on its way to its first tab.
async fn first(pipe: &Pipe, kind: &str) -> Result<String> {
    loop {
        if let Some(target) = targets(pipe, kind).await?.into_iter().next() {
            return Ok(target);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// What a browser has of a kind, such as its tabs, which are `page`.
async fn targets(pipe: &Pipe, kind: &str) -> Result<Vec<String>> {
    let targets = pipe.call(None, "Target.getTargets", json!({})).await?;
    let targets = targets["targetInfos"].as_array().cloned().unwrap_or_default();
    let wanted = targets.iter().filter(|target| target["type"] == kind);
    Ok(wanted
        .filter_map(|target| target["targetId"].as_str().map(str::to_owned))
        .collect())
}
