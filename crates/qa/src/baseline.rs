//! What pages show without a blocker: two visits of each, by which the restlessness of a page is told from what a blocker breaks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How many visits without a blocker are compared.
pub const N_VISITS: usize = 2;

const POLL: Duration = Duration::from_millis(20);

/// A page in a browser.
type Key = (String, String);

/// What one visit showed, and what it looked like.
#[derive(Clone)]
pub struct Plain {
    pub observation: Arc<Value>,
    pub shot: Arc<Vec<u8>>,
}

/// What was seen of pages without a blocker, shared by browsers that work side by side.
#[derive(Default)]
pub struct Baseline {
    visits: Mutex<HashMap<Key, Vec<Option<Plain>>>>,
}

impl Baseline {
    /// Notes what a visit without a blocker showed; `None` where it failed.
    pub fn note(&self, browser: &str, url: &str, observation: Option<Value>, shot: &[u8]) {
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        let visits = visits.entry((browser.to_owned(), url.to_owned())).or_default();
        visits.push(observation.map(|observation| Plain {
            observation: Arc::new(observation),
            shot: Arc::new(shot.to_vec()),
        }));
    }

    /// What the visits without a blocker showed, for which other browsers may have to be waited for, at most so long. `None` where one of them
    /// failed.
    pub async fn of(&self, browser: &str, url: &str, limit: Duration) -> Option<[Plain; N_VISITS]> {
        let started = Instant::now();
        loop {
            let known = self.known(browser, url);
            if known.len() >= N_VISITS {
                let shown: Vec<Plain> = known.into_iter().flatten().collect();
                return shown.try_into().ok();
            }
            if started.elapsed() > limit {
                return None;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn known(&self, browser: &str, url: &str) -> Vec<Option<Plain>> {
        let visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.get(&(browser.to_owned(), url.to_owned())).cloned().unwrap_or_default()
    }
}
