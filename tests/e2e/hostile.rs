//! Pages that are hostile, be it by malice, by age or by another script's doing: whatever they do to the platform, no error of ours is left
//! uncaught, the page can be used, and the verdict is right, or unsure, or does not come at all; nobody is accused.
//!
//! Other files have the rest of what pages do to a guest:
//!
//! | what | where |
//! |---|---|
//! | foreign nodes removed, a sandboxed frame, `fetch` and sizes replaced, all without a blocker | `xtask/src/environments/table.rs` |
//! | two tags, files of another release, storage that is denied | `bad_input.rs` |
//! | storage that is full | `memory.rs` |
//! | a blocker that is switched off or on while the notice is open | `allow.rs` |
//! | dialogs that cannot be opened, a notice that the page removes | `manners.rs` |

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::Key;
use xtask::build;
use xtask::server::{Answer, Options};

use crate::browsers::{BLOCKED, CLEAR, Kind, run_in};
use crate::reader::{Reader, With as _, page, site, with_tags};

/// How long anything may take that is waited for.
const LIMIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// The verdict that does not come, since the module cannot run.
const NONE: &str = "none";

/// A page, and what comes of our tag on it.
#[derive(Clone, Copy)]
struct Hostile {
    /// The document, in which TAGS stands for the scripts.
    html: &'static str,
    /// Its MIME type.
    mime: &'static str,
    /// Its content security policy, empty for none.
    csp: &'static str,
    /// What the page does before our tag.
    script: &'static str,
    /// A style sheet of the page's own.
    style: &'static str,
    /// What has to hold on the page, in JavaScript, or it is not hostile.
    control: &'static str,
    /// The verdict without a blocker, or two of them with "or" between them; empty where another file has that.
    clear: &'static str,
    /// The verdict with a blocker.
    blocked: &'static str,
    /// Whether the notice opens then. Where there is no verdict, there is none either.
    asks: bool,
    /// The keys of the problems that we tell.
    problems: &'static [&'static str],
}

const HTML: &str = r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8"/>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
</body>
</html>
"#;

/// A page that does nothing.
const PLAIN: Hostile = Hostile {
    html: HTML,
    mime: "text/html",
    csp: "",
    script: "",
    style: "",
    control: "",
    clear: "clear",
    blocked: "blocked",
    asks: true,
    problems: &[],
};

/// A page that keeps the module from running.
const SILENT: Hostile = Hostile {
    clear: NONE,
    blocked: NONE,
    asks: false,
    problems: &["soutien.wasm"],
    ..PLAIN
};

impl Hostile {
    /// With numbers, so that the code that sends them meets the page as well.
    fn site(&self) -> Options {
        let tags = r#"<script src="/witness.js"></script>
            <script src="/hostile.js"></script>
            <link rel="stylesheet" href="/hostile.css"/>
            <script async="" src="/soutien/soutien.js" data-policy="always" data-delay="0" data-lang="fr" data-consent="given"
                data-endpoint="/chiffres"></script>"#;
        let body = |mime: &str, text: &str| Answer::Body {
            mime: mime.into(),
            text: text.into(),
        };
        let mut site = site(&self.html.replace("TAGS", tags))
            .with("/page.html", Answer::Mime(self.mime.into()))
            .with(
                "/hostile.js",
                // The control is the page's own, since other scripts may be spared by what the page does.
                body(
                    "text/javascript",
                    &format!("witness.control = () => {};\n{}", self.control, self.script),
                ),
            )
            .with(
                "/hostile.css",
                body("text/css", &format!("html {{ padding-bottom: 3000px; }}\n{}", self.style)),
            );
        // A page where nothing is wrong.
        site.pages.insert("/next.html".into(), with_tags(""));
        site.csp = Some(self.csp.into());
        site
    }

