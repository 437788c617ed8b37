//! Rows on what is decided: from baits to readings, from readings to a verdict, from a verdict to whether we ask.
#![cfg(not(target_arch = "wasm32"))]

use soutien::config::{Config, Policy};
use soutien::memory::Memory;
use soutien::policy::{Decision, Reason, Visit, decide, is_later_view};
use soutien::signal::Outcome::{Absent, Fails, Pending, Works};
use soutien::signal::{Name, Outcome, Reading, Signal, Why, judge};
use soutien::verdict::{Cause, DEADLINE_MS, Kind, SETTLE_MS, Survey, Verdict};
use soutien::wire::VerdictDetail;

const DAY: u64 = 86_400;

mod judging {
    use super::*;

    #[test]
    fn a_bait_is_blocked_only_beside_a_twin_that_works() {
        let rows = [
            (Works, Works, Reading::Clear),
            (Works, Pending, Reading::Clear),
            (Fails, Works, Reading::Blocked),
            (Fails, Fails, Reading::Unknown(Why::TwinFailed)),
            (Fails, Absent, Reading::Unknown(Why::Absent)),
            (Fails, Pending, Reading::Unknown(Why::Late)),
            (Absent, Works, Reading::Unknown(Why::Absent)),
            (Pending, Works, Reading::Unknown(Why::Late)),
        ];
        for (bait, twin, expected) in rows {
            assert_eq!(judge(bait, twin), expected, "{bait:?} beside {twin:?}");
        }
    }
}

mod weighing {
    use super::*;

    const UNKNOWN: Reading = Reading::Unknown(Why::TwinFailed);

    /// Weighs readings given in the order of `Name::ALL`: class, id, script, slot.
    #[track_caller]
    fn check(readings: [Reading; 4], kind: Kind) {
        let cause = if kind == Kind::Blocked {
            Cause::Extension
        } else {
            Cause::None
        };
        let signals: Vec<Signal> = Name::ALL
            .into_iter()
            .zip(readings)
            .map(|(name, reading)| Signal { name, reading, ms: 7 })
            .collect();
        for signals in [signals.clone(), signals.iter().rev().copied().collect()] {
            let verdict = Verdict::weigh(signals, 400);
            assert_eq!(
                (verdict.kind, verdict.cause, verdict.ms, verdict.signals.len()),
                (kind, cause, 400, 4),
                "{readings:?}"
            );
        }
    }

    #[test]
    fn one_bait_of_ours_suffices() {
        check([Reading::Blocked, Reading::Clear, Reading::Clear, UNKNOWN], Kind::Blocked);
        check([Reading::Clear, Reading::Blocked, Reading::Clear, UNKNOWN], Kind::Blocked);
        check([Reading::Clear, Reading::Clear, Reading::Blocked, UNKNOWN], Kind::Blocked);
    }

    #[test]
    fn a_hidden_slot_of_the_pages_own_is_only_a_hint() {
        check(
            [Reading::Clear, Reading::Clear, Reading::Clear, Reading::Blocked],
            Kind::Unsure,
        );
        check([UNKNOWN, UNKNOWN, UNKNOWN, Reading::Blocked], Kind::Unsure);
    }

    #[test]
    fn clear_takes_clear_evidence() {
        check([Reading::Clear, Reading::Clear, Reading::Clear, UNKNOWN], Kind::Clear);
        check([UNKNOWN, UNKNOWN, Reading::Clear, UNKNOWN], Kind::Clear);
        check([Reading::Clear, UNKNOWN, UNKNOWN, UNKNOWN], Kind::Unsure);
    }

    #[test]
    fn all_unknown_is_unsure() {
        check([UNKNOWN; 4], Kind::Unsure);
        assert_eq!(Verdict::weigh(vec![], 0).kind, Kind::Unsure);
    }

