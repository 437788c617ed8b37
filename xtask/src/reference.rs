//! `cargo xtask reference`: writes what publishers read of attributes, events, problems and storage, from the tables in `src/reference.rs`;
//! what Soutien weighs, from the manifest of dist/site/ by way of docs/sizes.json; and what it costs a page, from what the benches left in docs/.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};
use soutien::abi;
use soutien::options::Takes;
use soutien::reference::{ATTRIBUTES, Attribute, EVENTS, PROBLEMS, STORED};

use crate::owner::Owner;
use crate::servers;
use soutien_figures::{budgets, costs, detect, growth, kept, page, parts, sizes, table, words};
use soutien_project::root;

/// The numbers that the module and JavaScript share.
const NUMBERS: &str = "web/abi.js";

/// What public reports say of other products, tried with this one.
const FIELD_CASES: &str = "docs/field-cases.md";

/// What puts the tag on pages of WordPress, and what keeps optimisers off it: of the plugin, and the same in the file that is copied.
const WORDPRESS_TAG: &str = "integrations/wordpress/soutien/includes/tag.php";
const WORDPRESS_OPTIMISERS: &str = "integrations/wordpress/soutien/includes/optimisers.php";

/// A table, or figures in a sentence: the document that it stands in, the name between whose marks it does, and what makes it.
type Table = (&'static str, &'static str, fn() -> Result<String>);

/// All that is written into documents.
const TABLES: [Table; 39] = [
    ("README.md", "demo", || Ok(Owner::read()?.demo())),
    ("docs/fr/README.md", "demo", || Ok(Owner::read()?.demo_in_french())),
    ("README.md", "releases", || Ok(Owner::read()?.releases())),
    ("docs/install.md", "releases", || Ok(Owner::read()?.releases())),
    ("SECURITY.md", "security", || Ok(Owner::read()?.security())),
    ("docs/filter-lists.md", "contact", || Ok(Owner::read()?.contact())),
    ("docs/languages.md", "contact", || Ok(Owner::read()?.contact())),
    ("docs/accessibility.md", "contact", || Ok(Owner::read()?.contact())),
    ("CODE_OF_CONDUCT.md", "contact", || Ok(Owner::read()?.contact())),
    ("docs/fr/accessibility.md", "contact", || {
        Ok(Owner::read()?.contact_in_french())
    }),
    ("docs/accessibility.md", "transcripts", transcripts),
    ("README.md", "attributes", || Ok(attributes())),
    ("README.md", "events", || Ok(events())),
    (WORDPRESS_TAG, "urls", || Ok(urls())),
    ("integrations/wordpress/soutien.php", "code", must_use),
    ("README.md", "stored", || Ok(stored())),
    ("docs/privacy.md", "stored", || Ok(stored_with_purpose())),
    ("docs/troubleshooting.md", "problems", || Ok(problems())),
    ("README.md", "sizes", || Ok(table::table(&loads()?))),
    ("README.md", "field cases", field_cases),
    (FIELD_CASES, "field cases", field_cases),
    ("README.md", "situations", || kept("detect", detect::situations)),
    ("README.md", "detect", || kept("detect", detect::outcome)),
    ("README.md", "both sizes", both_sizes),
    ("npm/soutien/README.md", "both sizes", both_sizes),
    ("docs/servers.md", "both sizes", both_sizes),
    ("docs/fr/README.md", "both sizes", || Ok(words::words_in_french(&loads()?))),
    ("docs/install.md", "costs", || {
        let [gigabytes, requests] = costs::least_and_most(&loads()?, "to");
        Ok(format!("{gigabytes} GB and {requests} million requests a day"))
    }),
    ("docs/fr/install.md", "costs", || {
        let [gigabytes, requests] = costs::least_and_most(&loads()?, "à");
        Ok(format!("{gigabytes} Go et {requests} millions de requêtes par jour"))
    }),
    ("docs/performance.md", "both sizes", both_sizes),
    ("docs/servers.md", "nginx", || servers::example("nginx")),
    ("docs/servers.md", "apache", || servers::example("apache")),
    ("docs/servers.md", "caddy", || servers::example("caddy")),
    ("docs/servers.md", "costs", || Ok(costs::example(&loads()?))),
    ("docs/performance.md", "page", || kept("page", page::markdown)),
    ("docs/performance.md", "page budgets", || Ok(page::budgets())),
    ("docs/performance.md", "growth", || kept("growth", growth::markdown)),
    ("docs/performance.md", "size budgets", || Ok(budgets::budgets())),
    ("docs/performance.md", "requests", || {
        Ok(format!("{} requests", budgets::REQUESTS_WITH_A_BLOCKER))
    }),
];

