//! The extension's popup and background: what a user sees, what a page may do, and what outlives the background's rest.

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use soutien_project::extension::Target;
use soutien_project::root;
use soutien_project::run;
use soutien_testbed::session::{ask, evaluate, popup};
use soutien_testbed::webdriver::Browser;
use support::browsers;
use support::site::add_page;
use support::waiting::SLOW;
use xtask::setup::{Need, require};

use crate::extension::{browser, select, site, start, turn, wait};

/// The number of the tab that shows an address, as the extension counts tabs. To be asked on a page of the extension.
async fn tab_of(browser: &Browser, address: &str) -> Result<Value> {
    let script = "const [address, done] = arguments;
        chrome.tabs.query({}).then((tabs) => done(tabs.find(({ url }) => url === address)?.id ?? null));";
    let id = browser.execute_async(script, vec![json!(address)]).await?.json().clone();
    ensure!(!id.is_null(), "no tab shows {address}");
    Ok(id)
}

/// Opens an address in a tab of its own, and goes to it.
async fn open(browser: &Browser, address: &str) -> Result<()> {
    let tab = browser.new_tab().await?;
    browser.switch_to_window(tab).await?;
    browser.goto(address).await?;
    Ok(())
}

/// Closes all tabs but the first.
async fn tidy(browser: &Browser) -> Result<()> {
    let tabs = browser.windows().await?;
    let (first, others) = tabs.split_first().context("the browser has no tab")?;
    for tab in others {
        browser.switch_to_window(tab.clone()).await?;
        browser.close_window().await?;
    }
    Ok(browser.switch_to_window(first.clone()).await?)
}

/// What axe finds wrong with the page.
async fn violations(browser: &Browser) -> Result<Vec<String>> {
    let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
    browser.execute(axe, vec![]).await?;
    let script = "const done = arguments[0]; axe.run().then(({ violations }) =>
        done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)));";
    let found = browser.execute_async(script, vec![]).await?.json().clone();
    Ok(serde_json::from_value(found)?)
}

async fn shoot(browser: &Browser, name: &str) -> Result<()> {
    let folder = root().join("target/shots");
    fs::create_dir_all(&folder)?;
    browser.screenshot(&folder.join(name)).await?;
    Ok(())
}

/// Has the popup show a tab with a verdict under a profile, which is chosen in it.
async fn show(browser: &Browser, target: Target, profile: &str, page: &str) -> Result<()> {
    browser.goto(popup(target)).await?;
    wait(browser, "document.documentElement.dataset.state === 'ready'").await?;
    let choice = format!("document.querySelector('input[name=profile][value={profile}]')");
    browser.execute(format!("{choice}.click();"), vec![]).await?;
    wait(
        browser,
        &format!("document.documentElement.dataset.state === 'ready' && state.profile === '{profile}' && {choice}.checked"),
    )
    .await?;
    browser.goto(page).await?;
    wait(browser, "window.seen").await?;
    // The first check may be over before the extension has begun to look at the page, and what it hides is then told by no rule.
    evaluate(browser, "Soutien.check()").await?;
    open(browser, &popup(target)).await?;
    let id = tab_of(browser, page).await?;
    browser.goto(format!("{}?tab={id}", popup(target))).await?;
    wait(
        browser,
        "document.documentElement.dataset.state === 'ready' && document.querySelector('#outcome').dataset.kind",
    )
    .await?;
    Ok(())
}

