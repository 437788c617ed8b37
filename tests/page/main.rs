//! Readers on pages: the built dist/site/ on pages of the demo server, in real browsers, without a blocker and with a real one.
//!
//! Every test has a server of its own, and with it an origin of its own: nothing that one stores or caches meets another. The
//! browsers are shared, because starting one takes longer than most tests, and uBlock Origin has to compile its lists first.

mod accessibility;
mod again;
mod allow;
mod analytics;
mod bad_input;
mod consent;
mod controls;
mod gentle;
mod hostile;
mod later;
mod layouts;
mod leaving;
mod manners;
mod memory;
mod modules;
mod names;
mod notice;
mod numbers;
mod oldest;
mod other_dialogs;
mod own_policy;
mod plain;
mod situations;
mod slots;
mod swaps;
mod turns;
mod under_rules;
mod verdict;
mod views;
mod webkit;
