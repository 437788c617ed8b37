//! The texts of rules about elements: those that lists have, and those that a page may be meant by. The engine keeps nothing of where
//! such rules stand, so that they are found by their texts.

use std::collections::HashSet;
use std::iter::successors;

use adblock::filters::cosmetic::{CosmeticFilterAction, CosmeticFilterMask};
use adblock::lists::{ParseOptions, ParsedLine, RuleTypes, parse_filter};
use adblock::resources::{InMemoryResourceStorage, PermissionMask, ResourceStorage};
use adblock::url_parser::parse_url;

use super::index::Index;
use super::scriptlets::{calls, templates};
use crate::dnr::Left;
use crate::list::List;
use crate::rule::{is_cosmetic, modified};

/// Where the rules about elements stand.
pub fn index_of(lists: &[List]) -> Index {
    let templates = &ResourceStorage::from_backend(InMemoryResourceStorage::from_resources(templates()));
    let lists = lists.iter().enumerate();
    Index::new(lists.flat_map(|(number, list)| texts_of(list, templates).map(move |(text, line)| (text, number, line))))
}

/// The rules of lists about elements that nothing plays, each with the reason.
pub fn unplayed(lists: &[List]) -> Vec<Left> {
    let templates = &ResourceStorage::from_backend(InMemoryResourceStorage::from_resources(templates()));
    let lines = lists
        .iter()
        .flat_map(|list| list.lines.iter().zip(1..).map(move |(line, number)| (list, line, number)));
    lines
        .filter(|(_, line, _)| is_cosmetic(line))
        .filter_map(|(list, line, number)| {
            let why = reason(line).or_else(|| {
                let is_scriptlet = line.contains("#+js(");
                let why = if is_scriptlet { SCRIPTLET } else { PROCEDURAL };
                texts(line, templates).is_empty().then_some(why)
            })?;
            Some(Left {
                list: list.title.clone(),
                line: number,
                rule: line.clone(),
                why: why.into(),
            })
        })
        .collect()
}

const SCRIPTLET: &str = "its scriptlet is not played";
const PROCEDURAL: &str = "what it asks of elements is more than a selector and a style";

/// Whether a line is none about elements, or one that is played as far as its text tells. The engine takes some for selectors, which the browser
/// would drop, and the page be said to have something hidden.
pub fn is_played(line: &str) -> bool {
    !is_cosmetic(line) || reason(line).is_none()
}

/// Why a rule about elements is not played, as far as its text tells.
fn reason(line: &str) -> Option<&'static str> {
    let (modifiers, rule) = modified(line);
    let is_code = || {
        let marker = &rule[rule.find('#').unwrap_or_default()..];
        marker.starts_with("#%#") || marker.starts_with("#@%#")
    };
    if !modifiers.is_empty() {
        Some("it is for some addresses of a site alone, or for some programs")
    } else if is_code() {
        Some("it brings code along, which an extension must not run")
    } else {
        is_procedural(line).then_some(PROCEDURAL)
    }
}

/// Whether a rule about elements has what no style sheet has. The engine takes it for a selector, and the browser drops it.
fn is_procedural(line: &str) -> bool {
    const OPERATORS: [&str; 22] = [
        ":-abp-contains(",
        ":-abp-properties(",
        ":contains(",
        ":has-text(",
        ":if(",
        ":if-not(",
        ":matches-attr(",
        ":matches-css(",
        ":matches-css-after(",
        ":matches-css-before(",
        ":matches-media(",
        ":matches-path(",
        ":matches-prop(",
        ":min-text-length(",
        ":nth-ancestor(",
        ":others(",
        ":remove(",
        ":remove-attr(",
        ":remove-class(",
        ":upward(",
        ":watch-attr(",
        ":xpath(",
    ];
    OPERATORS.iter().any(|operator| line.contains(operator))
}

/// The rules of a list about elements, each as the index has it, with the number of its line.
fn texts_of(list: &List, templates: &ResourceStorage) -> impl Iterator<Item = (String, usize)> {
    let rules = list.lines.iter().zip(1..);
    let rules = rules.flat_map(|(line, number)| texts(line, templates).into_iter().map(move |text| (text, number)));
    let styles = list.styles.iter();
    rules.chain(styles.map(|style| (format!("##{}", text_of_style(&style.selector, &style.style)), style.line)))
}

