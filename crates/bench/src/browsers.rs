//! Browsers with a stand-in for the rest of the web.

use anyhow::{Result, ensure};
use soutien_testbed::environments::{self, Engine, Launch};
use soutien_testbed::fake_internet;
use soutien_testbed::server;
use soutien_testbed::webdriver::Browser;

/// Starts a browser for which the local stand-in answers as the rest of the web, and proves that it does.
///
/// # Errors
/// When it does not start, or the stand-in does not answer.
pub async fn start(engine: Engine, launch: Launch, world: u16) -> Result<Browser> {
    let browser = environments::launch(engine, launch, Some(world)).await?;
    if launch == Launch::Plain {
        let site = server::start(server::Options {
            port: 0,
            csp: Some(String::new()),
            ..server::Options::default()
        })?;
        // Browsers let only pages of this machine ask this machine.
        browser.goto(format!("{}/favicon.svg", site.site)).await?;
        let control = format!(
            "return fetch('https://{}/', {{ mode: 'no-cors' }}).then(() => 'answers', String);",
            fake_internet::HOST
        );
        let answer = browser.execute(control, vec![]).await?.json().clone();
        ensure!(
            answer == "answers",
            "{} does not answer in {engine:?}, and a detector needs it to: {answer}",
            fake_internet::HOST
        );
    }
    Ok(browser)
}
