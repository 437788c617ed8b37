//! From signals to a verdict: when to go on looking, and what it all means.
//!
//! This module never reads the clock; times come in as milliseconds since probing began.

use crate::signal::{Family, Name, Outcome, Reading, Signal, judge};

/// How long blockers may take to hide a bait before "it shows" counts, in milliseconds. uBlock Origin and uBO Lite were measured to
/// hide baits 20 to 80 ms after insertion. Ghostery waits until a page has come to rest, for 1000 ms at most (`maxWait` in
/// `@ghostery/adblocker-content` 2, read on 2026-11-24).
pub const SETTLE_MS: u32 = 1_100;

/// How often the baits must have been seen to show before that counts. On a machine that is slow, blockers are slow as well, and so
/// are our looks.
pub const SETTLE_LOOKS: u32 = 3;

/// How long the page itself is asked before ad hosts that fail are the network's doing, in milliseconds. An extension refuses both, and
/// refuses the ad hosts first: what it refuses on the page is asked for three times, and what it hides is hidden 20 to 80 ms late.
pub const NETWORK_MS: u32 = 100;

/// When probing ends whatever is still open, in milliseconds: a look before two seconds have passed.
pub const DEADLINE_MS: u32 = 1_950;

/// How many bait requests that get through suffice for "clear".
const ENOUGH: u32 = 2;

/// How long after a look the next one follows at the most, in milliseconds.
const LOOK_MS: u32 = 500;

/// When to look next, in milliseconds after a look at `ms`: often enough for [`SETTLE_LOOKS`], and always when something is decided by the
/// time alone. An element that changes its size is looked at besides.
pub fn next_look(ms: u32) -> u32 {
    let decisive = match ms {
        ..NETWORK_MS => NETWORK_MS,
        NETWORK_MS..SETTLE_MS => SETTLE_MS,
        _ => DEADLINE_MS,
    };
    LOOK_MS.min(decisive.wrapping_sub(ms))
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

/// The verdict, with every signal behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// What the signals add up to.
    pub kind: Kind,
    /// What does the blocking; [`Cause::None`] where nothing is known to.
    pub cause: Cause,
    /// The signals, each name at most once.
    pub signals: &'a [Signal],
    /// Whether something is as it was before the reader allowed the site, which takes another load of the page to tell.
    pub is_kept: bool,
    /// When the verdict was reached, in milliseconds since probing began.
    pub ms: u32,
}

impl Verdict<'_> {
    /// Weighs signals. `ms` is the time of the verdict. The order of the signals does not matter.
    ///
    /// *Blocked* takes evidence that suffices. *Clear* takes as much, and nothing that speaks against it, be it a hint.
    #[inline(always)]
    pub fn weigh(signals: &[Signal], ms: u32) -> Verdict<'_> {
        let (mut on_page, mut on_hosts, mut is_blocked, mut is_kept, mut clear) = (false, false, false, false, 0);
        let (mut is_doubtful, mut hosts_in_doubt) = (false, false);
        for signal in signals {
            let family = signal.name.family();
            match signal.reading {
                Reading::Blocked => {
                    is_blocked = true;
                    // One bait of ours is proof, since its twin works at the same moment, and so is a blocker's stand-in; so are the hosts that the
                    // publisher named, since the twin host answers. What became of the page's own slots and tags is a hint at most: the page
                    // may hide them, and an ad host may be out of order.
                    on_page |= matches!(family, Family::Element | Family::Request) || signal.name == Name::StandIn;
                    on_hosts |= family == Family::Host;
                }
                // About half of all blockers hide nothing, so elements that show say nothing; bait requests that got through say something, and a
                // filled slot or an ad host that answers says it all.
                Reading::Clear if signal.name == Name::Slot || family == Family::Host => clear += ENOUGH,
                Reading::Clear if family == Family::Request => clear += 1,
                Reading::Kept => is_kept = true,
                Reading::Doubtful => {
                    is_doubtful = true;
                    hosts_in_doubt |= family == Family::Host;
                }
                _ => {}
            }
        }
        let holds = |name| holds(signals, name);
        // Without consent no ad may be loaded, so ads that are missing say nothing.
        let is_hinted = is_kept || is_doubtful || (is_blocked && !holds(Name::Refused));

        // Firefox, Safari, Edge, DuckDuckGo and others block ad hosts by themselves, in private windows or where the reader chose so. Nothing that
        // a page can see tells that from a name server that does (measured in Firefox 153: same error, same resource timing). Brave's shields
        // are an ad blocker, and known as one.
        let has_protection = holds(Name::Protected) && !holds(Name::Brave);
        let is_protected = !on_page && (holds(Name::SmartBlock) || ((on_hosts || hosts_in_doubt) && has_protection));
        let (kind, cause) = if is_protected {
            (Kind::Unsure, Cause::TrackingProtection)
        } else if on_page || on_hosts {
            let cause = match on_page {
                _ if holds(Name::Brave) => Cause::Browser,
                true => Cause::Extension,
                false => Cause::Network,
            };
            (Kind::Blocked, cause)
        } else if !is_hinted && clear >= ENOUGH {
            (Kind::Clear, Cause::None)
        } else {
            (Kind::Unsure, Cause::None)
        };
        Verdict {
            kind,
            cause,
            signals,
            is_kept,
            ms,
        }
    }

    /// Whether the reader's browser blocks ads here.
    pub fn is_blocked(&self) -> bool {
        self.kind == Kind::Blocked
    }

    /// Whether something holds of the browser.
    pub fn holds(&self, name: Name) -> bool {
        holds(self.signals, name)
    }
}

