//! Answers the popup: everything that it shows, and why something becomes of a request or an element.

use js_sys::{ArrayBuffer, WebAssembly};
use wasm_bindgen::prelude::*;

use super::js::from_js;
use super::platform;
use super::state::Worker;
use crate::element::Element;
use crate::filter::{Decision, Sight};
use crate::messages::{Explanation, State};
use crate::offer::offers;
use crate::profile::Hiding;

impl Worker {
    /// Everything that the popup shows; `wanted` is the number of the tab it is about, the active one without it.
    pub async fn state(&self, wanted: Option<i32>) -> Result<State, JsValue> {
        let profiles = offers(
            &self.profiles,
            &self.built,
            &self.n_refused().await?,
            self.has_access().await?,
        );
        let shown: Option<(i32, String)> = from_js(platform::tab(wanted.unwrap_or(-1)).await?)?;
        let tab = shown.map(|(id, address)| {
            let known = self.tabs.borrow().get(&id).cloned().unwrap_or_default();
            let is_allowed = self.acts_on(&address);
            known.shown(id, address, is_allowed)
        });
        let settings = self.settings.borrow();
        Ok(State {
            profile: settings.profile.clone(),
            profiles,
            scope: self.scope(),
            tab,
            lists: settings.lists.clone(),
            memory: memory_bytes(),
        })
    }

    /// What becomes of a request by the profile's lists, and why.
    pub async fn explain(&self, address: &str, from: &str, kind: &str) -> Result<Explanation, JsValue> {
        let decision = match self.filter().await? {
            Some(filter) => filter.decide(address, from, kind),
            None => Decision::Through,
        };
        Ok(decision.into())
    }

    /// What becomes of an element under the profile, and why.
    pub async fn explain_element(&self, element: &str, from: &str) -> Result<Explanation, JsValue> {
        let element = Element::read(element)?;
        let sight = match self.filter().await? {
            Some(filter) if self.played().hiding != Hiding::Nothing => filter.element(&element, from),
            _ => Sight::default(),
        };
        Ok(sight.into())
    }
}

fn memory_bytes() -> f64 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: ArrayBuffer = memory.buffer().unchecked_into();
    buffer.byte_length().into()
}
