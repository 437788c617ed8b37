//! The baits: names that filter lists hit on every site, and twins that none hits.
//!
//! Each is a generic rule of EasyList as shipped with uBlock Origin 1.67 (read on 2026-11-24).

/// Classes of the bait element: `##.ad-leaderboard`, `##.ad-300x250` and `##.AdSense`.
pub const CLASSES: &str = "ad-leaderboard ad-300x250 AdSense";

/// Id of a bait element: `###ad-slot-1`.
pub const ID: &str = "ad-slot-1";

/// Address of the bait link: `##[href^="https://ad.admitad.com/"]`.
pub const LINK: &str = "https://ad.admitad.com/";

/// Classes that no page styles all at once: `##.dfp-space`, `##.right_sponsor_main`, `##.js-mpu`.
pub const STYLED: [&str; 3] = ["dfp-space", "right_sponsor_main", "js-mpu"];

/// Class of the twins.
pub const TWIN: &str = "chapeau-rang";

/// What the query of the bait script ends with: `/ad_top.js$script`.
pub const SCRIPT: &str = "/ad_top.js";

/// What the query of the bait image ends with: `/ad_728.jpg$image`.
pub const IMAGE: &str = "/ad_728.jpg";

/// What the query of the fetched bait ends with: `/ads?zone=`.
pub const FETCH: &str = "/ads?zone=1";

/// What the queries of the twins end with.
pub const NEUTRAL: &str = "/page/top";

/// What the bait file, `www/probe.js`, says.
pub const WORD: &str = "soutien";
