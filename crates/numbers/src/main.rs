//! `soutien-numbers`: see the library.

use clap::Parser;
use soutien_numbers::Numbers;

/// Say how many views were blocked, and what came of the notices, by the log of the server that `data-endpoint` names.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    numbers: Numbers,
}

fn main() -> anyhow::Result<()> {
    soutien_numbers::numbers(&Arguments::parse().numbers)
}
