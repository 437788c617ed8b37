//! Waiting for something that comes by itself, by looking again and again.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

/// How long anything may take that is waited for. What has to be faster is measured, see [`verdict`](crate::reader::Reader::verdict).
pub const LIMIT: Duration = Duration::from_secs(10);
/// How long what is slow in itself may take: a program that starts or ends, a browser that reads filter rules, a batch of numbers that is tried a
/// third time.
pub const SLOW: Duration = Duration::from_secs(30);
/// How long is waited between two looks.
pub const POLL: Duration = Duration::from_millis(20);

/// Looks again and again until there is something, and gives it.
pub async fn wait_for<T>(what: &str, look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    wait_within(LIMIT, what, look).await
}

/// The same within another time.
pub async fn wait_within<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        ensure!(started.elapsed() < limit, "after {} s there is no {what}", limit.as_secs());
        tokio::time::sleep(POLL).await;
    }
}
