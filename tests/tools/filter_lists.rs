//! What docs/filter-lists.md says of each rule, tried with the extension, which plays it as a list that its reader has pasted.

use anyhow::{Context as _, ensure};
use serde_json::json;
use soutien_project::extension::Target;
use soutien_testbed::session::{ask, evaluate, popup};
use support::browsers;
use support::filter_lists::rules;
use support::site::add_page;

use crate::extension::{browser, select, site, turn, wait};

/// A page on which the notice is shown, and that writes down what was refused and told.
const PAGE: &str = r#"<!DOCTYPE html><html lang="fr"><title>Page</title><p>Rien.</p>
<script>
    window.found = { refused: [], problems: [], notice: () =>
        [...document.querySelectorAll("[data-soutien]")].some((host) => {
            const dialog = host.shadowRoot?.querySelector("dialog[open]");
            return dialog?.checkVisibility() && dialog.offsetHeight > 0;
        }) };
    addEventListener("error", ({ target }) => target.src && found.refused.push(new URL(target.src).pathname), true);
    document.addEventListener("soutien:problem", ({ detail }) => found.problems.push(detail.key));
    document.addEventListener("soutien:ready", () => Soutien.show());
</script>
<script async src="/soutien/soutien.js" data-lang="fr" data-consent="given" data-endpoint="/chiffres"></script>"#;

/// What a page is like once each rule of the document has done what it says, in JavaScript.
const OUTCOMES: [&str; 6] = [
    "found.problems.includes('notice') && !found.notice()",
    "found.problems.includes('notice') && !found.notice()",
    "found.problems.includes('appeal.js') && !found.notice()",
    "found.refused.includes('/soutien/soutien.js') && !window.Soutien",
    "found.refused.includes('/soutien/soutien.js') && !window.Soutien",
    "found.problems.includes('numbers.js') && found.notice()",
];

#[track_caller]
fn check(target: Target) {
    browsers::run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let rules = rules()?;
        let without = [("! no rule".to_owned(), "found.notice() && found.problems.length === 0")];
        for (rule, outcome) in without.into_iter().chain(rules.into_iter().zip(OUTCOMES)) {
            browser.goto(popup(target)).await?;
            let text = rule.replace("journal.example", "presse.localhost");
            let state = ask(&browser, json!({ "kind": "lists", "text": text })).await?;
            ensure!(state["lists"]["nLeft"] == 0, "{rule} is not played: {}", state["lists"]);
            select(&browser, target, "your-lists").await?;
            let site = site()?;
            add_page(&site, "/rule.html", PAGE);
            browser.goto(format!("{}/rule.html", site.site)).await?;
            let found = wait(&browser, outcome).await;
            let told = evaluate(&browser, "JSON.stringify(found)").await?;
            found.with_context(|| format!("{rule}: {told}"))?;
        }
        browser.goto(popup(target)).await?;
        ask(&browser, json!({ "kind": "lists", "text": "" })).await?;
        select(&browser, target, "none").await
    });
}

#[test]
fn each_rule_does_what_the_document_says_in_chromium() {
    check(Target::Chromium);
}

#[test]
fn each_rule_does_what_the_document_says_in_firefox() {
    check(Target::Firefox);
}
