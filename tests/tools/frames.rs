//! Pages within pages: elements in them are hidden as on the page itself, whatever the frame shows, and none speaks for the tab.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde_json::json;
use soutien_project::extension::Target;
use soutien_testbed::session::{ask, evaluate, popup};
use support::browsers::run;
use support::site::add_page;

use crate::extension::{browser, select, site, turn, wait};

/// What each frame has: an element that lists hide, and one that none does.
const INNER: &str = r#"<div class="ad_wrapper">x</div><div class="headline">x</div>"#;

/// Tells the page around a frame of another site what is hidden there.
const TELL: &str = "<script>setInterval(() => parent.postMessage([...document.querySelectorAll('div')]
    .map((element) => getComputedStyle(element).display === 'none'), '*'), 50);</script>";

/// A page with a frame of each kind, which tells of each what is hidden there.
fn page(other: &str) -> String {
    format!(
        r#"<!DOCTYPE html><title>Page</title><p>Rien.</p>
        <iframe id="own" src="/inner.html"></iframe>
        <iframe id="other" src="{other}/telling.html"></iframe>
        <iframe id="blank" src="about:blank"></iframe>
        <iframe id="text" srcdoc='{INNER}'></iframe>
        <script>
            const inner = `{INNER}`;
            const make = (id) => document.body.appendChild(Object.assign(document.createElement("iframe"), {{ id }}));
            make("made").contentDocument.body.innerHTML = inner;
            const written = make("written").contentDocument;
            written.open();
            written.write(inner);
            written.close();
            addEventListener("load", () => (document.getElementById("blank").contentDocument.body.innerHTML = inner));
            let told;
            addEventListener("message", ({{ data }}) => (told = data));
            const isHidden = (frame) => {{
                if (frame.id === "other") return told;
                const {{ contentDocument, contentWindow }} = frame;
                return [...contentDocument.querySelectorAll("div")].map((element) => contentWindow.getComputedStyle(element).display === "none");
            }};
            window.found = () => Object.fromEntries([...document.querySelectorAll("iframe")].map((frame) => [frame.id, isHidden(frame)]));
        </script>"#
    )
}

#[track_caller]
fn check(target: Target) {
    run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        let other = site.site.replace("presse.localhost", "autre.example");
        add_page(&site, "/frames.html", &page(&other));
        add_page(&site, "/inner.html", &format!("<!DOCTYPE html><title>Cadre</title>{INNER}"));
        add_page(
            &site,
            "/telling.html",
            &format!("<!DOCTYPE html><title>Cadre</title>{INNER}{TELL}"),
        );
        let mut wrong = BTreeMap::new();
        // What is put on a page at once, and what is put there for its names.
        for profile in ["adblock-plus", "ublock-origin"] {
            select(&browser, target, profile).await?;
            browser.goto(format!("{}/frames.html", site.site)).await?;
            let kinds = ["own", "other", "blank", "text", "made", "written"];
            let expected: BTreeMap<&str, [bool; 2]> = kinds.map(|kind| (kind, [true, false])).into();
            let expected = json!(expected);
            let is_so = "Object.values(found()).every((hidden) => hidden?.[0] && !hidden[1])";
            if wait(&browser, is_so).await.is_err() {
                wrong.insert(profile, evaluate(&browser, "found()").await?);
            } else {
                ensure!(
                    evaluate(&browser, "found()").await? == expected,
                    "it did not stay so under {profile}"
                );
            }
        }
        select(&browser, target, "none").await?;
        ensure!(
            wrong.is_empty(),
            "expected the first of two elements hidden in each frame, found {}",
            json!(wrong)
        );
        Ok(())
    });
}

#[test]
fn elements_in_frames_are_hidden_in_chromium() {
    check(Target::Chromium);
}

#[test]
fn elements_in_frames_are_hidden_in_firefox() {
    check(Target::Firefox);
}

/// A page within a page that asks for a profile, gives a verdict and a problem, and asks for what is known of the tab; it tells the page
/// around it when it is done, and what it was answered.
const SPEAKER: &str = r#"<!DOCTYPE html><title>Cadre</title><script>
    addEventListener("load", () => {
        const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
        let heard = "nothing";
        document.addEventListener("soutien:state", ({ detail }) => (heard = detail));
        say("soutien:verdict", { kind: "clear", cause: "none", signals: [], ms: 1 });
        say("soutien:problem", { key: "key", given: "given", used: "used" });
        say("soutien:profile", "safari");
        say("soutien:ask");
        setTimeout(() => parent.postMessage(heard, "*"), 500);
    });
</script>"#;

#[track_caller]
fn check_speaker(target: Target) {
    run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        add_page(
            &site,
            "/around.html",
            r#"<!DOCTYPE html><title>Page</title><iframe src="/speaker.html?soutien-profile=dns"></iframe><script>
                addEventListener("message", ({ data }) => (window.heard = data));
                document.addEventListener("soutien:state", ({ detail }) => (window.state = JSON.parse(detail)));
            </script>"#,
        );
        add_page(&site, "/speaker.html", SPEAKER);
        select(&browser, target, "adblock-plus").await?;
        browser.goto(format!("{}/around.html", site.site)).await?;
        let heard = wait(&browser, "window.heard").await?;
        ensure!(heard == "nothing", "a page within a page is told of the tab: {heard}");
        let state = "(document.dispatchEvent(new CustomEvent('soutien:ask')), window.state)";
        let state = wait(&browser, state).await?;
        ensure!(
            state["profile"] == "adblock-plus" && state["verdict"].is_null() && state["problems"] == json!([]),
            "a page within a page has spoken for the tab: {state:#}"
        );
        browser.goto(popup(target)).await?;
        let played = ask(&browser, json!({ "kind": "state", "tab": null })).await?["profile"].clone();
        ensure!(played == "adblock-plus", "a page within a page has switched to {played}");
        select(&browser, target, "none").await
    });
}

#[test]
fn a_page_within_a_page_does_not_speak_for_the_tab_in_chromium() {
    check_speaker(Target::Chromium);
}

#[test]
fn a_page_within_a_page_does_not_speak_for_the_tab_in_firefox() {
    check_speaker(Target::Firefox);
}
