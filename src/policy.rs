//! Whether to ask now: from the verdict, the publisher's policy, what is remembered, and the view at hand.
//!
//! This module never reads the clock; the time comes in with the [`Visit`].

use crate::config::{Config, Policy};
use crate::memory::Memory;
use crate::signal::Name;
use crate::verdict::Verdict;

/// What there is to know of the view at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Whether the reader came from another page of this site.
    pub later: bool,
    /// Whether the page is a frame in another.
    pub framed: bool,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Show the notice.
    Ask,
    /// Do nothing, for the reason given.
    Stay(Reason),
}

/// Why nothing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The verdict is not "blocked".
    NotBlocked,
    /// The reader is a crawler, which would put the notice into an index.
    Crawler,
    /// The page is a frame in another; the outer page asks, if anybody does.
    Framed,
    /// This is a first view.
    FirstView,
    /// The reader closed the notice, and the time since is not long enough.
    Closed,
}

/// Whether a view is a later one: its referrer, an absolute address or nothing, is a page of this origin.
pub fn is_later_view(referrer: &str, origin: &str) -> bool {
    referrer
        .strip_prefix(origin)
        .is_some_and(|path| path.is_empty() || path.starts_with('/'))
}

/// Decides whether to ask.
pub fn decide(config: &Config, verdict: &Verdict, memory: &Memory, visit: &Visit) -> Decision {
    let gentle = config.policy == Policy::Gentle;
    if !verdict.is_blocked() {
        Decision::Stay(Reason::NotBlocked)
    } else if verdict.has(Name::Crawler) {
        Decision::Stay(Reason::Crawler)
    } else if visit.framed {
        Decision::Stay(Reason::Framed)
    } else if gentle && visit.now < memory.closed_until {
        Decision::Stay(Reason::Closed)
    } else if gentle && config.after_views > 0 && !visit.later {
        Decision::Stay(Reason::FirstView)
    } else {
        Decision::Ask
    }
}
