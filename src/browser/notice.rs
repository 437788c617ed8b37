//! The notice's life: it is wanted, its files come, it opens, the reader does something with it, and it closes.

use super::{App, Last, page};
use crate::appeal::{self, Act, Scene, Step};
use crate::memory::Memory;
use crate::options::View;
use crate::policy::{self, Decision};
use crate::verdict::Kind;
use crate::wire::{Word, word};

/// What is on its way to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wanted {
    #[default]
    Nothing,
    /// The notice, if the policy still asks by then.
    Notice,
    /// The notice, because the page has it shown.
    Shown,
    Thanks,
}

impl App {
    /// Whether the policy still asks, as the page, the reader's consent and what is remembered are now. What is blocked is the checks' business.
    fn still_asks(&self) -> bool {
        page::remind();
        if !page::may_count() {
            self.memory.set(self.memory.get().without_consent());
        }
        policy::decide(&self.config, Kind::Blocked, &self.memory.get(), &self.visit()) == Decision::Ask
    }

    /// Closes the notice where the policy no longer asks; not one that the page itself has shown.
    pub(super) fn reconsider(&self) {
        if !self.is_shown.get() && !self.still_asks() {
            self.hide();
        }
    }

    /// Whether the notice is there.
    pub(super) fn is_there(&self) -> bool {
        page::is_there()
    }

    /// Fetches the files of the notice where they are not here yet, and shows what is wanted once they are.
    pub(super) fn want(&self, wanted: Wanted) {
        if self.wanted.get() == Wanted::Nothing && !self.is_there() {
            self.wanted.set(wanted);
            page::remind();
            let language = self.language.get();
            if self.is_ready.get() && language == self.fetched.get() {
                self.files_came(true);
            } else {
                self.fetched.set(language);
                let config = &self.config;
                let has_places = config.view() != View::Modal || config.has_covers();
                page::prepare(!config.is_closable(), has_places, language);
            }
        }
    }

    pub(super) fn files_came(&self, is_ready: bool) {
        self.is_ready.set(is_ready);
        match self.wanted.get() {
            Wanted::Notice | Wanted::Shown if is_ready => page::when_free(),
            wanted => {
                self.wanted.set(Wanted::Nothing);
                if is_ready && wanted == Wanted::Thanks {
                    page::thank();
                }
            }
        }
    }

    pub(super) fn open(&self) {
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
            page::close();
            return;
        }
        let Last { cause, at_hand, .. } = self.last.get();
        self.scene.set(Scene::Ask);
        let config = &self.config;
        let is_open = page::open(
            config.view() as u32,
            config.is_closable(),
            Word::from(cause).0,
            at_hand as u32,
        );
        if is_open && config.has_covers() {
            page::cover();
        }
    }

    /// Does what comes of what the reader did with the notice.
    pub(super) fn act(&self, act: Act) {
        match appeal::step(self.scene.get(), act, self.config.is_closable()) {
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
                page::leave();
            }
            Step::Decide => self.reconsider(),
            Step::Recall => {
                let before = self.memory.get();
                page::remind();
                if before.is_closed_by(&self.memory.get()) {
                    self.hide();
                }
            }
            Step::Reload => page::reload(),
        }
    }

    pub(super) fn show(&self, scene: Scene) {
        self.scene.set(scene);
        page::show(scene as u32);
    }

    /// Closes the notice, which the reader did, and remembers it.
    fn close(&self, by: Word, memory: Memory) {
        if self.is_there() {
            self.remember(memory);
            page::close();
            page::closed(by.0);
        }
    }

    /// Closes the notice without remembering anything, also one that is still on its way.
    pub(super) fn hide(&self) {
        self.wanted.set(Wanted::Nothing);
        if self.is_there() {
            page::close();
            page::closed(const { word("page") }.0);
        }
    }

    /// The reader has allowed the site: takes away what asked for it, and gives thanks.
    pub(super) fn recover(&self) {
        page::mark(false);
        if page::may_count() {
            self.remember(Memory {
                allowed: page::date(),
                ..self.memory.get()
            });
        }
        page::say(const { word("recovered") }.0);
        page::uncover();
        page::close();
        self.wanted.set(Wanted::Nothing);
        self.want(Wanted::Thanks);
    }
}
