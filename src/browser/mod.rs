//! The edge: observes, draws and stores, and decides nothing. Everything that happens comes in at [`wake`], which orders the flow.

mod page;
mod probes;

use core::arch::wasm32::memory_grow;
use std::cell::{Cell, OnceCell, RefCell};

use crate::appeal::{self, Act, Scene, Step};
use crate::config::{self, Config, Consent, View};
use crate::memory::Memory;
use crate::policy::{self, Decision, Reason, Visit};
use crate::signal::{Name, is_crawler};
use crate::text::parts;
use crate::verdict::{Cause, Kind, Verdict};
use crate::wire::{SignalDetail, VerdictDetail, WORDS, Word};
use probes::Probing;

/// What has happened. `page.js` knows these variants by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// It is time to look at the baits again, or their sizes have changed.
    Look,
    /// A bait or a twin has answered or failed.
    Answer,
    /// The reader has done something with the notice.
    Act,
    /// The notice is due, or the page wants it.
    Due,
    /// The files of the notice have come or failed.
    Files,
    /// The reader is free to be asked.
    Free,
    /// The page shows another address without having been loaded.
    Moved,
    /// The page wants another check.
    Check,
    /// The page closes the notice.
    Hide,
}

impl Wake {
    /// Every variant, at the index of its number.
    const ALL: [Wake; 9] = [
        Wake::Look,
        Wake::Answer,
        Wake::Act,
        Wake::Due,
        Wake::Files,
        Wake::Free,
        Wake::Moved,
        Wake::Check,
        Wake::Hide,
    ];
}

// JavaScript knows these by their numbers as well.
const _: () = assert!(Name::Script as u32 == 4 && Name::Image as u32 == 5 && Name::Fetch as u32 == 6 && Name::Host as u32 == 10);
const _: () = assert!(View::Modal as u32 == 0 && View::Banner as u32 == 1 && View::Inline as u32 == 2);
const _: () =
    assert!(Consent::Tcf as u32 == 0 && Consent::Gcm as u32 == 1 && Consent::Event as u32 == 2 && Consent::Given as u32 == 3);

/// What lives as long as the page. Nothing of it stays borrowed while the page's own code may run, which is whenever an event is
/// emitted.
struct App {
    config: Config<'static>,
    /// The language of the words.
    language: &'static str,
    is_crawler: bool,
    probing: Probing,
    last: RefCell<Option<Verdict>>,
    /// What the policy said about this view; none until it has had its say.
    decision: Cell<Option<Decision>>,
    /// Whether the files of the notice are here.
    is_ready: Cell<bool>,
    /// What is to be shown when they have come and the reader is free.
    wanted: Cell<Wanted>,
    /// What the notice shows.
    scene: Cell<Scene>,
    memory: Cell<Memory>,
}

/// What is on its way to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    Notice,
    Thanks,
}

/// The one [`App`], once [`start`] has made it.
struct Started(OnceCell<App>);

// SAFETY: a module without shared memory has one thread.
unsafe impl Sync for Started {}

static APP: Started = Started(OnceCell::new());

/// Gives room for the texts that [`start`] takes: the address of as many bytes. It is never taken back. Nothing else is allocated, so readers
/// download no allocator.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    const PAGE: usize = 1 << 16;
    (memory_grow::<0>(length / PAGE + 1) * PAGE) as *mut u8
}

