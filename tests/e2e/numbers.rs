//! The publisher's numbers: what goes out, when, and how often.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use xtask::root;
use xtask::server::{Answer, NUMBERS, Situation};

use crate::browsers::{BLOCKED, Kind, run, run_in};
use crate::documents;
use crate::reader::{Reader, page, site};

/// How long a batch may take. The third try of one comes seven seconds after the first.
const LIMIT: Duration = Duration::from_secs(20);

fn tag(consent: &str) -> String {
    format!(r#"data-policy="always" data-delay="0" data-lang="fr" data-endpoint="{NUMBERS}" data-consent="{consent}""#)
}

/// The events that have come, of each batch once, by their names, and with what belongs to them.
fn received(reader: &Reader) -> Result<Vec<Value>> {
    let mut batches: Vec<Value> = Vec::new();
    for body in reader.site.numbers() {
        let batch: Value = serde_json::from_str(&body)?;
        ensure!(batch["version"] == 1, "{batch}");
        if !batches.iter().any(|known| known["batch"] == batch["batch"]) {
            batches.push(batch);
        }
    }
    Ok(batches
        .iter()
        .flat_map(|batch| batch["events"].as_array().cloned().unwrap_or_default())
        .collect())
}

/// Waits until so many events have come, and gives them.
async fn until(reader: &Reader, count: usize) -> Result<Vec<Value>> {
    let started = Instant::now();
    loop {
        let events = received(reader)?;
        if events.len() >= count {
            return Ok(events);
        }
        ensure!(started.elapsed() < LIMIT, "after {} s: {events:?}", LIMIT.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

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
        let reader = Reader::new(Kind::Refusing, site(&page(&tag("event")))).await?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        // Whoever may be counted would have been by then: events are gathered for a second.
        let began = reader.ask("performance.now()").await?.as_f64().unwrap_or_default();
        reader.until(&format!("performance.now() > {began} + 2500")).await?;
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

#[test]
fn a_server_that_fails_now_and_then_gets_each_event_once() {
    run(async {
        let reader = Reader::new(Kind::Refusing, site(&page(&tag("given")))).await?;
        let set = |situations: Vec<Situation>| {
            let mut options = reader
                .site
                .options
                .write()
                .map_err(|_| anyhow::anyhow!("the server has failed"))?;
            let kept: Vec<_> = options
                .situations
                .iter()
                .filter(|situation| situation.path_prefix != NUMBERS)
                .cloned()
                .collect();
            options.situations = kept.into_iter().chain(situations).collect();
            Ok::<_, anyhow::Error>(())
        };
        let failing = Situation {
            path_prefix: NUMBERS.into(),
            answer: Answer::Status(500),
        };
        set(vec![failing])?;
        reader.open("/page.html").await?;
        reader.notice().await?;
        // A hundred events in a row keep nobody waiting.
        let longest = reader
            .ask(
                "(() => { let longest = 0;
                for (let n = 0; n < 100; n++) { const began = performance.now();
                    document.dispatchEvent(new CustomEvent('soutien:support')); longest = Math.max(longest, performance.now() - began); }
                return longest; })()",
            )
            .await?;
        ensure!(longest.as_f64().is_some_and(|ms| ms < 2.0), "an event took {longest} ms");
        let started = Instant::now();
        while reader.n_requests(NUMBERS) < 2 {
            ensure!(started.elapsed() < LIMIT, "there is no second try");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        ensure!(reader.site.numbers().is_empty(), "the server took them");
        set(vec![])?;
        let events = until(&reader, 102).await?;
        ensure!(events.len() == 102, "{} events", events.len());
        reader.expect("witness.errors", json!([])).await
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

/// What the document shows is a batch as the command reads it, and as the module sends it.
#[test]
pub fn the_example_of_the_document_is_a_batch() {
    run(async {
        let example: Value = serde_json::from_str(&documents::only("docs/numbers.md", "What goes out", "json")?)?;
        let log = root().join("target/documents-batch.log");
        fs::write(&log, format!("{example}\n"))?;
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("numbers").arg(&log).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let figure = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        ensure!(
            figure("eligible views") == Some("1") && figure("allow rate") == Some("100.0 %"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    });
}
