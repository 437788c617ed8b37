//! What is done while a page is visited: makes the situation, proves that it was there, and undoes it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::common::print::PrintParameters;
use thirtyfour::{By, Key};

use super::asking::{ANSWER_LIMIT, LIMIT, POLL, is_so, until};
use super::environment::{Engine, Environment, Way};
use crate::server::Running;
use crate::webdriver::Browser;

/// Opens the page, and does what makes the situation.
pub(super) async fn make(browser: &Browser, engine: Engine, environment: &Environment, site: &Running) -> Result<()> {
    let address = |path: &str| format!("{}{path}", site.site);
    let page = address("/page.html");
    match environment.way {
        Way::Open => browser.goto(page).await?,
        Way::Zoom(percent) => {
            zoom(browser, &address("/controle.html"), percent).await?;
            browser.goto(page).await?;
        }
        Way::Narrow(width) => {
            let screen = json!({ "width": width, "height": 640, "deviceScaleFactor": 1, "mobile": false });
            browser.devtools("Emulation.setDeviceMetricsOverride", screen).await?;
            browser.goto(page).await?;
        }
        Way::Media(media, name, value) => {
            if engine == Engine::Chromium {
                let features = if name.is_empty() {
                    json!([])
                } else {
                    json!([{ "name": name, "value": value }])
                };
                let media = json!({ "media": media, "features": features });
                browser.devtools("Emulation.setEmulatedMedia", media).await?;
            }
            browser.goto(page).await?;
        }
        Way::Print => {
            browser.goto(page).await?;
            ensure!(until(browser, "observed.isWaiting", LIMIT).await, "the detector is not there");
            browser
                .execute("addEventListener('beforeprint', observed.open);", vec![])
                .await?;
            let started = Instant::now();
            while !is_so(browser, "observed.answered !== null").await.unwrap_or(false) && started.elapsed() < ANSWER_LIMIT {
                browser.print_page(PrintParameters::default()).await?;
                browser
                    .execute("observed.printed.push(['done', performance.now()]);", vec![])
                    .await?;
            }
        }
        Way::Background => {
            browser.goto(address("/controle.html")).await?;
            let front = browser.window().await?;
            let link = browser.find(By::Css("#suite")).await?;
            let click = browser
                .action_chain()
                .key_down(Key::Control)
                .click_element(&link)
                .key_up(Key::Control);
            click.perform().await?;
            is_read(site).await?;
            let tabs = browser.windows().await?;
            let back = tabs.into_iter().find(|tab| *tab != front).context("no tab was opened")?;
            browser.switch_to_window(back).await?;
            if engine == Engine::Chromium {
                browser.devtools("Page.bringToFront", json!({})).await?;
            }
        }
        // Browsers do not keep a page that waits for an answer, so that it is left a little later each time.
        Way::Return => {
            for attempt in 0..8 {
                browser.goto(&page).await?;
                unhold(browser).await?;
                let begun = format!(
                    "observed.began !== null && performance.now() - observed.began > {}",
                    attempt * 80
                );
                ensure!(until(browser, &begun, LIMIT).await, "the detector does not begin");
                browser.goto(address("/controle.html")).await?;
                browser.back().await?;
                ensure!(
                    until(
                        browser,
                        "location.pathname === '/page.html' && document.readyState !== 'loading'",
                        LIMIT
                    )
                    .await,
                    "the page does not come back"
                );
                if is_so(browser, "observed.persisted").await? {
                    break;
                }
            }
        }
        Way::Prerender => {
            browser.goto(address("/opener.html")).await?;
            is_read(site).await?;
            browser.execute("document.querySelector('#suite').click();", vec![]).await?;
            ensure!(
                until(browser, "location.pathname === '/page.html'", LIMIT).await,
                "the link was not followed"
            );
        }
        Way::Offline => {
            // Once without the situation, so that everything is in the cache that may be.
            browser.goto(address("/unheld.html")).await?;
            until(browser, "observed.answered !== null", ANSWER_LIMIT).await;
            browser.goto(page).await?;
            ensure!(
                until(browser, "document.readyState === 'complete'", LIMIT).await,
                "the page does not load"
            );
            browser.devtools("Network.enable", json!({})).await?;
            browser.devtools("Network.emulateNetworkConditions", network(true)).await?;
            unhold(browser).await?;
        }
        // What is slowed down is the process of a page, and the next page may get another.
        Way::Slow(factor) => {
            browser.goto(page).await?;
            let usual = pace(browser).await?;
            let rate = json!({ "rate": factor });
            browser.devtools("Emulation.setCPUThrottlingRate", rate).await?;
            browser.execute(format!("observed.usual = {usual};"), vec![]).await?;
            is_slow(browser, factor).await?;
            unhold(browser).await?;
        }
        Way::Framed => {
            browser.goto(page).await?;
            browser.enter_frame(0).await?;
        }
        Way::Called(user_agent, brands) => {
            let brands: Vec<Value> = brands
                .iter()
                .map(|brand| json!({ "brand": brand, "version": "156" }))
                .collect();
            let metadata = json!({
                "brands": brands, "platform": "Windows", "platformVersion": "", "architecture": "", "model": "", "mobile": false,
            });
            let called = json!({ "userAgent": user_agent, "userAgentMetadata": metadata });
            browser.devtools("Emulation.setUserAgentOverride", called).await?;
            browser.goto(page).await?;
        }
        Way::Worker => {
            browser.goto(&page).await?;
            ensure!(
                until(browser, "navigator.serviceWorker.controller !== null", LIMIT).await,
                "the service worker does not start"
            );
            browser.goto(page).await?;
        }
    }
    Ok(())
}

