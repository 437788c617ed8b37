//! Who downloads which file of dist/site/, what that comes to, and how much it may be.
//!
//! `PARTS` says of each file who downloads it. A file without a row, and a row without a file, fail the build: so nothing that readers
//! download is left out of a sum.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use soutien_project::{root, run};

/// What every reader may download on a first view, in bytes as sent; 1 kB is 1000 bytes. Over it, the build fails.
const EVERY_READER: usize = 11_000;

/// What every reader should download at most, printed beside the limit. Correct and readable comes first.
const EVERY_READER_TARGET: usize = 10_000;

/// What a reader with a blocker may download besides: once, when the notice is due.
const WITH_A_BLOCKER: usize = 8_000;

/// How many requests of ours a view without a blocker may make, baits and twins included.
pub const REQUESTS: usize = 6;

/// How many of a view with a blocker may reach the server, without a notice: the loader and the module, for each of the three baits a twin, and what
/// tells a blocker's refusal from that of the server, which blockers let through for two of them, since lists name those as script and image.
pub const REQUESTS_WITH_A_BLOCKER: usize = 7;

/// The document with the size of every file, as it was committed last; see [`Sizes`].
pub const SIZES: &str = "docs/sizes.json";

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
    /// Nobody but where WebAssembly is missing or forbidden, in place of soutien.wasm.
    #[serde(rename = "without WebAssembly")]
    Plain,
    /// Nobody's browser.
    #[serde(rename = "none")]
    None,
}

/// A file, or several by one `*`; who downloads it; how often it is asked for, the first time and on a later view, by which its cache is full; and
/// what it is, with the reason where neither every reader downloads it nor one with a blocker.
type Part = (&'static str, Role, [usize; 2], &'static str);

/// Every file of dist/site/.
#[rustfmt::skip] // A row a line.
const PARTS: [Part; 20] = [
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
    (PLAIN, Role::Plain, [1, 0], "only where WebAssembly is missing or forbidden, to run in place of soutien.wasm"),
    ("soutien.d.ts", Role::None, [0, 0], "no page asks for it: it is for a publisher's editor"),
    ("LICENSE-*", Role::None, [0, 0], "no page asks for it: the licence that goes along"),
    ("manifest.json", Role::None, [0, 0], "no page asks for it: sizes and hashes, for publishers"),
];

/// Sizes as they are committed. The next build is compared with them, and the documents have their figures from here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Sizes {
    about: String,
    /// What compiled the module: another compiler makes another module.
    compiler: String,
    /// What every reader downloads on a first view, in bytes as sent.
    every_reader: usize,
    /// What a reader with a blocker downloads besides.
    with_a_blocker: usize,
    /// Files and their bytes as sent.
    files: BTreeMap<String, usize>,
}

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
    /// What comes in place of soutien.wasm where WebAssembly is missing or forbidden.
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
            "dist/site/{name} counts for nobody: say in a row of PARTS in xtask/src/sizes.rs who downloads it, or why nobody does"
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
            "PARTS in xtask/src/sizes.rs has a row for {files}, and the build made no such file: take the row out, or have it made"
        );
    }
    Ok(())
}

/// The sizes of these files.
///
/// # Errors
/// When nobody is said to download one of them.
pub fn sizes(files: BTreeMap<String, usize>, compiler: &str) -> Result<Sizes> {
    let loads = loads(&files)?;
    Ok(Sizes {
        about: "What `cargo xtask build` made, in bytes as sent: brotli 11, and pictures as they are. `cargo xtask reference` writes it.".into(),
        compiler: compiler.into(),
        every_reader: loads.first.bytes,
        with_a_blocker: loads.notice.bytes,
        files,
    })
}

/// The sizes in dist/site/, by its manifest.
///
/// # Errors
/// When it is not built.
pub fn built() -> Result<Sizes> {
    let text = fs::read_to_string(root().join("dist/site/manifest.json"));
    let text = text.context("dist/site/manifest.json is missing: run `cargo xtask build`")?;
    of_manifest(&serde_json::from_str(&text)?)
        .context("dist/site/manifest.json is not what a build writes: run `cargo xtask build`")
}

