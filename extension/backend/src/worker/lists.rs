//! The lists that the user has pasted: makes rules and a filter of them, and stores both.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::js::to_js;
use super::rules::RULES;
use super::state::{FILTER, Worker};
use super::{database, platform};
use crate::pasted::Pasted;

impl Worker {
    /// Makes rules and a filter of a text of lists, and stores them. An empty text takes the lists away.
    pub async fn take_lists(&self, text: &str) -> Result<(), JsValue> {
        let mut pasted = match Pasted::read(self.built.browser, text) {
            Ok(pasted) => pasted,
            Err(refused) => {
                self.settings.borrow_mut().lists = refused;
                return self.keep().await;
            }
        };
        // The browser has the last word about expressions.
        let mut refused = Vec::new();
        for rule in pasted.rules.iter().filter(|rule| !rule.condition.regex_filter.is_empty()) {
            if !platform::is_expression_supported(&rule.condition.regex_filter)
                .await?
                .is_truthy()
            {
                refused.push(rule.id);
            }
        }
        let lists = pasted.refuse(&refused);
        database::put(RULES, &to_js(&pasted.rules)?).await?;
        database::put(FILTER, &Uint8Array::from(&pasted.filter.store()[..])).await?;
        self.settings.borrow_mut().lists = lists;
        self.filter.replace(None);
        self.keep().await?;
        self.apply(true).await
    }
}
