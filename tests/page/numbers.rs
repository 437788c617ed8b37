//! The publisher's numbers: what goes out to the endpoint, when, and how often.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use soutien_testbed::server::{self, Answer, NUMBERS, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::commands::xtask;
use support::numbers::{COUNTED, answer, batches, hold_schema, hurry, received, support, tag, tag_for, until, until_tried};
use support::reader::Reader;
use support::site::{With, page, site, with_script, without_policy};
use support::waiting::{SLOW, wait_within};

#[test]
fn what_happens_on_a_view_goes_out_and_nothing_of_the_reader() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(&tag("given")))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.click_in_notice("Ne plus me le demander").await?;
        reader.event("close").await?;
        let events = until(&reader, 4).await?;
        let names: Vec<&Value> = events.iter().map(|event| &event["name"]).collect();
        ensure!(names == ["verdict", "show", "refused", "close"], "{events:?}");
        let keys: Vec<&String> = events[0].as_object().into_iter().flat_map(|event| event.keys()).collect();
        ensure!(keys == ["name", "kind", "cause", "ms", "first"], "{events:?}");
        ensure!(
            events[0]["kind"] == "blocked" && events[0]["first"] == true && events[3]["by"] == "never",
            "{events:?}"
        );
        reader.unharmed().await
    });
}

#[test]
fn nothing_goes_out_before_consent_and_everything_after() {
    run(async {
        let reader = Reader::new(Kind::Refusing, with_script(&tag("event"), &hurry(20))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.wait_out(COUNTED).await?;
        ensure!(reader.site.numbers().is_empty(), "{:?}", reader.site.numbers());
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:consent', { detail: { granted: false } }))")
            .await?;
        reader
            .ask("document.dispatchEvent(new CustomEvent('soutien:consent', { detail: { granted: true } }))")
            .await?;
        let events = until(&reader, 2).await?;
        ensure!(events.len() == 2, "{events:?}");
        reader.unharmed().await
    });
}

/// It refuses some batches; others it takes, and then its answer is lost, so that they come again.
#[test]
fn a_server_that_fails_now_and_then_gets_each_event_once() {
    run(async {
        // The fifth try of a batch, which is the last, comes seven seconds after the first: long after the server takes it.
        let reader = Reader::new(Kind::Refusing, with_script(&tag("given"), &hurry(4))).await?;
        answer(&reader, &[Answer::Status(500)])?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        until_tried(&reader, 2).await?;
        ensure!(reader.site.numbers().is_empty(), "the server took them");
        for now in [Answer::Lost(503), Answer::Status(500), Answer::Lost(502), Answer::Status(429)] {
            answer(&reader, &[now])?;
            let tried = reader.n_requests(NUMBERS);
            reader.ask(&support(25)).await?;
            until_tried(&reader, tried + 2).await?;
        }
        answer(&reader, &[])?;
        let events = until(&reader, 102).await?;
        // What is tried again for no reason is tried within as long as that.
        reader.wait_out(1500).await?;
        ensure!(received(&reader)?.len() == 102, "{} events", events.len());
        let (bodies, n_batches) = (reader.site.numbers(), batches(&reader)?.len());
        ensure!(bodies.len() > n_batches, "none of {n_batches} batches came twice");
        ensure!(n_batches >= 5, "{n_batches} batches");
        // Whoever reads them drops what came twice.
        let log = root().join("target/page-numbers.log");
        std::fs::write(&log, bodies.join("\n"))?;
        let output = xtask().arg("numbers").arg(&log).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            said.lines()
                .any(|line| line.trim_start().starts_with("other support chosen") && line.ends_with(" 100")),
            "{said}"
        );
        ensure!(said.contains("came twice"), "{said}");
        reader.expect("witness.errors", json!([])).await?;
        reader
            .expect("witness.events.filter(({ name }) => name === 'problem')", json!([]))
            .await
    });
}

