//! The back-to-top control: enhances the page's own link, or makes a button where the page has none.

use std::cell::{Cell, OnceCell};

use web_sys::{HtmlElement, IntersectionObserverEntry};

use super::{Wake, page};

/// The page's own link: marked for us, or that of the theme of the page that started this. Our tag may have an attribute of that name.
const OWN: &str = "[data-top]:not(script),#go-to-top";

/// Marks where the first half screen ends. It takes no space in the page, and no scroll listener is needed.
const SENTINEL_STYLE: &str = "all:initial!important;position:absolute!important;top:0!important;left:0!important;width:1px!important;\
    height:50vh!important;visibility:hidden!important;pointer-events:none!important";

const BUTTON_STYLE: &str = "all:initial;position:fixed;right:16px;bottom:16px;width:48px;height:48px;border-radius:50%;cursor:pointer;\
    font:24px/46px system-ui;text-align:center;color:#fff;background:#333;border:1px solid #fff;box-sizing:border-box";

/// The control, for as long as the page lives.
#[derive(Default)]
pub struct Top {
    control: OnceCell<HtmlElement>,
    /// Whether the control is a button of ours that still has no name.
    is_nameless: Cell<bool>,
}

impl Top {
    /// Sets the control up.
    pub fn install(&self) {
        let sentinel = page::make("div", "");
        page::set(&sentinel, "style", SENTINEL_STYLE);
        page::shelter(&sentinel);
        let control = self.control.get_or_init(|| {
            page::find(OWN).unwrap_or_else(|| {
                let button = page::make("button", "↑");
                page::set(&button, "type", "button");
                page::set(&button, "style", BUTTON_STYLE);
                page::shelter(&button);
                self.is_nameless.set(true);
                button
            })
        });
        // The link may be far down the page and works without us. It is hidden only now, and by visibility: nothing moves.
        show(control, false);
        page::observe(&sentinel, Wake::Scroll);
        page::listen(control, "click", Wake::Top);
    }

    /// Shows or hides the control when the sentinel has come or gone. Gives true when the control needs a name.
    pub fn scrolled(&self, entry: &IntersectionObserverEntry) -> bool {
        let is_scrolled = !entry.is_intersecting();
        if let Some(control) = self.control.get() {
            show(control, is_scrolled);
        }
        is_scrolled && self.is_nameless.replace(false)
    }

    /// Names our button. The words are fetched only for readers who scroll on a page without a link of its own.
    pub fn name(&self, name: &str) {
        if let Some(control) = self.control.get() {
            page::set(control, "aria-label", name);
            page::set(control, "title", name);
        }
    }

    /// Goes to the top, and takes the focus to where the link leads, else to the headline.
    pub fn go(&self) {
        let href = self.control.get().and_then(|control| page::attribute(control, "href"));
        page::scroll();
        let headline = || page::find("h1").or_else(|| page::find("main"));
        if let Some(target) = href.and_then(|href| page::find(&href)).or_else(headline) {
            page::focus(&target);
        }
    }
}

/// Hidden by visibility, the control cannot be focused either. Pages style the attribute.
fn show(control: &HtmlElement, is_shown: bool) {
    let (state, visibility) = if is_shown {
        ("shown", "visible")
    } else {
        ("hidden", "hidden")
    };
    page::set(control, "data-top", state);
    let _ = control.style().set_property("visibility", visibility);
}
