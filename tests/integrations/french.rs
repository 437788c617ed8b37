//! What is there in French says the same as in English: the same headings, pieces of code and tables, each with a link to the other.

use anyhow::{Result, ensure};
use soutien_project::root;
use support::browsers::run;
use support::documents::{dead_links, in_french, read, snippets};

/// A text without what is written between marks, which is there in English alone.
fn by_hand(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!-- ") {
        left.push_str(before);
        let name = after.split(':').next().unwrap_or_default();
        rest = match after.split_once(&format!("<!-- /{name} -->")) {
            Some((_, after)) => after,
            None => after,
        };
    }
    left.push_str(rest);
    left
}

/// The lines of a text that stand in no piece of code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The levels of the headings, in their order.
fn headings(text: &str) -> Vec<usize> {
    let headings = prose(text).filter(|(_, line)| line.starts_with('#'));
    headings
        .map(|(_, line)| line.len() - line.trim_start_matches('#').len())
        .collect()
}

/// How many rows there are under each heading.
fn rows(text: &str) -> Vec<usize> {
    let mut counts = vec![0];
    for line in text.lines() {
        if line.starts_with('#') {
            counts.push(0);
        } else if line.starts_with('|') {
            *counts.last_mut().expect("there is one") += 1;
        }
    }
    counts
}

#[test]
fn each_french_document_says_the_same_as_its_english_one() {
    run(async {
        let pairs = in_french()?;
        ensure!(pairs.len() == 8, "expected eight documents in French, found {pairs:?}");
        for (french, english) in &pairs {
            let (in_french, in_english) = (read(french)?, read(english)?);
            let written = [&in_french, &in_english].map(|text| by_hand(text));
            let [found, expected] = written.each_ref().map(|text| headings(text));
            ensure!(
                found == expected,
                "{french} has headings of the levels {found:?}, expected {expected:?} as in {english}"
            );
            let code = |text: &str| -> Result<Vec<(String, String)>> {
                Ok(snippets(text)?
                    .into_iter()
                    .map(|piece| (piece.language, piece.code))
                    .collect())
            };
            ensure!(
                code(&in_french)? == code(&in_english)?,
                "{french} has other pieces of code than {english}"
            );
            let [found, expected] = written.each_ref().map(|text| rows(text));
            ensure!(
                found == expected,
                "{french} has {found:?} rows under its headings, {english} {expected:?}"
            );
            let to_each_other = in_french.contains("[English](") && in_english.contains("[Français](");
            ensure!(to_each_other, "{french} and {english} do not lead to each other");
            let dead = dead_links(&root(), french)?;
            ensure!(dead.is_empty(), "links that lead nowhere: {dead:?}");
        }
        Ok(())
    });
}

/// French typography keeps a sign with its word: « », : ; ! ? never begin a line.
#[test]
fn french_signs_stay_with_their_words() {
    run(async {
        for (french, _) in in_french()? {
            // A picture begins with such a sign.
            let text = read(&french)?.replace(" ![", " [");
            for (number, line) in prose(&text) {
                let wrong = |part: &str| {
                    [" :", " ;", " !", " ?", "« ", " »"]
                        .into_iter()
                        .find(|sign| part.contains(sign))
                };
                if let Some(sign) = line.split('`').step_by(2).find_map(wrong) {
                    anyhow::bail!("{french}:{number} has {sign:?} with a blank that breaks");
                }
            }
        }
        Ok(())
    });
}
