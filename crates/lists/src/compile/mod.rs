//! What the companion extension gets of filter lists: the lists, of which its background makes a filter when a profile is played, and for each
//! profile the rules that the browser applies by itself, with the surrogates that they lead to.

mod sharing;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use adblock::resources::resource_assembler::assemble_web_accessible_resources;
use anyhow::{Context, Result, ensure};
use clap::Args;
use sha2::{Digest, Sha256};
use soutien_backend::built::{Browser, Built, Rules};
use soutien_backend::dnr::format::{Action, DnrRule};
use soutien_backend::dnr::{self, Compiled, Left};
use soutien_backend::filter::{self, Decision, Filter};
use soutien_backend::profile::Profiles;
use soutien_backend::rule::sample::Sample;
use soutien_project::extension::Target;
use soutien_project::files::{copy, hexadecimal};
use soutien_project::root;

use crate::profiles;
use crate::sources::{self, Texts, adguard, ublock_origin};

use self::sharing::{Sets, share};

/// A file of rules that is longer is not read by those who check extensions, in bytes.
const LONGEST_RULES: usize = 4_000_000;

/// How many reasons are printed for the rules that were left out.
const N_REASONS: usize = 4;

/// How the files of rules are laid out: a change here makes them anew.
const FORMAT: &str = "6";

/// What is made of which lists.
#[derive(Args, Clone, Debug)]
pub struct Compile {
    /// The backend's module, which was compiled of the same sources as what makes the rules.
    #[arg(long, value_name = "FILE")]
    wasm: PathBuf,
    /// A filter list in place of one of extension/profiles.json, as NAME=FILE or NAME=ADDRESS; may be given several times.
    #[arg(long = "list", value_name = "NAME=FILE")]
    lists: Vec<String>,
}

/// Lays out lists, rules and surrogates for both browsers, each in a folder of target/extension/ with their licences, and prints what
/// became of the lists. What is there as it should be is left alone.
///
/// # Errors
/// When a list cannot be had, or a list that is given takes the place of none.
pub fn compile(options: &Compile) -> Result<()> {
    let profiles = profiles::read()?;
    let given = replacements(&options.lists, &profiles)?;
    let texts = sources::texts(profiles.lists.keys(), &profiles, &given)?;
    for target in Target::ALL {
        make(target, &profiles, &texts, options)?;
    }
    Ok(())
}

/// `NAME=PLACE` by name.
fn replacements(given: &[String], profiles: &Profiles) -> Result<BTreeMap<String, String>> {
    let mut replacements = BTreeMap::new();
    for text in given {
        let (name, place) = text
            .split_once('=')
            .with_context(|| format!("found --list {text}, expected NAME=FILE or NAME=ADDRESS"))?;
        ensure!(
            profiles.lists.contains_key(name),
            "there is no list {name}, expected one of {}",
            profiles.lists.keys().cloned().collect::<Vec<_>>().join(", ")
        );
        replacements.insert(name.to_owned(), place.to_owned());
    }
    Ok(replacements)
}

