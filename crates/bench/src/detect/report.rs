//! What the bench says: as a table, as JSON and as a chart. Rows and columns are always in the same order.

use serde_json::{Value, json};
use soutien_testbed::environments::{ENVIRONMENTS, Engine, Environment, Truth};
use svg::node::element::{Group, Rectangle};

use crate::chart::{chart, text};
use crate::detect::cell::{Cell, Cells};
use crate::peers::Entrant;
use crate::statistics::{median, rounded};

const ENGINES: [Engine; 2] = [Engine::Chromium, Engine::Firefox];

/// What a row is called, and its figure of a detector.
type Row = (&'static str, fn(&Entrant) -> usize);

/// What readers download of each detector. One figure is never told without the other.
const WEIGHTS: [Row; 2] = [
    ("bytes (brotli)", |entrant| entrant.bytes),
    ("besides, with a blocker", |entrant| entrant.besides),
];

/// The visits to an environment in all its browsers.
fn row_cell(cells: &Cells, index: usize, entrant: usize) -> Cell {
    let mut sum = Cell::default();
    for engine in ENGINES {
        if let Some(cell) = cells.get(&(index, engine, entrant)) {
            sum.merge(cell);
        }
    }
    sum
}

/// The visits to all environments where an ad blocker is at work, or to all others.
fn total(chosen: &[usize], cells: &Cells, entrant: usize, is_blocked: bool) -> Cell {
    let mut sum = Cell::default();
    for &index in chosen
        .iter()
        .filter(|&&index| ENVIRONMENTS[index].truth.is_blocked() == is_blocked)
    {
        sum.merge(&row_cell(cells, index, entrant));
    }
    sum
}

/// What came of the visits, and the median time: `20 · 318`, or `17, 3 missed · 251`.
fn words(cell: &Cell) -> String {
    if cell.n_visits() == 0 {
        return "not run".into();
    }
    let others = [
        (cell.missed, "missed"),
        (cell.false_alarms, "false"),
        (cell.silent, "silent"),
        (cell.not_run, "not run"),
    ];
    let others = others
        .iter()
        .filter(|other| other.0 > 0)
        .map(|(count, word)| format!(", {count} {word}"));
    let time = median(&cell.times).map(|ms| format!(" · {ms:.0}")).unwrap_or_default();
    format!("{}{}{time}", cell.right, others.collect::<String>())
}

fn engines(environment: &Environment) -> &'static str {
    match environment.engines {
        [Engine::Chromium] => "C",
        [Engine::Firefox] => "F",
        _ => "C F",
    }
}

fn truth(environment: &Environment) -> &'static str {
    match environment.truth {
        Truth::NoBlocker => "no blocker",
        Truth::TrackingProtection => "tracking protection",
        Truth::Extension => "extension",
        Truth::Network => "network",
    }
}

/// Prints the matrix, and what our own module is measured by.
pub fn print(chosen: &[usize], entrants: &[Entrant], cells: &Cells) {
    const WIDTH: usize = 22;
    println!("right answers (and wrong ones), and the median time to the answer in ms; C is Chromium, F is Firefox\n");
    print!("{:<44}", "");
    for entrant in entrants {
        print!("{:<WIDTH$}", entrant.detector.name);
    }
    println!();
    let mut reasons = Vec::new();
    for is_blocked in [false, true] {
        println!("{}", if is_blocked { "\nwith a blocker" } else { "without a blocker" });
        for &index in chosen {
            let environment = &ENVIRONMENTS[index];
            if environment.truth.is_blocked() != is_blocked {
                continue;
            }
            print!(
                "  {:<38}{:<4}",
                environment.name.chars().take(37).collect::<String>(),
                engines(environment)
            );
            for (number, entrant) in entrants.iter().enumerate() {
                let cell = row_cell(cells, index, number);
                print!("{:<WIDTH$}", words(&cell));
                if cell.not_run > 0 {
                    reasons.push(format!("{}, {}: {}", environment.name, entrant.detector.name, cell.reason));
                }
            }
            println!();
        }
    }
    println!();
    for (label, is_blocked) in [("false alarms", false), ("blockers found", true)] {
        print!("{label:<44}");
        for number in 0..entrants.len() {
            let cell = total(chosen, cells, number, is_blocked);
            let count = if is_blocked { cell.right } else { cell.false_alarms };
            print!("{:<WIDTH$}", format!("{count} of {}", cell.n_visits()));
        }
        println!();
    }
    for (label, bytes) in WEIGHTS {
        print!("{label:<44}");
        for entrant in entrants {
            print!("{:<WIDTH$}", bytes(entrant));
        }
        println!();
    }
    println!();
    for reason in reasons {
        println!("not run: {reason}");
    }
    let ours = ours(chosen, cells);
    for (key, value) in ours.as_object().into_iter().flatten() {
        println!("soutien, {}: {value}", key.replace('_', " "));
    }
}