/// A page's script that measures how long a hundred events keep the page from anything else: each event, and each piece of code that a timer
/// runs. What else the machine does comes in between, but not each time: of each piece, the round counts in which it was quickest.
const MEASURE: &str = "{
    let longest = new Map();
    const all = new Map();
    const take = (piece, began) => longest.set(piece, Math.max(longest.get(piece) ?? 0, performance.now() - began));
    // The browser's own work of starting a request, be it whose it may: 2 to 6 ms where its network process has been idle.
    let fetching = 0;
    const { fetch } = window;
    window.fetch = (...given) => {
        const began = performance.now();
        const answer = fetch(...given);
        fetching += performance.now() - began;
        return answer;
    };
    const measure = (piece, run) => {
        const began = performance.now();
        fetching = 0;
        run();
        take(piece, began + fetching);
    };
    const later = setTimeout;
    window.setTimeout = (run, ms, ...rest) => later(() => measure(run, () => run(...rest)), ms);
    window.tell = async () => {
        longest = new Map();
        for (let n = 0; n < 100; n++) measure('event', () => document.dispatchEvent(new CustomEvent('soutien:support')));
        const began = performance.now();
        await null;
        take('after the events', began);
    };
    // What runs but once, such as what waits for a consent manager, has nothing to do with it.
    window.atLeast = (rounds) => {
        for (const [piece, ms] of longest) all.set(piece, [...(all.get(piece) ?? []), ms]);
        return Math.max(...[...all.values()].filter(({ length }) => length === rounds).map((times) => Math.min(...times)));
    };
    window.dataLayer = []; window._paq = []; window.plausible = () => {};
}";

#[test]
fn a_hundred_events_keep_nobody_waiting() {
    run_in(CLEAR, async |kind| {
        let attributes = format!(r#"{} data-analytics="datalayer matomo plausible""#, tag("given"));
        let reader = Reader::new(kind, with_script(&attributes, MEASURE)).await?;
        reader.open("/page.html").await?;
        until(&reader, 1).await?;
        let mut ms = f64::INFINITY;
        let mut round = 0;
        while ms >= 2.0 && round < 40 {
            round += 1;
            reader.ask("tell()").await?;
            until(&reader, 1 + 100 * round).await?;
            reader
                .until(&format!(
                    "dataLayer.length === 1 + 100 * {round} && _paq.length === dataLayer.length"
                ))
                .await?;
            ms = reader
                .ask(&format!("atLeast({round})"))
                .await?
                .as_f64()
                .unwrap_or(f64::INFINITY);
        }
        ensure!(ms < 2.0, "{ms} ms in a row, in {round} rounds");
        reader.unharmed().await
    });
}

#[test]
fn what_waits_for_its_next_try_when_the_reader_leaves_goes_out_all_the_same() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(&tag("given")))).await?;
        answer(&reader, &[Answer::Status(500)])?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        until_tried(&reader, 2).await?;
        answer(&reader, &[])?;
        reader.follow().await?;
        let events = until(&reader, 3).await?;
        let of_first = events.iter().filter(|event| event["by"] == "button").count();
        ensure!(of_first == 1, "{events:?}");
        Ok(())
    });
}

/// A browser takes so much for when the page is gone, and refuses the rest. Where the page lives on, because it is kept for a return, nothing
/// is lost.
#[test]
fn what_the_browser_does_not_take_at_the_end_goes_out_when_the_page_lives_on() {
    run(async {
        let script = "{ const send = fetch; window.refused = 0;
            window.fetch = (...given) => send(...given).catch((error) => { refused++; throw error; }); }";
        let slow = with_script(&tag("given"), script).with("/slow", Answer::Delay(Duration::from_secs(3)));
        let reader = Reader::new(Kind::Chromium, slow).await?;
        reader.open("/page.html").await?;
        until(&reader, 1).await?;
        let end = format!(
            "(fetch('/slow', {{ method: 'POST', body: 'x'.repeat(65400), keepalive: true }}), {},
                queueMicrotask(() => dispatchEvent(new PageTransitionEvent('pagehide', {{ persisted: true }}))), 1)",
            support(8)
        );
        reader.ask(&end).await?;
        reader.until("refused === 1").await?;
        let events = until(&reader, 9).await?;
        ensure!(events.len() == 9, "{events:?}");
        reader.unharmed().await
    });
}

#[test]
fn a_notice_that_the_page_calls_off_was_not_shown() {
    run(async {
        let script = "addEventListener('DOMContentLoaded', () => document.addEventListener('soutien:show', (event) => event.preventDefault()));";
        let reader = Reader::new(Kind::Refusing, with_script(&tag("given"), script)).await?;
        reader.open("/page.html").await?;
        reader.event("show").await?;
        // What the page itself emits is heard when the file that counts is here.
        until(&reader, 1).await?;
        reader.ask(&support(1)).await?;
        let events = until(&reader, 2).await?;
        let names: Vec<&Value> = events.iter().map(|event| &event["name"]).collect();
        ensure!(names == ["verdict", "support"], "{events:?}");
        Ok(())
    });
}

