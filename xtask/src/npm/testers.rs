//! The packages for testers: `soutien-qa`, with what is ours of the variant for machines, and `soutien-qa-lists`, with what is made of filter lists.
//! They are apart because the lists have other licences and dates of their own.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use soutien_project::extension::{SITE, Target};
use soutien_project::files::{collect, copy, copy_folder};
use soutien_project::root;

use super::{binary, copy_licences, empty, lists, write_manifest};

/// The package with the code: MIT or Apache-2.0.
pub const CODE: &str = "soutien-qa";

/// The package with the lists: GPL-3.0-or-later.
pub const LISTS: &str = "soutien-qa-lists";

/// In both packages, the folder with the parts of the extension.
const PARTS: &str = "extension";

/// In that one, the folder of what is the same for every browser.
const BOTH: &str = "both";

/// What is made of lists, in the folder of a built extension.
const OF_LISTS: [&str; 6] = [
    "rules",
    "lists",
    "surrogates",
    "LICENCES.txt",
    "build.json",
    "expressions.json",
];

/// Puts both packages together from dist/extension-chromium-qa/ and dist/extension-firefox-qa/.
///
/// # Errors
/// When one of these is not there, or something cannot be read or written.
pub fn assemble(code: &Path, lists: &Path) -> Result<()> {
    for (name, package) in [(CODE, code), (LISTS, lists)] {
        empty(package)?;
        copy_folder(&source(name), package)?;
    }
    copy_licences(code)?;
    split(code, lists)?;
    let described = lists::described()?;
    fs::write(lists.join("lists.json"), format!("{:#}\n", json!(described)))?;
    fs::write(code.join("blockers.d.ts"), blockers()?)?;
    write_manifest(&shown_source(CODE), code, |manifest| {
        // npm installs the one that is for the machine, and passes over the others.
        let programs = binary::PLATFORMS.map(|platform| (binary::name(platform), json!(env!("CARGO_PKG_VERSION"))));
        manifest.insert("optionalDependencies".into(), programs.into_iter().collect());
        Ok(())
    })?;
    write_manifest(&shown_source(LISTS), lists, |manifest| {
        manifest.insert("version".into(), described.version().into());
        Ok(())
    })
}

/// The folder with the sources of a package, from the project's.
fn shown_source(name: &str) -> String {
    format!("npm/{name}")
}

fn source(name: &str) -> PathBuf {
    root().join(shown_source(name))
}

/// Whether a file of a built extension, by its path in there, is made of filter lists.
fn is_of_lists(file: &Path) -> bool {
    file != Path::new("rules").join(format!("{SITE}.json")) && OF_LISTS.iter().any(|part| file.starts_with(part))
}

/// Lays the files of the built extensions out in the packages: those that are the same for both browsers once, and the others in a folder for each.
fn split(code: &Path, lists: &Path) -> Result<()> {
    let [chromium, firefox] = Target::ALL.map(|target| target.folder(true));
    for file in names(&chromium)?.union(&names(&firefox)?) {
        let package = if is_of_lists(file) { lists } else { code }.join(PARTS);
        let [one, other] = [&chromium, &firefox].map(|folder| folder.join(file));
        if one.is_file() && other.is_file() && fs::read(&one)? == fs::read(&other)? {
            copy(&one, &package.join(BOTH).join(file))?;
            continue;
        }
        for (target, path) in [(Target::Chromium, one), (Target::Firefox, other)] {
            let place = package.join(target.name()).join(file);
            if file == Path::new("manifest.json") {
                fs::create_dir_all(package.join(target.name()))?;
                fs::write(place, without_lists(&path)?)?;
            } else if path.is_file() {
                copy(&path, &place)?;
            }
        }
    }
    Ok(())
}

/// The files of a built extension, by their paths in there.
fn names(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    if !folder.is_dir() {
        bail!("{} is missing: run `cargo xtask extension --qa`", folder.display());
    }
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    let inside = files.iter().map(|file| Ok(file.strip_prefix(folder)?.to_owned()));
    let mut inside: BTreeSet<PathBuf> = inside.collect::<Result<_>>()?;
    // Chromium writes what it makes of the rules into the folder that it has loaded.
    inside.retain(|file| !file.starts_with("_metadata"));
    Ok(inside)
}

/// The manifest of an extension without the rule sets that are made of lists, which are named by whoever joins the parts.
fn without_lists(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut manifest: Value = serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
    let resources = manifest["declarative_net_request"]["rule_resources"].as_array_mut();
    let resources = resources.with_context(|| format!("{} has no rule_resources", path.display()))?;
    resources.retain(|resource| resource["id"] == SITE);
    Ok(format!("{manifest:#}\n"))
}

/// The names of all blockers as a type, from the profiles.
fn blockers() -> Result<String> {
    let text = fs::read_to_string(root().join("extension/profiles.json")).context("cannot read extension/profiles.json")?;
    let profiles: Value = serde_json::from_str(&text).context("extension/profiles.json is not valid JSON")?;
    let mut types =
        "/** The blockers that can be played: the profiles of the extension, by name. */\nexport type Blocker =".to_owned();
    for profile in profiles["profiles"].as_array().into_iter().flatten() {
        let (name, plays) = (&profile["name"], &profile["plays"]["en"]);
        let plays = plays.as_str().unwrap_or_default();
        let _ = write!(types, "\n  /** {plays} */\n  | {name}");
    }
    Ok(types + ";\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_lists_is_told_from_what_is_ours() {
        for (file, expected) in [
            ("rules/adguard-1.json", true),
            ("rules/site.json", false),
            ("lists/easylist.txt", true),
            ("lists/easylist.txt", true),
            ("surrogates/ublock-origin/noop.js", true),
            ("LICENCES.txt", true),
            ("build.json", true),
            ("profiles.json", false),
            ("site/soutien.js", false),
            ("manifest.json", false),
        ] {
            assert_eq!(is_of_lists(Path::new(file)), expected, "{file}");
        }
    }

    #[test]
    fn every_blocker_is_named_in_the_types() {
        let types = blockers().expect("there are profiles");
        assert!(
            types.contains("| \"none\"") && types.contains("/** uBlock Origin */\n  | \"ublock-origin\""),
            "{types}"
        );
    }
}
