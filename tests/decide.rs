//! Rows on what is decided: from baits to readings, from readings to a verdict, from a verdict to whether we ask.
#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use soutien::config::{Config, Policy};
use soutien::memory::Memory;
use soutien::policy::{Decision, Reason, Visit, decide, is_later_view};
use soutien::signal::Outcome::{Absent, Answered, Context, Fails, Pending, Works};
use soutien::signal::{Family, Name, Outcome, Reading, Signal, Turn, Why, follow, is_crawler, judge};
use soutien::verdict::{Cause, DEADLINE_MS, Kind, NETWORK_MS, SETTLE_LOOKS, SETTLE_MS, Survey, Verdict, next_look};
use soutien::wire::VerdictDetail;

const DAY: u64 = 86_400;

mod judging {
    use super::*;

    #[test]
    fn a_bait_is_blocked_only_beside_a_twin_that_works() {
        let all = [Pending, Absent, Works, Fails, Answered, Context];
        for (bait, twin) in all.iter().flat_map(|bait| all.map(|twin| (*bait, twin))) {
            let reading = judge(bait, twin);
            assert_eq!(
                reading == Reading::Blocked,
                (bait, twin) == (Fails, Works),
                "{bait:?} beside {twin:?}"
            );
            assert_eq!(reading == Reading::Clear, bait == Works, "{bait:?} beside {twin:?}");
        }
    }

    #[test]
    fn an_unknown_says_why() {
        let rows = [
            (Fails, Fails, Why::TwinFailed),
            (Fails, Answered, Why::TwinFailed),
            (Fails, Absent, Why::Absent),
            (Fails, Pending, Why::Late),
            (Absent, Works, Why::Absent),
            (Pending, Works, Why::Late),
            (Answered, Works, Why::Answered),
            (Context, Context, Why::Context),
        ];
        for (bait, twin, why) in rows {
            assert_eq!(judge(bait, twin), Reading::Unknown(why), "{bait:?} beside {twin:?}");
        }
    }

    /// Plays the turns of a request: bait, twin and the bait again answer so, and this is what is made of it.
    #[track_caller]
    fn check(answers: [Outcome; 3], n_asked: usize, expected: Reading) {
        let mut turn = Turn::Bait;
        for n in 1.. {
            let (bait, twin, next) = follow(turn, answers[turn as usize]);
            match next {
                Some(next) => {
                    assert_eq!(judge(bait, twin), Reading::Unknown(Why::Late), "still open");
                    turn = next;
                }
                None => {
                    assert_eq!((n, judge(bait, twin)), (n_asked, expected), "{answers:?}");
                    return;
                }
            }
        }
    }

    #[test]
    fn a_request_is_blocked_when_it_fails_twice_around_a_twin_that_loads() {
        check([Works, Pending, Pending], 1, Reading::Clear);
        check([Fails, Works, Fails], 3, Reading::Blocked);
        check([Fails, Works, Works], 3, Reading::Clear);
        check([Fails, Works, Answered], 3, Reading::Unknown(Why::Answered));
        check([Answered, Works, Answered], 3, Reading::Unknown(Why::Answered));
        check([Fails, Fails, Pending], 2, Reading::Unknown(Why::TwinFailed));
        check([Fails, Answered, Pending], 2, Reading::Unknown(Why::TwinFailed));
        check([Answered, Answered, Pending], 2, Reading::Unknown(Why::TwinFailed));
    }

    #[test]
    fn a_crawler_says_so_itself() {
        let rows = [
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                true,
            ),
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
                true,
            ),
            ("facebookexternalhit/1.1", true),
            ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", true),
            (
                "Mozilla/5.0 (Linux; Android 14) YandexSearch/25.1 Mobile Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
                false,
            ),
            ("Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36", false),
        ];
        for (user_agent, expected) in rows {
            assert_eq!(is_crawler(user_agent), expected, "{user_agent}");
        }
    }
}

mod weighing {
    use super::*;