/// A rule about elements as the index has it: one text for each site that it names, as in `journal.example##.ad`, `~journal.example##.ad`
/// and `journal.example#@#.ad`, and one without a site, as in `##.ad`, where it is for every site. `#?#` becomes `##`. What is not played
/// has none.
fn texts(line: &str, templates: &ResourceStorage) -> Vec<String> {
    let options = ParseOptions {
        rule_types: RuleTypes::CosmeticOnly,
        ..ParseOptions::default()
    };
    let Ok(ParsedLine::Cosmetic(rule)) = parse_filter(line, false, options) else {
        return Vec::new();
    };
    let Some(selector) = rule.plain_css_selector() else {
        return Vec::new();
    };
    let is_scriptlet = rule.mask.contains(CosmeticFilterMask::SCRIPT_INJECT);
    let body = match &rule.action {
        None if is_scriptlet => {
            let script = templates.get_scriptlet_resources([(selector, PermissionMask::default())]);
            calls(&script).first().map(|call| text_of_call(call))
        }
        None => Some(selector.to_owned()),
        Some(CosmeticFilterAction::Style(style)) => Some(text_of_style(selector, style)),
        Some(_) => None,
    };
    let Some(body) = body else {
        return Vec::new();
    };
    let marker = if rule.mask.contains(CosmeticFilterMask::UNHIDE) {
        "#@#"
    } else {
        "##"
    };
    let sites = line.trim().split('#').next().unwrap_or_default();
    let sites: Vec<&str> = sites.split(',').filter(|site| !site.is_empty()).collect();
    // A rule that only says for which sites it is not is for all others.
    let is_generic = sites.iter().all(|site| site.starts_with('~')) && !is_scriptlet && rule.action.is_none();
    let mut texts: Vec<String> = sites
        .into_iter()
        .filter_map(|site| Some(format!("{}{marker}{body}", ascii(site)?)))
        .collect();
    if is_generic {
        texts.push(format!("{marker}{body}"));
    }
    texts
}

/// The name of a site in the letters that travel, with the `~` and the `.*` that rules put around it.
fn ascii(site: &str) -> Option<String> {
    if site.is_ascii() {
        return Some(site.to_owned());
    }
    let (before, name) = site.strip_prefix('~').map_or(("", site), |name| ("~", name));
    let (name, after) = name.strip_suffix(".*").map_or((name, ""), |name| (name, ".*"));
    Some(format!("{before}{}{after}", idna::domain_to_ascii(name).ok()?))
}

/// The names by which rules mean the page at an address, the closest first: its host and the hosts above it, the same without what all
/// names of its country or kind end in, as in `journal.*`, and last none at all, for rules that are for every site.
pub fn sites(address: &str) -> Vec<String> {
    let Some(url) = parse_url(address) else {
        return vec![String::new()];
    };
    let (host, domain) = (url.hostname(), url.domain());
    let hosts = successors(Some(host), |host| Some(host.split_once('.')?.1)).take_while(|host| host.len() >= domain.len());
    // With its dot, as in `.com` and `.co.uk`.
    let ending = domain.find('.').map_or("", |dot| &domain[dot..]);
    let entities = hosts
        .clone()
        .map(|host| format!("{}.*", host.strip_suffix(ending).unwrap_or(host)));
    hosts.map(str::to_owned).chain(entities).chain([String::new()]).collect()
}

/// A scriptlet as a rule has it, with the name that it goes by here.
pub fn text_of_call(call: &[String]) -> String {
    let parts: Vec<String> = call.iter().map(|part| part.replace(',', "\\,")).collect();
    format!("+js({})", parts.join(", "))
}

/// A selector with a style as a rule has it.
pub fn text_of_style(selector: &str, style: &str) -> String {
    format!("{selector}:style({style})")
}

/// The selectors of lists that are for every site and that the engine takes.
pub fn sheet(lists: &[List]) -> Vec<String> {
    let is_taken = |line: &&String| {
        line.starts_with("##")
            && is_played(line)
            && matches!(
                parse_filter(line, false, ParseOptions::default()),
                Ok(ParsedLine::Cosmetic(_))
            )
    };
    let selectors: HashSet<&str> = lists
        .iter()
        .flat_map(|list| &list.lines)
        .filter(is_taken)
        .map(|line| &line[2..])
        .collect();
    let mut selectors: Vec<String> = selectors.into_iter().map(str::to_owned).collect();
    selectors.sort_unstable();
    selectors
}
