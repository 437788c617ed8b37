//! What documents tell in figures. What readers download: [`parts`] says who downloads which file, [`sizes`] what the files weigh, [`budgets`]
//! how much that may be, [`table`] and [`words`] how it is told, and [`costs`] what it comes to for a site. What the benches found: [`detect`],
//! [`page`] and [`growth`].

#![deny(missing_docs)]

pub mod budgets;
pub mod costs;
pub mod detect;
pub mod growth;
pub mod page;
pub mod parts;
#[cfg(test)]
mod samples;
pub mod sizes;
pub mod table;
pub mod words;

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;
use soutien_project::root;

/// What a document tells of the figures that a bench has left in docs/; where it has left none, how they are made.
///
/// # Errors
/// When the file is there, and not what the bench writes.
pub fn kept(bench: &str, tell: fn(&Value) -> Result<String>) -> Result<String> {
    let path = format!("docs/{bench}.json");
    let Ok(text) = fs::read_to_string(root().join(&path)) else {
        return Ok(format!(
            "No figures are kept at present. `cargo xtask bench {bench}` makes them, on a machine where nothing else is at work, and then \
             `cargo xtask reference` writes them here.\n"
        ));
    };
    let told = serde_json::from_str(&text)
        .map_err(anyhow::Error::from)
        .and_then(|figures| tell(&figures));
    told.with_context(|| {
        format!("{path} is not what `cargo xtask bench {bench}` writes now: run it again, or take the file away")
    })
}
