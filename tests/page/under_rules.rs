//! The notice under the rules of the page: none of them reaches it by accident, it is where it should be and as large as the reader reads;
//! and where a rule is made against it, it goes, and leaves the page as it was.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::server::Options;
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::{BLOCKED, CLEAR, Kind, run_in};
use support::reader::Reader;
use support::site::{With, page, site};
use support::views::{VIEWS, css};
use thirtyfour::Key;

/// A page with a view of the notice, an empty slot, and these rules.
fn ruled(view: &str, rules: &str) -> Options {
    let tag = format!(r#"data-view="{view}" data-policy="always" data-delay="0""#);
    let html = page(&tag)
        .replace("</head>", r#"<link rel="stylesheet" href="/page.css"></head>"#)
        .replace(
            "</body>",
            r#"<p class="long">Un long article, dont voici la suite, et dont voici la fin.</p>
<div class="place" data-appeal-slot></div>
<p><a id="after" href="/next.html">La fin</a></p>
</body>"#,
        );
    let slot = "html { overflow-y: scroll; } .place { width: 70%; min-height: 250px; }";
    site(&html).with("/page.css", css(&format!("{slot} {rules}")))
}

/// How the notice looks: where it is, and what of its type and of its effects could come from the page. The slot is where the page has it.
const LOOK: &str = "(() => {
    const notice = witness.notice();
    const { left, top, width, height } = notice.getBoundingClientRect();
    const slot = document.querySelector('.place').getBoundingClientRect();
    // Rules may give the page a scroll bar, or put it on the other side.
    const [x, y] = notice.className === 'inline' ? [left - slot.left, top - slot.top] : [0, 0];
    const parts = [notice, ...notice.querySelectorAll('h2,p:not(:empty),button')].map((part) => {
        const style = getComputedStyle(part);
        return ['fontSize', 'letterSpacing', 'wordSpacing', 'textTransform', 'textIndent', 'lineHeight', 'visibility', 'opacity', 'filter',
            'transform', 'cursor', 'writingMode', 'direction', 'textShadow', 'fontStyle', 'whiteSpace', 'userSelect', 'pointerEvents',
            'transitionDuration', 'animationName'].map((name) => style[name]);
    });
    return [[x, y, width, height].map(Math.round), parts];
})()";

/// What a theme may say of elements that it does not know.
const RULES: [(&str, &str); 4] = [
    (
        "hiding",
        "div:empty:not(.place), body > div:not([class]), html > div:not([class]), body > :last-child:not(p)
            { display: none !important; opacity: 0 !important; visibility: hidden !important; content-visibility: hidden !important; }",
    ),
    (
        "type",
        "body { letter-spacing: 4px; word-spacing: 9px; text-transform: uppercase; text-indent: 40px; line-height: 3; cursor: wait;
            text-shadow: 2px 2px red; font-style: italic; white-space: pre; user-select: none; direction: rtl; }
         body > div:not([class]), html > div:not([class]) { font-size: 5px !important; color: transparent !important; text-align: right !important; }",
    ),
    (
        "effects",
        "@keyframes away { to { opacity: 0; translate: 3000px; } }
         body > *, html > div { transition: all 2s !important; pointer-events: none !important; }
         body > div:not([class]), html > div:not([class]) { opacity: 0; filter: blur(9px); transform: scale(.1); zoom: .3; clip-path: inset(50%);
            mix-blend-mode: difference; animation: away 2s forwards; contain: strict; width: 0; height: 0; overflow: hidden; }
         body > p, #suite, html > body { pointer-events: auto !important; }",
    ),
    (
        "layers",
        "@layer first { div:not([class]) { display: none !important; letter-spacing: 9px !important; }
            * { text-transform: uppercase !important; } }",
    ),
];

/// Whether the rules reach an element that we do not protect.
const REACHED: &str = "(() => {
    const plain = document.createElement('div');
    document.body.append(plain);
    const { display, opacity, letterSpacing, textTransform, transitionDuration, animationName } = getComputedStyle(plain);
    const found = [display, opacity, letterSpacing, textTransform, transitionDuration, animationName].join();
    plain.remove();
    return found !== 'block,1,normal,none,0s,none';
})()";

