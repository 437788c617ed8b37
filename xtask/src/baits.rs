//! `cargo xtask baits`: asks a filter engine what filter lists really hit, and writes the best of it into `src/baits.rs`.
//!
//! The texts of the lists only say what to ask about. What counts is the answer of the engine, for a news site that no list
//! names: so exceptions, options and site-wide switches count as they do for a reader.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use adblock::Engine;
use adblock::cosmetic_filter_cache::UrlSpecificResources;
use adblock::lists::{FilterSet, ParseOptions};
use adblock::request::Request;
use anyhow::{Context, Result, ensure};

use crate::setup::{self, Need};

/// The page that the engine is asked about. No list may name it.
const PAGE: &str = "https://journal.example/actualites/";

/// Where Soutien stands on that site.
const FOLDER: &str = "https://journal.example/soutien/";

/// The longest ending of a bait's address, in bytes: it is part of the module that every reader downloads.
const MAX_ENDING: usize = 40;

/// How many runners-up the table shows below each choice.
const N_RUNNERS_UP: usize = 4;

/// How many patterns an ending is made of at most, and how many endings are kept on the way there.
const MAX_PATTERNS: usize = 4;
const N_KEPT: usize = 60;

/// On how many sites a name may be shown again at most.
const MAX_EXCEPTIONS: usize = 2;

/// What no list hits, in words of the news trade, with what it is for.
const NO_BAITS: [(&str, &str, &str); 3] = [
    (
        "TWIN",
        "Class of the twins. A selector for any part of a bait's name does not hit it.",
        "edition-column",
    ),
    (
        "NEUTRAL",
        "What the address of the probe file ends with when it is asked for as the twin, whatever the type.",
        "/page/top.js",
    ),
    ("WORD", "What the probe file exports.", "soutien"),
];

/// Words in the titles of lists that are not about ads.
const OTHER_SUBJECTS: [&str; 7] = [
    "privacy",
    "tracking",
    "malicious",
    "badware",
    "unbreak",
    "cookie",
    "annoyance",
];

const AD: &[&str] = &["ad", "ads"];
const SLOT: &[&str] = &[
    "slot",
    "unit",
    "box",
    "container",
    "wrapper",
    "space",
    "zone",
    "area",
    "holder",
    "block",
    "frame",
    "module",
];
const SIZE: &[&str] = &["300x250", "300-250", "336x280", "728x90", "300"];
const PLACE: &[&str] = &["leaderboard", "top", "sidebar", "header", "banner", "right", "rail", "bottom"];

/// A kind of name: two words, of which lists know many, each from one of these rows. The earlier a word stands in its row, the more
/// sites use it.
type Kind = [&'static [&'static str]; 2];

/// The classes of the one bait: what it is, how large, where, and the same in French, since the lists for French sites use those words.
const CLASS_KINDS: [Kind; 4] = [
    [AD, SLOT],
    [AD, SIZE],
    [AD, PLACE],
    [&["bloc", "encart", "bandeau", "espace"], &["pub", "publicite"]],
];

const ID_KIND: Kind = [AD, SLOT];

/// The three baits that a page's own style sheet must not hit all at once. "ad" stands in none of these words.
const STYLED_KINDS: [Kind; 3] = [
    [&["dfp"], &["slot", "unit", "box", "wrapper", "tag", "container"]],
    [
        &["sponsor", "sponsors", "sponsored"],
        &["box", "block", "strip", "wrapper", "links", "content"],
    ],
    [
        &["mpu"],
        &["holder", "container", "wrapper", "wrap", "module", "inner", "right", "top"],
    ],
];

/// Names that AdGuard's and other lists force to show or exempt by shape because detectors use them, and words of such names.
const WORN: [&str; 6] = ["adsbox", "ad-banner", "textads", "text-ad", "adsbygoogle", "pub_300x250"];

/// The plain words of advertising. A pattern made of these and of numbers is likely to be in lists that were made of other lists.
const PLAIN: [&str; 30] = [
    "ad",
    "ads",
    "adv",
    "advert",
    "advertising",
    "adserver",
    "adserv",
    "banner",
    "banners",
    "bottom",
    "common",
    "client",
    "gif",
    "header",
    "id",
    "image",
    "images",
    "img",
    "js",
    "leaderboard",
    "managers",
    "position",
    "pos",
    "right",
    "serve",
    "show",
    "side",
    "top",
    "zone",
    "jpg",
];

