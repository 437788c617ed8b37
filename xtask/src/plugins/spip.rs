//! What SPIP wants besides: the words of the options as its language files, which translators of SPIP know.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use soutien::reference::{ATTRIBUTES, Text};

use super::quoted;

/// Writes the language files into the folder of the plugin.
///
/// # Errors
/// When they cannot be written.
pub(super) fn write(folder: &Path) -> Result<()> {
    for (language, name) in ["en", "fr"].into_iter().enumerate() {
        fs::write(folder.join(format!("lang/soutienoptions_{name}.php")), words(language))?;
    }
    Ok(())
}

/// What is said of the options as a language file of SPIP, whose texts are HTML: English, or the second language, French.
fn words(language: usize) -> String {
    let mut php = String::from("<?php\n/**\n * The options of the tag in words.\n */\n\nreturn array(\n");
    for attribute in ATTRIBUTES {
        let of = |text: &Text| [text.english, text.french][language];
        let key = attribute.key.replace('-', "_");
        let texts = [
            ("does", of(&attribute.does)),
            ("initial", of(&attribute.without)),
            ("label", of(&attribute.label)),
            ("values", &attribute.values()[language]),
        ];
        for (name, text) in texts {
            let text = if name == "does" { sentence(text) } else { text.to_owned() };
            let _ = writeln!(php, "\t'{name}_{key}' => {},", quoted(&html(&text)));
        }
    }
    php.push_str(");\n");
    php
}

/// A text with its first letter as sentences have it.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).collect()
}

/// A text of the table as HTML: its code as such, and of its links, which lead to documents, the words.
fn html(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let mut part = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        while let Some((before, rest)) = part.split_once('[') {
            let Some((words, (_, after))) = rest
                .split_once("](")
                .and_then(|(words, rest)| Some((words, rest.split_once(')')?)))
            else {
                break;
            };
            part = format!("{before}{words}{after}");
        }
        html += &if index % 2 == 1 {
            format!("<code>{part}</code>")
        } else {
            part
        };
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_table_is_written_as_html() {
        assert_eq!(
            html("`cookie:NAME`, a < b, see [docs/consent.md](docs/consent.md)."),
            "<code>cookie:NAME</code>, a &lt; b, see docs/consent.md."
        );
    }
}
