//! Deviations from the usual answers, as tests need them: what is late, broken, refused or another thing.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderName};
use axum::response::Response;

use super::files::set;

/// One deviation: what happens to the answers, of both hosts, whose path begins with `path_prefix`.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Compared with the path without its query, e.g. `/soutien/soutien.wasm`.
    pub path_prefix: String,
    /// What is answered.
    pub answer: Answer,
}

/// How an answer deviates from the usual one.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This status, with an empty body.
    Status(u16),
    /// The usual body under this MIME type.
    Mime(String),
    /// Status 200 with another body.
    Body {
        /// Its MIME type.
        mime: String,
        /// Its text.
        text: String,
    },
    /// The usual answer, this much later.
    Delay(Duration),
    /// The usual thing is done, and then this status answered, with an empty body: as where an answer gets lost on its way.
    Lost(u16),
    /// The usual answer with this header set.
    Header(String, String),
}

/// What the usual answer becomes.
pub(super) async fn deviate(mut response: Response, answer: &Answer) -> Response {
    let headers = response.headers_mut();
    set(headers, header::CACHE_CONTROL, "no-store");
    match answer {
        Answer::Delay(delay) => tokio::time::sleep(*delay).await,
        Answer::Mime(mime) => set(headers, header::CONTENT_TYPE, mime),
        Answer::Header(name, value) => match HeaderName::try_from(name) {
            Ok(name) => set(headers, name, value),
            Err(_) => panic!("a situation sets the header {name:?}, and no header can have that name"),
        },
        Answer::Status(code) | Answer::Lost(code) => {
            replace_body(&mut response, String::new());
            *response.status_mut() = StatusCode::from_u16(*code).expect("a situation's status is between 100 and 999");
        }
        Answer::Body { mime, text } => {
            set(headers, header::CONTENT_TYPE, mime);
            replace_body(&mut response, text.clone());
            *response.status_mut() = StatusCode::OK;
        }
    }
    response
}

fn replace_body(response: &mut Response, text: String) {
    for name in [
        header::CONTENT_LENGTH,
        header::CONTENT_RANGE,
        header::ETAG,
        header::LAST_MODIFIED,
    ] {
        response.headers_mut().remove(name);
    }
    *response.body_mut() = Body::from(text);
}
