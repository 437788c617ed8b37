//! Visits a page in an environment: makes the situation, waits for a detector's answer, and proves that the situation was there.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::asking::{ANSWER_LIMIT, LIMIT, POLL, is_so, until};
use super::environment::{Engine, Environment, PLAIN, Page};
use super::pages::{Detector, SOUTIEN, serve};
use super::ways::{clear, make, prove};
use crate::webdriver::Browser;

/// How long an extension may take to read its part of EasyList.
const EXTENSION_LIMIT: Duration = Duration::from_secs(30);

/// What came of a visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Whether the detector says that ads are blocked; `None` where it said nothing within five seconds.
    pub blocked: Option<bool>,
    /// The time from the start of the detector's script to its answer, without waiting for the page to be idle, in milliseconds.
    pub ms: Option<f64>,
    /// The whole verdict, as `soutien:verdict` has it; null from other detectors.
    pub verdict: Value,
    /// The longest task of the browser between start and answer, in milliseconds; 0 where none took 50, or in Firefox.
    pub longest_task: f64,
    /// Everything else that was seen: `problems`, `errors`, `violations`, `failed`, `left` (nodes that a detector left behind) and
    /// `notice` (whether it is open).
    pub report: Value,
}

/// Visits the page of an environment that has this detector.
///
/// # Errors
/// When the browser fails, or the situation did not happen.
pub async fn visit(browser: &Browser, engine: Engine, environment: &Environment, detector: &Detector) -> Result<Visit> {
    let site = serve(environment, detector)?;
    let result = async {
        make(browser, engine, environment, &site).await?;
        let is_answered = until(browser, "observed.answered !== null", ANSWER_LIMIT).await;
        let control = format!("Promise.resolve({}).then(Boolean)", environment.control);
        ensure!(
            until(browser, &control, LIMIT).await,
            "the situation did not happen: expected that {}; the page says {}",
            environment.control,
            report(browser).await.unwrap_or_default()
        );
        prove(browser, environment, is_answered).await?;
        report(browser).await
    }
    .await;
    let cleared = clear(browser, engine, environment).await;
    let mut report = result?;
    cleared.context("cannot undo the situation")?;

    let answered = report["answered"].take();
    let ms = |value: &Value| value.as_f64();
    Ok(Visit {
        blocked: answered["blocked"].as_bool(),
        ms: ms(&answered["at"])
            .zip(ms(&report["began"]))
            .map(|(at, began)| at - began - ms(&report["idle"]).unwrap_or(0.0)),
        verdict: answered["verdict"].clone(),
        longest_task: report["long"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|task| task[1].as_f64())
            .fold(0.0, f64::max),
        report,
    })
}

/// Waits until an extension acts that was started along with the browser.
pub(super) async fn wait_for(browser: &Browser, control: &'static str) -> Result<()> {
    let environment = Environment {
        page: Page::Short,
        control,
        ..PLAIN
    };
    let site = serve(&environment, &SOUTIEN)?;
    let started = Instant::now();
    while started.elapsed() < EXTENSION_LIMIT {
        browser.goto(format!("{}/page.html", site.site)).await?;
        if is_so(browser, control).await.unwrap_or(false) {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
    bail!("the extension does not act: expected that {control}")
}

async fn report(browser: &Browser) -> Result<Value> {
    let text = browser.execute("return observed.report();", vec![]).await?.json().clone();
    let text = text.as_str().context("the page has no observer")?;
    Ok(serde_json::from_str(text)?)
}
