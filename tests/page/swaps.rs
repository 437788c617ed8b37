//! Pages that frameworks take over, or put others in the place of: nothing of ours keeps them from it, nothing that we did to the page's own
//! elements outlives its moment, and the way to the top is there again.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, site};
use xtask::setup::{Need, require};

/// A page's own way to its top.
const OWN: &str = r##"<a id="go-to-top" href="#haut">Haut</a>"##;
const BUTTON: &str = "witness.inShadow('button[data-top]')";

fn package(path: &str) -> Result<Answer> {
    let path = require(Need::Pages)?.join(path);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(javascript(text))
}

/// Two long pages that lead to each other, with a framework that puts one in the place of the other. The tag is at the end of their bodies.
fn two_pages(head: &str, body: &str, markup: &str) -> Options {
    let long = "<p>Encore des nouvelles.</p>\n".repeat(200);
    let page = |to: &str| {
        format!(
            r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Page</title>
<script src="/witness.js"></script>
<link rel="stylesheet" href="/page.css">
{head}
</head>
<body {body}>
<h1 id="haut">Les nouvelles</h1>
<p><a id="suite" href="{to}">La suite</a></p>
{long}
<p><a id="fin" href="{to}">La suite</a></p>
{markup}
<script async src="/soutien/soutien.js"></script>
</body>
</html>
"#
        )
    };
    let mut options = site("").with(
        "/page.css",
        Answer::Body {
            mime: "text/css".into(),
            text: "#go-to-top { position: fixed; right: 20px; bottom: 20px }".into(),
        },
    );
    options.pages.insert("/page.html".into(), page("/next.html"));
    options.pages.insert("/next.html".into(), page("/page.html"));
    // Frameworks put style sheets of theirs into the page.
    options.csp = Some(String::new());
    options
}

/// What brings the other page in place of this one.
#[derive(Clone, Copy)]
struct Framework {
    name: &'static str,
    file: &'static str,
    head: &'static str,
    body: &'static str,
}

const FRAMEWORKS: [Framework; 2] = [
    Framework {
        name: "Turbo",
        file: "@hotwired/turbo/dist/turbo.es2017-umd.js",
        head: "",
        body: "",
    },
    Framework {
        name: "htmx",
        file: "htmx.org/dist/htmx.min.js",
        head: r#"<meta name="htmx-config" content='{"scrollIntoViewOnBoost":true}'>"#,
        body: r#"hx-boost="true""#,
    },
];

