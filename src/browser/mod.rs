//! The edge: observes, draws and stores, and decides nothing. Everything that happens comes in at [`wake`], which orders the flow.

mod closers;
mod page;
mod probes;
mod top;

use std::cell::{Cell, OnceCell, RefCell};

use wasm_bindgen::prelude::*;

use crate::appeal::{self, Act, Scene, Step};
use crate::config::{self, Config, Consent, View};
use crate::memory::Memory;
use crate::policy::{self, Decision, Reason, Visit};
use crate::text::{parts, push_decimal};
use crate::verdict::{Kind, Verdict};
use crate::wire::VerdictDetail;
use closers::Closers;
use probes::Probing;
use top::Top;

/// The one key that we ever write: in the local storage, what is remembered by the reader's own click; in that of the tab, that the reader
/// is on the way to allow the site.
const KEY: &str = "soutien";
const LOCAL: &str = "localStorage";
const TAB: &str = "sessionStorage";

/// What has happened.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// It is time to look at the baits again.
    Look,
    /// A bait or a twin has answered or failed.
    Answer,
    /// The reader has done something with the notice.
    Act,
    /// The notice is due.
    Due,
    /// The files of the notice have come or failed.
    Files,
    /// The reader is free to be asked.
    Free,
    /// The page shows another address without having been loaded.
    Moved,
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

// `page.js` knows these variants by their numbers.
const _: () = assert!(Wake::Answer as u32 == 1 && Wake::Act as u32 == 2);
const _: () =
    assert!(Consent::Tcf as u32 == 0 && Consent::Gcm as u32 == 1 && Consent::Event as u32 == 2 && Consent::Given as u32 == 3);

/// What lives as long as the page. Nothing of it stays borrowed while the page's own code may run, which is whenever an event is
/// emitted or the focus moves.
#[derive(Default)]
struct App {
    config: Config,
    /// The name of the file with the words.
    words: String,
    probing: Probing,
    /// The last verdict, and as the page sees it.
    last: RefCell<Option<Verdict>>,
    verdict: RefCell<JsValue>,
    /// What the policy said about this view; none until it has had its say.
    decision: Cell<Option<Decision>>,
    /// Whether the files of the notice are here.
    is_ready: Cell<bool>,
    /// What is to be shown when they have come and the reader is free.
    wanted: Cell<Wanted>,
    /// What the notice shows.
    scene: Cell<Scene>,
    /// What was remembered when the policy had its say.
    memory: Cell<Memory>,
    top: Top,
    closers: Closers,
}

/// What is on its way to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    Notice,
    Thanks,
}

thread_local! {
    static APP: OnceCell<&'static App> = const { OnceCell::new() };
}

/// Starts: reads the options, sets the controls up, and probes. To be called once.
///
/// `options` are pairs of a key, as in the tag without `data-`, and its value; each key and each value ends with a NUL, which neither can
/// contain. `languages` are those that have a file, with blanks between them. `wake` is the function of that name below, and `address`
/// gives the address of a file of ours by its name.
#[wasm_bindgen]
pub fn start(options: &str, languages: &str, wake: &JsValue, address: &JsValue) {
    let languages: Vec<&str> = parts(languages, |byte| byte == b' ').collect();
    let (config, problems) = config::read(pairs(options), &languages);
    let words = "lang/".to_owned() + config::language(&config, &page::languages(), &languages) + ".json";
    // The module lives as long as the page, and so does this.
    let app: &'static App = Box::leak(Box::new(App {
        config,
        words,
        ..App::default()
    }));
    APP.with(|cell| cell.set(app).ok());

    page::attend(wake, address);
    // Heard before the page is told that we are here, which may answer with its consent.
    page::follow_consent(app.config.consent as u32);
    if !app.config.endpoint.is_empty() || !app.config.analytics.is_empty() {
        page::count(&app.config.endpoint, &app.config.analytics);
    }
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
    page::follow_course(Wake::Moved);
    app.probing.begin(&app.config, false);
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
            app.conclude(app.probing.hear(run, answer, &app.config));
        }
        Wake::Act => app.act(Act::ALL[run as usize % Act::ALL.len()]),
        Wake::Due => app.want(Wanted::Notice),
        Wake::Files => {
            app.is_ready.set(run == 1);
            match app.wanted.get() {
                Wanted::Notice if run == 1 => page::when_free(Wake::Free),
                Wanted::Thanks if run == 1 => app.thank(),
                _ => app.wanted.set(Wanted::Nothing),
            }
        }
        Wake::Free => app.open(),
        Wake::Moved => {
            // A page that shows another address is a later view.
            if app.decision.get() == Some(Decision::Stay(Reason::FirstView)) {
                app.decide(true);
            }
        }
        Wake::Scroll => {
            if app.top.scrolled(value.unchecked_ref()) {
                page::load(&app.words, Wake::Label);
            }
        }
        Wake::Label => app.top.name(&page::word(value, "top")),
        Wake::Top => {
            value.unchecked_ref::<web_sys::Event>().prevent_default();
            app.top.go();
            page::emit("top", &JsValue::NULL, false);
        }
        Wake::Click => app.closers.clicked(value.unchecked_ref()),
        Wake::Opened => app.closers.opened(),
        Wake::Key => {
            // Esc is the notice's where it is over the page.
            let is_covered = app.config.view == View::Modal && page::tell("isThere", "");
            if !is_covered && page::is_typed(value.unchecked_ref(), "Escape") {
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
        app.probing.begin(&app.config, false);
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
        app.hide();
    }
}

