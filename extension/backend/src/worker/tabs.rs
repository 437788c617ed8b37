//! What is known of each tab: pages that begin and end in it, and the requests of theirs that blockers stop.

use wasm_bindgen::prelude::*;

use super::js::to_js;
use super::platform;
use super::state::Worker;
use crate::filter::Decision;
use crate::frame::Frame;
use crate::messages::Tab;
use crate::request::EndedRequest;

impl Worker {
    /// A frame has begun to show another page.
    pub async fn begin_page(&self, frame: Frame, address: &str) -> Result<(), JsValue> {
        if !frame.is_page() {
            return Ok(());
        }
        let begun = Tab::begun(frame.tab, address, &self.settings.borrow().profile);
        self.record(frame.tab, |tab| *tab = begun).await
    }

    /// A request has failed or was redirected.
    pub async fn note_request(&self, request: EndedRequest) -> Result<(), JsValue> {
        if request.tab_id < 0 || request.action().is_none() || !self.acts_on(request.from()) {
            return Ok(());
        }
        let decision = match self.filter().await? {
            Some(filter) => filter.decide(&request.url, request.from(), &request.kind),
            None => Decision::Through,
        };
        let blocked_by = match decision {
            Decision::Blocked(source) => Some(source),
            Decision::Through | Decision::Excepted(..) => None,
        };
        let tab = request.tab_id;
        match request.hit(blocked_by) {
            Some(hit) => self.record(tab, |tab| tab.add_hit(hit)).await,
            None => Ok(()),
        }
    }

    /// A tab was closed.
    pub async fn forget(&self, tab: i32) -> Result<(), JsValue> {
        self.tabs.borrow_mut().remove(&tab);
        platform::remove("session", &key(tab)).await?;
        Ok(())
    }

    /// Changes what is known of a tab, and stores it.
    pub async fn record(&self, id: i32, change: impl FnOnce(&mut Tab)) -> Result<(), JsValue> {
        let changed = {
            let mut tabs = self.tabs.borrow_mut();
            let tab = tabs.entry(id).or_default();
            change(tab);
            to_js(tab)?
        };
        platform::set("session", &key(id), changed).await?;
        Ok(())
    }
}

fn key(tab: i32) -> String {
    format!("tab:{tab}")
}
