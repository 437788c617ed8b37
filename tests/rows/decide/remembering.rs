//! Rows: what is remembered of a reader, and how it is read and written.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use soutien::config::Config;
use soutien::memory::{Memory, Room, revision};
use soutien::options::Policy;

use super::{DAY, LIFETIME, NOW};
use crate::common::{of_policy, with};

/// What is remembered of a closing or a refusal, by a publisher without a revision.
fn closing(closed_until: u32, quiet: u32) -> Memory {
    Memory {
        closed_until,
        quiet,
        ..Memory::default()
    }
}

/// A memory with each field in use.
const FULL: Memory = Memory {
    closed_until: 1_764_547_200,
    quiet: 604_800,
    revision: 7,
    views: 12,
    allowed: 1_764_000_000,
    draw: 100,
};

/// The text of a memory.
fn written(memory: &Memory, has_consent: bool) -> String {
    let mut room = [0; size_of::<Room>()];
    String::from_utf8(memory.write(has_consent, &mut room).to_vec()).expect("it is ASCII")
}

fn of_revision(revision: &str) -> Config<'static> {
    with(&Config::default(), "revision", revision)
}

fn any_memory() -> impl Strategy<Value = Memory> {
    // Zeros are left out of the text, so they have to be among the numbers.
    let number = || prop_oneof![Just(0), Just(1), Just(u32::MAX), any::<u32>()];
    let numbers = (number(), number(), number(), number(), number(), number());
    numbers.prop_map(|(closed_until, quiet, revision, views, allowed, draw)| Memory {
        closed_until,
        quiet,
        revision,
        views,
        allowed,
        draw,
    })
}

#[test]
fn what_is_written_is_short_and_says_its_version() {
    assert_eq!(written(&Memory::default(), true), "1");
    assert_eq!(
        written(&FULL, true),
        "1 closed-until=1764547200 quiet=604800 revision=7 views=12 allowed=1764000000 draw=100"
    );
    assert_eq!(written(&FULL, false), "1 closed-until=1764547200 quiet=604800 revision=7");
    let longest = Memory::read(
        "1 closed-until=4294967295 quiet=4294967295 revision=4294967295 views=4294967295 allowed=4294967295 draw=4294967295",
    );
    assert_eq!(longest.closed_until, u32::MAX);
    assert_eq!(Memory::read(&written(&longest, true)), longest);
}

#[test]
fn a_closing_in_another_tab_is_told_from_counters() {
    let check = |before: u32, now: u32, expected: bool| {
        let now = closing(now, 0);
        let now = Memory { views: 7, ..now };
        assert_eq!(closing(before, 0).is_closed_by(&now), expected, "{before}, then {now:?}");
    };
    check(0, 0, false);
    check(0, 1_000, true);
    check(1_000, 1_000, false);
    check(1_000, 2_000, true);
    // Whoever clears the site's data has closed nothing.
    check(1_000, 0, false);
}

#[test]
fn closing_again_keeps_the_notice_away_longer() {
    let config = Config::default();
    let first = Memory::default().after_closing(&config, 1_000);
    assert_eq!(first, closing(1_000 + 7 * DAY, 7 * DAY));
    let second = first.after_closing(&config, 2_000_000);
    assert_eq!(second, closing(2_000_000 + 30 * DAY, 30 * DAY));
    let third = second.after_closing(&config, 5_000_000);
    assert!(third.closed_until > 5_000_000 + LIFETIME);
    assert_eq!(third.after_closing(&config, u32::MAX).closed_until, u32::MAX);
}

#[test]
fn a_long_snooze_is_never_shortened_by_closing_again() {
    let config = with(&Config::default(), "snooze", "90d");
    let first = Memory::default().after_closing(&config, 0);
    assert!(first.after_closing(&config, 0).closed_until > first.closed_until);
}

#[test]
fn under_once_the_first_closing_is_for_good() {
    let config = of_policy(Policy::Once);
    for before in [Memory::default(), closing(NOW - DAY, 7 * DAY), closing(NOW - DAY, 30 * DAY)] {
        let after = before.after_closing(&config, NOW);
        assert!(after.closed_until > NOW + LIFETIME, "{before:?}");
        assert!(after.is_quiet(&config, NOW + LIFETIME) && !after.is_refused(), "{before:?}");
    }
}

