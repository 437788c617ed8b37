//! Hides elements and runs scriptlets on pages, as the profile's filter says, and notes by which rules.

use wasm_bindgen::prelude::*;

use super::js::{from_js, to_js};
use super::platform;
use super::state::Worker;
use crate::frame::{Frame, Shown};
use crate::hiding::{sheet, sheet_of_page, survey};
use crate::messages::{Hit, PageAnswer};
use crate::profile::{Hiding, asked_for};
use crate::request_type::RequestType;

impl Worker {
    /// The page has begun: whether the content script is to look at its names.
    pub async fn begin(&self, frame: Frame, address: &str) -> Result<PageAnswer, JsValue> {
        if let Some(wanted) = asked_for(address)
            && frame.is_page()
        {
            self.choose(frame.tab, wanted).await?;
        }
        Ok(PageAnswer {
            survey: survey(self.played().hiding),
            ..PageAnswer::default()
        })
    }

    /// Puts on a page what does not depend on its content.
    pub async fn dress(&self, frame: Frame, address: &str) -> Result<(), JsValue> {
        let profile = self.played();
        if profile.hiding == Hiding::Nothing && !profile.scriptlets {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        let page = filter.page(address);
        let css = sheet_of_page(&page);
        if profile.hiding != Hiding::Nothing && !css.is_empty() {
            self.style(frame, address, &css).await;
        }
        if profile.scriptlets && !page.scriptlets.is_empty() {
            let run = platform::run_scriptlets(frame.tab, frame.number as f64, to_js(&page.scriptlets)?).await;
            tell_failure(frame, address, run).await;
            self.record(frame.tab, |tab| {
                for call in page.scriptlets {
                    tab.add_hit(Hit::of_scriptlet(&call, filter.scriptlet(&call, address)));
                }
            })
            .await;
        }
        Ok(())
    }

    /// Hides what the profile hides for these names, or offers the selectors to the content script.
    pub async fn hide_names(
        &self,
        frame: Frame,
        address: &str,
        classes: &[String],
        ids: &[String],
    ) -> Result<PageAnswer, JsValue> {
        let profile = self.played();
        let mut answer = PageAnswer::default();
        if profile.hiding == Hiding::Nothing {
            return Ok(answer);
        }
        let Some(filter) = self.filter().await? else {
            return Ok(answer);
        };
        let page = filter.page(address);
        if let Hiding::Survey { spares_first_party, .. } = profile.hiding
            && !page.spared.generic
        {
            let selectors = filter.names(classes, ids, &page.exceptions);
            if spares_first_party {
                answer.selectors = selectors;
            } else {
                self.hide(frame, address, &selectors).await?;
            }
        }
        // The others are on the page from its beginning.
        self.note_hidden(frame.tab, address, &page.named(classes, ids)).await?;
        Ok(answer)
    }

    /// Which of a page's images and frames a rule refuses, where the profile changes what pages look like at all.
    pub async fn refused(&self, address: &str, images: Vec<String>, frames: Vec<String>) -> Result<PageAnswer, JsValue> {
        let mut answer = PageAnswer::default();
        let profile = self.played();
        if profile.hiding == Hiding::Nothing {
            return Ok(answer);
        }
        if let Some(filter) = self.filter().await? {
            answer.images = filter.refused(images, address, RequestType::Image, profile.redirects);
            answer.frames = filter.refused(frames, address, RequestType::Frame, profile.redirects);
        }
        Ok(answer)
    }

    /// Hides what fits these selectors, as far as they can have been offered: a page may ask for any. Of what was, nothing is kept, since the
    /// background may have been stopped since then.
    pub async fn hide_offered(&self, frame: Frame, address: &str, selectors: Vec<String>) -> Result<(), JsValue> {
        if !matches!(self.played().hiding, Hiding::Survey { .. }) {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        self.hide(frame, address, &filter.hiding(selectors, address)).await
    }

    async fn hide(&self, frame: Frame, address: &str, selectors: &[String]) -> Result<(), JsValue> {
        if selectors.is_empty() {
            return Ok(());
        }
        self.style(frame, address, &sheet(selectors)).await;
        self.note_hidden(frame.tab, address, selectors).await
    }

    async fn style(&self, frame: Frame, address: &str, css: &str) {
        let styled = platform::insert_style(frame.tab, frame.number as f64, css).await;
        tell_failure(frame, address, styled).await;
    }

    /// Notes what is hidden on the page at `address`, with the rules behind it.
    async fn note_hidden(&self, tab: i32, address: &str, selectors: &[String]) -> Result<(), JsValue> {
        if selectors.is_empty() {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        self.record(tab, |tab| {
            for selector in selectors {
                tab.add_hit(Hit::of_selector(selector, filter.hider(selector, address)));
            }
        })
        .await;
        Ok(())
    }

    /// Notes which links the page's style sheet hides for where they lead.
    pub async fn note_links(&self, tab: i32, address: &str, links: &[String]) -> Result<(), JsValue> {
        if links.is_empty() || self.played().hiding == Hiding::Nothing {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        self.note_hidden(tab, address, &filter.page(address).linked(links)).await
    }
}

/// Tells that something could not be done to the page at `address` in a frame, unless that page is gone by now, which is no failure.
async fn tell_failure(frame: Frame, address: &str, done: Result<JsValue, JsValue>) {
    let Err(error) = done else {
        return;
    };
    // Browsers say it in words that differ, and that are the same for what is gone and for what is refused.
    let found = platform::frame(frame.tab, frame.number as f64).await;
    let shown: Option<Shown> = found.and_then(from_js).unwrap_or_default();
    if shown.is_some_and(|shown| shown.may_be(address)) {
        platform::tell(&error);
    }
}
