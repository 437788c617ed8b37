//! Rows: from a verdict to whether the reader is asked.

use soutien::config::Config;
use soutien::memory::Memory;
use soutien::options::Policy;
use soutien::policy::{Decision, Reason, Visit, decide};
use soutien::verdict::Kind;

use super::{DAY, LIFETIME, NOW};
use crate::common::{of_policy, with};

/// A first view of a reader to whom nothing applies that keeps the notice away.
const FIRST: Visit = Visit {
    is_later: false,
    is_framed: false,
    is_exempt: false,
    is_crawler: false,
    draw: 1,
    now: NOW,
};
const LATER: Visit = Visit { is_later: true, ..FIRST };

/// What is remembered where the notice is kept away until then.
fn closed(closed_until: u32) -> Memory {
    Memory {
        closed_until,
        quiet: DAY,
        ..Memory::default()
    }
}

fn refused(config: &Config) -> Memory {
    Memory::default().after_refusal(config)
}

/// Decides about a reader who blocks ads.
#[track_caller]
fn check(config: &Config, memory: Memory, visit: Visit, expected: Decision) {
    let decision = decide(config, Kind::Blocked, &memory, &visit);
    assert_eq!(decision, expected, "{config:?} {memory:?} {visit:?}");
}

#[test]
fn of_several_reasons_the_first_is_given() {
    let everything = Visit {
        is_framed: true,
        is_exempt: true,
        is_crawler: true,
        draw: 51,
        ..FIRST
    };
    let [silent, gentle] = [Policy::Silent, Policy::Gentle].map(|policy| with(&of_policy(policy), "share", 50));
    let (clear, blocked) = (Kind::Clear, Kind::Blocked);
    let human = Visit {
        is_crawler: false,
        ..everything
    };
    let unframed = Visit {
        is_framed: false,
        ..human
    };
    let asked = Visit {
        is_exempt: false,
        ..unframed
    };
    let drawn = Visit { draw: 50, ..asked };
    let later = Visit { is_later: true, ..drawn };
    // From row to row, the reason of the row before is taken away, and nothing else.
    let rows = [
        (&silent, clear, refused(&silent), everything, Reason::NotBlocked),
        (&silent, blocked, refused(&silent), everything, Reason::Silent),
        (&gentle, blocked, refused(&gentle), everything, Reason::Crawler),
        (&gentle, blocked, refused(&gentle), human, Reason::Framed),
        (&gentle, blocked, refused(&gentle), unframed, Reason::Exempt),
        (&gentle, blocked, refused(&gentle), asked, Reason::Refused),
        (&gentle, blocked, closed(NOW + 1), asked, Reason::NotDrawn),
        (&gentle, blocked, closed(NOW + 1), drawn, Reason::Closed),
        (&gentle, blocked, closed(NOW), drawn, Reason::FirstView),
    ];
    for (config, kind, memory, visit, reason) in rows {
        let decision = decide(config, kind, &memory, &visit);
        assert_eq!(decision, Decision::Stay(reason), "{memory:?} {visit:?}");
    }
    assert_eq!(decide(&gentle, blocked, &closed(NOW), &later), Decision::Ask);
}

#[test]
fn gentle_asks_from_the_second_view_on_until_closed() {
    let config = of_policy(Policy::Gentle);
    check(&config, Memory::default(), FIRST, Decision::Stay(Reason::FirstView));
    check(&config, Memory::default(), LATER, Decision::Ask);
    check(&config, closed(NOW + 1), LATER, Decision::Stay(Reason::Closed));
    check(&config, closed(NOW), LATER, Decision::Ask);
}

#[test]
fn gentle_asks_at_once_where_the_publisher_wants_no_earlier_view() {
    let config = with(&Config::default(), "after-views", 0);
    check(&config, Memory::default(), FIRST, Decision::Ask);
    check(&config, closed(NOW + 1), FIRST, Decision::Stay(Reason::Closed));
}

#[test]
fn once_asks_as_gently_and_never_again_once_closed() {
    let config = of_policy(Policy::Once);
    check(&config, Memory::default(), FIRST, Decision::Stay(Reason::FirstView));
    check(&config, Memory::default(), LATER, Decision::Ask);
    let closed = Memory::default().after_closing(&config, NOW);
    let years_later = Visit {
        now: NOW + LIFETIME,
        ..LATER
    };
    check(&config, closed, LATER, Decision::Stay(Reason::Closed));
    check(&config, closed, years_later, Decision::Stay(Reason::Closed));
}

#[test]
fn silent_asks_nobody() {
    for visit in [FIRST, LATER] {
        check(
            &of_policy(Policy::Silent),
            Memory::default(),
            visit,
            Decision::Stay(Reason::Silent),
        );
    }
}

#[test]
fn always_asks_on_every_view_whatever_was_closed() {
    let config = of_policy(Policy::Always);
    let many = with(&config, "after-views", 9);
    for visit in [FIRST, LATER] {
        check(&config, Memory::default(), visit, Decision::Ask);
        check(&config, closed(NOW + DAY), visit, Decision::Ask);
        check(&config, closed(u32::MAX), visit, Decision::Ask);
        check(&many, Memory { views: 1, ..closed(0) }, visit, Decision::Ask);
    }
}

#[test]
fn every_policy_obeys_a_refusal() {
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        let config = of_policy(policy);
        check(&config, refused(&config), LATER, Decision::Stay(Reason::Refused));
    }
}

