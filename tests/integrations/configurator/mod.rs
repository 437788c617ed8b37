//! The configurator as a publisher meets it: controls for every option, the preview by the real module, and a tag that works when it is
//! pasted.

mod preview;

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien::reference::ATTRIBUTES;
use soutien_project::root;
use soutien_testbed::server::{Answer, CONFIGURATOR, Options};
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::{CLEAR, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With, add_page, javascript, page, site, with_tags};
use support::views::{pretend_media, pretend_size, pretending};
use thirtyfour::{By, Key};
use xtask::setup::{Need, require};

/// What a page has whose analytics are there.
const TRACKERS: &str = "window.dataLayer = []; window._paq = []; window.plausible = () => {};";

/// The witness of the preview.
const PREVIEW: &str = "frames[0].witness";

/// A site that has the configurator, with the witness in it and in its preview.
fn with_configurator() -> Result<Options> {
    let trackers = javascript(TRACKERS);
    let mut options = site(&page("")).with("/trackers.js", trackers);
    for (path, file) in [("", "index.html"), ("preview.html", "preview.html")] {
        let html = fs::read_to_string(root().join("dist/configurator").join(file)).context("run `cargo xtask build`")?;
        let html = html.replacen("<head>", r#"<head><script src="/witness.js"></script>"#, 1);
        options.pages.insert(format!("{CONFIGURATOR}{path}"), html);
    }
    Ok(options)
}

/// A publisher who opens the configurator by an address with this behind its `#`.
async fn publisher(kind: Kind, hash: &str) -> Result<Reader> {
    let publisher = Reader::new(kind, with_configurator()?).await?;
    configure(&publisher, hash).await?;
    Ok(publisher)
}

/// A file of dist/ that is JSON.
fn built(name: &str) -> Result<Value> {
    let path = root().join("dist").join(name);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// What the notice says in a language under a key.
fn words(language: &str, key: &str) -> Result<String> {
    let text = built(&format!("site/lang/{language}.json"))?[key].as_str().map(str::to_owned);
    Ok(text
        .with_context(|| format!("no {key} in {language}"))?
        .replace("{site}", "presse.localhost"))
}

/// The integrity of soutien.js, as the manifest has it.
fn integrity() -> Result<String> {
    let manifest = built("site/manifest.json")?;
    let files = manifest["files"].as_array().context("no files in the manifest")?;
    let loader = files
        .iter()
        .find(|file| file["name"] == "soutien.js")
        .context("no soutien.js")?;
    Ok(loader["integrity"].as_str().unwrap_or_default().to_owned())
}

/// The tag that has these attributes of ours.
fn tag(attributes: &[(String, String)]) -> Result<String> {
    let mut tag = format!(
        "<script async src=\"/assets/soutien/soutien.js\"\n  integrity=\"{}\"",
        integrity()?
    );
    for (key, value) in attributes {
        tag += &format!("\n  data-{key}=\"{value}\"");
    }
    Ok(tag + "></script>")
}

/// Opens the configurator by an address with this behind its `#`, and waits for the preview.
async fn configure(publisher: &Reader, hash: &str) -> Result<()> {
    // Another query, because browsers do not load a page anew for another `#`.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    publisher.open(&format!("{CONFIGURATOR}?{count}#{hash}")).await?;
    // geckodriver 0.37 does not wait for an address that has the same `#` as the one before, and the old page is drawn, too.
    publisher.until(&format!("location.search === '?{count}'")).await?;
    drawn(publisher).await
}

/// Waits until the preview shows what the form says.
async fn drawn(publisher: &Reader) -> Result<()> {
    publisher.until("document.documentElement.dataset.state === 'ready'").await?;
    Ok(())
}

/// Sets the controls of a name to a value: by the mouse where there is something to click, else by the keyboard.
async fn set(publisher: &Reader, name: &str, value: &str) -> Result<()> {
    let (quoted_name, quoted_value) = (json!(name), json!(value));
    let choice = format!(
        "[...document.getElementsByName({quoted_name})].flatMap((control) => [control, ...(control.options ?? [])])
            .find((choice) => choice.matches('option, [type=radio], [type=checkbox]') && choice.value === {quoted_value})"
    );
    if publisher.ask(&format!("!!{choice}")).await? == true {
        publisher.click_what(&choice).await?;
    } else {
        let field = publisher.browser.find(By::Name(name)).await?;
        field.send_keys(Key::Control + "a").await?;
        field.send_keys(value).await?;
    }
    drawn(publisher).await.with_context(|| format!("{name} is {value}"))
}

/// The tag that there is to copy.
async fn shown_tag(publisher: &Reader) -> Result<String> {
    let tag = publisher.ask("document.querySelector('#tag').textContent").await?;
    Ok(tag.as_str().unwrap_or_default().to_owned())
}

/// Puts a tag into a page of the site, opens that, and expects a verdict and no problem.
async fn paste(publisher: &Reader, tag: &str) -> Result<()> {
    let html = with_tags(&format!(r#"<script src="/trackers.js"></script>{tag}"#));
    add_page(&publisher.site, "/pasted.html", &html);
    publisher.open("/pasted.html").await?;
    publisher.event("verdict").await?;
    publisher.settled().await?;
    publisher
        .expect("witness.events.filter(({ name }) => name === 'problem')", json!([]))
        .await?;
    publisher.unharmed().await
}

/// What the preview's notice has under a heading, a status or the like.
async fn preview_says(publisher: &Reader, selector: &str, expected: &str) -> Result<()> {
    let text = format!("{PREVIEW}.notice().querySelector(\"{selector}\").textContent");
    publisher.expect(&text, expected).await
}

#[test]
fn every_option_of_the_table_has_a_control_with_its_words() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        let names = "[...new Set([...document.querySelectorAll('form [name^=data-]')].map(({ name }) => name))]";
        let expected: Vec<String> = ATTRIBUTES.iter().map(|attribute| format!("data-{}", attribute.key)).collect();
        publisher.expect(names, expected).await?;
        for attribute in ATTRIBUTES {
            let key = attribute.key;
            let field = format!("document.querySelector('[name=data-{key}]').closest('.field')");
            let text = publisher.ask(&format!("{field}.innerText")).await?;
            let text = text.as_str().unwrap_or_default().to_lowercase();
            let begin = attribute.does.english.replace('`', "").to_lowercase();
            let begin = begin.split('[').next().unwrap_or_default();
            let name = format!("{} data-{key}", attribute.label.english.to_lowercase());
            ensure!(text.starts_with(&name), "{key}: {text}, expected {name}");
            ensure!(text.contains(begin), "{key} says {text}, expected {begin}");
        }
        publisher.unharmed().await
    });
}

/// By the controls of all options, one after the other, each with a value that is not its default.
#[test]
fn every_control_changes_the_tag_and_the_tag_works_where_it_is_pasted() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        let mut expected = Vec::new();
        ensure!(
            shown_tag(&publisher).await? == tag(&expected)?,
            "{}",
            shown_tag(&publisher).await?
        );
        let options = built("configurator/options.json")?;
        for option in options["attributes"].as_array().context("no attributes")? {
            let (key, initial) = (
                option["key"].as_str().unwrap_or_default(),
                option["initial"].as_str().unwrap_or_default(),
            );
            let name = format!("data-{key}");
            let texts = |list: &str| -> Vec<String> {
                let texts = option[list].as_array().into_iter().flatten();
                texts.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            let value = match option["control"].as_str() {
                Some("choice") => texts("choices")
                    .into_iter()
                    .rfind(|choice| choice != initial && !choice.is_empty()),
                Some("several") => Some(texts("choices").join(" ")),
                Some("number") => Some("3".into()),
                // The demo's own policy lets it ask no other host.
                _ if key.starts_with("probe") => Some("/images/beffroi.svg".into()),
                _ => option["example"].as_str().map(str::to_owned),
            };
            let value = value.with_context(|| format!("{key} has one value"))?;
            if option["control"] == "several" {
                for part in value.split(' ') {
                    set(&publisher, &name, part).await?;
                }
            } else {
                set(&publisher, &name, &value).await?;
            }
            expected.push((key.to_owned(), value));
            let found = shown_tag(&publisher).await?;
            ensure!(found == tag(&expected)?, "after {key} the tag is {found}");
        }
        publisher
            .expect(
                "[...document.querySelectorAll('.problem')].map((problem) => problem.innerText).join('')",
                "",
            )
            .await?;
        publisher.unharmed().await?;
        let tag = shown_tag(&publisher).await?;
        paste(&publisher, &tag).await
    });
}

