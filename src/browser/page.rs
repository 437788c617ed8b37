//! The platform as the edge sees it: functions of `web/edge/`, typed, by the names of their files. Numbers and texts cross, and no object does: what
//! holds an element is JavaScript, where it weighs a tenth. Texts come after numbers, which lets the build cross them all by one function.
//!
//! They come as one file, a bundle of `web/edge/index.js`: the server of `wasm-bindgen-test` hangs where a page has many.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "/target/pkg/edge.js")]
extern "C" {
    // start.js
    pub fn count();
    pub fn remind();

    // options.js
    pub fn option(text: &str);

    // wake.js
    pub fn after(ms: u32, what: u32, run: u32);
    pub fn now() -> u32;
    pub fn date() -> u32;

    // baits.js
    pub fn insert(classes: &str, id: &str, link: &str, styled: &str, twin: &str);
    pub fn remove();

    // look.js
    pub fn look(is_thorough: bool) -> u32;

    // requests.js
    pub fn ask(name: u32, turn: u32, token: u32, rest: &str);

    // browser.js
    pub fn facts() -> u32;

    // visit.js
    pub fn visit(exempt: &str) -> u32;

    // consent-managers.js
    #[wasm_bindgen(js_name = followConsent)]
    pub fn follow_consent(consent: u32);
    #[wasm_bindgen(js_name = mayCount)]
    pub fn may_count() -> bool;

    // storage.js
    pub fn write(memory: &str);
    pub fn mark(is_on_the_way: bool);
    #[wasm_bindgen(js_name = isOnTheWay)]
    pub fn is_on_the_way() -> bool;

    // notice.js
    pub fn prepare(can_leave: bool, has_places: bool, language: &str);
    #[wasm_bindgen(js_name = whenFree)]
    pub fn when_free();
    #[wasm_bindgen(js_name = isThere)]
    pub fn is_there() -> bool;
    pub fn open(view: u32, is_closable: bool, cause: u32, at_hand: u32) -> bool;
    pub fn show(scene: u32);
    pub fn close();
    pub fn thank();
    pub fn cover();
    pub fn uncover();
    pub fn leave();
    pub fn reload();

    // controls.js
    #[wasm_bindgen(js_name = installControls)]
    pub fn install_controls(has_top: bool, is_modal: bool, language: &str);

    // events.js
    pub fn signal(family: u32, name: u32, reading: u32, why: u32, ms: u32);
    pub fn verdict(kind: u32, cause: u32, ms: u32);
    #[wasm_bindgen(js_name = setWords)]
    pub fn set_words(words: &str);
    pub fn say(event: u32) -> bool;
    pub fn closed(by: u32);
    pub fn relapsed(days: u32);
    pub fn problem(key: &str, given: &str, used: &str);
}
