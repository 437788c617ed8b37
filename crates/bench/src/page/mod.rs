//! `soutien-bench page`: what a guest costs the page and its reader. The demo's page without a guest, with this module, with each other
//! detector and with a guest of another trade is visited in turns by one browser, so that whatever happens on the machine meets all of them.

mod report;
mod seen;
mod visit;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use soutien_figures::page::{COLUMNS, Figure, MEMORY_BUDGET, VITALS, WORK_BUDGET};
use soutien_project::run::Progress;
use soutien_testbed::environments::{Engine, Launch, demo_with};
use soutien_testbed::fake_internet::{self, Others};

use crate::browsers::start;
use crate::output::{file, tell_of_reference, write};
use crate::peers;
use crate::statistics::median;
use seen::{CONDITIONS, Guest, NOBODY, Seen};

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

/// Measures, prints and writes.
///
/// # Errors
/// When something is missing that it needs, a file cannot be written, a visit with this module could not be made, or a budget is exceeded, with
/// the figures.
pub fn page(options: &Page) -> Result<()> {
    let guests = guests(options)?;
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
    write(
        &file(options.json.as_ref(), "page.json"),
        &report::json(&guests, &seen, options.runs, &browser, &over),
    )?;
    write(
        &file(options.svg.as_ref(), "page.svg"),
        &report::svg(&guests, &seen, options.runs),
    )?;
    tell_of_reference(options.json.as_ref());

    ensure!(over.is_empty(), "over the budget: {}", over.join("; "));
    Ok(())
}

/// The page without a guest, twice, and the page with each guest.
fn guests(options: &Page) -> Result<Vec<Guest>> {
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
    let (well_made, style) = peers::well_made()?;
    let entrants = peers::entrants()?.into_iter().map(|entrant| (entrant, String::new()));
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

#[cfg(test)]
mod tests {
    use soutien_figures::page::N_FIGURES;

    use super::seen::Figures;
    use super::*;

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
