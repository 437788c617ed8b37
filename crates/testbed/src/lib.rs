//! What tests, benches and QA stand on. The demo's [`server`] is always there; what drives browsers comes with the feature `browsers`: real
//! ones by [`webdriver`], with the companion extension by [`session`], in every situation of [`environments`], and with a [`fake_internet`]
//! around them.

#![deny(missing_docs)]

mod comment;
#[cfg(feature = "browsers")]
pub mod environments;
#[cfg(feature = "browsers")]
pub mod fake_internet;
pub mod server;
#[cfg(feature = "browsers")]
pub mod session;
#[cfg(feature = "browsers")]
pub mod webdriver;
