//! The rules of each profile are all in the browser: a rule that it does not take is left out without a word.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use soutien_project::extension::Target;
use soutien_testbed::session::{ask, evaluate, popup};
use soutien_testbed::webdriver::Browser;
use support::browsers::run;
use support::waiting::{POLL, SLOW};

use crate::extension::{REQUESTS, browser, select, site, turn};

/// How many rules of rule sets the browser would take besides those that are enabled.
async fn n_free(browser: &Browser) -> Result<u64> {
    let free = evaluate(browser, "chrome.declarativeNetRequest.getAvailableStaticRuleCount()").await?;
    free.as_u64()
        .with_context(|| format!("expected a number of rules, found {free}"))
}

/// How many of the rules have an expression that the browser does not take: Chromium's are limited when compiled, and only it can tell.
async fn n_refused(browser: &Browser, rules: &[Value]) -> Result<u64> {
    let expressions: Vec<_> = rules
        .iter()
        .map(|rule| &rule["condition"])
        .filter(|condition| condition["regexFilter"].is_string())
        .map(|condition| json!({ "regex": condition["regexFilter"], "isCaseSensitive": condition["isUrlFilterCaseSensitive"] == true }))
        .collect();
    let script = "const [expressions, done] = arguments;
        Promise.all(expressions.map((expression) => chrome.declarativeNetRequest.isRegexSupported(expression)))
            .then((answers) => done(answers.filter(({ isSupported }) => !isSupported).length));";
    let refused = browser.execute_async(script, vec![json!(expressions)]).await?.json().clone();
    refused
        .as_u64()
        .with_context(|| format!("expected a number of expressions, found {refused}"))
}

/// The rules of the files that belong to a profile of the built extension.
fn rules(target: Target, rulesets: &[Value]) -> Result<Vec<Value>> {
    let mut rules = Vec::new();
    for name in rulesets.iter().filter_map(Value::as_str) {
        let text = std::fs::read_to_string(target.folder(true).join(format!("rules/{name}.json")))?;
        rules.extend(serde_json::from_str::<Vec<Value>>(&text)?);
    }
    Ok(rules)
}

/// A request that a rule blocks for nothing but its host, where it is one of those that a page can be tried with.
fn bait(rule: &Value) -> Option<[String; 2]> {
    let condition = &rule["condition"];
    let kind = match &condition["resourceTypes"] {
        Value::Null => "script",
        kinds => ["script", "image", "xmlhttprequest"]
            .into_iter()
            .find(|kind| kinds.as_array().is_some_and(|kinds| kinds.contains(&json!(kind))))?,
    };
    let only = ["requestDomains", "resourceTypes", "domainType"];
    let is_plain =
        condition.as_object()?.keys().all(|key| only.contains(&key.as_str())) && condition["domainType"] != "firstParty";
    let hosts = condition["requestDomains"].as_array()?;
    // The last of them stands behind all that may be wrong.
    let host = hosts.last()?.as_str()?;
    (rule["action"]["type"] == "block" && is_plain).then(|| [format!("https://{host}/x"), kind.to_owned()])
}

#[track_caller]
fn check(target: Target) {
    run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let built = std::fs::read_to_string(target.folder(true).join("build.json"))?;
        let built: Value = serde_json::from_str(&built)?;
        let groups = built["rules"].as_object().context("build.json has no rules")?;
        select(&browser, target, "none").await?;
        let n_free_without = n_free(&browser).await?;
        let site = site()?;
        let mut wrong = Vec::new();
        for (profile, made) in groups {
            let rulesets = made["rulesets"].as_array().context("a profile has no rule sets")?;
            let rules = rules(target, rulesets)?;
            select(&browser, target, profile).await?;
            let n_there = n_free_without - n_free(&browser).await?;
            let n_refused = n_refused(&browser, &rules).await?;
            if n_there + n_refused != rules.len() as u64 {
                wrong.push(format!(
                    "{profile}: {} rules were made, {n_there} are there, and the expressions of {n_refused} are refused",
                    rules.len()
                ));
            }
            let baits: Vec<[String; 2]> = rules.iter().filter_map(bait).collect();
            browser.goto(format!("{}/plain.html", site.site)).await?;
            let came = browser.execute_async(REQUESTS, vec![json!(baits)]).await?.json().clone();
            for (index, [address, kind]) in baits.iter().enumerate() {
                if came[index] != false {
                    wrong.push(format!("{profile}: {address} ({kind}) came"));
                }
            }
            println!(
                "{profile}: {n_there} rules, {n_refused} expressions refused, {} hosts tried",
                baits.len()
            );
        }
        browser.goto(popup(target)).await?;
        select(&browser, target, "none").await?;
        ensure!(wrong.is_empty(), "{wrong:#?}");
        Ok(())
    });
}

#[test]
fn every_rule_that_was_made_is_in_chromium() {
    check(Target::Chromium);
}

#[test]
fn every_rule_that_was_made_is_in_firefox() {
    check(Target::Firefox);
}

/// Rules for kinds of requests of which Firefox has more than one.
const KINDS: &str = "/balise-a$ping\n/balise-b$image\n/balise-c$ping\n/balise-d$image";

#[track_caller]
fn check_kinds(target: Target) {
    run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        browser.goto(popup(target)).await?;
        ask(&browser, json!({ "kind": "lists", "text": KINDS })).await?;
        select(&browser, target, "your-lists").await?;
        let site = site()?;
        browser.goto(format!("{}/plain.html", site.site)).await?;
        let send = "navigator.sendBeacon('/balise-a');
            document.body.append(Object.assign(document.createElement('img'), { srcset: '/balise-b 1x' }));
            document.body.append(Object.assign(document.createElement('a'), { href: '#suite', ping: '/balise-c' }));
            document.body.lastElementChild.click();
            document.body.append(Object.assign(document.createElement('img'), { src: '/balise-d' }));
            navigator.sendBeacon('/autre-a');
            document.body.append(Object.assign(document.createElement('img'), { srcset: '/autre-b 1x' }));";
        browser.execute(send, vec![]).await?;
        let came = || -> Vec<String> {
            let paths = site.requests().into_iter().map(|(_, path)| path);
            paths
                .filter(|path| path.starts_with("/balise") || path.starts_with("/autre"))
                .collect()
        };
        let started = std::time::Instant::now();
        while came().iter().filter(|path| path.starts_with("/autre")).count() < 2 && started.elapsed() < SLOW {
            tokio::time::sleep(POLL).await;
        }
        let mut came = came();
        came.sort();
        browser.goto(popup(target)).await?;
        ask(&browser, json!({ "kind": "lists", "text": "" })).await?;
        select(&browser, target, "none").await?;
        ensure!(
            came == ["/autre-a", "/autre-b"],
            "expected the two that no rule is about, found {came:?}"
        );
        Ok(())
    });
}

#[test]
fn rules_are_about_all_requests_of_their_kind_in_chromium() {
    check_kinds(Target::Chromium);
}

#[test]
fn rules_are_about_all_requests_of_their_kind_in_firefox() {
    check_kinds(Target::Firefox);
}
