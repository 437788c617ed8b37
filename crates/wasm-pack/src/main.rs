//! wasm-pack's command. What builds the module that readers download is locked so, crate by crate; the lock file that is published with wasm-pack
//! names versions that not every registry still serves. Its own program asks the network for newer versions besides, each time.

use clap::Parser as _;
use wasm_pack::command::run_wasm_pack;
use wasm_pack::{Cli, PBAR};

fn main() {
    let arguments = Cli::parse();
    PBAR.set_log_level(arguments.log_level);
    PBAR.set_quiet(arguments.quiet);
    if let Err(error) = run_wasm_pack(arguments.cmd) {
        eprintln!("Error: {error}");
        for cause in error.chain().skip(1) {
            eprintln!("Caused by: {cause}");
        }
        std::process::exit(1);
    }
}
