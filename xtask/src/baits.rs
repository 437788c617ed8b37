//! `cargo xtask baits`: asks a filter engine what filter lists really hit, and writes the best of it into `src/baits.rs`.
//!
//! The texts of the lists only say what to ask about. What counts is the engine's answer for a page that no list names, so that
//! exceptions, options and switches count as they do for a reader.

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

#[cfg(test)]
#[path = "../../src/baits.rs"]
mod shipped;

/// The page that the engine is asked about.
const PAGE: &str = "https://journal.example/actualites/";

/// Where Soutien stands on that site.
const FOLDER: &str = "https://journal.example/soutien/";

/// How many runners-up the table shows below each choice.
const N_RUNNERS_UP: usize = 4;

/// On how many sites lists may show a name again. Where there are more, many sites use it for something else.
const MAX_EXCEPTIONS: usize = 2;

/// Names that detectors have used for long. Lists force them to show, or exempt them by their shape.
const WORN: &str = "ad-banner ad-text adbox ads-box adsbox";

/// A kind of name: a word of the first row and one of the second, in either order. Words that more sites use come first.
type Kind = [&'static str; 2];

const SLOT: Kind = ["ad ads", "slot wrapper container unit holder box zone area block frame"];

/// The classes of the one bait: what it is, how large, where, and in French, since lists for French sites look for those words.
const CLASS_KINDS: [Kind; 4] = [
    SLOT,
    ["ad ads", "300x250 300-250 336x280 728x90 300"],
    ["ad ads", "leaderboard top sidebar header right bottom rail"],
    ["bloc encart espace bandeau", "pub publicite"],
];

/// The classes of the three baits that a page's own style sheet must not hit all at once, even by a selector for a part of a name:
/// no two have three letters in common, and none has "ad".
const STYLED_KINDS: [Kind; 3] = [
    ["dfp", "slot unit space"],
    ["sponsor sponsored", "links text block"],
    ["mpu", "wrapper holder area"],
];

/// The plain words of advertising. A pattern of these and of numbers is likely to be in lists that were made of other lists.
const PLAIN: &str = "ad ads adv advert advertising adserver banner bannerad banners bottom client common gif header id image images \
    img js leaderboard right serve show top zone 300x250 468x60 728x90";

/// The longest ending of a probe's address, in bytes; every reader downloads it with the module.
const MAX_ENDING: usize = 24;

/// Of how many patterns an ending is made at most, and how many endings are kept on the way there.
const MAX_PATTERNS: usize = 3;
const N_KEPT: usize = 100;

/// Words in the titles of lists that are not about ads. Who blocks trackers alone is no ad blocker, and must not be taken for one.
const OTHER_SUBJECTS: &str = "privacy tracking malicious badware unbreak cookie annoyance";

/// What no list hits, in words of the news trade: constant, purpose, value.
const NO_BAITS: [(&str, &str, &str); 3] = [
    ("TWIN", "Class of the twins.", "edition-column"),
    (
        "NEUTRAL",
        "What the address of a twin ends with, whatever its type.",
        "/page/top.js",
    ),
    ("WORD", "What the probe file exports.", "soutien"),
];

const INTRODUCTION: &str = "\
//! The baits: names that filter lists hit on every site, and twins that none hits.
//!
//! Written by `cargo xtask baits`, which says why these: change it there. It asked a filter engine what these lists really hit on a
//! page that they do not name:
//!
";

/// A request of the probe file: the constant for what its address ends with, its type as the engine calls it, and the file.
struct Probe {
    constant: &'static str,
    purpose: &'static str,
    kind: &'static str,
    file: &'static str,
}

impl Probe {
    const ALL: [Self; 3] = [
        Self {
            constant: "SCRIPT",
            purpose: "What the address of the bait script ends with.",
            kind: "script",
            file: "probe.js",
        },
        Self {
            constant: "IMAGE",
            purpose: "What the address of the bait image ends with.",
            kind: "image",
            file: "probe.gif",
        },
        Self {
            constant: "FETCH",
            purpose: "What the address of the fetched bait ends with.",
            kind: "xmlhttprequest",
            file: "probe.js",
        },
    ];

    fn extension(&self) -> &str {
        self.file.rsplit('.').next().unwrap_or_default()
    }

    fn address(&self, ending: &str) -> String {
        format!("{FOLDER}{}?3f2a91c0{ending}", self.file)
    }
}

/// Chooses the baits by these lists, or by those of the installed uBlock Origin where none is given, prints the choice with the
/// runners-up, and writes `src/baits.rs`; with `is_check`, only says whether the file is still the choice.
///
/// # Errors
/// When a list cannot be read, the lists hit nothing of some kind, or the checked file is not the choice.
pub fn baits(paths: &[PathBuf], is_check: bool) -> Result<()> {
    let lists = if paths.is_empty() {
        Lists::installed()?
    } else {
        Lists::read(paths)?
    };
    let baits = choose(&lists)?;
    print_baits(&baits);
    print_lists(&lists, &baits);

    let file = crate::root().join("src/baits.rs");
    let old = fs::read_to_string(&file).unwrap_or_default();
    let (head, body) = (lists.described(), constants(&baits));
    // Newer lists that hit the same are no reason to fail.
    let is_current = old.ends_with(&body);
    if is_check {
        ensure!(
            is_current,
            "src/baits.rs is not what these lists hit best: run `cargo xtask baits`, and look at the difference"
        );
        println!("src/baits.rs is what these lists hit best");
    } else if is_current && old.contains(&head) {
        // The same lists make the same file, so the date alone is no change.
        println!("src/baits.rs is unchanged");
    } else {
        let text = format!("{INTRODUCTION}{head}//!\n//! Read on {}.\n{body}", date(SystemTime::now()));
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        println!("wrote src/baits.rs");
    }
    Ok(())
}

/// A day in UTC, as in "24 Nov 2026".
fn date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)[5..16].to_owned()
}

