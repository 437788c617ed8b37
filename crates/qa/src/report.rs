//! The results as a table, as JUnit's XML and as screenshots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use quick_xml::escape::escape;
use serde_json::Value;

use crate::address::Address;
use crate::findings::Finding;
use crate::outcome::{Cell, Outcomes, Put};
use crate::standing::{Measure, Standing};

/// The results of each page in each browser, in the order in which they come.
pub fn by_page(cells: &[Cell]) -> Vec<((&Address, &str), Vec<&Cell>)> {
    let mut pages: Vec<((&Address, &str), Vec<&Cell>)> = Vec::new();
    for cell in cells {
        let page = (&cell.url, cell.browser.as_str());
        match pages.iter_mut().find(|(known, _)| *known == page) {
            Some((_, cells)) => cells.push(cell),
            None => pages.push((page, vec![cell])),
        }
    }
    pages
}

/// What a profile did to a page, as `blocked: ADDRESS by RULE (LIST, line LINE)`. What is not known is left out.
pub fn hit_line(hit: &Value) -> String {
    let word = |key: &str| hit[key].as_str().unwrap_or_default();
    let mut line = format!("{}: {}", word("action"), word("what"));
    if !word("rule").is_empty() {
        let _ = write!(line, " by {}", word("rule"));
    }
    if !word("list").is_empty() {
        let _ = write!(line, " ({}, line {})", word("list"), hit["line"]);
    }
    line
}

/// Prints a table for each page in each browser; with `explain`, each rule that did something to the page.
pub fn print(cells: &[Cell], explain: bool) {
    for ((url, browser), cells) in by_page(cells) {
        println!("\n{url} in {browser}");
        println!(
            "  {:<30}{:<9}{:<10}{:<21}{:<8}{:>6}  findings",
            "profile", "", "verdict", "cause", "notice", "ms"
        );
        for &cell in &cells {
            match &cell.result {
                Outcomes::NotRun { reason } => println!("  {:<30}not run: {reason}", cell.profile),
                Outcomes::NoTag => println!("  {:<39}{:<45}  {}", cell.profile, "no tag", n_findings(cell)),
                Outcomes::Unasked => println!("  {:<39}{:<45}  {}", cell.profile, "not asked", n_findings(cell)),
                Outcomes::Passed(seen) | Outcomes::Failed(seen) => {
                    let is_passed = matches!(cell.result, Outcomes::Passed(_));
                    println!(
                        "  {:<30}{:<9}{:<10}{:<21}{:<8}{:>6.0}  {}",
                        cell.profile,
                        if is_passed { "passed" } else { "FAILED" },
                        seen.kind,
                        seen.cause,
                        if seen.notice { "shown" } else { "" },
                        seen.ms,
                        n_findings(cell)
                    );
                    if !is_passed {
                        println!("    expected {}", seen.expected.join(", or "));
                    }
                    for problem in &seen.problems {
                        println!("    problem: {problem}");
                    }
                    for remark in &seen.remarks {
                        println!("    {remark}");
                    }
                    for hit in seen.hits.iter().filter(|_| explain) {
                        println!("    {}", hit_line(hit).replace(" by ", "\n      by "));
                    }
                    for line in seen.put.iter().flat_map(put_lines) {
                        println!("    {line}");
                    }
                }
            }
        }
        print_findings(&cells);
        if let Some((n_seen, n_all)) = reach(&cells) {
            println!("\n  the notice was shown under {n_seen} of {n_all} blockers");
        }
    }
}

/// Prints what of the results counts and is not in the tables: what is new, what took too long, and how much is ignored.
pub fn print_standing(cells: &[Cell], measure: &Measure) {
    for line in measure.new_of(cells) {
        println!("new: {line}");
    }
    for cell in cells {
        if let Standing::Failed(reasons) = measure.standing(cell)
            && let Some(reason) = reasons.iter().find(|reason| reason.starts_with("the probing took"))
        {
            println!("slow: {} under {} in {}: {reason}", cell.url, cell.profile, cell.browser);
        }
    }
    let n_ignored = cells
        .iter()
        .filter(|cell| measure.standing(cell) == Standing::Ignored)
        .count();
    if n_ignored > 0 {
        println!("{n_ignored} of {} results are ignored, as --ignore says", cells.len());
    }
}

/// How many findings there are in a cell; nothing where there are none.
fn n_findings(cell: &Cell) -> String {
    match cell.findings.len() {
        0 => String::new(),
        n_findings => n_findings.to_string(),
    }
}

/// What Soutien would change on a page, as lines.
fn put_lines(put: &Put) -> Vec<String> {
    let mut lines = Vec::new();
    if put.n_moved > 0 {
        lines.push(format!(
            "Soutien moves {} elements, by {:.0} px at most",
            put.n_moved, put.pixels
        ));
    }
    match (put.consent_dialog.as_str(), put.is_covered) {
        ("", _) => {}
        (dialog, true) => lines.push(format!("the notice and the consent dialog {dialog} lie over each other")),
        (dialog, false) => lines.push(format!("a consent dialog is open, {dialog}; nothing of ours lies over it")),
    }
    lines
}

/// Under how many of the blockers that are noticed the notice was shown, and how many there are; `None` where there are none.
pub fn reach(cells: &[&Cell]) -> Option<(usize, usize)> {
    let noticed = |cell: &&&Cell| cell.result.seen().is_some_and(|seen| seen.kind == "blocked");
    let n_seen = cells
        .iter()
        .filter(|cell| cell.result.seen().is_some_and(|seen| seen.notice))
        .count();
    let n_all = cells.iter().filter(noticed).count();
    (n_all > 0).then_some((n_seen, n_all))
}

