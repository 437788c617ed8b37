//! `cargo xtask numbers`: from the log of the server that receives them to the rates a publisher wants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;
use svg::Document;
use svg::node::element::{Line, Polyline, Rectangle, Text, Title};

/// The version of the batches that are read.
const VERSION: u32 = 1;

/// What is read, and where the results go.
#[derive(Args, Clone, Debug)]
pub struct Numbers {
    /// The log, or - for standard input: a batch a line, or a line of JSON with the batch as `body` and its `time`.
    log: PathBuf,
    /// Where the results go as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where a chart of the block rate day by day goes, as SVG.
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

/// A line as nginx writes it, see docs/numbers.md.
#[derive(Deserialize)]
struct Entry {
    time: String,
    body: String,
}

/// What `www/numbers.js` sends.
#[derive(Deserialize)]
struct Batch {
    version: u32,
    batch: String,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    first: bool,
}

/// How often things happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    blocked: u64,
    clear: u64,
    unsure: u64,
    /// Blocked views by what blocks.
    causes: BTreeMap<String, u64>,
    shown: u64,
    recovered: u64,
    relapsed: u64,
    refused: u64,
    support: u64,
}

impl Counts {
    fn take(&mut self, event: &Event) {
        match (event.name.as_str(), event.kind.as_str()) {
            // A view has as many verdicts as there were checks; the first one is the view's.
            ("verdict", _) if !event.first => {}
            ("verdict", "blocked") => {
                self.blocked += 1;
                *self.causes.entry(event.cause.clone()).or_default() += 1;
            }
            ("verdict", "clear") => self.clear += 1,
            ("verdict", _) => self.unsure += 1,
            ("show", _) => self.shown += 1,
            ("recovered", _) => self.recovered += 1,
            ("relapsed", _) => self.relapsed += 1,
            ("refused", _) => self.refused += 1,
            ("support", _) => self.support += 1,
            _ => {}
        }
    }

    /// The views that count: those with a verdict of either kind.
    fn eligible(&self) -> u64 {
        self.blocked + self.clear
    }

    /// How many of these were blocked; none where there was no view.
    fn block_rate(&self) -> Option<f64> {
        rate(self.blocked, self.eligible())
    }

    /// How many of the notices led to the site being allowed; none where none was shown.
    fn allow_rate(&self) -> Option<f64> {
        rate(self.recovered, self.shown)
    }
}

fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What a log says.
#[derive(Debug, Default)]
struct Log {
    all: Counts,
    /// By day, as `2026-11-24`; empty where the log has no times.
    days: BTreeMap<String, Counts>,
    n_repeated: usize,
    /// The numbers of the lines that are no batches, with the reason.
    bad: Vec<(usize, String)>,
}