/// The sizes that are committed next, or were: [`SIZES`].
///
/// # Errors
/// When the file is missing or has another form.
pub fn written() -> Result<Sizes> {
    let text = fs::read_to_string(root().join(SIZES)).with_context(|| format!("cannot read {SIZES}"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{SIZES} is not what `cargo xtask reference` writes: run it after a build"))
}

/// Writes [`SIZES`].
///
/// # Errors
/// When the file cannot be written.
pub fn write(sizes: &Sizes) -> Result<()> {
    let text = format!("{:#}\n", serde_json::to_value(sizes)?);
    fs::write(root().join(SIZES), text).with_context(|| format!("cannot write {SIZES}"))
}

fn of_manifest(manifest: &Value) -> Result<Sizes> {
    let listed = manifest["files"].as_array().context("it lists no files")?;
    let mut files = BTreeMap::new();
    for file in listed {
        let name = file["name"].as_str().context("a file has no name")?;
        files.insert(
            name.to_owned(),
            sent(name, |key| file[key].as_u64()).with_context(|| format!("{name} has no size"))?,
        );
    }
    sizes(files, manifest["compiler"].as_str().context("it names no compiler")?)
}

/// What a server sends of a file: servers leave pictures as they are.
fn sent(name: &str, size: impl Fn(&str) -> Option<u64>) -> Option<usize> {
    let size = size(if name.ends_with(".gif") { "bytes" } else { "brotli" })?;
    usize::try_from(size).ok()
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
            Role::Plain => loads.plain.add(*first, bytes),
            Role::None => {}
        }
    }
    loads.notice.add(usize::from(longest > 0), longest);
    Ok(loads)
}

impl Sizes {
    /// What readers download.
    ///
    /// # Errors
    /// When nobody is said to download one of the files.
    pub fn loads(&self) -> Result<Loads> {
        loads(&self.files)
    }
}

/// Holds sizes against the budgets.
///
/// # Errors
/// When one is exceeded, with the figures.
pub fn hold(sizes: &Sizes) -> Result<()> {
    let mut over = Vec::new();
    for (who, bytes, budget) in [
        ("every reader downloads", sizes.every_reader, EVERY_READER),
        (
            "a reader with a blocker downloads besides",
            sizes.with_a_blocker,
            WITH_A_BLOCKER,
        ),
    ] {
        if bytes > budget {
            let (found, allowed) = (kilobytes(bytes), kilobytes(budget));
            over.push(format!(
                "{who} {found} kB as brotli, {} bytes more than the {allowed} kB allowed",
                bytes - budget
            ));
        }
    }
    let requests = sizes.loads()?.first.requests;
    if requests > REQUESTS {
        over.push(format!("a view makes {requests} requests, and {REQUESTS} are allowed"));
    }
    ensure!(over.is_empty(), "over the budget of xtask/src/sizes.rs: {}", over.join("; "));
    Ok(())
}

/// Holds the committed sizes against those of a build, so that every commit says what it changes. A module by another compiler is not compared.
///
/// # Errors
/// When they differ, with the files that do.
pub fn hold_written(built: &Sizes, written: &Sizes) -> Result<()> {
    if built.compiler != written.compiler {
        println!(
            "{SIZES} is not compared: it is of {}, and this build of {}",
            written.compiler, built.compiler
        );
        return Ok(());
    }
    if built == written {
        return Ok(());
    }
    let names: std::collections::BTreeSet<_> = built.files.keys().chain(written.files.keys()).collect();
    let differs = |name: &&&String| built.files.get(**name) != written.files.get(**name);
    let size = |size: Option<&usize>| size.map_or_else(|| "none".to_owned(), usize::to_string);
    let differences: Vec<String> = names
        .iter()
        .filter(differs)
        .map(|name| {
            format!(
                "{name} {} there and {} here",
                size(written.files.get(*name)),
                size(built.files.get(*name))
            )
        })
        .collect();
    bail!(
        "{SIZES} has the sizes of another build ({}): run `cargo xtask reference`, and commit what it writes",
        if differences.is_empty() {
            "in its sums".into()
        } else {
            differences.join(", ")
        }
    );
}

/// The sizes of the last commit, or why they are not known.
fn committed() -> Result<Sizes> {
    let mut git = Command::new("git");
    // From here, and not from the top of whatever repository this folder is in.
    git.args(["show", &format!("HEAD:./{SIZES}")]).current_dir(root());
    let text = run::answer(&mut git).with_context(|| format!("git has no {SIZES} of a last commit here"))?;
    serde_json::from_str(&text).with_context(|| format!("{SIZES} had another form then"))
}

/// Prints what each file weighs and who downloads it, both sums with their budgets, and how that has changed since the last commit.
///
/// # Errors
/// When the manifest is not what a build writes.
pub fn print(manifest: &Value) -> Result<Sizes> {
    let sizes = of_manifest(manifest)?;
    let before = committed();
    let since = |name: &str| before.as_ref().ok().map(|before| before.files.get(name).copied());
    println!(
        "{:<20}{:<22}{:>9}{:>9}{:>9}{:>24}",
        "dist/site/", "role", "bytes", "gzip", "brotli", "since the last commit"
    );
    for file in manifest["files"].as_array().into_iter().flatten() {
        let name = file["name"].as_str().unwrap_or_default();
        let number = |key: &str| file[key].as_u64().unwrap_or_default();
        println!(
            "{name:<20}{:<22}{:>9}{:>9}{:>9}{:>24}",
            file["role"].as_str().unwrap_or_default(),
            number("bytes"),
            number("gzip"),
            number("brotli"),
            change(sizes.files[name], since(name))
        );
    }
    print!("\n{}", told(&sizes, before.as_ref().ok())?);
    if let Err(error) = before {
        println!("the change since the last commit is unknown: {error:#}");
    }
    Ok(sizes)
}

