//! The endings of the probe's addresses: plain words of advertising that as many patterns of the lists fit as can be.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::blocker::Blocker;
use super::lists::{Candidate, Lists};

/// Where Soutien stands on that site.
pub(super) const FOLDER: &str = "https://journal.example/soutien/";

/// The plain words of advertising. A pattern of these and of numbers is likely to be in lists that were made of other lists.
const PLAIN: &str = "ad ads adv advert advertising adserver banner bannerad banners bottom client common gif header id image images \
    img js leaderboard right serve show top zone 300x250 468x60 728x90";

/// The longest ending of a probe's address, in bytes; every reader downloads it with the module.
const MAX_ENDING: usize = 24;

/// Of how many patterns an ending is made at most, and how many endings are kept on the way there.
const MAX_PATTERNS: usize = 3;
const N_KEPT: usize = 100;

/// A request of the probe file: the constant for what its address ends with, its type as the engine calls it, and the file.
pub(super) struct Probe {
    pub(super) constant: &'static str,
    pub(super) purpose: &'static str,
    pub(super) kind: &'static str,
    file: &'static str,
}

impl Probe {
    pub(super) const ALL: [Self; 3] = [
        Self {
            constant: "SCRIPT",
            purpose: "What the address of the bait script ends with.",
            kind: "script",
            file: "probe.js",
        },
        Self {
            constant: "IMAGE",
            purpose: "What the address of the bait image ends with.",
            kind: "image",
            file: "probe.gif",
        },
        Self {
            constant: "FETCH",
            purpose: "What the address of the fetched bait ends with.",
            kind: "xmlhttprequest",
            file: "probe.js",
        },
    ];

    fn extension(&self) -> &str {
        self.file.rsplit('.').next().unwrap_or_default()
    }

    pub(super) fn address(&self, ending: &str) -> String {
        format!("{FOLDER}{}?3f2a91c0{ending}", self.file)
    }
}

/// The endings that make the probe's request one that the lists block: first those that the most patterns fit at once, so that a list
/// that has but some of them blocks it too.
pub(super) fn endings(lists: &Lists, probe: &Probe) -> Vec<Candidate> {
    let mut patterns: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for (rule, title) in lists.rules() {
        if let Some(pattern) = pattern(rule, probe.extension()) {
            let address = probe.address(&pattern);
            if lists.all.blocks(&address, probe.kind) && Blocker::new([rule]).blocks(&address, probe.kind) {
                patterns.entry(pattern).or_default().push((rule, title));
            }
        }
    }
    let fitting = |path: &str| {
        patterns
            .iter()
            .filter(move |(pattern, _)| path.contains(pattern.as_str()))
            .collect::<Vec<_>>()
    };
    // Patterns of the same letters, such as `/468x60-` and `/468x60.`, are one idea.
    let ideas = |path: &str| {
        fitting(path)
            .into_iter()
            .map(|(pattern, _)| words(pattern).collect::<String>())
            .collect::<HashSet<_>>()
    };
    let rank = |path: &String| (Reverse(ideas(path).len()), Reverse(words(path).count()), path.len());

    let mut paths: BTreeSet<String> = patterns.keys().cloned().collect();
    for _ in 1..MAX_PATTERNS {
        let longer = paths
            .iter()
            .flat_map(|path| patterns.keys().map(move |pattern| join(path, pattern)));
        let longer = longer
            .filter(|path| path.len() <= MAX_ENDING && is_natural(path))
            .collect::<Vec<_>>();
        let mut best: Vec<_> = paths.into_iter().chain(longer).collect::<BTreeSet<_>>().into_iter().collect();
        best.sort_by_cached_key(rank);
        best.truncate(N_KEPT);
        paths = best.into_iter().collect();
    }
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.retain(|path| {
        let address = probe.address(path);
        let mut others = lists.each.iter().filter(|list| !list.is_about_ads);
        lists.all.blocks(&address, probe.kind) && !others.any(|list| list.blocker.blocks(&address, probe.kind))
    });
    paths.sort_by_cached_key(rank);
    let candidate = |path: String| {
        let rules: Vec<_> = fitting(&path).into_iter().flat_map(|(_, rules)| rules).collect();
        let rules: Vec<_> = rules
            .into_iter()
            .map(|&(rule, title)| (rule.to_owned(), vec![title.to_owned()]))
            .collect();
        Candidate {
            reason: format!("{} rules, {} bytes", rules.len(), path.len()),
            value: path,
            rules,
        }
    };
    paths.into_iter().map(candidate).collect()
}

/// What a blocking rule looks for, where that is a plain text from a slash on that no firewall minds. A rule that has to spare sites
/// is none: it hits other things than ads.
fn pattern(rule: &str, extension: &str) -> Option<String> {
    let (text, options) = rule.split_once('$').unwrap_or((rule, ""));
    let text = text.strip_suffix('*').unwrap_or(text);
    let is_of_path = |character: char| character.is_ascii_alphanumeric() || "/_-.?=".contains(character);
    let is_plain = |word: &str| {
        let stem = word.trim_end_matches(|character: char| character.is_ascii_digit() || character == 'x');
        PLAIN.split(' ').any(|plain| plain == word || plain == stem)
    };
    if options.contains("domain=")
        || !text.starts_with('/')
        || text.len() < 6
        || !text.chars().all(is_of_path)
        || !words(text).all(is_plain)
    {
        return None;
    }
    let extension = if text.ends_with('.') { extension } else { "" };
    Some(format!("{text}{extension}"))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether an ending reads like an address: no word twice, and its folders before its file name and query.
fn is_natural(path: &str) -> bool {
    let mut seen = HashSet::new();
    let file = path.find(['.', '?', '=']).unwrap_or(path.len());
    words(path).all(|word| seen.insert(word)) && !path[file..].contains('/') && path.matches('?').count() < 2
}

/// Puts one text behind another; what the first ends and the second begins with stands there once.
fn join(first: &str, second: &str) -> String {
    let overlap = (0..=second.len()).rev().find(|&length| first.ends_with(&second[..length]));
    format!("{first}{}", &second[overlap.unwrap_or_default()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_patterns() {
        assert_eq!(pattern("/ad_top.$script", "js").as_deref(), Some("/ad_top.js"));
        assert_eq!(pattern("/ads/banners/*$image", "gif").as_deref(), Some("/ads/banners/"));
        for rule in [
            "||ads.example^",
            "/ad*/top",
            "/foo/top.js",
            "##.ad",
            "@@/ad_top.js",
            "/ad_top.js$domain=~other.example",
            "/ads.php?",
        ] {
            assert_eq!(pattern(rule, "js"), None, "{rule}");
        }
    }

    #[test]
    fn joins_endings() {
        assert_eq!(join("/ads/banners/", "/banners/728x90."), "/ads/banners/728x90.");
        assert_eq!(join("/ads", "/top.js"), "/ads/top.js");
        assert!(is_natural("/banners/adv/ad_top.js?id=1"));
        assert!(!is_natural("/ads/banner/ads/"));
        assert!(!is_natural("/ad_top.js/banner"));
    }
}