/// A request of the probe: its type as the engine calls it, the constant that holds its ending, and the file.
struct Probe {
    constant: &'static str,
    kind: &'static str,
    file: &'static str,
    extension: &'static str,
    purpose: &'static str,
}

const PROBES: [Probe; 3] = [
    Probe {
        constant: "SCRIPT",
        kind: "script",
        file: "probe.js",
        extension: "js",
        purpose: "What the address of the probe file ends with when it is asked for as a script.",
    },
    Probe {
        constant: "IMAGE",
        kind: "image",
        file: "probe.gif",
        extension: "gif",
        purpose: "What the address of the probe file ends with when it is asked for as an image.",
    },
    Probe {
        constant: "FETCH",
        kind: "xmlhttprequest",
        file: "probe.js",
        extension: "js",
        purpose: "What the address of the probe file ends with when it is asked for by `fetch`.",
    },
];

impl Probe {
    fn address(&self, ending: &str) -> String {
        format!("{FOLDER}{}?3f2a91c0{ending}", self.file)
    }
}

/// Writes `src/baits.rs` from these lists, or from those of the installed uBlock Origin where there are none, and prints the choice
/// with the runners-up.
///
/// # Errors
/// When a list cannot be read, the lists hit no name of some kind, or, with `is_check`, the file is not what would be written.
pub fn baits(paths: &[PathBuf], is_check: bool) -> Result<()> {
    let lists = Lists::read(paths)?;
    let choices = choose(&lists)?;
    print_table(&choices);
    let file = crate::root().join("src/baits.rs");
    let old = fs::read_to_string(&file).unwrap_or_default();
    let body = body(&choices);
    let is_current = old.ends_with(&body);
    if is_check {
        ensure!(
            is_current,
            "src/baits.rs is not what these lists hit best: run `cargo xtask baits` and look at the difference"
        );
        println!("\nsrc/baits.rs is what these lists hit best");
        return Ok(());
    }
    // The date alone is no change: the same lists make the same file.
    let head = lists.described();
    if is_current && old.contains(&head) {
        println!("\nsrc/baits.rs is unchanged");
        return Ok(());
    }
    let head = format!("{INTRODUCTION}\n{head}//!\n//! Read on {}.\n", date(SystemTime::now()));
    fs::write(&file, head + body.as_str()).with_context(|| format!("cannot write {}", file.display()))?;
    println!("\nwrote src/baits.rs");
    Ok(())
}

const INTRODUCTION: &str = "\
//! The baits: names that filter lists hit on every site, and twins that none hits.
//!
//! Written by `cargo xtask baits`, which asked a filter engine what these lists really hit on a site that they do not name; change
//! it there. Behind each rule stands the list it is in.
//!";

/// A day in UTC, as in \"24 Nov 2026\".
fn date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)[5..16].to_owned()
}

/// A filter engine, and what it does not know by itself.
struct Filter {
    engine: Engine,
    /// What the engine says about the page as a whole.
    page: UrlSpecificResources,
    /// Selectors that are shown on every site again, as in `#@#.ad-slot`. uBlock Origin obeys these rules, and the engine does not.
    shown: HashSet<String>,
}

