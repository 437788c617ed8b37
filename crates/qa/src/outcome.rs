//! What came of pages under profiles.

use serde::Serialize;
use serde_json::Value;

use crate::address::Address;

/// What came of one page under one profile in one browser.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    pub url: Address,
    pub browser: String,
    pub profile: String,
    #[serde(flatten)]
    pub result: Outcomes,
    /// What the page looked like in the end, as a PNG image; empty where nothing was to be seen.
    #[serde(skip)]
    pub shot: Vec<u8>,
}

/// What a visit came to.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Outcomes {
    /// The verdict is one that it should be.
    Passed(Seen),
    /// It is another.
    Failed(Seen),
    /// Nothing can be said, for the reason given.
    NotRun { reason: String },
}

/// What was seen on a page.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    pub kind: String,
    pub cause: String,
    /// What the verdict should be: one of these, such as `blocked, extension`; any where there is none.
    pub expected: Vec<String>,
    /// How long the probing took, in milliseconds.
    pub ms: f64,
    pub notice: bool,
    /// Whether ad hosts were asked: the page's tag names them in `data-probe`, and there was consent.
    pub has_probe: bool,
    /// What Soutien told the page of, as `soutien:problem` has it, each as one line.
    pub problems: Vec<String>,
    /// What else is to be known of the page, each as one line: dialogs, other detectors, where it went.
    pub remarks: Vec<String>,
    /// What the profile did to the page, as `Hit` of the extension's backend has it.
    pub hits: Vec<Value>,
}
