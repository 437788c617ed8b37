//! Rows: how long is looked, and when a verdict is final.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use soutien::signal::Outcome::{Absent, Fails, Pending, Works};
use soutien::signal::{Family, Name, Reading};
use soutien::verdict::{Cause, DEADLINE_MS, Kind, NETWORK_MS, SETTLE_LOOKS, SETTLE_MS, Survey, next_look};

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