impl Filter {
    fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        // The engine keeps the text of each rule only when it is debugged.
        let mut set = FilterSet::new(true);
        let mut shown = HashSet::new();
        for text in texts {
            set.add_filter_list(text.to_owned(), ParseOptions::default());
            shown.extend(text.lines().filter_map(|line| line.strip_prefix("#@#")).map(str::to_owned));
        }
        let engine = Engine::new_with_filter_set(set);
        let page = engine.url_cosmetic_resources(PAGE);
        Self { engine, page, shown }
    }

    /// The rule that blocks a request of the page's, if one does.
    fn blocks(&self, address: &str, kind: &str) -> Option<String> {
        let request = Request::new(address, PAGE, kind, "get").expect("the address is valid");
        let answer = self.engine.check_network_request(&request);
        let is_blocked = answer.should_block() || answer.redirect.is_some();
        is_blocked.then(|| answer.filter.and_then(|rule| rule.raw_line).unwrap_or_default())
    }

    /// The generic selectors that an element with this class (`.name`), id (`#name`) or link (`@address`) alone may be hidden by.
    fn hides(&self, name: &str) -> Vec<String> {
        if self.page.generichide {
            return Vec::new();
        }
        let (sort, name) = name.split_at(1);
        let (classes, ids, attribute) = match sort {
            "." => (Some(name), None, "class"),
            "#" => (None, Some(name), "id"),
            _ => (None, None, "href"),
        };
        let mut selectors = self.engine.hidden_class_id_selectors(classes, ids, &self.page.exceptions);
        let by_attribute = self
            .page
            .hide_selectors
            .iter()
            .filter(|selector| attribute_hits(selector, attribute, name));
        selectors.extend(by_attribute.cloned());
        selectors.retain(|selector| !self.shown.contains(selector));
        selectors.sort();
        selectors
    }

    /// Whether a rule hides what has this class, id or link, whatever else it has.
    fn hides_alone(&self, name: &str) -> bool {
        self.hides(name)
            .iter()
            .any(|selector| selector == name || !name.starts_with(['.', '#']))
    }
}

/// Whether a selector is one test of one attribute, as in `div[id^="ad-"]`, and holds for this value.
fn attribute_hits(selector: &str, attribute: &str, value: &str) -> bool {
    let test = selector.trim_start_matches(|character: char| character.is_ascii_alphanumeric());
    let Some((name, wanted)) = test
        .strip_prefix('[')
        .and_then(|test| test.strip_suffix(']'))
        .and_then(|test| test.split_once('='))
    else {
        return false;
    };
    let wanted = wanted.trim_matches(['"', '\'']);
    if wanted.contains([']', '"']) {
        return false;
    }
    match name.strip_prefix(attribute) {
        Some("^") => value.starts_with(wanted),
        Some("$") => value.ends_with(wanted),
        Some("*") => value.contains(wanted),
        Some("" | "~") => value == wanted,
        _ => false,
    }
}

/// A filter list, and a filter that holds it alone.
struct List {
    title: String,
    version: String,
    text: String,
    filter: Filter,
    /// Who blocks trackers alone is no ad blocker, and must not be taken for one.
    is_about_ads: bool,
}

impl List {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read the filter list {}", path.display()))?;
        let title = header(&text, "Title").unwrap_or_else(|| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        let dated = ["Version", "Last modified", "TimeUpdated", "Updated"]
            .iter()
            .find_map(|field| header(&text, field));
        let version = match dated {
            Some(version) => version,
            None => format!("file of {}", date(fs::metadata(path)?.modified()?)),
        };
        let is_about_ads = !OTHER_SUBJECTS.iter().any(|word| title.to_lowercase().contains(word));
        let filter = Filter::new([text.as_str()]);
        Ok(Self {
            title,
            version,
            text,
            filter,
            is_about_ads,
        })
    }
}

/// A field of a list's header, as in `! Title: EasyList`; a placeholder of a template counts as none.
fn header(text: &str, field: &str) -> Option<String> {
    let comments = text.lines().take(20).filter_map(|line| line.strip_prefix('!'));
    let mut fields = comments.filter_map(|comment| comment.split_once(':'));
    let (_, value) = fields.find(|(name, _)| name.trim() == field)?;
    Some(value.trim().to_owned()).filter(|value| !value.contains('%'))
}

/// The lists, each alone and all together, as most blockers have them.
struct Lists {
    each: Vec<List>,
    all: Filter,
    /// How many sites each selector is shown on again.
    exceptions: HashMap<String, usize>,
}

impl Lists {
    fn read(paths: &[PathBuf]) -> Result<Self> {
        let installed;
        let paths = if paths.is_empty() {
            installed = installed_lists()?;
            &installed
        } else {
            paths
        };
        let each = paths.iter().map(|path| List::read(path)).collect::<Result<Vec<_>>>()?;
        let all = Filter::new(each.iter().map(|list| list.text.as_str()));
        let mut exceptions = HashMap::new();
        for (sites, selector) in each
            .iter()
            .flat_map(|list| list.text.lines())
            .filter_map(|line| line.split_once("#@#"))
        {
            *exceptions.entry(selector.to_owned()).or_default() += sites.split(',').count();
        }
        Ok(Self { each, all, exceptions })
    }

