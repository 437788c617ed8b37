//! `cargo xtask bench page`: what a guest costs the page and its reader. The demo's page without a guest, with this module, with each other
//! detector and with a guest of another trade is visited in turns by one browser, so that whatever happens on the machine meets all of them.

mod report;
mod visit;

pub(super) use report::markdown;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use super::{median, peers, start, write};
use crate::build;
use crate::toolchain::Choice;
use soutien_project::run::Progress;
use soutien_testbed::environments::{Engine, Launch, demo_with};
use soutien_testbed::fake_internet::{self, Others};

/// How much main-thread work this module may be on a processor that is not slowed down, in milliseconds. What the browser compiles on other
/// threads is not among it.
const WORK_BUDGET: f64 = 4.0;

/// How much memory of WebAssembly this module may have, in KiB.
const MEMORY_BUDGET: f64 = 256.0;

/// What stands for a guest that asks as much of the page as this module, and does nothing with it.
const PLATFORM: &str = "the platform alone";

/// Our tag, as the demo has it.
const TAG: &str = r#"<script async src="/soutien/soutien.js" data-lang="auto" data-policy="always" data-support-url="/soutenir.html"></script>"#;

/// How to measure what guests cost.
#[derive(Args, Clone, Debug)]
pub struct Page {
    /// How many rounds there are. Each visits the page once with each guest, and twice without one, under every condition.
    #[arg(long, default_value_t = 10, value_name = "N")]
    runs: u32,
    /// Only guests whose name contains this; the page without a guest is visited in any case.
    #[arg(long, default_value = "", value_name = "TEXT")]
    only: String,
    /// Where the figures go as JSON; docs/page.json unless given.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the chart goes; docs/page.svg unless given.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// What is measured on a visit, as columns of [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Work,
    Script,
    Layout,
    LongTasks,
    Blocking,
    Largest,
    Shift,
    Interaction,
    Answer,
    Requests,
    Transfer,
    Heap,
    Memory,
}

/// How many figures there are.
const N_FIGURES: usize = 13;

/// Figures: what they are called in JSON, what in words, the least difference that the browser can tell, and how many decimals are worth telling.
const COLUMNS: [(Figure, &str, &str, f64, usize); N_FIGURES] = [
    (Figure::Work, "main_thread_ms", "main thread, ms", 0.1, 1),
    (Figure::Script, "script_ms", "of it scripts, ms", 0.1, 1),
    (Figure::Layout, "layout_ms", "of it layout, ms", 0.1, 1),
    (Figure::LongTasks, "long_tasks", "long tasks", 1.0, 1),
    (Figure::Blocking, "tbt_ms", "TBT, ms", 1.0, 0),
    // Both are rounded by the browser.
    (Figure::Largest, "lcp_ms", "LCP, ms", 4.0, 0),
    (Figure::Shift, "cls", "CLS", 0.0001, 4),
    (Figure::Interaction, "inp_ms", "INP, ms", 8.0, 0),
    (Figure::Answer, "answer_ms", "answer after, ms", 1.0, 0),
    (Figure::Requests, "requests", "requests", 1.0, 0),
    (Figure::Transfer, "transfer_kb", "transfer, kB", 0.1, 1),
    (Figure::Heap, "heap_kb", "heap, kB", 1.0, 0),
    (Figure::Memory, "wasm_memory_kib", "wasm memory, KiB", 1.0, 0),
];

/// All figures of a visit, in the order of [`COLUMNS`]; none where a guest has no such thing.
type Figures = [Option<f64>; N_FIGURES];

/// The figures that a reader notices. A guest must not change them.
const VITALS: [Figure; 4] = [Figure::Largest, Figure::Shift, Figure::Interaction, Figure::Blocking];

/// The machine and network that a reader has.
struct Condition {
    name: &'static str,
    /// How many times slower the processor is.
    slowdown: u32,
    is_slow_network: bool,
}

