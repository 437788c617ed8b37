//! Properties of what is decided: they hold of every verdict, policy, memory and view.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use soutien::config::{Config, DAY};
use soutien::memory::{Memory, Room};
use soutien::options::Policy;
use soutien::policy::{Decision, Reason, Visit, decide, relapse};
use soutien::signal::Outcome::{self, Absent, Answered, Context, Fails, Pending, Works};
use soutien::signal::{Family, Name, Reading, Signal};
use soutien::verdict::{Cause, DEADLINE_MS, Kind, NETWORK_MS, SETTLE_MS, Survey, Verdict, next_look};

use crate::common::{of_policy, with};

const POLICIES: [Policy; 4] = [Policy::Gentle, Policy::Once, Policy::Always, Policy::Silent];

/// A number that has nothing special, or is at an end of what there is.
fn any_number() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1), 0..10_u32, 0..400 * DAY, any::<u32>(), Just(u32::MAX)]
}

fn any_config() -> impl Strategy<Value = Config<'static>> {
    let revision = select(&["", "1", "2026-11"][..]);
    (select(&POLICIES[..]), any_number(), any_number(), 0..=100_u32, revision).prop_map(
        |(policy, snooze, after_views, share, revision)| {
            let config = with(&of_policy(policy), "snooze", format!("{snooze}s"));
            let config = with(&config, "after-views", after_views);
            with(&with(&config, "share", share), "revision", revision)
        },
    )
}

/// What is remembered: anything, or what comes of closings and refusals by one of the configs.
fn any_memory() -> impl Strategy<Value = Memory> {
    let numbers = (any_number(), any_number(), any_number(), any_number(), any_number());
    let anything = (numbers, 0..=100_u32).prop_map(|((closed_until, quiet, revision, views, allowed), draw)| Memory {
        closed_until,
        quiet,
        revision,
        views,
        allowed,
        draw,
    });
    let answers = vec((any_config(), any_number(), any::<bool>()), 0..4);
    (anything, answers).prop_map(|(memory, answers)| {
        answers.into_iter().fold(memory, |memory, (config, now, is_refusal)| {
            if is_refusal {
                memory.after_refusal(&config)
            } else {
                memory.after_closing(&config, now)
            }
        })
    })
}

fn any_visit() -> impl Strategy<Value = Visit> {
    let facts = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (facts, 1..=100_u32, any_number()).prop_map(|((later, framed, exempt, crawler), draw, now)| Visit {
        is_later: later,
        is_framed: framed,
        is_exempt: exempt,
        is_crawler: crawler,
        draw,
        now,
    })
}

fn any_kind() -> impl Strategy<Value = Kind> {
    select(&[Kind::Blocked, Kind::Clear, Kind::Unsure][..])
}

fn any_signals() -> impl Strategy<Value = Vec<Signal>> {
    let reading = select(
        &[
            Reading::Clear,
            Reading::Blocked,
            Reading::TwinFailed,
            Reading::Kept,
            Reading::Context,
        ][..],
    );
    let signal = (select(&Name::ALL[..]), reading).prop_map(|(name, reading)| Signal { name, reading, ms: 0 });
    vec(signal, 0..12)
}

/// Nothing about the visit that keeps the notice away, whatever is remembered.
fn plain(now: u32) -> Visit {
    Visit {
        is_later: true,
        is_framed: false,
        is_exempt: false,
        is_crawler: false,
        draw: 1,
        now,
    }
}

fn asks(config: &Config, memory: &Memory, visit: &Visit) -> bool {
    decide(config, Kind::Blocked, memory, visit) == Decision::Ask
}

mod policies {
    use super::*;

