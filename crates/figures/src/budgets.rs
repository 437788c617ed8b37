//! How much readers may download, and what becomes of a build that is more.

use anyhow::{Result, ensure};

use crate::sizes::Sizes;
use crate::words::kilobytes;

/// What every reader may download on a first view, in bytes as sent; 1 kB is 1000 bytes. Over it, the build fails.
pub(crate) const EVERY_READER: usize = 11_000;

/// What every reader should download at most, printed beside the limit. Correct and readable comes first.
pub(crate) const EVERY_READER_TARGET: usize = 10_000;

/// What a reader with a blocker may download besides: once, when the notice is due.
pub(crate) const WITH_A_BLOCKER: usize = 8_000;

/// How many requests of ours a view without a blocker may make, baits and twins included.
pub const REQUESTS: usize = 6;

/// How many of a view with a blocker may reach the server, without a notice: the loader and the module, for each of the three baits a twin, and what
/// tells a blocker's refusal from that of the server, which blockers let through for two of them, since lists name those as script and image.
pub const REQUESTS_WITH_A_BLOCKER: usize = 7;

/// How many bytes the packed companion extension may have.
pub const EXTENSION: u64 = 15_000_000;

/// Holds sizes against the budgets.
///
/// # Errors
/// When one is exceeded, with the figures.
pub fn hold(sizes: &Sizes) -> Result<()> {
    let mut over = Vec::new();
    for (who, bytes, budget) in [
        ("every reader downloads", sizes.every_reader, EVERY_READER),
        (
            "a reader with a blocker downloads besides",
            sizes.with_a_blocker,
            WITH_A_BLOCKER,
        ),
    ] {
        if bytes > budget {
            let (found, allowed) = (kilobytes(bytes), kilobytes(budget));
            over.push(format!(
                "{who} {found} kB as brotli, {} bytes more than the {allowed} kB allowed",
                bytes - budget
            ));
        }
    }
    let requests = sizes.loads()?.first.requests;
    if requests > REQUESTS {
        over.push(format!("a view makes {requests} requests, and {REQUESTS} are allowed"));
    }
    ensure!(
        over.is_empty(),
        "over the budget of crates/figures/src/parts.rs: {}",
        over.join("; ")
    );
    Ok(())
}

/// The budgets in words.
pub fn budgets() -> String {
    format!(
        "more than {} kB for every reader, {} kB besides for a reader with a blocker, or {REQUESTS} requests on a view without a blocker",
        kilobytes(EVERY_READER),
        kilobytes(WITH_A_BLOCKER)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{build, check_error, files};
    use crate::sizes::sizes;

    #[test]
    fn fails_over_a_budget() {
        let room = EVERY_READER - build(0).every_reader;
        hold(&build(room)).expect("that is allowed");
        check_error(hold(&build(room + 1)), "kB as brotli, 1 bytes more than the");
        let mut long = files(room);
        long.insert("lang/el.json".into(), 9_000);
        let long = sizes(long, "rustc 1.0.0").unwrap();
        check_error(hold(&long), "a reader with a blocker downloads besides 13.0 kB as brotli, ");
    }
}
