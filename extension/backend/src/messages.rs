//! The messages between the backend and the rest of the extension. These types are the schema: a message that does not fit them
//! exactly is refused. The `.d.ts` of the package is made of them.

use serde::{Deserialize, Serialize};

use crate::filter::Source;
use crate::profile::Text;
use crate::scope::Scope;

/// What the content script says on behalf of a page, which is never to be trusted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum PageMessage {
    /// The page has begun.
    Page,
    /// The page has these classes and ids, and links to these addresses, that it had not before.
    Names {
        /// The classes.
        classes: Vec<String>,
        /// The ids.
        ids: Vec<String>,
        /// The addresses of the links.
        links: Vec<String>,
    },
    /// Of the selectors that were offered, these fit something that is not the page's own.
    Hide {
        /// The selectors.
        selectors: Vec<String>,
    },
    /// The page has images with these addresses that did not come, and frames with these.
    Boxes {
        /// The addresses of the images.
        images: Vec<String>,
        /// The addresses of the frames.
        frames: Vec<String>,
    },
    /// Soutien has reached a verdict on the page.
    Verdict {
        /// The verdict.
        verdict: Verdict,
    },
    /// Soutien has told the page of a problem.
    Problem {
        /// The problem.
        problem: Problem,
    },
    /// The page asks for another profile.
    Choose {
        /// The name of the profile.
        profile: String,
    },
    /// The page asks what is known of its tab, which the variant for machines alone answers: with the [`Tab`].
    State,
    /// The page asks why, which that variant alone answers as well: with the [`Reasons`].
    Reasons {
        /// Requests that the page may make.
        requests: Vec<Wanted>,
        /// Selectors of what is hidden.
        selectors: Vec<String>,
    },
}

/// A request that a page may make.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Wanted {
    /// The address that it would ask for.
    pub address: String,
    /// The kind of the request as browsers name it, such as `sub_frame`.
    pub kind: String,
}

/// What was done to a page and would be, and by which rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Reasons {
    /// What is known of the tab.
    pub tab: Tab,
    /// The selectors of what is hidden on such a page, whatever is on it.
    pub sheet: Vec<String>,
    /// The rule behind each of the requests; empty where it would be let through.
    pub requests: Vec<Source>,
    /// The rule behind each of the selectors; its list is empty where there is none.
    pub selectors: Vec<Source>,
}

/// What the content script is to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct PageAnswer {
    /// When it should look at the page's names; never without this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey: Option<Survey>,
    /// Selectors of which it should say which fit something that is not the page's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selectors: Vec<String>,
    /// The addresses of images that a rule refuses, whose boxes it should take away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// Those of frames, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<String>,
}

/// When to look at a page's names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Survey {
    /// How long the page has to be at rest after a change, in milliseconds.
    pub wait: u32,
    /// How long after a change at the latest, in milliseconds.
    pub at_most: u32,
}

/// A verdict, as `soutien:verdict` has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Verdict {
    /// `blocked`, `clear` or `unsure`.
    pub kind: String,
    /// What blocks, or `none`.
    pub cause: String,
    /// What was seen.
    pub signals: Vec<Signal>,
    /// How long that took, in milliseconds.
    pub ms: f64,
}

/// One signal behind a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Signal {
    /// What kind of thing was looked at.
    pub family: String,
    /// Its name within its family.
    pub name: String,
    /// `clear`, `blocked` or `unknown`.
    pub reading: String,
    /// Why it is unknown; empty otherwise.
    pub why: String,
    /// When the reading last changed, in milliseconds since probing began.
    pub ms: f64,
}

/// A problem, as `soutien:problem` has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Problem {
    /// What is not as it should be.
    pub key: String,
    /// What was found.
    pub given: String,
    /// What was used instead.
    pub used: String,
}