#[test]
fn the_documents_example_is_as_the_schema_has_it() {
    run(async {
        let text = std::fs::read_to_string(root().join("docs/numbers.md"))?;
        let example = text.split_once("```json\n").and_then(|(_, rest)| rest.split_once("```"));
        let (example, _) = example.context("docs/numbers.md has no example")?;
        let example: Value = serde_json::from_str(example)?;
        hold_schema(&[example.to_string()])?;
        for wrong in [
            json!({ "version": 1, "batch": "9f86d081884c7d65", "events": [{ "name": "show", "reader": 7 }] }),
            json!({ "version": 1, "batch": "reader@exemple.fr", "events": [{ "name": "show" }] }),
            json!({ "version": 1, "batch": "9f86d081884c7d65", "weight": 1, "events": [{ "name": "show" }] }),
            json!({ "version": 1, "batch": "9f86d081884c7d65", "weight": 1001, "events": [{ "name": "show" }] }),
        ] {
            ensure!(hold_schema(&[wrong.to_string()]).is_err(), "the schema allows {wrong}");
        }
        Ok(())
    });
}

/// A page that counts one view in ten, where the dice give a number; and one of ours is drawn where ten goes into it.
fn where_the_dice_give(number: u32) -> Options {
    let dice = format!(
        "{}; {{ const draw = crypto.getRandomValues;
        Crypto.prototype.getRandomValues = function (room) {{ return room instanceof Uint32Array ? room.fill({number}) : draw.call(this, room); }}; }}
        window.dataLayer = [];",
        hurry(20)
    );
    let attributes = format!(r#"{} data-count="10" data-analytics="datalayer""#, tag("given"));
    with_script(&attributes, &dice)
}

#[test]
fn a_view_that_is_drawn_says_for_how_many_its_verdicts_stand() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, where_the_dice_give(20)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        let events = until(&reader, 3).await?;
        ensure!(events[0]["name"] == "verdict" && events[0]["first"] == true, "{events:?}");
        let batches = batches(&reader)?;
        ensure!(batches.iter().all(|batch| batch["weight"] == 10), "{batches:?}");
        reader.unharmed().await
    });
}

#[test]
fn a_view_that_is_not_drawn_sends_what_came_of_its_notice_and_no_verdict() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, where_the_dice_give(21)).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        let events = until(&reader, 2).await?;
        let names: Vec<&Value> = events.iter().map(|event| &event["name"]).collect();
        ensure!(names == ["show", "close"], "{events:?}");
        let batches = batches(&reader)?;
        ensure!(batches.iter().all(|batch| batch.get("weight").is_none()), "{batches:?}");
        // The page's own analytics are not drawn for.
        reader.until("dataLayer[0]?.event === 'soutien_verdict'").await?;
        reader.unharmed().await
    });
}

#[test]
fn a_view_that_is_not_drawn_and_has_no_notice_sends_nothing() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, where_the_dice_give(21)).await?;
        reader.open("/page.html").await?;
        reader.until("dataLayer[0]?.event === 'soutien_verdict'").await?;
        reader.wait_out(COUNTED).await?;
        ensure!(reader.n_requests(NUMBERS) == 0, "{:?}", reader.site.numbers());
        reader.unharmed().await?;
        reader.usable().await?;
        ensure!(reader.n_requests(NUMBERS) == 0, "{:?}", reader.site.numbers());
        Ok(())
    });
}

