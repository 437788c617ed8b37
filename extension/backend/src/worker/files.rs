//! The files of the extension.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

#[wasm_bindgen]
extern "C" {
    // Of a window in Firefox and of a worker in Chromium; either is in the extension's folder.
    #[wasm_bindgen(catch)]
    async fn fetch(path: &str) -> Result<JsValue, JsValue>;
}

/// Returns the text of a file.
pub async fn text(path: &str) -> Result<String, JsValue> {
    let response: Response = fetch(path).await?.unchecked_into();
    // A text of the browser's own would have twice the size on its way.
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    String::from_utf8(Uint8Array::new(&bytes).to_vec()).map_err(|error| format!("{path} is no text: {error}").into())
}
