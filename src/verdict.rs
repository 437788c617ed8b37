//! From signals to a verdict: when to go on looking, and what it all means.
//!
//! This module never reads the clock; times come in as milliseconds since probing began.

use crate::signal::{Name, Outcome, Reading, Signal, Why, judge};

/// How long blockers may take to hide a bait before "it shows" counts, in milliseconds. uBlock Origin and uBO Lite were
/// measured to hide baits 20 to 80 ms after insertion.
pub const SETTLE_MS: u32 = 300;

/// When probing ends whatever is still open, in milliseconds.
pub const DEADLINE_MS: u32 = 2_000;

/// The weight at which evidence suffices.
const ENOUGH: u32 = 2;

/// What the signals add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ads are blocked here.
    Blocked,
    /// Nothing is blocked.
    Clear,
    /// The signals do not suffice for either.
    Unsure,
}

impl Kind {
    /// The kind's name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Blocked => "blocked",
            Kind::Clear => "clear",
            Kind::Unsure => "unsure",
        }
    }
}

/// What does the blocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something in the browser that acts on the page's own elements or on requests to its own origin.
    Extension,
    /// Nothing.
    None,
}

impl Cause {
    /// The cause's name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Extension => "extension",
            Cause::None => "none",
        }
    }
}

/// The verdict, with every signal behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the signals add up to.
    pub kind: Kind,
    /// What does the blocking; [`Cause::None`] unless blocked.
    pub cause: Cause,
    /// Every signal, in the order of [`Name::ALL`].
    pub signals: Vec<Signal>,
    /// When the verdict was reached, in milliseconds since probing began.
    pub ms: u32,
}

impl Verdict {
    /// Weighs signals. `ms` is the time of the verdict. The order of the signals does not matter.
    pub fn weigh(signals: Vec<Signal>, ms: u32) -> Verdict {
        let blocked = sum(&signals, Reading::Blocked, weight_of_blocked);
        let kind = if blocked >= ENOUGH {
            Kind::Blocked
        } else if blocked == 0 && sum(&signals, Reading::Clear, weight_of_clear) >= ENOUGH {
            Kind::Clear
        } else {
            Kind::Unsure
        };
        let cause = if kind == Kind::Blocked {
            Cause::Extension
        } else {
            Cause::None
        };
        Verdict {
            kind,
            cause,
            signals,
            ms,
        }
    }

    /// Whether the reader's browser blocks ads here.
    pub fn is_blocked(&self) -> bool {
        self.kind == Kind::Blocked
    }
}

/// What a blocked reading is worth. One bait of ours is proof, since its twin works at the same moment. A hidden slot of the
/// page's own is a hint only: the page may hide it itself.
fn weight_of_blocked(name: Name) -> u32 {
    match name {
        Name::Class | Name::Id | Name::Script => 2,
        Name::Slot => 1,
    }
}

/// What a clear reading is worth. About half of all blockers hide nothing, so one element that shows says little; a bait request
/// that got through, or a filled slot, says much.
fn weight_of_clear(name: Name) -> u32 {
    match name {
        Name::Class | Name::Id => 1,
        Name::Script | Name::Slot => 2,
    }
}

fn sum(signals: &[Signal], reading: Reading, weight: fn(Name) -> u32) -> u32 {
    signals
        .iter()
        .filter(|signal| signal.reading == reading)
        .map(|signal| weight(signal.name))
        .sum()
}

/// The probing of one check: takes in what the edge sees, and says when that is enough.
#[derive(Debug)]
pub struct Survey {
    /// Bait and twin as last seen, and when that changed the reading; by the index in [`Name::ALL`].
    seen: [(Outcome, Outcome, u32); Name::ALL.len()],
}

impl Default for Survey {
    fn default() -> Survey {
        Survey {
            seen: [(Outcome::Pending, Outcome::Pending, 0); Name::ALL.len()],
        }
    }
}

impl Survey {
    /// Takes in what became of a bait and its twin, `ms` milliseconds after probing began.
    ///
    /// Blockers act late, so a later look replaces an earlier one; only "blocked" stays, since nothing but a blocker hides a
    /// bait beside a twin that shows.
    pub fn see(&mut self, name: Name, bait: Outcome, twin: Outcome, ms: u32) {
        let slot = &mut self.seen[name as usize];
        let before = judge(slot.0, slot.1);
        if before != Reading::Blocked {
            let since = if judge(bait, twin) == before { slot.2 } else { ms };
            *slot = (bait, twin, since);
        }
    }

    /// The verdict at `ms` milliseconds, or `None` while it is worth waiting.
    ///
    /// Enough blocked evidence ends the probing at once. Everything else waits until each question is answered and blockers
    /// have had [`SETTLE_MS`], or until [`DEADLINE_MS`].
    pub fn verdict(&self, ms: u32) -> Option<Verdict> {
        let signals: Vec<Signal> = Name::ALL
            .into_iter()
            .zip(self.seen)
            .map(|(name, (bait, twin, ms))| Signal {
                name,
                reading: judge(bait, twin),
                ms,
            })
            .collect();
        let open = signals.iter().any(|signal| signal.reading == Reading::Unknown(Why::Late));
        let verdict = Verdict::weigh(signals, ms);
        (verdict.is_blocked() || ms >= DEADLINE_MS || (ms >= SETTLE_MS && !open)).then_some(verdict)
    }
}
