//! Soutien tells whether a reader's browser blocks a news site's ads, and asks politely for support.
//!
//! The modules directly in `src/` are the pure core: values in, values out, no clock, no I/O, no web types. Everything that
//! touches a page is in `browser`, which exists on wasm32 only and decides nothing. Read the core in the order of its flow:
//! [`options`] → [`config`] → [`sight`] → [`signal`] → [`verdict`] → [`memory`] → [`policy`] → [`appeal`], with [`baits`] as its data and [`wire`] as what JavaScript sees.

#![deny(missing_docs)]

pub mod abi;
pub mod appeal;
pub mod baits;
pub mod config;
pub mod memory;
pub mod options;
pub mod policy;
#[cfg(not(target_arch = "wasm32"))]
pub mod reference;
pub mod sight;
pub mod signal;
pub mod text;
pub mod verdict;
pub mod wire;

#[cfg(target_arch = "wasm32")]
pub mod browser;
