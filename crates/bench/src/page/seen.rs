//! Who is on the page under which conditions, and what was measured of it.

use std::collections::BTreeMap;

use soutien_figures::page::{COLUMNS, Figure, N_FIGURES};

use crate::statistics::quartiles;

/// All figures of a visit, in the order of [`COLUMNS`]; none where a guest has no such thing.
pub type Figures = [Option<f64>; N_FIGURES];

/// The machine and network that a reader has.
pub struct Condition {
    pub name: &'static str,
    /// How many times slower the processor is.
    pub slowdown: u32,
    pub is_slow_network: bool,
}

pub const CONDITIONS: [Condition; 4] = [
    Condition {
        name: "processor 1×, network as it is",
        slowdown: 1,
        is_slow_network: false,
    },
    Condition {
        name: "processor 1×, slow 4G",
        slowdown: 1,
        is_slow_network: true,
    },
    Condition {
        name: "processor 6× slower, network as it is",
        slowdown: 6,
        is_slow_network: false,
    },
    Condition {
        name: "processor 6× slower, slow 4G",
        slowdown: 6,
        is_slow_network: true,
    },
];

/// Who is on the page besides the page itself.
pub struct Guest {
    pub name: &'static str,
    pub version: String,
    pub page: String,
    pub script: String,
    pub style: String,
    pub is_ours: bool,
}

/// The first two guests are nobody: the page itself, and the page itself again, which says how much two visits to the same page differ.
pub const NOBODY: [usize; 2] = [0, 1];

/// What came of all visits: by the index of the condition, that of the guest, and the round.
#[derive(Default)]
pub struct Seen {
    pub visits: BTreeMap<(usize, usize, u32), Figures>,
    /// Visits that could not be made, and why the last one could not.
    pub failed: BTreeMap<(usize, usize), (u32, String)>,
}

impl Seen {
    /// A figure of all visits with one guest.
    pub fn figures(&self, condition: usize, guest: usize, figure: Figure) -> Vec<f64> {
        let visits = self.visits.range((condition, guest, 0)..=(condition, guest, u32::MAX));
        visits.filter_map(|(_, figures)| figures[figure as usize]).collect()
    }

    /// By how much a figure differs from what it is on the page itself, visited in the same round: the mean of both visits.
    pub fn differences(&self, condition: usize, guest: usize, figure: Figure) -> Vec<f64> {
        self.pairs(condition, figure, |round, page| {
            Some(self.figure(condition, guest, round, figure)? - (page[0] + page[1]) / 2.0)
        })
    }

    /// Up to which difference a median says nothing: half of all pairs of visits to the page itself differ by less, and the browser tells
    /// no smaller difference.
    pub fn noise(&self, condition: usize, figure: Figure) -> f64 {
        let itself = self.pairs(condition, figure, |_, page| Some(page[1] - page[0]));
        let spread = quartiles(&itself).map_or(0.0, |[low, _, high]| high.max(-low));
        spread.max(COLUMNS[figure as usize].3)
    }

    /// Something for each round, given the figure of both visits to the page itself.
    fn pairs(&self, condition: usize, figure: Figure, pair: impl Fn(u32, [f64; 2]) -> Option<f64>) -> Vec<f64> {
        let rounds = self
            .visits
            .range((condition, 0, 0)..=(condition, 0, u32::MAX))
            .map(|(key, _)| key.2);
        let page = |round, index: usize| self.figure(condition, NOBODY[index], round, figure);
        rounds
            .filter_map(|round| pair(round, [page(round, 0)?, page(round, 1)?]))
            .collect()
    }

    fn figure(&self, condition: usize, guest: usize, round: u32, figure: Figure) -> Option<f64> {
        self.visits.get(&(condition, guest, round))?[figure as usize]
    }
}
