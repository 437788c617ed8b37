//! End to end: the built dist/site/ on pages of the demo server, in real browsers, without a blocker and with a real one.
//!
//! Every test has a server of its own, and with it an origin of its own: nothing that one stores or caches meets another. The
//! browsers are shared, because starting one takes longer than most tests, and uBlock Origin has to compile its lists first.

mod agreement;
mod bad_input;
mod browsers;
mod controls;
mod explain;
mod extension;
mod fidelity;
mod gentle;
mod notice;
mod popup;
mod qa;
mod reader;
mod recipes;
mod situations;
mod verdict;