/// What the popup asks for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum PopupMessage {
    /// Everything that it shows.
    State {
        /// The number of the tab it is about; the active one without it.
        tab: Option<i32>,
    },
    /// From now on, this profile is played.
    Select {
        /// The name of the profile.
        profile: String,
    },
    /// The blockers act on this host as well, or no longer.
    Site {
        /// The host.
        host: String,
        /// Whether they act on it from now on.
        is_allowed: bool,
    },
    /// The profile of the reader's own lists uses this text. An empty one takes the lists away.
    Lists {
        /// The text, in the syntax of filter lists.
        text: String,
    },
    /// What becomes of a request by the profile's lists, and why. It is answered with an [`Explanation`], every other with the
    /// [`State`].
    Explain {
        /// The address that is asked for.
        address: String,
        /// The page that asks.
        from: String,
        /// The kind of the request as browsers name it, such as `sub_frame`.
        request: String,
    },
    /// What becomes of an element under the profile, and why. It is answered with an [`Explanation`] as well.
    ExplainElement {
        /// The classes and ids of the element, as in `#top.ad`.
        element: String,
        /// The page that it is on.
        from: String,
    },
}

/// What becomes of a request or an element.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Explanation {
    /// Of a request: `through`, `blocked`, or `excepted` where an exception lets it through. Of an element: `shown`, `hidden`, or `excepted`
    /// where an exception or a style shows it.
    pub decision: String,
    /// The rule that blocks or hides, or would; empty where there is none.
    pub rule: String,
    /// The list of the rule.
    pub list: String,
    /// The number of its line, from 1 on.
    pub line: u32,
    /// The exception; empty where there is none, and where a list spares the page rules about elements as a whole.
    pub exception: String,
    /// The list of the exception.
    pub exception_list: String,
    /// The number of its line, from 1 on.
    pub exception_line: u32,
}

/// Everything that the popup shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct State {
    /// The name of the profile that is played.
    pub profile: String,
    /// All profiles, in the order in which they are offered.
    pub profiles: Vec<Offer>,
    /// On which pages blockers act.
    pub scope: Scope,
    /// The tab that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tab: Option<Tab>,
    /// What became of the lists that were pasted.
    pub lists: Lists,
    /// How much memory the backend has, in bytes.
    pub memory: f64,
}

/// A profile as the popup offers it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Offer {
    /// The name of the profile.
    pub name: String,
    /// The blocker it plays.
    pub plays: Text,
    /// What it does.
    pub about: Text,
    /// Whether it redirects, and lacks the access to every site that this takes.
    pub lacks_access: bool,
    /// How many rules of its lists are played.
    pub n_carried: u32,
    /// How many could not be carried over or are not played, or not wholly.
    pub n_left: u32,
    /// The verdict it should lead to in this browser, as in `blocked, extension`; empty where that depends.
    pub expected: String,
}

/// A tab as the popup shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Tab {
    /// The number that the browser has given it.
    pub id: i32,
    /// The address of its page.
    pub address: String,
    /// The host of the address; empty where no blocker can act.
    pub host: String,
    /// Whether blockers act here.
    pub is_allowed: bool,
    /// The profile that was played when the page began.
    pub profile: String,
    /// The last verdict of Soutien on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The problems that Soutien told of, oldest first.
    pub problems: Vec<Problem>,
    /// What was done to the page, oldest first.
    pub hits: Vec<Hit>,
    /// How many more hits there were than are kept.
    pub n_more: u32,
    /// What browsers know its page by.
    #[serde(skip)]
    pub document: String,
    /// Hits of requests by another document than that, which may be the next page: which document, and the hit.
    #[serde(skip)]
    pub early: Vec<(String, Hit)>,
}

/// One thing that was done to a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Hit {
    /// What was done: `blocked`, `redirected`, `hidden` or `scriptlet`.
    pub action: String,
    /// The kind of the request as browsers name it, such as `sub_frame`; empty for elements.
    pub request: String,
    /// The address of the request, or the selector of the elements.
    pub what: String,
    /// The rule behind it; empty where it is not known.
    pub rule: String,
    /// The list of the rule; empty where it is not known.
    pub list: String,
    /// The number of the rule's line, from 1 on; 0 where it is not known.
    pub line: u32,
    /// The signals of Soutien that this explains, such as `request/script`.
    pub signals: Vec<String>,
}