/// What our own module is measured by, besides being right.
fn ours(chosen: &[usize], cells: &Cells) -> Value {
    let sum = |filter: &dyn Fn(&Environment) -> bool| {
        let mut sum = Cell::default();
        for &index in chosen.iter().filter(|&&index| filter(&ENVIRONMENTS[index])) {
            sum.merge(&row_cell(cells, index, 0));
        }
        sum
    };
    let all = sum(&|_| true);
    // Without ads, so that long tasks are not the page's.
    let slow = sum(&|environment| environment.name == "processor 6 times slower, page without ads");
    json!({
        "median_ms_where_an_extension_blocks": rounded(median(&sum(&|environment| acts_at_once(environment.truth)).times)),
        "median_ms_where_the_network_blocks": rounded(median(&sum(&|environment| environment.truth == Truth::Network).times)),
        "median_ms_without_a_blocker": rounded(median(&sum(&|environment| !environment.truth.is_blocked()).times)),
        "longest_probing_ms": rounded(all.probing.iter().copied().reduce(f64::max)),
        "longest_task_ms_on_a_slow_processor": rounded((slow.n_visits() > 0).then_some(slow.longest_task)),
    })
}

/// All figures.
pub fn json(chosen: &[usize], entrants: &[Entrant], cells: &Cells, is_together: bool) -> String {
    let detectors: Vec<Value> = entrants
        .iter()
        .enumerate()
        .map(|(number, entrant)| {
            let (clear, blocked) = (total(chosen, cells, number, false), total(chosen, cells, number, true));
            json!({
                "name": entrant.detector.name,
                "version": entrant.version,
                "brotli_bytes": entrant.bytes,
                "brotli_bytes_besides_with_a_blocker": entrant.besides,
                "without_a_blocker": { "visits": clear.n_visits(), "false_alarms": clear.false_alarms, "silent": clear.silent },
                "with_a_blocker": { "visits": blocked.n_visits(), "found": blocked.right, "missed": blocked.missed },
            })
        })
        .collect();
    let environments: Vec<Value> = chosen
        .iter()
        .map(|&index| {
            let environment = &ENVIRONMENTS[index];
            let mut results = Vec::new();
            for engine in ENGINES {
                for (number, entrant) in entrants.iter().enumerate() {
                    if let Some(cell) = cells.get(&(index, engine, number)) {
                        results.push(result(cell, engine, entrant));
                    }
                }
            }
            json!({ "name": environment.name, "truth": truth(environment), "results": results })
        })
        .collect();
    let text = json!({
        "about": "cargo xtask bench detect. Times are from the start of a detector's script to its answer, without waiting for the page to be idle.",
        "browsers_ran_together": is_together,
        "detectors": detectors,
        "soutien": ours(chosen, cells),
        "environments": environments,
    });
    format!("{text:#}\n")
}

fn result(cell: &Cell, engine: Engine, entrant: &Entrant) -> Value {
    let mut result = json!({
        "browser": format!("{engine:?}"),
        "detector": entrant.detector.name,
        "right": cell.right,
        "missed": cell.missed,
        "false_alarms": cell.false_alarms,
        "silent": cell.silent,
        "median_ms": rounded(median(&cell.times)),
    });
    if !cell.verdicts.is_empty() {
        result["verdicts"] = json!(cell.verdicts);
        result["median_probing_ms"] = rounded(median(&cell.probing));
        result["longest_task_ms"] = rounded(Some(cell.longest_task));
    }
    if cell.not_run > 0 {
        result["not_run"] = json!({ "visits": cell.not_run, "reason": cell.reason });
    }
    result
}

const ROW: usize = 22;
const COLUMN: usize = 170;
const LABEL: usize = 350;
const MARGIN: usize = 16;

