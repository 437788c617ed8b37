//! Nothing of ours moves anything of the page, whatever the page's own rules are about elements at the end of its body: everything is where it
//! is without the tag, to the fraction of a pixel, in each frame.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, site};

/// The body of a page.
const BODY: &str = r#"<header data-own><a href="/next.html">La une</a></header>
<div data-own>Édition du soir</div>
<main data-own><h1>Les nouvelles</h1><p>Le conseil a voté.</p></main>
<div data-own>À lire aussi</div>
<footer data-own><p>Pied de page</p></footer>"#;

/// The body of a page that is an application.
const APP: &str = r#"<div data-own id="app"><main><h1>Les nouvelles</h1><p>Le conseil a voté.</p></main></div>"#;

/// A way to lay a page out.
struct Layout {
    name: &'static str,
    body: &'static str,
    rules: &'static str,
    /// Whether an empty `div` at the end of the body would move something.
    is_moved: bool,
}

const fn layout(name: &'static str, rules: &'static str, is_moved: bool) -> Layout {
    Layout {
        name,
        body: BODY,
        rules,
        is_moved,
    }
}

const LAYOUTS: [Layout; 18] = [
    layout("block", "", false),
    layout("grid", "body { display: grid; gap: 40px }", true),
    layout("flex-row", "body { display: flex; gap: 20px; justify-content: center }", true),
    layout(
        "flex-column",
        "body { display: flex; flex-direction: column; gap: 10px }",
        true,
    ),
    layout(
        "space-between",
        "body { display: flex; flex-direction: column; justify-content: space-between; min-height: 100vh; margin: 0 }",
        true,
    ),
    layout("owl", "body > * + * { margin-top: 2rem }", true),
    layout(
        "div",
        "body > div { padding: 20px; border: 1px solid red; background: #fff }",
        true,
    ),
    layout(
        "last-child",
        "body > :last-child { margin-bottom: 80px; padding: 20px }",
        true,
    ),
    Layout {
        name: "only-child",
        body: APP,
        rules: "body > :only-child { padding: 30px; margin: auto }",
        is_moved: true,
    },
    layout(
        "nth-child",
        "body > :nth-child(6) { height: 50px } body > :nth-last-child(2) { padding: 30px }",
        true,
    ),
    layout("columns", "body { columns: 2 } body > div { height: 60px }", true),
    layout(
        "vertical-rl",
        "html { writing-mode: vertical-rl } body > div { width: 60px }",
        true,
    ),
    layout(
        "vertical-lr",
        "html { writing-mode: vertical-lr } body > div { width: 60px }",
        true,
    ),
    layout("zoom", "body { zoom: 1.25 } body > div { height: 60px }", true),
    layout(
        "table",
        "body { display: table; width: 100%; border-spacing: 10px } body > * { display: table-row }",
        true,
    ),
    layout(
        "empty",
        "div:empty { display: none } body > div:not([class]) { outline: 1px solid }",
        false,
    ),
    layout(
        "root-grid",
        "html { display: grid; gap: 40px } body > div { height: 60px }",
        true,
    ),
    layout(
        "root-flex",
        "html { display: flex; flex-direction: column; gap: 40px } body > div { height: 60px }",
        true,
    ),
];

impl Layout {
    /// The page with these tags in its head, and with a style sheet besides that of the layout.
    fn page(&self, tags: &str, length: &str) -> String {
        let Layout { name, body, .. } = self;
        format!(
            r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Page</title>
<script src="/witness.js"></script>
<link rel="stylesheet" href="/{name}.css">
<link rel="stylesheet" href="/{length}.css">
<script src="/layout.js"></script>
{tags}
</head>
<body>
{body}
</body>
</html>
"#
        )
    }
}

