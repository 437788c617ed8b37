//! Files as answers: pages, in which the address of the ad host is filled in, and everything else.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// The text of a page, asked for with or without `.html`; `None` when there is no such page.
pub(super) async fn page(folder: &Path, path: &str) -> Option<String> {
    let name = path.strip_prefix('/')?;
    let name = if name.is_empty() {
        "index"
    } else {
        name.strip_suffix(".html").unwrap_or(name)
    };
    // Nothing but plain names, so that no path leaves the folder.
    let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !name.split('/').all(is_plain) {
        return None;
    }
    tokio::fs::read_to_string(folder.join(format!("{name}.html"))).await.ok()
}

/// A page, which knows the origin of the ad host.
pub(super) fn html(text: &str, ads: &str) -> Response {
    Html(fill(text, ads)).into_response()
}

/// A page's text, with the address where the ad host's files begin.
pub(super) fn fill(text: &str, ads: &str) -> String {
    text.replace("{{ad_host}}", ads)
}

/// A page of the news site, `path`, with the head and the foot that all have in common: they stand once, in `www/parts/`. The head marks the
/// page among its links, and has a slot for an ad where the page asks for one. A part that cannot be read is named in its place.
pub(super) fn with_parts(www: &Path, path: &str, page: &str) -> String {
    const HEAD: &str = "{{head}}\n";
    const HEAD_WITH_SLOT: &str = "{{head_with_slot}}\n";
    const FOOT: &str = "{{foot}}\n";
    let part = |name: &str| {
        let text = fs::read_to_string(www.join("parts").join(name));
        text.unwrap_or_else(|error| format!("www/parts/{name}: {error}\n"))
    };
    let mut text = page.to_owned();
    if text.contains(HEAD) || text.contains(HEAD_WITH_SLOT) {
        // Pages link to each other with `.html`, and answer without it as well.
        let name = path.strip_suffix(".html").unwrap_or(path);
        let suffix = if name == "/" { "" } else { ".html" };
        let link = format!(r#"<a href="{name}{suffix}""#);
        let head = part("head.html").replace(&link, &format!(r#"{link} aria-current="page""#));
        let slot = part("slot.html");
        text = text.replace(HEAD, &head.replace("{{slot}}\n", ""));
        text = text.replace(HEAD_WITH_SLOT, &head.replace("{{slot}}\n", &slot));
    }
    if text.contains(FOOT) {
        text = text.replace(FOOT, &part("foot.html"));
    }
    text
}

/// Any other file, with its MIME type, date and ranges.
pub(super) async fn file(folder: &Path, request: Request) -> Response {
    let files = ServeDir::new(folder).append_index_html_on_directories(false);
    match files.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Sets a header in place of what it was.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    let value = HeaderValue::from_str(value).expect("header values are printable ASCII");
    headers.insert(name, value);
}