    fn about_ads(&self) -> impl Iterator<Item = &List> {
        self.each.iter().filter(|list| list.is_about_ads)
    }

    /// The titles of the lists about ads for which this holds.
    fn titles(&self, holds: impl Fn(&List) -> bool) -> Vec<String> {
        self.about_ads()
            .filter(|list| holds(list))
            .map(|list| list.title.clone())
            .collect()
    }

    /// The lists as comment lines.
    fn described(&self) -> String {
        self.each
            .iter()
            .map(|list| format!("//! - {}, {}\n", list.title, list.version))
            .collect()
    }
}

/// The lists of the installed uBlock Origin, in the order of their paths.
fn installed_lists() -> Result<Vec<PathBuf>> {
    let mut folders = vec![setup::require(Need::UblockOrigin)?.join("assets")];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "txt")
                && header(&fs::read_to_string(&path)?, "Title").is_some()
            {
                paths.push(path);
            }
        }
    }
    paths.sort();
    ensure!(
        !paths.is_empty(),
        "uBlock Origin's assets/ holds no filter list, and some were expected"
    );
    Ok(paths)
}

/// What a bait may be: its value, the rules that hit it with the lists they are in, and why it is where it is in the order.
#[derive(Clone)]
struct Candidate {
    value: String,
    rules: Vec<(String, Vec<String>)>,
    reason: String,
}

/// A constant of `src/baits.rs`: what it is for, the candidates chosen, and the runners-up of each.
struct Choice {
    constant: &'static str,
    purpose: &'static str,
    chosen: Vec<Candidate>,
    runners_up: Vec<Vec<Candidate>>,
}

impl Choice {
    /// Takes the first candidate of each row.
    fn of(constant: &'static str, purpose: &'static str, rows: Vec<Vec<Candidate>>) -> Result<Self> {
        let mut chosen = Vec::new();
        let mut runners_up = Vec::new();
        for mut row in rows {
            ensure!(
                !row.is_empty(),
                "the lists hit nothing that is fit for {constant}; give more lists, or add words to xtask/src/baits.rs"
            );
            row.truncate(1 + N_RUNNERS_UP);
            chosen.push(row.remove(0));
            runners_up.push(row);
        }
        Ok(Self {
            constant,
            purpose,
            chosen,
            runners_up,
        })
    }
}

fn choose(lists: &Lists) -> Result<Vec<Choice>> {
    let names = |sort, kinds: &[Kind]| kinds.iter().map(|kind| names(lists, sort, kind)).collect();
    let mut choices = vec![
        Choice::of(
            "CLASSES",
            "Classes of the bait element; each is hit alone.",
            names('.', &CLASS_KINDS),
        )?,
        Choice::of("ID", "Id of the second bait element.", names('#', &[ID_KIND]))?,
        Choice::of(
            "LINK",
            "Address of the bait link, which nobody can follow.",
            vec![links(lists)],
        )?,
        Choice::of(
            "STYLED",
            "Classes of one bait element each: they have nothing in common that a page's own style sheet could hit.",
            names('.', &STYLED_KINDS),
        )?,
    ];
    for probe in &PROBES {
        choices.push(Choice::of(probe.constant, probe.purpose, vec![endings(lists, probe)])?);
    }
    Ok(choices)
}

