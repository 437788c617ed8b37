//! Firefox without a driver: started with a profile of its own and steered over WebDriver BiDi, by which it takes an extension as well.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use soutien_testbed::webdriver::{Certificates, Process, options};
use tokio::time::timeout;

use crate::bidi::Bidi;
use crate::faults::{Fault, cannot_open, is_gone, not_started};
use crate::wire::CRASHED;

/// How long the browser may take to start, and to take the extension.
const START_LIMIT: Duration = Duration::from_secs(60);

const POLL: Duration = Duration::from_millis(20);

/// What it says before the address at which it listens.
const LISTENS: &str = "WebDriver BiDi listening on ";

/// What its profile says besides the preferences of webdriver.json: what geckodriver sets (its `prefs.rs`) and Firefox does not set by itself when it
/// is steered (its `RecommendedPreferences.sys.mjs`), as far as it keeps the browser from asking the network, its user or itself for more.
const PREFERENCES: [(&str, &str); 8] = [
    // An empty first tab instead of a home page, and none that is drawn in advance.
    ("browser.startup.page", "0"),
    ("browser.newtab.preload", "false"),
    ("browser.uitour.enabled", "false"),
    ("app.update.checkInstallTime", "false"),
    ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
    // Codecs, which it downloads.
    ("media.gmp-manager.updateEnabled", "false"),
    // What it does when nobody is there.
    ("idle.lastDailyNotification", "-1"),
    ("hangmonitor.timeout", "0"),
];

/// A browser with the extension and a profile of its own, which ends with this.
pub struct Firefox {
    bidi: Bidi,
    /// The tab that it began with, and that stays.
    home: String,
    _process: Process,
}

/// A tab of it.
pub struct Tab {
    bidi: Bidi,
    context: String,
}

impl Firefox {
    /// Starts this program, with an extension that lies in this folder.
    ///
    /// # Errors
    /// When it does not start, or does not take the extension.
    pub async fn start(program: &Path, extension: &Path, certificates: Certificates) -> Result<Firefox> {
        let folder = Process::make_folder()?;
        let profile = folder.join("profile");
        fs::create_dir(&profile)?;
        let options = options("moz:firefoxOptions", false)?;
        fs::write(profile.join("user.js"), preferences(&options["prefs"]))?;
        let args = options["args"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut command = Command::new(program);
        command
            .args(args)
            .args(["--no-remote", "--remote-debugging-port", "0", "--profile"])
            .arg(&profile)
            .arg("about:blank")
            // A page that crashes is told here, and to nobody else.
            .env("MOZ_CRASHREPORTER_DISABLE", "1");
        let mut process = Process::start_in(folder, &mut command)?;
        let start = async {
            let address = address(&mut process).await?;
            let bidi = Bidi::connect(&format!("{address}/session")).await?;
            let home = prepared(&bidi, extension, certificates).await?;
            Ok((bidi, home))
        };
        let started = match timeout(START_LIMIT, start).await {
            Ok(started) => started,
            Err(_) => Err(anyhow::anyhow!("no answer in {} s", START_LIMIT.as_secs())),
        };
        let (bidi, home) = started.map_err(|error| not_started(&error, &process.log()))?;
        Ok(Firefox {
            bidi,
            home,
            _process: process,
        })
    }

    /// Opens a tab.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn tab(&self) -> Result<Tab> {
        let tab = json!({ "type": "tab" });
        let context = self.bidi.call(None, "browsingContext.create", tab).await?;
        Ok(Tab {
            bidi: self.bidi.clone(),
            context: text(&context["context"]).context("a tab has no name")?,
        })
    }

    /// Closes every tab but the first one.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn close_tabs(&self) -> Result<()> {
        for context in contexts(&self.bidi).await? {
            if context == self.home {
                continue;
            }
            let closed = self
                .bidi
                .call(None, "browsingContext.close", json!({ "context": context }))
                .await;
            match closed {
                // It has closed itself meanwhile.
                Err(error) if format!("{error:#}").contains("no such frame") => {}
                closed => drop(closed?),
            }
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
        let going = self.call("browsingContext.navigate", json!({ "url": url, "wait": "interactive" }));
        let fault = match going.await {
            // It stays where it is for what it saves instead of showing it.
            Ok(gone) if gone["url"] == "about:blank" && url != "about:blank" => cannot_open("it is a download"),
            Ok(_) => return Ok(()),
            Err(error) if is_gone(&error) => return Err(error),
            Err(error) => refused(url, &error.root_cause().to_string()),
        };
        Err(Fault(fault).into())
    }

