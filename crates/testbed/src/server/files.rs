//! Files as answers: pages, in which the address of the ad host is filled in, and everything else.

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
    Html(text.replace("{{ad_host}}", ads)).into_response()
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
