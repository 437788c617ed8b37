//! The backend of Soutien's companion extension, which plays ad blockers: by their own lists, through the mechanisms that they use.
//!
//! All modules but `worker` are pure: values in, values out. `worker` steers the browser, and exists on wasm32 only. Read in this order:
//! [`profile`] says what is played, [`list`] and [`rule`] read filter lists, [`dnr`] makes rules of them that browsers apply by
//! themselves, [`filter`] answers what rules say of elements and requests, [`hiding`], [`request`] and [`hit`] what is done to a page
//! and how it is told, and [`messages`] is what the rest of the extension sees. None of this is shared with the module that it tests.

#![deny(missing_docs)]

pub mod built;
pub mod css;
pub mod dnr;
pub mod element;
pub mod explanation;
pub mod filter;
pub mod frame;
pub mod hiding;
pub mod hit;
pub mod host;
pub mod limits;
pub mod list;
pub mod messages;
pub mod offer;
pub mod pasted;
pub mod profile;
pub mod request;
pub mod request_type;
pub mod rule;
pub mod rulesets;
pub mod scope;
pub mod settings;
pub mod tab;

#[cfg(target_arch = "wasm32")]
pub mod worker;
