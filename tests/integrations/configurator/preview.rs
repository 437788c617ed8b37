//! The preview.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use soutien_testbed::server::{CONFIGURATOR, NUMBERS};
use support::browsers::{CLEAR, Kind, run, run_in};
use support::site::STORED;
use support::views::{VIEWS, pretend_size, pretending};

use super::{PREVIEW, configure, drawn, preview_says, publisher, set, words};

#[test]
fn the_preview_shows_the_view_the_language_and_the_colours() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        for view in VIEWS {
            set(&publisher, "data-view", view).await?;
            publisher.expect(&format!("{PREVIEW}.notice().className"), view).await?;
            preview_says(&publisher, "h2", &words("en", "title")?).await?;
        }
        set(&publisher, "data-lang", "ar").await?;
        preview_says(&publisher, "h2", &words("ar", "title")?).await?;
        publisher.expect(&format!("{PREVIEW}.notice().dir"), "rtl").await?;
        set(&publisher, "data-lang", "auto").await?;
        set(&publisher, "page.language", "de").await?;
        preview_says(&publisher, "h2", &words("de", "title")?).await?;
        let background = format!("frames[0].getComputedStyle({PREVIEW}.notice()).backgroundColor");
        for (scheme, colour) in [("dark", "rgb(31, 29, 27)"), ("light", "rgb(255, 253, 249)")] {
            set(&publisher, "page.scheme", scheme).await?;
            publisher
                .expect(&background, colour)
                .await
                .with_context(|| scheme.to_owned())?;
        }
        for (window, width) in [("phone", 390), ("desktop", 1280)] {
            set(&publisher, "page.window", window).await?;
            publisher.expect("frames[0].innerWidth", width).await?;
        }
        publisher.unharmed().await?;
        publisher.expect(&format!("{PREVIEW}.errors"), json!([])).await?;
        publisher.expect(&format!("{PREVIEW}.violations"), json!([])).await
    });
}

#[test]
fn the_preview_shows_what_readers_see_by_what_blocks_and_by_what_they_do() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        let cause = format!("{PREVIEW}.events.find(({{ name }}) => name === 'verdict').detail.cause");
        for blocker in ["network", "browser", "extension"] {
            set(&publisher, "page.blocker", blocker).await?;
            publisher.expect(&cause, blocker).await?;
            let text = format!("{} {}", words("en", &format!("seen-{blocker}"))?, words("en", "pays")?);
            preview_says(&publisher, ".seen", &text).await?;
        }
        set(&publisher, "page.scene", "steps").await?;
        preview_says(&publisher, "h2", &words("en", "steps")?).await?;
        for (scene, key) in [("still", "still"), ("reload", "reload-needed")] {
            set(&publisher, "page.scene", scene).await?;
            preview_says(&publisher, "[role=status]", &words("en", key)?).await?;
        }
        set(&publisher, "page.scene", "thanks").await?;
        publisher
            .until(&format!(
                "{PREVIEW}.thanks()?.textContent === {}",
                json!(words("en", "thanks")?)
            ))
            .await?;
        publisher.expect(&format!("{PREVIEW}.notice()"), Value::Null).await?;
        publisher.unharmed().await
    });
}

/// The preview is of the site's own origin, and what is done in it must not be done to the site.
#[test]
fn nothing_leaves_the_preview() {
    run_in(CLEAR, async |kind| {
        let hash = format!("data-endpoint={NUMBERS}&data-consent=given&data-probe=/regie&data-support-url=/next.html");
        let publisher = publisher(kind, &hash).await?;
        publisher
            .until("frames[0].performance.getEntriesByType('resource').some(({ name }) => name.includes('/numbers.js'))")
            .await?;
        for text in ["Support us another way", "Don’t ask again"] {
            let control = format!("{PREVIEW}.controls().find((control) => control.innerText === '{text}')");
            // Both close it.
            publisher.ask("frames[0].Soutien.show()").await?;
            publisher.until(&format!("!!{control}")).await?;
            publisher.ask(&format!("{control}.click()")).await?;
        }
        publisher.expect(&format!("{PREVIEW}.notice()"), Value::Null).await?;
        publisher
            .expect("frames[0].location.pathname", format!("{CONFIGURATOR}preview.html"))
            .await?;
        // What waits to be sent would go out at its end.
        publisher.click("#again").await?;
        drawn(&publisher).await?;
        publisher.settled().await?;
        publisher.expect(STORED, json!([])).await?;
        ensure!(
            publisher.n_requests(NUMBERS) == 0,
            "numbers were sent: {:?}",
            publisher.site.numbers()
        );
        ensure!(publisher.n_requests("/regie") == 0, "the ad host was asked");
        publisher.unharmed().await
    });
}

#[test]
fn the_preview_leaves_the_focus_where_the_publisher_types() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        let focus = "document.activeElement.name";
        set(&publisher, "data-title", "Aidez").await?;
        publisher.expect(focus, "data-title").await?;
        // As one goes on typing.
        publisher.browser.action_chain().send_keys("-nous").perform().await?;
        drawn(&publisher).await?;
        preview_says(&publisher, "h2", "Aidez-nous").await?;
        publisher.unharmed().await
    });
}

/// On a phone the fields are far below the preview, whose notice is brought into sight there and nowhere else.
#[test]
fn the_preview_leaves_the_page_around_where_it_was_scrolled() {
    run(async {
        let publisher = publisher(Kind::Chromium, "").await?;
        pretending(&publisher, async |publisher| {
            pretend_size(publisher, 390, 700).await?;
            for view in VIEWS {
                configure(publisher, &format!("data-view={view}&page.scene=still")).await?;
                set(publisher, "data-text", "Merci").await?;
                let before = publisher.ask("scrollY").await?;
                ensure!(before.as_f64() > Some(700.0), "the field is at {before}");
                publisher.browser.action_chain().send_keys(" bien").perform().await?;
                drawn(publisher).await?;
                publisher.expect("scrollY", before).await.with_context(|| view.to_owned())?;
            }
            publisher.unharmed().await
        })
        .await
    });
}
