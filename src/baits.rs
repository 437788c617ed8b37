//! The baits: names that filter lists hit on every site, and twins that none hits.
//!
//! Each is a generic rule of EasyList as shipped with uBlock Origin 1.67 (read on 2026-11-24).

/// Classes of the bait element: `##.ad-leaderboard`, `##.ad-300x250` and `##.AdSense`.
pub const CLASSES: &str = "ad-leaderboard ad-300x250 AdSense";

/// Id of the second bait element: `###ad-slot-1`.
pub const ID: &str = "ad-slot-1";

/// Classes of the twins.
pub const TWIN: &str = "headline-row";

/// What the query of the bait script ends with: `/ad_top.js$script`. Bait and twin are one file on the server, so that nothing
/// but the name can tell them apart.
pub const SCRIPT: &str = "/ad_top.js";

/// What the query of the twin of the bait script ends with.
pub const SCRIPT_TWIN: &str = "/page_top.js";

/// What the bait script, `www/probe.js`, exports.
pub const SCRIPT_WORD: &str = "soutien";