/// Lays out the lists, and the rules of every profile, in target/extension/TARGET, unless they are there.
fn make(target: Target, profiles: &Profiles, texts: &Texts, options: &Compile) -> Result<()> {
    let workshop = root().join("target/extension").join(target.name());
    let stamp = stamp(target, profiles, texts, &options.wasm)?;
    if fs::read_to_string(workshop.join("stamp")).is_ok_and(|old| old == stamp) {
        return Ok(());
    }
    if workshop.exists() {
        fs::remove_dir_all(&workshop)?;
    }
    for folder in ["lists", "rules", "surrogates"] {
        fs::create_dir_all(workshop.join(folder))?;
    }
    for (name, text) in texts {
        fs::write(workshop.join(format!("lists/{name}.txt")), text)?;
    }
    let browser = match target {
        Target::Chromium => Browser::Chromium,
        Target::Firefox => Browser::Firefox,
    };
    let surrogates = surrogates()?;
    let mut compiled = BTreeMap::new();
    let mut unplayed = BTreeMap::new();
    for profile in profiles.profiles.iter().filter(|profile| !profile.lists.is_empty()) {
        let (filter_name, rules_name) = (profile.filter(profiles), profile.rules(profiles));
        if profile.name != filter_name && profile.name != rules_name {
            continue;
        }
        eprintln!("{}: lists of {}", target.name(), profile.name);
        let lists = profile.read_lists(profiles, browser, texts);
        if profile.name == filter_name {
            unplayed.insert(filter_name.to_owned(), filter::unplayed(&lists));
        }
        if profile.name == rules_name {
            let filter = LazyCell::new(|| Filter::new(&lists, false));
            let blocks = |sample: &Sample| {
                matches!(
                    filter.decide(&sample.address, &sample.from, sample.kind),
                    Decision::Blocked(_)
                )
            };
            let none = HashMap::new();
            let files = if profile.redirects { &surrogates } else { &none };
            let made = dnr::compile(browser, &lists, profile.requests, files, &blocks);
            copy_surrogates(&made.rules, &workshop)?;
            compiled.insert(rules_name, made);
        }
    }
    print_report(target, &compiled);
    let left: BTreeMap<&str, &Vec<Left>> = compiled.iter().map(|(name, made)| (*name, &made.left)).collect();
    fs::write(workshop.join("left.json"), serde_json::to_vec_pretty(&left)?)?;
    let expressions: BTreeMap<&str, Vec<_>> = compiled
        .iter()
        .map(|(name, made)| {
            (
                *name,
                made.rules.iter().filter_map(|rule| rule.condition.expression()).collect(),
            )
        })
        .collect();
    fs::write(workshop.join("expressions.json"), serde_json::to_vec(&expressions)?)?;
    fs::write(workshop.join("unplayed.json"), serde_json::to_vec_pretty(&unplayed)?)?;
    let Sets { rules, of } = share(&compiled);
    let mut files = BTreeMap::new();
    for (name, rules) in &rules {
        files.insert(name, write_rules(&workshop, name, rules)?);
    }
    let rules_of = |(name, made): (&&str, &Compiled)| {
        let rules = Rules {
            rulesets: of[name].iter().flat_map(|set| &files[set]).cloned().collect(),
            carried: made.n_carried,
            left: made.left.len(),
        };
        ((*name).to_owned(), rules)
    };
    let mut built = Built {
        browser,
        everywhere: false,
        rules: compiled.iter().map(rules_of).collect(),
        unplayed: unplayed.into_iter().map(|(name, left)| (name, left.len())).collect(),
    };
    fs::write(workshop.join("build.json"), serde_json::to_vec(&built)?)?;
    built.everywhere = true;
    fs::write(workshop.join("build-qa.json"), serde_json::to_vec(&built)?)?;
    fs::write(workshop.join("LICENCES.txt"), licences(profiles)?)?;
    fs::write(workshop.join("stamp"), stamp)?;
    Ok(())
}

/// What the rules depend on, as a hash.
fn stamp(target: Target, profiles: &Profiles, texts: &Texts, wasm: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(FORMAT);
    hash.update(target.name());
    hash.update(serde_json::to_vec(profiles)?);
    for (name, text) in texts {
        hash.update(name);
        hash.update(text);
    }
    // It is another one when what makes the rules is.
    hash.update(fs::read(wasm)?);
    Ok(hexadecimal(&hash.finalize()))
}

/// Writes rules into files that are not too long, and gives the names of the rule sets.
fn write_rules(workshop: &Path, name: &str, rules: &[DnrRule]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut part: Vec<String> = Vec::new();
    let mut length = 0;
    let mut finish = |part: &mut Vec<String>| {
        if !part.is_empty() {
            let id = format!("{name}-{}", names.len() + 1);
            fs::write(
                workshop.join(format!("rules/{id}.json")),
                format!("[\n{}\n]\n", part.join(",\n")),
            )?;
            names.push(id);
            part.clear();
        }
        Ok::<_, anyhow::Error>(())
    };
    for rule in rules {
        let text = serde_json::to_string(rule)?;
        if length + text.len() > LONGEST_RULES {
            finish(&mut part)?;
            length = 0;
        }
        length += text.len() + 2;
        part.push(text);
    }
    finish(&mut part)?;
    Ok(names)
}

