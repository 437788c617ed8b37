//! The rules that docs/filter-lists.md gives to maintainers of filter lists.

use anyhow::{Result, ensure};

use crate::documents;

/// The document.
const DOCUMENT: &str = "docs/filter-lists.md";

/// Its rules, in their order: the column of code of its first table, without what Markdown puts before a bar.
pub fn rules() -> Result<Vec<String>> {
    let text = documents::read(DOCUMENT)?;
    let rows = text.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let rules: Vec<String> = rows
        .take_while(|line| line.starts_with('|'))
        .filter_map(|row| Some(row.rsplit_once("` |")?.0.rsplit_once("| `")?.1.replace(r"\|", "|")))
        .collect();
    ensure!(rules.len() == 6, "expected six rules in {DOCUMENT}, found {rules:?}");
    Ok(rules)
}
