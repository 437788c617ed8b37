//! A profile does what the blocker does that it plays, request by request and element by element: uBlock Origin, which is here to be
//! compared with.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_backend::list::List;
use soutien_backend::rule::sample::Sample;
use soutien_project::extension::Target;
use soutien_testbed::fake_internet::{self, Others};
use soutien_testbed::webdriver::Browser;
use support::browsers::run;

use crate::agreement;
use crate::extension::{REQUESTS, browser, select, site, start, turn};

const PROFILE: &str = "ublock-origin";

/// How many requests and how many elements are compared, and how many requests are made at once.
const N_REQUESTS: usize = 400;
const N_ELEMENTS: usize = 400;
const AT_ONCE: usize = 25;

/// Puts elements on the page, and tells which are hidden: where the blocker hides any, once some are and no more were for half a second, otherwise a while
/// later. Every name has an element of its own, with something in it.
const ELEMENTS: &str = r##"
    const [selectors, hidesAny, done] = arguments;
    const elements = selectors.map((selector) => {
        const element = document.createElement("div");
        if (selector.startsWith("#")) element.id = selector.slice(1);
        else element.className = selector.slice(1);
        element.textContent = "texte";
        element.style.height = "20px";
        return element;
    });
    document.body.append(...elements);
    let before = 0;
    const look = () => {
        const hidden = elements.map((element) => getComputedStyle(element).display === "none");
        const count = hidden.filter(Boolean).length;
        if (!hidesAny || (count > 0 && count === before)) return done(hidden);
        before = count;
        setTimeout(look, 500);
    };
    setTimeout(look, hidesAny ? 500 : 1500);"##;

/// Selectors of a class or an id that lists have for every site or for some, evenly drawn, and names that none has.
pub fn selectors(lists: &[List], count: usize) -> Vec<String> {
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_simple = |selector: &&str| {
        selector
            .strip_prefix(['.', '#'])
            .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_of_names))
    };
    let lines = lists.iter().flat_map(|list| &list.lines);
    let found: Vec<&str> = lines
        .filter_map(|line| line.split_once("##").map(|(_, selector)| selector))
        .filter(is_simple)
        .collect();
    let step = (found.len() / count).max(1);
    let mut selectors: Vec<String> = found.into_iter().step_by(step).take(count).map(str::to_owned).collect();
    selectors.extend(
        [
            ".headline",
            ".article-body",
            "#content",
            ".ad-",
            "#banner",
            ".pub",
            ".publicite",
            ".sponsored",
        ]
        .map(str::to_owned),
    );
    selectors
}

/// Makes the requests on a page, and puts elements of the selectors on it: whether each request came, and whether each element is hidden. `hides_any` is
/// whether the blocker hides any of them.
pub async fn visit(
    browser: &Browser,
    samples: &[(String, Sample)],
    selectors: &[String],
    hides_any: bool,
) -> Result<(Vec<Value>, Vec<Value>)> {
    let site = site()?;
    let page = format!("{}/plain.html", site.site);
    let mut came = Vec::new();
    for samples in samples.chunks(AT_ONCE) {
        browser.goto(&page).await?;
        let requests: Vec<_> = samples
            .iter()
            .map(|(_, sample)| json!([sample.address, sample.kind]))
            .collect();
        let answer = browser.execute_async(REQUESTS, vec![json!(requests)]).await?.json().clone();
        came.extend(answer.as_array().cloned().context("the page gives no answers")?);
    }
    browser.goto(&page).await?;
    let hidden = browser
        .execute_async(ELEMENTS, vec![json!(selectors), json!(hides_any)])
        .await?
        .json()
        .clone();
    Ok((came, hidden.as_array().cloned().context("the page gives no answers")?))
}

