//! The browsers that the tests share: each is started by the first test that needs it, and used by one test at a time.

use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, MutexGuard, OnceCell};
use xtask::webdriver::{Browser, Certificates};

/// A browser as a reader has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium without a blocker.
    Chromium,
    /// Chromium that is told by its developer tools to refuse the bait script and the ad host. That is no blocker, but the
    /// verdict is the same, and so it serves for what comes after: the notice.
    Refusing,
    /// Firefox without a blocker.
    Firefox,
    /// Firefox with uBlock Origin and the lists that come with it.
    Ublock,
}

/// Readers without a blocker.
pub const CLEAR: [Kind; 2] = [Kind::Chromium, Kind::Firefox];

/// Readers who get the verdict "blocked".
pub const BLOCKED: [Kind; 2] = [Kind::Refusing, Kind::Ublock];

/// What [`Kind::Refusing`] refuses: the bait script and the ad host.
pub fn refused() -> [String; 2] {
    [format!("*{}", soutien::baits::SCRIPT), "http://localhost:*/*".to_owned()]
}

struct Shared {
    turn: Mutex<()>,
    browser: OnceCell<Arc<Browser>>,
}

impl Shared {
    const fn new() -> Shared {
        Shared {
            turn: Mutex::const_new(()),
            browser: OnceCell::const_new(),
        }
    }
}

static CHROMIUM: Shared = Shared::new();
static FIREFOX: Shared = Shared::new();
static UBLOCK: Shared = Shared::new();

/// One runtime for all tests: a WebDriver session belongs to the runtime that it was started on.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("tokio starts"));

/// Runs a test to its end, and fails it with what it says.
#[track_caller]
pub fn run(test: impl Future<Output = Result<()>>) {
    if let Err(error) = RUNTIME.block_on(test) {
        panic!("{error:#}");
    }
}

/// Runs a test in one browser after the other.
#[track_caller]
pub fn run_in(kinds: [Kind; 2], test: impl AsyncFn(Kind) -> Result<()>) {
    for kind in kinds {
        run(async { test(kind).await.with_context(|| format!("{kind:?}")) });
    }
}

/// Waits for the turn to use a browser. It is free again when the guard is dropped.
///
/// Statics are never dropped, but the browsers end nevertheless: with this process, see [`Browser`].
pub async fn borrow(kind: Kind) -> Result<(Arc<Browser>, MutexGuard<'static, ()>)> {
    let shared = match kind {
        Kind::Chromium | Kind::Refusing => &CHROMIUM,
        Kind::Firefox => &FIREFOX,
        Kind::Ublock => &UBLOCK,
    };
    let turn = shared.turn.lock().await;
    let browser = shared.browser.get_or_try_init(|| async {
        Ok::<_, anyhow::Error>(Arc::new(match kind {
            Kind::Chromium | Kind::Refusing => Browser::chromium(&[], Certificates::Vouched).await?,
            Kind::Firefox => Browser::firefox(&[], Certificates::Vouched).await?,
            Kind::Ublock => Browser::firefox_with_ublock(&[]).await?,
        }))
    });
    Ok((browser.await?.clone(), turn))
}
