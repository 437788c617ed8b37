//! AdGuard's filter lists, out of their npm package.

use std::fs;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde_json::Value;

use soutien_project::installed::adguard_lists;
use soutien_project::{files, root, run};

/// The npm package that brings AdGuard's filters along: as rules for browsers, and within these as text.
const ADGUARD_PACKAGE: &str = "@adguard/dnr-rulesets";
const ADGUARD_VERSION: &str = "3.3.20260320140136";

/// What the package is, as npm's registry had it on 2026-03-20. Whatever serves it: other bytes are not taken.
const ADGUARD_INTEGRITY: &str = "sha512-n0DqlWWlDYs4P6UdG1H5HQR/nVCMMxq6B6JMj6gvcP4uMvjmLKQw6rPg07vy5+Mn0ty9Q/3OYQldiHsqNSPzuQ==";

/// The folder of AdGuard's lists, where they are.
pub fn folder() -> Option<PathBuf> {
    let stamp = fs::read_to_string(adguard_lists().join("stamp")).ok()?;
    (stamp == expected_stamp().ok()?).then(adguard_lists)
}

/// The version of AdGuard's lists.
pub fn version() -> &'static str {
    ADGUARD_VERSION
}

fn expected_stamp() -> Result<String> {
    Ok(format!("{ADGUARD_VERSION} {}", numbers()?.join(" ")))
}

/// The numbers of AdGuard's filters that profiles use.
fn numbers() -> Result<Vec<String>> {
    let path = root().join("extension/profiles.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let profiles: Value = serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
    let lists = profiles["lists"].as_object().into_iter().flatten();
    let files = lists.flat_map(|(_, list)| list["files"].as_array().into_iter().flatten());
    let mut numbers: Vec<String> = files
        .filter_map(|file| file.as_str()?.strip_prefix("adguard/"))
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
pub fn unpack() -> Result<()> {
    ensure!(
        run::on_path("npm").is_some(),
        "npm is not on PATH: install Node.js 18 or later, which brings it"
    );
    let folder = adguard_lists();
    fs::create_dir_all(&folder)?;
    let mut command = Command::new("npm");
    command
        .args(["pack", "--silent", &format!("{ADGUARD_PACKAGE}@{ADGUARD_VERSION}")])
        .current_dir(&folder);
    let name = run::quietly("npm pack @adguard/dnr-rulesets", &mut command, None)?;
    let package = folder.join(name.trim());
    let bytes = fs::read(&package).with_context(|| format!("npm pack left no {}", package.display()))?;
    hold(&bytes)?;
    let mut wanted = numbers()?;
    let mut archive = tar::Archive::new(GzDecoder::new(&bytes[..]));
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
    fs::write(folder.join("stamp"), expected_stamp()?)?;
    Ok(())
}

/// Holds the package to its hash.
fn hold(package: &[u8]) -> Result<()> {
    let found = files::npm_integrity(package);
    ensure!(
        found == ADGUARD_INTEGRITY,
        "{ADGUARD_PACKAGE}@{ADGUARD_VERSION} has the hash {found}, expected {ADGUARD_INTEGRITY}: what npm has served is another package; see where          npm takes packages from"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_package_is_not_taken() {
        let error = hold(b"another").expect_err("it is another one");
        assert!(error.to_string().contains("expected sha512-"), "{error}");
    }

    #[test]
    fn a_package_is_hashed_as_npm_does() {
        // `printf another | openssl dgst -sha512 -binary | base64`
        assert_eq!(
            files::npm_integrity(b"another"),
            "sha512-i1P38cbiUaT146jhVok6gybn46A1xz/6k7rm5+OOiELVeIOrSeTbHvxflr5CNYzxU/m1jKY8JVa3O6RJHPtc/g=="
        );
    }
}
