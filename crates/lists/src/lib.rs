//! Filter lists, read once and asked by one engine, that of the companion extension's backend: for tests, for QA, and for what is built.
//!
//! [`sources`] says where lists come from, and [`profiles`] which of them a blocker has. [`explain`] and [`names`] say what they hit and by
//! which rule, [`baits`] chooses what a page is asked by, [`compile`] makes of them what browsers load with the companion extension, and
//! [`easylist`] what the small extensions of the tests do.

#![deny(missing_docs)]

pub mod baits;
pub mod compile;
pub mod easylist;
pub mod explain;
pub mod names;
pub mod profiles;
pub mod sources;
