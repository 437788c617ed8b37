//! Whether to ask now: from the verdict, the publisher's policy, what is remembered, and the view at hand.
//!
//! This module never reads the clock; the time comes in with the [`Visit`].

use crate::config::{Config, DAY};
use crate::memory::Memory;
use crate::options::Policy;
use crate::verdict::Kind;

/// What there is to know of the view at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Whether the reader came from another page of this site.
    pub is_later: bool,
    /// Whether the page is a frame in another.
    pub is_framed: bool,
    /// Whether the reader is one whom the publisher does not ask.
    pub is_exempt: bool,
    /// Whether the reader is a crawler.
    pub is_crawler: bool,
    /// A lot from 1 to 100, drawn for this view.
    pub draw: u32,
    /// The time, in seconds since 1970.
    pub now: u32,
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
    /// The publisher wants to measure only.
    Silent,
    /// The reader is a crawler, which would put the notice into an index.
    Crawler,
    /// The page is a frame in another; the outer page asks, if anybody does.
    Framed,
    /// The publisher does not ask this reader: a subscriber, for instance.
    Exempt,
    /// The reader asked never to be asked again.
    Refused,
    /// The lot fell to others.
    NotDrawn,
    /// The reader closed the notice, and the time since is not long enough.
    Closed,
    /// This is a first view.
    FirstView,
}

/// Decides whether to ask; `kind` is that of the verdict.
pub fn decide(config: &Config, kind: Kind, memory: &Memory, visit: &Visit) -> Decision {
    let is_quiet = memory.is_quiet(config, visit.now);
    // A lot that is kept counts for every view.
    let draw = if matches!(memory.draw, 1..=100) {
        memory.draw
    } else {
        visit.draw
    };
    // Views are counted only after consent, and more than one earlier view is taken as one before. That there was one shows without a
    // count as well.
    let n_earlier = memory.views.saturating_sub(1).max(visit.is_later.into());
    let n_wanted = if memory.views > 0 {
        config.after_views()
    } else {
        config.after_views().min(1)
    };
    let is_patient = config.policy() != Policy::Always;
    let reason = if kind != Kind::Blocked {
        Reason::NotBlocked
    } else if config.policy() == Policy::Silent {
        Reason::Silent
    } else if visit.is_crawler {
        Reason::Crawler
    } else if visit.is_framed {
        Reason::Framed
    } else if visit.is_exempt {
        Reason::Exempt
    } else if is_quiet && memory.is_refused() {
        Reason::Refused
    } else if draw > config.share() {
        Reason::NotDrawn
    } else if is_quiet && is_patient {
        Reason::Closed
    } else if n_earlier < n_wanted && is_patient {
        Reason::FirstView
    } else {
        return Decision::Ask;
    };
    Decision::Stay(reason)
}

/// Within how many days a reader who had allowed the site blocks ads again, where that is worth telling: 1 or 7. `kind` is that of
/// the verdict.
#[inline(always)]
pub fn relapse(kind: Kind, memory: &Memory, now: u32) -> Option<u32> {
    let age = now.saturating_sub(memory.allowed);
    match memory.allowed {
        0 => None,
        _ if kind != Kind::Blocked || age > 7 * DAY => None,
        _ if age <= DAY => Some(1),
        _ => Some(7),
    }
}
