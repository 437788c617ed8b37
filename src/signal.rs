//! What a probe saw: one reading per bait, of one of the families of questions that we ask.
//!
//! A new signal is a new variant of [`Name`]; the compiler then asks for its family, its weight and its probe.

/// A family of signals: what kind of question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Is a realistic bait element hidden while its twin shows?
    Element,
    /// Does a bait URL on the site's own origin fail while its twin loads?
    Request,
    /// Are the page's own ad slots alive?
    Slot,
}

impl Family {
    /// The family's name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Element => "element",
            Family::Request => "request",
            Family::Slot => "slot",
        }
    }
}

/// Which question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A bait element whose classes are generic selectors of filter lists.
    Class,
    /// A bait element whose id is a generic selector of filter lists.
    Id,
    /// A bait script on the site's own origin.
    Script,
    /// An ad slot that the page itself has.
    Slot,
}

impl Name {
    /// Every signal, in the order in which events list them.
    pub const ALL: [Name; 4] = [Name::Class, Name::Id, Name::Script, Name::Slot];

    /// The family that the question belongs to.
    pub fn family(self) -> Family {
        match self {
            Name::Class | Name::Id => Family::Element,
            Name::Script => Family::Request,
            Name::Slot => Family::Slot,
        }
    }

    /// The signal's name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Name::Class => "class",
            Name::Id => "id",
            Name::Script => "script",
            Name::Slot => "slot",
        }
    }
}

/// What became of a bait or of its twin, as the edge saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no answer yet.
    Pending,
    /// There is nothing to look at: the page has no such slot, or the browser cannot ask.
    Absent,
    /// It shows, or it loaded.
    Works,
    /// It is hidden, or it failed.
    Fails,
}

/// Why a reading says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The twin failed as well: the page or the network is the cause.
    TwinFailed,
    /// There was nothing to ask.
    Absent,
    /// The answer did not come before the deadline.
    Late,
}

impl Why {
    /// The reason's name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::TwinFailed => "twin-failed",
            Why::Absent => "absent",
            Why::Late => "late",
        }
    }
}

/// The answer to one question. "Unknown" is never "blocked".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The bait works as its twin does.
    Clear,
    /// The bait fails while its twin works.
    Blocked,
    /// Nothing can be said, for the reason given.
    Unknown(Why),
}

impl Reading {
    /// The reading's name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Reading::Clear => "clear",
            Reading::Blocked => "blocked",
            Reading::Unknown(_) => "unknown",
        }
    }

    /// The reason's name in events; empty unless unknown.
    pub fn why(self) -> &'static str {
        match self {
            Reading::Unknown(why) => why.as_str(),
            Reading::Clear | Reading::Blocked => "",
        }
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

/// Compares a bait with its twin. A twin is only asked for when the bait fails, so a bait that works needs none.
pub fn judge(bait: Outcome, twin: Outcome) -> Reading {
    match (bait, twin) {
        (Outcome::Works, _) => Reading::Clear,
        (Outcome::Absent, _) | (Outcome::Fails, Outcome::Absent) => Reading::Unknown(Why::Absent),
        (Outcome::Fails, Outcome::Works) => Reading::Blocked,
        (Outcome::Fails, Outcome::Fails) => Reading::Unknown(Why::TwinFailed),
        (Outcome::Pending, _) | (Outcome::Fails, Outcome::Pending) => Reading::Unknown(Why::Late),
    }
}
