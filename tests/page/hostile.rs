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

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::browsers::{BLOCKED, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With as _, page, site, with_tags};
use support::waiting::wait_for;
use thirtyfour::Key;
use xtask::files;
use xtask::server::{Answer, Options};

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
    /// Why a visit in Firefox without a blocker says something that the others don't, empty where it does not: see [`check`].
    platform: &'static str,
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
    platform: "",
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
        let reader = Reader::guarded(kind, self.site()).await?;
        reader.open("/page.html").await?;
        let verdict = outcome(&reader).await?;
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
            reader.until("witness.notice() !== null").await?;
            reader.press(Key::Escape).await?;
            reader.until(r#"/"name":"close"/.test(witness.report())"#).await?;
        }
        reader.settled().await?;
        reader.until("witness.notice() === null").await?;
        serves(&reader).await?;
        if found != NONE {
            is_counted(&reader).await?;
        }
        let report = reader.report().await?;
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
        reader.until("witness.control()").await.context("the page is not hostile")?;
        reader.click("#suite").await?;
        reader.until("location.pathname === '/next.html'").await?;
        Ok(())
    }
}

/// What the witness wrote down of the events of a name.
fn noted<'a>(report: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = report["events"].as_array().into_iter().flatten();
    events.filter(move |event| event["name"] == name)
}

/// Waits for the verdict, or for the word that there will be none, and gives its detail.
async fn outcome(reader: &Reader) -> Result<Value> {
    reader
        .until(r#"/"name":"verdict"|"used":"nothing: no verdict/.test(witness.report()) || !!window.Soutien?.verdict"#)
        .await?;
    let report = reader.report().await?;
    Ok(noted(&report, "verdict")
        .next()
        .map_or(Value::Null, |event| event["detail"].clone()))
}

/// Asserts that the page's own button works, and that the page scrolls.
async fn serves(reader: &Reader) -> Result<()> {
    reader.click("#bouton").await?;
    reader.until(r#"/"clicks":\["bouton"\]/.test(witness.report())"#).await?;
    reader.scroll(true).await?;
    reader.scroll(false).await
}

/// Waits until numbers have been sent, or given up.
async fn is_counted(reader: &Reader) -> Result<()> {
    let is_given_up = r#"/"key":"(numbers.js|endpoint)"/.test(witness.report())"#;
    wait_for("numbers that are sent", async || {
        let is_over = !reader.site.numbers().is_empty() || reader.ask(is_given_up).await? == true;
        Ok(is_over.then_some(()))
    })
    .await
}

/// Visits a page in Chromium, without a blocker and with one, and in Firefox with the real uBlock Origin, which is asked, counted and served
/// as well. What a page replaces is the language's and the same everywhere; where it is about what each browser does in its own way (`platform`
/// says what), the page is visited in Firefox without a blocker too.
async fn visit_all(page: &Hostile) -> Result<()> {
    // Without a blocker, nobody fetches the notice, and there is nothing to tell of it.
    let clear = Hostile {
        problems: if page.problems == ["appeal.js"] { &[] } else { page.problems },
        ..*page
    };
    let visits = [
        (&clear, Kind::Chromium, !page.clear.is_empty()),
        (&clear, Kind::Firefox, !page.clear.is_empty() && !page.platform.is_empty()),
        (page, Kind::Refusing, true),
        (page, Kind::Ublock, true),
    ];
    for (page, kind, _) in visits.into_iter().filter(|(.., is_due)| *is_due) {
        let expected = if BLOCKED.contains(&kind) { page.blocked } else { page.clear };
        page.visit(kind, expected).await.with_context(|| format!("{kind:?}"))?;
    }
    Ok(())
}

#[track_caller]
fn check(page: &Hostile) {
    run(visit_all(page));
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

/// Globals that throw whenever they are used, and what comes of it on the page.
const THROWING: [(&str, Hostile); 10] = [
    ("Promise", PLAIN),
    ("fetch", SILENT),
    (
        "JSON",
        Hostile {
            problems: &["numbers.js"],
            ..PLAIN
        },
    ),
    ("customElements", PLAIN),
    (
        "URL",
        Hostile {
            problems: &["endpoint"],
            ..PLAIN
        },
    ),
    ("setTimeout", SILENT),
    ("getComputedStyle", PLAIN),
    // The page keeps itself from hearing anything.
    ("CustomEvent", Hostile { problems: &[], ..SILENT }),
    (
        "Math",
        Hostile {
            asks: false,
            problems: &["numbers.js"],
            ..PLAIN
        },
    ),
    // There has to be something to tell.
    (
        "console",
        Hostile {
            script: "Object.defineProperty(window, 'Soutien', { value: 'taken' });",
            problems: &["Soutien"],
            ..PLAIN
        },
    ),
];

#[test]
fn globals_that_throw_do_no_harm() {
    for (name, page) in THROWING {
        let script = format!(
            "{{
                const refuse = () => {{ throw new Error('replaced'); }};
                const value = new Proxy(function () {{}}, {{ apply: refuse, construct: refuse, get: refuse }});
                Object.defineProperty(window, '{name}', {{ value, writable: true, configurable: true }});
            }}
            {}",
            page.script
        );
        let control =
            format!("(() => {{ try {{ {name}.name; }} catch ({{ message }}) {{ return message === 'replaced'; }} }})()");
        let page = Hostile {
            script: script.leak(),
            control: control.leak(),
            ..page
        };
        run(async { visit_all(&page).await.with_context(|| format!("{name} throws")) });
    }
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

#[test]
fn a_global_of_our_name_that_the_page_has_is_left_to_it() {
    check(&Hostile {
        script: "var Soutien = { montant: 5 };",
        control: "Soutien.montant === 5",
        problems: &["Soutien"],
        ..PLAIN
    });
}

/// A declaration is refused where there is a global of its name that cannot be configured.
#[test]
fn a_global_of_our_name_that_the_page_declares_later_takes_its_place() {
    check(&Hostile {
        script: "document.addEventListener('soutien:verdict', () => {
            const element = document.createElement('script');
            element.textContent = 'const Soutien = { montant: 5 };';
            document.head.append(element);
        });",
        control: "Soutien.montant === 5",
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
        platform: "which prototypes there are, and which of their properties can be written",
        ..PLAIN
    });
}