const CONDITIONS: [Condition; 4] = [
    Condition {
        name: "processor 1×, network as it is",
        slowdown: 1,
        is_slow_network: false,
    },
    Condition {
        name: "processor 1×, slow 4G",
        slowdown: 1,
        is_slow_network: true,
    },
    Condition {
        name: "processor 6× slower, network as it is",
        slowdown: 6,
        is_slow_network: false,
    },
    Condition {
        name: "processor 6× slower, slow 4G",
        slowdown: 6,
        is_slow_network: true,
    },
];

/// Who is on the page besides the page itself.
struct Guest {
    name: &'static str,
    version: String,
    page: String,
    script: String,
    style: String,
    is_ours: bool,
}

/// The first two guests are nobody: the page itself, and the page itself again, which says how much two visits to the same page differ.
const NOBODY: [usize; 2] = [0, 1];

/// What came of all visits: by the index of the condition, that of the guest, and the round.
#[derive(Default)]
struct Seen {
    visits: BTreeMap<(usize, usize, u32), Figures>,
    /// Visits that could not be made, and why the last one could not.
    failed: BTreeMap<(usize, usize), (u32, String)>,
}

/// Measures, prints and writes.
///
/// # Errors
/// When something is missing that it needs, a file cannot be written, a visit with this module could not be made, or a budget is exceeded, with
/// the figures.
pub fn page(options: &Page, choice: Choice) -> Result<()> {
    build::build(choice)?;
    let guests = guests(options, choice)?;
    let n_visits = CONDITIONS.len() as u64 * guests.len() as u64 * u64::from(options.runs);
    let progress = Progress::new(n_visits, "visits");
    let runtime = tokio::runtime::Runtime::new()?;
    let (seen, browser) = runtime.block_on(tour(&guests, options.runs, &progress))?;
    drop(progress);

    report::print(&guests, &seen);
    let over: Vec<String> = guests
        .iter()
        .enumerate()
        .filter(|(_, guest)| guest.is_ours)
        .flat_map(|(number, _)| over_budget(&seen, number))
        .collect();
    let file = |given: &Option<PathBuf>, name: &str| {
        given
            .clone()
            .unwrap_or_else(|| soutien_project::root().join("docs").join(name))
    };
    write(
        &file(&options.json, "page.json"),
        &report::json(&guests, &seen, options.runs, &browser, &over),
    )?;
    write(&file(&options.svg, "page.svg"), &report::svg(&guests, &seen, options.runs))?;
    super::tell_of_reference(options.json.as_ref());

    ensure!(over.is_empty(), "over the budget: {}", over.join("; "));
    Ok(())
}

