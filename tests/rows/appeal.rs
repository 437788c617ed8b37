//! Rows on the notice: what comes of each act in each scene, what it says after another look, and that `web/notice/` has words and pictures for all of it.

use soutien::appeal::{Act, Blocker, Scene, Step, after_look, at_hand, step};
use soutien::signal::Outcome::{Fails, Works};
use soutien::signal::{Name, Reading, Signal};
use soutien::verdict::{Cause, Kind, Verdict};
use soutien::wire::{Word, word};

/// Every scene, in the order of its variants.
const SCENES: [Scene; 5] = [Scene::Ask, Scene::Steps, Scene::Checking, Scene::Still, Scene::Reload];

/// What draws the notice.
const DRAW: &str = include_str!("../../web/notice/draw.js");

/// The steps and their pictures.
const STEPS: &str = include_str!("../../web/notice/steps.js");

/// The words that every other language has as well.
const ENGLISH: &str = include_str!("../../web/lang/en.json");

/// The verdict that these signals add up to.
fn verdict(signals: &[(Name, Reading)]) -> Verdict<'static> {
    let signals = signals.iter().map(|(name, reading)| Signal {
        name: *name,
        reading: *reading,
        ms: 0,
    });
    // A verdict refers to what a survey holds, which these are in place of.
    Verdict::weigh(signals.collect::<Vec<Signal>>().leak(), 0)
}

/// The blockers that the script knows: of each its name, and the names of its steps.
fn blockers() -> Vec<Vec<&'static str>> {
    let (_, rest) = STEPS
        .split_once("export const AT_HAND = {")
        .expect("web/notice/steps.js has the blockers");
    let (list, _) = rest.split_once("];\n\n").expect("the list of blockers ends");
    // What is between quotes is every other piece; numbers by which a blocker is found have none.
    let blockers = list.split('[').map(|blocker| blocker.split('"').skip(1).step_by(2).collect());
    blockers.filter(|blocker: &Vec<&str>| !blocker.is_empty()).collect()
}

const CONTEXT: Reading = Reading::Context;
const KEPT: Reading = Reading::Kept;

mod acting {
    use super::*;

    /// Expects the same of an act in every scene.
    #[track_caller]
    fn check(act: Act, if_closable: Step, if_not: Step) {
        for scene in SCENES {
            assert_eq!(step(scene, act, true), if_closable, "{act:?} in {scene:?}, closable");
            assert_eq!(step(scene, act, false), if_not, "{act:?} in {scene:?}, not closable");
        }
    }

    #[test]
    fn closing_closes_by_its_own_word_where_the_publisher_lets_it() {
        check(Act::Button, Step::Close(word("button")), Step::Stay);
        check(Act::Escape, Step::Close(word("esc")), Step::Stay);
        check(Act::Backdrop, Step::Close(word("backdrop")), Step::Stay);
    }

    #[test]
    fn a_refusal_is_heard_where_the_publisher_lets_the_notice_be_closed() {
        check(Act::Never, Step::Refuse, Step::Stay);
    }

    #[test]
    fn the_way_out_is_there_where_closing_is_not() {
        check(Act::Leave, Step::Leave, Step::Leave);
        check(Act::Support, Step::Support, Step::Support);
        check(Act::Reload, Step::Reload, Step::Reload);
    }

    #[test]
    fn the_steps_and_the_way_back_are_there_in_every_scene() {
        check(Act::Steps, Step::Show(Scene::Steps, true), Step::Show(Scene::Steps, true));
        check(Act::Back, Step::Show(Scene::Ask, false), Step::Show(Scene::Ask, false));
    }

    #[test]
    fn what_another_tab_has_closed_goes_and_leaves_no_trace() {
        check(Act::Elsewhere, Step::Hide, Step::Hide);
        check(Act::Stored, Step::Recall, Step::Recall);
    }

    #[test]
    fn one_look_is_taken_at_a_time() {
        for (scene, is_closable) in SCENES.into_iter().flat_map(|scene| [(scene, true), (scene, false)]) {
            let expected = match scene {
                Scene::Checking => Step::Stay,
                _ => Step::Show(Scene::Checking, true),
            };
            assert_eq!(step(scene, Act::Recheck, is_closable), expected, "{scene:?}");
        }
    }

