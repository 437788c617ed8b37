//! The profiles: which blocker each plays, and by which lists and mechanisms. The data is `extension/profiles.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::built::Browser;
use crate::dnr::Requests;
use crate::list::{self, Dialect, List};

/// The profile that plays nothing.
pub const NO_BLOCKER: &str = "none";

/// The profile that plays the user's own lists.
pub const YOUR_LISTS: &str = "your-lists";

/// The parameter of an address that asks for a profile.
const PARAMETER: &str = "soutien-profile";

/// What `extension/profiles.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profiles {
    /// The lists, by the names that profiles call them by.
    pub lists: BTreeMap<String, ListSource>,
    /// The profiles, in the order in which they are offered.
    pub profiles: Vec<Profile>,
}

/// Where a list comes from when the extension is built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ListSource {
    /// What people call it.
    pub title: String,
    /// The files that it is made of: below `assets/` of the installed uBlock Origin for `ublock-origin/…`, filters of AdGuard by
    /// their number for `adguard/…`, and own short ones for `own/…`, which stand in `extension/lists/`.
    pub files: Vec<String>,
    /// Whose syntax it is written in.
    pub dialect: Dialect,
    /// Its licence, which goes along with it.
    pub licence: String,
    /// What it stands for, where the list itself cannot be had from a package registry. `--list` puts the real one in its place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stands_for: String,
}

/// A blocker to play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profile {
    /// What machines call it.
    pub name: String,
    /// Which blocker it plays, or which situation, as people call it.
    pub plays: Text,
    /// What it does, in one sentence.
    pub about: Text,
    /// Its lists, by name.
    pub lists: Vec<String>,
    /// The tokens that hold in `!#if` directives of its lists.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// What it does to requests.
    pub requests: Requests,
    /// Whether surrogates come instead of scripts that pages need. They take access to every site.
    #[serde(default)]
    pub redirects: bool,
    /// How it hides elements.
    pub hiding: Hiding,
    /// Whether it runs scriptlets in pages.
    #[serde(default)]
    pub scriptlets: bool,
    /// Whether `navigator.brave` is there.
    #[serde(default)]
    pub poses_as_brave: bool,
    /// The verdict it should lead to in each browser; none where that depends on the lists that are pasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The verdicts that it may lead to in either browser on a page that names no ad host in `data-probe`, where these are others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_without_probe: Vec<Outcome>,
}

/// A text in the languages of the popup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Text {
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

/// How elements are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Hiding {
    /// Nothing is.
    Nothing,
    /// All selectors are put on each page as soon as it begins.
    Sheet,
    /// The classes and ids of the page are looked at when there are new ones, and the selectors for them are put on it.
    #[serde(rename_all = "kebab-case")]
    Survey {
        /// How long the page has to be at rest after a change before it is looked at, in milliseconds.
        wait: u32,
        /// How long after a change it is looked at whether it is at rest or not, in milliseconds.
        at_most: u32,
        /// Whether what has nothing of third parties in it is spared, as Brave does by default.
        #[serde(default)]
        spares_first_party: bool,
    },
}

/// The verdicts that a profile should lead to on a page with ad tags, bait requests and `data-probe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// In Chromium.
    pub chromium: Outcome,
    /// In Firefox.
    pub firefox: Outcome,
}

/// A verdict's kind and cause, as `soutien:verdict` has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// `blocked`, `clear` or `unsure`.
    pub kind: String,
    /// What blocks, or `none`.
    pub cause: String,
}

impl Profiles {
    /// Reads `extension/profiles.json`.
    ///
    /// # Errors
    /// When it is not what it should be, with the place and the reason.
    pub fn read(text: &str) -> Result<Profiles, String> {
        let profiles: Profiles = serde_json::from_str(text).map_err(|error| format!("profiles.json: {error}"))?;
        for profile in &profiles.profiles {
            if let Some(name) = profile.lists.iter().find(|name| !profiles.lists.contains_key(*name)) {
                return Err(format!(
                    "profiles.json: the profile {} has the list {name}, which is none of `lists`",
                    profile.name
                ));
            }
        }
        Ok(profiles)
    }