#[track_caller]
fn check_popup(target: Target) {
    browsers::run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        let page = format!("{}/page.html", site.site);
        show(&browser, target, "ublock-origin", &page).await?;
        let kind = wait(&browser, "document.querySelector('#outcome').dataset.kind").await?;
        ensure!(kind == "blocked", "expected blocked, the popup says {kind}");
        // What was hidden is told when the content script has seen it, which may be after the verdict.
        for (signal, action) in [
            ("request/script", "blocked"),
            ("element/class", "hidden"),
            ("element/link", "hidden"),
            ("slot/stand-in", "redirected"),
        ] {
            let explained = format!(
                "state.tab.hits.some(({{ signals, action, rule }}) => signals.includes('{signal}') && action === '{action}' && rule)"
            );
            if let Err(error) = wait(&browser, &explained).await {
                let hits = evaluate(&browser, "state.tab.hits").await?;
                bail!("no rule is told for {signal}: {error:#}: {hits:#}");
            }
        }
        wait(&browser, "document.body.innerText.includes('EasyList')").await?;
        let without_place = "[...document.querySelectorAll('#hit-rows [data-action=hidden], #hit-rows [data-action=scriptlet]')]
            .filter((row) => !/, .* \\d+$/.test(row.querySelector('.place').textContent)).map((row) => row.textContent)";
        let without_place = evaluate(&browser, without_place).await?;
        ensure!(
            without_place == json!([]),
            "the popup names no list and line for {without_place:#}"
        );
        shoot(&browser, &format!("popup-{}.png", target.name())).await?;
        let violations = violations(&browser).await?;
        tidy(&browser).await?;
        ensure!(violations.is_empty(), "axe finds {violations:#?}");
        Ok(())
    });
}

#[test]
fn the_popup_tells_the_rule_behind_each_signal_in_chromium() {
    check_popup(Target::Chromium);
}

#[test]
fn the_popup_tells_the_rule_behind_each_signal_in_firefox() {
    check_popup(Target::Firefox);
}

/// Stops the background, again where something has started it meanwhile, from a page of the extension.
async fn stop_background(browser: &Browser) -> Result<()> {
    const IS_GONE: &str = "chrome.runtime.getContexts({ contextTypes: ['BACKGROUND'] }).then(({ length }) => length === 0)";
    let started = Instant::now();
    while evaluate(browser, IS_GONE).await? != true {
        ensure!(started.elapsed() < SLOW, "the background does not stop");
        browser.devtools("ServiceWorker.stopAllWorkers", json!({})).await?;
    }
    Ok(())
}

// Nothing stops a background in Firefox at will.
#[test]
fn a_verdict_and_the_profile_outlive_the_background() {
    browsers::run(async {
        let target = Target::Chromium;
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        let page = format!("{}/page.html", site.site);
        show(&browser, target, "ublock-lite-complete", &page).await?;
        let id = wait(&browser, "state.tab.id").await?;
        browser.devtools("ServiceWorker.enable", json!({})).await?;
        stop_background(&browser).await?;
        let state = ask(&browser, json!({ "kind": "state", "tab": id })).await?;
        ensure!(
            state["profile"] == "ublock-lite-complete",
            "the profile is now {}",
            state["profile"]
        );
        ensure!(
            state["tab"]["verdict"]["kind"] == "blocked",
            "the verdict is lost: {}",
            state["tab"]
        );
        ensure!(
            !state["tab"]["hits"].as_array().is_none_or(Vec::is_empty),
            "the hits are lost: {}",
            state["tab"]
        );
        // The next page is the first thing that the new background hears of.
        stop_background(&browser).await?;
        browser.goto(format!("{}/plain.html", site.site)).await?;
        let hidden = "(() => {
            const element = document.querySelector('.ad_wrapper') ?? document.body.appendChild(Object.assign(document.createElement('div'), { className: 'ad_wrapper', textContent: 'x' }));
            return getComputedStyle(element).display === 'none';
        })()";
        wait(&browser, hidden).await?;
        tidy(&browser).await
    });
}

/// A page with a slot that holds something of a third party from the beginning, and one that is empty.
const SLOTS: &str = "<!DOCTYPE html><title>Page</title><p>Rien.</p>
    <div class='ad-leaderboard'><iframe src='https://widgets.example/frame'></iframe></div>
    <div class='ad_wrapper'>x</div>";

