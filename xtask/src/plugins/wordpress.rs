//! What the plugin for WordPress has besides: the words of the options, as WordPress translates them, and the translations.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use soutien::reference::ATTRIBUTES;

use super::quoted;
use crate::setup::{Need, require};
use soutien_project::files::collect;
use soutien_project::{root, run};

/// The folder of the sources.
const SOURCE: &str = "integrations/wordpress/soutien";

/// The French that is written by hand, without the words of the options, which are in their rows.
const FRENCH: &str = "languages/fr.po";

/// For whom French is French. WordPress looks for the locale itself and no further.
const FRENCH_LOCALES: [&str; 3] = ["fr_FR", "fr_BE", "fr_CA"];

/// The functions whose first argument is translated, with what else each takes.
const FUNCTIONS: [&str; 9] = [
    "__",
    "_e",
    "_n:1,2",
    "_x:1,2c",
    "esc_html__",
    "esc_html_e",
    "esc_attr__",
    "esc_attr_e",
    "esc_html_x:1,2c",
];

/// Adds all of it to the plugin's folder. What is made on the way stands in another one.
///
/// # Errors
/// When gettext is missing, or something that is said has no French.
pub(super) fn complete(folder: &Path, work: &Path) -> Result<()> {
    fs::write(folder.join("shared/option-texts.php"), option_texts())?;
    translate(folder, work)
}

/// What options are called and do, in words that WordPress' tools find.
fn option_texts() -> String {
    let mut php = String::from(
        "<?php\n/**\n * What the options are called and do, so that translators find it: the same as in options.php.\n */\n\n\
         defined( 'ABSPATH' ) || exit;\n\nreturn array(\n",
    );
    for attribute in ATTRIBUTES {
        let (label, does) = (quoted(attribute.label.english), quoted(attribute.does.english));
        let _ = writeln!(
            php,
            "\t'{}' => array(\n\t\t'label' => __( {label}, 'soutien' ),\n\t\t'does'  => __( {does}, 'soutien' ),\n\t),",
            attribute.key
        );
    }
    php + ");\n"
}

/// Writes the template of translations, and French, which has to be complete.
fn translate(folder: &Path, work: &Path) -> Result<()> {
    let languages = folder.join("languages");
    let by_hand = root().join(SOURCE).join(FRENCH);
    // It is in what is made below.
    fs::remove_file(folder.join(FRENCH)).with_context(|| format!("{SOURCE}/{FRENCH} is missing"))?;
    fs::create_dir_all(work)?;
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "php"));
    files.sort();
    // WordPress translates what the head of the plugin says as well.
    let head = work.join("head.php");
    let main = fs::read_to_string(folder.join("soutien.php"))?;
    let description = main
        .lines()
        .find_map(|line| line.trim_start_matches(" * ").strip_prefix("Description:"))
        .context("soutien.php has no Description in its head")?;
    fs::write(&head, format!("<?php __( {} );\n", quoted(description.trim())))?;
    let template = languages.join("soutien.pot");
    let mut extract = gettext("xgettext")?;
    extract
        .args([
            "--language=PHP",
            "--from-code=UTF-8",
            "--add-comments=translators",
            "--no-location",
            "--sort-output",
            "--package-name=soutien",
        ])
        .args(FUNCTIONS.map(|function| format!("--keyword={function}")))
        .arg(format!("--output={}", template.display()))
        .args(files)
        .arg(head);
    run::quietly("xgettext", &mut extract, None)?;
    // The same sources make the same plugin, at whatever time.
    let dated = fs::read_to_string(&template)?;
    let undated: Vec<&str> = dated
        .lines()
        .filter(|line| !line.contains("POT-Creation-Date") && !line.starts_with("# "))
        .collect();
    fs::write(&template, undated.join("\n") + "\n")?;
    let options = work.join("options.po");
    fs::write(&options, options_in_french())?;
    let known = work.join("known.po");
    let mut join = gettext("msgcat")?;
    join.args(["--use-first", "--output-file"]).args([&known, &by_hand, &options]);
    run::quietly("msgcat", &mut join, None)?;
    let french = languages.join("soutien-fr_FR.po");
    let mut merge = gettext("msgmerge")?;
    merge.args(["--quiet", "--no-fuzzy-matching", "--no-location", "--output-file"]);
    merge.args([&french, &known, &template]);
    run::quietly("msgmerge", &mut merge, None)?;
    let missing = gettext("msgattrib")?
        .args(["--untranslated", "--no-obsolete", "--no-wrap"])
        .arg(&french)
        .output()?;
    let missing = String::from_utf8_lossy(&missing.stdout).into_owned();
    let missing: Vec<&str> = missing
        .lines()
        .filter(|line| line.starts_with("msgid \"") && line.len() > 8)
        .collect();
    if !missing.is_empty() {
        bail!("no French in {SOURCE}/{FRENCH} for {missing:#?}");
    }
    for locale in FRENCH_LOCALES {
        let mut compile = gettext("msgfmt")?;
        compile
            .args(["--check-format", "--output-file"])
            .arg(languages.join(format!("soutien-{locale}.mo")));
        run::quietly("msgfmt", compile.arg(&french), None)?;
    }
    Ok(())
}

/// A program of GNU gettext.
fn gettext(program: &str) -> Result<Command> {
    let folder = require(Need::Gettext)?;
    Ok(Command::new(folder.with_file_name(program)))
}

/// The words of the options in French, as gettext reads them.
fn options_in_french() -> String {
    let mut text = String::from("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n");
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for attribute in ATTRIBUTES {
        for words in [attribute.label, attribute.does] {
            if !pairs.iter().any(|(english, _)| *english == words.english) {
                pairs.push((words.english, words.french));
            }
        }
    }
    for (english, french) in pairs {
        let _ = write!(
            text,
            "\nmsgid {english:?}\nmsgstr \"{}\"\n",
            french.replace('\\', "\\\\").replace('"', "\\\"")
        );
    }
    text
}
