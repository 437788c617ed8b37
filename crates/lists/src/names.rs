//! `soutien-qa check-names`: whether filter lists hit names that a publisher has in mind for a folder, a file, a class or an id.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;
use soutien_backend::element::Element;
use soutien_backend::filter::{Decision, Filter, Source};
use soutien_project::shown::{MOST, shown};

use crate::{profiles, sources};

/// A page and a host that no list names.
const PAGE: &str = "https://journal.example/article";
const HOST: &str = "https://journal.example/";

/// How browsers ask for files.
const KINDS: [&str; 4] = ["script", "image", "stylesheet", "xmlhttprequest"];

/// The names.
#[derive(Args, Clone, Debug)]
pub struct Names {
    /// Names of folders and files, such as `soutien/soutien.js`, and of classes and ids, such as `appeal`.
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// The folder with the built extension in its variant for machines, by whose lists it is; by those of the sources unless given.
    #[arg(long, value_name = "FOLDER")]
    extension: Option<PathBuf>,
}

/// Says of each name which rule of which list hits it, if any. The exit status is 1 where one is hit.
///
/// # Errors
/// When a name is empty or has a character that no name has, or the lists cannot be read.
pub fn check_names(options: &Names) -> Result<ExitCode> {
    for name in &options.names {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./~".contains(c));
        ensure!(
            is_name,
            "found the name {name:?}, expected letters, digits and any of - _ . / ~, as in soutien/soutien.js"
        );
    }
    let built = options.extension.as_deref();
    let profiles = profiles::read_of(built)?;
    let mut filters: BTreeMap<&str, Filter> = BTreeMap::new();
    for profile in profiles.profiles.iter().filter(|profile| !profile.lists.is_empty()) {
        let group = profile.filter(&profiles);
        if !filters.contains_key(group) {
            filters.insert(group, Filter::new(&sources::lists_from(built, profile, &profiles)?, false));
        }
    }
    let mut is_hit = false;
    for name in &options.names {
        let mut places: Vec<String> = filters.values().flat_map(|filter| hits(filter, name)).collect();
        places.sort();
        places.dedup();
        is_hit |= !places.is_empty();
        println!("{name}: {}", if places.is_empty() { "no list hits it" } else { "hit" });
        for place in places {
            println!("  {}", shown(&place, MOST));
        }
    }
    Ok(if is_hit { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What a filter says of a name: as a file, and where it may be one, as a class and as an id.
fn hits(filter: &Filter, name: &str) -> Vec<String> {
    let place = |as_what: &str, rule: &Source| format!("as {as_what}: {} ({}, line {})", rule.rule, rule.list, rule.line);
    let address = format!("{HOST}{}", name.trim_start_matches('/'));
    let mut found: Vec<String> = KINDS
        .into_iter()
        .filter_map(|kind| match filter.decide(&address, PAGE, kind) {
            Decision::Blocked(rule) => Some(place(kind, &rule)),
            Decision::Through | Decision::Excepted(..) => None,
        })
        .collect();
    if !name.contains(['.', '/', '~']) {
        let named = |classes: &[&str], ids: &[&str]| Element {
            classes: classes.iter().map(|name| (*name).to_owned()).collect(),
            ids: ids.iter().map(|name| (*name).to_owned()).collect(),
        };
        for (as_what, element) in [("class", named(&[name], &[])), ("id", named(&[], &[name]))] {
            let sight = filter.element(&element, PAGE);
            found.extend(sight.hidden_by.iter().map(|rule| place(as_what, rule)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use soutien_backend::list::{Dialect, read};

    use super::*;

    #[test]
    fn a_name_is_asked_for_in_every_way() {
        let list = read("List", "/ads/*$image\n##.promo\n###promo\n", Dialect::Ublock, &[]);
        let filter = Filter::new(&[list], false);
        assert_eq!(hits(&filter, "ads/a.gif"), ["as image: /ads/*$image (List, line 1)"]);
        assert_eq!(
            hits(&filter, "promo"),
            ["as class: ##.promo (List, line 2)", "as id: ###promo (List, line 3)"]
        );
        assert!(hits(&filter, "soutien/soutien.js").is_empty());
    }
}
