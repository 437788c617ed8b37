//! `cargo xtask bench`: what is measured rather than tested.
//!
//! `detect` visits every environment many times, with this module and with the detectors that npm has, side by side. `page` measures what each
//! of them costs a page and its reader, `growth` whether our cost grows faster than the page, and `size` says what the files weigh. `extension`
//! measures the start of the companion extension's background, `first-look` what a newcomer waits for.

mod extension;
mod growth;
mod page;
mod peers;
mod report;
mod size;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::build;
use crate::environments::{self, ENVIRONMENTS, Engine, Environment, Launch, Truth, Visit, visit};
use crate::first_look;
use crate::run::Progress;
use crate::server;
use crate::setup::Need;
use crate::toolchain::Choice;
use crate::webdriver::Browser;
use crate::world::{self, Others};
use growth::Growth;
use page::Page;
use peers::Entrant;

pub use growth::left;

/// What to measure.
#[derive(Clone, Debug, Subcommand)]
pub enum Bench {
    /// Visit every environment with this module and with other detectors, and compare their verdicts with the truth.
    Detect(Detect),
    /// Visit the demo's page without a guest, with this module and with others, and compare what they cost. Nothing else should be at work on
    /// the machine.
    Page(Page),
    /// See how a check's work and the heap grow with the page, and whether anything is left behind by checks and navigations.
    Growth(Growth),
    /// Say what the files that readers download are made of, and how their sizes have changed since the last commit.
    Size,
    /// Run the demo in a fresh clone of the last commit, with empty caches, and see how long it takes until its page is there. Nothing else should
    /// be at work on the machine.
    FirstLook,
    /// Stop the extension's background again and again, and see how long it takes to know its lists, and how much memory.
    Extension {
        /// How often it is stopped.
        #[arg(long, default_value_t = 10, value_name = "N")]
        runs: u32,
    },
}

impl Bench {
    /// What has to be on the machine.
    pub fn needs(&self) -> Vec<Need> {
        match self {
            Self::Detect(_) => [
                &Need::BUILD[..],
                &Need::CHROMIUM,
                &Need::FIREFOX,
                &[Need::UblockOrigin, Need::Peers],
            ]
            .concat(),
            Self::Page(_) => [&Need::BUILD[..], &Need::CHROMIUM, &[Need::Peers]].concat(),
            Self::Growth(_) => [&Need::BUILD[..], &Need::CHROMIUM].concat(),
            Self::Size => Need::BUILD.to_vec(),
            // All else is what it measures.
            Self::FirstLook => vec![Need::Toolchain],
            Self::Extension { .. } => [&Need::EXTENSION[..], &Need::CHROMIUM].concat(),
        }
    }
}

/// How to measure detection.
#[derive(Args, Clone, Debug)]
pub struct Detect {
    /// How often each environment is visited with this module.
    #[arg(long, default_value_t = 3, value_name = "N")]
    runs: u32,
    /// How often with each of the other detectors; as often as with this module unless given.
    #[arg(long, value_name = "N")]
    peer_runs: Option<u32>,
    /// Only environments whose name contains this.
    #[arg(long, default_value = "", value_name = "TEXT")]
    only: String,
    /// Use Chromium and Firefox at the same time: nearly half as long, but they slow each other down.
    #[arg(long)]
    together: bool,
    /// Where the figures go as JSON; docs/detect.json unless given.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the chart goes; docs/detect.svg unless given.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// What came of all visits to one environment in one browser with one detector.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// It said what is so.
    right: u32,
    /// It did not say "blocked", and something blocks ads.
    missed: u32,
    /// It said "blocked", and nothing blocks ads.
    false_alarms: u32,
    /// It said nothing within five seconds, and nothing blocks ads.
    silent: u32,
    /// How many visits could not be made, and why the last one could not.
    not_run: u32,
    reason: String,
    /// The times to the answer, in milliseconds.
    times: Vec<f64>,
    /// The longest task between start and answer, in milliseconds.
    longest_task: f64,
    /// How often our module gave each kind and cause.
    verdicts: BTreeMap<String, u32>,
    /// How long our module probed, in milliseconds.
    probing: Vec<f64>,
}

/// All cells: by the index of the environment, the browser and the index of the detector.
type Cells = BTreeMap<(usize, Engine, usize), Cell>;

/// Runs a bench.
///
/// # Errors
/// When something is missing that it needs, a file cannot be written, or our module was wrong in a visit.
pub fn bench(bench: &Bench, choice: Choice) -> Result<()> {
    match bench {
        Bench::Detect(options) => detect(options, choice),
        Bench::Page(options) => page::page(options, choice),
        Bench::Growth(options) => growth::growth(options, choice),
        Bench::Size => size::size(choice),
        Bench::FirstLook => first_look::first_look(choice),
        Bench::Extension { runs } => extension::extension(*runs, choice),
    }
}

