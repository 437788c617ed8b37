//! Requests that failed or were redirected, as browsers tell of them, and which of them a blocker stopped.

use serde::Deserialize;

use crate::filter::Source;
use crate::messages::Hit;

/// What Chromium says of a request that an extension blocked.
const BLOCKED_IN_CHROMIUM: &str = "net::ERR_BLOCKED_BY_CLIENT";

/// What Firefox says of one. It says the same of a request that was given up, as when the reader leaves.
const BLOCKED_IN_FIREFOX: [&str; 2] = ["NS_ERROR_ABORT", "NS_ERROR_BLOCKED_BY_POLICY"];

/// A request that failed or was redirected, of what `webRequest` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndedRequest {
    /// The tab that asks; negative where none does.
    pub tab_id: i32,
    /// The address that was asked for.
    pub url: String,
    /// The type of the request as browsers name it, such as `sub_frame`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The origin that asks, in Chromium.
    pub initiator: String,
    /// The page that asks, in Firefox.
    pub document_url: String,
    /// What Chromium knows the document by that asks.
    pub document_id: String,
    /// The number of the frame that asks, or that is asked for.
    pub frame_id: i64,
    /// Why it failed; empty where it was redirected.
    pub error: String,
    /// Where it was redirected to; empty where it failed.
    pub redirect_url: String,
}

impl EndedRequest {
    /// Returns the page that asks, or its origin.
    pub fn from(&self) -> &str {
        if self.document_url.is_empty() {
            &self.initiator
        } else {
            &self.document_url
        }
    }

    /// Returns what browsers know the document by that asks, where it is the page itself: none where it is a page within that, of which
    /// browsers tell later than of the page around it.
    pub fn by_page(&self) -> Option<&str> {
        let known_by = if self.document_id.is_empty() {
            &self.document_url
        } else {
            &self.document_id
        };
        (self.frame_id == 0).then_some(known_by)
    }

    /// Returns what a blocker may have done: `blocked` or `redirected`; none where the request ended for another reason.
    pub fn action(&self) -> Option<&'static str> {
        if self.error.is_empty() {
            // Chromium shows pages, and us, another origin than our own, so that no page recognises us by it.
            let (_, path) = self.redirect_url.split_once("-extension://")?;
            return path.contains("/surrogates/").then_some("redirected");
        }
        let is_blocked = self.error == BLOCKED_IN_CHROMIUM || BLOCKED_IN_FIREFOX.contains(&self.error.as_str());
        is_blocked.then_some("blocked")
    }

    /// Returns what was done to the page; `blocked_by` is the rule of the profile that blocks such a request, if there is one. None where
    /// no blocker did it.
    pub fn hit(self, blocked_by: Option<Source>) -> Option<Hit> {
        let action = self.action()?;
        if blocked_by.is_none() && BLOCKED_IN_FIREFOX.contains(&self.error.as_str()) {
            return None;
        }
        let from = self.from().to_owned();
        Some(Hit::of_request(
            action,
            self.url,
            &from,
            self.kind,
            blocked_by.unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(error: &str) -> EndedRequest {
        EndedRequest {
            url: "https://ads.example/a.js".into(),
            kind: "script".into(),
            error: error.into(),
            ..EndedRequest::default()
        }
    }

    fn redirected(address: &str) -> EndedRequest {
        EndedRequest {
            redirect_url: address.into(),
            ..failed("")
        }
    }

    fn rule() -> Option<Source> {
        Some(Source {
            rule: "||ads.example^".into(),
            list: "List".into(),
            line: 7,
        })
    }

    /// What was done by the request's own account, and by that of the rules: with a rule that blocks it, and without.
    #[track_caller]
    fn check(request: &EndedRequest, expected: [Option<&str>; 2]) {
        let done = |blocked_by| request.clone().hit(blocked_by).map(|hit| hit.action);
        let expected = expected.map(|action| action.map(str::to_owned));
        assert_eq!([done(rule()), done(None)], expected, "{request:?}");
    }

    #[test]
    fn reads_what_browsers_say() {
        let chromium = r#"{"tabId": 3, "url": "https://a.example/", "type": "script", "initiator": "https://b.example", "error": "net::ERR_FAILED",
            "frameId": 0, "fromCache": false}"#;
        let request: EndedRequest = serde_json::from_str(chromium).expect("it is a request");
        assert_eq!(
            (request.tab_id, request.kind.as_str(), request.from()),
            (3, "script", "https://b.example")
        );
        let firefox = r#"{"tabId": -1, "url": "https://a.example/", "type": "script", "documentUrl": "https://b.example/une",
            "redirectUrl": "https://c.example/"}"#;
        let request: EndedRequest = serde_json::from_str(firefox).expect("it is a request");
        assert_eq!(
            (request.tab_id, request.from(), request.error.as_str()),
            (-1, "https://b.example/une", "")
        );
    }

    #[test]
    fn a_page_is_known_by_its_number_or_else_by_its_address() {
        let by = |text: &str| {
            let request: EndedRequest = serde_json::from_str(text).expect("it is a request");
            request.by_page().map(str::to_owned)
        };
        assert_eq!(
            by(r#"{"frameId": 0, "documentId": "D1", "documentUrl": "https://a.example/"}"#),
            Some("D1".into())
        );
        assert_eq!(
            by(r#"{"frameId": 0, "documentUrl": "https://a.example/"}"#),
            Some("https://a.example/".into())
        );
        assert_eq!(by(r#"{"frameId": 7, "documentId": "D2"}"#), None);
    }

    #[test]
    fn a_failure_is_a_blockers_in_the_words_of_browsers() {
        check(&failed(BLOCKED_IN_CHROMIUM), [Some("blocked"), Some("blocked")]);
        check(&failed("net::ERR_NAME_NOT_RESOLVED"), [None, None]);
        check(&failed("NS_ERROR_CONNECTION_REFUSED"), [None, None]);
    }

    #[test]
    fn a_request_that_firefox_calls_given_up_is_blocked_only_where_a_rule_blocks() {
        check(&failed("NS_ERROR_ABORT"), [Some("blocked"), None]);
        check(&failed("NS_ERROR_BLOCKED_BY_POLICY"), [Some("blocked"), None]);
    }

    #[test]
    fn a_surrogate_comes_from_an_extension() {
        let surrogate = redirected("chrome-extension://abc/surrogates/noop.js");
        check(&surrogate, [Some("redirected"), Some("redirected")]);
        check(
            &redirected("moz-extension://abc/surrogates/noop.js"),
            [Some("redirected"), Some("redirected")],
        );
        check(&redirected("chrome-extension://abc/site/soutien.js"), [None, None]);
        check(&redirected("https://a.example/surrogates/noop.js"), [None, None]);
    }

    #[test]
    fn a_hit_names_the_rule() {
        let hit = failed(BLOCKED_IN_CHROMIUM).hit(rule()).expect("it was blocked");
        assert_eq!(
            (hit.rule.as_str(), hit.list.as_str(), hit.line),
            ("||ads.example^", "List", 7)
        );
        assert_eq!(
            (hit.what.as_str(), hit.request.as_str()),
            ("https://ads.example/a.js", "script")
        );
    }
}
