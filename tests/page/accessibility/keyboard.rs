//! The keyboard and the focus.

use anyhow::{Context, Result, bail};
use serde_json::json;
use support::browsers::{BLOCKED, CLEAR, run_in};
use support::reader::Reader;
use support::site::{page, site};
use support::views::{VIEWS, with_slot};
use thirtyfour::Key;

use super::{INSIDE, demo_in, is_on, shown_in};

/// Presses Tab until something is so.
async fn tab_until(reader: &Reader, condition: &str) -> Result<()> {
    go_until(reader, condition, async || reader.press(Key::Tab).await).await
}

/// Presses Tab with Shift until something is so.
async fn tab_back_until(reader: &Reader, condition: &str) -> Result<()> {
    go_until(reader, condition, async || reader.tab_back().await).await
}

async fn go_until(reader: &Reader, condition: &str, go: impl AsyncFn() -> Result<()>) -> Result<()> {
    for _ in 0..40 {
        if reader.ask(condition).await? == true {
            return Ok(());
        }
        go().await?;
    }
    let focus = reader.ask("witness.focused()?.outerHTML.slice(0, 80)").await?;
    bail!("after 40 keys it is not so that {condition}; the focus is on {focus}")
}

/// Waits until the focus is on the control with this text, and presses Enter.
async fn enter(reader: &Reader, text: &str) -> Result<()> {
    tab_until(reader, &is_on(text)).await?;
    reader.press(Key::Enter).await
}

/// All that a reader can do in a view, by the keyboard alone, who comes from an element with this id.
#[track_caller]
fn check_keyboard(view: &str, from: &str) {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, with_slot(view, "")).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.expect("witness.notice().className", view).await?;
        if view == "modal" {
            reader.expect(&is_on("Comment autoriser ce site"), true).await?;
        } else {
            reader.expect("document.activeElement.id", "suite").await?;
        }
        enter(&reader, "Comment autoriser ce site").await?;
        // What had the focus is gone, so the title has it.
        reader.until(&is_on("Comment autoriser presse.localhost")).await?;
        // What it asks depends on whether the blocker is known.
        tab_until(&reader, "witness.focused()?.localName === 'summary'").await?;
        reader.press(Key::Enter).await?;
        let blocker = "AdBlock";
        enter(&reader, blocker).await?;
        reader
            .until("witness.focused().parentElement.open && witness.focused().nextElementSibling.checkVisibility()")
            .await?;
        enter(&reader, "Retour").await?;
        reader.until(&is_on("Comment autoriser ce site")).await?;
        reader.press(Key::Escape).await?;
        check_closed(&reader, "esc", from).await?;

        reader.open("/page.html").await?;
        reader.notice().await?;
        enter(&reader, "Fermer").await?;
        check_closed(&reader, "button", from).await?;
        reader.unharmed().await
    });
}

/// Asserts that the notice was closed by this, once, and that the focus is where it was.
async fn check_closed(reader: &Reader, by: &str, from: &str) -> Result<()> {
    reader.event("close").await?;
    reader.no_notice().await?;
    let closings = "witness.events.filter(({ name }) => name === 'close').map(({ detail }) => detail.by)";
    reader.expect(closings, json!([by])).await?;
    reader.expect("document.activeElement.id", from).await
}

#[test]
fn the_keyboard_does_everything_in_a_modal() {
    check_keyboard("modal", "suite");
}

#[test]
fn the_keyboard_does_everything_in_a_banner() {
    check_keyboard("banner", "after");
}

#[test]
fn the_keyboard_does_everything_in_the_place_of_an_ad() {
    check_keyboard("inline", "suite");
}

/// It may go to the browser's own controls, which the page sees as nothing having the focus.
#[test]
fn tab_stays_in_a_modal() {
    run_in(CLEAR, async |kind| {
        let reader = shown_in(kind, "modal").await?;
        for _ in 0..15 {
            reader.press(Key::Tab).await?;
            reader
                .expect(&format!("{INSIDE} || witness.focused() === document.body"), true)
                .await?;
        }
        tab_back_until(&reader, &is_on("Fermer")).await
    });
}

