//! The program `wasm-bindgen` as wasm-pack calls it: writes the JavaScript glue of a module.
//!
//! It does what the one of wasm-bindgen-cli does with the same arguments, by the same library, and is compiled in a fraction of the time,
//! since it has neither that one's server nor its HTTP client. What the builds of this project do not pass, it refuses.

#![deny(missing_docs)]

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    /// Its version, by which wasm-pack sees whether it goes with the crate.
    Version,
    /// The glue of a module, as an ES module with its types.
    Glue {
        /// The module as rustc left it.
        input: PathBuf,
        /// Where the glue goes, and the module without what only wasm-bindgen reads.
        folder: PathBuf,
        /// What their names begin with.
        name: String,
    },
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match read(&arguments)? {
        Order::Version => println!("wasm-bindgen {}", wasm_bindgen_shared::version()),
        Order::Glue { input, folder, name } => Bindgen::new()
            .web(true)?
            .typescript(true)
            .omit_default_module_path(false)
            .input_path(input)
            .out_name(&name)
            .generate(folder)?,
    }
    Ok(())
}

/// What the arguments ask for.
fn read(arguments: &[String]) -> Result<Order> {
    let (mut input, mut folder, mut name) = (None, None, None);
    let mut is_for_the_web = false;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} has no value"));
        match argument.as_str() {
            "--version" => return Ok(Order::Version),
            "--out-dir" => folder = Some(value()?.into()),
            "--out-name" => name = Some(value()?.clone()),
            "--target" => match value()?.as_str() {
                "web" => is_for_the_web = true,
                other => bail!("--target is {other}, expected web, the one that this project builds for"),
            },
            "--typescript" => {}
            option if option.starts_with('-') => {
                bail!("{option} is unknown here: crates/wasm-bindgen/ does what this project's builds ask for, and no more")
            }
            path => input = Some(path.into()),
        }
    }
    if !is_for_the_web {
        bail!("--target is missing, expected `--target web`");
    }
    Ok(Order::Glue {
        input: input.context("the module is missing")?,
        folder: folder.context("--out-dir is missing")?,
        name: name.context("--out-name is missing")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(line: &str) -> Result<Order> {
        read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check_refused(line: &str, reason: &str) {
        let error = order(line).expect_err("it is refused").to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn takes_what_wasm_pack_passes() {
        let glue = Order::Glue {
            input: "a.wasm".into(),
            folder: "pkg".into(),
            name: "soutien".into(),
        };
        let line = "a.wasm --out-dir pkg --typescript --target web --out-name soutien";
        assert_eq!(order(line).expect("it is as wasm-pack passes it"), glue);
        assert_eq!(order("--version").expect("wasm-pack asks for it"), Order::Version);
    }

    #[test]
    fn refuses_what_it_does_not_do() {
        check_refused("a.wasm --out-dir pkg --target web --out-name a --debug", "--debug is unknown");
        check_refused("a.wasm --out-dir pkg --target nodejs --out-name a", "--target is nodejs");
        check_refused("a.wasm --out-dir pkg --out-name a", "--target is missing");
        check_refused("--out-dir pkg --target web --out-name a", "the module is missing");
        check_refused("a.wasm --target web --out-name a", "--out-dir is missing");
        check_refused("a.wasm --target web --out-dir pkg", "--out-name is missing");
        check_refused("a.wasm --target web --out-dir", "--out-dir has no value");
    }
}
