//! What crosses into JavaScript: plain structs of plain values, mapped to objects by hand in `browser`. What stands here is a
//! promise to publishers; the domain types are not.

use crate::signal::Signal;
use crate::verdict::Verdict;

/// One entry of `signals` in the detail of `soutien:verdict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalDetail {
    /// `element`, `request`, `slot`, `host` or `browser`.
    pub family: &'static str,
    /// The signal's name within its family.
    pub name: &'static str,
    /// `clear`, `blocked` or `unknown`.
    pub reading: &'static str,
    /// Why it is unknown; empty otherwise.
    pub why: &'static str,
    /// When the reading was made, in milliseconds since probing began.
    pub ms: u32,
}

/// The detail of `soutien:verdict`, and `Soutien.verdict`; its `signals` are one [`SignalDetail`] for each of the verdict's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictDetail {
    /// `blocked`, `clear` or `unsure`.
    pub kind: &'static str,
    /// `extension`, `network`, `browser`, `tracking-protection` or `none`.
    pub cause: &'static str,
    /// When the verdict was reached, in milliseconds since probing began.
    pub ms: u32,
}

impl From<&Signal> for SignalDetail {
    fn from(signal: &Signal) -> SignalDetail {
        SignalDetail {
            family: signal.name.family().as_str(),
            name: signal.name.as_str(),
            reading: signal.reading.as_str(),
            why: signal.reading.why(),
            ms: signal.ms,
        }
    }
}

impl From<&Verdict> for VerdictDetail {
    fn from(verdict: &Verdict) -> VerdictDetail {
        VerdictDetail {
            kind: verdict.kind.as_str(),
            cause: verdict.cause.as_str(),
            ms: verdict.ms,
        }
    }
}