/// The page without a guest, twice, and the page with each guest.
fn guests(options: &Page, choice: Choice) -> Result<Vec<Guest>> {
    let nobody = |name| {
        Ok::<_, anyhow::Error>(Guest {
            name,
            version: String::new(),
            page: demo_with("")?,
            script: String::new(),
            style: String::new(),
            is_ours: false,
        })
    };
    let mut guests = vec![nobody("nobody")?, nobody("nobody, again")?];
    let (well_made, style) = peers::well_made(choice)?;
    let entrants = peers::entrants(choice)?.into_iter().map(|entrant| (entrant, String::new()));
    for (entrant, style) in entrants.chain([(well_made, style)]) {
        if !entrant.detector.name.contains(&options.only) {
            continue;
        }
        let is_ours = entrant.detector.script.is_empty();
        let mut tags = format!(r#"<script defer src="{}"></script>"#, visit::SCRIPT);
        if !style.is_empty() {
            tags = format!(r#"<link rel="stylesheet" href="{}">{tags}"#, visit::STYLE);
        }
        guests.push(Guest {
            name: entrant.detector.name,
            version: entrant.version,
            page: demo_with(if is_ours { TAG } else { &tags })?,
            script: entrant.detector.script,
            style,
            is_ours,
        });
    }
    if PLATFORM.contains(&options.only) {
        guests.push(Guest {
            name: PLATFORM,
            version: String::new(),
            page: demo_with(&format!(r#"<script async src="{}"></script>"#, visit::SCRIPT))?,
            script: include_str!("platform.js").to_owned(),
            style: String::new(),
            is_ours: false,
        });
    }
    ensure!(guests.len() > NOBODY.len(), "no guest has {:?} in its name", options.only);
    Ok(guests)
}

/// Makes all visits, and says which browser made them.
async fn tour(guests: &[Guest], runs: u32, progress: &Progress) -> Result<(Seen, String)> {
    let world = fake_internet::start(Others::NotFound).await?;
    let mut seen = Seen::default();
    let mut version = String::new();
    let mut browser = None;
    for round in 0..runs {
        for (number, condition) in CONDITIONS.iter().enumerate() {
            for turn in 0..guests.len() {
                // Whoever is first in one round is last in the next.
                let index = (turn + round as usize) % guests.len();
                let guest = &guests[index];
                progress.begin(format!("{}, {}", guest.name, condition.name));
                let current = match browser.take() {
                    Some(browser) => browser,
                    None => {
                        let browser = start(Engine::Chromium, Launch::Plain, world).await?;
                        version = visit::prepare(&browser).await?;
                        browser
                    }
                };
                match visit::visit(&current, condition, guest).await {
                    Ok(figures) => {
                        seen.visits.insert((number, index, round), figures);
                        browser = Some(current);
                    }
                    // Whatever state the browser is in, the next visit gets a new one.
                    Err(error) => {
                        let failed = seen.failed.entry((number, index)).or_default();
                        *failed = (
                            failed.0 + 1,
                            format!("{error:#}").lines().next().unwrap_or_default().to_owned(),
                        );
                    }
                }
                progress.advance();
            }
        }
    }
    Ok((seen, version))
}

impl Seen {
    /// A figure of all visits with one guest.
    fn figures(&self, condition: usize, guest: usize, figure: Figure) -> Vec<f64> {
        let visits = self.visits.range((condition, guest, 0)..=(condition, guest, u32::MAX));
        visits.filter_map(|(_, figures)| figures[figure as usize]).collect()
    }

    /// By how much a figure differs from what it is on the page itself, visited in the same round: the mean of both visits.
    fn differences(&self, condition: usize, guest: usize, figure: Figure) -> Vec<f64> {
        self.pairs(condition, figure, |round, page| {
            Some(self.figure(condition, guest, round, figure)? - (page[0] + page[1]) / 2.0)
        })
    }

    /// Up to which difference a median says nothing: half of all pairs of visits to the page itself differ by less, and the browser tells
    /// no smaller difference.
    fn noise(&self, condition: usize, figure: Figure) -> f64 {
        let itself = self.pairs(condition, figure, |_, page| Some(page[1] - page[0]));
        let spread = quartiles(&itself).map_or(0.0, |[low, _, high]| high.max(-low));
        spread.max(COLUMNS[figure as usize].3)
    }

    /// Something for each round, given the figure of both visits to the page itself.
    fn pairs(&self, condition: usize, figure: Figure, pair: impl Fn(u32, [f64; 2]) -> Option<f64>) -> Vec<f64> {
        let rounds = self
            .visits
            .range((condition, 0, 0)..=(condition, 0, u32::MAX))
            .map(|(key, _)| key.2);
        let page = |round, index: usize| self.figure(condition, NOBODY[index], round, figure);
        rounds
            .filter_map(|round| pair(round, [page(round, 0)?, page(round, 1)?]))
            .collect()
    }

    fn figure(&self, condition: usize, guest: usize, round: u32, figure: Figure) -> Option<f64> {
        self.visits.get(&(condition, guest, round))?[figure as usize]
    }
}

/// What the bench fails over, in words.
pub(super) fn budgets() -> String {
    let vitals = VITALS.map(|figure| COLUMNS[figure as usize].2.trim_end_matches(", ms"));
    format!(
        "makes {} or {} worse than noise under any condition, takes more than {WORK_BUDGET} ms of the main thread at the speed of the machine, or \
         has more than {MEMORY_BUDGET} KiB of WebAssembly memory",
        vitals[..vitals.len() - 1].join(", "),
        vitals[vitals.len() - 1]
    )
}

/// What of this module is more than it may be, with the figures.
fn over_budget(seen: &Seen, guest: usize) -> Vec<String> {
    let mut over = Vec::new();
    for (number, condition) in CONDITIONS.iter().enumerate() {
        if let Some((count, reason)) = seen.failed.get(&(number, guest)) {
            over.push(format!("{}: {count} visits could not be made: {reason}", condition.name));
        }
        let mut hold = |figure: Figure, value: Option<f64>, limit: f64| {
            let (_, _, words, _, decimals) = COLUMNS[figure as usize];
            match value {
                Some(value) if value <= limit => {}
                Some(value) => over.push(format!(
                    "{}: {words}: {value:.decimals$}, of {limit:.decimals$} allowed",
                    condition.name
                )),
                None => over.push(format!("{}: {words}: not measured", condition.name)),
            }
        };
        let difference = |figure| median(&seen.differences(number, guest, figure));
        for figure in VITALS {
            hold(figure, difference(figure), seen.noise(number, figure));
        }
        if condition.slowdown == 1 {
            hold(Figure::Work, difference(Figure::Work), WORK_BUDGET);
        }
        let most = seen.figures(number, guest, Figure::Memory).into_iter().reduce(f64::max);
        hold(Figure::Memory, most, MEMORY_BUDGET);
    }
    over
}

/// The first quartile, the median and the third; `None` of none.
fn quartiles(figures: &[f64]) -> Option<[f64; 3]> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    Some([0.25, 0.5, 0.75].map(|part| {
        let place = part * last as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        low + (high - low) * place.fract()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_order_of_figures() {
        for (index, (figure, ..)) in COLUMNS.iter().enumerate() {
            assert_eq!(*figure as usize, index);
        }
    }

    #[test]
    fn finds_quartiles() {
        assert_eq!(quartiles(&[]), None);
        assert_eq!(quartiles(&[7.0]), Some([7.0; 3]));
        assert_eq!(quartiles(&[4.0, 2.0, 1.0, 3.0, 5.0]), Some([2.0, 3.0, 4.0]));
        assert_eq!(quartiles(&[1.0, 2.0]), Some([1.25, 1.5, 1.75]));
    }

    /// Four rounds under each condition, in which the page itself takes 100 and 102 ms, and the guest what is given.
    fn seen(work: f64, largest: f64, memory: f64) -> Seen {
        let mut seen = Seen::default();
        for condition in 0..CONDITIONS.len() {
            for round in 0..4 {
                let mut visit = |guest, [work, largest]: [f64; 2], memory| {
                    let mut figures: Figures = [Some(0.0); N_FIGURES];
                    figures[Figure::Work as usize] = Some(work);
                    figures[Figure::Largest as usize] = Some(largest);
                    figures[Figure::Memory as usize] = memory;
                    seen.visits.insert((condition, guest, round), figures);
                };
                visit(0, [100.0, 500.0], None);
                visit(1, [102.0, 510.0], None);
                visit(2, [work, largest], Some(memory));
            }
        }
        seen
    }

    #[test]
    fn holds_a_guest_against_the_page_itself() {
        assert_eq!(over_budget(&seen(105.0, 515.0, 192.0), 2), Vec::<String>::new());
        assert_eq!(
            over_budget(&seen(106.5, 515.0, 192.0), 2),
            [
                "processor 1×, network as it is: main thread, ms: 5.5, of 4.0 allowed",
                "processor 1×, slow 4G: main thread, ms: 5.5, of 4.0 allowed",
            ]
        );
        let over = over_budget(&seen(105.0, 516.0, 320.0), 2);
        assert_eq!(over.len(), 8, "{over:?}");
        assert_eq!(over[0], "processor 1×, network as it is: LCP, ms: 11, of 10 allowed");
        assert_eq!(
            over[1],
            "processor 1×, network as it is: wasm memory, KiB: 320, of 256 allowed"
        );
    }
}