#[test]
fn what_is_typed_reaches_the_pasted_page_as_it_is() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        let title = r#"« Aidez » "nous" & <b>merci</b> 'tous'"#;
        set(&publisher, "data-title", title).await?;
        set(&publisher, "data-policy", "always").await?;
        preview_says(&publisher, "h2", title).await?;
        let tag = shown_tag(&publisher).await?;
        paste(&publisher, &tag).await?;
        publisher.ask("Soutien.show()").await?;
        publisher.notice().await?;
        publisher
            .expect("witness.notice().querySelector('h2').textContent", title)
            .await
    });
}

/// The module itself judges: the value stays as it was typed, what is used is said, and the tag does without.
#[test]
fn a_value_that_the_module_refuses_is_named_beside_its_field_and_is_not_in_the_tag() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        for (key, wrong, used, right) in [
            ("snooze", "une semaine", "7d", "2d"),
            ("share", "250", "100", "25"),
            ("support-url", "javascript:alert(1)", "no link", "/soutenir"),
            ("exempt", "p:::q", "nobody is exempt", ".abonne"),
        ] {
            let name = format!("data-{key}");
            let problem = format!("document.querySelector('#{name}-problem').innerText");
            let is_marked = format!("document.querySelector('[name={name}]').getAttribute('aria-invalid')");
            set(&publisher, &name, wrong).await?;
            let said = publisher.ask(&problem).await?;
            ensure!(said.as_str().is_some_and(|said| said.contains(used)), "{key}: {said}");
            publisher.expect(&is_marked, "true").await?;
            publisher
                .expect(&format!("document.querySelector('[name={name}]').value"), wrong)
                .await?;
            ensure!(
                !shown_tag(&publisher).await?.contains(&name),
                "{}",
                shown_tag(&publisher).await?
            );
            set(&publisher, &name, right).await?;
            publisher.expect(&problem, "").await?;
            publisher.expect(&is_marked, Value::Null).await?;
            ensure!(
                shown_tag(&publisher).await?.contains(&format!("{name}=\"{right}\"")),
                "{}",
                shown_tag(&publisher).await?
            );
        }
        publisher.unharmed().await
    });
}

