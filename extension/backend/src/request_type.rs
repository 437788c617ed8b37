//! The types of requests, as browsers and rules tell them apart.

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

    /// Its name in browsers, which `webRequest` and `declarativeNetRequest` share, and which the filter engine knows.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestType::Document => "main_frame",
            RequestType::Frame => "sub_frame",
            RequestType::Script => "script",
            RequestType::Image => "image",
            RequestType::Stylesheet => "stylesheet",
            RequestType::Object => "object",
            RequestType::Fetch => "xmlhttprequest",
            RequestType::Ping => "ping",
            RequestType::Media => "media",
            RequestType::Font => "font",
            RequestType::Websocket => "websocket",
            RequestType::Other => "other",
        }
    }
}