fn holds(signals: &[Signal], name: Name) -> bool {
    signals
        .iter()
        .any(|signal| signal.name == name && signal.reading == Reading::Context)
}

/// The probing of one check: takes in what the edge sees, and says when that is enough.
#[derive(Clone, Copy, Debug)]
pub struct Survey {
    /// The answers so far, in the order of [`Name::ALL`].
    signals: [Signal; Name::COUNT],
    n_looks: u32,
    is_allowed: bool,
}

const NOTHING_SEEN: Survey = {
    let mut signals = [Signal {
        name: Name::Class,
        reading: Reading::Late,
        ms: 0,
    }; Name::COUNT];
    let mut index = 0;
    while index < Name::COUNT {
        signals[index].name = Name::ALL[index];
        if matches!(Name::ALL[index].family(), Family::Browser | Family::Host) {
            signals[index].reading = Reading::Absent;
        }
        index += 1;
    }
    Survey {
        signals,
        n_looks: 0,
        is_allowed: false,
    }
};

impl Survey {
    /// The survey of a check; `is_allowed` is whether the reader has just said that the site is allowed. Requests tell at once whether it is.
    /// What was hidden or replaced may stay so until the page is loaded again, which is then no evidence.
    pub fn new(is_allowed: bool) -> Survey {
        Survey {
            is_allowed,
            ..NOTHING_SEEN
        }
    }

    /// Takes in that ad hosts are asked as well.
    pub fn await_hosts(&mut self) {
        self.signals[Name::Host as usize].reading = Reading::Late;
    }

    /// Takes in what became of a bait and its twin, `ms` milliseconds after probing began.
    ///
    /// Blockers act late, so a later look replaces an earlier one; only a blocked bait stays so, since nothing but a blocker hides
    /// it beside a twin that shows. A slot of the page's own may be hidden until it is filled.
    pub fn see(&mut self, name: Name, bait: Outcome, twin: Outcome, ms: u32) {
        let family = name.family();
        let reading = match judge(bait, twin) {
            Reading::Blocked if self.is_allowed && matches!(family, Family::Element | Family::Slot) => Reading::Kept,
            reading => reading,
        };
        let signal = &mut self.signals[name as usize];
        let stays = family != Family::Slot && matches!(signal.reading, Reading::Blocked | Reading::Kept);
        if !stays && signal.reading != reading {
            signal.reading = reading;
            signal.ms = ms;
        }
    }

    /// Takes in that the bait elements have all been looked at once more.
    pub fn looked(&mut self) {
        self.n_looks += 1;
    }

    /// Takes in that something holds of the browser.
    pub fn hold(&mut self, name: Name) {
        self.signals[name as usize].reading = Reading::Context;
    }

    /// Takes in what holds of the browser: the first bit says so of the first of its names, [`Name::Brave`], and so on.
    pub fn note(&mut self, facts: u32) {
        for (bit, signal) in self.signals[Name::Brave as usize..].iter_mut().enumerate() {
            if facts >> bit & 1 == 1 {
                signal.reading = Reading::Context;
            }
        }
    }

    /// The verdict at `ms` milliseconds, or `None` while it is worth waiting.
    ///
    /// Enough blocked evidence ends the probing at once; where it is of ad hosts alone, as soon as the requests to the page's own origin
    /// are answered, and after [`NETWORK_MS`]. Everything else waits until each question is answered and blockers have had
    /// [`SETTLE_MS`] and [`SETTLE_LOOKS`], or until [`DEADLINE_MS`].
    #[inline(always)]
    pub fn verdict(&self, ms: u32) -> Option<Verdict<'_>> {
        let (mut is_open, mut is_asking) = (false, false);
        for signal in &self.signals {
            if signal.reading == Reading::Late {
                is_open = true;
                is_asking |= signal.name.family() == Family::Request;
            }
        }
        let is_settled = ms >= SETTLE_MS && self.n_looks >= SETTLE_LOOKS && !is_open;
        let is_asked = ms >= NETWORK_MS && !is_asking;
        let verdict = Verdict::weigh(&self.signals, ms);
        let is_certain = verdict.is_blocked() && (verdict.cause != Cause::Network || is_asked);
        (is_certain || is_settled || ms >= DEADLINE_MS).then_some(verdict)
    }
}
