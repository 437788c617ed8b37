//! What a blocker that has some lists does to a page that none of them names, by the engine of the companion extension's backend.

use std::collections::HashSet;

use soutien_backend::filter::{Decision, Filter, Page};
use soutien_backend::list::List;

/// The page that the engine is asked about.
pub(super) const PAGE: &str = "https://journal.example/actualites/";

/// A blocker with some lists.
pub(super) struct Blocker {
    filter: Filter,
    /// What is done to the page as a whole.
    page: Page,
    /// Selectors that are shown again on every site, as by `#@#.ad-slot`. uBlock Origin obeys such rules, the engine does not.
    shown: HashSet<String>,
}

impl Blocker {
    pub(super) fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let list = |text: &str| List {
            lines: text.lines().map(str::to_owned).collect(),
            ..List::default()
        };
        let lists: Vec<List> = texts.into_iter().map(list).collect();
        let shown = lists.iter().flat_map(|list| &list.lines);
        let shown = shown.filter_map(|line| line.strip_prefix("#@#")).map(str::to_owned).collect();
        let filter = Filter::new(&lists, false);
        let page = filter.page(PAGE);
        Self { filter, page, shown }
    }

    /// Whether a request that the page makes is blocked, or answered by a stand-in.
    pub(super) fn blocks(&self, address: &str, kind: &str) -> bool {
        matches!(self.filter.decide(address, PAGE, kind), Decision::Blocked(_))
    }

    /// The generic selectors that may hide an element for its class (`.name`), its id (`#name`) or the address it links to.
    pub(super) fn selectors(&self, name: &str) -> Vec<String> {
        if self.page.spared.generic {
            return Vec::new();
        }
        let (class, id) = (name.strip_prefix('.'), name.strip_prefix('#'));
        let [classes, ids] = [class, id].map(|name| name.map(str::to_owned).into_iter().collect::<Vec<_>>());
        let mut selectors = self.filter.names(&classes, &ids, &self.page.exceptions);
        let (attribute, value) = match (class, id) {
            (Some(class), _) => ("class", class),
            (_, Some(id)) => ("id", id),
            _ => ("href", name),
        };
        let by_attribute = self
            .page
            .selectors
            .iter()
            .filter(|selector| attribute_hits(selector, attribute, value));
        selectors.extend(by_attribute.cloned());
        selectors.retain(|selector| !self.shown.contains(selector));
        selectors
    }

    /// Whether a selector for every site asks for what has this attribute.
    #[cfg(test)]
    pub(super) fn asks_for(&self, attribute: &str) -> Option<&String> {
        let asks = |selector: &&String| {
            selector
                .split('[')
                .skip(1)
                .any(|test| test.split(['^', '$', '*', '~', '=', ']']).next() == Some(attribute))
        };
        self.page.selectors.iter().find(asks)
    }

    /// Whether this very selector hides what fits it on the page.
    pub(super) fn hides(&self, name: &str, selector: &str) -> bool {
        self.selectors(name).iter().any(|found| found == selector)
    }
}

/// Whether a selector is the test of one attribute, as in `div[id^="ad-"]`, and holds for this value.
fn attribute_hits(selector: &str, attribute: &str, value: &str) -> bool {
    let test = selector.trim_start_matches(|character: char| character.is_ascii_alphanumeric());
    let test = test.strip_prefix('[').and_then(|test| test.strip_suffix(']'));
    let Some((name, wanted)) = test.and_then(|test| test.split_once('=')) else {
        return false;
    };
    let wanted = wanted.trim_matches(['"', '\'']);
    match name.strip_prefix(attribute) {
        _ if wanted.contains([']', '"']) => false,
        Some("^") => value.starts_with(wanted),
        Some("$") => value.ends_with(wanted),
        Some("*") => value.contains(wanted),
        Some("" | "~") => value == wanted,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_for_every_site_show_again_what_others_hide() {
        let filter = Blocker::new([
            "##.teaser-box\n##.news-box\n###promo",
            "#@#.news-box\nother.example#@#.teaser-box",
        ]);
        assert!(filter.hides(".teaser-box", ".teaser-box"));
        assert!(!filter.hides(".news-box", ".news-box"));
        assert!(filter.hides("#promo", "#promo"));
        assert!(!filter.hides(".promo", ".promo"));
    }

    #[test]
    fn a_switch_of_the_page_shows_everything() {
        let filter = Blocker::new(["##.teaser-box\n@@||journal.example^$generichide"]);
        assert_eq!(filter.selectors(".teaser-box"), Vec::<String>::new());
    }

    #[test]
    fn the_options_of_rules_count() {
        let blocks =
            |rule: &str, kind| Blocker::new([rule]).blocks("https://journal.example/soutien/probe.js?3f2a91c0/ad_top.js", kind);
        assert!(blocks("/ad_top.js", "xmlhttprequest"));
        assert!(blocks("/ad_top.js$script", "script"));
        assert!(!blocks("/ad_top.js$script", "xmlhttprequest"));
        assert!(!blocks("/ad_top.js$third-party", "script"));
        assert!(!blocks("/ad_top.js$domain=other.example", "script"));
        assert!(!blocks("/ad_top.js\n@@/soutien/*", "script"));
    }

    #[test]
    fn reads_tests_of_attributes() {
        assert!(attribute_hits("div[id^=\"ad-\"]", "id", "ad-1"));
        assert!(attribute_hits("[class*=\"banner\"]", "class", "my-banner"));
        assert!(attribute_hits("[href=\"/x\"]", "href", "/x"));
        assert!(!attribute_hits("div[id^=\"ad-\"]", "class", "ad-1"));
        assert!(!attribute_hits("[id^=\"ad-\"][style]", "id", "ad-1"));
        assert!(!attribute_hits("[id^=\"ad-\"] > div", "id", "ad-1"));
    }
}
