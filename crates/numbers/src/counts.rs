//! How often things happened, and the rates that come of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::batch::{Cause, Event, Kind, Weight};

/// How often things happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    pub(crate) blocked: u64,
    pub(crate) clear: u64,
    pub(crate) unsure: u64,
    /// How many views have sent what stands for several, and for how many that is.
    pub(crate) drawn: u64,
    pub(crate) weighted: u64,
    /// Blocked views by what blocks.
    pub(crate) causes: BTreeMap<Cause, u64>,
    pub(crate) shown: u64,
    pub(crate) recovered: u64,
    pub(crate) relapsed: u64,
    pub(crate) refused: u64,
    pub(crate) support: u64,
}

impl Counts {
    /// Counts an event of a batch of this weight.
    pub(crate) fn take(&mut self, event: &Event, weight: Weight) {
        let views = u64::from(weight.0);
        if views > 1 && matches!(event, Event::Verdict { first: true, .. }) {
            self.drawn += 1;
            self.weighted += views;
        }
        match event {
            // A view has as many verdicts as there were checks; the first one is the view's.
            Event::Verdict { first: false, .. } | Event::Close | Event::Recheck => {}
            Event::Verdict {
                kind: Kind::Blocked,
                cause,
                ..
            } => {
                self.blocked += views;
                *self.causes.entry(*cause).or_default() += views;
            }
            Event::Verdict { kind: Kind::Clear, .. } => self.clear += views,
            Event::Verdict { kind: Kind::Unsure, .. } => self.unsure += views,
            Event::Show => self.shown += 1,
            Event::Recovered => self.recovered += 1,
            Event::Relapsed => self.relapsed += 1,
            Event::Refused => self.refused += 1,
            Event::Support => self.support += 1,
        }
    }

    /// The views that count: those with a verdict of either kind.
    pub(crate) fn eligible(&self) -> u64 {
        self.blocked + self.clear
    }

    /// How many of these were blocked; none where there was no view.
    pub(crate) fn block_rate(&self) -> Option<f64> {
        rate(self.blocked, self.eligible())
    }

    /// How many of the notices led to the site being allowed; none where none was shown.
    pub(crate) fn allow_rate(&self) -> Option<f64> {
        rate(self.recovered, self.shown)
    }
}

pub(crate) fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