    proptest! {
        #[test]
        fn nobody_is_asked_who_is_not_blocked(
            config in any_config(), kind in any_kind(), memory in any_memory(), visit in any_visit(),
        ) {
            let decision = decide(&config, kind, &memory, &visit);
            prop_assert!(kind == Kind::Blocked || decision == Decision::Stay(Reason::NotBlocked));
        }

        #[test]
        fn some_are_never_asked(config in any_config(), kind in any_kind(), memory in any_memory(), visit in any_visit()) {
            let is_spared = config.policy() == Policy::Silent || visit.is_framed || visit.is_exempt || visit.is_crawler;
            prop_assert!(!is_spared || decide(&config, kind, &memory, &visit) != Decision::Ask);
        }

        #[test]
        fn every_policy_obeys_a_refusal_whatever_it_is_called(
            config in any_config(), later in any_config(), kind in any_kind(), before in any_memory(), visit in any_visit(),
        ) {
            let memory = before.after_refusal(&config);
            prop_assert_ne!(decide(&later, kind, &memory, &visit), Decision::Ask);
        }

        #[test]
        fn a_closing_keeps_the_notice_away_for_the_snooze_at_least(
            config in any_config(), policy in select(&[Policy::Gentle, Policy::Once][..]), visit in any_visit(), age in any_number(),
        ) {
            let word = format!("{policy:?}").to_lowercase();
            let config = with(&with(&config, "policy", word), "snooze", format!("{}s", config.snooze().max(1)));
            let mut memory = Memory::default();
            for _ in 0..4 {
                memory = memory.after_closing(&config, visit.now.saturating_sub(age % config.snooze()));
                prop_assert!(visit.now == u32::MAX || !asks(&config, &memory, &visit));
            }
        }

        #[test]
        fn who_is_asked_now_would_be_asked_at_any_later_time(
            config in any_config(), memory in any_memory(), visit in any_visit(), later in any_number(),
        ) {
            let then = Visit { now: visit.now.saturating_add(later), ..visit };
            prop_assert!(!asks(&config, &memory, &visit) || asks(&config, &memory, &then));
        }

        #[test]
        fn whom_a_gentler_policy_asks_a_harsher_one_asks_as_well(
            config in any_config(), memory in any_memory(), visit in any_visit(),
        ) {
            let of = |word| asks(&with(&config, "policy", word), &memory, &visit);
            // They differ in what a closing leads to, and not in what comes of it.
            prop_assert_eq!(of("gentle"), of("once"));
            prop_assert!(!of("gentle") || of("always"));
        }

        #[test]
        fn who_is_asked_would_be_asked_by_a_larger_share(
            config in any_config(), memory in any_memory(), visit in any_visit(), share in 0..=100_u32,
        ) {
            let larger = with(&config, "share", config.share().max(share));
            prop_assert!(!asks(&config, &memory, &visit) || asks(&larger, &memory, &visit));
        }

        #[test]
        fn who_is_asked_would_be_asked_after_more_views(
            config in any_config(), memory in any_memory(), visit in any_visit(), more in any_number(),
        ) {
            // That views are counted at all may put the notice off, since fewer are wanted where they are not.
            prop_assume!(memory.views > 0);
            let after = Memory { views: memory.views.saturating_add(more), ..memory };
            prop_assert!(!asks(&config, &memory, &visit) || asks(&config, &after, &visit));
            let later = Visit { is_later: true, ..visit };
            prop_assert!(!asks(&config, &memory, &visit) || asks(&config, &memory, &later));
        }

        #[test]
        fn each_closing_keeps_the_notice_away_as_long_as_the_last_or_longer(
            config in any_config(), now in 0..u32::MAX / 2, gaps in vec(0..400 * DAY, 1..6),
        ) {
            let mut memory = Memory::default();
            let (mut now, mut quiet) = (now, 0);
            for gap in gaps {
                now = now.saturating_add(gap);
                memory = memory.after_closing(&config, now);
                prop_assert!(memory.quiet >= quiet);
                quiet = memory.quiet;
            }
        }

        #[test]
        fn a_reader_who_says_no_three_times_is_never_asked_again(
            config in any_config(), before in any_memory(), now in 0..u32::MAX / 2, later in 0..40 * 365 * DAY,
        ) {
            prop_assume!(config.policy() != Policy::Always);
            let close = |memory: Memory| memory.after_closing(&config, now);
            // A snooze of nothing is the publisher's wish to ask again at once; each such closing is the first.
            prop_assume!(config.snooze() > 0);
            let memory = close(close(close(before)));
            prop_assert!(!asks(&config, &memory, &plain(now.saturating_add(later).min(u32::MAX - 1))));
        }

        #[test]
        fn another_revision_forgets_closings_alone(config in any_config(), before in any_memory(), visit in any_visit()) {
            let closed = before.after_closing(&config, visit.now);
            let never = Memory { closed_until: 0, ..closed };
            let other = with(&config, "revision", "another");
            prop_assert_eq!(asks(&other, &closed, &visit), asks(&other, &never, &visit));
        }

        #[test]
        fn only_a_reader_who_allowed_the_site_relapses(kind in any_kind(), memory in any_memory(), now in any_number()) {
            let found = relapse(kind, &memory, now);
            prop_assert!(matches!(found, None | Some(1 | 7)));
            prop_assert!(found.is_none() || (kind == Kind::Blocked && memory.allowed > 0));
        }
    }
}

mod verdicts {
    use super::*;

    #[test]
    fn one_hint_never_takes_another_back() {
        let kept = Reading::Kept;
        let signals = [
            (Name::Class, kept),
            (Name::Tag, Reading::Blocked),
            (Name::Host, Reading::Clear),
        ];
        let signals = signals.map(|(name, reading)| Signal { name, reading, ms: 0 });
        assert_eq!(Verdict::weigh(&signals, 0).kind, Kind::Unsure);
    }

    proptest! {
        #[test]
        fn clear_takes_nothing_that_speaks_against_it(signals in any_signals()) {
            let verdict = Verdict::weigh(&signals, 0);
            let against = verdict.signals.iter().filter(|signal| match signal.reading {
                // Without consent, ads that are missing say nothing.
                Reading::Blocked => !verdict.holds(Name::Refused),
                reading => reading == Reading::Kept,
            });
            prop_assert!(verdict.kind != Kind::Clear || against.count() == 0);
        }
    }
}

mod memories {
    use super::*;

