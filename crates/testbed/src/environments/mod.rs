//! The situations that a detector has to judge rightly, as data: readers without a blocker whose browser, page or network is
//! unusual, and readers with one. The end-to-end tests visit each once, `cargo xtask bench detect` many times and with other detectors.
//!
//! Every situation has a control, which proves that it really happened; one that did not is an error and never a pass.

mod asking;
mod environment;
mod launch;
mod pages;
mod table;
mod visit;
mod ways;

pub use environment::{AD_HOST, Deviation, Engine, Environment, Launch, OTHER_HOST, Page, SECOND_AD_HOST, Truth, Way};
pub use launch::launch;
pub use pages::{Detector, SOUTIEN, demo_with};
pub use table::{ENVIRONMENTS, find};
pub use visit::{Visit, visit};
