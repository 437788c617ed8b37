//! The backend of Soutien's companion extension, which plays ad blockers: by their own lists, through the mechanisms that they use.
//!
//! The modules directly in `src/` are pure: values in, values out. What steers the browser is in `worker`, which exists on wasm32
//! only. Read in this order: [`profile`] says what is played, [`list`] and [`rule`] read filter lists, [`dnr`] makes rules of them
//! that browsers apply by themselves, [`filter`] answers what rules say of elements and requests, and [`messages`] is what the rest of
//! the extension sees. None of this is shared with the module that it tests.

#![deny(missing_docs)]

pub mod dnr;
pub mod element;
pub mod filter;
pub mod host;
pub mod list;
pub mod messages;
pub mod profile;
pub mod request_type;
pub mod rule;

#[cfg(target_arch = "wasm32")]
pub mod worker;