/// By the browser's own dice: of so many views, all on one side would be a miracle.
#[test]
fn of_two_views_one_is_drawn_in_the_long_run() {
    run_in(CLEAR, async |kind| {
        let attributes = format!(r#"{} data-count="2""#, tag("given"));
        let reader = Reader::new(kind, with_script(&attributes, &hurry(20))).await?;
        let mut is_seen = [false; 2];
        for n_views in 1..=50 {
            reader.open("/page.html").await?;
            reader.verdict("clear").await?;
            reader.ask(&support(1)).await?;
            let is_support = |event: &&Value| event["name"] == "support";
            wait_within(SLOW, "what the page says", async || {
                Ok((received(&reader)?.iter().filter(is_support).count() == n_views).then_some(()))
            })
            .await?;
            for batch in batches(&reader)? {
                is_seen[usize::from(batch["weight"] == 2)] = true;
            }
            if is_seen == [true; 2] {
                return hold_schema(&reader.site.numbers());
            }
        }
        bail!("{:?}", reader.site.numbers())
    });
}

/// Asserts that a page's reader is told of one problem with the endpoint, in which this is found, after five tries, and of no other one after
/// five more.
async fn check_loss(reader: &Reader, given: &str, n_tries: usize) -> Result<()> {
    reader.open("/page.html").await?;
    reader.problem("endpoint", given).await?;
    ensure!(reader.n_requests(NUMBERS) == n_tries, "{} tries", reader.n_requests(NUMBERS));
    reader.ask(&support(1)).await?;
    if n_tries > 0 {
        until_tried(reader, 2 * n_tries).await?;
    }
    reader.settled().await?;
    let problems = "witness.events.filter(({ name }) => name === 'problem').length";
    reader.expect(problems, 1).await?;
    reader.usable().await
}

#[test]
fn a_server_that_always_fails_is_asked_five_times_and_named_once() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(
            kind,
            with_script(&tag("given"), &hurry(20)).with(NUMBERS, Answer::Status(500)),
        )
        .await?;
        check_loss(&reader, "500", 5).await
    });
}

#[test]
fn a_host_that_does_not_allow_the_site_is_named_with_what_to_set() {
    run_in(CLEAR, async |kind| {
        let attributes = tag_for(&format!("{{{{ad_host}}}}{NUMBERS}"), "given");
        let reader = Reader::new(kind, without_policy(with_script(&attributes, &hurry(20)))).await?;
        let need = format!("\"Access-Control-Allow-Origin: {}\"", reader.site.site);
        check_loss(&reader, &need, 5).await?;
        // It has them all the same, several times; and two of each of both pages.
        ensure!(batches(&reader)?.len() <= 4, "{:?}", reader.site.numbers());
        Ok(())
    });
}

#[test]
fn a_host_that_allows_the_site_gets_each_batch_once() {
    run_in(CLEAR, async |kind| {
        let attributes = tag_for(&format!("{{{{ad_host}}}}{NUMBERS}"), "given");
        let allowed = Answer::Header("access-control-allow-origin".into(), "*".into());
        let reader = Reader::new(
            kind,
            without_policy(with_script(&attributes, &hurry(20))).with(NUMBERS, allowed),
        )
        .await?;
        reader.open("/page.html").await?;
        until(&reader, 1).await?;
        reader.wait_out(COUNTED).await?;
        ensure!(reader.n_requests(NUMBERS) == 1, "{} requests", reader.n_requests(NUMBERS));
        reader.expect("witness.warnings", json!([])).await?;
        reader.unharmed().await
    });
}

#[test]
fn a_server_that_is_down_is_named() {
    run_in(CLEAR, async |kind| {
        let nobody = server::refusing();
        let attributes = tag_for(&format!("http://{nobody}{NUMBERS}"), "given");
        let reader = Reader::new(kind, without_policy(with_script(&attributes, &hurry(20)))).await?;
        check_loss(&reader, &nobody.to_string(), 0).await
    });
}

#[test]
fn a_slow_server_is_sent_nothing_twice_and_keeps_nobody_on_the_page() {
    run_in(CLEAR, async |kind| {
        let slow = with_script(&tag("given"), &hurry(20)).with(NUMBERS, Answer::Delay(Duration::from_secs(5)));
        let reader = Reader::new(kind, slow).await?;
        reader.open("/page.html").await?;
        until(&reader, 1).await?;
        // By now, there would have been a second try.
        reader.wait_out(COUNTED).await?;
        ensure!(reader.n_requests(NUMBERS) == 1, "{} requests", reader.n_requests(NUMBERS));
        let began = Instant::now();
        reader.usable().await?;
        ensure!(began.elapsed() < Duration::from_secs(3), "leaving took {:?}", began.elapsed());
        let events = until(&reader, 2).await?;
        ensure!(events.len() == 2, "{events:?}");
        reader.expect("witness.warnings", json!([])).await
    });
}

