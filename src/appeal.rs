//! The notice as a state machine: what it shows, and what comes of what the reader does with it.
//!
//! `web/notice/` draws the scenes.

use crate::signal::Name;
use crate::verdict::{Cause, Kind, Verdict};
use crate::wire::{Word, word};

/// What the notice shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scene {
    /// What was noticed, what ads pay for, what we ask, and the choices.
    #[default]
    Ask,
    /// How to allow the site in the reader's own blocker.
    Steps,
    /// The steps, while we look again.
    Checking,
    /// The steps, and that the ads still cannot be seen: they are blocked, or nothing is known.
    Still,
    /// That the page has to be loaded again.
    Reload,
}

impl Scene {
    /// Every scene, at the index of its number.
    pub const ALL: [Scene; 5] = [Scene::Ask, Scene::Steps, Scene::Checking, Scene::Still, Scene::Reload];
}

/// What the reader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Clicks the button that closes.
    Button,
    /// Presses Esc, or uses the like of it.
    Escape,
    /// Clicks beside the notice.
    Backdrop,
    /// Asks never to be asked again.
    Never,
    /// Wants to leave a page whose notice cannot be closed.
    Leave,
    /// Wants to know how to allow the site.
    Steps,
    /// Goes back to the choices.
    Back,
    /// Says that the site is allowed.
    Recheck,
    /// Has the page loaded again.
    Reload,
    /// Follows the link to another way of support.
    Support,
    /// Nothing: it is dealt with elsewhere, as by a wall of the page's own.
    Elsewhere,
    /// Something, in another tab, that changed what is remembered.
    Stored,
    /// Nothing, while the notice is open: it is time to look whether it still may be.
    LookAgain,
}

impl Act {
    /// Every act, at the index of its number.
    pub const ALL: [Act; 13] = [
        Act::Button,
        Act::Escape,
        Act::Backdrop,
        Act::Never,
        Act::Leave,
        Act::Steps,
        Act::Back,
        Act::Recheck,
        Act::Reload,
        Act::Support,
        Act::Elsewhere,
        Act::Stored,
        Act::LookAgain,
    ];
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stay,
    /// Show another scene. With true, the reader is on the way to allow the site: the next view may have to thank.
    Show(Scene, bool),
    /// Close the notice, by the word given, and remember that the reader did.
    Close(Word),
    /// Close the notice without remembering anything.
    Hide,
    /// Close the notice, and remember that the reader refuses.
    Refuse,
    /// Tell the page that the reader follows the link.
    Support,
    /// Take the reader away from the page.
    Leave,
    /// Load the page again.
    Reload,
    /// Close the notice where it was closed in another tab.
    Recall,
    /// Decide again whether to ask, and close the notice where not.
    Decide,
}

/// What comes of an act. `is_closable` is whether the publisher lets the notice be closed.
#[inline(always)]
pub fn step(scene: Scene, act: Act, is_closable: bool) -> Step {
    match act {
        Act::Leave => Step::Leave,
        Act::Support => Step::Support,
        Act::Elsewhere => Step::Hide,
        Act::Stored => Step::Recall,
        Act::LookAgain => Step::Decide,
        Act::Steps => Step::Show(Scene::Steps, true),
        Act::Back => Step::Show(Scene::Ask, false),
        // One look at a time.
        Act::Recheck if scene == Scene::Checking => Step::Stay,
        Act::Recheck => Step::Show(Scene::Checking, true),
        Act::Reload => Step::Reload,
        _ if !is_closable => Step::Stay,
        Act::Never => Step::Refuse,
        Act::Button => Step::Close(const { word("button") }),
        Act::Escape => Step::Close(const { word("esc") }),
        Act::Backdrop => Step::Close(const { word("backdrop") }),
    }
}

/// What the notice shows after another look; `None` where there is to thank.
pub fn after_look(verdict: &Verdict) -> Option<Scene> {
    match verdict.kind {
        Kind::Clear => None,
        Kind::Unsure if verdict.is_kept => Some(Scene::Reload),
        _ => Some(Scene::Still),
    }
}

/// A blocker whose steps may come first. There are more, whose steps any reader can choose; they are in `web/notice/steps.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// A name server or a proxy.
    Dns,
    /// Brave's own.
    Brave,
    /// Opera's own.
    Opera,
    /// The extension uBlock Origin.
    UblockOrigin,
    /// One that is not known.
    Other,
}

impl Blocker {
    /// Every blocker, at the index of its number.
    pub const ALL: [Blocker; 5] = [
        Blocker::Dns,
        Blocker::Brave,
        Blocker::Opera,
        Blocker::UblockOrigin,
        Blocker::Other,
    ];
}

/// The blocker whose steps come first. A page cannot see which extension it is; in Firefox it is uBlock Origin nearly always.
pub fn at_hand(verdict: &Verdict) -> Blocker {
    match verdict.cause {
        Cause::Network => Blocker::Dns,
        Cause::Browser => Blocker::Brave,
        _ if verdict.holds(Name::Opera) => Blocker::Opera,
        _ if verdict.holds(Name::Firefox) => Blocker::UblockOrigin,
        _ => Blocker::Other,
    }
}
