//! `soutien-lists`: what is made of filter lists for the sources and for the companion extension.

use std::process::ExitCode;

use clap::Parser;
use soutien_lists::baits::{self, Baits};
use soutien_lists::compile::{self, Compile};

/// Make something of filter lists.
#[derive(Parser)]
enum Command {
    /// Choose the baits by what filter lists really hit, and write src/baits.rs.
    Baits(Baits),
    /// Make filters and rules of the lists of each profile, for the companion extension, in target/extension/.
    Compile(Compile),
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Baits(options) => baits::baits(&options),
        Command::Compile(options) => compile::compile(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
