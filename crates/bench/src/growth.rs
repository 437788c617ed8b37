//! `soutien-bench growth`: what becomes of our cost as a page has more elements and slots, is moved about in, and is checked again and again.
//! Time and heap may stay as they are or grow in proportion; nodes and listeners may not grow at all.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use soutien_project::run::Progress;
use soutien_testbed::server::{self, Options, Running};
use soutien_testbed::webdriver::{Browser, Certificates};

use crate::output::{file, tell_of_reference, write};
use crate::statistics::median;

/// How much a last figure may exceed what its predecessors let expect, before that counts as growing.
const TIME_TOLERANCE: f64 = 5.0;
const HEAP_TOLERANCE: f64 = 64.0;

/// How much faster than before a figure may grow at the end. One that grows by the square does so by a factor of three or ten from
/// point to point.
const FACTOR: f64 = 2.0;

/// How long a hundred checks may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// How many checks are made for the median time of one.
const N_CHECKS: u32 = 5;

/// Pages: how many elements they have and how many slots. The last step is the shorter where there is much to multiply noise by.
const ELEMENTS: [u32; 4] = [10, 1_000, 3_000, 10_000];
const SLOTS: [u32; 4] = [0, 2, 20, 200];

/// How often something is done in all, at each of the points at which it is measured.
const TIMES: [u32; 3] = [1, 10, 100];

/// How to measure growth.
#[derive(Args, Clone, Debug)]
pub struct Growth {
    /// Where the figures go as JSON; docs/growth.json unless given.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What is measured at one point.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    /// How much there is: elements, slots, navigations or checks.
    amount: f64,
    /// What a check takes of the main thread, or all that was done since the first point; in milliseconds.
    ms: f64,
    /// The heap after collecting garbage, in kB: what we add to that of the page itself, or what there is in all.
    heap: f64,
    /// The documents, nodes and listeners of the page.
    left: [f64; 3],
}

/// Points of one kind.
struct Series {
    name: &'static str,
    points: Vec<Point>,
    /// Whether nothing may be left behind from one point to the next.
    is_flat: bool,
}

/// Measures, prints and writes.
///
/// # Errors
/// When something grows that must not, with the figures, or the browser fails.
pub fn growth(options: &Growth) -> Result<()> {
    let progress = Progress::new((ELEMENTS.len() + SLOTS.len() + 2 * TIMES.len()) as u64, "points");
    let runtime = tokio::runtime::Runtime::new()?;
    let series = runtime.block_on(measure(&progress))?;
    drop(progress);

    print(&series);
    let path = file(options.json.as_ref(), "growth.json");
    write(&path, &json(&series))?;
    tell_of_reference(options.json.as_ref());
    let faults: Vec<String> = series.iter().flat_map(faults).collect();
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(())
}

async fn measure(progress: &Progress) -> Result<Vec<Series>> {
    // Pages that were left would be kept for a return, and counted.
    let browser = Browser::chromium(&["--disable-features=BackForwardCache"], Certificates::Vouched).await?;
    browser.set_script_timeout(PATIENCE).await?;
    // The first pages bring what the browser itself needs only once.
    point(&browser, 0, "").await?;
    let mut pages = [("elements", ELEMENTS), ("slots", SLOTS)].map(|(name, amounts)| (name, amounts, Vec::new()));
    for (name, amounts, points) in &mut pages {
        for amount in *amounts {
            progress.begin(format!("{amount} {name}"));
            let body = if *name == "slots" {
                body(1_000, amount)
            } else {
                body(amount, 0)
            };
            points.push(point(&browser, amount, &body).await?);
            progress.advance();
        }
    }
    let mut series: Vec<Series> = pages
        .into_iter()
        .map(|(name, _, points)| Series {
            name,
            points,
            is_flat: false,
        })
        .collect();
    for (name, action) in [("navigations", NAVIGATE), ("checks", CHECK)] {
        let points = repeat(&browser, name, action, progress).await?;
        series.push(Series {
            name,
            points,
            is_flat: true,
        });
    }
    Ok(series)
}

/// What a check takes on a page, and what we add to its heap.
async fn point(browser: &Browser, amount: u32, body: &str) -> Result<Point> {
    let site = open(browser, &page("", body)).await?;
    let without = heap(browser).await?;
    drop(site);
    let _site = open(browser, &page(TAG, body)).await?;
    run(browser, FIRST).await?;
    let with = heap(browser).await?;
    let mut times = Vec::new();
    for _ in 0..N_CHECKS {
        let before = counter(browser, "TaskDuration").await?;
        run(browser, CHECK).await?;
        times.push((counter(browser, "TaskDuration").await? - before) * 1_000.0);
    }
    Ok(Point {
        amount: f64::from(amount),
        ms: median(&times).unwrap_or_default(),
        heap: (with - without) / 1_000.0,
        left: left(browser).await?,
    })
}