/// A filter engine, and what it does not know by itself.
struct Filter {
    engine: Engine,
    /// What the engine says about the page as a whole.
    page: UrlSpecificResources,
    /// Selectors that are shown again on every site, as by `#@#.ad-slot`. uBlock Origin obeys such rules, this engine does not.
    shown: HashSet<String>,
}

impl Filter {
    fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        // Only an engine that is debugged keeps the text of its rules.
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

    /// Whether a request that the page makes is blocked, or answered by a stand-in.
    fn blocks(&self, address: &str, kind: &str) -> bool {
        let request = Request::new(address, PAGE, kind, "get").expect("the address is valid");
        let answer = self.engine.check_network_request(&request);
        answer.should_block() || answer.redirect.is_some()
    }

    /// The generic selectors that may hide an element for its class (`.name`), its id (`#name`) or the address it links to.
    fn selectors(&self, name: &str) -> Vec<String> {
        if self.page.generichide {
            return Vec::new();
        }
        let (class, id) = (name.strip_prefix('.'), name.strip_prefix('#'));
        let mut selectors = self.engine.hidden_class_id_selectors(class, id, &self.page.exceptions);
        let (attribute, value) = match (class, id) {
            (Some(class), _) => ("class", class),
            (_, Some(id)) => ("id", id),
            _ => ("href", name),
        };
        let by_attribute = self
            .page
            .hide_selectors
            .iter()
            .filter(|selector| attribute_hits(selector, attribute, value));
        selectors.extend(by_attribute.cloned());
        selectors.retain(|selector| !self.shown.contains(selector));
        selectors
    }

    /// Whether this very selector hides what fits it on the page.
    fn hides(&self, name: &str, selector: &str) -> bool {
        self.selectors(name).iter().any(|found| found == selector)
    }
}

