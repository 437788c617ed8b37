//! One page under one profile, as a reader's browser would have it.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use soutien_backend::profile::{Outcome, Profile};
use thirtyfour::WindowHandle;
use thirtyfour::error::{WebDriverError, WebDriverErrorInfo, WebDriverErrorInner, WebDriverResult};

use super::{Outcomes, Seen};
use soutien_project::extension::{INJECTED, Target};
use soutien_testbed::webdriver::Browser;

/// How long the extension may take to answer on a page.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// How long Soutien may take to reach a verdict once the page is there: it waits until the page is idle, and probes for 2 seconds.
const VERDICT_LIMIT: Duration = Duration::from_secs(15);

/// How long after a verdict "blocked" the notice is waited for; it comes a second later by default.
const NOTICE_LIMIT: Duration = Duration::from_millis(2_500);

/// How long the rest of a visit may take: opening and closing the tab, and a screenshot.
const REST_LIMIT: Duration = Duration::from_secs(15);

const POLL: Duration = Duration::from_millis(20);

/// No page may open more dialogs than these.
const MOST_DIALOGS: usize = 20;

/// Other detectors by what they leave on a page. A page that has one as well asks its readers twice, and its readings may be of that one's
/// baits.
const DETECTORS: [(&str, &str); 7] = [
    (
        "BlockAdBlock or FuckAdBlock",
        "window.blockAdBlock || window.fuckAdBlock || window.BlockAdBlock",
    ),
    (
        "Google’s Privacy & messaging",
        "window.googlefc?.controlledMessagingFunction || document.querySelector('script[src*=\"fundingchoicesmessages.google.com\"]')",
    ),
    ("Admiral", "window.admiral"),
    ("Sourcepoint", "window._sp_"),
    ("the theme’s own (TieLabs)", "document.querySelector('#tie-popup-adblock')"),
    (
        "CHP Ads Block Detector",
        "document.querySelector('script[src*=\"chp-ads-block-detector\"], #chp_ads_blocker-overlay, [id^=\"chp_ads\"]')",
    ),
    ("AdBlock Notify", "window.anOptions"),
];

/// What is said of a certificate that a browser refuses.
const UNVOUCHED: &str = "no authority vouches for the certificate; --insecure takes it all the same";

/// Whether a notice is open: a dialog in the shadow root of an element of the page.
const NOTICE: &str =
    "[...document.querySelectorAll('[data-soutien]')].some(({ shadowRoot }) => shadowRoot?.querySelector('dialog[open]'))";

/// What is wrong where the browser shows a page of its own instead of the one that was asked for; null where it does not.
const ERROR: &str = "location.protocol === 'chrome-error:' ? document.querySelector('.error-code')?.textContent ?? 'an error page' :
    /^about:(net|cert)error/.test(document.documentURI) ? new URLSearchParams(document.documentURI.split('?')[1]).get('e') : null";

/// Asks the extension what it knows of the page.
const STATE: &str = "const [done] = arguments;
    document.addEventListener('soutien:state', ({ detail }) => done(JSON.parse(detail)), { once: true });
    document.dispatchEvent(new CustomEvent('soutien:ask'));";

/// Puts the tag on the page, and says whether its script could be had.
const INJECT: &str = "const [address, done] = arguments;
    const tag = document.createElement('script');
    Object.assign(tag, { async: true, src: address, onload: () => done(true), onerror: () => done(false) });
    tag.dataset.policy = 'always';
    document.head.append(tag);";

/// What a page does that keeps it from being judged. The browser goes on.
#[derive(Debug)]
struct Fault(String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// An error as one line.
pub fn reason(error: &anyhow::Error) -> String {
    // A driver's own words are the last of what it says, below status and state.
    let text = format!("{error:#}").replace("Additional info:", "");
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("Status: "));
    lines.take(3).collect::<Vec<_>>().join(" ")
}