/// Starts: reads the options, sets the controls up, and probes. To be called once.
///
/// The texts, of `length` bytes in UTF-8, end with a NUL each, which none of them can contain: what was remembered; the language tags of the page
/// and of the reader; the languages that have a file; and what the browser calls itself; the first three with blanks between their parts.
/// Then come the options: a key, as in the tag without `data-`, and its value, and so on.
///
/// # Safety
/// `texts` has to come from [`room`], and to have been filled with `length` bytes of UTF-8 since.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn start(texts: *const u8, length: usize) {
    // SAFETY: the caller says so. The loader makes them by a `TextEncoder`, which writes nothing else. What `room` gave is never taken back.
    let texts: &'static str = unsafe { str::from_utf8_unchecked(std::slice::from_raw_parts(texts, length)) };
    let mut rest = parts(texts, |byte| byte == 0);
    let mut next = || rest.next().unwrap_or_default();
    let (memory, wanted, languages, user_agent) = (next(), next(), next(), next());
    let options = std::iter::from_fn(move || Some((rest.next()?, rest.next()?)));
    let config = config::read(options, languages, |problem| {
        page::problem(problem.key, problem.given, problem.used);
    });
    let app = App {
        config,
        language: config::language(&config, wanted, languages),
        is_crawler: is_crawler(user_agent),
        probing: Probing::default(),
        last: RefCell::default(),
        decision: Cell::default(),
        is_ready: Cell::default(),
        wanted: Cell::default(),
        scene: Cell::default(),
        memory: Cell::new(Memory::read(memory)),
    };
    let _ = APP.0.set(app);
    let Some(app) = APP.0.get() else {
        return;
    };

    // Heard before the page is told that we are here, which may answer with its consent.
    page::follow_consent(config.consent as u32);
    if !config.endpoint.is_empty() || !config.analytics.is_empty() {
        page::count(config.endpoint, config.analytics);
    }
    page::learn(WORDS);
    page::emit("ready");
    page::control(config.top, config.view == View::Modal, app.language);
    app.check(false);
}

/// Takes in what has happened: the number of a [`Wake`]. `run` is the number of the check or the token of the question that it belongs to, the
/// number of what the reader did, or whether files have come (1) or failed (0); `answer` is that of a bait, or whether a look was due (1).
#[unsafe(no_mangle)]
pub extern "C" fn wake(what: u32, run: u32, answer: u32) {
    let Some(app) = APP.0.get() else {
        return;
    };
    match Wake::ALL[what as usize % Wake::ALL.len()] {
        Wake::Look => app.conclude(app.probing.look(run, answer == 1)),
        Wake::Answer => app.conclude(app.probing.hear(run, answer, &app.config)),
        Wake::Act => app.act(Act::ALL[run as usize % Act::ALL.len()]),
        Wake::Due => app.want(Wanted::Notice),
        Wake::Files => app.files_came(run == 1),
        Wake::Free => app.open(),
        Wake::Moved => {
            // A page that shows another address is a later view.
            if matches!(app.decision.get(), Some(Decision::Stay(Reason::FirstView))) {
                app.decide(true);
            }
        }
        Wake::Check => app.check(false),
        Wake::Hide => app.hide(),
    }
}

impl App {
    /// Begins a check; `is_allowed` is whether the reader has just said that the site is allowed.
    fn check(&self, is_allowed: bool) {
        self.probing.begin(&self.config, is_allowed, self.is_crawler);
    }

    /// Tells the page of a verdict. After the first one, the policy decides whether to ask; after another, the notice says what was seen.
    fn conclude(&self, verdict: Option<Verdict>) {
        let Some(verdict) = verdict else {
            return;
        };
        for signal in &verdict.signals {
            let wire = SignalDetail::from(signal);
            page::signal(wire.family.0, wire.name.0, wire.reading.0, wire.why.0, wire.ms);
        }
        let wire = VerdictDetail::from(&verdict);
        let scene = appeal::after_look(&verdict);
        let is_clear = verdict.kind == Kind::Clear;
        let is_first = self.decision.get().is_none();
        if is_first && !page::has_consent() {
            self.memory.set(self.memory.get().without_consent());
        }
        let relapse = policy::relapse(&verdict, &self.memory.get(), page::date());
        self.last.replace(Some(verdict));
        page::verdict(wire.kind.0, wire.cause.0, wire.ms);
        if is_clear && (page::tell("isThere", 0) || (is_first && page::is_on_the_way())) {
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
            self.decide(false);
        }
    }

