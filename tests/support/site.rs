//! A site: its pages, and how it deviates from one where everything is as it should be.

use std::collections::HashMap;
use std::fs;
use std::sync::PoisonError;

use anyhow::{Context, Result};
use soutien_testbed::server::{Answer, Options, Running, Situation};

/// The script that every page has before all others, and that writes down what happens.
pub const WITNESS: &str = include_str!("witness.js");

/// The keys of everything that a page has stored in the browser, as JavaScript.
pub const STORED: &str =
    "[...Object.keys(localStorage), ...Object.keys(sessionStorage), ...document.cookie.split('; ').filter(Boolean)]";

/// A page with the script tag, whose attributes are given, and with a link that has the focus.
pub fn page(attributes: &str) -> String {
    with_tags(&format!(r#"<script async src="/soutien/soutien.js" {attributes}></script>"#))
}

/// Each script of a page, from its tag to its end.
pub fn scripts(html: &str) -> impl Iterator<Item = &str> {
    html.match_indices("<script")
        .map(|(start, _)| html[start..].split_inclusive("</script>").next().unwrap_or_default())
}

/// The same page with other tags in its head.
pub fn with_tags(tags: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Page</title>
<script src="/witness.js"></script>
{tags}
</head>
<body>
<h1 id="haut" tabindex="-1">Les nouvelles</h1>
<p><a id="suite" href="/next.html" autofocus>La suite</a></p>
</body>
</html>
"#
    )
}

/// A page of the demo as it stands in www/, with the witness before its own scripts.
pub fn demo_page(name: &str) -> Result<String> {
    let path = soutien_project::root().join("www").join(name);
    let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (start, rest) = html
        .split_once("<head>")
        .with_context(|| format!("www/{name} has no <head>"))?;
    Ok(format!(r#"{start}<head><script src="/witness.js"></script>{rest}"#))
}

/// A site with one page, at `/page.html`, and the same one again at `/next.html`.
pub fn site(page: &str) -> Options {
    let pages = ["/page.html", "/next.html"].map(|path| (path.to_owned(), page.to_owned()));
    let witness = javascript(WITNESS);
    Options {
        port: 0,
        pages: HashMap::from(pages),
        ..Options::default()
    }
    .with("/witness.js", witness)
}

/// A site without the demo's policy, which allows requests to the site itself alone.
pub fn without_policy(mut site: Options) -> Options {
    site.csp = Some(String::new());
    site
}

/// Adds a page to a site that runs, or puts it in the place of another.
pub fn add_page(site: &Running, path: &str, html: &str) {
    let mut options = site.options.write().unwrap_or_else(PoisonError::into_inner);
    options.pages.insert(path.to_owned(), html.to_owned());
}

/// A script, as a server answers with one.
pub fn javascript(text: impl Into<String>) -> Answer {
    Answer::Body {
        mime: "text/javascript".into(),
        text: text.into(),
    }
}

/// Says in a row how a site deviates.
pub trait With {
    /// The site, with another answer for paths that begin with `path_prefix`.
    fn with(self, path_prefix: &str, answer: Answer) -> Self;
}

impl With for Options {
    fn with(mut self, path_prefix: &str, answer: Answer) -> Options {
        self.situations.push(Situation {
            path_prefix: path_prefix.into(),
            answer,
        });
        self
    }
}

/// A page with a script before the tag.
pub fn with_script(attributes: &str, script: &str) -> Options {
    let tags = format!(r#"<script src="/before.js"></script><script async src="/soutien/soutien.js" {attributes}></script>"#);
    let script = javascript(script);
    site(&with_tags(&tags)).with("/before.js", script)
}
