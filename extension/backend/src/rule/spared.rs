//! Exceptions for whole pages: what of a blocker a page is spared.

use serde::{Deserialize, Serialize};

use super::options::{is_silent, split, type_of};

/// What a page is spared of what is done to its elements; each variant spares it what those before do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spared {
    /// Nothing.
    #[default]
    Nothing,
    /// What is hidden on every site: `$generichide`. The filter engine knows of these by itself.
    Generic,
    /// All that is hidden: `$elemhide`.
    Elements,
    /// The blocker as a whole, with its scriptlets: `$document`.
    Everything,
}

/// Returns what an exception spares pages beyond what the filter engine knows, and a rule for the engine that fits the same pages; none of
/// any other line.
pub fn spared(line: &str) -> Option<(Spared, String)> {
    let (pattern, options) = split(line.strip_prefix("@@")?);
    let level = |option: &str| match option {
        "document" | "doc" => Spared::Everything,
        "elemhide" | "ehide" => Spared::Elements,
        _ => Spared::Nothing,
    };
    let spared = options
        .split(',')
        .map(level)
        .max()
        .filter(|spared| *spared != Spared::Nothing)?;
    let is_about_pages = |option: &&str| {
        const COSMETIC: [&str; 6] = ["elemhide", "ehide", "generichide", "ghide", "specifichide", "shide"];
        !is_silent(option) && !COSMETIC.contains(option) && type_of(option.trim_start_matches('~')).is_none()
    };
    let options = options.split(',').filter(is_about_pages);
    let options: Vec<&str> = ["document"].into_iter().chain(options).collect();
    Some((spared, format!("{pattern}${}", options.join(","))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(Spared, &str)>) {
        let expected = expected.map(|(spared, rule)| (spared, rule.to_owned()));
        assert_eq!(spared(line), expected, "{line}");
    }

    #[test]
    fn an_exception_spares_whole_pages() {
        check("@@||a.com^$elemhide", Some((Spared::Elements, "||a.com^$document")));
        check(
            "@@||a.com^$ehide,~third-party",
            Some((Spared::Elements, "||a.com^$document,~third-party")),
        );
        check("@@||a.com^$document", Some((Spared::Everything, "||a.com^$document")));
        check(
            "@@||a.com/une^$doc,subdocument,elemhide,domain=b.com",
            Some((Spared::Everything, "||a.com/une^$document,domain=b.com")),
        );
    }

    #[test]
    fn any_other_line_spares_no_page() {
        for line in [
            "||a.com^$document",
            "@@||a.com^",
            "@@||a.com^$script",
            "@@||a.com^$generichide",
            "a.com##.ad",
            "",
        ] {
            check(line, None);
        }
    }
}
