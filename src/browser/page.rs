//! The platform as the edge sees it: the functions of `page.js`, typed.

use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement};

use super::Wake;

#[wasm_bindgen(module = "/src/browser/page.js")]
extern "C" {
    pub fn attend(wake: &JsValue, address: &JsValue);
    #[wasm_bindgen(js_name = page)]
    pub fn document() -> JsValue;
    #[wasm_bindgen(js_name = frame)]
    pub fn window() -> JsValue;
    pub fn after(ms: u32, what: Wake, run: u32);
    pub fn listen(target: &JsValue, name: &str, what: Wake);
    pub fn observe(element: &HtmlElement, what: Wake);
    pub fn ask(kind: &str, file: &str, rest: &str, is_again: bool, token: u32);
    #[wasm_bindgen(js_name = userAgent)]
    pub fn user_agent() -> String;
    pub fn facts() -> String;
    #[wasm_bindgen(js_name = followConsent)]
    pub fn follow_consent(by: u32);
    pub fn tags() -> String;
    pub fn load(name: &str, what: Wake);
    pub fn prepare(words: &str, what: Wake);
    #[wasm_bindgen(js_name = whenFree)]
    pub fn when_free(what: Wake);
    pub fn tell(what: &str, text: &str) -> bool;
    pub fn now() -> u32;
    pub fn date() -> u32;
    pub fn referrer() -> String;
    pub fn origin() -> String;
    #[wasm_bindgen(js_name = isFramed)]
    pub fn is_framed() -> bool;
    #[wasm_bindgen(js_name = isTyped)]
    pub fn is_typed(event: &Event, key: &str) -> bool;
    pub fn languages() -> String;
    pub fn word(object: &JsValue, key: &str) -> String;
    pub fn read(area: &str, key: &str) -> Option<String>;
    pub fn write(area: &str, key: &str, value: &str);
    pub fn draw() -> u32;
    #[wasm_bindgen(js_name = isOneOf)]
    pub fn is_one_of(list: &str) -> bool;
    #[wasm_bindgen(js_name = followCourse)]
    pub fn follow_course(what: Wake);
    pub fn reload();
    pub fn leave();
    #[wasm_bindgen(js_name = hasConsent)]
    pub fn has_consent() -> bool;
    pub fn count(endpoint: &str, analytics: &str);
    pub fn emit(name: &str, detail: &JsValue, cancelable: bool) -> bool;
    pub fn problem(key: &str, given: &str, used: &str);
    pub fn closed(by: &str);
    pub fn relapsed(days: u32);
    pub fn verdict(kind: &str, cause: &str, ms: u32) -> JsValue;
    pub fn signal(verdict: &JsValue, family: &str, name: &str, reading: &str, why: &str, ms: u32);
    pub fn find(selector: &str) -> Option<HtmlElement>;
    #[wasm_bindgen(js_name = findIn)]
    pub fn find_in(element: &HtmlElement, selector: &str) -> Option<HtmlElement>;
    #[wasm_bindgen(js_name = findLast)]
    pub fn find_last(selector: &str) -> Option<HtmlElement>;
    pub fn closest(element: &JsValue, selector: &str) -> Option<HtmlElement>;
    pub fn attribute(element: &HtmlElement, name: &str) -> Option<String>;
    pub fn set(element: &HtmlElement, name: &str, value: &str);
    pub fn make(tag: &str, text: &str) -> HtmlElement;
    pub fn append(parent: &HtmlElement, element: &HtmlElement);
    pub fn place(element: &HtmlElement);
    pub fn shelter(element: &HtmlElement);
    pub fn shut(panel: &HtmlElement);
    pub fn shows(element: &HtmlElement) -> bool;
    #[wasm_bindgen(js_name = isRendered)]
    pub fn is_rendered(element: &HtmlElement) -> bool;
    pub fn focus(element: &HtmlElement);
    pub fn scroll();
}
