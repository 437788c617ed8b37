//! What commands look for on this machine and never install: the filter lists of real blockers.

use std::env;
use std::path::PathBuf;

use crate::root;

/// Where Debian's package unpacks uBlock Origin for Firefox; the first part is Firefox's own id.
const UBLOCK_ORIGIN: &str = "/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/uBlock0@raymondhill.net";

/// Names the folder of an unpacked uBlock Origin where Debian's package cannot be had.
const UBLOCK_ORIGIN_VARIABLE: &str = "SOUTIEN_UBLOCK_ORIGIN";

/// The folder of the unpacked uBlock Origin, with its filter lists; `None` where there is none.
pub fn ublock_origin() -> Option<PathBuf> {
    let folder = env::var_os(UBLOCK_ORIGIN_VARIABLE).map_or_else(|| UBLOCK_ORIGIN.into(), PathBuf::from);
    folder.join("manifest.json").is_file().then_some(folder)
}

/// The folder into which AdGuard's filter lists are unpacked, whether they are there or not.
pub fn adguard_lists() -> PathBuf {
    root().join("target/lists/adguard")
}