    #[test]
    fn events_say_why_a_signal_is_unknown() {
        let signals = vec![Signal {
            name: Name::Script,
            reading: UNKNOWN,
            ms: 9,
        }];
        let detail = VerdictDetail::from(&Verdict::weigh(signals, 2_000));
        assert_eq!((detail.kind, detail.cause, detail.ms), ("unsure", "none", 2_000));
        let signal = detail.signals[0];
        assert_eq!(
            (signal.family, signal.name, signal.reading, signal.why, signal.ms),
            ("request", "script", "unknown", "twin-failed", 9)
        );
    }
}

mod surveying {
    use super::*;

    /// A survey in which everything works.
    fn all_works() -> Survey {
        let mut survey = Survey::default();
        for name in Name::ALL {
            survey.see(name, Works, Works, 10);
        }
        survey
    }

    #[track_caller]
    fn check(survey: &Survey, ms: u32, expected: Option<Kind>) {
        assert_eq!(survey.verdict(ms).map(|verdict| verdict.kind), expected, "at {ms} ms");
    }

    #[test]
    fn names_stand_at_their_own_index() {
        for (index, name) in Name::ALL.into_iter().enumerate() {
            assert_eq!(name as usize, index);
        }
    }

    #[test]
    fn blocked_evidence_ends_it_at_once() {
        let mut survey = Survey::default();
        survey.see(Name::Script, Fails, Pending, 3);
        check(&survey, 3, None);
        survey.see(Name::Script, Fails, Works, 5);
        check(&survey, 5, Some(Kind::Blocked));
        assert_eq!(survey.verdict(5).unwrap().signals[Name::Script as usize].ms, 5);
    }

    #[test]
    fn clear_waits_for_blockers_that_act_late() {
        let mut survey = all_works();
        check(&survey, SETTLE_MS - 1, None);
        check(&survey, SETTLE_MS, Some(Kind::Clear));
        survey.see(Name::Class, Fails, Works, SETTLE_MS - 1);
        check(&survey, SETTLE_MS - 1, Some(Kind::Blocked));
    }

    #[test]
    fn a_page_that_shows_again_counts_as_it_is_now() {
        let mut survey = all_works();
        survey.see(Name::Class, Fails, Fails, 20);
        survey.see(Name::Id, Fails, Fails, 20);
        survey.see(Name::Class, Works, Works, 250);
        survey.see(Name::Id, Works, Works, 250);
        check(&survey, SETTLE_MS, Some(Kind::Clear));
    }

    #[test]
    fn a_bait_shown_again_by_the_blocker_stays_blocked() {
        let mut survey = all_works();
        survey.see(Name::Class, Fails, Works, 20);
        survey.see(Name::Class, Works, Works, 40);
        check(&survey, 40, Some(Kind::Blocked));
    }

    #[test]
    fn what_is_open_is_waited_for_until_the_deadline() {
        let mut survey = all_works();
        survey.see(Name::Script, Pending, Pending, 0);
        check(&survey, DEADLINE_MS - 1, None);
        check(&survey, DEADLINE_MS, Some(Kind::Clear));
        check(&Survey::default(), DEADLINE_MS, Some(Kind::Unsure));
    }
}

mod asking {
    use super::*;

    const NOW: u64 = 1_800_000_000;
    const LATER: Visit = Visit {
        later: true,
        framed: false,
        now: NOW,
    };
    const FIRST: Visit = Visit { later: false, ..LATER };

    fn verdict(outcome: Outcome) -> Verdict {
        let mut survey = Survey::default();
        survey.see(Name::Script, outcome, Works, 0);
        survey.verdict(DEADLINE_MS).unwrap()
    }

    #[track_caller]
    fn check(policy: Policy, closed_until: u64, visit: Visit, expected: Decision) {
        let config = Config {
            policy,
            ..Config::default()
        };
        let memory = Memory {
            closed_until,
            quiet: DAY,
        };
        assert_eq!(
            decide(&config, &verdict(Fails), &memory, &visit),
            expected,
            "{policy:?} {closed_until} {visit:?}"
        );
    }

