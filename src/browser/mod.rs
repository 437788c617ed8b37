//! The edge: observes, draws and stores, and decides nothing. Everything that happens comes in at [`wake`], which orders the flow.

mod notice;
mod page;
mod probes;

use core::arch::wasm32::memory_grow;
use std::cell::{Cell, OnceCell};

use crate::abi::Wake;
use crate::appeal::{self, Act, Blocker, Scene};
use crate::config::{self, Config};
use crate::memory::{Memory, Room};
use crate::options::View;
use crate::policy::{self, Decision, Reason, Visit};
use crate::sight::{self, Circumstances, Token};
use crate::signal::is_crawler;
use crate::text::cut;
use crate::verdict::{Cause, Kind, Verdict};
use crate::wire::{SignalDetail, VerdictDetail, WORDS, word};
use notice::Wanted;
use probes::Probing;

/// What lives as long as the page. Nothing of it stays borrowed while the page's own code may run, which is whenever an event is
/// emitted.
struct App {
    config: Config<'static>,
    /// The languages that have a file.
    languages: &'static str,
    /// The language of the words, as the page is now.
    language: Cell<&'static str>,
    /// That of the words that are here or on their way.
    fetched: Cell<&'static str>,
    is_crawler: bool,
    probing: Probing,
    last: Cell<Last>,
    /// Whether the policy has had its say about this view.
    policy: Cell<Heard>,
    /// Whether the page shows another address than the one it was loaded for.
    has_moved: Cell<bool>,
    /// The lot that was drawn for this view, from 1 to 100; 0 before.
    draw: Cell<u32>,
    /// Whether the files of the notice are here.
    is_ready: Cell<bool>,
    /// What is to be shown when they have come and the reader is free.
    wanted: Cell<Wanted>,
    /// Whether the notice that is open is there because the page has it shown.
    is_shown: Cell<bool>,
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
    at_hand: Blocker,
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

/// The one [`App`], once [`start`] has made it.
struct Started(OnceCell<App>);

// SAFETY: a module without shared memory has one thread.
unsafe impl Sync for Started {}

static APP: Started = Started(OnceCell::new());

/// Returns room for the texts that [`start`] takes: the address of as many bytes. It is never taken back. Nothing else is allocated, so readers
/// download no allocator.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    const PAGE: usize = 1 << 16;
    (memory_grow::<0>(length / PAGE + 1) * PAGE) as *mut u8
}

/// Starts: reads the options, sets the controls up, and probes. To be called once.
///
/// The texts, of `length` bytes in UTF-8, end with a NUL each, which none of them can contain: what was remembered; the languages of the page and
/// of the reader, and a last resort; the languages that have a file; and what the browser calls itself; the first three with spaces between
/// their parts. Then come the options: a key, as in the tag without `data-`, and its value, without white space around it and with single
/// spaces in it, and so on.
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
        languages,
        language: Cell::new(config::language(&config, wanted, languages)),
        fetched: Cell::default(),
        is_crawler: is_crawler(user_agent),
        probing: Probing::new(),
        last: Cell::new(Last {
            kind: Kind::Unsure,
            cause: Cause::Extension,
            at_hand: Blocker::Other,
        }),
        policy: Cell::default(),
        has_moved: Cell::default(),
        draw: Cell::default(),
        is_ready: Cell::default(),
        wanted: Cell::default(),
        is_shown: Cell::default(),
        scene: Cell::default(),
        memory: Cell::new(Memory::read(memory)),
    };
    let _ = APP.0.set(app);
    let Some(app) = APP.0.get() else {
        return;
    };

    page::set_words(WORDS);
    // Few of them are read there; to choose them weighs more than to give all.
    for text in config.texts() {
        page::option(text);
    }
    // Heard before the page is told that we are here, which may answer with its consent.
    page::follow_consent(config.consent() as u32);
    if !(config.endpoint().is_empty() && config.analytics().is_empty()) {
        page::count();
    }
    page::say(const { word("ready") }.0);
    if config.has_controls() {
        page::install_controls(config.has_top(), config.view() == View::Modal, app.language.get());
    }
    app.check(false);
}

