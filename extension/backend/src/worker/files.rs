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

/// Returns the bytes of a file.
pub async fn bytes(path: &str) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(response(path).await?.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Returns the text of a file.
pub async fn text(path: &str) -> Result<String, JsValue> {
    let text = JsFuture::from(response(path).await?.text()?).await?;
    text.as_string().ok_or_else(|| format!("{path} is no text").into())
}

async fn response(path: &str) -> Result<Response, JsValue> {
    Ok(fetch(path).await?.unchecked_into())
}
