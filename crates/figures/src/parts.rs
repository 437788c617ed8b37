//! Who downloads which file of dist/site/, and what that comes to.
//!
//! `PARTS` says of each file who downloads it. A file without a row, and a row without a file, fail the build: so nothing that readers
//! download is left out of a sum.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

/// The module as JavaScript. It takes the source of the standard library, and is left out of a build without it.
pub const PLAIN: &str = "soutien.plain.js";

/// Who downloads a file, and when. The manifest has it by these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Role {
    /// Every reader, for verdict and controls.
    #[serde(rename = "every view")]
    EveryView,
    /// Who is asked, besides: when a notice is due.
    #[serde(rename = "notice")]
    Notice,
    /// Nobody but where a site wants numbers.
    #[serde(rename = "numbers")]
    Numbers,
    /// Who is asked, besides, where the tag or the site's name asks for it.
    #[serde(rename = "notice, by choice")]
    Choice,
    /// Who scrolls, or whose page has a way back to its top.
    #[serde(rename = "button")]
    Button,
    /// Nobody but where a page has close controls.
    #[serde(rename = "panels")]
    Panels,
    /// Nobody but where a site names ad hosts.
    #[serde(rename = "ad hosts")]
    Hosts,
    /// Nobody but where a site relies on WordPress' consent API.
    #[serde(rename = "WordPress' consent")]
    WordPress,
    /// Nobody but where WebAssembly is missing or forbidden, or soutien.wasm refused, in its place.
    #[serde(rename = "without WebAssembly")]
    Plain,
    /// Nobody's browser.
    #[serde(rename = "none")]
    None,
}

/// A file, or several by one `*`; who downloads it; how often it is asked for, the first time and on a later view, by which its cache is full; and
/// what it is, with the reason where neither every reader downloads it nor one with a blocker.
pub(crate) type Part = (&'static str, Role, [usize; 2], &'static str);

/// Every file of dist/site/.
#[rustfmt::skip] // A row a line.
pub(crate) const PARTS: [Part; 21] = [
    ("soutien.js", Role::EveryView, [1, 0], "the loader"),
    ("soutien.wasm", Role::EveryView, [1, 0], "the module"),
    // Readers without a blocker get the baits, those with one the twins, which are the same files.
    ("probe.js", Role::EveryView, [2, 1], "two baits: a script, and what is fetched past the cache on each view, because a cached answer says nothing of a blocker"),
    ("probe.gif", Role::EveryView, [1, 0], "a bait: an image"),
    ("appeal.js", Role::Notice, [1, 0], "the notice, with the steps to allow the site"),
    ("host.js", Role::Notice, [1, 0], "where it stands in the page"),
    ("appeal.css", Role::Notice, [1, 0], "its style sheet"),
    ("lang/*.json", Role::Notice, [1, 0], "its words and those of the steps, in one language; the longest counts"),
    ("leaving.js", Role::Choice, [1, 0], "only where the tag has `data-dismiss=\"no\"`, when a notice is due"),
    ("places.js", Role::Choice, [1, 0], "only where the tag has another `data-view` than `modal`, or `data-images`, when a notice is due"),
    ("places.css", Role::Choice, [1, 0], "the same"),
    ("hostname.js", Role::Choice, [1, 0], "only where the site's name has letters beyond those of English, when a notice is due"),
    ("numbers.js", Role::Numbers, [1, 0], "only where the tag has `data-endpoint` or `data-analytics`"),
    ("button.js", Role::Button, [1, 0], "only where a page has a way back to its top, or once its reader scrolls; our own way takes host.js and the words of a language besides"),
    ("panels.js", Role::Panels, [1, 0], "only where the page has close controls"),
    ("hosts.js", Role::Hosts, [1, 0], "only where the tag has `data-probe`, once the reader has consented"),
    ("wordpress.js", Role::WordPress, [1, 0], "only where the tag has `data-consent=\"wp\"`"),
    (PLAIN, Role::Plain, [1, 0], "only where WebAssembly is missing or forbidden, or soutien.wasm refused, to run in its place"),
    ("soutien.d.ts", Role::None, [0, 0], "no page asks for it: it is for a publisher's editor"),
    ("LICENSE-*", Role::None, [0, 0], "no page asks for it: the licence that goes along"),
    ("manifest.json", Role::None, [0, 0], "no page asks for it: sizes and hashes, for publishers"),
];

/// What is asked for, and what comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many requests there are.
    pub requests: usize,
    /// What the answers weigh without their headers, in bytes.
    pub bytes: usize,
}

/// The loads that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loads {
    /// A view by a browser that has nothing in its cache.
    pub first: Load,
    /// A view by a browser that has everything, within the time for which it may keep soutien.js.
    pub later: Load,
    /// A notice that is shown to a browser for the first time, with the words of the longest language.
    pub notice: Load,
    /// The first view with `data-endpoint` or `data-analytics`, besides.
    pub numbers: Load,
    /// With a notice, where the tag or the site's name asks for it: all of it together.
    pub choice: Load,
    /// On a page with a way back to its top, or once another is scrolled, without the words of a language.
    pub button: Load,
    /// On a page with close controls.
    pub panels: Load,
    /// Where ad hosts are named.
    pub hosts: Load,
    /// Where consent is known by WordPress.
    pub word_press: Load,
    /// What comes in place of soutien.wasm where WebAssembly is missing or forbidden, or that file refused.
    pub plain: Load,
}