    async fn visit(&self, kind: Kind, expected: &str) -> Result<()> {
        let guest = Guest::new(kind, self.site()).await?;
        guest.open("/page.html").await?;
        let verdict = guest.verdict().await?;
        let found = verdict["kind"].as_str().unwrap_or(NONE);
        ensure!(
            expected.split(" or ").any(|expected| found == expected),
            "expected the verdict {expected}, found {verdict}"
        );
        let cause = if found == "blocked" { "extension" } else { "none" };
        ensure!(
            found == NONE || verdict["cause"] == cause,
            "expected the cause {cause}, found {verdict}"
        );
        if found == "blocked" && self.asks {
            guest.until("witness.notice() !== null").await?;
            guest.escape().await?;
            guest.until(r#"/"name":"close"/.test(witness.report())"#).await?;
        }
        guest.until("witness.settled()").await?;
        guest.until("witness.notice() === null").await?;
        guest.serves().await?;
        if found != NONE {
            guest.is_counted().await?;
        }
        let report = guest.report().await?;
        ensure!(report["errors"] == json!([]), "errors are left uncaught: {report}");
        ensure!(
            report["violations"] == json!([]),
            "the page's policy had to refuse something: {report}"
        );
        let mut problems: Vec<_> = noted(&report, "problem")
            .map(|problem| problem["detail"]["key"].clone())
            .collect();
        // Each batch of numbers that cannot be sent is a problem.
        problems.dedup();
        ensure!(
            problems == self.problems,
            "expected the problems {:?}, found {report}",
            self.problems
        );
        // Last, because the page's own policy may have to refuse what it tries.
        guest.until("witness.control()").await.context("the page is not hostile")?;
        guest.leave().await
    }
}

/// What the witness wrote down of the events of a name.
fn noted<'a>(report: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = report["events"].as_array().into_iter().flatten();
    events.filter(move |event| event["name"] == name)
}

/// A reader on a page where nothing may be relied on that a page can replace: nothing but texts and truth values pass.
struct Guest {
    reader: Reader,
    kind: Kind,
}

impl Guest {
    async fn new(kind: Kind, site: Options) -> Result<Guest> {
        Ok(Guest {
            reader: Reader::new(kind, site).await?,
            kind,
        })
    }

    async fn open(&self, path: &str) -> Result<()> {
        self.reader.browser.goto(format!("{}{path}", self.reader.site.site)).await?;
        self.until("witness.report() !== ''").await.context("the page has no witness")
    }

    /// Whether the browser is Chromium, whose driver does everything by means of the page's own, so that it has to be done by the
    /// developer tools.
    fn is_chromium(&self) -> bool {
        matches!(self.kind, Kind::Chromium | Kind::Refusing)
    }

    /// The value of an expression.
    async fn ask(&self, expression: &str) -> Result<Value> {
        let expression = format!("(async () => {{ const value = await {expression}; return value ?? true; }})()");
        if self.is_chromium() {
            let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
            let answer = self.reader.browser.devtools("Runtime.evaluate", parameters).await?;
            ensure!(answer["exceptionDetails"].is_null(), "cannot ask for {expression}: {answer}");
            Ok(answer["result"]["value"].clone())
        } else {
            self.reader.ask(&expression).await
        }
    }

