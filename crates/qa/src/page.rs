//! A page in a tab of its own, which is asked and told things however it behaves.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};
use soutien_project::extension::INJECTED;
use soutien_testbed::webdriver;
use thirtyfour::WindowHandle;
use thirtyfour::error::{WebDriverError, WebDriverErrorInfo, WebDriverErrorInner, WebDriverResult};

use crate::faults::{Fault, UNVOUCHED, answered, cannot_open, failed_to_open, is_gone};
use crate::findings::{OBSERVE, Observed};
use crate::own::{self, ANSWER_LIMIT, Own};

/// How long Soutien may take to reach a verdict once the page is there: it waits until the page is idle, and probes for 2 seconds.
pub const VERDICT_LIMIT: Duration = Duration::from_secs(15);

/// How long a page may take to come to rest and to say what it shows.
pub const OBSERVE_LIMIT: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(20);

/// No page may open more dialogs than these.
const MOST_DIALOGS: usize = 20;

/// What is wrong where the browser shows a page of its own instead of the one that was asked for; null where it does not.
const ERROR: &str = "location.protocol === 'chrome-error:' ? document.querySelector('.error-code')?.textContent ?? 'an error page' :
    /^about:(net|cert)error/.test(document.documentURI) ? new URLSearchParams(document.documentURI.split('?')[1]).get('e') : null";

/// Asks the extension what it knows of the page.
const STATE: &str = "new Promise((done) => {
        document.addEventListener('soutien:state', ({ detail }) => done(JSON.parse(detail)), { once: true });
        document.dispatchEvent(new CustomEvent('soutien:ask'));
    })";

/// What steers a browser.
pub enum Browser {
    /// A driver, of this machine or another.
    Driven(Box<webdriver::Browser>),
    /// We ourselves.
    Own(Own),
}

/// A tab of such a browser.
enum Tab<'a> {
    /// Of one that is driven, with the tab that it began with.
    Driven(&'a webdriver::Browser, WindowHandle),
    Own(&'a Own, own::Tab),
}

/// The page in a tab that was opened for it.
pub struct Page<'a> {
    tab: Tab<'a>,
    /// How long it may take to load.
    limit: Duration,
    /// What is to be known of the page, each as one line.
    pub remarks: Vec<String>,
    n_dialogs: usize,
}