/// Takes in what may have changed since [`start`], of which the texts have the same form: what is remembered, and the languages of the page and of
/// the reader.
///
/// # Safety
/// The same as for [`start`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remind(texts: *const u8, length: usize) {
    // SAFETY: as in `start`. Nothing of it is kept: these texts may be overwritten by the next ones.
    let mut rest = unsafe { str::from_utf8_unchecked(std::slice::from_raw_parts(texts, length)) };
    let Some(app) = APP.0.get() else {
        return;
    };
    let (memory, wanted) = (cut(&mut rest, b'\0'), cut(&mut rest, b'\0'));
    // Where storage is denied, what was remembered on this page still holds.
    if !memory.is_empty() {
        app.memory.set(Memory::read(memory));
    }
    app.language.set(config::language(&app.config, wanted, app.languages));
}

/// Takes in what has happened: the number of a [`Wake`]. `run` is the number of the check or the token of the question that it belongs to, the
/// number of what the reader did, or whether files have come (1) or failed (0); `answer` is that of a bait.
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
                app.probing.look();
                if !app.conclude() {
                    app.probing.plan();
                }
            }
        }
        Wake::Answer => {
            let token = Token(run);
            if app.probing.is_open(token.run()) {
                app.probing.take_answer(token, sight::answer(answer), &app.config);
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
            app.has_moved.set(true);
            if app.policy.get() == Heard::WaitsForLaterView {
                app.decide();
            }
        }
        Wake::Check => app.check(false),
        Wake::Hide => app.hide(),
        Wake::Show => app.want(Wanted::Shown),
        Wake::Returned => {
            // The reader may have paid, logged in or allowed the site meanwhile.
            if app.is_there() {
                app.reconsider();
                app.check(false);
            }
        }
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
        if is_first && !page::may_count() {
            self.memory.set(self.memory.get().without_consent());
        }
        let relapse = policy::relapse(verdict.kind, &self.memory.get(), page::date());
        let Verdict { kind, cause, .. } = verdict;
        let at_hand = appeal::at_hand(&verdict);
        self.last.set(Last { kind, cause, at_hand });
        let wire = VerdictDetail::from(&verdict);
        page::verdict(wire.kind.0, wire.cause.0, wire.ms);
        if kind == Kind::Clear && (self.is_there() || (is_first && page::is_on_the_way())) {
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
            self.decide();
        }
        true
    }

    /// What there is to know of the view, as it is now.
    fn visit(&self) -> Visit {
        let seen = Circumstances(page::visit(self.config.exempt()));
        if self.draw.get() == 0 {
            self.draw.set(seen.lot());
        }
        Visit {
            is_later: self.has_moved.get() || seen.is_later(),
            is_framed: seen.is_framed(),
            is_exempt: seen.is_exempt(),
            is_crawler: self.is_crawler,
            draw: self.draw.get(),
            now: page::date(),
        }
    }

    /// Has the policy decide about this view, and remembers what consent allows to remember.
    fn decide(&self) {
        let kind = self.last.get().kind;
        let visit = self.visit();
        let mut memory = self.memory.get();
        // Nothing is kept that no option asks for.
        let counts = self.config.after_views() > 1;
        let draws = self.config.share() < 100 && memory.draw == 0;
        // A relapse is told once.
        let relapses = kind == Kind::Blocked && memory.allowed > 0;
        if (counts || draws || relapses) && page::may_count() {
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
        let mut room = [0; size_of::<Room>()];
        let text = memory.write(page::may_count(), &mut room);
        // SAFETY: `Memory::write` writes ASCII alone.
        page::write(unsafe { str::from_utf8_unchecked(text) });
    }
}
