//! The browsers that the tests share: each is started by the first test that finds none free, and used by one test at a time.

use std::sync::{Arc, LazyLock, PoisonError};

use anyhow::{Context, Result, bail};
use soutien_testbed::webdriver::{Browser, Certificates};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, SemaphorePermit};

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

/// How many browsers of a kind there are at most. Tests wait for most of their time, for what a page does by itself, so that more of them than
/// there are cores take their turns side by side: three for each kind of browser.
const SIDE_BY_SIDE: usize = 3;

/// The address of an empty page.
const EMPTY: &str = "about:blank";

/// How often a page is told to go at most: once more for each page that it was on its way to.
const LEAVING: usize = 5;

/// Browsers that are started in the same way. Each is started when there is none left to borrow, and used by one test at a time.
pub struct Pool {
    turns: Semaphore,
    free: std::sync::Mutex<Vec<Arc<Browser>>>,
}

impl Pool {
    /// No browser yet, and as many as are of use at most.
    pub const fn empty() -> Pool {
        Pool::of(SIDE_BY_SIDE)
    }

    /// The same for so many browsers at most: one, where few tests want such a browser, since each takes seconds of a core to start.
    pub const fn of(most: usize) -> Pool {
        Pool {
            turns: Semaphore::const_new(most),
            free: std::sync::Mutex::new(Vec::new()),
        }
    }

    /// Waits for a browser, which is started where none is free.
    ///
    /// Statics are never dropped, but the browsers end nevertheless: with this process, see [`Browser`].
    pub async fn borrow(&'static self, start: impl AsyncFnOnce() -> Result<Browser>) -> Result<Turn> {
        let permit = self.turns.acquire().await?;
        let free = self.free().pop();
        let browser = match free {
            Some(browser) => browser,
            None => Arc::new(start().await?),
        };
        Ok(Turn {
            browser,
            pool: self,
            _permit: permit,
        })
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Browser>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to use a browser, which is free again when this is dropped.
pub struct Turn {
    /// The browser.
    pub browser: Arc<Browser>,
    pool: &'static Pool,
    _permit: SemaphorePermit<'static>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pool.free().push(self.browser.clone());
    }
}

static CHROMIUM: Pool = Pool::empty();
static FIREFOX: Pool = Pool::empty();
static UBLOCK: Pool = Pool::empty();

/// One runtime for all tests: a WebDriver session belongs to the runtime that it was started on.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("tokio starts"));

/// Runs a test to its end, and fails it with what it says.
#[track_caller]
pub fn run(test: impl Future<Output = Result<()>>) {
    if let Err(error) = RUNTIME.block_on(test) {
        panic!("{error:#}");
    }
}

/// Runs a test in two browsers side by side.
#[track_caller]
pub fn run_in(kinds: [Kind; 2], test: impl AsyncFn(Kind) -> Result<()>) {
    let named = async |kind| test(kind).await.with_context(|| format!("{kind:?}"));
    run(async { tokio::try_join!(named(kinds[0]), named(kinds[1])).map(drop) });
}

/// Waits for the turn to use one of the shared browsers, which has left the last reader's page.
pub async fn borrow(kind: Kind) -> Result<Turn> {
    let turn = match kind {
        Kind::Chromium | Kind::Refusing => {
            CHROMIUM
                .borrow(async || Browser::chromium(&[], Certificates::Vouched).await)
                .await
        }
        Kind::Firefox => {
            FIREFOX
                .borrow(async || Browser::firefox(&[], Certificates::Vouched).await)
                .await
        }
        Kind::Ublock => UBLOCK.borrow(async || Browser::firefox_with_ublock(&[]).await).await,
    }?;
    // Chromium's driver does nothing while a page is on its way.
    if matches!(kind, Kind::Firefox | Kind::Ublock) {
        leave(&turn.browser).await?;
    }
    Ok(turn)
}

/// Has Firefox leave the page that it is on. That may be on its way to another, which would come, or fail, in the place of what the next reader
/// opens; or in the place of this empty page, but an error has no script that goes on from it.
async fn leave(browser: &Browser) -> Result<()> {
    for _ in 0..LEAVING {
        // What came in its place is told as an error, or not at all.
        let _ = browser.goto(EMPTY).await;
        if browser.current_url().await?.as_str() == EMPTY {
            return Ok(());
        }
    }
    bail!("the page at {} cannot be left", browser.current_url().await?)
}