#[test]
fn a_refusal_holds_for_good() {
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        let config = of_policy(policy);
        for before in [Memory::default(), closing(NOW - DAY, 7 * DAY), closing(NOW - DAY, 30 * DAY)] {
            let refused = before.after_refusal(&config);
            assert!(refused.is_refused(), "{before:?}");
            assert!(
                refused.is_quiet(&config, NOW + LIFETIME) && refused.is_quiet(&config, u32::MAX),
                "{before:?}"
            );
            assert_eq!(refused.closed_until, u32::MAX, "{before:?}");
        }
    }
}

#[test]
fn a_closing_takes_nothing_from_a_refusal() {
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        let before = of_policy(policy);
        let refused = Memory::default().after_refusal(&before);
        for config in [&before, &with(&before, "revision", 2)] {
            assert_eq!(refused.after_closing(config, NOW), refused, "{policy:?}");
        }
    }
}

#[test]
fn a_closing_is_no_refusal() {
    let config = Config::default();
    let mut memory = Memory::default();
    assert!(!memory.is_refused());
    for _ in 0..4 {
        memory = memory.after_closing(&config, NOW);
        assert!(!memory.is_refused(), "{memory:?}");
    }
}

#[test]
fn neither_closing_nor_refusing_touches_what_was_counted() {
    let config = Config::default();
    for after in [FULL.after_closing(&config, NOW), FULL.after_refusal(&config)] {
        assert_eq!(
            (after.views, after.allowed, after.draw),
            (FULL.views, FULL.allowed, FULL.draw)
        );
    }
}

#[test]
fn a_changed_revision_voids_a_closing_and_no_refusal() {
    #[track_caller]
    fn check(before: &str, after: &str, is_quiet: bool) {
        let (before, after) = (of_revision(before), of_revision(after));
        let closed = Memory::default().after_closing(&before, NOW);
        assert_eq!(closed.is_quiet(&after, NOW + DAY), is_quiet, "{closed:?}");
        assert!(Memory::default().after_refusal(&before).is_quiet(&after, NOW + DAY));
    }
    check("", "", true);
    check("2", "2", true);
    check("", "2", false);
    check("2", "", false);
    check("2", "3", false);
    check("2026-11", "2026-12", false);
}

#[test]
fn a_changed_revision_does_not_forget_how_often_the_notice_was_closed() {
    let closed = Memory::default().after_closing(&of_revision("1"), NOW);
    let again = closed.after_closing(&of_revision("2"), NOW);
    assert_eq!((again.quiet, again.revision), (30 * DAY, revision("2")));
}

#[test]
fn what_an_older_release_wrote_has_no_revision() {
    let old = Memory::read(&format!("1 closed-until={} quiet=604800", NOW + DAY));
    assert!(old.is_quiet(&Config::default(), NOW));
    assert!(!old.is_quiet(&of_revision("1"), NOW));
}

#[test]
fn a_revision_is_kept_as_the_same_number_by_every_release() {
    // Another number would ask everybody again. These are the test values of FNV-1a itself.
    assert_eq!(revision(""), 0);
    assert_eq!(revision("a"), 0xe40c_292c);
    assert_eq!(revision("foobar"), 0xbf9c_f968);
}

#[test]
fn a_clock_set_back_keeps_the_readers_no() {
    for policy in [Policy::Gentle, Policy::Once] {
        let config = of_policy(policy);
        let (closed, refused) = (
            Memory::default().after_closing(&config, NOW),
            Memory::default().after_refusal(&config),
        );
        for now in [NOW - 1, NOW - 400 * DAY, 0] {
            assert!(closed.is_quiet(&config, now), "{policy:?} at {now}");
            assert!(refused.is_quiet(&config, now) && refused.is_refused(), "{policy:?} at {now}");
        }
    }
}

#[test]
fn quiet_ends_with_its_last_second() {
    let memory = closing(NOW, DAY);
    assert!(memory.is_quiet(&Config::default(), NOW - 1));
    assert!(!memory.is_quiet(&Config::default(), NOW));
    assert!(!Memory::default().is_quiet(&Config::default(), 0));
}