/// Whether a selector is the test of one attribute, as in `div[id^="ad-"]`, and holds for this value.
fn attribute_hits(selector: &str, attribute: &str, value: &str) -> bool {
    let test = selector.trim_start_matches(|character: char| character.is_ascii_alphanumeric());
    let test = test.strip_prefix('[').and_then(|test| test.strip_suffix(']'));
    let Some((name, wanted)) = test.and_then(|test| test.split_once('=')) else {
        return false;
    };
    let wanted = wanted.trim_matches(['"', '\'']);
    match name.strip_prefix(attribute) {
        _ if wanted.contains([']', '"']) => false,
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
    is_about_ads: bool,
}

impl List {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read the filter list {}", path.display()))?;
        let file_name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let title = header(&text, "Title").unwrap_or_else(file_name);
        let fields = ["Version", "Last modified", "TimeUpdated", "Updated"];
        let version = match fields.iter().find_map(|field| header(&text, field)) {
            Some(version) => version,
            None => format!("file of {}", date(fs::metadata(path)?.modified()?)),
        };
        Ok(Self {
            is_about_ads: !OTHER_SUBJECTS.split(' ').any(|word| title.to_lowercase().contains(word)),
            filter: Filter::new([text.as_str()]),
            title,
            version,
            text,
        })
    }
}

/// A field of a list's header, as in `! Title: EasyList`; a placeholder such as `%timestamp%` counts as none.
fn header(text: &str, field: &str) -> Option<String> {
    let comments = text.lines().take(20).filter_map(|line| line.strip_prefix('!'));
    let mut fields = comments.filter_map(|comment| comment.split_once(':'));
    let (_, value) = fields.find(|(name, _)| name.trim() == field)?;
    Some(value.trim().to_owned()).filter(|value| !value.contains('%'))
}

/// The lists, each alone and all together, as a blocker has them.
struct Lists {
    each: Vec<List>,
    all: Filter,
    /// On how many sites each selector is shown again.
    exceptions: HashMap<String, usize>,
}

impl Lists {
    /// The lists of the installed uBlock Origin, in the order of their paths.
    fn installed() -> Result<Self> {
        let mut folders = vec![setup::require(Need::UblockOrigin)?.join("assets")];
        let mut paths = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "txt")
                    // Beside the lists stands a text that is none: it has no title.
                    && header(&fs::read_to_string(&path)?, "Title").is_some()
                {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        ensure!(
            !paths.is_empty(),
            "the assets of the installed uBlock Origin hold no filter list, and some were expected"
        );
        Self::read(&paths)
    }

    fn read(paths: &[PathBuf]) -> Result<Self> {
        let each = paths.iter().map(|path| List::read(path)).collect::<Result<Vec<_>>>()?;
        let mut exceptions = HashMap::new();
        for line in each.iter().flat_map(|list| list.text.lines()) {
            if let Some((sites, selector)) = line.split_once("#@#") {
                *exceptions.entry(selector.to_owned()).or_default() += sites.split(',').count();
            }
        }
        Ok(Self {
            all: Filter::new(each.iter().map(|list| list.text.as_str())),
            each,
            exceptions,
        })
    }

    fn about_ads(&self) -> impl Iterator<Item = &List> {
        self.each.iter().filter(|list| list.is_about_ads)
    }

    /// The lines of the lists about ads, each with the title of its list.
    fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.about_ads()
            .flat_map(|list| list.text.lines().map(|rule| (rule, list.title.as_str())))
    }

    /// What a simple generic rule hides on the page: the titles of the lists that have it, and on how many sites it is shown again.
    /// `None` where it does not hide it in the end, or where too many sites show it.
    fn hidden_by(&self, name: &str, selector: &str) -> Option<(Vec<String>, usize)> {
        let n_exceptions = self.exceptions.get(selector).copied().unwrap_or_default();
        if n_exceptions > MAX_EXCEPTIONS || !self.all.hides(name, selector) {
            return None;
        }
        let titles: Vec<_> = self
            .about_ads()
            .filter(|list| list.filter.hides(name, selector))
            .map(|list| list.title.clone())
            .collect();
        (!titles.is_empty()).then_some((titles, n_exceptions))
    }

    /// The lists as comment lines.
    fn described(&self) -> String {
        self.each
            .iter()
            .map(|list| format!("//! - {}, {}\n", list.title, list.version))
            .collect()
    }
}

/// What a bait may be.
struct Candidate {
    value: String,
    /// The rules that hit it, each with the lists it is in.
    rules: Vec<(String, Vec<String>)>,
    /// Why it is where it is in the order.
    reason: String,
}

/// A constant of `src/baits.rs`: the candidates of each of its parts, best first.
struct Bait {
    constant: &'static str,
    purpose: &'static str,
    parts: Vec<Vec<Candidate>>,
}

