//! The edge: observes, draws and stores, and decides nothing. Everything that happens comes in at [`wake`], which orders the flow.

mod page;
mod probes;

use core::arch::wasm32::memory_grow;
use std::cell::{Cell, OnceCell};

use crate::appeal::{self, Act, Scene, Step};
use crate::config::{self, Config, Consent, View};
use crate::memory::Memory;
use crate::policy::{self, Decision, Reason, Visit};
use crate::sight::{self, Token};
use crate::signal::{Name, is_crawler};
use crate::text::cut;
use crate::verdict::{Cause, Kind, Verdict};
use crate::wire::{SignalDetail, VerdictDetail, WORDS, Word, word};
use probes::Probing;

/// What has happened. `page.js` knows these variants by their numbers.
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
    /// The page wants another check.
    Check,
    /// The page closes the notice.
    Hide,
    /// The page shows the notice, whatever the policy says.
    Show,
    /// The page is back from the browser's back/forward cache, as it was.
    Returned,
}

impl Wake {
    /// Every variant, at the index of its number.
    const ALL: [Wake; 11] = [
        Wake::Look,
        Wake::Answer,
        Wake::Act,
        Wake::Due,
        Wake::Files,
        Wake::Free,
        Wake::Moved,
        Wake::Check,
        Wake::Hide,
        Wake::Show,
        Wake::Returned,
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
    /// The notice, if the policy still asks by then.
    Notice,
    /// The notice, because the page has it shown.
    Shown,
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
        languages,
        language: Cell::new(config::language(&config, wanted, languages)),
        fetched: Cell::default(),
        is_crawler: is_crawler(user_agent),
        probing: Probing::new(),
        last: Cell::new(Last {
            kind: Kind::Unsure,
            cause: Cause::Extension,
            at_hand: appeal::UNKNOWN,
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

    page::set_up(
        config.consent() as u32,
        config.controls(),
        config.top(),
        config.view() == View::Modal,
        app.language.get(),
        config.endpoint(),
        config.analytics(),
        WORDS,
    );
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
                app.probing.hear(token, sight::answer(answer), &app.config);
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
        if is_first && !page::has_consent() {
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
        let seen = page::visit(self.config.exempt());
        if self.draw.get() == 0 {
            self.draw.set(seen >> 3);
        }
        Visit {
            later: self.has_moved.get() || seen & 1 > 0,
            framed: seen & 2 > 0,
            exempt: seen & 4 > 0,
            crawler: self.is_crawler,
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

    /// Whether the policy still asks, as the page, the reader's consent and what is remembered are now. What is blocked is the checks' business.
    fn still_asks(&self) -> bool {
        page::remind();
        if !page::has_consent() {
            self.memory.set(self.memory.get().without_consent());
        }
        policy::decide(&self.config, Kind::Blocked, &self.memory.get(), &self.visit()) == Decision::Ask
    }

    /// Closes the notice where the policy no longer asks; not one that the page itself has shown.
    fn reconsider(&self) {
        if !self.is_shown.get() && !self.still_asks() {
            self.hide();
        }
    }

    /// Whether the notice is there.
    fn is_there(&self) -> bool {
        page::tell(const { word("isThere") }.0, 0)
    }

    fn remember(&self, memory: Memory) {
        self.memory.set(memory);
        memory.fields(page::has_consent(), |name, number| page::field(number, name));
        page::write();
    }

    /// Fetches the files of the notice where they are not here yet, and shows what is wanted once they are.
    fn want(&self, wanted: Wanted) {
        if self.wanted.get() == Wanted::Nothing && !self.is_there() {
            self.wanted.set(wanted);
            page::remind();
            let language = self.language.get();
            if self.is_ready.get() && language == self.fetched.get() {
                self.files_came(true);
            } else {
                self.fetched.set(language);
                let config = &self.config;
                let has_places = config.view() != View::Modal || config.images();
                page::prepare(!config.dismiss(), has_places, language);
            }
        }
    }

    fn files_came(&self, is_ready: bool) {
        self.is_ready.set(is_ready);
        match self.wanted.get() {
            Wanted::Notice | Wanted::Shown if is_ready => page::when_free(),
            wanted => {
                self.wanted.set(Wanted::Nothing);
                if is_ready && wanted == Wanted::Thanks {
                    page::tell(const { word("thank") }.0, 0);
                }
            }
        }
    }

    fn open(&self) {
        let wanted = self.wanted.replace(Wanted::Nothing);
        self.is_shown.set(wanted == Wanted::Shown);
        let may_open = match wanted {
            // Much may have happened since it was due.
            Wanted::Notice => self.still_asks(),
            Wanted::Shown => true,
            _ => false,
        };
        if !may_open || !page::say(const { word("show") }.0) {
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
                self.close(const { word("never") }, self.memory.get().after_refusal(&self.config));
            }
            Step::Hide => self.hide(),
            Step::Support => {
                page::say(const { word("support") }.0);
            }
            Step::Leave => {
                // Whatever becomes of the way back, the notice is gone.
                self.hide();
                page::tell(const { word("leave") }.0, 0);
            }
            Step::Decide => self.reconsider(),
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
        if self.is_there() {
            self.remember(memory);
            page::close(by.0);
        }
    }

    /// Closes the notice without remembering anything, also one that is still on its way.
    fn hide(&self) {
        self.wanted.set(Wanted::Nothing);
        if self.is_there() {
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