    const UNKNOWN: Reading = Reading::Unknown(Why::TwinFailed);
    const CONTEXT: Reading = Reading::Unknown(Why::Context);

    fn signal(name: Name, reading: Reading) -> Signal {
        Signal { name, reading, ms: 7 }
    }

    /// Weighs the signals given, with all bait requests clear besides unless they are among them.
    #[track_caller]
    fn check(given: &[(Name, Reading)], kind: Kind, cause: Cause) {
        let requests = [Name::Script, Name::Image, Name::Fetch].map(|name| (name, Reading::Clear));
        let others = requests
            .iter()
            .filter(|(name, _)| !given.iter().any(|(there, _)| there == name));
        let signals: Vec<Signal> = given
            .iter()
            .chain(others)
            .map(|(name, reading)| signal(*name, *reading))
            .collect();
        let verdict = Verdict::weigh(signals, 400);
        assert_eq!((verdict.kind, verdict.cause), (kind, cause), "{given:?}");
    }

    #[test]
    fn one_bait_of_ours_suffices() {
        for name in [
            Name::Class,
            Name::Id,
            Name::Link,
            Name::Styled,
            Name::Script,
            Name::Image,
            Name::Fetch,
        ] {
            check(&[(name, Reading::Blocked)], Kind::Blocked, Cause::Extension);
        }
    }

    #[test]
    fn a_stand_in_for_the_pages_own_tag_is_an_extension() {
        check(&[(Name::StandIn, Reading::Blocked)], Kind::Blocked, Cause::Extension);
    }

    #[test]
    fn what_became_of_the_pages_own_slots_is_only_a_hint() {
        check(&[(Name::Slot, Reading::Blocked)], Kind::Unsure, Cause::None);
        check(
            &[(Name::Slot, Reading::Blocked), (Name::Tag, Reading::Blocked)],
            Kind::Unsure,
            Cause::None,
        );
    }

    #[test]
    fn without_consent_missing_ads_are_no_hint() {
        check(
            &[
                (Name::Refused, CONTEXT),
                (Name::Slot, Reading::Blocked),
                (Name::Tag, Reading::Blocked),
            ],
            Kind::Clear,
            Cause::None,
        );
        check(
            &[(Name::Refused, CONTEXT), (Name::Script, Reading::Blocked)],
            Kind::Blocked,
            Cause::Extension,
        );
    }

    #[test]
    fn ad_hosts_that_alone_fail_are_the_networks_doing() {
        check(&[(Name::Host, Reading::Blocked)], Kind::Blocked, Cause::Network);
        check(
            &[(Name::Host, Reading::Blocked), (Name::Tag, Reading::Blocked)],
            Kind::Blocked,
            Cause::Network,
        );
        check(
            &[(Name::Host, Reading::Blocked), (Name::Id, Reading::Blocked)],
            Kind::Blocked,
            Cause::Extension,
        );
    }

    #[test]
    fn the_browser_is_the_cause_where_it_is_brave() {
        check(
            &[(Name::Brave, CONTEXT), (Name::Host, Reading::Blocked)],
            Kind::Blocked,
            Cause::Browser,
        );
        check(
            &[(Name::Brave, CONTEXT), (Name::Script, Reading::Blocked)],
            Kind::Blocked,
            Cause::Browser,
        );
        check(&[(Name::Brave, CONTEXT)], Kind::Clear, Cause::None);
    }

    #[test]
    fn tracking_protection_accuses_nobody() {
        check(
            &[(Name::Firefox, CONTEXT), (Name::Host, Reading::Blocked)],
            Kind::Unsure,
            Cause::TrackingProtection,
        );
        check(
            &[(Name::Firefox, CONTEXT), (Name::SmartBlock, CONTEXT)],
            Kind::Unsure,
            Cause::TrackingProtection,
        );
        check(
            &[
                (Name::Firefox, CONTEXT),
                (Name::Host, Reading::Blocked),
                (Name::Id, Reading::Blocked),
            ],
            Kind::Blocked,
            Cause::Extension,
        );
        check(&[(Name::Firefox, CONTEXT)], Kind::Clear, Cause::None);
    }

