//! How the sources hang together: no module of a crate takes something of another that takes something of it, be it by way of others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The folders of the crates' sources, from the project's folder.
const CRATES: [&str; 15] = [
    "src",
    "crates/bench/src",
    "crates/figures/src",
    "crates/lists/src",
    "crates/numbers/src",
    "crates/project/src",
    "crates/qa/src",
    "crates/testbed/src",
    "extension/backend/src",
    "xtask/src",
    "fuzz",
    "tests/support",
    "tests/page",
    "tests/tools",
    "tests/integrations",
];

/// A module's path from the root of its crate.
type Module = Vec<String>;

/// Every module that is a file below a folder, with its tokens.
fn modules(folder: &Path, parent: &[String], found: &mut BTreeMap<Module, TokenStream>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("it can be read").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let module = [parent, std::slice::from_ref(&name)].concat();
        if path.is_dir() {
            modules(&path, &module, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("it can be read");
            let tokens = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.insert(if name == "mod" { parent.to_vec() } else { module }, tokens);
        }
    }
}

/// Reads what stands behind `crate::` or `super::`: names with `::` between them, and at their end perhaps several in braces.
fn paths(tokens: &[TokenTree], start: &[String], found: &mut Vec<Vec<String>>) {
    let mut path = start.to_vec();
    let mut rest = tokens.iter();
    loop {
        match rest.next() {
            Some(TokenTree::Ident(name)) if name == "super" => drop(path.pop()),
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')) {
                    paths(part, &path, found);
                }
                return;
            }
            _ => break,
        }
        let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        if !(is_colon(rest.next()) && is_colon(rest.next())) {
            break;
        }
    }
    found.push(path);
}

/// Every path in a module that begins with `crate` or `super`, from the root of the crate. What is compiled for tests alone does not count.
fn references(tokens: TokenStream, module: &[String], found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut is_of_tests = false;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) if name == "crate" && is_path(&tokens[index + 1..]) => paths(&tokens[index + 3..], &[], found),
            TokenTree::Ident(name) if name == "super" && is_path(&tokens[index + 1..]) => {
                let parent = &module[..module.len().saturating_sub(1)];
                paths(&tokens[index + 3..], parent, found);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && group.stream().to_string() == "cfg (test)" => {
                is_of_tests = true;
            }
            TokenTree::Group(group) if is_of_tests && group.delimiter() == Delimiter::Brace => is_of_tests = false,
            TokenTree::Group(group) => references(group.stream(), module, found),
            _ => {}
        }
    }
}

fn is_path(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(first), TokenTree::Punct(second), ..] if first.as_char() == ':' && second.as_char() == ':')
}

/// What each module takes something of.
fn graph(sources: BTreeMap<Module, TokenStream>) -> BTreeMap<Module, BTreeSet<Module>> {
    let names: BTreeSet<Module> = sources.keys().cloned().collect();
    let edges = |(module, tokens): (Module, TokenStream)| {
        let mut found = Vec::new();
        references(tokens, &module, &mut found);
        // The longest beginning of a path that is a module.
        let targets = found
            .iter()
            .filter_map(|path| {
                (1..=path.len())
                    .rev()
                    .map(|end| path[..end].to_vec())
                    .find(|part| names.contains(part))
            })
            .filter(|target| *target != module)
            .collect();
        (module, targets)
    };
    sources.into_iter().map(edges).collect()
}

/// The modules that are in a circle, or take something of one that is.
fn in_circles(mut graph: BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    loop {
        let done: BTreeSet<Module> = graph
            .iter()
            .filter(|(_, targets)| targets.is_empty())
            .map(|(module, _)| module.clone())
            .collect();
        if done.is_empty() {
            return graph.keys().map(|module| module.join("::")).collect();
        }
        graph.retain(|module, _| !done.contains(module));
        for targets in graph.values_mut() {
            targets.retain(|target| !done.contains(target));
        }
    }
}

#[test]
fn no_crate_has_a_circle() {
    for folder in CRATES {
        let mut found = BTreeMap::new();
        modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &[], &mut found);
        assert!(!found.is_empty(), "{folder} has no modules");
        let graph = graph(found);
        assert!(
            ["fuzz", "crates/numbers/src", "crates/project/src", "tests/page"].contains(&folder)
                || graph.values().any(|targets| !targets.is_empty()),
            "{folder} hangs together by nothing"
        );
        let circles = in_circles(graph);
        assert!(circles.is_empty(), "{folder}: in circles, or behind one, are {circles:?}");
    }
}

/// Sources, by the names of their modules, and which of them are in circles.
#[track_caller]
fn check(sources: &[(&str, &str)], expected: &[&str]) {
    let found = sources
        .iter()
        .map(|(name, text)| {
            (
                name.split("::").map(str::to_owned).collect(),
                text.parse().expect("it is Rust"),
            )
        })
        .collect();
    assert_eq!(in_circles(graph(found)), expected, "for {sources:?}");
}

#[test]
fn circles_are_found_however_they_are_written() {
    check(&[("a", "use crate::b::X;"), ("b", "fn f() { other::a() }")], &[]);
    check(&[("a", "use crate::b::X;"), ("b", "fn f() { crate::a::g() }")], &["a", "b"]);
    check(
        &[("a", "use crate::{c, b::{self, X}};"), ("b", "use super::a;"), ("c", "")],
        &["a", "b"],
    );
    check(
        &[
            ("a", "use crate::b;"),
            ("b", "use crate::c;"),
            ("c", "use crate::{a::f};"),
            ("d", ""),
        ],
        &["a", "b", "c"],
    );
    check(&[("a", "use crate::a::b;"), ("a::b", "use super::X;")], &["a", "a::b"]);
    check(
        &[("a", "use crate::b;"), ("b", "#[cfg(test)] mod tests { use crate::a; }")],
        &[],
    );
}
