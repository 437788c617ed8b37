//! `cargo xtask costs`: what readers download, and what a site serves and pays because of that, by the manifest of dist/site/.
//!
//! README.md and docs/servers.md have these figures, see `reference`; a test holds them against the log of a server.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::Value;

use crate::root;

/// The bait that is asked for past the cache, on every view: a blocker's answer must not be a cached one.
const PAST_THE_CACHE: &str = "probe.js";

/// The document with the size of every file, see [`brotli_sizes`].
pub const SIZES: &str = "docs/sizes.json";

/// How many bytes a kilobyte has, and how many a gigabyte.
const KILOBYTE: usize = 1_000;
const GIGABYTE: f64 = 1e9;

/// How many days a month has.
const MONTH: f64 = 30.0;

/// A site, and what its servers cost.
#[derive(Args, Clone, Debug)]
pub struct Costs {
    /// How many views the site has a day.
    #[arg(long, default_value_t = 10_000_000, value_name = "NUMBER")]
    views: u64,
    /// How many of a hundred views get a notice.
    #[arg(long, default_value_t = 25, value_name = "PERCENT", value_parser = clap::value_parser!(u64).range(0..=100))]
    notices: u64,
    /// What a gigabyte costs that leaves the servers.
    #[arg(long, default_value_t = 0.05, value_name = "PRICE")]
    gigabyte: f64,
    /// What a million requests cost.
    #[arg(long, default_value_t = 0.75, value_name = "PRICE")]
    million: f64,
}

/// What is asked for, and what comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many requests there are.
    pub requests: usize,
    /// What the answers weigh without their headers, in bytes.
    pub bytes: usize,
}

/// The loads that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loads {
    /// A view by a browser that has nothing in its cache.
    pub first: Load,
    /// A view by a browser that has everything, within the time for which it may keep soutien.js.
    pub later: Load,
    /// A notice that is shown to a browser for the first time, with the words of the longest language.
    pub notice: Load,
    /// The first view with `data-endpoint`.
    pub numbers: Load,
    /// What comes in place of soutien.wasm where WebAssembly is missing or forbidden.
    pub plain: Load,
}

/// Prints what a site serves and pays.
///
/// # Errors
/// When dist/site/ is not built.
pub fn costs(site: &Costs) -> Result<()> {
    let loads = loads(&manifest()?)?;
    print!("{}\n{}", sizes_of(&loads), costs_of(&loads, site));
    Ok(())
}

/// The manifest of dist/site/.
///
/// # Errors
/// When dist/site/ is not built.
pub fn manifest() -> Result<Value> {
    let text = fs::read_to_string(root().join("dist/site/manifest.json"));
    let text = text.context("dist/site/manifest.json is missing: run `cargo xtask build`")?;
    Ok(serde_json::from_str(&text)?)
}

/// What every file of dist/site/ weighs as brotli, as JSON. It is committed, so that `cargo xtask bench size` can say what has changed.
///
/// # Errors
/// When the manifest is not what a build writes.
pub fn brotli_sizes(manifest: &Value) -> Result<String> {
    let files = manifest["files"].as_array().context("the manifest lists no files")?;
    let sizes = files
        .iter()
        .map(|file| (file["name"].as_str().unwrap_or_default().to_owned(), file["brotli"].clone()));
    Ok(format!("{:#}\n", Value::Object(sizes.collect())))
}

/// What readers download, as a table in Markdown.
///
/// # Errors
/// When the manifest is not what a build writes.
pub fn sizes(manifest: &Value) -> Result<String> {
    Ok(sizes_of(&loads(manifest)?))
}

/// What a site with ten million views a day serves and pays, as a table in Markdown.
///
/// # Errors
/// When the manifest is not what a build writes.
pub fn example(manifest: &Value) -> Result<String> {
    let site = Costs {
        views: 10_000_000,
        notices: 25,
        gigabyte: 0.05,
        million: 0.75,
    };
    Ok(costs_of(&loads(manifest)?, &site))
}

/// What is downloaded when, compressed as hard as a server can.
///
/// # Errors
/// When the manifest is not what a build writes.
pub fn loads(manifest: &Value) -> Result<Loads> {
    let mut loads = Loads::default();
    let mut longest = 0;
    let files = manifest["files"].as_array().context("the manifest lists no files")?;
    for file in files {
        let size = |key: &str| file[key].as_u64().and_then(|size| usize::try_from(size).ok());
        let name = file["name"].as_str().unwrap_or_default();
        // Servers leave pictures as they are.
        let size = if name.ends_with(".gif") {
            size("bytes")
        } else {
            size("brotli")
        };
        let bytes = size.with_context(|| format!("the manifest has no size of {name}"))?;
        match file["role"].as_str() {
            Some("every view") => loads.first.add(bytes),
            Some("notice") if name.starts_with("lang/") => longest = longest.max(bytes),
            Some("notice") => loads.notice.add(bytes),
            Some("numbers") => loads.numbers.add(bytes),
            Some("without WebAssembly") => loads.plain.add(bytes),
            _ => {}
        }
        if name == PAST_THE_CACHE {
            loads.first.add(bytes);
            loads.later.add(bytes);
        }
    }
    loads.notice.add(longest);
    ensure!(loads.later.requests == 1, "the manifest has no {PAST_THE_CACHE}");
    Ok(loads)
}

