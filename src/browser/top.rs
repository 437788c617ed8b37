//! The back-to-top control: enhances the page's own link, or makes a button where the page has none.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, IntersectionObserver, IntersectionObserverEntry, ScrollBehavior, ScrollToOptions, ShadowRootInit, ShadowRootMode};

use super::dom::{self, Listener};

/// The page's own link: marked for us, or that of the theme of the page that started this.
const OWN: &str = "[data-top],#go-to-top";

/// Marks where the first half screen ends. It takes no space in the page, and no scroll listener is needed.
const SENTINEL_STYLE: &str = "all:initial!important;position:absolute!important;top:0!important;left:0!important;width:1px!important;\
    height:50vh!important;visibility:hidden!important;pointer-events:none!important";

const BUTTON_STYLE: &str = "all:initial;position:fixed;right:16px;bottom:16px;width:48px;height:48px;border-radius:50%;cursor:pointer;\
    font:24px/48px system-ui;text-align:center;color:#fff;background:#333;border:1px solid #fff;box-sizing:border-box";

/// Sets the control up for as long as the page lives. `words` is called once, when the page has no link of its own and the reader
/// has scrolled, and hands over the text for our button.
pub fn install(words: impl FnOnce(Box<dyn FnOnce(&str)>) + 'static) {
    let own = dom::find(OWN).ok().flatten();
    let host = dom::element("div", &[], "");
    let Ok(root) = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)) else {
        return;
    };
    let sentinel = dom::element("div", &[], "");
    sentinel.style().set_css_text(SENTINEL_STYLE);
    let _ = root.append_child(&sentinel);
    dom::append(&host);

    let mut words = Some(words);
    let control = own.clone().unwrap_or_else(|| {
        let button = dom::element("button", &[("type", "button")], "↑");
        button.style().set_css_text(BUTTON_STYLE);
        let _ = root.append_child(&button);
        button
    });
    // The link may be far down the page and work without us, so it is hidden only now, and by visibility: nothing moves.
    show(&control, false);
    let observed = control.clone();
    let is_ours = own.is_none();
    let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        let entry: IntersectionObserverEntry = entries.pop().unchecked_into();
        let is_scrolled = !entry.is_intersecting() && entry.bounding_client_rect().bottom() <= 0.0;
        show(&observed, is_scrolled);
        if is_scrolled && is_ours && let Some(words) = words.take() {
            let named = observed.clone();
            words(Box::new(move |text| {
                let _ = named.set_attribute("aria-label", text);
                named.set_title(text);
            }));
        }
    });
    if let Ok(observer) = IntersectionObserver::new(callback.as_ref().unchecked_ref()) {
        observer.observe(&sentinel);
    }
    // The observer lives as long as the page, and so does its callback.
    callback.forget();

    let clicked = control.clone();
    // The control lives as long as the page.
    Listener::new(&control, "click", move |event| {
        event.prevent_default();
        go(&clicked);
    })
    .forget();
}

/// Shows or hides the control. Hidden by visibility, it cannot be focused either; pages style the attribute.
fn show(control: &HtmlElement, is_shown: bool) {
    let _ = control.set_attribute("data-top", if is_shown { "shown" } else { "hidden" });
    let _ = control.style().set_property("visibility", if is_shown { "visible" } else { "hidden" });
}

/// Goes where the link leads, which is the top of the page for a button, and takes the focus along.
fn go(control: &HtmlElement) {
    let target = control.get_attribute("href").filter(|href| href.len() > 1);
    let target = target.and_then(|href| dom::find(&href).ok().flatten());
    if let Some(window) = web_sys::window() {
        let is_reduced = matches!(window.match_media("(prefers-reduced-motion)"), Ok(Some(query)) if query.matches());
        let options = ScrollToOptions::new();
        options.set_top(0.0);
        options.set_behavior(if is_reduced { ScrollBehavior::Instant } else { ScrollBehavior::Smooth });
        window.scroll_to_with_scroll_to_options(&options);
    }
    if let Some(target) = target.or_else(|| dom::find("h1,main,body").ok().flatten()) {
        dom::focus(&target);
    }
    dom::emit("top", &JsValue::NULL);
}
