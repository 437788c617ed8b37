//! What the background asks of `chrome.…`: the functions of `platform.js`, typed.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/worker/platform.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    pub async fn get(area: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn set(area: &str, key: &str, value: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn remove(area: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = enabledRulesets)]
    pub async fn enabled_rulesets() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = updateRulesets)]
    pub async fn update_rulesets(change: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = refusedExpressions)]
    pub async fn refused_expressions(expressions: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = dynamicRules)]
    pub async fn dynamic_rules() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = updateDynamicRules)]
    pub async fn update_dynamic_rules(removed: JsValue, added: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = replaceSessionRule)]
    pub async fn replace_session_rule(id: u32, added: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = fixedMatches)]
    pub fn fixed_matches() -> JsValue;
    #[wasm_bindgen(catch, js_name = registeredScripts)]
    pub async fn registered_scripts() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = unregisterScripts)]
    pub async fn unregister_scripts() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = registerScripts)]
    pub async fn register_scripts(scripts: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = hasAccessEverywhere)]
    pub async fn has_access_everywhere() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn frame(tab: i32, frame: f64) -> Result<JsValue, JsValue>;
    pub fn tell(problem: &JsValue);
    #[wasm_bindgen(catch, js_name = insertStyle)]
    pub async fn insert_style(tab: i32, frame: f64, css: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = runScriptlets)]
    pub async fn run_scriptlets(tab: i32, frame: f64, calls: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn reload(tab: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub async fn tab(wanted: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = showProfile)]
    pub fn show_profile(name: &str, is_none: bool);
}
