//! The edge: observes, draws and stores, and decides nothing. Everything that happens comes in at [`wake`], which orders the flow.

mod closers;
mod notice;
mod page;
mod probes;
mod top;

use std::cell::{Cell, OnceCell, RefCell};

use wasm_bindgen::prelude::*;

use crate::config::{self, Config};
use crate::memory::Memory;
use crate::policy::{self, Decision, Visit};
use crate::verdict::Verdict;
use crate::wire::VerdictDetail;
use closers::Closers;
use notice::Notice;
use probes::{Addresses, Probing};
use top::Top;

/// The one key of the local storage that we ever write.
const KEY: &str = "soutien";

/// What has happened.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// It is time to look at the baits again.
    Look,
    /// A bait or a twin has answered or failed.
    Answer,
    /// The notice is due.
    Due,
    /// The words of the notice have come or failed.
    Words,
    /// The style sheet of the notice has come or failed.
    Style,
    /// The reader clicked the notice's button.
    Button,
    /// The reader pressed Esc in the notice, or used the like of it.
    Escape,
    /// The reader clicked the notice or its backdrop.
    Backdrop,
    /// The end of the first half screen has come into view or left it.
    Scroll,
    /// The words for the back-to-top button have come or failed.
    Label,
    /// The reader clicked the back-to-top control.
    Top,
    /// The reader clicked anywhere on the page.
    Click,
    /// A panel of the page has opened.
    Opened,
    /// The reader pressed a key.
    Key,
    /// A popover, dialog or `<details>` of the page has opened or closed.
    Toggle,
}

// `page.js` knows this variant by its number.
const _: () = assert!(Wake::Answer as u32 == 1);

/// What lives as long as the page. Nothing of it stays borrowed while the page's own code may run, which is whenever an event is
/// emitted or the focus moves.
#[derive(Default)]
struct App {
    config: Config,
    /// The name and the address of each file of ours.
    files: Vec<(String, String)>,
    language: String,
    probing: Probing,
    /// The last verdict, as the page sees it.
    verdict: RefCell<JsValue>,
    /// Whether the policy has had its say about this view.
    is_decided: Cell<bool>,
    /// Whether the files of the notice are on their way, and still wanted.
    is_loading: Cell<bool>,
    words: RefCell<JsValue>,
    /// What was remembered when the policy had its say.
    memory: Cell<Memory>,
    notice: RefCell<Option<Notice>>,
    top: Top,
    closers: Closers,
}

thread_local! {
    static APP: OnceCell<&'static App> = const { OnceCell::new() };
}

/// Starts: reads the options, sets the controls up, and probes. To be called once.
///
/// `options` are pairs of a key, as in the tag without `data-`, and its value; `files` are pairs of the name of a file of ours and
/// its address; each key and each value ends with a NUL, which neither can contain. `wake` is the function of that name below.
#[wasm_bindgen]
pub fn start(options: &str, files: &str, wake: &JsValue) {
    let files: Vec<(String, String)> = pairs(files)
        .map(|(name, address)| (name.to_owned(), address.to_owned()))
        .collect();
    let languages: Vec<&str> = files
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("lang/")?.strip_suffix(".json"))
        .collect();
    let (config, problems) = config::read(pairs(options), &languages);
    let language = config::language(&config, &page::languages(), &languages).to_owned();
    // The module lives as long as the page, and so does this.
    let app: &'static App = Box::leak(Box::new(App {
        config,
        files,
        language,
        ..App::default()
    }));
    APP.with(|cell| cell.set(app).ok());

    page::attend(wake);
    page::emit("ready", &JsValue::NULL, false);
    for problem in problems {
        page::problem(problem.key, problem.given, problem.used);
    }
    if app.config.top {
        app.top.install();
    }
    let document = page::document();
    page::listen(&document, "click", Wake::Click);
    page::listen(&document, "keydown", Wake::Key);
    page::listen(&document, "toggle", Wake::Toggle);
    // A panel that a link opens is there when the address has changed, which is later than the click in some browsers.
    page::listen(&page::window(), "hashchange", Wake::Opened);
    page::follow_consent();
    app.probing.begin(&app.addresses());
}

/// Takes in what has happened. `value` comes along with it: an event, an answer, or the content of a file; `run` is the number of
/// the check or the token of the question that it belongs to, or whether a file has come (1) or failed (0).
#[wasm_bindgen]
pub fn wake(what: Wake, run: u32, value: &JsValue) {
    let Some(app) = app() else {
        return;
    };
    match what {
        Wake::Look => app.conclude(app.probing.look(run)),
        Wake::Answer => {
            let answer = value.as_f64().unwrap_or_default() as u32;
            app.conclude(app.probing.hear(run, answer, &app.addresses()));
        }
        Wake::Due => app.load_words(),
        Wake::Words => {
            if app.has_come(run, value, &app.words_name()) && app.is_loading.get() {
                app.words.replace(value.clone());
                page::load(app.file("appeal.css"), Wake::Style);
            }
        }
        Wake::Style => {
            if app.has_come(run, value, "appeal.css") && app.is_loading.replace(false) {
                app.open(value);
            }
        }
        Wake::Button => app.close("button"),
        Wake::Escape => {
            // The browser must not close it before we do.
            value.unchecked_ref::<web_sys::Event>().prevent_default();
            app.close("esc");
        }
        Wake::Backdrop => {
            let event: &web_sys::Event = value.unchecked_ref();
            if event.target() == event.current_target() {
                app.close("backdrop");
            }
        }
        Wake::Scroll => {
            if app.top.scrolled(value.unchecked_ref()) {
                page::load(app.file(&app.words_name()), Wake::Label);
            }
        }
        Wake::Label => {
            if app.has_come(run, value, &app.words_name()) {
                app.top.name(&page::word(value, "top"));
            }
        }
        Wake::Top => {
            value.unchecked_ref::<web_sys::Event>().prevent_default();
            app.top.go();
            page::emit("top", &JsValue::NULL, false);
        }
        Wake::Click => app.closers.clicked(value.unchecked_ref()),
        Wake::Opened => app.closers.opened(),
        Wake::Key => {
            if page::is_typed(value.unchecked_ref(), "Escape") {
                app.closers.escaped(value.unchecked_ref());
            }
        }
        Wake::Toggle => app.closers.toggled(value.unchecked_ref()),
    }
}

