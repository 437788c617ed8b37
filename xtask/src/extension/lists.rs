//! Where the extension's filter lists come from. None is in the repository: they are those of the installed uBlock Origin, AdGuard's
//! from npm, our own short ones, and files and addresses that are given.

use std::collections::BTreeMap;
use std::fs::{self};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use soutien_backend::profile::ListSource;

use crate::setup::{self, Need};
use soutien_project::root;

/// The texts of a list's files, one after the other. `given` are files and addresses that take the place of lists, by their names.
///
/// # Errors
/// When a file cannot be read or an address does not answer.
pub fn text(name: &str, source: &ListSource, given: &BTreeMap<String, String>) -> Result<String> {
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
        Some(("ublock-origin", path)) => setup::require(Need::UblockOrigin)?.join("assets").join(path),
        Some(("adguard", number)) => setup::require(Need::AdguardLists)?.join(format!("{number}.txt")),
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