/// The names of a kind that a simple generic rule hides, best first: what more lists agree on, then what more sites use.
fn names(lists: &Lists, sort: char, kind: &Kind) -> Vec<Candidate> {
    let mut ranked = Vec::new();
    let [firsts, seconds] = kind;
    for (place, second) in seconds.iter().enumerate() {
        for first in *firsts {
            for name in ["-", "_", ""].map(|joint| format!("{first}{joint}{second}")) {
                let selector = format!("{sort}{name}");
                let n_exceptions = lists.exceptions.get(&selector).copied().unwrap_or_default();
                let titles = lists.titles(|list| list.filter.hides_alone(&selector));
                if titles.is_empty()
                    || !lists.all.hides_alone(&selector)
                    || n_exceptions > MAX_EXCEPTIONS
                    || WORN.contains(&name.as_str())
                {
                    continue;
                }
                let reason = format!("{n_exceptions} sites except it");
                ranked.push((
                    Reverse(titles.len()),
                    place,
                    Candidate {
                        value: name,
                        rules: vec![(format!("##{selector}"), titles)],
                        reason,
                    },
                ));
            }
        }
    }
    // Stable: what is equal stays in the order of the words.
    ranked.sort_by_key(|(agreement, place, _)| (*agreement, *place));
    ranked.into_iter().map(|(_, _, candidate)| candidate).collect()
}

/// The beginnings of links that a generic rule hides, best first: those of the hosts that most rules name.
fn links(lists: &Lists) -> Vec<Candidate> {
    let mut mentions: HashMap<&str, usize> = HashMap::new();
    for line in lists.each.iter().flat_map(|list| list.text.lines()) {
        let hosts = line.split(|character: char| !character.is_ascii_alphanumeric() && !".-".contains(character));
        for host in hosts.filter(|word| word.contains('.')).collect::<HashSet<_>>() {
            *mentions.entry(host).or_default() += 1;
        }
    }
    let rules: BTreeSet<&str> = lists
        .about_ads()
        .flat_map(|list| list.text.lines())
        .filter(|line| link(line).is_some())
        .collect();
    let mut ranked = Vec::new();
    for rule in rules {
        let address = link(rule).unwrap_or_default();
        let host = address.split('/').nth(2).unwrap_or_default();
        let n_mentions = mentions.get(host).copied().unwrap_or_default();
        let n_exceptions = lists.exceptions.get(&rule[2..]).copied().unwrap_or_default();
        let name = format!("@{address}");
        let titles = lists.titles(|list| list.filter.hides_alone(&name));
        if lists.all.hides_alone(&name) && n_exceptions <= MAX_EXCEPTIONS {
            let reason = format!("{n_mentions} rules name the host, {n_exceptions} sites except it");
            ranked.push((
                Reverse(titles.len()),
                Reverse(n_mentions),
                Candidate {
                    value: address.to_owned(),
                    rules: vec![(rule.to_owned(), titles)],
                    reason,
                },
            ));
        }
    }
    ranked.sort_by_key(|(agreement, n_mentions, _)| (*agreement, *n_mentions));
    ranked.into_iter().map(|(_, _, candidate)| candidate).collect()
}

/// The address in a rule that hides links by how they begin.
fn link(rule: &str) -> Option<&str> {
    let test = rule
        .strip_prefix("##")?
        .trim_start_matches('a')
        .strip_prefix("[href^=\"")?
        .strip_suffix("\"]")?;
    (test.starts_with("https://") && !test.contains('"')).then_some(test)
}

/// The endings that make the probe's request one that the lists block, best first: those that most rules block at once, so that a
/// list which holds but some of the rules does as well.
fn endings(lists: &Lists, probe: &Probe) -> Vec<Candidate> {
    let mut patterns: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for list in lists.about_ads() {
        for line in list.text.lines() {
            if let Some(pattern) = pattern(line, probe.extension)
                && lists.all.blocks(&probe.address(&pattern), probe.kind).is_some()
                && Filter::new([line]).blocks(&probe.address(&pattern), probe.kind).is_some()
            {
                patterns.entry(pattern).or_default().push((line, &list.title));
            }
        }
    }
    let score = |path: &str| {
        let hit = patterns.keys().filter(|pattern| path.contains(pattern.as_str()));
        hit.map(|pattern| stem(pattern)).collect::<HashSet<_>>().len()
    };
    let rank = |path: &String| (Reverse(score(path)), path.len(), path.clone());
    let mut paths: BTreeSet<String> = patterns.keys().cloned().collect();
    for _ in 0..MAX_PATTERNS {
        let mut longer = paths.clone();
        for path in &paths {
            let extended = patterns.keys().map(|pattern| join(path, pattern));
            longer.extend(extended.filter(|path| path.len() <= MAX_ENDING));
        }
        let mut best: Vec<_> = longer.into_iter().collect();
        best.sort_by_cached_key(rank);
        best.truncate(N_KEPT);
        paths = best.into_iter().collect();
    }
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_cached_key(rank);
    let is_fit = |path: &String| {
        let address = probe.address(path);
        let others = lists.each.iter().filter(|list| !list.is_about_ads);
        lists.all.blocks(&address, probe.kind).is_some()
            && others
                .into_iter()
                .all(|list| list.filter.blocks(&address, probe.kind).is_none())
    };
    paths.retain(is_fit);
    let candidate = |path: String| {
        let hit = patterns.iter().filter(|(pattern, _)| path.contains(pattern.as_str()));
        let rules: Vec<_> = hit
            .flat_map(|(_, rules)| rules)
            .map(|&(rule, title)| (rule.to_owned(), vec![title.to_owned()]))
            .collect();
        let reason = format!("{} rules, {} bytes", rules.len(), path.len());
        Candidate {
            value: path,
            rules,
            reason,
        }
    };
    paths.into_iter().map(candidate).collect()
}