impl Bait {
    fn chosen(&self) -> impl Iterator<Item = &Candidate> {
        self.parts.iter().map(|candidates| &candidates[0])
    }
}

fn choose(lists: &Lists) -> Result<Vec<Bait>> {
    let names = |sort, kinds: &[Kind]| kinds.iter().map(|kind| names(lists, sort, kind)).collect();
    let bait = |constant, purpose, parts| Bait {
        constant,
        purpose,
        parts,
    };
    // One class that is hit is enough: lists without French names are as good.
    let mut classes: Vec<_> = names('.', &CLASS_KINDS);
    classes.retain(|candidates| !candidates.is_empty());
    let mut baits = vec![
        bait("CLASSES", "Classes of the bait element; each alone is hit.", classes),
        bait("ID", "Id of a bait element.", names('#', &[SLOT])),
        bait("LINK", "Address of the bait link.", vec![links(lists)]),
        bait(
            "STYLED",
            "Classes of one bait element each, which no page styles all at once.",
            names('.', &STYLED_KINDS),
        ),
    ];
    baits.extend(
        Probe::ALL
            .iter()
            .map(|probe| bait(probe.constant, probe.purpose, vec![endings(lists, probe)])),
    );
    for Bait { constant, parts, .. } in &baits {
        ensure!(
            !parts.is_empty() && parts.iter().all(|candidates| !candidates.is_empty()),
            "these lists hit nothing that is fit for {constant}: give more of them, or add words to xtask/src/baits.rs"
        );
    }
    Ok(baits)
}

/// The names of a kind that a simple generic rule hides: first what more lists agree on, then what more sites use.
fn names(lists: &Lists, sort: char, [firsts, seconds]: &Kind) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for first in firsts.split(' ') {
        for second in seconds.split(' ') {
            for name in [
                format!("{first}-{second}"),
                format!("{first}_{second}"),
                format!("{first}{second}"),
                format!("{second}-{first}"),
            ] {
                let selector = format!("{sort}{name}");
                if WORN.split(' ').any(|worn| worn == name) {
                    continue;
                }
                if let Some((titles, n_exceptions)) = lists.hidden_by(&selector, &selector) {
                    candidates.push(Candidate {
                        value: name,
                        reason: format!("in {} of the lists, shown on {n_exceptions} sites", titles.len()),
                        rules: vec![(format!("##{selector}"), titles)],
                    });
                }
            }
        }
    }
    // What is equal stays in the order of the words.
    candidates.sort_by_key(|candidate| Reverse(candidate.rules[0].1.len()));
    candidates
}

/// The beginnings of links that a generic rule hides: of hosts that say they serve ads, first those that most rules name.
fn links(lists: &Lists) -> Vec<Candidate> {
    let mut mentions: HashMap<&str, usize> = HashMap::new();
    for line in lists.each.iter().flat_map(|list| list.text.lines()) {
        let is_of_host = |character: char| character.is_ascii_alphanumeric() || ".-".contains(character);
        for host in line
            .split(|character| !is_of_host(character))
            .filter(|word| word.contains('.'))
        {
            *mentions.entry(host).or_default() += 1;
        }
    }
    let mut candidates = BTreeMap::new();
    for (rule, _) in lists.rules() {
        let Some(address) = link(rule) else { continue };
        let host = address.split('/').nth(2).unwrap_or_default();
        let says_ads = host.split('.').any(|label| ["ad", "ads"].contains(&label));
        if let Some((titles, n_exceptions)) = lists.hidden_by(address, &rule[2..])
            && says_ads
        {
            let n_mentions = mentions.get(host).copied().unwrap_or_default();
            let candidate = Candidate {
                value: address.to_owned(),
                rules: vec![(rule.to_owned(), titles)],
                reason: format!("host in {n_mentions} rules, shown on {n_exceptions} sites"),
            };
            candidates.insert((Reverse(n_mentions), address), candidate);
        }
    }
    candidates.into_values().collect()
}

