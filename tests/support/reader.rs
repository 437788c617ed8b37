//! A reader: somebody with a browser on a site, and what the tests ask of both.

use std::fs;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use soutien_testbed::server::{self, Options, Running};
use soutien_testbed::webdriver::Browser;
use thirtyfour::Key;

use crate::browsers::{self, Kind, Turn};
use crate::waiting::{LIMIT, POLL};

/// What a reader's questions and clicks go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// The driver, which finds elements by itself.
    Driver,
    /// The driver, by texts, booleans and places in the window alone, on a page that may have replaced all else.
    GuardedDriver,
    /// The developer tools, where the driver itself does everything by means of the page's own, as that of Chromium does.
    DeveloperTools,
}

/// Somebody with a browser on a site.
pub struct Reader {
    /// The browser, which may be shared.
    pub browser: Arc<Browser>,
    /// The site, with what it was asked for.
    pub site: Running,
    means: Means,
    _turn: Option<Turn>,
}

impl Reader {
    /// A reader with one of the shared browsers.
    pub async fn new(kind: Kind, site: Options) -> Result<Reader> {
        let turn = browsers::borrow(kind).await?;
        let browser = turn.browser.clone();
        if matches!(kind, Kind::Chromium | Kind::Refusing) {
            browser.devtools("Network.enable", json!({})).await?;
            let urls = if kind == Kind::Refusing {
                browsers::refused().to_vec()
            } else {
                vec![]
            };
            browser.devtools("Network.setBlockedURLs", json!({ "urls": urls })).await?;
        }
        Ok(Reader {
            browser,
            site: server::start_anew(&site)?,
            means: Means::Driver,
            _turn: Some(turn),
        })
    }

    /// A reader on pages where nothing may be relied on that a page can replace: to be asked for texts and booleans, and for whatever the
    /// witness does with what it has kept.
    pub async fn guarded(kind: Kind, site: Options) -> Result<Reader> {
        let means = match kind {
            Kind::Chromium | Kind::Refusing => Means::DeveloperTools,
            Kind::Firefox | Kind::Ublock => Means::GuardedDriver,
        };
        let reader = Reader::new(kind, site).await?;
        Ok(Reader { means, ..reader })
    }

    /// A reader with a browser that is nobody else's.
    pub fn with_browser(browser: Browser, site: Options) -> Result<Reader> {
        Ok(Reader {
            browser: Arc::new(browser),
            site: server::start_anew(&site)?,
            means: Means::Driver,
            _turn: None,
        })
    }

