//! The configurator: a page on which a publisher sets every option by form controls, sees the notice, and copies the tag. No reader downloads
//! it. It is made of configurator/ and of options.json, which is written here from the one table in `src/reference.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use soutien::baits;
use soutien::reference::{ATTRIBUTES, Attribute};

use crate::files::collect;
use crate::root;

/// The French for the texts of the table, by the English; the page does without where there is none.
const FRENCH: &str = "fr.json";

/// Makes a folder the page. What is as it should be is not touched, since somebody may be reading it.
///
/// # Errors
/// When a source is missing or not valid, or something cannot be written.
pub fn assemble(folder: &Path) -> Result<()> {
    let source = root().join("configurator");
    let mut paths = Vec::new();
    collect(&source, &mut paths)?;
    let mut files = BTreeMap::new();
    for path in paths {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        files.insert(path.strip_prefix(&source)?.to_owned(), bytes);
    }
    let french = files
        .remove(Path::new(FRENCH))
        .with_context(|| format!("configurator/{FRENCH} is missing"))?;
    let french = serde_json::from_slice(&french).with_context(|| format!("configurator/{FRENCH} is not valid"))?;
    let options = serde_json::to_vec(&options(&languages()?, &french))?;
    files.insert("options.json".into(), options);
    for (name, bytes) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The languages that have a file, in order.
fn languages() -> Result<Vec<String>> {
    let folder = root().join("web/lang");
    let mut languages = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            languages.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    languages.sort();
    Ok(languages)
}

/// What the page knows of the options, and of the baits that its preview has to refuse.
fn options(languages: &[String], french: &BTreeMap<String, String>) -> Value {
    let both = |text: &str| json!({ "en": text, "fr": french.get(text).map_or(text, String::as_str) });
    let attributes = ATTRIBUTES.map(|attribute| {
        let mut option = control(&attribute, languages);
        option["key"] = attribute.key.into();
        option["values"] = both(attribute.values);
        option["initial"] = attribute.default.into();
        option["initialWords"] = both(attribute.default_words);
        option["does"] = both(attribute.does);
        option
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "attributes": attributes,
        "baits": { "fetch": baits::FETCH, "styled": baits::STYLED.split(' ').collect::<Vec<_>>() },
    })
}

/// By which control an option is set, from its type and from the values that its words name.
fn control(attribute: &Attribute, languages: &[String]) -> Value {
    let named: Vec<&str> = attribute.values.split('`').skip(1).step_by(2).collect();
    let are_all = named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ") == attribute.values;
    match attribute.kind {
        _ if attribute.key == "lang" => {
            let auto = std::iter::once("auto");
            json!({ "control": "choice", "choices": auto.chain(languages.iter().map(String::as_str)).collect::<Vec<_>>() })
        }
        "number" => {
            let least = named.first().copied().unwrap_or("0");
            json!({ "control": "number", "least": least, "most": named.get(1) })
        }
        "Duration" => json!({ "control": "text", "examples": named }),
        "string" if are_all && !named.is_empty() => json!({ "control": "several", "choices": named }),
        "string" => json!({ "control": "text", "examples": [] }),
        // A union of texts.
        kind => {
            let choices: Vec<&str> = kind.split('|').map(|choice| choice.trim().trim_matches('"')).collect();
            json!({ "control": "choice", "choices": choices })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn french() -> BTreeMap<String, String> {
        let path = root().join("configurator").join(FRENCH);
        serde_json::from_slice(&fs::read(path).expect("it is there")).expect("it is valid")
    }

    #[test]
    fn every_text_has_french_and_no_french_is_left_over() {
        let texts = |attribute: &Attribute| [attribute.values, attribute.default_words, attribute.does].map(str::to_owned);
        // What is nothing but values is the same in every language.
        let is_prose = |text: &String| text.split('`').step_by(2).any(|words| words.contains(char::is_alphabetic));
        let mut expected: Vec<String> = ATTRIBUTES.iter().flat_map(texts).filter(is_prose).collect();
        expected.sort();
        expected.dedup();
        let found: Vec<String> = french().into_keys().filter(is_prose).collect();
        assert_eq!(
            found, expected,
            "configurator/{FRENCH} is behind src/reference.rs: translate what is new there, and drop what is gone"
        );
    }

    /// Expects an attribute of this type, with values in these words, to be set by this control.
    #[track_caller]
    fn check(kind: &'static str, values: &'static str, expected: Value) {
        let attribute = Attribute {
            kind,
            values,
            ..ATTRIBUTES[1]
        };
        assert_eq!(control(&attribute, &[]), expected, "{kind}: {values}");
    }

    #[test]
    fn types_and_values_say_which_control() {
        check(
            "\"modal\" | \"banner\"",
            "`modal`, `banner`",
            json!({ "control": "choice", "choices": ["modal", "banner"] }),
        );
        check(
            "\"cover\" | \"\"",
            "`cover`",
            json!({ "control": "choice", "choices": ["cover", ""] }),
        );
        check(
            "number",
            "a number",
            json!({ "control": "number", "least": "0", "most": null }),
        );
        check(
            "number",
            "`0` to `100`",
            json!({ "control": "number", "least": "0", "most": "100" }),
        );
        check(
            "Duration",
            "`7d`, `12h`, …",
            json!({ "control": "text", "examples": ["7d", "12h"] }),
        );
        check("string", "an address", json!({ "control": "text", "examples": [] }));
        check(
            "string",
            "`datalayer`, `matomo`",
            json!({ "control": "several", "choices": ["datalayer", "matomo"] }),
        );
        check(
            "string",
            "selectors and `cookie:NAME`",
            json!({ "control": "text", "examples": [] }),
        );
    }

    #[test]
    fn the_language_is_chosen_among_those_that_have_a_file() {
        let languages = languages().expect("web/lang/ is there");
        assert!(languages.iter().any(|language| language == "fr"), "{languages:?}");
        let lang = &options(&languages, &french())["attributes"][0];
        assert_eq!(
            (&lang["key"], &lang["choices"][0], lang["choices"].as_array().map(Vec::len)),
            (&json!("lang"), &json!("auto"), Some(languages.len() + 1))
        );
    }
}