fn print_report(target: Target, compiled: &BTreeMap<&str, Compiled>) {
    println!(
        "\n{:<26}{:>10}{:>10}{:>8}   most frequent reasons ({})",
        "lists of",
        "rules",
        "carried",
        "left",
        target.name()
    );
    for (name, Compiled { rules, n_carried, left }) in compiled {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for left in left {
            *reasons.entry(left.why.split(':').next().unwrap_or_default()).or_default() += 1;
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.1));
        let mut words = String::new();
        for (why, count) in reasons.iter().take(N_REASONS) {
            let _ = write!(words, "{count} {why}; ");
        }
        println!("{name:<26}{:>10}{n_carried:>10}{:>8}   {words}", rules.len(), left.len());
    }
}

/// Which file of the extension each name of a surrogate in a list stands for: those of uBlock Origin, and our own.
fn surrogates() -> Result<HashMap<String, String>> {
    let blocker = ublock_origin()?;
    let resources = assemble_web_accessible_resources(
        &blocker.join("web_accessible_resources"),
        &blocker.join("js/redirect-resources.js"),
    );
    let mut files = HashMap::new();
    for resource in resources {
        let path = format!("/surrogates/ublock-origin/{}", resource.name);
        for name in resource.aliases.iter().chain([&resource.name]) {
            files.insert(name.clone(), path.clone());
            // As Adblock Plus calls them, and the reader of rules leaves out.
            if let Some(name) = name.strip_prefix("abp-resource:") {
                files.insert(name.to_owned(), path.clone());
            }
        }
    }
    ensure!(
        !files.is_empty(),
        "the installed uBlock Origin has no surrogates, and some were expected"
    );
    for entry in fs::read_dir(root().join("extension/surrogates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        files.insert(name.clone(), format!("/surrogates/{name}"));
    }
    Ok(files)
}

/// Copies the surrogates that rules lead to.
fn copy_surrogates(rules: &[DnrRule], workshop: &Path) -> Result<()> {
    let blocker = ublock_origin()?.join("web_accessible_resources");
    for rule in rules {
        let Action::Redirect { redirect } = &rule.action else {
            continue;
        };
        let path = redirect.extension_path.trim_start_matches('/');
        let source = match path.strip_prefix("surrogates/ublock-origin/") {
            Some(name) => blocker.join(name),
            None => root().join("extension").join(path),
        };
        if !workshop.join(path).exists() {
            copy(&source, &workshop.join(path))?;
        }
    }
    Ok(())
}

/// Whose lists and surrogates go along, and under which licences.
fn licences(profiles: &Profiles) -> Result<String> {
    let mut text = String::from("The extension: MIT or Apache-2.0.\n\nFilter lists, each under its own licence:\n");
    for source in profiles.lists.values() {
        let _ = writeln!(text, "- {}: {}", source.title, source.licence);
    }
    text += "\nsurrogates/ublock-origin/: uBlock Origin, GPL-3.0, unchanged.\n";
    for (title, path) in [
        ("uBlock Origin", Path::new("/usr/share/common-licenses/GPL-3").to_owned()),
        ("AdGuard", adguard()?.join("LICENSE")),
    ] {
        if let Ok(licence) = fs::read_to_string(path) {
            let _ = write!(text, "\n\n===== {title} =====\n\n{licence}");
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use soutien_backend::rulesets;
    use soutien_project::extension::SITE;

    use super::*;

    #[test]
    fn the_files_on_every_site_are_one_rule_set() {
        assert_eq!(SITE, rulesets::SITE);
    }

    #[test]
    fn lists_are_replaced_by_name() {
        let profiles = profiles::read().expect("extension/profiles.json is valid");
        let given = replacements(&["warning-removal=a=b.txt".to_owned()], &profiles).expect("the list is there");
        assert_eq!(given["warning-removal"], "a=b.txt");
        for (text, reason) in [("easylist", "expected NAME=FILE"), ("no-such=a.txt", "expected one of")] {
            let error = replacements(&[text.to_owned()], &profiles)
                .expect_err("it is no such list")
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
