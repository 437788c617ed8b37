//! Asks the questions that `signal` names: writes the baits, looks at them until the survey has enough, and takes them away.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::dom;
use crate::baits;
use crate::signal::{Name, Outcome};
use crate::verdict::{Survey, Verdict};

/// How often the baits are looked at, in milliseconds.
const POLL_MS: u32 = 50;

/// The page's own slots that we know how to read: AdSense writes what became of them into `data-ad-status`.
const SLOTS: &str = "ins.adsbygoogle[data-ad-slot]";

/// The bait elements are at the top left of the viewport and as large as a real slot, because lists exempt baits that are off-screen,
/// tiny or empty; the reader neither sees nor touches them, and no layout or paint of the page depends on them.
const CONTAINER_STYLE: &str = "all:initial!important;position:fixed!important;top:0!important;left:0!important;width:300px!important;\
    height:250px!important;opacity:0!important;pointer-events:none!important;z-index:-2147483648!important;contain:strict!important";

/// A page may style names like those of the baits itself. An important inline style wins over every style of the page, and loses
/// to the user style sheets that blockers hide elements with.
const BAIT_STYLE: &str = "display:block!important;visibility:visible!important;position:static!important;float:none!important;\
    width:300px!important;height:80px!important;min-height:0!important;max-height:none!important";

/// One check while it lasts.
struct Probing<F> {
    survey: RefCell<Survey>,
    elements: RefCell<Option<Elements>>,
    began: f64,
    done: RefCell<Option<F>>,
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

/// Probes, and calls `done` once with the verdict.
///
/// `script` is the address of the bait script, to which the names of bait and twin are added.
pub fn probe(script: &str, done: impl FnOnce(Verdict) + 'static) {
    let probing = Rc::new(Probing {
        survey: RefCell::default(),
        elements: RefCell::new(Some(insert_elements())),
        began: dom::now(),
        done: RefCell::new(Some(done)),
    });
    ask_script(&probing, script);
    look(probing);
}

impl<F: FnOnce(Verdict)> Probing<F> {
    fn ms(&self) -> u32 {
        (dom::now() - self.began) as u32
    }

    fn see(&self, name: Name, (bait, twin): (Outcome, Outcome)) {
        self.survey.borrow_mut().see(name, bait, twin, self.ms());
    }

    /// Ends the probing if the survey has enough.
    fn conclude(&self) {
        let verdict = self.survey.borrow().verdict(self.ms());
        if let Some(verdict) = verdict {
            // The elements go first: a listener of the verdict may look at the page.
            self.elements.take();
            if let Some(done) = self.done.take() {
                done(verdict);
            }
        }
    }
}

/// Looks at the elements and slots, and again after a while, until the probing has ended.
fn look<F: FnOnce(Verdict) + 'static>(probing: Rc<Probing<F>>) {
    if let Some(elements) = &*probing.elements.borrow() {
        let twin = outcome(dom::shows(&elements.twin));
        probing.see(Name::Class, (outcome(dom::shows(&elements.class)), twin));
        probing.see(Name::Id, (outcome(dom::shows(&elements.id)), twin));
        probing.see(Name::Slot, look_at_slots());
    } else {
        return;
    }
    probing.conclude();
    dom::after(POLL_MS, || look(probing));
}

fn outcome(works: bool) -> Outcome {
    if works { Outcome::Works } else { Outcome::Fails }
}

fn insert_elements() -> Elements {
    // Assistive technology must not find them either.
    let container = dom::element("div", &[("aria-hidden", "true")], "");
    container.style().set_css_text(CONTAINER_STYLE);
    let child = |attribute: &str, value: &str| {
        // Lists exempt empty elements; a no-break space is something to lay out.
        let element = dom::element("div", &[(attribute, value)], "\u{a0}");
        element.style().set_css_text(BAIT_STYLE);
        let _ = container.append_child(&element);
        element
    };
    let class = child("class", baits::CLASSES);
    let id = child("id", baits::ID);
    let twin = child("class", baits::TWIN);
    dom::append(&container);
    Elements { container, class, id, twin }
}

/// Whether a slot of the page shows, with its parent as the twin: a slot that is gone from a parent that is there was hidden. A
/// slot that shows says something only when it was filled.
fn look_at_slots() -> (Outcome, Outcome) {
    let Ok(Some(slot)) = dom::find(SLOTS) else {
        return (Outcome::Absent, Outcome::Absent);
    };
    if !dom::is_rendered(&slot) {
        let twin = slot.parent_element().is_some_and(|parent| dom::is_rendered(&parent));
        return (Outcome::Fails, outcome(twin));
    }
    // uBlock Origin's stand-in writes "filled" as well, around a frame on a `data:` address.
    let is_filled = matches!(slot.query_selector("iframe[src^=http]"), Ok(Some(_)));
    let says_so = slot.get_attribute("data-ad-status").as_deref() == Some("filled");
    (if is_filled && says_so { Outcome::Works } else { Outcome::Absent }, Outcome::Works)
}

/// Imports the bait script, and its twin where the bait fails. A blocker may answer with a script of its own instead of failing, so
/// only the word that our file exports counts as an answer.
fn ask_script<F: FnOnce(Verdict) + 'static>(probing: &Rc<Probing<F>>, script: &str) {
    let twin = [script, baits::SCRIPT_TWIN].concat();
    let probing = probing.clone();
    load(&[script, baits::SCRIPT].concat(), move |bait| {
        probing.see(Name::Script, (bait, Outcome::Pending));
        if bait == Outcome::Works {
            return probing.conclude();
        }
        load(&twin, move |twin| {
            probing.see(Name::Script, (bait, twin));
            probing.conclude();
        });
    });
}

fn load(url: &str, done: impl FnOnce(Outcome) + Clone + 'static) {
    let failed = done.clone();
    dom::settle(
        &dom::load_script(url),
        move |word: JsValue| done(outcome(word == baits::SCRIPT_WORD)),
        move |_| failed(Outcome::Fails),
    );
}
