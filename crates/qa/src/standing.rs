//! What of the results counts: a result fails by its verdict, by findings that are not known, and by the time that it took; some are to be ignored.

use std::collections::BTreeSet;

use crate::known;
use crate::outcome::{Cell, Outcomes};

/// What results are held to.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    /// The findings that are known, where any other fails.
    pub known: Option<BTreeSet<String>>,
    /// How long the probing may take, in milliseconds.
    pub slowest: Option<f64>,
    /// What is ignored: profiles and addresses, in which `*` stands for anything.
    pub ignored: Vec<String>,
}

/// What a result counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is as it should be.
    Passed,
    /// It is not, for these reasons.
    Failed(Vec<String>),
    /// Nothing can be said, for this reason.
    NotRun(String),
    /// Whatever it is, it does not count.
    Ignored,
}

impl Measure {
    /// What a result counts for.
    pub fn standing(&self, cell: &Cell) -> Standing {
        let address = cell.url.to_string();
        let is_meant = |pattern: &String| fits(pattern, &cell.profile) || fits(pattern, &address);
        if self.ignored.iter().any(is_meant) {
            return Standing::Ignored;
        }
        let mut reasons = Vec::new();
        if let Outcomes::Failed(seen) = &cell.result {
            let expected = seen.expected.join(", or ");
            reasons.push(format!("expected {expected}, found {}, {}", seen.kind, seen.cause));
        }
        if let (Some(seen), Some(slowest)) = (cell.result.seen(), self.slowest)
            && seen.ms > slowest
        {
            reasons.push(format!("the probing took {:.0} ms, of {slowest:.0} ms allowed", seen.ms));
        }
        let new = self.new_in(cell);
        if !new.is_empty() {
            reasons.push(format!("new: {}", new.join("; ")));
        }
        match &cell.result {
            _ if !reasons.is_empty() => Standing::Failed(reasons),
            Outcomes::NotRun { reason } => Standing::NotRun(reason.clone()),
            Outcomes::NoTag => Standing::NotRun("the page has no tag of Soutien".into()),
            Outcomes::Passed(_) | Outcomes::Failed(_) | Outcomes::Unasked => Standing::Passed,
        }
    }

    /// The findings of a result that are not known, where that matters.
    fn new_in(&self, cell: &Cell) -> Vec<String> {
        let Some(known) = &self.known else {
            return Vec::new();
        };
        known::lines(cell).filter(|line| !known.contains(line)).collect()
    }

    /// The findings of all results that count and are not known, each once, in the order in which they come.
    pub fn new_of(&self, cells: &[Cell]) -> Vec<String> {
        let counted = cells.iter().filter(|cell| self.standing(cell) != Standing::Ignored);
        let mut found = Vec::new();
        for line in counted.flat_map(|cell| self.new_in(cell)) {
            if !found.contains(&line) {
                found.push(line);
            }
        }
        found
    }
}

/// Whether a text is as a pattern has it, in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{cell, seen};

    /// A result with a finding `one` on a page, under the profile `safari`.
    fn result(outcome: Outcomes) -> Cell {
        cell("https://staging.example/une", "safari", outcome, &["one"])
    }

    #[test]
    fn a_result_fails_by_its_verdict_its_time_and_what_is_new() {
        let slow = Measure {
            slowest: Some(2_000.0),
            ..Measure::default()
        };
        let knows = |lines: &[&str]| Measure {
            known: Some(lines.iter().map(|line| (*line).to_owned()).collect()),
            ..Measure::default()
        };
        let failed = |reason: &str| Standing::Failed(vec![reason.to_owned()]);
        let check = |measure: &Measure, outcome: Outcomes, expected: Standing| {
            assert_eq!(measure.standing(&result(outcome)), expected);
        };
        let plain = Measure::default();
        check(&plain, Outcomes::Passed(seen(9_000.0)), Standing::Passed);
        check(
            &plain,
            Outcomes::Failed(seen(1.0)),
            failed("expected blocked, extension, found clear, none"),
        );
        check(&slow, Outcomes::Passed(seen(2_000.0)), Standing::Passed);
        check(
            &slow,
            Outcomes::Passed(seen(2_001.0)),
            failed("the probing took 2001 ms, of 2000 ms allowed"),
        );
        check(&knows(&["/une  one"]), Outcomes::Unasked, Standing::Passed);
        check(&knows(&[]), Outcomes::Unasked, failed("new: /une  one"));
        check(&knows(&[]), Outcomes::NoTag, failed("new: /une  one"));
        check(
            &plain,
            Outcomes::NoTag,
            Standing::NotRun("the page has no tag of Soutien".into()),
        );
    }

    #[test]
    fn what_is_ignored_does_not_count() {
        for (pattern, is_ignored) in [
            ("safari", true),
            ("saf*", true),
            ("https://staging.example/une", true),
            ("https://*/une", true),
            ("*", true),
            ("https://staging.example/", false),
            ("https://*/deux", false),
            ("adguard", false),
            ("*.example/*u*e*", true),
        ] {
            let measure = Measure {
                known: Some(BTreeSet::new()),
                slowest: None,
                ignored: vec![pattern.to_owned()],
            };
            let cells = [result(Outcomes::Failed(seen(1.0)))];
            assert_eq!(measure.standing(&cells[0]) == Standing::Ignored, is_ignored, "{pattern}");
            assert_eq!(measure.new_of(&cells).is_empty(), is_ignored, "{pattern}");
        }
    }

    #[test]
    fn what_is_new_is_told_once() {
        let measure = Measure {
            known: Some(BTreeSet::from(["/une  two".to_owned()])),
            ..Measure::default()
        };
        let live = [
            cell("https://journal.example/une", "safari", Outcomes::Unasked, &["two", "three"]),
            cell("https://journal.example/deux", "safari", Outcomes::Unasked, &["one", "one"]),
        ];
        assert_eq!(measure.new_of(&live), ["/une  three", "/deux  one"]);
    }
}
