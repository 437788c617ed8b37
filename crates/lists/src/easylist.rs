//! What the small extensions of the tests get of the installed EasyList: rules that refuse requests, and a style sheet that hides elements.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_backend::built::Browser;
use soutien_backend::dnr::{self, Requests};
use soutien_backend::list::{self, List};

use crate::{profiles, sources};

/// What extension/profiles.json calls it.
const NAME: &str = "easylist";

/// How many selectors a style rule gets.
const SELECTORS_PER_RULE: usize = 500;

/// The list as uBlock Origin brings it along.
fn read() -> Result<List> {
    let profiles = profiles::read()?;
    let texts = sources::texts([&NAME.to_owned()], &profiles, &BTreeMap::new())?;
    let source = profiles.lists.get(NAME).context("there is no EasyList")?;
    Ok(list::read(&source.title, &texts[NAME], source.dialect, &[]))
}

/// The network rules, as a rule file of Chromium's `declarativeNetRequest`.
///
/// # Errors
/// When EasyList is not installed, or holds no rule that is understood.
pub fn requests() -> Result<String> {
    let compiled = dnr::compile(Browser::Chromium, &[read()?], Requests::Rules, &HashMap::new(), &|_| false);
    ensure!(
        compiled.n_carried > 1_000,
        "found {} network rules in EasyList, expected thousands",
        compiled.n_carried
    );
    Ok(serde_json::to_string(&compiled.rules)?)
}

/// The generic selectors that are one class, id or attribute, as a script that puts a style sheet into `EASYLIST`.
///
/// # Errors
/// When EasyList is not installed, or holds no selector that is understood.
pub fn styles() -> Result<String> {
    let list = read()?;
    let selectors: Vec<&str> = list
        .lines
        .iter()
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
