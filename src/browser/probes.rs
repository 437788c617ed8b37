//! Asks the questions that `signal` names: has the baits written, looks at them until the survey has enough, and has them taken away.

use std::cell::{Cell, RefCell};

use super::{Wake, page};
use crate::baits;
use crate::config::Config;
use crate::signal::{Name, Outcome, Turn, follow};
use crate::verdict::{SETTLE_MS, Survey, Verdict, next_look};

/// The probing of one check.
#[derive(Default)]
pub struct Probing {
    /// The number of this check. Answers to an earlier one come too late to count.
    run: Cell<u32>,
    began: Cell<u32>,
    is_open: Cell<bool>,
    survey: RefCell<Survey>,
}

impl Probing {
    /// Begins a check, unless one is under way. `is_allowed` is whether the reader has just said that the site is allowed, `is_crawler` whether
    /// the reader is one.
    pub fn begin(&self, config: &Config, is_allowed: bool, is_crawler: bool) {
        if self.is_open.replace(true) {
            return;
        }
        self.run.set(self.run.get() + 1);
        self.began.set(page::now());
        let mut survey = Survey::new(is_allowed);
        note_browser(&mut survey, page::facts() | u32::from(is_crawler) << 6);
        self.survey.replace(survey);
        page::insert(
            self.run.get(),
            baits::CLASSES,
            baits::ID,
            baits::LINK,
            baits::STYLED,
            baits::TWIN,
        );
        for name in &[Name::Script, Name::Image, Name::Fetch] {
            self.ask(*name, Turn::Bait, config);
        }
        if config.probe.is_empty() {
            self.see(Name::Host, Outcome::Absent, Outcome::Absent);
        } else {
            self.ask(Name::Host, Turn::Bait, config);
        }
        page::after(next_look(0), Wake::Look as u32, self.run.get());
    }

    /// Looks at the elements, slots and tags. `is_due` is whether the time has come for it, and not just the size of an element has changed;
    /// then the next look is planned.
    pub fn look(&self, run: u32, is_due: bool) -> Option<Verdict> {
        if !self.is_open.get() || run != self.run.get() {
            return None;
        }
        let is_thorough = is_due && self.ms() >= SETTLE_MS;
        let seen = page::look(is_thorough);
        let is = |bit: u32| seen >> bit & 1 == 1;
        let twin = outcome(is(3));
        for (bit, name) in [Name::Class, Name::Id, Name::Link].iter().enumerate() {
            self.see(*name, outcome(is(bit as u32)), twin);
        }
        // A page may style one of these names itself, but hardly two.
        let n_shown = (seen >> 4 & 7).count_ones();
        self.see(Name::Styled, outcome(n_shown > 1), outcome(is(7)));
        if is_thorough {
            // A slot that is gone from a parent that is there was hidden. One that shows says something only when it was filled.
            let slot = match (is(8), is(9), is(11)) {
                (false, ..) | (true, true, false) => Outcome::Absent,
                (_, is_rendered, _) => outcome(is_rendered),
            };
            self.see(Name::Slot, slot, outcome(is(10)));
        }
        let (tag, stand_in) = match seen >> 12 {
            1 => (Outcome::Works, Outcome::Works),
            2 => (Outcome::Fails, Outcome::Absent),
            3 => (Outcome::Absent, Outcome::Fails),
            _ => (Outcome::Absent, Outcome::Absent),
        };
        self.see(Name::Tag, tag, Outcome::Works);
        self.see(Name::StandIn, stand_in, Outcome::Works);
        if seen >> 12 == 4 {
            self.survey.borrow_mut().note(Name::SmartBlock);
        }
        if is_due {
            self.survey.borrow_mut().looked();
        }
        let verdict = self.conclude();
        if is_due && verdict.is_none() {
            page::after(next_look(self.ms()), Wake::Look as u32, run);
        }
        verdict
    }

    /// Takes an answer to a request: 1 where what we asked for came, 2 where the server answered something else, 0 where it failed, 3 where it
    /// must not be asked.
    pub fn hear(&self, token: u32, answer: u32, config: &Config) -> Option<Verdict> {
        let (run, name, turn) = (
            token >> 8,
            Name::ALL[(token >> 2 & 63) as usize % Name::COUNT],
            TURNS[(token & 3) as usize],
        );
        if !self.is_open.get() || run != self.run.get() {
            return None;
        }
        let outcome = [Outcome::Fails, Outcome::Works, Outcome::Answered, Outcome::Absent][answer as usize % 4];
        let (bait, twin, next) = follow(turn, outcome);
        self.see(name, bait, twin);
        if let Some(next) = next {
            self.ask(name, next, config);
        } else if turn == Turn::Twin && name == Name::Script {
            page::problem("probe.js", "no answer under either name", "the other signals");
        }
        self.conclude()
    }

    /// Requests a bait or its twin.
    fn ask(&self, name: Name, turn: Turn, config: &Config) {
        let token = self.run.get() << 8 | (name as u32) << 2 | turn as u32;
        let rest = match (name, turn) {
            // The twin of the ad hosts is the site itself, unless the publisher names another.
            (Name::Host, Turn::Twin) => config.probe_twin,
            (Name::Host, _) => config.probe,
            (_, Turn::Twin) => baits::NEUTRAL,
            (Name::Image, _) => baits::IMAGE,
            (Name::Fetch, _) => baits::FETCH,
            _ => baits::SCRIPT,
        };
        page::ask(name as u32, token, rest);
    }

    fn see(&self, name: Name, bait: Outcome, twin: Outcome) {
        self.survey.borrow_mut().see(name, bait, twin, self.ms());
    }

    fn ms(&self) -> u32 {
        page::now() - self.began.get()
    }

    /// Ends the check, which is open, if the survey has enough, and gives its verdict.
    fn conclude(&self) -> Option<Verdict> {
        let verdict = self.survey.borrow().verdict(self.ms())?;
        self.is_open.set(false);
        // The elements go first: a listener of the verdict may look at the page.
        page::remove();
        Some(verdict)
    }
}

const TURNS: [Turn; 4] = [Turn::Bait, Turn::Twin, Turn::Again, Turn::Again];

/// What may hold of the browser, by the bits of `facts` in `page.js`; the last one is not among them.
const FACTS: [Name; 7] = [
    Name::Brave,
    Name::Firefox,
    Name::Opera,
    Name::Offline,
    Name::SaveData,
    Name::Refused,
    Name::Crawler,
];

fn note_browser(survey: &mut Survey, facts: u32) {
    for (bit, name) in FACTS.iter().enumerate() {
        if facts >> bit & 1 == 1 {
            survey.note(*name);
        }
    }
}

fn outcome(works: bool) -> Outcome {
    if works { Outcome::Works } else { Outcome::Fails }
}