/// What is there after something has been done once, ten times and a hundred times, on the same page.
async fn repeat(browser: &Browser, name: &str, action: &str, progress: &Progress) -> Result<Vec<Point>> {
    let _site = open(browser, &page(TAG, &body(100, 3))).await?;
    run(browser, FIRST).await?;
    let mut points = Vec::new();
    let (mut n_done, mut ms) = (0, 0.0);
    for amount in TIMES {
        progress.begin(format!("{amount} {name}"));
        let before = counter(browser, "TaskDuration").await?;
        let times = amount - n_done;
        run(browser, &format!("for (let left = {times}; left > 0; left--) {{ {action} }}")).await?;
        n_done = amount;
        ms += (counter(browser, "TaskDuration").await? - before) * 1_000.0;
        let left = left(browser).await?;
        points.push(Point {
            amount: f64::from(amount),
            ms,
            heap: heap(browser).await? / 1_000.0,
            left,
        });
        progress.advance();
    }
    Ok(points)
}

/// Waits for the first verdict.
const FIRST: &str = "if (!window.Soutien?.verdict) await new Promise((resolve) =>
    document.addEventListener('soutien:verdict', () => setTimeout(resolve), { once: true }));";
const CHECK: &str = "await Soutien.check();";
const NAVIGATE: &str = "history.pushState(null, '', `?${history.length}-${performance.now()}`);
    await new Promise((resolve) => setTimeout(resolve));";

const TAG: &str = r#"<script async src="/soutien/soutien.js" data-policy="silent"></script>"#;

fn page(tag: &str, body: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Page</title>{tag}</head><body><h1>Les nouvelles</h1>
        {body}</body></html>"#
    )
}

/// So many elements, some of them in others, and so many slots.
fn body(n_elements: u32, n_slots: u32) -> String {
    let mut body = String::new();
    for number in 0..n_elements / 2 {
        let _ = writeln!(
            body,
            r#"<p class="ligne">Une nouvelle, et <a href="/next.html?{number}">la suite</a>.</p>"#
        );
    }
    for number in 0..n_slots {
        let _ = writeln!(
            body,
            r#"<div><ins class="adsbygoogle" data-ad-slot="{number}" style="display:block;width:300px;height:250px"></ins></div>"#
        );
    }
    body
}

/// Opens a page on an origin of its own, whose server goes with the value.
async fn open(browser: &Browser, page: &str) -> Result<Running> {
    let site = server::start_anew(&Options {
        port: 0,
        csp: Some(String::new()),
        pages: HashMap::from([("/page.html".to_owned(), page.to_owned())]),
        ..Options::default()
    })?;
    browser.goto(format!("{}/page.html", site.site)).await?;
    // Counts the time that the thread really had: others are at work on this machine.
    browser.devtools("Performance.disable", json!({})).await?;
    browser
        .devtools("Performance.enable", json!({ "timeDomain": "threadTicks" }))
        .await?;
    Ok(site)
}

/// Runs statements on the page, and waits for what they await.
async fn run(browser: &Browser, statements: &str) -> Result<()> {
    let script = format!("return (async () => {{ {statements} }})();");
    browser
        .execute(script, vec![])
        .await
        .with_context(|| format!("the page does not do {statements}"))?;
    Ok(())
}

/// The heap without garbage, in bytes.
async fn heap(browser: &Browser) -> Result<f64> {
    collect(browser).await?;
    counter(browser, "JSHeapUsedSize").await
}

/// What the browser counts of a page.
async fn counter(browser: &Browser, name: &str) -> Result<f64> {
    let answer = browser.devtools("Performance.getMetrics", json!({})).await?;
    let mut metrics = answer["metrics"].as_array().into_iter().flatten();
    let found = metrics.find(|metric| metric["name"] == name);
    found
        .and_then(|metric| metric["value"].as_f64())
        .with_context(|| format!("the browser does not count {name}"))
}

/// Has the browser collect garbage. What observed something else that is gone goes in the second turn.
async fn collect(browser: &Browser) -> Result<()> {
    for _ in 0..2 {
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    }
    Ok(())
}

/// The documents, nodes and listeners that there are once garbage is collected. Chromium alone can be asked.
///
/// # Errors
/// When the browser does not answer, or does not count one of them.
pub async fn left(browser: &Browser) -> Result<[f64; 3]> {
    collect(browser).await?;
    let counters = browser.devtools("Memory.getDOMCounters", json!({})).await?;
    let count = |name: &str| {
        counters[name]
            .as_f64()
            .with_context(|| format!("the browser does not count {name}"))
    };
    Ok([count("documents")?, count("nodes")?, count("jsEventListeners")?])
}

