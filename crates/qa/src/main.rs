//! `soutien-qa`: see the library.

use std::env;
use std::process::ExitCode;

use soutien_lists::{explain, names};
use soutien_project::command_line;
use soutien_qa::{Arguments, Command, qa, settings};

fn main() -> ExitCode {
    let arguments = match settings::completed(env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("error: {error:#}");
            return qa::NOT_RUN.into();
        }
    };
    let Some(Arguments { command }) = command_line::read_from(arguments) else {
        return ExitCode::SUCCESS;
    };
    let (result, otherwise) = match command {
        // What could not be run at all is told apart from a verdict that is not what it should be.
        Command::Qa(options) => (qa::qa(&options), qa::NOT_RUN.into()),
        Command::Explain(options) => (explain::explain(&options).map(|()| ExitCode::SUCCESS), ExitCode::FAILURE),
        Command::CheckNames(options) => (names::check_names(&options), ExitCode::FAILURE),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        otherwise
    })
}