/// Writes docs/sizes.json and then the tables into their documents. Sizes stay as they are where dist/site/ is not built.
///
/// # Errors
/// When a document cannot be read or written, or lacks the marks between which a table stands.
pub fn reference() -> Result<()> {
    if root().join("dist/site").is_dir() {
        sizes::write(&sizes::built()?)?;
    } else {
        println!("dist/site/ is not built, so the sizes stay as they are: run `cargo xtask build` first");
    }
    let numbers = root().join(NUMBERS);
    fs::write(&numbers, abi::script()).with_context(|| format!("cannot write {}", numbers.display()))?;
    let documents = written(&TABLES)?;
    for (document, text) in &documents {
        fs::write(root().join(document), text).with_context(|| format!("cannot write {document}"))?;
    }
    println!("{} tables in {} documents are up to date", TABLES.len(), documents.len());
    Ok(())
}

/// What a screen reader is told of the notice, as a test keeps it of Chromium's accessibility tree, in Markdown.
fn transcripts() -> Result<String> {
    let mut text = String::new();
    for (name, title) in [
        ("modal", "As a dialog"),
        ("banner", "As a strip"),
        ("inline", "In the place of an ad"),
    ] {
        let snapshot = read(&format!("tests/page/snapshots/{name}.txt"))?;
        let _ = writeln!(text, "### {title}\n");
        for line in snapshot.lines() {
            // By an indentation, and not by a fence, which is for what is run.
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
        text.push('\n');
    }
    Ok(text.trim_end().to_owned() + "\n")
}

fn loads() -> Result<parts::Loads> {
    sizes::written()?.loads()
}

fn both_sizes() -> Result<String> {
    Ok(words::words(&loads()?))
}

/// How many field cases were tried, and how many are right, as a part of a sentence. Their table is written by hand, a row each.
fn field_cases() -> Result<String> {
    let text = read(FIELD_CASES)?;
    let ends = |end: &str| {
        text.lines()
            .filter(|line| line.starts_with("| ") && line.ends_with(end))
            .count()
    };
    let (right, wrong) = (ends("| yes |"), ends("| no |"));
    ensure!(right > 0, "{FIELD_CASES} has no row that ends in \"| yes |\"");
    Ok(format!("{} cases were tried, and {right} are right", right + wrong))
}

/// The documents of these tables as they should be.
fn written(tables: &[Table]) -> Result<BTreeMap<&'static str, String>> {
    let mut documents = BTreeMap::new();
    for (document, name, make) in tables {
        let text = match documents.remove(document) {
            Some(text) => text,
            None => read(document)?,
        };
        let text = between(&text, name, &make()?).with_context(|| format!("{document} has no place for a table"))?;
        documents.insert(*document, text);
    }
    Ok(documents)
}

fn read(document: &str) -> Result<String> {
    fs::read_to_string(root().join(document)).with_context(|| format!("cannot read {document}"))
}

