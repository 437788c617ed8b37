//! Which names are baits: those that more lists agree on, and that more sites use.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, ensure};

use super::endings::{Probe, endings};
use super::lists::{Candidate, Lists};

/// Names that detectors have used for long. Lists force them to show, or exempt them by their shape.
const WORN: &str = "ad-banner ad-text adbox ads-box adsbox";

/// A kind of name: a word of the first row and one of the second, in either order. Words that more sites use come first.
type Kind = [&'static str; 2];

const SLOT: Kind = ["ad ads", "slot wrapper container unit holder box zone area block frame"];

/// The classes of the one bait: what it is, how large, where, and in French, since lists for French sites look for those words.
const CLASS_KINDS: [Kind; 4] = [
    SLOT,
    ["ad ads", "300x250 300-250 336x280 728x90 300"],
    ["ad ads", "leaderboard top sidebar header right bottom rail"],
    ["bloc encart espace bandeau", "pub publicite"],
];

/// The classes of the three baits that a page's own style sheet must not hit all at once, even by a selector for a part of a name:
/// no two have three letters in common, and none has "ad".
const STYLED_KINDS: [Kind; 3] = [
    ["dfp", "slot unit space"],
    ["sponsor sponsored", "links text block"],
    ["mpu", "wrapper holder area"],
];

/// A constant of `src/baits.rs`: the candidates of each of its parts, best first.
pub(super) struct Bait {
    pub(super) constant: &'static str,
    pub(super) purpose: &'static str,
    pub(super) parts: Vec<Vec<Candidate>>,
}

impl Bait {
    pub(super) fn chosen(&self) -> impl Iterator<Item = &Candidate> {
        self.parts.iter().map(|candidates| &candidates[0])
    }
}

/// The candidates for every constant.
///
/// # Errors
/// When the lists hit nothing that is fit for one of them.
pub(super) fn choose(lists: &Lists) -> Result<Vec<Bait>> {
    let names = |sort, kinds: &[Kind]| kinds.iter().map(|kind| names(lists, sort, kind)).collect();
    let bait = |constant, purpose, parts| Bait {
        constant,
        purpose,
        parts,
    };
    // One class that is hit is enough: lists without French names are as good.
    let mut classes: Vec<_> = names('.', &CLASS_KINDS);
    classes.retain(|candidates| !candidates.is_empty());
    let mut baits = vec![
        bait("CLASSES", "Classes of the bait element; each alone is hit.", classes),
        bait("ID", "Id of a bait element.", names('#', &[SLOT])),
        bait("LINK", "Address of the bait link.", vec![links(lists)]),
        bait(
            "STYLED",
            "Classes of one bait element each, which no page styles all at once.",
            names('.', &STYLED_KINDS),
        ),
    ];
    baits.extend(
        Probe::ALL
            .iter()
            .map(|probe| bait(probe.constant, probe.purpose, vec![endings(lists, probe)])),
    );
    for Bait { constant, parts, .. } in &baits {
        ensure!(
            !parts.is_empty() && parts.iter().all(|candidates| !candidates.is_empty()),
            "these lists hit nothing that is fit for {constant}: give more of them, or add words to crates/lists/src/baits/choose.rs"
        );
    }
    Ok(baits)
}

/// The names of a kind that a simple generic rule hides: first what more lists agree on, then what more sites use.
fn names(lists: &Lists, sort: char, [firsts, seconds]: &Kind) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for first in firsts.split(' ') {
        for second in seconds.split(' ') {
            for name in [
                format!("{first}-{second}"),
                format!("{first}_{second}"),
                format!("{first}{second}"),
                format!("{second}-{first}"),
            ] {
                let selector = format!("{sort}{name}");
                if WORN.split(' ').any(|worn| worn == name) {
                    continue;
                }
                if let Some((titles, n_exceptions)) = lists.hidden_by(&selector, &selector) {
                    candidates.push(Candidate {
                        value: name,
                        reason: format!("in {} of the lists, shown on {n_exceptions} sites", titles.len()),
                        rules: vec![(format!("##{selector}"), titles)],
                    });
                }
            }
        }
    }
    // What is equal stays in the order of the words.
    candidates.sort_by_key(|candidate| Reverse(candidate.rules[0].1.len()));
    candidates
}

/// The beginnings of links that a generic rule hides: of hosts that say they serve ads, first those that most rules name.
fn links(lists: &Lists) -> Vec<Candidate> {
    let mut mentions: HashMap<&str, usize> = HashMap::new();
    for line in lists.each.iter().flat_map(|list| list.text.lines()) {
        let is_of_host = |character: char| character.is_ascii_alphanumeric() || ".-".contains(character);
        for host in line
            .split(|character| !is_of_host(character))
            .filter(|word| word.contains('.'))
        {
            *mentions.entry(host).or_default() += 1;
        }
    }
    let mut candidates = BTreeMap::new();
    for (rule, _) in lists.rules() {
        let Some(address) = link(rule) else { continue };
        let host = address.split('/').nth(2).unwrap_or_default();
        let says_ads = host.split('.').any(|label| ["ad", "ads"].contains(&label));
        if let Some((titles, n_exceptions)) = lists.hidden_by(address, &rule[2..])
            && says_ads
        {
            let n_mentions = mentions.get(host).copied().unwrap_or_default();
            let candidate = Candidate {
                value: address.to_owned(),
                rules: vec![(rule.to_owned(), titles)],
                reason: format!("host in {n_mentions} rules, shown on {n_exceptions} sites"),
            };
            candidates.insert((Reverse(n_mentions), address), candidate);
        }
    }
    candidates.into_values().collect()
}

/// The address in a generic rule that hides links by what they begin with.
fn link(rule: &str) -> Option<&str> {
    let test = rule.strip_prefix("##a[").or_else(|| rule.strip_prefix("##["))?;
    let address = test.strip_prefix("href^=\"")?.strip_suffix("\"]")?;
    (address.starts_with("https://") && !address.contains('"')).then_some(address)
}
