//! What a build says of itself, as `build.json`: the program that builds the extension writes it, and the background reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A browser that the extension is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Browser {
    /// Chromium, and what is made of it.
    Chromium,
    /// Firefox.
    Firefox,
}

impl Browser {
    /// What it is called in folders, and in the directives of lists.
    pub fn name(self) -> &'static str {
        match self {
            Browser::Chromium => "chromium",
            Browser::Firefox => "firefox",
        }
    }
}

/// What a build says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Built {
    /// The browser that it is for.
    pub browser: Browser,
    /// Whether blockers act on every site: the variant for machines.
    pub everywhere: bool,
    /// The rules of each group of profiles, by [`crate::profile::Profile::rules`].
    pub rules: BTreeMap<String, Rules>,
    /// How many rules about elements are not played, by [`crate::profile::Profile::filter`].
    #[serde(default)]
    pub unplayed: BTreeMap<String, usize>,
}

/// What the lists of a group of profiles became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rules {
    /// The names of its rule sets in the manifest.
    pub rulesets: Vec<String>,
    /// How many rules of the lists are in them.
    pub carried: usize,
    /// How many could not be carried over, or not wholly.
    pub left: usize,
}

impl Built {
    /// Reads `build.json`.
    ///
    /// # Errors
    /// When it is not what it should be, with the place and the reason.
    pub fn read(text: &str) -> Result<Built, String> {
        serde_json::from_str(text).map_err(|error| format!("build.json: {error}"))
    }
}
