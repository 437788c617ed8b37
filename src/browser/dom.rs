//! The few things of the platform that the edge is made of, each under a short name, and listeners that clean up after themselves.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, FocusOptions, HtmlElement};

#[wasm_bindgen(module = "/src/browser/load.js")]
extern "C" {
    /// Imports a script, see `load.js`.
    #[wasm_bindgen(js_name = script)]
    pub fn load_script(url: &str) -> Promise;
    /// Fetches a text file, see `load.js`.
    #[wasm_bindgen(js_name = text)]
    pub fn load_text(url: &str) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create(tag: &str) -> HtmlElement;
    /// The first element that a selector matches, or an error where it is not a valid one.
    #[wasm_bindgen(js_namespace = document, js_name = querySelector, catch)]
    pub fn find(selector: &str) -> Result<Option<HtmlElement>, JsValue>;
    /// Milliseconds since the page's time origin; never goes back.
    #[wasm_bindgen(js_namespace = performance)]
    pub fn now() -> f64;
    /// Milliseconds since 1970 by the reader's clock.
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub fn date() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, ms: u32);
    #[wasm_bindgen(js_name = getComputedStyle)]
    fn computed_style(element: &Element) -> JsValue;
    #[wasm_bindgen(js_namespace = console)]
    fn warn(text: &str);

    #[wasm_bindgen(js_name = String)]
    fn string(number: f64) -> String;

    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = location)]
    static LOCATION: JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = parent)]
    static PARENT: JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = self)]
    static SELF: JsValue;

    /// A promise as `load.js` gives it.
    pub type Promise;
    #[wasm_bindgen(method)]
    fn then(this: &Promise, works: &JsValue, fails: &JsValue);

    type CustomEvent;
    #[wasm_bindgen(constructor)]
    fn new(name: &str, init: &Object) -> CustomEvent;
    #[wasm_bindgen(js_namespace = document, js_name = dispatchEvent)]
    fn dispatch(event: &CustomEvent) -> bool;
}

/// Runs `f` once, after `ms` milliseconds.
pub fn after(ms: u32, f: impl FnOnce() + 'static) {
    set_timeout(&Closure::once_into_js(f), ms);
}

/// Calls one of two functions when a promise settles: `works` with its value, or `fails` with its reason.
pub fn settle(promise: &Promise, works: impl FnOnce(JsValue) + 'static, fails: impl FnOnce(JsValue) + 'static) {
    // A promise settles once, so one of the two closures is never called and its few bytes stay; a check makes a handful.
    promise.then(&Closure::once_into_js(works), &Closure::once_into_js(fails));
}

/// Moves the focus to an element, making it focusable from scripts where it is not, without scrolling to it.
pub fn focus(element: &HtmlElement) {
    if element.tab_index() < 0 && !element.has_attribute("tabindex") {
        let _ = element.set_attribute("tabindex", "-1");
    }
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Whether an element takes up space and is not made invisible.
pub fn shows(element: &HtmlElement) -> bool {
    element.offset_height() > 0 && element.offset_width() > 0 && get(&computed_style(element), "visibility") == "visible"
}

/// Whether an element has a box at all: false under `display: none`, true for an empty one.
pub fn is_rendered(element: &Element) -> bool {
    element.get_client_rects().length() > 0
}

/// Makes an element with attributes and, unless it is empty, a text. The names of the attributes must be valid.
pub fn element(tag: &str, attributes: &[(&str, &str)], text: &str) -> HtmlElement {
    let element = create(tag);
    for (name, value) in attributes {
        let _ = element.set_attribute(name, value);
    }
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    element
}

/// Appends an element of ours to the page.
pub fn append(element: &HtmlElement) {
    // A document need not have a body.
    let parent = find("body").ok().flatten().or_else(|| find(":root").ok().flatten());
    if let Some(parent) = parent {
        let _ = parent.append_child(element);
    }
}

/// A property of any value; undefined where there is none.
pub fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap_or_default()
}

/// A property of any value as a text; empty where it is none.
pub fn text(value: &JsValue, key: &str) -> String {
    get(value, key).as_string().unwrap_or_default()
}

/// A number as JavaScript writes it, which costs less than the standard library's formatting.
pub fn decimal(number: f64) -> String {
    string(number)
}

/// The language of the page: the `lang` of its root element.
pub fn page_language() -> String {
    find(":root").ok().flatten().map(|root| root.lang()).unwrap_or_default()
}

/// The language of the reader's browser.
pub fn reader_language() -> String {
    text(&NAVIGATOR.with(JsValue::clone), "language")
}

/// The address of the page that led here; empty where there is none.
pub fn referrer() -> String {
    text(&DOCUMENT.with(JsValue::clone), "referrer")
}

/// The page's own origin.
pub fn origin() -> String {
    text(&LOCATION.with(JsValue::clone), "origin")
}

/// Whether the page is a frame in another.
pub fn is_framed() -> bool {
    SELF.with(|window| PARENT.with(|parent| window != parent))
}

/// Makes an object.
pub fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}

/// Emits `soutien:NAME` on the document. Gives false where a listener cancelled it.
pub fn emit(name: &str, detail: &JsValue) -> bool {
    let init = object(&[("detail", detail.clone()), ("cancelable", (name == "show").into())]);
    dispatch(&CustomEvent::new(&["soutien:", name].concat(), init.unchecked_ref()))
}

/// Reports a problem: `soutien:problem` for programs, one console warning for people.
pub fn report(key: &str, given: &str, used: &str) {
    emit("problem", &object(&[("key", key.into()), ("given", given.into()), ("used", used.into())]));
    warn(&["soutien: ", key, ": found \"", given, "\", used ", used].concat());
}

/// A listener that is removed when this is dropped.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    capture: bool,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens in the bubbling phase.
    pub fn new(target: &EventTarget, name: &'static str, f: impl FnMut(Event) + 'static) -> Listener {
        Listener::add(target, name, false, Closure::new(f))
    }

    /// Listens in the capturing phase, which events that do not bubble, such as `toggle`, have as well.
    pub fn capture(target: &EventTarget, name: &'static str, f: impl FnMut(Event) + 'static) -> Listener {
        Listener::add(target, name, true, Closure::new(f))
    }

    fn add(target: &EventTarget, name: &'static str, capture: bool, closure: Closure<dyn FnMut(Event)>) -> Listener {
        let target = target.clone();
        let _ = target.add_event_listener_with_callback_and_bool(name, closure.as_ref().unchecked_ref(), capture);
        Listener { target, name, capture, closure }
    }

    /// Keeps listening for as long as the page lives.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.name, function, self.capture);
    }
}
