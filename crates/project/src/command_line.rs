//! The command lines of the programs that `cargo xtask` has a door to.

use std::env;
use std::ffi::OsString;

use clap::Parser;

/// Names the command that leads to a program, such as `cargo xtask`; its help and its errors speak of that one then.
pub const NAME_VARIABLE: &str = "SOUTIEN_COMMAND";

/// Is set where a program is only to read its command line: a door does so before it sets up and builds for minutes.
pub const TRIAL_VARIABLE: &str = "SOUTIEN_TRIAL";

/// What the command line says. Where it is wrong or asks for help, the program ends with that; `None` where it was only to be read.
pub fn read<T: Parser>() -> Option<T> {
    read_from(env::args_os())
}

/// What a command line says, likewise.
pub fn read_from<T: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Option<T> {
    let command = T::command();
    let command = match env::var(NAME_VARIABLE) {
        Ok(name) => command.bin_name(name),
        Err(_) => command,
    };
    let arguments = T::from_arg_matches(&command.get_matches_from(arguments)).unwrap_or_else(|error| error.exit());
    env::var_os(TRIAL_VARIABLE).is_none().then_some(arguments)
}
