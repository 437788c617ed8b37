//! The words of the plugin: all of them are in language files, in French and in English.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use soutien::reference::ATTRIBUTES;
use soutien_project::files::collect;
use soutien_project::{root, run as runs};
use support::browsers::run;
use xtask::plugins::System;
use xtask::setup::{Need, require};

use super::rig::assembled;

/// The texts of a language file, as PHP reads it.
fn texts(module: &str, language: &str) -> Result<BTreeMap<String, String>> {
    let file = System::Spip.folder().join(format!("lang/{module}_{language}.php"));
    let mut command = Command::new(require(Need::Php)?);
    command
        .args(["-r", "echo json_encode( (object) require $argv[1] );", "--"])
        .arg(&file);
    let json = runs::with_input(&mut command, "")?;
    serde_json::from_str(&json).with_context(|| file.display().to_string())
}

/// The names that follow this in the sources of the plugin.
fn named(sources: &str, before: &str) -> BTreeSet<String> {
    sources
        .split(before)
        .skip(1)
        .map(|rest| {
            rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

#[test]
fn every_text_is_in_both_languages_and_used() {
    run(async {
        assembled().await?;
        let mut files = Vec::new();
        collect(&root().join("integrations/spip/soutien"), &mut files)?;
        let mut sources = String::new();
        for file in files.iter().filter(|file| !file.to_string_lossy().contains("/lang/")) {
            sources += &fs::read_to_string(file).with_context(|| file.display().to_string())?;
        }
        // What is put together of a beginning and a value.
        let mut used = BTreeSet::new();
        for name in named(&sources, "soutien:") {
            let values: Vec<String> = match name.as_str() {
                "mode_" | "explication_mode_" => ["off", "measure", "ask"].map(str::to_owned).to_vec(),
                "statut_" => ["0minirezo", "1comite", "6forum"].map(str::to_owned).to_vec(),
                "label_" | "explication_" => ["session", "rubriques", "articles"].map(str::to_owned).to_vec(),
                "nombre_" => named(&fs::read_to_string(root().join("integrations/php/numbers.php"))?, "\n\t'")
                    .into_iter()
                    .chain(["extension", "network", "browser", "tracking_protection", "none"].map(|cause| format!("by_{cause}")))
                    .filter(|name| name != "by")
                    .collect(),
                "choix_" => ATTRIBUTES
                    .iter()
                    .filter(|attribute| {
                        format!("{:?}", attribute.takes).starts_with("Word") || format!("{:?}", attribute.takes) == "Switch"
                    })
                    .flat_map(|attribute| {
                        let words = attribute
                            .words
                            .split(' ')
                            .map(|word| if word.is_empty() { "aucun" } else { word });
                        words.map(|word| format!("{}_{word}", attribute.key).replace('-', "_"))
                    })
                    .chain(["lang_auto".to_owned()])
                    .collect(),
                _ => vec![String::new()],
            };
            used.extend(values.iter().map(|value| format!("{name}{value}")));
        }
        let french = texts("soutien", "fr")?;
        let known: BTreeSet<String> = french.keys().cloned().collect();
        let (missing, unused): (Vec<_>, Vec<_>) = (used.difference(&known).collect(), known.difference(&used).collect());
        ensure!(
            missing.is_empty() && unused.is_empty(),
            "missing: {missing:?}, unused: {unused:?}"
        );
        for module in ["soutien", "soutienoptions", "paquet-soutien"] {
            let (french, english) = (texts(module, "fr")?, texts(module, "en")?);
            ensure!(french.keys().eq(english.keys()), "{module} is not the same in both languages");
            let empty = french
                .iter()
                .chain(&english)
                .find(|(_, text)| text.trim().is_empty() && **text != "\u{a0}");
            ensure!(empty.is_none(), "{module}: {empty:?}");
            for (key, text) in &french {
                ensure!(!text.contains('\''), "{module}, {key}: ’ is the apostrophe of French, not '");
                let arguments = |text: &str| text.split('@').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
                ensure!(arguments(text) == arguments(&english[key]), "{module}, {key}: {text}");
            }
        }
        Ok(())
    });
}

/// The words of an option are those of the table, and no other.
#[test]
fn every_option_has_its_words() {
    run(async {
        assembled().await?;
        let english = texts("soutienoptions", "en")?;
        for attribute in ATTRIBUTES {
            let key = attribute.key.replace('-', "_");
            ensure!(english[&format!("label_{key}")] == attribute.label.english, "{key}");
            for name in ["does", "values", "initial"] {
                ensure!(english.contains_key(&format!("{name}_{key}")), "{key} has no {name}");
            }
        }
        ensure!(english.len() == 4 * ATTRIBUTES.len(), "{} texts", english.len());
        Ok(())
    });
}
