//! Images and frames that a rule refuses leave no empty box, as under real blockers; those that did not come for another reason do.

use anyhow::ensure;
use serde_json::json;
use soutien_project::extension::Target;
use soutien_testbed::session::evaluate;
use support::browsers::run;
use support::site::add_page;

use crate::extension::{browser, select, site, turn, wait};

/// Images and frames that lists refuse, there from the beginning and late, and their twins, of which one image does not come.
const PAGE: &str = r#"<!DOCTYPE html><title>Page</title><p>Rien.</p>
    <img id="image" width="300" height="250" src="https://securepubads.g.doubleclick.net/a.gif">
    <iframe id="frame" width="300" height="250" src="https://securepubads.g.doubleclick.net/a.html"></iframe>
    <img id="image-twin" width="300" height="250" src="https://images.example/a.gif">
    <img id="image-missing" width="300" height="250" src="/missing.gif">
    <iframe id="frame-twin" width="300" height="250" src="https://widgets.example/a.html"></iframe>
    <script>
        const late = (name, id, src) => document.body.append(Object.assign(document.createElement(name), { id, src, width: 300, height: 250 }));
        addEventListener("load", () => setTimeout(() => {
            late("img", "image-late", "https://securepubads.g.doubleclick.net/b.gif");
            late("iframe", "frame-late", "https://securepubads.g.doubleclick.net/b.html");
            const frame = document.getElementById("frame-twin").cloneNode();
            frame.id = "frame-moved";
            document.body.append(frame);
            setTimeout(() => (frame.src = "https://securepubads.g.doubleclick.net/c.html"), 100);
        }, 100));
        window.boxes = () => [...document.querySelectorAll("img, iframe")]
            .filter((element) => element.getBoundingClientRect().height > 0).map(({ id }) => id);
    </script>"#;

#[track_caller]
fn check(target: Target) {
    run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        add_page(&site, "/boxes.html", PAGE);
        let mut wrong = Vec::new();
        for profile in ["adblock-plus", "ublock-origin", "adguard"] {
            select(&browser, target, profile).await?;
            browser.goto(format!("{}/boxes.html", site.site)).await?;
            let expected = json!(["image-twin", "image-missing", "frame-twin"]);
            let is_so = format!("document.getElementById('frame-moved') && JSON.stringify(boxes()) === '{expected}'");
            if wait(&browser, &is_so).await.is_err() {
                wrong.push((profile, evaluate(&browser, "boxes()").await?));
            }
        }
        select(&browser, target, "none").await?;
        ensure!(wrong.is_empty(), "boxes are there of {}", json!(wrong));
        Ok(())
    });
}

#[test]
fn what_is_refused_leaves_no_box_in_chromium() {
    check(Target::Chromium);
}

#[test]
fn what_is_refused_leaves_no_box_in_firefox() {
    check(Target::Firefox);
}