/// A text with a table between its marks, or with a part of a sentence, which has no line of its own.
fn between(text: &str, name: &str, table: &str) -> Result<String> {
    let marks = || format!("expected the marks <!-- {name}: … --> and <!-- /{name} -->");
    let (before, rest) = text.split_once(&format!("<!-- {name}:")).with_context(marks)?;
    let (mark, rest) = rest.split_once("-->").with_context(marks)?;
    let (_, after) = rest.split_once(&format!("<!-- /{name} -->")).with_context(marks)?;
    let table = if table.contains('\n') {
        format!("\n\n{table}\n")
    } else {
        table.to_owned()
    };
    Ok(format!("{before}<!-- {name}:{mark}-->{table}<!-- /{name} -->{after}"))
}

fn attributes() -> String {
    let mut table = String::from("| attribute | values | default | what it does |\n|---|---|---|---|\n");
    for attribute in ATTRIBUTES {
        let [values, _] = attribute.values();
        let (key, default, does) = (attribute.key, attribute.without.english, attribute.does.english);
        let _ = writeln!(table, "| `data-{key}` | {values} | {default} | {does} |");
    }
    table
}

/// The attributes that are URLs, as elements of an array in PHP, between comments.
fn urls() -> String {
    let is_url = |attribute: &&Attribute| matches!(attribute.takes, Takes::Url | Takes::Urls);
    let keys: Vec<String> = ATTRIBUTES
        .iter()
        .filter(is_url)
        .map(|attribute| format!("'{}'", attribute.key))
        .collect();
    format!(" */ {} /* ", keys.join(", "))
}

/// The code of the must-use file, which is the plugin's, between comments.
fn must_use() -> Result<String> {
    let tag = between(&read(WORDPRESS_TAG)?, "urls", &urls())?;
    let mut code = String::from(" */\n");
    for (file, text) in [(WORDPRESS_TAG, tag), (WORDPRESS_OPTIMISERS, read(WORDPRESS_OPTIMISERS)?)] {
        let (_, text) = text
            .split_once("defined( 'ABSPATH' ) || exit;\n")
            .with_context(|| format!("{file} does not begin as WordPress' files do"))?;
        code.push_str(text);
    }
    Ok(code + "/* ")
}

fn events() -> String {
    let mut table = String::from("| event | detail | when |\n|---|---|---|\n");
    for event in EVENTS {
        let detail = if event.detail.is_empty() {
            String::new()
        } else {
            format!("{} ", event.detail)
        };
        let _ = writeln!(table, "| `soutien:{}` | {detail}| {} |", event.name, event.when);
    }
    table
}

fn stored() -> String {
    let mut table = String::from("| where | what | written when | how long |\n|---|---|---|---|\n");
    for stored in STORED {
        let consent = if stored.needs_consent { "with consent alone: " } else { "" };
        let _ = writeln!(
            table,
            "| `{}` | `{}`: {} | {consent}{} | {} |",
            stored.area, stored.field, stored.what, stored.written, stored.lifetime
        );
    }
    table
}

fn stored_with_purpose() -> String {
    let mut table =
        String::from("| key | where | what | purpose | written when | how long | consent |\n|---|---|---|---|---|---|---|\n");
    for stored in STORED {
        let consent = if stored.needs_consent {
            "needed"
        } else {
            "not asked: it is what the reader asks for by the click"
        };
        let _ = writeln!(
            table,
            "| `{}` | `{}` | `{}`: {} | {} | {} | {} | {consent} |",
            stored.key, stored.area, stored.field, stored.what, stored.purpose, stored.written, stored.lifetime
        );
    }
    table
}

