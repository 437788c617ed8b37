//! The platform as the edge sees it: the functions of `page.js` and `controls.js`, typed. Numbers and texts cross, and no object does: what
//! holds an element is JavaScript, where it weighs a tenth.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/page.js")]
extern "C" {
    pub fn after(ms: u32, what: u32, run: u32);
    pub fn insert(run: u32, classes: &str, id: &str, link: &str, styled: &str, twin: &str);
    pub fn look(is_thorough: bool) -> u32;
    pub fn remove();
    pub fn ask(name: u32, token: u32, rest: &str);
    pub fn facts() -> u32;
    pub fn now() -> u32;
    pub fn date() -> u32;
    pub fn draw() -> u32;
    pub fn visit(exempt: &str) -> u32;
    #[wasm_bindgen(js_name = followConsent)]
    pub fn follow_consent(by: u32);
    #[wasm_bindgen(js_name = hasConsent)]
    pub fn has_consent() -> bool;
    pub fn count(endpoint: &str, analytics: &str);
    #[wasm_bindgen(js_name = isOnTheWay)]
    pub fn is_on_the_way() -> bool;
    pub fn mark(is_on_the_way: bool);
    pub fn field(name: &str, number: u32);
    pub fn write();
    pub fn prepare(language: &str);
    #[wasm_bindgen(js_name = whenFree)]
    pub fn when_free();
    pub fn tell(what: &str, number: u32) -> bool;
    pub fn open(view: u32, title: &str, text: &str, support: &str, logo: &str, dismiss: bool, cause: u32, at_hand: u32) -> bool;
    pub fn learn(words: &str);
    pub fn signal(family: u32, name: u32, reading: u32, why: u32, ms: u32);
    pub fn verdict(kind: u32, cause: u32, ms: u32);
    pub fn emit(name: &str) -> bool;
    pub fn closed(by: &str);
    pub fn relapsed(days: u32);
    pub fn problem(key: &str, given: &str, used: &str);
}

#[wasm_bindgen(module = "/src/browser/controls.js")]
extern "C" {
    pub fn control(has_top: bool, is_modal: bool, language: &str);
}
