//! The platform as the edge sees it: the functions of `page.js` and `controls.js`, typed. Numbers and texts cross, and no object does: what
//! holds an element is JavaScript, where it weighs a tenth. Texts come after numbers, which lets the build cross them all by one function.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/web/edge/page.js")]
extern "C" {
    pub fn after(ms: u32, what: u32, run: u32);
    pub fn insert(classes: &str, id: &str, link: &str, styled: &str, twin: &str) -> u32;
    pub fn look(is_thorough: bool) -> u32;
    pub fn ask(name: u32, token: u32, rest: &str);
    pub fn now() -> u32;
    pub fn date() -> u32;
    pub fn visit(exempt: &str) -> u32;
    #[wasm_bindgen(js_name = hasConsent)]
    pub fn has_consent() -> bool;
    #[wasm_bindgen(js_name = isOnTheWay)]
    pub fn is_on_the_way() -> bool;
    pub fn mark(is_on_the_way: bool);
    pub fn field(number: u32, name: &str);
    pub fn write();
    pub fn remind();
    pub fn prepare(can_leave: bool, has_places: bool, language: &str);
    #[wasm_bindgen(js_name = whenFree)]
    pub fn when_free();
    pub fn tell(what: u32, number: u32) -> bool;
    pub fn open(view: u32, dismiss: bool, cause: u32, at_hand: u32, title: &str, text: &str, support: &str, logo: &str) -> bool;
    pub fn signal(family: u32, name: u32, reading: u32, why: u32, ms: u32);
    pub fn verdict(kind: u32, cause: u32, ms: u32);
    pub fn say(event: u32) -> bool;
    pub fn close(by: u32);
    pub fn relapsed(days: u32);
    pub fn problem(key: &str, given: &str, used: &str);
}

#[wasm_bindgen(module = "/web/controls/controls.js")]
extern "C" {
    #[wasm_bindgen(js_name = setUp)]
    pub fn set_up(
        consent: u32,
        has_controls: bool,
        has_top: bool,
        is_modal: bool,
        language: &str,
        endpoint: &str,
        analytics: &str,
        words: &str,
    );
}

// Files that those above import, and none of whose functions is called from here: naming them has wasm-bindgen carry them along.
#[wasm_bindgen(module = "/web/edge/consent.js")]
extern "C" {
    #[allow(dead_code)]
    fn hear();
}
