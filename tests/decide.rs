//! Rows on what is decided: from baits to readings, from readings to a verdict, from a verdict to whether we ask.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{of_policy, with};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use soutien::config::Config;
use soutien::memory::{Memory, Room, revision};
use soutien::options::Policy;
use soutien::policy::{Decision, Reason, Visit, decide, relapse};
use soutien::sight::{Sight, Token, answer};
use soutien::signal::Outcome::{Absent, Answered, Context, Doubtful, Fails, Forbidden, Pending, Works};
use soutien::signal::{Family, Name, Outcome, Reading, Signal, Turn, follow, is_crawler, judge};
use soutien::verdict::{Cause, DEADLINE_MS, Kind, NETWORK_MS, SETTLE_LOOKS, SETTLE_MS, Survey, Verdict, next_look};
use soutien::wire::{SignalDetail, VerdictDetail, WORDS, Word, word};

const DAY: u32 = 86_400;

const NOW: u32 = 1_800_000_000;

/// What is longer than this is for good.
const LIFETIME: u32 = 50 * 365 * DAY;

mod judging {
    use super::*;

    #[test]
    fn a_bait_is_blocked_only_beside_a_twin_that_works() {
        let all = [Pending, Absent, Works, Fails, Answered, Context, Forbidden, Doubtful];
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
            (Fails, Fails, Reading::TwinFailed),
            (Fails, Answered, Reading::TwinFailed),
            (Fails, Absent, Reading::Absent),
            (Fails, Pending, Reading::Late),
            (Absent, Works, Reading::Absent),
            (Pending, Works, Reading::Late),
            (Answered, Works, Reading::Answered),
            (Context, Context, Reading::Context),
            (Forbidden, Works, Reading::Policy),
            (Forbidden, Pending, Reading::Policy),
            (Doubtful, Works, Reading::Doubtful),
            (Doubtful, Fails, Reading::TwinFailed),
        ];
        for (bait, twin, why) in rows {
            assert_eq!(judge(bait, twin), why, "{bait:?} beside {twin:?}");
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
                    assert_eq!(judge(bait, twin), Reading::Late, "still open");
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
    fn what_must_not_be_asked_for_is_not_asked_again() {
        check([Absent, Pending, Pending], 1, Reading::Absent);
    }

    #[test]
    fn a_request_is_blocked_when_it_fails_twice_around_a_twin_that_loads() {
        check([Works, Pending, Pending], 1, Reading::Clear);
        check([Fails, Works, Fails], 3, Reading::Blocked);
        check([Fails, Works, Works], 3, Reading::Clear);
        check([Fails, Works, Answered], 3, Reading::Answered);
        check([Answered, Works, Answered], 3, Reading::Answered);
        check([Fails, Fails, Pending], 2, Reading::TwinFailed);
        check([Fails, Answered, Pending], 2, Reading::TwinFailed);
        check([Answered, Answered, Pending], 2, Reading::TwinFailed);
        check([Doubtful, Works, Doubtful], 3, Reading::Doubtful);
        check([Doubtful, Doubtful, Pending], 2, Reading::TwinFailed);
    }

    #[test]
    fn what_the_page_forbids_is_not_blocked() {
        check([Forbidden, Pending, Pending], 1, Reading::Policy);
        // The report of it came late.
        check([Fails, Works, Forbidden], 3, Reading::Policy);
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

/// What the bits of a look and the numbers of an answer mean.
mod seeing {
    use super::*;

    /// All six baits show as their twins do, and are as we made them.
    const ALL: u32 = 0o7777;

    const ELEMENTS: [Name; 4] = [Name::Class, Name::Id, Name::Link, Name::Styled];

    #[track_caller]
    fn check(bits: u32, expected: [Outcome; 4]) {
        assert_eq!(ELEMENTS.map(|name| Sight(bits).element(name)), expected, "{bits:o}");
    }

    #[test]
    fn a_bait_that_does_not_look_as_its_twin_does_is_hidden() {
        check(ALL, [Works; 4]);
        check(ALL & !1, [Fails, Works, Works, Works]);
        check(ALL & !2, [Works, Fails, Works, Works]);
        check(ALL & !4, [Works, Works, Fails, Works]);
        check(0o7700, [Fails; 4]);
    }

    #[test]
    fn of_the_styled_baits_all_have_to_be_hidden() {
        for shown in 1..8 {
            check(ALL & !0o70 | shown << 3, [Works; 4]);
        }
        check(ALL & !0o70, [Works, Works, Works, Fails]);
    }

    /// As ad managers do to whatever looks like an advertisement.
    #[test]
    fn a_bait_that_a_script_of_the_page_changed_says_nothing() {
        check(0, [Absent; 4]);
        check(0o7600, [Absent, Fails, Fails, Fails]);
        check(0o0077, [Absent; 4]);
        for changed in 1..8 {
            check(0o7700 & !(changed << 9), [Fails, Fails, Fails, Absent]);
        }
    }

    #[test]
    fn a_slot_is_hidden_where_it_is_gone_from_a_parent_that_is_there() {
        let rows = [
            (0b0000, (Absent, Fails)),
            (0b0001, (Fails, Fails)),
            (0b0101, (Fails, Works)),
            (0b0111, (Absent, Works)),
            (0b1111, (Works, Works)),
        ];
        for (bits, expected) in rows {
            assert_eq!(Sight(bits << 12).slot(), expected, "{bits:b}");
            assert_eq!(Sight(bits << 12 | ALL).slot(), expected, "{bits:b}");
        }
    }

    #[test]
    fn a_tag_is_alive_missing_or_a_stand_in() {
        let rows = [
            (Absent, Absent),
            (Works, Works),
            (Fails, Absent),
            (Absent, Fails),
            (Absent, Absent),
        ];
        for (number, expected) in (0..).zip(rows) {
            let sight = Sight(number << 16 | 0xffff);
            assert_eq!(sight.tags(), expected, "{number}");
            assert_eq!(sight.is_smart_block(), number == 4);
        }
    }

    #[test]
    fn an_answer_belongs_to_the_question_that_was_asked() {
        for name in [Name::Script, Name::Image, Name::Fetch, Name::Host] {
            for turn in [Turn::Bait, Turn::Twin, Turn::Again] {
                let token = Token::new(70_000, name, turn);
                assert_eq!((token.run(), token.name(), token.turn()), (70_000, name, turn));
            }
        }
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6].map(answer),
            [Fails, Works, Answered, Absent, Forbidden, Doubtful, Fails]
        );
    }
}

mod weighing {
    use super::*;

