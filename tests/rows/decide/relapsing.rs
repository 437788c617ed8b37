//! Rows: a reader who allowed the site once and blocks it again.

use soutien::memory::Memory;
use soutien::policy::relapse;
use soutien::verdict::Kind;

use super::{DAY, NOW};

/// A reader who allowed the site then (0: never did), and of whom this is the verdict now.
#[track_caller]
fn check(allowed: u32, kind: Kind, expected: Option<u32>) {
    let memory = Memory {
        allowed,
        ..Memory::default()
    };
    assert_eq!(relapse(kind, &memory, NOW), expected, "{allowed} {kind:?}");
}

#[test]
fn a_reader_who_blocks_again_has_relapsed_within_a_day_or_a_week() {
    check(NOW, Kind::Blocked, Some(1));
    check(NOW - 1, Kind::Blocked, Some(1));
    check(NOW - DAY, Kind::Blocked, Some(1));
    check(NOW - DAY - 1, Kind::Blocked, Some(7));
    check(NOW - 7 * DAY, Kind::Blocked, Some(7));
    check(NOW - 7 * DAY - 1, Kind::Blocked, None);
    check(1, Kind::Blocked, None);
}

#[test]
fn a_reader_who_never_allowed_the_site_has_not_relapsed() {
    check(0, Kind::Blocked, None);
    // Nor has one whose clock stands at its beginning.
    assert_eq!(relapse(Kind::Blocked, &Memory::default(), 5), None);
}

#[test]
fn only_a_reader_who_blocks_has_relapsed() {
    for kind in [Kind::Clear, Kind::Unsure] {
        check(NOW - 1, kind, None);
        check(NOW - 2 * DAY, kind, None);
    }
}

#[test]
fn on_a_clock_set_back_no_time_has_passed() {
    check(NOW + 1, Kind::Blocked, Some(1));
    check(u32::MAX, Kind::Blocked, Some(1));
}
