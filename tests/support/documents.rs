//! The documents: the pieces of code in them, and where their links lead.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use soutien_project::root;

/// A piece of code in a document.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// The heading above it.
    pub heading: String,
    /// The language that its fence names, empty where it names none.
    pub language: String,
    /// Its lines.
    pub code: String,
}

/// The documents, as paths from the project's folder.
pub fn documents() -> Result<Vec<String>> {
    let mut documents = [
        "README.md",
        "CONTRIBUTING.md",
        "UPGRADING.md",
        "GOVERNANCE.md",
        "CODE_OF_CONDUCT.md",
        "npm/soutien/README.md",
        "npm/soutien-qa/README.md",
    ]
    .map(str::to_owned)
    .to_vec();
    for entry in fs::read_dir(root().join("docs"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            documents.push(format!("docs/{name}"));
        }
    }
    Ok(documents)
}

/// The documents in French, each with the one in English that it says the same as.
pub fn in_french() -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for entry in fs::read_dir(root().join("docs/fr"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let english = if name == "README.md" {
            name.clone()
        } else {
            format!("docs/{name}")
        };
        pairs.push((format!("docs/fr/{name}"), english));
    }
    pairs.sort();
    Ok(pairs)
}

/// The text of a document.
pub fn read(document: &str) -> Result<String> {
    fs::read_to_string(root().join(document)).with_context(|| format!("cannot read {document}"))
}

/// The pieces of code in a text, without the indentation of a list that they are in.
pub fn snippets(markdown: &str) -> Result<Vec<Snippet>> {
    let mut heading = "";
    let mut snippets = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let indentation = line.len() - line.trim_start().len();
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let mut code = String::new();
            loop {
                let line = lines
                    .next()
                    .with_context(|| format!("a piece of code under {heading:?} has no end"))?;
                if line.trim() == "```" {
                    break;
                }
                code.push_str(line.get(indentation..).unwrap_or_default());
                code.push('\n');
            }
            snippets.push(Snippet {
                heading: heading.to_owned(),
                language: language.trim().to_owned(),
                code,
            });
        } else if line.starts_with('#') {
            heading = line.trim_start_matches('#').trim();
        }
    }
    Ok(snippets)
}

/// The code of each piece of this language under this heading of a document; there is one at least.
pub fn all(document: &str, heading: &str, language: &str) -> Result<Vec<String>> {
    let snippets = snippets(&read(document)?)?.into_iter();
    let wanted = snippets.filter(|snippet| snippet.heading == heading && snippet.language == language);
    let found: Vec<String> = wanted.map(|snippet| snippet.code).collect();
    ensure!(
        !found.is_empty(),
        "{document} has no ```{language} under the heading {heading:?}"
    );
    Ok(found)
}

/// The code of the one piece of this language under this heading of a document.
pub fn only(document: &str, heading: &str, language: &str) -> Result<String> {
    match &all(document, heading, language)?[..] {
        [code] => Ok(code.clone()),
        found => bail!(
            "{document} has {} pieces of ```{language} under the heading {heading:?}, and one was expected",
            found.len()
        ),
    }
}

/// The name that a heading has in an address, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let letters = heading
        .chars()
        .filter(|letter| letter.is_alphanumeric() || "-_ ".contains(*letter));
    letters.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Links of a document that lead to no file, or to no heading of one.
pub fn dead_links(folder: &Path, document: &str) -> Result<Vec<String>> {
    let place = folder.join(document);
    let text = fs::read_to_string(&place).with_context(|| format!("cannot read {}", place.display()))?;
    let mut dead = Vec::new();
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let (path, heading) = target.split_once('#').unwrap_or((target, ""));
        if path.contains("://") || path.starts_with('/') {
            continue;
        }
        let file = if path.is_empty() {
            place.clone()
        } else {
            place.with_file_name("").join(path)
        };
        let headings = |text: String| {
            text.lines()
                .any(|line| line.starts_with('#') && anchor(line.trim_start_matches('#').trim()) == heading)
        };
        let leads = file.exists() && (heading.is_empty() || fs::read_to_string(&file).is_ok_and(headings));
        if !leads {
            dead.push(format!("{document}: {target}"));
        }
    }
    Ok(dead)
}