    const UNKNOWN: Reading = Reading::TwinFailed;
    const CONTEXT: Reading = Reading::Context;

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
        let signals = given
            .iter()
            .chain(others)
            .map(|(name, reading)| signal(*name, *reading))
            .collect::<Vec<Signal>>();
        let verdict = Verdict::weigh(&signals, 400);
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

    /// Edge, DuckDuckGo, Safari and Firefox refuse ad hosts without any ad blocker.
    #[test]
    fn tracking_protection_accuses_nobody() {
        let protected = (Name::Protected, CONTEXT);
        for host in [Reading::Blocked, Reading::Doubtful] {
            check(&[protected, (Name::Host, host)], Kind::Unsure, Cause::TrackingProtection);
        }
        check(
            &[protected, (Name::SmartBlock, CONTEXT)],
            Kind::Unsure,
            Cause::TrackingProtection,
        );
        check(
            &[protected, (Name::Host, Reading::Blocked), (Name::Id, Reading::Blocked)],
            Kind::Blocked,
            Cause::Extension,
        );
        check(&[protected], Kind::Clear, Cause::None);
        // Its shields are an ad blocker.
        check(
            &[protected, (Name::Brave, CONTEXT), (Name::Host, Reading::Blocked)],
            Kind::Blocked,
            Cause::Browser,
        );
    }

    #[test]
    fn what_may_have_another_cause_is_a_hint_and_no_evidence() {
        for name in [Name::Host, Name::Script, Name::Image, Name::Fetch] {
            check(&[(name, Reading::Doubtful)], Kind::Unsure, Cause::None);
            // What was never sent says nothing.
            check(&[(name, Reading::Policy)], Kind::Clear, Cause::None);
            check(
                &[(name, Reading::Doubtful), (Name::Id, Reading::Blocked)],
                Kind::Blocked,
                Cause::Extension,
            );
        }
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
            .collect::<Vec<Signal>>();
        assert_eq!(Verdict::weigh(&signals, 0).kind, Kind::Unsure);
        assert_eq!(Verdict::weigh(&[], 0).kind, Kind::Unsure);
    }