#[test]
fn a_strict_policy_without_any_trusted_type_does_no_harm() {
    check(&Hostile {
        csp: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        control: "(() => { try { document.createElement('p').innerHTML = 'text'; } catch (error) { return error instanceof TypeError; } })()",
        platform: "what a policy refuses",
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
        platform: "the parser, and the names of elements",
        ..PLAIN
    });
}

#[test]
fn quirks_mode_does_no_harm() {
    check(&Hostile {
        html: r#"<html lang="fr"><head><title>Page</title>TAGS</head>
<h1>Les nouvelles</h1><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a>"#,
        control: "document.compatMode === 'BackCompat'",
        platform: "the layout",
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
        platform: "what lives on in a document that is opened again",
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
        platform: "the style sheet of the browser",
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
        platform: "the style sheet of the browser",
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
        platform: "which properties of a document elements can take the place of",
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
        ("host.js", b" "),
    ] {
        let bytes = read(name)?;
        let others = [&bytes, more].concat();
        loader = loader.replace(&files::short_integrity(&bytes), &files::short_integrity(&others));
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

#[test]
fn browsers_before_constructable_style_sheets_get_no_notice() {
    check(&Hostile {
        script: "window.CSSStyleSheet = undefined;",
        control: "CSSStyleSheet === undefined",
        ..OLD
    });
}

#[test]
fn browsers_before_popovers_get_no_notice() {
    check(&Hostile {
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
    check(&Hostile {
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
