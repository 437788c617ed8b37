//! Rules that hold of every language of the notice, with the English one as the measure.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

/// The 24 official languages of the European Union, and Arabic.
const WANTED: [&str; 25] = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt",
    "ro", "sk", "sl", "sv",
];

/// What is not to be read, but says which language this is.
const FACTS: [&str; 2] = ["lang", "dir"];

/// The words on buttons, which have to fit a narrow screen.
const BUTTONS: [&str; 8] = ["allow", "recheck", "support", "close", "never", "leave", "back", "reload"];

/// The longest text of a button, in characters.
const LONGEST_BUTTON: usize = 40;

/// Every language by the name of its file, without the ending.
fn languages() -> BTreeMap<String, Map<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/lang");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let language = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name
            .strip_suffix(".json")
            .unwrap_or_else(|| panic!("{name}: expected a name that ends with .json"));
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let words = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name.to_owned(), words)
    };
    files
        .map(|entry| language(&entry.expect("the folder can be read").path()))
        .collect()
}

/// Holds each text of each language to a rule, which gets its language, its key, the text and the English one, and says what is wrong
/// with it, if anything is. All that is wrong is named at once.
#[track_caller]
fn check(rule: impl Fn(&str, &str, &str, &str) -> Result<(), String>) {
    let languages = languages();
    let english = &languages["en"];
    let mut faults = String::new();
    for (language, words) in &languages {
        for (key, text) in words {
            let (text, english) = (text.as_str(), english.get(key).and_then(Value::as_str));
            // Keys that English does not have are for the test of keys.
            if let Err(fault) = rule(language, key, text.unwrap_or_default(), english.unwrap_or_default()) {
                faults += &format!("\n{language}.json, {key}: {fault}");
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The placeholders of a text, in alphabetical order, since languages differ in theirs. What does not end is none of them.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .split('{')
        .skip(1)
        .map(|rest| rest.split_once('}').map_or("without an end", |(name, _)| name))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn every_official_language_of_the_union_and_arabic_are_there() {
    let languages = languages();
    let missing: Vec<&str> = WANTED.into_iter().filter(|name| !languages.contains_key(*name)).collect();
    assert!(missing.is_empty(), "web/lang/ lacks {missing:?}");
}

#[test]
fn every_language_has_the_same_keys_in_the_same_order() {
    let languages = languages();
    let expected: Vec<&String> = languages["en"].keys().collect();
    for (language, words) in &languages {
        assert_eq!(words.keys().collect::<Vec<_>>(), expected, "{language}.json");
    }
}

#[test]
fn every_language_says_which_it_is_and_where_it_begins() {
    check(|language, key, text, _| {
        let expected = match key {
            "lang" => language,
            "dir" if language == "ar" => "rtl",
            "dir" => "ltr",
            _ => return Ok(()),
        };
        (text == expected)
            .then_some(())
            .ok_or(format!("found {text:?}, expected {expected:?}"))
    });
}

#[test]
fn every_text_says_something_and_nothing_around_it() {
    check(|_, _, text, _| {
        let is_fine = !text.is_empty() && text == text.trim();
        is_fine
            .then_some(())
            .ok_or(format!("expected a text without blanks around it, found {text:?}"))
    });
}

#[test]
fn every_text_is_of_one_line_without_markup() {
    check(|_, _, text, _| {
        let is_fine = !text.contains(|character: char| character.is_control() || matches!(character, '<' | '>' | '&'));
        is_fine.then_some(()).ok_or(format!("expected plain words, found {text:?}"))
    });
}

#[test]
fn every_text_has_the_placeholders_of_the_english_one() {
    check(|_, _, text, english| {
        let (found, expected) = (placeholders(text), placeholders(english));
        (found == expected)
            .then_some(())
            .ok_or(format!("found the placeholders {found:?}, expected {expected:?}"))
    });
}

#[test]
fn no_text_has_a_placeholder_twice_or_one_that_nobody_fills() {
    // The script fills in the first of each.
    check(|_, _, text, _| {
        let found = placeholders(text);
        [vec![], vec!["site"], vec!["blocker"], vec!["blocker", "site"]]
            .contains(&found)
            .then_some(())
            .ok_or(format!("found the placeholders {found:?}"))
    });
}

#[test]
fn names_keep_their_own_direction_within_arabic() {
    // The dot of a name such as 24.ae would be of the sentence, which runs the other way.
    check(|language, _, text, _| {
        let n_isolated = text.matches("\u{2066}{").count() + text.matches("}\u{2069}").count();
        let n_expected = if language == "ar" { 2 * placeholders(text).len() } else { 0 };
        (n_isolated == n_expected)
            .then_some(())
            .ok_or(format!("found {text:?}, expected U+2066 and U+2069 around each name"))
    });
}

#[test]
fn no_line_of_french_begins_with_a_sign() {
    check(|language, _, text, _| {
        let is_apart = [" :", " ;", " !", " ?", " »", "« "].iter().any(|sign| text.contains(sign));
        (language != "fr" || !is_apart)
            .then_some(())
            .ok_or(format!("expected a no-break space beside each sign, found {text:?}"))
    });
}

#[test]
fn no_text_is_much_longer_than_the_english_one() {
    check(|_, key, text, english| {
        let (length, longest) = (text.chars().count(), english.chars().count() * 22 / 10 + 20);
        (FACTS.contains(&key) || length <= longest)
            .then_some(())
            .ok_or(format!("{length} characters, expected {longest} at most"))
    });
}

#[test]
fn buttons_fit_a_narrow_screen() {
    check(|_, key, text, _| {
        let length = text.chars().count();
        (!BUTTONS.contains(&key) || length <= LONGEST_BUTTON)
            .then_some(())
            .ok_or(format!("{length} characters, expected {LONGEST_BUTTON} at most"))
    });
    let languages = languages();
    for key in BUTTONS {
        assert!(languages["en"].contains_key(key), "{key} is the word of a button");
    }
}