/// Proves what no expression can.
pub(super) async fn prove(browser: &Browser, environment: &Environment, is_answered: bool) -> Result<()> {
    match environment.way {
        Way::Print if is_answered => {
            let overlaps = "(() => {
                const times = (name) => observed.printed.filter((entry) => entry[0] === name).map((entry) => entry[1]);
                const [starts, ends] = [times('begun'), times('done')];
                return starts.some((start, index) => start <= observed.answered.at && !(ends[index] < observed.began));
            })()";
            ensure!(
                is_so(browser, overlaps).await?,
                "the situation did not happen: the page was not printed between the start and the answer"
            );
        }
        Way::Slow(factor) => is_slow(browser, factor).await?,
        _ => {}
    }
    Ok(())
}

/// Undoes what the situation did to the browser.
pub(super) async fn clear(browser: &Browser, engine: Engine, environment: &Environment) -> Result<()> {
    match environment.way {
        Way::Called(..) => {
            let called = json!({ "userAgent": "" });
            browser.devtools("Emulation.setUserAgentOverride", called).await?;
        }
        Way::Narrow(_) => {
            browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        }
        Way::Media(..) if engine == Engine::Chromium => {
            browser
                .devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] }))
                .await?;
        }
        Way::Background => {
            let tabs = browser.windows().await?;
            let (first, others) = tabs.split_first().context("the browser has no tab")?;
            for tab in others {
                browser.switch_to_window(tab.clone()).await?;
                browser.close_window().await?;
            }
            browser.switch_to_window(first.clone()).await?;
        }
        Way::Offline => {
            browser.devtools("Network.emulateNetworkConditions", network(false)).await?;
        }
        Way::Slow(_) => {
            browser
                .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 }))
                .await?;
        }
        Way::Framed => browser.enter_default_frame().await?,
        _ => {}
    }
    Ok(())
}

fn network(is_offline: bool) -> Value {
    json!({ "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
}

/// How long a loop takes, in milliseconds: the median of many, each so short that few are interrupted by other programs.
async fn pace(browser: &Browser) -> Result<f64> {
    let loops = "const times = Array.from({ length: 61 }, () => {
            const start = performance.now();
            for (let count = 0, sum = 0; count < 3e5; count++) sum += Math.sqrt(count);
            return performance.now() - start;
        });
        return times.sort((one, other) => one - other)[30];";
    let answer = browser.execute(loops, vec![]).await?;
    answer.json().as_f64().context("the page has no clock")
}

/// Waits until loops take as much longer than usual as the processor is slowed down by. On a busy machine, Chromium now and then
/// fails to slow a page down for some milliseconds.
async fn is_slow(browser: &Browser, factor: f64) -> Result<()> {
    let usual = browser.execute("return observed.usual;", vec![]).await?.json().as_f64();
    let usual = usual.context("the usual pace is not known")?;
    let started = Instant::now();
    loop {
        let pace = pace(browser).await?;
        if pace > usual * factor / 2.0 {
            return Ok(());
        }
        ensure!(
            started.elapsed() < LIMIT,
            "the situation did not happen: a loop takes {pace} ms on the slowed processor, and {usual} ms otherwise"
        );
    }
}

/// Has the extension zoom the tab. It may still be starting.
async fn zoom(browser: &Browser, address: &str, percent: u32) -> Result<()> {
    let control = format!("Math.abs(devicePixelRatio - {percent} / 100) < 0.02");
    for attempt in 0..10 {
        browser.goto(format!("{address}?{attempt}?zoom={percent}")).await?;
        if until(browser, &control, Duration::from_secs(1)).await {
            return Ok(());
        }
    }
    bail!("the situation did not happen: the extension does not zoom to {percent} %")
}

/// Lets the detector begin that was held back.
async fn unhold(browser: &Browser) -> Result<()> {
    ensure!(until(browser, "observed.isWaiting", LIMIT).await, "the detector is not there");
    browser.execute("observed.open();", vec![]).await?;
    Ok(())
}

/// Waits until the page has told the server that it has been read.
async fn is_read(site: &Running) -> Result<()> {
    let started = Instant::now();
    while !site.requests().iter().any(|(_, path)| path == "/observer.js?read") {
        ensure!(
            started.elapsed() < LIMIT,
            "the page is not read; the server saw {:?}",
            site.requests()
        );
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}
