//! The parts of `cargo xtask`, which the end-to-end tests use as well.

#![deny(missing_docs)]

pub mod archive;
pub mod bill;
pub mod build;
pub mod check;
pub mod command_line;
pub mod configurator;
pub mod debian;
pub mod door;
pub mod doors;
pub mod extension;
pub mod fuzz;
pub mod mutants;
pub mod npm;
pub mod owner;
pub mod plugins;
pub mod reference;
pub mod release;
pub mod servers;
pub mod setup;
pub mod shorten;
pub mod supply;
pub mod tests;
pub mod toolchain;
pub mod types;
pub mod workflows;