    #[test]
    fn opera_is_context_like_any_browser() {
        check(&[(Name::Opera, CONTEXT)], Kind::Clear, Cause::None);
        check(
            &[(Name::Opera, CONTEXT), (Name::Script, Reading::Blocked)],
            Kind::Blocked,
            Cause::Extension,
        );
        check(
            &[(Name::Opera, CONTEXT), (Name::Host, Reading::Blocked)],
            Kind::Blocked,
            Cause::Network,
        );
        let opera = (Name::Opera.family(), Word::from(Name::Opera).as_str());
        assert_eq!(opera, (Family::Browser, "opera"));
    }

    #[test]
    fn what_is_kept_hidden_speaks_against_clear_and_for_nothing() {
        let kept = Reading::Kept;
        check(&[(Name::Class, kept)], Kind::Unsure, Cause::None);
        check(
            &[(Name::Class, kept), (Name::Slot, Reading::Clear)],
            Kind::Unsure,
            Cause::None,
        );
        // Without consent, missing ads say nothing; an element that is hidden still does.
        check(&[(Name::Refused, CONTEXT), (Name::Class, kept)], Kind::Unsure, Cause::None);
        let all = [Name::Class, Name::Id, Name::Link, Name::Styled].map(|name| (name, kept));
        check(&all, Kind::Unsure, Cause::None);
        check(
            &[(Name::Class, kept), (Name::Script, Reading::Blocked)],
            Kind::Blocked,
            Cause::Extension,
        );
        check(
            &[(Name::Class, kept), (Name::Host, Reading::Blocked)],
            Kind::Blocked,
            Cause::Network,
        );
    }

    #[test]
    fn events_say_why_a_signal_is_unknown() {
        let kept = SignalDetail::from(&signal(Name::Id, Reading::Kept));
        assert_eq!((kept.reading.as_str(), kept.why.as_str()), ("unknown", "kept"));
        let detail = VerdictDetail::from(&Verdict::weigh(&[], 2_000));
        assert_eq!(
            (detail.kind.as_str(), detail.cause.as_str(), detail.ms),
            ("unsure", "none", 2_000)
        );
        let signal = SignalDetail::from(&signal(Name::Script, UNKNOWN));
        assert_eq!(
            [signal.family, signal.name, signal.reading, signal.why].map(Word::as_str),
            ["request", "script", "unknown", "twin-failed"]
        );
    }

    #[test]
    fn each_group_of_words_begins_where_it_is_said_to() {
        let words = |list: Vec<Word>| list.into_iter().map(Word::as_str).collect::<Vec<_>>().join(" ");
        let reading = |reading| SignalDetail::from(&signal(Name::Id, reading));
        assert_eq!(words(vec![Kind::Blocked.into(), Kind::Unsure.into()]), "blocked unsure");
        assert_eq!(words(vec![Cause::Extension.into(), Cause::None.into()]), "extension none");
        assert_eq!(reading(Reading::Clear).reading.as_str(), "clear");
        assert_eq!(reading(Reading::Blocked).reading.as_str(), "blocked");
        assert_eq!(reading(Reading::Clear).why.as_str(), "");
        assert_eq!(reading(Reading::TwinFailed).why.as_str(), "twin-failed");
        assert_eq!(words(vec![Family::Element.into(), Family::Browser.into()]), "element browser");
        assert_eq!(
            words(Name::ALL.map(Word::from).to_vec()),
            "class id link styled script image fetch slot tag stand-in host \
             brave firefox opera smart-block crawler offline save-data consent-refused protected"
        );
        assert!(WORDS.contains("protected show "), "a name is missing in {WORDS}");
        assert_eq!(word("page").as_str(), "page");
    }

    fn readings() -> impl Strategy<Value = Vec<Signal>> {
        let reading = prop_oneof![
            Just(Reading::Clear),
            Just(Reading::Blocked),
            Just(Reading::TwinFailed),
            Just(Reading::Late),
            Just(Reading::Absent),
            Just(Reading::Answered),
            Just(Reading::Context),
            Just(Reading::Kept),
            Just(Reading::Policy),
            Just(Reading::Doubtful),
        ];
        let signal = (select(&Name::ALL[..]), reading, 0..3_000u32).prop_map(|(name, reading, ms)| Signal { name, reading, ms });
        vec(signal, 0..Name::COUNT)
    }

    fn weigh(signals: &[Signal]) -> Verdict<'_> {
        Verdict::weigh(signals, 0)
    }

