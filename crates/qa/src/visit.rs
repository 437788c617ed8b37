//! One page under one profile, as a reader's browser would have it.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use soutien_backend::profile::{Outcome, Profile};
use soutien_project::extension::Target;

use crate::address::{Address, told};
use crate::faults::{Fault, explained, reason};
use crate::findings::{self, Finding, Observed};
use crate::outcome::{Outcomes, Put, Seen};
use crate::page::{Browser, OBSERVE_LIMIT, Page, VERDICT_LIMIT, problems};

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

/// Whether anything on the page is Soutien's, or may become it: its tag, what it has loaded, or its name.
const TRACES: &str = r"(() => {
        const isOurs = (address) => /\/soutien[^\/]*\.(js|wasm)(\?|$)/.test(address);
        return !!window.Soutien || [...document.scripts].some(({ src }) => isOurs(src)) ||
            performance.getEntriesByType('resource').some(({ name }) => isOurs(name));
    })()";

/// The box of the notice on the page; null where there is none.
const NOTICE_BOX: &str = "(() => {
        const hosts = [...document.querySelectorAll('[data-soutien]')];
        const dialog = hosts.map(({ shadowRoot }) => shadowRoot?.querySelector('dialog[open]')).find(Boolean);
        if (!dialog) return null;
        const { left, top, width, height } = dialog.getBoundingClientRect();
        return [left + scrollX, top + scrollY, width, height];
    })()";

/// What a visit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The verdict of the page's own Soutien, and what the page shows.
    Verdict,
    /// The verdict of one that is put on the page, where it has none.
    Inject,
    /// What the page shows, alone.
    Findings,
}

/// What a visit gave.
pub struct Visited {
    pub result: Outcomes,
    /// What the page looked like, as a PNG image; empty where there was nothing to see.
    pub shot: Vec<u8>,
    /// The same without the notice over it; empty where there was none.
    pub shot_without_notice: Vec<u8>,
    /// What the page showed, as `findings` takes it; none where it could not be asked.
    pub observation: Option<Value>,
}

impl Visited {
    /// A visit that came to nothing.
    pub fn not_run(reason: String) -> Self {
        Self {
            result: Outcomes::NotRun { reason },
            shot: Vec::new(),
            shot_without_notice: Vec::new(),
            observation: None,
        }
    }

    /// The same with what was seen on the page, or why that is not known.
    fn observed(mut self, observed: Observed) -> Self {
        match observed {
            Ok(observation) => self.observation = Some(observation),
            Err(why) => return self.without_findings(&why),
        }
        self
    }

    /// The same where what breaks on the page cannot be said: no findings would say that nothing does.
    pub fn without_findings(mut self, why: &str) -> Self {
        let reason = told(&format!("what breaks on the page is not known: {why}"));
        match &mut self.result {
            Outcomes::Passed(seen) | Outcomes::Failed(seen) => seen.remarks.push(reason),
            Outcomes::NoTag | Outcomes::Unasked => self.result = Outcomes::NotRun { reason },
            Outcomes::NotRun { .. } => {}
        }
        self
    }
}

