//! Where blockers act, as browsers are told of it: one rule over all others, and the scripts that run on pages.

use serde::{Deserialize, Serialize};

use crate::built::Browser;
use crate::dnr::format::{Action, Condition, DnrRule};
use crate::host::{host_of, is_within};
use crate::request_type::RequestType;

/// The number of the rule of [`rule`].
pub const RULE_ID: u32 = 1;

/// No rule of a list is as strong.
const PRIORITY: u32 = 1_000;

/// On which pages blockers act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Scope {
    /// On all: in the variant for machines.
    Everywhere,
    /// On those of some hosts, and of the hosts below them.
    Hosts {
        /// The hosts; blockers act nowhere where there are none.
        hosts: Vec<String>,
    },
}

impl Scope {
    /// Whether blockers act on the page at `address`.
    pub fn has(&self, address: &str) -> bool {
        let host = host_of(address);
        match self {
            Scope::Everywhere => !host.is_empty(),
            Scope::Hosts { hosts } => hosts.iter().any(|site| is_within(&host, site)),
        }
    }
}

/// Returns the rule that lets through what pages ask for on which blockers do not act; none where they act on all.
pub fn rule(scope: &Scope, browser: Browser) -> Option<DnrRule> {
    let Scope::Hosts { hosts } = scope else {
        return None;
    };
    let rule = DnrRule {
        id: RULE_ID,
        priority: PRIORITY,
        action: Action::Allow,
        condition: Condition {
            // Where it is empty, the rule has no such condition, and is for the pages of every host.
            excluded_initiator_domains: hosts.clone(),
            resource_types: RequestType::ALL.map(|kind| kind.as_str().to_owned()).into(),
            ..Condition::default()
        },
    };
    Some(rule.in_browser(browser))
}

/// A script that browsers run on pages: `scripting.RegisteredContentScript`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct ContentScript {
    pub id: &'static str,
    pub js: [&'static str; 1],
    pub matches: Vec<String>,
    pub all_frames: bool,
    pub match_origin_as_fallback: bool,
    pub run_at: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub world: Option<&'static str>,
}

/// A script that is registered, as far as that can change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Registered {
    pub id: String,
    pub matches: Vec<String>,
}

/// Returns the scripts to register for a scope. `fixed` are the match patterns of the manifest, where the content script runs anyway, so
/// that it is there from the start.
pub fn scripts(scope: &Scope, fixed: &[String], poses_as_brave: bool) -> Vec<ContentScript> {
    let chosen: Vec<String> = match scope {
        Scope::Everywhere => fixed.to_vec(),
        Scope::Hosts { hosts } => hosts.iter().flat_map(|host| patterns(host)).collect(),
    };
    let added: Vec<String> = chosen.iter().filter(|pattern| !fixed.contains(pattern)).cloned().collect();
    let mut scripts = Vec::new();
    if !added.is_empty() {
        scripts.push(script("content", "content.js", added, None));
    }
    // Browsers refuse a script for no page.
    if poses_as_brave && !chosen.is_empty() {
        scripts.push(script("brave", "brave.js", chosen, Some("MAIN")));
    }
    scripts
}

/// Whether just these scripts are registered.
pub fn are_registered(scripts: &[ContentScript], registered: &[Registered]) -> bool {
    let is_registered = |script: &ContentScript| {
        registered
            .iter()
            .any(|other| other.id == script.id && other.matches == script.matches)
    };
    scripts.len() == registered.len() && scripts.iter().all(is_registered)
}

/// The match patterns of a host and of the hosts below it, of which an address by numbers has none.
fn patterns(host: &str) -> Vec<String> {
    let is_address = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let below = (!is_address).then(|| format!("*://*.{host}/*"));
    [format!("*://{host}/*")].into_iter().chain(below).collect()
}

