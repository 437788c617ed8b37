//! The extension's background: takes in what happens in the browser, and has the browser do what the profile says.
//!
//! `worker.js` registers the listeners and calls the functions below. Between two calls everything may be gone, since browsers stop a
//! background that rests: what has to last is in the browser's storage.

mod database;
mod files;
mod hiding;
mod js;
mod lists;
mod platform;
mod popup;
mod rules;
mod state;
mod tabs;

use std::cell::RefCell;
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use self::js::{from_js, to_js};
use self::state::Worker;
use crate::frame::{Address, Frame};
use crate::host::host_of_pattern;
use crate::messages::{PageAnswer, PageMessage, PopupMessage};
use crate::request::EndedRequest;

thread_local! {
    static WORKER: RefCell<Option<Rc<Worker>>> = const { RefCell::new(None) };
}

/// Who sent a message, of what browsers say.
#[derive(Deserialize)]
struct Sender {
    #[serde(default)]
    url: String,
    #[serde(default)]
    origin: String,
    tab: Option<SenderTab>,
    #[serde(default, rename = "frameId")]
    frame: i64,
}

#[derive(Deserialize)]
struct SenderTab {
    id: i32,
}

/// Starts, or starts again.
///
/// # Errors
/// When a file of the extension is not what it should be, or the browser refuses something.
#[wasm_bindgen]
pub async fn start() -> Result<(), JsValue> {
    let worker = Rc::new(Worker::new().await?);
    worker.apply(false).await?;
    WORKER.with(|cell| cell.replace(Some(worker)));
    Ok(())
}

/// Answers the content script of a page.
///
/// # Errors
/// When the message is not one of the schema or too large, or the browser refuses something; with what was found.
#[wasm_bindgen(unchecked_return_type = "PageAnswer")]
pub async fn page(
    #[wasm_bindgen(unchecked_param_type = "PageMessage")] message: JsValue,
    sender: JsValue,
) -> Result<JsValue, JsValue> {
    let worker = worker()?;
    let message = from_js::<PageMessage>(message)?.limited()?;
    let sender: Sender = from_js(sender)?;
    let tab = sender.tab.as_ref().ok_or("the message comes from no tab")?.id;
    let mut answer = PageAnswer::default();
    let shown = Address::read(&sender.url, &sender.origin);
    let address = shown.text();
    if !worker.acts_on(address) {
        return to_js(&answer);
    }
    let frame = Frame {
        tab,
        number: sender.frame,
    };
    if message.is_for_tab() && !frame.is_page() {
        return Err("a page within a page does not speak for the tab".into());
    }
    match message {
        PageMessage::Page => {
            // Browsers do not say whose such a document is when it begins.
            if matches!(shown, Address::Lent(_)) {
                worker.dress(frame, address).await?;
            }
            answer = worker.begin(frame, address).await?;
        }
        PageMessage::Names { classes, ids, links } => {
            answer = worker.hide_names(frame, address, &classes, &ids).await?;
            worker.note_links(tab, address, &links).await?;
        }
        PageMessage::Hide { selectors } => worker.hide_offered(frame, address, selectors).await?,
        PageMessage::Boxes { images, frames } => answer = worker.refused(address, images, frames).await?,
        PageMessage::Verdict { verdict } => worker.record(tab, |tab| tab.verdict = Some(verdict)).await,
        PageMessage::Problem { problem } => worker.record(tab, |tab| tab.add_problem(problem)).await,
        PageMessage::Choose { profile } => worker.choose(tab, &profile).await?,
        PageMessage::State if worker.built.everywhere => {
            let known = worker.tabs.borrow().get(&tab).cloned().unwrap_or_default();
            return to_js(&known);
        }
        PageMessage::Reasons { requests, selectors } if worker.built.everywhere => {
            return to_js(&worker.reasons(tab, address, &requests, &selectors).await?);
        }
        PageMessage::State | PageMessage::Reasons { .. } => {
            return Err("only the variant for machines tells pages of itself".into());
        }
    }
    to_js(&answer)
}

/// Answers the popup with everything that it shows.
///
/// # Errors
/// When the message is not one of the schema, or what it asks for cannot be done; with what was found.
#[wasm_bindgen(unchecked_return_type = "State")]
pub async fn popup(#[wasm_bindgen(unchecked_param_type = "PopupMessage")] message: JsValue) -> Result<JsValue, JsValue> {
    let worker = worker()?;
    let mut wanted = None;
    match from_js(message)? {
        PopupMessage::Explain { address, from, request } => return to_js(&worker.explain(&address, &from, &request).await?),
        PopupMessage::ExplainElement { element, from } => return to_js(&worker.explain_element(&element, &from).await?),
        PopupMessage::State { tab } => wanted = tab,
        PopupMessage::Select { profile } => worker.select(&profile).await?,
        PopupMessage::Site { host, is_allowed } => worker.allow(&host, is_allowed).await?,
        PopupMessage::Lists { text } => worker.take_lists(&text).await?,
    }
    to_js(&worker.state(wanted).await?)
}

/// A frame of a tab has begun to show another page, which the browser knows by `document`. Styles and scriptlets have to be there before
/// anything of it runs.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn committed(tab: i32, frame: f64, document: String, address: String) -> Result<(), JsValue> {
    let worker = worker()?;
    // Numbers of JavaScript are what browsers number frames by, and those are whole.
    let frame = Frame {
        tab,
        number: frame as i64,
    };
    worker.begin_page(frame, &document, &address);
    let dressed = if worker.acts_on(&address) {
        worker.dress(frame, &address).await
    } else {
        Ok(())
    };
    if frame.is_page() {
        worker.store(tab).await;
    }
    dressed
}

/// A request has failed or was redirected. Tells the rule behind it where a rule of the profile is.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn seen(details: JsValue) -> Result<(), JsValue> {
    let request: EndedRequest = from_js(details)?;
    worker()?.note_request(request).await
}

/// The user has given access to these sites, as match patterns. A pattern for one host is one that the popup asked for, so that
/// blockers act there from now on.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn permitted(origins: Vec<String>) -> Result<(), JsValue> {
    let worker = worker()?;
    for host in origins.iter().filter_map(|origin| host_of_pattern(origin)) {
        worker.allow(host, true).await?;
    }
    Ok(())
}

/// A tab was closed.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn closed(tab: i32) -> Result<(), JsValue> {
    worker()?.forget(tab).await
}

fn worker() -> Result<Rc<Worker>, JsValue> {
    WORKER
        .with(|cell| cell.borrow().clone())
        .ok_or_else(|| "the backend has not started".into())
}
