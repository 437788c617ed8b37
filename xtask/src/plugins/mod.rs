//! `cargo xtask plugins`: what an editor installs in WordPress or SPIP, from integrations/, dist/site/ and the rows of `src/options.rs`.

mod spip;
mod wordpress;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use soutien::baits;
use soutien::reference::ATTRIBUTES;

use crate::toolchain::Choice;
use crate::{build, configurator};
use soutien_project::files::{self, copy, copy_folder};
use soutien_project::root;

/// A system with a plugin of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// WordPress.
    Wordpress,
    /// SPIP.
    Spip,
}

impl System {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Wordpress, Self::Spip];

    /// Its name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wordpress => "wordpress",
            Self::Spip => "spip",
        }
    }

    /// The folder of the plugin as it is installed; its last part is the plugin's name there.
    pub fn folder(self) -> PathBuf {
        self.folder_in(&output())
    }

    /// The same as one file, which the system itself can install.
    pub fn zip(self) -> PathBuf {
        self.zip_in(&output())
    }

    fn folder_in(self, output: &Path) -> PathBuf {
        output.join(self.name()).join("soutien")
    }

    fn zip_in(self, output: &Path) -> PathBuf {
        output.join(format!("soutien-{}-{}.zip", self.name(), env!("CARGO_PKG_VERSION")))
    }
}

/// Builds dist/site/, and the plugins of it.
///
/// # Errors
/// When something cannot be built or written.
pub fn plugins(choice: Choice) -> Result<()> {
    build::build(choice)?;
    for system in System::ALL {
        let zip = assemble(system)?;
        let size = fs::metadata(&zip)?.len() as f64 / 1e6;
        println!("{} ({size:.2} MB)", zip.strip_prefix(root()).unwrap_or(&zip).display());
    }
    Ok(())
}

/// Where the plugins are.
fn output() -> PathBuf {
    root().join("dist/plugins")
}

/// Makes the plugin of a system from what is built, in dist/plugins/, as a folder and as a zip, whose path it gives.
///
/// # Errors
/// As [`assemble_into`].
pub fn assemble(system: System) -> Result<PathBuf> {
    assemble_into(system, &output())
}

/// The same in another folder.
///
/// # Errors
/// When dist/site/ is not built, gettext is missing, something that is said has no French, or something cannot be written.
pub fn assemble_into(system: System, output: &Path) -> Result<PathBuf> {
    let site = root().join("dist/site");
    if !site.is_dir() {
        bail!("dist/site/ is missing: run `cargo xtask build`");
    }
    let folder = system.folder_in(output);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    copy_folder(&root().join("integrations").join(system.name()).join("soutien"), &folder)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&root().join(licence), &folder.join(licence))?;
    }
    let shared = folder.join("shared");
    copy_folder(&root().join("integrations/php"), &shared)?;
    // Another build has another address, so that what a browser has may be kept for good. The last folder is what the rules of docs/filter-lists.md
    // know it by.
    let release = release(&site)?;
    copy_folder(&site, &folder.join("site").join(&release.hash).join("soutien"))?;
    fs::write(shared.join("options.php"), options()?)?;
    fs::write(shared.join("release.php"), release.php())?;
    copy(
        &root().join("integrations/servers/plugin.htaccess"),
        &folder.join("site/.htaccess"),
    )?;
    match system {
        System::Wordpress => {
            preview(&folder.join("preview"), &release.hash)?;
            wordpress::complete(&folder, &output.join("languages"))?;
        }
        System::Spip => spip::write(&folder)?,
    }
    says_its_version(&folder, system)?;
    let zip = system.zip_in(output);
    // In a folder of the plugin's name, as both systems want it.
    let parent = folder.parent().context("the folder is in one")?;
    files::pack(parent, &zip)?;
    Ok(zip)
}

/// Holds what a plugin says of its version, by which the system knows an update, against that of the project.
fn says_its_version(folder: &Path, system: System) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let places: &[(&str, &str)] = match system {
        System::Wordpress => &[("soutien.php", " * Version:"), ("readme.txt", "Stable tag:")],
        System::Spip => &[("paquet.xml", "\tversion=")],
    };
    for (file, begins) in places {
        let text = fs::read_to_string(folder.join(file)).with_context(|| format!("the plugin has no {file}"))?;
        let found = text.lines().find_map(|line| line.strip_prefix(begins));
        let found = found.map(|found| found.trim().trim_matches('"'));
        ensure!(
            found == Some(version),
            "{file} of integrations/{}/soutien/ says the version {found:?}, expected {version}",
            system.name()
        );
    }
    Ok(())
}

