//! The backend says of requests what uBlock Origin's own engine says, and the browser does what the backend says.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_backend::built::Browser;
use soutien_backend::filter::{Decision, Filter};
use soutien_backend::list::List;
use soutien_backend::rule::sample::Sample;
use soutien_backend::rule::{self, Rule};
use soutien_lists::{profiles, sources};
use soutien_project::root;
use soutien_project::run;
use support::browsers;

/// How many requests both engines are asked about.
const N_CASES: usize = 10_000;

/// The lists of a profile as its blocker reads them.
pub fn lists_of(name: &str) -> Result<Vec<List>> {
    let profiles = profiles::read()?;
    let profile = profiles.find(name).with_context(|| format!("there is no profile {name}"))?;
    sources::lists_of(Browser::Chromium, profile, &profiles)
}

/// Requests that rules of the lists are about, evenly drawn, each with its rule.
fn samples(lists: &[List], count: usize, is_wanted: impl Fn(&Sample) -> bool) -> Vec<(String, Sample)> {
    let lines = lists
        .iter()
        .flat_map(|list| &list.lines)
        .filter(|line| !line.is_empty() && !rule::is_cosmetic(line));
    let samples: Vec<_> = lines
        .filter_map(|line| Some((line.clone(), Rule::read(line).ok()?.sample()?)))
        .filter(|(_, sample)| is_wanted(sample))
        .collect();
    let step = (samples.len() / count).max(1);
    samples.into_iter().step_by(step).take(count).collect()
}

/// Requests that a page can make, evenly drawn. Every other one is of another kind than its rule says, so that some get through.
pub fn requests_of_pages(lists: &[List], count: usize) -> Vec<(String, Sample)> {
    const KINDS: [&str; 3] = ["script", "image", "xmlhttprequest"];
    let is_made_by_pages = |sample: &Sample| KINDS.contains(&sample.kind) && sample.address.starts_with("https://");
    let mut samples = samples(lists, count, is_made_by_pages);
    for (index, (_, sample)) in samples.iter_mut().enumerate().skip(1).step_by(2) {
        sample.kind = KINDS[index / 2 % KINDS.len()];
    }
    samples
}

/// What uBlock Origin's engine says.
fn ask_ublock(lists: &[List], samples: &[(String, Sample)]) -> Result<Vec<u64>> {
    let input = json!({
        "lists": lists.iter().map(|list| list.lines.join("\n")).collect::<Vec<_>>(),
        "cases": samples.iter().map(|(_, sample)| [&sample.address, &sample.from, sample.kind]).collect::<Vec<_>>(),
    });
    let answers = run::with_input(
        Command::new("node").arg("tests/rigs/judges/filters.mjs").current_dir(root()),
        &input.to_string(),
    )?;
    Ok(serde_json::from_str(&answers)?)
}

/// Why the engines may disagree about a request, as far as that is known of the rule that it was drawn from and of the one that decided.
fn reason(drawn: &str, decided: &str) -> Option<&'static str> {
    let has = |options: &[&str]| {
        [drawn, decided].iter().any(|line| {
            let (_, given) = line.rsplit_once('$').unwrap_or_default();
            given
                .split(',')
                .any(|option| options.contains(&option.split('=').next().unwrap_or_default().trim_start_matches('~')))
        })
    };
    Some(match () {
        () if has(&["to"]) => "adblock-rust 0.13 never matches a rule with `to`",
        () if has(&[
            "denyallow",
            "strict1p",
            "strict3p",
            "header",
            "ipaddress",
            "permissions",
            "replace",
            "urlskip",
            "uritransform",
        ]) =>
        {
            "adblock-rust does not know the option, and leaves the rule out"
        }
        () if has(&["redirect", "redirect-rule", "rewrite", "removeparam", "csp"]) => {
            "the rule is about what comes instead, which adblock-rust takes for blocking or an exception from it"
        }
        () => return None,
    })
}

#[test]
fn the_backend_agrees_with_ublock_origin() {
    browsers::run(async {
        let lists = lists_of("ublock-origin")?;
        let mut samples = samples(&lists, N_CASES, |_| true);
        // Every other request is of another kind or by another page than its rule says, so that many get through.
        for (index, (_, sample)) in samples.iter_mut().enumerate().skip(1).step_by(2) {
            sample.kind = ["script", "image", "xmlhttprequest", "sub_frame", "font"][index / 2 % 5];
            if index % 4 == 1 {
                sample.from = sample.address.clone();
            }
        }
        ensure!(
            samples.len() == N_CASES,
            "found {} requests, expected {N_CASES}",
            samples.len()
        );
        let filter = Filter::new(&lists, false);
        let answers = ask_ublock(&lists, &samples)?;
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut unexplained = Vec::new();
        let mut n_blocked = 0;
        for ((line, sample), answer) in samples.iter().zip(answers) {
            let decision = filter.decide(&sample.address, &sample.from, sample.kind);
            let (is_blocked, decided) = match &decision {
                Decision::Blocked(source) => (true, source.rule.as_str()),
                Decision::Excepted(_, source) => (false, source.rule.as_str()),
                Decision::Through => (false, ""),
            };
            n_blocked += usize::from(is_blocked);
            if is_blocked != (answer == 1) {
                let told = format!("{sample:?} drawn from {line}: here {decision:?}, there {answer}");
                match reason(line, decided) {
                    Some(reason) => reasons.entry(reason).or_default().push(told),
                    None => unexplained.push(told),
                }
            }
        }
        let n_explained: usize = reasons.values().map(Vec::len).sum();
        println!("{N_CASES} requests, {n_blocked} blocked here; {n_explained} disagreements: {reasons:#?}");
        ensure!(
            unexplained.is_empty(),
            "{} disagreements without a known reason:\n{}",
            unexplained.len(),
            unexplained.join("\n")
        );
        Ok(())
    });
}
