//! What the endpoint of the publisher's numbers gets, and pages that send them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use soutien_project::root;
use soutien_testbed::server::{Answer, NUMBERS, Situation};

use crate::reader::Reader;
use crate::waiting::{SLOW, wait_within};

/// A page's script that has everything that waits a second or more come so many times as soon.
pub fn hurry(times: u32) -> String {
    format!(
        "{{ const later = setTimeout;
        window.setTimeout = (run, ms, ...rest) => later(run, ms >= 1000 ? ms / {times} : ms, ...rest); }}"
    )
}

/// In milliseconds, when whoever may be counted has been on a page that is in a hurry twenty times over: events are gathered for a second, and
/// a batch is tried again after two.
pub const COUNTED: u32 = 400;

/// Has the page's own code say that the reader supports it otherwise, so many times.
pub fn support(times: usize) -> String {
    format!("Array.from({{ length: {times} }}, () => document.dispatchEvent(new CustomEvent('soutien:support'))).length")
}

/// The attributes of a page that sends its numbers to an address, with this value of `data-consent`.
pub fn tag_for(endpoint: &str, consent: &str) -> String {
    format!(r#"data-policy="always" data-delay="0" data-lang="fr" data-endpoint="{endpoint}" data-consent="{consent}""#)
}

/// The attributes of a page that sends its numbers to the demo's own address.
pub fn tag(consent: &str) -> String {
    tag_for(NUMBERS, consent)
}

/// Each batch that has come, once.
pub fn batches(reader: &Reader) -> Result<Vec<Value>> {
    let mut batches: Vec<Value> = Vec::new();
    for body in reader.site.numbers() {
        let batch: Value = serde_json::from_str(&body).with_context(|| body.clone())?;
        if !batches.iter().any(|known| known["batch"] == batch["batch"]) {
            batches.push(batch);
        }
    }
    Ok(batches)
}

/// The events that have come, of each batch once, by their names, and with what belongs to them.
pub fn received(reader: &Reader) -> Result<Vec<Value>> {
    let events = |batch: &Value| batch["events"].as_array().cloned().unwrap_or_default();
    Ok(batches(reader)?.iter().flat_map(events).collect())
}

/// Waits until so many events have come, all of them as the schema has them, and gives them.
pub async fn until(reader: &Reader, count: usize) -> Result<Vec<Value>> {
    let events = wait_within(SLOW, &format!("event number {count}"), async || {
        Ok(Some(received(reader)?).filter(|events| events.len() >= count))
    })
    .await
    .with_context(|| format!("{:?}", reader.site.numbers()))?;
    hold_schema(&reader.site.numbers())?;
    Ok(events)
}

/// Waits until the endpoint was asked so often.
pub async fn until_tried(reader: &Reader, count: usize) -> Result<()> {
    wait_within(SLOW, &format!("try {count} of the endpoint"), async || {
        Ok((reader.n_requests(NUMBERS) >= count).then_some(()))
    })
    .await
}

/// Asserts that docs/numbers.schema.json allows these batches.
pub fn hold_schema(bodies: &[String]) -> Result<()> {
    let mut node = Command::new("node")
        .arg("tests/rigs/judges/schema.mjs")
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start Node.js")?;
    let mut input = node.stdin.take().context("Node.js has an input")?;
    input.write_all(bodies.join("\n").as_bytes())?;
    drop(input);
    let output = node.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success() && said.is_empty(),
        "the schema does not allow: {said}"
    );
    Ok(())
}

/// From now on, the endpoint answers so; none is as it should.
pub fn answer(reader: &Reader, answers: &[Answer]) -> Result<()> {
    let options = reader.site.options.write();
    let mut options = options.map_err(|_| anyhow::anyhow!("the server has failed"))?;
    options.situations.retain(|situation| situation.path_prefix != NUMBERS);
    let situation = |answer: &Answer| Situation {
        path_prefix: NUMBERS.into(),
        answer: answer.clone(),
    };
    options.situations.extend(answers.iter().map(situation));
    Ok(())
}
