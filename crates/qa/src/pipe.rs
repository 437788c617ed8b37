//! The [Chrome DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/) over a pipe, as `--remote-debugging-pipe` has it: messages in
//! JSON, each with a NUL behind it. No crate that has the protocol has this way of transport, and no other way lets an extension in.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::wire::Wire;

/// A browser at the other end of a pipe. Its tabs go by their sessions.
#[derive(Clone)]
pub struct Pipe {
    wire: Arc<Wire>,
}

impl Pipe {
    /// A pipe to a browser, by what it reads and writes. Has to be called on a runtime, on which it works from then on.
    pub fn new(writer: ChildStdin, reader: ChildStdout) -> Pipe {
        let (wire, messages) = Wire::new();
        let pipe = Pipe { wire };
        tokio::spawn(pipe.clone().speak(writer, messages));
        tokio::spawn(pipe.clone().listen(reader));
        pipe
    }

    /// Sends a command, and gives its result. What concerns the browser has no session.
    ///
    /// # Errors
    /// When the browser refuses the command, or it or the tab is gone.
    pub async fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        let mut command = json!({ "method": method, "params": parameters });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        self.wire.call(session, command).await
    }

    /// What dialogs of a session have said since this was last asked; they were closed.
    pub fn take_dialogs(&self, session: &str) -> Vec<String> {
        self.wire.take_dialogs(session)
    }

    async fn speak(self, mut writer: ChildStdin, mut messages: UnboundedReceiver<String>) {
        while let Some(message) = messages.recv().await {
            let mut bytes = message.into_bytes();
            bytes.push(0);
            if writer.write_all(&bytes).await.is_err() {
                return self.wire.close();
            }
        }
    }

    /// Takes what the browser says, until it is gone.
    async fn listen(self, reader: ChildStdout) {
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
        self.wire.close();
    }

    /// Takes a message: an answer, or an event.
    fn take(&self, mut message: Value) {
        if let Some(number) = message["id"].as_u64() {
            let answer = match message["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(message["result"].take()),
            };
            return self.wire.answer(number, answer);
        }
        let parameters = &message["params"];
        match (message["method"].as_str(), message["sessionId"].as_str()) {
            (Some("Page.javascriptDialogOpening"), Some(session)) => self.close_dialog(session, parameters),
            (Some("Inspector.targetCrashed"), Some(session)) => self.wire.give_up(session),
            (Some("Target.detachedFromTarget"), _) => {
                if let Some(session) = parameters["sessionId"].as_str() {
                    self.wire.give_up(session);
                }
            }
            _ => {}
        }
    }

    /// Closes a dialog, as drivers do: by no, but where it asks whether to leave the page.
    fn close_dialog(&self, session: &str, dialog: &Value) {
        self.wire.note_dialog(session, dialog["message"].as_str().unwrap_or_default());
        let leaves = dialog["type"] == "beforeunload";
        let (pipe, session) = (self.clone(), session.to_owned());
        tokio::spawn(async move {
            let answer = json!({ "accept": leaves });
            // It may be gone by then.
            let _ = pipe.call(Some(&session), "Page.handleJavaScriptDialog", answer).await;
        });
    }
}
