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

/// Set while a program is compiled that others get. It has no project's folder, and must not tell where it was compiled.
pub const SHIPPED_VARIABLE: &str = "SOUTIEN_SHIPPED";

/// Where this crate was compiled.
const COMPILED_IN: &str = match option_env!("SOUTIEN_SHIPPED") {
    Some(_) => "/soutien/crates/project",
    None => env!("CARGO_MANIFEST_DIR"),
};

/// The project's folder.
pub fn root() -> PathBuf {
    if let Some(folder) = env::var_os(ROOT_VARIABLE) {
        return folder.into();
    }
    Path::new(COMPILED_IN)
        .ancestors()
        .nth(2)
        .expect("crates/project/ is a folder of the project")
        .to_owned()
}
