//! What is sent to an address that takes numbers: a batch of events, as docs/numbers.schema.json has it.

use std::ops::RangeInclusive;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// The version of the batches that are read.
const VERSION: u32 = 1;

/// No batch has more events: `web/numbers.js` keeps no more of a view.
pub(crate) const MOST_EVENTS: usize = 200;

/// What may be written for how many views a verdict stands. More would let one batch of a stranger's outweigh a day.
const WEIGHTS: RangeInclusive<u32> = 2..=1_000;

/// What `web/numbers.js` has sent.
pub(crate) struct Batch {
    /// Its number, by which it is known again.
    pub(crate) id: u64,
    /// For how many views each verdict in it stands.
    pub(crate) weight: Weight,
    /// What happened, in order.
    pub(crate) events: Vec<Event>,
}

/// The same as it is written.
#[derive(Deserialize)]
struct Written {
    version: u32,
    batch: String,
    #[serde(default)]
    weight: Weight,
    events: Vec<Event>,
}

/// For how many views a verdict stands: for one, or for those that `data-count` says.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "u32")]
pub(crate) struct Weight(pub(crate) u32);

impl Default for Weight {
    fn default() -> Self {
        Weight(1)
    }
}

impl TryFrom<u32> for Weight {
    type Error = String;

    /// A weight as it is written, which is only where it is more than one.
    fn try_from(written: u32) -> Result<Self, String> {
        if WEIGHTS.contains(&written) {
            Ok(Weight(written))
        } else {
            let (least, most) = (WEIGHTS.start(), WEIGHTS.end());
            Err(format!("found weight {written}, expected {least} to {most}"))
        }
    }
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
            weight: batch.weight,
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