    proptest! {
        #[test]
        fn a_clear_reading_never_turns_clear_into_blocked(signals in readings(), name in select(&Name::ALL[..])) {
            let before = weigh(&signals);
            let mut more = signals.clone();
            more.push(signal(name, Reading::Clear));
            let after = weigh(&more);
            prop_assert!(before.is_blocked() || !after.is_blocked());
        }

        #[test]
        fn all_unknown_is_unsure(signals in readings()) {
            let unknown: Vec<Signal> = signals.into_iter().filter(|signal| signal.reading.is_unknown()).collect();
            prop_assert_eq!(weigh(&unknown).kind, Kind::Unsure);
        }

        #[test]
        fn the_order_of_signals_does_not_matter(signals in readings(), shuffled in Just(()).prop_perturb(|(), rng| rng)) {
            let mut other = signals.clone();
            let mut rng = shuffled;
            for index in (1..other.len()).rev() {
                other.swap(index, rng.random_range(0..=index));
            }
            let (one, two) = (weigh(&signals), weigh(&other));
            prop_assert_eq!((one.kind, one.cause), (two.kind, two.cause));
        }

        #[test]
        fn a_twin_that_fails_never_counts(signals in readings(), name in select(&Name::ALL[..])) {
            let before = weigh(&signals);
            let mut more = signals.clone();
            if !more.iter().any(|signal| signal.name == name) && name.family() != Family::Browser {
                more.push(signal(name, judge(Fails, Fails)));
            }
            let after = weigh(&more);
            prop_assert_eq!((before.kind, before.cause), (after.kind, after.cause));
        }
    }
}

mod surveying {
    use super::*;

    /// A survey in which everything works.
    fn all_works() -> Survey {
        let mut survey = Survey::new(false);
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
    fn looks_are_many_enough_before_time_decides_and_come_when_it_does() {
        let mut times = vec![next_look(0)];
        // Looks that do not come nearer to the deadline would have no end.
        while *times.last().unwrap() < DEADLINE_MS && times.len() < 100 {
            let ms = times.last().unwrap();
            times.push(ms + next_look(*ms));
        }
        assert!(times.contains(&NETWORK_MS) && times.contains(&SETTLE_MS), "{times:?}");
        assert_eq!(times.last(), Some(&DEADLINE_MS), "{times:?}");
        let n_until_settled = times.iter().filter(|ms| **ms <= SETTLE_MS).count();
        assert!((SETTLE_LOOKS as usize..10).contains(&n_until_settled), "{times:?}");
    }

    #[test]
    fn blocked_evidence_ends_it_at_once() {
        let mut survey = Survey::new(false);
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
        let mut survey = Survey::new(false);
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
        survey.await_hosts();
        check(&survey, DEADLINE_MS - 1, None);
        check(&survey, DEADLINE_MS, Some(Kind::Clear));
        check(&Survey::new(false), DEADLINE_MS, Some(Kind::Unsure));
    }

    #[test]
    fn what_does_not_hold_of_the_browser_is_no_signal() {
        let mut survey = all_works();
        assert!(!survey.verdict(SETTLE_MS).unwrap().holds(Name::Brave));
        survey.note(1);
        let verdict = survey.verdict(SETTLE_MS).unwrap();
        assert!(verdict.holds(Name::Brave) && !verdict.holds(Name::Firefox));
        let told = verdict
            .signals
            .iter()
            .filter(|signal| signal.is_told())
            .map(|signal| signal.name);
        let browser: Vec<Name> = told.filter(|name| name.family() == Family::Browser).collect();
        assert_eq!(browser, [Name::Brave]);
        assert_eq!(verdict.kind, Kind::Clear);
        let mut firefox = Survey::new(false);
        firefox.note(0b10);
        let verdict = firefox.verdict(DEADLINE_MS).unwrap();
        assert!(verdict.holds(Name::Firefox) && !verdict.holds(Name::Brave) && !verdict.holds(Name::Opera));
    }

    const ELEMENTS: [Name; 4] = [Name::Class, Name::Id, Name::Link, Name::Styled];

    /// The survey of a check after another, in which everything works but what is named.
    fn again(is_allowed: bool, fails: &[Name]) -> Survey {
        let mut survey = Survey::new(is_allowed);
        for name in Name::ALL.into_iter().filter(|name| name.family() != Family::Browser) {
            survey.see(name, if fails.contains(&name) { Fails } else { Works }, Works, 10);
        }
        for _ in 0..SETTLE_LOOKS {
            survey.looked();
        }
        survey
    }

    #[test]
    fn an_element_still_hidden_that_stays_so_is_kept_and_no_evidence() {
        for name in ELEMENTS {
            let survey = again(true, &[name]);
            // Nor does it end the probing: another look may see the element show.
            check(&survey, SETTLE_MS - 1, None);
            check(&survey, SETTLE_MS, Some(Kind::Unsure));
            let signal = survey.verdict(SETTLE_MS).unwrap().signals[name as usize];
            assert_eq!(signal.reading, Reading::Kept, "{name:?}");
        }
        check(&again(true, &ELEMENTS), DEADLINE_MS, Some(Kind::Unsure));
    }

    #[test]
    fn a_site_that_is_allowed_wholly_is_clear() {
        check(&again(true, &[]), SETTLE_MS - 1, None);
        check(&again(true, &[]), SETTLE_MS, Some(Kind::Clear));
    }

    #[test]
    fn a_request_refused_again_is_blocked_at_once() {
        for name in [Name::Script, Name::Image, Name::Fetch] {
            let mut survey = Survey::new(true);
            survey.see(Name::Class, Fails, Works, 3);
            check(&survey, 3, None);
            survey.see(name, Fails, Works, 5);
            check(&survey, 5, Some(Kind::Blocked));
            let verdict = survey.verdict(5).unwrap();
            assert_eq!(verdict.cause, Cause::Extension, "{name:?}");
            // What the elements say is put off all the same.
            let class = verdict.signals[Name::Class as usize].reading;
            assert_eq!(class, Reading::Kept, "{name:?}");
        }
    }

    #[test]
    fn unless_the_site_is_said_to_be_allowed_elements_count_as_ever() {
        for name in ELEMENTS {
            check(&again(false, &[name]), 10, Some(Kind::Blocked));
            let mut survey = Survey::new(false);
            survey.see(name, Fails, Works, 3);
            check(&survey, 3, Some(Kind::Blocked));
        }
    }

    #[test]
    fn hosts_count_after_a_refusal_as_ever() {
        let survey = again(true, &[Name::Host]);
        check(&survey, NETWORK_MS, Some(Kind::Blocked));
        assert_eq!(survey.verdict(NETWORK_MS).unwrap().cause, Cause::Network);
    }

    proptest! {
        #[test]
        fn elements_alone_never_accuse_after_a_refusal(
            seen in vec((select(&ELEMENTS[..]), select(&[Pending, Absent, Works, Fails][..]), 0..DEADLINE_MS), 0..20),
        ) {
            let mut survey = again(true, &[]);
            for (name, outcome, ms) in &seen {
                survey.see(*name, *outcome, Works, *ms);
            }
            let verdict = survey.verdict(DEADLINE_MS).expect("probing ends at the deadline");
            prop_assert!(!verdict.is_blocked());
            let was_hidden = seen.iter().any(|(_, outcome, _)| *outcome == Fails);
            prop_assert!(!was_hidden || verdict.kind == Kind::Unsure);
        }
    }
}

mod asking {
    use super::*;

