//! Rows on the pure core and on the sources: no browser, no server, seconds.

#![cfg(not(target_arch = "wasm32"))]

mod abi;
mod appeal;
mod common;
mod decide;
mod languages;
mod options;
mod properties;
mod reference;
mod structure;
