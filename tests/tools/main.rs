//! What publishers and their testers use: the extension and its popup, how it compares with the blockers it plays, `cargo xtask qa`,
//! `cargo xtask explain`, and how the pages grow.

mod agreement;
mod both_browsers;
mod boxes;
mod explain;
mod extension;
mod fidelity;
mod filter_lists;
mod frames;
mod growth;
mod popup;
mod qa;
mod rule_sets;
