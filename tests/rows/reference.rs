//! What publishers read of problems and of what is kept, held against what the code does. `options.rs` has attributes and events.

use std::fs;
use std::path::Path;

use soutien::memory::{Memory, Room};
use soutien::reference::{PROBLEMS, STORED};

/// The sources of what readers download, one after the other.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["web", "web/controls", "web/edge", "web/notice", "src/browser"]
        .into_iter()
        .flat_map(|folder| {
            let entries = fs::read_dir(root.join(folder)).expect("the folder can be read");
            entries.map(|entry| entry.expect("the folder can be read").path())
        });
    let is_source = |path: &Path| {
        path.extension()
            .is_some_and(|extension| extension == "js" || extension == "rs")
    };
    files
        .filter(|path| is_source(path))
        .map(|path| fs::read_to_string(&path).expect("the file can be read"))
        .collect()
}

/// What stands between one of these beginnings and the next such end, in order and each once.
fn between<'a>(text: &'a str, begins: &[&str], end: char) -> Vec<&'a str> {
    let rests = begins.iter().flat_map(|begin| text.split(begin).skip(1));
    let mut found: Vec<&str> = rests.filter_map(|rest| rest.split(end).next()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn every_problem_that_is_reported_is_told_of_and_no_other() {
    // What the code says instead of a literal, and which keys that may be. The first is an attribute's, which has no row; the last is the
    // function itself.
    let others: [(&str, &[&str]); 5] = [
        ("key", &[]),
        (
            "name",
            &[
                "appeal.css",
                "hostname.js",
                "lang/xx.json",
                "leaving.js",
                "places.css",
                "places.js",
            ],
        ),
        (
            "script",
            &[
                "appeal.js",
                "button.js",
                "host.js",
                "hosts.js",
                "numbers.js",
                "panels.js",
                "wordpress.js",
            ],
        ),
        ("area", &["localStorage", "sessionStorage"]),
        ("key: &str", &[]),
    ];
    let keys_of = |code: &'static str| match others.iter().find(|(other, _)| *other == code) {
        Some((_, keys)) => keys.to_vec(),
        None => {
            let literal = code.strip_prefix('"').and_then(|code| code.strip_suffix('"'));
            vec![literal.unwrap_or_else(|| panic!("this test has to be told which keys `{code}` stands for"))]
        }
    };
    let sources: &'static str = sources().leak();
    let mut keys: Vec<&str> = between(sources, &["problem(", "problemOnce("], ',')
        .into_iter()
        .flat_map(keys_of)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut told: Vec<&str> = PROBLEMS.iter().map(|problem| problem.key).collect();
    told.sort_unstable();
    assert_eq!(keys, told);
}

#[test]
fn all_that_is_kept_is_told_of_with_whether_it_needs_consent() {
    let everything = Memory {
        closed_until: 1,
        quiet: 1,
        revision: 1,
        views: 1,
        allowed: 1,
        draw: 1,
    };
    let written = |memory: &Memory, has_consent: bool| {
        let mut room = [0; size_of::<Room>()];
        let text = String::from_utf8(memory.write(has_consent, &mut room).to_vec()).expect("it is ASCII");
        let fields = text.split(' ').filter_map(|field| field.split_once('='));
        let mut names: Vec<String> = fields.map(|(name, _)| name.to_owned()).collect();
        names.sort_unstable();
        names
    };
    let told = |is_told: fn(bool) -> bool| {
        let fields = STORED
            .iter()
            .filter(|stored| stored.area == "localStorage" && is_told(stored.needs_consent));
        let mut fields: Vec<&str> = fields.map(|stored| stored.field).collect();
        fields.sort_unstable();
        fields
    };
    assert_eq!(written(&everything, false), told(|needs_consent| !needs_consent));
    assert_eq!(written(&everything, true), told(|_| true));
}

#[test]
fn nothing_is_kept_elsewhere() {
    let sources = sources();
    assert_eq!(between(&sources, &["const KEY = \""], '"'), ["soutien"]);
    // There is one place that writes, and who calls it names the storage; the first of these is the place itself.
    assert_eq!(between(&sources, &[".setItem("], ')'), ["KEY, text"]);
    assert_eq!(between(&sources, &[" keep("], ','), ["\"localStorage\"", "TAB"]);
    assert_eq!(between(&sources, &["const TAB = \""], '"'), ["sessionStorage"]);
    for stored in STORED {
        assert_eq!(stored.key, "soutien");
        assert!(["localStorage", "sessionStorage"].contains(&stored.area), "{stored:?}");
    }
    for other in ["document.cookie =", "indexedDB", "caches.open"] {
        assert!(!sources.contains(other), "{other} keeps what no table tells of");
    }
}