    /// A first view of a reader to whom nothing applies that keeps the notice away.
    const FIRST: Visit = Visit {
        later: false,
        framed: false,
        exempt: false,
        crawler: false,
        draw: 1,
        now: NOW,
    };
    const LATER: Visit = Visit { later: true, ..FIRST };

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
            framed: true,
            exempt: true,
            crawler: true,
            draw: 51,
            ..FIRST
        };
        let [silent, gentle] = [Policy::Silent, Policy::Gentle].map(|policy| with(&of_policy(policy), "share", 50));
        let (clear, blocked) = (Kind::Clear, Kind::Blocked);
        let human = Visit {
            crawler: false,
            ..everything
        };
        let unframed = Visit { framed: false, ..human };
        let asked = Visit {
            exempt: false,
            ..unframed
        };
        let drawn = Visit { draw: 50, ..asked };
        let later = Visit { later: true, ..drawn };
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
        let framed = Visit { framed: true, ..LATER };
        for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
            check(&of_policy(policy), Memory::default(), framed, Decision::Stay(Reason::Framed));
        }
    }

    #[test]
    fn a_reader_who_is_exempt_is_never_asked() {
        let exempt = Visit { exempt: true, ..LATER };
        for policy in [Policy::Gentle, Policy::Once, Policy::Always] {
            check(&of_policy(policy), Memory::default(), exempt, Decision::Stay(Reason::Exempt));
        }
    }

    #[test]
    fn a_crawler_is_never_asked() {
        let crawler = Visit { crawler: true, ..LATER };
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
            check(&config, memory, Visit { later, ..FIRST }, expected);
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
}

mod relapsing {
    use super::*;

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
}

mod remembering {
    use super::*;

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
}
