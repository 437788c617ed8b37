//! One visit to the page: loads it, clicks, waits, and asks the browser what that took.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use soutien_figures::page::{Figure, N_FIGURES};
use soutien_testbed::server::{self, Answer, Options, Running, Situation};
use soutien_testbed::webdriver::Browser;

use crate::page::seen::{Condition, Figures, Guest};

/// Where the scripts and the style sheets of other guests are served.
pub const SCRIPT: &str = "/page-script.js";
pub const STYLE: &str = "/page-style.css";

/// How long a visit is, from when the page has loaded, in milliseconds. Every guest has given its answer by then, and all visits under the
/// same condition are equally long.
const LENGTH: u32 = 3_000;
const LENGTH_WHERE_SLOW: u32 = 4_500;

/// When the page is clicked, in milliseconds from when it has loaded: while guests are at work.
const CLICKS: [u32; 3] = [200, 700, 1_200];

/// Slow 4G, as the browser's own tools have it: bytes in a second, and milliseconds.
const SLOW_4G: (f64, f64, f64) = (1.6e6 / 8.0, 750e3 / 8.0, 150.0);

/// What takes longer than this blocks the page, in milliseconds.
const LONG: f64 = 50.0;

/// Has a new browser watch every page, and gives its name and version.
pub async fn prepare(browser: &Browser) -> Result<String> {
    let script = json!({ "source": include_str!("page.js") });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
    browser.devtools("Network.enable", json!({})).await?;
    let version = browser.devtools("Browser.getVersion", json!({})).await?;
    Ok(version["product"].as_str().unwrap_or_default().to_owned())
}

