//! Asks a page until it says what is waited for.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::webdriver::Browser;

/// How long a detector may take to answer. Ours has 2 seconds from when it begins, and has to be fetched before; in Firefox, on two
/// cores that compile something else at the same time, 5 were too few once.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(8);

/// How long anything else may take that is waited for.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// How often something is asked that is being waited for.
pub(super) const POLL: Duration = Duration::from_millis(10);

/// Whether an expression is true on the page.
pub(super) async fn is_so(browser: &Browser, expression: &str) -> Result<bool> {
    let answer = browser.execute(format!("return {expression};"), vec![]).await?;
    Ok(answer.json().as_bool().unwrap_or(false))
}

/// Waits until an expression is true, and says whether it came to be. While a page is being replaced by the next, asking fails.
pub(super) async fn until(browser: &Browser, expression: &str, limit: Duration) -> bool {
    let started = Instant::now();
    loop {
        if is_so(browser, expression).await.unwrap_or(false) {
            return true;
        }
        if started.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(POLL).await;
    }
}
