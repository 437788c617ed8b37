//! Asks the questions that `signal` names: writes the baits, looks at them until the survey has enough, and takes them away.

use std::cell::{Cell, RefCell};

use web_sys::HtmlElement;

use super::{Wake, page};
use crate::baits;
use crate::config::Config;
use crate::signal::{Family, Name, Outcome, Turn, follow, is_crawler};
use crate::text::{parts, push_decimal};
use crate::verdict::{Survey, Verdict, next_look};

/// The page's own slots that we know how to read: AdSense writes what became of them into `data-ad-status`.
const SLOT: &str = "ins.adsbygoogle[data-ad-slot]";

/// The bait elements are at the top left of the viewport and as large as real slots, because lists exempt baits that are off-screen,
/// tiny or empty; the reader neither sees nor touches them, and no layout or paint of the page depends on them.
const CONTAINER_STYLE: &str = "all:initial!important;position:fixed!important;top:0!important;left:0!important;width:300px!important;\
    height:600px!important;opacity:0!important;pointer-events:none!important;z-index:-2147483648!important;contain:strict!important";

/// A page may style names like those of the baits itself. An important inline style wins over every style of the page, and loses
/// to the user style sheets that blockers hide elements with.
const STRONG_STYLE: &str = "display:block!important;visibility:visible!important;position:static!important;float:none!important;\
    width:300px!important;height:100px!important;min-height:0!important;max-height:none!important";

/// Some blockers hide with a style sheet in the page. Only important rules win over this style.
const WEAK_STYLE: &str = "display:block;visibility:visible;position:static;float:none;width:300px;height:60px";

/// The probing of one check.
#[derive(Default)]
pub struct Probing {
    /// The number of this check. Answers to an earlier one come too late to count.
    run: Cell<u32>,
    began: Cell<u32>,
    survey: RefCell<Survey>,
    elements: RefCell<Option<Elements>>,
}

/// The bait elements, which leave the page when this is dropped.
struct Elements {
    container: HtmlElement,
    strong: [(Name, HtmlElement); 3],
    strong_twin: HtmlElement,
    weak: [HtmlElement; 3],
    weak_twin: HtmlElement,
}

impl Drop for Elements {
    fn drop(&mut self) {
        self.container.remove();
    }
}

impl Probing {
    /// Begins a check, unless one is under way. `is_allowed` is whether the reader has just said that the site is allowed.
    pub fn begin(&self, config: &Config, is_allowed: bool) {
        if self.elements.borrow().is_some() {
            return;
        }
        self.run.set(self.run.get() + 1);
        self.began.set(page::now());
        self.survey.replace(Survey::new(is_allowed));
        self.note_browser();
        self.elements.replace(Some(insert_elements()));
        for name in [Name::Script, Name::Image, Name::Fetch] {
            self.ask(name, Turn::Bait, config);
        }
        if config.probe.is_empty() {
            self.see(Name::Host, Outcome::Absent, Outcome::Absent);
        } else {
            self.ask(Name::Host, Turn::Bait, config);
        }
        page::after(0, Wake::Look, self.run.get());
    }

    /// Looks at the elements and slots, and again after a while.
    pub fn look(&self, run: u32) -> Option<Verdict> {
        if let Some(elements) = &*self.elements.borrow()
            && run == self.run.get()
        {
            let twin = shows(&elements.strong_twin);
            for (name, element) in &elements.strong {
                self.see(*name, shows(element), twin);
            }
            // A page may style one of these names itself, but hardly two.
            let n_shown = elements.weak.iter().filter(|element| page::shows(element)).count();
            self.see(Name::Styled, outcome(n_shown > 1), shows(&elements.weak_twin));
            let (slot, parent) = look_at_slot();
            self.see(Name::Slot, slot, parent);
            self.look_at_tags();
            self.survey.borrow_mut().looked();
            page::after(next_look(self.ms()), Wake::Look, run);
        }
        self.conclude()
    }

    /// Takes an answer to a request: 1 where what we asked for came, 2 where the server answered something else, 0 where it failed, 3 where it
    /// must not be asked.
    pub fn hear(&self, token: u32, answer: u32, config: &Config) -> Option<Verdict> {
        let (run, name, turn) = (token >> 8, Name::ALL[(token >> 2 & 63) as usize], TURNS[(token & 3) as usize]);
        if run == self.run.get() {
            let outcome = [Outcome::Fails, Outcome::Works, Outcome::Answered, Outcome::Absent][answer as usize % 4];
            let (bait, twin, next) = follow(turn, outcome);
            self.see(name, bait, twin);
            if let Some(next) = next {
                self.ask(name, next, config);
            } else if turn == Turn::Twin && name == Name::Script {
                page::problem("probe.js", "no answer under either name", "the other signals");
            }
        }
        self.conclude()
    }

