//! What readers download as tables: as it was built, for a terminal, and for documents.

use anyhow::Result;
use serde_json::Value;

use crate::budgets::{EVERY_READER, EVERY_READER_TARGET, REQUESTS, WITH_A_BLOCKER};
use crate::parts::{Load, Loads, PARTS, Role};
use crate::sizes::{Sizes, committed, of_manifest};
use crate::words::kilobytes;

/// Prints what each file weighs and who downloads it, both sums with their budgets, and how that has changed since the last commit.
///
/// # Errors
/// When the manifest is not what a build writes.
pub fn print(manifest: &Value) -> Result<Sizes> {
    let sizes = of_manifest(manifest)?;
    let before = committed();
    let since = |name: &str| before.as_ref().ok().map(|before| before.files.get(name).copied());
    println!(
        "{:<20}{:<22}{:>9}{:>9}{:>9}{:>24}",
        "dist/site/", "role", "bytes", "gzip", "brotli", "since the last commit"
    );
    for file in manifest["files"].as_array().into_iter().flatten() {
        let name = file["name"].as_str().unwrap_or_default();
        let number = |key: &str| file[key].as_u64().unwrap_or_default();
        println!(
            "{name:<20}{:<22}{:>9}{:>9}{:>9}{:>24}",
            file["role"].as_str().unwrap_or_default(),
            number("bytes"),
            number("gzip"),
            number("brotli"),
            change(sizes.files[name], since(name))
        );
    }
    print!("\n{}", told(&sizes, before.as_ref().ok())?);
    if let Err(error) = before {
        println!("the change since the last commit is unknown: {error:#}");
    }
    Ok(sizes)
}

/// Both sums with their budgets and changes, the requests, and which files count for neither.
fn told(sizes: &Sizes, before: Option<&Sizes>) -> Result<String> {
    let mut text = String::new();
    for (who, bytes, budget, before) in [
        (
            "every reader",
            sizes.every_reader,
            EVERY_READER,
            before.map(|before| before.every_reader),
        ),
        (
            "a reader with a blocker, besides",
            sizes.with_a_blocker,
            WITH_A_BLOCKER,
            before.map(|before| before.with_a_blocker),
        ),
    ] {
        let (found, allowed) = (kilobytes(bytes), kilobytes(budget));
        let change = change(bytes, before.map(Some));
        text += &format!("{who:<34}{found:>5} kB brotli, of {allowed} kB allowed; since the last commit: {change}\n");
    }
    let (target, distance) = (
        kilobytes(EVERY_READER_TARGET),
        sizes.every_reader as i64 - EVERY_READER_TARGET as i64,
    );
    text += &format!(
        "{:<34}{target:>5} kB brotli; every reader: {distance:+} bytes\n",
        "target for every reader"
    );
    let requests = sizes.loads()?.first.requests;
    text += &format!("{:<34}{requests:>5}, of {REQUESTS} allowed\n", "requests on a first view");
    text += "neither, because:\n";
    for (files, role, _, why) in PARTS {
        if !matches!(role, Role::EveryView | Role::Notice) {
            text += &format!("  {files:<18}{why}\n");
        }
    }
    Ok(text)
}

/// What has become of a size since the last commit: unknown where its sizes are, and new where it had none.
fn change(now: usize, before: Option<Option<usize>>) -> String {
    match before {
        None => "unknown".into(),
        Some(None) => "new".into(),
        Some(Some(before)) if before == now => "the same".into(),
        Some(Some(before)) => format!("{:+}", now as i64 - before as i64),
    }
}

/// What readers download, as a table in Markdown.
pub fn table(loads: &Loads) -> String {
    let row = |(who, load, allowed): (&str, Load, String)| {
        format!("| {who} | {} | {} | {allowed} |\n", load.requests, kilobytes(load.bytes))
    };
    let rows = [
        (
            "every reader, on the first view",
            loads.first,
            format!("{REQUESTS} requests, {} kB", kilobytes(EVERY_READER)),
        ),
        (
            "a reader with a blocker, besides: once, when the notice is due",
            loads.notice,
            format!("{} kB", kilobytes(WITH_A_BLOCKER)),
        ),
        ("every reader, on a later view", loads.later, String::new()),
        (
            "every reader, besides, with `data-endpoint` or `data-analytics`: once",
            loads.numbers,
            String::new(),
        ),
        (
            "a reader with a blocker, with another view than `modal`, with `data-images`, `data-dismiss=\"no\"` and a name such as `café.fr`: once, all together",
            loads.choice,
            String::new(),
        ),
        (
            "every reader who scrolls, or whose page has a link to its top, besides: once",
            loads.button,
            String::new(),
        ),
        (
            "every reader, besides, on a page with close controls: once",
            loads.panels,
            String::new(),
        ),
        (
            "every reader, besides, with `data-probe`, after consent: once",
            loads.hosts,
            String::new(),
        ),
        (
            "every reader, besides, with `data-consent=\"wp\"`: once",
            loads.word_press,
            String::new(),
        ),
        (
            "who has no WebAssembly, or must not use it, or cannot have its file: once, in place of soutien.wasm",
            loads.plain,
            String::new(),
        ),
    ];
    let rows = rows.map(row).concat();
    format!("| who downloads it | requests | kB | at most |\n|---|---:|---:|---|\n{rows}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::build;
    use crate::words::words;

    #[test]
    fn both_sums_are_told_with_their_change() {
        let told_of = |before: Option<&Sizes>| told(&build(5_000), before).expect("each file counts for somebody");
        let told = told_of(Some(&build(4_900)));
        for line in [
            "every reader                        9.3 kB brotli, of ",
            " kB allowed; since the last commit: +100\n",
            "a reader with a blocker, besides    5.2 kB brotli, of ",
            " kB allowed; since the last commit: the same\n",
            "target for every reader            10.0 kB brotli; every reader: -750 bytes\n",
            "requests on a first view              5, of ",
            "  numbers.js        only where the tag has",
        ] {
            assert!(told.contains(line), "no {line:?} in {told}");
        }
        assert!(told_of(None).contains("since the last commit: unknown\n"));
        assert!(
            words(&build(5_000).loads().unwrap()).contains("9.3 kB in 5 requests, and a reader with a blocker 5.2 kB besides")
        );
    }

    #[test]
    fn says_what_has_changed() {
        assert_eq!(change(5, None), "unknown");
        assert_eq!(change(5, Some(None)), "new");
        assert_eq!(change(5, Some(Some(5))), "the same");
        assert_eq!(change(5, Some(Some(7))), "-2");
        assert_eq!(change(7, Some(Some(5))), "+2");
    }
}
