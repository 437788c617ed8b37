//! From network rules to those of `declarativeNetRequest`, the one way in which an extension may block in Chromium.
//!
//! The rules of a group of lists become as few as possible: those for whole hosts, by far the most, are gathered. Whatever cannot be
//! carried over is told with its line and the reason.

pub mod format;
mod translate;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use self::format::{Action, DnrRule};
use self::translate::{Translated, Unnumbered, by_host, translate};
use crate::built::Browser;
use crate::list::List;
use crate::rule::sample::Sample;
use crate::rule::{self, Rule};

/// How many rules an extension may add while it runs, and how many of them with an expression:
/// `MAX_NUMBER_OF_DYNAMIC_RULES` and `MAX_NUMBER_OF_REGEX_RULES`. Of those that are not safe, such as redirects, it may add
/// `MAX_NUMBER_OF_UNSAFE_DYNAMIC_RULES`.
const MOST_RULES: usize = 30_000;
const MOST_UNSAFE: usize = 5_000;
const MOST_EXPRESSIONS: usize = 1_000;

/// How a blocker makes rules of its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Requests {
    /// It leaves requests alone.
    Untouched,
    /// By all of a rule.
    Rules,
    /// By the host alone and for every request, as name servers do.
    Hosts,
}

/// A rule that was not carried over, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The list that it is in.
    pub list: String,
    /// The number of its line, from 1 on.
    pub line: usize,
    /// The rule as the list has it.
    pub rule: String,
    /// Why.
    pub why: String,
}

/// What became of a group of lists.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The rules, numbered from 1 on.
    pub rules: Vec<DnrRule>,
    /// How many rules of the lists are in them.
    pub n_carried: usize,
    /// What was left out.
    pub left: Vec<Left>,
}

/// Makes rules of a group of lists.
///
/// `surrogates` says which file a name in a list stands for; where it is empty, nothing is redirected. `blocks` says whether the group
/// blocks a request, which `redirect-rule` depends on.
pub fn compile(
    browser: Browser,
    lists: &[List],
    requests: Requests,
    surrogates: &HashMap<String, String>,
    blocks: &dyn Fn(&Sample) -> bool,
) -> Compiled {
    let mut compiled = Compiled::default();
    if requests == Requests::Untouched {
        return compiled;
    }
    let bad: HashSet<String> = lines(lists)
        .filter(|(_, _, line)| line.contains("badfilter"))
        .map(|(_, _, line)| Rule::key(line))
        .collect();
    // What rules for whole hosts have in common → the hosts.
    let mut hosts: BTreeMap<Unnumbered, BTreeSet<String>> = BTreeMap::new();
    let mut others: Vec<Unnumbered> = Vec::new();
    for (list, number, line) in lines(lists) {
        if !bad.is_empty() && bad.contains(&Rule::key(line)) {
            continue;
        }
        let translated = match requests {
            Requests::Hosts => by_host(line),
            _ => translate(line, surrogates, blocks),
        };
        let left = |why| Left {
            list: list.title.clone(),
            line: number,
            rule: line.to_owned(),
            why,
        };
        match translated {
            Ok(Some(Translated { rule, host, lost })) => {
                compiled.n_carried += 1;
                if !lost.is_empty() {
                    let why = format!(
                        "it is carried over without names that browsers do not take: {}",
                        lost.join(", ")
                    );
                    compiled.left.push(left(why));
                }
                if host.is_empty() {
                    others.push(rule);
                } else {
                    hosts.entry(rule).or_default().insert(host);
                }
            }
            Ok(None) => {}
            Err(why) => compiled.left.push(left(why)),
        }
    }
    let gathered = hosts.into_iter().map(|(mut rule, hosts)| {
        rule.condition.request_domains = hosts.into_iter().collect();
        rule
    });
    // The same rule may stand in several lists.
    let mut seen = HashSet::new();
    others.retain(|rule| seen.insert(rule.clone()));
    compiled.rules = gathered
        .chain(others)
        .zip(1..)
        .map(|(rule, id)| rule.with(id).in_browser(browser))
        .collect();
    compiled
}

/// The rules that a browser takes while it runs, and how many there were more.
pub fn fit(rules: Vec<DnrRule>) -> (Vec<DnrRule>, usize) {
    let n_rules = rules.len();
    let (mut n_expressions, mut n_unsafe) = (0, 0);
    let mut kept: Vec<DnrRule> = rules
        .into_iter()
        .filter(|rule| {
            let is_expression = !rule.condition.regex_filter.is_empty();
            let is_unsafe = matches!(rule.action, Action::Redirect { .. } | Action::ModifyHeaders { .. });
            n_expressions += usize::from(is_expression);
            n_unsafe += usize::from(is_unsafe);
            !(is_expression && n_expressions > MOST_EXPRESSIONS || is_unsafe && n_unsafe > MOST_UNSAFE)
        })
        .collect();
    kept.truncate(MOST_RULES);
    let n_over = n_rules - kept.len();
    (kept, n_over)
}