/// The address in a generic rule that hides links by what they begin with.
fn link(rule: &str) -> Option<&str> {
    let test = rule.strip_prefix("##a[").or_else(|| rule.strip_prefix("##["))?;
    let address = test.strip_prefix("href^=\"")?.strip_suffix("\"]")?;
    (address.starts_with("https://") && !address.contains('"')).then_some(address)
}

/// The endings that make the probe's request one that the lists block: first those that the most patterns fit at once, so that a list
/// that has but some of them blocks it too.
fn endings(lists: &Lists, probe: &Probe) -> Vec<Candidate> {
    let mut patterns: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for (rule, title) in lists.rules() {
        if let Some(pattern) = pattern(rule, probe.extension()) {
            let address = probe.address(&pattern);
            if lists.all.blocks(&address, probe.kind) && Filter::new([rule]).blocks(&address, probe.kind) {
                patterns.entry(pattern).or_default().push((rule, title));
            }
        }
    }
    let fitting = |path: &str| {
        patterns
            .iter()
            .filter(move |(pattern, _)| path.contains(pattern.as_str()))
            .collect::<Vec<_>>()
    };
    // Patterns of the same letters, such as `/468x60-` and `/468x60.`, are one idea.
    let ideas = |path: &str| {
        fitting(path)
            .into_iter()
            .map(|(pattern, _)| words(pattern).collect::<String>())
            .collect::<HashSet<_>>()
    };
    let rank = |path: &String| (Reverse(ideas(path).len()), Reverse(words(path).count()), path.len());

    let mut paths: BTreeSet<String> = patterns.keys().cloned().collect();
    for _ in 1..MAX_PATTERNS {
        let longer = paths
            .iter()
            .flat_map(|path| patterns.keys().map(move |pattern| join(path, pattern)));
        let longer = longer
            .filter(|path| path.len() <= MAX_ENDING && is_natural(path))
            .collect::<Vec<_>>();
        let mut best: Vec<_> = paths.into_iter().chain(longer).collect::<BTreeSet<_>>().into_iter().collect();
        best.sort_by_cached_key(rank);
        best.truncate(N_KEPT);
        paths = best.into_iter().collect();
    }
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.retain(|path| {
        let address = probe.address(path);
        let mut others = lists.each.iter().filter(|list| !list.is_about_ads);
        lists.all.blocks(&address, probe.kind) && !others.any(|list| list.filter.blocks(&address, probe.kind))
    });
    paths.sort_by_cached_key(rank);
    let candidate = |path: String| {
        let rules: Vec<_> = fitting(&path).into_iter().flat_map(|(_, rules)| rules).collect();
        let rules: Vec<_> = rules
            .into_iter()
            .map(|&(rule, title)| (rule.to_owned(), vec![title.to_owned()]))
            .collect();
        Candidate {
            reason: format!("{} rules, {} bytes", rules.len(), path.len()),
            value: path,
            rules,
        }
    };
    paths.into_iter().map(candidate).collect()
}

