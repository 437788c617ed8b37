//! The parts of `cargo xtask`, which the end-to-end tests use as well.

#![deny(missing_docs)]

pub mod baits;
pub mod bench;
pub mod build;
pub mod check;
pub mod command_line;
pub mod comment;
pub mod configurator;
pub mod costs;
pub mod debian;
pub mod environments;
pub mod explain;
pub mod extension;
pub mod files;
pub mod first_look;
pub mod fuzz;
pub mod mutants;
pub mod names;
pub mod npm;
pub mod profiles;
pub mod qa;
pub mod reference;
pub mod release;
pub mod run;
pub mod server;
pub mod setup;
pub mod shorten;
pub mod sizes;
pub mod supply;
pub mod tests;
pub mod toolchain;
pub mod types;
pub mod webdriver;
pub mod workflows;
pub mod world;

use std::env;
use std::path::{Path, PathBuf};

/// Names the project's folder where it is another than the one that this program was compiled in.
pub const ROOT_VARIABLE: &str = "SOUTIEN_ROOT";

/// The project's folder.
pub fn root() -> PathBuf {
    if let Some(folder) = env::var_os(ROOT_VARIABLE) {
        return folder.into();
    }
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask/ is a folder of the project")
        .to_owned()
}