    #[test]
    fn gentle_asks_from_the_second_view_on_until_closed() {
        check(Policy::Gentle, 0, FIRST, Decision::Stay(Reason::FirstView));
        check(Policy::Gentle, 0, LATER, Decision::Ask);
        check(Policy::Gentle, NOW + 1, LATER, Decision::Stay(Reason::Closed));
        check(Policy::Gentle, NOW, LATER, Decision::Ask);
    }

    #[test]
    fn gentle_asks_at_once_where_the_publisher_wants_no_earlier_view() {
        let config = Config {
            after_views: 0,
            ..Config::default()
        };
        assert_eq!(decide(&config, &verdict(Fails), &Memory::default(), &FIRST), Decision::Ask);
    }

    #[test]
    fn always_asks_on_every_view() {
        check(Policy::Always, 0, FIRST, Decision::Ask);
        check(Policy::Always, NOW + DAY, FIRST, Decision::Ask);
    }

    #[test]
    fn a_frame_never_asks() {
        check(
            Policy::Always,
            0,
            Visit { framed: true, ..LATER },
            Decision::Stay(Reason::Framed),
        );
    }

    #[test]
    fn only_blocked_readers_are_asked() {
        for outcome in [Works, Absent, Pending] {
            let config = Config {
                policy: Policy::Always,
                ..Config::default()
            };
            let decision = decide(&config, &verdict(outcome), &Memory::default(), &LATER);
            assert_eq!(decision, Decision::Stay(Reason::NotBlocked), "{outcome:?}");
        }
    }

    #[test]
    fn a_later_view_comes_from_this_site() {
        let rows = [
            ("https://journal.example/article", true),
            ("https://journal.example", true),
            ("", false),
            ("https://search.example/", false),
            ("https://journal.example.evil/", false),
            ("http://journal.example/", false),
        ];
        for (referrer, expected) in rows {
            assert_eq!(is_later_view(referrer, "https://journal.example"), expected, "{referrer}");
        }
    }
}

mod remembering {
    use super::*;

    #[test]
    fn closing_again_keeps_the_notice_away_longer() {
        let config = Config::default();
        let first = Memory::default().after_closing(&config, 1_000);
        assert_eq!(
            first,
            Memory {
                closed_until: 1_000 + 7 * DAY,
                quiet: 7 * DAY
            }
        );
        let second = first.after_closing(&config, 2_000_000);
        assert_eq!(second.closed_until, 2_000_000 + 30 * DAY);
        let third = second.after_closing(&config, 5_000_000);
        assert!(third.closed_until > 5_000_000 + 50 * 365 * DAY);
        assert_eq!(third.after_closing(&config, u64::MAX).closed_until, u64::MAX);
    }

    #[test]
    fn a_long_snooze_is_never_shortened_by_closing_again() {
        let config = Config {
            snooze: 90 * DAY,
            ..Config::default()
        };
        let first = Memory::default().after_closing(&config, 0);
        assert!(first.after_closing(&config, 0).closed_until > first.closed_until);
    }

    #[test]
    fn what_was_written_is_read() {
        for memory in [
            Memory {
                closed_until: 1_764_547_200,
                quiet: 604_800,
            },
            Memory {
                closed_until: u64::MAX,
                quiet: 0,
            },
        ] {
            assert_eq!(Memory::read(&memory.write()), memory);
        }
        assert_eq!(
            Memory {
                closed_until: 1_764_547_200,
                quiet: 604_800
            }
            .write(),
            "1 closed-until=1764547200 quiet=604800"
        );
    }

    #[test]
    fn anything_else_is_a_first_visit() {
        for text in [
            "",
            "2 closed-until=1 quiet=1",
            "{}",
            "1 closed-until= quiet=",
            "1 closed-until=-1 quiet=1",
            "1 closed-until=99",
        ] {
            assert_eq!(Memory::read(text), Memory::default(), "{text}");
        }
        assert_eq!(
            Memory::read(&format!("1 closed-until={}0 quiet=1", u64::MAX)),
            Memory::default()
        );
    }
}