impl Load {
    fn add(&mut self, bytes: usize) {
        self.requests += 1;
        self.bytes += bytes;
    }

    /// How many requests and bytes come of it so many times. What weighs kilobytes is rounded up to whole ones first, so that documents are
    /// right for longer than until the next byte.
    fn times(self, count: u64) -> (f64, f64) {
        let bytes = if self.bytes < KILOBYTE {
            self.bytes
        } else {
            self.bytes.next_multiple_of(KILOBYTE)
        };
        (self.requests as f64 * count as f64, bytes as f64 * count as f64)
    }

    fn kilobytes(self) -> String {
        if self.bytes < KILOBYTE {
            "under 1".to_owned()
        } else {
            self.bytes.div_ceil(KILOBYTE).to_string()
        }
    }
}

fn sizes_of(loads: &Loads) -> String {
    let mut table = String::from("| who downloads it | requests | kB |\n|---|---:|---:|\n");
    for (who, load) in [
        ("every reader, on the first view", loads.first),
        ("every reader, on a later view", loads.later),
        ("who is asked, besides: once, when the notice is due", loads.notice),
        ("everybody, besides, with `data-endpoint`: once", loads.numbers),
        (
            "who has no WebAssembly, or must not use it: once, in place of soutien.wasm",
            loads.plain,
        ),
    ] {
        let _ = writeln!(table, "| {who} | {} | {} |", load.requests, load.kilobytes());
    }
    table
}

fn costs_of(loads: &Loads, site: &Costs) -> String {
    let mut table = format!(
        "| {} views a day | million requests a day | GB a day | cost a month |\n|---|---:|---:|---:|\n",
        grouped(site.views)
    );
    let notices = site.views / 100 * site.notices;
    for (when, (requests, bytes)) in [
        ("where no browser has anything in its cache", loads.first.times(site.views)),
        ("where every browser has everything", loads.later.times(site.views)),
        (
            "besides, for notices that are shown for the first time",
            loads.notice.times(notices),
        ),
    ] {
        let (millions, gigabytes) = (requests / 1e6, bytes / GIGABYTE);
        let cost = MONTH * (millions * site.million + gigabytes * site.gigabyte);
        let _ = writeln!(
            table,
            "| {when} | {} | {} | {} |",
            grouped(millions.ceil() as u64),
            grouped(gigabytes.ceil() as u64),
            grouped(cost.ceil() as u64)
        );
    }
    table
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    fn manifest() -> Value {
        let file = |name: &str, role: &str, bytes: usize, brotli: usize| json!({ "name": name, "role": role, "bytes": bytes, "brotli": brotli });
        json!({ "files": [
            file("soutien.js", "every view", 9_000, 4_000),
            file("soutien.wasm", "every view", 30_000, 14_900),
            file("probe.js", "every view", 200, 100),
            file("probe.gif", "every view", 50, 60),
            file("appeal.js", "notice", 9_000, 4_000),
            file("lang/en.json", "notice", 2_000, 700),
            file("lang/el.json", "notice", 4_000, 1_200),
            file("numbers.js", "numbers", 1_000, 600),
            file("soutien.plain.js", "without WebAssembly", 40_000, 13_000),
            file("soutien.d.ts", "none", 9_000, 2_000),
        ] })
    }

    #[test]
    fn loads_are_those_of_the_roles() {
        let load = |requests, bytes| Load { requests, bytes };
        let expected = Loads {
            first: load(5, 19_150),
            later: load(1, 100),
            notice: load(2, 5_200),
            numbers: load(1, 600),
            plain: load(1, 13_000),
        };
        assert_eq!(loads(&manifest()).expect("it is a manifest"), expected);
        assert!(loads(&json!({ "files": [] })).is_err());
        assert!(loads(&json!({})).is_err());
    }

    #[test]
    fn figures_are_rounded_up() {
        let sizes = sizes(&manifest()).expect("it is a manifest");
        assert!(sizes.contains("on the first view | 5 | 20 |\n"), "{sizes}");
        assert!(sizes.contains("on a later view | 1 | under 1 |\n"), "{sizes}");
        let costs = example(&manifest()).expect("it is a manifest");
        for line in [
            "| 10,000,000 views a day | ",
            // 30 days of 50 million requests at 0.75 a million, and of 200 GB at 0.05.
            "cache | 50 | 200 | 1,425 |\n",
            "everything | 10 | 1 | 227 |\n",
            "first time | 5 | 15 | 135 |\n",
        ] {
            assert!(costs.contains(line), "no {line:?} in {costs}");
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let groups = [(0, "0"), (999, "999"), (1_000, "1,000"), (10_000_000, "10,000,000")];
        for (number, text) in groups {
            assert_eq!(grouped(number), text);
        }
    }
}
