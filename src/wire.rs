//! What crosses into JavaScript: plain structs of numbers, mapped to objects by hand in `browser`. The words stand here, once, and are a
//! promise to publishers; the domain types are not.

use crate::signal::{Family, Name, Reading, Signal, words_of_names};
use crate::text::place_of;
use crate::verdict::{Cause, Kind, Verdict};

/// Every word that crosses, with spaces between them. Those of `soutien:verdict`: kinds, causes, what else a reading can be, why it is unknown
/// (nothing where it is not), families, names; each group in the order of its type. Then other events, and by what the notice
/// was closed.
pub const WORDS: &str = concat!(
    "blocked clear unsure ",
    "extension network browser tracking-protection none ",
    "unknown  twin-failed absent late answered context kept policy doubtful ",
    "element request slot host browser ",
    words_of_names!(),
    "show recheck recovered support refused ready ",
    "button esc backdrop never page",
);

// Where a group begins in `WORDS`.
const CAUSES: u32 = word("extension").0;
const UNKNOWN: u32 = word("unknown").0;
const NO_REASON: u32 = word("").0;
const REASONS: u32 = word("twin-failed").0 - Reading::TwinFailed as u32;
const FAMILIES: u32 = word("element").0;
const NAMES: u32 = word("class").0;

/// The place of a word in [`WORDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub u32);

/// The first place of a word. It is for constants alone, where a word that is not in [`WORDS`] does not compile.
///
/// # Panics
/// When there is no such word.
pub const fn word(word: &str) -> Word {
    Word(place_of(WORDS, word))
}

impl Word {
    /// The word itself.
    pub fn as_str(self) -> &'static str {
        WORDS.split(' ').nth(self.0 as usize).unwrap_or_default()
    }
}

impl From<Kind> for Word {
    fn from(kind: Kind) -> Word {
        Word(kind as u32)
    }
}

impl From<Cause> for Word {
    fn from(cause: Cause) -> Word {
        Word(CAUSES + cause as u32)
    }
}

impl From<Family> for Word {
    fn from(family: Family) -> Word {
        Word(FAMILIES + family as u32)
    }
}

impl From<Name> for Word {
    fn from(name: Name) -> Word {
        Word(NAMES + name as u32)
    }
}

/// One entry of `signals` in the detail of `soutien:verdict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalDetail {
    /// `element`, `request`, `slot`, `host` or `browser`.
    pub family: Word,
    /// The signal's name within its family.
    pub name: Word,
    /// `clear`, `blocked` or `unknown`.
    pub reading: Word,
    /// Why it is unknown; empty otherwise.
    pub why: Word,
    /// When the reading was made, in milliseconds since probing began.
    pub ms: u32,
}

impl From<&Signal> for SignalDetail {
    #[inline(always)]
    fn from(signal: &Signal) -> SignalDetail {
        let (reading, why) = match signal.reading {
            Reading::Clear => (Kind::Clear.into(), Word(NO_REASON)),
            Reading::Blocked => (Kind::Blocked.into(), Word(NO_REASON)),
            unknown => (Word(UNKNOWN), Word(REASONS + unknown as u32)),
        };
        SignalDetail {
            family: signal.name.family().into(),
            name: signal.name.into(),
            reading,
            why,
            ms: signal.ms,
        }
    }
}

/// The detail of `soutien:verdict`, and `Soutien.verdict`; its `signals` are one [`SignalDetail`] for each of the verdict's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictDetail {
    /// `blocked`, `clear` or `unsure`.
    pub kind: Word,
    /// `extension`, `network`, `browser`, `tracking-protection` or `none`.
    pub cause: Word,
    /// When the verdict was reached, in milliseconds since probing began.
    pub ms: u32,
}

impl From<&Verdict<'_>> for VerdictDetail {
    #[inline(always)]
    fn from(verdict: &Verdict) -> VerdictDetail {
        VerdictDetail {
            kind: verdict.kind.into(),
            cause: verdict.cause.into(),
            ms: verdict.ms,
        }
    }
}
