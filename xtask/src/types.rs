//! The types of the options, the events and `window.Soutien`, written from the tables of `soutien::reference`.

use std::fmt::Write as _;

use soutien::reference::{ATTRIBUTES, EVENTS};

/// The types of the options, the events and `window.Soutien`, for TypeScript.
pub fn types() -> String {
    let mut options = String::new();
    for attribute in ATTRIBUTES {
        let does = plain(attribute.does.english);
        let _ = writeln!(options, "  /** {} Default: {}. */", capital(&does), attribute.without.english);
        let _ = writeln!(options, "  {}?: {};", camel(attribute.key), attribute.kind());
    }
    let mut events = String::new();
    for event in EVENTS {
        let _ = writeln!(events, "    /** {} */", capital(&plain(event.when)));
        let _ = writeln!(events, "    \"soutien:{}\": CustomEvent<{}>;", event.name, event.kind);
    }
    include_str!("types.d.ts")
        .replace("  // attributes\n", &options)
        .replace("    // events\n", &events)
}

/// The same with what the npm package exports.
pub fn package_types() -> String {
    types() + include_str!("../../npm/soutien/start.d.ts")
}

/// A text of the tables for a comment in a file that stands by itself: no links, and options by the names they have there.
fn plain(text: &str) -> String {
    let mut text = text.replace("*/", "");
    for attribute in ATTRIBUTES {
        text = text.replace(&format!("`data-{}`", attribute.key), &format!("`{}`", camel(attribute.key)));
    }
    // Links are their own addresses in words.
    while let Some((before, rest)) = text.split_once('[') {
        let Some((words, after)) = rest
            .split_once("](")
            .and_then(|(words, rest)| Some((words, rest.split_once(')')?.1)))
        else {
            break;
        };
        text = format!("{before}{words}{after}");
    }
    text
}

/// The name of an attribute in a `dataset`.
fn camel(key: &str) -> String {
    let mut parts = key.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        format!("{name}{}{}", part[..1].to_uppercase(), &part[1..])
    })
}

/// A text as a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_name_every_attribute_and_every_event() {
        let types = types();
        for attribute in ATTRIBUTES {
            let line = format!("  {}?: {};\n", camel(attribute.key), attribute.kind());
            assert!(types.contains(&line), "no {line:?} in {types}");
        }
        for event in EVENTS {
            let line = format!("    \"soutien:{}\": CustomEvent<{}>;\n", event.name, event.kind);
            assert!(types.contains(&line), "no {line:?} in {types}");
        }
        assert!(!types.contains("// attributes") && !types.contains("// events"), "{types}");
        assert!(package_types().starts_with(&types));
    }

    #[test]
    fn comments_of_types_stand_by_themselves() {
        assert_eq!(camel("probe-twin"), "probeTwin");
        assert_eq!(
            plain("see [docs/numbers.md](docs/numbers.md); not `data-after-views`, `data-appeal-slot` or [this]"),
            "see docs/numbers.md; not `afterViews`, `data-appeal-slot` or [this]"
        );
    }
}