/// Probes again. The verdict comes as an event.
#[wasm_bindgen]
pub fn check() {
    if let Some(app) = app() {
        app.probing.begin(&app.addresses());
    }
}

/// The last verdict, or undefined.
#[wasm_bindgen]
pub fn verdict() -> JsValue {
    app().map_or(JsValue::UNDEFINED, |app| app.verdict.borrow().clone())
}

/// Shows the notice, whatever the policy says. Does nothing where it is shown already.
#[wasm_bindgen]
pub fn show() {
    wake(Wake::Due, 0, &JsValue::UNDEFINED);
}

/// Closes the notice as the page's own doing, also one that is still on its way: nothing is remembered. Does nothing where there is none.
#[wasm_bindgen]
pub fn hide() {
    if let Some(app) = app() {
        app.is_loading.set(false);
        app.close("page");
    }
}

fn app() -> Option<&'static App> {
    APP.with(|cell| cell.get().copied())
}

/// Pairs of texts that each end with a NUL.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut parts = text.split('\0');
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
}

impl App {
    /// The address of a file of ours.
    fn file(&self, name: &str) -> &str {
        self.files.iter().find(|file| file.0 == name).map_or("", |file| &file.1)
    }

    fn addresses(&self) -> Addresses<'_> {
        let script = self.file("probe.js");
        let twin = &self.config.probe_twin;
        Addresses {
            script,
            image: self.file("probe.gif"),
            hosts: &self.config.probe,
            hosts_twin: if twin.is_empty() { script } else { twin },
        }
    }

    fn words_name(&self) -> String {
        "lang/".to_owned() + &self.language + ".json"
    }

    /// Whether a file has come; where it has not, a problem says so.
    fn has_come(&self, run: u32, reason: &JsValue, name: &str) -> bool {
        if run == 0 {
            self.is_loading.set(false);
            page::problem(name, &reason.as_string().unwrap_or_default(), "nothing: no notice");
        }
        run == 1
    }

    /// Tells the page of a verdict; after the first one, the policy decides whether to ask.
    fn conclude(&self, verdict: Option<Verdict>) {
        let Some(verdict) = verdict else {
            return;
        };
        let wire = VerdictDetail::from(&verdict);
        let detail = page::verdict(wire.kind, wire.cause, wire.ms);
        for signal in wire.signals {
            page::signal(&detail, signal.family, signal.name, signal.reading, signal.why, signal.ms);
        }
        self.verdict.replace(detail.clone());
        page::emit("verdict", &detail, false);
        if !self.is_decided.replace(true) {
            self.memory
                .set(page::read(KEY).map(|text| Memory::read(&text)).unwrap_or_default());
            if policy::decide(&self.config, &verdict, &self.memory.get(), &visit()) == Decision::Ask {
                page::after(self.config.delay, Wake::Due, 0);
            }
        }
    }

    /// Fetches the files of the notice, the words first.
    fn load_words(&self) {
        let is_open = self.notice.borrow().as_ref().is_some_and(Notice::is_there);
        if !is_open && !self.is_loading.replace(true) {
            page::load(self.file(&self.words_name()), Wake::Words);
        }
    }

    fn open(&self, style: &JsValue) {
        if page::emit("show", &JsValue::NULL, true) {
            let style = style.as_string().unwrap_or_default();
            let notice = Notice::open(&self.config, &self.words.borrow(), &style);
            self.notice.replace(notice);
        }
    }

    /// Closes the notice. `by` says how: `button`, `esc` and `backdrop` are the reader's doing and are remembered, `page` is not.
    fn close(&self, by: &str) {
        if let Some(notice) = self.notice.take() {
            drop(notice);
            if by != "page" {
                let memory = self.memory.get().after_closing(&self.config, page::date().into());
                self.memory.set(memory);
                page::write(KEY, &memory.write());
            }
            page::closed(by);
        }
    }
}

fn visit() -> Visit {
    Visit {
        later: policy::is_later_view(&page::referrer(), &page::origin()),
        framed: page::is_framed(),
        now: page::date().into(),
    }
}

// The standard allocator weighs as much as a third of the module. This one keeps a list of what is free.
// SAFETY: a module without shared memory has one thread.
#[global_allocator]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
