//! One page under one profile, as a reader's browser would have it.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use soutien_backend::profile::{Outcome, Profile};
use soutien_project::extension::Target;

use crate::address::{Address, told};
use crate::faults::{Fault, explained, reason};
use crate::outcome::{Outcomes, Seen};
use crate::page::{Browser, Page, VERDICT_LIMIT, problems};

/// How long after a verdict "blocked" the notice is waited for; it comes a second later by default.
const NOTICE_LIMIT: Duration = Duration::from_millis(2_500);

/// How long the rest of a visit may take: opening and closing the tab, and a screenshot.
const REST_LIMIT: Duration = Duration::from_secs(15);

/// Other detectors by what they leave on a page. A page that has one as well asks its readers twice, and its readings may be of that one's
/// baits.
const DETECTORS: [(&str, &str); 7] = [
    (
        "BlockAdBlock or FuckAdBlock",
        "window.blockAdBlock || window.fuckAdBlock || window.BlockAdBlock",
    ),
    (
        "Google’s Privacy & messaging",
        "window.googlefc?.controlledMessagingFunction || document.querySelector('script[src*=\"fundingchoicesmessages.google.com\"]')",
    ),
    ("Admiral", "window.admiral"),
    ("Sourcepoint", "window._sp_"),
    ("the theme’s own (TieLabs)", "document.querySelector('#tie-popup-adblock')"),
    (
        "CHP Ads Block Detector",
        "document.querySelector('script[src*=\"chp-ads-block-detector\"], #chp_ads_blocker-overlay, [id^=\"chp_ads\"]')",
    ),
    ("AdBlock Notify", "window.anOptions"),
];

/// Whether a notice is open: a dialog in the shadow root of an element of the page.
const NOTICE: &str =
    "[...document.querySelectorAll('[data-soutien]')].some(({ shadowRoot }) => shadowRoot?.querySelector('dialog[open]'))";

/// The last verdict, as `soutien:verdict` has it; null where there is none.
const VERDICT: &str = "window.Soutien?.verdict ? JSON.parse(JSON.stringify(Soutien.verdict)) : null";

/// Opens a page under a profile in a tab of its own, which is closed again. Returns what came of it, and what it looked like. `limit` is
/// how long the page may take to load.
///
/// # Errors
/// When the browser fails, and is of no use any more.
pub async fn visit(
    browser: &Browser,
    target: Target,
    profile: &Profile,
    url: &Address,
    inject: bool,
    limit: Duration,
) -> Result<(Outcomes, Vec<u8>)> {
    let visiting = async {
        let mut page = Page::new(browser, limit).await?;
        let looked = look(&mut page, target, profile, url, inject).await;
        match (page.leave().await, looked) {
            (Ok(()), looked) => Ok(looked),
            (Err(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        }
    };
    // The page may have to be loaded twice, see `Page::play`.
    let limit = 2 * limit + VERDICT_LIMIT + NOTICE_LIMIT + REST_LIMIT;
    match tokio::time::timeout(limit, visiting).await {
        Ok(Ok(Ok((seen, shot)))) => Ok((judge(seen), shot)),
        Ok(Ok(Err(error))) if error.is::<Fault>() => Ok((Outcomes::NotRun { reason: reason(&error) }, Vec::new())),
        Ok(Ok(Err(error)) | Err(error)) => Err(explained(error)),
        Err(_) => Err(anyhow::anyhow!(
            "the page keeps the browser busy: no answer in {} s",
            limit.as_secs()
        )),
    }
}

async fn look(page: &mut Page<'_>, target: Target, profile: &Profile, url: &Address, inject: bool) -> Result<(Seen, Vec<u8>)> {
    page.open(url.given()).await?;
    page.play(&profile.name, url.given()).await?;
    let (began, address) = page.document().await?;
    if !url.is_at(&address) {
        page.remarks.push(format!("the address leads to {address}"));
    }
    if inject {
        page.inject().await?;
    }
    let verdict = page.wait(VERDICT, VERDICT_LIMIT).await?;
    let (now, there) = page.document().await?;
    if there != address && now != began {
        return Err(Fault(format!("the page went on to {there} before there was a verdict")).into());
    }
    if now != began {
        page.remarks.push("the page loaded itself again".into());
    }
    let Some(verdict) = verdict else {
        return Err(Fault(page.silence(inject).await?).into());
    };
    let has_probe = verdict["signals"].as_array().is_some_and(|signals| {
        signals
            .iter()
            .any(|signal| signal["family"] == "host" && signal["why"] != "absent")
    });
    let names_hosts = "!!document.querySelector('script[data-probe]:not([data-probe=\"\"])')";
    if !has_probe && page.evaluate(names_hosts).await? == true {
        page.remarks
            .push("the ad hosts of data-probe were not asked: there was no consent, see data-consent".into());
    }
    let notice = if verdict["kind"] == "blocked" {
        page.wait(NOTICE, NOTICE_LIMIT).await?.is_some()
    } else {
        page.evaluate(NOTICE).await? == true
    };
    for (name, test) in DETECTORS {
        // What a page does not have may throw.
        let attempt = format!("(() => {{ try {{ return !!({test}); }} catch {{ return false; }} }})()");
        if page.evaluate(&attempt).await? == true {
            page.remarks.push(format!("another detector is on the page: {name}"));
        }
    }
    let tab = page.state().await?.context("the extension does not answer any more")?;
    let shot = page.shot().await?;
    let texts = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| told(value.as_str().unwrap_or_default());
    let expected = expected(profile, target, has_probe);
    let seen = Seen {
        kind: word(&verdict["kind"]),
        cause: word(&verdict["cause"]),
        expected: expected
            .iter()
            .map(|outcome| format!("{}, {}", outcome.kind, outcome.cause))
            .collect(),
        ms: verdict["ms"].as_f64().unwrap_or_default(),
        notice,
        has_probe,
        problems: problems(&tab).iter().map(|problem| told(problem)).collect(),
        remarks: page.remarks.iter().map(|remark| told(remark)).collect(),
        hits: texts(&tab["hits"]).into_iter().map(all_told).collect(),
    };
    Ok((seen, shot))
}

/// A value with every text in it as it may be shown.
fn all_told(value: Value) -> Value {
    match value {
        Value::String(text) => told(&text).into(),
        Value::Array(values) => values.into_iter().map(all_told).collect(),
        Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, all_told(value))).collect(),
        plain => plain,
    }
}

fn judge(seen: Seen) -> Outcomes {
    let found = format!("{}, {}", seen.kind, seen.cause);
    if seen.expected.is_empty() || seen.expected.contains(&found) {
        Outcomes::Passed(seen)
    } else {
        Outcomes::Failed(seen)
    }
}

/// The verdicts that a profile may lead to; none where all are fine.
fn expected(profile: &Profile, target: Target, has_probe: bool) -> Vec<Outcome> {
    match &profile.expected {
        None => Vec::new(),
        Some(_) if !has_probe && !profile.expected_without_probe.is_empty() => profile.expected_without_probe.clone(),
        Some(expected) => vec![match target {
            Target::Chromium => expected.chromium.clone(),
            Target::Firefox => expected.firefox.clone(),
        }],
    }
}