/// Opens a page under a profile in a tab of its own, which is closed again. `limit` is how long the page may take to load.
///
/// # Errors
/// When the browser fails, and is of no use any more.
pub async fn visit(
    browser: &Browser,
    target: Target,
    profile: &Profile,
    url: &Address,
    aim: Aim,
    limit: Duration,
) -> Result<Visited> {
    let visiting = async {
        let mut page = Page::new(browser, limit).await?;
        let looked = look(&mut page, target, profile, url, aim).await;
        match (page.leave().await, looked) {
            (Ok(()), looked) => Ok(looked),
            (Err(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        }
    };
    // The page may have to be loaded twice, see `Page::play`.
    let limit = 2 * limit + VERDICT_LIMIT + NOTICE_LIMIT + 2 * OBSERVE_LIMIT + REST_LIMIT;
    match tokio::time::timeout(limit, visiting).await {
        Ok(Ok(Ok(visited))) => Ok(visited),
        Ok(Ok(Err(error))) if error.is::<Fault>() => Ok(Visited::not_run(reason(&error))),
        Ok(Ok(Err(error)) | Err(error)) => Err(explained(error)),
        Err(_) => Err(anyhow::anyhow!(
            "the page keeps the browser busy: no answer in {} s",
            limit.as_secs()
        )),
    }
}

/// What a blocker breaks, by two observations without one, and one under it. It is judged on an empty page.
///
/// # Errors
/// When the browser fails, or cannot judge.
pub async fn judged(browser: &Browser, plain: [&Value; 2], blocked: &Value) -> Result<Vec<Finding>> {
    let mut page = Page::new(browser, REST_LIMIT).await?;
    let judged = page.evaluate(&findings::judging(plain[0], plain[1], blocked)).await;
    page.leave().await?;
    Ok(findings::read(judged?)?)
}

async fn look(page: &mut Page<'_>, target: Target, profile: &Profile, url: &Address, aim: Aim) -> Result<Visited> {
    page.prepare(&profile.name, &url.origin()).await?;
    page.open(url.given()).await?;
    page.play(&profile.name, url.given()).await?;
    let (began, address) = page.document().await?;
    if !url.is_at(&address) {
        page.remarks.push(format!("the address leads to {address}"));
    }
    // What Soutien itself puts on a page for a moment is not the page's own; so the page is looked at without it, or when that is over.
    let mut has_tag = page.evaluate(TRACES).await? == true;
    let before = if has_tag { None } else { Some(page.observe().await?) };
    // Tag managers bring theirs late.
    has_tag = has_tag || page.evaluate(TRACES).await? == true;
    if aim == Aim::Findings || (aim == Aim::Verdict && !has_tag) {
        let observed = match before.filter(|_| !has_tag) {
            Some(before) => before,
            None => {
                page.wait(VERDICT, VERDICT_LIMIT).await?;
                page.observe().await?
            }
        };
        let result = if aim == Aim::Findings {
            Outcomes::Unasked
        } else {
            Outcomes::NoTag
        };
        return Ok(Visited {
            result,
            shot: page.shot().await?,
            shot_without_notice: Vec::new(),
            observation: None,
        }
        .observed(observed));
    }
    if aim == Aim::Inject
        && let Err(error) = page.inject().await
    {
        // What breaks there does not depend on it.
        if !error.is::<Fault>() {
            return Err(error);
        }
        return Ok(Visited {
            observation: before.and_then(Result::ok),
            shot: page.shot().await?,
            ..Visited::not_run(reason(&error))
        });
    }
    let mut seen = sighted(page, target, profile, aim, (began, address)).await?;
    let after = page.observe().await?;
    if let (Some(Ok(before)), Ok(after), false) = (&before, &after, has_tag) {
        let notice = page.evaluate(NOTICE_BOX).await?;
        seen.put = Some(put(before, after, &notice));
    }
    let shot = page.shot().await?;
    let mut shot_without_notice = Vec::new();
    if seen.notice {
        page.evaluate("void window.Soutien?.hide()").await?;
        page.wait(&format!("!{NOTICE}"), NOTICE_LIMIT).await?;
        shot_without_notice = page.shot().await?;
    }
    Ok(Visited {
        result: judge(seen),
        shot,
        shot_without_notice,
        observation: None,
    }
    .observed(before.filter(|_| !has_tag).unwrap_or(after)))
}

/// What changed on a page by Soutien; `notice` is the box of the notice, or null.
fn put(before: &Value, after: &Value, notice: &Value) -> Put {
    let (n_moved, pixels) = findings::moved(before, after);
    let dialogs = findings::consent_dialogs(after);
    let notice: Vec<f64> = notice.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let overlaps = |other: &[f64; 4]| {
        notice.len() == 4
            && [0, 1]
                .iter()
                .all(|&axis| notice[axis] < other[axis] + other[axis + 2] && other[axis] < notice[axis] + notice[axis + 2])
    };
    Put {
        n_moved,
        pixels,
        is_covered: dialogs.iter().any(|(_, area)| overlaps(area)),
        consent_dialog: dialogs.into_iter().map(|(name, _)| name).next().unwrap_or_default(),
    }
}

/// What Soutien came to on the page, which began then and was there.
async fn sighted(
    page: &mut Page<'_>,
    target: Target,
    profile: &Profile,
    aim: Aim,
    (began, address): (Value, String),
) -> Result<Seen> {
    let verdict = page.wait(VERDICT, VERDICT_LIMIT).await?;
    let (now, there) = page.document().await?;
    if there != address && now != began {
        return Err(Fault(format!("the page went on to {there} before there was a verdict")).into());
    }
    if now != began {
        page.remarks.push("the page loaded itself again".into());
    }
    let Some(verdict) = verdict else {
        return Err(Fault(page.silence(aim == Aim::Inject).await?).into());
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
    let texts = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| told(value.as_str().unwrap_or_default());
    let expected = expected(profile, target, has_probe);
    Ok(Seen {
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
        put: None,
    })
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