    /// Waits until an expression is true, or a promise is kept.
    async fn until(&self, expression: &str) -> Result<()> {
        let started = Instant::now();
        loop {
            // While a page is being replaced by the next, asking fails.
            let found = match self.ask(expression).await {
                Ok(Value::Bool(true)) => return Ok(()),
                Ok(value) => value.to_string(),
                Err(error) => format!("{error:#}"),
            };
            if started.elapsed() > LIMIT {
                let report = self.ask("witness.report()").await.unwrap_or_default();
                bail!("{expression} is {found}; the page's witness says {report}");
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn report(&self) -> Result<Value> {
        let text = self.ask("witness.report()").await?;
        Ok(serde_json::from_str(text.as_str().context("the page has no witness")?)?)
    }

    /// Waits for the verdict, or for the word that there will be none, and gives its detail.
    async fn verdict(&self) -> Result<Value> {
        self.until(r#"/"name":"verdict"|"used":"nothing: no verdict/.test(witness.report()) || !!window.Soutien?.verdict"#)
            .await?;
        let report = self.report().await?;
        Ok(noted(&report, "verdict")
            .next()
            .map_or(Value::Null, |event| event["detail"].clone()))
    }

    /// Clicks the middle of an element with the mouse.
    async fn click(&self, selector: &str) -> Result<()> {
        let place = self.ask(&format!("witness.place('{selector}')")).await?;
        let place = place.as_str().unwrap_or_default().split_once(' ');
        let (x, y) = place.with_context(|| format!("{selector} has no place"))?;
        let (x, y): (i64, i64) = (x.parse()?, y.parse()?);
        if !self.is_chromium() {
            return self.reader.click_at(x, y).await;
        }
        for what in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": what, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.reader.browser.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Presses and releases Esc.
    async fn escape(&self) -> Result<()> {
        if !self.is_chromium() {
            return self.reader.press(Key::Escape).await;
        }
        for what in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": what, "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27 });
            self.reader.browser.devtools("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Scrolls down, or up to where the page begins.
    async fn scroll(&self, is_down: bool) -> Result<()> {
        if self.is_chromium() {
            let distance = if is_down { -500 } else { 5_000 };
            let gesture = json!({ "x": 400, "y": 300, "yDistance": distance, "gestureSourceType": "mouse" });
            self.reader.browser.devtools("Input.synthesizeScrollGesture", gesture).await?;
        } else {
            self.reader.press(if is_down { Key::PageDown } else { Key::Home }).await?;
        }
        self.until(if is_down { "scrollY > 100" } else { "scrollY === 0" }).await?;
        // A page that is still moving may miss what comes next.
        self.until("witness.still()").await
    }

    /// Asserts that the page's own button works, and that the page scrolls.
    async fn serves(&self) -> Result<()> {
        self.click("#bouton").await?;
        self.until(r#"/"clicks":\["bouton"\]/.test(witness.report())"#).await?;
        self.scroll(true).await?;
        self.scroll(false).await
    }

    /// Waits until numbers have been sent, or given up.
    async fn is_counted(&self) -> Result<()> {
        let started = Instant::now();
        let is_given_up = r#"/"key":"(numbers.js|endpoint)"/.test(witness.report())"#;
        while self.reader.site.numbers().is_empty() && self.ask(is_given_up).await? == false {
            ensure!(started.elapsed() < LIMIT, "no numbers are sent: {}", self.report().await?);
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Asserts that the page's own link works.
    async fn leave(&self) -> Result<()> {
        self.click("#suite").await?;
        self.until("location.pathname === '/next.html'").await
    }
}

/// Visits a page without a blocker and with one.
#[track_caller]
fn check(page: &Hostile) {
    if !page.clear.is_empty() {
        run_in(CLEAR, async |kind| page.visit(kind, page.clear).await);
    }
    run_in(BLOCKED, async |kind| page.visit(kind, page.blocked).await);
}

#[test]
fn prototypes_with_enumerable_junk_do_no_harm() {
    check(&Hostile {
        script: "for (const { prototype } of [Object, Array, String, Function, Promise]) {
            for (const name of ['junk', 'each', 'key', '@ no name', 'data-title']) prototype[name] = () => { throw new Error('junk'); };
        }",
        control: "(() => { for (const name in {}) if (name === '@ no name') return true; })()",
        ..PLAIN
    });
}

#[test]
fn methods_of_arrays_that_throw_do_no_harm() {
    check(&Hostile {
        script: "for (const name of Object.getOwnPropertyNames(Array.prototype)) {
            if (typeof [][name] === 'function' && name !== 'constructor') Array.prototype[name] = () => { throw new Error('replaced'); };
        }",
        control: "(() => { try { [].map(String); } catch ({ message }) { return message === 'replaced'; } })()",
        ..SILENT
    });
}

#[test]
fn objects_that_are_all_taken_for_promises_do_no_harm() {
    check(&Hostile {
        script: "Object.prototype.then = function (resolve, reject) { reject(new Error('no promise')); };",
        control: "(async () => ({}))().catch(({ message }) => message === 'no promise')",
        ..SILENT
    });
}

#[test]
fn arrays_that_are_taken_for_promises_do_no_harm() {
    check(&Hostile {
        script: "Array.prototype.then = function () { throw new Error('no promise'); };",
        control: "(async () => [])().catch(({ message }) => message === 'no promise')",
        // The files of the notice come as an array.
        asks: false,
        ..PLAIN
    });
}

/// As libraries do that watch everything.
#[test]
fn natives_that_are_wrapped_do_no_harm() {
    check(&Hostile {
        script: "{
            const { fetch, setTimeout, customElements, JSON } = window;
            const Plain = Promise;
            window.Promise = class Wrapped extends Promise {};
            window.URL = class Wrapped extends URL {};
            window.fetch = (...given) => new Promise((resolve, reject) => fetch(...given).then(resolve, reject));
            window.setTimeout = (callback, ms) => setTimeout(() => callback(), ms);
            window.JSON = { parse: (text) => JSON.parse(text), stringify: (value) => JSON.stringify(value) };
            const define = (...given) => customElements.define(...given);
            Object.defineProperty(window, 'customElements', { value: { define, get: (name) => customElements.get(name) } });
            const { then } = Plain.prototype;
            Plain.prototype.then = function (...given) { return then.apply(this, given); };
        }",
        control: "fetch('/next.html').constructor.name === 'Wrapped' && !JSON.rawJSON && URL.name === 'Wrapped' && !customElements.whenDefined",
        ..PLAIN
    });
}

/// A global that throws whenever it is used.
#[track_caller]
fn check_throwing(name: &str, page: &Hostile) {
    let script = format!(
        "{{
            const refuse = () => {{ throw new Error('replaced'); }};
            const value = new Proxy(function () {{}}, {{ apply: refuse, construct: refuse, get: refuse }});
            Object.defineProperty(window, '{name}', {{ value, writable: true, configurable: true }});
        }}
        {}",
        page.script
    );
    let control = format!("(() => {{ try {{ {name}.name; }} catch ({{ message }}) {{ return message === 'replaced'; }} }})()");
    check(&Hostile {
        script: script.leak(),
        control: control.leak(),
        ..*page
    });
}

#[test]
fn a_promise_that_throws_does_no_harm() {
    check_throwing("Promise", &PLAIN);
}

#[test]
fn a_fetch_that_throws_does_no_harm() {
    check_throwing("fetch", &SILENT);
}

#[test]
fn a_json_that_throws_does_no_harm() {
    check_throwing(
        "JSON",
        &Hostile {
            problems: &["numbers.js"],
            ..PLAIN
        },
    );
}

#[test]
fn custom_elements_that_throw_do_no_harm() {
    check_throwing("customElements", &PLAIN);
}

#[test]
fn a_url_that_throws_does_no_harm() {
    check_throwing(
        "URL",
        &Hostile {
            problems: &["endpoint"],
            ..PLAIN
        },
    );
}

#[test]
fn a_timer_that_throws_does_no_harm() {
    check_throwing("setTimeout", &SILENT);
}

#[test]
fn computed_styles_that_throw_do_no_harm() {
    check_throwing("getComputedStyle", &PLAIN);
}

/// The page keeps itself from hearing anything.
#[test]
fn an_event_that_throws_does_no_harm() {
    check_throwing("CustomEvent", &Hostile { problems: &[], ..SILENT });
}

#[test]
fn mathematics_that_throw_do_no_harm() {
    check_throwing(
        "Math",
        &Hostile {
            asks: false,
            problems: &["numbers.js"],
            ..PLAIN
        },
    );
}

#[test]
fn a_console_that_throws_does_no_harm() {
    // There has to be something to tell.
    let page = Hostile {
        script: "Object.defineProperty(window, 'Soutien', { value: 'taken' });",
        problems: &["Soutien"],
        ..PLAIN
    };
    check_throwing("console", &page);
}

#[test]
fn a_global_of_our_name_that_cannot_be_written_does_no_harm() {
    check(&Hostile {
        script: "Object.defineProperty(window, 'Soutien', { value: 'taken' });",
        control: "Soutien === 'taken'",
        problems: &["Soutien"],
        ..PLAIN
    });
}

/// As blockers do that want to stop the scripts of ad networks.
#[test]
fn globals_of_ad_tags_that_throw_when_they_are_read_do_no_harm() {
    check(&Hostile {
        script: "for (const name of ['googletag', 'adsbygoogle', 'apstag', 'dataLayer', '__tcfapi']) {
            Object.defineProperty(window, name, { get() { throw new ReferenceError('stopped'); } });
        }",
        control: "(() => { try { return !googletag; } catch ({ message }) { return message === 'stopped'; } })()",
        ..PLAIN
    });
}

#[test]
fn frozen_prototypes_do_no_harm() {
    check(&Hostile {
        script: "for (const name of Object.getOwnPropertyNames(window)) {
            const { prototype } = Object.getOwnPropertyDescriptor(window, name).value ?? {};
            if (prototype && /^[A-Z]/.test(name)) Object.freeze(prototype);
        }",
        control: "[Object, Array, Node, Element, HTMLElement, HTMLDialogElement, Document, EventTarget, CustomEvent].every(
            ({ prototype }) => Object.isFrozen(prototype))",
        ..PLAIN
    });
}

