//! `soutien-numbers`, which `cargo xtask numbers` runs: from the logs of the server that receives them to the rates a publisher wants.

#![deny(missing_docs)]

mod batch;
mod chart;
mod counts;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;
use serde_json::json;
use soutien_project::shown::{MOST, shown};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::batch::Batch;
use crate::chart::chart;
use crate::counts::{Counts, rate};

/// For how many days the numbers of batches are kept, from the last one that was read: lines around midnight are not always in order.
const DAYS_KNOWN: usize = 2;

/// How a file begins that is compressed by gzip, as logs are that were put aside.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What is read, and where the results go.
#[derive(Args, Clone, Debug)]
pub struct Numbers {
    /// The logs, also such as gzip has compressed, or - for standard input: a batch a line, or a line of JSON with the batch as `body` and
    /// its `time`.
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
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

/// What the logs say.
#[derive(Debug, Default)]
struct Log {
    all: Counts,
    /// By day, as `2026-11-24`; empty where the logs have no times.
    days: BTreeMap<String, Counts>,
    /// The numbers of the batches of the last days, by UTC, or of all that have no time. Those of other days are forgotten: what is tried again comes
    /// within minutes, and a log of a year would not fit into memory.
    known: VecDeque<(Option<Date>, HashSet<u64>)>,
    n_batches: usize,
    n_repeated: usize,
    n_bad: usize,
    /// Where the first line is that is no batch, and why it is none.
    first_bad: Option<String>,
}

/// Reads logs, and prints views, rates and what readers did.
///
/// # Errors
/// When a log cannot be read, there is no batch at all, or a result cannot be written.
pub fn numbers(options: &Numbers) -> Result<()> {
    let mut log = Log::default();
    for path in &options.logs {
        let name = path.display().to_string();
        let read = if path == Path::new("-") {
            log.read("standard input", io::stdin().lock())
        } else {
            File::open(path)
                .map_err(Into::into)
                .and_then(|file| log.read(&name, BufReader::new(file)))
        };
        read.with_context(|| format!("cannot read {name}"))?;
    }
    ensure!(
        log.n_batches > 0 || log.n_bad == 0,
        "no line is a batch of Soutien; {}",
        log.first_bad.unwrap_or_default()
    );
    print(&log);
    if let Some(path) = &options.json {
        let results = json!({
            "all": log.all, "blockRate": log.all.block_rate(), "allowRate": log.all.allow_rate(), "days": log.days,
            "repeated": log.n_repeated, "junk": log.n_bad,
        });
        fs::write(path, format!("{results:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
        println!("written: {}", path.display());
    }
    if let Some(path) = &options.chart {
        ensure!(!log.days.is_empty(), "the logs have no times, and a chart needs days");
        fs::write(path, chart(&log.days)).with_context(|| format!("cannot write {}", path.display()))?;
        println!("written: {}", path.display());
    }
    Ok(())
}

impl Log {
    /// Reads one more log, line by line: a day's may be larger than the memory.
    fn read(&mut self, name: &str, mut input: impl BufRead) -> Result<()> {
        if input.fill_buf()?.starts_with(&GZIP) {
            return self.read_lines(name, BufReader::new(MultiGzDecoder::new(input)));
        }
        self.read_lines(name, input)
    }

    fn read_lines(&mut self, name: &str, mut input: impl BufRead) -> Result<()> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&line);
            if text.trim().is_empty() {
                continue;
            }
            if let Err(why) = self.take(text.trim()) {
                self.n_bad += 1;
                let why = shown(&format!("{why:#}"), MOST);
                self.first_bad.get_or_insert(format!("line {number} of {name}: {why}"));
            }
        }
        Ok(())
    }

    /// Counts the batch of a line, unless it has come before.
    fn take(&mut self, line: &str) -> Result<()> {
        let (time, body) = match serde_json::from_str::<Entry>(line) {
            Ok(entry) => (OffsetDateTime::parse(&entry.time, &Rfc3339).ok(), entry.body),
            Err(_) => (None, line.to_owned()),
        };
        let Batch { id, weight, events } = Batch::read(&body)?;
        self.n_batches += 1;
        if !self
            .known_on(time.map(|time| time.to_offset(UtcOffset::UTC).date()))
            .insert(id)
        {
            self.n_repeated += 1;
            return Ok(());
        }
        // The day that the publisher's own clock had.
        let mut of_day = time.map(|time| self.days.entry(time.date().to_string()).or_default());
        for event in &events {
            self.all.take(event, weight);
            if let Some(counts) = &mut of_day {
                counts.take(event, weight);
            }
        }
        Ok(())
    }

