//! `soutien-bench extension`: from a stopped background to an answer that takes the lists of uBlock Origin, and its memory.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use soutien_project::extension::Target;
use soutien_testbed::session::{self, ask};
use soutien_testbed::webdriver::{Browser, Certificates};

use crate::statistics::median;

/// How long the background may take until it knows its lists, in milliseconds, and how much memory it may have, in bytes.
const TIME_BUDGET: f64 = 2_000.0;
const MEMORY_BUDGET: f64 = 150e6;

/// The profiles that are measured: uBlock Origin's own lists, and the most that any profile has.
const PROFILES: [&str; 2] = ["ublock-origin", "annoyances"];

/// How long anything may take that is waited for.
const LIMIT: Duration = Duration::from_secs(30);

/// Measures and prints; `folder` has the built extensions.
///
/// # Errors
/// When a budget is exceeded, with the figures, or the extension does not answer.
pub fn extension(runs: u32, folder: &Path) -> Result<()> {
    let folder = fs::canonicalize(Target::Chromium.folder_in(folder, true));
    let folder = folder.context("the extension is not built: `cargo xtask extension --qa` does it")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut over = Vec::new();
    println!(
        "\n{:<16}{:>12}{:>12}{:>12}",
        "lists of", "median ms", "longest ms", "memory MB"
    );
    for profile in PROFILES {
        let (times, memory) = runtime.block_on(measure(&folder, profile, runs))?;
        let longest = times.iter().copied().fold(0.0, f64::max);
        let middle = median(&times).unwrap_or_default();
        println!("{profile:<16}{middle:>12.0}{longest:>12.0}{:>12.0}", memory / 1e6);
        if longest > TIME_BUDGET {
            over.push(format!("{profile}: {longest:.0} ms, of {TIME_BUDGET:.0} ms allowed"));
        }
        if memory > MEMORY_BUDGET {
            over.push(format!(
                "{profile}: {:.0} MB, of {:.0} MB allowed",
                memory / 1e6,
                MEMORY_BUDGET / 1e6
            ));
        }
    }
    ensure!(over.is_empty(), "over the budget: {}", over.join("; "));
    Ok(())
}

/// The times from a stopped background to its answer, in milliseconds, and the memory of its module then, in bytes.
async fn measure(folder: &Path, profile: &str, runs: u32) -> Result<(Vec<f64>, f64)> {
    let browser = session::start(Target::Chromium, folder, None, Certificates::Vouched).await?;
    browser.goto(session::popup(Target::Chromium)).await?;
    until(&browser, "document.documentElement.dataset.state === 'ready'").await?;
    ask(&browser, json!({ "kind": "select", "profile": profile })).await?;
    let mut times = Vec::new();
    let mut memory: f64 = 0.0;
    browser.devtools("ServiceWorker.enable", json!({})).await?;
    for _ in 0..runs {
        browser.devtools("ServiceWorker.stopAllWorkers", json!({})).await?;
        let is_gone = "chrome.runtime.getContexts({ contextTypes: ['BACKGROUND'] }).then(({ length }) => length === 0)";
        until(&browser, is_gone).await?;
        let question = json!({
            "kind": "explain", "address": "https://securepubads.g.doubleclick.net/tag/js/gpt.js", "from": "https://journal.example/", "request": "script",
        });
        let started = Instant::now();
        let answer = ask(&browser, question).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        ensure!(
            answer["decision"] == "blocked",
            "the lists say {answer}, expected a decision \"blocked\""
        );
        let state = ask(&browser, json!({ "kind": "state", "tab": null })).await?;
        memory = memory.max(state["memory"].as_f64().context("the background does not tell its memory")?);
    }
    Ok((times, memory))
}

async fn until(browser: &Browser, expression: &str) -> Result<()> {
    let value = session::wait(browser, expression, LIMIT).await?;
    ensure!(value.is_some(), "after {} s there is no {expression}", LIMIT.as_secs());
    Ok(())
}