    /// What an expression is on the page, or what its promise is kept with.
    ///
    /// # Errors
    /// When it throws, or the tab is gone.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        let parameters = json!({
            "expression": format!("(async () => {expression})()"),
            "target": { "context": self.context },
            "awaitPromise": true,
        });
        let answer = loop {
            let asked = self
                .bidi
                .call(Some(&self.context), "script.evaluate", parameters.clone())
                .await;
            let Err(error) = asked else {
                break asked?;
            };
            let text = format!("{error:#}");
            // What stands in the place of a page whose process has died, where that has not been said yet; no page leads to another such one.
            if text.contains("parent process browsing contexts") {
                bail!(CRASHED);
            }
            // One page is being replaced by another, or by that one.
            if !text.contains("DiscardedBrowsingContextError") {
                return Err(error);
            }
            tokio::time::sleep(POLL).await;
        };
        if answer["type"] == "exception" {
            let thrown = answer["exceptionDetails"]["text"].as_str();
            bail!("the page throws: {}", thrown.unwrap_or("nothing that is known"));
        }
        Ok(plain(&answer["result"]))
    }

    /// What the page looks like, as a PNG image.
    ///
    /// # Errors
    /// When there is no picture, or the tab is gone.
    pub async fn shot(&self) -> Result<Vec<u8>> {
        let answer = self.call("browsingContext.captureScreenshot", json!({})).await?;
        Ok(BASE64.decode(answer["data"].as_str().context("the browser gives no picture")?)?)
    }

    /// What dialogs of the page have said since this was last asked; they were closed.
    pub fn take_dialogs(&self) -> Vec<String> {
        self.bidi.take_dialogs(&self.context)
    }

    async fn call(&self, method: &str, mut parameters: Value) -> Result<Value> {
        parameters["context"] = self.context.as_str().into();
        self.bidi.call(Some(&self.context), method, parameters).await
    }
}

