//! What the bench of the page says: as tables, as JSON and as a chart.

use serde_json::{Map, Value, json};
use soutien_figures::page::{COLUMNS, Figure, OWN, VITALS, number};
use svg::node::element::{Group, Line, Rectangle};

use crate::chart::{chart, text};
use crate::page::seen::{CONDITIONS, Condition, Guest, NOBODY, Seen};
use crate::statistics::quartiles;

/// What stands for the page itself in the chart and in JSON.
const PAGE: &str = "the page itself";

/// A figure of a guest: quartiles of the difference that it makes, or of what is its own.
fn told(seen: &Seen, condition: usize, guest: usize, figure: Figure) -> Option<[f64; 3]> {
    quartiles(&if OWN.contains(&figure) {
        seen.figures(condition, guest, figure)
    } else {
        seen.differences(condition, guest, figure)
    })
}

/// A median with its quartiles: `3.1 (2.8 to 3.6)`.
fn spread(figure: Figure, quartiles: Option<[f64; 3]>) -> String {
    quartiles.map_or_else(String::new, |[low, middle, high]| {
        let [low, middle, high] = [low, middle, high].map(|value| number(figure, value));
        if low == high {
            middle
        } else {
            format!("{middle} ({low} to {high})")
        }
    })
}

/// Prints a table for each condition.
pub fn print(guests: &[Guest], seen: &Seen) {
    const WIDTH: usize = 24;
    println!(
        "medians (and quartiles) of what each guest adds to the page itself; answer, requests, transfer and wasm memory are its own"
    );
    for (condition, Condition { name, .. }) in CONDITIONS.iter().enumerate() {
        print!("\n{name:<40}{:<WIDTH$}{:<WIDTH$}", PAGE, "noise");
        for guest in &guests[NOBODY.len()..] {
            print!("{:<WIDTH$}", guest.name);
        }
        println!();
        for (figure, _, words, ..) in COLUMNS {
            let itself = spread(figure, quartiles(&seen.figures(condition, 0, figure)));
            let noise = if OWN.contains(&figure) {
                String::new()
            } else {
                number(figure, seen.noise(condition, figure))
            };
            print!("  {words:<38}{itself:<WIDTH$}{noise:<WIDTH$}");
            for index in NOBODY.len()..guests.len() {
                print!("{:<WIDTH$}", spread(figure, told(seen, condition, index, figure)));
            }
            println!();
        }
        for (index, guest) in guests.iter().enumerate() {
            if let Some((count, reason)) = seen.failed.get(&(condition, index)) {
                println!("  {count} visits with {} could not be made: {reason}", guest.name);
            }
        }
    }
    println!();
}

