//! What QA people and publishers run: how pages fare under every profile of the companion extension, and what filter lists hit. The extension
//! is taken as it was built, and nothing is built or installed here.

#![deny(missing_docs)]

mod address;
mod baseline;
mod bidi;
mod chromium;
mod faults;
mod findings;
mod firefox;
mod html;
mod html_findings;
mod html_parts;
mod installed;
mod known;
mod outcome;
mod own;
mod page;
mod pipe;
pub mod qa;
mod report;
#[cfg(test)]
mod samples;
pub mod settings;
mod standing;
mod tour;
mod urls;
mod visit;
mod wire;

use clap::{Parser, Subcommand};
use soutien_lists::explain::Explain;
use soutien_lists::names::Names;

use crate::qa::Qa;

/// How pages fare under every ad blocker, and what filter lists hit.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Open pages under every profile of the extension, and print what verdict each leads to. The exit status is 1 where one is not
    /// what it should be, and 2 where a page could not be tried.
    Qa(Box<Qa>),
    /// Say what becomes of a request or an element by the filter lists of the profiles, and by which rule, without a browser.
    Explain(Explain),
    /// Say whether filter lists hit names that you have in mind for a folder, a file, a class or an id.
    CheckNames(Names),
}
