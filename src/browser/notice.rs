//! Draws the notice: a native dialog in an open shadow root on a host without id or class.

use std::rc::Rc;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlDialogElement, HtmlElement, ShadowRootInit, ShadowRootMode};

use super::dom::{self, Listener};
use crate::config::Config;

#[wasm_bindgen]
extern "C" {
    type CSSStyleSheet;
    #[wasm_bindgen(constructor)]
    fn new() -> CSSStyleSheet;
    #[wasm_bindgen(method, js_name = replaceSync)]
    fn replace(this: &CSSStyleSheet, text: &str);
}

/// An open notice. Dropping it takes it off the page.
pub struct Notice {
    host: HtmlElement,
    dialog: HtmlDialogElement,
    _listeners: [Listener; 4],
}

impl Drop for Notice {
    fn drop(&mut self) {
        // Closing before removing is what gives the focus back to where it was.
        self.dialog.close();
        self.host.remove();
    }
}

impl Notice {
    /// Whether the notice is still on the page; the page or a blocker may have removed it.
    pub fn is_there(&self) -> bool {
        self.host.is_connected()
    }
}

/// Opens the notice.
///
/// `words` are the texts of a language, `style` is the style sheet, `close` is called with how the reader closes it: `button`,
/// `esc` or `backdrop`. Gives `None` where the browser cannot show it.
pub fn open(config: &Config, language: &str, words: &JsValue, style: &str, close: impl Fn(&'static str) + 'static) -> Option<Notice> {
    let word = |key: &str| dom::text(words, key);
    let chosen = |text: &str, key: &str| if text.is_empty() { word(key) } else { text.into() };

    let title = dom::element("h2", &[("id", "title")], &chosen(&config.title, "title"));
    let text = dom::element("p", &[("id", "text")], &chosen(&config.text, "text"));
    let button = dom::element("button", &[("type", "button"), ("autofocus", "")], &word("close"));
    let choices = dom::element("div", &[("class", "choices")], "");
    if !config.support_url.is_empty() {
        let _ = choices.append_child(&dom::element("a", &[("href", &config.support_url)], &word("support")));
    }
    let _ = choices.append_child(&button);
    // The sheet fills the dialog, so a click on the dialog itself is one on its backdrop.
    let sheet = dom::element("div", &[("class", "sheet")], "");
    let _ = sheet.append_with_node_3(&title, &text, &choices);
    let attributes = [("lang", language), ("dir", &word("dir")), ("aria-labelledby", "title"), ("aria-describedby", "text")];
    let dialog: HtmlDialogElement = dom::element("dialog", &attributes, "").unchecked_into();
    let _ = dialog.append_child(&sheet);

    let host = dom::element("div", &[], "");
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?;
    let sheet = CSSStyleSheet::new();
    sheet.replace(style);
    let _ = Reflect::set(&root, &"adoptedStyleSheets".into(), &Array::of1(&sheet));
    let _ = root.append_child(&dialog);
    dom::append(&host);
    dialog.show_modal().ok()?;

    let close = Rc::new(close);
    let listener = |target: &HtmlElement, name, by, is_meant: fn(&Event) -> bool| {
        let close = close.clone();
        Listener::new(target, name, move |event| {
            if is_meant(&event) {
                // We close the dialog ourselves, in one place; the browser must not do so before.
                event.prevent_default();
                close(by);
            }
        })
    };
    let listeners = [
        listener(&button, "click", "button", |_| true),
        listener(&dialog, "cancel", "esc", |_| true),
        listener(&dialog, "click", "backdrop", |event| event.target() == event.current_target()),
        listener(&dialog, "close", "page", |_| true),
    ];
    Some(Notice { host, dialog, _listeners: listeners })
}
