//! What a probe saw: one reading per bait, of one of five families of questions.
//!
//! A new signal is a new row of [`Name`], with its word and its family. What weighs is decided by family, in `verdict.rs`; what asks, in `browser/probes.rs`.

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

/// Makes the questions of rows: the name, its word in events, and its family.
macro_rules! questions {
    ($($(#[$about:meta])* $name:ident $word:literal, $family:ident;)*) => {
        /// Which question was asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Name {
            $($(#[$about])* $name),*
        }

        impl Name {
            /// How many questions there are.
            pub const COUNT: usize = Name::ALL.len();

            /// Every question, in the order in which events list them; each stands at the index of its variant.
            pub const ALL: [Name; [$($word),*].len()] = [$(Name::$name),*];

            /// The family that the question belongs to.
            pub const fn family(self) -> Family {
                match self {
                    $(Name::$name => Family::$family),*
                }
            }
        }

        /// The words of all names in events, in the same order, with a space behind each.
        macro_rules! words_of_names {
            () => {
                concat!($($word, " "),*)
            };
        }
        pub(crate) use words_of_names;
    };
}

questions! {
    /// A bait element whose classes are generic selectors of filter lists.
    Class "class", Element;
    /// A bait element whose id is a generic selector of filter lists.
    Id "id", Element;
    /// A bait link whose address is a generic selector of filter lists.
    Link "link", Element;
    /// Several bait elements that even a weak style sheet hides: most of them at once, because a page may style one itself.
    Styled "styled", Element;
    /// A bait script on the site's own origin.
    Script "script", Request;
    /// A bait image on the site's own origin.
    Image "image", Request;
    /// A bait file on the site's own origin that a script fetches.
    Fetch "fetch", Request;
    /// An ad slot that the page itself has.
    Slot "slot", Slot;
    /// The ad tags that the page itself has.
    Tag "tag", Slot;
    /// Whether what stands where an ad tag should be is the real one; blockers put stand-ins there.
    StandIn "stand-in", Slot;
    /// The ad hosts that the publisher names.
    Host "host", Host;
    /// The browser says that it is Brave.
    Brave "brave", Browser;
    /// The browser is Firefox, where nearly every blocker is uBlock Origin.
    Firefox "firefox", Browser;
    /// The browser is Opera, which has a blocker of its own.
    Opera "opera", Browser;
    /// A stand-in of Firefox's tracking protection is where an ad tag should be.
    SmartBlock "smart-block", Browser;
    /// The reader is a crawler, by its own word.
    Crawler "crawler", Browser;
    /// The browser says that it is offline.
    Offline "offline", Browser;
    /// The reader asks for little data.
    SaveData "save-data", Browser;
    /// The reader has refused advertising.
    Refused "consent-refused", Browser;
    /// The browser may have tracking protection of its own, which refuses ad hosts without any ad blocker: it is none of those that are known
    /// to have none. Edge, DuckDuckGo, Safari and Firefox are such browsers.
    Protected "protected", Browser;
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