/// What a blocking rule looks for, where that is a plain text from a slash on that no firewall minds. A rule that has to spare sites
/// is none: it hits other things than ads.
fn pattern(rule: &str, extension: &str) -> Option<String> {
    let (text, options) = rule.split_once('$').unwrap_or((rule, ""));
    let text = text.strip_suffix('*').unwrap_or(text);
    let is_of_path = |character: char| character.is_ascii_alphanumeric() || "/_-.?=".contains(character);
    let is_plain = |word: &str| {
        let stem = word.trim_end_matches(|character: char| character.is_ascii_digit() || character == 'x');
        PLAIN.split(' ').any(|plain| plain == word || plain == stem)
    };
    if options.contains("domain=")
        || !text.starts_with('/')
        || text.len() < 6
        || !text.chars().all(is_of_path)
        || !words(text).all(is_plain)
    {
        return None;
    }
    let extension = if text.ends_with('.') { extension } else { "" };
    Some(format!("{text}{extension}"))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether an ending reads like an address: no word twice, and its folders before its file name and query.
fn is_natural(path: &str) -> bool {
    let mut seen = HashSet::new();
    let file = path.find(['.', '?', '=']).unwrap_or(path.len());
    words(path).all(|word| seen.insert(word)) && !path[file..].contains('/') && path.matches('?').count() < 2
}

/// Puts one text behind another; what the first ends and the second begins with stands there once.
fn join(first: &str, second: &str) -> String {
    let overlap = (0..=second.len()).rev().find(|&length| first.ends_with(&second[..length]));
    format!("{first}{}", &second[overlap.unwrap_or_default()..])
}

/// Prints what was chosen for each constant, and below it the runners-up.
fn print_baits(baits: &[Bait]) {
    for Bait { constant, parts, .. } in baits {
        for candidates in parts {
            for (row, Candidate { value, rules, reason }) in candidates.iter().take(1 + N_RUNNERS_UP).enumerate() {
                let constant = if row == 0 { constant } else { "" };
                let rules = rules.iter().map(|(rule, titles)| format!(" {rule} ({})", titles.join(", ")));
                println!("{constant:<8} {value:<30} {reason:<36}{}", rules.collect::<String>());
            }
        }
    }
}

/// Prints what each list would hit if it were the only one.
fn print_lists(lists: &Lists, baits: &[Bait]) {
    println!();
    for List { title, .. } in &lists.each {
        let is_hit = |bait: &&Bait| {
            bait.chosen()
                .flat_map(|candidate| &candidate.rules)
                .any(|(_, titles)| titles.contains(title))
        };
        let constants: Vec<_> = baits.iter().filter(is_hit).map(|bait| bait.constant).collect();
        println!(
            "{title} alone hits: {}",
            if constants.is_empty() {
                "none".to_owned()
            } else {
                constants.join(", ")
            }
        );
    }
    println!();
}

/// The constants as Rust, each with the rules that hit it.
fn constants(baits: &[Bait]) -> String {
    let mut text = String::new();
    for bait in baits {
        let Bait { constant, purpose, .. } = bait;
        let _ = write!(text, "\n/// {purpose}\n///\n");
        for (rule, titles) in bait.chosen().flat_map(|candidate| &candidate.rules) {
            let _ = writeln!(text, "/// - `{rule}` ({})", titles.join(", "));
        }
        let values: Vec<_> = bait.chosen().map(|candidate| candidate.value.as_str()).collect();
        let _ = writeln!(text, "pub const {constant}: &str = {:?};", values.join(" "));
    }
    for (constant, purpose, value) in NO_BAITS {
        let _ = write!(text, "\n/// {purpose}\npub const {constant}: &str = {value:?};\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::iter;
    use std::sync::LazyLock;

    use super::*;

    /// Names of others in our sources: Google writes this one into its slots, where we read it.
    const FOREIGN: [&str; 1] = ["data-ad-status"];

    static INSTALLED: LazyLock<Lists> =
        LazyLock::new(|| Lists::installed().expect("these tests ask the lists of uBlock Origin: run `cargo xtask setup`"));

    #[test]
    fn the_lists_hit_every_bait() {
        let all = &INSTALLED.all;
        let classes = shipped::CLASSES
            .split(' ')
            .chain(shipped::STYLED.split(' '))
            .map(|name| format!(".{name}"));
        for name in classes.chain([format!("#{}", shipped::ID)]) {
            assert!(
                all.hides(&name, &name),
                "no list hides {name} any more: run `cargo xtask baits`"
            );
        }
        assert!(
            !all.selectors(shipped::LINK).is_empty(),
            "no list hides a link to {} any more",
            shipped::LINK
        );
        for (probe, ending) in iter::zip(&Probe::ALL, [shipped::SCRIPT, shipped::IMAGE, shipped::FETCH]) {
            let address = probe.address(ending);
            assert!(
                all.blocks(&address, probe.kind),
                "no list blocks the {} {address} any more",
                probe.kind
            );
        }
    }

    #[test]
    fn the_lists_hit_no_twin_and_nothing_else_of_ours() {
        for probe in &Probe::ALL {
            for ending in ["", shipped::NEUTRAL] {
                let address = probe.address(ending);
                assert!(
                    !INSTALLED.all.blocks(&address, probe.kind),
                    "a list blocks the {} {address}",
                    probe.kind
                );
            }
        }
        for name in names_of_ours() {
            check_is_free(&name);
        }
    }

    /// Checks that no list hits a name, be it a class, an id, an attribute or a part of an address.
    #[track_caller]
    fn check_is_free(name: &str) {
        let filter = &INSTALLED.all;
        for own in [format!(".{name}"), format!("#{name}")] {
            // What asks for more than our name, as `.top.ad` does, hits nothing of ours.
            let is_enough = |selector: &String| {
                selector
                    .strip_prefix(&own)
                    .is_none_or(|rest| rest.is_empty() || rest.starts_with(':'))
            };
            let selectors: Vec<_> = filter.selectors(&own).into_iter().filter(is_enough).collect();
            assert!(selectors.is_empty(), "lists hide {own} by {selectors:?}");
        }
        // Other attributes are the platform's, and rules look for what is in them.
        if name.starts_with("data-") {
            let tests = |selector: &str| {
                selector
                    .split('[')
                    .skip(1)
                    .any(|test| test.split(['^', '$', '*', '~', '=', ']']).next() == Some(name))
            };
            let selector = filter.page.hide_selectors.iter().find(|selector| tests(selector));
            assert_eq!(selector, None, "lists hide what has the attribute {name}");
        }
        for kind in ["script", "image", "xmlhttprequest", "stylesheet", "other"] {
            let address = format!("{FOLDER}{name}");
            assert!(!filter.blocks(&address, kind), "a list blocks the {kind} {address}");
        }
    }

    /// Every name that a page with Soutien has from us: files, attributes, events, classes and ids.
    fn names_of_ours() -> BTreeSet<String> {
        let read = |path: &str| {
            fs::read_to_string(crate::root().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
        };
        let mut names: BTreeSet<String> = [
            "soutien",
            "Soutien",
            "soutien.js",
            "soutien.wasm",
            "appeal.css",
            "probe.js",
            "probe.gif",
        ]
        .into_iter()
        .chain(["lang/fr.json", "lang/en.json", shipped::TWIN, shipped::WORD])
        .map(str::to_owned)
        .collect();
        // What is built may be more than what is known here.
        if let Ok(manifest) = fs::read_to_string(crate::root().join("dist/site/manifest.json")) {
            let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("the manifest is valid JSON");
            let files = manifest["files"].as_array().expect("the manifest lists files");
            names.extend(files.iter().filter_map(|file| file["name"].as_str()).map(str::to_owned));
        }
        let is_of_name = |character: char| character.is_ascii_alphanumeric() || "-:".contains(character);
        let readme = read("README.md");
        let documented = readme.split(|character| !is_of_name(character));
        names.extend(
            documented
                .filter(|word| word.starts_with("data-") || word.starts_with("soutien:"))
                .map(str::to_owned),
        );

        let styles = read("web/notice/appeal.css");
        let selectors = styles
            .lines()
            .filter(|line| line.ends_with([',', '{']))
            .flat_map(|line| line.split(['.', '#']).skip(1));
        names.extend(
            selectors
                .filter_map(|rest| rest.split(|character| !is_of_name(character)).next())
                .map(str::to_owned),
        );

        let mut sources = Vec::new();
        for folder in ["src/browser", "web/edge", "web/controls"] {
            crate::files::collect(&crate::root().join(folder), &mut sources).expect("the sources are there");
        }
        for path in sources {
            let source = fs::read_to_string(&path).expect("a source file is text");
            // Every second part between quotes is a literal; one too many asks about one name too many.
            let literals = source.split('"').skip(1).step_by(2);
            names.extend(
                literals
                    .filter(|literal| !literal.is_empty() && literal.chars().all(is_of_name))
                    .map(str::to_owned),
            );
        }
        names.retain(|name| !FOREIGN.contains(&name.as_str()));
        assert!(
            names.contains("data-lang") && names.contains("soutien:ready") && names.contains("sheet"),
            "found only {names:?}"
        );
        names
    }

    #[test]
    fn a_twin_has_nothing_of_an_advertisement() {
        for part in ["ad", "pub", "spon", "dfp", "mpu", "ban"] {
            assert!(!shipped::TWIN.contains(part), "{} has {part:?}", shipped::TWIN);
            assert!(!shipped::NEUTRAL.contains(part), "{} has {part:?}", shipped::NEUTRAL);
        }
    }

    #[test]
    fn the_styled_baits_have_nothing_in_common() {
        let styled: Vec<&str> = shipped::STYLED.split(' ').collect();
        for (place, name) in styled.iter().enumerate() {
            assert!(!name.contains("ad"), "{name} has \"ad\"");
            for other in &styled[place + 1..] {
                let common = name
                    .as_bytes()
                    .windows(3)
                    .find(|part| other.as_bytes().windows(3).any(|found| found == *part));
                assert_eq!(common, None, "{name} and {other} have three letters in common");
            }
        }
    }

    #[test]
    fn rules_for_every_site_show_again_what_others_hide() {
        let filter = Filter::new([
            "##.teaser-box\n##.news-box\n###promo",
            "#@#.news-box\nother.example#@#.teaser-box",
        ]);
        assert!(filter.hides(".teaser-box", ".teaser-box"));
        assert!(!filter.hides(".news-box", ".news-box"));
        assert!(filter.hides("#promo", "#promo"));
        assert!(!filter.hides(".promo", ".promo"));
    }

    #[test]
    fn a_switch_of_the_page_shows_everything() {
        let filter = Filter::new(["##.teaser-box\n@@||journal.example^$generichide"]);
        assert_eq!(filter.selectors(".teaser-box"), Vec::<String>::new());
    }

    #[test]
    fn the_options_of_rules_count() {
        let blocks =
            |rule: &str, kind| Filter::new([rule]).blocks("https://journal.example/soutien/probe.js?3f2a91c0/ad_top.js", kind);
        assert!(blocks("/ad_top.js", "xmlhttprequest"));
        assert!(blocks("/ad_top.js$script", "script"));
        assert!(!blocks("/ad_top.js$script", "xmlhttprequest"));
        assert!(!blocks("/ad_top.js$third-party", "script"));
        assert!(!blocks("/ad_top.js$domain=other.example", "script"));
        assert!(!blocks("/ad_top.js\n@@/soutien/*", "script"));
    }

    #[test]
    fn reads_tests_of_attributes() {
        assert!(attribute_hits("div[id^=\"ad-\"]", "id", "ad-1"));
        assert!(attribute_hits("[class*=\"banner\"]", "class", "my-banner"));
        assert!(attribute_hits("[href=\"/x\"]", "href", "/x"));
        assert!(!attribute_hits("div[id^=\"ad-\"]", "class", "ad-1"));
        assert!(!attribute_hits("[id^=\"ad-\"][style]", "id", "ad-1"));
        assert!(!attribute_hits("[id^=\"ad-\"] > div", "id", "ad-1"));
    }

    #[test]
    fn reads_plain_patterns() {
        assert_eq!(pattern("/ad_top.$script", "js").as_deref(), Some("/ad_top.js"));
        assert_eq!(pattern("/ads/banners/*$image", "gif").as_deref(), Some("/ads/banners/"));
        for rule in [
            "||ads.example^",
            "/ad*/top",
            "/foo/top.js",
            "##.ad",
            "@@/ad_top.js",
            "/ad_top.js$domain=~other.example",
            "/ads.php?",
        ] {
            assert_eq!(pattern(rule, "js"), None, "{rule}");
        }
    }

    #[test]
    fn joins_endings() {
        assert_eq!(join("/ads/banners/", "/banners/728x90."), "/ads/banners/728x90.");
        assert_eq!(join("/ads", "/top.js"), "/ads/top.js");
        assert!(is_natural("/banners/adv/ad_top.js?id=1"));
        assert!(!is_natural("/ads/banner/ads/"));
        assert!(!is_natural("/ad_top.js/banner"));
    }

    #[test]
    fn reads_headers() {
        let text = "[Adblock Plus 2.0]\n! Title: EasyList\n! Last modified: %timestamp%\n! Version: 202611240000\n";
        assert_eq!(header(text, "Title").as_deref(), Some("EasyList"));
        assert_eq!(header(text, "Last modified"), None);
        assert_eq!(header(text, "Version").as_deref(), Some("202611240000"));
    }
}