    #[test]
    fn clear_takes_requests_that_got_through() {
        check(&[], Kind::Clear, Cause::None);
        check(&[(Name::Image, UNKNOWN)], Kind::Clear, Cause::None);
        let elements = [Name::Class, Name::Id, Name::Link, Name::Styled].map(|name| (name, Reading::Clear));
        let no_requests = [Name::Script, Name::Image, Name::Fetch].map(|name| (name, UNKNOWN));
        check(&[elements.as_slice(), &no_requests].concat(), Kind::Unsure, Cause::None);
        check(
            &[&no_requests[..], &[(Name::Slot, Reading::Clear)]].concat(),
            Kind::Clear,
            Cause::None,
        );
        check(
            &[&no_requests[..], &[(Name::Host, Reading::Clear)]].concat(),
            Kind::Clear,
            Cause::None,
        );
    }

    #[test]
    fn the_browser_alone_is_never_evidence() {
        let browser = Name::ALL.into_iter().filter(|name| name.family() == Family::Browser);
        let signals = browser
            .filter(|name| *name != Name::SmartBlock)
            .map(|name| signal(name, CONTEXT))
            .collect();
        assert_eq!(Verdict::weigh(signals, 0).kind, Kind::Unsure);
        assert_eq!(Verdict::weigh(vec![], 0).kind, Kind::Unsure);
    }

    #[test]
    fn events_say_why_a_signal_is_unknown() {
        let detail = VerdictDetail::from(&Verdict::weigh(vec![signal(Name::Script, UNKNOWN)], 2_000));
        assert_eq!((detail.kind, detail.cause, detail.ms), ("unsure", "none", 2_000));
        let signal = detail.signals[0];
        assert_eq!(
            (signal.family, signal.name, signal.reading, signal.why, signal.ms),
            ("request", "script", "unknown", "twin-failed", 7)
        );
    }

    fn readings() -> impl Strategy<Value = Vec<Signal>> {
        let reading = prop_oneof![
            Just(Reading::Clear),
            Just(Reading::Blocked),
            Just(Reading::Unknown(Why::TwinFailed)),
            Just(Reading::Unknown(Why::Late)),
            Just(Reading::Unknown(Why::Absent)),
        ];
        let signal = (select(&Name::ALL[..]), reading, 0..3_000u32).prop_map(|(name, reading, ms)| Signal { name, reading, ms });
        vec(signal, 0..20)
    }

    proptest! {
        #[test]
        fn a_clear_reading_never_turns_clear_into_blocked(signals in readings(), name in select(&Name::ALL[..])) {
            let before = Verdict::weigh(signals.clone(), 0);
            let mut more = signals;
            more.push(signal(name, Reading::Clear));
            let after = Verdict::weigh(more, 0);
            prop_assert!(before.is_blocked() || !after.is_blocked());
        }

        #[test]
        fn all_unknown_is_unsure(signals in readings()) {
            let unknown = signals.into_iter().filter(|signal| matches!(signal.reading, Reading::Unknown(_))).collect();
            prop_assert_eq!(Verdict::weigh(unknown, 0).kind, Kind::Unsure);
        }

        #[test]
        fn the_order_of_signals_does_not_matter(signals in readings(), shuffled in Just(()).prop_perturb(|(), rng| rng)) {
            let mut other = signals.clone();
            let mut rng = shuffled;
            for index in (1..other.len()).rev() {
                other.swap(index, rng.random_range(0..=index));
            }
            let (one, two) = (Verdict::weigh(signals, 0), Verdict::weigh(other, 0));
            prop_assert_eq!((one.kind, one.cause), (two.kind, two.cause));
        }

        #[test]
        fn a_twin_that_fails_never_counts(signals in readings(), name in select(&Name::ALL[..])) {
            let before = Verdict::weigh(signals.clone(), 0);
            let mut more = signals;
            if !more.iter().any(|signal| signal.name == name) && name.family() != Family::Browser {
                more.push(signal(name, judge(Fails, Fails)));
            }
            let after = Verdict::weigh(more, 0);
            prop_assert_eq!((before.kind, before.cause), (after.kind, after.cause));
        }
    }
}