/// The colours of the chart, for light and dark pages. Every cell says in words what its colour says.
const COLOURS: &str = "
    text { font: 13px system-ui, sans-serif; fill: #1c1c1e }
    .strong { font-weight: 600 }
    .soft { fill: #5a5a60 }
    .page { fill: #ffffff }
    .right { fill: #d3ecd8 } .wrong { fill: #f6c9c4 } .silent { fill: #e4e4e8 }
    @media (prefers-color-scheme: dark) {
        text { fill: #f0f0f2 }
        .soft { fill: #b4b4bc }
        .page { fill: #16171b }
        .right { fill: #1d4429 } .wrong { fill: #6b2520 } .silent { fill: #35363c }
    }";

/// The matrix as a picture.
pub fn svg(chosen: &[usize], entrants: &[Entrant], cells: &Cells) -> String {
    let mut table = Group::new();
    let mut y = MARGIN;
    let line = |table: Group, y: usize, label: &str, class: &str, texts: Vec<(String, &str)>| {
        let mut table = table.add(text(MARGIN, y, class, label));
        for (number, (words, colour)) in texts.into_iter().enumerate() {
            let x = MARGIN + LABEL + number * COLUMN;
            if !colour.is_empty() {
                let cell = Rectangle::new().set("class", colour).set("x", x).set("y", y);
                table = table.add(cell.set("width", COLUMN - 4).set("height", ROW - 3).set("rx", 3));
            }
            table = table.add(text(x + 8, y, class, &words));
        }
        table
    };
    let plain = |words: &dyn Fn(usize) -> String| (0..entrants.len()).map(|number| (words(number), "")).collect::<Vec<_>>();

    table = line(
        table,
        y,
        "",
        "strong",
        plain(&|number| entrants[number].detector.name.to_owned()),
    );
    y += ROW;
    table = line(table, y, "version", "soft", plain(&|number| entrants[number].version.clone()));
    y += ROW;
    for (label, bytes) in WEIGHTS {
        table = line(table, y, label, "soft", plain(&|number| bytes(&entrants[number]).to_string()));
        y += ROW;
    }
    for (label, is_blocked) in [("false alarms without a blocker", false), ("blockers found", true)] {
        let texts = (0..entrants.len()).map(|number| {
            let cell = total(chosen, cells, number, is_blocked);
            let count = if is_blocked { cell.right } else { cell.false_alarms };
            let is_right = if is_blocked {
                cell.missed == 0
            } else {
                cell.false_alarms == 0
            };
            (
                format!("{count} of {}", cell.n_visits()),
                if is_right { "right" } else { "wrong" },
            )
        });
        table = line(table, y, label, "strong", texts.collect());
        y += ROW;
    }
    for is_blocked in [false, true] {
        y += ROW / 2;
        let title = if is_blocked { "With a blocker" } else { "Without a blocker" };
        table = line(table, y, &format!("{title}: right answers, median ms"), "strong", Vec::new());
        y += ROW;
        for &index in chosen
            .iter()
            .filter(|&&index| ENVIRONMENTS[index].truth.is_blocked() == is_blocked)
        {
            let environment = &ENVIRONMENTS[index];
            let texts = (0..entrants.len()).map(|number| {
                let cell = row_cell(cells, index, number);
                (words(&cell), colour(&cell))
            });
            let label = format!("{} ({})", environment.name, engines(environment).replace(' ', ", "));
            table = line(table, y, &label, "", texts.collect());
            y += ROW;
        }
    }
    table = table.add(text(
        MARGIN,
        y + ROW / 2,
        "soft",
        "C: Chromium, F: Firefox. “false”: accused without a blocker. “silent”: no answer within 5 s.",
    ));
    let (width, height) = (MARGIN * 2 + LABEL + entrants.len() * COLUMN, y + ROW * 2);
    chart("What each detector says in each environment", COLOURS, width, height, table)
}

/// Whether nothing but a real blocker explains the truth of an environment, which acts on the page's own requests or elements.
fn acts_at_once(truth: Truth) -> bool {
    truth == Truth::Extension
}

fn colour(cell: &Cell) -> &'static str {
    if cell.missed + cell.false_alarms > 0 {
        "wrong"
    } else if cell.right == 0 {
        "silent"
    } else {
        "right"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use soutien_figures::detect::{outcome, situations};
    use soutien_testbed::environments::SOUTIEN;

    #[test]
    fn a_document_has_the_figures_that_were_written() {
        let entrants = [Entrant {
            detector: SOUTIEN,
            version: "1.2.3".into(),
            bytes: 100,
            besides: 50,
        }];
        let chosen: Vec<usize> = (0..ENVIRONMENTS.len()).collect();
        let right = || Cell {
            right: 2,
            ..Cell::default()
        };
        let cells = chosen.iter().map(|&index| ((index, Engine::Chromium, 0), right())).collect();
        let written = serde_json::from_str(&json(&chosen, &entrants, &cells, true)).unwrap();
        assert_eq!(situations(&written).unwrap(), chosen.len().to_string());
        let n_blocked = 2 * ENVIRONMENTS
            .iter()
            .filter(|environment| environment.truth.is_blocked())
            .count();
        let n_clear = 2 * chosen.len() - n_blocked;
        let expected = format!("in 0 of {n_clear} visits without a blocker, and in {n_blocked} of {n_blocked} with one");
        assert_eq!(outcome(&written).unwrap(), expected);
        assert!(situations(&json!({})).is_err() && outcome(&json!({})).is_err());
    }
}
