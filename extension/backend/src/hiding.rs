//! How elements are hidden: the style sheets that do it, and when the names on a page are looked at.

use std::fmt::Write as _;

use crate::css::is_contained;
use crate::filter::Page;
use crate::messages::Survey;
use crate::profile::Hiding;

/// When names are looked at for the record alone, because what hides is on the page from its beginning.
const RECORD: Survey = Survey {
    wait: 100,
    at_most: 1_000,
};

/// Returns when the names on a page are looked at; none where nothing is hidden.
pub fn survey(hiding: Hiding) -> Option<Survey> {
    match hiding {
        Hiding::Nothing => None,
        Hiding::Sheet => Some(RECORD),
        Hiding::Survey { wait, at_most, .. } => Some(Survey { wait, at_most }),
    }
}

/// Returns the style sheet that hides what selectors fit. One that a browser does not understand must not take the others along, and none
/// may end its rule.
pub fn sheet(selectors: &[String]) -> String {
    let mut css = String::new();
    for selector in selectors.iter().filter(|selector| is_contained(selector)) {
        let _ = writeln!(css, "{selector} {{ display: none !important; }}");
    }
    css
}

/// Returns the style sheet that is put on a page as soon as it begins; empty where there is nothing to put.
pub fn sheet_of_page(page: &Page) -> String {
    let mut css = sheet(&page.selectors);
    let contained = page
        .styles
        .iter()
        .filter(|(selector, style)| is_contained(selector) && is_contained(style));
    for (selector, style) in contained {
        let _ = writeln!(css, "{selector} {{ {style} }}");
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_sheet(selectors: &[&str], expected: &str) {
        let selectors: Vec<String> = selectors.iter().map(|selector| (*selector).to_owned()).collect();
        assert_eq!(sheet(&selectors), expected);
    }

    #[test]
    fn each_selector_has_a_rule_of_its_own() {
        check_sheet(&[], "");
        check_sheet(
            &[".ad", "#top:unknown-one"],
            ".ad { display: none !important; }\n#top:unknown-one { display: none !important; }\n",
        );
    }

    #[test]
    fn no_selector_ends_its_rule_or_takes_others_along() {
        check_sheet(
            &[
                ".ad {} body",
                "}",
                "[title=\"",
                "[title=\"}\" {",
                ".a:is(.b",
                ".a]",
                ".a /* ",
                ".a\\",
                ".pub",
            ],
            ".pub { display: none !important; }\n",
        );
    }

    #[test]
    fn braces_in_quotes_are_like_any_other_character() {
        for selector in [r#"a[href="{}"]"#, r#"a[href='{"']"#, r#"[title="\"}"]"#, r".sm\:ad", r".a\{b"] {
            check_sheet(&[selector], &format!("{selector} {{ display: none !important; }}\n"));
        }
    }

    #[test]
    fn styles_of_a_list_follow_what_hides() {
        let page = Page {
            selectors: vec![".ad".into()],
            styles: vec![(".ad.wide".into(), "display: block !important".into())],
            ..Page::default()
        };
        assert_eq!(
            sheet_of_page(&page),
            ".ad { display: none !important; }\n.ad.wide { display: block !important }\n"
        );
        assert_eq!(sheet_of_page(&Page::default()), "");
    }

    #[test]
    fn names_are_looked_at_as_the_profile_says() {
        assert_eq!(survey(Hiding::Nothing), None);
        assert_eq!(survey(Hiding::Sheet), Some(RECORD));
        let hiding = Hiding::Survey {
            wait: 20,
            at_most: 50,
            spares_first_party: true,
        };
        assert_eq!(survey(hiding), Some(Survey { wait: 20, at_most: 50 }));
    }
}
