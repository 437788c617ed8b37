//! Draws the notice: a native dialog in an open shadow root on a host without id or class.

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::{Wake, page};
use crate::config::Config;

/// An open notice. Dropping it takes it off the page and gives the focus back to where it was.
pub struct Notice {
    host: HtmlElement,
    dialog: HtmlElement,
}

impl Drop for Notice {
    fn drop(&mut self) {
        // Closing before removing is what gives the focus back.
        page::shut(&self.dialog);
        self.host.remove();
    }
}

impl Notice {
    /// Opens the notice, with the words of a language and the text of the style sheet. Gives `None` where the browser cannot.
    pub fn open(config: &Config, words: &JsValue, style: &str) -> Option<Notice> {
        let word = |chosen: &str, key: &str| {
            if chosen.is_empty() {
                page::word(words, key)
            } else {
                chosen.to_owned()
            }
        };

        let dialog = page::make("dialog", "");
        for (name, value) in [("aria-labelledby", "title"), ("aria-describedby", "text")] {
            page::set(&dialog, name, value);
        }
        for name in ["lang", "dir"] {
            page::set(&dialog, name, &page::word(words, name));
        }
        // The sheet fills the dialog, so a click on the dialog itself is one on its backdrop.
        let sheet = page::make("div", "");
        page::set(&sheet, "class", "sheet");
        page::append(&dialog, &sheet);
        for (tag, id, text) in [("h2", "title", &config.title), ("p", "text", &config.text)] {
            let element = page::make(tag, &word(text, id));
            page::set(&element, "id", id);
            page::append(&sheet, &element);
        }

        let choices = page::make("div", "");
        page::set(&choices, "class", "choices");
        page::append(&sheet, &choices);
        if !config.support_url.is_empty() {
            let link = page::make("a", &page::word(words, "support"));
            page::set(&link, "href", &config.support_url);
            page::append(&choices, &link);
        }
        let button = page::make("button", &page::word(words, "close"));
        page::set(&button, "type", "button");
        page::set(&button, "autofocus", "");
        page::append(&choices, &button);

        page::listen(&button, "click", Wake::Button);
        page::listen(&dialog, "click", Wake::Backdrop);
        page::listen(&dialog, "cancel", Wake::Escape);
        let notice = Notice {
            host: page::shelter(&dialog, style),
            dialog,
        };
        page::open(&notice.dialog).then_some(notice)
    }

    /// Whether the notice is still on the page; the page or a blocker may have removed it.
    pub fn is_there(&self) -> bool {
        self.host.is_connected()
    }
}
