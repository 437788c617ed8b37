//! What `cargo xtask bench page` measures, and what documents tell of it.

use anyhow::{Context, Result};
use serde_json::Value;

/// How much main-thread work this module may be on a processor that is not slowed down, in milliseconds. What the browser compiles on other
/// threads is not among it.
pub const WORK_BUDGET: f64 = 4.0;

/// How much memory of WebAssembly this module may have, in KiB.
pub const MEMORY_BUDGET: f64 = 256.0;

/// What is measured on a visit, as columns of [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// What the main thread has to do, in milliseconds.
    Work,
    /// What of it is scripts.
    Script,
    /// What of it is layout.
    Layout,
    /// How many tasks take 50 ms or more.
    LongTasks,
    /// The total blocking time, in milliseconds.
    Blocking,
    /// The largest contentful paint, in milliseconds.
    Largest,
    /// The cumulative layout shift.
    Shift,
    /// The time from an interaction to the next paint, in milliseconds.
    Interaction,
    /// The time to the answer, in milliseconds.
    Answer,
    /// How many requests there are.
    Requests,
    /// What is transferred, in kB.
    Transfer,
    /// The heap of JavaScript, in kB.
    Heap,
    /// The memory of WebAssembly, in KiB.
    Memory,
}

/// How many figures there are.
pub const N_FIGURES: usize = 13;

/// Figures: what they are called in JSON, what in words, the least difference that the browser can tell, and how many decimals are worth telling.
pub const COLUMNS: [(Figure, &str, &str, f64, usize); N_FIGURES] = [
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

/// The figures that a reader notices. A guest must not change them.
pub const VITALS: [Figure; 4] = [Figure::Largest, Figure::Shift, Figure::Interaction, Figure::Blocking];

/// Figures that are a guest's own; all others are told as the difference that the guest makes.
pub const OWN: [Figure; 4] = [Figure::Answer, Figure::Requests, Figure::Transfer, Figure::Memory];

/// A number with the decimals of its column; never `-0`.
pub fn number(figure: Figure, value: f64) -> String {
    let decimals = COLUMNS[figure as usize].4;
    let text = format!("{value:.decimals$}");
    let is_zero = text.trim_start_matches('-').chars().all(|digit| matches!(digit, '0' | '.'));
    text.trim_start_matches(if is_zero { "-" } else { "" }).to_owned()
}

/// What the bench fails over, in words.
pub fn budgets() -> String {
    let vitals = VITALS.map(|figure| COLUMNS[figure as usize].2.trim_end_matches(", ms"));
    format!(
        "makes {} or {} worse than noise under any condition, takes more than {WORK_BUDGET} ms of the main thread at the speed of the machine, or \
         has more than {MEMORY_BUDGET} KiB of WebAssembly memory",
        vitals[..vitals.len() - 1].join(", "),
        vitals[vitals.len() - 1]
    )
}

/// What the JSON says, in Markdown: all figures of the first guest, who is this module, what of it is over its budget, and the main thread and LCP
/// beside the others.
///
/// # Errors
/// When the figures are not what the bench writes.
pub fn markdown(figures: &Value) -> Result<String> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().with_context(|| format!("it has no {key}"));
    let (conditions, versions) = (list(figures, "conditions")?, list(figures, "guests")?);
    let guest = |condition: &Value, index: usize| {
        let guests = list(condition, "guests")?;
        guests
            .get(index)
            .cloned()
            .with_context(|| format!("a condition has {} guests", guests.len()))
    };
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head = |first: &[&str]| {
        let names = conditions
            .iter()
            .map(|condition| condition["condition"].as_str().unwrap_or_default());
        let cells: Vec<String> = first.iter().copied().chain(names).map(str::to_owned).collect();
        let lines = first.iter().map(|_| "---").chain(conditions.iter().map(|_| "---:"));
        format!("{}|{}|\n", row(cells), lines.collect::<Vec<_>>().join("|"))
    };
    // A median with the noise, where there is one.
    let cell = |condition: &Value, index: usize, figure: Figure| {
        let key = COLUMNS[figure as usize].1;
        let told = if OWN.contains(&figure) { "figures" } else { "added" };
        let Some(median) = guest(condition, index)?[told][key]["median"].as_f64() else {
            return Ok::<_, anyhow::Error>("–".to_owned());
        };
        let noise = condition["noise"][key].as_f64();
        let noise = noise.map_or_else(String::new, |noise| format!(" ({})", number(figure, noise)));
        Ok(format!("{}{noise}", number(figure, median)))
    };
    let (rounds, browser) = (&figures["rounds"], figures["browser"].as_str().unwrap_or("a browser"));
    let mut text =
        format!("By `cargo xtask bench page --runs {rounds}` in {browser}; all figures are in [page.json](page.json).\n");
    if soutien_project::root().join("docs/page.svg").is_file() {
        let told = "What each guest adds to the page: main-thread work as bars, with TBT, LCP, CLS, INP, time to the answer, transfer and heap";
        text += &format!("\n![{told}](page.svg)\n");
    }
    let name = |index: usize| versions[index]["name"].as_str().unwrap_or_default().to_owned();
    text += &format!("\nWhat {} adds, as medians, and the noise in brackets:\n\n", name(0));
    text += &head(&["figure"]);
    for (figure, _, words, ..) in COLUMNS {
        let mut cells = vec![words.to_owned() + if OWN.contains(&figure) { "" } else { ", more" }];
        for condition in &conditions {
            cells.push(cell(condition, 0, figure)?);
        }
        text += &row(cells);
    }
    let over = list(figures, "over_budget")?;
    let lines = over.iter().filter_map(Value::as_str).map(|line| format!("- {line}\n"));
    text += &match over.len() {
        0 => "\nAll of that is within the budget of the bench.\n".to_owned(),
        _ => format!("\nOf that, the bench finds over its budget:\n\n{}", lines.collect::<String>()),
    };
    for (figure, words) in [(Figure::Work, "Main thread"), (Figure::Largest, "LCP")] {
        text += &format!("\n{words}, ms more, beside the others:\n\n");
        text += &head(&["guest", "version"]);
        for (index, version) in versions.iter().enumerate() {
            let mut cells = vec![name(index), version["version"].as_str().unwrap_or_default().to_owned()];
            for condition in &conditions {
                cells.push(cell(condition, index, figure)?);
            }
            text += &row(cells);
        }
    }
    Ok(text)
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
}
