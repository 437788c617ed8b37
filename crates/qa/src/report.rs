//! The results as a table, as JUnit's XML and as screenshots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use quick_xml::escape::escape;
use serde_json::Value;

use crate::address::Address;
use crate::outcome::{Cell, Outcomes};

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
            "  {:<30}{:<9}{:<10}{:<21}{:<8}{:>6}",
            "profile", "", "verdict", "cause", "notice", "ms"
        );
        for cell in cells {
            match &cell.result {
                Outcomes::NotRun { reason } => println!("  {:<30}not run: {reason}", cell.profile),
                Outcomes::Passed(seen) | Outcomes::Failed(seen) => {
                    let is_passed = matches!(cell.result, Outcomes::Passed(_));
                    println!(
                        "  {:<30}{:<9}{:<10}{:<21}{:<8}{:>6.0}",
                        cell.profile,
                        if is_passed { "passed" } else { "FAILED" },
                        seen.kind,
                        seen.cause,
                        if seen.notice { "shown" } else { "" },
                        seen.ms
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
                }
            }
        }
    }
}

/// The results as JUnit's XML: a suite for each page in each browser, a case for each profile.
pub fn junit(cells: &[Cell]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for ((url, browser), cells) in by_page(cells) {
        let name = format!("{url} in {browser}");
        let n = |wanted: fn(&Outcomes) -> bool| cells.iter().filter(|cell| wanted(&cell.result)).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            escape(&name),
            cells.len(),
            n(|result| matches!(result, Outcomes::Failed(_))),
            n(|result| matches!(result, Outcomes::NotRun { .. }))
        );
        for cell in cells {
            let _ = write!(
                xml,
                "    <testcase classname=\"{}\" name=\"{}\"",
                escape(&name),
                escape(&cell.profile)
            );
            let _ = match &cell.result {
                Outcomes::Passed(seen) => writeln!(xml, " time=\"{:.3}\"/>", seen.ms / 1_000.0),
                Outcomes::Failed(seen) => writeln!(
                    xml,
                    " time=\"{:.3}\"><failure message=\"expected {}, found {}, {}\"/></testcase>",
                    seen.ms / 1_000.0,
                    escape(seen.expected.join(", or ")),
                    escape(&seen.kind),
                    escape(&seen.cause)
                ),
                Outcomes::NotRun { reason } => writeln!(xml, "><error message=\"{}\"/></testcase>", escape(reason)),
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

    fn cell(profile: &str, result: Outcomes) -> Cell {
        Cell {
            url: Address::new("https://a.example/?a&b"),
            browser: "chromium".into(),
            profile: profile.into(),
            result,
            shot: Vec::new(),
        }
    }

    fn seen() -> Seen {
        Seen {
            kind: "clear".into(),
            cause: "none".into(),
            expected: vec!["blocked, extension".into()],
            ms: 1_100.0,
            notice: false,
            has_probe: true,
            problems: Vec::new(),
            remarks: Vec::new(),
            hits: Vec::new(),
        }
    }

    #[test]
    fn writes_what_ci_systems_read() {
        let xml = junit(&[
            cell("none", Outcomes::Passed(seen())),
            cell("dns", Outcomes::Failed(seen())),
            cell(
                "safari",
                Outcomes::NotRun {
                    reason: "net::ERR_NAME_NOT_RESOLVED <here>".into(),
                },
            ),
        ]);
        assert!(
            xml.contains(r#"<testsuite name="https://a.example/?a&amp;b in chromium" tests="3" failures="1" errors="1">"#),
            "{xml}"
        );
        assert!(
            xml.contains(r#"name="dns" time="1.100"><failure message="expected blocked, extension, found clear, none"/>"#),
            "{xml}"
        );
        assert!(
            xml.contains(r#"<error message="net::ERR_NAME_NOT_RESOLVED &lt;here&gt;"/>"#),
            "{xml}"
        );
    }
}
