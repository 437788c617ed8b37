//! Where filter lists come from. None is in the repository: they are those of the installed uBlock Origin, AdGuard's from npm, our own
//! short ones, and files and addresses that are given.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use soutien_backend::built::Browser;
use soutien_backend::list::List;
use soutien_backend::profile::{ListSource, Profile, Profiles};
use soutien_project::extension::Target;
use soutien_project::{installed, root};

/// The texts of lists, by name.
pub type Texts = BTreeMap<String, String>;

/// The text of every list that is named. `given` are files and addresses that take the place of lists, by their names.
///
/// # Errors
/// When there is no such list, a file cannot be read, or an address does not answer.
pub fn texts<'a>(
    names: impl IntoIterator<Item = &'a String>,
    profiles: &Profiles,
    given: &BTreeMap<String, String>,
) -> Result<Texts> {
    let mut texts = Texts::new();
    for name in names {
        let source = profiles.lists.get(name).with_context(|| format!("there is no list {name}"))?;
        texts.insert(name.clone(), text(name, source, given)?);
    }
    Ok(texts)
}

/// The lists of a profile, as its blocker reads them in Chromium and takes them together: those in the extension for machines in a folder of built
/// ones, where it is given, and those of the sources otherwise.
///
/// # Errors
/// When the text of a list cannot be had.
pub fn lists_from(built: Option<&Path>, profile: &Profile, profiles: &Profiles) -> Result<Vec<List>> {
    let Some(folder) = built else {
        return lists_of(Browser::Chromium, profile, profiles);
    };
    let folder = Target::Chromium.folder_in(folder, true).join("lists");
    let mut texts = Texts::new();
    for name in &profile.lists {
        let path = folder.join(format!("{name}.txt"));
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read the filter list {}", path.display()))?;
        texts.insert(name.clone(), text);
    }
    Ok(profile.read_lists(profiles, Browser::Chromium, &texts))
}

/// The lists of a profile, as its blocker reads them in this browser and takes them together.
///
/// # Errors
/// When the text of a list cannot be had.
pub fn lists_of(browser: Browser, profile: &Profile, profiles: &Profiles) -> Result<Vec<List>> {
    let texts = texts(&profile.lists, profiles, &BTreeMap::new())?;
    Ok(profile.read_lists(profiles, browser, &texts))
}

/// The folder of the installed uBlock Origin.
///
/// # Errors
/// When it is not installed.
pub(crate) fn ublock_origin() -> Result<PathBuf> {
    installed::ublock_origin().context("uBlock Origin is missing: run `cargo xtask setup`")
}

/// The folder of AdGuard's lists.
///
/// # Errors
/// When they are not there.
pub(crate) fn adguard() -> Result<PathBuf> {
    let folder = installed::adguard_lists();
    ensure!(folder.is_dir(), "AdGuard's lists are missing: run `cargo xtask setup`");
    Ok(folder)
}

/// The texts of a list's files, one after the other.
fn text(name: &str, source: &ListSource, given: &BTreeMap<String, String>) -> Result<String> {
    if let Some(place) = given.get(name) {
        return fetch(place);
    }
    let mut texts = Vec::new();
    for file in &source.files {
        let path = place(file)?;
        texts.push(fs::read_to_string(&path).with_context(|| format!("cannot read the filter list {}", path.display()))?);
    }
    Ok(texts.join("\n"))
}

fn place(file: &str) -> Result<PathBuf> {
    Ok(match file.split_once('/') {
        Some(("ublock-origin", path)) => ublock_origin()?.join("assets").join(path),
        Some(("adguard", number)) => adguard()?.join(format!("{number}.txt")),
        Some(("own", path)) => root().join("extension/lists").join(path),
        _ => bail!("found the list file {file}, expected one that begins with ublock-origin/, adguard/ or own/"),
    })
}

/// A list that was given: the text of a file, or what an address answers.
fn fetch(place: &str) -> Result<String> {
    if !place.starts_with("http://") && !place.starts_with("https://") {
        return fs::read_to_string(place).with_context(|| format!("cannot read the filter list {place}"));
    }
    let answer = tokio::runtime::Runtime::new()?.block_on(async { reqwest::get(place).await?.error_for_status()?.text().await });
    answer.with_context(|| format!("cannot fetch the filter list {place}"))
}