// Nothing stops a background in Firefox at will.
#[test]
fn what_was_offered_is_hidden_by_the_next_background() {
    browsers::run(async {
        let target = Target::Chromium;
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        let site = site()?;
        add_page(&site, "/slots.html", SLOTS);
        // Only what holds something of a third party is hidden, which the content script says of what it was offered.
        select(&browser, target, "brave-standard").await?;
        browser.goto(format!("{}/slots.html", site.site)).await?;
        let is_hidden = |name: &str| format!("getComputedStyle(document.querySelector('.{name}')).display === 'none'");
        wait(&browser, &is_hidden("ad-leaderboard")).await?;
        ensure!(
            evaluate(&browser, &is_hidden("ad_wrapper")).await? == false,
            "a slot without anything of a third party is hidden"
        );
        open(&browser, &popup(target)).await?;
        browser.devtools("ServiceWorker.enable", json!({})).await?;
        stop_background(&browser).await?;
        tidy(&browser).await?;
        let ad = "document.querySelector('.ad_wrapper').append(
            Object.assign(document.createElement('iframe'), { src: 'https://widgets.example/frame' }));";
        browser.execute(ad, vec![]).await?;
        wait(&browser, &is_hidden("ad_wrapper")).await?;
        select(&browser, target, "none").await
    });
}

/// A page with one element that lists hide at once, one that they hide for its name, and a name beyond all bounds before them.
fn page_of_names() -> String {
    let long = "é".repeat(300);
    format!("<!DOCTYPE html><title>Page</title><p>Rien.</p><p class={long} id={long}>x</p><div class=ad_wrapper>x</div>")
}

/// Fills the storage in which the background keeps what it knows of tabs, up to its last bytes, or until it has taken far more than it
/// should.
const FILL: &str = "const [done] = arguments;
    (async () => {
        let room = 64 << 20;
        for (let size = 1 << 20, number = 0; size >= 32 && room > 0; number++) {
            try {
                await chrome.storage.session.set({ [`filling${number}`]: 'x'.repeat(size) });
                room -= size;
            } catch {
                size >>= 1;
            }
        }
        return room > 0;
    })().then(done);";

const EMPTY: &str = "const [done] = arguments;
    chrome.storage.session.get(null)
        .then((all) => chrome.storage.session.remove(Object.keys(all).filter((key) => key.startsWith('filling'))))
        .then(() => done(true));";

/// Under profiles that hide in either way, an element of [`page_of_names`] is hidden.
async fn check_hidden(browser: &Browser, target: Target) -> Result<()> {
    let site = site()?;
    add_page(&site, "/names.html", &page_of_names());
    for profile in ["adblock-plus", "ublock-origin"] {
        select(browser, target, profile).await?;
        browser.goto(format!("{}/names.html", site.site)).await?;
        let is_hidden = "getComputedStyle(document.querySelector('.ad_wrapper')).display === 'none'";
        wait(browser, is_hidden)
            .await
            .with_context(|| format!("nothing is hidden under {profile}"))?;
    }
    select(browser, target, "none").await
}

#[track_caller]
fn check_names(target: Target) {
    browsers::run(async {
        let _turn = turn(target).await;
        check_hidden(&*browser(target).await?, target).await
    });
}

#[test]
fn a_name_that_is_too_long_takes_no_other_along_in_chromium() {
    check_names(Target::Chromium);
}

#[test]
fn a_name_that_is_too_long_takes_no_other_along_in_firefox() {
    check_names(Target::Firefox);
}

#[track_caller]
fn check_full_storage(target: Target) {
    browsers::run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        browser.goto(popup(target)).await?;
        let is_full = browser.execute_async(FILL, vec![]).await?.json().clone();
        println!("{} has an end to what it stores: {is_full}", target.name());
        let hidden = check_hidden(&browser, target).await;
        browser.goto(popup(target)).await?;
        browser.execute_async(EMPTY, vec![]).await?;
        hidden
    });
}

#[test]
fn a_full_storage_stops_no_hiding_in_chromium() {
    check_full_storage(Target::Chromium);
}

#[test]
fn a_full_storage_stops_no_hiding_in_firefox() {
    check_full_storage(Target::Firefox);
}

/// The profile that is played.
async fn played(browser: &Browser, target: Target) -> Result<Value> {
    browser.goto(popup(target)).await?;
    Ok(ask(browser, json!({ "kind": "state", "tab": null })).await?["profile"].clone())
}

