//! Asks the questions that `signal` names: has the baits written, looks at them until the survey has enough, and has them taken away.

use std::cell::Cell;

use super::page;
use crate::abi::Wake;
use crate::baits;
use crate::config::Config;
use crate::sight::{Sight, Token};
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
        page::insert(baits::CLASSES, baits::ID, baits::LINK, baits::STYLED, baits::TWIN);
        survey.note(page::facts());
        if is_crawler {
            survey.hold(Name::Crawler);
        }
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

    /// Looks at the elements, slots and tags, as thoroughly as it is time for.
    pub fn look(&self) {
        let ms = self.ms();
        let is_thorough = ms >= SETTLE_MS;
        let sight = Sight(page::look(is_thorough));
        let mut survey = self.survey.get();
        for name in &[Name::Class, Name::Id, Name::Link, Name::Styled] {
            survey.see(*name, sight.element(*name), Outcome::Works, ms);
        }
        if is_thorough {
            let (slot, parent) = sight.slot();
            survey.see(Name::Slot, slot, parent, ms);
        }
        let (tag, stand_in) = sight.tags();
        survey.see(Name::Tag, tag, Outcome::Works, ms);
        survey.see(Name::StandIn, stand_in, Outcome::Works, ms);
        if sight.is_smart_block() {
            survey.hold(Name::SmartBlock);
        }
        survey.looked();
        self.survey.set(survey);
    }

    /// Plans the next look.
    pub fn plan(&self) {
        page::after(next_look(self.ms()), Wake::Look as u32, self.run.get());
    }

    /// Takes an answer to a request.
    pub fn take_answer(&self, token: Token, outcome: Outcome, config: &Config) {
        let (name, turn) = (token.name(), token.turn());
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
        let token = Token::new(self.run.get(), name, turn);
        let rest = match (name, turn) {
            // The twin of the ad hosts is the site itself, unless the publisher names another.
            (Name::Host, Turn::Twin) => config.probe_twin(),
            (Name::Host, _) => config.probe(),
            (_, Turn::Twin) => baits::NEUTRAL,
            (Name::Image, _) => baits::IMAGE,
            (Name::Fetch, _) => baits::FETCH,
            _ => baits::SCRIPT,
        };
        page::ask(name as u32, turn as u32, token.0, rest);
    }

    /// Milliseconds since the check began.
    pub fn ms(&self) -> u32 {
        page::now() - self.began.get()
    }

    /// What the check has seen.
    pub fn survey(&self) -> Survey {
        self.survey.get()
    }

    /// Ends the check, and takes the baits away: a listener of the page's may look at the page.
    pub fn end(&self) {
        page::remove();
        self.is_open.set(false);
    }
}
