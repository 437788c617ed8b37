//! Findings that are known: a file that a team keeps beside its tests, so that only what is new fails.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::outcome::Cell;

/// How the file begins that is written.
const HEAD: &str = "# What is known to break under ad blockers, one finding a line: the path of the page, what it is, and the rule.\n\
    # A line that is deleted makes its finding fail again.\n";

/// What a finding is known by: the same on every host of the site, in every browser and under every profile.
fn line(path: &str, id: &str) -> String {
    format!("{path}  {id}")
}

/// The findings of a cell by their lines.
pub fn lines(cell: &Cell) -> impl Iterator<Item = String> {
    let path = cell.url.path();
    cell.findings.iter().map(move |finding| line(&path, &finding.id))
}

/// The lines of a file of known findings; empty lines and those that begin with `#` are left out.
///
/// # Errors
/// When the file cannot be read.
pub fn read(file: &Path) -> Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "cannot read the known findings in {}: --write-known {} makes the file",
            file.display(),
            file.display()
        )
    })?;
    let lines = text.lines().map(str::trim);
    Ok(lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

/// Such a file with all that was found.
pub fn written(cells: &[Cell]) -> String {
    let mut text = HEAD.to_owned();
    for line in cells.iter().flat_map(lines).collect::<BTreeSet<_>>() {
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcomes;
    use crate::samples;

    #[test]
    fn what_is_known_on_one_host_is_known_on_another() {
        let cell = |url: &str| samples::cell(url, "safari", Outcomes::Unasked, &["one", "two"]);
        let staging = [cell("https://staging.example/une?a=1")];
        let known: BTreeSet<String> = written(&staging)
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        let lines = |cells: &[Cell]| -> Vec<String> { cells.iter().flat_map(lines).collect() };
        let live = [cell("https://journal.example/une")];
        assert!(lines(&staging).iter().all(|line| known.contains(line)));
        assert_eq!(lines(&staging), lines(&live));
    }
}
