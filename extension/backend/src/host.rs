//! The names of hosts: which texts are one, and which one an address or a match pattern has.

use adblock::url_parser::parse_url;

/// Whether a text is the name of a host, in the letters that travel.
pub fn is_host(text: &str) -> bool {
    let is_of_hosts = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !text.is_empty()
        && text.len() <= 253
        && text.chars().all(is_of_hosts)
        && !text.starts_with(['.', '-'])
        && !text.ends_with(['.', '-'])
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