#[test]
fn a_strict_policy_without_any_trusted_type_does_no_harm() {
    check(&Hostile {
        csp: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        control: "(() => { try { document.createElement('p').innerHTML = 'text'; } catch (error) { return error instanceof TypeError; } })()",
        ..PLAIN
    });
}

#[test]
fn xhtml_does_no_harm() {
    check(&Hostile {
        html: r#"<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" lang="fr">
<head>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
</body>
</html>
"#,
        mime: "application/xhtml+xml",
        control: "document.contentType === 'application/xhtml+xml' && document.createElement('P').localName === 'P'",
        ..PLAIN
    });
}

#[test]
fn quirks_mode_does_no_harm() {
    check(&Hostile {
        html: r#"<html lang="fr"><head><title>Page</title>TAGS</head>
<h1>Les nouvelles</h1><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a>"#,
        control: "document.compatMode === 'BackCompat'",
        ..PLAIN
    });
}

#[test]
fn a_page_that_is_all_in_a_shadow_tree_does_no_harm() {
    check(&Hostile {
        html: r#"<!DOCTYPE html><html lang="fr"><head><title>Page</title>TAGS</head><body><page-root></page-root></body></html>"#,
        script: "customElements.define('page-root', class extends HTMLElement {
            connectedCallback() {
                const page = new DOMParser().parseFromString(`<h1>Les nouvelles</h1><button id=bouton>Lire</button>
                    <a id=suite href=/next.html>La suite</a>`, 'text/html');
                this.attachShadow({ mode: 'open' }).append(...page.body.children);
            }
        });",
        control: "document.querySelector('h1, button, a') === null && !!document.querySelector('page-root').shadowRoot.querySelector('h1')",
        ..PLAIN
    });
}

