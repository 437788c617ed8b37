//! What the news site answers: its pages, what is built, and its comment form.

use std::path::Path;

use axum::extract::{Form, FromRequest, Request};
use axum::http::{Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

use super::files::{file, html, page, set, with_parts};
use super::options::Options;
use crate::comment::{self, Comment};

/// Where the demo has the configurator.
pub const CONFIGURATOR: &str = "/configurator/";

/// Where the demo has what is built, and where documents put it.
const FOLDERS: [&str; 2] = ["/soutien/", "/assets/soutien/"];

/// Files in www/ that the news site does not serve by themselves: the ad host's, what is filled in by a form, and what is in every page.
pub(super) const HIDDEN: [&str; 4] = ["/regie/", "/commentaire-recu", "/commentaire-refuse", "/parts/"];

pub(super) const NOT_FOUND: &str = r#"<!DOCTYPE html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Page introuvable</title>
<link rel="stylesheet" href="/news.css">
<link rel="stylesheet" href="/article.css">
<main>
<h1>Page introuvable</h1>
<p>Cette page n’existe pas, ou n’existe plus.</p>
<p><a href="/">Revenir à la une</a></p>
</main>
</html>
"#;

/// Answers as the news site; `ads` is the origin of its ad host.
pub(super) async fn answer(options: &Options, ads: &str, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().map(str::to_owned);
    let www = options.root.join("www");
    let mut cache = "no-cache";
    let mut response = if path == "/commentaires" {
        receive_comment(&www, ads, request).await
    } else if let Some(name) = FOLDERS.iter().find_map(|folder| path.strip_prefix(folder)) {
        let dist = options.root.join("dist/site");
        if let (Some(query), Ok(manifest)) = (query, tokio::fs::read(dist.join("manifest.json")).await) {
            cache = cache_control(&query, &manifest);
        }
        file(&dist, without_prefix(request, name)).await
    } else if let Some(text) = options.pages.get(&path) {
        html(&with_parts(&www, &path, text), ads)
    } else if let Some(name) = path.strip_prefix(CONFIGURATOR) {
        let name = if name.is_empty() { "index.html" } else { name };
        file(&options.root.join("dist/configurator"), without_prefix(request, name)).await
    } else if HIDDEN.iter().any(|hidden| path.starts_with(hidden)) {
        StatusCode::NOT_FOUND.into_response()
    } else {
        match page(&www, &path).await {
            Some(text) => html(&with_parts(&www, &path, &text), ads),
            None => file(&www, request).await,
        }
    };
    if response.status() == StatusCode::NOT_FOUND {
        response = (StatusCode::NOT_FOUND, Html(NOT_FOUND)).into_response();
    }
    let headers = response.headers_mut();
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        options.csp.as_deref().unwrap_or(&csp(ads)),
    );
    set(headers, header::CACHE_CONTROL, cache);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    response
}

/// The request for `/soutien/name` as one for `/name`.
fn without_prefix(mut request: Request, name: &str) -> Request {
    // Every part of a valid path is one.
    *request.uri_mut() = format!("/{name}").parse().unwrap_or_default();
    request
}

/// Takes a comment as the page's form sends it. The demo keeps none.
async fn receive_comment(www: &Path, ads: &str, request: Request) -> Response {
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response();
    }
    let (status, problems) = match Form::<Comment>::from_request(request, &()).await {
        Ok(Form(comment)) => (StatusCode::UNPROCESSABLE_ENTITY, comment::problems(&comment)),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            (rejection.status(), vec!["Le formulaire est trop long.".to_owned()])
        }
        Err(rejection) => (rejection.status(), vec!["Le formulaire est illisible.".to_owned()]),
    };
    let answer = async |name: &str| with_parts(www, "/commentaires", &page(www, name).await.unwrap_or_default());
    if problems.is_empty() {
        return html(&answer("/commentaire-recu").await, ads);
    }
    let items: String = problems
        .iter()
        .map(|problem| format!("<li>{}</li>", comment::escape(problem)))
        .collect();
    let text = answer("/commentaire-refuse").await.replace("{{problems}}", &items);
    (status, html(&text, ads)).into_response()
}

/// How long a file of dist/site/ may be kept: for good when it was asked for by the hash that its manifest has.
fn cache_control(query: &str, manifest: &[u8]) -> &'static str {
    if serde_json::from_slice::<Value>(manifest).is_ok_and(|manifest| manifest["query"] == query) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// The news site's policy: as strict as a news site with one ad host can have it.
fn csp(ads: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {ads}; style-src 'self'; img-src 'self' data:; frame-src 'self' {ads}; \
         connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; require-trusted-types-for 'script'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_hash_is_kept_for_good() {
        let manifest = br#"{"query": "3f2a91c0"}"#;
        assert_eq!(cache_control("3f2a91c0", manifest), "public, max-age=31536000, immutable");
        for (query, manifest) in [("3f2a91c1", &manifest[..]), ("", manifest), ("", b"{}"), ("3f2a91c0", b"")] {
            assert_eq!(cache_control(query, manifest), "no-cache", "{query}");
        }
    }
}
