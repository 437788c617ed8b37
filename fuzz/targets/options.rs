//! The options of the tag: each line is one, `key=value`, with white space as the loader leaves it. A value is read as a duration as well.
#![cfg_attr(fuzzing, no_main)]

use soutien::config::{self, Config, milliseconds};

const LANGUAGES: &str = "fr en pt";

/// The longest text that an option keeps, in bytes.
const LONGEST: usize = 1_000;

soutien_fuzz::target!(|text: &str| {
    let lines = text.lines().map(|line| line.split_once('=').unwrap_or((line, "")));
    let options: Vec<(&str, String)> = lines
        .map(|(key, value)| (key, value.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect();
    let is_language = |name: &str| LANGUAGES.split(' ').any(|language| language == name);
    let mut config = Config::default();
    for (key, value) in &options {
        let used = config.take(key, value, LANGUAGES);
        assert!(used.is_none_or(|used| !used.is_empty()), "{key} {value:?}");
    }

    assert!(config.share() <= 100);
    assert!(config.lang().is_empty() || config.lang() == "auto" || is_language(config.lang()));
    for kept in [
        config.title(),
        config.text(),
        config.revision(),
        config.exempt(),
        config.analytics(),
    ] {
        assert!(kept.len() <= LONGEST, "{kept:?}");
    }
    let addresses = [config.support_url(), config.logo(), config.endpoint(), config.probe_twin()];
    for address in addresses.into_iter().chain(config.probe().split_ascii_whitespace()) {
        let scheme = scheme(address);
        assert!(
            scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https")),
            "{address:?}"
        );
    }
    // What is given twice is as if given once.
    let mut twice = config;
    for (key, value) in &options {
        twice.take(key, value, LANGUAGES);
    }
    assert_eq!(twice, config);

    for (key, value) in &options {
        assert_eq!(milliseconds(value), duration(value), "{value:?}");
        let language = config::language(&config, value, LANGUAGES);
        assert!(is_language(language), "{key} {value:?}");
    }
});

/// The scheme that browsers see in an address: they leave out tabs and line feeds, and what is no letter before it.
fn scheme(address: &str) -> Option<String> {
    let plain: String = address.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let (scheme, _) = plain.trim_start_matches(|c: char| c <= ' ').split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// A duration read in another way, by the standard library.
fn duration(text: &str) -> Option<u64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.strip_suffix(unit)?;
    let factor: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60 * 1_000,
        "h" => 60 * 60 * 1_000,
        "d" => 24 * 60 * 60 * 1_000,
        // Nothing is nothing in every unit.
        "" if digits.bytes().all(|digit| digit == b'0') && !digits.is_empty() => 1,
        _ => return None,
    };
    Some(u64::from(digits.parse::<u32>().ok()?) * factor)
}
