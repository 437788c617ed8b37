//! The edge in a real browser, without a server: baits, verdict, notice and what stays behind.
//!
//! The module starts once in a page, so these tests share one start and then ask for checks of their own.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;

use js_sys::{Function, Promise, Reflect};
use soutien::browser::{self, Wake};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CustomEvent, Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// The files of the module as addresses that need no server. The names of bait and twin land in a comment.
const ADDRESS: &str = r#"
    const words = { lang: "fr", title: "Titre", text: "Texte", close: "Fermer", allow: "Comment", top: "Haut" };
    const files = {
        "probe.js": "data:text/javascript,export default 'soutien'//",
        "probe.gif": "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='7' height='1'/>#",
        "appeal.css": "data:text/css,dialog{margin:auto}",
        "appeal.js": `data:text/javascript,${encodeURIComponent(script)}`,
        "lang/fr.json": `data:application/json,${JSON.stringify(words)}`,
    };
    return (name) => files[name]"#;

/// What draws the notice, as it is in www/.
const APPEAL: &str = include_str!("../www/appeal.js");

thread_local! {
    static IS_STARTED: Cell<bool> = const { Cell::new(false) };
}

#[wasm_bindgen(module = "/src/browser/page.js")]
extern "C" {
    fn attend(wake: &JsValue, address: &JsValue);
    fn api(version: &str) -> JsValue;
}

fn check() {
    browser::wake(Wake::Check as u32, 0, 0);
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

fn body() -> HtmlElement {
    document().body().unwrap()
}

/// Does something, and gives the detail of the event of this name that follows, within five seconds.
async fn event_after(name: &str, act: impl FnOnce()) -> JsValue {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        let heard = Closure::once_into_js(move |event: CustomEvent| resolve.call1(&JsValue::NULL, &event.detail()));
        document()
            .add_event_listener_with_callback(name, heard.unchecked_ref())
            .unwrap();
        let late = Closure::once_into_js(move || reject.call1(&JsValue::NULL, &"no event within 5 s".into()));
        let _ = web_sys::window()
            .unwrap()
            .set_timeout_with_callback_and_timeout_and_arguments_0(late.unchecked_ref(), 5_000);
    });
    act();
    JsFuture::from(promise)
        .await
        .unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// Starts the module where no test has yet, and waits for its first verdict.
async fn started() {
    if IS_STARTED.replace(true) {
        return;
    }
    let wake = Closure::<dyn Fn(u32, u32, u32)>::new(|what, run, answer| browser::wake(what, run, answer));
    let address = Function::new_with_args("script", ADDRESS)
        .call1(&JsValue::NULL, &APPEAL.into())
        .unwrap();
    // The module's own export takes what it is not given for 0; the glue of tests insists on numbers.
    let filled = Function::new_with_args("wake", "return (what, run = 0, answer = 0) => wake(what, run, answer)")
        .call1(&JsValue::NULL, wake.as_ref())
        .unwrap();
    event_after("soutien:verdict", || {
        attend(&filled, &address);
        let texts = b"\0\0fr\0\0lang\0fr\0top\0off\0vieww\0red\0";
        let place = browser::room(texts.len());
        // SAFETY: there is room for the bytes, and they are UTF-8.
        unsafe {
            place.copy_from_nonoverlapping(texts.as_ptr(), texts.len());
            browser::start(place, texts.len());
        }
    })
    .await;
    wake.forget();
}

fn text(value: &JsValue, key: &str) -> String {
    Reflect::get(value, &key.into()).unwrap().as_string().unwrap_or_default()
}

/// The reading of a signal of a verdict, with the reason where it is unknown.
fn reading(verdict: &JsValue, name: &str) -> String {
    let signals = js_sys::Array::from(&Reflect::get(verdict, &"signals".into()).unwrap());
    let signal = signals.iter().find(|signal| text(signal, "name") == name).unwrap();
    text(&signal, "reading") + &text(&signal, "why")
}

fn dialog() -> Option<Element> {
    let children = body().children();
    (0..children.length()).find_map(|index| children.item(index)?.shadow_root()?.query_selector("dialog[open]").unwrap())
}

/// Does to every node that is added to the body what a function in JavaScript says, until the guard is dropped.
struct Meddler(JsValue);

impl Meddler {
    fn new(what: &str) -> Meddler {
        let code = format!(
            "const o = new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach((n) => {{ {what} }}))); o.observe(document.body, {{ childList: true }}); return o"
        );
        Meddler(Function::new_no_args(&code).call0(&JsValue::NULL).unwrap())
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        let disconnect: Function = Reflect::get(&self.0, &"disconnect".into()).unwrap().unchecked_into();
        disconnect.call0(&self.0).unwrap();
    }
}

#[wasm_bindgen_test]
async fn without_a_blocker_the_verdict_is_clear_and_nothing_stays_behind() {
    started().await;
    let before = body().inner_html().len();
    let verdict = event_after("soutien:verdict", check).await;
    assert_eq!(text(&verdict, "kind"), "clear");
    assert_eq!(text(&verdict, "cause"), "none");
    assert_eq!(reading(&verdict, "class"), "clear");
    for name in ["id", "link", "styled", "script", "image", "fetch"] {
        assert_eq!(reading(&verdict, name), "clear", "{name}");
    }
    assert_eq!(reading(&verdict, "host"), "unknownabsent");
    assert_eq!(reading(&verdict, "slot"), "unknownabsent");
    assert_eq!(body().inner_html().len(), before);
    let last = Reflect::get(&api("0"), &"verdict".into()).unwrap();
    assert!(js_sys::Object::is(&last, &verdict));
}

