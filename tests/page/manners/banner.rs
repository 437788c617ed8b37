//! What a banner and thanks leave in sight: the focus, the page's own controls, and its scroll bar.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_testbed::server::Options;
use support::browsers::{CLEAR, run_in};
use support::reader::{Reader, shown};
use support::site::{With, page, site};
use support::views::{css, demo};
use thirtyfour::Key;

/// A page that is far longer than the window and has a link in each line.
fn long_page(attributes: &str) -> String {
    let lines: String = (1..=40)
        .map(|number| format!("<p>Une ligne, et <a href=\"/next.html?{number}\">un lien</a>.</p>\n"))
        .collect();
    page(attributes)
        .replace("</head>", r#"<link rel="stylesheet" href="/page.css"></head>"#)
        .replace("</body>", &format!("{lines}</body>"))
}

fn long_site(attributes: &str, rules: &str) -> Options {
    site(&long_page(attributes)).with("/page.css", css(&format!("p {{ margin: 30px 0; }} {rules}")))
}

#[test]
fn the_page_scrolls_beside_a_banner_and_an_inline_notice() {
    run_in(CLEAR, async |kind| {
        for view in ["banner", "inline"] {
            let attributes = format!(r#"data-view="{view}""#);
            let page = long_page(&attributes).replace("<p>Une ligne", "<div data-appeal-slot></div><p>Une ligne");
            let site = site(&page).with(
                "/page.css",
                css("p { margin: 30px 0; } [data-appeal-slot]:first-of-type { height: 250px; }"),
            );
            let reader = shown(kind, site).await?;
            reader.expect("witness.notice().className", view).await?;
            reader.press(Key::PageDown).await?;
            reader.until("scrollY > 100").await?;
            reader
                .expect("getComputedStyle(document.documentElement).overflowY", "visible")
                .await?;
            reader.expect("getComputedStyle(document.body).overflowY", "visible").await?;
        }
        Ok(())
    });
}

/// What locks the scrolling of a page takes its scroll bar away, and all of the page moves.
#[test]
fn the_page_keeps_its_scroll_bar_beside_a_modal() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, long_site("", "")).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let width = "[document.documentElement.clientWidth, document.querySelector('#suite').getBoundingClientRect().left]";
        let before = reader.ask(width).await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader.expect(width, before.clone()).await?;
        reader.press(Key::Escape).await?;
        reader.event("close").await?;
        reader.expect(width, before).await
    });
}

/// Whether what has the focus is in the window, and not under the notice.
const IN_SIGHT: &str = "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(witness.focused().getBoundingClientRect()) &&
    !witness.areOver(witness.focused(), witness.notice())";

