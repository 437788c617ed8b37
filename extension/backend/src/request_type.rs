//! The types of requests, as browsers and rules tell them apart.

use crate::built::Browser;

/// The kinds of requests that rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestType {
    /// A page.
    Document,
    /// A page within a page.
    Frame,
    /// A script.
    Script,
    /// A picture.
    Image,
    /// A style sheet.
    Stylesheet,
    /// What a plug-in shows.
    Object,
    /// What a script asks for, by `fetch` or `XMLHttpRequest`.
    Fetch,
    /// What `sendBeacon` or `<a ping>` sends.
    Ping,
    /// Sound or film.
    Media,
    /// A font.
    Font,
    /// A connection that stays open.
    Websocket,
    /// Anything else.
    Other,
}

impl RequestType {
    /// Every kind.
    pub const ALL: [RequestType; 12] = [
        RequestType::Document,
        RequestType::Frame,
        RequestType::Script,
        RequestType::Image,
        RequestType::Stylesheet,
        RequestType::Object,
        RequestType::Fetch,
        RequestType::Ping,
        RequestType::Media,
        RequestType::Font,
        RequestType::Websocket,
        RequestType::Other,
    ];

    /// Its names in the conditions of rules. Firefox has some more for parts of what one name stands for elsewhere, and a rule that has not
    /// them all misses some: `sendBeacon` for `$ping`, and `srcset` for `$image`.
    pub fn names(self, browser: Browser) -> &'static [&'static str] {
        match (self, browser) {
            (RequestType::Image, Browser::Firefox) => &["image", "imageset"],
            (RequestType::Ping, Browser::Firefox) => &["ping", "beacon"],
            (RequestType::Other, Browser::Firefox) => &["other", "speculative", "web_manifest", "xml_dtd", "xslt"],
            (RequestType::Document, _) => &["main_frame"],
            (RequestType::Frame, _) => &["sub_frame"],
            (RequestType::Script, _) => &["script"],
            (RequestType::Image, _) => &["image"],
            (RequestType::Stylesheet, _) => &["stylesheet"],
            (RequestType::Object, _) => &["object"],
            (RequestType::Fetch, _) => &["xmlhttprequest"],
            (RequestType::Ping, _) => &["ping"],
            (RequestType::Media, _) => &["media"],
            (RequestType::Font, _) => &["font"],
            (RequestType::Websocket, _) => &["websocket"],
            (RequestType::Other, _) => &["other"],
        }
    }

    /// Its name in browsers, which `webRequest` and `declarativeNetRequest` share, and which the filter engine knows.
    pub fn as_str(self) -> &'static str {
        self.names(Browser::Chromium)[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_its_names_is_the_same_in_both_browsers() {
        for kind in RequestType::ALL {
            assert_eq!(kind.names(Browser::Chromium), [kind.as_str()]);
            assert_eq!(kind.names(Browser::Firefox)[0], kind.as_str());
        }
        assert_eq!(RequestType::Ping.names(Browser::Firefox), ["ping", "beacon"]);
    }
}