impl Framework {
    fn site(&self, markup: &str) -> Result<Options> {
        let head = format!(r#"{}<script src="/framework.js"></script>"#, self.head);
        Ok(two_pages(&head, self.body, markup).with("/framework.js", package(self.file)?))
    }
}

/// Whether what an expression gives can be seen, as JavaScript.
fn shows(element: &str) -> String {
    format!("!!{element}?.checkVisibility({{ visibilityProperty: true }})")
}

async fn scroll(reader: &Reader, y: u32) -> Result<()> {
    reader.ask(&format!("scrollTo({{ top: {y}, behavior: 'instant' }})")).await?;
    Ok(())
}

/// The way to the top is there once the reader has scrolled, and goes away again with them; and it works.
async fn check_top(reader: &Reader, control: &str) -> Result<()> {
    scroll(reader, 0).await?;
    reader.until(&format!("!{}", shows(control))).await.context("at the top")?;
    scroll(reader, 1_500).await?;
    reader.until(&shows(control)).await.context("further down")?;
    let n_before = "witness.events.filter(({ name }) => name === 'top').length";
    let n_before = reader.ask(n_before).await?.as_u64().unwrap_or_default();
    reader.click_what(control).await?;
    reader
        .until(&format!(
            "scrollY === 0 && witness.events.filter(({{ name }}) => name === 'top').length === {}",
            n_before + 1
        ))
        .await?;
    reader
        .until(&format!("!{}", shows(control)))
        .await
        .context("back at the top")?;
    Ok(())
}

/// From one page to the other and back, by a framework.
#[track_caller]
fn check(markup: &str, control: &str) {
    run_in(CLEAR, async |kind| {
        for framework in &FRAMEWORKS {
            let reader = Reader::new(kind, framework.site(markup)?).await?;
            visit(&reader, control).await.context(framework.name)?;
        }
        Ok(())
    });
}

async fn visit(reader: &Reader, control: &str) -> Result<()> {
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    check_top(reader, control).await.context("first page")?;
    // What a page without our tag has of ours.
    let traces = "[...document.querySelectorAll('[style],[tabindex],[data-soutien]')].filter((element) => !element.shadowRoot && !element.closest('style')).map(({ outerHTML }) => outerHTML.slice(0, 80))";
    for (path, link) in [("/next.html", "#fin"), ("/page.html", "#suite")] {
        // From where the control shows, and from where it does not.
        scroll(reader, if link == "#fin" { 20_000 } else { 0 }).await?;
        reader
            .ask("(window.isTheSame = true, window.before = document.querySelector('h1'), window.isSettled = false)")
            .await?;
        // Frameworks go to the top of the other page, which is the last that they do.
        reader
            .ask("(['turbo:load', 'htmx:afterSettle'].forEach((name) => document.addEventListener(name, () => (window.isSettled = true), { once: true })), 0)")
            .await?;
        reader.ask(&format!("document.querySelector('{link}').click()")).await?;
        reader.until(&format!("location.pathname === '{path}'")).await?;
        // It is the same document with other elements, or nothing is tested.
        reader.until("window.before !== document.querySelector('h1')").await?;
        reader.until("window.isSettled").await?;
        reader.expect("window.isTheSame", true).await?;
        check_top(reader, control).await.with_context(|| format!("on {path}"))?;
    }
    for (path, y) in [("/next.html", 1_500), ("/page.html", 0)] {
        scroll(reader, y).await?;
        reader.ask("history.back()").await?;
        reader.until(&format!("location.pathname === '{path}'")).await?;
        reader.until("document.readyState === 'complete'").await?;
        reader.settled().await?;
        reader.expect("window.isTheSame", true).await?;
        check_top(reader, control).await.with_context(|| format!("back on {path}"))?;
        reader.expect(traces, json!([])).await?;
    }
    reader
        .expect("document.querySelectorAll('body > [data-soutien]').length", 0)
        .await?;
    // However often the tag comes along.
    reader.expect("witness.warnings.length <= 1", true).await?;
    reader.expect("witness.errors", json!([])).await
}

#[test]
fn the_link_of_a_page_works_after_every_swap() {
    check(OWN, "document.querySelector('#go-to-top')");
}

#[test]
fn our_button_is_back_after_every_swap() {
    check("", BUTTON);
}

/// As routers do it that are written by hand, and Astro's.
#[test]
fn the_way_to_the_top_outlives_bodies_that_are_put_in_place_as_copies_or_as_markup() {
    run_in(CLEAR, async |kind| {
        for (markup, control) in [(OWN, "document.querySelector('#go-to-top')"), ("", BUTTON)] {
            let reader = Reader::new(kind, two_pages("", "", markup)).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            for swap in [
                "document.body.replaceWith(document.body.cloneNode(true))",
                "document.body.innerHTML = document.body.innerHTML",
            ] {
                // The page as it was kept further down is put back where it was, and the other way round.
                for (kept, put) in [(1_500, 1_500), (1_500, 0), (0, 0)] {
                    scroll(&reader, kept).await?;
                    reader.until(&format!("{} === {}", shows(control), kept > 0)).await?;
                    reader.ask("(window.before = document.querySelector('h1'), 0)").await?;
                    reader.ask(&format!("({swap}, 0)")).await?;
                    reader.expect("before === document.querySelector('h1')", false).await?;
                    scroll(&reader, put).await?;
                    check_top(&reader, control)
                        .await
                        .with_context(|| format!("{swap} {kept} {put}"))?;
                }
            }
            reader.expect("document.querySelectorAll('[data-soutien]').length", 0).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

#[test]
fn our_button_gives_way_to_a_link_that_comes_later() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, two_pages("", "", "")).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        scroll(&reader, 1_500).await?;
        reader.until(&shows(BUTTON)).await?;
        reader
            .ask(&format!("document.body.insertAdjacentHTML('beforeend', `{OWN}`)"))
            .await?;
        scroll(&reader, 1_600).await?;
        reader.until(&format!("!{BUTTON}")).await?;
        check_top(&reader, "document.querySelector('#go-to-top')").await?;
        // And comes back where the page takes it away again.
        reader.ask("document.querySelector('#go-to-top').remove()").await?;
        check_top(&reader, BUTTON).await?;
        reader.unharmed().await
    });
}

/// A document that is all React's, as Next.js has it. `OWN` stands for the page's way to its top.
const APP: &str = r##"
const e = React.createElement;
const Page = () => {
  const [count, setCount] = React.useState(0);
  React.useEffect(() => { window.isHydrated = true; }, []);
  const lines = Array.from({ length: 200 }, (_, index) => e("p", { key: index }, "Encore des nouvelles."));
  return e("html", { lang: "fr" },
    e("head", null, e("meta", { charSet: "utf-8" }), e("title", null, "Page"), e("script", { src: "/witness.js" }),
      e("script", { src: "/react.js", defer: true }), e("script", { src: "/app.js", defer: true }),
      e("script", { async: true, src: "/soutien/soutien.js" })),
    e("body", null, e("h1", { id: "haut" }, "Les nouvelles"),
      e("button", { id: "compte", onClick: () => setCount(count + 1) }, `Lu ${count} fois`), lines, OWN));
};
window.hydrate = () => {
  witness.recovered = [];
  const onRecoverableError = (error) => witness.recovered.push(String(error));
  window.tree = ReactDOM.hydrateRoot(document, e(Page), { onRecoverableError });
};
"##;

/// What a server made of that page.
fn app_page(own: &str) -> String {
    let lines = "<p>Encore des nouvelles.</p>".repeat(200);
    format!(
        r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"/><title>Page</title><script src="/witness.js"></script><script src="/react.js" defer=""></script><script src="/app.js" defer=""></script><script async="" src="/soutien/soutien.js"></script></head><body><h1 id="haut">Les nouvelles</h1><button id="compte">Lu 0 fois</button>{lines}{own}</body></html>"#
    )
}

/// React as a page gets it.
fn react(version: u32) -> Result<String> {
    let modules = require(Need::Pages)?;
    if version == 18 {
        let files = [
            "react-18/umd/react.production.min.js",
            "react-dom-18/umd/react-dom.production.min.js",
        ];
        let texts = files.map(|file| fs::read_to_string(modules.join(file)).with_context(|| format!("cannot read {file}")));
        return Ok(texts.into_iter().collect::<Result<Vec<_>>>()?.join("\n"));
    }
    let folder = root().join("target/swaps");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("react.js"),
        "import React from 'react';\nimport { hydrateRoot } from 'react-dom/client';\nObject.assign(window, { React, ReactDOM: { hydrateRoot } });\n",
    )?;
    let bundled = Command::new(require(Need::Npm)?.join(".bin/esbuild"))
        .args([
            "react.js",
            "--bundle",
            "--minify",
            "--define:process.env.NODE_ENV=\"production\"",
        ])
        .env("NODE_PATH", modules)
        .current_dir(&folder)
        .output()?;
    ensure!(
        bundled.status.success(),
        "esbuild says:\n{}",
        String::from_utf8_lossy(&bundled.stderr)
    );
    Ok(String::from_utf8(bundled.stdout)?)
}