/// Reads a log, and prints views, rates and what readers did.
///
/// # Errors
/// When the log cannot be read, holds no batch at all, or a result cannot be written.
pub fn numbers(options: &Numbers) -> Result<()> {
    let text = if options.log == Path::new("-") {
        io::read_to_string(io::stdin()).context("cannot read standard input")?
    } else {
        fs::read_to_string(&options.log).with_context(|| format!("cannot read {}", options.log.display()))?
    };
    let log = read(&text);
    let first_bad = log.bad.first().map(|(line, why)| format!("line {line}: {why}"));
    ensure!(
        log.all != Counts::default() || log.bad.is_empty(),
        "no line is a batch of Soutien; {}",
        first_bad.unwrap_or_default()
    );
    print(&log);
    if let Some(path) = &options.json {
        let results = json!({
            "all": log.all, "blockRate": log.all.block_rate(), "allowRate": log.all.allow_rate(), "days": log.days,
            "repeated": log.n_repeated, "unreadable": log.bad.len(),
        });
        fs::write(path, format!("{results:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
        println!("written: {}", path.display());
    }
    if let Some(path) = &options.chart {
        ensure!(!log.days.is_empty(), "the log has no times, and a chart needs days");
        fs::write(path, chart(&log.days)).with_context(|| format!("cannot write {}", path.display()))?;
        println!("written: {}", path.display());
    }
    Ok(())
}

fn read(text: &str) -> Log {
    let mut log = Log::default();
    let mut known = BTreeSet::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (day, body) = match serde_json::from_str::<Entry>(line) {
            Ok(entry) => (entry.time.get(..10).map(str::to_owned), entry.body),
            Err(_) => (None, line.to_owned()),
        };
        let batch: Batch = match serde_json::from_str(&body) {
            Ok(batch) => batch,
            Err(error) => {
                log.bad.push((number + 1, error.to_string()));
                continue;
            }
        };
        if batch.version != VERSION {
            log.bad
                .push((number + 1, format!("found version {}, expected {VERSION}", batch.version)));
        } else if known.insert(batch.batch) {
            for event in &batch.events {
                log.all.take(event);
                if let Some(day) = &day {
                    log.days.entry(day.clone()).or_default().take(event);
                }
            }
        } else {
            log.n_repeated += 1;
        }
    }
    log
}

fn print(log: &Log) {
    let all = &log.all;
    let percent = |rate: Option<f64>| rate.map_or("–".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
    let row = |name: &str, value: String| println!("{name:<32}{value:>10}");
    row("eligible views", all.eligible().to_string());
    row("  blocked", all.blocked.to_string());
    for (cause, count) in &all.causes {
        row(&format!("    by {cause}"), count.to_string());
    }
    row("  clear", all.clear.to_string());
    row("unsure, and not counted", all.unsure.to_string());
    row("block rate", percent(all.block_rate()));
    row("notices shown", all.shown.to_string());
    row("  recovered: site allowed", all.recovered.to_string());
    row("  other support chosen", all.support.to_string());
    row("  never ask again", all.refused.to_string());
    row("allow rate", percent(all.allow_rate()));
    row("relapsed: blocked again", all.relapsed.to_string());
    for (day, counts) in &log.days {
        println!(
            "{day}  block rate {:>8}  allow rate {:>8}",
            percent(counts.block_rate()),
            percent(counts.allow_rate())
        );
    }
    if log.n_repeated > 0 {
        println!("{} batches came twice, and count once", log.n_repeated);
    }
    if let Some((line, why)) = log.bad.first() {
        println!("{} lines are no batches, the first of them line {line}: {why}", log.bad.len());
    }
}

/// The chart's size, and the place of the plot in it, in pixels.
const SIZE: (f64, f64) = (760.0, 300.0);
const PLOT: (f64, f64, f64, f64) = (56.0, 24.0, 680.0, 220.0);

/// The block rate day by day as a line, from 0 to the next ten percent above the highest.
fn chart(days: &BTreeMap<String, Counts>) -> String {
    let rates: Vec<(&String, f64)> = days
        .iter()
        .filter_map(|(day, counts)| Some((day, counts.block_rate()?)))
        .collect();
    let highest = rates.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
    let top = ((highest * 10.0).ceil() / 10.0).max(0.1);
    let (left, upper, width, height) = PLOT;
    let x = |index: usize| left + width * (index as f64 + 0.5) / rates.len().max(1) as f64;
    let y = |rate: f64| upper + height * (1.0 - rate / top);
    let text = |x: f64, y: f64, anchor: &str, content: String| {
        Text::new(content)
            .set("x", x)
            .set("y", y)
            .set("text-anchor", anchor)
            .set("font-size", 12)
            .set("fill", "#444")
    };
    let mut document = Document::new()
        .set("viewBox", (0, 0, SIZE.0, SIZE.1))
        .set("font-family", "system-ui, sans-serif")
        .set("role", "img")
        .add(Title::new("Block rate day by day"))
        .add(
            Rectangle::new()
                .set("width", "100%")
                .set("height", "100%")
                .set("fill", "#fff"),
        );
    for step in 0..=4 {
        let rate = top * f64::from(step) / 4.0;
        let line = Line::new()
            .set("x1", left)
            .set("x2", left + width)
            .set("y1", y(rate))
            .set("y2", y(rate))
            .set("stroke", "#ddd");
        document = document
            .add(line)
            .add(text(left - 8.0, y(rate) + 4.0, "end", format!("{:.0} %", rate * 100.0)));
    }
    // Not more dates than there is room for.
    let every = rates.len().div_ceil(8).max(1);
    for (index, (day, _)) in rates.iter().enumerate().step_by(every) {
        document = document.add(text(x(index), upper + height + 24.0, "middle", (*day).clone()));
    }
    let points: Vec<String> = rates
        .iter()
        .enumerate()
        .map(|(index, (_, rate))| format!("{:.1},{:.1}", x(index), y(*rate)))
        .collect();
    let line = Polyline::new()
        .set("points", points.join(" "))
        .set("fill", "none")
        .set("stroke", "#8c1d18")
        .set("stroke-width", 2.5);
    document
        .add(line)
        .add(text(left, 14.0, "start", "Block rate: blocked / (blocked + clear)".into()))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(day: &str, batch: &str, events: &str) -> String {
        let body = format!(r#"{{"version":1,"batch":"{batch}","events":[{events}]}}"#);
        format!("{}\n", json!({ "time": format!("{day}T06:07:08+00:00"), "body": body }))
    }

    const BLOCKED: &str = r#"{"name":"verdict","kind":"blocked","cause":"extension","ms":53,"first":true}"#;
    const CLEAR: &str = r#"{"name":"verdict","kind":"clear","cause":"none","ms":1101,"first":true}"#;

    #[test]
    fn counts_views_by_their_first_verdict_and_notices_by_what_came_of_them() {
        let again = r#"{"name":"verdict","kind":"clear","cause":"none","ms":1101}"#;
        let text = [
            line(
                "2026-11-23",
                "a",
                &format!(r#"{BLOCKED},{{"name":"show"}},{{"name":"recheck"}},{again},{{"name":"recovered"}}"#),
            ),
            line("2026-11-24", "b", CLEAR),
            line(
                "2026-11-24",
                "c",
                &format!(r#"{BLOCKED},{{"name":"show"}},{{"name":"refused"}},{{"name":"close","by":"never"}}"#),
            ),
            line(
                "2026-11-24",
                "d",
                r#"{"name":"verdict","kind":"unsure","cause":"none","ms":1950,"first":true}"#,
            ),
        ]
        .concat();
        let log = read(&text);
        assert_eq!((log.all.blocked, log.all.clear, log.all.unsure), (2, 1, 1));
        assert_eq!(log.all.block_rate(), Some(2.0 / 3.0));
        assert_eq!((log.all.shown, log.all.recovered, log.all.refused), (2, 1, 1));
        assert_eq!(log.all.allow_rate(), Some(0.5));
        assert_eq!(log.days["2026-11-24"].block_rate(), Some(0.5));
    }

    #[test]
    fn counts_a_batch_that_came_twice_once() {
        let text = line("2026-11-24", "a", BLOCKED).repeat(3);
        let log = read(&text);
        assert_eq!((log.all.blocked, log.n_repeated), (1, 2));
    }

    #[test]
    fn takes_batches_without_a_time_and_names_lines_that_are_none() {
        let text = format!(
            "{{\"version\":1,\"batch\":\"a\",\"events\":[{CLEAR}]}}\n\njunk\n{{\"version\":2,\"batch\":\"b\",\"events\":[]}}\n"
        );
        let log = read(&text);
        assert_eq!((log.all.clear, log.days.len()), (1, 0));
        assert_eq!(log.bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
        assert!(log.bad[1].1.contains("found version 2, expected 1"));
    }

    #[test]
    fn has_no_rate_without_a_view() {
        assert_eq!((Counts::default().block_rate(), Counts::default().allow_rate()), (None, None));
    }

    #[test]
    fn draws_a_day_as_a_point() {
        let log = read(&[line("2026-11-23", "a", BLOCKED), line("2026-11-24", "b", CLEAR)].concat());
        let drawn = chart(&log.days);
        assert!(drawn.contains("2026-11-23") && drawn.contains("100 %"), "{drawn}");
        assert_eq!(drawn.matches("polyline").count(), 1, "{drawn}");
    }
}