#[test]
fn the_text_names_what_is_not_nothing() {
    #[track_caller]
    fn check(memory: Memory, has_consent: bool, expected: &str) {
        assert_eq!(written(&memory, has_consent), expected);
    }
    check(Memory::default(), true, "1");
    check(Memory::default(), false, "1");
    check(
        closing(1_764_547_200, 604_800),
        false,
        "1 closed-until=1764547200 quiet=604800",
    );
    check(
        closing(1_764_547_200, 604_800),
        true,
        "1 closed-until=1764547200 quiet=604800",
    );
    check(
        FULL,
        true,
        "1 closed-until=1764547200 quiet=604800 revision=7 views=12 allowed=1764000000 draw=100",
    );
    check(FULL, false, "1 closed-until=1764547200 quiet=604800 revision=7");
    let counted = Memory {
        views: 1,
        ..Memory::default()
    };
    check(counted, true, "1 views=1");
    check(counted, false, "1");
}

#[test]
fn a_text_of_this_version_is_read() {
    #[track_caller]
    fn check(text: &str, expected: Memory) {
        assert_eq!(Memory::read(text), expected, "{text}");
    }
    check("1 closed-until=1764547200 quiet=604800", closing(1_764_547_200, 604_800));
    check("1 closed-until=4294967295 quiet=0", closing(u32::MAX, 0));
    check("1 closed-until=99", closing(99, 0));
    check(
        "1 closed-until=1764547200 quiet=604800 revision=7 views=12 allowed=1764000000 draw=100",
        FULL,
    );
    check(
        "1 draw=100",
        Memory {
            draw: 100,
            ..Memory::default()
        },
    );
    check("1", Memory::default());
}

#[test]
fn anything_else_is_a_first_visit() {
    for text in [
        "",
        " ",
        "1 ",
        "{}",
        "null",
        "closed-until=99 quiet=1",
        "2 closed-until=99 quiet=1",
        "10 closed-until=99 quiet=1",
        "01 closed-until=99",
        " 1 closed-until=99",
        "1 closed-until",
        "1 closed-until=",
        "1 closed-until= quiet=",
        "1 closed-until=-1 quiet=1",
        "1 closed-until=+1 quiet=1",
        "1 closed-until=1.5 quiet=1",
        "1 closed-until=0x10 quiet=1",
        "1 closed-until=١ quiet=1",
        "1 CLOSED-UNTIL=99",
        "1  closed-until=99 quiet=1",
        "1 closed-until=99  quiet=1",
        "1 closed-until=99\tquiet=1",
        "1 closed-until=99,quiet=1",
        "1 closed-until=99 quiet=1\n",
        "1 closed-until=99 colour=1",
        "1 closed-until=99 x",
        "1 =99",
        "1 closed-until=18446744073709551616 quiet=1",
        "1 closed-until=99 quiet=99999999999999999999999999",
    ] {
        assert_eq!(Memory::read(text), Memory::default(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn what_was_written_with_consent_reads_back_the_same(memory in any_memory()) {
        prop_assert_eq!(Memory::read(&written(&memory, true)), memory);
    }

    #[test]
    fn what_needs_consent_is_never_written_without(memory in any_memory()) {
        let text = written(&memory, false);
        for name in ["views", "allowed", "draw"] {
            prop_assert!(!text.contains(name), "{}", text);
        }
        let free = Memory { views: 0, allowed: 0, draw: 0, ..memory };
        prop_assert_eq!(Memory::read(&text), free);
    }

    #[test]
    fn any_text_can_be_read(text in "\\PC*") {
        Memory::read(&text);
    }

    #[test]
    fn any_text_that_looks_like_ours_can_be_read(
        words in vec(select(&["1", " ", "closed-until=", "quiet=", "views=", "draw=", "99999999999", "0", "=", "é", "\0"][..]), 0..12),
    ) {
        let memory = Memory::read(&words.concat());
        prop_assert_eq!(Memory::read(&written(&memory, true)), memory);
        let memory = Memory::read(&format!("1 {}", words.concat()));
        prop_assert_eq!(Memory::read(&written(&memory, true)), memory);
    }

    #[test]
    fn a_closing_never_ends_sooner_than_the_one_before(snooze in 0..400 * DAY, later in 0..40 * DAY) {
        let config = with(&Config::default(), "snooze", format!("{snooze}s"));
        let first = Memory::default().after_closing(&config, NOW);
        let second = first.after_closing(&config, NOW + later);
        let third = second.after_closing(&config, NOW + 2 * later);
        prop_assert!(first.closed_until <= second.closed_until && second.closed_until <= third.closed_until);
    }

    #[test]
    fn a_revision_is_nothing_only_where_there_is_none(text in "\\PC+") {
        prop_assert!((1..=u32::MAX).contains(&revision(&text)));
    }
}
