//! From signals to a verdict: when to go on looking, and what it all means.
//!
//! This module never reads the clock; times come in as milliseconds since probing began.

use arrayvec::ArrayVec;

use crate::signal::{Family, Name, Outcome, Reading, Signal, Why, judge};

/// How long blockers may take to hide a bait before "it shows" counts, in milliseconds. uBlock Origin and uBO Lite were measured to
/// hide baits 20 to 80 ms after insertion. Ghostery waits until a page has come to rest, for 1000 ms at most (`maxWait` in
/// `@ghostery/adblocker-content` 2, read on 2026-11-24).
pub const SETTLE_MS: u32 = 1_100;

/// How often the baits must have been seen to show before that counts. On a machine that is slow, blockers are slow as well, and so
/// are our looks.
pub const SETTLE_LOOKS: u32 = 6;

/// How long the page itself is asked before ad hosts that fail are the network's doing, in milliseconds. An extension refuses both, and
/// refuses the ad hosts first: what it refuses on the page is asked for three times, and what it hides is hidden 20 to 80 ms late.
pub const NETWORK_MS: u32 = 100;

/// When probing ends whatever is still open, in milliseconds: a look before two seconds have passed.
pub const DEADLINE_MS: u32 = 1_950;

/// The weight at which evidence suffices.
const ENOUGH: u32 = 2;

/// How long after a look the next one follows at the most, in milliseconds.
const LOOK_MS: u32 = 200;

/// When to look next, in milliseconds after a look at `ms`: often enough for [`SETTLE_LOOKS`], and always when something is decided by the
/// time alone. An element that changes its size is looked at besides.
pub fn next_look(ms: u32) -> u32 {
    let decisive = match ms {
        ..NETWORK_MS => NETWORK_MS,
        NETWORK_MS..SETTLE_MS => SETTLE_MS,
        _ => DEADLINE_MS,
    };
    LOOK_MS.min(decisive.saturating_sub(ms)).max(1)
}

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

/// What does the blocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something in the browser that acts on the page's own elements or on requests to its own origin.
    Extension,
    /// Something that acts on ad hosts alone: a name server, a proxy, or an extension that knows nothing but hosts.
    Network,
    /// The browser itself, whose business this is: Brave.
    Browser,
    /// The browser's tracking protection. It is no ad blocker, so this goes with [`Kind::Unsure`] and nobody is asked.
    TrackingProtection,
    /// Nothing.
    None,
}

/// Signals, each name at most once.
pub type Signals = ArrayVec<Signal, { Name::COUNT }>;

/// The verdict, with every signal behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the signals add up to.
    pub kind: Kind,
    /// What does the blocking; [`Cause::None`] where nothing is known to.
    pub cause: Cause,
    /// Every signal, in the order of [`Name::ALL`]; those of the browser only where they hold.
    pub signals: Signals,
    /// When the verdict was reached, in milliseconds since probing began.
    pub ms: u32,
}