fn detect(options: &Detect, choice: Choice) -> Result<()> {
    build::build(choice)?;
    let entrants = peers::entrants(choice)?;
    let chosen: Vec<usize> = (0..ENVIRONMENTS.len())
        .filter(|&index| ENVIRONMENTS[index].name.contains(&options.only))
        .collect();
    ensure!(!chosen.is_empty(), "no environment has {:?} in its name", options.only);

    let runs = |entrant: usize| {
        if entrant == 0 {
            options.runs
        } else {
            options.peer_runs.unwrap_or(options.runs)
        }
    };
    let n_places: usize = chosen.iter().map(|&index| ENVIRONMENTS[index].engines.len()).sum();
    let n_visits = n_places as u64 * (0..entrants.len()).map(|entrant| u64::from(runs(entrant))).sum::<u64>();
    let progress = Progress::new(n_visits, "visits");

    let tour = async |engine: Engine| tour(engine, &chosen, &entrants, &runs, &progress).await;
    let runtime = tokio::runtime::Runtime::new()?;
    let cells: Cells = runtime.block_on(async {
        let (mut cells, more) = if options.together {
            tokio::try_join!(tour(Engine::Chromium), tour(Engine::Firefox))?
        } else {
            (tour(Engine::Chromium).await?, tour(Engine::Firefox).await?)
        };
        cells.extend(more);
        Ok::<_, anyhow::Error>(cells)
    })?;
    drop(progress);

    report::print(&chosen, &entrants, &cells);
    let file = |given: &Option<PathBuf>, name: &str| given.clone().unwrap_or_else(|| crate::root().join("docs").join(name));
    write(
        &file(&options.json, "detect.json"),
        &report::json(&chosen, &entrants, &cells, options.together),
    )?;
    write(&file(&options.svg, "detect.svg"), &report::svg(&chosen, &entrants, &cells))?;

    let ours = cells
        .iter()
        .filter(|((_, _, entrant), _)| *entrant == 0)
        .map(|(_, cell)| cell);
    let (wrong, not_run) = ours.fold((0, 0), |(wrong, not_run), cell| {
        (wrong + cell.missed + cell.false_alarms, not_run + cell.not_run)
    });
    ensure!(wrong == 0, "this module was wrong in {wrong} visits, see the table");
    ensure!(
        not_run == 0,
        "{not_run} visits with this module could not be made, see the table"
    );
    Ok(())
}

/// How many situations were visited, by docs/detect.json.
///
/// # Errors
/// When the file is there, and not what the bench writes.
pub fn detect_situations() -> Result<String> {
    figures("detect", report::situations)
}

/// How often this module was right, in words, by docs/detect.json.
///
/// # Errors
/// When the file is there, and not what the bench writes.
pub fn detect_figures() -> Result<String> {
    figures("detect", report::outcome)
}

/// What pages with guests cost, as tables in Markdown, by docs/page.json.
///
/// # Errors
/// When the file is there, and not what the bench writes.
pub fn page_figures() -> Result<String> {
    figures("page", page::markdown)
}

/// How our cost grows, as tables in Markdown, by docs/growth.json.
///
/// # Errors
/// When the file is there, and not what the bench writes.
pub fn growth_figures() -> Result<String> {
    figures("growth", growth::markdown)
}

/// What `bench page` fails over, in words.
pub fn page_budgets() -> String {
    page::budgets()
}

/// What a document tells of the figures that a bench has left in docs/; where it has left none, how they are made.
fn figures(bench: &str, tell: fn(&Value) -> Result<String>) -> Result<String> {
    let path = format!("docs/{bench}.json");
    let Ok(text) = std::fs::read_to_string(crate::root().join(&path)) else {
        return Ok(format!(
            "No figures are kept at present. `cargo xtask bench {bench}` makes them, on a machine where nothing else is at work, and then \
             `cargo xtask reference` writes them here.\n"
        ));
    };
    let told = serde_json::from_str(&text)
        .map_err(anyhow::Error::from)
        .and_then(|figures| tell(&figures));
    told.with_context(|| {
        format!("{path} is not what `cargo xtask bench {bench}` writes now: run it again, or take the file away")
    })
}