/// What became of the lists that were pasted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Lists {
    /// How many lines they have.
    pub n_lines: u32,
    /// How many rules are played.
    pub n_carried: u32,
    /// How many could not be.
    pub n_left: u32,
    /// The first of the rules that could not be, each with the number of its line and the reason.
    pub left: Vec<String>,
    /// Why they could not be taken at all; empty where they were.
    pub problem: String,
}

impl PageMessage {
    /// Whether only the page itself may say so, and no page within it: it is about the tab as a whole.
    pub fn is_for_tab(&self) -> bool {
        match self {
            PageMessage::Verdict { .. }
            | PageMessage::Problem { .. }
            | PageMessage::Choose { .. }
            | PageMessage::State
            | PageMessage::Reasons { .. } => true,
            PageMessage::Page | PageMessage::Names { .. } | PageMessage::Hide { .. } | PageMessage::Boxes { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PageMessage, String> {
        let message: PageMessage = serde_json::from_str(text).map_err(|error| error.to_string())?;
        message.limited()
    }

    #[test]
    fn takes_messages_of_the_schema_alone() {
        assert_eq!(read(r#"{"kind": "page"}"#), Ok(PageMessage::Page));
        assert!(read(r#"{"kind": "names", "classes": ["a"], "ids": [], "links": []}"#).is_ok());
        for bad in [
            r#"{"kind": "select", "profile": "none"}"#,
            r#"{"kind": "names", "classes": ["a"]}"#,
            r#"{"kind": "names", "classes": "a", "ids": [], "links": []}"#,
            r#"{"kind": "names", "classes": [], "ids": [], "links": [], "more": 1}"#,
            r#"{"kind": "verdict", "verdict": {"kind": "blocked"}}"#,
            r#"[]"#,
            r#"null"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_about_the_tab_is_for_the_page_itself_to_say() {
        let check =
            |text: &str, expected: bool| assert_eq!(read(text).map(|message| message.is_for_tab()), Ok(expected), "{text}");
        check(r#"{"kind": "choose", "profile": "dns"}"#, true);
        check(r#"{"kind": "state"}"#, true);
        check(
            r#"{"kind": "reasons", "requests": [{"address": "https://a.example/", "kind": "script"}], "selectors": [".ad"]}"#,
            true,
        );
        check(
            r#"{"kind": "problem", "problem": {"key": "a", "given": "b", "used": "c"}}"#,
            true,
        );
        check(
            r#"{"kind": "verdict", "verdict": {"kind": "clear", "cause": "none", "signals": [], "ms": 1}}"#,
            true,
        );
        check(r#"{"kind": "page"}"#, false);
        check(r#"{"kind": "names", "classes": [], "ids": [], "links": []}"#, false);
        check(r#"{"kind": "hide", "selectors": []}"#, false);
    }

    #[test]
    fn fields_are_written_as_javascript_writes_them() {
        let allowed = PopupMessage::Site {
            host: "journal.example".into(),
            is_allowed: true,
        };
        let message = r#"{"kind": "site", "host": "journal.example", "isAllowed": true}"#;
        assert_eq!(serde_json::from_str::<PopupMessage>(message).ok(), Some(allowed));
    }

    #[test]
    fn asks_about_a_request_or_an_element() {
        let read = |text: &str| serde_json::from_str::<PopupMessage>(text).is_ok();
        assert!(read(
            r#"{"kind": "explain", "address": "https://a.example/", "from": "https://b.example/", "request": "script"}"#
        ));
        assert!(read(
            r#"{"kind": "explain-element", "element": ".ad", "from": "https://b.example/"}"#
        ));
        for bad in [
            r#"{"kind": "explain", "address": "https://a.example/", "from": "https://b.example/"}"#,
            r#"{"kind": "explain-element", "element": ".ad"}"#,
            r#"{"kind": "explain-element", "element": ".ad", "from": "https://b.example/", "request": "script"}"#,
        ] {
            assert!(!read(bad), "{bad}");
        }
    }
}
