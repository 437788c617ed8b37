//! From network rules to those of `declarativeNetRequest`, the one way in which an extension may block in Chromium.
//!
//! The rules of a group of lists become as few as possible: those for whole hosts, by far the most, are gathered. Whatever cannot be
//! carried over is told with its line and the reason.
//!
//! Source: <https://developer.chrome.com/docs/extensions/reference/api/declarativeNetRequest>, read on 2026-11-24.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::host::is_host;
use crate::list::List;
use crate::request_type::RequestType;
use crate::rule::sample::Sample;
use crate::rule::{self, Effect, Names, Pattern, Refusal, Rule};

/// The longest regular expression that is carried over, and the largest when compiled, in bytes. Chromium allows it 2 KiB of a compiled
/// program that is more compact than this; what is larger nevertheless is left out by the browser.
const LONGEST_EXPRESSION: usize = 512;
const LARGEST_EXPRESSION: usize = 64 << 10;

/// How many rules an extension may add while it runs, and how many of them with an expression:
/// `MAX_NUMBER_OF_DYNAMIC_RULES` and `MAX_NUMBER_OF_REGEX_RULES`. Of those that are not safe, such as redirects, it may add
/// `MAX_NUMBER_OF_UNSAFE_DYNAMIC_RULES`.
const MOST_RULES: usize = 30_000;
const MOST_UNSAFE: usize = 5_000;
const MOST_EXPRESSIONS: usize = 1_000;

/// The methods that conditions may name: `RequestMethod`.
const METHODS: [&str; 9] = ["connect", "delete", "get", "head", "options", "other", "patch", "post", "put"];

/// How strong rules are: the higher wins, and exceptions win over what blocks unless it is important.
mod priority {
    pub const POLICY: u32 = 1;
    pub const BLOCK: u32 = 2;
    pub const REDIRECT: u32 = 3;
    pub const ALLOW: u32 = 4;
    /// What is added to the first ones where a rule is important.
    pub const IMPORTANT: u32 = 3;
}

/// A rule of `declarativeNetRequest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct DnrRule {
    pub id: u32,
    pub priority: u32,
    pub action: Action,
    pub condition: Condition,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub enum Action {
    Block,
    Allow,
    AllowAllRequests,
    Redirect {
        redirect: Redirect,
    },
    #[serde(rename_all = "camelCase")]
    ModifyHeaders {
        response_headers: Vec<Header>,
    },
}

/// Where a request is sent instead: to a file of the extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Redirect {
    pub extension_path: String,
}

/// A header that is added to an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Header {
    pub header: String,
    pub operation: String,
    pub value: String,
}

/// Which requests a rule is about. What is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Condition {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url_filter: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub regex_filter: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_url_filter_case_sensitive: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domain_type: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_resource_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub initiator_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_initiator_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_request_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_methods: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_request_methods: Vec<String>,
}

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
    let mut hosts: BTreeMap<(u32, Action, Condition), Vec<String>> = BTreeMap::new();
    let mut others: Vec<(u32, Action, Condition)> = Vec::new();
    for (list, number, line) in lines(lists) {
        if !bad.is_empty() && bad.contains(&Rule::key(line)) {
            continue;
        }
        let translated = match requests {
            Requests::Hosts => host_rule(line),
            _ => translate(line, surrogates, blocks),
        };
        match translated {
            Ok(Some((priority, action, mut condition, host))) => {
                compiled.n_carried += 1;
                if host.is_empty() {
                    others.push((priority, action, condition));
                } else {
                    condition.request_domains.clear();
                    hosts.entry((priority, action, condition)).or_default().push(host);
                }
            }
            Ok(None) => {}
            Err(why) => compiled.left.push(Left {
                list: list.title.clone(),
                line: number,
                rule: line.to_owned(),
                why,
            }),
        }
    }
    let gathered = hosts.into_iter().map(|((priority, action, mut condition), mut hosts)| {
        hosts.sort_unstable();
        hosts.dedup();
        condition.request_domains = hosts;
        (priority, action, condition)
    });
    // The same rule may stand in several lists.
    let mut seen = HashSet::new();
    others.retain(|rule| seen.insert(serde_json::to_string(&rule.2).unwrap_or_default() + &format!("{} {:?}", rule.0, rule.1)));
    compiled.rules = gathered
        .chain(others)
        .zip(1..)
        .map(|((priority, action, condition), id)| DnrRule {
            id,
            priority,
            action,
            condition,
        })
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

/// Priority, action and condition, and the host where the rule is about nothing but a host.
type Translated = (u32, Action, Condition, String);

