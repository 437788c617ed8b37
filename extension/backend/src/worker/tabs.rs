//! What is known of each tab: pages that begin and end in it, and the requests of theirs that blockers stop.

use wasm_bindgen::prelude::*;

use super::js::to_js;
use super::platform;
use super::state::Worker;
use crate::filter::{Decision, Source};
use crate::frame::Frame;
use crate::messages::{Reasons, Tab, Wanted};
use crate::profile::Hiding;
use crate::request::EndedRequest;

impl Worker {
    /// A frame has begun to show another page, of which nothing is stored before it is dressed. `document` is what browsers know it by.
    pub fn begin_page(&self, frame: Frame, document: &str, address: &str) {
        if frame.is_page() {
            let mut tabs = self.tabs.borrow_mut();
            let before = tabs.remove(&frame.tab).unwrap_or_default();
            let begun = before.begin(frame.tab, document, address, &self.settings.borrow().profile);
            tabs.insert(frame.tab, begun);
        }
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
        let (tab, by) = (request.tab_id, request.by_page().map(str::to_owned));
        if let Some(hit) = request.hit(blocked_by) {
            self.record(tab, |tab| match by {
                Some(document) => tab.add_request(&document, hit),
                None => tab.add_hit(hit),
            })
            .await;
        }
        Ok(())
    }

    /// What was done to the page at `address`, what would become of these requests of its, and by which rules these selectors hide.
    pub async fn reasons(&self, tab: i32, address: &str, requests: &[Wanted], selectors: &[String]) -> Result<Reasons, JsValue> {
        let mut reasons = Reasons::default();
        if let Some(filter) = self.filter().await? {
            let blocked_by = |wanted: &Wanted| match filter.decide(&wanted.address, address, &wanted.kind) {
                Decision::Blocked(source) => source,
                Decision::Through | Decision::Excepted(..) => Source::default(),
            };
            reasons.requests = requests.iter().map(blocked_by).collect();
            if self.played().hiding != Hiding::Nothing {
                reasons.sheet = filter.page(address).selectors;
                reasons.selectors = selectors.iter().map(|selector| filter.hider(selector, address)).collect();
            }
        }
        // What had to be waited for has let others add to it.
        reasons.tab = self.tabs.borrow().get(&tab).cloned().unwrap_or_default();
        Ok(reasons)
    }

    /// A tab was closed.
    pub async fn forget(&self, tab: i32) -> Result<(), JsValue> {
        self.tabs.borrow_mut().remove(&tab);
        platform::remove("session", &key(tab)).await?;
        Ok(())
    }

    /// Changes what is known of a tab, and stores it.
    pub async fn record(&self, id: i32, change: impl FnOnce(&mut Tab)) {
        change(self.tabs.borrow_mut().entry(id).or_default());
        self.store(id).await;
    }

    /// Stores what is known of a tab. Where there is no room for it, it is known until the background is stopped, and no page is any other
    /// for it.
    pub async fn store(&self, id: i32) {
        let known = to_js(&self.tabs.borrow().get(&id).cloned().unwrap_or_default());
        let stored = match known {
            Ok(known) => platform::set("session", &key(id), known).await,
            Err(error) => Err(error),
        };
        if let Err(error) = stored {
            platform::tell(&error);
        }
    }
}

fn key(tab: i32) -> String {
    format!("tab:{tab}")
}