async fn app(kind: Kind, version: u32, has_own: bool) -> Result<Reader> {
    let (markup, element) = if has_own {
        (
            r##"<a id="retour" data-top="" href="#haut">Haut</a>"##,
            r##"e("a", { id: "retour", "data-top": "", href: "#haut" }, "Haut")"##,
        )
    } else {
        ("", "null")
    };
    let mut options = site(&app_page(markup))
        .with("/react.js", javascript(react(version)?))
        .with("/app.js", javascript(APP.replace("OWN", element)));
    // Where it has to draw a page anew, React sets markup.
    options.csp = Some(String::new());
    let reader = Reader::new(kind, options).await?;
    reader.open("/page.html").await?;
    reader.verdict("clear").await?;
    reader.until("!!window.hydrate").await?;
    Ok(reader)
}

/// Has React take the document over, and gives what it had to recover from.
async fn hydrate(reader: &Reader) -> Result<Value> {
    reader.ask("(window.before = document.querySelector('h1'), 0)").await?;
    reader.ask("(hydrate(), 0)").await?;
    reader.until("window.isHydrated").await?;
    reader.settled().await?;
    reader.ask("witness.recovered").await
}

#[test]
fn documents_that_react_takes_over_late_are_as_their_server_sent_them() {
    run_in(CLEAR, async |kind| {
        for version in [18, 19] {
            // A page that is not is seen to be none.
            let reader = app(kind, version, true).await?;
            reader
                .ask("(document.querySelector('#compte').textContent = 'Autre', 0)")
                .await?;
            let recovered = hydrate(&reader).await?;
            ensure!(
                recovered != json!([]),
                "React {version} takes a page that is not as its server sent it"
            );
            drop(reader);

            for has_own in [true, false] {
                let control = if has_own {
                    "document.querySelector('#retour')"
                } else {
                    BUTTON
                };
                for y in [0, 1_500] {
                    let reader = app(kind, version, has_own).await?;
                    let case = format!("React {version}, scrolled by {y}, own {has_own}");
                    scroll(&reader, y).await?;
                    reader
                        .until(&format!("{} === {}", shows(control), y > 0))
                        .await
                        .with_context(|| case.clone())?;
                    let recovered = hydrate(&reader).await?;
                    ensure!(recovered == json!([]), "{case}: {recovered}");
                    // It is the same page, and it works.
                    reader
                        .expect("before === document.querySelector('h1')", true)
                        .await
                        .with_context(|| case.clone())?;
                    reader.ask("(document.querySelector('#compte').click(), 0)").await?;
                    reader
                        .until("document.querySelector('#compte').textContent === 'Lu 1 fois'")
                        .await?;
                    check_top(&reader, control).await.with_context(|| case.clone())?;
                    reader.unharmed().await?;
                }
            }
        }
        Ok(())
    });
}

/// Where the notice goes with the page that it was opened on, the next one can be used, and another tab may ask.
#[test]
fn a_page_that_is_swapped_under_the_open_notice_is_not_kept_inert() {
    run_in(BLOCKED, async |kind| {
        for framework in &FRAMEWORKS {
            let tag = r#"src="/soutien/soutien.js""#;
            let mut site = framework.site("")?;
            for html in site.pages.values_mut() {
                *html = html.replace(tag, &format!(r#"{tag} data-policy="always" data-delay="0" data-lang="fr""#));
            }
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            // A script of the page's goes on, while the reader can do nothing there.
            reader.ask("(document.querySelector('#suite').click(), 1)").await?;
            reader.until("location.pathname === '/next.html'").await?;
            reader.until("witness.notice() === null").await?;
            reader
                .until("!navigator.locks || navigator.locks.query().then(({ held }) => held.length === 0)")
                .await?;
            reader.click("#suite").await?;
            reader
                .until("location.pathname === '/page.html'")
                .await
                .with_context(|| format!("after {}", framework.name))?;
        }
        Ok(())
    });
}
