//! The baits: names that filter lists hit on every site, and twins that none hits.
//!
//! Written by `cargo xtask baits`, which says why these: change it there. It asked a filter engine what these lists really hit on a
//! page that they do not name:
//!
//! - EasyList, file of 31 Oct 2025
//! - EasyPrivacy, file of 31 Oct 2025
//! - Online Malicious URL Blocklist, 2025-10-25T00:10:18Z
//! - uBlock filters – Badware risks, file of 31 Oct 2025
//! - uBlock filters, file of 31 Oct 2025
//! - uBlock filters – Privacy, file of 31 Oct 2025
//! - uBlock filters – Quick fixes, file of 31 Oct 2025
//! - uBlock filters – Unbreak, file of 31 Oct 2025
//!
//! Read on 24 Nov 2026.

/// Classes of the bait element; each alone is hit.
///
/// - `##.ad_wrapper` (EasyList)
/// - `##.ad_300x250` (EasyList)
/// - `##.ad-leaderboard` (EasyList)
/// - `##.bloc-pub` (uBlock filters)
pub const CLASSES: &str = "ad_wrapper ad_300x250 ad-leaderboard bloc-pub";

/// Id of a bait element.
///
/// - `###ad-slot` (EasyList)
pub const ID: &str = "ad-slot";

/// Address of the bait link.
///
/// - `##a[href^="https://ad.doubleclick.net/"]` (EasyList)
pub const LINK: &str = "https://ad.doubleclick.net/";

/// Classes of one bait element each, which no page styles all at once.
///
/// - `##.dfp-slot` (EasyList)
/// - `##.sponsor-links` (EasyList)
/// - `##.mpu-wrapper` (EasyList)
pub const STYLED: &str = "dfp-slot sponsor-links mpu-wrapper";

/// What the address of the bait script ends with.
///
/// - `/ad_top.js$script` (EasyList)
/// - `/banners/adv/*$~xmlhttprequest` (EasyList)
pub const SCRIPT: &str = "/banners/adv/ad_top.js";

/// What the address of the bait image ends with.
///
/// - `/ad_img/*$image` (EasyList)
/// - `/ads/banners/*$image` (EasyList)
/// - `/banners/adv/*$~xmlhttprequest` (EasyList)
pub const IMAGE: &str = "/ad_img/ads/banners/adv/";

/// What the address of the fetched bait ends with.
///
/// - `/468x60/*` (EasyList)
/// - `/728x90/*` (EasyList)
/// - `/ads?id=` (EasyList)
pub const FETCH: &str = "/468x60/728x90/ads?id=";

/// Class of the twins.
pub const TWIN: &str = "edition-column";

/// What the address of a twin ends with, whatever its type.
pub const NEUTRAL: &str = "/page/top.js";

/// What the probe file exports.
pub const WORD: &str = "soutien";
