//! End to end: the built dist/site/ on pages of the demo server, in real browsers, without a blocker and with a real one.
//!
//! Every test has a server of its own, and with it an origin of its own: nothing that one stores or caches meets another. The
//! browsers are shared, because starting one takes longer than most tests, and uBlock Origin has to compile its lists first.

mod accessibility;
mod again;
mod agreement;
mod allow;
mod analytics;
mod bad_input;
mod browsers;
mod configurator;
mod consent;
mod controls;
mod documents;
mod explain;
mod extension;
mod fidelity;
mod gentle;
mod growth;
mod hostile;
mod later;
mod layouts;
mod leaving;
mod manners;
mod memory;
mod modules;
mod names;
mod notice;
mod npm;
mod numbers;
mod oldest;
mod other_dialogs;
mod own_policy;
mod plain;
mod popup;
mod qa;
mod reader;
mod recipes;
mod release;
mod servers;
mod situations;
mod slots;
mod swaps;
mod under_rules;
mod verdict;
mod views;
mod webkit;
mod wordpress;