    #[test]
    fn nothing_the_reader_does_closes_what_cannot_be_closed() {
        for (scene, act) in SCENES.into_iter().flat_map(|scene| Act::ALL.map(|act| (scene, act))) {
            let step = step(scene, act, false);
            let closes = matches!(step, Step::Close(_) | Step::Refuse) || (step == Step::Hide && act != Act::Elsewhere);
            assert!(!closes, "{act:?} in {scene:?}: {step:?}");
        }
    }

    #[test]
    fn only_steps_towards_allowing_put_the_reader_on_the_way() {
        for (scene, act) in SCENES.into_iter().flat_map(|scene| Act::ALL.map(|act| (scene, act))) {
            if let Step::Show(shown, is_on_the_way) = step(scene, act, true) {
                assert_eq!(is_on_the_way, shown != Scene::Ask, "{act:?} in {scene:?}");
            }
        }
    }

    #[test]
    fn the_first_scene_asks() {
        assert_eq!(Scene::default(), Scene::Ask);
    }

    #[test]
    fn acts_stand_at_their_own_index() {
        for (index, act) in Act::ALL.into_iter().enumerate() {
            assert_eq!(act as usize, index, "{act:?}");
        }
    }
}

mod looking_again {
    use super::*;

    #[track_caller]
    fn check(signals: &[(Name, Reading)], kind: Kind, expected: Option<Scene>) {
        let verdict = verdict(signals);
        assert_eq!((verdict.kind, after_look(&verdict)), (kind, expected), "{signals:?}");
    }

    #[test]
    fn where_nothing_is_blocked_there_is_to_thank() {
        check(
            &[(Name::Script, Reading::Clear), (Name::Image, Reading::Clear)],
            Kind::Clear,
            None,
        );
    }

    #[test]
    fn where_a_request_is_refused_ads_are_still_blocked() {
        check(&[(Name::Script, Reading::Blocked)], Kind::Blocked, Some(Scene::Still));
        // Elements that are hidden as before change nothing about that.
        check(
            &[(Name::Class, KEPT), (Name::Script, Reading::Blocked)],
            Kind::Blocked,
            Some(Scene::Still),
        );
        check(
            &[(Name::Class, KEPT), (Name::Host, Reading::Blocked)],
            Kind::Blocked,
            Some(Scene::Still),
        );
    }

    #[test]
    fn where_only_elements_are_hidden_as_before_the_page_is_to_be_loaded_again() {
        for name in [Name::Class, Name::Id, Name::Link, Name::Styled] {
            check(
                &[(name, KEPT), (Name::Script, Reading::Clear), (Name::Image, Reading::Clear)],
                Kind::Unsure,
                Some(Scene::Reload),
            );
        }
        check(&[(Name::Class, KEPT)], Kind::Unsure, Some(Scene::Reload));
    }

    #[test]
    fn where_nothing_is_known_nobody_is_thanked() {
        check(&[], Kind::Unsure, Some(Scene::Still));
        let failed = Reading::TwinFailed;
        check(
            &[(Name::Script, failed), (Name::Image, failed)],
            Kind::Unsure,
            Some(Scene::Still),
        );
        check(
            &[(Name::Protected, CONTEXT), (Name::Host, Reading::Blocked)],
            Kind::Unsure,
            Some(Scene::Still),
        );
    }

    #[test]
    fn the_look_after_allowing_leads_from_the_survey_to_the_scene() {
        use soutien::verdict::{DEADLINE_MS, Survey};
        let look = |class, script| {
            let mut survey = Survey::new(true);
            for name in [Name::Script, Name::Image, Name::Fetch] {
                survey.see(name, script, Works, 5);
            }
            survey.see(Name::Class, class, Works, 5);
            after_look(&survey.verdict(DEADLINE_MS).expect("probing ends at the deadline"))
        };
        assert_eq!(look(Works, Works), None);
        assert_eq!(look(Fails, Works), Some(Scene::Reload));
        assert_eq!(look(Works, Fails), Some(Scene::Still));
        assert_eq!(look(Fails, Fails), Some(Scene::Still));
    }
}

mod steps_at_hand {
    use super::*;

