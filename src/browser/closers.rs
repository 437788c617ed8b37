//! The page's close controls: makes them close what they belong to, with Esc, focus and `aria-expanded` as readers expect.
//!
//! A closer is any element with `data-close="#id"`, or one of the theme of the page that started this. What it closes is opened by
//! the page's own means (a popover button, a link to the panel's id, the theme's script), and works without us.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlDialogElement, HtmlElement, KeyboardEvent};

use super::dom::{self, Listener};

const CLOSERS: &str = "[data-close],.close-side-aside,.tie-btn-close";

/// What the theme's close controls close, and the class that opens the theme's side panel.
const THEME_PANELS: &str = ".side-aside,.tie-popup,dialog,[popover]";
const THEME_OPEN: &str = "side-aside-open";

/// The panels that were opened by a click, each with its opener, the topmost last.
type Opened = Rc<RefCell<Vec<(HtmlElement, HtmlElement)>>>;

/// Sets the controls up for as long as the page lives. `is_busy` says whether a notice of ours is open, which then owns the Esc key.
pub fn install(is_busy: impl Fn() -> bool + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let opened: Opened = Rc::default();

    let clicked = opened.clone();
    let click = Listener::new(&document, "click", move |event| on_click(&clicked, &event));

    let escaped = opened.clone();
    let key = Listener::new(&document, "keydown", move |event| {
        let is_escape = event.unchecked_ref::<KeyboardEvent>().key() == "Escape";
        // Native dialogs and popovers close themselves.
        let is_native = matches!(dom::find("dialog[open]"), Ok(Some(_))) || matches!(dom::find(":popover-open"), Ok(Some(_)));
        if is_escape
            && !event.default_prevented()
            && !is_busy()
            && !is_native
            && let Some(panel) = topmost(&escaped)
        {
            event.prevent_default();
            close(&escaped, &panel);
        }
    });

    let toggle = Listener::capture(&document, "toggle", |event| {
        if let Some(panel) = event.target() {
            tell(panel.unchecked_ref());
        }
    });

    // The document lives as long as the page, and so do its listeners.
    click.forget();
    key.forget();
    toggle.forget();
}

fn on_click(opened: &Opened, event: &Event) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    if let Ok(Some(closer)) = target.closest(CLOSERS) {
        // The theme's own script may have closed the panel already.
        if let Some(panel) = panel_of(&closer).filter(|_| !event.default_prevented()) {
            event.prevent_default();
            close(opened, &panel);
        }
    } else if let Ok(Some(opener)) = target.closest("a[href^='#'],[popovertarget],[aria-controls]")
        && let Some(panel) = controlled(&opener)
    {
        // Only what has a closer is a panel; other links within the page are none of ours.
        let id = panel.id();
        if matches!(dom::find(&["[data-close='#", &id, "']"].concat()), Ok(Some(_))) {
            panel.set_hidden(false);
            opened.borrow_mut().push((panel.clone(), opener.unchecked_into()));
            // The panel opens after this event: a link to it takes effect only then.
            dom::after(0, move || {
                tell(&panel);
                if !is_native(&panel) && is_open(&panel) {
                    dom::focus(&panel);
                }
            });
        }
    }
}

/// The element that an opener opens.
fn controlled(opener: &Element) -> Option<HtmlElement> {
    let id = opener.get_attribute("aria-controls").or_else(|| opener.get_attribute("popovertarget"));
    let selector = id.map(|id| ["#", &id].concat()).or_else(|| opener.get_attribute("href"))?;
    dom::find(&selector).ok().flatten()
}

/// The element that a closer closes.
fn panel_of(closer: &Element) -> Option<HtmlElement> {
    match closer.get_attribute("data-close") {
        Some(selector) => dom::find(&selector).unwrap_or_else(|_| {
            dom::report("data-close", &selector, "nothing");
            None
        }),
        None => closer.closest(THEME_PANELS).ok().flatten().map(JsCast::unchecked_into),
    }
}

fn is_native(panel: &HtmlElement) -> bool {
    panel.has_attribute("popover") || panel.tag_name() == "DIALOG"
}

fn is_open(panel: &HtmlElement) -> bool {
    dom::shows(panel)
}

/// The open panel that Esc closes: the last one opened, else the last one of the page.
fn topmost(opened: &Opened) -> Option<HtmlElement> {
    let last = opened.borrow().iter().rev().map(|(panel, _)| panel.clone()).find(is_open);
    last.or_else(|| {
        let closers = web_sys::window()?.document()?.query_selector_all(CLOSERS).ok()?;
        let mut panels = (0..closers.length()).rev().filter_map(|index| panel_of(closers.get(index)?.unchecked_ref()));
        panels.find(is_open)
    })
}

/// Closes a panel by its own means, and gives the focus back to what opened it.
fn close(opened: &Opened, panel: &HtmlElement) {
    if panel.tag_name() == "DIALOG" {
        panel.unchecked_ref::<HtmlDialogElement>().close();
    } else if panel.has_attribute("popover") {
        let _ = panel.hide_popover();
    } else if panel.tag_name() == "DETAILS" {
        let _ = panel.remove_attribute("open");
    } else {
        panel.set_hidden(true);
        if let Ok(Some(page)) = dom::find(":root") {
            let _ = page.class_list().remove_1(THEME_OPEN);
        }
    }
    tell(panel);

    let mut opened = opened.borrow_mut();
    let opener = opened.iter().rposition(|(open, _)| open == panel).map(|index| opened.remove(index).1);
    if let Some(opener) = opener.or_else(|| opener_of(panel)) {
        dom::focus(&opener);
    }
}

fn opener_of(panel: &HtmlElement) -> Option<HtmlElement> {
    dom::find(&["[aria-controls='", &panel.id(), "']"].concat()).ok().flatten()
}

/// Tells the openers of a panel whether it is open.
fn tell(panel: &HtmlElement) {
    if let Some(opener) = opener_of(panel).filter(|opener| opener.has_attribute("aria-expanded")) {
        let _ = opener.set_attribute("aria-expanded", if is_open(panel) { "true" } else { "false" });
    }
}
