//! The page's close controls: makes them close what they belong to, with Esc, focus and `aria-expanded` as readers expect.
//!
//! A closer is any element with `data-close="#id"`, or one of the theme of the page that started this. What it closes is opened by
//! the page's own means (a popover button, a link to the panel's id, the theme's script), and works without us.

use std::cell::RefCell;

use web_sys::{Event, HtmlElement};

use super::{Wake, page};

const CLOSERS: &str = "[data-close],.close-side-aside,.tie-btn-close";

/// What opens a panel.
const OPENERS: &str = "[aria-controls],[popovertarget],a[href^='#']";

/// What the theme's close controls close.
const THEME_PANELS: &str = ".side-aside,.tie-popup,dialog,[popover]";

/// What closes itself by Esc, as the platform has it.
const NATIVE: &str = "dialog[open],:popover-open";

/// The panels that were opened by a click, each with its opener, the topmost last.
#[derive(Default)]
pub struct Closers {
    opened: RefCell<Vec<(HtmlElement, HtmlElement)>>,
}

impl Closers {
    /// Takes a click anywhere on the page.
    pub fn clicked(&self, event: &Event) {
        let Some(target) = event.target() else {
            return;
        };
        if let Some(closer) = page::closest(&target, CLOSERS) {
            // The theme's own script may have closed the panel already.
            if let Some(panel) = panel_of(&closer).filter(|_| !event.default_prevented()) {
                event.prevent_default();
                self.close(&panel);
            }
        } else if let Some(opener) = page::closest(&target, OPENERS)
            && let Some(panel) = panel_opened_by(&opener)
        {
            // The panel opens after this event: a link to it takes effect only then.
            let _ = panel.remove_attribute("hidden");
            // A panel that closed by its own means is still listed.
            self.forget(&panel);
            self.opened.borrow_mut().push((panel, opener));
            page::after(0, Wake::Opened, 0);
        }
    }

    /// Follows up on an opened panel: tells its opener, and takes the focus into it where the platform doesn't.
    pub fn opened(&self) {
        let last = self.opened.borrow().last().map(|(panel, _)| panel.clone());
        if let Some(panel) = last {
            tell(&panel);
            if page::shows(&panel) && !panel.has_attribute("popover") {
                page::focus(&panel);
            }
        }
    }

    /// Takes the Esc key: closes the last panel opened, else the last one of the page that shows.
    pub fn escaped(&self, event: &Event) {
        if page::find(NATIVE).is_some() {
            return;
        }
        let last = self
            .opened
            .borrow()
            .iter()
            .rev()
            .map(|(panel, _)| panel.clone())
            .find(page::shows);
        if let Some(panel) = last.or_else(|| panel_of(&page::find_last(CLOSERS)?)) {
            event.prevent_default();
            self.close(&panel);
        }
    }

    /// Follows a popover, `<details>` or dialog that opened or closed by its own means.
    pub fn toggled(&self, event: &Event) {
        if let Some(panel) = event.target().and_then(|target| page::closest(&target, "[id]")) {
            tell(&panel);
        }
    }

    /// Closes a panel and gives the focus back to what opened it.
    fn close(&self, panel: &HtmlElement) {
        page::shut(panel);
        tell(panel);
        let opener = self.forget(panel).or_else(|| opener_of(panel));
        if let Some(opener) = opener {
            page::focus(&opener);
        }
    }

    /// Takes a panel off those that were opened, and gives its opener. A function of its own, because the list must be free again when
    /// the focus moves: the page may listen, and click.
    fn forget(&self, panel: &HtmlElement) -> Option<HtmlElement> {
        let mut opened = self.opened.borrow_mut();
        let index = opened.iter().rposition(|(open, _)| open == panel)?;
        Some(opened.remove(index).1)
    }
}

/// The panel that an opener opens. Only what has a closer is a panel; other links within the page are none of ours.
fn panel_opened_by(opener: &HtmlElement) -> Option<HtmlElement> {
    let id = page::attribute(opener, "aria-controls").or_else(|| page::attribute(opener, "popovertarget"));
    let selector = match id {
        Some(id) => "#".to_owned() + &id,
        None => page::attribute(opener, "href")?,
    };
    page::find(&("[data-close='".to_owned() + &selector + "']"))?;
    page::find(&selector)
}

/// The panel that a closer closes.
fn panel_of(closer: &HtmlElement) -> Option<HtmlElement> {
    match page::attribute(closer, "data-close") {
        Some(selector) => page::find(&selector).or_else(|| {
            page::problem("data-close", &selector, "nothing: no such element");
            None
        }),
        None => page::closest(closer, THEME_PANELS),
    }
}

fn opener_of(panel: &HtmlElement) -> Option<HtmlElement> {
    page::find(&("[aria-controls='".to_owned() + &panel.id() + "']"))
}

/// Tells the opener of a panel whether the panel is open, where it says so to assistive technology.
fn tell(panel: &HtmlElement) {
    if let Some(opener) = opener_of(panel).filter(|opener| opener.has_attribute("aria-expanded")) {
        page::set(&opener, "aria-expanded", if page::shows(panel) { "true" } else { "false" });
    }
}
