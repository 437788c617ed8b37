//! What the package `soutien-qa-lists` says of its lists: where each is from, under which licence, and of which day it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde_json::Value;
use soutien_project::{installed, root};

use crate::setup;

/// How many lines a list's head has at most.
const HEAD: usize = 30;

/// By what the heads of lists say of which day they are.
const DATED_BY: [&str; 3] = ["last modified", "updated", "timeupdated"];

/// lists.json of the package.
#[derive(Debug, Serialize)]
pub struct Lists {
    /// The day of the newest list, as in 2026-03-20.
    date: String,
    sources: Vec<Source>,
}

/// A list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Source {
    title: String,
    licence: String,
    /// What brought it here, with its version.
    from: String,
    /// Where its authors have it, where its head says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    homepages: Vec<String>,
    /// The newest day in the head of any list that the same thing brought; none for what is this project's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// What it takes the place of, where that is under no licence by which it could be here.
    #[serde(skip_serializing_if = "Option::is_none")]
    stands_for: Option<String>,
}

impl Lists {
    /// The version of the package: that of this workspace, but for its last number, which is the day.
    pub fn version(&self) -> String {
        let (minor, _) = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap_or_default();
        format!("{minor}.{}", self.date.replace('-', ""))
    }
}

/// Who brings a list here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Ublock,
    Adguard,
    Own,
}

impl Origin {
    fn words(self) -> Result<String> {
        Ok(match self {
            Self::Ublock => {
                let folder = installed::ublock_origin().context("uBlock Origin is missing: run `cargo xtask setup`")?;
                let manifest: Value = serde_json::from_str(&fs::read_to_string(folder.join("manifest.json"))?)?;
                format!("uBlock Origin {}", manifest["version"].as_str().unwrap_or_default())
            }
            Self::Adguard => format!("npm @adguard/dnr-rulesets {}", setup::adguard_version()),
            Self::Own => "Soutien".into(),
        })
    }
}

/// Where a file of extension/profiles.json is.
fn place(file: &str) -> Result<(Origin, PathBuf)> {
    Ok(match file.split_once('/') {
        Some(("ublock-origin", path)) => {
            let folder = installed::ublock_origin().context("uBlock Origin is missing: run `cargo xtask setup`")?;
            (Origin::Ublock, folder.join("assets").join(path))
        }
        Some(("adguard", number)) => (Origin::Adguard, installed::adguard_lists().join(format!("{number}.txt"))),
        Some(("own", path)) => (Origin::Own, root().join("extension/lists").join(path)),
        _ => bail!("found the list file {file}, expected one that begins with ublock-origin/, adguard/ or own/"),
    })
}

/// All lists of the extension.
///
/// # Errors
/// When one cannot be read, or none has a date.
pub fn described() -> Result<Lists> {
    let text = fs::read_to_string(root().join("extension/profiles.json")).context("cannot read extension/profiles.json")?;
    let profiles: Value = serde_json::from_str(&text).context("extension/profiles.json is not valid JSON")?;
    let mut sources = Vec::new();
    let mut newest: BTreeMap<Origin, String> = BTreeMap::new();
    for list in profiles["lists"].as_object().into_iter().flatten().map(|(_, list)| list) {
        let word = |key: &str| list[key].as_str().map(str::to_owned);
        let mut origin = None;
        let mut homepages = Vec::new();
        for file in list["files"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let (from, path) = place(file)?;
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read the filter list {}", path.display()))?;
            if let Some(date) = date(&text) {
                let newest = newest.entry(from).or_default();
                *newest = date.max(newest.clone());
            }
            homepages.extend(said(&text, &["homepage"]).map(str::to_owned));
            origin = Some(from);
        }
        homepages.sort();
        homepages.dedup();
        let origin = origin.with_context(|| format!("the list {list} has no files"))?;
        let source = Source {
            title: word("title").context("a list has no title")?,
            licence: word("licence").context("a list has no licence")?,
            from: origin.words()?,
            homepages,
            date: None,
            stands_for: word("stands-for"),
        };
        sources.push((origin, source));
    }
    let date = newest.values().max().cloned().unwrap_or_default();
    ensure!(!date.is_empty(), "no filter list says of which day it is");
    let dated = |(origin, source): (Origin, Source)| Source {
        date: newest.get(&origin).cloned(),
        ..source
    };
    Ok(Lists {
        date,
        sources: sources.into_iter().map(dated).collect(),
    })
}

/// What the head of a list says under one of these words.
fn said<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    text.lines().take(HEAD).find_map(|line| {
        let (word, said) = line.strip_prefix('!')?.split_once(':')?;
        words.contains(&word.trim().to_lowercase().as_str()).then(|| said.trim())
    })
}

/// The day in the head of a list, where it is written as in 2026-03-20.
fn date(text: &str) -> Option<String> {
    let day = said(text, &DATED_BY)?.get(..10)?;
    let is_day = day.chars().enumerate().all(|(place, letter)| {
        if [4, 7].contains(&place) {
            letter == '-'
        } else {
            letter.is_ascii_digit()
        }
    });
    is_day.then(|| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, expected: Option<&str>) {
        assert_eq!(date(head).as_deref(), expected, "{head:?}");
    }

    #[test]
    fn the_day_is_that_of_the_head() {
        check("! Title: A\n! TimeUpdated: 2026-03-20T12:17:08+00:00\n", Some("2026-03-20"));
        check("! Updated: 2025-10-25T00:10:18Z", Some("2025-10-25"));
        check("! Last modified: %timestamp%", None);
        check("! Last modified: soon", None);
        check("||ads.example^\n", None);
    }

    #[test]
    fn the_version_ends_with_the_day() {
        let lists = Lists {
            date: "2026-03-20".into(),
            sources: Vec::new(),
        };
        let version = lists.version();
        assert!(
            version.ends_with(".20260320") && version.matches('.').count() == 2,
            "{version}"
        );
    }
}
