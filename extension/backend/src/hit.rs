//! What is done to a page, one thing at a time: how it is told, and which signals of Soutien it explains.

use crate::filter::Source;
use crate::host::host_of;
use crate::messages::Hit;

impl Hit {
    /// A request by a page at `from` for `address` was `blocked` or `redirected`; `kind` is its type as browsers name it.
    pub fn of_request(action: &str, address: String, from: &str, kind: String, source: Source) -> Hit {
        let signals = signals_of_request(&address, from, &kind, action);
        Hit {
            request: kind,
            ..hit(action, address, source, signals)
        }
    }

    /// The elements that a selector fits were hidden.
    pub fn of_selector(selector: &str, source: Source) -> Hit {
        hit("hidden", selector.to_owned(), source, signals_of_selector(selector))
    }

    /// A scriptlet has run; `call` is its name and its arguments.
    pub fn of_scriptlet(call: &[String], source: Source) -> Hit {
        hit("scriptlet", call.join(", "), source, &[])
    }
}

fn hit(action: &str, what: String, source: Source, signals: &[&str]) -> Hit {
    Hit {
        action: action.to_owned(),
        request: String::new(),
        what,
        rule: source.rule,
        list: source.list,
        line: source.line,
        signals: signals.iter().map(|signal| (*signal).to_owned()).collect(),
    }
}

/// The signals of Soutien that a request which did not get through explains: a bait on the page's own origin, one on an ad host, or
/// an ad tag of the page.
fn signals_of_request(address: &str, from: &str, kind: &str, action: &str) -> &'static [&'static str] {
    let is_own = host_of(address) == host_of(from);
    match (is_own, kind, action) {
        (true, "script", _) => &["request/script"],
        (true, "image", _) => &["request/image"],
        (true, "xmlhttprequest", _) => &["request/fetch"],
        (false, "xmlhttprequest", _) => &["host/host"],
        (false, "script", "redirected") => &["slot/stand-in", "browser/smart-block"],
        (false, "script", _) => &["slot/tag", "slot/slot"],
        _ => &[],
    }
}

/// The signals of Soutien that a hidden element with such a selector explains.
fn signals_of_selector(selector: &str) -> &'static [&'static str] {
    match selector.chars().next() {
        Some('.') => &["element/class", "element/styled"],
        Some('#') => &["element/id"],
        _ if selector.contains("[href") => &["element/link"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_request(action: &str, address: &str, kind: &str, expected: &[&str]) {
        let hit = Hit::of_request(
            action,
            address.to_owned(),
            "https://journal.example/une",
            kind.to_owned(),
            Source::default(),
        );
        assert_eq!(hit.signals, expected);
    }

    #[test]
    fn a_request_for_the_pages_own_origin_explains_a_bait() {
        check_request("blocked", "https://journal.example/ads.js", "script", &["request/script"]);
        check_request("redirected", "https://journal.example/ads.js", "script", &["request/script"]);
        check_request("blocked", "https://journal.example/ads.gif", "image", &["request/image"]);
        check_request("blocked", "https://journal.example/ads", "xmlhttprequest", &["request/fetch"]);
        check_request("blocked", "https://journal.example/ads.css", "stylesheet", &[]);
    }

    #[test]
    fn a_request_for_another_host_explains_tags_and_hosts() {
        check_request("blocked", "https://ads.example/a.js", "script", &["slot/tag", "slot/slot"]);
        check_request(
            "redirected",
            "https://ads.example/a.js",
            "script",
            &["slot/stand-in", "browser/smart-block"],
        );
        check_request("blocked", "https://ads.example/a", "xmlhttprequest", &["host/host"]);
        check_request("blocked", "https://ads.example/a.gif", "image", &[]);
        // A host below the page's own is another.
        check_request(
            "blocked",
            "https://ads.journal.example/a.js",
            "script",
            &["slot/tag", "slot/slot"],
        );
    }

    #[track_caller]
    fn check_selector(selector: &str, expected: &[&str]) {
        assert_eq!(Hit::of_selector(selector, Source::default()).signals, expected, "{selector}");
    }

    #[test]
    fn a_selector_explains_the_elements_that_it_begins_with() {
        check_selector(".ad", &["element/class", "element/styled"]);
        check_selector("#ad", &["element/id"]);
        check_selector("a[href^=\"https://ads.example/\"]", &["element/link"]);
        check_selector("[href*=\"ads\"]", &["element/link"]);
        check_selector("div.ad", &[]);
        check_selector("", &[]);
    }

    #[test]
    fn a_scriptlet_is_told_with_its_arguments_and_its_rule() {
        let source = Source {
            rule: "journal.example##+js(set, a, true)".into(),
            list: "List".into(),
            line: 3,
        };
        let hit = Hit::of_scriptlet(&["set-constant".into(), "a".into(), "true".into()], source.clone());
        assert_eq!(
            (hit.action.as_str(), hit.what.as_str()),
            ("scriptlet", "set-constant, a, true")
        );
        assert_eq!((hit.rule, hit.list, hit.line), (source.rule, source.list, source.line));
        assert!(hit.signals.is_empty() && hit.request.is_empty());
    }
}
