//! Translates the simple rules of the installed EasyList for the test extensions.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::setup::{self, Need};

/// Chromium guarantees so many rules of an extension's own files.
const RULE_LIMIT: usize = 30_000;

/// How many selectors a style rule gets.
const SELECTORS_PER_RULE: usize = 500;

/// The list as uBlock Origin brings it along.
fn read() -> Result<String> {
    let path = setup::require(Need::UblockOrigin)?.join("assets/thirdparties/easylist/easylist.txt");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The network rules, as a rule file of Chromium's `declarativeNetRequest`.
///
/// # Errors
/// When EasyList is not installed, or holds no rule that is understood.
pub fn requests() -> Result<String> {
    let list = read()?;
    let rules: Vec<Value> = network_rules(&list)
        .into_iter()
        .take(RULE_LIMIT)
        .enumerate()
        .map(|(index, mut rule)| {
            rule["id"] = json!(index + 1);
            rule
        })
        .collect();
    ensure!(
        rules.len() > 1_000,
        "found {} network rules in EasyList, expected thousands",
        rules.len()
    );
    Ok(serde_json::to_string(&rules)?)
}

/// The generic selectors that are one class, id or attribute, as a script that puts a style sheet into `EASYLIST`.
///
/// # Errors
/// When EasyList is not installed, or holds no selector that is understood.
pub fn styles() -> Result<String> {
    let list = read()?;
    let selectors: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("##"))
        .filter(|selector| is_simple(selector))
        .collect();
    ensure!(
        selectors.len() > 1_000,
        "found {} simple selectors in EasyList, expected thousands",
        selectors.len()
    );
    let rules: Vec<String> = selectors
        .chunks(SELECTORS_PER_RULE)
        .map(|selectors| format!("{}{{display:none!important}}", selectors.join(",")))
        .collect();
    Ok(format!("globalThis.EASYLIST = {};\n", json!(rules.join("\n"))))
}

/// The rules that hold on every site, those for whole hosts gathered into one.
fn network_rules(list: &str) -> Vec<Value> {
    let mut hosts = Vec::new();
    let mut rules = Vec::new();
    for line in list
        .lines()
        .filter(|line| !line.starts_with(['!', '[', '@']) && !line.contains('#') && line.is_ascii())
    {
        let (pattern, options) = line.rsplit_once('$').unwrap_or((line, ""));
        let host = pattern.strip_prefix("||").and_then(|rest| rest.strip_suffix('^'));
        if let Some(host) = host.filter(|host| matches!(options, "" | "third-party") && is_host(host)) {
            hosts.push(host);
        } else if !pattern.is_empty()
            && !is_expression(pattern)
            && let Some(mut condition) = condition(options)
        {
            condition["urlFilter"] = json!(pattern);
            rules.push(block(condition));
        }
    }
    if !hosts.is_empty() {
        rules.insert(0, block(json!({ "requestDomains": hosts, "domainType": "thirdParty" })));
    }
    rules
}

/// Whether a pattern is a regular expression.
fn is_expression(pattern: &str) -> bool {
    pattern.len() > 1 && pattern.starts_with('/') && pattern.ends_with('/')
}

fn block(condition: Value) -> Value {
    json!({ "action": { "type": "block" }, "condition": condition })
}

/// The options of a rule as conditions; `None` for a rule of certain sites only, or with an option that has no like.
fn condition(options: &str) -> Option<Value> {
    let mut condition = json!({});
    let (mut types, mut other_types, mut other_sites) = (Vec::new(), Vec::new(), Vec::new());
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option {
            "third-party" => condition["domainType"] = json!("thirdParty"),
            "~third-party" => condition["domainType"] = json!("firstParty"),
            _ => {
                if let Some(sites) = option.strip_prefix("domain=") {
                    for site in sites.split('|') {
                        other_sites.push(site.strip_prefix('~').filter(|site| is_host(site))?);
                    }
                } else if let Some(name) = option.strip_prefix('~') {
                    other_types.push(resource_type(name)?);
                } else {
                    types.push(resource_type(option)?);
                }
            }
        }
    }
    if !types.is_empty() {
        condition["resourceTypes"] = json!(types);
    } else if !other_types.is_empty() {
        // Lists never mean the page itself.
        other_types.push("main_frame");
        condition["excludedResourceTypes"] = json!(other_types);
    }
    if !other_sites.is_empty() {
        condition["excludedInitiatorDomains"] = json!(other_sites);
    }
    Some(condition)
}

fn resource_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "script" => "script",
        "image" => "image",
        "stylesheet" => "stylesheet",
        "subdocument" => "sub_frame",
        "xmlhttprequest" => "xmlhttprequest",
        "ping" => "ping",
        "media" => "media",
        "font" => "font",
        "object" => "object",
        "websocket" => "websocket",
        "other" => "other",
        _ => return None,
    })
}

fn is_host(text: &str) -> bool {
    let is_of_hosts = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    text.contains('.') && text.chars().all(is_of_hosts)
}

/// Whether a selector is one class, one id or one attribute, which no style engine can take for anything else.
fn is_simple(selector: &str) -> bool {
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some(name) = selector.strip_prefix(['.', '#']) {
        return name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_of_names);
    }
    let Some((name, value)) = selector
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|rest| rest.split_once('='))
    else {
        return false;
    };
    let name = name.trim_end_matches(['^', '*', '$']);
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    name.chars().all(is_of_names) && value.is_some_and(|value| !value.contains(['"', '\\', '[', ']']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translates_network_rules() {
        let list = "! Title\n||ads.example.com^\n||ads.example.org^$third-party\n/ads/show.$script\n@@/ads/show.js\n\
                    /ad_[0-9]/$script\n/banner/*$image,domain=~a.com|~b.com\n/only/$domain=a.com\n/pop/$popup\n##.ad\n-ads/$~script\n";
        let expected = json!([
            { "requestDomains": ["ads.example.com", "ads.example.org"], "domainType": "thirdParty" },
            { "resourceTypes": ["script"], "urlFilter": "/ads/show." },
            { "resourceTypes": ["image"], "excludedInitiatorDomains": ["a.com", "b.com"], "urlFilter": "/banner/*" },
            { "excludedResourceTypes": ["script", "main_frame"], "urlFilter": "-ads/" },
        ]);
        let rules: Vec<Value> = network_rules(list)
            .into_iter()
            .map(|mut rule| rule["condition"].take())
            .collect();
        assert_eq!(Value::from(rules), expected);
    }

    #[test]
    fn takes_simple_selectors_only() {
        for simple in [
            ".ad-banner",
            "#ad_slot-1",
            "[data-ad=\"x\"]",
            "[href^=\"https://ad.example/\"]",
        ] {
            assert!(is_simple(simple), "{simple}");
        }
        for other in [".a.b", ".a > .b", "div.a", ".a:has-text(b)", "[a]", "#1", "[a=b]"] {
            assert!(!is_simple(other), "{other}");
        }
    }
}