#[test]
fn no_rule_of_the_page_reaches_the_notice() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let mut plain = Value::Null;
            for (name, rules) in [("none", "")].iter().chain(&RULES) {
                let case = || format!("{view}, {name}");
                let reader = Reader::new(kind, ruled(view, rules)).await?;
                reader.open("/page.html").await?;
                if rules.is_empty() {
                    reader.expect(REACHED, false).await.with_context(case)?;
                } else {
                    // The sheet is applied a moment after the page is there.
                    reader.until(REACHED).await.with_context(case)?;
                }
                reader.notice().await.with_context(case)?;
                let look = reader.ask(LOOK).await?;
                if rules.is_empty() {
                    plain = look;
                } else {
                    ensure!(look == plain, "{view}, {name}: {look}, without the rules {plain}");
                }
                reader.click_in_notice("Fermer").await.with_context(case)?;
                reader.event("close").await?;
                reader.usable().await.with_context(case)?;
            }
        }
        Ok(())
    });
}

/// Where a page has its own idea of what a box is.
#[test]
fn a_page_whose_elements_are_all_without_boxes_or_unset_has_a_notice() {
    run_in(BLOCKED, async |kind| {
        for rules in [
            "body * { display: contents !important }",
            "* { all: unset !important }",
            "* { display: inline !important }",
        ] {
            for view in ["modal", "banner"] {
                let reader = Reader::new(kind, ruled(view, rules)).await?;
                reader.open("/page.html").await?;
                reader.notice().await.with_context(|| format!("{view}, {rules}"))?;
                reader
                    .expect(IN_SIGHT, true)
                    .await
                    .with_context(|| format!("{view}, {rules}"))?;
            }
        }
        Ok(())
    });
}

/// Whether all of the notice is in the window, and on top.
const IN_SIGHT: &str = "(() => {
    const { left, top, right, bottom, width, height } = witness.notice().getBoundingClientRect();
    const found = witness.notice().getRootNode().elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return width > 200 && height > 40 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight + 1 && witness.notice().contains(found);
})()";

/// What makes the body the window of what is fixed in it.
const FRAMES: [&str; 6] = [
    "filter:grayscale(1)",
    "transform:translateZ(0)",
    "will-change:transform",
    "contain:paint",
    "perspective:500px",
    "backdrop-filter:blur(1px)",
];

#[test]
fn a_banner_and_thanks_stay_at_the_edge_of_the_window_whatever_the_body_is() {
    run_in(CLEAR, async |kind| {
        let html = ruled(
            "banner",
            "body { min-height: 5000px; } #fixed { position: fixed; bottom: 0; height: 9px; width: 9px; }",
        );
        let reader = Reader::new(kind, html).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader
            .ask("document.body.append(Object.assign(document.createElement('i'), { id: 'fixed' }))")
            .await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        check_edges(
            &reader,
            "Math.abs(witness.notice().getBoundingClientRect().bottom - innerHeight)",
        )
        .await?;
        reader.ask("Soutien.check()").await?;
        reader.until("witness.thanks()?.innerText.length > 10").await?;
        reader.rest("witness.thanks()").await?;
        check_edges(
            &reader,
            "Math.abs(witness.thanks().getBoundingClientRect().bottom - innerHeight + 16)",
        )
        .await?;
        reader.unharmed().await
    });
}

async fn check_edges(reader: &Reader, distance: &str) -> Result<()> {
    for frame in FRAMES {
        for scroll in [0, 2000] {
            reader
                .ask(&format!(
                    "(document.body.style.cssText = '{frame}', scrollTo({{ top: {scroll}, behavior: 'instant' }}))"
                ))
                .await?;
            let fixed = reader
                .ask("Math.abs(document.querySelector('#fixed').getBoundingClientRect().bottom - innerHeight) > 100")
                .await?;
            // The last of them does so in some browsers.
            ensure!(
                fixed == true || frame == FRAMES[5],
                "{frame}: what is fixed has stayed at the edge"
            );
            reader
                .until(&format!("{distance} <= 1"))
                .await
                .with_context(|| format!("{frame}, scrolled by {scroll}"))?;
        }
    }
    reader
        .ask("(document.body.style.cssText = '', scrollTo({ top: 0, behavior: 'instant' }))")
        .await?;
    Ok(())
}

