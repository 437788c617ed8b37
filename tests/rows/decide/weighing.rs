//! Rows: from readings to a verdict.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use soutien::signal::Outcome::Fails;
use soutien::signal::{Family, Name, Reading, Signal, judge};
use soutien::verdict::{Cause, Kind, Verdict};
use soutien::wire::{SignalDetail, VerdictDetail, WORDS, Word, word};

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