#[test]
fn the_tag_is_copied_and_that_is_said() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "data-view=banner").await?;
        let tag = shown_tag(&publisher).await?;
        // A field of one line has blanks for the ends of lines.
        let pasted = json!(tag.split_whitespace().collect::<Vec<_>>().join(" "));
        // The second time without a clipboard to write to, as on a page without https.
        for name in ["data-title", "data-text"] {
            publisher.click("[data-copy=tag]").await?;
            publisher
                .until("document.querySelector('#copied').innerText === 'Copied.'")
                .await?;
            publisher.click(&format!("[name='{name}']")).await?;
            let keys = publisher.browser.action_chain().key_down(Key::Control).send_keys("v");
            keys.key_up(Key::Control).perform().await?;
            publisher
                .until(&format!(
                    "document.querySelector(\"[name='{name}']\").value.replace(/\\s+/g, ' ') === {pasted}"
                ))
                .await?;
            drawn(&publisher).await?;
            configure(&publisher, "data-view=banner").await?;
            publisher
                .ask("Object.defineProperty(navigator, 'clipboard', { value: undefined }) && true")
                .await?;
        }
        publisher.unharmed().await
    });
}

#[test]
fn the_address_keeps_the_choices() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        publisher.expect("location.hash", "").await?;
        set(&publisher, "data-view", "inline").await?;
        set(&publisher, "data-text", "Merci à tous & à toutes").await?;
        set(&publisher, "page.scheme", "dark").await?;
        set(&publisher, "page.folder", "/presse").await?;
        set(&publisher, "--soutien-accent", "#063").await?;
        let tag = shown_tag(&publisher).await?;
        ensure!(tag.contains("src=\"/presse/soutien.js\""), "{tag}");
        let hash = publisher.ask("location.hash.slice(1)").await?;
        configure(&publisher, hash.as_str().unwrap_or_default()).await?;
        ensure!(
            shown_tag(&publisher).await? == tag,
            "{} is not {tag}",
            shown_tag(&publisher).await?
        );
        publisher
            .expect("document.querySelector('[name=\"page.scheme\"]:checked').value", "dark")
            .await?;
        publisher
            .expect(
                "document.querySelector('#style').textContent",
                ":root {\n  --soutien-accent: #063;\n}",
            )
            .await?;
        publisher
            .expect(
                &format!("frames[0].getComputedStyle({PREVIEW}.notice().querySelector('.first')).backgroundColor"),
                "rgb(0, 102, 51)",
            )
            .await?;
        // What no control has is left out.
        configure(&publisher, "data-view=rien&data-rien=1&page.blocker=rien").await?;
        ensure!(
            shown_tag(&publisher).await? == self::tag(&[])?,
            "{}",
            shown_tag(&publisher).await?
        );
        configure(&publisher, hash.as_str().unwrap_or_default()).await?;
        publisher.click("#defaults").await?;
        drawn(&publisher).await?;
        publisher.expect("location.hash", "").await?;
        ensure!(
            shown_tag(&publisher).await? == self::tag(&[])?,
            "{}",
            shown_tag(&publisher).await?
        );
        publisher.unharmed().await
    });
}

