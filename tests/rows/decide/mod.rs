//! Rows on what is decided: from baits to readings, from readings to a verdict, from a verdict to whether we ask.

mod asking;
mod judging;
mod relapsing;
mod remembering;
mod seeing;
mod surveying;
mod weighing;

const DAY: u32 = 86_400;

const NOW: u32 = 1_800_000_000;

/// What is longer than this is for good.
const LIFETIME: u32 = 50 * 365 * DAY;