    /// Has the policy decide about this view, and remembers what consent allows to remember. `has_moved` is whether the page shows another
    /// address than the one it was loaded for.
    fn decide(&self, has_moved: bool) {
        let is_blocked = matches!(&*self.last.borrow(), Some(verdict) if verdict.is_blocked());
        let seen = page::visit(self.config.exempt);
        let visit = Visit {
            later: has_moved || seen & 1 > 0,
            framed: seen & 2 > 0,
            exempt: seen & 4 > 0,
            draw: page::draw(),
            now: page::date(),
        };
        let mut memory = self.memory.get();
        if page::has_consent() {
            // Nothing is kept that no option asks for.
            if self.config.after_views > 1 {
                memory.views += 1;
            }
            if self.config.share < 100 && memory.draw == 0 {
                memory.draw = visit.draw;
            }
            // A relapse is told once.
            if is_blocked {
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
        if matches!(decision, Some(Decision::Ask)) {
            page::after(self.config.delay, Wake::Due as u32, 0);
        }
    }

    fn remember(&self, memory: Memory) {
        self.memory.set(memory);
        for (name, number) in memory.fields(page::has_consent()) {
            page::field(name, number);
        }
        page::write();
    }

    /// Fetches the files of the notice where they are not here yet, and shows what is wanted once they are.
    fn want(&self, wanted: Wanted) {
        if self.wanted.get() == Wanted::Nothing && !page::tell("isThere", 0) {
            self.wanted.set(wanted);
            if self.is_ready.get() {
                self.files_came(true);
            } else {
                page::prepare(self.language);
            }
        }
    }

    fn files_came(&self, is_ready: bool) {
        self.is_ready.set(is_ready);
        match self.wanted.get() {
            Wanted::Notice if is_ready => page::when_free(),
            wanted => {
                self.wanted.set(Wanted::Nothing);
                if is_ready && wanted == Wanted::Thanks {
                    page::tell("thank", 0);
                }
            }
        }
    }

    fn open(&self) {
        if self.wanted.replace(Wanted::Nothing) != Wanted::Notice || !page::emit("show") {
            // Other tabs may show it.
            page::tell("close", 0);
            return;
        }
        let (cause, at_hand) = match &*self.last.borrow() {
            Some(verdict) => (verdict.cause, appeal::at_hand(verdict)),
            None => (Cause::Extension, 4),
        };
        self.scene.set(Scene::Ask);
        let Config {
            view,
            title,
            text,
            support_url,
            logo,
            dismiss,
            images,
            ..
        } = self.config;
        if page::open(
            view as u32,
            title,
            text,
            support_url,
            logo,
            dismiss,
            Word::from(cause).0,
            at_hand,
        ) && images
        {
            page::tell("cover", 0);
        }
    }

    /// Does what comes of what the reader did with the notice.
    fn act(&self, act: Act) {
        match appeal::step(self.scene.get(), act, self.config.dismiss) {
            Step::Stay => {}
            Step::Show(scene, is_on_the_way) => {
                if is_on_the_way {
                    page::mark(true);
                }
                self.show(scene);
                if scene == Scene::Checking {
                    page::emit("recheck");
                    self.check(true);
                }
            }
            Step::Close(by) => self.close(by, self.memory.get().after_closing(&self.config, page::date())),
            Step::Refuse => {
                page::emit("refused");
                self.close("never", self.memory.get().after_refusal(&self.config, page::date()));
            }
            Step::Hide => self.hide(),
            Step::Support => {
                page::emit("support");
            }
            Step::Leave => {
                page::tell("leave", 0);
            }
            Step::Reload => {
                page::tell("reload", 0);
            }
        }
    }

    fn show(&self, scene: Scene) {
        self.scene.set(scene);
        page::tell("show", scene as u32);
    }

    /// Closes the notice, which the reader did, and remembers it.
    fn close(&self, by: &str, memory: Memory) {
        if page::tell("isThere", 0) {
            page::tell("close", 0);
            self.remember(memory);
            page::closed(by);
        }
    }

    /// Closes the notice without remembering anything, also one that is still on its way.
    fn hide(&self) {
        self.wanted.set(Wanted::Nothing);
        if page::tell("isThere", 0) {
            page::tell("close", 0);
            page::closed("page");
        }
    }

    /// The reader has allowed the site: takes away what asked for it, and gives thanks.
    fn recover(&self) {
        page::mark(false);
        if page::has_consent() {
            self.remember(Memory {
                allowed: page::date(),
                ..self.memory.get()
            });
        }
        page::emit("recovered");
        page::tell("uncover", 0);
        page::tell("close", 0);
        self.wanted.set(Wanted::Nothing);
        self.want(Wanted::Thanks);
    }
}