/// In the midst of a check. All listeners are lost as well, and the new page has our tag again.
#[test]
fn a_page_that_writes_itself_anew_does_no_harm() {
    check(&Hostile {
        script: "document.addEventListener('soutien:ready', () => {
            const html = document.documentElement.outerHTML.replaceAll(/<script src[^]*?<.script>/g, '');
            document.open();
            witness.listen();
            witness.written = document.querySelector('h1') === null;
            document.write(`<!DOCTYPE html>${html}`);
            document.close();
        });",
        control: "witness.written",
        problems: &["script"],
        ..PLAIN
    });
}

/// It gives up: what is removed is not put back. Without a blocker it is a row of `xtask/src/environments/table.rs`.
#[test]
fn a_page_that_removes_every_foreign_node_sees_no_notice_twice() {
    check(&Hostile {
        // A document becomes interactive before its deferred scripts run.
        script: "witness.removed = 0;
            document.addEventListener('readystatechange', () => new MutationObserver((records) => {
                for (const { addedNodes } of records) for (const node of addedNodes) {
                    node.remove();
                    if (node.shadowRoot?.querySelector('dialog')) witness.removed++;
                }
            }).observe(document, { childList: true, subtree: true }), { once: true });",
        control: "witness.removed === 1 && (() => {
            const node = document.createElement('p');
            document.body.append(node);
            return Promise.resolve().then(() => !node.isConnected);
        })()",
        clear: "",
        asks: false,
        ..PLAIN
    });
}

