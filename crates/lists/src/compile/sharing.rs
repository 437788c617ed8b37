//! Rules that several profiles have in common are in rule sets that they share: most profiles are about the same lists, and differ by a few lines.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use soutien_backend::dnr::Compiled;
use soutien_backend::dnr::format::DnrRule;

/// What fewer bytes of rules is not worth a rule set of its own. A manifest takes 100 of them, of which 50 may be enabled:
/// `MAX_NUMBER_OF_STATIC_RULESETS` and `MAX_NUMBER_OF_ENABLED_STATIC_RULESETS`.
const SMALLEST_SHARED: usize = 100_000;

/// Rule sets, and who has which.
#[derive(Debug, PartialEq, Eq)]
pub struct Sets<'a> {
    /// The rules of each set by its name.
    pub rules: BTreeMap<String, Vec<DnrRule>>,
    /// The names of the sets of each group of profiles.
    pub of: BTreeMap<&'a str, Vec<String>>,
}

/// A rule for one host of those that a rule names, or the rule where it names none: its place among all rules without their hosts, and the host.
/// One rule for many hosts does what one for each does, so that groups share what they have in common of it.
type Atom<'a> = (usize, &'a str);

/// Divides the rules of groups into sets: one of its own for each group, and one for each number of groups that have much in common.
pub fn share<'a>(compiled: &BTreeMap<&'a str, Compiled>) -> Sets<'a> {
    let mut bare: Vec<DnrRule> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut owners: BTreeMap<Atom, BTreeSet<&'a str>> = BTreeMap::new();
    for (name, made) in compiled {
        for rule in &made.rules {
            let without_hosts = apart(rule);
            let text = serde_json::to_string(&without_hosts).unwrap_or_default();
            let place = *places.entry(text).or_insert_with(|| {
                bare.push(without_hosts);
                bare.len() - 1
            });
            let hosts = rule.condition.request_domains.iter().map(String::as_str);
            let none = hosts.len() == 0;
            for host in hosts.chain(none.then_some("")) {
                owners.entry((place, host)).or_default().insert(name);
            }
        }
    }
    let mut common: BTreeMap<BTreeSet<&'a str>, Vec<Atom>> = BTreeMap::new();
    for (atom, owners) in owners {
        common.entry(owners).or_default().push(atom);
    }

    let mut sets = Sets {
        rules: BTreeMap::new(),
        of: compiled.keys().map(|name| (*name, Vec::new())).collect(),
    };
    let mut own: BTreeMap<&str, Vec<Atom>> = BTreeMap::new();
    for (owners, atoms) in common {
        let rules = gathered(&bare, &atoms);
        let size = serde_json::to_string(&rules).unwrap_or_default().len();
        if owners.len() == 1 || size < SMALLEST_SHARED {
            for owner in owners {
                own.entry(owner).or_default().extend(&atoms);
            }
            continue;
        }
        let name = format!("shared-{}", sets.rules.len() + 1);
        for owner in owners {
            sets.of.entry(owner).or_default().push(name.clone());
        }
        sets.rules.insert(name, rules);
    }
    for (owner, mut atoms) in own {
        atoms.sort_unstable();
        sets.rules.insert(owner.to_owned(), gathered(&bare, &atoms));
        sets.of.entry(owner).or_default().push(owner.to_owned());
    }
    sets
}

/// A rule without its number and the hosts that it names.
fn apart(rule: &DnrRule) -> DnrRule {
    let mut rule = rule.clone();
    rule.id = 0;
    rule.condition.request_domains.clear();
    rule
}

/// The rules that atoms in their order are parts of, numbered from 1 on.
fn gathered(bare: &[DnrRule], atoms: &[Atom]) -> Vec<DnrRule> {
    let of_one_rule = atoms.chunk_by(|one, next| one.0 == next.0);
    let numbered = of_one_rule.zip(1..).map(|(atoms, id)| {
        let mut rule = bare[atoms[0].0].clone();
        rule.id = id;
        let hosts = atoms.iter().map(|(_, host)| *host).filter(|host| !host.is_empty());
        rule.condition.request_domains = hosts.map(str::to_owned).collect();
        rule
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use soutien_backend::built::Browser;
    use soutien_backend::dnr::{self, Requests};
    use soutien_backend::list::{Dialect, read};

    use super::*;

    fn compiled(text: &str) -> Compiled {
        let lists = [read("List", text, Dialect::Ublock, &[])];
        dnr::compile(Browser::Chromium, &lists, Requests::Rules, &HashMap::new(), &|_| false)
    }

    /// What rules say, each rule for one host by itself.
    fn meaning<'a>(rules: impl IntoIterator<Item = &'a DnrRule>) -> BTreeSet<(String, String)> {
        let meaning = rules.into_iter().flat_map(|rule| {
            let text = serde_json::to_string(&apart(rule)).expect("a rule is JSON");
            let hosts = &rule.condition.request_domains;
            let hosts = if hosts.is_empty() {
                vec![String::new()]
            } else {
                hosts.clone()
            };
            hosts.into_iter().map(move |host| (text.clone(), host))
        });
        meaning.collect()
    }

    #[test]
    fn each_group_has_what_it_had_and_much_that_is_common_is_there_once() {
        let common: String = (0..5_000)
            .map(|number| format!("||advertiser-number-{number}.example^\n"))
            .collect();
        let groups = BTreeMap::from([
            ("first", compiled(&format!("{common}||first.example^\n/pub/*$script"))),
            ("second", compiled(&format!("{common}||second.example^\n/pub/*$script"))),
            ("third", compiled("/pub/*$script\n||third.example^")),
        ]);
        let sets = share(&groups);
        assert_eq!(Vec::from_iter(sets.rules.keys()), ["first", "second", "shared-1", "third"]);
        assert_eq!(sets.of["first"], ["shared-1", "first"]);
        assert_eq!(sets.of["third"], ["third"]);
        for (name, made) in &groups {
            let now = sets.of[name].iter().flat_map(|set| &sets.rules[set]);
            assert_eq!(meaning(now), meaning(&made.rules), "{name}");
        }
        for rules in sets.rules.values() {
            assert!(rules.iter().zip(1..).all(|(rule, id)| rule.id == id));
        }
        let of_first: BTreeSet<_> = meaning(&sets.rules["first"]);
        assert!(of_first.is_disjoint(&meaning(&sets.rules["shared-1"])), "{of_first:?}");
    }

    #[test]
    fn a_group_without_rules_has_no_set() {
        let sets = share(&BTreeMap::from([("none", compiled(""))]));
        assert_eq!((sets.rules.len(), sets.of["none"].len()), (0, 0));
    }
}
