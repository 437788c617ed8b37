//! Pages within pages: elements in them are hidden as on the page itself, whatever the frame shows.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde_json::json;
use soutien_project::extension::Target;
use soutien_testbed::session::evaluate;
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
