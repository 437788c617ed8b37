//! A guest's manners: the notice moves nothing on the page, covers nothing that the reader is at, copes with what it is given, and goes
//! when it is sent away.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::reader::{Reader, shown};
use support::site::{With, javascript, page, site, with_tags};
use support::views::{VIEWS, css, demo, with_slot};
use thirtyfour::Key;
use xtask::server::{Answer, Options};
use xtask::sizes;

/// A notice on every view, and at once.
const ALWAYS: &str = r#"data-policy="always" data-delay="0""#;

/// Writes down, from the start of the page, what it shifts and what its largest content is.
const MEASURE: &str = r#"
witness.shifts = [];
witness.largest = null;
const observe = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
const rectangle = ({ x, y, width, height }) => `${x},${y} ${width}×${height}`;
const moved = ({ node, previousRect, currentRect }) =>
  `${node?.outerHTML?.slice(0, 100) ?? node?.nodeName}: from ${rectangle(previousRect)} to ${rectangle(currentRect)}`;
observe("layout-shift", ({ value, startTime, sources }) => witness.shifts.push([value, startTime, sources.map(moved)]));
observe("largest-contentful-paint", ({ element, size }) => (witness.largest = [element?.outerHTML.slice(0, 100) ?? "", size]));
"#;

const VETO: &str = "document.addEventListener('soutien:show', (event) => event.preventDefault());";