/// Both sums with their budgets and changes, the requests, and which files count for neither.
fn told(sizes: &Sizes, before: Option<&Sizes>) -> Result<String> {
    let mut text = String::new();
    for (who, bytes, budget, before) in [
        (
            "every reader",
            sizes.every_reader,
            EVERY_READER,
            before.map(|before| before.every_reader),
        ),
        (
            "a reader with a blocker, besides",
            sizes.with_a_blocker,
            WITH_A_BLOCKER,
            before.map(|before| before.with_a_blocker),
        ),
    ] {
        let (found, allowed) = (kilobytes(bytes), kilobytes(budget));
        let change = change(bytes, before.map(Some));
        text += &format!("{who:<34}{found:>5} kB brotli, of {allowed} kB allowed; since the last commit: {change}\n");
    }
    let (target, distance) = (
        kilobytes(EVERY_READER_TARGET),
        sizes.every_reader as i64 - EVERY_READER_TARGET as i64,
    );
    text += &format!(
        "{:<34}{target:>5} kB brotli; every reader: {distance:+} bytes\n",
        "target for every reader"
    );
    let requests = sizes.loads()?.first.requests;
    text += &format!("{:<34}{requests:>5}, of {REQUESTS} allowed\n", "requests on a first view");
    text += "neither, because:\n";
    for (files, role, _, why) in PARTS {
        if !matches!(role, Role::EveryView | Role::Notice) {
            text += &format!("  {files:<18}{why}\n");
        }
    }
    Ok(text)
}

/// What has become of a size since the last commit: unknown where its sizes are, and new where it had none.
fn change(now: usize, before: Option<Option<usize>>) -> String {
    match before {
        None => "unknown".into(),
        Some(None) => "new".into(),
        Some(Some(before)) if before == now => "the same".into(),
        Some(Some(before)) => format!("{:+}", now as i64 - before as i64),
    }
}

/// Thousands of bytes with one decimal, rounded up, so that a budget never looks kept when it is not.
pub fn kilobytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What readers download, as a table in Markdown.
pub fn table(loads: &Loads) -> String {
    let row = |(who, load, allowed): (&str, Load, String)| {
        format!("| {who} | {} | {} | {allowed} |\n", load.requests, kilobytes(load.bytes))
    };
    let rows = [
        (
            "every reader, on the first view",
            loads.first,
            format!("{REQUESTS} requests, {} kB", kilobytes(EVERY_READER)),
        ),
        (
            "a reader with a blocker, besides: once, when the notice is due",
            loads.notice,
            format!("{} kB", kilobytes(WITH_A_BLOCKER)),
        ),
        ("every reader, on a later view", loads.later, String::new()),
        (
            "every reader, besides, with `data-endpoint` or `data-analytics`: once",
            loads.numbers,
            String::new(),
        ),
        (
            "a reader with a blocker, with another view than `modal`, with `data-images`, `data-dismiss=\"no\"` and a name such as `café.fr`: once, all together",
            loads.choice,
            String::new(),
        ),
        (
            "every reader who scrolls, or whose page has a link to its top, besides: once",
            loads.button,
            String::new(),
        ),
        (
            "every reader, besides, on a page with close controls: once",
            loads.panels,
            String::new(),
        ),
        (
            "every reader, besides, with `data-probe`, after consent: once",
            loads.hosts,
            String::new(),
        ),
        (
            "who has no WebAssembly, or must not use it: once, in place of soutien.wasm",
            loads.plain,
            String::new(),
        ),
    ];
    let rows = rows.map(row).concat();
    format!("| who downloads it | requests | kB | at most |\n|---|---:|---:|---|\n{rows}")
}

/// The budgets in words.
pub fn budgets() -> String {
    format!(
        "more than {} kB for every reader, {} kB besides for a reader with a blocker, or {REQUESTS} requests on a view without a blocker",
        kilobytes(EVERY_READER),
        kilobytes(WITH_A_BLOCKER)
    )
}

