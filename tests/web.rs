//! The edge in a real browser, without a server: baits, verdict, notice and what stays behind.
//!
//! The module starts once in a page, so these tests share one start and then ask for checks of their own.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;

use js_sys::{Function, Promise, Reflect};
use soutien::abi::Wake;
use soutien::browser;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CustomEvent, Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// The files of the module as addresses that need no server, but for the bundle of the notice. The names of bait and twin land in a comment.
const ADDRESS: &str = r#"
    const words = { lang: "fr", title: "Titre", text: "Texte", close: "Fermer", allow: "Comment", top: "Haut" };
    const files = {
        "probe.js": "data:text/javascript,export default 'soutien'//",
        "probe.gif": "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='7' height='1'/>#",
        "appeal.css": "data:text/css,.frame{all:unset}dialog{margin:auto}",
        "host.js": "data:text/javascript,export default (host) => document.body.append(host)",
        "appeal.js": "/target/pkg/notice.js",
        "lang/fr.json": `data:application/json,${JSON.stringify(words)}`,
    };
    return (name) => files[name]"#;

thread_local! {
    static IS_STARTED: Cell<bool> = const { Cell::new(false) };
}

#[wasm_bindgen(raw_module = "/target/pkg/edge.js")]
extern "C" {
    fn attend(wake: &JsValue, take: &JsValue, address: &JsValue);
    fn api(version: &str) -> JsValue;
    #[wasm_bindgen(catch)]
    fn hear(answers: &JsValue, data: &JsValue, is_good: &JsValue) -> Result<JsValue, JsValue>;
    fn least(answers: &JsValue) -> u32;
    #[wasm_bindgen(catch, js_name = modeOf)]
    fn mode_of(layer: &JsValue, what: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = allowedByEvent)]
    fn allowed_by_event(detail: &JsValue) -> Result<u32, JsValue>;
}