/// The least size of text and the least height of a control, in pixels.
const LEAST: &str = "[Math.min(...[...witness.notice().querySelectorAll('p:not(:empty),button,h2')].filter((part) => part.checkVisibility()).map((part) =>
        parseFloat(getComputedStyle(part).fontSize) * (part.currentCSSZoom ?? 1))),
    Math.min(...witness.controls().map((control) => control.getBoundingClientRect().height))]";

#[test]
fn text_and_controls_are_as_large_as_on_a_page_that_changes_no_size() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let mut plain = Value::Null;
            for rules in [
                "",
                "html { font-size: 62.5% } body { font-size: 1.6rem }",
                "html { font-size: 40px }",
                "html, body { font-family: monospace }",
                ":root { --soutien-font: monospace }",
                "html { zoom: .5 }",
            ] {
                // In pixels of the window, the slot is the same.
                let place = if rules.contains("zoom") {
                    ".place { min-height: 500px; }"
                } else {
                    ""
                };
                let reader = Reader::new(kind, ruled(view, &format!("{rules} {place}"))).await?;
                reader.open("/page.html").await?;
                reader.notice().await?;
                reader.expect("witness.notice().className", view).await?;
                let least = reader.ask(LEAST).await?;
                let (text, control) = (least[0].as_f64().unwrap_or(0.0), least[1].as_f64().unwrap_or(0.0));
                ensure!(text >= 14.0 && control >= 24.0, "{view}, {rules}: the least are {least}");
                if rules.is_empty() {
                    plain = least;
                } else if !rules.contains("monospace") {
                    ensure!(
                        least == plain,
                        "{view}, {rules}: the least are {least}, without the rule {plain}"
                    );
                }
                reader.keep_shot(&format!("size-{view}-{}-{kind:?}.png", rules.len())).await?;
            }
        }
        Ok(())
    });
}

/// Readers who have set a larger size get it, whatever the page makes of its own.
#[test]
fn a_reader_s_own_larger_size_is_followed() {
    run_in(CLEAR, async |kind| {
        let browser = if kind == Kind::Firefox {
            Browser::firefox(&[("font.size.variable.x-western", json!(24))], Certificates::Vouched).await?
        } else {
            Browser::chromium(&["--blink-settings=defaultFontSize=24"], Certificates::Vouched).await?
        };
        let reader = Reader::with_browser(browser, ruled("modal", "html { font-size: 62.5%; }"))?;
        reader.open("/page.html").await?;
        reader
            .expect("getComputedStyle(document.documentElement).fontSize", "15px")
            .await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader
            .expect(
                "['.choices button', '.seen'].map((part) => getComputedStyle(witness.notice().querySelector(part)).fontSize)",
                json!(["24px", "24px"]),
            )
            .await?;
        reader.keep_shot(&format!("size-reader-{kind:?}.png")).await?;
        reader.ask("Soutien.hide()").await?;
        reader.no_notice().await?;
        reader
            .ask("(document.body.style.height = '9000px', scrollTo({ top: 3000, behavior: 'instant' }))")
            .await?;
        reader
            .until("witness.inShadow('button[data-top]')?.offsetWidth === 72")
            .await?;
        Ok(())
    });
}