    /// Requests a bait or its twin.
    fn ask(&self, name: Name, turn: Turn, config: &Config) {
        let token = self.run.get() << 8 | (name as u32) << 2 | turn as u32;
        // The twin of the ad hosts is the site itself, unless the publisher names another.
        let (file, rest) = match name {
            Name::Host if turn != Turn::Twin => ("", &*config.probe),
            Name::Host if !config.probe_twin.is_empty() => ("", &*config.probe_twin),
            Name::Host => ("probe.js", ""),
            Name::Image => ("probe.gif", baits::IMAGE),
            Name::Fetch => ("probe.js", baits::FETCH),
            _ => ("probe.js", baits::SCRIPT),
        };
        let mut address = String::new();
        if name == Name::Host {
            address.push_str(rest);
        } else {
            // Browsers remember a script that failed, so each turn of each check has an address of its own.
            address.push('&');
            push_decimal(&mut address, (token & 3 | token >> 8 << 2).into());
            address.push_str(if turn == Turn::Twin { baits::NEUTRAL } else { rest });
        }
        page::ask(name.as_str(), file, &address, turn == Turn::Again, token);
    }

    /// Notes what holds of the browser.
    fn note_browser(&self) {
        let (facts, user_agent) = (page::facts(), page::user_agent());
        let mut survey = self.survey.borrow_mut();
        for name in Name::ALL {
            if name.family() == Family::Browser && parts(&facts, |byte| byte == b' ').any(|fact| fact == name.as_str()) {
                survey.note(name);
            }
        }
        if is_crawler(&user_agent) {
            survey.note(Name::Crawler);
        }
    }

    /// Looks at what the page's ad tags have become: whether they run, whether they came at all, and whether they are the real ones.
    fn look_at_tags(&self) {
        let (tag, stand_in) = match &*page::tags() {
            "alive" => (Outcome::Works, Outcome::Works),
            "missing" => (Outcome::Fails, Outcome::Absent),
            "stand-in" => (Outcome::Absent, Outcome::Fails),
            "smart-block" => {
                self.survey.borrow_mut().note(Name::SmartBlock);
                (Outcome::Absent, Outcome::Absent)
            }
            _ => (Outcome::Absent, Outcome::Absent),
        };
        self.see(Name::Tag, tag, Outcome::Works);
        self.see(Name::StandIn, stand_in, Outcome::Works);
    }

    fn see(&self, name: Name, bait: Outcome, twin: Outcome) {
        self.survey.borrow_mut().see(name, bait, twin, self.ms());
    }

    fn ms(&self) -> u32 {
        page::now() - self.began.get()
    }

    /// Ends the check if the survey has enough, and gives its verdict; `None` also where it has ended before.
    fn conclude(&self) -> Option<Verdict> {
        let verdict = self.survey.borrow().verdict(self.ms())?;
        // The elements go first: a listener of the verdict may look at the page.
        self.elements.take().map(|_| verdict)
    }
}

const TURNS: [Turn; 4] = [Turn::Bait, Turn::Twin, Turn::Again, Turn::Again];

fn outcome(works: bool) -> Outcome {
    if works { Outcome::Works } else { Outcome::Fails }
}

fn shows(element: &HtmlElement) -> Outcome {
    outcome(page::shows(element))
}

fn insert_elements() -> Elements {
    let container = page::make("div", "");
    // Neither assistive technology nor the keyboard must find them.
    page::set(&container, "aria-hidden", "true");
    page::set(&container, "inert", "");
    page::set(&container, "style", CONTAINER_STYLE);
    let child = |tag: &str, attribute: &str, value: &str, style: &str| {
        // Lists exempt empty elements; a no-break space is something to lay out.
        let element = page::make(tag, "\u{a0}");
        page::set(&element, attribute, value);
        page::set(&element, "style", style);
        page::append(&container, &element);
        element
    };
    let strong = [
        (Name::Class, child("div", "class", baits::CLASSES, STRONG_STYLE)),
        (Name::Id, child("div", "id", baits::ID, STRONG_STYLE)),
        (Name::Link, child("a", "href", baits::LINK, STRONG_STYLE)),
    ];
    let strong_twin = child("div", "class", baits::TWIN, STRONG_STYLE);
    let weak = baits::STYLED.map(|class| child("div", "class", class, WEAK_STYLE));
    let weak_twin = child("div", "class", baits::TWIN, WEAK_STYLE);
    page::place(&container);
    Elements {
        container,
        strong,
        strong_twin,
        weak,
        weak_twin,
    }
}

/// Whether a slot of the page shows, with its parent as the twin: a slot that is gone from a parent that is there was hidden. A
/// slot that shows says something only when it was filled.
fn look_at_slot() -> (Outcome, Outcome) {
    let Some(slot) = page::find(SLOT) else {
        return (Outcome::Absent, Outcome::Absent);
    };
    let parent = outcome(page::closest(&slot, ":not(ins)").is_some_and(|parent| page::is_rendered(&parent)));
    if !page::is_rendered(&slot) {
        return (Outcome::Fails, parent);
    }
    let is_filled = page::attribute(&slot, "data-ad-status").as_deref() == Some("filled");
    let is_real = is_filled && page::find_in(&slot, "iframe[src^=http]").is_some();
    (if is_real { Outcome::Works } else { Outcome::Absent }, parent)
}
