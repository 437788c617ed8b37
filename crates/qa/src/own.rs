//! Browsers that we start and steer ourselves, without a driver.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;
use soutien_project::extension::Target;
use soutien_testbed::webdriver::Certificates;
use tokio::time::timeout;

use crate::chromium::{self, Chromium};
use crate::faults::Fault;
use crate::firefox::{self, Firefox};
use crate::installed::Installed;

/// How long a page may take to answer, and the extension on it. A machine whose cores are all busy takes seconds.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// A browser with the extension and a profile of its own, which ends with this.
pub enum Own {
    Chromium(Chromium),
    Firefox(Firefox),
}

/// A tab of it.
pub enum Tab {
    Chromium(chromium::Tab),
    Firefox(firefox::Tab),
}

impl Own {
    /// Starts a browser with an extension that lies in this folder.
    ///
    /// # Errors
    /// When it is not there, does not start, or does not take the extension.
    pub async fn start(browser: &Installed, extension: &Path, certificates: Certificates) -> Result<Own> {
        let program = browser.program()?;
        Ok(match browser.target {
            Target::Chromium => Own::Chromium(Chromium::start(program, extension, certificates).await?),
            Target::Firefox => Own::Firefox(Firefox::start(program, extension, certificates).await?),
        })
    }

    /// Opens a tab.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn tab(&self) -> Result<Tab> {
        Ok(match self {
            Own::Chromium(browser) => Tab::Chromium(browser.tab().await?),
            Own::Firefox(browser) => Tab::Firefox(browser.tab().await?),
        })
    }

    /// Has the profile for a user's own lists play these, in the syntax of filter lists.
    ///
    /// # Errors
    /// When it is Firefox, whose extension's pages nothing opens from outside; or the extension does not take them.
    pub async fn take_lists(&self, text: &str) -> Result<()> {
        match self {
            Own::Chromium(browser) => browser.take_lists(text).await,
            Own::Firefox(_) => bail!("a list of your own is played in Chromium and its relatives alone"),
        }
    }

    /// Has the extension play a profile for pages to come, and takes away all that those of an origin have stored, where the browser can be told so from
    /// outside its pages.
    ///
    /// # Errors
    /// When the extension does not play it, or the browser is gone.
    pub async fn prepare(&self, tab: &Tab, profile: &str, origin: &str) -> Result<()> {
        if let (Own::Chromium(browser), Tab::Chromium(tab)) = (self, tab) {
            if origin.starts_with("http") {
                tab.forget(origin).await?;
            }
            browser.play(tab, profile).await?;
        }
        Ok(())
    }

    /// Closes every tab but the first one.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn close_tabs(&self) -> Result<()> {
        match self {
            Own::Chromium(browser) => browser.close_tabs().await,
            Own::Firefox(browser) => browser.close_tabs().await,
        }
    }
}

impl Tab {
    /// Opens an address. The page is there when its elements are, or when it says why it is not.
    ///
    /// # Errors
    /// A [`Fault`] when the page cannot be opened; another error when the tab is gone.
    pub async fn open(&self, url: &str, limit: Duration) -> Result<()> {
        let opening = async {
            match self {
                Tab::Chromium(tab) => tab.open(url).await,
                Tab::Firefox(tab) => tab.open(url).await,
            }
        };
        let late = |_| Err(Fault("the page does not load in time".into()).into());
        timeout(limit, opening).await.unwrap_or_else(late)
    }

    /// What an expression is on the page, or what its promise is kept with.
    ///
    /// # Errors
    /// When it throws, the page does not answer, or the tab is gone.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        match self.answer(expression, ANSWER_LIMIT).await? {
            Some(value) => Ok(value),
            None => bail!("the page keeps the browser busy: it does not answer"),
        }
    }

    /// The same; `None` where it does not come to that in time.
    ///
    /// # Errors
    /// When it throws, or the tab is gone.
    pub async fn answer(&self, expression: &str, limit: Duration) -> Result<Option<Value>> {
        let asked = async {
            match self {
                Tab::Chromium(tab) => tab.evaluate(expression).await,
                Tab::Firefox(tab) => tab.evaluate(expression).await,
            }
        };
        timeout(limit, asked).await.ok().transpose()
    }

    /// What the page looks like, as a PNG image.
    ///
    /// # Errors
    /// When there is no picture, or the tab is gone.
    pub async fn shot(&self) -> Result<Vec<u8>> {
        match self {
            Tab::Chromium(tab) => tab.shot().await,
            Tab::Firefox(tab) => tab.shot().await,
        }
    }

    /// What dialogs of the page have said since this was last asked; they were closed.
    pub fn take_dialogs(&self) -> Vec<String> {
        match self {
            Tab::Chromium(tab) => tab.take_dialogs(),
            Tab::Firefox(tab) => tab.take_dialogs(),
        }
    }
}
