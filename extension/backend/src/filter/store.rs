//! Filters as bytes: the length of the rest, the rest as JSON, the index, and the engine.

use adblock::Engine;
use serde::{Deserialize, Serialize};

use super::index::Index;
use crate::rule::spared::Spared;

/// What the engine does not keep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra {
    /// The titles of the lists, in their order.
    pub titles: Vec<String>,
    /// Selectors with a style of their own on every page.
    pub styles: Vec<(String, String)>,
    /// The selectors that are for every site, for blockers that put all of them on each page; otherwise empty.
    pub sheet: Vec<String>,
    /// The rules that fit pages which lists spare more than the engine knows of.
    #[serde(default)]
    pub spared: Vec<(Spared, String)>,
}

/// Returns a filter as bytes that [`from_bytes`] takes. They are good for targets with the same width of a pointer only: the engine's
/// tables of classes and ids are laid out by hashes that depend on it.
pub fn to_bytes(extra: &Extra, index: &Index, engine: &Engine) -> Vec<u8> {
    let extra = serde_json::to_vec(extra).unwrap_or_default();
    let mut bytes = (extra.len() as u32).to_le_bytes().to_vec();
    bytes.extend(extra);
    index.store(&mut bytes);
    bytes.extend(engine.serialize());
    bytes
}

/// Returns what [`to_bytes`] made bytes of.
///
/// # Errors
/// When they are not such bytes, with what is wrong.
pub fn from_bytes(bytes: &[u8]) -> Result<(Extra, Index, Engine), String> {
    let cut = || format!("the stored filter has {} bytes, which is too few", bytes.len());
    let length = bytes
        .first_chunk::<4>()
        .map(|length| u32::from_le_bytes(*length) as usize)
        .ok_or_else(cut)?;
    let (extra, rest) = bytes[4..].split_at_checked(length).ok_or_else(cut)?;
    let extra = serde_json::from_slice(extra).map_err(|error| format!("the stored filter is broken: {error}"))?;
    let (index, rest) = Index::restore(rest).ok_or_else(cut)?;
    let mut engine = Engine::default();
    engine
        .deserialize(rest)
        .map_err(|error| format!("the stored filter is broken: {error:?}"))?;
    Ok((extra, index, engine))
}
