//! Where the extension's filter lists come from. None is in the repository: they are those of the installed uBlock Origin, AdGuard's
//! from npm, our own short ones, and files and addresses that are given.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use flate2::read::GzDecoder;
use serde_json::Value;
use soutien_backend::profile::{ListSource, Profiles};

use crate::setup::{self, Need};
use crate::{root, run};

/// The npm package that brings AdGuard's filters along: as rules for browsers, and within these as text.
const ADGUARD_PACKAGE: &str = "@adguard/dnr-rulesets";
const ADGUARD_VERSION: &str = "3.3.20260320140136";

/// Reads `extension/profiles.json`.
///
/// # Errors
/// When it cannot be read, or is not what it should be.
pub fn profiles() -> Result<Profiles> {
    let path = root().join("extension/profiles.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Profiles::read(&text).map_err(anyhow::Error::msg)
}

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

/// The folder of AdGuard's lists, where they are.
pub fn adguard() -> Option<PathBuf> {
    let stamp = fs::read_to_string(adguard_folder().join("stamp")).ok()?;
    (stamp == adguard_stamp().ok()?).then(adguard_folder)
}

/// The version of AdGuard's lists.
pub fn adguard_version() -> &'static str {
    ADGUARD_VERSION
}

fn adguard_folder() -> PathBuf {
    root().join("target/lists/adguard")
}

fn adguard_stamp() -> Result<String> {
    Ok(format!("{ADGUARD_VERSION} {}", adguard_numbers()?.join(" ")))
}

/// The numbers of AdGuard's filters that profiles use.
fn adguard_numbers() -> Result<Vec<String>> {
    let lists = profiles()?.lists;
    let files = lists.values().flat_map(|list| &list.files);
    let mut numbers: Vec<String> = files
        .filter_map(|file| file.strip_prefix("adguard/"))
        .map(str::to_owned)
        .collect();
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}

/// Takes the texts of AdGuard's filters out of their package, into one file each, called by the filter's number. The package is not
/// installed: what it depends on is of no use here.
///
/// # Errors
/// When npm is missing or fails, or the package does not hold what it should.
pub fn unpack_adguard() -> Result<()> {
    ensure!(
        run::on_path("npm").is_some(),
        "npm is not on PATH: install Node.js 18 or later, which brings it"
    );
    let folder = adguard_folder();
    fs::create_dir_all(&folder)?;
    let mut command = Command::new("npm");
    command
        .args(["pack", "--silent", &format!("{ADGUARD_PACKAGE}@{ADGUARD_VERSION}")])
        .current_dir(&folder);
    let name = run::quietly("npm pack @adguard/dnr-rulesets", &mut command, None)?;
    let package = folder.join(name.trim());
    let file = File::open(&package).with_context(|| format!("npm pack left no {}", package.display()))?;
    let mut wanted = adguard_numbers()?;
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    for entry in archive.entries()? {
        let entry = entry?;
        let path = entry.path()?.into_owned();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "LICENSE" {
            fs::write(folder.join(name), io::read_to_string(entry)?)?;
            continue;
        }
        let number = name
            .strip_prefix("ruleset_")
            .and_then(|rest| rest.strip_suffix(".json"))
            .unwrap_or_default();
        let Some(index) = wanted.iter().position(|wanted| wanted == number) else {
            continue;
        };
        let rules: Value = serde_json::from_reader(BufReader::new(entry)).with_context(|| format!("{name} is not valid JSON"))?;
        let text = rules[0]["metadata"]["rawFilterList"].as_str();
        let text =
            text.with_context(|| format!("{name} has no metadata.rawFilterList in its first rule, expected the text of a list"))?;
        fs::write(folder.join(format!("{number}.txt")), text)?;
        wanted.remove(index);
    }
    ensure!(
        wanted.is_empty(),
        "{ADGUARD_PACKAGE}@{ADGUARD_VERSION} has no filter {}",
        wanted.join(", ")
    );
    fs::remove_file(package)?;
    fs::write(folder.join("stamp"), adguard_stamp()?)?;
    Ok(())
}