/// The address at which a browser listens, as soon as it does.
async fn address(process: &mut Process) -> Result<String> {
    loop {
        let log = process.log();
        // The line may be half written.
        if let Some((_, rest)) = log.split_once(LISTENS)
            && let Some((address, _)) = rest.split_once(char::is_whitespace)
        {
            return Ok(address.to_owned());
        }
        if process.has_ended() {
            bail!("it has ended");
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Begins the session, and has the browser take an extension. Gives the tab that the browser began with.
async fn prepared(bidi: &Bidi, extension: &Path, certificates: Certificates) -> Result<String> {
    let capabilities = json!({
        "acceptInsecureCerts": certificates == Certificates::Any,
        // As drivers do: by no, but where it asks whether to leave the page.
        "unhandledPromptBehavior": { "default": "dismiss", "beforeUnload": "accept" },
    });
    let session = json!({ "capabilities": { "alwaysMatch": capabilities } });
    let session = bidi.call(None, "session.new", session).await?;
    let version = text(&session["capabilities"]["browserVersion"]).unwrap_or_default();
    let too_old = || format!("Firefox {version} is too old to be steered without a driver; 153 is not");
    let events = json!({ "events": [
        "browsingContext.contextDestroyed", "browsingContext.navigationCommitted", "browsingContext.userPromptOpened",
    ] });
    bidi.call(None, "session.subscribe", events).await.with_context(too_old)?;
    let folder = json!({ "extensionData": { "type": "path", "path": extension } });
    let installed = bidi.call(None, "webExtension.install", folder).await;
    installed.with_context(|| format!("Firefox {version} does not take the extension"))?;
    // One that takes commands may still be on its way to its first tab.
    loop {
        if let Some(tab) = contexts(bidi).await?.into_iter().next() {
            return Ok(tab);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The tabs of a browser.
async fn contexts(bidi: &Bidi) -> Result<Vec<String>> {
    let tree = bidi.call(None, "browsingContext.getTree", json!({ "maxDepth": 0 })).await?;
    let contexts = tree["contexts"].as_array().into_iter().flatten();
    Ok(contexts.filter_map(|context| text(&context["context"])).collect())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The file of a profile that says these preferences, and those that are always needed.
fn preferences(more: &Value) -> String {
    let mut file = String::new();
    for (name, value) in PREFERENCES {
        let _ = writeln!(file, "user_pref({}, {value});", json!(name));
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        let _ = writeln!(file, "user_pref({}, {value});", json!(name));
    }
    file
}

/// Why an address could not be opened, by what Firefox says of it.
fn refused(url: &str, error: &str) -> String {
    if error.starts_with("invalid argument") {
        return format!("{url} is no address");
    }
    if error.starts_with("unsupported operation") {
        return format!("the page cannot be opened: {url} is the browser's own");
    }
    // Such as `Error: NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT)`, of which the last word says most.
    let mut words = error.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    cannot_open(words.find(|word| !word.is_empty()).unwrap_or(error))
}

/// A value of the page, which BiDi describes with its types, as JSON has it. What JSON does not have is null.
fn plain(value: &Value) -> Value {
    let parts = || value["value"].as_array().into_iter().flatten();
    match value["type"].as_str() {
        Some("string" | "boolean") => value["value"].clone(),
        // NaN and infinities are told as texts.
        Some("number") if value["value"].is_number() => value["value"].clone(),
        Some("array") => parts().map(plain).collect(),
        Some("object") => {
            let entries = parts().map(|entry| Some((text(&entry[0])?, plain(&entry[1]))));
            Value::Object(entries.flatten().collect())
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(described: &Value, expected: &Value) {
        assert_eq!(&plain(described), expected, "for {described}");
    }

    #[test]
    fn what_the_page_has_is_told_as_json() {
        check(&json!({ "type": "string", "value": "clear" }), &json!("clear"));
        check(&json!({ "type": "boolean", "value": true }), &json!(true));
        check(&json!({ "type": "number", "value": 1.5 }), &json!(1.5));
        check(&json!({ "type": "number", "value": "NaN" }), &json!(null));
        check(&json!({ "type": "undefined" }), &json!(null));
        check(&json!({ "type": "null" }), &json!(null));
        check(&json!({ "type": "window", "value": { "context": "a" } }), &json!(null));
        let one = json!({ "type": "number", "value": 1 });
        check(
            &json!({ "type": "array", "value": [one, { "type": "null" }] }),
            &json!([1, null]),
        );
        check(
            &json!({ "type": "object", "value": [["a", one], ["b", { "type": "array", "value": [] }]] }),
            &json!({ "a": 1, "b": [] }),
        );
    }

    #[track_caller]
    fn check_refused(error: &str, expected: &str) {
        let found = refused("https://a.example/", error);
        assert!(
            found.contains(expected),
            "of {error:?}: found {found:?}, expected {expected:?}"
        );
    }

    #[test]
    fn the_reason_why_a_page_cannot_be_opened_is_told() {
        check_refused(
            "unknown error: Error: NS_ERROR_CONNECTION_REFUSED",
            "opened: NS_ERROR_CONNECTION_REFUSED",
        );
        check_refused("unknown error: Error: deniedPortAccess", "opened: deniedPortAccess");
        check_refused(
            "unknown error: Error: NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT)",
            "--insecure takes it all the same (MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT)",
        );
        check_refused(
            "unknown error: Error: NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, SSL_ERROR_NO_CYPHER_OVERLAP)",
            "opened: SSL_ERROR_NO_CYPHER_OVERLAP",
        );
        check_refused(
            "invalid argument: Expected \"url\" to be a valid URL",
            "https://a.example/ is no address",
        );
        check_refused("unsupported operation: Navigation to it is not allowed", "the browser's own");
    }

    #[test]
    fn preferences_are_written_as_firefox_reads_them() {
        let file = preferences(&json!({ "a.b": true, "c": "d\"e" }));
        assert!(
            file.ends_with("user_pref(\"a.b\", true);\nuser_pref(\"c\", \"d\\\"e\");\n"),
            "{file}"
        );
    }
}