/// Through the whole page by Tab and, at its end, where there is nothing left to scroll, back again. Also where the page scrolls smoothly.
#[test]
fn a_banner_never_covers_what_has_the_focus() {
    run_in(CLEAR, async |kind| {
        for rules in ["", "html { scroll-behavior: smooth; }"] {
            let reader = shown(kind, long_site(r#"data-view="banner""#, rules)).await?;
            let is_inside = "witness.notice().contains(witness.focused())";
            let mut n_links = 0;
            while n_links < 60 && reader.ask(is_inside).await? == false {
                check_in_sight(&reader, &format!("link {n_links}, {rules}")).await?;
                reader.press(Key::Tab).await?;
                n_links += 1;
            }
            ensure!(n_links > 40, "only {n_links} links had the focus");
            reader.keep_shot(&format!("banner-end-{kind:?}.png")).await?;
            for n_links in 0..20 {
                reader.tab_back().await?;
                reader.until(&format!("!({is_inside})")).await?;
                check_in_sight(&reader, &format!("link {n_links} from the end, {rules}")).await?;
            }
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// Asserts that what has the focus is in sight once the page has come to rest.
async fn check_in_sight(reader: &Reader, case: &str) -> Result<()> {
    reader.ask("witness.still()").await?;
    let places = "[witness.focused(), witness.notice()].map((element) => element.getBoundingClientRect().toJSON())";
    let places = reader.ask(places).await?;
    reader
        .expect(IN_SIGHT, true)
        .await
        .with_context(|| format!("{case}: what has the focus and the notice are at {places}"))
}

/// It comes up where the reader is, and does not scroll the page away.
#[test]
fn a_banner_that_comes_does_not_cover_what_has_the_focus() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(
            kind,
            long_site(r#"data-view="banner""#, "#suite { position: fixed; bottom: 20px; }"),
        )
        .await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader.expect("document.activeElement.id", "suite").await?;
        reader.until(IN_SIGHT).await?;
        reader.expect("scrollY", 0).await
    });
}

/// An element that is larger than the window cannot be clear of a banner, and is not scrolled to its end.
#[test]
fn a_banner_lets_large_elements_be_where_they_are() {
    run_in(CLEAR, async |kind| {
        let page = long_page(r#"data-view="banner""#)
            .replace(
                "<p>Une ligne, et <a href=\"/next.html?1\">",
                "<main tabindex=\"-1\"><p>Une ligne, et <a href=\"/next.html?1\">",
            )
            .replace("</body>", "</main></body>");
        let reader = shown(kind, site(&page).with("/page.css", css("p { margin: 30px 0; }"))).await?;
        reader.ask("document.querySelector('main').focus()").await?;
        reader.settled().await?;
        reader
            .expect("document.querySelector('main').getBoundingClientRect().top >= 0", true)
            .await?;
        reader.expect("witness.notice().className", "banner").await
    });
}

/// They stand at the lower edge, where the focus may be when they come, and where it may come later.
#[test]
fn thanks_do_not_cover_what_has_the_focus() {
    run_in(CLEAR, async |kind| {
        let rules = "#suite { position: fixed; bottom: 20px; left: 50%; }";
        let reader = shown(kind, long_site(r#"data-view="banner""#, rules)).await?;
        reader.ask("Soutien.check()").await?;
        reader
            .until("witness.thanks()?.querySelector('[role=status]').textContent.startsWith('Merci')")
            .await?;
        reader.expect("witness.focused().id", "suite").await?;
        let is_over = "witness.areOver(document.querySelector('#suite'), witness.thanks())";
        reader.until(&format!("!{is_over}")).await?;
        reader.rest("witness.thanks()").await?;
        reader.keep_shot(&format!("thanks-above-{kind:?}.png")).await?;
        reader
            .ask("document.querySelector('[href=\"/next.html?1\"]').focus()")
            .await?;
        reader.until(is_over).await?;
        reader.ask("document.querySelector('#suite').focus()").await?;
        reader.until(&format!("!{is_over}")).await?;
        reader.unharmed().await
    });
}

/// The control is given as an expression. It is where it was when the banner has gone.
#[track_caller]
fn check_back_to_top(site: impl Fn() -> Result<Options>, control: &str) {
    run_in(CLEAR, async |kind| {
        let reader = shown(kind, site()?).await?;
        reader.expect("witness.notice().className", "banner").await?;
        reader
            .ask("scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' })")
            .await?;
        reader
            .until(&format!("{control}.checkVisibility({{ visibilityProperty: true }})"))
            .await?;
        reader.rest(control).await?;
        reader
            .until(&format!("!witness.areOver({control}, witness.notice())"))
            .await?;
        // A page may keep a copy of its elements as they are, and put it in their place later.
        let style = format!("[/px/.test({control}.style.translate), document.documentElement.getAttribute('style')]");
        reader.expect(&style, json!([false, null])).await?;
        // The window need not be as it was.
        reader.browser.set_window_rect(0, 0, 700, 700).await?;
        let result = async {
            reader.until("innerWidth < 800").await?;
            reader
                .until(&format!("!witness.areOver({control}, witness.notice())"))
                .await?;
            reader.keep_shot(&format!("banner-top-{kind:?}.png")).await?;
            reader.click_what(control).await?;
            reader.event("top").await?;
            reader.until("scrollY === 0").await?;
            reader.ask("Soutien.hide()").await?;
            reader.no_notice().await?;
            reader
                // Our own goes when there is nothing to go back to.
                .expect(
                    &format!(
                        "(({{ translate }}) => translate)({control} ? getComputedStyle({control}) : {{ translate: 'none' }})"
                    ),
                    "none",
                )
                .await?;
            reader.unharmed().await
        };
        let result = result.await;
        // The browser is shared.
        reader.browser.set_window_rect(0, 0, 1280, 900).await?;
        result
    });
}

#[test]
fn a_banner_does_not_cover_the_back_to_top_link_of_the_page() {
    check_back_to_top(
        || {
            Ok(site(
                &demo(r#"data-view="banner" data-lang="fr""#)?.replace(r#"data-policy="always""#, ""),
            ))
        },
        "document.querySelector('[data-top]')",
    );
}

#[test]
fn a_banner_does_not_cover_our_back_to_top_button() {
    check_back_to_top(
        || Ok(long_site(r#"data-view="banner""#, "")),
        "witness.inShadow('[data-top]')",
    );
}

/// A theme's own control has no attribute of ours in its markup.
#[test]
fn a_banner_does_not_cover_the_back_to_top_link_of_a_theme() {
    check_back_to_top(
        || {
            let page =
                long_page(r#"data-view="banner""#).replace("</body>", "<a id=\"go-to-top\" href=\"#haut\">Haut</a></body>");
            Ok(site(&page).with(
                "/page.css",
                css("p { margin: 30px 0; } #go-to-top { position: fixed; right: 20px; bottom: 20px; }"),
            ))
        },
        "document.querySelector('#go-to-top')",
    );
}
