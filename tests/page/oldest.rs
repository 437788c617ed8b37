//! The oldest browsers that README.md names, by MDN's data on what the built files use of the platform.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xtask::setup::{Need, require};

/// The browsers of the table, by their names in the data, and as readers know them.
const BROWSERS: [(&str, &str); 3] = [
    ("chrome", "Chrome and its relatives"),
    ("firefox", "Firefox"),
    ("safari", "Safari"),
];

/// The oldest version of each that has something; infinite where none has.
type Versions = [f64; BROWSERS.len()];

/// What readers get, and what it takes.
struct Part {
    /// What README.md calls it.
    what: &'static str,
    /// The scripts that it comes in; the names in them are looked up.
    files: &'static [&'static str],
    /// What no name shows: syntax and styles, by the paths in the data. What there is of WebAssembly does not matter: the module comes as
    /// JavaScript where it is too little.
    needs: &'static [&'static str],
    /// Names of what is asked for before it is used, or done without.
    spared: &'static [&'static str],
}

const PARTS: [Part; 2] = [
    Part {
        what: "verdict, events, controls",
        files: &[
            "soutien.js",
            "numbers.js",
            "hosts.js",
            "wordpress.js",
            "panels.js",
            "button.js",
            "host.js",
            "probe.js",
        ],
        needs: &[
            "javascript.operators.optional_chaining",
            "javascript.operators.nullish_coalescing",
            "javascript.operators.import",
        ],
        // Among them are styles, which the data has elsewhere, and names of our own.
        spared: &[
            "CSSStyleSheet",
            "replaceSync",
            "adoptedStyleSheets",
            "popover",
            "hidePopover",
            "prerendering",
            "requestIdleCallback",
            "saveData",
            "maxWidth",
            "transition",
            "queue",
            "hide",
            "show",
            "brands",
            "userAgentData",
            "activation",
            "navigationType",
            "crossOriginIsolated",
            "ReportingObserver",
        ],
    },
    Part {
        what: "the notice",
        files: &["appeal.js", "host.js", "leaving.js", "places.js", "hostname.js"],
        // The rest of its style sheet can be ignored, and the notice still be read and used.
        needs: &["css.types.color.light-dark", "css.selectors.popover-open"],
        spared: &[
            "locks",
            "checkVisibility",
            "animation",
            "currentCSSZoom",
            "currentEntry",
            "traverseTo",
            "sameDocument",
            "findLast",
            "entries",
            "showPopover",
            "hidePopover",
        ],
    },
];

fn versions(compat: &Value) -> Versions {
    BROWSERS.map(|(browser, _)| {
        let support = &compat["support"][browser];
        let statements = support.as_array().map_or(std::slice::from_ref(support), Vec::as_slice);
        let plain = statements.iter().find(|statement| {
            ["flags", "prefix", "alternative_name"]
                .iter()
                .all(|key| statement[key].is_null())
        });
        let version = plain.and_then(|statement| statement["version_added"].as_str());
        version
            .and_then(|version| version.trim_start_matches('≤').parse().ok())
            .unwrap_or(f64::INFINITY)
    })
}

/// Notes for each name the versions of all that has it. The same name may belong to something old as well.
fn gather(found: &mut HashMap<String, Vec<Versions>>, name: &str, feature: &Value) {
    if feature["__compat"].is_object() {
        found.entry(name.to_owned()).or_default().push(versions(&feature["__compat"]));
    }
    for (name, feature) in feature.as_object().into_iter().flatten() {
        if !name.starts_with("__") {
            gather(found, name, feature);
        }
    }
}

/// The names that a script asks the platform for: properties, what is constructed, and what is called. What stands in a string is no name.
fn names(script: &str) -> Vec<&str> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    let mut names = Vec::new();
    let mut rest = script;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let length = if is_part(first) {
            let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
            let name = &rest[..length];
            let is_called = rest[length..].starts_with('(');
            // Names of our own are shorter.
            if before == '.' || (length > 3 && (is_called || first.is_uppercase())) {
                names.push(name);
            }
            length
        } else if first == '"' {
            rest[1..].find('"').map_or(rest.len(), |end| end + 2)
        } else {
            first.len_utf8()
        };
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    names
}

/// The versions that a part takes, and after each what takes them.
fn oldest(part: &Part, data: &Value, known: &HashMap<String, Vec<Versions>>) -> Result<[(f64, String); BROWSERS.len()]> {
    let mut oldest: [(f64, String); BROWSERS.len()] = Default::default();
    let mut take = |name: &str, versions: Versions| {
        for (found, version) in oldest.iter_mut().zip(versions) {
            if version > found.0 {
                *found = (version, name.to_owned());
            }
        }
    };
    for path in part.needs {
        let feature = path.split('.').fold(data, |feature, name| &feature[name]);
        ensure!(feature["__compat"].is_object(), "the data knows no {path}");
        take(path, versions(&feature["__compat"]));
    }
    for file in part.files {
        let path = soutien_project::root().join("dist/site").join(file);
        let script = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for name in names(&script).into_iter().filter(|name| !part.spared.contains(name)) {
            let sum = |versions: &&Versions| versions.iter().sum::<f64>();
            let all = known.get(name).into_iter().flatten();
            if let Some(first) = all.min_by(|one, other| sum(one).total_cmp(&sum(other))) {
                take(&format!("{name} in {file}"), *first);
            }
        }
    }
    Ok(oldest)
}

/// A version with the month that it came in, such as `80 (2020-02)`.
fn dated(data: &Value, browser: &str, version: f64) -> Result<String> {
    let release = &data["browsers"][browser]["releases"][version.to_string()]["release_date"];
    let date = release.as_str().with_context(|| format!("there is no {browser} {version}"))?;
    Ok(format!("{version} ({})", &date[..7]))
}

#[test]
fn readme_names_the_oldest_browsers() -> Result<()> {
    let path = require(Need::Judges)?.join("@mdn/browser-compat-data/data.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let data: Value = serde_json::from_str(&text)?;
    let mut known = HashMap::new();
    gather(&mut known, "", &data["api"]);
    gather(&mut known, "", &data["javascript"]["builtins"]);

    let names = BROWSERS.map(|(_, name)| name).join(" | ");
    let mut table = format!("| what | {names} |\n|---|---|---|---|\n");
    let mut takers = Vec::new();
    for part in &PARTS {
        let mut cells = vec![part.what.to_owned()];
        for ((browser, _), (version, taker)) in BROWSERS.iter().zip(oldest(part, &data, &known)?) {
            cells.push(dated(&data, browser, version).with_context(|| taker.clone())?);
            takers.push(taker);
        }
        table += &format!("| {} |\n", cells.join(" | "));
    }
    let readme = fs::read_to_string(soutien_project::root().join("README.md"))?;
    ensure!(
        readme.contains(&table),
        "README.md lacks this table of the oldest browsers:\n{table}because of {takers:?}"
    );
    Ok(())
}