fn problems() -> String {
    let mut table = String::from("| `key` | what it means | what to do |\n|---|---|---|\n");
    for problem in PROBLEMS {
        let _ = writeln!(table, "| `{}` | {} | {} |", problem.key, problem.means, problem.remedy);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_tables_of_the_code() {
        let documents = written(&TABLES).expect("documents have the marks of their tables");
        let is_old = |document: &&str| read(document).is_ok_and(|text| text != documents[*document]);
        let old: Vec<&str> = documents.keys().copied().filter(is_old).collect();
        assert!(
            old.is_empty(),
            "{old:?} are behind src/reference.rs, docs/sizes.json or the figures of the benches: run `cargo xtask reference`"
        );
    }

    #[test]
    fn a_part_of_a_sentence_stays_in_it() {
        let text = |words: &str| format!("Readers download <!-- sizes: by a command -->{words}<!-- /sizes -->, and no more.");
        assert_eq!(between(&text("much"), "sizes", "little").unwrap(), text("little"));
        assert_eq!(between(&text("much"), "sizes", "| a |\n").unwrap(), text("\n\n| a |\n\n"));
        let error = between(&text("much"), "costs", "little").unwrap_err();
        assert!(error.to_string().contains("<!-- costs: … -->"), "{error}");
    }

    /// What is typed by hand goes stale, and names one size without the other.
    #[test]
    fn no_document_has_a_size_that_nothing_writes() {
        let mut documents: Vec<String> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "npm/soutien/README.md"]
            .map(str::to_owned)
            .to_vec();
        for entry in fs::read_dir(root().join("docs")).expect("docs/ is there") {
            let name = entry.expect("docs/ can be read").file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                documents.push(format!("docs/{name}"));
            }
        }
        let mut typed = Vec::new();
        for document in &documents {
            let text = by_hand(&read(document).expect("it is there"));
            typed.extend(sizes_in(&text).into_iter().map(|size| format!("{document}: {size}")));
        }
        assert!(
            typed.is_empty(),
            "sizes that are typed by hand, and not written between marks by `cargo xtask reference`: {typed:#?}"
        );
    }

    #[test]
    fn sizes_are_found_outside_of_marks() {
        let text = "It weighs 9.5 kB; <!-- sizes: by a command -->8.1 kB<!-- /sizes -->. Of 750 kbit/s, 12&nbsp;kB and 3kB.";
        assert_eq!(sizes_in(&by_hand(text)), ["9.5 kB", "12 kB", "3 kB"]);
    }

    /// A document without what is written into it.
    fn by_hand(text: &str) -> String {
        let mut kept = String::new();
        let mut rest = text;
        while let Some((before, marked)) = rest.split_once("<!-- ") {
            let (name, _) = marked.split_once([':', '>']).expect("a mark ends");
            let (_, after) = marked
                .split_once(&format!("<!-- /{name} -->"))
                .expect("what begins with a mark ends with one");
            kept.push_str(before);
            rest = after;
        }
        kept + rest
    }

    /// Numbers of kilobytes.
    fn sizes_in(text: &str) -> Vec<String> {
        let text = text.replace("&nbsp;", " ");
        let parts: Vec<&str> = text.split("kB").collect();
        let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let number = |before: &&str| {
            before
                .trim_end()
                .rsplit(|letter| !is_of_number(letter))
                .next()
                .map(str::to_owned)
        };
        let numbers = parts[..parts.len() - 1].iter().filter_map(number);
        numbers
            .filter(|number| !number.is_empty())
            .map(|number| format!("{number} kB"))
            .collect()
    }

    #[test]
    fn the_document_on_numbers_names_all_that_is_sent_and_no_more() {
        let source = include_str!("../../web/numbers.js");
        let (_, list) = source.split_once("const EVENTS = {\n").expect("web/numbers.js has EVENTS");
        let (list, _) = list.split_once("};").expect("it ends");
        let sent: Vec<&str> = list
            .lines()
            .filter_map(|line| line.trim().split_once(':').map(|(name, _)| name))
            .collect();
        let document = read("docs/numbers.md").expect("it is there");
        let row = document.lines().find_map(|line| line.strip_prefix("| `events[].name` | "));
        // The names are the first words in code of the row.
        let told: Vec<&str> = row.expect("it has a row").split('`').skip(1).step_by(2).collect();
        assert_eq!(told, sent);
    }
}