/// What a page shifts and its largest content, once the notice has come, or has been called off.
async fn measure(view: &str, is_vetoed: bool) -> Result<Value> {
    // Nothing is painted before all of the page is there: what it moves while it comes in is its own.
    let head = r##"<link rel="expect" href="#whole" blocking="render"><script src="/measure.js"></script><script src="/veto.js"></script></head>"##;
    let page = demo(&format!(r#"data-view="{view}" data-lang="fr" data-delay="0""#))?
        .replacen("</head>", head, 1)
        .replacen("</body>", r#"<template id="whole"></template></body>"#, 1);
    let site = site(&page)
        .with("/measure.js", javascript(MEASURE))
        .with("/veto.js", javascript(if is_vetoed { VETO } else { "" }));
    let reader = Reader::new(Kind::Refusing, site).await?;
    reader.open("/page.html").await?;
    reader.until("document.readyState === 'complete'").await?;
    reader.event("show").await?;
    if is_vetoed {
        reader.no_notice().await?;
    } else {
        reader.notice().await?;
        reader.expect("witness.notice().className", view).await?;
    }
    reader.settled().await?;
    reader.until("witness.largest !== null").await?;
    let measured = reader.ask("[witness.shifts, witness.largest]").await?;
    reader.unharmed().await?;
    Ok(measured)
}

/// Chromium alone tells of shifts.
#[test]
fn no_view_shifts_the_page_or_becomes_its_largest_content() {
    run(async {
        for view in VIEWS {
            let without = measure(view, true).await?;
            let with = measure(view, false).await?;
            ensure!(with[0] == json!([]), "{view}: the page shifts: {:#}", with[0]);
            ensure!(
                with == without,
                "{view}: shift and largest content are {with}, without the notice {without}"
            );
        }
        Ok(())
    });
}

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

/// How many requests of ours a first view makes, baits and twins included, as far as they reach the server.
async fn requests_of_a_view(kind: Kind, verdict: &str) -> Result<usize> {
    let reader = Reader::new(kind, site(&page(""))).await?;
    reader.open("/page.html").await?;
    reader.verdict(verdict).await?;
    reader.settled().await?;
    Ok(reader.n_requests("/soutien/"))
}

#[test]
fn a_view_makes_no_more_requests_than_are_allowed() {
    run_in(CLEAR, async |kind| {
        let found = requests_of_a_view(kind, "clear").await?;
        let counted = sizes::built()?.loads()?.first.requests;
        ensure!(
            found == counted && found <= sizes::REQUESTS,
            "{found} requests, where PARTS in xtask/src/sizes.rs has {counted} and {} are allowed",
            sizes::REQUESTS
        );
        Ok(())
    });
}

/// Twins, and what tells a server's refusal from a blocker's, come in place of the baits that are refused.
#[test]
fn a_view_with_a_blocker_makes_no_more_requests_than_are_allowed() {
    run_in(BLOCKED, async |kind| {
        let found = requests_of_a_view(kind, "blocked").await?;
        let allowed = sizes::REQUESTS_WITH_A_BLOCKER;
        ensure!(found <= allowed, "{found} requests, where {allowed} are allowed");
        Ok(())
    });
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

/// Attributes that nobody should write, and what comes of them: texts are texts, and addresses that are none are refused.
#[test]
fn markup_in_texts_is_shown_and_addresses_with_code_are_refused() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let markup = "&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;Gras&lt;/b&gt;";
            let attributes = format!(
                r#"data-title="{markup}" data-text="{markup}" data-support-url="javascript:alert(1)" data-logo="javascript:alert(2)""#
            );
            let reader = Reader::new(kind, with_slot(view, &attributes)).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            let text = "<img src=x onerror=alert(1)><b>Gras</b>";
            reader
                .expect(
                    "['#title', '#text'].map((part) => witness.notice().querySelector(part).innerText)",
                    json!([text, text]),
                )
                .await?;
            reader
                .expect("witness.notice().querySelectorAll('img,b,a').length", 0)
                .await?;
            let problems =
                "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => [detail.key, detail.used])";
            reader
                .expect(problems, json!([["support-url", "no link"], ["logo", "no logo"]]))
                .await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

#[test]
fn long_texts_are_cut_and_leave_every_control_in_reach() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let long = "Très long ".repeat(1_000);
            // And without a blank in it.
            let word = "é".repeat(5_000);
            let attributes = format!(
                r#"data-title="{word}" data-text="{long}" data-support-url="/soutenir.html?{word}" data-logo="/favicon.svg?{word}""#
            );
            let reader = Reader::new(kind, with_slot(view, &attributes)).await?;
            reader.open("/page.html").await?;
            reader.notice().await?;
            reader
                .expect("witness.notice().querySelector('#title').textContent", "é".repeat(500))
                .await?;
            let length = "new Blob([witness.notice().querySelector('#text').textContent]).size";
            reader.expect(&format!("{length} > 990 && {length} <= 1000"), true).await?;
            let problems = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => detail.key)";
            reader.expect(problems, json!(["title", "text"])).await?;
            let wide = "[witness.notice(), ...witness.notice().querySelectorAll('*')].filter((element) =>
                element.scrollWidth > witness.notice().clientWidth).map(({ outerHTML }) => outerHTML.slice(0, 60))";
            reader.expect(wide, json!([])).await.with_context(|| view.to_owned())?;
            reader.click_in_notice("Fermer").await?;
            reader.event("close").await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// A language that cannot be read is named, and nothing is shown; nor is a notice on its way for ever.
#[track_caller]
fn check_no_words(answer: &Answer, given: &str) {
    run_in(BLOCKED, async |kind| {
        let site = site(&page(ALWAYS)).with("/soutien/lang/", answer.clone());
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.problem("lang/fr.json", given).await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        // As soon as the file is there, it can be shown.
        reader
            .site
            .options
            .write()
            .map_err(|_| anyhow::anyhow!("the server has panicked"))?
            .situations
            .retain(|situation| situation.path_prefix != "/soutien/lang/");
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        usable_after_escape(&reader).await
    });
}

#[test]
fn a_missing_language_file_is_named() {
    check_no_words(&Answer::Status(404), "404");
}

#[test]
fn an_invalid_language_file_is_named() {
    check_no_words(
        &Answer::Body {
            mime: "application/json".into(),
            text: "{ \"title\": \"Adblock".into(),
        },
        "SyntaxError",
    );
}

/// Closes the notice by Esc, and asserts that the page can be used.
async fn usable_after_escape(reader: &Reader) -> Result<()> {
    for _ in 0..5 {
        if reader.ask("witness.notice().contains(witness.focused())").await? == true {
            break;
        }
        reader.press(Key::Tab).await?;
    }
    reader.press(Key::Escape).await?;
    reader.event("close").await?;
    reader.no_notice().await?;
    reader.unharmed().await?;
    reader.usable().await
}

/// Words that a language lacks are left out, and with them the controls and steps that would have none.
#[test]
fn a_control_without_words_is_left_out_and_escape_still_closes() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let words = json!({
                "lang": "fr", "title": "Adblock détecté", "allow": "Comment autoriser ce site", "back": "Retour", "step-other": "Cliquez.",
            });
            check_words(kind, view, &words, async |reader| {
                reader
                    .expect(
                        "witness.controls().map(({ innerText }) => innerText)",
                        json!(["Comment autoriser ce site"]),
                    )
                    .await?;
                reader.ask("witness.controls()[0].click()").await?;
                // Nor is there a step without words, or a list that nobody can open.
                reader
                    .expect("witness.controls().map(({ innerText }) => innerText)", json!(["Retour"]))
                    .await?;
                reader
                    .expect(
                        "[...witness.notice().querySelectorAll('li')].filter(({ textContent }) => !textContent).length",
                        0,
                    )
                    .await
            })
            .await
            .with_context(|| view.to_owned())?;
        }
        Ok(())
    });
}

