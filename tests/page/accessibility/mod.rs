//! The notice for readers with assistive technology: what a checker finds, what the accessibility tree says, what the keyboard can do,
//! and where the focus is.

mod keyboard;

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::reader::{Reader, shown};
use support::site::site;
use support::views::{VIEWS, demo, pretend_media, pretending, with_slot};
use xtask::setup::{Need, require};

/// Whether the focus is in the notice.
const INSIDE: &str = "witness.notice().contains(witness.focused())";

/// What axe finds wrong with the page, the notice included.
async fn violations(reader: &Reader) -> Result<Vec<String>> {
    let script = "const done = arguments[0];
        axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
            done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')}`)));";
    let found = reader.browser.execute_async(script, vec![]).await?.json().clone();
    Ok(serde_json::from_value(found)?)
}

/// Asserts that axe finds nothing wrong with what the notice asks, nor with the steps and every list of other blockers.
async fn check_with_axe(reader: &Reader) -> Result<()> {
    let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
    reader.open("/page.html").await?;
    reader.notice().await?;
    reader.browser.execute(axe, vec![]).await?;
    let found = violations(reader).await?;
    ensure!(found.is_empty(), "axe finds {found:#?}");
    reader.ask("witness.unfold()").await?;
    reader.until("witness.controls().length > 10").await?;
    let found = violations(reader).await?;
    ensure!(found.is_empty(), "with the steps, axe finds {found:#?}");
    reader.unharmed().await
}