/// The page's own family and the documented properties still reach it.
#[test]
fn a_publisher_s_own_type_and_colours_reach_the_notice() {
    run_in(BLOCKED, async |kind| {
        let rules = "body { font-family: Georgia, cursive; } :root { --soutien-accent: rgb(1, 2, 3); --soutien-radius: 11px; }";
        let reader = Reader::new(kind, ruled("modal", rules)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader
            .expect(
                "(({ fontFamily, borderTopColor, borderTopLeftRadius }) => [fontFamily, borderTopColor, borderTopLeftRadius])(getComputedStyle(witness.notice()))",
                json!(["Georgia, cursive, serif", "rgb(1, 2, 3)", "11px"]),
            )
            .await?;
        let named = Reader::new(kind, ruled("modal", ":root { --soutien-font: Courier, monospace }"));
        drop(reader);
        let reader = named.await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader
            .expect("getComputedStyle(witness.notice()).fontFamily", "Courier, monospace, serif")
            .await
    });
}

/// The names of the locks that are held by pages of the site.
const HELD: &str = "navigator.locks.query().then(({ held }) => held.map(({ name }) => name))";

/// Asserts that nothing is left of a notice that a rule hides: it is told, nothing is remembered, the lock is free, and the page can be used.
async fn check_gone(reader: &Reader) -> Result<()> {
    reader.problem("notice", "hidden by a style sheet").await?;
    reader.until("witness.notice() === null").await?;
    reader.until(&format!("{HELD}.then((names) => names.length === 0)")).await?;
    reader.expect("document.querySelectorAll('[data-soutien]').length", 0).await?;
    reader.expect("localStorage.length", 0).await?;
    // Nor is it tried again on this view.
    reader.settled().await?;
    let problems = "witness.events.filter(({ name }) => name === 'problem').length";
    reader.expect(problems, 1).await?;
    reader.usable().await
}

/// The one rule that a reader may have.
#[test]
fn a_rule_that_names_us_stops_us() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let reader = Reader::new(kind, ruled(view, "[data-soutien] { display: none !important }")).await?;
            reader.open("/page.html").await?;
            reader.event("show").await?;
            check_gone(&reader).await.with_context(|| view.to_owned())?;
        }
        Ok(())
    });
}

/// A reader's own style sheet reaches into shadow trees, and may come when the notice is there.
#[test]
fn a_style_sheet_that_comes_late_and_hides_the_notice_closes_it() {
    run_in(BLOCKED, async |kind| {
        for rules in [
            "dialog { display: none !important }",
            ":host { display: none !important }",
            "dialog { visibility: hidden !important }",
            "dialog { opacity: 0 !important }",
            "dialog { translate: 0 -3000px !important }",
        ] {
            for view in ["modal", "banner"] {
                let reader = Reader::new(kind, ruled(view, "")).await?;
                reader.open("/page.html").await?;
                reader.notice().await?;
                reader.expect(HELD, json!(["soutien"])).await?;
                reader
                    .ask(&format!(
                        "(() => {{ const sheet = new CSSStyleSheet(); sheet.replaceSync('{rules}');
                            const root = witness.notice().getRootNode(); root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; }})()"
                    ))
                    .await?;
                check_gone(&reader).await.with_context(|| format!("{view}, {rules}"))?;
            }
        }
        Ok(())
    });
}

/// As pages do that test variants, or wait for their fonts.
#[test]
fn a_page_that_keeps_out_of_sight_for_a_while_gets_its_notice_when_it_shows() {
    run_in(BLOCKED, async |kind| {
        for rules in ["display: none", "opacity: 0", "visibility: hidden"] {
            let reader = Reader::new(kind, ruled("modal", &format!("body:not(.there) {{ {rules} }}"))).await?;
            reader.open("/page.html").await?;
            reader.verdict("blocked").await?;
            reader
                .until("performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/appeal.js') && responseEnd)")
                .await?;
            for _ in 0..3 {
                reader.no_notice().await?;
            }
            reader.ask("document.body.classList.add('there')").await?;
            reader.notice().await.with_context(|| rules.to_owned())?;
            reader.expect(IN_SIGHT, true).await?;
            reader.press(Key::Escape).await?;
            reader.event("close").await?;
            reader.usable().await?;
        }
        Ok(())
    });
}

/// The host has one name, and that is all.
#[test]
fn the_host_has_no_name_but_the_hook() {
    run_in(BLOCKED, async |kind: Kind| {
        let reader = Reader::new(kind, ruled("banner", "")).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader
            .expect(
                "witness.notice().getRootNode().host.outerHTML",
                r#"<div data-soutien=""></div>"#,
            )
            .await
    });
}
