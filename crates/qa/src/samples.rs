//! Results as they may be, for rows.

use serde_json::json;

use crate::address::Address;
use crate::findings;
use crate::outcome::{Cell, Outcomes, Seen};

/// A page under a profile with these findings, each by its id.
pub fn cell(url: &str, profile: &str, result: Outcomes, ids: &[&str]) -> Cell {
    let finding = |id: &&str| {
        json!({ "id": id, "kind": "script-error", "what": "", "where": "", "number": 1, "pixels": 0, "rule": "", "list": "", "line": 0,
            "advice": "look", "score": 1, "effects": [] })
    };
    let judged = ids.iter().map(finding).collect();
    Cell {
        url: Address::new(url),
        browser: "chromium".into(),
        profile: profile.into(),
        result,
        findings: findings::read(judged).expect("these are findings"),
        shot: Vec::new(),
        shot_without_notice: Vec::new(),
        plain_shot: None,
    }
}

/// A verdict `clear` where `blocked` was expected, after so many milliseconds.
pub fn seen(ms: f64) -> Seen {
    Seen {
        kind: "clear".into(),
        cause: "none".into(),
        expected: vec!["blocked, extension".into()],
        ms,
        notice: false,
        has_probe: true,
        problems: Vec::new(),
        remarks: Vec::new(),
        hits: Vec::new(),
        put: None,
    }
}