/// Not even what opens the steps, which has the focus first.
#[test]
fn a_notice_with_nothing_but_a_title_can_be_closed_by_escape() {
    run_in(BLOCKED, async |kind| {
        for view in VIEWS {
            let words = json!({ "title": "Adblock détecté", "lang": 7, "others": null });
            check_words(kind, view, &words, async |reader| {
                reader.expect("witness.controls().length", 0).await?;
                // Where the focus is on the page, Esc is the page's.
                reader.ask("document.activeElement.blur()").await?;
                Ok(())
            })
            .await
            .with_context(|| view.to_owned())?;
        }
        Ok(())
    });
}

async fn check_words(kind: Kind, view: &str, words: &Value, check: impl AsyncFn(&Reader) -> Result<()>) -> Result<()> {
    let answer = Answer::Body {
        mime: "application/json".into(),
        text: words.to_string(),
    };
    let reader = Reader::new(kind, with_slot(view, "").with("/soutien/lang/", answer)).await?;
    reader.open("/page.html").await?;
    reader.notice().await?;
    reader.expect("witness.notice().className", view).await?;
    reader
        .expect("witness.notice().querySelector('h2').innerText", "Adblock détecté")
        .await?;
    check(&reader).await?;
    usable_after_escape(&reader).await
}

/// The page may remove what it likes.
#[test]
fn a_notice_that_the_page_removes_can_be_shown_again() {
    run_in(CLEAR, async |kind| {
        for view in VIEWS {
            let reader = shown(kind, with_slot(view, "")).await?;
            reader.ask("witness.notice().getRootNode().host.remove()").await?;
            reader.no_notice().await?;
            // What the reader does next meets nothing that is gone.
            reader.press(Key::Tab).await?;
            reader.press(Key::Escape).await?;
            reader.ask("(Soutien.hide(), Soutien.check())").await?;
            reader.no_notice().await?;
            reader.ask("Soutien.show()").await?;
            reader.notice().await.with_context(|| view.to_owned())?;
            reader.expect("witness.notice().className", view).await?;
            usable_after_escape(&reader).await?;
        }
        Ok(())
    });
}

