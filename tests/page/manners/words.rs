//! Words of the publisher and of a language, whatever they are.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use soutien_testbed::server::Answer;
use support::browsers::{BLOCKED, Kind, run_in};
use support::reader::Reader;
use support::site::{With, page, site};
use support::views::{VIEWS, with_slot};

use super::{ALWAYS, usable_after_escape};

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
            let words = json!({ "title": "Adblock détecté", "lang": 7, "others": null, "which": null });
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
