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

/// The levels of the headings, in their order.
fn headings(text: &str) -> Vec<usize> {
    let mut is_code = false;
    let mut levels = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code && line.starts_with('#') {
            levels.push(line.len() - line.trim_start_matches('#').len());
        }
    }
    levels
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
        ensure!(pairs.len() == 7, "expected seven documents in French, found {pairs:?}");
        for (french, english) in &pairs {
            let (in_french, in_english) = (read(french)?, read(english)?);
            ensure!(
                headings(&by_hand(&in_french)) == headings(&by_hand(&in_english)),
                "{french} has headings of the levels {:?}, expected {:?} as in {english}",
                headings(&by_hand(&in_french)),
                headings(&by_hand(&in_english))
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
            let (found, expected) = (rows(&by_hand(&in_french)), rows(&by_hand(&in_english)));
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
            let text = read(&french)?;
            let mut is_code = false;
            // A picture begins with such a sign.
            for (number, line) in text.replace(" ![", " [").lines().enumerate() {
                if line.trim_start().starts_with("```") {
                    is_code = !is_code;
                }
                let parts = line.split('`').step_by(2);
                let wrong = |part: &str| {
                    [" :", " ;", " !", " ?", "« ", " »"]
                        .into_iter()
                        .find(|sign| part.contains(sign))
                };
                if let Some(sign) = (!is_code).then(|| parts.filter_map(wrong).next()).flatten() {
                    anyhow::bail!("{french}:{} has {sign:?} with a blank that breaks", number + 1);
                }
            }
        }
        Ok(())
    });
}