fn translate(
    line: &str,
    surrogates: &HashMap<String, String>,
    blocks: &dyn Fn(&Sample) -> bool,
) -> Result<Option<Translated>, String> {
    let rule = Rule::read(line).map_err(|refusal| match refusal {
        Refusal::Option(name) => format!("the option {name} has no like"),
        Refusal::NoRequest => "it is about windows or code in pages, and not about requests".into(),
        Refusal::Empty => "it would hit every request".into(),
    })?;
    let important = if rule.is_important { priority::IMPORTANT } else { 0 };
    let (priority, action) = match (rule.effect, rule.is_exception) {
        // The engine plays these.
        (Effect::Cosmetic | Effect::Bad, _) => return Ok(None),
        (Effect::Block, false) => (priority::BLOCK + important, Action::Block),
        (Effect::Block, true) if rule.types.contains(&RequestType::Document) => (priority::ALLOW, Action::AllowAllRequests),
        (Effect::Block, true) => (priority::ALLOW, Action::Allow),
        (Effect::Policy(value), false) if value.contains(|c: char| c.is_ascii_control()) => {
            return Err("its policy has characters that no header may have".into());
        }
        (Effect::Policy(value), false) if !value.is_empty() => (
            priority::POLICY,
            Action::ModifyHeaders {
                response_headers: vec![Header {
                    header: "content-security-policy".into(),
                    operation: "append".into(),
                    value: value.into(),
                }],
            },
        ),
        (Effect::Redirect(name), false) => match surrogates.get(name_of(name)) {
            Some(path) => (priority::REDIRECT + important, redirect(path)),
            // A blocker without surrogates blocks all the same.
            None if surrogates.is_empty() => (priority::BLOCK + important, Action::Block),
            None => return Err(format!("there is no surrogate {}", name_of(name))),
        },
        (Effect::RedirectOnly(_), false) if surrogates.is_empty() => return Ok(None),
        (Effect::RedirectOnly(name), false) => {
            let path = surrogates
                .get(name_of(name))
                .ok_or_else(|| format!("there is no surrogate {}", name_of(name)))?;
            if !rule.sample().is_some_and(|sample| blocks(&sample)) {
                return Err("whether another rule blocks depends on the request".into());
            }
            (priority::REDIRECT, redirect(path))
        }
        (Effect::Redirect(_) | Effect::RedirectOnly(_) | Effect::Policy(_), _) => {
            return Err("an exception for a part of what another rule does has no like".into());
        }
    };
    let is_frames_only = matches!(action, Action::AllowAllRequests | Action::ModifyHeaders { .. });
    let mut condition = Condition {
        is_url_filter_case_sensitive: rule.matches_case,
        domain_type: match rule.third_party {
            Some(true) => "thirdParty".into(),
            Some(false) => "firstParty".into(),
            None => String::new(),
        },
        initiator_domains: sites(&rule.sites.only)?,
        excluded_initiator_domains: names(&rule.sites.not),
        request_domains: sites(&rule.hosts.only)?,
        excluded_request_domains: names(&rule.hosts.not),
        request_methods: methods(&rule.methods.only),
        excluded_request_methods: methods(&rule.methods.not),
        ..Condition::default()
    };
    if condition.request_methods.is_empty() && !rule.methods.only.is_empty() {
        return Err("browsers know none of the methods that it names".into());
    }
    types(&rule, is_frames_only, &mut condition)?;
    let mut host = String::new();
    match rule.pattern {
        Pattern::Everything => {}
        Pattern::Host(name) if condition.request_domains.is_empty() => name.to_ascii_lowercase().clone_into(&mut host),
        Pattern::Host(name) => condition.url_filter = format!("||{}^", name.to_ascii_lowercase()),
        Pattern::Text(text) => condition.url_filter = url_filter(text)?,
        Pattern::Expression(expression) => condition.regex_filter = regex_filter(expression)?,
    }
    Ok(Some((priority, action, condition, host)))
}

/// What a name server makes of a rule: it blocks a host, or lets it through.
fn host_rule(line: &str) -> Result<Option<Translated>, String> {
    let Ok(rule) = Rule::read(line) else {
        return Ok(None);
    };
    let (Pattern::Host(host), Effect::Block) = (rule.pattern, rule.effect) else {
        return Ok(None);
    };
    let is_conditional = rule.types.iter().any(|kind| *kind != RequestType::Document)
        || !rule.not_types.is_empty()
        || rule.third_party == Some(false)
        || [&rule.sites, &rule.hosts, &rule.methods]
            .iter()
            .any(|names| **names != Names::default());
    if is_conditional {
        return Ok(None);
    }
    let condition = Condition {
        resource_types: RequestType::ALL.map(|kind| kind.as_str().to_owned()).into(),
        ..Condition::default()
    };
    let (priority, action) = match rule.is_exception {
        true => (priority::ALLOW, Action::Allow),
        false => (priority::BLOCK, Action::Block),
    };
    Ok(Some((priority, action, condition, host.to_ascii_lowercase())))
}

fn redirect(path: &str) -> Action {
    Action::Redirect {
        redirect: Redirect {
            extension_path: path.to_owned(),
        },
    }
}

/// The name of a surrogate without its priority, as in `noop.js:10`.
fn name_of(value: &str) -> &str {
    match value.rsplit_once(':') {
        Some((name, priority)) if priority.parse::<i32>().is_ok() => name,
        _ => value,
    }
}

