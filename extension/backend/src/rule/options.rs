//! The options of network rules: where they begin in a line, and which names they have.

use crate::request_type::RequestType;

/// The pattern and the options of a rule; the options are empty where it has none.
pub fn split(line: &str) -> (&str, &str) {
    let is_known = |options: &str| {
        let name = options.split([',', '=']).next().unwrap_or_default().trim_start_matches('~');
        type_of(name).is_some() || UNPLAYED.contains(&name) || PLAYED.contains(&name) || is_silent(name)
    };
    let mut from = if line.trim_start_matches("@@").starts_with('/') {
        // A regular expression may hold a dollar sign, but not behind a slash.
        line.rfind("/$").map_or(0, |slash| slash + 1)
    } else {
        0
    };
    while let Some(found) = line[from..].find('$') {
        let start = from + found;
        if !line[start + 1..].is_empty() && is_known(&line[start + 1..]) {
            return (&line[..start], &line[start + 1..]);
        }
        from = start + 1;
    }
    // Options that nobody knows are options all the same, where they look like it.
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match line.rsplit_once('$') {
        Some((pattern, options)) if is_name(options.split([',', '=']).next().unwrap_or_default().trim_start_matches('~')) => {
            (pattern, options)
        }
        _ => (line, ""),
    }
}

/// The type of requests that an option names.
pub fn type_of(name: &str) -> Option<RequestType> {
    Some(match name {
        "document" | "doc" => RequestType::Document,
        "subdocument" | "frame" => RequestType::Frame,
        "script" => RequestType::Script,
        "image" => RequestType::Image,
        "stylesheet" | "css" => RequestType::Stylesheet,
        "object" | "object-subrequest" => RequestType::Object,
        "xmlhttprequest" | "xhr" => RequestType::Fetch,
        "ping" | "beacon" => RequestType::Ping,
        "media" => RequestType::Media,
        "font" => RequestType::Font,
        "websocket" => RequestType::Websocket,
        "other" => RequestType::Other,
        _ => return None,
    })
}

/// Whether an option has no meaning of its own, or says no more than the rest of its rule.
pub fn is_silent(name: &str) -> bool {
    SILENT.contains(&name) || (!name.is_empty() && name.bytes().all(|byte| byte == b'_'))
}

/// Options that are known and cannot be played. They are listed so that a `$` in an address is not taken for the begin of options.
const UNPLAYED: [&str; 34] = [
    "app",
    "cname",
    "content",
    "cookie",
    "elemhide",
    "ehide",
    "extension",
    "genericblock",
    "header",
    "hls",
    "inline-font",
    "inline-script",
    "ipaddress",
    "jsinject",
    "jsonprune",
    "network",
    "permissions",
    "popunder",
    "popup",
    "reason",
    "referrerpolicy",
    "removeheader",
    "removeparam",
    "replace",
    "requestheader",
    "responseheader",
    "specifichide",
    "shide",
    "sitekey",
    "stealth",
    "strict1p",
    "strict3p",
    "urlblock",
    "urlskip",
];

/// Options that mean something here, besides the types of requests.
const PLAYED: [&str; 23] = [
    "1p",
    "3p",
    "all",
    "badfilter",
    "csp",
    "denyallow",
    "domain",
    "empty",
    "first-party",
    "from",
    "generichide",
    "ghide",
    "important",
    "match-case",
    "method",
    "mp4",
    "redirect",
    "redirect-rule",
    "rewrite",
    "third-party",
    "to",
    "uritransform",
    "webrtc",
];

/// Options with no meaning of their own, or which say no more than the rest of the rule.
const SILENT: [&str; 2] = ["", "_"];
