//! What the edge sees, as outcomes: what the bits of a look mean, and the numbers of an answer.
//!
//! `web/edge/` writes them; the numbers are those of `abi.rs`.

use crate::signal::{Name, Outcome, Turn};

/// How many bait elements there are: one each for [`Name::Class`], [`Name::Id`] and [`Name::Link`], and those of [`Name::Styled`].
const N_BAITS: u32 = 6;

/// How many of the bait elements are those of [`Name::Styled`], which stand last.
const N_STYLED: u32 = 3;

// Where the groups of bits begin, the lowest first: whether each bait looks as its twin does; whether both are as we made them; the page's own
// slot; and what the ad tags have become, which is a number.
const OURS: u32 = N_BAITS;
/// Where the bits of the page's own slot begin.
pub const SLOT: u32 = 2 * N_BAITS;
/// Where the number of a [`Tags`] begins.
pub const TAGS: u32 = SLOT + 4;

/// One look at the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight(pub u32);

impl Sight {
    /// What became of the bait elements of a question of the family "element", beside a twin that works.
    ///
    /// A bait or twin that a script of the page took away, moved or changed says nothing. Of the styled baits all have to be hidden: a page may
    /// style one of these names itself, or two, but hardly three that have nothing in common.
    pub fn element(self, name: Name) -> Outcome {
        let (first, n_baits) = match name {
            Name::Class => (0, 1),
            Name::Id => (1, 1),
            Name::Link => (2, 1),
            _ => (N_BAITS - N_STYLED, N_STYLED),
        };
        let all = (1 << n_baits) - 1;
        if self.0 >> (OURS + first) & all != all {
            return Outcome::Absent;
        }
        if self.0 >> first & all == 0 {
            Outcome::Fails
        } else {
            Outcome::Works
        }
    }

    /// What became of the page's own slot, and of what it is in. One that is gone from a parent that is there was hidden. One that shows says
    /// something only when it was filled.
    pub fn slot(self) -> (Outcome, Outcome) {
        let is = |bit: u32| self.0 >> (SLOT + bit) & 1 == 1;
        let (is_there, is_rendered, is_parent_rendered, is_filled) = (is(0), is(1), is(2), is(3));
        let slot = match (is_there, is_rendered, is_filled) {
            (false, ..) | (true, true, false) => Outcome::Absent,
            (true, true, true) => Outcome::Works,
            (true, false, _) => Outcome::Fails,
        };
        (slot, if is_parent_rendered { Outcome::Works } else { Outcome::Fails })
    }

    /// What became of the page's own ad tags, and of what stands in their place.
    pub fn tags(self) -> (Outcome, Outcome) {
        const ALIVE: u32 = Tags::Alive as u32;
        const MISSING: u32 = Tags::Missing as u32;
        const STAND_IN: u32 = Tags::StandIn as u32;
        match self.0 >> TAGS {
            ALIVE => (Outcome::Works, Outcome::Works),
            MISSING => (Outcome::Fails, Outcome::Absent),
            STAND_IN => (Outcome::Absent, Outcome::Fails),
            _ => (Outcome::Absent, Outcome::Absent),
        }
    }

    /// Whether a stand-in of Firefox's tracking protection is where an ad tag should be.
    pub fn is_smart_block(self) -> bool {
        self.0 >> TAGS == Tags::SmartBlock as u32
    }
}

/// Which request an answer is to: the check's number, the question, and its turn, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub u32);

impl Token {
    /// The token of a question's turn in the check of this number.
    pub fn new(run: u32, name: Name, turn: Turn) -> Token {
        Token(run << 8 | (name as u32) << 2 | turn as u32)
    }

    /// The number of the check.
    pub fn run(self) -> u32 {
        self.0 >> 8
    }

    /// The question.
    pub fn name(self) -> Name {
        match self.0 >> 2 & 63 {
            SCRIPT => Name::Script,
            IMAGE => Name::Image,
            HOST => Name::Host,
            _ => Name::Fetch,
        }
    }

    /// Its turn.
    pub fn turn(self) -> Turn {
        match self.0 & 3 {
            0 => Turn::Bait,
            1 => Turn::Twin,
            _ => Turn::Again,
        }
    }
}

const SCRIPT: u32 = Name::Script as u32;
const IMAGE: u32 = Name::Image as u32;
const HOST: u32 = Name::Host as u32;

/// What an answer to a request can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing came, or something else in its place.
    Fails,
    /// What we asked for came.
    Works,
    /// The server answered, with an error or by leading elsewhere.
    Answered,
    /// It must not be asked for.
    Unasked,
    /// The page's own policy refuses it.
    Forbidden,
    /// It failed, but not only a blocker does that.
    Doubtful,
}

impl Answer {
    /// Every answer, at the index of its number.
    pub const ALL: [Answer; 6] = [
        Answer::Fails,
        Answer::Works,
        Answer::Answered,
        Answer::Unasked,
        Answer::Forbidden,
        Answer::Doubtful,
    ];
}

/// What the number of an [`Answer`] means. What is none of them is no answer.
pub fn answer(number: u32) -> Outcome {
    match Answer::ALL.get(number as usize) {
        Some(Answer::Works) => Outcome::Works,
        Some(Answer::Answered) => Outcome::Answered,
        Some(Answer::Unasked) => Outcome::Absent,
        Some(Answer::Forbidden) => Outcome::Forbidden,
        Some(Answer::Doubtful) => Outcome::Doubtful,
        Some(Answer::Fails) | None => Outcome::Fails,
    }
}

/// What the page's ad tags have become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// There is nothing to tell.
    Absent,
    /// They are alive.
    Alive,
    /// They are missing.
    Missing,
    /// A blocker's stand-in is in their place.
    StandIn,
    /// A stand-in of Firefox's tracking protection is.
    SmartBlock,
}

impl Tags {
    /// Every variant, at the index of its number.
    pub const ALL: [Tags; 5] = [Tags::Absent, Tags::Alive, Tags::Missing, Tags::StandIn, Tags::SmartBlock];
}

/// Where the lot begins in a number of [`Circumstances`].
pub const LOT: u32 = 3;

/// What holds of the view: three facts, and a lot from 1 to 100 that is drawn for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances(pub u32);

impl Circumstances {
    /// Whether the reader came from another page of the site.
    pub fn is_later(self) -> bool {
        self.0 & 1 > 0
    }

    /// Whether the page is a frame in another.
    pub fn is_framed(self) -> bool {
        self.0 & 2 > 0
    }

    /// Whether the reader is one whom the publisher does not ask.
    pub fn is_exempt(self) -> bool {
        self.0 & 4 > 0
    }

    /// The lot.
    pub fn lot(self) -> u32 {
        self.0 >> LOT
    }
}
