//! `soutien-qa explain`: what the profiles of the companion extension make of one request or one element, and by which rules, without a
//! browser.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use clap::Args;
use soutien_backend::element::Element;
use soutien_backend::filter::{Decision, Filter, Sight, Source};
use soutien_backend::profile::{Hiding, Profile};
use soutien_project::shown::shown;

use crate::profiles::{self, chosen};
use crate::sources;

/// A request or an element to explain.
#[derive(Args, Clone, Debug)]
pub struct Explain {
    /// The address that is asked for, or an element by its classes and ids, as in '.ad' or '#top.ad'.
    #[arg(value_name = "URL|ELEMENT")]
    what: String,
    /// The page that asks, or that the element is on.
    #[arg(long, default_value = "https://journal.example/", value_name = "URL")]
    page: String,
    /// The kind of the request as browsers name it: script, image, xmlhttprequest, sub_frame and so on.
    #[arg(long = "type", default_value = "script", value_name = "TYPE")]
    kind: String,
    /// Only by the lists of this profile; by those of each profile unless given.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The folder with the built extension in its variant for machines, by whose lists it is; by those of the sources unless given.
    #[arg(long, value_name = "FOLDER")]
    extension: Option<PathBuf>,
}

/// How many characters are shown of the rules that are about something. They are from lists, and lists from anybody.
const MOST_OF_RULES: usize = 2_000;

/// What is asked about.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Request,
    Element(Element),
}

/// What the rules of a filter make of it.
enum Answer {
    Request(Decision),
    Element(Sight),
}

/// Says what the lists of profiles make of a request or an element, with the lists and the rules that do it.
///
/// # Errors
/// When it is neither, the page is none, the profile is not known, or its lists cannot be read.
pub fn explain(options: &Explain) -> Result<()> {
    let asked = read(&options.what)?;
    ensure!(
        options.page.contains("://"),
        "found the page {:?}, expected an address such as https://journal.example/",
        options.page
    );
    let built = options.extension.as_deref();
    let profiles = profiles::read_of(built)?;
    let names: Vec<String> = options.profile.clone().map_or_else(|| vec!["all".into()], |name| vec![name]);
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    for profile in chosen(&profiles, &names)? {
        if profile.hiding == Hiding::Nothing && asked != Asked::Request {
            println!("{:<30}shown: the profile hides nothing", profile.name);
            continue;
        }
        // Profiles with the same lists say the same.
        let group = profile.filter(&profiles);
        if !answers.contains_key(group) {
            let filter = Filter::new(&sources::lists_from(built, profile, &profiles)?, false);
            let answer = match &asked {
                Asked::Request => Answer::Request(filter.decide(&options.what, &options.page, &options.kind)),
                Asked::Element(element) => Answer::Element(filter.element(element, &options.page)),
            };
            answers.insert(group, answer);
        }
        let words = match &answers[group] {
            Answer::Request(decision) => words_of_request(decision),
            Answer::Element(sight) => words_of_element(sight, profile),
        };
        println!("{:<30}{}", profile.name, shown(&words, MOST_OF_RULES));
    }
    Ok(())
}

/// Whether a text is an address or an element.
fn read(what: &str) -> Result<Asked> {
    if what.contains("://") {
        return Ok(Asked::Request);
    }
    match Element::read(what) {
        Ok(element) => Ok(Asked::Element(element)),
        Err(_) => bail!(
            "found {what:?}, expected an address such as https://ads.example/a.js, or an element by its classes and ids alone, such as '.ad' or '#top.ad'"
        ),
    }
}

fn place(source: &Source) -> String {
    format!("{} ({}, line {})", source.rule, source.list, source.line)
}

fn words_of_request(decision: &Decision) -> String {
    match decision {
        Decision::Through => "let through: no rule is about it".into(),
        Decision::Blocked(rule) => format!("blocked by {}", place(rule)),
        Decision::Excepted(rule, exception) => format!("let through by {}, from {}", place(exception), place(rule)),
    }
}

fn words_of_element(sight: &Sight, profile: &Profile) -> String {
    if !sight.hidden_by.is_empty() {
        let places: Vec<String> = sight.hidden_by.iter().map(place).collect();
        let spares_first_party = matches!(profile.hiding, Hiding::Survey { spares_first_party, .. } if spares_first_party);
        // Rules for single sites hide what is the page's own as well.
        let is_spared = spares_first_party && sight.hidden_by.iter().all(|rule| rule.rule.starts_with("##"));
        let unless = if is_spared { ", unless it is the page's own" } else { "" };
        return format!("hidden by {}{unless}", places.join(" and "));
    }
    match sight.shown_by.first() {
        None => "shown: no rule is about it".into(),
        Some((rule, exception)) if exception.rule.is_empty() => {
            format!("shown: a list spares the page the rules for every site, from {}", place(rule))
        }
        Some((rule, exception)) => format!("shown by {}, from {}", place(exception), place(rule)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_an_address_from_an_element() {
        let read = |what: &str| super::read(what).map_err(|error| error.to_string());
        assert_eq!(read("https://a.example/#top.ad"), Ok(Asked::Request));
        assert_eq!(
            read("#top.ad"),
            Ok(Asked::Element(Element {
                classes: vec!["ad".into()],
                ids: vec!["top".into()],
            }))
        );
        for what in ["a.example/x.js", "div.ad", ".a > .b", ""] {
            let error = read(what).expect_err(what);
            assert!(
                error.contains(&format!("found {what:?}, expected an address such as")),
                "{error}"
            );
        }
    }

    #[test]
    fn tells_what_becomes_of_an_element() {
        let profiles = profiles::read().expect("extension/profiles.json is valid");
        let rule = |rule: &str| Source {
            rule: rule.into(),
            list: "List".into(),
            line: 7,
        };
        let words = |profile: &str, hidden_by: &[&str], shown_by: &[(&str, &str)]| {
            let sight = Sight {
                hidden_by: hidden_by.iter().map(|text| rule(text)).collect(),
                shown_by: shown_by.iter().map(|(text, shows)| (rule(text), rule(shows))).collect(),
            };
            words_of_element(&sight, profiles.find(profile).expect("there is such a profile"))
        };
        assert_eq!(words("adguard", &["##.a"], &[]), "hidden by ##.a (List, line 7)");
        assert_eq!(
            words("adguard", &["##.a", "a.example###b"], &[]),
            "hidden by ##.a (List, line 7) and a.example###b (List, line 7)"
        );
        assert_eq!(
            words("brave-standard", &["##.a"], &[]),
            "hidden by ##.a (List, line 7), unless it is the page's own"
        );
        assert_eq!(
            words("brave-standard", &["##.a", "a.example###b"], &[]),
            "hidden by ##.a (List, line 7) and a.example###b (List, line 7)"
        );
        assert_eq!(
            words("adguard", &[], &[("##.a", "a.example#@#.a")]),
            "shown by a.example#@#.a (List, line 7), from ##.a (List, line 7)"
        );
        assert_eq!(
            words("adguard", &[], &[("##.a", "")]),
            "shown: a list spares the page the rules for every site, from ##.a (List, line 7)"
        );
        assert_eq!(words("adguard", &[], &[]), "shown: no rule is about it");
    }
}
