//! `soutien-bench`: see the library.

use std::process::ExitCode;

use soutien_bench::{Arguments, bench};
use soutien_project::command_line;

fn main() -> ExitCode {
    let Some(Arguments { what }) = command_line::read() else {
        return ExitCode::SUCCESS;
    };
    match bench(&what) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
