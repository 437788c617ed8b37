//! What a probe saw: one reading per bait, of one of five families of questions.
//!
//! A new signal is a new variant of [`Name`]; the compiler then asks for its family, its weights and its probe.

use crate::text::has_any;

/// A family of signals: what kind of question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Is a realistic bait element hidden while its twin shows?
    Element,
    /// Does a bait address on the site's own origin fail while its twin loads?
    Request,
    /// Are the page's own ad tags and slots alive?
    Slot,
    /// Does an ad host fail while a twin host answers? Asked only where the publisher names one.
    Host,
    /// What browser is this? Context for cause and words, never evidence by itself.
    Browser,
}

/// Which question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A bait element whose classes are generic selectors of filter lists.
    Class,
    /// A bait element whose id is a generic selector of filter lists.
    Id,
    /// A bait link whose address is a generic selector of filter lists.
    Link,
    /// Several bait elements that even a weak style sheet hides: most of them at once, because a page may style one itself.
    Styled,
    /// A bait script on the site's own origin.
    Script,
    /// A bait image on the site's own origin.
    Image,
    /// A bait file on the site's own origin that a script fetches.
    Fetch,
    /// An ad slot that the page itself has.
    Slot,
    /// The ad tags that the page itself has.
    Tag,
    /// Whether what stands where an ad tag should be is the real one; blockers put stand-ins there.
    StandIn,
    /// The ad hosts that the publisher names.
    Host,
    /// The browser says that it is Brave.
    Brave,
    /// The browser is Firefox, where nearly every blocker is uBlock Origin.
    Firefox,
    /// The browser is Opera, which has a blocker of its own.
    Opera,
    /// A stand-in of Firefox's tracking protection is where an ad tag should be.
    SmartBlock,
    /// The reader is a crawler, by its own word.
    Crawler,
    /// The browser says that it is offline.
    Offline,
    /// The reader asks for little data.
    SaveData,
    /// The reader has refused advertising.
    Refused,
    /// The browser may have tracking protection of its own, which refuses ad hosts without any ad blocker: it is none of those that are known
    /// to have none. Edge, DuckDuckGo, Safari and Firefox are such browsers.
    Protected,
}

impl Name {
    /// How many questions there are.
    pub const COUNT: usize = 20;

    /// Every question, in the order in which events list them; each stands at the index of its variant.
    pub const ALL: [Name; Name::COUNT] = [
        Name::Class,
        Name::Id,
        Name::Link,
        Name::Styled,
        Name::Script,
        Name::Image,
        Name::Fetch,
        Name::Slot,
        Name::Tag,
        Name::StandIn,
        Name::Host,
        Name::Brave,
        Name::Firefox,
        Name::Opera,
        Name::SmartBlock,
        Name::Crawler,
        Name::Offline,
        Name::SaveData,
        Name::Refused,
        Name::Protected,
    ];

    /// The family that the question belongs to.
    pub const fn family(self) -> Family {
        match self {
            Name::Class | Name::Id | Name::Link | Name::Styled => Family::Element,
            Name::Script | Name::Image | Name::Fetch => Family::Request,
            Name::Slot | Name::Tag | Name::StandIn => Family::Slot,
            Name::Host => Family::Host,
            Name::Brave
            | Name::Firefox
            | Name::Opera
            | Name::SmartBlock
            | Name::Crawler
            | Name::Offline
            | Name::SaveData
            | Name::Refused
            | Name::Protected => Family::Browser,
        }
    }
}

/// What became of a bait or of its twin, as the edge saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// There is no answer yet.
    #[default]
    Pending,
    /// There is nothing to look at: the page has no such slot, or the question was not to be asked.
    Absent,
    /// It shows, or it loaded.
    Works,
    /// It is hidden, or it failed, or something else came in its place.
    Fails,
    /// The server answered, with an error or a redirect.
    Answered,
    /// The page or its environment holds it up in a way that says nothing about blocking.
    Context,
    /// The page's own policy refuses it.
    Forbidden,
    /// It failed in a way that not only a blocker leads to: it is on another host than the page, or the page may be what refused it.
    Doubtful,
}

