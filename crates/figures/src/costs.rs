//! `cargo xtask costs`: what a site serves and pays because of what readers download, by the sizes in dist/site/.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;

use crate::parts::{Load, Loads};
use crate::{sizes, table};

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

/// Prints what a site serves and pays.
///
/// # Errors
/// When dist/site/ is not built.
pub fn costs(site: &Costs) -> Result<()> {
    let loads = sizes::built()?.loads()?;
    print!("{}\n{}", table::table(&loads), costs_of(&loads, site));
    Ok(())
}

/// The site of the documents, whose prices are those of a content delivery network.
const EXAMPLE: Costs = Costs {
    views: 10_000_000,
    notices: 25,
    gigabyte: 0.05,
    million: 0.75,
};

/// What a site with ten million views a day serves and pays, as a table in Markdown.
pub fn example(loads: &Loads) -> String {
    costs_of(loads, &EXAMPLE)
}

/// The least and the most that the same site serves a day, as a part of a sentence in which `join` stands between the two: gigabytes, and
/// millions of requests.
pub fn least_and_most(loads: &Loads, join: &str) -> [String; 2] {
    let (least, most) = (times(loads.later, EXAMPLE.views), times(loads.first, EXAMPLE.views));
    let range = |least: f64, most: f64| format!("{} {join} {}", least.ceil(), most.ceil());
    [
        range(least.1 / GIGABYTE, most.1 / GIGABYTE),
        range(least.0 / 1e6, most.0 / 1e6),
    ]
}

/// How many requests and bytes come of a load so many times. What weighs kilobytes is rounded up to whole ones first, so that documents are
/// right for longer than until the next byte.
fn times(load: Load, count: u64) -> (f64, f64) {
    let bytes = if load.bytes < KILOBYTE {
        load.bytes
    } else {
        load.bytes.next_multiple_of(KILOBYTE)
    };
    (load.requests as f64 * count as f64, bytes as f64 * count as f64)
}

fn costs_of(loads: &Loads, site: &Costs) -> String {
    let mut table = format!(
        "| {} views a day | million requests a day | GB a day | cost a month |\n|---|---:|---:|---:|\n",
        grouped(site.views)
    );
    let notices = site.views / 100 * site.notices;
    for (when, (requests, bytes)) in [
        ("where no browser has anything in its cache", times(loads.first, site.views)),
        ("where every browser has everything", times(loads.later, site.views)),
        (
            "besides, for notices that are shown for the first time",
            times(loads.notice, notices),
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

    #[test]
    fn kilobytes_are_rounded_up() {
        let load = |requests, bytes| Load { requests, bytes };
        let loads = Loads {
            first: load(5, 19_150),
            later: load(1, 100),
            notice: load(2, 5_200),
            ..Loads::default()
        };
        assert_eq!(least_and_most(&loads, "to"), ["1 to 200", "10 to 50"]);
        let costs = example(&loads);
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
