//! Where figures and charts go.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use soutien_project::root;

/// The file that was given, or the one of this name in docs/.
pub fn file(given: Option<&PathBuf>, name: &str) -> PathBuf {
    given.cloned().unwrap_or_else(|| root().join("docs").join(name))
}

/// Says what is left to do once figures are in docs/, and not in a file of somebody's own.
pub fn tell_of_reference(given: Option<&PathBuf>) {
    if given.is_none() {
        println!("docs/performance.md is behind them now: run `cargo xtask reference`");
    }
}

/// Writes a file, and says so.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("written: {}", path.strip_prefix(root()).unwrap_or(path).display());
    Ok(())
}