#[test]
fn the_profile_does_what_ublock_origin_does() {
    run(async {
        let lists = agreement::lists_of(PROFILE)?;
        let samples = agreement::requests_of_pages(&lists, N_REQUESTS);
        let selectors = selectors(&lists, N_ELEMENTS);
        let port = fake_internet::start(Others::Anything).await?;
        let real = Browser::firefox_with_ublock(&[
            ("network.dns.forceResolve", json!("127.0.0.1")),
            ("network.socket.forcePort", json!(format!("443={port}"))),
        ])
        .await?;
        let there = visit(&real, &samples, &selectors, true).await?;
        drop(real);
        let played = start(Target::Firefox, true).await?;
        select(&played, Target::Firefox, PROFILE).await?;
        let here = visit(&played, &samples, &selectors, true).await?;

        let mut differences = Vec::new();
        for (index, (drawn, sample)) in samples.iter().enumerate() {
            if there.0[index] != here.0[index] {
                differences.push(format!(
                    "{} ({}) drawn from {drawn}: came there {}, here {}",
                    sample.address, sample.kind, there.0[index], here.0[index]
                ));
            }
        }
        for (index, selector) in selectors.iter().enumerate() {
            if there.1[index] != here.1[index] {
                differences.push(format!("{selector}: hidden there {}, here {}", there.1[index], here.1[index]));
            }
        }
        let n_blocked = there.0.iter().filter(|came| **came == false).count();
        let n_hidden = there.1.iter().filter(|hidden| **hidden == true).count();
        println!(
            "{} requests, {n_blocked} fail there; {} elements, {n_hidden} hidden there",
            samples.len(),
            selectors.len()
        );
        ensure!(differences.is_empty(), "{} differences: {differences:#?}", differences.len());
        Ok(())
    });
}

/// Elements as pages have them, and whether each profile hides them: one with text alone, one with something of a third party in it, and
/// a bait as old detectors have it, which lists leave alone or force to show.
const KINDS: &str = r#"
    const [done] = arguments;
    const make = (className, inner) => {
        const element = document.createElement("div");
        element.className = className;
        element.append(inner);
        document.body.append(element);
        return element;
    };
    const frame = document.createElement("iframe");
    frame.src = "https://widgets.example/frame";
    const elements = [
        make("ad-leaderboard", "Un texte de la page, sans rien qui vienne d'ailleurs."),
        make("ad_wrapper", frame),
        make("pub_300x250 pub_300x250m pub_728x90 text-ad textAd text_ad text_ads text-ads text-ad-links", "x"),
    ];
    setTimeout(() => done(elements.map((element) => getComputedStyle(element).display === "none")), 1800);"#;

#[track_caller]
fn check_kinds(target: Target) {
    run(async {
        let rows = [
            ("none", [false, false, false]),
            ("adblock-plus", [true, true, false]),
            ("ublock-origin", [true, true, false]),
            ("ublock-lite-basic", [false, false, false]),
            ("ublock-lite-complete", [true, true, false]),
            ("adguard", [true, true, false]),
            ("ghostery", [true, true, false]),
            ("brave-standard", [false, true, false]),
            ("brave-aggressive", [true, true, false]),
            ("dns", [false, false, false]),
            ("firefox-strict", [false, false, false]),
            ("safari", [true, true, false]),
        ];
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        let mut wrong = Vec::new();
        for (profile, expected) in rows {
            select(&browser, target, profile).await?;
            browser.goto(format!("{}/plain.html", site.site)).await?;
            let hidden = browser.execute_async(KINDS, vec![]).await?.json().clone();
            if hidden != json!(expected) {
                wrong.push(format!("{profile}: expected {expected:?}, found {hidden}"));
            }
        }
        // EasyList spares pages of this host what is for every site.
        select(&browser, target, PROFILE).await?;
        browser
            .goto(format!("{}/plain.html", site.site.replace("presse.localhost", "127.0.0.1")))
            .await?;
        let hidden = browser.execute_async(KINDS, vec![]).await?.json().clone();
        if hidden != json!([false, false, false]) {
            wrong.push(format!("a spared page: expected nothing hidden, found {hidden}"));
        }
        ensure!(wrong.is_empty(), "{wrong:#?}");
        Ok(())
    });
}

#[test]
fn each_profile_hides_what_its_blocker_hides_in_chromium() {
    check_kinds(Target::Chromium);
}

#[test]
fn each_profile_hides_what_its_blocker_hides_in_firefox() {
    check_kinds(Target::Firefox);
}
