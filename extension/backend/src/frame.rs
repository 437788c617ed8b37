//! The frames of a tab: how browsers number them, and by which address rules know what one shows.

use serde::Deserialize;

use crate::host::host_of;

/// A frame of a tab, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The number of the tab.
    pub tab: i32,
    /// The number of the frame in its tab: 0 for the page itself. Firefox numbers the others from 2³¹ on, which is
    /// more than 32 bits hold.
    pub number: i64,
}

impl Frame {
    /// Whether it holds the page itself, and no page within it.
    pub fn is_page(self) -> bool {
        self.number == 0
    }
}

/// Whose address what a frame shows goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// Its own.
    Own(&'a str),
    /// That of the origin which made it, as of `about:blank`, or of a text in the page around it.
    Lent(String),
    /// None of the web, so that no rule is about it.
    None,
}

impl<'a> Address<'a> {
    /// Reads what browsers say of a document: its address, and its origin, which is empty where they do not say it.
    pub fn read(address: &'a str, origin: &str) -> Address<'a> {
        if !host_of(address).is_empty() {
            Address::Own(address)
        } else if !host_of(origin).is_empty() {
            Address::Lent(format!("{}/", origin.trim_end_matches('/')))
        } else {
            Address::None
        }
    }

    /// The address; empty where there is none.
    pub fn text(&self) -> &str {
        match self {
            Address::Own(address) => address,
            Address::Lent(address) => address,
            Address::None => "",
        }
    }
}

/// What a frame shows now, of what `webNavigation.getFrame` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Shown {
    /// The address.
    pub url: String,
    /// Whether the browser shows a message of its own instead of it.
    pub error_occurred: bool,
}

impl Shown {
    /// Whether the page at `address` may still be there. What has no address of its own may be any page.
    pub fn may_be(&self, address: &str) -> bool {
        !self.error_occurred && (self.url == address || host_of(&self.url).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_shown(told: &str, expected: bool) {
        let shown: Shown = serde_json::from_str(told).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(shown.may_be("https://journal.example/une"), expected, "{told}");
    }

    #[test]
    fn a_page_is_gone_when_its_frame_shows_another_or_an_error() {
        check_shown(
            r#"{"frameId": 3, "url": "https://journal.example/une", "errorOccurred": false}"#,
            true,
        );
        check_shown(r#"{"frameId": 3, "url": "about:srcdoc"}"#, true);
        check_shown(r#"{"url": "https://journal.example/deux", "errorOccurred": false}"#, false);
        check_shown(r#"{"url": "https://journal.example/une", "errorOccurred": true}"#, false);
    }

    #[track_caller]
    fn check(address: &str, origin: &str, expected: Address) {
        assert_eq!(Address::read(address, origin), expected, "{address} of {origin}");
    }

    #[test]
    fn what_has_no_address_of_the_web_goes_by_its_origin() {
        let origin = "https://journal.example";
        let lent = || Address::Lent("https://journal.example/".into());
        check("https://ads.example/a?b", origin, Address::Own("https://ads.example/a?b"));
        check("https://ads.example/a", "", Address::Own("https://ads.example/a"));
        check("about:blank", origin, lent());
        check("about:srcdoc", origin, lent());
        check("blob:https://journal.example/1", origin, lent());
        check("", origin, lent());
    }

    #[test]
    fn what_has_no_origin_of_the_web_goes_by_none() {
        for origin in ["null", "", "moz-extension://abc", "file://"] {
            check("about:blank", origin, Address::None);
        }
    }
}