/// It was written to hold for six months then.
#[test]
fn a_refusal_of_long_ago_still_holds() {
    let old = Memory::read(&format!("1 closed-until={} quiet={}", NOW - 200 * DAY, 183 * DAY + 1));
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        check(&of_policy(policy), old, LATER, Decision::Stay(Reason::Refused));
    }
}

#[test]
fn a_notice_that_the_page_shows_itself_takes_no_refusal_back() {
    let config = of_policy(Policy::Always);
    let memory = refused(&config).after_closing(&config, NOW);
    check(&config, memory, LATER, Decision::Stay(Reason::Refused));
}

#[test]
fn a_long_snooze_is_no_refusal() {
    for days in [182, 183, 184] {
        let config = with(&of_policy(Policy::Always), "snooze", format!("{days}d"));
        check(&config, Memory::default().after_closing(&config, NOW), LATER, Decision::Ask);
    }
}

#[test]
fn another_revision_asks_those_again_who_closed_and_not_those_who_refused() {
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        let before = of_policy(policy);
        let after = with(&before, "revision", 2);
        for memory in [closed(NOW + DAY), Memory::default().after_closing(&before, NOW)] {
            check(&after, memory, LATER, Decision::Ask);
        }
        for config in [&before, &after] {
            check(config, refused(&before), LATER, Decision::Stay(Reason::Refused));
            check(config, refused(&after), LATER, Decision::Stay(Reason::Refused));
        }
    }
}

#[test]
fn a_frame_never_asks() {
    let framed = Visit {
        is_framed: true,
        ..LATER
    };
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        check(&of_policy(policy), Memory::default(), framed, Decision::Stay(Reason::Framed));
    }
}

#[test]
fn a_reader_who_is_exempt_is_never_asked() {
    let exempt = Visit {
        is_exempt: true,
        ..LATER
    };
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        check(&of_policy(policy), Memory::default(), exempt, Decision::Stay(Reason::Exempt));
    }
}

#[test]
fn a_crawler_is_never_asked() {
    let crawler = Visit {
        is_crawler: true,
        ..LATER
    };
    for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
        check(
            &of_policy(policy),
            Memory::default(),
            crawler,
            Decision::Stay(Reason::Crawler),
        );
    }
}

#[test]
fn only_blocked_readers_are_asked() {
    for kind in [Kind::Clear, Kind::Unsure] {
        let decision = decide(&of_policy(Policy::Always), kind, &Memory::default(), &LATER);
        assert_eq!(decision, Decision::Stay(Reason::NotBlocked), "{kind:?}");
    }
}

/// Decides by lots alone: the share, the lot of the view, the one that is kept (0: none is), and whether the reader is asked.
#[track_caller]
fn check_lots(share: u32, draw: u32, kept: u32, is_asked: bool) {
    let config = with(&of_policy(Policy::Always), "share", share);
    let memory = Memory {
        draw: kept,
        ..Memory::default()
    };
    let expected = if is_asked {
        Decision::Ask
    } else {
        Decision::Stay(Reason::NotDrawn)
    };
    check(&config, memory, Visit { draw, ..FIRST }, expected);
}

#[test]
fn the_share_is_how_many_of_a_hundred_lots_are_asked() {
    for share in 0..=100 {
        for draw in 1..=100 {
            check_lots(share, draw, 0, draw <= share);
        }
    }
}

#[test]
fn a_share_of_nothing_asks_nobody_and_a_whole_one_everybody() {
    for draw in [1, 50, 100] {
        check_lots(0, draw, 0, false);
        check_lots(0, draw, draw, false);
        check_lots(100, draw, 0, true);
        check_lots(100, draw, draw, true);
    }
}

#[test]
fn a_lot_that_is_kept_beats_that_of_the_view() {
    check_lots(50, 100, 50, true);
    check_lots(50, 1, 51, false);
    check_lots(1, 100, 1, true);
    check_lots(99, 1, 100, false);
}

/// Decides by views alone: how many have to come before, how many are counted with this one (0: they are not), whether the reader
/// came from this site, and whether the reader is asked.
#[track_caller]
fn check_views(after_views: u32, views: u32, later: bool, is_asked: bool) {
    let memory = Memory {
        views,
        ..Memory::default()
    };
    let expected = if is_asked {
        Decision::Ask
    } else {
        Decision::Stay(Reason::FirstView)
    };
    for policy in [Policy::Gentle, Policy::Once] {
        let config = with(&of_policy(policy), "after-views", after_views);
        check(
            &config,
            memory,
            Visit {
                is_later: later,
                ..FIRST
            },
            expected,
        );
    }
}

#[test]
fn views_that_are_counted_have_to_be_enough() {
    for later in [false, true] {
        check_views(3, 1, later, false);
        check_views(3, 2, later, false);
        check_views(3, 3, later, false);
        check_views(3, 4, later, true);
        check_views(3, u32::MAX, later, true);
        check_views(2, 2, later, false);
        check_views(2, 3, later, true);
        check_views(u32::MAX, 1_000, later, false);
    }
}

#[test]
fn without_consent_more_than_one_earlier_view_is_taken_as_one() {
    for after_views in [1, 2, 3, u32::MAX] {
        check_views(after_views, 0, false, false);
        check_views(after_views, 0, true, true);
    }
    check_views(0, 0, false, true);
    check_views(0, 0, true, true);
}

#[test]
fn one_earlier_view_shows_in_the_count_or_in_where_the_reader_came_from() {
    check_views(1, 1, false, false);
    check_views(1, 2, false, true);
    // Where storage is denied, the count begins anew with each view.
    check_views(1, 1, true, true);
    check_views(0, 1, false, true);
}
