//! What the tests in browsers share: readers and their browsers, sites, waiting, and what is looked at on several sides of the project.

#![deny(missing_docs)]

pub mod browsers;
pub mod commands;
pub mod documents;
pub mod filter_lists;
pub mod numbers;
pub mod reader;
pub mod site;
pub mod views;
pub mod waiting;
