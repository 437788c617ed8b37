//! The profiles of the extension: which blockers it plays, and by which lists.

use std::fs;

use anyhow::{Context, Result};
use soutien_backend::profile::Profiles;

use soutien_project::root;

/// Reads `extension/profiles.json`.
///
/// # Errors
/// When it cannot be read, or is not what it should be.
pub fn read() -> Result<Profiles> {
    let path = root().join("extension/profiles.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Profiles::read(&text).map_err(anyhow::Error::msg)
}