#[wasm_bindgen_test]
async fn a_bait_that_is_hidden_beside_its_twin_is_blocked() {
    started().await;
    let _blocker = Meddler::new("n.querySelector('[id]')?.style.setProperty('display', 'none', 'important')");
    let verdict = event_after("soutien:verdict", check).await;
    assert_eq!(text(&verdict, "kind"), "blocked");
    assert_eq!(text(&verdict, "cause"), "extension");
    assert_eq!(reading(&verdict, "id"), "blocked");
    assert_eq!(reading(&verdict, "class"), "clear");
}

#[wasm_bindgen_test]
async fn styles_of_the_page_for_names_like_the_baits_are_no_blocker() {
    started().await;
    let style = document().create_element("style").unwrap();
    style.set_text_content(Some(
        ".ad-300x250, #ad-slot-1, [class*=ad] { display: none !important; height: 0 !important }",
    ));
    body().append_child(&style).unwrap();
    let verdict = event_after("soutien:verdict", check).await;
    style.remove();
    assert_eq!(text(&verdict, "kind"), "clear");
}

#[wasm_bindgen_test]
async fn a_blocker_that_hides_with_a_style_in_the_page_is_blocked() {
    started().await;
    let style = document().create_element("style").unwrap();
    let rule = format!(
        ".{} {{ display: none !important }}",
        soutien::baits::STYLED.replace(' ', ",.")
    );
    style.set_text_content(Some(&rule));
    body().append_child(&style).unwrap();
    let verdict = event_after("soutien:verdict", check).await;
    style.remove();
    assert_eq!(reading(&verdict, "styled"), "blocked");
    assert_eq!(text(&verdict, "cause"), "extension");
}

#[wasm_bindgen_test]
async fn a_page_that_hides_everything_is_no_blocker() {
    started().await;
    body().style().set_property("display", "none").unwrap();
    let verdict = event_after("soutien:verdict", check).await;
    body().style().remove_property("display").unwrap();
    assert_eq!(reading(&verdict, "class"), "unknowntwin-failed");
    assert_eq!(text(&verdict, "kind"), "clear", "the request bait got through");
}

#[wasm_bindgen_test]
async fn globals_of_the_page_that_are_not_what_they_should_be_do_no_harm() {
    started().await;
    let set = "window.dataLayer = { length: 'two' }; window.googletag = { getVersion() { throw new Error('not yet') } }";
    Function::new_no_args(set).call0(&JsValue::NULL).unwrap();
    let verdict = event_after("soutien:verdict", check).await;
    Function::new_no_args("delete window.dataLayer; delete window.googletag")
        .call0(&JsValue::NULL)
        .unwrap();
    assert_eq!(text(&verdict, "kind"), "clear");
    assert_eq!(reading(&verdict, "tag"), "unknownabsent");
}

#[wasm_bindgen_test]
async fn a_page_that_removes_foreign_nodes_is_no_blocker() {
    started().await;
    let _cleaner = Meddler::new("n.remove()");
    let verdict = event_after("soutien:verdict", check).await;
    assert_eq!(reading(&verdict, "id"), "unknowntwin-failed");
    assert_eq!(text(&verdict, "kind"), "clear");
}

#[wasm_bindgen_test]
async fn the_notice_is_a_named_dialog_that_the_page_can_close() {
    started().await;
    event_after("soutien:show", || browser::wake(Wake::Due as u32, 0, 0)).await;
    let dialog = dialog().expect("an open dialog");
    let title = dialog.query_selector("#title").unwrap().unwrap();
    assert_eq!(dialog.get_attribute("aria-labelledby").as_deref(), Some("title"));
    assert_eq!(title.text_content().as_deref(), Some("Titre"));
    assert_eq!(dialog.get_attribute("lang").as_deref(), Some("fr"));
    let host = dialog.get_root_node().unchecked_into::<web_sys::ShadowRoot>().host();
    assert_eq!((host.id(), host.class_name()), (String::new(), String::new()));
    let detail = event_after("soutien:close", || browser::wake(Wake::Hide as u32, 0, 0)).await;
    assert_eq!(text(&detail, "by"), "page");
    assert!(self::dialog().is_none() && !host.is_connected());
}

#[wasm_bindgen_test]
async fn a_page_can_veto_the_notice() {
    started().await;
    let veto = Closure::<dyn Fn(CustomEvent)>::new(|event: CustomEvent| event.prevent_default());
    document()
        .add_event_listener_with_callback("soutien:show", veto.as_ref().unchecked_ref())
        .unwrap();
    event_after("soutien:show", || browser::wake(Wake::Due as u32, 0, 0)).await;
    document()
        .remove_event_listener_with_callback("soutien:show", veto.as_ref().unchecked_ref())
        .unwrap();
    assert!(dialog().is_none());
}