/// All figures, and in words what of this module is over its budget.
pub fn json(guests: &[Guest], seen: &Seen, runs: u32, browser: &str, over: &[String]) -> String {
    let summary = |figure: Figure, figures: &[f64]| {
        quartiles(figures).map_or(Value::Null, |quartiles| {
            let [low, middle, high] = quartiles.map(|value| number(figure, value).parse::<f64>().unwrap_or(value));
            json!({ "median": middle, "quartiles": [low, high] })
        })
    };
    let conditions: Vec<Value> = CONDITIONS
        .iter()
        .enumerate()
        .map(|(condition, Condition { name, .. })| {
            let columns = |take: &dyn Fn(Figure) -> Value| {
                let pairs = COLUMNS.iter().map(|(figure, key, ..)| ((*key).to_owned(), take(*figure)));
                Value::Object(pairs.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
            };
            let results: Vec<Value> = (NOBODY.len()..guests.len())
                .map(|index| {
                    let not_made = seen.failed.get(&(condition, index)).map_or(0, |failed| failed.0);
                    json!({
                        "guest": guests[index].name,
                        "visits_not_made": not_made,
                        "figures": columns(&|figure| summary(figure, &seen.figures(condition, index, figure))),
                        "added": columns(&|figure| if OWN.contains(&figure) {
                            Value::Null
                        } else {
                            summary(figure, &seen.differences(condition, index, figure))
                        }),
                    })
                })
                .collect();
            json!({
                "condition": name,
                "page_itself": columns(&|figure| summary(figure, &seen.figures(condition, 0, figure))),
                "noise": columns(&|figure| if OWN.contains(&figure) {
                    Value::Null
                } else {
                    number(figure, seen.noise(condition, figure)).parse::<f64>().map_or(Value::Null, Value::from)
                }),
                "guests": results,
            })
        })
        .collect();
    let versions: Vec<Value> = guests[NOBODY.len()..]
        .iter()
        .map(|guest| json!({ "name": guest.name, "version": guest.version }))
        .collect();
    let text = json!({
        "about": "cargo xtask bench page. `added` is the difference to the page itself in the same round; `noise` is how much two visits to the page itself differ.",
        "browser": browser,
        "rounds": runs,
        "guests": versions,
        "conditions": conditions,
        "over_budget": over,
    });
    format!("{text:#}\n")
}

const ROW: usize = 22;
const MARGIN: usize = 16;
/// Where the bars begin, how long the longest one is, and where the columns begin.
const BARS: usize = 190;
const LENGTH: usize = 270;
const COLUMN: usize = 118;

/// What stands beside the bars.
const BESIDE: [Figure; 7] = [
    Figure::Blocking,
    Figure::Largest,
    Figure::Shift,
    Figure::Interaction,
    Figure::Answer,
    Figure::Transfer,
    Figure::Heap,
];

/// The colours of the chart, for light and dark pages.
const COLOURS: &str = "
    text { font: 13px system-ui, sans-serif; fill: #1c1c1e }
    .strong { font-weight: 600 }
    .soft { fill: #5a5a60 }
    .page { fill: #ffffff }
    .bar { fill: #9aa7bd } .ours { fill: #3a7d4f }
    line { stroke: #1c1c1e; stroke-width: 1.5 }
    @media (prefers-color-scheme: dark) {
        text { fill: #f0f0f2 }
        .soft { fill: #b4b4bc }
        .page { fill: #16171b }
        .bar { fill: #56627a } .ours { fill: #4fa86b }
        line { stroke: #f0f0f2 }
    }";

/// What each guest adds: main-thread work as bars with their quartiles, and the rest in numbers.
pub fn svg(guests: &[Guest], seen: &Seen, runs: u32) -> String {
    let mut drawn = Group::new();
    let mut y = MARGIN;
    let columns = BARS + LENGTH + 120;
    for (condition, Condition { name, .. }) in CONDITIONS.iter().enumerate() {
        drawn = drawn.add(text(MARGIN, y, "strong", name));
        y += ROW;
        drawn = drawn.add(text(BARS, y, "soft", "main thread, ms more"));
        for (column, figure) in BESIDE.into_iter().enumerate() {
            let words = COLUMNS[figure as usize].2;
            let more = if OWN.contains(&figure) { "" } else { " more" };
            drawn = drawn.add(text(columns + column * COLUMN, y, "soft", &format!("{words}{more}")));
        }
        y += ROW;
        let rows: Vec<(usize, [f64; 3])> = (NOBODY.len()..guests.len())
            .filter_map(|index| Some((index, told(seen, condition, index, Figure::Work)?)))
            .collect();
        let most = rows.iter().map(|row| row.1[2]).fold(1.0, f64::max);
        for (index, quartiles) in rows {
            let guest = &guests[index];
            let [low, middle, high] = quartiles.map(|ms| BARS as f64 + ms.max(0.0) / most * LENGTH as f64);
            let bar = Rectangle::new().set("class", if guest.is_ours { "bar ours" } else { "bar" });
            let bar = bar.set("x", BARS).set("y", y + 3).set("height", ROW - 8);
            let spread = Line::new().set("x1", round(low)).set("x2", round(high));
            let spread = spread.set("y1", y + ROW / 2 - 1).set("y2", y + ROW / 2 - 1);
            drawn = drawn
                .add(text(MARGIN, y, if guest.is_ours { "strong" } else { "" }, guest.name))
                .add(bar.set("width", round(middle - BARS as f64)))
                .add(spread)
                .add(text(round(high) as usize + 8, y, "", &number(Figure::Work, quartiles[1])));
            for (column, figure) in BESIDE.into_iter().enumerate() {
                let value = told(seen, condition, index, figure).map_or("–".into(), |quartiles| {
                    let is_noise = VITALS.contains(&figure) && quartiles[1].abs() <= seen.noise(condition, figure);
                    format!("{}{}", number(figure, quartiles[1]), if is_noise { " ≈ 0" } else { "" })
                });
                drawn = drawn.add(text(columns + column * COLUMN, y, "", &value));
            }
            y += ROW;
        }
        y += ROW / 2;
    }
    let words = format!(
        "Rounds: {runs}. Medians, and quartiles as lines, of the difference to the page itself in the same round. “≈ 0”: no more than \
         two visits to the page itself differ."
    );
    drawn = drawn.add(text(MARGIN, y, "soft", &words));
    let (width, height) = (columns + BESIDE.len() * COLUMN + MARGIN, y + ROW * 2);
    chart("What each guest adds to the page", COLOURS, width, height, drawn)
}

/// A length of the chart.
fn round(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use soutien_figures::page::markdown;

    use super::*;

    #[test]
    fn tells_medians_with_their_quartiles() {
        assert_eq!(spread(Figure::Work, Some([2.84, 3.06, 3.61])), "3.1 (2.8 to 3.6)");
        assert_eq!(spread(Figure::Largest, Some([-0.2, -0.1, 0.3])), "0");
        assert_eq!(spread(Figure::Shift, None), "");
    }

    #[test]
    fn a_document_has_the_figures_that_were_written() {
        let guest = |name| Guest {
            name,
            version: "1.2.3".into(),
            page: String::new(),
            script: String::new(),
            style: String::new(),
            is_ours: true,
        };
        let guests = ["nobody", "nobody, again", "soutien", "another"].map(guest);
        let mut seen = Seen::default();
        for condition in 0..CONDITIONS.len() {
            for (index, work) in [100.0, 102.0, 104.5, 131.0].into_iter().enumerate() {
                let mut figures: crate::page::seen::Figures = [Some(work); 13];
                figures[Figure::Memory as usize] = (index == 2).then_some(192.0);
                seen.visits.insert((condition, index, 0), figures);
            }
        }
        let over = ["TBT, ms: 5, of 2 allowed".to_owned()];
        let written = json(&guests, &seen, 1, "Chrome/1.2", &over);
        let told = markdown(&serde_json::from_str(&written).unwrap()).unwrap();
        for line in [
            "`cargo xtask bench page --runs 1` in Chrome/1.2;",
            "| main thread, ms, more | 3.5 (2.0) | 3.5 (2.0) | 3.5 (2.0) | 3.5 (2.0) |\n",
            "| wasm memory, KiB | 192 | 192 | 192 | 192 |\n",
            "over its budget:\n\n- TBT, ms: 5, of 2 allowed\n\nMain",
            "| soutien | 1.2.3 | 3.5 (2.0) | ",
            "| another | 1.2.3 | 30.0 (2.0) | ",
            "| another | 1.2.3 | 30 (4) | ",
        ] {
            assert!(told.contains(line), "no {line:?} in {told}");
        }
        let within = json(&guests, &seen, 1, "Chrome/1.2", &[]);
        let told = markdown(&serde_json::from_str(&within).unwrap()).unwrap();
        assert!(told.contains("\n\nAll of that is within the budget"), "{told}");
        assert!(markdown(&json!({})).is_err());
    }
}