fn types(rule: &Rule, is_frames_only: bool, condition: &mut Condition) -> Result<(), String> {
    let named = |types: &[RequestType]| {
        let mut types = types.to_vec();
        types.sort_unstable();
        types.dedup();
        types.iter().map(|kind| kind.as_str().to_owned()).collect::<Vec<_>>()
    };
    if is_frames_only {
        condition.resource_types = named(&[RequestType::Document, RequestType::Frame]);
    } else if !rule.types.is_empty() {
        let mut types = rule.types.clone();
        types.retain(|kind| !rule.not_types.contains(kind));
        // No kinds in a condition would be all of them.
        if types.is_empty() {
            return Err("it leaves none of the kinds of requests that it names".into());
        }
        condition.resource_types = named(&types);
    } else if !rule.not_types.is_empty() {
        let mut types = rule.not_types.clone();
        // Rules without a type never mean pages.
        types.push(RequestType::Document);
        condition.excluded_resource_types = named(&types);
    }
    Ok(())
}

/// Names of sites as conditions take them. A rule for `example.*` loses that site where it has others.
fn sites(given: &[&str]) -> Result<Vec<String>, String> {
    let known = names(given);
    if known.is_empty() && !given.is_empty() {
        return Err("names of sites with a wildcard or an expression have no like".into());
    }
    Ok(known)
}

fn names(given: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = given
        .iter()
        .filter_map(|name| idna::domain_to_ascii(name).ok())
        .filter(|name| is_host(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Names of methods as conditions take them; browsers refuse all rules at once where one has another.
fn methods(given: &[&str]) -> Vec<String> {
    let methods = given.iter().map(|method| method.to_ascii_lowercase());
    methods.filter(|method| METHODS.contains(&method.as_str())).collect()
}

fn url_filter(text: &str) -> Result<String, String> {
    let text = if text.is_ascii() {
        text.to_owned()
    } else {
        let ascii = text.strip_prefix("||").and_then(|rest| {
            let end = rest.find(['/', '^', '*']).unwrap_or(rest.len());
            let host = idna::domain_to_ascii(&rest[..end]).ok()?;
            rest[end..].is_ascii().then(|| format!("||{host}{}", &rest[end..]))
        });
        ascii.ok_or("it has letters outside ASCII")?
    };
    // "||" before a wildcard anchors nothing, and Chromium refuses it.
    Ok(text.strip_prefix("||*").map(|rest| format!("*{rest}")).unwrap_or(text))
}

fn regex_filter(expression: &str) -> Result<String, String> {
    if !expression.is_ascii() {
        return Err("it has letters outside ASCII".into());
    }
    if expression.len() > LONGEST_EXPRESSION {
        return Err(format!("its expression is longer than {LONGEST_EXPRESSION} bytes"));
    }
    // Lists escape slashes, which need none.
    let plain = expression.replace("\\/", "/");
    // Chromium's engine, RE2, has the same syntax as this one: neither knows looking around or back. Both are held to a size.
    match regex::bytes::RegexBuilder::new(&plain)
        .unicode(false)
        .size_limit(LARGEST_EXPRESSION)
        .build()
    {
        Ok(_) => Ok(plain),
        Err(error) => Err(format!(
            "its expression is not one that browsers take: {}",
            first_line(&error.to_string())
        )),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::list::{Dialect, read};

    fn compiled(text: &str, requests: Requests) -> Compiled {
        let surrogates = HashMap::from([("noop.js".to_owned(), "/surrogates/noop.js".to_owned())]);
        let lists = [read("List", text, Dialect::Ublock, &[])];
        compile(&lists, requests, &surrogates, &|sample| sample.address.contains("blocked"))
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
    fn carries_rules_over() {
        check(
            "/ads/show.$script,third-party,domain=a.com|~b.a.com",
            json!({
                "priority": 2,
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
                "priority": 4,
                "action": { "type": "allowAllRequests" },
                "condition": { "resourceTypes": ["main_frame", "sub_frame"], "requestDomains": ["a.com"] },
            }),
        );
        check(
            "||a.com/gpt.js$script,redirect=noop.js:5",
            json!({
                "priority": 3,
                "action": { "type": "redirect", "redirect": { "extensionPath": "/surrogates/noop.js" } },
                "condition": { "urlFilter": "||a.com/gpt.js", "resourceTypes": ["script"] },
            }),
        );
        check(
            "||blocked.com/a.js$script,redirect-rule=noop.js",
            json!({
                "priority": 3,
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
                "priority": 2,
                "action": { "type": "block" },
                "condition": { "regexFilter": r"/ads[0-9]+\.js", "excludedResourceTypes": ["main_frame", "image"] },
            }),
        );
        check(
            "||bücher.example/ads$important",
            json!({ "priority": 5, "action": { "type": "block" }, "condition": { "urlFilter": "||xn--bcher-kva.example/ads" } }),
        );
    }

    #[test]
    fn methods_that_browsers_refuse_are_left_out() {
        check(
            "/ads/x.$method=GET|fetch|~post|~no",
            json!({
                "priority": 2,
                "action": { "type": "block" },
                "condition": { "urlFilter": "/ads/x.", "requestMethods": ["get"], "excludedRequestMethods": ["post"] },
            }),
        );
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
