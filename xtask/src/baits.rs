//! `cargo xtask baits`: asks a filter engine what filter lists really hit, and writes the best of it into `src/baits.rs`.
//!
//! The texts of the lists only say what to ask about. What counts is the answer of the engine, for a news site that no list
//! names: so exceptions, options and site-wide switches count as they do for a reader.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use adblock::Engine;
use adblock::lists::{FilterSet, ParseOptions};
use adblock::request::Request;
use anyhow::{Context, Result, bail, ensure};

use crate::setup::{self, Need};

/// The page that the engine is asked about. No list may name it.
const PAGE: &str = "https://journal.example/actualites/";

/// Where Soutien stands on that site.
const FOLDER: &str = "https://journal.example/soutien/";

/// The longest ending of a bait's address, in bytes: it is part of the module that every reader downloads.
const MAX_ENDING: usize = 40;

/// How many runners-up the table shows below each choice.
const N_RUNNERS_UP: usize = 4;

/// What the probe file exports, the twin class and the twin ending: words of the news trade, which the engine is asked about too.
const WORD: &str = "soutien";
const TWIN: &str = "edition-column";
const NEUTRAL: &str = "/page/top.js";

const AD: &[&str] = &["ad", "ads"];
const SLOT: &[&str] = &["slot", "unit", "box", "container", "wrapper", "space", "zone", "area", "holder", "block", "frame", "module"];
const SIZE: &[&str] = &["300x250", "300-250", "336x280", "728x90", "300"];
const PLACE: &[&str] = &["leaderboard", "top", "sidebar", "header", "banner", "right", "rail", "bottom"];

/// A kind of name: two words, of which lists know many, each from one of these rows. The earlier a word stands in its row, the more
/// sites use it.
type Kind = [&'static [&'static str]; 2];

/// The classes of the one bait: what it is, how large, where, and the same in French, since the lists for French sites use those words.
const CLASS_KINDS: [Kind; 4] = [[AD, SLOT], [AD, SIZE], [AD, PLACE], [&["bloc", "encart", "bandeau", "espace"], &["pub", "publicite"]]];

const ID_KIND: Kind = [AD, SLOT];

/// The three baits that a page's own style sheet must not hit all at once. "ad" stands in none of these words.
const STYLED_KINDS: [Kind; 3] = [
    [&["dfp"], &["slot", "unit", "box", "wrapper", "tag", "container"]],
    [&["sponsor", "sponsors", "sponsored"], &["box", "block", "strip", "wrapper", "links", "content"]],
    [&["mpu"], &["holder", "container", "wrapper", "wrap", "module", "inner", "right", "top"]],
];

/// Names that AdGuard's and other lists force to show or exempt by shape because detectors use them, and words of such names.
const WORN: [&str; 6] = ["adsbox", "ad-banner", "textads", "text-ad", "adsbygoogle", "pub_300x250"];

/// The plain words of advertising. A pattern made of these and of numbers is likely to be in lists that were made of other lists.
const PLAIN: [&str; 30] = [
    "ad", "ads", "adv", "advert", "advertising", "adserver", "adserv", "banner", "banners", "bottom", "common", "client", "gif", "header",
    "id", "image", "images", "img", "js", "leaderboard", "managers", "position", "pos", "right", "serve", "show", "side", "top", "zone", "jpg",
];

/// A request of the probe: its type as the engine calls it, the constant that holds its ending, and the file.
struct Probe {
    constant: &'static str,
    kind: &'static str,
    file: &'static str,
    extension: &'static str,
}

const PROBES: [Probe; 3] = [
    Probe { constant: "SCRIPT", kind: "script", file: "probe.js", extension: "js" },
    Probe { constant: "IMAGE", kind: "image", file: "probe.gif", extension: "gif" },
    Probe { constant: "FETCH", kind: "xmlhttprequest", file: "probe.js", extension: "js" },
];

impl Probe {
    fn address(&self, ending: &str) -> String {
        format!("{FOLDER}{}?3f2a91c0{ending}", self.file)
    }
}