    #[track_caller]
    fn check(signals: &[(Name, Reading)], cause: Cause, expected: Blocker) {
        let verdict = verdict(signals);
        assert_eq!((verdict.cause, at_hand(&verdict)), (cause, expected), "{signals:?}");
    }

    #[test]
    fn an_extension_is_guessed_by_the_browser() {
        let blocked = (Name::Script, Reading::Blocked);
        check(&[blocked], Cause::Extension, Blocker::Other);
        check(&[blocked, (Name::Firefox, CONTEXT)], Cause::Extension, Blocker::UblockOrigin);
        check(&[blocked, (Name::Opera, CONTEXT)], Cause::Extension, Blocker::Opera);
        check(&[blocked, (Name::SaveData, CONTEXT)], Cause::Extension, Blocker::Other);
    }

    #[test]
    fn brave_blocks_by_itself() {
        check(
            &[(Name::Script, Reading::Blocked), (Name::Brave, CONTEXT)],
            Cause::Browser,
            Blocker::Brave,
        );
        check(
            &[(Name::Host, Reading::Blocked), (Name::Brave, CONTEXT)],
            Cause::Browser,
            Blocker::Brave,
        );
    }

    #[test]
    fn what_the_network_blocks_no_browser_allows() {
        check(&[(Name::Host, Reading::Blocked)], Cause::Network, Blocker::Dns);
        check(
            &[(Name::Host, Reading::Blocked), (Name::Opera, CONTEXT)],
            Cause::Network,
            Blocker::Dns,
        );
    }

    #[test]
    fn a_page_that_shows_the_notice_itself_gets_steps_as_well() {
        let clear = (Name::Slot, Reading::Clear);
        check(&[clear], Cause::None, Blocker::Other);
        check(&[clear, (Name::Opera, CONTEXT)], Cause::None, Blocker::Opera);
        check(&[clear, (Name::Firefox, CONTEXT)], Cause::None, Blocker::UblockOrigin);
        // The steps for tracking protection are in the list as well, but not first.
        check(
            &[
                (Name::Host, Reading::Blocked),
                (Name::Firefox, CONTEXT),
                (Name::Protected, CONTEXT),
            ],
            Cause::TrackingProtection,
            Blocker::UblockOrigin,
        );
    }
}

mod script {
    use super::*;

    #[test]
    fn every_blocker_that_may_be_at_hand_has_steps() {
        for blocker in Blocker::ALL {
            let name = format!("{blocker:?}").to_lowercase();
            let known = blockers()
                .iter()
                .any(|steps| steps[0].to_lowercase().replace(' ', "") == name);
            assert!(known, "web/notice/steps.js has no {blocker:?}");
        }
    }

    #[test]
    fn every_step_of_every_blocker_has_words_and_a_picture() {
        let (_, rest) = STEPS
            .split_once("const PICTURES = {")
            .expect("web/notice/steps.js has the pictures");
        let (pictures, _) = rest.split_once("};").expect("the pictures end");
        let words: serde_json::Value = serde_json::from_str(ENGLISH).expect("the English words are JSON");
        for blocker in blockers() {
            for step in &blocker[1..] {
                assert!(
                    pictures.contains(&format!("\n  {step}:")),
                    "{step} of {}: no picture",
                    blocker[0]
                );
                assert!(
                    words[format!("step-{step}")].is_string(),
                    "{step} of {}: no words",
                    blocker[0]
                );
            }
        }
    }

    #[test]
    fn every_word_that_the_script_says_is_there() {
        let words: serde_json::Value = serde_json::from_str(ENGLISH).expect("the English words are JSON");
        let said = DRAW.split("say(\"").skip(1).chain(DRAW.split("button(\"").skip(1));
        let keys: Vec<&str> = said.filter_map(|rest| rest.split('"').next()).collect();
        assert!(keys.len() > 10, "{keys:?}");
        for key in keys {
            assert!(words[key].is_string(), "{key}");
        }
    }

    #[test]
    fn every_cause_for_asking_has_words() {
        let words: serde_json::Value = serde_json::from_str(ENGLISH).expect("the English words are JSON");
        for cause in [Cause::Extension, Cause::Network, Cause::Browser] {
            assert!(words[format!("seen-{}", Word::from(cause).as_str())].is_string(), "{cause:?}");
        }
    }
}
