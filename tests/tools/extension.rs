//! The companion extension: each profile leads to the verdict that `extension/profiles.json` says, and nobody but the user switches it.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_backend::filter::{Decision, Filter};
use soutien_lists::profiles;
use soutien_project::extension::Target;
use soutien_project::root;
use soutien_testbed::fake_internet::{self, Others};
use soutien_testbed::server::{self, Options, Running};
use soutien_testbed::session::{self, ask, popup};
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::run;
use support::site::add_page;
use support::waiting::{POLL, SLOW};
use tokio::sync::{Mutex, OnceCell};

use crate::agreement;

/// A page with the ad tags of two networks, three slots of the demo's own, and two ad hosts that are probed.
fn page() -> Result<String> {
    let html = std::fs::read_to_string(root().join("www/index.html"))?;
    let probes =
        "https://securepubads.g.doubleclick.net/tag/js/gpt.js https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js";
    let tag = r#"<script async src="/soutien/soutien.js""#;
    ensure!(html.contains(tag), "www/index.html has no tag that begins with {tag}");
    let html = html.replace(tag, &format!(r#"{tag} data-consent="given" data-probe="{probes}""#));
    let head = r#"<head>
        <script>document.addEventListener("soutien:verdict", ({ detail }) => (window.seen ??= JSON.parse(JSON.stringify(detail))));</script>
        <script async src="https://securepubads.g.doubleclick.net/tag/js/gpt.js"></script>
        <script async src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js"></script>"#;
    Ok(html.replacen("<head>", head, 1))
}

pub fn site() -> Result<Running> {
    let site = server::start(Options {
        port: 0,
        csp: Some(String::new()),
        ..Options::default()
    })?;
    add_page(&site, "/page.html", &page()?);
    add_page(&site, "/plain.html", "<!DOCTYPE html><title>Page</title><p>Rien.</p>");
    Ok(site)
}

/// A browser with the extension in its variant for machines, which one test uses at a time.
struct Shared {
    turn: Mutex<()>,
    browser: OnceCell<Arc<Browser>>,
}

static CHROMIUM: Shared = Shared {
    turn: Mutex::const_new(()),
    browser: OnceCell::const_new(),
};
static FIREFOX: Shared = Shared {
    turn: Mutex::const_new(()),
    browser: OnceCell::const_new(),
};

/// The port that stands for the rest of the web in all tests of this file.
static WORLD: LazyLock<OnceCell<u16>> = LazyLock::new(OnceCell::new);

pub async fn browser(target: Target) -> Result<Arc<Browser>> {
    let shared = match target {
        Target::Chromium => &CHROMIUM,
        Target::Firefox => &FIREFOX,
    };
    let browser = shared
        .browser
        .get_or_try_init(|| async { Ok::<_, anyhow::Error>(Arc::new(start(target, true).await?)) });
    Ok(browser.await?.clone())
}

pub async fn turn(target: Target) -> tokio::sync::MutexGuard<'static, ()> {
    match target {
        Target::Chromium => CHROMIUM.turn.lock().await,
        Target::Firefox => FIREFOX.turn.lock().await,
    }
}

/// Starts a browser with the extension, for which the local stand-in answers as the rest of the web.
pub async fn start(target: Target, qa: bool) -> Result<Browser> {
    let port = *WORLD.get_or_try_init(|| fake_internet::start(Others::Anything)).await?;
    session::start(target, &target.folder(qa), Some(port), Certificates::Any).await
}

/// Waits until an expression is neither null nor false on the page, and gives it.
pub async fn wait(browser: &Browser, expression: &str) -> Result<Value> {
    let value = session::wait(browser, expression, SLOW).await?;
    value.with_context(|| format!("after {} s there is no {expression}", SLOW.as_secs()))
}

pub async fn select(browser: &Browser, target: Target, profile: &str) -> Result<()> {
    browser.goto(popup(target)).await?;
    let state = ask(browser, json!({ "kind": "select", "profile": profile })).await?;
    ensure!(
        state["profile"] == profile,
        "expected the profile {profile}, found {}",
        state["profile"]
    );
    Ok(())
}

/// A profile leads to the verdict that it should.
#[track_caller]
fn check(target: Target, profile: &str) {
    run(async {
        let profiles = profiles::read()?;
        let expected = profiles.find(profile).and_then(|profile| profile.expected.clone());
        let expected = expected.with_context(|| format!("{profile} is no profile with an expected verdict"))?;
        let expected = match target {
            Target::Chromium => expected.chromium,
            Target::Firefox => expected.firefox,
        };
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        select(&browser, target, profile).await?;
        let site = site()?;
        browser.goto(format!("{}/page.html", site.site)).await?;
        let verdict = wait(&browser, "window.seen").await?;
        ensure!(
            verdict["kind"] == expected.kind && verdict["cause"] == expected.cause,
            "{profile} in {}: expected {}, {}; found {verdict:#}",
            target.name(),
            expected.kind,
            expected.cause
        );
        Ok(())
    });
}

macro_rules! profiles {
    ($($chromium:ident, $firefox:ident: $name:literal;)*) => {
        $(#[test]
        fn $chromium() {
            check(Target::Chromium, $name);
        }

        #[test]
        fn $firefox() {
            check(Target::Firefox, $name);
        })*

        #[test]
        fn every_profile_with_a_verdict_has_its_rows() {
            run(async {
                let tested = HashSet::from([$($name),*]);
                let profiles = profiles::read()?;
                let untested: Vec<_> = profiles.profiles.iter()
                    .filter(|profile| profile.expected.is_some() && !tested.contains(profile.name.as_str()))
                    .map(|profile| &profile.name).collect();
                ensure!(untested.is_empty(), "no test plays {untested:?}");
                Ok(())
            });
        }
    };
}

profiles! {
    no_blocker_in_chromium, no_blocker_in_firefox: "none";
    adblock_plus_in_chromium, adblock_plus_in_firefox: "adblock-plus";
    acceptable_ads_in_chromium, acceptable_ads_in_firefox: "adblock-plus-acceptable-ads";
    ublock_origin_in_chromium, ublock_origin_in_firefox: "ublock-origin";
    ublock_lite_basic_in_chromium, ublock_lite_basic_in_firefox: "ublock-lite-basic";
    ublock_lite_complete_in_chromium, ublock_lite_complete_in_firefox: "ublock-lite-complete";
    adguard_in_chromium, adguard_in_firefox: "adguard";
    ghostery_in_chromium, ghostery_in_firefox: "ghostery";
    brave_standard_in_chromium, brave_standard_in_firefox: "brave-standard";
    brave_aggressive_in_chromium, brave_aggressive_in_firefox: "brave-aggressive";
    dns_in_chromium, dns_in_firefox: "dns";
    firefox_strict_in_chromium, firefox_strict_in_firefox: "firefox-strict";
    safari_in_chromium, safari_in_firefox: "safari";
    warning_removal_in_chromium, warning_removal_in_firefox: "warning-removal";
    annoyances_in_chromium, annoyances_in_firefox: "annoyances";
    no_fill_in_chromium, no_fill_in_firefox: "no-fill";
}

/// Requests for these addresses, by the page: which came.
pub const REQUESTS: &str = r#"
    const [requests, done] = arguments;
    const element = (name, address) => new Promise((resolve) => {
        const element = document.createElement(name);
        element.onload = () => resolve(true);
        element.onerror = () => resolve(false);
        element.src = address;
        document.body.append(element);
    });
    const ways = {
        script: (address) => element("script", address),
        image: (address) => element("img", address),
        xmlhttprequest: (address) => fetch(address, { mode: "no-cors", cache: "no-store" }).then(() => true, () => false),
    };
    Promise.all(requests.map(([address, kind]) => ways[kind](address))).then(done);"#;

/// How many requests the browser makes, and how many at once.
const N_REQUESTS: usize = 500;
const AT_ONCE: usize = 25;

/// After this time, the extension has told of all that was done to a page.
const SETTLED: Duration = Duration::from_secs(2);

/// Those of the addresses that were redirected to a surrogate, by what the extension tells of the page, which it may still be about to hear.
async fn redirected(browser: &Browser, suspects: &[&str]) -> Result<HashSet<String>> {
    const ASK: &str = "const [done] = arguments;
        document.addEventListener('soutien:state', ({ detail }) => done(JSON.parse(detail).hits), { once: true });
        document.dispatchEvent(new CustomEvent('soutien:ask'));";
    let started = Instant::now();
    loop {
        let hits = browser.execute_async(ASK, vec![]).await?.json().clone();
        let told: HashSet<&str> = hits
            .as_array()
            .into_iter()
            .flatten()
            .filter(|hit| hit["action"] == "redirected")
            .filter_map(|hit| hit["what"].as_str())
            .collect();
        let found: HashSet<String> = suspects
            .iter()
            .filter(|address| told.contains(**address))
            .map(|address| (*address).to_owned())
            .collect();
        if found.len() == suspects.len() || started.elapsed() > SETTLED {
            return Ok(found);
        }
        tokio::time::sleep(POLL).await;
    }
}

#[test]
fn the_browser_does_what_the_backend_says() {
    run(async {
        const PROFILE: &str = "ublock-lite-basic";
        let lists = agreement::lists_of(PROFILE)?;
        let samples = agreement::requests_of_pages(&lists, N_REQUESTS);
        ensure!(
            samples.len() == N_REQUESTS,
            "found {} requests, expected {N_REQUESTS}",
            samples.len()
        );
        let filter = Filter::new(&lists, false);
        let left = std::fs::read_to_string(root().join("target/extension/chromium/left.json"))?;
        let left: Value = serde_json::from_str(&left)?;

        let _turn = turn(Target::Chromium).await;
        let browser = browser(Target::Chromium).await?;
        select(&browser, Target::Chromium, PROFILE).await?;
        let site = site()?;
        let page = format!("{}/plain.html", site.site);
        let (mut n_blocked, mut n_redirected, mut explained, mut unexplained) = (0, 0, Vec::new(), Vec::new());
        for samples in samples.chunks(AT_ONCE) {
            browser.goto(&page).await?;
            let requests: Vec<_> = samples
                .iter()
                .map(|(_, sample)| json!([sample.address, sample.kind]))
                .collect();
            let came = browser.execute_async(REQUESTS, vec![json!(requests)]).await?.json().clone();
            let decisions: Vec<Decision> = samples
                .iter()
                .map(|(_, sample)| filter.decide(&sample.address, &page, sample.kind))
                .collect();
            let is_blocked = |index: usize| matches!(decisions[index], Decision::Blocked(_));
            // What came although it is blocked may be a surrogate.
            let suspects: Vec<&str> = (0..samples.len())
                .filter(|index| came[*index] == true && is_blocked(*index))
                .map(|index| samples[index].1.address.as_str())
                .collect();
            let redirected = redirected(&browser, &suspects).await?;
            n_redirected += redirected.len();
            for (index, (drawn, sample)) in samples.iter().enumerate() {
                let (decision, is_blocked) = (&decisions[index], is_blocked(index));
                n_blocked += usize::from(is_blocked);
                if came[index] == is_blocked && !redirected.contains(&sample.address) {
                    let told = format!(
                        "{} ({}) drawn from {drawn}: the backend says {decision:?}, came: {}",
                        sample.address, sample.kind, came[index]
                    );
                    let rules = match decision {
                        Decision::Blocked(source) => vec![source.rule.as_str()],
                        Decision::Excepted(source, exception) => vec![source.rule.as_str(), exception.rule.as_str()],
                        Decision::Through => vec![drawn.as_str()],
                    };
                    let reason = left[PROFILE]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .find(|left| rules.iter().any(|rule| left["rule"] == **rule));
                    match reason {
                        Some(left) => explained.push(format!("{told}; not carried over: {}", left["why"])),
                        None => unexplained.push(told),
                    }
                }
            }
        }
        println!(
            "{N_REQUESTS} requests, {n_blocked} to be blocked, {n_redirected} of them by a surrogate; disagreements because a rule was not carried over: {explained:#?}"
        );
        ensure!(
            unexplained.is_empty(),
            "{} disagreements without a known reason: {unexplained:#?}",
            unexplained.len()
        );
        Ok(())
    });
}
