//! Exceptions for whole pages: what of a blocker a page is spared.

use super::options::{is_silent, split, type_of};

/// What a page is spared of what is done to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spared {
    /// What is hidden on every site: `$generichide`, `$elemhide` and `$document`.
    pub generic: bool,
    /// What is hidden on this site: `$specifichide`, `$elemhide` and `$document`.
    pub specific: bool,
    /// The scriptlets, with the blocker as a whole: `$document`.
    pub scriptlets: bool,
}

impl Spared {
    /// Whether the page is spared nothing.
    pub fn is_nothing(self) -> bool {
        self == Spared::default()
    }
}

/// Returns what an exception spares pages, and a rule for the filter engine that fits the same pages; none of any other line, and none of one
/// that spares no more than `$generichide`, which the engine knows by itself.
pub fn spared(line: &str) -> Option<(Spared, String)> {
    let (pattern, options) = split(line.strip_prefix("@@")?);
    let has = |names: [&str; 2]| options.split(',').any(|option| names.contains(&option));
    let scriptlets = has(["document", "doc"]);
    let elements = scriptlets || has(["elemhide", "ehide"]);
    let spared = Spared {
        generic: elements,
        specific: elements || has(["specifichide", "shide"]),
        scriptlets,
    };
    if spared.is_nothing() {
        return None;
    }
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
        let spared = |generic, specific, scriptlets| Spared {
            generic,
            specific,
            scriptlets,
        };
        let elements = spared(true, true, false);
        let everything = spared(true, true, true);
        check("@@||a.com^$elemhide", Some((elements, "||a.com^$document")));
        check(
            "@@||a.com^$ehide,~third-party",
            Some((elements, "||a.com^$document,~third-party")),
        );
        check("@@||a.com^$document", Some((everything, "||a.com^$document")));
        check(
            "@@||a.com/une^$doc,subdocument,elemhide,domain=b.com",
            Some((everything, "||a.com/une^$document,domain=b.com")),
        );
        for name in ["specifichide", "shide"] {
            check(
                &format!("@@||a.com^${name}"),
                Some((spared(false, true, false), "||a.com^$document")),
            );
        }
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
