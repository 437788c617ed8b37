//! The browser as the background sees it: the functions of `platform.js`, typed.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/worker/platform.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    pub async fn get(area: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn set(area: &str, key: &str, value: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn remove(area: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn file(path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = storedFilter)]
    pub async fn stored_filter() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = storeFilter)]
    pub async fn store_filter(bytes: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = enableRulesets)]
    pub async fn enable_rulesets(names: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = setRules)]
    pub async fn set_rules(rules: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = playLists)]
    pub async fn play_lists(are_played: bool, are_new: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = setScope)]
    pub async fn set_scope(hosts: JsValue, poses_as_brave: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = hasAccessEverywhere)]
    pub async fn has_access_everywhere() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = insertStyle)]
    pub async fn insert_style(tab: i32, frame: i32, css: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = runScriptlets)]
    pub async fn run_scriptlets(tab: i32, frame: i32, calls: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn reload(tab: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn tab(wanted: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = showProfile)]
    pub fn show_profile(name: &str, is_none: bool);
}
