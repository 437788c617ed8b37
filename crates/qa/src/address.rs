//! Addresses of pages, and texts of strangers, as they may be shown: what is secret in them reaches no report, log or file name.

use std::fmt;

use reqwest::Url;
use serde::{Serialize, Serializer};
use soutien_project::files::short_hash;
use soutien_project::shown::shown;

/// What stands for a secret.
const MASK: &str = "***";

/// How many characters of a stranger's text are shown.
const MOST: usize = 400;

/// How long a file's name may be, of the part that is made of an address.
const MOST_OF_A_NAME: usize = 48;

/// Parts of the names of parameters whose values are secrets, as sites and their sign-in services call them.
const SECRETS: [&str; 13] = [
    "token",
    "secret",
    "passw",
    "pwd",
    "auth",
    "apikey",
    "api_key",
    "api-key",
    "access",
    "session",
    "signature",
    "jwt",
    "credential",
];
/// Names of such parameters that are parts of harmless ones.
const SECRET_NAMES: [&str; 6] = ["key", "sig", "pass", "code", "sid", "hmac"];

/// The address of a page: as it was given, which browsers get, and as it may be shown, which is what it prints and serialises as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    given: String,
    shown: String,
}

impl Address {
    /// An address as somebody gave it.
    pub fn new(given: &str) -> Self {
        Self {
            given: given.to_owned(),
            shown: told(given),
        }
    }

    /// The address for a browser, with all that is secret in it.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// The origin, as browsers write it.
    pub fn origin(&self) -> String {
        Url::parse(&self.given).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
    }

    /// The path, which is the same wherever the site is.
    pub fn path(&self) -> String {
        Url::parse(&self.given).map_or_else(|_| String::new(), |url| url.path().to_owned())
    }

    /// Whether a page is at this address, by what it says of itself: there, browsers leave credentials out, and write hosts and paths in one way.
    pub fn is_at(&self, location: &str) -> bool {
        let plain = |text: &str| {
            let mut url = Url::parse(text).ok()?;
            // An address that cannot have credentials has none.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            Some(url.as_str().trim_end_matches('/').to_owned())
        };
        self.given == location || plain(&self.given).is_some_and(|given| plain(location) == Some(given))
    }

    /// The part of a file's name that tells this page from others: its number in this run, what can be read of the address in ASCII, cut, and a short
    /// hash of what may be shown of it.
    pub fn file_name(&self, number: usize) -> String {
        let readable = self.shown.split_once("://").map_or(self.shown.as_str(), |(_, rest)| rest);
        let mut slug = String::new();
        for character in readable.chars() {
            if character.is_ascii_alphanumeric() {
                slug.push(character);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(MOST_OF_A_NAME);
        format!(
            "{number:03}-{}-{}",
            slug.trim_end_matches('-'),
            short_hash(self.shown.as_bytes())
        )
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shown)
    }
}

/// The host of an address with its port, as browsers write it; empty where the address is none.
pub fn host(address: &str) -> String {
    let Ok(url) = Url::parse(address) else {
        return String::new();
    };
    let host = url.host_str().unwrap_or_default();
    url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"))
}

/// A text that comes from a page, a browser or a list, as it may be shown: without credentials and tokens of the addresses in it, without what
/// steers a terminal, and cut.
pub fn told(text: &str) -> String {
    shown(&masked(text), MOST)
}

/// A text in which the credentials and the secret parameters of addresses are masked.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + "://".len());
        masked.push_str(before);
        let end = after.find(ends_address).unwrap_or(after.len());
        let (address, later) = after.split_at(end);
        masked.push_str(&without_secrets(address));
        rest = later;
    }
    masked + rest
}

/// Whether a character ends an address that stands in a text.
fn ends_address(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '<' | '>' | '`' | '»' | '”' | ')' | ']' | '}')
}

/// What follows `://` of an address, with its secrets masked.
fn without_secrets(address: &str) -> String {
    let authority_end = address.find(['/', '?', '#', '\\']).unwrap_or(address.len());
    let (authority, path) = address.split_at(authority_end);
    // Whatever is before the last sign is a name and a password.
    let authority = authority
        .rsplit_once('@')
        .map_or(authority.to_owned(), |(_, host)| format!("{MASK}@{host}"));
    let Some(start) = path.find(['?', '#']) else {
        return authority + path;
    };
    let (path, parameters) = path.split_at(start);
    let mut text = authority + path;
    for part in parameters.split_inclusive(['?', '#', '&', ';']) {
        let (pair, sign) = match part.char_indices().next_back() {
            Some((end, sign @ ('?' | '#' | '&' | ';'))) => (&part[..end], Some(sign)),
            _ => (part, None),
        };
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && (is_secret(name) || is_opaque(value)) => {
                text.extend([name, "=", MASK]);
            }
            _ => text.push_str(pair),
        }
        text.extend(sign);
    }
    text
}

