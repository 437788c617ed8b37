//! What the rows of this crate share: a build with made-up sizes, and what an error has to say.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::parts::PLAIN;
use crate::sizes::{Sizes, sizes};

/// A build, whose soutien.wasm has so many bytes.
pub(crate) fn files(module: usize) -> BTreeMap<String, usize> {
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
        ("wordpress.js", 250),
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

/// The sizes of such a build.
pub(crate) fn build(module: usize) -> Sizes {
    sizes(files(module), "rustc 1.0.0").expect("each file counts for somebody")
}

/// Expects an error that says these words.
#[track_caller]
pub(crate) fn check_error(result: Result<()>, words: &str) {
    let error = result.expect_err("it is no error").to_string();
    assert!(error.contains(words), "no {words:?} in {error:?}");
}
