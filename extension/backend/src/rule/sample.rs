//! Requests that rules are about, made of their patterns: for asking the filter engine before a browser does.

use super::{Pattern, Rule};
use crate::host::is_host;
use crate::request_type::RequestType;

/// A request that a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its address.
    pub address: String,
    /// The page that asks.
    pub from: String,
    /// The kind as browsers name it.
    pub kind: &'static str,
}

impl Rule<'_> {
    /// A request that the rule is about, as far as its pattern says so; none for expressions, and for patterns that fit everything.
    pub fn sample(&self) -> Option<Sample> {
        let plain = |text: &str| text.trim_end_matches('|').replace('^', "/").replace('*', "x");
        let address = match self.pattern {
            Pattern::Host(host) => format!("https://{host}/x"),
            Pattern::Text(text) => match text.strip_prefix("||") {
                Some(rest) => format!("https://{}", plain(rest.trim_start_matches(['*', '.']))),
                None if text.starts_with('|') => plain(&text[1..]),
                None if text.starts_with("://") => format!("https{}", plain(text)),
                None if text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '%') => {
                    format!("https://files.example/{}", plain(text))
                }
                None => format!("https://files.example/x{}", plain(text)),
            },
            Pattern::Everything | Pattern::Expression(_) => return None,
        };
        let kind = RequestType::ALL.into_iter().find(|kind| {
            if self.types.is_empty() {
                *kind == RequestType::Script && !self.not_types.contains(kind)
            } else {
                self.types.contains(kind)
            }
        });
        // A wildcard may stand where the host ends, and browsers would put a slash there.
        let host = address
            .strip_prefix("https://")?
            .split('/')
            .next()
            .filter(|host| is_host(host))?;
        let from = match (self.sites.only.first(), self.third_party) {
            (Some(site), _) => format!("https://{}/", site.replace(".*", ".com")),
            (None, Some(false)) => format!("https://{host}/"),
            (None, _) => "https://journal.example/".into(),
        };
        Some(Sample {
            from,
            kind: kind.unwrap_or(RequestType::Image).as_str(),
            address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(line: &str) -> Option<Sample> {
        let rule = Rule::read(line).unwrap_or_else(|refusal| panic!("{line}: {refusal:?}"));
        rule.sample()
    }

    /// The address, the page that asks and the type.
    #[track_caller]
    fn check(line: &str, expected: [&str; 3]) {
        let sample = sample(line).unwrap_or_else(|| panic!("{line} has no sample"));
        assert_eq!([&sample.address, &sample.from, sample.kind], expected);
    }

    #[test]
    fn an_address_fits_the_pattern() {
        let from = "https://journal.example/";
        check("||ads.example^", ["https://ads.example/x", from, "script"]);
        check("||ads.example/a^b*c|", ["https://ads.example/a/bxc", from, "script"]);
        check("|https://ads.example/a", ["https://ads.example/a", from, "script"]);
        check("://ads.example/a", ["https://ads.example/a", from, "script"]);
        check("ads/a.", ["https://files.example/ads/a.", from, "script"]);
        check("/ads/a.", ["https://files.example/x/ads/a.", from, "script"]);
    }

    #[test]
    fn the_page_and_the_type_fit_the_options() {
        check(
            "||ads.example^$image,domain=journal.*|b.example",
            ["https://ads.example/x", "https://journal.com/", "image"],
        );
        check(
            "||ads.example^$~third-party",
            ["https://ads.example/x", "https://ads.example/", "script"],
        );
        check(
            "||ads.example^$~script",
            ["https://ads.example/x", "https://journal.example/", "image"],
        );
    }

    #[test]
    fn what_says_nothing_of_an_address_has_no_sample() {
        for line in ["/ad[0-9]+/$script", "*$script", "|http://ads.example/a"] {
            assert_eq!(sample(line), None, "{line}");
        }
    }
}
