//! Keeps the memory in the browser: one key of the local storage. Where storage is denied or full, every visit is a first one.

use wasm_bindgen::prelude::*;

use crate::memory::Memory;

/// The one key that we ever write.
const KEY: &str = "soutien";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = localStorage, js_name = getItem, catch)]
    fn get_item(key: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(js_namespace = localStorage, js_name = setItem, catch)]
    fn set_item(key: &str, value: &str) -> Result<(), JsValue>;
}

/// Reads the memory.
pub fn read() -> Memory {
    get_item(KEY).ok().flatten().map(|text| Memory::read(&text)).unwrap_or_default()
}

/// Writes the memory. Called for a click of the reader's and for nothing else.
pub fn write(memory: &Memory) {
    // A reader who denies storage is asked again on the next view; there is nothing else that could be done.
    let _ = set_item(KEY, &memory.write());
}
