//! What keeps a page from being judged, in words that help.

use std::fmt;

use thirtyfour::error::{WebDriverError, WebDriverErrorInner};

use crate::address::told;

/// What is said of a certificate that a browser refuses.
pub const UNVOUCHED: &str = "no authority vouches for the certificate; --insecure takes it all the same";

/// What a page does that keeps it from being judged. The browser goes on.
#[derive(Debug)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// An error as one line, as it may be shown.
pub fn reason(error: &anyhow::Error) -> String {
    // A driver's own words are the last of what it says, below status and state.
    let text = format!("{error:#}").replace("Additional info:", "");
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("Status: "));
    told(&lines.take(3).collect::<Vec<_>>().join(" "))
}

/// What is said of a browser that does not start: why, and after that what it says itself, which may be long and about anything.
pub fn not_started(why: &anyhow::Error, log: &str) -> anyhow::Error {
    anyhow::anyhow!("the browser does not start: {why:#}; it says:\n{log}")
}

/// What drivers say of a tab that is gone or does not answer, in words that help.
pub fn explained(error: anyhow::Error) -> anyhow::Error {
    let inner = error.downcast_ref::<WebDriverError>().map(WebDriverError::as_inner);
    if matches!(
        inner,
        Some(WebDriverErrorInner::WebDriverTimeout(_) | WebDriverErrorInner::Timeout(_))
    ) {
        return anyhow::anyhow!("the page keeps the browser busy: it does not answer");
    }
    let text = format!("{error:#}");
    let is_gone = [
        "page crash",
        "tab crashed",
        "no such window",
        "Browsing context has been discarded",
    ]
    .iter()
    .any(|words| text.contains(words));
    if is_gone {
        return anyhow::anyhow!("the page has crashed or closed its tab");
    }
    error
}

/// Whether the tab is gone, or its browser.
pub fn is_gone(error: &anyhow::Error) -> bool {
    let inner = error.downcast_ref::<WebDriverError>().map(WebDriverError::as_inner);
    matches!(
        inner,
        Some(WebDriverErrorInner::NoSuchWindow(_) | WebDriverErrorInner::InvalidSessionId(_))
    ) || ["page crash", "tab crashed", "the browser is gone"]
        .iter()
        .any(|words| format!("{error:#}").contains(words))
}

/// Why a page could not be opened, by what the browsers say; `None` where the browser itself is at fault.
pub fn failed_to_open(error: &WebDriverError) -> Option<String> {
    let text = error.to_string();
    let word = text
        .split(|c: char| c.is_whitespace() || c == '"' || c == '&')
        .find_map(|word| {
            let word = word.trim_end_matches([',', '.', ')']);
            if let Some(start) = word.find("net::ERR_") {
                return Some(&word[start..]);
            }
            word.split_once("about:neterror?e=").map(|(_, name)| name)
        })?;
    Some(cannot_open(word))
}

/// What a browser's own name of an error means.
pub fn cannot_open(error: &str) -> String {
    // An answer without a page, as Chromium puts it.
    if let Some(status) = error.strip_prefix("HTTP ERROR ") {
        return answered(status);
    }
    if ["ERR_CERT_", "nssBadCert", "MOZILLA_PKIX_ERROR_", "SEC_ERROR_", "BAD_CERT"]
        .iter()
        .any(|words| error.contains(words))
    {
        return format!("{UNVOUCHED} ({error})");
    }
    format!("the page cannot be opened: {error}")
}

/// What is said of a page that is answered with such a status.
pub fn answered(status: &str) -> String {
    format!("the page is answered with status {status}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_browser_does_not_start_is_told_whatever_it_says_itself() {
        let log = "a warning\nanother\na third\na fourth";
        let told = reason(&not_started(
            &anyhow::anyhow!("no answer").context("it does not take the extension"),
            log,
        ));
        assert!(
            told.contains("it does not take the extension: no answer; it says: a warning"),
            "{told}"
        );
    }

    #[test]
    fn a_tab_is_not_gone_for_what_a_page_is_called_or_says() {
        for (text, expected) in [
            ("the browser refuses Page.navigate: tab crashed", true),
            ("session deleted because of page crash", true),
            ("the browser is gone", true),
            ("the page throws: ReferenceError: crash is not defined", false),
            ("https://journal.example/un-crash cannot be opened", false),
        ] {
            assert_eq!(is_gone(&anyhow::anyhow!("{text}")), expected, "of {text:?}");
        }
    }
}