#[track_caller]
fn check_pages(target: Target) {
    browsers::run(async {
        // The variant that is published.
        let browser = start(target, false).await?;
        wait_for_popup(&browser, target).await?;
        let site = site()?;
        let plain = format!("{}/plain.html", site.site);
        // By its address, and by an event, on a host where blockers act.
        browser.goto(format!("{plain}?soutien-profile=safari")).await?;
        wait(&browser, "performance.getEntriesByType('navigation')[0].type === 'reload'").await?;
        ensure!(
            played(&browser, target).await? == "safari",
            "the address does not switch the profile"
        );
        browser.goto(&plain).await?;
        let event = "document.dispatchEvent(new CustomEvent('soutien:profile', { detail: 'dns' }));";
        browser.execute(event, vec![]).await?;
        wait(&browser, "performance.getEntriesByType('navigation')[0].type === 'reload'").await?;
        ensure!(
            played(&browser, target).await? == "dns",
            "the event does not switch the profile"
        );

        // Messages that are none, and one that asks for a profile that there is not.
        browser.goto(&plain).await?;
        let junk = "const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
            const circle = {}; circle.circle = circle;
            for (const detail of [null, 1, 'x', [], {}, circle, () => {}, { kind: 'blocked' }, { kind: 1, cause: {}, signals: 'x', ms: NaN },
                { kind: 'blocked', cause: 'x', signals: [], ms: 1, more: 1 }, { kind: 'x'.repeat(1e7), cause: '', signals: [], ms: 1 },
                { kind: 'blocked', cause: 'x', signals: Array(1e5).fill({ family: 'a', name: 'b', reading: 'c', why: '', ms: 1 }), ms: 1 }])
                { say('soutien:verdict', detail); say('soutien:profile', detail); }
            say('soutien:profile', 'no-such-profile'); say('soutien:profile', 'x'.repeat(1e6));";
        browser.execute(junk, vec![]).await?;
        open(&browser, &popup(target)).await?;
        let id = tab_of(&browser, &plain).await?;
        let state = ask(&browser, json!({ "kind": "state", "tab": id })).await?;
        ensure!(
            state["profile"] == "dns" && state["tab"]["verdict"].is_null(),
            "junk of a page was taken: {}",
            state["tab"]
        );

        // A profile that redirects takes access to every site, and blockers do not act on other hosts.
        let lacking: Vec<&str> = state["profiles"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|profile| profile["lacksAccess"] == true)
            .filter_map(|profile| profile["name"].as_str())
            .collect();
        ensure!(
            lacking.contains(&"ublock-origin") && !lacking.contains(&"adblock-plus"),
            "access is lacking for {lacking:?}"
        );
        let refused = browser
            .execute_async(
                "const done = arguments[0]; chrome.runtime.sendMessage({ kind: 'select', profile: 'ublock-origin' }).then(done);",
                vec![],
            )
            .await?;
        ensure!(
            refused.json()["error"]
                .as_str()
                .is_some_and(|error| error.contains("access to every site")),
            "expected a refusal, found {}",
            refused.json()
        );
        browser
            .goto(format!(
                "{}/plain.html?soutien-profile=adblock-plus",
                site.site.replace("presse.localhost", "presse.example")
            ))
            .await?;
        browser
            .execute(
                "document.dispatchEvent(new CustomEvent('soutien:profile', { detail: 'adblock-plus' }));",
                vec![],
            )
            .await?;
        let blocked = "const [done] = arguments; const script = document.createElement('script');
            script.onload = () => done(false); script.onerror = () => done(true); script.src = 'https://securepubads.g.doubleclick.net/tag/js/gpt.js'; document.body.append(script);";
        let elsewhere = browser.execute_async(blocked, vec![]).await?.json().clone();
        browser.goto(&plain).await?;
        let here = browser.execute_async(blocked, vec![]).await?.json().clone();
        ensure!(
            elsewhere == false && here == true,
            "blocked elsewhere: {elsewhere}, where blockers act: {here}"
        );
        ensure!(
            played(&browser, target).await? == "dns",
            "a page of another host switched the profile"
        );

        // Without the last host, blockers act nowhere, and the popup says so.
        for host in ["localhost", "127.0.0.1"] {
            ask(&browser, json!({ "kind": "site", "host": host, "isAllowed": false })).await?;
        }
        browser.goto(popup(target)).await?;
        wait(
            &browser,
            "state?.scope.kind === 'hosts' && state.scope.hosts.length === 0 && document.querySelector('#everywhere').hidden",
        )
        .await?;
        for page in [&plain, &plain.replace("presse.localhost", "presse.example")] {
            browser.goto(page).await?;
            let is_blocked = browser.execute_async(blocked, vec![]).await?.json().clone();
            ensure!(is_blocked == false, "blockers act on {page} without a host to act on");
        }
        Ok(())
    });
}

