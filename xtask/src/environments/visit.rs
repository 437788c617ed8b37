//! Visits a page in an environment: makes the situation, waits for a detector's answer, and proves that the situation was there.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::common::print::PrintParameters;
use thirtyfour::{By, Key};

use super::table::PLAIN;
use super::{Deviation, Engine, Environment, Page, Way};
use crate::server::{self, Answer, Options, Running, Situation};
use crate::webdriver::Browser;
use soutien_project::root;

/// How long a detector may take to answer. Ours has 2 seconds from when it begins, and has to be fetched before.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// How long anything else may take that is waited for.
const LIMIT: Duration = Duration::from_secs(10);

/// How long an extension may take to read its part of EasyList.
const EXTENSION_LIMIT: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(10);

/// Where the scripts of other detectors are served; a name that means nothing to filter lists.
const SCRIPT: &str = "/page-script.js";

/// A detector, as a page has it.
#[derive(Clone, Debug)]
pub struct Detector {
    /// What it is called in the matrix.
    pub name: &'static str,
    /// Its script; empty for ours, which comes from dist/site/.
    pub script: String,
}

/// This project's own module.
pub const SOUTIEN: Detector = Detector {
    name: "soutien",
    script: String::new(),
};

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

/// Starts a server for one visit; a new port is a new origin, with nothing stored or cached.
fn serve(environment: &Environment, detector: &Detector) -> Result<Running> {
    let script = |text: &str| Answer::Body {
        mime: "text/javascript".into(),
        text: text.into(),
    };
    let mut situations = vec![
        ("/observer.js", script(include_str!("observer.js"))),
        ("/controle/", script("export {};")),
        ("/situation.js", script(environment.script)),
        (
            "/situation.css",
            Answer::Body {
                mime: "text/css".into(),
                text: environment.style.into(),
            },
        ),
        (SCRIPT, script(&detector.script)),
    ];
    situations.extend(environment.answers.iter().map(|(path, deviation)| {
        let answer = match *deviation {
            Deviation::Status(code) => Answer::Status(code),
            Deviation::Delay(ms) => Answer::Delay(Duration::from_millis(ms)),
            Deviation::Body(mime, text) => Answer::Body {
                mime: mime.into(),
                text: text.into(),
            },
            Deviation::Header(name, value) => Answer::Header(name.into(), value.into()),
        };
        (*path, answer)
    }));
    let situations = situations.into_iter().map(|(path, answer)| Situation {
        path_prefix: path.into(),
        answer,
    });
    let site = server::start_anew(&Options {
        port: 0,
        situations: situations.collect(),
        csp: environment.csp.map(str::to_owned),
        ..Options::default()
    })?;

    let port = site.site.rsplit(':').next().unwrap_or_default().to_owned();
    // Nobody listens there once it is closed again.
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port().to_string();
    let fill = |text: &str| text.replace("{{port}}", &port).replace("{{closed}}", &closed);
    let mut options = site.options.write().unwrap_or_else(PoisonError::into_inner);
    for (path, text) in pages(environment, detector)? {
        options.pages.insert(path.to_owned(), fill(&text));
    }
    drop(options);
    Ok(site)
}

/// The pages of an environment.
fn pages(environment: &Environment, detector: &Detector) -> Result<Vec<(&'static str, String)>> {
    let head = |observer: &str| {
        let mut head = format!(r#"<script src="/observer.js{observer}"></script>"#);
        if !environment.script.is_empty() {
            head += r#"<script src="/situation.js"></script>"#;
        }
        if !environment.style.is_empty() {
            head += r#"<link rel="stylesheet" href="/situation.css">"#;
        }
        head
    };
    let tag = if detector.script.is_empty() {
        format!(
            r#"<script async src="{}/soutien/soutien.js" data-policy="always" data-delay="0" {}></script>"#,
            environment.files, environment.attributes
        )
    } else {
        format!(r#"<script defer src="{SCRIPT}"></script>"#)
    };
    // Ours waits until the page is idle, others until it has been read; both are held back by the observer where need be.
    let is_held = matches!(environment.way, Way::Print | Way::Return | Way::Offline | Way::Slow(_));
    let held = head(if is_held { "?gated" } else { "" });
    let short = |head: &str| {
        format!(
            r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Page</title>{head}</head>
            <body><h1>Les nouvelles</h1><p>Rien de neuf.</p><p><a id="suite" href="/page.html">La suite</a></p></body></html>"#
        )
    };
    let page = |head: &str| {
        Ok::<_, anyhow::Error>(match environment.page {
            Page::Demo => demo(environment, head, &tag)?,
            Page::Short => short(&format!("{head}{tag}")),
            Page::FrameSet => format!(
                r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Page</title>{head}{tag}</head>
                <frameset rows="100%"><frame src="/controle.html"></frameset></html>"#
            ),
            Page::Framing(attributes) => short("").replace(
                "</body>",
                &format!(r#"<iframe {attributes} src="/frame.html" width="600" height="400"></iframe></body>"#),
            ),
        })
    };
    Ok(vec![
        ("/page.html", page(&held)?),
        ("/unheld.html", page(&head(""))?),
        ("/frame.html", short(&format!("{held}{tag}"))),
        ("/controle.html", short("")),
        ("/opener.html", short("")),
    ])
}

/// The first page of the demo, with an observer, and with another detector in place of ours.
fn demo(environment: &Environment, head: &str, tag: &str) -> Result<String> {
    let html = demo_with(tag)?.replacen("<head>", &format!("<head>{head}"), 1);
    Ok(if environment.ad_host.is_empty() {
        html
    } else {
        html.replace("{{ad_host}}", environment.ad_host)
    })
}

/// The first page of the demo, with something else in place of our tag.
///
/// # Errors
/// When it cannot be read, or has no such tag.
pub fn demo_with(tag: &str) -> Result<String> {
    let path = root().join("www/index.html");
    let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let ours = html.split_inclusive("</script>").find_map(|part| {
        part.rfind("<script")
            .map(|start| &part[start..])
            .filter(|tag| tag.contains("/soutien/soutien.js"))
    });
    let ours = ours.context("www/index.html has no script tag with /soutien/soutien.js")?;
    Ok(html.replacen(ours, tag, 1))
}

/// Opens the page, and does what makes the situation.
async fn make(browser: &Browser, engine: Engine, environment: &Environment, site: &Running) -> Result<()> {
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
async fn prove(browser: &Browser, environment: &Environment, is_answered: bool) -> Result<()> {
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
async fn clear(browser: &Browser, engine: Engine, environment: &Environment) -> Result<()> {
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

async fn is_so(browser: &Browser, expression: &str) -> Result<bool> {
    let answer = browser.execute(format!("return {expression};"), vec![]).await?;
    Ok(answer.json().as_bool().unwrap_or(false))
}

/// Waits until an expression is true, and says whether it came to be. While a page is being replaced by the next, asking fails.
async fn until(browser: &Browser, expression: &str, limit: Duration) -> bool {
    let started = Instant::now();
    loop {
        if is_so(browser, expression).await.unwrap_or(false) {
            return true;
        }
        if started.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(POLL).await;
    }
}
