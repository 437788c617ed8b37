//! `cargo xtask baits`: asks a filter engine what filter lists really hit, and writes the best of it into `src/baits.rs`.
//!
//! The texts of the lists only say what to ask about. What counts is the engine's answer for a page that no list names, so that
//! exceptions, options and switches count as they do for a reader.

mod blocker;
mod choose;
mod endings;
mod lists;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use clap::Args;
use soutien_project::root;

use choose::{Bait, choose};
use lists::{Candidate, ListFile, Lists, date};

#[cfg(test)]
#[path = "../../../../src/baits.rs"]
mod shipped;

/// How many runners-up the table shows below each choice.
const N_RUNNERS_UP: usize = 4;

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

/// The lists to choose by.
#[derive(Args, Clone, Debug)]
pub struct Baits {
    /// A filter list to read instead of those of the installed uBlock Origin; may be given several times.
    #[arg(long = "list", value_name = "FILE")]
    lists: Vec<PathBuf>,
    /// Only say whether src/baits.rs is what would be written.
    #[arg(long)]
    check: bool,
}

/// Chooses the baits by these lists, or by those of the installed uBlock Origin where none is given, prints the choice with the
/// runners-up, and writes `src/baits.rs`; or only says whether the file is still the choice.
///
/// # Errors
/// When a list cannot be read, the lists hit nothing of some kind, or the checked file is not the choice.
pub fn baits(options: &Baits) -> Result<()> {
    let lists = if options.lists.is_empty() {
        Lists::installed()?
    } else {
        Lists::read(&options.lists)?
    };
    let baits = choose(&lists)?;
    print_baits(&baits);
    print_lists(&lists, &baits);

    let file = root().join("src/baits.rs");
    let old = fs::read_to_string(&file).unwrap_or_default();
    let (head, body) = (lists.described(), constants(&baits));
    // Newer lists that hit the same are no reason to fail.
    let is_current = old.ends_with(&body);
    if options.check {
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
    for ListFile { title, .. } in &lists.each {
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
    use std::collections::BTreeSet;
    use std::iter;
    use std::sync::LazyLock;

    use soutien_project::files;

    use super::endings::{FOLDER, Probe};
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
        let all = &INSTALLED.all;
        for own in [format!(".{name}"), format!("#{name}")] {
            // What asks for more than our name, as `.top.ad` does, hits nothing of ours.
            let is_enough = |selector: &String| {
                selector
                    .strip_prefix(&own)
                    .is_none_or(|rest| rest.is_empty() || rest.starts_with(':'))
            };
            let selectors: Vec<_> = all.selectors(&own).into_iter().filter(is_enough).collect();
            assert!(selectors.is_empty(), "lists hide {own} by {selectors:?}");
        }
        // Other attributes are the platform's, and rules look for what is in them.
        if name.starts_with("data-") {
            let selector = all.asks_for(name);
            assert_eq!(selector, None, "lists hide what has the attribute {name}");
        }
        for kind in ["script", "image", "xmlhttprequest", "stylesheet", "other"] {
            let address = format!("{FOLDER}{name}");
            assert!(!all.blocks(&address, kind), "a list blocks the {kind} {address}");
        }
    }

    /// Every name that a page with Soutien has from us: files, attributes, events, classes and ids.
    fn names_of_ours() -> BTreeSet<String> {
        let read =
            |path: &str| fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"));
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
        if let Ok(manifest) = fs::read_to_string(root().join("dist/site/manifest.json")) {
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
            files::collect(&root().join(folder), &mut sources).expect("the sources are there");
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
}
