//! What came of pages under profiles.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::address::Address;
use crate::findings::Finding;

/// What came of one page under one profile in one browser.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    pub url: Address,
    pub browser: String,
    pub profile: String,
    #[serde(flatten)]
    pub result: Outcomes,
    /// What the blocker breaks on the page, the worst first; none without a blocker, and where it could not be seen.
    pub findings: Vec<Finding>,
    /// What the page looked like in the end, as a PNG image; empty where nothing was to be seen.
    #[serde(skip)]
    pub shot: Vec<u8>,
    /// The same without the notice over it; empty where there was none.
    #[serde(skip)]
    pub shot_without_notice: Vec<u8>,
    /// What it looked like without a blocker, where there are findings.
    #[serde(skip)]
    pub plain_shot: Option<Arc<Vec<u8>>>,
}

impl Cell {
    /// What the page itself looked like, without the notice.
    pub fn bare_shot(&self) -> &[u8] {
        if self.shot_without_notice.is_empty() {
            &self.shot
        } else {
            &self.shot_without_notice
        }
    }
}

/// What a visit came to.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Outcomes {
    /// The verdict is one that it should be.
    Passed(Seen),
    /// It is another.
    Failed(Seen),
    /// The page has no tag, so that there is no verdict. What a blocker breaks is seen all the same.
    NoTag,
    /// Nobody asked for a verdict.
    Unasked,
    /// Nothing can be said, for the reason given.
    NotRun { reason: String },
}

impl Outcomes {
    /// What was seen of Soutien; `None` where there is none, or the page could not be tried.
    pub fn seen(&self) -> Option<&Seen> {
        match self {
            Outcomes::Passed(seen) | Outcomes::Failed(seen) => Some(seen),
            Outcomes::NoTag | Outcomes::Unasked | Outcomes::NotRun { .. } => None,
        }
    }
}

/// What putting Soutien on a page without its tag would change there.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Put {
    /// How many elements of the page are elsewhere because of it, and how far at most, in pixels.
    pub n_moved: usize,
    pub pixels: f64,
    /// The page's own consent dialog, where one can be seen; empty otherwise.
    pub consent_dialog: String,
    /// Whether the notice and that dialog lie over each other.
    pub is_covered: bool,
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
    /// What changed by Soutien, where it was put on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put: Option<Put>,
}