/// Waits until the extension has its pages.
async fn wait_for_popup(browser: &Browser, target: Target) -> Result<()> {
    browser.goto(popup(target)).await?;
    wait(browser, "document.documentElement.dataset.state === 'ready'").await?;
    Ok(())
}

#[test]
fn pages_do_only_what_they_may_in_chromium() {
    check_pages(Target::Chromium);
}

#[test]
fn pages_do_only_what_they_may_in_firefox() {
    check_pages(Target::Firefox);
}

const LISTS: &str = "! Title: Mine
||files.example^$script
##.ma-classe
presse.localhost###mon-id
presse.localhost##+js(set-constant, reponse.exacte, 42)
presse.localhost##+js(aopr, piege)
presse.localhost##+js(no-fetch-if, /interdit/)
presse.localhost##+js(nostif, minuterie)
||a.example^$no-such-option
/(?<=a)b/$script";

/// A page that tries all that the lists are about. It does so itself, because Firefox runs the scripts of WebDriver beside the page.
const LISTS_PAGE: &str = "<!DOCTYPE html><title>Page</title><body><script>
    const load = (address) => new Promise((resolve) => {
        const script = document.createElement('script');
        script.onload = () => resolve('came');
        script.onerror = () => resolve('blocked');
        script.src = address;
        document.body.append(script);
    });
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    addEventListener('load', async () => {
        await later(200);
        window.reponse = { exacte: 1 };
        let piege = 'read';
        try { window.piege; } catch (error) { piege = error.name; }
        const elements = ['ma-classe', 'mon-id', 'autre'].map((name) =>
            Object.assign(document.createElement('div'), { className: name, id: name, textContent: name }));
        document.body.append(...elements);
        let ran = false;
        setTimeout(() => { 'minuterie'; ran = true; }, 10);
        await later(500);
        window.found = {
            bait: await load('https://files.example/a.js'),
            twin: await load('https://other.example/a.js'),
            hidden: elements.map((element) => getComputedStyle(element).display === 'none'),
            constant: window.reponse.exacte,
            piege,
            answer: await fetch('/interdit/').then((response) => response.text()),
            ran,
        };
    });
</script>";

#[track_caller]
fn check_lists(target: Target) {
    browsers::run(async {
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        browser.goto(popup(target)).await?;
        let state = ask(&browser, json!({ "kind": "lists", "text": LISTS })).await?;
        let lists = &state["lists"];
        ensure!(
            lists["nLines"] == 10 && lists["nCarried"] == 1 && lists["nLeft"] == 2,
            "expected 1 of 10 lines carried over and 2 left, found {lists:#}"
        );
        ensure!(
            lists["left"][0]
                .as_str()
                .is_some_and(|left| left.starts_with("9: ||a.example^$no-such-option: ")),
            "found {lists:#}"
        );
        select(&browser, target, "your-lists").await?;
        let site = site()?;
        add_page(&site, "/lists.html", LISTS_PAGE);
        browser.goto(format!("{}/lists.html", site.site)).await?;
        let found = wait(&browser, "window.found").await?;
        let expected = json!({
            "bait": "blocked", "twin": "came", "hidden": [true, true, false], "constant": 42, "piege": "ReferenceError", "answer": "", "ran": false,
        });
        ensure!(found == expected, "expected {expected:#}, found {found:#}");
        check_rules_of_lists(&browser, target, &format!("{}/lists.html", site.site)).await?;
        let state = ask(&browser, json!({ "kind": "lists", "text": "" })).await?;
        tidy(&browser).await?;
        ensure!(
            state["lists"]["nLines"] == 0,
            "the lists are not taken away: {}",
            state["lists"]
        );
        Ok(())
    });
}