fn app() -> Option<&'static App> {
    APP.with(|cell| cell.get().copied())
}

/// Pairs of texts that each end with a NUL.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut texts = parts(text, |byte| byte == 0);
    std::iter::from_fn(move || Some((texts.next()?, texts.next()?)))
}

impl App {
    /// Tells the page of a verdict. After the first one, the policy decides whether to ask; after another, the notice says what was seen.
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
        let scene = appeal::after_look(&verdict);
        let is_clear = verdict.kind == Kind::Clear;
        let is_first = self.decision.get().is_none();
        if is_first {
            let memory = page::read(LOCAL, KEY).map(|text| Memory::read(&text)).unwrap_or_default();
            self.memory.set(if self.has_consent() {
                memory
            } else {
                memory.without_consent()
            });
        }
        let relapse = policy::relapse(&verdict, &self.memory.get(), page::date().into());
        self.last.replace(Some(verdict));
        page::emit("verdict", &detail, false);
        if is_clear && (page::tell("isThere", "") || (is_first && page::read(TAB, KEY).is_some())) {
            self.recover();
        } else if let Some(scene) = scene
            && self.scene.get() == Scene::Checking
        {
            self.show(scene);
        }
        if is_first {
            if let Some(days) = relapse {
                page::relapsed(days);
            }
            self.decide(policy::is_later_view(&page::referrer(), &page::origin()));
        }
    }

    /// Has the policy decide about this view, and remembers what consent allows to remember. `is_later` is whether the reader came from
    /// another page of this site.
    fn decide(&self, is_later: bool) {
        let visit = Visit {
            later: is_later,
            framed: page::is_framed(),
            exempt: !self.config.exempt.is_empty() && page::is_one_of(&self.config.exempt),
            draw: page::draw(),
            now: page::date().into(),
        };
        let mut memory = self.memory.get();
        if self.has_consent() {
            // Nothing is kept that no option asks for.
            if self.config.after_views > 1 {
                memory.views += 1;
            }
            if self.config.share < 100 && memory.draw == 0 {
                memory.draw = visit.draw.into();
            }
            // A relapse is told once.
            if self.last.borrow().as_ref().is_some_and(Verdict::is_blocked) {
                memory.allowed = 0;
            }
            if memory != self.memory.get() {
                self.remember(memory);
            }
        }
        let decision = self
            .last
            .borrow()
            .as_ref()
            .map(|verdict| policy::decide(&self.config, verdict, &memory, &visit));
        self.decision.set(decision);
        if decision == Some(Decision::Ask) {
            page::after(self.config.delay, Wake::Due, 0);
        }
    }

    fn has_consent(&self) -> bool {
        page::has_consent()
    }

    fn remember(&self, memory: Memory) {
        self.memory.set(memory);
        page::write(LOCAL, KEY, &memory.write(self.has_consent()));
    }

    /// Fetches the files of the notice where they are not here yet, and shows what is wanted once they are.
    fn want(&self, wanted: Wanted) {
        if self.wanted.get() == Wanted::Nothing && !page::tell("isThere", "") {
            self.wanted.set(wanted);
            if self.is_ready.get() {
                wake(Wake::Files, 1, &JsValue::UNDEFINED);
            } else {
                page::prepare(&self.words, Wake::Files);
            }
        }
    }

    fn open(&self) {
        if self.wanted.replace(Wanted::Nothing) != Wanted::Notice || !page::emit("show", &JsValue::NULL, true) {
            // Other tabs may show it.
            page::tell("close", "");
            return;
        }
        let (cause, at_hand) = self
            .last
            .borrow()
            .as_ref()
            .map_or(("extension", 4), |verdict| (verdict.cause.as_str(), appeal::at_hand(verdict)));
        let config = &self.config;
        let mut facts = String::new();
        let view = match config.view {
            View::Modal => "modal",
            View::Banner => "banner",
            View::Inline => "inline",
        };
        let dismiss = if config.dismiss { "yes" } else { "no" };
        for fact in [
            view,
            &config.title,
            &config.text,
            &config.support_url,
            &config.logo,
            dismiss,
            cause,
        ] {
            facts.push_str(fact);
            facts.push('\0');
        }
        push_decimal(&mut facts, at_hand.into());
        self.scene.set(Scene::Ask);
        if page::tell("open", &facts) && config.images {
            page::tell("cover", "");
        }
    }

    /// Does what comes of what the reader did with the notice.
    fn act(&self, act: Act) {
        match appeal::step(self.scene.get(), act, self.config.dismiss) {
            Step::Stay => {}
            Step::Show(scene, is_on_the_way) => {
                if is_on_the_way {
                    page::write(TAB, KEY, "1");
                }
                self.show(scene);
                if scene == Scene::Checking {
                    page::emit("recheck", &JsValue::NULL, false);
                    self.probing.begin(&self.config, true);
                }
            }
            Step::Close(by) => self.close(by, self.memory.get().after_closing(&self.config, page::date().into())),
            Step::Refuse => {
                page::emit("refused", &JsValue::NULL, false);
                self.close("never", self.memory.get().after_refusal(&self.config, page::date().into()));
            }
            Step::Hide => self.hide(),
            Step::Support => {
                page::emit("support", &JsValue::NULL, false);
            }
            Step::Leave => page::leave(),
            Step::Reload => page::reload(),
        }
    }

    fn show(&self, scene: Scene) {
        self.scene.set(scene);
        let mut number = String::new();
        push_decimal(&mut number, scene as u64);
        page::tell("show", &number);
    }

    /// Closes the notice, which the reader did, and remembers it.
    fn close(&self, by: &str, memory: Memory) {
        if page::tell("isThere", "") {
            page::tell("close", "");
            self.remember(memory);
            page::closed(by);
        }
    }

    /// Closes the notice without remembering anything, also one that is still on its way.
    fn hide(&self) {
        self.wanted.set(Wanted::Nothing);
        if page::tell("isThere", "") {
            page::tell("close", "");
            page::closed("page");
        }
    }

    /// The reader has allowed the site: takes away what asked for it, and gives thanks.
    fn recover(&self) {
        page::write(TAB, KEY, "");
        if self.has_consent() {
            let allowed = page::date().into();
            self.remember(Memory {
                allowed,
                ..self.memory.get()
            });
        }
        page::emit("recovered", &JsValue::NULL, false);
        page::tell("uncover", "");
        page::tell("close", "");
        self.wanted.set(Wanted::Nothing);
        self.want(Wanted::Thanks);
    }

    fn thank(&self) {
        self.wanted.set(Wanted::Nothing);
        page::tell("thank", "");
    }
}

// The standard allocator weighs as much as a third of the module. This one keeps a list of what is free.
// SAFETY: a module without shared memory has one thread.
#[global_allocator]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