#[test]
fn showing_twice_shows_one_notice() {
    run_in(CLEAR, async |kind| {
        for view in VIEWS {
            let reader = Reader::new(kind, with_slot(view, "")).await?;
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            reader.ask("(Soutien.show(), Soutien.show())").await?;
            reader.notice().await?;
            reader.ask("(Soutien.show(), witness.settled())").await?;
            reader
                .expect(
                    "[...document.querySelectorAll('*')].filter(({ shadowRoot }) => shadowRoot?.querySelector('dialog')).length",
                    1,
                )
                .await?;
            reader
                .expect("witness.events.filter(({ name }) => name === 'show').length", 1)
                .await?;
            usable_after_escape(&reader).await?;
        }
        Ok(())
    });
}

/// An old browser, or a page that patches the platform.
#[test]
fn a_browser_that_cannot_open_a_dialog_shows_nothing_and_keeps_nothing() {
    run_in(CLEAR, async |kind| {
        let tags = r#"<script src="/old.js"></script><script async"#;
        let old = "delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close;";
        let page = page("").replace("<script async", tags);
        let reader = Reader::new(kind, site(&page).with("/old.js", javascript(old))).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader
            .ask("witness.settled().then(() => { witness.before = document.body.outerHTML; Soutien.show(); })")
            .await?;
        reader.event("show").await?;
        reader.settled().await?;
        reader.expect("document.body.outerHTML === witness.before", true).await?;
        reader.expect("document.activeElement.id", "suite").await?;
        reader.unharmed().await?;
        reader.usable().await
    });
}

/// The page changes its mind.
#[test]
fn a_notice_that_was_called_off_can_be_shown_later() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, with_slot("modal", "")).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let once = VETO.replace("preventDefault())", "preventDefault(), { once: true })");
        reader.ask(&format!("(() => {{ {once} Soutien.show(); }})()")).await?;
        reader.event("show").await?;
        reader.no_notice().await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        usable_after_escape(&reader).await
    });
}

/// The page asks for the notice when its tab has been left. Another tab of the site counts its turns, as long as it is.
const LEFT: &str = r#"
witness.sights = [];
document.addEventListener("visibilitychange", () => {
  witness.sights.push([document.visibilityState, performance.now()]);
  if (document.hidden) Soutien.show();
});
const isFetched = () => performance.getEntriesByType("resource").some(({ name }) => name.includes("appeal.js"));
setInterval(() => {
  if (document.hidden && isFetched()) localStorage.turns = Number(localStorage.turns ?? 0) + 1;
}, 500);
"#;

#[test]
fn a_notice_that_is_asked_for_in_a_hidden_tab_waits_until_the_tab_is_seen() {
    run_in(CLEAR, async |kind| {
        let tags = r#"<script src="/left.js"></script><script async"#;
        let mut site = site(&page("").replace("<script async", tags)).with("/left.js", javascript(LEFT));
        site.pages.insert("/other.html".into(), with_tags(""));
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        let first = reader.browser.window().await?;
        let second = reader.browser.new_tab().await?;
        reader.browser.switch_to_window(second).await?;
        let result = async {
            reader.open("/other.html").await?;
            // Three turns are longer than the time after which the notice looks again, also where timers are held back.
            reader.until("Number(localStorage.turns) >= 3").await?;
            Ok(())
        };
        let result: Result<()> = result.await;
        // The browser is shared.
        reader.browser.close_window().await?;
        reader.browser.switch_to_window(first).await?;
        result?;
        reader.notice().await?;
        let show = reader.event("show").await?;
        let sights = reader.ask("witness.sights").await?;
        let seen = sights
            .as_array()
            .and_then(|sights| sights.last())
            .cloned()
            .unwrap_or_default();
        ensure!(
            sights[0][0] == "hidden" && seen[0] == "visible",
            "the tab was not hidden and seen again: {sights}"
        );
        ensure!(
            show["at"].as_f64() >= seen[1].as_f64(),
            "the notice came before the tab was seen: {show}, {sights}"
        );
        usable_after_escape(&reader).await
    });
}
