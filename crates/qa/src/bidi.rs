//! [WebDriver BiDi](https://w3c.github.io/webdriver-bidi/) over a WebSocket, as `--remote-debugging-port` of Firefox has it. The crates that have the
//! protocol take a driver that speaks the older one first.

use std::sync::Arc;

use anyhow::{Context, Result};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::wire::Wire;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A browser at the other end of a WebSocket. Its tabs go by the names of their browsing contexts.
#[derive(Clone)]
pub struct Bidi {
    wire: Arc<Wire>,
}

impl Bidi {
    /// Connects with a browser that listens at an address. It listens to what the browser says on the runtime from then on.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn connect(address: &str) -> Result<Bidi> {
        // A page's picture is one message, and the browser is our own.
        let limits = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let connected = connect_async_with_config(address, Some(limits), true).await;
        let (socket, _) = connected.with_context(|| format!("no browser answers at {address}"))?;
        let (writer, reader) = socket.split();
        let (wire, messages) = Wire::new();
        let bidi = Bidi { wire };
        tokio::spawn(bidi.clone().speak(writer, messages));
        tokio::spawn(bidi.clone().listen(reader));
        Ok(bidi)
    }

    /// Sends a command, and gives its result. `context` is the tab that the command is lost with, where there is one.
    ///
    /// # Errors
    /// When the browser refuses the command, or it or the tab is gone.
    pub async fn call(&self, context: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        let command = json!({ "method": method, "params": parameters });
        self.wire.call(context, command).await
    }

    /// What dialogs of a tab have said since this was last asked; they were closed.
    pub fn take_dialogs(&self, context: &str) -> Vec<String> {
        self.wire.take_dialogs(context)
    }

    async fn speak(self, mut writer: SplitSink<Socket, Message>, mut messages: UnboundedReceiver<String>) {
        while let Some(message) = messages.recv().await {
            if writer.send(Message::text(message)).await.is_err() {
                return self.wire.close();
            }
        }
    }

    /// Takes what the browser says, until it is gone.
    async fn listen(self, mut reader: SplitStream<Socket>) {
        while let Some(Ok(message)) = reader.next().await {
            // What is no JSON is no message.
            if let Ok(text) = message.to_text()
                && let Ok(message) = serde_json::from_str(text)
            {
                self.take(message);
            }
        }
        self.wire.close();
    }

    /// Takes a message: an answer, or an event.
    fn take(&self, mut message: Value) {
        if let Some(number) = message["id"].as_u64() {
            let answer = match message["error"].as_str() {
                Some(error) => Err(format!("{error}: {}", message["message"].as_str().unwrap_or_default())),
                None => Ok(message["result"].take()),
            };
            return self.wire.answer(number, answer);
        }
        let parameters = &message["params"];
        let Some(context) = parameters["context"].as_str() else {
            return;
        };
        match message["method"].as_str() {
            // The browser closes it by itself, as the session was told.
            Some("browsingContext.userPromptOpened") => {
                let text = parameters["message"].as_str().unwrap_or_default();
                self.wire.note_dialog(context, text);
            }
            // Frames come and go.
            Some("browsingContext.contextDestroyed") if parameters["parent"].is_null() => self.wire.give_up(context),
            // Nothing else is said where the process of a page has died, and what it was asked is never answered.
            Some("browsingContext.navigationCommitted")
                if parameters["url"]
                    .as_str()
                    .is_some_and(|url| url.starts_with("about:tabcrashed")) =>
            {
                self.wire.give_up(context);
            }
            _ => {}
        }
    }
}