/// What `web/edge/consent.js` calls that.
const COUNTING: u32 = 1;
const ADS: u32 = 2;
const UNREFUSED: u32 = 4;

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
    let address = Function::new_no_args(ADDRESS).call0(&JsValue::NULL).unwrap();
    // The module's own export takes what it is not given for 0; the glue of tests insists on numbers.
    let filled = Function::new_with_args("wake", "return (what, run = 0, answer = 0) => wake(what, run, answer)")
        .call1(&JsValue::NULL, wake.as_ref())
        .unwrap();
    event_after("soutien:verdict", || {
        let retake = Closure::<dyn Fn(String)>::new(|text: String| unsafe { browser::remind(text.as_ptr(), text.len()) });
        attend(&filled, retake.as_ref(), &address);
        retake.forget();
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
            "const o = new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach((n) => {{ {what} }}))); o.observe(document, {{ childList: true, subtree: true }}); return o"
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
    let page = || document().document_element().unwrap().outer_html().len();
    let before = page();
    let verdict = event_after("soutien:verdict", check).await;
    assert_eq!(text(&verdict, "kind"), "clear");
    assert_eq!(text(&verdict, "cause"), "none");
    assert_eq!(reading(&verdict, "class"), "clear");
    for name in ["id", "link", "styled", "script", "image", "fetch"] {
        assert_eq!(reading(&verdict, name), "clear", "{name}");
    }
    assert_eq!(reading(&verdict, "host"), "unknownabsent");
    assert_eq!(reading(&verdict, "slot"), "unknownabsent");
    assert_eq!(page(), before);
    let last = Reflect::get(&api("0"), &"verdict".into()).unwrap();
    assert!(js_sys::Object::is(&last, &verdict));
}

/// As ad managers do. What blockers hide with a style sheet of the user, no page can do.
#[wasm_bindgen_test]
async fn a_bait_that_a_script_of_the_page_hides_says_nothing() {
    started().await;
    for how in [
        "style.setProperty('display', 'none', 'important')",
        "setAttribute('hidden', '')",
        "classList.add('absent')",
        "remove()",
        "replaceChildren()",
        "replaceWith(document.createElement('p'))",
    ] {
        let _manager = Meddler::new(&format!("n.querySelector?.('[id=ad-slot]')?.{how}"));
        let verdict = event_after("soutien:verdict", check).await;
        assert_eq!(reading(&verdict, "id"), "unknownabsent", "{how}");
        assert_eq!(reading(&verdict, "class"), "clear", "{how}");
        assert_eq!(text(&verdict, "kind"), "clear", "{how}");
    }
}

#[wasm_bindgen_test]
async fn styles_of_the_page_for_names_like_the_baits_are_no_blocker() {
    started().await;
    let style = document().create_element("style").unwrap();
    style.set_text_content(Some(
        "@layer { #ad-slot { max-width: 0 !important } } [class*=dfp], [class^=sponsor], [class$=wrapper] { opacity: 0 !important }
        .ad-300x250, #ad-slot, a, [class*=ad], div { display: none !important; max-height: 0 !important; scale: 0 !important }",
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
    assert_eq!(reading(&verdict, "class"), "clear");
    assert_eq!(text(&verdict, "kind"), "clear");
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
    assert_eq!(reading(&verdict, "id"), "unknownabsent");
    assert_eq!(text(&verdict, "kind"), "clear");
}

#[wasm_bindgen_test]
async fn the_notice_is_a_named_dialog_that_the_page_can_close() {
    started().await;
    event_after("soutien:show", || browser::wake(Wake::Show as u32, 0, 0)).await;
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
    event_after("soutien:show", || browser::wake(Wake::Show as u32, 0, 0)).await;
    document()
        .remove_event_listener_with_callback("soutien:show", veto.as_ref().unchecked_ref())
        .unwrap();
    assert!(dialog().is_none());
}

/// The value of a JavaScript expression.
fn value(expression: &str) -> JsValue {
    let code = format!("return {expression}");
    Function::new_no_args(&code)
        .call0(&JsValue::NULL)
        .unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

/// What consent managers say one after the other, each as data and whether the manager calls it a success, and what holds then: `silent` where
/// they have said nothing yet, `malformed`, `asking`, `given` where all is allowed, `counting` or `ads` where one alone is, or `refused`. `tc` is data
/// as a manager has them, with something else in them.
#[track_caller]
fn check_answers(said: &str, expected: &str) {
    let data = "{ cmpId: 300, gdprApplies: true, cmpStatus: 'loaded', eventStatus: 'tcloaded', purpose: { consents: { 1: false, 2: false } } }";
    let words = format!(
        "const tc = (more) => ({{ ...{data}, ...more }});
        const no = tc({{}});
        const to = (...purposes) => tc({{ purpose: {{ consents: Object.fromEntries(purposes.map((number) => [number, true])) }} }});
        const yes = to(1, 2, 7);
        const asks = tc({{ eventStatus: 'cmpuishown' }});
        const junk = tc({{ purpose: undefined }});
        const throwing = {{ get gdprApplies() {{ throw new Error('no'); }} }};
        const other = (data) => ({{ ...data, cmpId: 401 }});"
    );
    let list = value(&format!(
        "(() => {{ {words} return [{said}].map((one) => Array.isArray(one) ? one : [one, true]); }})()"
    ));
    let nothing = value("new Map()");
    let mut answers = nothing.clone();
    for one in js_sys::Array::from(&list).iter() {
        let one = js_sys::Array::from(&one);
        // What throws when it is read has said nothing.
        answers = hear(&answers, &one.get(0), &one.get(1)).unwrap_or(answers);
    }
    let is_empty = Reflect::get(&answers, &"size".into()).unwrap() == 0;
    let found = match least(&answers) {
        UNREFUSED if js_sys::Object::is(&answers, &nothing) => "silent",
        UNREFUSED if is_empty => "malformed",
        UNREFUSED => "asking",
        0 => "refused",
        COUNTING => "counting",
        all if all == ADS | UNREFUSED => "ads",
        all if all == COUNTING | ADS | UNREFUSED => "given",
        other => panic!("{said}: {other}"),
    };
    assert_eq!(found, expected, "{said}");
}

#[wasm_bindgen_test]
fn the_last_choice_that_the_reader_made_with_a_consent_manager_holds() {
    check_answers("", "silent");
    check_answers("yes", "given");
    check_answers("no", "refused");
    check_answers("asks", "asking");
    check_answers("asks, yes", "given");
    check_answers("asks, no", "refused");
    check_answers("yes, no", "refused");
    check_answers("no, yes", "given");
    // Nobody has to take back what was refused to look at it again; nothing is allowed meanwhile.
    check_answers("no, asks", "refused");
    check_answers("no, asks, asks", "refused");
    check_answers("yes, asks", "asking");
    check_answers("no, asks, yes", "given");
    check_answers("yes, asks, yes", "given");
    check_answers("yes, asks, no, asks", "refused");
    check_answers("asks, asks, no", "refused");
    // An answer need not say what it comes of.
    check_answers("tc({ eventStatus: undefined })", "refused");
    check_answers("tc({ eventStatus: null, purpose: yes.purpose })", "given");
}

#[wasm_bindgen_test]
fn each_purpose_allows_what_it_is_for_and_no_more() {
    check_answers("to(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)", "given");
    check_answers("to(1)", "refused");
    for measurement in [7, 8, 9] {
        check_answers(&format!("to(1, {measurement})"), "counting");
        check_answers(&format!("to({measurement})"), "refused");
        check_answers(&format!("to(2, {measurement})"), "refused");
        check_answers(&format!("to(1, 2, {measurement})"), "given");
    }
    check_answers("to(1, 2)", "ads");
    check_answers("to(1, 3, 4, 5, 6, 10, 11)", "refused");
    // What one manager allows, another may not.
    check_answers("to(1, 7), other(to(1, 2))", "refused");
    check_answers("yes, other(to(1, 2))", "ads");
    check_answers("to(1, 7), other(yes)", "counting");
    // Who has refused ads has not allowed them by looking at the dialog again.
    check_answers("to(1, 7), asks", "refused");
    check_answers("to(1, 2), asks", "asking");
}

#[wasm_bindgen_test]
fn consent_is_to_storing_on_a_device_and_said_plainly() {
    for purposes in [
        "{ 2: true, 3: true, 7: true }",
        "{}",
        "{ 1: 'no', 2: true, 7: true }",
        "{ 1: 'true', 2: true, 7: true }",
        "{ 1: 1, 2: 1, 7: 1 }",
        "{ 1: true, 2: 'true', 7: {} }",
        "{ 1: {}, 2: {}, 7: {} }",
        "[true]",
    ] {
        check_answers(&format!("tc({{ purpose: {{ consents: {purposes} }} }})"), "refused");
    }
    check_answers(
        "tc({ purpose: { consents: {}, legitimateInterests: { 1: true, 2: true, 7: true } } })",
        "refused",
    );
}

#[wasm_bindgen_test]
fn where_the_law_does_not_apply_nobody_has_to_consent() {
    check_answers(
        "{ gdprApplies: false, tcfPolicyVersion: 4, cmpId: 300, cmpVersion: 7, listenerId: 1 }",
        "given",
    );
    check_answers("tc({ gdprApplies: false, purpose: undefined })", "given");
    check_answers("tc({ gdprApplies: false, eventStatus: 'cmpuishown' })", "asking");
    check_answers("yes, tc({ gdprApplies: true })", "refused");
}

#[wasm_bindgen_test]
fn while_it_is_not_known_whether_the_law_applies_nothing_is_said() {
    check_answers("tc({ gdprApplies: undefined, purpose: yes.purpose })", "silent");
    check_answers("tc({ gdprApplies: null, purpose: yes.purpose })", "silent");
    check_answers("tc({ cmpStatus: 'loading', purpose: yes.purpose })", "silent");
    check_answers("tc({ gdprApplies: undefined }), yes", "given");
    check_answers("tc({ cmpStatus: 'loading' }), no", "refused");
    check_answers("no, tc({ gdprApplies: undefined })", "refused");
}

#[wasm_bindgen_test]
fn an_answer_that_is_none_is_no_consent() {
    for malformed in [
        "[null, false]",
        "[undefined, false]",
        "[undefined, undefined]",
        "[yes, false]",
        "[yes, undefined]",
        "tc({ cmpStatus: 'error', purpose: yes.purpose })",
        "tc({ purpose: undefined })",
        "tc({ purpose: null })",
        "tc({ purpose: {} })",
        "tc({ purpose: { consents: null } })",
        // Applications have purposes as a text of zeros and ones, whose first place has the number 0.
        "tc({ purpose: { consents: '011' } })",
        "tc({ purpose: { consents: 7 } })",
        "tc({ purpose: '1' })",
        "yes, junk",
        "no, junk",
        "yes, [null, false]",
    ] {
        check_answers(malformed, "malformed");
    }
    for silent in ["null", "undefined", "'{}'", "7", "true", "{}", "[[], true]", "throwing"] {
        check_answers(silent, "silent");
    }
    check_answers("junk, yes", "given");
    check_answers("yes, throwing", "given");
    check_answers("no, null", "refused");
}

#[wasm_bindgen_test]
fn of_several_consent_managers_all_have_to_allow_it() {
    check_answers("yes, other(yes)", "given");
    check_answers("yes, other(no)", "refused");
    check_answers("no, other(yes)", "refused");
    check_answers("no, other(yes), yes", "given");
    check_answers("yes, other(asks)", "asking");
    check_answers("no, other(asks)", "refused");
    check_answers("asks, other(no), yes", "refused");
    check_answers("yes, other(tc({ gdprApplies: undefined }))", "given");
    check_answers("yes, other(junk)", "malformed");
    // Those without a number are one.
    check_answers(
        "tc({ cmpId: undefined }), tc({ cmpId: undefined, purpose: yes.purpose })",
        "given",
    );
}

/// What Google's consent mode says of being counted, by commands as a page has them: `say` is what tag managers tell publishers to write.
#[track_caller]
fn check_mode(commands: &str, expected: &str) {
    let code = format!(
        "(() => {{ const dataLayer = []; function gtag() {{ dataLayer.push(arguments); }}
        const say = (word, storage, more) => gtag('consent', word, {{ analytics_storage: storage, ...more }}); {commands}; return dataLayer; }})()"
    );
    let found = mode_of(&value(&code), "analytics_storage").unwrap();
    assert_eq!(found.as_string().as_deref().unwrap_or_default(), expected, "{commands}");
}

#[wasm_bindgen_test]
fn the_last_command_of_the_consent_mode_holds() {
    check_mode("", "");
    check_mode("say('default', 'granted')", "granted");
    check_mode("say('default', 'denied')", "denied");
    check_mode("say('default', 'denied'); say('update', 'granted')", "granted");
    check_mode("say('default', 'granted'); say('update', 'denied')", "denied");
    check_mode("say('update', 'granted'); say('update', 'denied')", "denied");
    check_mode("say('default', 'denied', { wait_for_update: 500 })", "denied");
    // An update says what has changed, and nothing of the rest.
    check_mode(
        "say('default', 'denied'); gtag('consent', 'update', { ad_storage: 'granted' })",
        "denied",
    );
    check_mode("say('default', 'denied'); say('update', undefined)", "denied");
    check_mode("gtag('consent', 'default', { ad_storage: 'granted' })", "");
}

/// Which region the reader is in, Google's servers know and the page does not.
#[wasm_bindgen_test]
fn a_default_that_denies_in_a_region_holds_over_others_that_grant() {
    let denies = "say('default', 'denied', { region: ['FR', 'DE'] })";
    let grants = "say('default', 'granted', { region: ['US'] })";
    check_mode(&format!("{denies}; say('default', 'granted')"), "denied");
    check_mode(&format!("say('default', 'granted'); {denies}"), "denied");
    check_mode(&format!("{grants}; {denies}; {grants}"), "denied");
    check_mode(&format!("{denies}; {grants}; say('update', 'granted')"), "granted");
    check_mode(&format!("{denies}; say('update', 'granted'); {grants}"), "granted");
    check_mode(&format!("{denies}; say('update', 'denied'); {grants}"), "denied");
}

#[wasm_bindgen_test]
fn junk_in_the_data_layer_says_nothing_of_consent() {
    let junk = "dataLayer.push(null, undefined, 7, 'consent', ['consent'], { 0: 'consent' }, ['consent', 'update', null], { event: 'consent' },
        { get 0() { throw new Error('no'); } }, ['consent', 'update', { get analytics_storage() { throw new Error('no'); } }])";
    check_mode(junk, "");
    check_mode(&format!("{junk}; say('default', 'granted')"), "granted");
    check_mode(&format!("say('default', 'granted'); {junk}"), "granted");
    // What comes behind it is heard, above all a no.
    check_mode(
        &format!("say('default', 'granted'); {junk}; say('update', 'denied')"),
        "denied",
    );
    // What is no list at all throws, as it may where `consent-managers.js` asks.
    for layer in ["undefined", "null", "7", "({})"] {
        let said = mode_of(&value(layer), "analytics_storage");
        assert!(said.is_err(), "{layer}: {said:?}");
    }
}