#[test]
fn styles_that_unset_everything_do_no_harm() {
    check(&Hostile {
        style: "* { all: unset !important } html { padding-bottom: 3000px !important }",
        control: "getComputedStyle(document.querySelector('h1')).display === 'inline'",
        ..PLAIN
    });
}

#[test]
fn styles_that_hide_every_dialog_do_no_harm() {
    check(&Hostile {
        style: "dialog, [open] { display: none !important }",
        control: "(() => {
            const dialog = document.createElement('dialog');
            document.body.append(dialog);
            dialog.showModal();
            const { height } = dialog.getBoundingClientRect();
            dialog.remove();
            return height === 0;
        })()",
        ..PLAIN
    });
}

/// One is told, and not forty-nine times.
#[test]
fn fifty_tags_do_no_harm() {
    check(&Hostile {
        script: "for (let count = 1; count < 50; count++) {
            document.write(`<script async src=/soutien/soutien.js data-policy=always data-delay=0 data-lang=fr data-consent=given
                data-endpoint=/chiffres></` + 'script>');
        }",
        control: "document.querySelectorAll('script[src*=soutien]').length === 50 && witness.warnings.length === 1",
        problems: &["script"],
        ..PLAIN
    });
}

#[test]
fn a_clock_that_jumps_does_no_harm() {
    check(&Hostile {
        script: "{
            const { now } = Date;
            let count = 0;
            // Thirty years ahead, and back to before 1970.
            Date.now = () => now() + [1e12, -1e13, 0][count++ % 3];
        }",
        control: "Date.now() - Date.now() !== 0 && Math.abs(Date.now() - Date.now()) > 1e11",
        ..PLAIN
    });
}

#[test]
fn a_clock_of_the_page_that_jumps_does_no_harm() {
    check(&Hostile {
        script: "{
            const { now } = performance;
            let count = 0;
            performance.now = () => now.call(performance) + [0, -1e4, 1e6][count++ % 3];
        }",
        control: "Math.abs(performance.now() - performance.now()) > 1e3",
        // Probing may end before anything is known.
        clear: "clear or unsure",
        blocked: "blocked or unsure",
        ..PLAIN
    });
}

/// As scripts do that know what a page may load.
#[test]
fn a_fetch_that_refuses_what_it_does_not_know_does_no_harm() {
    check(&Hostile {
        script: "{
            const { fetch } = window;
            window.fetch = (...given) => {
                if (/probe/.test(given[0])) throw new Error('refused');
                return fetch(...given);
            };
        }",
        control: "(() => { try { fetch('/probe'); } catch ({ message }) { return message === 'refused'; } })()",
        ..PLAIN
    });
}

