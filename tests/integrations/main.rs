//! What stands between the project and others: the documents and every piece of code in them, servers, WordPress, npm, test drivers, the
//! configurator, and a release as README.md installs it.

mod configurator;
mod demo;
mod documents;
mod filter_lists;
mod french;
mod npm;
mod qa_packages;
mod recipes;
mod registry;
mod release;
mod servers;
mod spip;
mod wordpress;