mod surveying {
    use super::*;

    /// A survey in which everything works.
    fn all_works() -> Survey {
        let mut survey = Survey::default();
        for name in Name::ALL {
            if name.family() != Family::Browser {
                survey.see(name, Works, Works, 10);
            }
        }
        for _ in 0..SETTLE_LOOKS {
            survey.looked();
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
    fn looks_are_frequent_at_first_and_come_when_time_decides() {
        let mut times = vec![0];
        while *times.last().unwrap() < DEADLINE_MS {
            let ms = times.last().unwrap();
            times.push(ms + next_look(*ms));
        }
        assert!(times[1..4].iter().all(|ms| *ms < 200), "{times:?}");
        assert!(times.contains(&SETTLE_MS) && times.last() == Some(&DEADLINE_MS), "{times:?}");
        assert!((SETTLE_LOOKS as usize..16).contains(&times.len()), "{times:?}");
        assert_eq!(next_look(u32::MAX), 1);
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
    fn the_network_is_the_cause_only_when_the_page_itself_has_been_asked() {
        let mut survey = all_works();
        survey.see(Name::Host, Fails, Works, 20);
        check(&survey, 20, None);
        check(&survey, NETWORK_MS, Some(Kind::Blocked));
        // A request is still on its way, and may show an extension.
        survey.see(Name::Script, Pending, Works, 30);
        check(&survey, NETWORK_MS, None);
        survey.see(Name::Script, Fails, Works, NETWORK_MS + 10);
        let verdict = survey.verdict(NETWORK_MS + 10).expect("blocked evidence suffices");
        assert_eq!((verdict.kind, verdict.cause), (Kind::Blocked, Cause::Extension));
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
    fn clear_waits_for_machines_that_are_slow() {
        let mut survey = Survey::default();
        for name in Name::ALL.into_iter().filter(|name| name.family() != Family::Browser) {
            survey.see(name, Works, Works, 10);
        }
        survey.looked();
        check(&survey, DEADLINE_MS - 1, None);
        check(&survey, DEADLINE_MS, Some(Kind::Clear));
    }

    #[test]
    fn a_page_that_shows_again_counts_as_it_is_now() {
        let mut survey = all_works();
        survey.see(Name::Class, Fails, Fails, 20);
        survey.see(Name::Slot, Fails, Works, 20);
        check(&survey, SETTLE_MS, Some(Kind::Unsure));
        survey.see(Name::Class, Works, Works, 250);
        survey.see(Name::Slot, Works, Works, 250);
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
        survey.see(Name::Host, Pending, Pending, 0);
        check(&survey, DEADLINE_MS - 1, None);
        check(&survey, DEADLINE_MS, Some(Kind::Clear));
        check(&Survey::default(), DEADLINE_MS, Some(Kind::Unsure));
    }

    #[test]
    fn what_does_not_hold_of_the_browser_is_no_signal() {
        let mut survey = all_works();
        assert!(!survey.verdict(SETTLE_MS).unwrap().has(Name::Brave));
        survey.note(Name::Brave);
        let verdict = survey.verdict(SETTLE_MS).unwrap();
        assert!(verdict.has(Name::Brave) && !verdict.has(Name::Firefox));
        assert_eq!(verdict.kind, Kind::Clear);
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
    fn a_crawler_is_never_asked() {
        let mut survey = Survey::default();
        survey.see(Name::Script, Fails, Works, 0);
        survey.note(Name::Crawler);
        let config = Config {
            policy: Policy::Always,
            ..Config::default()
        };
        let decision = decide(&config, &survey.verdict(0).unwrap(), &Memory::default(), &LATER);
        assert_eq!(decision, Decision::Stay(Reason::Crawler));
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
