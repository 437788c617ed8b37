//! What a blocker breaks on a page. What is seen on pages, and what it comes to, is the business of `npm/soutien-qa/findings/`, which the
//! adapters for test runners share: the extension observes, and a browser judges, here as there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::told;

/// What judges, in the order in which each takes something of those before it.
const JUDGE: [&str; 3] = [
    include_str!("../../../npm/soutien-qa/findings/texts.js"),
    include_str!("../../../npm/soutien-qa/findings/causes.js"),
    include_str!("../../../npm/soutien-qa/findings/judge.js"),
];

/// How many of the effects of a finding are told in a line each.
const SHOWN_EFFECTS: usize = 4;

/// Asks the extension's part of the page for an observation, which it gives once the page is at rest.
pub static OBSERVE: LazyLock<String> = LazyLock::new(|| {
    let module = script(include_str!("../../../npm/soutien-qa/findings/ask.js"));
    format!("(() => {{ {module} return observation(); }})()")
});

/// What a page shows, or why that is not known.
pub type Observed = std::result::Result<Value, String>;

/// The words for kinds of findings, and for what to do.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let words = include_str!("../../../npm/soutien-qa/findings/words.json");
    serde_json::from_str(words).expect("words.json is what it should be, which a test holds")
});

#[derive(Deserialize)]
struct Words {
    kinds: BTreeMap<String, Text>,
    advice: BTreeMap<String, Text>,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Text {
    pub en: String,
    pub fr: String,
}

/// Something that a reader with a blocker does not get.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Finding {
    /// What it is known by: the same in every run, and on every host that the page is on.
    pub id: String,
    #[serde(flatten)]
    pub effect: Effect,
    /// The rule behind it, its list and its line; empty where none is known.
    pub rule: String,
    pub list: String,
    pub line: u32,
    /// What to do, by its name in `words.json`.
    pub advice: String,
    /// How bad it is, of 100.
    pub score: u32,
    /// What came of it.
    pub effects: Vec<Effect>,
}

/// One thing that is not as it is without a blocker.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Effect {
    /// What happened, by its name in `words.json`.
    pub kind: String,
    /// What to: an address, a message, or what the page calls an element.
    pub what: String,
    /// Where: a selector, a script with its line, or the type of a request.
    #[serde(rename = "where")]
    pub place: String,
    /// How many of them there are, of which this is one.
    pub number: u32,
    /// How far something moved.
    pub pixels: u32,
}

impl Finding {
    /// What happened, in both languages.
    pub fn title(&self) -> Text {
        self.effect.title()
    }

    /// What to do, in both languages.
    pub fn advice(&self) -> Text {
        WORDS.advice.get(&self.advice).cloned().unwrap_or_default()
    }

    /// The rule with its list and line, as in `##.ad (EasyList, line 7)`; empty where none is known.
    pub fn source(&self) -> String {
        match (self.rule.as_str(), self.list.as_str()) {
            ("", _) => String::new(),
            (rule, "") => rule.to_owned(),
            (rule, list) => format!("{rule} ({list}, line {})", self.line),
        }
    }

    /// Everything but the advice, as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let mut first = format!("{}: {}", self.title().en, self.effect.text());
        if !self.rule.is_empty() {
            let _ = write!(first, " by {}", self.source());
        }
        let mut lines = vec![first];
        lines.extend(
            self.shown_effects()
                .map(|effect| format!("  {}: {}", effect.title().en, effect.text())),
        );
        lines
    }

    /// The effects that are told in a line each; the others say no more.
    pub fn shown_effects(&self) -> impl Iterator<Item = &Effect> {
        self.effects.iter().take(SHOWN_EFFECTS)
    }
}

impl Effect {
    /// What happened, in both languages.
    pub fn title(&self) -> Text {
        WORDS.kinds.get(&self.kind).cloned().unwrap_or_default()
    }

    /// What to, and where.
    pub fn name(&self) -> String {
        let mut name = self.what.clone();
        if !self.place.is_empty() && self.place != self.what {
            let _ = write!(name, " [{}]", self.place);
        }
        name
    }

    /// How many more there are, and how far they have moved, in both languages; empty where there is only one that has not.
    pub fn extent(&self) -> Text {
        let mut extent = Text::default();
        if self.number > 1 {
            let _ = write!(extent.en, " and {} more", self.number - 1);
            let _ = write!(extent.fr, " et {} de plus", self.number - 1);
        }
        if self.pixels > 0 {
            let _ = write!(extent.en, ", by {} px", self.pixels);
            let _ = write!(extent.fr, ", de {} px", self.pixels);
        }
        extent
    }

    /// All of that as one text.
    pub fn text(&self) -> String {
        self.name() + self.extent().en.as_str()
    }
}

