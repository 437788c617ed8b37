//! `soutien-bench detect`: visits every environment many times, with this module and with other detectors, side by side.

mod cell;
mod report;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use soutien_project::run::Progress;
use soutien_testbed::environments::{ENVIRONMENTS, Engine, Launch, visit};
use soutien_testbed::fake_internet::{self, Others};

use crate::browsers::start;
use crate::output::{file, write};
use crate::peers::{self, Entrant};
use cell::Cells;

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

/// Measures, prints and writes.
///
/// # Errors
/// When something is missing that it needs, a file cannot be written, or our module was wrong in a visit.
pub fn detect(options: &Detect) -> Result<()> {
    let entrants = peers::entrants()?;
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
    write(
        &file(options.json.as_ref(), "detect.json"),
        &report::json(&chosen, &entrants, &cells, options.together),
    )?;
    write(
        &file(options.svg.as_ref(), "detect.svg"),
        &report::svg(&chosen, &entrants, &cells),
    )?;

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
    let world = fake_internet::start(Others::NotFound).await?;
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