    /// Types the address of a page of the site: a view without a referrer.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.open_url(&format!("{}{path}", self.site.site)).await
    }

    /// Opens a page by its whole address. It must have the witness.
    pub async fn open_url(&self, url: &str) -> Result<()> {
        self.browser.goto(url).await?;
        // Nothing that a test asserts is worth anything if nobody looked.
        self.until("!!witness.events")
            .await
            .with_context(|| format!("{url} has no witness"))?;
        Ok(())
    }

    /// How many requests for paths that begin with this have reached the server. A cache may spare some.
    pub fn n_requests(&self, path_prefix: &str) -> usize {
        self.site
            .requests()
            .iter()
            .filter(|(_, path)| path.starts_with(path_prefix))
            .count()
    }

    /// The value of a JavaScript expression, or of its promise.
    pub async fn ask(&self, expression: &str) -> Result<Value> {
        let awaited = format!("(async () => await {expression})()");
        if self.means == Means::DeveloperTools {
            let parameters = json!({ "expression": awaited, "awaitPromise": true, "returnByValue": true });
            let answer = self.browser.devtools("Runtime.evaluate", parameters).await?;
            ensure!(answer["exceptionDetails"].is_null(), "cannot ask for {expression}: {answer}");
            return Ok(answer["result"]["value"].clone());
        }
        let expression = if self.means == Means::Driver { expression } else { &awaited };
        let answer = self.browser.execute(format!("return {expression};"), vec![]).await;
        Ok(answer.with_context(|| format!("cannot ask for {expression}"))?.json().clone())
    }

    /// Everything that the witness has written down.
    pub async fn report(&self) -> Result<Value> {
        let text = self.ask("witness.report()").await?;
        Ok(serde_json::from_str(text.as_str().context("the page has no witness")?)?)
    }

    /// Asserts the value of an expression.
    pub async fn expect(&self, expression: &str, expected: impl Into<Value>) -> Result<()> {
        let (found, expected) = (self.ask(expression).await?, expected.into());
        ensure!(found == expected, "expected {expected} for {expression}, found {found}");
        Ok(())
    }

    /// Waits until everything that was due at once has happened.
    pub async fn settled(&self) -> Result<()> {
        self.ask("witness.settled()").await?;
        Ok(())
    }

    /// Waits out what must not happen, since no event tells that nothing has: so many milliseconds in the page, and whatever was due by then.
    pub async fn wait_out(&self, ms: u32) -> Result<()> {
        self.ask(&format!(
            "new witness.native.Promise((resolve) => witness.native.setTimeout(() => resolve(true), {ms}))"
        ))
        .await?;
        self.settled().await
    }

    /// Waits until an expression is neither null nor false, and gives its value.
    pub async fn until(&self, expression: &str) -> Result<Value> {
        // The page itself looks for a fifth of a second, since a question takes the driver and the browser more time than a look.
        let looks = format!(
            "(async () => {{
                for (let n_left = 10; ; n_left--) {{
                    const found = await ({expression});
                    if (!n_left || (found ?? false) !== false) return found;
                    await new witness.native.Promise((resolve) => witness.native.setTimeout(resolve, {}));
                }}
            }})()",
            POLL.as_millis()
        );
        let started = Instant::now();
        loop {
            // While a page is being replaced by the next, asking fails.
            let found = match self.ask(&looks).await {
                Ok(Value::Null | Value::Bool(false)) => "not so".into(),
                Ok(value) => return Ok(value),
                Err(error) => format!("{error:#}"),
            };
            if started.elapsed() > LIMIT {
                let witness = self.ask("window.witness?.report()").await.unwrap_or_default();
                bail!(
                    "after {} s {expression} is {found}; the page's witness says {witness}",
                    LIMIT.as_secs()
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits for an event `soutien:NAME`, which may have been before, and gives what the witness wrote down of the first one.
    pub async fn event(&self, name: &str) -> Result<Value> {
        self.until(&format!("witness.events.find(({{ name }}) => name === '{name}')"))
            .await
    }

    /// Waits for the verdict, which has to be of this kind and to come before a timer of 2 seconds that the page sets at `soutien:ready`, and gives its
    /// detail.
    pub async fn verdict(&self, kind: &str) -> Result<Value> {
        self.event("ready").await?;
        let verdict = self.event("verdict").await?;
        ensure!(
            verdict["isOver"] == false,
            "the verdict came after a timer of 2 seconds that was set at soutien:ready: {verdict}"
        );
        let detail = &verdict["detail"];
        ensure!(detail["kind"] == kind, "expected the verdict {kind}, found {detail}");
        let cause = if kind == "blocked" { "extension" } else { "none" };
        ensure!(detail["cause"] == cause, "expected the cause {cause}, found {detail}");
        Ok(detail.clone())
    }

    /// Waits for a problem with this key, which has to say what was found and go to the console as well, and gives its detail.
    pub async fn problem(&self, key: &str, given: &str) -> Result<Value> {
        let find = format!("witness.events.find(({{ name, detail }}) => name === 'problem' && detail.key === '{key}')");
        let problem = self.until(&find).await?["detail"].clone();
        let found = problem["given"].as_str().unwrap_or_default();
        ensure!(found.contains(given), "expected that \"{given}\" was given: {problem}");
        self.warning(key).await?;
        Ok(problem)
    }

    /// Waits for a console warning that has this word in it. None may be of anything else, or come twice.
    pub async fn warning(&self, word: &str) -> Result<()> {
        self.until("witness.warnings.length > 0")
            .await
            .with_context(|| format!("no warning names {word}"))?;
        let name =
            format!("witness.warnings.filter((text, index, all) => !text.includes('{word}') || all.indexOf(text) < index)");
        self.expect(&name, json!([])).await
    }

    /// Waits for the notice to be open and to have come to rest.
    pub async fn notice(&self) -> Result<()> {
        self.until("witness.notice()?.open").await?;
        self.rest("witness.notice()").await
    }

    /// Waits until an element, given as an expression, no longer moves. What moves cannot be clicked.
    pub async fn rest(&self, element: &str) -> Result<()> {
        self.ask(&format!(
            "Promise.allSettled({element}.getAnimations().map(({{ finished }}) => finished)).then(() => true)"
        ))
        .await?;
        Ok(())
    }

    /// Asserts that no notice is open, nor on its way.
    pub async fn no_notice(&self) -> Result<()> {
        self.settled().await?;
        self.expect("witness.notice()", Value::Null).await
    }

    /// Asserts that nothing went wrong in the page: no uncaught error and nothing that its CSP had to refuse.
    pub async fn unharmed(&self) -> Result<()> {
        self.expect("witness.errors", json!([])).await?;
        self.expect("witness.violations", json!([])).await
    }

    /// Asserts that no error was left uncaught and that the page can still be used, by following its link with a real click.
    /// Afterwards the reader is on the next page.
    pub async fn usable(&self) -> Result<()> {
        self.expect("witness.errors", json!([])).await?;
        self.follow().await
    }

    /// Follows the link to the next page, which makes it a later view.
    pub async fn follow(&self) -> Result<()> {
        self.click("#suite").await?;
        self.until("location.pathname === '/next.html' && document.readyState === 'complete' && !!witness.events")
            .await?;
        Ok(())
    }

    /// Clicks an element of the page with the mouse.
    pub async fn click(&self, selector: &str) -> Result<()> {
        if self.means == Means::Driver {
            return self.click_what(&format!(r#"document.querySelector("{selector}")"#)).await;
        }
        let place = self.ask(&format!("witness.place('{selector}')")).await?;
        let place = place.as_str().unwrap_or_default().split_once(' ');
        let (x, y) = place.with_context(|| format!("{selector} has no place"))?;
        self.click_at(x.parse()?, y.parse()?).await
    }

    /// Clicks the element that an expression gives, with the mouse.
    pub async fn click_what(&self, expression: &str) -> Result<()> {
        let found = self.browser.execute(format!("return {expression};"), vec![]).await?;
        let element = found.element().with_context(|| format!("there is no {expression}"))?;
        element
            .click()
            .await
            .with_context(|| format!("{expression} cannot be clicked"))
    }

    /// Clicks the button of the notice that has this text.
    pub async fn click_in_notice(&self, text: &str) -> Result<()> {
        self.click_what(&format!(
            "[...witness.notice().querySelectorAll('button')].find((button) => button.checkVisibility() && button.innerText === '{text}')"
        ))
        .await
    }

    /// Clicks a point of the window, in CSS pixels from its top left.
    pub async fn click_at(&self, x: i64, y: i64) -> Result<()> {
        if self.means != Means::DeveloperTools {
            return Ok(self.browser.action_chain().move_to(x, y).click().perform().await?);
        }
        for what in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": what, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.browser.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Presses and releases a key.
    pub async fn press(&self, key: Key) -> Result<()> {
        if self.means != Means::DeveloperTools {
            return Ok(self.browser.action_chain().send_keys(key).perform().await?);
        }
        let (name, number) = match key {
            Key::Escape => ("Escape", 27),
            Key::Tab => ("Tab", 9),
            key => bail!("the number of {key:?} is not known here"),
        };
        for what in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": what, "key": name, "code": name, "windowsVirtualKeyCode": number });
            self.browser.devtools("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Presses Tab with Shift.
    pub async fn tab_back(&self) -> Result<()> {
        let keys = self.browser.action_chain().key_down(Key::Shift).send_keys(Key::Tab);
        Ok(keys.key_up(Key::Shift).perform().await?)
    }

    /// Scrolls down, or up to where the page begins, and waits until the page has come to rest there: one that is still moving may miss what comes
    /// next.
    pub async fn scroll(&self, is_down: bool) -> Result<()> {
        if self.means == Means::DeveloperTools {
            let distance = if is_down { 500 } else { -5_000 };
            let event = json!({ "type": "mouseWheel", "x": 400, "y": 300, "deltaX": 0, "deltaY": distance });
            self.browser.devtools("Input.dispatchMouseEvent", event).await?;
        } else {
            self.press(if is_down { Key::PageDown } else { Key::Home }).await?;
        }
        self.until(if is_down { "scrollY > 100" } else { "scrollY === 0" }).await?;
        self.ask("witness.still()").await?;
        Ok(())
    }

    /// Keeps a picture of the window under target/shots/.
    pub async fn keep_shot(&self, name: &str) -> Result<()> {
        let folder = soutien_project::root().join("target/shots");
        fs::create_dir_all(&folder)?;
        Ok(self.browser.screenshot(&folder.join(name)).await?)
    }
}

/// A reader without a blocker on a page, to whom the page shows the notice.
pub async fn shown(kind: Kind, site: Options) -> Result<Reader> {
    let reader = Reader::new(kind, site).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    reader.ask("Soutien.show()").await?;
    reader.notice().await?;
    Ok(reader)
}