/// What a plugin knows of the files for readers.
struct Release {
    hash: String,
    integrity: String,
}

impl Release {
    fn php(&self) -> String {
        let (version, Self { hash, integrity }) = (env!("CARGO_PKG_VERSION"), self);
        let baits = baits::STYLED
            .split(' ')
            .map(|name| format!("'{name}'"))
            .collect::<Vec<_>>()
            .join(", ");
        format!(
            "<?php\n/**\n * What is built: its version, the folder in site/, the integrity of soutien.js, and what the preview has to refuse.\n */\n\n\
             return array(\n\t'version'   => '{version}',\n\t'hash'      => '{hash}',\n\t'integrity' => '{integrity}',\n\t'baits'     => array(\n\
             \t\t'fetch'  => '{}',\n\t\t'styled' => array( {baits} ),\n\t),\n);\n",
            baits::FETCH
        )
    }
}

/// Reads what dist/site/manifest.json says of soutien.js, whose name for the plugins is that of its content.
fn release(site: &Path) -> Result<Release> {
    let manifest: Value = serde_json::from_slice(&fs::read(site.join("manifest.json"))?)?;
    let files = manifest["files"].as_array().context("dist/site/manifest.json has no files")?;
    let loader = files.iter().find(|file| file["name"] == "soutien.js");
    let integrity = loader
        .and_then(|file| file["integrity"].as_str())
        .context("dist/site/manifest.json has no integrity of soutien.js")?;
    // In hexadecimal digits, which no filter list takes for a word.
    let digest = Sha256::digest(fs::read(site.join("soutien.js"))?);
    let hash = digest
        .iter()
        .take(6)
        .fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    Ok(Release {
        hash,
        integrity: integrity.to_owned(),
    })
}

/// What a plugin reads of a row of the configurator's; the words come from language files.
const FIELDS: [&str; 6] = ["control", "choices", "least", "most", "initial", "example"];

/// The options of the tag as PHP: a row each, as the configurator has them.
fn options() -> Result<String> {
    let table = configurator::options(&configurator::languages()?);
    let mut php = String::from(
        "<?php\n/**\n * The options of the tag, a row each: by which control each is set, and what it may be.\n */\n\nreturn array(\n",
    );
    let rows = table["attributes"].as_array().context("the table has rows")?;
    for (row, attribute) in rows.iter().zip(ATTRIBUTES) {
        let row = row.as_object().context("a row is an object")?;
        let mut kept: Map<String, Value> = row
            .iter()
            .filter(|(field, _)| FIELDS.contains(&field.as_str()))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        kept.insert("takes".into(), format!("{:?}", attribute.takes).to_lowercase().into());
        let _ = writeln!(php, "\t'{}' => {},", attribute.key, literal(&Value::Object(kept), 1));
    }
    php.push_str(");\n");
    Ok(php)
}

/// A value as PHP writes it.
fn literal(value: &Value, depth: usize) -> String {
    let indent = "\t".repeat(depth + 1);
    let end = "\t".repeat(depth);
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(|value| literal(value, depth)).collect();
            format!("array( {} )", values.join(", "))
        }
        Value::Object(fields) => {
            let mut text = String::from("array(\n");
            for (key, value) in fields {
                let _ = writeln!(text, "{indent}{} => {},", quoted(key), literal(value, depth + 1));
            }
            format!("{text}{end})")
        }
    }
}

/// A text as PHP writes it, where nothing in it means anything else.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The page that a form shows the notice on, over the files of the plugin.
fn preview(folder: &Path, hash: &str) -> Result<()> {
    for name in ["preview.html", "preview.js", "preview.css", "picture.svg"] {
        copy(&root().join("configurator").join(name), &folder.join(name))?;
    }
    let page = folder.join("preview.html");
    let text = fs::read_to_string(&page)?;
    let address = "../soutien/soutien.js";
    ensure!(text.contains(address), "configurator/preview.html does not load {address}");
    fs::write(page, text.replace(address, &format!("../site/{hash}/soutien/soutien.js")))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_written_as_php_reads_it() {
        assert_eq!(literal(&json!(["it's", "a\\b"]), 0), r"array( 'it\'s', 'a\\b' )");
        assert_eq!(
            literal(&json!({ "least": 0, "most": null }), 0),
            "array(\n\t'least' => 0,\n\t'most' => null,\n)"
        );
    }
}
