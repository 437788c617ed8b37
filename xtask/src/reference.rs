//! `cargo xtask reference`: writes what publishers read of attributes and events, from the one table in `src/reference.rs`.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use soutien::reference::{ATTRIBUTES, EVENTS};

use crate::root;

/// Writes the tables into README.md.
///
/// # Errors
/// When README.md cannot be read or written, or lacks the marks between which they stand.
pub fn reference() -> Result<()> {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).context("cannot read README.md")?;
    let written = with_tables(&text)?;
    if written != text {
        fs::write(&path, written).context("cannot write README.md")?;
    }
    println!("README.md has {} attributes and {} events", ATTRIBUTES.len(), EVENTS.len());
    Ok(())
}

/// A text in which the tables stand between their marks.
fn with_tables(text: &str) -> Result<String> {
    let mut attributes = String::from("| attribute | values | default | what it does |\n|---|---|---|---|\n");
    for attribute in ATTRIBUTES {
        let (key, values, default, does) = (attribute.key, attribute.values, attribute.default_words, attribute.does);
        let _ = writeln!(attributes, "| `data-{key}` | {values} | {default} | {does} |");
    }
    let mut events = String::from("| event | detail | when |\n|---|---|---|\n");
    for event in EVENTS {
        let detail = if event.detail.is_empty() {
            String::new()
        } else {
            format!("{} ", event.detail)
        };
        let _ = writeln!(events, "| `soutien:{}` | {detail}| {} |", event.name, event.when);
    }
    between(&between(text, "attributes", &attributes)?, "events", &events)
}

fn between(text: &str, name: &str, table: &str) -> Result<String> {
    let marks = || format!("README.md lacks the marks <!-- {name}: … --> and <!-- /{name} -->");
    let (before, rest) = text.split_once(&format!("<!-- {name}:")).with_context(marks)?;
    let (mark, rest) = rest.split_once("-->").with_context(marks)?;
    let (_, after) = rest.split_once(&format!("<!-- /{name} -->")).with_context(marks)?;
    Ok(format!("{before}<!-- {name}:{mark}-->\n\n{table}\n<!-- /{name} -->{after}"))
}

/// The types of the options, the events and `window.Soutien`, for TypeScript.
pub fn types() -> String {
    let mut types = String::from(
        "// Types of Soutien, written by `cargo xtask build`.\n\n/** A number with a unit, such as `7d`, `12h`, `30m`, `5s` or `250ms`. */\n\
         export type Duration = string;\n\n/** One signal behind a verdict. */\nexport interface Signal {\n  \
         family: \"element\" | \"request\" | \"slot\" | \"host\" | \"browser\";\n  name: string;\n  \
         reading: \"clear\" | \"blocked\" | \"unknown\";\n  /** Why it is unknown; empty otherwise. */\n  why: string;\n  \
         /** When the reading last changed, in milliseconds since probing began. */\n  ms: number;\n}\n\n\
         /** What the signals add up to. */\nexport interface Verdict {\n  \
         /** Whether ads are blocked; `unsure` is never taken for `blocked`. */\n  kind: \"blocked\" | \"clear\" | \"unsure\";\n  \
         /** What blocks them. */\n  \
         cause: \"extension\" | \"network\" | \"browser\" | \"tracking-protection\" | \"none\";\n  \
         /** Every signal behind it. */\n  signals: Signal[];\n  \
         /** How long the probing took, in milliseconds. */\n  ms: number;\n}\n\n\
         /** The attributes of the tag, by the names that they have in its `dataset`. */\nexport interface Options {\n",
    );
    for attribute in ATTRIBUTES {
        let does = plain(attribute.does);
        let _ = writeln!(types, "  /** {} Default: {}. */", capital(&does), attribute.default_words);
        let _ = writeln!(types, "  {}?: {};", camel(attribute.key), attribute.kind);
    }
    types += "}\n\n/** `window.Soutien`, which is there from `soutien:ready` on. */\nexport interface Soutien {\n  \
        readonly version: string;\n  /** The last verdict. */\n  readonly verdict: Verdict | null;\n  \
        /** Probes again. */\n  check(): Promise<Verdict>;\n  /** Shows the notice, whatever the policy says. */\n  show(): void;\n  \
        /** Closes the notice; nothing is remembered. */\n  hide(): void;\n}\n\ndeclare global {\n  \
        interface Window {\n    readonly Soutien?: Soutien;\n  }\n  interface DocumentEventMap {\n";
    for event in EVENTS {
        let _ = writeln!(types, "    /** {} */", capital(&plain(event.when)));
        let _ = writeln!(types, "    \"soutien:{}\": CustomEvent<{}>;", event.name, event.kind);
    }
    types + "  }\n}\n"
}

/// The same with what the npm package exports.
pub fn package_types() -> String {
    types()
        + "\n/** What `start` takes. What is undefined, null or false is left out. */\n\
           export type StartOptions = { [Key in keyof Options]: Options[Key] | null | false } & {\n  \
           /** Where the folder `site` of the package was copied to. Default: `/soutien/`. */\n  base?: string | null | false;\n  \
           /** The `integrity` of soutien.js in `site/manifest.json`: browsers then run that very file or none. Default: none. */\n  \
           integrity?: string | null | false;\n};\n\n\
           /**\n * Puts the tag into the page, and resolves once Soutien is there, which is not before the reader sees the page. Rejects\n \
           * where it cannot be, and on a server. A second call is a `soutien:problem`, changes nothing, and resolves as well.\n */\n\
           export function start(options?: StartOptions): Promise<Soutien>;\n"
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
    fn readme_has_the_tables_of_the_code() {
        let text = fs::read_to_string(root().join("README.md")).expect("README.md is there");
        let written = with_tables(&text).expect("README.md has the marks");
        assert!(
            written == text,
            "README.md is behind src/reference.rs: run `cargo xtask reference`"
        );
    }

    #[test]
    fn types_name_every_attribute_and_every_event() {
        let types = types();
        for attribute in ATTRIBUTES {
            let line = format!("  {}?: {};\n", camel(attribute.key), attribute.kind);
            assert!(types.contains(&line), "no {line:?} in {types}");
        }
        for event in EVENTS {
            let line = format!("    \"soutien:{}\": CustomEvent<{}>;\n", event.name, event.kind);
            assert!(types.contains(&line), "no {line:?} in {types}");
        }
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
