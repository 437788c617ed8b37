//! The profiles of the extension: which blockers it plays, and by which lists.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use soutien_backend::profile::{Profile, Profiles};
use soutien_project::extension::Target;
use soutien_project::root;

/// Reads `extension/profiles.json`.
///
/// # Errors
/// When it cannot be read, or is not what it should be.
pub fn read() -> Result<Profiles> {
    read_in(&root().join("extension"))
}

/// Reads the profiles of an extension, as it is in this folder.
///
/// # Errors
/// When they cannot be read, or are not what they should be.
pub fn read_in(folder: &Path) -> Result<Profiles> {
    let path = folder.join("profiles.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Profiles::read(&text).map_err(anyhow::Error::msg)
}

/// Reads the profiles of the extension for machines in a folder of built ones, where it is given, and those of the sources otherwise.
///
/// # Errors
/// When they cannot be read, or are not what they should be.
pub fn read_of(built: Option<&Path>) -> Result<Profiles> {
    built.map_or_else(read, |folder| read_in(&Target::Chromium.folder_in(folder, true)))
}

/// The profiles of these names; `all` stands for those that lead to a verdict of their own.
///
/// # Errors
/// When there is no such profile, with the names of those that there are.
pub fn chosen<'a>(profiles: &'a Profiles, names: &[String]) -> Result<Vec<&'a Profile>> {
    if names == ["all"] {
        return Ok(profiles
            .profiles
            .iter()
            .filter(|profile| profile.expected.is_some())
            .collect());
    }
    let known = || {
        profiles
            .profiles
            .iter()
            .map(|profile| profile.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    names
        .iter()
        .map(|name| {
            profiles
                .find(name)
                .with_context(|| format!("there is no profile {name}, expected one of {}", known()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_documentation_lists_the_profiles_that_there_are() {
        let text = fs::read_to_string(root().join("docs/extension.md")).expect("docs/extension.md is there");
        let documented: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name))
            .collect();
        let profiles = read().expect("extension/profiles.json is valid");
        let names: Vec<&str> = profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(documented, names);
    }

    #[test]
    fn every_profile_has_its_own_name_and_says_what_it_does_in_both_languages() {
        let profiles = read().expect("extension/profiles.json is valid").profiles;
        let names: BTreeSet<_> = profiles.iter().map(|profile| &profile.name).collect();
        assert_eq!(names.len(), profiles.len());
        for profile in &profiles {
            for text in [&profile.plays.en, &profile.plays.fr, &profile.about.en, &profile.about.fr] {
                assert!(!text.trim().is_empty(), "{}", profile.name);
            }
        }
    }

    #[test]
    fn chooses_profiles_by_name() {
        let profiles = read().expect("extension/profiles.json is valid");
        let names = |given: &[&str]| chosen(&profiles, &given.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["dns", "none"]).expect("both are there").len(), 2);
        assert!(names(&["all"]).expect("all are there").len() > 10);
        assert!(
            names(&["no-such"])
                .expect_err("there is none")
                .to_string()
                .contains("expected one of none, ")
        );
    }
}
