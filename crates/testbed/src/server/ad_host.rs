//! What the ad host answers.

use std::path::Path;

use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use super::files::{file, html, page, set};

/// Answers as the ad host whose files are in `folder`; `site` and `ads` are the origins of both hosts.
pub(super) async fn answer(folder: &Path, site: &str, ads: &str, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path == "/" {
        return Redirect::temporary(site).into_response();
    }
    let mut response = match page(folder, &path).await {
        Some(text) => html(&text, ads),
        None => file(folder, request).await,
    };
    set(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(response.headers_mut(), header::CACHE_CONTROL, "public, max-age=60");
    set(response.headers_mut(), header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}
