//! Asks the questions that `signal` names: has the baits written, looks at them until the survey has enough, and has them taken away.

use std::cell::Cell;

use super::{Wake, page};
use crate::baits;
use crate::config::Config;
use crate::signal::{Name, Outcome, Turn, follow};
use crate::verdict::{SETTLE_MS, Survey, next_look};

/// The probing of one check.
pub struct Probing {
    /// The number of this check. Answers to an earlier one come too late to count.
    run: Cell<u32>,
    began: Cell<u32>,
    is_open: Cell<bool>,
    survey: Cell<Survey>,
}

impl Probing {
    /// No check yet.
    pub fn new() -> Probing {
        Probing {
            run: Cell::new(0),
            began: Cell::new(0),
            is_open: Cell::new(false),
            survey: Cell::new(Survey::new(false)),
        }
    }

    /// Begins a check, unless one is under way. `is_allowed` is whether the reader has just said that the site is allowed, `is_crawler` whether
    /// the reader is one.
    pub fn begin(&self, config: &Config, is_allowed: bool, is_crawler: bool) {
        if self.is_open.replace(true) {
            return;
        }
        self.run.set(self.run.get() + 1);
        self.began.set(page::now());
        let mut survey = Survey::new(is_allowed);
        let facts = page::insert(
            self.run.get(),
            baits::CLASSES,
            baits::ID,
            baits::LINK,
            baits::STYLED,
            baits::TWIN,
        );
        survey.note(facts | u32::from(is_crawler) << CRAWLER);
        let has_hosts = !config.probe().is_empty();
        if has_hosts {
            survey.await_hosts();
        }
        self.survey.set(survey);
        self.ask(Name::Script, Turn::Bait, config);
        self.ask(Name::Image, Turn::Bait, config);
        self.ask(Name::Fetch, Turn::Bait, config);
        if has_hosts {
            self.ask(Name::Host, Turn::Bait, config);
        }
        self.plan();
    }

    /// Whether a check with this number is under way.
    pub fn is_open(&self, run: u32) -> bool {
        self.is_open.get() && run == self.run.get()
    }

    /// Looks at the elements, slots and tags. `is_due` is whether the time has come for it, and not just the size of an element has changed.
    pub fn look(&self, is_due: bool) {
        let ms = self.ms();
        let is_thorough = is_due && ms >= SETTLE_MS;
        let seen = page::look(is_thorough);
        let is = |bit: u32| seen >> bit & 1 == 1;
        let mut survey = self.survey.get();
        let twin = outcome(is(3));
        for (bit, name) in [Name::Class, Name::Id, Name::Link].iter().enumerate() {
            survey.see(*name, outcome(is(bit as u32)), twin, ms);
        }
        // A page may style one of these names itself, but hardly two.
        let n_shown = (seen >> 4 & 7).count_ones();
        survey.see(Name::Styled, outcome(n_shown > 1), outcome(is(7)), ms);
        if is_thorough {
            // A slot that is gone from a parent that is there was hidden. One that shows says something only when it was filled.
            let slot = match (is(8), is(9), is(11)) {
                (false, ..) | (true, true, false) => Outcome::Absent,
                (_, is_rendered, _) => outcome(is_rendered),
            };
            survey.see(Name::Slot, slot, outcome(is(10)), ms);
        }
        let (tag, stand_in) = match seen >> 12 {
            1 => (Outcome::Works, Outcome::Works),
            2 => (Outcome::Fails, Outcome::Absent),
            3 => (Outcome::Absent, Outcome::Fails),
            _ => (Outcome::Absent, Outcome::Absent),
        };
        survey.see(Name::Tag, tag, Outcome::Works, ms);
        survey.see(Name::StandIn, stand_in, Outcome::Works, ms);
        if seen >> 12 == 4 {
            survey.note(1 << SMART_BLOCK);
        }
        if is_due {
            survey.looked();
        }
        self.survey.set(survey);
    }

    /// Plans the next look.
    pub fn plan(&self) {
        page::after(next_look(self.ms()), Wake::Look as u32, self.run.get());
    }

    /// Takes an answer to a request: 1 where what we asked for came, 2 where the server answered something else, 0 where it failed, 3 where it
    /// must not be asked.
    pub fn hear(&self, token: u32, answer: u32, config: &Config) {
        let name = match token >> 2 & 63 {
            SCRIPT => Name::Script,
            IMAGE => Name::Image,
            HOST => Name::Host,
            _ => Name::Fetch,
        };
        let turn = match token & 3 {
            0 => Turn::Bait,
            1 => Turn::Twin,
            _ => Turn::Again,
        };
        let outcome = match answer {
            1 => Outcome::Works,
            2 => Outcome::Answered,
            3 => Outcome::Absent,
            _ => Outcome::Fails,
        };
        let (bait, twin, next) = follow(turn, outcome);
        let mut survey = self.survey.get();
        survey.see(name, bait, twin, self.ms());
        self.survey.set(survey);
        if let Some(next) = next {
            self.ask(name, next, config);
        } else if turn == Turn::Twin && name == Name::Script {
            page::problem("probe.js", "no answer under either name", "the other signals");
        }
    }

    /// Requests a bait or its twin.
    fn ask(&self, name: Name, turn: Turn, config: &Config) {
        let token = self.run.get() << 8 | (name as u32) << 2 | turn as u32;
        let rest = match (name, turn) {
            // The twin of the ad hosts is the site itself, unless the publisher names another.
            (Name::Host, Turn::Twin) => config.probe_twin(),
            (Name::Host, _) => config.probe(),
            (_, Turn::Twin) => baits::NEUTRAL,
            (Name::Image, _) => baits::IMAGE,
            (Name::Fetch, _) => baits::FETCH,
            _ => baits::SCRIPT,
        };
        page::ask(name as u32, token, rest);
    }

    /// Milliseconds since the check began.
    pub fn ms(&self) -> u32 {
        page::now() - self.began.get()
    }

    /// What the check has seen.
    pub fn survey(&self) -> Survey {
        self.survey.get()
    }

    /// Ends the check.
    pub fn end(&self) {
        self.is_open.set(false);
    }
}

const SCRIPT: u32 = Name::Script as u32;
const IMAGE: u32 = Name::Image as u32;
const HOST: u32 = Name::Host as u32;

// The bits of two facts; `facts` in `page.js` tells the others.
const CRAWLER: u32 = Name::Crawler as u32 - Name::Brave as u32;
const SMART_BLOCK: u32 = Name::SmartBlock as u32 - Name::Brave as u32;

fn outcome(works: bool) -> Outcome {
    if works { Outcome::Works } else { Outcome::Fails }
}
