//! What is sent to an address that takes numbers: a batch of events, as docs/numbers.schema.json has it.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// The version of the batches that are read.
const VERSION: u32 = 1;

/// No batch has more events: `web/numbers.js` keeps no more of a view.
pub(crate) const MOST_EVENTS: usize = 200;

/// What `web/numbers.js` has sent.
pub(crate) struct Batch {
    /// Its number, by which it is known again.
    pub(crate) id: u64,
    /// What happened, in order.
    pub(crate) events: Vec<Event>,
}

/// The same as it is written.
#[derive(Deserialize)]
struct Written {
    version: u32,
    batch: String,
    events: Vec<Event>,
}

impl Batch {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is none that docs/numbers.schema.json allows.
    pub(crate) fn read(body: &str) -> Result<Batch> {
        let batch: Written = serde_json::from_str(body).context("expected a batch as JSON, see docs/numbers.schema.json")?;
        ensure!(
            batch.version == VERSION,
            "found version {}, expected {VERSION}; is this command older than the files on the site?",
            batch.version
        );
        let id = u64::from_str_radix(&batch.batch, 16).ok().filter(|_| batch.batch.len() == 16);
        let id = id.with_context(|| format!("found batch {:?}, expected 16 hexadecimal digits", batch.batch))?;
        let n_events = batch.events.len();
        ensure!(
            n_events <= MOST_EVENTS,
            "found {n_events} events, expected {MOST_EVENTS} at most"
        );
        let is_first = |event: &&Event| matches!(event, Event::Verdict { first: true, .. });
        let n_first = batch.events.iter().filter(is_first).count();
        ensure!(
            n_first <= 1,
            "found {n_first} first verdicts, expected one at most: a batch is of one view"
        );
        Ok(Batch {
            id,
            events: batch.events,
        })
    }
}

/// What counts, as docs/numbers.schema.json has it. Anybody may send anything to an address that takes numbers, so that whatever else comes is junk.
#[derive(Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub(crate) enum Event {
    Verdict {
        kind: Kind,
        cause: Cause,
        #[serde(default)]
        first: bool,
    },
    Show,
    Close,
    Support,
    Recheck,
    Recovered,
    Relapsed,
    Refused,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Blocked,
    Clear,
    Unsure,
}

/// What blocks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    Extension,
    Network,
    Browser,
    TrackingProtection,
    None,
}

impl Cause {
    /// Its word, as batches have it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Network => "network",
            Self::Browser => "browser",
            Self::TrackingProtection => "tracking-protection",
            Self::None => "none",
        }
    }
}
