//! The views of the notice as readers see them: in both colour schemes, on desktop and phone, from left to right and from right to left.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use image::codecs::gif::{GifEncoder, Repeat};
use image::imageops::{FilterType, overlay, resize};
use image::{Delay, Frame, Rgb, RgbImage};
use serde_json::json;
use soutien_project::root;
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With, page, site};
use support::views::{VIEWS, css, demo, pretend_media, pretend_size, pretending, with_slot};

/// A window: its name, its size in CSS pixels, and how many pixels of the screen each is.
const WINDOWS: [(&str, u32, u32, u32); 2] = [("desktop", 1280, 900, 1), ("phone", 390, 844, 2)];

/// How wide a picture is on the contact sheet, and how much is between two, in pixels.
const THUMB: u32 = 420;
const GAP: u32 = 16;

/// In Chromium, because Firefox's window is never narrower than 500 pixels, and its colour scheme is that of its start.
#[test]
fn each_view_is_kept_on_a_contact_sheet() {
    run(async {
        let mut shots: BTreeMap<(usize, String), RgbImage> = BTreeMap::new();
        for (row, view) in VIEWS.into_iter().enumerate() {
            for language in ["fr", "ar"] {
                let page = demo(&format!(r#"data-view="{view}" data-lang="{language}" data-delay="0""#))?;
                let reader = Reader::new(Kind::Refusing, site(&page)).await?;
                pretending(&reader, async |reader| shoot(reader, view, language, row, &mut shots).await).await?;
            }
        }
        let n_columns = 8;
        let heights: Vec<u32> = (0..VIEWS.len())
            .map(|row| {
                shots
                    .iter()
                    .filter(|((of, _), _)| *of == row)
                    .map(|(_, shot)| shot.height())
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        let height = heights.iter().map(|height| height + GAP).sum::<u32>() + GAP;
        let mut sheet = RgbImage::from_pixel((THUMB + GAP) * n_columns + GAP, height, Rgb([128, 128, 128]));
        let mut column = BTreeMap::new();
        for ((row, _), shot) in &shots {
            let column = column.entry(*row).and_modify(|column| *column += 1).or_insert(0);
            let y = heights[..*row].iter().map(|height| height + GAP).sum::<u32>() + GAP;
            overlay(&mut sheet, shot, i64::from(GAP + *column * (THUMB + GAP)), y.into());
        }
        ensure!(shots.len() == 24, "{} pictures", shots.len());
        sheet.save(root().join("target/shots/views.png"))?;
        Ok(())
    });
}

/// How wide the moving picture of the README is, in pixels, and how many bytes it may have.
const FILM_WIDTH: u32 = 960;
const FILM_LIMIT: usize = 1_000_000;

/// A reader's way through the notice, as the README shows it: the page, what the notice asks, the steps, and the thanks without a reload. It plays
/// three times, since what moves without end is in the way of who reads beside it.
#[test]
fn the_way_to_the_thanks_is_kept_as_a_moving_picture() {
    run(async {
        let page = demo(r#"data-lang="fr" data-delay="1""#)?;
        let reader = Reader::new(Kind::Refusing, site(&page)).await?;
        let mut frames = Vec::new();
        pretending(&reader, async |reader| {
            pretend_size(reader, 1280, 800).await?;
            let browser = &reader.browser;
            let mut keep = async |name: &str, seconds: u32| -> Result<()> {
                reader.settled().await?;
                reader.keep_shot(name).await?;
                frames.push((image::open(root().join("target/shots").join(name))?.into_rgba8(), seconds));
                Ok(())
            };
            reader.open("/page.html").await?;
            reader.no_notice().await?;
            keep("film-page.png", 1).await?;
            reader.notice().await?;
            keep("film-notice.png", 4).await?;
            reader.click_in_notice("Comment autoriser ce site").await?;
            keep("film-steps.png", 5).await?;
            browser.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
            reader.click_in_notice("J’ai autorisé le site").await?;
            reader.event("recovered").await?;
            reader.until("!!witness.thanks()").await?;
            reader.rest("witness.thanks()").await?;
            keep("film-thanks.png", 4).await
        })
        .await?;
        let mut film = Vec::new();
        let mut encoder = GifEncoder::new_with_speed(&mut film, 1);
        encoder.set_repeat(Repeat::Finite(2))?;
        for (shot, seconds) in frames {
            let height = FILM_WIDTH * shot.height() / shot.width();
            let frame = resize(&shot, FILM_WIDTH, height, FilterType::Lanczos3);
            let delay = Delay::from_numer_denom_ms(seconds * 1000, 1);
            encoder.encode_frame(Frame::from_parts(frame, 0, 0, delay))?;
        }
        drop(encoder);
        ensure!(
            film.len() <= FILM_LIMIT,
            "the moving picture has {} bytes, expected {FILM_LIMIT} at most",
            film.len()
        );
        Ok(std::fs::write(root().join("target/shots/notice.gif"), film)?)
    });
}

async fn shoot(
    reader: &Reader,
    view: &str,
    language: &str,
    row: usize,
    shots: &mut BTreeMap<(usize, String), RgbImage>,
) -> Result<()> {
    for (window, width, height, ratio) in WINDOWS {
        for scheme in ["light", "dark"] {
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": false });
            reader.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
            pretend_media(reader, "prefers-color-scheme", scheme).await?;
            reader.open("/page.html").await?;
            reader
                .notice()
                .await
                .with_context(|| format!("{view}, {language}, {window}, {scheme}"))?;
            reader.expect("witness.notice().className", view).await?;
            reader
                .ask("witness.notice().scrollIntoView({ block: 'center', behavior: 'instant' })")
                .await?;
            reader.settled().await?;
            if language == "fr" {
                // In its own language, the demo's notice has room for all that it says.
                let fits = "witness.notice().scrollHeight <= witness.notice().clientHeight";
                reader.expect(fits, true).await.with_context(|| format!("{view}, {window}"))?;
            }
            let name = format!("{view}-{language}-{window}-{scheme}.png");
            reader.keep_shot(&name).await?;
            let shot = image::open(root().join("target/shots").join(&name))?.into_rgb8();
            let small = resize(&shot, THUMB, THUMB * shot.height() / shot.width(), FilterType::Triangle);
            shots.insert((row, name), small);
            reader.unharmed().await?;
            if language == "fr" && scheme == "light" {
                reader
                    .ask("witness.notice().querySelector('.first:not([hidden])').click()")
                    .await?;
                reader.settled().await?;
                reader.keep_shot(&format!("{view}-steps-{window}.png")).await?;
            }
        }
    }
    Ok(())
}

/// Each control that is smaller than 24 pixels, that cannot be scrolled into the window, or over which something else lies; and the
/// notice itself where its content is wider than it is.
const UNFIT: &str = "(() => {
    const notice = witness.notice();
    const unfit = notice.scrollWidth > notice.clientWidth ? [`the notice: ${notice.scrollWidth} in ${notice.clientWidth}`] : [];
    for (const control of witness.controls()) {
        // Not to the edge of the window, where a page has controls of its own.
        control.scrollIntoView({ block: 'center', behavior: 'instant' });
        const { left, top, right, bottom, width, height } = control.getBoundingClientRect();
        // Browsers scroll by whole pixels.
        const isInside = left >= 0 && top > -1 && right <= document.documentElement.clientWidth && bottom < innerHeight + 1;
        const found = notice.getRootNode().elementFromPoint((left + right) / 2, (top + bottom) / 2);
        if (width < 24 || height < 24 || !isInside || !control.contains(found)) {
            unfit.push(`${control.innerText}: ${[left, top, right, bottom].map(Math.round)}, under ${found?.outerHTML.slice(0, 60)}`);
        }
    }
    return unfit;
})()";

/// Asserts that every control can be used in a window, in what the notice asks and in the steps.
async fn check_controls(reader: &Reader, case: &str) -> Result<()> {
    for scene in ["asks", "steps"] {
        if scene == "steps" {
            reader.ask("witness.unfold()").await?;
            reader.until("witness.controls().length > 10").await?;
        }
        let n_controls = reader.ask("witness.controls().length").await?;
        ensure!(
            n_controls.as_u64() >= Some(4),
            "{case}, {scene}: there are {n_controls} controls"
        );
        reader
            .expect(UNFIT, json!([]))
            .await
            .with_context(|| format!("{case}, {scene}"))?;
    }
    Ok(())
}

/// The narrowest phone, and a desktop's window of 1280 by 1024 pixels at a zoom of 400 %.
const NARROW: [(u32, u32); 2] = [(320, 640), (320, 256)];

#[test]
fn every_control_is_large_enough_and_in_reach_on_a_phone_and_at_a_zoom_of_400_percent() {
    run(async {
        for view in VIEWS {
            for language in ["fr", "ar"] {
                let page = demo(&format!(
                    r#"data-view="{view}" data-lang="{language}" data-delay="0" data-logo="/favicon.svg""#
                ))?;
                let reader = Reader::new(Kind::Refusing, site(&page)).await?;
                pretending(&reader, async |reader| {
                    for (width, height) in NARROW {
                        pretend_size(reader, width, height).await?;
                        reader.open("/page.html").await?;
                        reader.notice().await?;
                        let case = format!("{view}, {language}, {width} by {height}");
                        reader
                            .ask("witness.notice().scrollIntoView({ block: 'nearest', behavior: 'instant' })")
                            .await?;
                        reader.keep_shot(&format!("{view}-{language}-{width}-{height}.png")).await?;
                        check_controls(reader, &case).await?;
                        reader
                            .keep_shot(&format!("{view}-{language}-{width}-{height}-steps.png"))
                            .await?;
                    }
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    });
}

#[test]
fn every_control_is_large_enough_and_in_reach_on_a_desktop() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let page = demo(&format!(r#"data-view="{view}" data-lang="fr" data-delay="0""#))?;
            let reader = Reader::new(kind, site(&page)).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            check_controls(&reader, view).await?;
        }
        Ok(())
    });
}

#[test]
fn a_banner_leaves_half_of_a_phone_to_the_page() {
    run(async {
        for language in ["fr", "ar"] {
            let page = demo(&format!(r#"data-view="banner" data-lang="{language}" data-delay="0""#))?;
            let reader = Reader::new(Kind::Refusing, site(&page)).await?;
            pretending(&reader, async |reader| {
                for (width, height) in [(390, 844), (360, 640)] {
                    pretend_size(reader, width, height).await?;
                    reader.open("/page.html").await?;
                    reader.notice().await?;
                    reader
                        .expect("witness.notice().offsetHeight <= innerHeight / 2", true)
                        .await
                        .with_context(|| format!("{language}, {width} by {height}"))?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    });
}

#[test]
fn controls_keep_a_border_under_forced_colours() {
    run(async {
        for view in VIEWS {
            let page = demo(&format!(r#"data-view="{view}" data-lang="fr" data-delay="0""#))?;
            let reader = Reader::new(Kind::Refusing, site(&page)).await?;
            pretending(&reader, async |reader| {
                pretend_media(reader, "forced-colors", "active").await?;
                reader.open("/page.html").await?;
                reader.notice().await?;
                reader.expect("matchMedia('(forced-colors: active)').matches", true).await?;
                let bare = "[witness.notice(), ...witness.controls()].filter((element) => {
                    const { borderBottomStyle, borderBottomWidth, borderBottomColor, backgroundColor } = getComputedStyle(element);
                    return borderBottomStyle !== 'solid' || parseFloat(borderBottomWidth) < 1 ||
                        /rgba.*, 0\\)/.test(borderBottomColor) || borderBottomColor === backgroundColor;
                }).map(({ outerHTML }) => outerHTML.slice(0, 80))";
                reader.keep_shot(&format!("{view}-forced-colours.png")).await?;
                reader.expect(bare, json!([])).await.with_context(|| view.to_owned())?;
                reader.ask("witness.unfold()").await?;
                reader.keep_shot(&format!("{view}-forced-colours-steps.png")).await?;
                Ok(())
            })
            .await?;
        }
        Ok(())
    });
}

#[test]
fn nothing_moves_for_readers_who_want_no_motion() {
    run(async {
        for view in VIEWS {
            let reader = Reader::new(Kind::Refusing, with_slot(view, "")).await?;
            pretending(&reader, async |reader| {
                for (value, expected) in [("reduce", "none"), ("no-preference", "arrive")] {
                    pretend_media(reader, "prefers-reduced-motion", value).await?;
                    reader.open("/page.html").await?;
                    reader.until("witness.notice()?.open").await?;
                    // What lies in the place of an ad is simply there.
                    let expected = if view == "inline" { "none" } else { expected };
                    reader
                        .expect("getComputedStyle(witness.notice()).animationName", expected)
                        .await
                        .with_context(|| format!("{view}, {value}"))?;
                    if expected == "none" {
                        reader
                            .expect("witness.notice().getRootNode().getAnimations().length", 0)
                            .await?;
                    }
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    });
}

/// How far the notice is from an element, in pixels: the largest distance between two edges.
fn distance(selector: &str) -> String {
    format!(
        "(([one, other]) => Math.max(...['left', 'top', 'right', 'bottom'].map((edge) => Math.abs(one[edge] - other[edge]))))(
            [witness.notice(), document.querySelector('{selector}')].map((element) => element.getBoundingClientRect()))"
    )
}

/// Waits until the notice lies exactly over an element.
async fn check_over(reader: &Reader, selector: &str) -> Result<()> {
    let distance = distance(selector);
    reader
        .until(&format!("{distance} <= 1"))
        .await
        .with_context(|| format!("the notice is not over {selector}"))?;
    Ok(())
}

/// A page with the notice in the place of an ad, shown to readers without a blocker, and what else the page's style sheet says.
#[track_caller]
fn check_inline(markup: &str, rules: &str, check: impl AsyncFn(&Reader) -> Result<()>) {
    run_in(CLEAR, async |kind| {
        let page = page(r#"data-view="inline""#)
            .replace("</head>", r#"<link rel="stylesheet" href="/page.css"></head>"#)
            .replace("</body>", &format!("{markup}</body>"));
        let reader = Reader::new(kind, site(&page).with("/page.css", css(rules))).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        let checked = check(&reader).await;
        // The browser is shared.
        reader.browser.set_window_rect(0, 0, 1280, 900).await?;
        checked?;
        reader.unharmed().await
    });
}

const ARTICLE: &str = "<p>Un long article, dont voici la suite, et dont voici la fin.</p>";

/// In a body with margins and borders, which is no containing block, and in a section that is one.
#[test]
fn an_inline_notice_lies_exactly_over_the_empty_slot_at_any_width() {
    for section in [
        "",
        "section { position: relative; margin: 7px; border: 5px solid; padding: 11px; }",
    ] {
        check_inline(
            &format!(r#"<section>{ARTICLE}<div id="place" data-appeal-slot></div>{ARTICLE}</section>"#),
            &format!("#place {{ width: 70%; aspect-ratio: 3; min-height: 250px; margin: auto; }} {section}"),
            async |reader| {
                reader.expect("witness.notice().className", "inline").await?;
                check_over(reader, "#place").await?;
                let before = reader.ask("witness.notice().offsetWidth").await?;
                reader.browser.set_window_rect(0, 0, 900, 800).await?;
                reader.until(&format!("witness.notice().offsetWidth < {before}")).await?;
                check_over(reader, "#place").await?;
                // What stands above may come late, and push the slot down.
                reader
                    .ask("document.querySelector('#haut').append(document.createElement('br'), 'Du jour')")
                    .await?;
                check_over(reader, "#place").await?;
                reader.ask("scrollTo(0, 100)").await?;
                check_over(reader, "#place").await
            },
        );
    }
}

#[test]
fn an_inline_notice_takes_the_largest_slot_that_is_empty() {
    check_inline(
        &format!(
            r#"{ARTICLE}<div id="small" data-appeal-slot></div>{ARTICLE}<div id="place" data-appeal-slot></div>{ARTICLE}
<div id="filled" data-appeal-slot><img src="/favicon.svg" alt="Le Veilleur"></div>{ARTICLE}"#
        ),
        "#small { width: 300px; height: 100px; } #place { width: 400px; height: 250px; } #filled, img { width: 600px; height: 400px; }",
        async |reader| check_over(reader, "#place").await,
    );
}

#[test]
fn an_inline_notice_is_a_banner_where_no_slot_is_empty() {
    for [markup, rules] in [
        ["", ""],
        [
            r#"<div data-appeal-slot><img src="/favicon.svg" alt="Le Veilleur"></div>"#,
            "div, img { width: 600px; height: 400px; }",
        ],
        // One that has collapsed, and one that has no room for a notice.
        [
            r#"<div data-appeal-slot></div><div id="small" data-appeal-slot></div>"#,
            "#small { width: 120px; height: 60px; }",
        ],
    ] {
        check_inline(&format!("{ARTICLE}{markup}{ARTICLE}"), rules, async |reader| {
            reader.expect("witness.notice().className", "banner").await?;
            let edges =
                "(({ left, right, bottom }) => [left, right, bottom].map(Math.round))(witness.notice().getBoundingClientRect())";
            let window = reader.ask("[0, document.documentElement.clientWidth, innerHeight]").await?;
            reader.expect(edges, window).await
        });
    }
}

/// The slots of the demo, of which uBlock Origin hides the networks' own part.
#[test]
fn an_inline_notice_finds_its_place_beside_ublock_origin() {
    run_in(BLOCKED, async |kind| {
        let page = demo(r#"data-view="inline" data-lang="fr" data-delay="0""#)?;
        let reader = Reader::new(kind, site(&page)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.expect("witness.notice().className", "inline").await?;
        check_over(&reader, ".reserve-texte").await?;
        reader
            .ask("witness.notice().scrollIntoView({ block: 'center', behavior: 'instant' })")
            .await?;
        reader.keep_shot(&format!("inline-{kind:?}.png")).await
    });
}
