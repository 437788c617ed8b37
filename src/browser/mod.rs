//! The edge: observes, draws and stores, and decides nothing. [`start`] orders the whole flow.

mod closers;
mod dom;
mod notice;
mod probes;
mod store;
mod top;

use std::cell::{Cell, RefCell};

use js_sys::{Array, Function, JSON, Object};
use wasm_bindgen::prelude::*;

use crate::config::{self, Config};
use crate::policy::{self, Decision, Visit};
use crate::verdict::Verdict;
use crate::wire::VerdictDetail;
use notice::Notice;

/// What lives as long as the page. Nothing of it stays borrowed while the page's own code may run.
struct App {
    config: Config,
    files: Object,
    language: String,
    verdict: RefCell<JsValue>,
    notice: RefCell<Option<Notice>>,
    /// Whether the files of the notice are on their way.
    is_loading: Cell<bool>,
}

thread_local! {
    static APP: Cell<Option<&'static App>> = const { Cell::new(None) };
}

/// Starts: reads the options, sets the controls up, probes, and asks for support where that is due. To be called once.
///
/// `options` holds pairs of a key, as in the tag without `data-`, and its value, one after the other. `files` maps the name of each
/// file of ours to its address.
#[wasm_bindgen]
pub fn start(options: Vec<String>, files: Object) {
    let names: Vec<String> = Object::keys(&files).iter().filter_map(|name| name.as_string()).collect();
    let languages = names.iter().filter_map(|name| name.strip_prefix("lang/")?.strip_suffix(".json"));
    let pairs = options.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    let (config, problems) = config::read(pairs, languages.clone());
    let language = config::language(&config, &dom::page_language(), &dom::reader_language(), languages).unwrap_or_default().to_owned();

    // The module lives as long as the page, so every callback may hold on to this.
    let app: &'static App = Box::leak(Box::new(App {
        config,
        files,
        language,
        verdict: RefCell::default(),
        notice: RefCell::default(),
        is_loading: Cell::default(),
    }));
    APP.set(Some(app));

    dom::emit("ready", &JsValue::NULL);
    for problem in problems {
        dom::report(&problem.key, &problem.given, problem.used);
    }
    if app.config.top {
        top::install(move |named| load_words(app, move |words| named(&dom::text(words, "top"))));
    }
    closers::install(move || app.notice.borrow().is_some());
    probe(app, move |verdict, _| {
        if policy::decide(&app.config, verdict, &store::read(), &visit()) == Decision::Ask {
            dom::after(app.config.delay, move || open(app));
        }
    });
}

/// Probes again, and calls `done` with the detail of the fresh verdict.
#[wasm_bindgen]
pub fn check(done: Function) {
    if let Some(app) = APP.get() {
        probe(app, move |_, detail| {
            let _ = done.call1(&JsValue::NULL, detail);
        });
    }
}

/// The detail of the last verdict, or null.
#[wasm_bindgen]
pub fn verdict() -> JsValue {
    APP.get().map_or(JsValue::NULL, |app| app.verdict.borrow().clone())
}

/// Shows the notice, whatever the policy says. Does nothing where it is shown already.
#[wasm_bindgen]
pub fn show() {
    if let Some(app) = APP.get() {
        open(app);
    }
}

/// Closes the notice as the page's own doing: nothing is remembered. Does nothing where none is shown.
#[wasm_bindgen]
pub fn hide() {
    if let Some(app) = APP.get() {
        close(app, "page");
    }
}

fn probe(app: &'static App, done: impl FnOnce(&Verdict, &JsValue) + 'static) {
    probes::probe(&file(app, "probe.js"), move |verdict| {
        let detail = detail(&VerdictDetail::from(&verdict));
        app.verdict.replace(detail.clone());
        dom::emit("verdict", &detail);
        done(&verdict, &detail);
    });
}

fn visit() -> Visit {
    Visit {
        later: policy::is_later_view(&dom::referrer(), &dom::origin()),
        framed: dom::is_framed(),
        now: dom::date() as u64 / 1_000,
    }
}

fn open(app: &'static App) {
    if app.is_loading.get() || app.notice.borrow().as_ref().is_some_and(Notice::is_there) {
        return;
    }
    app.is_loading.set(true);
    load_words(app, move |words| {
        let words = words.clone();
        load(app, "appeal.css", move |style| {
            app.is_loading.set(false);
            if dom::emit("show", &JsValue::NULL) {
                let notice = notice::open(&app.config, &app.language, &words, &style, move |by| close(app, by));
                app.notice.replace(notice);
            }
        });
    });
}

/// Closes the notice. `by` says how: `button`, `esc` and `backdrop` are the reader's doing and are remembered, `page` is not.
fn close(app: &'static App, by: &'static str) {
    let notice = app.notice.take();
    if notice.is_none() {
        return;
    }
    drop(notice);
    if by != "page" {
        store::write(&store::read().after_closing(&app.config, visit().now));
    }
    dom::emit("close", &dom::object(&[("by", by.into())]));
}

/// Loads the words of the language and hands them over.
fn load_words(app: &'static App, done: impl FnOnce(&JsValue) + 'static) {
    let name = ["lang/", &app.language, ".json"].concat();
    load(app, &name.clone(), move |text| match JSON::parse(&text) {
        Ok(words) => done(&words),
        Err(_) => give_up(app, &name, "no JSON"),
    });
}

/// Loads a file of ours and hands its text over; where that fails, a problem names the file.
fn load(app: &'static App, name: &str, done: impl FnOnce(String) + 'static) {
    let failed = name.to_owned();
    dom::settle(
        &dom::load_text(&file(app, name)),
        |text| done(text.as_string().unwrap_or_default()),
        move |status| give_up(app, &failed, &status.as_f64().map_or_else(|| "no answer".into(), dom::decimal)),
    );
}

fn give_up(app: &App, name: &str, found: &str) {
    app.is_loading.set(false);
    dom::report(name, found, "nothing: no notice");
}

/// The address of a file of ours.
fn file(app: &App, name: &str) -> String {
    dom::text(&app.files, name)
}

fn detail(verdict: &VerdictDetail) -> JsValue {
    let signals = verdict.signals.iter().map(|signal| {
        dom::object(&[
            ("family", signal.family.into()),
            ("name", signal.name.into()),
            ("reading", signal.reading.into()),
            ("why", signal.why.into()),
            ("ms", signal.ms.into()),
        ])
    });
    dom::object(&[
        ("kind", verdict.kind.into()),
        ("cause", verdict.cause.into()),
        ("signals", signals.collect::<Array>().into()),
        ("ms", verdict.ms.into()),
    ])
}
