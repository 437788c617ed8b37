//! The [Chrome DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/) over a pipe, as `--remote-debugging-pipe` has it: messages in
//! JSON, each with a NUL behind it. No crate that has the protocol has this way of transport, and no other way lets an extension in.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::oneshot;

/// What is said of a tab that is gone, in the words of drivers.
const CRASHED: &str = "tab crashed";

/// A browser at the other end of a pipe.
pub struct Pipe {
    writer: tokio::sync::Mutex<ChildStdin>,
    next: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whoever waits for an answer, by the number of the command, with the session of the command.
    waiting: HashMap<u64, (Session, oneshot::Sender<Result<Value, String>>)>,
    /// What dialogs of a session said, which were closed.
    dialogs: HashMap<String, Vec<String>>,
    /// The sessions whose tabs are gone.
    gone: HashSet<String>,
    is_closed: bool,
}

/// The session of a tab; none for what concerns the browser.
type Session = Option<String>;

impl Pipe {
    /// A pipe to a browser, by what it reads and writes. Has to be called on a runtime, on which it listens from then on.
    pub fn new(writer: ChildStdin, reader: ChildStdout) -> Arc<Pipe> {
        let pipe = Arc::new(Pipe {
            writer: tokio::sync::Mutex::new(writer),
            next: AtomicU64::new(1),
            state: Mutex::default(),
        });
        tokio::spawn(pipe.clone().listen(reader));
        pipe
    }

    /// Sends a command, and gives its result.
    ///
    /// # Errors
    /// When the browser refuses the command, or it or the tab is gone.
    pub async fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.state();
            if session.is_some_and(|session| state.gone.contains(session)) {
                bail!(CRASHED);
            }
            if state.is_closed {
                bail!("the browser is gone");
            }
            state.waiting.insert(id, (session.map(str::to_owned), sender));
        }
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.writer
            .lock()
            .await
            .write_all(&bytes)
            .await
            .context("the browser is gone")?;
        match receiver.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(anyhow!("{error}")).with_context(|| format!("the browser refuses {method}")),
            Err(_) => bail!("the browser is gone"),
        }
    }

    /// What dialogs of a session have said since this was last asked; they were closed.
    pub fn take_dialogs(&self, session: &str) -> Vec<String> {
        self.state().dialogs.remove(session).unwrap_or_default()
    }

    /// Takes what the browser says, until it is gone.
    async fn listen(self: Arc<Self>, reader: ChildStdout) {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(0, &mut bytes).await.is_ok_and(|n_bytes| n_bytes > 0) {
            bytes.pop();
            // What is no JSON is no message.
            if let Ok(message) = serde_json::from_slice(&bytes) {
                self.take(message);
            }
            bytes.clear();
        }
        let mut state = self.state();
        state.is_closed = true;
        state.waiting.clear();
    }

    /// Takes a message: an answer, or an event.
    fn take(self: &Arc<Self>, mut message: Value) {
        let session = message["sessionId"].as_str().map(str::to_owned);
        if let Some(id) = message["id"].as_u64() {
            if let Some((_, sender)) = self.state().waiting.remove(&id) {
                let answer = match message["error"]["message"].as_str() {
                    Some(error) => Err(error.to_owned()),
                    None => Ok(message["result"].take()),
                };
                // Whoever asked may have given up.
                let _ = sender.send(answer);
            }
            return;
        }
        match (message["method"].as_str(), session) {
            (Some("Page.javascriptDialogOpening"), Some(session)) => self.close_dialog(session, &message["params"]),
            (Some("Inspector.targetCrashed"), Some(session)) => self.give_up(session),
            (Some("Target.detachedFromTarget"), _) => {
                if let Some(session) = message["params"]["sessionId"].as_str() {
                    self.give_up(session.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Closes a dialog, as drivers do: by no, but where it asks whether to leave the page.
    fn close_dialog(self: &Arc<Self>, session: String, dialog: &Value) {
        let text = dialog["message"].as_str().unwrap_or_default().to_owned();
        let leaves = dialog["type"] == "beforeunload";
        self.state().dialogs.entry(session.clone()).or_default().push(text);
        let pipe = self.clone();
        tokio::spawn(async move {
            let answer = json!({ "accept": leaves });
            // It may be gone by then.
            let _ = pipe.call(Some(&session), "Page.handleJavaScriptDialog", answer).await;
        });
    }

    /// Lets nobody wait for a tab that is gone.
    fn give_up(&self, session: String) {
        let mut state = self.state();
        let lost: Vec<u64> = state
            .waiting
            .iter()
            .filter(|(_, (of, _))| of.as_ref() == Some(&session))
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            if let Some((_, sender)) = state.waiting.remove(&id) {
                let _ = sender.send(Err(CRASHED.into()));
            }
        }
        state.gone.insert(session);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