/// Elements by the names of what scripts ask the document for.
#[test]
fn elements_in_the_place_of_what_the_document_knows_do_no_harm() {
    check(&Hostile {
        html: r#"<!DOCTYPE html>
<html lang="fr">
<head>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
<form name="body"></form><form name="scripts"></form><form name="activeElement"></form><form name="referrer"></form>
<form name="cookie"></form><form id="Soutien"></form><form id="googletag"></form><form id="adsbygoogle"></form><form id="navigation"></form>
</body>
</html>
"#,
        control: "[document.body, document.scripts, document.activeElement, document.referrer, document.cookie, window.googletag].every(
            (form) => form instanceof HTMLFormElement)",
        ..PLAIN
    });
}

/// Whatever its frames may do, they see no notice. Without a blocker it is a row of `xtask/src/environments/table.rs`.
#[test]
fn a_sandboxed_frame_does_no_harm() {
    run_in(BLOCKED, async |kind| {
        let mut site = site(&with_tags("").replace(
            "</body>",
            r#"<iframe src="/frame.html" sandbox="allow-scripts"></iframe></body>"#,
        ));
        site.pages
            .insert("/frame.html".into(), page(r#"data-policy="always" data-delay="0""#));
        site.csp = Some(String::new());
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.browser.enter_frame(0).await?;
        let result = async {
            reader.problem("soutien.wasm", "").await?;
            reader.expect("origin", "null").await?;
            reader.settled().await?;
            reader.expect("witness.notice()", Value::Null).await?;
            reader
                .expect("witness.events.filter(({ name }) => name !== 'problem')", json!([]))
                .await?;
            reader.unharmed().await?;
            reader.usable().await
        };
        let result = result.await;
        reader.browser.enter_default_frame().await?;
        result?;
        reader.unharmed().await
    });
}

/// A folder that is served beside the usual files, with another build of ours in it: each file weighs and hashes otherwise, and the version
/// is another.
fn with_another_build() -> Result<PathBuf> {
    let root = xtask::root().join("target/another-build");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let folder = root.join("www/autre");
    fs::create_dir_all(&folder)?;
    std::os::unix::fs::symlink(xtask::root().join("dist"), root.join("dist"))?;
    let ours = xtask::root().join("dist/site");
    let read = |name: &str| fs::read(ours.join(name)).with_context(|| format!("dist/site/ has no {name}"));
    let mut loader = String::from_utf8(read("soutien.js")?)?;
    loader = loader.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"0.0.0\"");
    // A custom section is none of the module's business, and a blank none of a script's or a style sheet's.
    for (name, more) in [
        ("soutien.wasm", &b"\0\x06\x05other"[..]),
        ("probe.js", b" "),
        ("probe.gif", b""),
        ("appeal.js", b" "),
        ("appeal.css", b" "),
    ] {
        let bytes = read(name)?;
        let others = [&bytes, more].concat();
        loader = loader.replace(&build::short_integrity(&bytes), &build::short_integrity(&others));
        fs::write(folder.join(name), others)?;
    }
    fs::create_dir_all(folder.join("lang"))?;
    fs::write(folder.join("lang/fr.json"), read("lang/fr.json")?)?;
    fs::write(folder.join("soutien.js"), loader)?;
    Ok(root)
}

/// The one that comes first has the page, whichever it is.
#[test]
fn two_builds_on_one_page_are_one() {
    let root = with_another_build().expect("another build can be made");
    run_in(BLOCKED, async |kind| {
        for (folders, version) in [
            (["soutien", "autre"], env!("CARGO_PKG_VERSION")),
            (["autre", "soutien"], "0.0.0"),
        ] {
            let tags = folders.map(|folder| {
                format!(r#"<script src="/{folder}/soutien.js" data-policy="always" data-delay="0" data-lang="fr"></script>"#)
            });
            let site = Options {
                root: root.clone(),
                ..site(&with_tags(&tags.concat()))
            };
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            reader.verdict("blocked").await?;
            reader.notice().await?;
            reader.problem("script", "a second tag").await?;
            reader.expect("Soutien.version", version).await?;
            let second = folders[1];
            let requests = reader.n_requests(&format!("/{second}/"));
            ensure!(
                requests == 1,
                "{second} was asked for {requests} files, and not for its loader alone"
            );
            reader
                .expect(
                    "witness.events.filter(({ name }) => name !== 'problem').map(({ name }) => name)",
                    json!(["ready", "verdict", "show"]),
                )
                .await?;
            reader.press(Key::Escape).await?;
            reader.event("close").await?;
            reader.unharmed().await?;
            reader.usable().await?;
        }
        Ok(())
    });
}

/// Browsers that lack what we ask for before we use it.
#[test]
fn browsers_without_what_is_nice_to_have_get_everything() {
    check(&Hostile {
        script: "for (const [owner, name] of [[Navigator, 'locks'], [Element, 'checkVisibility'], [HTMLElement, 'popover'], [Array, 'at'],
            [HTMLElement, 'hidePopover'], [Document, 'prerendering']]) delete owner.prototype[name];
            for (const name of ['requestIdleCallback', 'navigation']) delete window[name];
            delete Promise.any;",
        control: "!navigator.locks && !Element.prototype.checkVisibility && !('popover' in HTMLElement.prototype) && ![].at
            && !window.requestIdleCallback && !window.navigation && !Promise.any",
        ..PLAIN
    });
}