/// Whether a parameter of this name has a secret for its value.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|part| name.contains(part)) || name.split(['_', '-', '.']).any(|part| SECRET_NAMES.contains(&part))
}

/// Whether a value looks like a token, whatever it is called: long, of letters and digits, and no word.
fn is_opaque(value: &str) -> bool {
    value.len() >= 24
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%+/=".contains(&byte))
        && value.bytes().filter(u8::is_ascii_digit).count() >= 4
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_tokens_are_not_shown() {
        for (text, expected) in [
            ("https://journal.example/une?id=7", "https://journal.example/une?id=7"),
            ("https://user:pass@staging.example/", "https://***@staging.example/"),
            ("https://user@staging.example", "https://***@staging.example"),
            ("https://user:p@ss@staging.example/a@b", "https://***@staging.example/a@b"),
            ("https://user:p:a:s@[::1]:8080/", "https://***@[::1]:8080/"),
            ("https://a.example/?token=abc&page=2", "https://a.example/?token=***&page=2"),
            (
                "https://a.example/?page=2;api_key=abc#access_token=x&y=z",
                "https://a.example/?page=2;api_key=***#access_token=***&y=z",
            ),
            (
                "https://a.example/?X-Amz-Signature=0f&empty_token=",
                "https://a.example/?X-Amz-Signature=***&empty_token=",
            ),
            (
                "https://a.example/?monkey=1&keyboard=2&postcode=75001",
                "https://a.example/?monkey=1&keyboard=2&postcode=75001",
            ),
            ("https://a.example/?code=75001&sid=9", "https://a.example/?code=***&sid=***"),
            (
                "https://a.example/?p=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0&title=a-very-long-title-about-nothing",
                "https://a.example/?p=***&title=a-very-long-title-about-nothing",
            ),
            (
                "the address leads to https://u:p@a.example/ and \"https://u:p@b.example/?token=1\"",
                "the address leads to https://***@a.example/ and \"https://***@b.example/?token=***\"",
            ),
            ("wss://u:p@a.example/socket", "wss://***@a.example/socket"),
            ("no address: user:pass@host", "no address: user:pass@host"),
            ("\u{1b}[31mred\u{202e}", "\\u{1b}[31mred\\u{202e}"),
            ("", ""),
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
        let address = Address::new("https://user:pass@staging.example/?token=abc");
        assert_eq!(address.given(), "https://user:pass@staging.example/?token=abc");
        assert_eq!(address.to_string(), "https://***@staging.example/?token=***");
        assert_eq!(serde_json::json!(address), "https://***@staging.example/?token=***");
    }

    #[test]
    fn a_page_is_known_by_what_it_says_of_itself() {
        for (given, location, is_at) in [
            ("https://user:pass@staging.example/une", "https://staging.example/une", true),
            ("https://Staging.Example", "https://staging.example/", true),
            ("https://münchen.example/", "https://xn--mnchen-3ya.example/", true),
            ("https://staging.example:443/é", "https://staging.example/%C3%A9", true),
            ("https://staging.example/une", "https://staging.example/deux", false),
            ("https://staging.example/une", "https://www.staging.example/une", false),
            ("https://staging.example/une?a", "https://staging.example/une", false),
            ("no address", "about:blank", false),
        ] {
            assert_eq!(Address::new(given).is_at(location), is_at, "{given} and {location}");
        }
        assert_eq!(host("https://user:pass@Staging.example:8443/une"), "staging.example:8443");
        assert_eq!(host("no address"), "");
    }

    #[test]
    fn file_names_are_short_apart_and_without_secrets() {
        let long = format!("https://journal.example/{}", "très-long/".repeat(100));
        for (given, expected) in [
            (
                "https://user:pass@journal.example/une.html?token=abc",
                "001-journal-example-une-html-token-",
            ),
            (&long, "001-journal-example-tr-s-long-tr-s-long-tr-s-long-tr-"),
            ("https://日本.example/記事", "001-example-"),
            ("https://пример.испытание/", "001-"),
        ] {
            let name = Address::new(given).file_name(1);
            assert!(name.starts_with(expected), "{given}: {name}");
            assert!(
                name.len() < 70 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{name}"
            );
        }
        let names = ["https://a.example/x/y", "https://a.example/x-y"].map(|given| Address::new(given).file_name(1));
        assert_ne!(names[0], names[1]);
    }
}
