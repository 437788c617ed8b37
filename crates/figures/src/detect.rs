//! What documents tell of the figures of `cargo xtask bench detect`.

use anyhow::{Context, Result};
use serde_json::Value;

/// How many situations the JSON has.
///
/// # Errors
/// When it has none.
pub fn situations(figures: &Value) -> Result<String> {
    let environments = figures["environments"].as_array().context("it has no environments")?;
    Ok(environments.len().to_string())
}

/// How often our module, the first of the JSON, said “blocked”, as a part of a sentence.
///
/// # Errors
/// When the figures are not what the bench writes.
pub fn outcome(figures: &Value) -> Result<String> {
    let count = |truth: &str, key: &str| {
        let count = figures["detectors"][0][truth][key].as_u64();
        count.with_context(|| format!("its first detector has no {key} {}", truth.replace('_', " ")))
    };
    let (clear, alarms) = (
        count("without_a_blocker", "visits")?,
        count("without_a_blocker", "false_alarms")?,
    );
    let (blocked, found) = (count("with_a_blocker", "visits")?, count("with_a_blocker", "found")?);
    Ok(format!(
        "in {alarms} of {clear} visits without a blocker, and in {found} of {blocked} with one"
    ))
}
