//! A filter list: its first byte says whose it is and for whom it is read, and the rest is the list.
#![cfg_attr(fuzzing, no_main)]

use std::collections::HashMap;

use soutien_backend::built::Browser;
use soutien_backend::dnr::format::{Action, Condition, DnrRule};
use soutien_backend::dnr::{self, Requests};
use soutien_backend::filter::Filter;
use soutien_backend::host::is_host;
use soutien_backend::list::{self, Dialect};
use soutien_backend::rule::{Rule, is_cosmetic};

const DIALECTS: [Dialect; 4] = [Dialect::AdblockPlus, Dialect::Ublock, Dialect::Adguard, Dialect::Hosts];

/// The methods of requests that browsers take in a rule; a rule with another makes them refuse every rule.
const METHODS: [&str; 9] = ["connect", "delete", "get", "head", "options", "other", "patch", "post", "put"];

soutien_fuzz::target!(|text: &str| {
    let kind = text.bytes().next().unwrap_or_default();
    let text = text.get(1..).unwrap_or_default();
    let dialect = DIALECTS[usize::from(kind) % DIALECTS.len()];
    let requests = if kind & 4 == 0 { Requests::Rules } else { Requests::Hosts };

    let mut lists = [list::read("List", text, dialect, &["env_chromium".to_owned()])];
    assert_eq!(lists[0].lines.len(), text.lines().count());
    for style in &lists[0].styles {
        let all = format!("{}{}", style.selector, style.style);
        assert!(!all.contains(['{', '}']), "{style:?}");
        assert!(lists[0].lines[style.line - 1].is_empty(), "{style:?}");
    }
    list::unite(&mut lists);
    assert_eq!(lists[0].lines.len(), text.lines().count());

    let surrogates = HashMap::from([("noop.js".to_owned(), "/surrogates/noop.js".to_owned())]);
    let compiled = dnr::compile(Browser::Chromium, &lists, requests, &surrogates, &|sample| {
        sample.kind == "script"
    });
    assert!(
        compiled
            .left
            .iter()
            .all(|left| (1..=lists[0].lines.len()).contains(&left.line))
    );
    for (rule, id) in compiled.rules.iter().zip(1..) {
        assert_eq!(rule.id, id);
        hold(rule);
    }
    let n_rules = compiled.rules.len();
    let (kept, n_over) = dnr::fit(compiled.rules);
    assert_eq!(kept.len() + n_over, n_rules);

    let filter = Filter::new(&lists, kind & 8 == 0);
    for line in lists[0].lines.iter().filter(|line| !is_cosmetic(line)) {
        Rule::key(line);
        if let Some(sample) = Rule::read(line).ok().and_then(|rule| rule.sample()) {
            filter.decide(&sample.address, &sample.from, sample.kind);
        }
    }
    filter.page("https://journal.example/");
});

/// What Chromium demands of a rule: <https://developer.chrome.com/docs/extensions/reference/api/declarativeNetRequest>.
fn hold(rule: &DnrRule) {
    let condition = &rule.condition;
    assert!(rule.priority >= 1, "{rule:?}");
    assert!(
        condition.url_filter.is_empty() || condition.regex_filter.is_empty(),
        "{rule:?}"
    );
    assert!(
        condition.url_filter.is_ascii() && condition.regex_filter.is_ascii(),
        "{rule:?}"
    );
    assert!(!condition.url_filter.starts_with("||*"), "{rule:?}");
    let hosts = [
        &condition.initiator_domains,
        &condition.excluded_initiator_domains,
        &condition.request_domains,
        &condition.excluded_request_domains,
    ];
    for host in hosts.into_iter().flatten() {
        assert!(is_host(host) && !host.contains(|c: char| c.is_ascii_uppercase()), "{rule:?}");
    }
    for method in condition.request_methods.iter().chain(&condition.excluded_request_methods) {
        assert!(METHODS.contains(&method.as_str()), "{rule:?}");
    }
    match &rule.action {
        // A rule without a condition would block every request.
        Action::Block => assert_ne!(*condition, Condition::default(), "{rule:?}"),
        Action::Redirect { redirect } => assert!(redirect.extension_path.starts_with('/'), "{rule:?}"),
        Action::ModifyHeaders { response_headers } => {
            for header in response_headers {
                assert!(
                    !header.value.is_empty() && !header.value.contains(['\0', '\r', '\n']),
                    "{rule:?}"
                );
            }
        }
        Action::Allow | Action::AllowAllRequests => {}
    }
}
