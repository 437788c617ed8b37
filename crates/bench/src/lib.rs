//! What is measured rather than tested. Nothing is built or installed here: what is measured is dist/ as it is.
//!
//! [`detect`] visits every environment many times, with this module and with the detectors that npm has, side by side. [`page`] measures what
//! each of them costs a page and its reader, [`growth`] whether our cost grows faster than the page, and [`size`] says what the files are made
//! of. [`extension`] measures the start of the companion extension's background, [`first_look`] what a newcomer waits for.

#![deny(missing_docs)]

mod browsers;
mod chart;
pub mod detect;
pub mod extension;
pub mod first_look;
pub mod growth;
mod output;
pub mod page;
mod peers;
pub mod size;
mod statistics;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::detect::Detect;
use crate::first_look::FirstLook;
use crate::growth::Growth;
use crate::page::Page;

/// Measure.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to measure.
    #[command(subcommand)]
    pub what: Bench,
}

/// What to measure.
#[derive(Clone, Debug, Subcommand)]
pub enum Bench {
    /// Visit every environment with this module and with other detectors, and compare their verdicts with the truth.
    Detect(Detect),
    /// Visit the demo's page without a guest, with this module and with others, and compare what they cost. Nothing else should be at work on
    /// the machine.
    Page(Page),
    /// See how a check's work and the heap grow with the page, and whether anything is left behind by checks and navigations.
    Growth(Growth),
    /// Say what the files that readers download are made of, and how their sizes have changed since the last commit.
    Size,
    /// Run the demo in a fresh clone of the last commit, with empty caches, and see how long it takes until its page is there. Nothing else should
    /// be at work on the machine.
    FirstLook(FirstLook),
    /// Stop the extension's background again and again, and see how long it takes to know its lists, and how much memory.
    Extension {
        /// How often it is stopped.
        #[arg(long, default_value_t = 10, value_name = "N")]
        runs: u32,
        /// The folder with the built extension in its variant for machines, extension-chromium-qa.
        #[arg(long, default_value = "dist", value_name = "FOLDER")]
        extension: PathBuf,
    },
}

/// Runs a bench.
///
/// # Errors
/// When something is missing that it needs, a file cannot be written, or our module was wrong or over a budget.
pub fn bench(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Detect(options) => detect::detect(options),
        Bench::Page(options) => page::page(options),
        Bench::Growth(options) => growth::growth(options),
        Bench::Size => size::size(),
        Bench::FirstLook(options) => first_look::first_look(options),
        Bench::Extension { runs, extension } => extension::extension(*runs, extension),
    }
}