/// The answer to one question, which is clear, blocked, or unknown for one of the reasons below. "Unknown" is never "blocked".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The bait works as its twin does.
    Clear,
    /// The bait fails while its twin works.
    Blocked,
    /// Unknown: the twin failed as well, so the page or the network is the cause.
    TwinFailed,
    /// Unknown: there was nothing to ask.
    Absent,
    /// Unknown: the answer did not come before the deadline.
    Late,
    /// Unknown: the server refused the bait, or redirected it.
    Answered,
    /// Unknown: it is context, and no evidence.
    Context,
    /// Unknown: it is as it was before the reader allowed the site; blockers keep their styles and stand-ins until the page is loaded again.
    Kept,
    /// Unknown: the page's own policy refuses it.
    Policy,
    /// Unknown, and a hint: it fails while its twin works, but not only a blocker does that.
    Doubtful,
}

impl Reading {
    /// Whether nothing can be said.
    pub fn is_unknown(self) -> bool {
        !matches!(self, Reading::Clear | Reading::Blocked)
    }
}

/// One question, its answer, and when it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Which question was asked.
    pub name: Name,
    /// What the answer was.
    pub reading: Reading,
    /// When the reading last changed, in milliseconds since probing began.
    pub ms: u32,
}

impl Signal {
    /// Whether the page is told of it: of what there is to say of the browser only where it holds.
    pub fn is_told(&self) -> bool {
        self.name.family() != Family::Browser || self.reading == Reading::Context
    }
}

/// Compares a bait with its twin. A twin is only asked for when the bait fails, so a bait that works needs none.
pub fn judge(bait: Outcome, twin: Outcome) -> Reading {
    match (bait, twin) {
        (Outcome::Works, _) => Reading::Clear,
        (Outcome::Fails, Outcome::Works) => Reading::Blocked,
        (Outcome::Doubtful, Outcome::Works) => Reading::Doubtful,
        (Outcome::Forbidden, _) => Reading::Policy,
        (Outcome::Answered, _) => Reading::Answered,
        (Outcome::Absent, _) | (_, Outcome::Absent) => Reading::Absent,
        (Outcome::Context, _) | (_, Outcome::Context) => Reading::Context,
        (Outcome::Pending, _) | (_, Outcome::Pending) => Reading::Late,
        (Outcome::Fails | Outcome::Doubtful, _) => Reading::TwinFailed,
    }
}

/// The turns of a question that is asked by requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// First the bait.
    Bait,
    /// Where the bait fails, its twin.
    Twin,
    /// Where the twin works, the bait once more: the network may have failed for a moment, or the server may refuse the name.
    Again,
}

impl Turn {
    /// Every turn, at the index of its number.
    pub const ALL: [Turn; 3] = [Turn::Bait, Turn::Twin, Turn::Again];
}

/// What an answer means: bait and twin as far as they are known, and the turn to ask next, if any.
#[inline(always)]
pub fn follow(turn: Turn, outcome: Outcome) -> (Outcome, Outcome, Option<Turn>) {
    match (turn, outcome) {
        (Turn::Bait, Outcome::Works | Outcome::Absent | Outcome::Forbidden) => (outcome, Outcome::Pending, None),
        (Turn::Bait, _) => (Outcome::Pending, Outcome::Pending, Some(Turn::Twin)),
        (Turn::Twin, Outcome::Works) => (Outcome::Pending, outcome, Some(Turn::Again)),
        (Turn::Twin, _) => (Outcome::Fails, Outcome::Fails, None),
        (Turn::Again, _) => (outcome, Outcome::Works, None),
    }
}

/// Words of user agents that crawlers add to say what they are, with spaces between them. `navigator.webdriver` is none of them: whoever tests a
/// site has to see what readers see.
const CRAWLERS: &str = "bot/ Bot/ Google-InspectionTool facebookexternalhit Baiduspider Slurp";

/// Whether a user agent is that of a crawler.
pub fn is_crawler(user_agent: &str) -> bool {
    has_any(user_agent, CRAWLERS)
}
