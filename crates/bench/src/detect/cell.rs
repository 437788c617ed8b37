//! What came of visits, added up.

use std::collections::BTreeMap;

use soutien_testbed::environments::{Engine, Environment, Visit};

/// What came of all visits to one environment in one browser with one detector.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// It said what is so.
    pub right: u32,
    /// It did not say "blocked", and something blocks ads.
    pub missed: u32,
    /// It said "blocked", and nothing blocks ads.
    pub false_alarms: u32,
    /// It said nothing within five seconds, and nothing blocks ads.
    pub silent: u32,
    /// How many visits could not be made, and why the last one could not.
    pub not_run: u32,
    pub reason: String,
    /// The times to the answer, in milliseconds.
    pub times: Vec<f64>,
    /// The longest task between start and answer, in milliseconds.
    pub longest_task: f64,
    /// How often our module gave each kind and cause.
    pub verdicts: BTreeMap<String, u32>,
    /// How long our module probed, in milliseconds.
    pub probing: Vec<f64>,
}

/// All cells: by the index of the environment, the browser and the index of the detector.
pub type Cells = BTreeMap<(usize, Engine, usize), Cell>;

impl Cell {
    /// Adds what came of a visit.
    pub fn add(&mut self, environment: &Environment, visit: &Visit) {
        match (environment.truth.is_blocked(), visit.blocked) {
            (true, Some(true)) | (false, Some(false)) => self.right += 1,
            (true, _) => self.missed += 1,
            (false, Some(true)) => self.false_alarms += 1,
            (false, None) => self.silent += 1,
        }
        self.times.extend(visit.ms.filter(|_| visit.blocked.is_some()));
        self.longest_task = self.longest_task.max(visit.longest_task);
        if let (Some(kind), Some(cause)) = (visit.verdict["kind"].as_str(), visit.verdict["cause"].as_str()) {
            *self.verdicts.entry(format!("{kind}, {cause}")).or_default() += 1;
            self.probing.extend(visit.verdict["ms"].as_f64());
        }
    }

    /// Adds up what came of the visits in several browsers.
    pub fn merge(&mut self, other: &Cell) {
        self.right += other.right;
        self.missed += other.missed;
        self.false_alarms += other.false_alarms;
        self.silent += other.silent;
        self.not_run += other.not_run;
        if self.reason.is_empty() {
            self.reason.clone_from(&other.reason);
        }
        self.times.extend(&other.times);
        self.longest_task = self.longest_task.max(other.longest_task);
        self.probing.extend(&other.probing);
        for (verdict, count) in &other.verdicts {
            *self.verdicts.entry(verdict.clone()).or_default() += count;
        }
    }

    /// How many visits were made.
    pub fn n_visits(&self) -> u32 {
        self.right + self.missed + self.false_alarms + self.silent
    }
}