/// The demo's front page with a view in a language, at once.
fn demo_in(view: &str, language: &str) -> Result<String> {
    demo(&format!(r#"data-view="{view}" data-lang="{language}" data-delay="0""#))
}

/// Languages of both directions and both colour schemes. Colours know no direction, so that not each of these goes with each.
const APPEARANCES: [(&str, &str); 2] = [("fr", "light"), ("ar", "dark")];

#[test]
fn axe_finds_nothing_in_any_view_direction_and_scheme() {
    run(async {
        for view in VIEWS {
            for (language, scheme) in APPEARANCES {
                let reader = Reader::new(Kind::Refusing, site(&demo_in(view, language)?)).await?;
                pretending(&reader, async |reader| {
                    pretend_media(reader, "prefers-color-scheme", scheme).await?;
                    check_with_axe(reader)
                        .await
                        .with_context(|| format!("{view}, {language}, {scheme}"))
                })
                .await?;
            }
        }
        Ok(())
    });
}

/// Firefox's colour scheme is that of its start.
#[test]
fn axe_finds_nothing_in_any_view_and_direction_with_ublock_origin() {
    run(async {
        for view in VIEWS {
            for language in ["fr", "ar"] {
                let reader = Reader::new(Kind::Ublock, site(&demo_in(view, language)?)).await?;
                check_with_axe(&reader).await.with_context(|| format!("{view}, {language}"))?;
            }
        }
        Ok(())
    });
}

#[test]
fn axe_finds_nothing_in_the_thanks() {
    run(async {
        let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
        for (language, scheme) in APPEARANCES {
            let reader = Reader::new(Kind::Refusing, site(&demo_in("banner", language)?)).await?;
            pretending(&reader, async |reader| {
                pretend_media(reader, "prefers-color-scheme", scheme).await?;
                reader.open("/page.html").await?;
                reader.notice().await?;
                // Thanks go after some seconds, so axe is there before.
                reader.browser.execute(&axe, vec![]).await?;
                block(reader, false).await?;
                reader.ask("witness.unfold()").await?;
                reader
                    .ask("witness.notice().querySelector('.first:not([hidden])').click()")
                    .await?;
                reader.until("witness.thanks()?.textContent.length > 10").await?;
                reader.rest("witness.thanks()").await?;
                reader.keep_shot(&format!("thanks-{language}-{scheme}.png")).await?;
                let found = violations(reader).await?;
                ensure!(found.is_empty(), "{language}, {scheme}: axe finds {found:#?}");
                reader.expect("witness.thanks() !== null", true).await?;
                reader.unharmed().await
            })
            .await?;
        }
        Ok(())
    });
}

/// Has Chromium refuse what [`Kind::Refusing`] refuses, or nothing any more.
async fn block(reader: &Reader, is_on: bool) -> Result<()> {
    let urls = if is_on {
        support::browsers::refused().to_vec()
    } else {
        vec![]
    };
    reader
        .browser
        .devtools("Network.setBlockedURLs", json!({ "urls": urls }))
        .await?;
    Ok(())
}

/// What the accessibility tree says about the dialog: a line for each node that is not ignored, with its role, its name and what it is
/// besides, under the node that holds it.
async fn outline(reader: &Reader) -> Result<String> {
    let tree = reader.browser.devtools("Accessibility.getFullAXTree", json!({})).await?;
    let nodes = tree["nodes"].as_array().context("no accessibility tree")?;
    let is_dialog = |node: &&Value| node["role"]["value"] == "dialog" && node["ignored"] == false;
    let dialog = nodes.iter().find(is_dialog).context("no dialog in the accessibility tree")?;
    let mut lines = String::new();
    describe(nodes, dialog, 0, "", &mut lines);
    Ok(lines)
}

fn describe(nodes: &[Value], node: &Value, depth: usize, named: &str, lines: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let name = node["name"]["value"].as_str().unwrap_or_default();
    // A text that is its holder's name has been said.
    let is_said = role == "InlineTextBox" || role == "ListMarker" || (role == "StaticText" && name == named);
    if is_said {
        return;
    }
    let is_ignored = node["ignored"] == true || role == "generic" || role == "none";
    if !is_ignored {
        let _ = write!(lines, "{:1$}{role}", "", depth * 2);
        if !name.is_empty() {
            let _ = write!(lines, " \"{name}\"");
        }
        if let Some(description) = node["description"]["value"].as_str().filter(|text| !text.is_empty()) {
            let _ = write!(lines, " ({description})");
        }
        for property in node["properties"].as_array().into_iter().flatten() {
            let (key, value) = (property["name"].as_str().unwrap_or_default(), &property["value"]["value"]);
            if ["level", "expanded", "modal", "live"].contains(&key) {
                let _ = write!(lines, " {key}={}", value.to_string().trim_matches('"'));
            }
        }
        lines.push('\n');
    }
    let (depth, named) = if is_ignored { (depth, named) } else { (depth + 1, name) };
    for id in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = nodes.iter().find(|node| node["nodeId"] == *id) {
            describe(nodes, child, depth, named, lines);
        }
    }
}

/// Compares a text with the file of a name under tests/page/snapshots/, or writes that file where `SOUTIEN_UPDATE` asks for it.
fn check_snapshot(name: &str, found: &str) -> Result<()> {
    let path = root().join("tests/page/snapshots").join(name);
    if std::env::var_os("SOUTIEN_UPDATE").is_some() {
        fs::create_dir_all(root().join("tests/page/snapshots"))?;
        return Ok(fs::write(path, found)?);
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected == found {
        return Ok(());
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let n_first = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let n_last = old[n_first..]
        .iter()
        .rev()
        .zip(new[n_first..].iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let mut difference = String::new();
    for line in &old[n_first..old.len() - n_last] {
        let _ = writeln!(difference, "- {line}");
    }
    for line in &new[n_first..new.len() - n_last] {
        let _ = writeln!(difference, "+ {line}");
    }
    bail!(
        "tests/page/snapshots/{name} has the lines with -, the page those with +, from line {} on:\n{difference}\
         Where the page is right, run the test with SOUTIEN_UPDATE=1, which writes the file, and look at what changed.",
        n_first + 1
    )
}

#[test]
fn the_accessibility_tree_of_each_view_is_that_of_its_snapshot() {
    run(async {
        for view in VIEWS {
            let reader = Reader::new(Kind::Refusing, with_slot(view, r#"data-support-url="/soutenir.html""#)).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            let asks = outline(&reader).await?;
            reader.ask("witness.unfold()").await?;
            reader.until("witness.controls().length > 10").await?;
            reader.settled().await?;
            let steps = outline(&reader).await?;
            check_snapshot(
                &format!("{view}.txt"),
                &format!("What it asks:\n{asks}\nThe steps, with every list open:\n{steps}"),
            )?;
        }
        Ok(())
    });
}

#[test]
fn the_result_of_another_look_is_said_in_a_live_status() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let reader = Reader::new(kind, with_slot(view, "")).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            // What is live has to be there before it says something, and to stay.
            reader
                .ask("(witness.status = witness.notice().querySelector('[role=status]'), witness.said = [], \
                      new MutationObserver(() => witness.said.push(witness.status.textContent)).observe(witness.status, { childList: true }))")
                .await?;
            reader
                .expect(
                    "[witness.status.textContent, witness.status.checkVisibility()]",
                    json!(["", true]),
                )
                .await?;
            reader.click_in_notice("Comment autoriser ce site").await?;
            reader.click_in_notice("J’ai autorisé le site").await?;
            reader.event("recheck").await?;
            reader
                .until("witness.said.some((text) => text.startsWith('Un instant'))")
                .await?;
            reader
                .until("witness.status.textContent.startsWith('Nous ne voyons toujours pas les publicités sur presse.localhost')")
                .await?;
            // It is in sight, and the focus has stayed.
            reader
                .expect(
                    "(({ top, bottom }, edge) => top >= Math.max(0, edge.top) && bottom <= Math.min(innerHeight, edge.bottom))(
                        witness.status.getBoundingClientRect(), witness.notice().getBoundingClientRect())",
                    true,
                )
                .await
                .with_context(|| format!("the status in {view}"))?;
            reader.expect(&is_on("J’ai autorisé le site"), true).await?;
            reader.keep_shot(&format!("{view}-still-{kind:?}.png")).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

#[test]
fn thanks_are_said_in_a_live_status_and_leave_the_focus_where_it_is() {
    run_in(CLEAR, async |kind| {
        let reader = shown_in(kind, "banner").await?;
        reader
            .ask("(document.querySelector('#after').focus(), Soutien.check())")
            .await?;
        reader.event("recovered").await?;
        reader
            .until("witness.thanks()?.querySelector('[role=status]').textContent.startsWith('Merci')")
            .await?;
        reader.no_notice().await?;
        reader.expect("document.activeElement.id", "after").await?;
        // They go by themselves, so there is nothing in them that could take the focus along.
        reader
            .expect("witness.thanks().querySelectorAll('a,button,[tabindex]').length", 0)
            .await?;
        reader.unharmed().await
    });
}

/// Whether the focus is on the control of the notice with this text.
fn is_on(text: &str) -> String {
    format!("{INSIDE} && witness.focused().innerText === '{text}'")
}

/// A reader without a blocker to whom the page shows the notice in a view.
async fn shown_in(kind: Kind, view: &str) -> Result<Reader> {
    let reader = shown(kind, with_slot(view, "")).await?;
    reader.expect("witness.notice().className", view).await?;
    Ok(reader)
}