/// Each element and scriptlet of the page, which the first tab shows, is told with the rule, the list and the line behind it. The popup
/// is shown in the end.
async fn check_rules_of_lists(browser: &Browser, target: Target, page: &str) -> Result<()> {
    open(browser, &popup(target)).await?;
    let id = tab_of(browser, page).await?;
    browser.goto(format!("{}?tab={id}", popup(target))).await?;
    let hits = "globalThis.state?.tab.hits.filter(({ action }) => action === 'hidden' || action === 'scriptlet')";
    let all = format!("{hits}.length >= 6 && {hits}.map(({{ rule, list, line }}) => [line, list, rule]).toSorted()");
    let found = wait(browser, &all).await?;
    let expected = json!([
        [3, "your lists", "##.ma-classe"],
        [4, "your lists", "presse.localhost###mon-id"],
        [5, "your lists", "presse.localhost##+js(set-constant, reponse.exacte, 42)"],
        [6, "your lists", "presse.localhost##+js(abort-on-property-read, piege)"],
        [7, "your lists", "presse.localhost##+js(prevent-fetch, /interdit/)"],
        [8, "your lists", "presse.localhost##+js(prevent-setTimeout, minuterie)"],
    ]);
    ensure!(found == expected, "expected {expected:#}, found {found:#}");
    for (element, decision, rule, line) in [
        ("#autre.ma-classe", "hidden", "##.ma-classe", 3),
        ("#mon-id", "hidden", "presse.localhost###mon-id", 4),
        (".autre", "shown", "", 0),
    ] {
        let question = json!({ "kind": "explain-element", "element": element, "from": page });
        let answer = ask(browser, question).await?;
        ensure!(
            answer["decision"] == decision && answer["rule"] == rule && answer["line"] == line,
            "{element}: expected {decision} by {rule:?} in line {line}, found {answer:#}"
        );
    }
    Ok(())
}

#[test]
fn pasted_lists_are_played_in_chromium() {
    check_lists(Target::Chromium);
}

#[test]
fn pasted_lists_are_played_in_firefox() {
    check_lists(Target::Firefox);
}

#[test]
fn a_huge_list_leaves_the_extension_alive() {
    browsers::run(async {
        let target = Target::Chromium;
        let _turn = turn(target).await;
        let browser = browser(target).await?;
        browser.goto(popup(target)).await?;
        browser.set_script_timeout(std::time::Duration::from_secs(120)).await?;
        let script = "const [done] = arguments;
            let text = '';
            for (let line = 0; text.length < 50e6; line++) text += `||host${line}.example^$script,domain=site${line % 1000}.example\\n`;
            chrome.runtime.sendMessage({ kind: 'lists', text }).then(({ lists, error }) => done({ lists, error, length: text.length }));";
        let found = browser.execute_async(script, vec![]).await?.json().clone();
        ensure!(
            found["error"].is_null() && found["lists"]["nLines"].as_u64() > Some(500_000),
            "found {found:#}"
        );
        ensure!(
            found["lists"]["left"][0] != "" || found["lists"]["problem"] != "",
            "nothing is said of what was left out: {found:#}"
        );
        select(&browser, target, "none").await?;
        ask(&browser, json!({ "kind": "lists", "text": "" })).await?;
        Ok(())
    });
}

#[test]
fn web_ext_finds_nothing_but_names_of_miners_in_lists() {
    browsers::run(async {
        let mut lint = Command::new(require(Need::Judges)?.join(".bin/web-ext"));
        lint.args(["lint", "--output", "json", "--source-dir"])
            .arg(Target::Firefox.folder(false));
        let found: Value = serde_json::from_str(&run::with_input(&mut lint, "")?)?;
        let all = ["errors", "warnings", "notices"]
            .iter()
            .flat_map(|kind| found[kind].as_array().into_iter().flatten());
        // Filter lists name the scripts of miners in order to block them.
        let others: Vec<_> = all
            .filter(|message| {
                message["code"] != "COINMINER_USAGE_DETECTED"
                    || !message["file"].as_str().is_some_and(|file| file.starts_with("rules/"))
            })
            .collect();
        ensure!(others.is_empty(), "web-ext lint finds {others:#?}");
        Ok(())
    });
}
