//! What a browser is told and asked, and what it answers, whatever carries the messages. Each command has a number, and whoever sent it waits for the
//! answer of that number. Knows nothing of what the messages mean.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

/// What is said of a tab that is gone, in the words of drivers.
pub const CRASHED: &str = "tab crashed";

/// What is said of a browser that is gone.
const GONE: &str = "the browser is gone";

/// The near end of what leads to a browser.
pub struct Wire {
    outgoing: UnboundedSender<String>,
    state: Mutex<State>,
}

/// What a browser answers: a result, or in words why it refuses.
pub type Answer = Result<Value, String>;

#[derive(Default)]
struct State {
    n_commands: u64,
    /// Whoever waits for an answer, by the number of the command, with the tab that it is for.
    waiting: HashMap<u64, (Option<String>, oneshot::Sender<Answer>)>,
    /// What the dialogs of a tab said, which were closed.
    dialogs: HashMap<String, Vec<String>>,
    /// The tabs that are gone.
    gone: HashSet<String>,
    is_closed: bool,
}

impl Wire {
    /// A wire, and the messages that are to be carried to the browser.
    pub fn new() -> (Arc<Wire>, UnboundedReceiver<String>) {
        let (outgoing, messages) = mpsc::unbounded_channel();
        let state = Mutex::default();
        (Arc::new(Wire { outgoing, state }), messages)
    }

    /// Sends a command, and gives its result. `tab` is the one that the command is lost with, `command` all of the message but its number.
    ///
    /// # Errors
    /// When the browser refuses the command, or it or the tab is gone.
    pub async fn call(&self, tab: Option<&str>, mut command: Value) -> Result<Value> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.state();
            if tab.is_some_and(|tab| state.gone.contains(tab)) {
                bail!(CRASHED);
            }
            if state.is_closed {
                bail!(GONE);
            }
            state.n_commands += 1;
            let number = state.n_commands;
            command["id"] = number.into();
            state.waiting.insert(number, (tab.map(str::to_owned), sender));
        }
        self.outgoing.send(command.to_string()).context(GONE)?;
        match receiver.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => {
                let method = command["method"].as_str().unwrap_or_default();
                Err(anyhow!("{error}")).with_context(|| format!("the browser refuses {method}"))
            }
            Err(_) => bail!(GONE),
        }
    }

    /// Hands an answer to whoever waits for it.
    pub fn answer(&self, number: u64, answer: Answer) {
        if let Some((_, sender)) = self.state().waiting.remove(&number) {
            // Whoever asked may have given up.
            let _ = sender.send(answer);
        }
    }

    /// Notes what a dialog says.
    pub fn note_dialog(&self, tab: &str, text: &str) {
        self.state().dialogs.entry(tab.to_owned()).or_default().push(text.to_owned());
    }

    /// What the dialogs of a tab have said since this was last asked.
    pub fn take_dialogs(&self, tab: &str) -> Vec<String> {
        self.state().dialogs.remove(tab).unwrap_or_default()
    }

    /// Lets nobody wait for a tab that is gone.
    pub fn give_up(&self, tab: &str) {
        let mut state = self.state();
        let lost = state.waiting.extract_if(|_, (of, _)| of.as_deref() == Some(tab));
        for (_, (_, sender)) in lost {
            let _ = sender.send(Err(CRASHED.into()));
        }
        state.gone.insert(tab.to_owned());
    }

    /// Lets nobody wait for a browser that is gone.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.waiting.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