/// The text that a blocking rule looks for, where it is plain: made of the plain words of advertising, from a slash on, and harmless to
/// firewalls.
fn pattern(rule: &str, extension: &str) -> Option<String> {
    let text = rule.split('$').next().unwrap_or_default();
    let text = text.strip_suffix('*').unwrap_or(text);
    let is_path = text.starts_with('/')
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "/_-.?=".contains(character));
    let mut words = text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let is_plain =
        |word: &str| PLAIN.contains(&word.trim_end_matches(|character: char| character.is_ascii_digit() || character == 'x'));
    if !is_path || text.len() < 6 || !words.all(is_plain) {
        return None;
    }
    let mut text = text.to_owned();
    if text.ends_with('.') {
        text += extension;
    }
    Some(text)
}

/// What the patterns of one idea have in common: `/468x60-` and `/468x60.` are one.
fn stem(pattern: &str) -> String {
    pattern.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Puts one text behind another; what the first ends with and the second begins with stands there once.
fn join(first: &str, second: &str) -> String {
    let overlap = (0..=second.len())
        .rev()
        .find(|&length| first.ends_with(&second[..length]))
        .unwrap_or_default();
    format!("{first}{}", &second[overlap..])
}

fn print_table(choices: &[Choice]) {
    println!("{:<9}{:<42}{:<42}reason", "", "chosen, then the runners-up", "rule (list)");
    for choice in choices {
        for (chosen, runners_up) in choice.chosen.iter().zip(&choice.runners_up) {
            for (row, candidate) in std::iter::once(chosen).chain(runners_up).enumerate() {
                let constant = if row == 0 { choice.constant } else { "" };
                let (first, more) = candidate.rules.split_first().expect("a candidate is hit by a rule");
                let more = if more.is_empty() {
                    String::new()
                } else {
                    format!(" and {} more", more.len())
                };
                println!(
                    "{constant:<9}{:<42}{:<42}{}",
                    candidate.value,
                    format!("{} ({}){more}", first.0, first.1.join(", ")),
                    candidate.reason
                );
            }
        }
    }
}

/// The constants, each with the rules that hit it.
fn body(choices: &[Choice]) -> String {
    let mut body = String::new();
    for choice in choices {
        let _ = write!(body, "\n/// {}\n///\n", choice.purpose);
        for (rule, titles) in choice.chosen.iter().flat_map(|candidate| &candidate.rules) {
            let _ = writeln!(body, "/// - `{rule}`: {}", titles.join(", "));
        }
        let values: Vec<_> = choice.chosen.iter().map(|candidate| candidate.value.as_str()).collect();
        let constant = choice.constant;
        let _ = match constant {
            "STYLED" => writeln!(body, "pub const {constant}: [&str; {}] = {values:?};", values.len()),
            _ => writeln!(body, "pub const {constant}: &str = {:?};", values.join(" ")),
        };
    }
    for (constant, purpose, value) in NO_BAITS {
        let _ = write!(body, "\n/// {purpose}\npub const {constant}: &str = {value:?};\n");
    }
    body
}