/// Both sizes in words. Where a document names one, it names the other by this.
pub fn words(loads: &Loads) -> String {
    format!(
        "every reader downloads {} kB in {} requests, and a reader with a blocker {} kB besides, once a notice is due",
        kilobytes(loads.first.bytes),
        loads.first.requests,
        kilobytes(loads.notice.bytes)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    /// A build, whose soutien.wasm has so many bytes.
    fn files(module: usize) -> BTreeMap<String, usize> {
        let files = [
            ("soutien.js", 4_000),
            ("soutien.wasm", module),
            ("probe.js", 100),
            ("probe.gif", 50),
            ("appeal.js", 2_800),
            ("host.js", 200),
            ("appeal.css", 1_000),
            ("lang/en.json", 700),
            ("lang/el.json", 1_200),
            ("numbers.js", 600),
            ("hosts.js", 700),
            ("leaving.js", 300),
            ("places.js", 400),
            ("places.css", 100),
            ("hostname.js", 200),
            ("panels.js", 800),
            ("button.js", 350),
            (PLAIN, 13_000),
            ("soutien.d.ts", 2_000),
            ("LICENSE-MIT", 500),
        ];
        files.map(|(name, bytes)| (name.to_owned(), bytes)).into()
    }

    fn build(module: usize) -> Sizes {
        sizes(files(module), "rustc 1.0.0").expect("each file counts for somebody")
    }

    #[track_caller]
    fn check_error(result: Result<()>, words: &str) {
        let error = result.expect_err("it is no error").to_string();
        assert!(error.contains(words), "no {words:?} in {error:?}");
    }

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
            "dist/site/more.js counts for nobody: say in a row of PARTS in xtask/src/sizes.rs",
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

    #[test]
    fn fails_over_a_budget() {
        let room = EVERY_READER - build(0).every_reader;
        hold(&build(room)).expect("that is allowed");
        check_error(hold(&build(room + 1)), "kB as brotli, 1 bytes more than the");
        let mut long = files(room);
        long.insert("lang/el.json".into(), 9_000);
        let long = sizes(long, "rustc 1.0.0").unwrap();
        check_error(hold(&long), "a reader with a blocker downloads besides 13.0 kB as brotli, ");
    }

    #[test]
    fn committed_sizes_are_those_of_the_build() {
        let built = build(5_000);
        hold_written(&built, &build(5_000)).expect("they are the same");
        check_error(
            hold_written(&built, &build(5_001)),
            "another build (soutien.wasm 5001 there and 5000 here): run `cargo xtask reference`",
        );
        let mut other = build(6_000);
        other.compiler = "rustc 2.0.0".into();
        hold_written(&built, &other).expect("another compiler makes another module");
    }

    #[test]
    fn both_sums_are_told_with_their_change() {
        let told_of = |before: Option<&Sizes>| told(&build(5_000), before).expect("each file counts for somebody");
        let told = told_of(Some(&build(4_900)));
        for line in [
            "every reader                        9.3 kB brotli, of ",
            " kB allowed; since the last commit: +100\n",
            "a reader with a blocker, besides    5.2 kB brotli, of ",
            " kB allowed; since the last commit: the same\n",
            "target for every reader            10.0 kB brotli; every reader: -750 bytes\n",
            "requests on a first view              5, of ",
            "  numbers.js        only where the tag has",
        ] {
            assert!(told.contains(line), "no {line:?} in {told}");
        }
        assert!(told_of(None).contains("since the last commit: unknown\n"));
        assert!(
            words(&build(5_000).loads().unwrap()).contains("9.3 kB in 5 requests, and a reader with a blocker 5.2 kB besides")
        );
    }

    #[test]
    fn a_manifest_says_what_is_sent() {
        let manifest = |name: &str| json!({ "compiler": "rustc 1.0.0", "files": [{ "name": name, "bytes": 46, "brotli": 50 }] });
        assert_eq!(of_manifest(&manifest("probe.gif")).unwrap().files["probe.gif"], 46);
        assert_eq!(of_manifest(&manifest("probe.js")).unwrap().files["probe.js"], 50);
        assert!(of_manifest(&json!({ "compiler": "rustc 1.0.0" })).is_err());
    }

    #[test]
    fn says_what_has_changed() {
        assert_eq!(change(5, None), "unknown");
        assert_eq!(change(5, Some(None)), "new");
        assert_eq!(change(5, Some(Some(5))), "the same");
        assert_eq!(change(5, Some(Some(7))), "-2");
        assert_eq!(change(7, Some(Some(5))), "+2");
    }

    #[test]
    fn rounds_sizes_up() {
        assert_eq!(kilobytes(0), "0.0");
        assert_eq!(kilobytes(1), "0.1");
        assert_eq!(kilobytes(19_999), "20.0");
        assert_eq!(kilobytes(20_001), "20.1");
    }
}