    /// The numbers of the batches that have come on a day.
    fn known_on(&mut self, day: Option<Date>) -> &mut HashSet<u64> {
        if let Some(index) = self.known.iter().position(|(known, _)| *known == day) {
            // The last one that was read stands last.
            let last = self.known.remove(index).expect("it is there");
            self.known.push_back(last);
        } else {
            self.known.push_back((day, HashSet::new()));
            if self.known.len() > DAYS_KNOWN {
                self.known.pop_front();
            }
        }
        &mut self.known.back_mut().expect("it has just been put there").1
    }
}

fn print(log: &Log) {
    let all = &log.all;
    let percent = |rate: Option<f64>| rate.map_or("–".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
    let row = |name: &str, value: String| println!("{name:<32}{value:>10}");
    row("eligible views", all.eligible().to_string());
    row("  blocked", all.blocked.to_string());
    for (cause, count) in &all.causes {
        let share = percent(rate(*count, all.eligible()));
        row(&format!("    by {}, {share}", cause.word()), count.to_string());
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
    if all.drawn > 0 {
        println!(
            "views and their rates are partly estimates: {} views were drawn, and stand for {}",
            all.drawn, all.weighted
        );
    }
    if log.n_repeated > 0 {
        println!("{} batches came twice, and count once", log.n_repeated);
    }
    if let Some(first) = &log.first_bad {
        println!(
            "{} lines are junk and count for nothing, the first of them {first}",
            log.n_bad
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Cause, MOST_EVENTS};

    fn line(day: &str, batch: char, events: &str) -> String {
        let body = format!(r#"{{"version":1,"batch":"{}","events":[{events}]}}"#, id(batch));
        format!("{}\n", json!({ "time": format!("{day}T06:07:08+00:00"), "body": body }))
    }

    /// What these texts say, as logs one after the other.
    fn read(texts: &[&[u8]]) -> Log {
        let mut log = Log::default();
        for text in texts {
            log.read("soutien.log", *text).unwrap();
        }
        log
    }

    /// The number of a batch.
    fn id(digit: char) -> String {
        digit.to_string().repeat(16)
    }

    const BLOCKED: &str = r#"{"name":"verdict","kind":"blocked","cause":"extension","ms":53,"first":true}"#;
    const CLEAR: &str = r#"{"name":"verdict","kind":"clear","cause":"none","ms":1101,"first":true}"#;

    #[test]
    fn counts_views_by_their_first_verdict_and_notices_by_what_came_of_them() {
        let again = r#"{"name":"verdict","kind":"clear","cause":"none","ms":1101}"#;
        let text = [
            line(
                "2026-11-23",
                'a',
                &format!(r#"{BLOCKED},{{"name":"show"}},{{"name":"recheck"}},{again},{{"name":"recovered"}}"#),
            ),
            line("2026-11-24", 'b', CLEAR),
            line(
                "2026-11-24",
                'c',
                &format!(r#"{BLOCKED},{{"name":"show"}},{{"name":"refused"}},{{"name":"close","by":"never"}}"#),
            ),
            line(
                "2026-11-24",
                'd',
                r#"{"name":"verdict","kind":"unsure","cause":"none","ms":1950,"first":true}"#,
            ),
        ]
        .concat();
        let log = read(&[text.as_bytes()]);
        assert_eq!((log.all.blocked, log.all.clear, log.all.unsure), (2, 1, 1));
        assert_eq!(log.all.block_rate(), Some(2.0 / 3.0));
        assert_eq!((log.all.shown, log.all.recovered, log.all.refused), (2, 1, 1));
        assert_eq!(log.all.allow_rate(), Some(0.5));
        assert_eq!(log.days["2026-11-24"].block_rate(), Some(0.5));
    }

    /// A batch of a site that counts one view in so many.
    fn weighing(weight: &str, batch: char, events: &str) -> String {
        line("2026-11-24", batch, events).replace(r#"\"events\""#, &format!(r#"\"weight\":{weight},\"events\""#))
    }

    #[test]
    fn a_verdict_stands_for_as_many_views_as_its_batch_says_and_all_else_for_itself() {
        let network = BLOCKED.replace("extension", "network");
        let text = [
            weighing("10", 'a', &format!(r#"{BLOCKED},{{"name":"show"}},{{"name":"recovered"}}"#)),
            weighing("10", 'b', &CLEAR.replace(r#","first":true"#, "")),
            weighing("1000", 'c', &CLEAR.replace("clear", "unsure")),
            weighing("2", 'd', CLEAR),
            line("2026-11-24", 'e', &network),
            line("2026-11-24", 'f', r#"{"name":"show"}"#),
        ]
        .concat();
        let log = read(&[text.as_bytes()]);
        let all = &log.all;
        assert_eq!((all.blocked, all.clear, all.unsure, log.n_bad), (11, 2, 1_000, 0));
        assert_eq!(all.block_rate(), Some(11.0 / 13.0));
        assert_eq!((all.causes[&Cause::Extension], all.causes[&Cause::Network]), (10, 1));
        assert_eq!((all.shown, all.recovered), (2, 1));
        assert_eq!((all.drawn, all.weighted), (3, 1_012));
        assert_eq!(log.days["2026-11-24"], *all);
    }

    #[test]
    fn a_weight_that_the_schema_does_not_allow_makes_a_batch_junk() {
        for (weight, why) in [
            ("0", "found weight 0, expected 2 to 1000"),
            ("1", "found weight 1, expected 2 to 1000"),
            ("1001", "found weight 1001, expected 2 to 1000"),
            ("-2", "expected u32"),
            ("2.5", "expected u32"),
            (r#"\"10\""#, "expected u32"),
            ("null", "expected u32"),
            ("[10]", "expected u32"),
            ("99999999999", "expected u32"),
            (r#"2,\"weight\":2"#, "duplicate field"),
        ] {
            let log = read(&[weighing(weight, 'a', BLOCKED).as_bytes()]);
            assert_eq!((log.all.eligible(), log.n_bad), (0, 1), "{weight}");
            let first = log.first_bad.unwrap();
            assert!(first.contains(why), "{weight}: {first}");
        }
    }

    #[test]
    fn counts_a_batch_that_came_twice_once() {
        let text = line("2026-11-24", 'a', BLOCKED).repeat(3);
        let log = read(&[text.as_bytes()]);
        assert_eq!((log.all.blocked, log.n_repeated), (1, 2));
    }

    #[test]
    fn reads_several_logs_compressed_or_not_as_one() {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(line("2026-11-23", 'a', BLOCKED).as_bytes()).unwrap();
        // What is put aside bit by bit has several parts.
        let mut packed = packed.finish().unwrap();
        packed.extend(packed.clone());
        let plain = [line("2026-11-24", 'b', CLEAR), line("2026-11-23", 'a', BLOCKED)].concat();
        let log = read(&[&packed, plain.as_bytes(), b""]);
        assert_eq!((log.all.blocked, log.all.clear, log.n_repeated, log.n_bad), (1, 1, 2, 0));
        assert_eq!(log.days.keys().collect::<Vec<_>>(), ["2026-11-23", "2026-11-24"]);
    }

    #[test]
    fn takes_batches_without_a_time_and_names_lines_that_are_none() {
        let batch = format!(r#"{{"version":1,"batch":"{}","events":[{CLEAR}]}}"#, id('a'));
        let log = read(&[format!("{batch}\n\n").as_bytes()]);
        assert_eq!((log.all.clear, log.days.len(), log.n_bad), (1, 0, 0));
        for (bad, why) in [
            (&b"junk"[..], "line 3 of soutien.log: expected a batch as JSON"),
            (b"\xff\xfe\x00", "line 3 of soutien.log: expected a batch as JSON"),
            (
                br#"203.0.113.7 - - [24/Nov/2026:06:07:08 +0000] "POST /chiffres HTTP/2.0" 204 0"#,
                "expected a batch as JSON",
            ),
            (br#"{"time":"2026-11-24T06:07:08+00:00","body":""}"#, "EOF"),
            (
                br#"{"time":"2026-11-24T06:07:08+00:00","body":"{\"version\":1}"}"#,
                "missing field `batch`",
            ),
            (
                br#"{"version":2,"batch":"bbbbbbbbbbbbbbbb","events":[]}"#,
                "found version 2, expected 1",
            ),
            (
                br#"{"version":1,"batch":"agathe","events":[]}"#,
                "found batch \"agathe\", expected 16 hexadecimal digits",
            ),
        ] {
            let log = read(&[&[batch.as_bytes(), b"\n\n", bad, b"\n"].concat()]);
            assert_eq!((log.all.clear, log.n_bad), (1, 1));
            let first = log.first_bad.unwrap();
            assert!(first.contains(why), "{first}");
        }
    }

    #[test]
    fn days_are_those_of_the_publishers_clock_and_batches_are_known_by_utc() {
        let body = format!(r#"{{"version":1,"batch":"{}","events":[{BLOCKED}]}}"#, id('a'));
        let at = |time: &str| format!("{}\n", json!({ "time": time, "body": body }));
        // One moment, told by three clocks.
        let text = [
            "2026-11-24T23:30:00-05:00",
            "2026-11-25T05:30:00+01:00",
            "2026-11-25T04:30:00Z",
        ]
        .map(at)
        .concat();
        let log = read(&[text.as_bytes()]);
        assert_eq!((log.all.blocked, log.n_repeated), (1, 2));
        assert_eq!(log.days.keys().collect::<Vec<_>>(), ["2026-11-24"]);
        for none in ["24/Nov/2026:06:07:08", "2026", "été été été", "2026-13-44T06:07:08Z"] {
            let log = read(&[at(none).as_bytes()]);
            assert_eq!((log.all.blocked, log.days.len()), (1, 0), "{none}");
        }
    }

    #[test]
    fn a_batch_counts_once_a_day_and_memory_does_not_grow_with_days() {
        let days = ["2026-11-23", "2026-11-24", "2026-11-23", "2026-11-24", "2026-11-25"];
        let text: String = days.iter().map(|day| line(day, 'a', BLOCKED)).collect();
        let log = read(&[text.as_bytes()]);
        assert_eq!((log.all.blocked, log.n_repeated), (3, 2));
        assert_eq!(log.known.iter().map(|(_, known)| known.len()).sum::<usize>(), DAYS_KNOWN);
    }

    /// What anybody can send to an address that takes numbers.
    #[test]
    fn what_strangers_make_up_is_junk_and_is_shown_as_it_can_be() {
        let many = |event: &str, count: usize| vec![event; count].join(",");
        let again = r#"{"name":"verdict","kind":"blocked","cause":"extension","ms":53}"#;
        for (events, why) in [
            (many(again, MOST_EVENTS + 1), "found 201 events, expected 200 at most"),
            (many(BLOCKED, 2), "found 2 first verdicts, expected one at most"),
            (BLOCKED.replace("extension", "aliens"), "unknown variant `aliens`"),
            (
                BLOCKED.replace("extension", "\\u001b[2J\\u202e"),
                "unknown variant `\\u{1b}[2J\\u{202e}`",
            ),
            (BLOCKED.replace("blocked", "locked"), "unknown variant `locked`"),
            (r#"{"name":"won"}"#.into(), "unknown variant `won`"),
            (r#"{"name":"verdict","first":true}"#.into(), "missing field"),
            (BLOCKED.replace("true", "1"), "expected a boolean"),
            ("7".into(), "expected"),
        ] {
            let text = format!("{}{}", line("2026-11-24", 'a', &events), line("2026-11-24", 'b', CLEAR));
            let log = read(&[text.as_bytes()]);
            assert_eq!((log.all.eligible(), log.all.clear, log.n_bad), (1, 1, 1), "{events}");
            let first = log.first_bad.unwrap();
            assert!(first.contains(why), "{first}");
            assert!(first.chars().count() < 2 * MOST && !first.contains('\u{1b}'), "{first:?}");
        }
        let log = read(&[line("2026-11-24", 'a', &many(again, MOST_EVENTS)).as_bytes()]);
        assert_eq!((log.n_batches, log.n_bad), (1, 0));
    }

    #[test]
    fn every_cause_has_the_word_that_batches_have() {
        for cause in [
            Cause::Extension,
            Cause::Network,
            Cause::Browser,
            Cause::TrackingProtection,
            Cause::None,
        ] {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.word());
        }
    }

    #[test]
    fn has_no_rate_without_a_view() {
        assert_eq!((Counts::default().block_rate(), Counts::default().allow_rate()), (None, None));
    }

    #[test]
    fn draws_a_day_as_a_point() {
        let text = [line("2026-11-23", 'a', BLOCKED), line("2026-11-24", 'b', CLEAR)].concat();
        let log = read(&[text.as_bytes()]);
        let drawn = chart(&log.days);
        assert!(drawn.contains("2026-11-23") && drawn.contains("100 %"), "{drawn}");
        assert_eq!(drawn.matches("polyline").count(), 1, "{drawn}");
    }
}