/// Visits the page with a guest, on a new origin with nothing cached.
pub async fn visit(browser: &Browser, condition: &Condition, guest: &Guest) -> Result<Figures> {
    let site = serve(guest)?;
    browser.goto("about:blank").await?;
    let rate = json!({ "rate": condition.slowdown });
    browser.devtools("Emulation.setCPUThrottlingRate", rate).await?;
    let (down, up, latency) = if condition.is_slow_network {
        SLOW_4G
    } else {
        (-1.0, -1.0, 0.0)
    };
    let network = json!({ "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up });
    browser.devtools("Network.emulateNetworkConditions", network).await?;
    // The counters begin anew, and count the time that the thread really had: others are at work on this machine.
    browser.devtools("Performance.disable", json!({})).await?;
    browser
        .devtools("Performance.enable", json!({ "timeDomain": "threadTicks" }))
        .await?;

    browser.goto(format!("{}/page.html", site.site)).await?;
    for at in CLICKS {
        wait(browser, at).await?;
        click(browser).await?;
    }
    let length = if condition.is_slow_network || condition.slowdown > 1 {
        LENGTH_WHERE_SLOW
    } else {
        LENGTH
    };
    wait(browser, length).await?;
    let counted = counters(browser).await?;
    let text = browser.execute("return observed.report();", vec![]).await?.json().clone();
    let pace: Value = serde_json::from_str(text.as_str().context("the page was not watched")?)?;
    let clicked = pace["clicked"].as_array().map_or(0, Vec::len);
    ensure!(
        clicked == CLICKS.len(),
        "expected {} clicks, found {}",
        CLICKS.len(),
        pace["clicked"]
    );
    let has_guest = guest.is_ours || !guest.script.is_empty();
    ensure!(
        !has_guest || pace["answered"].is_f64() || pace["answered"].is_u64(),
        "no answer within {length} ms of the page's load"
    );

    browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    let heap = counters(browser).await?.get("JSHeapUsedSize").copied();
    let mut figures: Figures = [None; N_FIGURES];
    let mut set = |figure: Figure, value: Option<f64>| figures[figure as usize] = value;
    let ms = |name: &str| counted.get(name).map(|seconds| seconds * 1_000.0);
    set(Figure::Work, ms("TaskDuration"));
    set(Figure::Script, ms("ScriptDuration"));
    set(
        Figure::Layout,
        ms("LayoutDuration")
            .zip(ms("RecalcStyleDuration"))
            .map(|(layout, style)| layout + style),
    );
    let painted = pace["painted"].as_f64().context("the page was not painted")?;
    let long: Vec<[f64; 2]> = serde_json::from_value(pace["long"].clone())?;
    let blocked: Vec<f64> = long.into_iter().filter_map(|task| blocking(task, painted)).collect();
    set(Figure::LongTasks, Some(blocked.len() as f64));
    set(Figure::Blocking, Some(blocked.iter().sum()));
    set(Figure::Largest, pace["largest"].as_f64());
    set(Figure::Shift, pace["shift"].as_f64());
    let inputs = pace["inputs"].as_array().into_iter().flatten().filter_map(Value::as_f64);
    set(Figure::Interaction, inputs.reduce(f64::max));
    set(Figure::Answer, pace["answered"].as_f64());
    let requests = of_the_guest(&pace, &site);
    set(Figure::Requests, Some(requests.len() as f64));
    set(Figure::Transfer, Some(requests.iter().sum::<f64>() / 1_000.0));
    set(Figure::Heap, heap.map(|bytes| bytes / 1_000.0));
    if guest.is_ours {
        set(Figure::Memory, Some(wasm_memory(browser).await? / 1_024.0));
    }
    Ok(figures)
}

/// How long a task blocks a page that was first painted at `painted`, both in milliseconds since the start of the navigation: what it takes
/// beyond [`LONG`], and of a task during which the page was painted, what comes after. `None` of one that blocks nothing. So Lighthouse has it
/// (`calculateTbtImpactForEvent` in its `tbt-utils.js`), but for the end: here all tasks of the visit count.
fn blocking([start, duration]: [f64; 2], painted: f64) -> Option<f64> {
    let seen = start + duration - start.max(painted);
    (seen > LONG).then_some(seen - LONG)
}

fn serve(guest: &Guest) -> Result<Running> {
    let answer = |path: &str, mime: &str, text: &str| Situation {
        path_prefix: path.into(),
        answer: Answer::Body {
            mime: mime.into(),
            text: text.into(),
        },
    };
    server::start_anew(&Options {
        port: 0,
        situations: vec![
            answer(SCRIPT, "text/javascript", &guest.script),
            answer(STYLE, "text/css", &guest.style),
        ],
        // A strict policy would keep some guests from their work.
        csp: Some(String::new()),
        pages: HashMap::from([("/page.html".to_owned(), guest.page.clone())]),
        ..Options::default()
    })
}

/// Waits until so many milliseconds after the page has loaded, without asking it in between.
async fn wait(browser: &Browser, ms: u32) -> Result<()> {
    let script = format!("return observed.wait({ms}).then(() => true);");
    browser.execute(script, vec![]).await.context("the page does not load")?;
    Ok(())
}

/// Clicks the headline, as a mouse does: it stands in the middle of the page, and nothing comes of it.
async fn click(browser: &Browser) -> Result<()> {
    let place = "const { x, y, width, height } = document.querySelector('h1').getBoundingClientRect();
        return [x + width / 2, y + height / 2];";
    let place = browser.execute(place, vec![]).await?.json().clone();
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
        tokio::time::timeout(Duration::from_secs(10), browser.devtools("Input.dispatchMouseEvent", event))
            .await
            .context("the page does not take a click")??;
    }
    Ok(())
}

/// What the browser counts of a page's main thread, by its own names.
async fn counters(browser: &Browser) -> Result<HashMap<String, f64>> {
    let answer = browser.devtools("Performance.getMetrics", json!({})).await?;
    let metrics = answer["metrics"].as_array().context("the browser gives no metrics")?;
    let pair = |metric: &Value| Some((metric["name"].as_str()?.to_owned(), metric["value"].as_f64()?));
    Ok(metrics.iter().filter_map(pair).collect())
}

/// What each request brought that the page did not make itself, in bytes; 0 from other origins, which do not tell.
fn of_the_guest(pace: &Value, site: &Running) -> Vec<f64> {
    let requests = pace["requests"].as_array().into_iter().flatten();
    let is_of_guest = |address: &str| match address.strip_prefix(&site.site) {
        Some(path) => ["/soutien/", SCRIPT, STYLE].iter().any(|prefix| path.starts_with(prefix)),
        None => !address.starts_with(&site.ads),
    };
    requests
        .filter(|request| request[0].as_str().is_some_and(is_of_guest))
        .filter_map(|request| request[1].as_f64())
        .collect()
}

/// How much memory all modules of the page have together, in bytes. It is private to them, and only the browser itself finds it.
async fn wasm_memory(browser: &Browser) -> Result<f64> {
    let prototype = json!({ "expression": "WebAssembly.Memory.prototype" });
    let prototype = browser.devtools("Runtime.evaluate", prototype).await?;
    let found = json!({ "prototypeObjectId": prototype["result"]["objectId"] });
    let found = browser.devtools("Runtime.queryObjects", found).await?;
    let sum = json!({
        "objectId": found["objects"]["objectId"],
        "functionDeclaration": "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }",
        "returnByValue": true,
    });
    let sum = browser.devtools("Runtime.callFunctionOn", sum).await?;
    sum["result"]["value"]
        .as_f64()
        .filter(|bytes| *bytes > 0.0)
        .with_context(|| format!("expected the module's memory, found {sum}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_after_the_first_paint_blocks() {
        assert_eq!(blocking([200.0, 90.0], 100.0), Some(40.0));
        assert_eq!(blocking([200.0, 90.0], 200.0), Some(40.0));
        assert_eq!(blocking([200.0, 90.0], 220.0), Some(20.0));
        assert_eq!(blocking([200.0, 90.0], 240.0), None);
        assert_eq!(blocking([200.0, 90.0], 500.0), None);
        assert_eq!(blocking([200.0, 50.0], 100.0), None);
    }
}