/// What grows that must not, with the figures.
fn faults(series: &Series) -> Vec<String> {
    let mut faults = Vec::new();
    let name = series.name;
    let times: Vec<_> = series.points.iter().map(|point| (point.amount, point.ms)).collect();
    let heaps: Vec<_> = series.points.iter().map(|point| (point.amount, point.heap)).collect();
    for (unit, points, tolerance) in [("ms", &times, TIME_TOLERANCE), ("kB of heap", &heaps, HEAP_TOLERANCE)] {
        if let Some((found, expected)) = too_much(points, tolerance) {
            faults.push(format!(
                "more than linear in {name}: {found:.1} {unit}, of {expected:.1} {unit} allowed"
            ));
        }
    }
    if let (true, [first, .., last]) = (series.is_flat, &series.points[..]) {
        for (index, what) in ["documents", "nodes", "listeners"].into_iter().enumerate() {
            let (before, after) = (first.left[index], last.left[index]);
            if after > before {
                let times = last.amount;
                faults.push(format!(
                    "left behind by {times} {name}: {after} {what}, of {before} after the first"
                ));
            }
        }
    }
    faults
}

/// The last figure and what it may be at most, where it is more: amounts with their figures, in the order of the amounts.
fn too_much(points: &[(f64, f64)], tolerance: f64) -> Option<(f64, f64)> {
    let [first, .., before, last] = points else {
        return None;
    };
    let growth = (before.1 - first.1).max(0.0) / (before.0 - first.0);
    let allowed = before.1.max(first.1) + FACTOR * growth * (last.0 - before.0) + tolerance;
    (last.1 > allowed).then_some((last.1, allowed))
}

fn print(all: &[Series]) {
    println!(
        "a check's main-thread work on pages of different sizes, and all that repeated navigations and checks take and leave\n"
    );
    for series in all {
        println!(
            "{:>12}{:>12}{:>14}{:>12}{:>12}{:>12}",
            series.name, "ms", "heap, kB", "documents", "nodes", "listeners"
        );
        for Point { amount, ms, heap, left } in &series.points {
            let [documents, nodes, listeners] = left;
            println!("{amount:>12}{ms:>12.1}{heap:>14.1}{documents:>12}{nodes:>12}{listeners:>12}");
        }
        println!();
    }
}

fn json(all: &[Series]) -> String {
    let tenth = |figure: f64| (figure * 10.0).round() / 10.0;
    let series = all.iter().map(|series| {
        let points = series.points.iter().map(|point| {
            let [documents, nodes, listeners] = point.left;
            json!({
                "amount": point.amount,
                "ms": tenth(point.ms),
                "heap_kb": tenth(point.heap),
                "documents": documents,
                "nodes": nodes,
                "listeners": listeners,
            })
        });
        (series.name.to_owned(), Value::from(points.collect::<Vec<_>>()))
    });
    let text = json!({
        "about": "cargo xtask bench growth. On pages with many elements or slots: a check's main-thread work, and what the heap has more than \
            without us. After navigations and checks: all they took, and the whole heap.",
        "series": series.collect::<serde_json::Map<_, _>>(),
    });
    format!("{text:#}\n")
}

#[cfg(test)]
mod tests {
    use soutien_figures::growth::markdown;

    use super::*;

    #[track_caller]
    fn check(figures: [f64; 4], is_too_much: bool) {
        let points: Vec<_> = [10.0, 100.0, 1_000.0, 10_000.0].into_iter().zip(figures).collect();
        assert_eq!(too_much(&points, 5.0).is_some(), is_too_much, "{figures:?}");
    }

    #[test]
    fn flat_and_linear_figures_are_fine() {
        check([3.0, 4.0, 2.0, 6.0], false);
        check([3.0, 3.9, 13.0, 103.0], false);
    }

    #[test]
    fn what_grows_faster_is_not() {
        check([3.0, 3.0, 4.0, 103.0], true);
        check([3.0, 3.0, 3.0, 9.0], true);
    }

    #[test]
    fn a_document_has_the_figures_that_were_written() {
        let series = ["elements", "slots", "navigations", "checks"].map(|name| Series {
            name,
            points: vec![Point {
                amount: 10.0,
                ms: 1.26,
                heap: 110.0,
                left: [1.0, 50.0, 9.0],
            }],
            is_flat: false,
        });
        let told = markdown(&serde_json::from_str(&json(&series)).unwrap()).unwrap();
        for line in [
            "| 10 slots | 1.3 | 110.0 | 1 | 50 | 9 |\n",
            "| 10 checks | 1.3 | 110.0 | 1 | 50 | 9 |\n",
        ] {
            assert!(told.contains(line), "no {line:?} in {told}");
        }
        assert!(markdown(&json!({})).is_err());
    }

    #[test]
    fn nothing_may_be_left_behind() {
        let series = |nodes| Series {
            name: "checks",
            points: vec![
                Point {
                    amount: 1.0,
                    left: [1.0, 50.0, 9.0],
                    ..Point::default()
                },
                Point {
                    amount: 100.0,
                    left: [1.0, nodes, 9.0],
                    ..Point::default()
                },
            ],
            is_flat: true,
        };
        assert_eq!(faults(&series(50.0)), Vec::<String>::new());
        assert_eq!(
            faults(&series(51.0)),
            ["left behind by 100 checks: 51 nodes, of 50 after the first"]
        );
    }
}
