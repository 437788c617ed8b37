//! What the edge sees, as outcomes: what the bits of a look mean, and the numbers of an answer.
//!
//! `web/edge/page.js` writes them; it knows these numbers as well.

use crate::signal::{Name, Outcome, Turn};

/// How many bait elements there are: one each for [`Name::Class`], [`Name::Id`] and [`Name::Link`], and those of [`Name::Styled`].
const N_BAITS: u32 = 6;

/// How many of the bait elements are those of [`Name::Styled`], which stand last.
const N_STYLED: u32 = 3;

// Where the groups of bits begin, the lowest first: whether each bait looks as its twin does; whether both are as we made them; the page's own
// slot; and what the ad tags have become, which is a number.
const OURS: u32 = N_BAITS;
const SLOT: u32 = 2 * N_BAITS;
const TAGS: u32 = SLOT + 4;

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
        match self.0 >> TAGS {
            1 => (Outcome::Works, Outcome::Works),
            2 => (Outcome::Fails, Outcome::Absent),
            3 => (Outcome::Absent, Outcome::Fails),
            _ => (Outcome::Absent, Outcome::Absent),
        }
    }

    /// Whether a stand-in of Firefox's tracking protection is where an ad tag should be.
    pub fn is_smart_block(self) -> bool {
        self.0 >> TAGS == 4
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

/// What the number of an answer means.
pub fn answer(number: u32) -> Outcome {
    match number {
        1 => Outcome::Works,
        2 => Outcome::Answered,
        3 => Outcome::Absent,
        4 => Outcome::Forbidden,
        5 => Outcome::Doubtful,
        _ => Outcome::Fails,
    }
}