/// The verdict and the controls, and no notice.
const OLD: Hostile = Hostile {
    asks: false,
    problems: &["appeal.js"],
    ..PLAIN
};

/// Without a blocker, nobody fetches the notice, and there is nothing to tell.
#[track_caller]
fn check_old(page: &Hostile) {
    run_in(CLEAR, async |kind| {
        Hostile { problems: &[], ..*page }.visit(kind, page.clear).await
    });
    run_in(BLOCKED, async |kind| page.visit(kind, page.blocked).await);
}

#[test]
fn browsers_before_constructable_style_sheets_get_no_notice() {
    check_old(&Hostile {
        script: "window.CSSStyleSheet = undefined;",
        control: "CSSStyleSheet === undefined",
        ..OLD
    });
}

#[test]
fn browsers_before_popovers_get_no_notice() {
    check_old(&Hostile {
        script: "for (const { prototype } of [Document, Element, ShadowRoot]) for (const name of ['querySelector', 'querySelectorAll', 'matches']) {
                const original = prototype[name];
                if (original) prototype[name] = function (selector) {
                    if (/:popover-open/.test(selector)) throw new DOMException('unknown', 'SyntaxError');
                    return original.call(this, selector);
                };
            }
            const { supports } = CSS;
            CSS.supports = (condition) => !/:popover-open/.test(condition) && supports.call(CSS, condition);",
        control: "(() => { try { document.querySelector(':popover-open'); } catch ({ message }) { return message === 'unknown'; } })()",
        ..OLD
    });
}

#[test]
fn browsers_before_colours_by_scheme_get_no_notice() {
    check_old(&Hostile {
        script: "const { supports } = CSS; CSS.supports = (condition) => !/light-dark/.test(condition) && supports.call(CSS, condition);",
        control: "!CSS.supports('(color:light-dark(red,red))')",
        ..OLD
    });
}

#[test]
fn browsers_with_an_early_webassembly_run_the_module_as_javascript() {
    check(&Hostile {
        script: "WebAssembly.instantiate = () => Promise.reject(new WebAssembly.CompileError('invalid opcode'));",
        control: "WebAssembly.instantiate.length === 0",
        problems: &["soutien.wasm"],
        ..PLAIN
    });
}