    fn first(&self, is_wanted: impl Fn(&Profile) -> bool) -> &str {
        self.profiles
            .iter()
            .find(|profile| is_wanted(profile))
            .map_or("", |profile| &profile.name)
    }

    /// The profile of a name.
    pub fn find(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The profile of a name that somebody gave.
    ///
    /// # Errors
    /// When there is none, with the names that there are.
    pub fn named(&self, name: &str) -> Result<&Profile, String> {
        self.find(name).ok_or_else(|| {
            let names: Vec<_> = self.profiles.iter().map(|profile| profile.name.as_str()).collect();
            format!("there is no profile {name:?}, expected one of {}", names.join(", "))
        })
    }
}

/// Returns the name of the profile that an address asks for, as in `?soutien-profile=dns`; none where it asks for none.
pub fn asked_for(address: &str) -> Option<&str> {
    address
        .split(['?', '&', '#'])
        .find_map(|part| part.strip_prefix(PARAMETER)?.strip_prefix('='))
}

impl Profile {
    /// The lists of the profile, as its blocker reads them in a browser and takes them together. `texts` has the text of each by its name; a list
    /// whose text is not there is empty.
    pub fn read_lists(&self, profiles: &Profiles, browser: Browser, texts: &BTreeMap<String, String>) -> Vec<List> {
        let mut tokens = self.tokens.clone();
        tokens.push(format!("env_{}", browser.name()));
        let read = |name: &String| {
            let source = profiles.lists.get(name)?;
            let text = texts.get(name).map_or("", String::as_str);
            Some(list::read(&source.title, text, source.dialect, &tokens))
        };
        let mut lists: Vec<List> = self.lists.iter().filter_map(read).collect();
        list::unite(&mut lists);
        lists
    }

    /// The filter of the profile, which profiles that read the same lists alike share: it is called like the first of them.
    pub fn filter<'a>(&self, profiles: &'a Profiles) -> &'a str {
        let key = |profile: &Profile| (profile.lists.clone(), profile.tokens.clone(), profile.hiding == Hiding::Sheet);
        profiles.first(|profile| key(profile) == key(self))
    }

    /// The rules of the profile, which profiles that do the same to requests by the same lists share, likewise.
    pub fn rules<'a>(&self, profiles: &'a Profiles) -> &'a str {
        let key = |profile: &Profile| {
            (
                profile.lists.clone(),
                profile.tokens.clone(),
                profile.requests,
                profile.redirects,
            )
        };
        profiles.first(|profile| key(profile) == key(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_asked(address: &str, expected: Option<&str>) {
        assert_eq!(asked_for(address), expected, "{address}");
    }

    #[test]
    fn an_address_may_ask_for_a_profile() {
        check_asked("https://journal.example/?soutien-profile=dns", Some("dns"));
        check_asked("https://journal.example/?a=b&soutien-profile=dns#c", Some("dns"));
        check_asked("https://journal.example/#soutien-profile=dns", Some("dns"));
        check_asked("https://journal.example/?soutien-profile=", Some(""));
        check_asked("https://journal.example/?soutien-profiles=dns", None);
        check_asked("https://journal.example/soutien-profile=dns", None);
        check_asked("https://journal.example/", None);
    }

    #[test]
    fn a_profile_that_there_is_not_is_told_with_those_that_there_are() {
        let profiles = Profiles::read(include_str!("../../profiles.json")).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(profiles.named("dns").map(|profile| profile.name.as_str()), Ok("dns"));
        let error = profiles.named("gone").expect_err("there is no such profile");
        assert!(
            error.starts_with("there is no profile \"gone\", expected one of none, adblock-plus"),
            "{error}"
        );
    }
}