/// Says what is left to do once figures are in docs/, and not in a file of somebody's own.
fn tell_of_reference(given: Option<&PathBuf>) {
    if given.is_none() {
        println!("docs/performance.md is behind them now: run `cargo xtask reference`");
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("written: {}", path.strip_prefix(crate::root()).unwrap_or(path).display());
    Ok(())
}

/// Makes all visits with one kind of browser, one launch after the other.
async fn tour(
    engine: Engine,
    chosen: &[usize],
    entrants: &[Entrant],
    runs: &impl Fn(usize) -> u32,
    progress: &Progress,
) -> Result<Cells> {
    let mut cells = Cells::new();
    let places: Vec<(Launch, usize)> = chosen
        .iter()
        .filter(|&&index| ENVIRONMENTS[index].engines.contains(&engine))
        .map(|&index| (ENVIRONMENTS[index].launch(engine), index))
        .collect();
    let mut launches: Vec<Launch> = places.iter().map(|place| place.0).collect();
    launches.sort_unstable();
    launches.dedup();
    let world = world::start(Others::NotFound).await?;
    let n_rounds = (0..entrants.len()).map(runs).max().unwrap_or_default();
    for launch in launches {
        let mut browser = None;
        for round in 0..n_rounds {
            for &(_, index) in places.iter().filter(|place| place.0 == launch) {
                let environment = &ENVIRONMENTS[index];
                progress.begin(format!("{} in {engine:?}", environment.name));
                for (number, entrant) in entrants.iter().enumerate().filter(|(number, _)| round < runs(*number)) {
                    if browser.is_none() {
                        browser = Some(start(engine, launch, world).await?);
                    }
                    let cell = cells.entry((index, engine, number)).or_default();
                    let result = match &browser {
                        Some(browser) => visit(browser, engine, environment, &entrant.detector).await,
                        None => continue,
                    };
                    match result {
                        Ok(visit) => cell.add(environment, &visit),
                        Err(error) => {
                            cell.not_run += 1;
                            cell.reason = format!("{error:#}").lines().next().unwrap_or_default().to_owned();
                            // Whatever state it is in, the next visit gets a new one.
                            browser = None;
                        }
                    }
                    progress.advance();
                }
            }
        }
    }
    Ok(cells)
}

/// Starts a browser for which the local stand-in answers as the rest of the web, and proves that it does.
async fn start(engine: Engine, launch: Launch, world: u16) -> Result<Browser> {
    let browser = environments::launch(engine, launch, Some(world)).await?;
    if launch == Launch::Plain {
        let site = server::start(server::Options {
            port: 0,
            csp: Some(String::new()),
            ..server::Options::default()
        })?;
        // Browsers let only pages of this machine ask this machine.
        browser.goto(format!("{}/favicon.svg", site.site)).await?;
        let control = format!(
            "return fetch('https://{}/', {{ mode: 'no-cors' }}).then(() => 'answers', String);",
            world::HOST
        );
        let answer = browser.execute(control, vec![]).await?.json().clone();
        ensure!(
            answer == "answers",
            "{} does not answer in {engine:?}, and a detector needs it to: {answer}",
            world::HOST
        );
    }
    Ok(browser)
}

impl Cell {
    fn add(&mut self, environment: &Environment, visit: &Visit) {
        match (environment.truth.is_blocked(), visit.blocked) {
            (true, Some(true)) | (false, Some(false)) => self.right += 1,
            (true, _) => self.missed += 1,
            (false, Some(true)) => self.false_alarms += 1,
            (false, None) => self.silent += 1,
        }
        self.times.extend(visit.ms.filter(|_| visit.blocked.is_some()));
        self.longest_task = self.longest_task.max(visit.longest_task);
        if let (Some(kind), Some(cause)) = (visit.verdict["kind"].as_str(), visit.verdict["cause"].as_str()) {
            *self.verdicts.entry(format!("{kind}, {cause}")).or_default() += 1;
            self.probing.extend(visit.verdict["ms"].as_f64());
        }
    }

    /// Adds up what came of the visits in several browsers.
    fn merge(&mut self, other: &Cell) {
        self.right += other.right;
        self.missed += other.missed;
        self.false_alarms += other.false_alarms;
        self.silent += other.silent;
        self.not_run += other.not_run;
        if self.reason.is_empty() {
            self.reason.clone_from(&other.reason);
        }
        self.times.extend(&other.times);
        self.longest_task = self.longest_task.max(other.longest_task);
        self.probing.extend(&other.probing);
        for (verdict, count) in &other.verdicts {
            *self.verdicts.entry(verdict.clone()).or_default() += count;
        }
    }

    fn n_visits(&self) -> u32 {
        self.right + self.missed + self.false_alarms + self.silent
    }
}

/// The middle one of some figures; `None` of none.
fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    Some(match sorted.len() {
        0 => return None,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    })
}

/// A figure as JSON, rounded to whole milliseconds.
fn rounded(figure: Option<f64>) -> Value {
    figure.map_or(Value::Null, |figure| Value::from(figure.round() as i64))
}

/// Whether nothing but a real blocker explains the truth of an environment, which acts on the page's own requests or elements.
fn acts_at_once(truth: Truth) -> bool {
    truth == Truth::Extension
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
