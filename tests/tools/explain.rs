//! `cargo xtask explain`, as a QA engineer types it.

use anyhow::ensure;
use support::browsers::run;

use support::commands::text;

use crate::qa::command;

#[test]
fn a_request_is_explained_without_a_browser() {
    run(async {
        let output = command(&[
            "explain",
            "https://presse.example/banners/adv/x.js",
            "--page",
            "https://presse.example/",
        ])?;
        let said = text(&output);
        ensure!(output.status.success(), "{said}");
        let line = |profile: &str| {
            said.lines()
                .find(|line| line.starts_with(profile))
                .unwrap_or_default()
                .to_owned()
        };
        ensure!(
            line("ublock-origin").contains("blocked by /banners/adv/*$~xmlhttprequest (EasyList, line "),
            "{said}"
        );
        ensure!(line("none").contains("let through"), "{said}");
        Ok(())
    });
}

#[test]
fn an_element_is_explained_without_a_browser() {
    run(async {
        let output = command(&["explain", ".ad_wrapper", "--page", "https://presse.example/"])?;
        let said = text(&output);
        ensure!(output.status.success(), "{said}");
        let is_said = |profile: &str, words: &str| {
            said.lines().any(|line| {
                line.split_once(' ')
                    .is_some_and(|(name, rest)| name == profile && rest.trim().starts_with(words))
            })
        };
        for (profile, words) in [
            ("ublock-origin", "hidden by ##.ad_wrapper (EasyList, line "),
            ("adguard", "hidden by ##.ad_wrapper (AdGuard Base filter, line "),
            ("brave-standard", "hidden by ##.ad_wrapper (EasyList, line "),
            ("dns", "shown: the profile hides nothing"),
        ] {
            ensure!(is_said(profile, words), "{profile}: {words:?} is not said: {said}");
        }
        Ok(())
    });
}

#[track_caller]
fn check(what: &str, page: &str, expected: &str) {
    run(async {
        let output = command(&["explain", what, "--page", page, "--profile", "ublock-origin"])?;
        let said = text(&output);
        ensure!(
            said.contains(expected),
            "{what} on {page}: expected {expected:?}, found {said}"
        );
        Ok(())
    });
}

#[test]
fn an_element_that_is_shown_is_explained_as_well() {
    check("#soutien.un-nom", "https://presse.example/", "shown: no rule is about it");
    let spared = "shown: a list spares the page the rules for every site, from ##.ad_wrapper (EasyList, line ";
    check("#soutien.ad_wrapper", "http://localhost:8000/", spared);
}

#[test]
fn what_is_neither_an_address_nor_an_element_is_told() {
    for what in ["presse.example/x.js", "div.ad_wrapper", ".a > .b"] {
        let told = format!("error: found {what:?}, expected an address such as https://ads.example/a.js, or an element");
        check(what, "https://presse.example/", &told);
    }
    check(
        ".ad_wrapper",
        "presse.example",
        "error: found the page \"presse.example\", expected an address",
    );
}

#[test]
fn names_that_a_publisher_has_in_mind_are_checked() {
    run(async {
        let output = command(&[
            "check-names",
            "soutien/soutien.js",
            "soutien/appeal.js",
            "soutien/numbers.js",
            "appeal",
        ])?;
        ensure!(output.status.success(), "{}", text(&output));
        // So are those of the notice, which stand in its script.
        let script = std::fs::read_to_string(soutien_project::root().join("web/notice/draw.js"))?;
        let mut names: Vec<&str> = script
            .split(['{', ','])
            .filter_map(|part| {
                let (_, rest) = part.split_once("class: \"").or_else(|| part.split_once("id: \""))?;
                rest.split_once('"').map(|(names, _)| names)
            })
            .flat_map(|names| names.split(' '))
            .collect();
        names.extend(["modal", "banner", "inline"]);
        ensure!(
            names.contains(&"sheet") && names.contains(&"title"),
            "web/notice/draw.js is written otherwise: {names:?}"
        );
        let output = command(&[&["check-names"], &names[..]].concat())?;
        ensure!(output.status.success(), "{}", text(&output));
        let output = command(&["check-names", "adblock-modal", "banners/adv/ad_top.js"])?;
        let said = text(&output);
        ensure!(output.status.code() == Some(1), "{said}");
        ensure!(
            said.contains("as script: /banners/adv/*$~xmlhttprequest (EasyList, line "),
            "{said}"
        );
        Ok(())
    });
}