fn script(id: &'static str, file: &'static str, matches: Vec<String>, world: Option<&'static str>) -> ContentScript {
    ContentScript {
        id,
        js: [file],
        matches,
        all_frames: true,
        match_origin_as_fallback: true,
        run_at: "document_start",
        world,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIXED: [&str; 3] = ["*://localhost/*", "*://*.localhost/*", "*://127.0.0.1/*"];

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn on(hosts: &[&str]) -> Scope {
        Scope::Hosts { hosts: owned(hosts) }
    }

    /// The scripts for some hosts by their ids, each with its match patterns.
    #[track_caller]
    fn check(hosts: &[&str], poses_as_brave: bool, expected: &[(&str, &[&str])]) {
        check_scope(&on(hosts), poses_as_brave, expected);
    }

    #[track_caller]
    fn check_scope(scope: &Scope, poses_as_brave: bool, expected: &[(&str, &[&str])]) {
        let scripts = scripts(scope, &owned(&FIXED), poses_as_brave);
        let found = scripts.into_iter().map(|script| (script.id, script.matches));
        let expected = expected.iter().map(|(id, matches)| (*id, owned(matches)));
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    #[test]
    fn what_pages_of_other_hosts_ask_for_is_let_through() {
        let rule = rule(&on(&["localhost", "journal.example"]), Browser::Chromium).expect("there is a rule");
        let json = serde_json::to_value(rule).expect("rules are JSON");
        assert_eq!(
            (&json["id"], &json["priority"], &json["action"]),
            (&json!(1), &json!(1_000), &json!({ "type": "allow" }))
        );
        assert_eq!(
            json["condition"]["excludedInitiatorDomains"],
            json!(["localhost", "journal.example"])
        );
        assert_eq!(json["condition"]["resourceTypes"].as_array().map(Vec::len), Some(12));
    }

    #[test]
    fn blockers_act_everywhere_where_the_scope_says_so() {
        assert_eq!(rule(&Scope::Everywhere, Browser::Chromium), None);
        check_scope(&Scope::Everywhere, false, &[]);
        check_scope(&Scope::Everywhere, true, &[("brave", &FIXED)]);
        for address in ["https://journal.example/une", "http://localhost:8000/"] {
            assert!(Scope::Everywhere.has(address), "{address}");
        }
        for address in ["about:blank", "chrome-extension://localhost/popup.html", ""] {
            assert!(!Scope::Everywhere.has(address), "{address}");
        }
    }

    #[test]
    fn blockers_act_nowhere_without_a_host() {
        let rule = rule(&on(&[]), Browser::Chromium).expect("there is a rule");
        let json = serde_json::to_value(rule).expect("rules are JSON");
        assert_eq!(json["action"], json!({ "type": "allow" }));
        let condition = json["condition"].as_object().expect("it is an object");
        assert_eq!(condition.keys().collect::<Vec<_>>(), ["resourceTypes"]);
        check(&[], false, &[]);
        check(&[], true, &[]);
        assert!(!on(&[]).has("https://journal.example/une"));
    }

    #[test]
    fn blockers_act_on_hosts_and_on_those_below_them() {
        let scope = on(&["localhost", "journal.example"]);
        for address in [
            "http://localhost:8000/",
            "http://demo.localhost/",
            "https://www.journal.example/une",
        ] {
            assert!(scope.has(address), "{address}");
        }
        for address in [
            "https://unjournal.example/",
            "about:blank",
            "chrome-extension://localhost/popup.html",
            "",
        ] {
            assert!(!scope.has(address), "{address}");
        }
    }

    #[test]
    fn what_the_manifest_has_is_not_registered_again() {
        check(&["localhost", "127.0.0.1"], false, &[]);
        check(
            &["localhost", "journal.example"],
            false,
            &[("content", &["*://journal.example/*", "*://*.journal.example/*"])],
        );
    }

    #[test]
    fn an_address_by_numbers_has_no_hosts_below_it() {
        check(&["10.0.0.1"], false, &[("content", &["*://10.0.0.1/*"])]);
    }

    #[test]
    fn brave_is_there_on_every_site_that_was_chosen() {
        check(&["localhost", "127.0.0.1"], true, &[("brave", &FIXED)]);
        check(
            &["journal.example"],
            true,
            &[
                ("content", &["*://journal.example/*", "*://*.journal.example/*"]),
                ("brave", &["*://journal.example/*", "*://*.journal.example/*"]),
            ],
        );
    }

    #[test]
    fn only_what_the_page_sees_runs_in_its_world() {
        let scripts = scripts(&on(&["journal.example"]), &owned(&FIXED), true);
        let json = serde_json::to_value(scripts).expect("scripts are JSON");
        let common = json!({
            "matches": ["*://journal.example/*", "*://*.journal.example/*"],
            "allFrames": true, "matchOriginAsFallback": true, "runAt": "document_start",
        });
        let with = |more: serde_json::Value| {
            let mut script = common.clone();
            let fields = script.as_object_mut().expect("it is an object");
            fields.extend(more.as_object().expect("it is an object").clone());
            script
        };
        let expected = [
            with(json!({ "id": "content", "js": ["content.js"] })),
            with(json!({ "id": "brave", "js": ["brave.js"], "world": "MAIN" })),
        ];
        assert_eq!(json, json!(expected));
    }

    #[test]
    fn scripts_are_registered_again_where_they_differ() {
        let wanted = scripts(&on(&["journal.example"]), &owned(&FIXED), true);
        let mut registered: Vec<Registered> = wanted
            .iter()
            .rev()
            .map(|script| Registered {
                id: script.id.to_owned(),
                matches: script.matches.clone(),
            })
            .collect();
        assert!(are_registered(&wanted, &registered));
        assert!(!are_registered(&wanted[..1], &registered));
        assert!(!are_registered(&wanted, &registered[..1]));
        registered[0].matches.pop();
        assert!(!are_registered(&wanted, &registered));
    }
}