#[test]
fn the_page_speaks_french_as_well() {
    run_in(CLEAR, async |kind| {
        let publisher = publisher(kind, "").await?;
        publisher.click("#language").await?;
        drawn(&publisher).await?;
        publisher.expect("document.documentElement.lang", "fr").await?;
        publisher
            .expect("document.title", "Soutien\u{a0}: options, aperçu, balise")
            .await?;
        preview_says(&publisher, "h2", &words("fr", "title")?).await?;
        let english =
            "[...document.querySelectorAll('.en')].filter((part) => part.checkVisibility()).map(({ innerText }) => innerText)";
        publisher.expect(english, json!([])).await?;
        set(&publisher, "data-snooze", "une semaine").await?;
        let said = publisher
            .ask("document.querySelector('#data-snooze-problem').innerText")
            .await?;
        ensure!(
            said.as_str().is_some_and(|said| said.contains("utiliserait\u{a0}: 7d")),
            "{said}"
        );
        publisher.unharmed().await
    });
}

#[test]
fn what_is_missing_is_said() {
    run_in(CLEAR, async |kind| {
        let alone = with_configurator()?.with("/soutien/manifest.json", Answer::Status(404));
        let publisher = Reader::new(kind, alone).await?;
        publisher.open(CONFIGURATOR).await?;
        let failure = "document.querySelector('#failure').innerText";
        publisher
            .until(&format!("{failure}.includes('/soutien/manifest.json → 404')"))
            .await?;
        drop(publisher);

        let refuse = Answer::Header("x-frame-options".into(), "DENY".into());
        let framed = with_configurator()?.with(&format!("{CONFIGURATOR}preview.html"), refuse);
        let publisher = Reader::new(kind, framed).await?;
        configure(&publisher, "data-view=banner").await?;
        publisher
            .until("document.querySelector('#seen').innerText.includes('X-Frame-Options')")
            .await?;
        // The tag is there all the same.
        ensure!(shown_tag(&publisher).await? == tag(&[("view".into(), "banner".into())])?);
        drop(publisher);

        let broken = with_configurator()?.with("/soutien/appeal.js", Answer::Status(404));
        let publisher = Reader::new(kind, broken).await?;
        configure(&publisher, "").await?;
        publisher
            .until("document.querySelector('#seen').innerText.includes('appeal.js')")
            .await?;
        Ok(())
    });
}

/// What axe finds wrong with the page.
async fn violations(browser: &Browser) -> Result<Vec<String>> {
    let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
    browser.execute(axe, vec![]).await?;
    let script = "const done = arguments[0]; axe.run().then(({ violations }) =>
        done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')}`)));";
    let found = browser.execute_async(script, vec![]).await?.json().clone();
    Ok(serde_json::from_value(found)?)
}

/// Asserts that axe finds nothing, with everything unfolded and something wrong in a field, and keeps a picture.
async fn check_with_axe(publisher: &Reader, name: &str) -> Result<()> {
    configure(
        publisher,
        "data-view=banner&data-snooze=une+semaine&--soutien-radius=0&--soutien-accent=)",
    )
    .await?;
    publisher
        .ask("[...document.querySelectorAll('details')].forEach((details) => (details.open = true))")
        .await?;
    let found = violations(&publisher.browser).await?;
    ensure!(found.is_empty(), "{name}: axe finds {found:#?}");
    publisher.keep_shot(&format!("configurator-{name}.png")).await?;
    publisher.unharmed().await
}

#[test]
fn axe_finds_nothing_in_chromium_in_either_scheme_nor_on_a_phone() {
    run(async {
        let publisher = publisher(Kind::Chromium, "").await?;
        pretending(&publisher, async |publisher| {
            for scheme in ["light", "dark"] {
                pretend_media(publisher, "prefers-color-scheme", scheme).await?;
                for (width, height) in [(1440, 900), (320, 640)] {
                    pretend_size(publisher, width, height).await?;
                    check_with_axe(publisher, &format!("chromium-{scheme}-{width}")).await?;
                    publisher
                        .expect("document.documentElement.scrollWidth <= innerWidth", true)
                        .await?;
                }
            }
            Ok(())
        })
        .await
    });
}

/// Firefox's colour scheme is that of its start.
#[test]
fn axe_finds_nothing_in_firefox_in_either_scheme() {
    run(async {
        let publisher = publisher(Kind::Firefox, "").await?;
        check_with_axe(&publisher, "firefox-light").await?;
        drop(publisher);
        let browser = Browser::firefox(&[("ui.systemUsesDarkTheme", json!(1))], Certificates::Vouched).await?;
        let publisher = Reader::with_browser(browser, with_configurator()?)?;
        check_with_axe(&publisher, "firefox-dark").await?;
        publisher
            .expect("matchMedia('(prefers-color-scheme: dark)').matches", true)
            .await?;
        // The preview has the colours that are chosen there.
        publisher
            .expect("frames[0].matchMedia('(prefers-color-scheme: dark)').matches", false)
            .await
    });
}