#[track_caller]
fn check_tab_leaves(view: &str) {
    run_in(CLEAR, async |kind| {
        let reader = shown_in(kind, view).await?;
        // There has to be something to go on to; what the browser's own controls make of Tab is not seen here.
        let link = "Object.assign(document.createElement('a'), { href: '/next.html', id: 'last', textContent: 'Mentions' })";
        reader.ask(&format!("document.body.append({link})")).await?;
        tab_until(&reader, INSIDE).await?;
        tab_until(&reader, "document.activeElement.id === 'last'").await?;
        tab_back_until(&reader, INSIDE).await?;
        tab_back_until(&reader, "document.activeElement.id === 'suite'").await?;
        reader.expect("witness.notice() !== null", true).await
    });
}

#[test]
fn tab_leaves_a_banner() {
    check_tab_leaves("banner");
}

#[test]
fn tab_leaves_the_place_of_an_ad() {
    check_tab_leaves("inline");
}

/// Esc is for what the reader is in, and one Esc closes one thing.
#[test]
fn escape_is_the_page_s_own_where_the_focus_is_on_the_page() {
    run_in(CLEAR, async |kind| {
        let reader = shown_in(kind, "banner").await?;
        reader.press(Key::Escape).await?;
        reader.settled().await?;
        reader.expect("witness.notice() !== null", true).await?;
        // Where nothing has the focus, nobody else wants it.
        reader.ask("document.activeElement.blur()").await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader.no_notice().await
    });
}

#[test]
fn escape_closes_a_notice_and_not_the_panel_of_the_page_that_was_open_before() {
    run_in(CLEAR, async |kind| {
        for view in ["modal", "banner"] {
            let page = demo_in(view, "fr")?;
            let reader = Reader::new(kind, site(&page)).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            reader.click("a[href='#menu']").await?;
            let is_open = "document.querySelector('#menu').checkVisibility({ visibilityProperty: true })";
            reader.until(is_open).await?;
            reader
                .until("document.querySelector('#menu').matches(':focus-within')")
                .await?;
            reader.ask("Soutien.show()").await?;
            reader.notice().await?;
            if view == "banner" {
                reader.ask("witness.controls()[0].focus()").await?;
            }
            reader.press(Key::Escape).await?;
            reader.event("close").await.with_context(|| view.to_owned())?;
            reader.no_notice().await?;
            reader.expect(is_open, true).await.with_context(|| view.to_owned())?;
            // The focus is where it was, so the next one is the panel's.
            reader.press(Key::Escape).await?;
            reader.until(&format!("!{is_open}")).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// The reader was on the link, which the page has removed meanwhile.
#[test]
fn the_focus_returns_to_what_held_an_element_that_is_gone() {
    run_in(CLEAR, async |kind| {
        for view in VIEWS {
            let reader = shown_in(kind, view).await?;
            // A modal has the focus at once.
            if view != "modal" {
                reader.click_in_notice("Comment autoriser ce site").await?;
            }
            reader
                .ask("(witness.holder = document.querySelector('#suite').parentElement, witness.holder.replaceChildren('Rien'))")
                .await?;
            reader.press(Key::Escape).await?;
            reader.event("close").await?;
            reader
                .expect("document.activeElement === witness.holder", true)
                .await
                .with_context(|| view.to_owned())?;
            // Nothing is left on it once the focus has gone on.
            reader.ask("document.querySelector('#after').focus()").await?;
            reader.expect("witness.holder.hasAttribute('tabindex')", false).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

#[test]
fn the_focus_returns_to_where_the_reader_left_the_page() {
    run_in(CLEAR, async |kind| {
        for view in ["banner", "inline"] {
            let reader = shown_in(kind, view).await?;
            // Where it was when the notice came is another place.
            reader.expect("document.activeElement.id", "suite").await?;
            reader.ask("document.querySelector('#after').focus()").await?;
            reader.click_in_notice("Comment autoriser ce site").await?;
            reader.press(Key::Escape).await?;
            reader.event("close").await?;
            reader.expect("document.activeElement.id", "after").await?;
        }
        Ok(())
    });
}

/// A page of which nothing has the focus is left as it was.
#[test]
fn closing_leaves_no_trace_where_nothing_had_the_focus() {
    run_in(CLEAR, async |kind| {
        let bare = page("").replace(" autofocus", "");
        let reader = Reader::new(kind, site(&bare)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.ask("witness.settled()").await?;
        reader
            .ask("(witness.before = document.body.outerHTML, Soutien.show())")
            .await?;
        reader.notice().await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader.expect("document.activeElement === document.body", true).await?;
        reader.expect("document.body.outerHTML === witness.before", true).await?;
        reader.expect("document.documentElement.hasAttribute('style')", false).await
    });
}