/// All pages, with the tag as `/NAME.html`, and without as `/NAME-plain.html`. They are as short as the window, or `long`.
fn pages(length: &str, attributes: &str) -> Options {
    let css = |text: &str| Answer::Body {
        mime: "text/css".into(),
        text: text.into(),
    };
    let mut site = site("")
        .with("/long.css", css("main { height: 6000px }"))
        .with("/short.css", css(""))
        .with("/layout.js", javascript(include_str!("layout.js")));
    for layout in &LAYOUTS {
        let tag = format!(r#"<script async src="/soutien/soutien.js" {attributes}></script>"#);
        for (suffix, tags) in [("", &*tag), ("-plain", "")] {
            site.pages
                .insert(format!("/{}{suffix}.html", layout.name), layout.page(tags, length));
        }
        site = site.with(&format!("/{}.css", layout.name), css(layout.rules));
    }
    site
}

/// Opens a page, and waits until it has been laid out.
async fn open(reader: &Reader, path: &str) -> Result<()> {
    reader.open(path).await?;
    reader
        .until("document.readyState === 'complete' && witness.layouts.length > 0")
        .await?;
    reader.settled().await
}

async fn layout_of(reader: &Reader) -> Result<String> {
    Ok(reader.ask("witness.layout()").await?.as_str().unwrap_or_default().to_owned())
}

/// Whether two elements are at the same place. Firefox balances columns to a sixtieth of a pixel, which differs from one time to the next.
fn is_same(one: &str, other: &str) -> bool {
    let numbers = |text: &str| {
        text.split(' ')
            .skip(1)
            .filter_map(|part| part.parse().ok())
            .collect::<Vec<f64>>()
    };
    let (first, second) = (numbers(one), numbers(other));
    first.len() == second.len() && first.iter().zip(second).all(|(first, second)| (first - second).abs() < 0.05)
}

/// Asserts that a page is laid out as without the tag, now.
fn check_same(found: &str, expected: &str, when: &str) -> Result<()> {
    let differences: Vec<String> = found
        .lines()
        .zip(expected.lines())
        .filter(|(found, expected)| !is_same(found, expected))
        .map(|(found, expected)| format!("{found}, without the tag {expected}"))
        .collect();
    ensure!(
        differences.is_empty() && found.lines().count() == expected.lines().count(),
        "{when}, {} of the page's elements are elsewhere: {differences:#?}",
        differences.len()
    );
    Ok(())
}

/// Asserts that nothing has moved since the page was there.
async fn check_still(reader: &Reader, expected: &str, when: &str) -> Result<()> {
    let layouts = reader.ask("witness.layouts").await?;
    for layout in layouts.as_array().context("no layouts")? {
        check_same(layout.as_str().unwrap_or_default(), expected, when)?;
    }
    reader.expect("witness.shifts", json!([])).await
}

/// Visits pages by turns, without the tag and with it, and says what went wrong on each.
async fn visit(
    kind: Kind,
    layouts: impl IntoIterator<Item = &Layout>,
    length: &str,
    attributes: &str,
    check: impl AsyncFn(&Reader, &Layout) -> Result<()>,
) -> Result<()> {
    let reader = Reader::new(kind, pages(length, attributes)).await?;
    let mut wrong = Vec::new();
    for layout in layouts {
        if let Err(error) = check(&reader, layout).await {
            wrong.push(format!("{}: {error:#}", layout.name));
        }
    }
    ensure!(wrong.is_empty(), "{} layouts: {}", wrong.len(), wrong.join("\n"));
    Ok(())
}

#[test]
fn nothing_moves_for_readers_without_a_blocker() {
    run_in(CLEAR, async |kind| {
        visit(kind, &LAYOUTS, "short", "", async |reader, layout| {
            open(reader, &format!("/{}-plain.html", layout.name)).await?;
            let expected = layout_of(reader).await?;
            // What would move is seen to move.
            reader.ask("document.body.append(document.createElement('div'))").await?;
            let is_moved = layout_of(reader).await? != expected;
            ensure!(is_moved == layout.is_moved, "an empty div moves something: {is_moved}");

            open(reader, &format!("/{}.html", layout.name)).await?;
            reader.verdict("clear").await?;
            reader.settled().await?;
            check_still(reader, &expected, "up to the verdict").await?;
            // There is nothing of ours, either.
            reader
                .expect(
                    "[...document.querySelectorAll('body *')].length === witness.own().length - 2",
                    true,
                )
                .await?;
            reader.unharmed().await
        })
        .await
    });
}

/// Scrolls down, and gives where everything is then.
async fn scroll(reader: &Reader, y: u32) -> Result<String> {
    reader.ask(&format!("scrollTo({{ top: {y}, behavior: 'instant' }})")).await?;
    reader.until(&format!("scrollY === {y}")).await?;
    reader.settled().await?;
    layout_of(reader).await
}

#[test]
fn nothing_moves_for_readers_who_scroll() {
    run_in(CLEAR, async |kind| {
        visit(kind, &LAYOUTS, "long", "", async |reader, layout| {
            open(reader, &format!("/{}-plain.html", layout.name)).await?;
            let at_top = layout_of(reader).await?;
            let below = scroll(reader, 1_000).await?;
            ensure!(at_top != below, "the page does not scroll");

            open(reader, &format!("/{}.html", layout.name)).await?;
            reader.verdict("clear").await?;
            check_still(reader, &at_top, "up to the verdict").await?;
            scroll(reader, 1_000).await?;
            let button = "witness.button()";
            reader
                .until(&format!("{button}?.checkVisibility({{ visibilityProperty: true }})"))
                .await?;
            check_same(&layout_of(reader).await?, &below, "beside our button")?;
            let place = format!(
                "(({{ left, top, right, bottom }}) =>
                    left > innerWidth / 2 && top > innerHeight / 2 && right <= innerWidth && bottom <= innerHeight)({button}.getBoundingClientRect())"
            );
            reader.expect(&place, true).await.context("our button is at the edge")?;
            check_same(&scroll(reader, 0).await?, &at_top, "back at the top")?;
            reader.expect("witness.shifts", json!([])).await?;
            reader.unharmed().await
        })
        .await
    });
}

/// The views take turns: what holds both is the same element.
#[test]
fn nothing_moves_beside_an_open_notice() {
    run_in(BLOCKED, async |kind| {
        for (view, turn) in [("modal", 0), ("banner", 1)] {
            let attributes = format!(r#"data-policy="always" data-delay="0" data-lang="fr" data-view="{view}""#);
            let layouts = LAYOUTS.iter().skip(turn).step_by(2);
            visit(kind, layouts, "short", &attributes, async |reader, layout| {
                open(reader, &format!("/{}-plain.html", layout.name)).await?;
                let expected = layout_of(reader).await?;
                open(reader, &format!("/{}.html", layout.name)).await?;
                reader.notice().await?;
                reader.settled().await?;
                check_still(reader, &expected, "with the notice open").await?;
                reader.ask("Soutien.hide()").await?;
                reader.no_notice().await?;
                check_still(reader, &expected, "after the notice").await
            })
            .await
            .context(view)?;
        }
        Ok(())
    });
}