impl Verdict {
    /// Weighs signals. `ms` is the time of the verdict. The order of the signals does not matter.
    ///
    /// *Blocked* takes evidence that suffices. *Clear* takes as much, and nothing that speaks against it, be it a hint.
    pub fn weigh(signals: Signals, ms: u32) -> Verdict {
        let (mut on_page, mut on_hosts, mut n_blocked, mut n_kept, mut clear) = (0, 0, 0, 0, 0);
        for signal in &signals {
            match signal.reading {
                Reading::Blocked => {
                    on_page += weight_on_page(signal.name);
                    on_hosts += weight_on_hosts(signal.name);
                    n_blocked += 1;
                }
                Reading::Clear => clear += weight_of_clear(signal.name),
                Reading::Unknown(Why::Kept) => n_kept += 1,
                Reading::Unknown(_) => {}
            }
        }
        let is_there = |name| has(&signals, name);
        // Without consent no ad may be loaded, so ads that are missing say nothing.
        let hints = n_kept + if is_there(Name::Refused) { 0 } else { n_blocked };

        // Firefox blocks ad hosts by itself in private windows and where the reader chose so. Nothing that a page can see tells
        // that from a name server that does (measured in Firefox 153: same error, same resource timing).
        let is_protected = on_page < ENOUGH && (is_there(Name::SmartBlock) || (on_hosts >= ENOUGH && is_there(Name::Firefox)));
        let (kind, cause) = if is_protected {
            (Kind::Unsure, Cause::TrackingProtection)
        } else if on_page.max(on_hosts) >= ENOUGH {
            let cause = match on_page >= ENOUGH {
                _ if is_there(Name::Brave) => Cause::Browser,
                true => Cause::Extension,
                false => Cause::Network,
            };
            (Kind::Blocked, cause)
        } else if hints == 0 && clear >= ENOUGH {
            (Kind::Clear, Cause::None)
        } else {
            (Kind::Unsure, Cause::None)
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

    /// Whether a signal is among them; those of the browser are there only where they hold.
    pub fn has(&self, name: Name) -> bool {
        has(&self.signals, name)
    }
}

fn has(signals: &Signals, name: Name) -> bool {
    signals.iter().any(|signal| signal.name == name)
}

/// What a blocked reading on the page itself is worth. One bait of ours is proof, since its twin works at the same moment, and so is a
/// blocker's stand-in. What became of the page's own slots and tags is a hint at most: the page may hide them, and an ad host may be
/// out of order.
fn weight_on_page(name: Name) -> u32 {
    match name.family() {
        Family::Element | Family::Request => ENOUGH,
        Family::Slot if name == Name::StandIn => ENOUGH,
        _ => 0,
    }
}

/// What a blocked reading on ad hosts is worth: that of the hosts which the publisher named is proof, since the twin host answers.
fn weight_on_hosts(name: Name) -> u32 {
    if name == Name::Host { ENOUGH } else { 0 }
}

/// What a clear reading is worth. About half of all blockers hide nothing, so elements that show say nothing; bait requests that got
/// through say something, and a filled slot or an ad host that answers says it all.
fn weight_of_clear(name: Name) -> u32 {
    match name {
        Name::Script | Name::Image | Name::Fetch => 1,
        Name::Slot | Name::Host => ENOUGH,
        _ => 0,
    }
}

/// The probing of one check: takes in what the edge sees, and says when that is enough.
#[derive(Debug, Default)]
pub struct Survey {
    /// Bait and twin as last seen, and when that changed the reading; by the index in [`Name::ALL`].
    seen: [(Outcome, Outcome, u32); Name::COUNT],
    n_looks: u32,
    is_allowed: bool,
}

impl Survey {
    /// The survey of a check; `is_allowed` is whether the reader has just said that the site is allowed. Requests tell at once whether it is.
    /// What was hidden or replaced may stay so until the page is loaded again, which is then no evidence.
    pub fn new(is_allowed: bool) -> Survey {
        Survey {
            is_allowed,
            ..Survey::default()
        }
    }

    /// Takes in what became of a bait and its twin, `ms` milliseconds after probing began.
    ///
    /// Blockers act late, so a later look replaces an earlier one; only a blocked bait stays so, since nothing but a blocker hides
    /// it beside a twin that shows. A slot of the page's own may be hidden until it is filled.
    pub fn see(&mut self, name: Name, bait: Outcome, twin: Outcome, ms: u32) {
        let slot = &mut self.seen[name as usize];
        let before = judge(slot.0, slot.1);
        if !matches!(before, Reading::Blocked) || name.family() == Family::Slot {
            let since = if judge(bait, twin) == before { slot.2 } else { ms };
            *slot = (bait, twin, since);
        }
    }

    /// Takes in that the bait elements have all been looked at once more.
    pub fn looked(&mut self) {
        self.n_looks += 1;
    }

    /// Takes in that something holds of the browser.
    pub fn note(&mut self, name: Name) {
        self.seen[name as usize] = (Outcome::Context, Outcome::Context, 0);
    }

    /// The verdict at `ms` milliseconds, or `None` while it is worth waiting.
    ///
    /// Enough blocked evidence ends the probing at once; where it is of ad hosts alone, as soon as the requests to the page's own origin
    /// are answered, and after [`NETWORK_MS`]. Everything else waits until each question is answered and blockers have had
    /// [`SETTLE_MS`] and [`SETTLE_LOOKS`], or until [`DEADLINE_MS`].
    pub fn verdict(&self, ms: u32) -> Option<Verdict> {
        let mut signals = Signals::new();
        let (mut is_open, mut is_asking) = (false, false);
        for (&name, &(bait, twin, ms)) in Name::ALL.iter().zip(&self.seen) {
            let family = name.family();
            // What does not hold of the browser is no signal.
            if family == Family::Browser && bait != Outcome::Context {
                continue;
            }
            let reading = match judge(bait, twin) {
                Reading::Blocked if self.is_allowed && matches!(family, Family::Element | Family::Slot) => {
                    Reading::Unknown(Why::Kept)
                }
                reading => reading,
            };
            if matches!(reading, Reading::Unknown(Why::Late)) {
                is_open = true;
                is_asking |= family == Family::Request;
            }
            signals.push(Signal { name, reading, ms });
        }
        let is_settled = ms >= SETTLE_MS && self.n_looks >= SETTLE_LOOKS && !is_open;
        let is_asked = ms >= NETWORK_MS && !is_asking;
        let verdict = Verdict::weigh(signals, ms);
        let is_certain = verdict.is_blocked() && (verdict.cause != Cause::Network || is_asked);
        (is_certain || is_settled || ms >= DEADLINE_MS).then_some(verdict)
    }
}
