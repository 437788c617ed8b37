//! The edge: observes, draws and stores, and decides nothing. Everything that happens comes in at [`wake`], which orders the flow.

mod page;
mod probes;

use core::arch::wasm32::memory_grow;
use std::cell::{Cell, OnceCell};

use crate::appeal::{self, Act, Scene, Step};
use crate::config::{self, Config, Consent, View};
use crate::memory::Memory;
use crate::policy::{self, Decision, Reason, Visit};
use crate::signal::{Name, is_crawler};
use crate::text::cut;
use crate::verdict::{Cause, Kind, Verdict};
use crate::wire::{SignalDetail, VerdictDetail, WORDS, Word, word};
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
    last: Cell<Last>,
    /// Whether the policy has had its say about this view.
    policy: Cell<Heard>,
    /// Whether the files of the notice are here.
    is_ready: Cell<bool>,
    /// What is to be shown when they have come and the reader is free.
    wanted: Cell<Wanted>,
    /// What the notice shows.
    scene: Cell<Scene>,
    memory: Cell<Memory>,
}

/// What is left to know of the last verdict once the page was told of it.
#[derive(Clone, Copy)]
struct Last {
    kind: Kind,
    cause: Cause,
    /// The blocker whose steps come first.
    at_hand: u32,
}

/// Whether the policy was heard about the view.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Heard {
    #[default]
    Not,
    /// It would ask if the view were a later one.
    WaitsForLaterView,
    Yes,
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
/// The texts, of `length` bytes in UTF-8, end with a NUL each, which none of them can contain: what was remembered; the languages of the page and
/// of the reader, and a last resort; the languages that have a file; and what the browser calls itself; the first three with blanks between
/// their parts. Then come the options: a key, as in the tag without `data-`, and its value, without white space around it and with single
/// blanks in it, and so on.
///
/// # Safety
/// `texts` has to come from [`room`], and to have been filled with `length` bytes of UTF-8 since.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn start(texts: *const u8, length: usize) {
    // SAFETY: the caller says so. The loader makes them by a `TextEncoder`, which writes nothing else. What `room` gave is never taken back.
    let texts: &'static str = unsafe { str::from_utf8_unchecked(std::slice::from_raw_parts(texts, length)) };
    let mut rest = texts;
    let (memory, wanted, languages, user_agent) = (
        cut(&mut rest, b'\0'),
        cut(&mut rest, b'\0'),
        cut(&mut rest, b'\0'),
        cut(&mut rest, b'\0'),
    );
    let mut config = Config::default();
    while !rest.is_empty() {
        let (key, given) = (cut(&mut rest, b'\0'), cut(&mut rest, b'\0'));
        if let Some(used) = config.take(key, given, languages) {
            page::problem(key, given, used);
        }
    }
    let app = App {
        config,
        language: config::language(&config, wanted, languages),
        is_crawler: is_crawler(user_agent),
        probing: Probing::new(),
        last: Cell::new(Last {
            kind: Kind::Unsure,
            cause: Cause::Extension,
            at_hand: appeal::UNKNOWN,
        }),
        policy: Cell::default(),
        is_ready: Cell::default(),
        wanted: Cell::default(),
        scene: Cell::default(),
        memory: Cell::new(Memory::read(memory)),
    };
    let _ = APP.0.set(app);
    let Some(app) = APP.0.get() else {
        return;
    };

    page::set_up(
        config.consent() as u32,
        config.controls(),
        config.top(),
        config.view() == View::Modal,
        app.language,
        config.endpoint(),
        config.analytics(),
        WORDS,
    );
    app.check(false);
}

