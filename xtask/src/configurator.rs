//! The configurator: a page on which a publisher sets every option by form controls, sees the notice, and copies the tag. No reader downloads
//! it. It is made of configurator/ and of options.json, which is written here from the rows of `src/options.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use soutien::baits;
use soutien::options::Takes;
use soutien::reference::{ATTRIBUTES, Attribute, Text};

use soutien_project::files::collect;
use soutien_project::root;

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
    let options = serde_json::to_vec(&options(&languages()?))?;
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
///
/// # Errors
/// When web/lang/ cannot be read.
pub(crate) fn languages() -> Result<Vec<String>> {
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
pub(crate) fn options(languages: &[String]) -> Value {
    let both = |text: Text| json!({ "en": text.english, "fr": text.french });
    let attribute = |attribute: &Attribute| {
        let [english, french] = attribute.values();
        let mut option = control(attribute, languages);
        option["key"] = attribute.key.into();
        option["label"] = both(attribute.label);
        option["values"] = json!({ "en": english, "fr": french });
        option["initial"] = attribute.default.into();
        option["initialWords"] = both(attribute.without);
        option["example"] = attribute.example.into();
        option["does"] = both(attribute.does);
        option
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "attributes": ATTRIBUTES.iter().map(attribute).collect::<Vec<_>>(),
        "baits": { "fetch": baits::FETCH, "styled": baits::STYLED.split(' ').collect::<Vec<_>>() },
    })
}

/// By which control an option is set.
fn control(attribute: &Attribute, languages: &[String]) -> Value {
    let words: Vec<&str> = attribute.words.split(' ').collect();
    match attribute.takes {
        Takes::Language => {
            let auto = std::iter::once("auto");
            json!({ "control": "choice", "choices": auto.chain(languages.iter().map(String::as_str)).collect::<Vec<_>>() })
        }
        Takes::Word | Takes::Switch => json!({ "control": "choice", "choices": words }),
        Takes::Words => json!({ "control": "several", "choices": words }),
        Takes::Number => json!({ "control": "number", "least": 0 }),
        Takes::Percent => json!({ "control": "number", "least": 0, "most": 100 }),
        Takes::Thousand => json!({ "control": "number", "least": 0, "most": 1000 }),
        Takes::Url | Takes::Urls | Takes::Milliseconds | Takes::Seconds | Takes::Selectors | Takes::Text => {
            json!({ "control": "text" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expects the option of this key to be set by this control.
    #[track_caller]
    fn check(key: &str, expected: Value) {
        let attribute = ATTRIBUTES.iter().find(|attribute| attribute.key == key);
        let languages = ["en".to_owned(), "fr".to_owned()];
        assert_eq!(
            control(attribute.expect("there is such an option"), &languages),
            expected,
            "{key}"
        );
    }

    #[test]
    fn what_an_option_takes_says_which_control() {
        check("lang", json!({ "control": "choice", "choices": ["auto", "en", "fr"] }));
        check(
            "view",
            json!({ "control": "choice", "choices": ["modal", "banner", "inline"] }),
        );
        check("images", json!({ "control": "choice", "choices": ["", "cover"] }));
        check("after-views", json!({ "control": "number", "least": 0 }));
        check("share", json!({ "control": "number", "least": 0, "most": 100 }));
        check("count", json!({ "control": "number", "least": 0, "most": 1000 }));
        check("snooze", json!({ "control": "text" }));
        check("support-url", json!({ "control": "text" }));
        check(
            "analytics",
            json!({ "control": "several", "choices": ["datalayer", "matomo", "plausible"] }),
        );
    }

    #[test]
    fn the_language_is_chosen_among_those_that_have_a_file() {
        let languages = languages().expect("web/lang/ is there");
        assert!(languages.iter().any(|language| language == "fr"), "{languages:?}");
        let lang = &options(&languages)["attributes"][0];
        assert_eq!(
            (&lang["key"], &lang["choices"][0], lang["choices"].as_array().map(Vec::len)),
            (&json!("lang"), &json!("auto"), Some(languages.len() + 1))
        );
    }
}