/// The findings of a page in a browser, each once, with the profiles that have it, the worst first.
pub fn ranked<'a>(cells: &[&'a Cell]) -> Vec<(&'a Finding, Vec<&'a Cell>)> {
    let mut found: Vec<(&Finding, Vec<&Cell>)> = Vec::new();
    for &cell in cells {
        for finding in &cell.findings {
            match found.iter_mut().find(|(known, _)| known.id == finding.id) {
                Some((known, cells)) => {
                    cells.push(cell);
                    // The same rule may do more under another profile.
                    if finding.score > known.score {
                        *known = finding;
                    }
                }
                None => found.push((finding, vec![cell])),
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| other.score.cmp(&one.score).then_with(|| one.id.cmp(&other.id)));
    found
}

fn print_findings(cells: &[&Cell]) {
    let found = ranked(cells);
    if found.is_empty() {
        return;
    }
    println!("\n  What breaks, the worst first");
    for (number, (finding, cells)) in found.iter().enumerate() {
        let profiles: Vec<&str> = cells.iter().map(|cell| cell.profile.as_str()).collect();
        for (index, line) in finding.lines().iter().enumerate() {
            let mark = if index == 0 {
                format!("{}.", number + 1)
            } else {
                String::new()
            };
            println!("  {mark:>4} {line}");
        }
        println!("       under {}", profiles.join(", "));
        println!("       {}", finding.advice().en);
    }
}

/// The results as JUnit's XML: a suite for each page in each browser, a case for each profile, which fails by its verdict, or by one of the
/// findings that are not known.
pub fn junit(cells: &[Cell], measure: &Measure) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for ((url, browser), cells) in by_page(cells) {
        let name = format!("{url} in {browser}");
        let counts = |wanted: fn(&Standing) -> bool| cells.iter().filter(|cell| wanted(&measure.standing(cell))).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            escape(&name),
            cells.len(),
            counts(|standing| matches!(standing, Standing::Failed(_))),
            counts(|standing| matches!(standing, Standing::NotRun(_))),
            counts(|standing| *standing == Standing::Ignored)
        );
        for cell in cells {
            let _ = write!(
                xml,
                "    <testcase classname=\"{}\" name=\"{}\"",
                escape(&name),
                escape(&cell.profile)
            );
            if let Some(seen) = cell.result.seen() {
                let _ = write!(xml, " time=\"{:.3}\"", seen.ms / 1_000.0);
            }
            let message = |kind: &str, text: &str| format!("<{kind} message=\"{}\"/>", escape(text));
            let mut parts = match measure.standing(cell) {
                Standing::Passed => String::new(),
                Standing::Failed(reasons) => reasons.iter().map(|reason| message("failure", reason)).collect(),
                Standing::NotRun(reason) => message("error", &reason),
                Standing::Ignored => message("skipped", "ignored"),
            };
            if !cell.findings.is_empty() {
                let lines: Vec<String> = cell.findings.iter().flat_map(Finding::lines).collect();
                let _ = write!(parts, "<system-out>{}</system-out>", escape(lines.join("\n")));
            }
            let _ = match parts.as_str() {
                "" => writeln!(xml, "/>"),
                parts => writeln!(xml, ">{parts}</testcase>"),
            };
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

/// Writes the screenshot of each page under each profile into a folder, which it makes where it is not there.
///
/// # Errors
/// When a file cannot be written; the others are.
pub fn write_shots(folder: &Path, cells: &[Cell]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut urls: Vec<&Address> = Vec::new();
    let mut failures = Vec::new();
    for cell in cells {
        let index = urls.iter().position(|url| **url == cell.url).unwrap_or_else(|| {
            urls.push(&cell.url);
            urls.len() - 1
        });
        if cell.shot.is_empty() {
            continue;
        }
        let name = cell.url.file_name(index + 1);
        let path = folder.join(format!("{name}-{}-{}.png", cell.profile, cell.browser));
        if let Err(error) = fs::write(&path, &cell.shot) {
            failures.push(format!("{}: {error}", path.display()));
        }
    }
    ensure!(failures.is_empty(), "cannot write {}", failures.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Seen;
    use crate::samples;

    fn cell(profile: &str, result: Outcomes) -> Cell {
        samples::cell("https://a.example/?a&b", profile, result, &[])
    }

    fn seen() -> Seen {
        samples::seen(1_100.0)
    }

    #[test]
    fn writes_what_ci_systems_read() {
        let xml = junit(
            &[
                cell("none", Outcomes::Passed(seen())),
                cell("dns", Outcomes::Failed(seen())),
                cell(
                    "safari",
                    Outcomes::NotRun {
                        reason: "net::ERR_NAME_NOT_RESOLVED <here>".into(),
                    },
                ),
                cell("adguard", Outcomes::Failed(seen())),
            ],
            &Measure {
                ignored: vec!["adguard".into()],
                ..Measure::default()
            },
        );
        assert!(
            xml.contains(
                r#"<testsuite name="https://a.example/?a&amp;b in chromium" tests="4" failures="1" errors="1" skipped="1">"#
            ),
            "{xml}"
        );
        assert!(
            xml.contains(r#"name="dns" time="1.100"><failure message="expected blocked, extension, found clear, none"/>"#),
            "{xml}"
        );
        assert!(
            xml.contains(r#"name="adguard" time="1.100"><skipped message="ignored"/>"#),
            "{xml}"
        );
        assert!(
            xml.contains(r#"<error message="net::ERR_NAME_NOT_RESOLVED &lt;here&gt;"/>"#),
            "{xml}"
        );
    }
}