/// The lines of lists that hold network rules, with their list and their number.
fn lines(lists: &[List]) -> impl Iterator<Item = (&List, usize, &str)> {
    lists.iter().flat_map(|list| {
        let numbered = list.lines.iter().enumerate();
        numbered
            .filter(|(_, line)| !line.is_empty() && !rule::is_cosmetic(line))
            .map(move |(index, line)| (list, index + 1, line.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::list::{Dialect, read};

    fn compiled(text: &str, requests: Requests) -> Compiled {
        compiled_for(Browser::Chromium, text, requests)
    }

    fn compiled_for(browser: Browser, text: &str, requests: Requests) -> Compiled {
        let surrogates = HashMap::from([("noop.js".to_owned(), "/surrogates/noop.js".to_owned())]);
        let lists = [read("List", text, Dialect::Ublock, &[])];
        compile(browser, &lists, requests, &surrogates, &|sample| {
            sample.address.contains("blocked")
        })
    }

    /// What a rule becomes, without its number.
    #[track_caller]
    fn check(rule: &str, expected: Value) {
        let compiled = compiled(rule, Requests::Rules);
        assert_eq!(compiled.left, []);
        let mut found = serde_json::to_value(&compiled.rules[0]).expect("rules are JSON");
        found.as_object_mut().expect("a rule is an object").remove("id");
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check_left(rule: &str, why: &str) {
        let compiled = compiled(rule, Requests::Rules);
        assert!(compiled.rules.is_empty(), "{:?}", compiled.rules);
        assert!(compiled.left[0].why.contains(why), "{:?}", compiled.left);
    }

    #[test]
    fn an_exception_spares_a_page_the_policies_of_lists_alone() {
        check(
            "@@||a.com^$csp",
            json!({
                "priority": 2,
                "action": { "type": "allow" },
                "condition": { "requestDomains": ["a.com"], "resourceTypes": ["main_frame", "sub_frame"] },
            }),
        );
        check_left("@@||a.com^$csp=script-src 'none'", "a part of what another rule does");
    }

    #[test]
    fn carries_rules_over() {
        check(
            "/ads/show.$script,third-party,domain=a.com|~b.a.com",
            json!({
                "priority": 3,
                "action": { "type": "block" },
                "condition": {
                    "urlFilter": "/ads/show.", "domainType": "thirdParty", "resourceTypes": ["script"],
                    "initiatorDomains": ["a.com"], "excludedInitiatorDomains": ["b.a.com"],
                },
            }),
        );
        check(
            "@@||a.com^$document",
            json!({
                "priority": 5,
                "action": { "type": "allowAllRequests" },
                "condition": { "resourceTypes": ["main_frame", "sub_frame"], "requestDomains": ["a.com"] },
            }),
        );
        check(
            "||a.com/gpt.js$script,redirect=noop.js:5",
            json!({
                "priority": 4,
                "action": { "type": "redirect", "redirect": { "extensionPath": "/surrogates/noop.js" } },
                "condition": { "urlFilter": "||a.com/gpt.js", "resourceTypes": ["script"] },
            }),
        );
        check(
            "||blocked.com/a.js$script,redirect-rule=noop.js",
            json!({
                "priority": 4,
                "action": { "type": "redirect", "redirect": { "extensionPath": "/surrogates/noop.js" } },
                "condition": { "urlFilter": "||blocked.com/a.js", "resourceTypes": ["script"] },
            }),
        );
        check(
            "||a.com^$csp=script-src 'none',domain=b.com",
            json!({
                "priority": 1,
                "action": {
                    "type": "modifyHeaders",
                    "responseHeaders": [{ "header": "content-security-policy", "operation": "append", "value": "script-src 'none'" }],
                },
                "condition": {
                    "resourceTypes": ["main_frame", "sub_frame"], "initiatorDomains": ["b.com"], "requestDomains": ["a.com"],
                },
            }),
        );
        check(
            r"/\/ads[0-9]+\.js/$~image",
            json!({
                "priority": 3,
                "action": { "type": "block" },
                "condition": { "regexFilter": r"/ads[0-9]+\.js", "excludedResourceTypes": ["main_frame", "image"] },
            }),
        );
        check(
            "||bücher.example/ads$important",
            json!({ "priority": 6, "action": { "type": "block" }, "condition": { "urlFilter": "||xn--bcher-kva.example/ads" } }),
        );
    }

    #[test]
    fn methods_that_browsers_refuse_are_left_out() {
        check(
            "/ads/x.$method=GET|fetch|~post|~no",
            json!({
                "priority": 3,
                "action": { "type": "block" },
                "condition": { "urlFilter": "/ads/x.", "requestMethods": ["get"], "excludedRequestMethods": ["post"] },
            }),
        );
    }

    #[test]
    fn firefox_has_more_names_for_some_kinds() {
        let check = |line: &str, kinds: &[&str], excluded: &[&str]| {
            let condition = &compiled_for(Browser::Firefox, line, Requests::Rules).rules[0].condition;
            assert_eq!(condition.resource_types, kinds, "{line}");
            assert_eq!(condition.excluded_resource_types, excluded, "{line}");
        };
        check("/ads/$ping", &["ping", "beacon"], &[]);
        check("/ads/$image,script", &["script", "image", "imageset"], &[]);
        check("/ads/$~image", &[], &["main_frame", "image", "imageset"]);
        check("/ads/$script", &["script"], &[]);
    }

    #[test]
    fn gathers_hosts() {
        let rules = compiled(
            "||b.com^\n||a.com^\n||a.com^\n||c.com^$third-party\n0.0.0.0 d.com\n",
            Requests::Rules,
        )
        .rules;
        let hosts: Vec<_> = rules.iter().map(|rule| rule.condition.request_domains.join(" ")).collect();
        assert_eq!(hosts, ["a.com b.com d.com", "c.com"]);
        assert_eq!(rules.iter().map(|rule| rule.id).collect::<Vec<_>>(), [1, 2]);
    }

    /// The domains of the one rule that these lines become, and what is said of what was left out.
    #[track_caller]
    fn check_names(text: &str, requests: Requests, expected: Value, left: &[&str]) {
        let compiled = compiled(text, requests);
        let mut condition = serde_json::to_value(&compiled.rules[0].condition).expect("conditions are JSON");
        let condition = condition.as_object_mut().expect("a condition is an object");
        condition.retain(|key, _| key.ends_with("Domains"));
        assert_eq!(json!(condition), expected);
        assert_eq!(compiled.rules.len(), 1);
        assert_eq!(compiled.left.iter().map(|left| left.why.as_str()).collect::<Vec<_>>(), left);
    }

    #[test]
    fn one_name_that_browsers_do_not_take_leaves_the_others_in_their_rule() {
        for requests in [Requests::Rules, Requests::Hosts] {
            check_names(
                "||a.com^\n||xn--api-hn0a.rtnews.pro^\n||b..com^\n||B.com^",
                requests,
                json!({ "requestDomains": ["a.com", "b.com"] }),
                &[
                    "browsers do not take the name of its host: xn--api-hn0a.rtnews.pro",
                    "browsers do not take the name of its host: b..com",
                ],
            );
        }
        check_names(
            "/ads/$domain=a.com|xn--api-hn0a.rtnews.pro|~b.a.com|~xn--a.com,to=c.com|d.*|~e.c.com|~f..com",
            Requests::Rules,
            json!({
                "initiatorDomains": ["a.com"], "excludedInitiatorDomains": ["b.a.com"],
                "requestDomains": ["c.com"], "excludedRequestDomains": ["e.c.com"],
            }),
            &["it is carried over without names that browsers do not take: xn--api-hn0a.rtnews.pro, xn--a.com, d.*, f..com"],
        );
    }

    #[test]
    fn a_name_server_knows_hosts_alone() {
        let rules = compiled(
            "||a.com^$third-party\n||b.com^$script\n||c.com/ads\n@@||d.com^\n",
            Requests::Hosts,
        )
        .rules;
        let hosts: Vec<_> = rules.iter().map(|rule| rule.condition.request_domains.join(" ")).collect();
        assert_eq!(hosts, ["a.com", "d.com"]);
        assert!(rules[0].condition.domain_type.is_empty());
        assert!(rules[0].condition.resource_types.contains(&"main_frame".to_owned()));
    }

    #[test]
    fn a_bad_filter_takes_its_rule_away() {
        assert_eq!(
            compiled("||a.com^$script,3p\n||a.com^$third-party,script,badfilter\n", Requests::Rules).rules,
            []
        );
    }

    #[test]
    fn says_why_a_rule_is_left_out() {
        check_left("//", "it would hit every request");
        check_left("||a.com^$popup", "windows");
        check_left("||a.com^$replace=/a/b/", "replace");
        check_left("/a(?=b)/$script", "expression");
        check_left("||a.com^$script,redirect=unknown.js", "no surrogate unknown.js");
        check_left("||other.com/a.js$script,redirect-rule=noop.js", "depends on the request");
        check_left("/ads/$domain=a.*", "wildcard");
        check_left("||a.com^$csp=script-src\r'none'", "no header");
        check_left("/ads/$method=fetch", "method");
        check_left("/ads/$script,~script", "none of the kinds");
        check_left("*$script,~script", "none of the kinds");
        assert_eq!(compiled("! comment\n\n||a.com^$popup", Requests::Rules).left[0].line, 3);
    }
}
