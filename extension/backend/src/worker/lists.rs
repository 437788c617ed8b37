//! Takes the lists that the user has pasted.

use wasm_bindgen::prelude::*;

use super::js::{from_js, to_js};
use super::platform;
use super::state::Worker;
use crate::pasted::Pasted;

impl Worker {
    /// Makes rules and a filter of a text of lists, and stores them. An empty text takes the lists away.
    pub async fn take_lists(&self, text: &str) -> Result<(), JsValue> {
        let mut pasted = match Pasted::read(text) {
            Ok(pasted) => pasted,
            Err(refused) => {
                self.settings.borrow_mut().lists = refused;
                return self.keep().await;
            }
        };
        // The browser has the last word about expressions.
        let refused: Vec<u32> = from_js(platform::set_rules(to_js(&pasted.rules)?).await?)?;
        platform::store_filter(&pasted.filter.store()).await?;
        self.settings.borrow_mut().lists = pasted.refuse(&refused);
        self.filter.replace(None);
        self.keep().await?;
        self.apply(true).await
    }
}
