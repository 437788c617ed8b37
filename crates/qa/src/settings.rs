//! `soutien-qa.toml`: what a project tries again and again, so that nobody has to type it. Each option of `soutien-qa qa` is a key, and `pages` are the
//! addresses; what is given on the command line takes the place of what the file says of it.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use anyhow::{Context, Result, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory};
use toml::{Table, Value};

use crate::Arguments;

/// The file that is read where none is named.
pub const FILE: &str = "soutien-qa.toml";

/// The key of the addresses, and what the command line calls them.
const PAGES: (&str, &str) = ("pages", "urls");

/// The subcommand that a file is for.
const SUBCOMMAND: &str = "qa";

/// Returns the command line with what the file says, where there is one.
///
/// # Errors
/// When the file that is named cannot be read, or a file says what no option is.
pub fn completed(arguments: Vec<OsString>) -> Result<Vec<OsString>> {
    let Some(given) = given(&arguments) else {
        return Ok(arguments);
    };
    let named: Option<&PathBuf> = given.get_one("config");
    let path = named.map_or(Path::new(FILE), PathBuf::as_path);
    match fs::read_to_string(path) {
        Ok(text) => with(arguments, &given, &text).with_context(|| path.display().to_string()),
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => Ok(arguments),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// What the command line gives to the subcommand; none where it is for another, asks for help, or is wrong, which is told when it is read.
fn given(arguments: &[OsString]) -> Option<ArgMatches> {
    let command = Arguments::command().ignore_errors(true);
    let mut matches = command.try_get_matches_from(arguments).ok()?;
    let (name, given) = matches.remove_subcommand()?;
    (name == SUBCOMMAND).then_some(given)
}

/// The command line with what a text says that it does not say itself.
fn with(mut arguments: Vec<OsString>, given: &ArgMatches, text: &str) -> Result<Vec<OsString>> {
    let table: Table = text.parse()?;
    let mut command = Arguments::command();
    let command = command.find_subcommand_mut(SUBCOMMAND).context("there is the subcommand")?;
    let mut more = Vec::new();
    for (key, value) in table {
        let is_it = |option: &&Arg| match key == PAGES.0 {
            true => option.get_id() == PAGES.1,
            false => option.get_long() == Some(&key) && key != "help",
        };
        let Some(option) = command.get_arguments().find(is_it) else {
            let options = command.get_arguments().filter_map(Arg::get_long);
            let known: Vec<&str> = iter::once(PAGES.0).chain(options.filter(|name| *name != "help")).collect();
            bail!("found the key {key}, expected one of {}", known.join(", "));
        };
        if given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine) {
            continue;
        }
        let values = match value {
            Value::Boolean(false) => continue,
            Value::Boolean(true) => {
                more.push(format!("--{key}").into());
                continue;
            }
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let value = match value {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                value => bail!(
                    "found {key} with a {}, expected a text, a number, true or false, or several texts",
                    value.type_str()
                ),
            };
            more.push(if key == PAGES.0 {
                value.into()
            } else {
                format!("--{key}={value}").into()
            });
        }
    }
    // Behind the subcommand, before what may stand behind a `--`.
    let place = arguments.iter().position(|argument| argument == SUBCOMMAND);
    let place = place.map_or(arguments.len(), |place| place + 1);
    arguments.splice(place..place, more);
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(line: &str, text: &str) -> Result<String> {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let given = given(&arguments).context("the line is one for the subcommand")?;
        let arguments = with(arguments, &given, text)?;
        let words: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        Ok(words.join(" "))
    }

    #[track_caller]
    fn check(line: &str, text: &str, expected: &str) {
        let completed = completed(line, text).unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(completed, expected);
    }

    #[test]
    fn what_a_file_says_is_as_if_it_were_typed() {
        let text = r#"
            pages = ["https://journal.example/", "https://journal.example/une"]
            profile = ["none", "adguard"]
            timeout = 20
            inject = true
            insecure = false
        "#;
        check(
            "soutien-qa qa",
            text,
            "soutien-qa qa --inject https://journal.example/ https://journal.example/une --profile=none --profile=adguard --timeout=20",
        );
    }

    #[test]
    fn the_command_line_takes_the_place_of_what_a_file_says() {
        let text = "pages = [\"https://journal.example/\"]\nprofile = [\"adguard\"]\ntimeout = 20";
        check(
            "soutien-qa qa --profile dns -- https://other.example/",
            text,
            "soutien-qa qa --timeout=20 --profile dns -- https://other.example/",
        );
    }

    #[test]
    fn what_is_no_option_is_told_with_what_is() {
        let error = |text: &str| format!("{:#}", completed("soutien-qa qa", text).expect_err("it is wrong"));
        let unknown = error("profiles = [\"adguard\"]");
        assert!(
            unknown.starts_with("found the key profiles, expected one of pages, ") && unknown.contains("profile"),
            "{unknown}"
        );
        let wrong = error("timeout = 1.5");
        assert!(wrong.starts_with("found timeout with a float, expected a text"), "{wrong}");
        assert!(error("pages = [").contains("TOML parse error"), "{}", error("pages = ["));
    }

    #[test]
    fn other_subcommands_and_questions_for_help_have_no_file() {
        for line in ["soutien-qa explain https://a.example/", "soutien-qa qa --help", "soutien-qa"] {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(given(&arguments).is_none(), "{line}");
        }
    }
}