/// What leads to another host without saying so in full is no leave to send anything there.
#[track_caller]
fn check_no_leave(endpoint: &str) {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, without_policy(with_script(&tag_for(endpoint, "given"), &hurry(20)))).await?;
        reader.open("/page.html").await?;
        let problem = reader.problem("endpoint", endpoint).await?;
        ensure!(
            problem["used"].as_str().is_some_and(|used| used.contains("https://")),
            "{problem}"
        );
        reader.verdict("clear").await?;
        reader.ask(&support(1)).await?;
        reader.wait_out(COUNTED).await?;
        ensure!(reader.n_requests(NUMBERS) == 0, "{:?}", reader.site.requests());
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn an_address_without_a_scheme_is_no_leave_to_go_to_another_host() {
    check_no_leave(&format!("//localhost{NUMBERS}"));
}

#[test]
fn an_address_with_backslashes_is_no_leave_to_go_to_another_host() {
    check_no_leave(&format!(r"/\localhost{NUMBERS}"));
}

#[test]
fn a_redirect_is_not_followed_and_is_named() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, without_policy(with_script(&tag("given"), &hurry(20)))).await?;
        let to = Answer::Header("location".into(), format!("{}{NUMBERS}", reader.site.ads));
        answer(&reader, &[Answer::Status(307), to])?;
        reader.open("/page.html").await?;
        reader.problem("endpoint", "a redirect").await?;
        reader.wait_out(COUNTED).await?;
        ensure!(reader.n_requests(NUMBERS) == 1, "{:?}", reader.site.requests());
        reader.unharmed().await
    });
}

#[test]
fn what_waits_when_the_reader_leaves_goes_out_all_the_same() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site(&page(&tag("given")))).await?;
        reader.open("/page.html").await?;
        reader.event("show").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        // At once, while the events are still being gathered.
        reader.follow().await?;
        let events = until(&reader, 3).await?;
        ensure!(events.iter().any(|event| event["by"] == "button"), "{events:?}");
        Ok(())
    });
}

/// What goes out while the page is there is held by [`a_redirect_is_not_followed_and_is_named`] and by the code, which sends all in one way.
#[test]
fn what_goes_out_when_the_reader_leaves_has_no_cookie_and_follows_no_redirect() {
    run_in(CLEAR, async |kind| {
        let cookie = Answer::Header("set-cookie".into(), "abonnement=42; HttpOnly; Path=/".into());
        let reader = Reader::new(kind, site(&page(&tag("given"))).with("/page.html", cookie)).await?;
        reader.open("/page.html").await?;
        until(&reader, 1).await?;
        reader.ask(&support(1)).await?;
        reader.follow().await?;
        until(&reader, 2).await?;
        let cookies = reader.site.cookies();
        ensure!(cookies.iter().any(|(path, _)| path == "/next.html"), "{cookies:?}");
        ensure!(!cookies.iter().any(|(path, _)| path.starts_with(NUMBERS)), "{cookies:?}");

        let elsewhere = Answer::Header("location".into(), format!("{}{NUMBERS}", reader.site.ads));
        answer(&reader, &[Answer::Status(307), elsewhere])?;
        let n_before = reader.n_requests(NUMBERS);
        reader.ask(&support(1)).await?;
        reader.open("/next.html").await?;
        until_tried(&reader, n_before + 1).await?;
        reader.wait_out(COUNTED).await?;
        let requests = reader.site.requests();
        let is_elsewhere = |(host, path): &(String, String)| host.starts_with("localhost") && path.starts_with(NUMBERS);
        ensure!(!requests.iter().any(is_elsewhere), "{requests:?}");
        Ok(())
    });
}

/// What a page adds to its arrays and objects (Prototype.js does) is no part of what goes out.
#[test]
fn what_goes_out_is_as_the_schema_has_it_whatever_the_page_adds_to_its_objects() {
    run_in(CLEAR, async |kind| {
        for prototype in ["Array", "Object", "String", "Number"] {
            let adds = format!("{}; {prototype}.prototype.toJSON = () => '[\"as a text\"]';", hurry(20));
            let reader = Reader::guarded(kind, with_script(&tag("given"), &adds)).await?;
            reader.open("/page.html").await?;
            until(&reader, 1).await.context(prototype)?;
        }
        Ok(())
    });
}