    /// What is stored of a memory.
    fn write(memory: &Memory, has_consent: bool) -> String {
        let mut room = [0; size_of::<Room>()];
        String::from_utf8(memory.write(has_consent, &mut room).to_vec()).expect("it is ASCII")
    }

    proptest! {
        #[test]
        fn consent_taken_back_leaves_what_would_be_written_without_it(memory in any_memory()) {
            let left = memory.without_consent();
            prop_assert_eq!(left, Memory::read(&write(&memory, false)));
            prop_assert_eq!(write(&left, true), write(&memory, false));
        }
    }
}

mod surveys {
    use super::*;

    const OUTCOMES: [Outcome; 6] = [Pending, Absent, Works, Fails, Answered, Context];

    /// What the edge may see: a name, what became of its bait and its twin, and when.
    type Seen = (Name, Outcome, Outcome, u32);

    fn any_sights() -> impl Strategy<Value = Vec<Seen>> {
        let names: Vec<Name> = Name::ALL
            .into_iter()
            .filter(|name| name.family() != Family::Browser)
            .collect();
        let outcome = || select(&OUTCOMES[..]);
        vec((select(names), outcome(), outcome(), 0..DEADLINE_MS), 0..24)
    }

    fn any_browser() -> impl Strategy<Value = Vec<Name>> {
        let names: Vec<Name> = Name::ALL
            .into_iter()
            .filter(|name| name.family() == Family::Browser)
            .collect();
        proptest::sample::subsequence(names, 0..=8)
    }

    fn survey(is_allowed: bool, browser: &[Name], sights: &[Seen]) -> Survey {
        let mut survey = Survey::new(is_allowed);
        for name in browser {
            survey.note(1 << (*name as u32 - Name::Brave as u32));
        }
        for (name, bait, twin, ms) in sights {
            survey.see(*name, *bait, *twin, *ms);
            survey.looked();
        }
        survey
    }

    proptest! {
        #[test]
        fn probing_ends_at_the_deadline_and_an_early_end_is_for_good(
            is_allowed in any::<bool>(), browser in any_browser(), sights in any_sights(), ms in any::<u32>(),
        ) {
            let survey = survey(is_allowed, &browser, &sights);
            let last = survey.verdict(ms.max(DEADLINE_MS));
            prop_assert!(last.is_some());
            if let (Some(early), Some(last)) = (survey.verdict(ms % DEADLINE_MS), last) {
                prop_assert_eq!((early.kind, early.cause, early.signals), (last.kind, last.cause, last.signals));
            }
        }

        #[test]
        fn without_a_bait_that_fails_beside_a_twin_that_works_nobody_is_accused(
            is_allowed in any::<bool>(), browser in any_browser(), sights in any_sights(),
        ) {
            let sights: Vec<Seen> = sights.into_iter().filter(|(_, bait, twin, _)| (*bait, *twin) != (Fails, Works)).collect();
            let survey = survey(is_allowed, &browser, &sights);
            let verdict = survey.verdict(DEADLINE_MS).expect("it ends there");
            prop_assert!(!verdict.is_blocked());
        }

        #[test]
        fn a_bait_that_was_blocked_stays_so_whatever_comes_later(
            browser in any_browser(), before in any_sights(), after in any_sights(),
            name in select(&[Name::Class, Name::Id, Name::Link, Name::Styled, Name::Script, Name::Image, Name::Fetch][..]),
        ) {
            let mut sights = before;
            sights.push((name, Fails, Works, 10));
            sights.extend(after);
            let survey = survey(false, &browser, &sights);
            let verdict = survey.verdict(10);
            prop_assert!(verdict.is_some_and(|verdict| verdict.is_blocked()));
        }

        #[test]
        fn blocked_has_a_cause_and_clear_has_none(is_allowed in any::<bool>(), browser in any_browser(), sights in any_sights()) {
            let survey = survey(is_allowed, &browser, &sights);
            let verdict = survey.verdict(DEADLINE_MS).expect("it ends there");
            let is_fitting = match verdict.kind {
                Kind::Blocked => matches!(verdict.cause, Cause::Extension | Cause::Network | Cause::Browser),
                Kind::Clear => verdict.cause == Cause::None,
                Kind::Unsure => matches!(verdict.cause, Cause::None | Cause::TrackingProtection),
            };
            prop_assert!(is_fitting, "{:?}", verdict);
        }

        #[test]
        fn however_late_a_timer_is_the_next_look_leaves_out_no_time_that_decides(ms in 0..DEADLINE_MS) {
            let next = ms + next_look(ms);
            prop_assert!(next > ms && next <= DEADLINE_MS);
            for decisive in [NETWORK_MS, SETTLE_MS] {
                prop_assert!(ms >= decisive || next <= decisive);
            }
        }

        #[test]
        fn looks_keep_their_distance_unless_time_decides(ms in prop_oneof![0..DEADLINE_MS, Just(NETWORK_MS), Just(SETTLE_MS)]) {
            let next = ms + next_look(ms);
            prop_assert!(next - ms >= 50 || [NETWORK_MS, SETTLE_MS, DEADLINE_MS].contains(&next));
        }
    }
}
