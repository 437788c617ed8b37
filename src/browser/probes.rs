//! Asks the questions that `signal` names: writes the baits, looks at them until the survey has enough, and takes them away.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::{Wake, page};
use crate::baits;
use crate::signal::{Name, Outcome};
use crate::verdict::{Survey, Verdict};

/// How often the baits are looked at, in milliseconds.
const POLL_MS: u32 = 50;

/// The page's own slots that we know how to read: AdSense writes what became of them into `data-ad-status`.
const SLOT: &str = "ins.adsbygoogle[data-ad-slot]";

/// The bait elements are at the top left of the viewport and as large as a real slot, because lists exempt baits that are off-screen,
/// tiny or empty; the reader neither sees nor touches them, and no layout or paint of the page depends on them.
const CONTAINER_STYLE: &str = "all:initial!important;position:fixed!important;top:0!important;left:0!important;width:300px!important;\
    height:250px!important;opacity:0!important;pointer-events:none!important;z-index:-2147483648!important;contain:strict!important";

/// A page may style names like those of the baits itself. An important inline style wins over every style of the page, and loses
/// to the user style sheets that blockers hide elements with.
const BAIT_STYLE: &str = "display:block!important;visibility:visible!important;position:static!important;float:none!important;\
    width:300px!important;height:80px!important;min-height:0!important;max-height:none!important";

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
    class: HtmlElement,
    id: HtmlElement,
    twin: HtmlElement,
}

impl Drop for Elements {
    fn drop(&mut self) {
        self.container.remove();
    }
}

impl Probing {
    /// Begins a check, unless one is under way. `script` is the address of the bait script, which the names are added to.
    pub fn begin(&self, script: &str) {
        if self.elements.borrow().is_some() {
            return;
        }
        self.run.set(self.run.get() + 1);
        self.began.set(page::now());
        self.survey.take();
        self.elements.replace(Some(insert_elements()));
        page::probe(&(script.to_owned() + baits::SCRIPT), Wake::Bait, self.run.get());
        page::after(0, Wake::Look, self.run.get());
    }

    /// Looks at the elements and slots, and again after a while.
    pub fn look(&self, run: u32) -> Option<Verdict> {
        if let Some(elements) = &*self.elements.borrow()
            && run == self.run.get()
        {
            let twin = outcome(page::shows(&elements.twin));
            self.see(Name::Class, outcome(page::shows(&elements.class)), twin);
            self.see(Name::Id, outcome(page::shows(&elements.id)), twin);
            let (slot, parent) = look_at_slot();
            self.see(Name::Slot, slot, parent);
            page::after(POLL_MS, Wake::Look, run);
        }
        self.conclude()
    }

    /// Takes the answer to the bait script, `word` being what it exports. A blocker may answer with a script of its own instead of
    /// failing, so only our word counts. Where the bait failed, the twin is asked for.
    pub fn hear_bait(&self, run: u32, word: &JsValue, script: &str) -> Option<Verdict> {
        if run == self.run.get() {
            let bait = outcome(word == baits::SCRIPT_WORD);
            self.see(Name::Script, bait, Outcome::Pending);
            if bait == Outcome::Fails {
                page::probe(&(script.to_owned() + baits::SCRIPT_TWIN), Wake::Twin, run);
            }
        }
        self.conclude()
    }

    /// Takes the answer to the twin of the bait script.
    pub fn hear_twin(&self, run: u32, word: &JsValue) -> Option<Verdict> {
        if run == self.run.get() {
            let twin = outcome(word == baits::SCRIPT_WORD);
            self.see(Name::Script, Outcome::Fails, twin);
            if twin == Outcome::Fails {
                page::problem("probe.js", "no answer under either name", "the other signals");
            }
        }
        self.conclude()
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

fn outcome(works: bool) -> Outcome {
    if works { Outcome::Works } else { Outcome::Fails }
}

fn insert_elements() -> Elements {
    let container = page::make("div", "");
    // Assistive technology must not find them either.
    page::set(&container, "aria-hidden", "true");
    page::set(&container, "style", CONTAINER_STYLE);
    let child = |attribute: &str, value: &str| {
        // Lists exempt empty elements; a no-break space is something to lay out.
        let element = page::make("div", "\u{a0}");
        page::set(&element, attribute, value);
        page::set(&element, "style", BAIT_STYLE);
        page::append(&container, &element);
        element
    };
    let class = child("class", baits::CLASSES);
    let id = child("id", baits::ID);
    let twin = child("class", baits::TWIN);
    page::place(&container);
    Elements {
        container,
        class,
        id,
        twin,
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
    // uBlock Origin's stand-in writes "filled" as well, around a frame on a `data:` address.
    let is_filled = page::attribute(&slot, "data-ad-status").as_deref() == Some("filled");
    let is_real = is_filled && page::find_in(&slot, "iframe[src^=http]").is_some();
    (if is_real { Outcome::Works } else { Outcome::Absent }, parent)
}
