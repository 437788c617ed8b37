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

/// The types of the attributes, the events and `window.Soutien`, for TypeScript.
pub fn types() -> String {
    let plain = |text: &str| text.replace("*/", "");
    let mut types = String::from(
        "// Types of Soutien, written by `cargo xtask build`.\n\n/** A number with a unit, such as `7d`, `12h`, `30m`, `5s` or `250ms`. */\n\
         export type Duration = string;\n\n/** One signal behind a verdict. */\nexport interface Signal {\n  \
         family: \"element\" | \"request\" | \"slot\" | \"host\" | \"browser\";\n  name: string;\n  \
         reading: \"clear\" | \"blocked\" | \"unknown\";\n  /** Why it is unknown; empty otherwise. */\n  why: string;\n  \
         /** When the reading last changed, in milliseconds since probing began. */\n  ms: number;\n}\n\n\
         /** What the signals add up to. */\nexport interface Verdict {\n  kind: \"blocked\" | \"clear\" | \"unsure\";\n  \
         cause: \"extension\" | \"network\" | \"browser\" | \"tracking-protection\" | \"none\";\n  signals: Signal[];\n  \
         /** How long the probing took, in milliseconds. */\n  ms: number;\n}\n\n\
         /** The attributes of the tag, without `data-`. */\nexport interface Options {\n",
    );
    for attribute in ATTRIBUTES {
        let _ = writeln!(
            types,
            "  /** {} Default: {}. */",
            capital(&plain(attribute.does)),
            attribute.default_words
        );
        let key = if attribute.key.contains('-') {
            format!("\"{}\"", attribute.key)
        } else {
            attribute.key.to_owned()
        };
        let _ = writeln!(types, "  {key}?: {};", attribute.kind);
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
        assert!(
            types.contains("  \"after-views\"?: number;\n") && types.contains("  lang?: string;\n"),
            "{types}"
        );
        assert!(types.contains("    \"soutien:verdict\": CustomEvent<Verdict>;\n"), "{types}");
    }
}
