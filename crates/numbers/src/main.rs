//! `soutien-numbers`: see the library.

use clap::Parser;
use soutien_numbers::Numbers;
use soutien_project::command_line;

/// Say how many views were blocked, and what came of the notices, by the log of the server that `data-endpoint` names.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    numbers: Numbers,
}

fn main() -> anyhow::Result<()> {
    command_line::read::<Arguments>().map_or(Ok(()), |arguments| soutien_numbers::numbers(&arguments.numbers))
}