/// Opens a page under a profile in a tab of its own, which is closed again. Gives what came of it, and what it looked like. `limit` is
/// how long the page may take to load.
///
/// # Errors
/// When the browser fails, and is of no use any more.
pub async fn visit(
    browser: &Browser,
    target: Target,
    profile: &Profile,
    url: &str,
    inject: bool,
    limit: Duration,
) -> Result<(Outcomes, Vec<u8>)> {
    let home = browser.window().await?;
    let mut page = Page {
        browser,
        remarks: Vec::new(),
        n_dialogs: 0,
    };
    let visiting = async {
        browser.switch_to_window(browser.new_tab().await?).await?;
        let looked = page.look(target, profile, url, inject).await;
        match (page.leave(&home).await, looked) {
            (Ok(()), looked) => Ok(looked),
            (Err(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        }
    };
    // The page may have to be loaded twice, see `Page::play`.
    let limit = 2 * limit + VERDICT_LIMIT + NOTICE_LIMIT + REST_LIMIT;
    match tokio::time::timeout(limit, visiting).await {
        Ok(Ok(Ok((seen, shot)))) => Ok((judge(seen), shot)),
        Ok(Ok(Err(error))) if error.is::<Fault>() => Ok((Outcomes::NotRun { reason: reason(&error) }, Vec::new())),
        Ok(Ok(Err(error)) | Err(error)) => Err(told(error)),
        Err(_) => Err(anyhow::anyhow!(
            "the page keeps the browser busy: no answer in {} s",
            limit.as_secs()
        )),
    }
}

/// What drivers say of a tab that is gone or does not answer, in words that help.
fn told(error: anyhow::Error) -> anyhow::Error {
    let inner = error.downcast_ref::<WebDriverError>().map(WebDriverError::as_inner);
    if matches!(
        inner,
        Some(WebDriverErrorInner::WebDriverTimeout(_) | WebDriverErrorInner::Timeout(_))
    ) {
        return anyhow::anyhow!("the page keeps the browser busy: it does not answer");
    }
    let text = format!("{error:#}");
    let is_gone = [
        "page crash",
        "tab crashed",
        "no such window",
        "Browsing context has been discarded",
    ]
    .iter()
    .any(|words| text.contains(words));
    if is_gone {
        return anyhow::anyhow!("the page has crashed or closed its tab");
    }
    error
}

fn judge(seen: Seen) -> Outcomes {
    let found = format!("{}, {}", seen.kind, seen.cause);
    if seen.expected.is_empty() || seen.expected.contains(&found) {
        Outcomes::Passed(seen)
    } else {
        Outcomes::Failed(seen)
    }
}

/// The page in the tab that is in front.
struct Page<'a> {
    browser: &'a Browser,
    remarks: Vec<String>,
    n_dialogs: usize,
}

impl Page<'_> {
    async fn look(&mut self, target: Target, profile: &Profile, url: &str, inject: bool) -> Result<(Seen, Vec<u8>)> {
        self.open(url).await?;
        self.play(&profile.name).await?;
        let (began, address) = self.document().await?;
        if address != url && address.trim_end_matches('/') != url.trim_end_matches('/') {
            self.remarks.push(format!("the address leads to {address}"));
        }
        if inject {
            self.inject().await?;
        }
        let verdict = self.wait(VERDICT, VERDICT_LIMIT).await?;
        let (now, there) = self.document().await?;
        if there != address && now != began {
            return Err(Fault(format!("the page went on to {there} before there was a verdict")).into());
        }
        if now != began {
            self.remarks.push("the page loaded itself again".into());
        }
        let Some(verdict) = verdict else {
            return Err(Fault(self.silence(inject).await?).into());
        };
        let has_probe = verdict["signals"].as_array().is_some_and(|signals| {
            signals
                .iter()
                .any(|signal| signal["family"] == "host" && signal["why"] != "absent")
        });
        let names_hosts = "!!document.querySelector('script[data-probe]:not([data-probe=\"\"])')";
        if !has_probe && self.evaluate(names_hosts).await? == true {
            self.remarks
                .push("the ad hosts of data-probe were not asked: there was no consent, see data-consent".into());
        }
        let notice = if verdict["kind"] == "blocked" {
            self.wait(NOTICE, NOTICE_LIMIT).await?.is_some()
        } else {
            self.evaluate(NOTICE).await? == true
        };
        for (name, test) in DETECTORS {
            // What a page does not have may throw.
            let attempt = format!("(() => {{ try {{ return !!({test}); }} catch {{ return false; }} }})()");
            if self.evaluate(&attempt).await? == true {
                self.remarks.push(format!("another detector is on the page: {name}"));
            }
        }
        let tab = self.state().await?.context("the extension does not answer any more")?;
        let shot = self.shot().await?;
        let texts = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let expected = expected(profile, target, has_probe);
        let seen = Seen {
            kind: word(&verdict["kind"]),
            cause: word(&verdict["cause"]),
            expected: expected
                .iter()
                .map(|outcome| format!("{}, {}", outcome.kind, outcome.cause))
                .collect(),
            ms: verdict["ms"].as_f64().unwrap_or_default(),
            notice,
            has_probe,
            problems: problems(&tab),
            remarks: std::mem::take(&mut self.remarks),
            hits: texts(&tab["hits"]),
        };
        Ok((seen, shot))
    }

    async fn open(&mut self, url: &str) -> Result<()> {
        if let Err(error) = self.browser.goto(url).await {
            let fault = match error.as_inner() {
                WebDriverErrorInner::UnexpectedAlertOpen(info) => {
                    self.note_dialog(info)?;
                    None
                }
                WebDriverErrorInner::WebDriverTimeout(_) => Some("the page does not load in time".to_owned()),
                WebDriverErrorInner::InsecureCertificate(_) => Some(UNVOUCHED.to_owned()),
                WebDriverErrorInner::InvalidArgument(_) => Some(format!("{url} is no address")),
                _ => failed_to_open(&error),
            };
            match fault {
                Some(fault) => return Err(Fault(fault).into()),
                None if matches!(error.as_inner(), WebDriverErrorInner::UnexpectedAlertOpen(_)) => {}
                None => return Err(error.into()),
            }
        }
        let error = self.evaluate(ERROR).await?;
        if let Some(error) = error.as_str() {
            return Err(Fault(cannot_open(error)).into());
        }
        let status = self
            .evaluate("performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0")
            .await?;
        if status.as_u64().is_some_and(|status| status >= 400) {
            return Err(Fault(answered(&status.to_string())).into());
        }
        Ok(())
    }

    /// Has the extension play a profile, and the page begin anew under it. The extension can be told so on a page alone, which is
    /// therefore loaded twice where another profile was played before.
    async fn play(&mut self, profile: &str) -> Result<()> {
        let started = Instant::now();
        let mut is_told = false;
        while started.elapsed() < VERDICT_LIMIT {
            let Some(tab) = self.state().await? else {
                continue;
            };
            if tab["profile"] == profile {
                // Not before the page is there again.
                self.wait("document.readyState !== 'loading'", VERDICT_LIMIT).await?;
                return Ok(());
            }
            if !is_told {
                let event = json!(profile);
                self.evaluate(&format!(
                    "document.dispatchEvent(new CustomEvent('soutien:profile', {{ detail: {event} }}))"
                ))
                .await?;
                is_told = true;
            }
            tokio::time::sleep(POLL).await;
        }
        Err(Fault(self.missing_extension().await?).into())
    }

    /// Why the extension says nothing.
    async fn missing_extension(&self) -> Result<String> {
        let is_chrome = self
            .browser
            .capabilities()
            .get("browserName")
            .is_some_and(|name| name == "chrome");
        if is_chrome {
            self.browser.goto("chrome://version").await?;
            let version = self
                .browser
                .execute("return document.querySelector('#version')?.textContent ?? ''", vec![])
                .await?;
            let version = version
                .json()
                .as_str()
                .unwrap_or_default()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            if version.starts_with("Google Chrome") && !version.contains("for Testing") {
                return Ok(format!(
                    "{version} takes no extension from outside, as every Google Chrome since 137: the remote end needs Chromium or \
                     Chrome for Testing"
                ));
            }
        }
        Ok("the extension does not answer on this page: the browser has not taken it, or lets it into no such page".into())
    }

    async fn inject(&mut self) -> Result<()> {
        if self
            .evaluate("!!document.querySelector('script[src*=\"/soutien.js\"]')")
            .await?
            == true
        {
            return Ok(());
        }
        self.wait("document.head !== null", VERDICT_LIMIT).await?;
        let address = format!("{INJECTED}soutien.js");
        let loaded = self.browser.execute_async(INJECT, vec![json!(address)]).await;
        let is_loaded = loaded.as_ref().is_ok_and(|loaded| *loaded.json() == true);
        if !is_loaded {
            let tab = self.state().await?.unwrap_or_default();
            let hit = tab["hits"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|hit| hit["what"].as_str().is_some_and(|what| what.contains(&address)));
            let why = match hit {
                Some(hit) => format!("it is blocked by {}", hit["rule"]),
                None => "its Content-Security-Policy or Trusted Types forbid it".to_owned(),
            };
            return Err(Fault(format!("Soutien cannot be put on the page: {why}")).into());
        }
        Ok(())
    }

    /// Why there is no verdict.
    async fn silence(&mut self, inject: bool) -> Result<String> {
        let tab = self.state().await?.unwrap_or_default();
        let problems = problems(&tab);
        let why = if !problems.is_empty() {
            problems.join("; ")
        } else if inject {
            "the page lets none of its parts work".to_owned()
        } else {
            "is the tag on it? --inject puts it there".to_owned()
        };
        Ok(format!(
            "the page has no verdict of Soutien after {} s: {why}",
            VERDICT_LIMIT.as_secs()
        ))
    }

    /// When the document began, and its address.
    async fn document(&mut self) -> Result<(Value, String)> {
        let document = self.evaluate("[performance.timeOrigin, location.href]").await?;
        Ok((document[0].clone(), document[1].as_str().unwrap_or_default().to_owned()))
    }

    /// What the extension knows of the page; `None` where it does not answer.
    async fn state(&mut self) -> Result<Option<Value>> {
        match self.through(async |browser| browser.execute_async(STATE, vec![]).await).await {
            Ok(tab) if tab.json()["error"].is_null() => Ok(Some(tab.json().clone())),
            Ok(_) => Ok(None),
            Err(error) => match error.downcast_ref::<WebDriverError>().map(WebDriverError::as_inner) {
                // The page is gone while it is asked, or the extension is not there.
                Some(WebDriverErrorInner::ScriptTimeout(_) | WebDriverErrorInner::JavascriptError(_)) => Ok(None),
                _ => Err(error),
            },
        }
    }

    async fn shot(&mut self) -> Result<Vec<u8>> {
        self.through(async |browser| browser.screenshot_as_png().await).await
    }

    /// Closes every tab but the first one.
    async fn leave(&mut self, home: &WindowHandle) -> Result<()> {
        // A page whose dialogs were too many is to be left all the same.
        self.n_dialogs = 0;
        let windows = self.through(async |browser| browser.windows().await).await?;
        for window in windows.iter().filter(|window| *window != home) {
            self.through(async |browser| browser.switch_to_window(window.clone()).await)
                .await?;
            self.through(async |browser| browser.close_window().await).await?;
        }
        self.through(async |browser| browser.switch_to_window(home.clone()).await)
            .await
    }

    /// What an expression is on the page.
    async fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let script = format!("return {expression};");
        let value = self
            .through(async |browser| browser.execute(script.clone(), vec![]).await)
            .await?;
        Ok(value.json().clone())
    }

    /// Gives a command, and again where a dialog was in its way, which is closed by that, and noted.
    async fn through<T>(&mut self, command: impl AsyncFn(&Browser) -> WebDriverResult<T>) -> Result<T> {
        loop {
            let error = match command(self.browser).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match error.as_inner() {
                WebDriverErrorInner::UnexpectedAlertOpen(info) => self.note_dialog(info)?,
                _ => return Err(error.into()),
            }
        }
    }

    /// Waits until an expression is neither null nor false, and gives it; `None` where it does not come to that in time.
    async fn wait(&mut self, expression: &str, limit: Duration) -> Result<Option<Value>> {
        let started = Instant::now();
        loop {
            match self.evaluate(expression).await {
                Ok(Value::Null | Value::Bool(false)) if started.elapsed() > limit => return Ok(None),
                Ok(Value::Null | Value::Bool(false)) => {}
                Ok(value) => return Ok(Some(value)),
                Err(error) if error.is::<Fault>() || started.elapsed() > limit => return Err(error),
                // While one page is being replaced by another, asking fails. A tab that is gone stays gone.
                Err(error) if is_gone(&error) => return Err(error),
                Err(_) => {}
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn note_dialog(&mut self, info: &WebDriverErrorInfo) -> Result<()> {
        self.n_dialogs += 1;
        if self.n_dialogs > MOST_DIALOGS {
            return Err(Fault(format!(
                "the page opens one dialog after the other: {MOST_DIALOGS} were closed"
            ))
            .into());
        }
        let text = info.value.data.as_ref().and_then(|data| data["text"].as_str());
        let text = text.unwrap_or(&info.value.message).lines().next().unwrap_or_default();
        let remark = format!("the page opens a dialog, which was closed: {text}");
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
        Ok(())
    }
}

/// The last verdict, as `soutien:verdict` has it; null where there is none.
const VERDICT: &str = "window.Soutien?.verdict ? JSON.parse(JSON.stringify(Soutien.verdict)) : null";

fn is_gone(error: &anyhow::Error) -> bool {
    let inner = error.downcast_ref::<WebDriverError>().map(WebDriverError::as_inner);
    matches!(
        inner,
        Some(WebDriverErrorInner::NoSuchWindow(_) | WebDriverErrorInner::InvalidSessionId(_))
    ) || error.to_string().contains("crash")
}

/// Why a page could not be opened, by what the browsers say; `None` where the browser itself is at fault.
fn failed_to_open(error: &WebDriverError) -> Option<String> {
    let text = error.to_string();
    let word = text
        .split(|c: char| c.is_whitespace() || c == '"' || c == '&')
        .find_map(|word| {
            let word = word.trim_end_matches([',', '.', ')']);
            if let Some(start) = word.find("net::ERR_") {
                return Some(&word[start..]);
            }
            word.split_once("about:neterror?e=").map(|(_, name)| name)
        })?;
    Some(cannot_open(word))
}

/// What a browser's own name of an error means.
fn cannot_open(error: &str) -> String {
    // An answer without a page, as Chromium puts it.
    if let Some(status) = error.strip_prefix("HTTP ERROR ") {
        return answered(status);
    }
    if error.contains("ERR_CERT_") {
        return format!("{UNVOUCHED} ({error})");
    }
    format!("the page cannot be opened: {error}")
}

fn answered(status: &str) -> String {
    format!("the page is answered with status {status}")
}

/// The verdicts that a profile may lead to; none where all are fine.
fn expected(profile: &Profile, target: Target, has_probe: bool) -> Vec<Outcome> {
    match &profile.expected {
        None => Vec::new(),
        Some(_) if !has_probe && !profile.expected_without_probe.is_empty() => profile.expected_without_probe.clone(),
        Some(expected) => vec![match target {
            Target::Chromium => expected.chromium.clone(),
            Target::Firefox => expected.firefox.clone(),
        }],
    }
}

/// The problems that the extension heard of in a tab, each as one line.
fn problems(tab: &Value) -> Vec<String> {
    let line = |problem: &Value| {
        let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        format!("{}: found \"{}\", used {}", word("key"), word("given"), word("used"))
    };
    tab["problems"].as_array().into_iter().flatten().map(line).collect()
}