/// Takes in what has happened: the number of a [`Wake`]. `run` is the number of the check or the token of the question that it belongs to, the
/// number of what the reader did, or whether files have come (1) or failed (0); `answer` is that of a bait, or whether a look was due (1).
#[unsafe(no_mangle)]
pub extern "C" fn wake(what: u32, run: u32, answer: u32) {
    let Some(app) = APP.0.get() else {
        return;
    };
    let Some(what) = Wake::ALL.get(what as usize) else {
        return;
    };
    match what {
        Wake::Look => {
            if app.probing.is_open(run) {
                app.probing.look(answer == 1);
                if !app.conclude() && answer == 1 {
                    app.probing.plan();
                }
            }
        }
        Wake::Answer => {
            if app.probing.is_open(run >> 8) {
                app.probing.hear(run, answer, &app.config);
                app.conclude();
            }
        }
        Wake::Act => {
            if let Some(act) = Act::ALL.get(run as usize) {
                app.act(*act);
            }
        }
        Wake::Due => app.want(Wanted::Notice),
        Wake::Files => app.files_came(run == 1),
        Wake::Free => app.open(),
        Wake::Moved => {
            // A page that shows another address is a later view.
            if app.policy.get() == Heard::WaitsForLaterView {
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

    /// Ends the check if what was seen is enough, and tells the page of the verdict; gives whether it did. After the first verdict, the policy
    /// decides whether to ask; after another, the notice says what was seen.
    fn conclude(&self) -> bool {
        let survey = self.probing.survey();
        let Some(verdict) = survey.verdict(self.probing.ms()) else {
            return false;
        };
        self.probing.end();
        for signal in verdict.signals {
            if signal.is_told() {
                let wire = SignalDetail::from(signal);
                page::signal(wire.family.0, wire.name.0, wire.reading.0, wire.why.0, wire.ms);
            }
        }
        let is_first = self.policy.get() == Heard::Not;
        if is_first && !page::has_consent() {
            self.memory.set(self.memory.get().without_consent());
        }
        let relapse = policy::relapse(verdict.kind, &self.memory.get(), page::date());
        let Verdict { kind, cause, .. } = verdict;
        let at_hand = appeal::at_hand(&verdict);
        self.last.set(Last { kind, cause, at_hand });
        let wire = VerdictDetail::from(&verdict);
        page::verdict(wire.kind.0, wire.cause.0, wire.ms);
        if kind == Kind::Clear && (page::tell(const { word("isThere") }.0, 0) || (is_first && page::is_on_the_way())) {
            self.recover();
        } else if let Some(scene) = appeal::after_look(&verdict)
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
        true
    }

    /// Has the policy decide about this view, and remembers what consent allows to remember. `has_moved` is whether the page shows another
    /// address than the one it was loaded for.
    fn decide(&self, has_moved: bool) {
        let kind = self.last.get().kind;
        let seen = page::visit(self.config.exempt());
        let visit = Visit {
            later: has_moved || seen & 1 > 0,
            framed: seen & 2 > 0,
            exempt: seen & 4 > 0,
            crawler: self.is_crawler,
            draw: seen >> 3,
            now: page::date(),
        };
        let mut memory = self.memory.get();
        // Nothing is kept that no option asks for.
        let counts = self.config.after_views() > 1;
        let draws = self.config.share() < 100 && memory.draw == 0;
        // A relapse is told once.
        let relapses = kind == Kind::Blocked && memory.allowed > 0;
        if (counts || draws || relapses) && page::has_consent() {
            memory.views += u32::from(counts);
            if draws {
                memory.draw = visit.draw;
            }
            if relapses {
                memory.allowed = 0;
            }
            self.remember(memory);
        }
        let decision = policy::decide(&self.config, kind, &memory, &visit);
        self.policy.set(match decision {
            Decision::Stay(Reason::FirstView) => Heard::WaitsForLaterView,
            _ => Heard::Yes,
        });
        if decision == Decision::Ask {
            page::after(self.config.delay(), Wake::Due as u32, 0);
        }
    }

    fn remember(&self, memory: Memory) {
        self.memory.set(memory);
        memory.fields(page::has_consent(), |name, number| page::field(number, name));
        page::write();
    }

    /// Fetches the files of the notice where they are not here yet, and shows what is wanted once they are.
    fn want(&self, wanted: Wanted) {
        if self.wanted.get() == Wanted::Nothing && !page::tell(const { word("isThere") }.0, 0) {
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
                    page::tell(const { word("thank") }.0, 0);
                }
            }
        }
    }

    fn open(&self) {
        if self.wanted.replace(Wanted::Nothing) != Wanted::Notice || !page::say(const { word("show") }.0) {
            // Other tabs may show it.
            page::tell(const { word("close") }.0, 0);
            return;
        }
        let Last { cause, at_hand, .. } = self.last.get();
        self.scene.set(Scene::Ask);
        let config = &self.config;
        let is_open = page::open(
            config.view() as u32,
            config.dismiss(),
            Word::from(cause).0,
            at_hand,
            config.title(),
            config.text(),
            config.support_url(),
            config.logo(),
        );
        if is_open && config.images() {
            page::tell(const { word("cover") }.0, 0);
        }
    }

    /// Does what comes of what the reader did with the notice.
    fn act(&self, act: Act) {
        match appeal::step(self.scene.get(), act, self.config.dismiss()) {
            Step::Stay => {}
            Step::Show(scene, is_on_the_way) => {
                if is_on_the_way {
                    page::mark(true);
                }
                self.show(scene);
                if scene == Scene::Checking {
                    page::say(const { word("recheck") }.0);
                    self.check(true);
                }
            }
            Step::Close(by) => self.close(by, self.memory.get().after_closing(&self.config, page::date())),
            Step::Refuse => {
                page::say(const { word("refused") }.0);
                self.close(
                    const { word("never") },
                    self.memory.get().after_refusal(&self.config, page::date()),
                );
            }
            Step::Hide => self.hide(),
            Step::Support => {
                page::say(const { word("support") }.0);
            }
            Step::Leave => {
                page::tell(const { word("leave") }.0, 0);
            }
            Step::Reload => {
                page::tell(const { word("reload") }.0, 0);
            }
        }
    }

    fn show(&self, scene: Scene) {
        self.scene.set(scene);
        page::tell(const { word("show") }.0, scene as u32);
    }

    /// Closes the notice, which the reader did, and remembers it.
    fn close(&self, by: Word, memory: Memory) {
        if page::tell(const { word("isThere") }.0, 0) {
            self.remember(memory);
            page::close(by.0);
        }
    }

    /// Closes the notice without remembering anything, also one that is still on its way.
    fn hide(&self) {
        self.wanted.set(Wanted::Nothing);
        if page::tell(const { word("isThere") }.0, 0) {
            page::close(const { word("page") }.0);
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
        page::say(const { word("recovered") }.0);
        page::tell(const { word("uncover") }.0, 0);
        page::tell(const { word("close") }.0, 0);
        self.wanted.set(Wanted::Nothing);
        self.want(Wanted::Thanks);
    }
}