#[wasm_bindgen_test]
fn an_event_with_junk_is_no_consent() {
    for junk in [
        "undefined",
        "null",
        "1",
        "true",
        "'granted'",
        "[]",
        "({})",
        "({ granted: 1 })",
        "({ granted: 'true' })",
        "({ granted: null })",
        "({ granted: false })",
        "({ granted: 1, ads: 1 })",
        "({ granted: 'true', ads: 'true' })",
        "({ granted: false, ads: null })",
        "({ get granted() { throw new Error('no'); } })",
        "({ granted: true, get ads() { throw new Error('no'); } })",
    ] {
        assert_eq!(allowed_by_event(&value(junk)).unwrap_or_default(), 0, "{junk}");
    }
}

#[wasm_bindgen_test]
fn an_event_that_does_not_speak_of_ads_means_them_as_well() {
    for (detail, expected) in [
        ("{ granted: true }", COUNTING | ADS),
        ("{ granted: true, ads: undefined }", COUNTING | ADS),
        ("{ granted: true, ads: true }", COUNTING | ADS),
        ("{ granted: true, ads: false }", COUNTING),
        ("{ granted: false, ads: true }", ADS),
        ("{ granted: false, ads: false }", 0),
    ] {
        let found = allowed_by_event(&value(&format!("({detail})"))).unwrap();
        assert_eq!(found, expected, "{detail}");
    }
}
