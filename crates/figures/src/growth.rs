//! What documents tell of the figures of `cargo xtask bench growth`.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::Value;

/// What the JSON says, as tables in Markdown.
///
/// # Errors
/// When the figures are not what the bench writes.
pub fn markdown(figures: &Value) -> Result<String> {
    let mut text = "By `cargo xtask bench growth`; the figures are in [growth.json](growth.json).\n".to_owned();
    for (kinds, what, heap) in [
        (["elements", "slots"], "on a page with so many", "heap, kB more"),
        (["navigations", "checks"], "after so many", "heap, kB in all"),
    ] {
        let _ = writeln!(text, "\n| {what} | ms | {heap} | documents | nodes | listeners |");
        text += "|---:|---:|---:|---:|---:|---:|\n";
        for kind in kinds {
            let points = figures["series"][kind]
                .as_array()
                .with_context(|| format!("it has no {kind}"))?;
            for point in points {
                let figure = |key: &str| point[key].as_f64().with_context(|| format!("a point of {kind} has no {key}"));
                let (amount, ms, heap) = (figure("amount")?, figure("ms")?, figure("heap_kb")?);
                let [documents, nodes, listeners] = [figure("documents")?, figure("nodes")?, figure("listeners")?];
                let _ = writeln!(
                    text,
                    "| {amount} {kind} | {ms:.1} | {heap:.1} | {documents} | {nodes} | {listeners} |"
                );
            }
        }
    }
    Ok(text)
}