impl Load {
    fn add(&mut self, times: usize, bytes: usize) {
        self.requests += times;
        self.bytes += times * bytes;
    }
}

/// Who downloads a file of this name.
///
/// # Errors
/// When no row says so.
pub fn role(name: &str) -> Result<Role> {
    Ok(part(name)?.1)
}

fn part(name: &str) -> Result<&'static Part> {
    let found = PARTS.iter().find(|(files, ..)| fits(files, name));
    found.with_context(|| {
        format!(
            "dist/site/{name} counts for nobody: say in a row of PARTS in crates/figures/src/parts.rs who downloads it, or why nobody does"
        )
    })
}

/// Whether a name is that of a row, in which one `*` may stand for anything.
fn fits(files: &str, name: &str) -> bool {
    files.split_once('*').map_or(files == name, |(start, end)| {
        name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
    })
}

/// Holds the rows and the files of a build against each other.
///
/// # Errors
/// When a file has no row, or a row no file.
pub fn hold_parts<'a>(names: impl Iterator<Item = &'a str> + Clone, has_plain: bool) -> Result<()> {
    for name in names.clone() {
        part(name)?;
    }
    for (files, ..) in PARTS {
        ensure!(
            names.clone().any(|name| fits(files, name)) || files == PLAIN && !has_plain,
            "PARTS in crates/figures/src/parts.rs has a row for {files}, and the build made no such file: take the row out, or have it made"
        );
    }
    Ok(())
}

/// What readers download, by the sizes of files as sent.
///
/// # Errors
/// When nobody is said to download one of them.
pub fn loads(files: &BTreeMap<String, usize>) -> Result<Loads> {
    let mut loads = Loads::default();
    let mut longest = 0;
    for (name, &bytes) in files {
        let (files, role, [first, later], _) = part(name)?;
        match role {
            // Readers get one file of such a row, and nobody knows which.
            Role::Notice if files.contains('*') => longest = longest.max(bytes),
            Role::Notice => loads.notice.add(*first, bytes),
            Role::EveryView => {
                loads.first.add(*first, bytes);
                loads.later.add(*later, bytes);
            }
            Role::Numbers => loads.numbers.add(*first, bytes),
            Role::Choice => loads.choice.add(*first, bytes),
            Role::Button => loads.button.add(*first, bytes),
            Role::Panels => loads.panels.add(*first, bytes),
            Role::Hosts => loads.hosts.add(*first, bytes),
            Role::WordPress => loads.word_press.add(*first, bytes),
            Role::Plain => loads.plain.add(*first, bytes),
            Role::None => {}
        }
    }
    loads.notice.add(usize::from(longest > 0), longest);
    Ok(loads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{check_error, files};

    #[test]
    fn loads_are_those_of_the_parts() {
        let load = |requests, bytes| Load { requests, bytes };
        let expected = Loads {
            first: load(5, 9_250),
            later: load(1, 100),
            notice: load(4, 5_200),
            numbers: load(1, 600),
            choice: load(4, 1_000),
            button: load(1, 350),
            panels: load(1, 800),
            hosts: load(1, 700),
            word_press: load(1, 250),
            plain: load(1, 13_000),
        };
        assert_eq!(loads(&files(5_000)).expect("each file counts for somebody"), expected);
    }

    #[test]
    fn a_file_without_a_part_and_a_part_without_a_file_fail() {
        let mut names: Vec<String> = files(5_000).into_keys().collect();
        names.push("manifest.json".into());
        let hold = |names: &[String], has_plain| hold_parts(names.iter().map(String::as_str), has_plain);
        hold(&names, true).expect("that is a build");
        check_error(
            hold(&[&names[..], &["more.js".to_owned()]].concat(), true),
            "dist/site/more.js counts for nobody: say in a row of PARTS in crates/figures/src/parts.rs",
        );
        names.retain(|name| name != PLAIN);
        check_error(hold(&names, true), "has a row for soutien.plain.js");
        hold(&names, false).expect("it takes the source of the library");
        names.retain(|name| !name.starts_with("lang/"));
        check_error(hold(&names, false), "has a row for lang/*.json");
    }

    #[test]
    fn names_fit_their_rows() {
        for (files, name, is_of_it) in [
            ("lang/*.json", "lang/fr.json", true),
            ("lang/*.json", "lang/fr.js", false),
            ("probe.js", "probe.js", true),
            ("probe.js", "probe.json", false),
            ("aa*aa", "aaa", false),
        ] {
            assert_eq!(fits(files, name), is_of_it, "{files} {name}");
        }
    }
}