impl<'a> Page<'a> {
    /// A page in a new tab. `limit` is how long it may take to load.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn new(browser: &'a Browser, limit: Duration) -> Result<Self> {
        let tab = match browser {
            Browser::Driven(browser) => {
                let home = browser.window().await?;
                browser.switch_to_window(browser.new_tab().await?).await?;
                Tab::Driven(browser, home)
            }
            Browser::Own(browser) => Tab::Own(browser, browser.tab().await?),
        };
        Ok(Self {
            tab,
            limit,
            remarks: Vec::new(),
            n_dialogs: 0,
        })
    }

    /// Makes what follows a first visit to an origin under a profile, as far as the browser can be told that from outside its pages.
    pub async fn prepare(&mut self, profile: &str, origin: &str) -> Result<()> {
        match &self.tab {
            Tab::Own(browser, tab) => browser.prepare(tab, profile, origin).await,
            Tab::Driven(..) => Ok(()),
        }
    }

    /// Opens an address.
    pub async fn open(&mut self, url: &str) -> Result<()> {
        let limit = self.limit;
        if let Some(opened) = self.own(async |tab| tab.open(url, limit).await).await {
            opened?;
        } else if let Tab::Driven(browser, _) = &self.tab
            && let Err(error) = browser.goto(url).await
        {
            self.take_fault(error, url)?;
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

    /// What a driver says of an address that it could not open, as a fault; a dialog is none.
    fn take_fault(&mut self, error: WebDriverError, url: &str) -> Result<()> {
        let fault = match error.as_inner() {
            WebDriverErrorInner::UnexpectedAlertOpen(info) => return self.note_dialog(dialog_text(info)),
            WebDriverErrorInner::WebDriverTimeout(_) => Some("the page does not load in time".to_owned()),
            WebDriverErrorInner::InsecureCertificate(_) => Some(UNVOUCHED.to_owned()),
            WebDriverErrorInner::InvalidArgument(_) => Some(format!("{url} is no address")),
            _ => failed_to_open(&error),
        };
        Err(fault.map_or(error.into(), |fault| Fault(fault).into()))
    }

    /// Has the extension play a profile, and the page begin anew under it. The extension can be told so on a page alone, which is
    /// therefore loaded twice where another profile was played before.
    pub async fn play(&mut self, profile: &str, url: &str) -> Result<()> {
        let started = Instant::now();
        let mut is_told = false;
        while started.elapsed() < VERDICT_LIMIT {
            // A page that was opened while the extension began has none of its scripts, or its background has not heard of it.
            let tab = self.state().await?.filter(|tab| tab["profile"] != "");
            let Some(tab) = tab else {
                if matches!(self.tab, Tab::Own(..)) {
                    self.open(url).await?;
                }
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
    pub async fn missing_extension(&self) -> Result<String> {
        if let Tab::Driven(browser, _) = &self.tab
            && browser.capabilities().get("browserName").is_some_and(|name| name == "chrome")
        {
            browser.goto("chrome://version").await?;
            let version = browser
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

    /// Puts the tag on the page, where it has none.
    pub async fn inject(&mut self) -> Result<()> {
        if self
            .evaluate("!!document.querySelector('script[src*=\"/soutien.js\"]')")
            .await?
            == true
        {
            return Ok(());
        }
        self.wait("document.head !== null", VERDICT_LIMIT).await?;
        let address = format!("{INJECTED}soutien.js");
        if self.answer(&inject(&address), ANSWER_LIMIT).await.ok().flatten() != Some(Value::Bool(true)) {
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
    pub async fn silence(&mut self, inject: bool) -> Result<String> {
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
    pub async fn document(&mut self) -> Result<(Value, String)> {
        let document = self.evaluate("[performance.timeOrigin, location.href]").await?;
        Ok((document[0].clone(), document[1].as_str().unwrap_or_default().to_owned()))
    }

    /// What the extension knows of the page; `None` where it does not answer.
    pub async fn state(&mut self) -> Result<Option<Value>> {
        let state = self.answer(STATE, ANSWER_LIMIT).await?;
        Ok(state.filter(|tab| tab["error"].is_null()))
    }

    /// What the page shows once it is at rest, and what the blocker did, as `findings` takes it; or why that cannot be had.
    pub async fn observe(&mut self) -> Result<Observed> {
        let Some(observation) = self.answer(&OBSERVE, OBSERVE_LIMIT).await? else {
            return Ok(Err(format!("the page does not answer within {} s", OBSERVE_LIMIT.as_secs())));
        };
        Ok(match observation["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(observation),
        })
    }

    /// What a promise of the page is kept with; `None` where it is not kept in time, or the page is gone while it is asked.
    async fn answer(&mut self, promise: &str, limit: Duration) -> Result<Option<Value>> {
        if let Some(answer) = self.own(async |tab| tab.answer(promise, limit).await).await {
            return match answer {
                Err(error) if error.is::<Fault>() || is_gone(&error) => Err(error),
                answer => Ok(answer.ok().flatten()),
            };
        }
        match self.evaluate(promise).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => match error.downcast_ref::<WebDriverError>().map(WebDriverError::as_inner) {
                Some(WebDriverErrorInner::ScriptTimeout(_) | WebDriverErrorInner::JavascriptError(_)) => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// What the page looks like, as a PNG image.
    pub async fn shot(&mut self) -> Result<Vec<u8>> {
        if let Some(shot) = self.own(async |tab| tab.shot().await).await {
            return shot;
        }
        self.through(async |browser| browser.screenshot_as_png().await).await
    }

    /// Closes every tab but the first one.
    pub async fn leave(&mut self) -> Result<()> {
        // A page whose dialogs were too many is to be left all the same.
        self.n_dialogs = 0;
        let home = match &self.tab {
            Tab::Own(browser, _) => return browser.close_tabs().await,
            Tab::Driven(_, home) => home.clone(),
        };
        let windows = self.through(async |browser| browser.windows().await).await?;
        for window in windows.iter().filter(|window| **window != home) {
            self.through(async |browser| browser.switch_to_window(window.clone()).await)
                .await?;
            self.through(async |browser| browser.close_window().await).await?;
        }
        self.through(async |browser| browser.switch_to_window(home.clone()).await)
            .await
    }

    /// What an expression is on the page, or what its promise is kept with.
    pub async fn evaluate(&mut self, expression: &str) -> Result<Value> {
        if let Some(value) = self.own(async |tab| tab.evaluate(expression).await).await {
            return value;
        }
        let script = format!("return {expression};");
        let value = self
            .through(async |browser| browser.execute(script.clone(), vec![]).await)
            .await?;
        Ok(value.json().clone())
    }

    /// Returns a command to a tab of our own, after which the dialogs are noted that were closed meanwhile; `None` where there is a driver instead.
    async fn own<T>(&mut self, command: impl AsyncFn(&own::Tab) -> Result<T>) -> Option<Result<T>> {
        let Tab::Own(_, tab) = &self.tab else {
            return None;
        };
        let done = command(tab).await;
        let dialogs = tab.take_dialogs();
        let noted = dialogs.iter().try_for_each(|text| self.note_dialog(text));
        Some(noted.and(done))
    }

    /// Returns a command to a driver, and again where a dialog was in its way, which is closed by that, and noted.
    async fn through<T>(&mut self, command: impl AsyncFn(&webdriver::Browser) -> WebDriverResult<T>) -> Result<T> {
        let Tab::Driven(browser, _) = self.tab else {
            bail!("the browser has no driver");
        };
        loop {
            let error = match command(browser).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match error.as_inner() {
                WebDriverErrorInner::UnexpectedAlertOpen(info) => self.note_dialog(dialog_text(info))?,
                _ => return Err(error.into()),
            }
        }
    }

    /// Waits until an expression is neither null nor false, and gives it; `None` where it does not come to that in time.
    pub async fn wait(&mut self, expression: &str, limit: Duration) -> Result<Option<Value>> {
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

    fn note_dialog(&mut self, text: &str) -> Result<()> {
        self.n_dialogs += 1;
        if self.n_dialogs > MOST_DIALOGS {
            return Err(Fault(format!(
                "the page opens one dialog after the other: {MOST_DIALOGS} were closed"
            ))
            .into());
        }
        let text = text.lines().next().unwrap_or_default();
        let remark = format!("the page opens a dialog, which was closed: {text}");
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
        Ok(())
    }
}

/// What a dialog says, by what a driver says of it.
fn dialog_text(info: &WebDriverErrorInfo) -> &str {
    let text = info.value.data.as_ref().and_then(|data| data["text"].as_str());
    text.unwrap_or(&info.value.message)
}

/// Puts the tag on the page, and says whether its script, at this address, could be had.
fn inject(address: &str) -> String {
    format!(
        "new Promise((done) => {{
            const tag = document.createElement('script');
            Object.assign(tag, {{ async: true, src: {}, onload: () => done(true), onerror: () => done(false) }});
            tag.dataset.policy = 'always';
            document.head.append(tag);
        }})",
        json!(address)
    )
}

/// The problems that the extension heard of in a tab, each as one line.
pub fn problems(tab: &Value) -> Vec<String> {
    let line = |problem: &Value| {
        let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        format!("{}: found \"{}\", used {}", word("key"), word("given"), word("used"))
    };
    tab["problems"].as_array().into_iter().flatten().map(line).collect()
}
