//! The plugins in the real systems that they are for, and what makes sites.

mod generators;
mod spip;
mod visitor;
mod wordpress;