/// What judges as an expression, to be evaluated on an empty page: two observations without a blocker, and one under it.
pub fn judging(first: &Value, second: &Value, blocked: &Value) -> String {
    let modules: String = JUDGE.iter().map(|module| script(module)).collect();
    // A line of JSON is an expression of JavaScript.
    format!("(() => {{ {modules} return judge({first}, {second}, {blocked}); }})()")
}

/// A module without what makes it one, to stand in one scope with those that it takes something of.
fn script(module: &str) -> String {
    let lines = module.lines().filter(|line| !line.starts_with("import "));
    let plain = lines.map(|line| line.strip_prefix("export ").unwrap_or(line));
    plain.flat_map(|line| [line, "\n"]).collect()
}

/// The findings that were judged, as they may be shown.
///
/// # Errors
/// When they are no findings.
pub fn read(judged: Value) -> serde_json::Result<Vec<Finding>> {
    let mut findings: Vec<Finding> = serde_json::from_value(judged)?;
    for finding in &mut findings {
        for text in [&mut finding.id, &mut finding.rule, &mut finding.list] {
            *text = told(text);
        }
        for effect in finding.effects.iter_mut().chain([&mut finding.effect]) {
            for text in [&mut effect.what, &mut effect.place] {
                *text = told(text);
            }
        }
    }
    Ok(findings)
}

/// What an observation says of dialogs that ask for consent and can be seen: their names and boxes.
pub fn consent_dialogs(observation: &Value) -> Vec<(String, [f64; 4])> {
    let elements = observation["elements"].as_array().into_iter().flatten();
    let dialogs = elements.filter(|element| element["consent"] == true && element["shown"] == true);
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    dialogs
        .map(|element| {
            let corner = |index: usize| number(&element["box"][index]);
            (
                told(element["where"].as_str().unwrap_or_default()),
                [corner(0), corner(1), corner(2), corner(3)],
            )
        })
        .collect()
}

/// How many elements an observation has elsewhere than one before it, and by how many pixels at most.
pub fn moved(before: &Value, after: &Value) -> (usize, f64) {
    let boxes = |observation: &Value| -> BTreeMap<String, Value> {
        let elements = observation["elements"].as_array().into_iter().flatten();
        let shown = elements.filter(|element| element["shown"] == true);
        shown
            .filter_map(|element| Some((element["key"].as_str()?.to_owned(), element["box"].clone())))
            .collect()
    };
    let later = boxes(after);
    let shifts = boxes(before).into_iter().filter_map(|(key, old)| {
        let new = later.get(&key)?;
        let shift = |index: usize| (new[index].as_f64().unwrap_or_default() - old[index].as_f64().unwrap_or_default()).abs();
        Some(shift(0).max(shift(1)))
    });
    let shifts: Vec<f64> = shifts.filter(|shift| *shift > 4.0).collect();
    (shifts.len(), shifts.into_iter().fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding() -> Finding {
        let judged = json!([{
            "id": "element-hidden  section.ad-banner  ##.ad-banner", "kind": "element-hidden", "what": "Sale\u{1b}[31m", "where": "section.ad-banner",
            "number": 3, "pixels": 0, "rule": "##.ad-banner", "list": "EasyList", "line": 7, "advice": "rename-class", "score": 82,
            "effects": [{ "kind": "script-error", "what": "Error: no", "where": "/a.js:1", "number": 1, "pixels": 0 }],
        }]);
        read(judged).expect("these are findings").remove(0)
    }

    #[test]
    fn a_finding_is_told_with_its_rule_and_what_came_of_it() {
        let lines = [
            r"Content is hidden: Sale\u{1b}[31m [section.ad-banner] and 2 more by ##.ad-banner (EasyList, line 7)",
            "  A script fails: Error: no [/a.js:1]",
        ];
        assert_eq!(finding().lines(), lines);
        assert!(!finding().advice().fr.is_empty());
    }

    #[test]
    fn what_judges_is_one_expression_of_all_its_files() {
        let script = judging(&json!(1), &json!(2), &json!({ "text": "\u{2028}" }));
        assert!(!script.contains("\nimport ") && !script.contains("\nexport "), "{script}");
        assert!(
            script.ends_with("return judge(1, 2, {\"text\":\"\u{2028}\"}); })()"),
            "{script}"
        );
    }

    #[test]
    fn what_moved_is_counted_where_it_can_be_seen() {
        let element = |key: &str, top: u32, shown: bool| json!({ "key": key, "box": [0, top, 10, 10], "shown": shown });
        let before = json!({ "elements": [element("a", 0, true), element("b", 50, true), element("c", 90, false)] });
        let after = json!({ "elements": [element("a", 2, true), element("b", 80, true), element("c", 0, true)] });
        assert_eq!(moved(&before, &after), (1, 30.0));
    }
}
