//! Rules of `declarativeNetRequest` as browsers read them.
//!
//! Source: <https://developer.chrome.com/docs/extensions/reference/api/declarativeNetRequest>, read on 2026-11-24.

use serde::{Deserialize, Serialize};

use crate::built::Browser;
use crate::request_type::RequestType;

/// A rule of `declarativeNetRequest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct DnrRule {
    pub id: u32,
    pub priority: u32,
    pub action: Action,
    pub condition: Condition,
}

impl DnrRule {
    /// Returns the rule as a browser takes it: with all names that it has for the kinds of requests that the rule is about.
    pub fn in_browser(mut self, browser: Browser) -> DnrRule {
        for types in [
            &mut self.condition.resource_types,
            &mut self.condition.excluded_resource_types,
        ] {
            let kinds = RequestType::ALL
                .into_iter()
                .filter(|kind| types.iter().any(|name| name == kind.as_str()));
            let more = kinds
                .flat_map(|kind| &kind.names(browser)[1..])
                .map(|name| (*name).to_owned());
            let more: Vec<String> = more.filter(|name| !types.contains(name)).collect();
            types.extend(more);
        }
        self
    }
}

/// An expression of a rule, as a browser is asked whether it takes it: `declarativeNetRequest.RegexOptions`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Expression {
    pub regex: String,
    pub is_case_sensitive: bool,
}

impl Condition {
    /// The expression of the condition, where it has one.
    pub fn expression(&self) -> Option<Expression> {
        (!self.regex_filter.is_empty()).then(|| Expression {
            regex: self.regex_filter.clone(),
            is_case_sensitive: self.is_url_filter_case_sensitive,
        })
    }
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Redirect {
    pub extension_path: String,
}

/// A header that is added to an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Header {
    pub header: String,
    pub operation: String,
    pub value: String,
}

/// Which requests a rule is about. What is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
