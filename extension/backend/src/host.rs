//! The names of hosts: which texts are one, and which one an address or a match pattern has.

use std::net::Ipv4Addr;

use adblock::url_parser::parse_url;
use idna::AsciiDenyList;

/// Whether a text is the name of a host, in the letters that travel.
pub fn is_host(text: &str) -> bool {
    let is_of_hosts = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !text.is_empty()
        && text.len() <= 253
        && text.chars().all(is_of_hosts)
        && !text.starts_with(['.', '-'])
        && !text.ends_with(['.', '-'])
}

/// Whether a name of a host is the one that browsers make of it: lower case, valid Punycode, no part that is empty, and no number at the
/// end that is not that of an address. Firefox drops a rule as a whole over a single name that is not, without a word, and refuses all
/// rules at once that are added while it runs.
pub fn is_canonical(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = match last.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => last.bytes().all(|byte| byte.is_ascii_digit()),
    };
    let is_written_so = || idna::domain_to_ascii_cow(name.as_bytes(), AsciiDenyList::URL).is_ok_and(|ascii| ascii == name);
    let is_address = || name.parse::<Ipv4Addr>().is_ok_and(|address| address.to_string() == name);
    is_host(name) && name.split('.').all(|part| !part.is_empty()) && if is_number { is_address() } else { is_written_so() }
}

/// Returns the host of an address of the web; empty of any other.
pub fn host_of(address: &str) -> String {
    parse_url(address)
        .filter(|url| matches!(url.schema(), "http" | "https"))
        .map(|url| url.hostname().to_owned())
        .unwrap_or_default()
}

/// Returns the host that a match pattern such as `*://journal.example/*` is for; none of a pattern for several hosts.
pub fn host_of_pattern(pattern: &str) -> Option<&str> {
    let (_, rest) = pattern.split_once("://")?;
    rest.strip_suffix("/*").filter(|host| is_host(host))
}

/// Whether a host is `site` or below it.
pub fn is_within(host: &str, site: &str) -> bool {
    host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_host(address: &str, expected: &str) {
        assert_eq!(host_of(address), expected, "{address}");
    }

    #[track_caller]
    fn check_canonical(name: &str, expected: bool) {
        assert_eq!(is_canonical(name), expected, "{name}");
    }

    #[test]
    fn a_canonical_name_is_what_browsers_make_of_it() {
        for name in [
            "journal.example",
            "localhost",
            "a_b.example",
            "a-.example-a.net",
            "r3---sn.example",
            "xn--bcher-kva.example",
            "127.0.0.1",
            "1.example",
            "example.0xg",
        ] {
            check_canonical(name, true);
        }
        for name in [
            "",
            "Journal.example",
            "bücher.example",
            // Found in a list: no valid Punycode.
            "xn--api-hn0a.rtnews.pro",
            "xn--a.example",
            "xn--.example",
            "XN--bcher-kva.example",
            "a..example",
            ".example",
            "example.",
            "a b.example",
            "*.example",
            "1.2.3",
            "127.0.0.01",
            "256.0.0.1",
            "example.1",
            "example.0x1",
            "[::1]",
        ] {
            check_canonical(name, false);
        }
    }

    #[test]
    fn an_address_of_the_web_has_a_host() {
        check_host("https://journal.example", "journal.example");
        check_host("https://journal.example/une?a#b", "journal.example");
        check_host("http://localhost:8000/", "localhost");
        check_host("http://127.0.0.1:8000", "127.0.0.1");
        check_host("http://[::1]:8000/", "[::1]");
        check_host("https://name:word@journal.example:8443/", "journal.example");
        check_host("https://journal.example?a@b:1", "journal.example");
    }

    #[test]
    fn other_addresses_have_no_host() {
        for address in [
            "",
            "about:blank",
            "data:text/html,a",
            "file:///home/a.html",
            "chrome-extension://abc/popup.html",
            "journal.example",
            "https://",
        ] {
            check_host(address, "");
        }
    }

    #[test]
    fn a_pattern_for_one_host_has_a_host() {
        assert_eq!(host_of_pattern("*://journal.example/*"), Some("journal.example"));
        for pattern in [
            "*://*/*",
            "*://*.journal.example/*",
            "<all_urls>",
            "https://journal.example/a",
            "",
        ] {
            assert_eq!(host_of_pattern(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_host_is_within_a_site_by_whole_parts_of_its_name() {
        assert!(is_within("journal.example", "journal.example"));
        assert!(is_within("www.journal.example", "journal.example"));
        assert!(!is_within("unjournal.example", "journal.example"));
        assert!(!is_within("example", "journal.example"));
        assert!(!is_within("", "journal.example"));
    }
}
