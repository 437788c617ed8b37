//! What all commands share: where the project is, its built extension, how programs are run, and what is made of files.

#![deny(missing_docs)]

pub mod command_line;
pub mod extension;
pub mod files;
pub mod installed;
pub mod run;
pub mod shown;

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
        .ancestors()
        .nth(2)
        .expect("crates/project/ is a folder of the project")
        .to_owned()
}
