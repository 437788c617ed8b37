//! The pages of situations, and the server that has them.

use std::fs;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::{Context, Result};
use soutien_project::root;

use super::environment::{Deviation, Environment, Page, Way};
use crate::server::{self, Answer, Options, Running, Situation};

/// Where the scripts of other detectors are served; a name that means nothing to filter lists.
const SCRIPT: &str = "/page-script.js";

/// A detector, as a page has it.
#[derive(Clone, Debug)]
pub struct Detector {
    /// What it is called in the matrix.
    pub name: &'static str,
    /// Its script; empty for ours, which comes from dist/site/.
    pub script: String,
}

/// This project's own module.
pub const SOUTIEN: Detector = Detector {
    name: "soutien",
    script: String::new(),
};

/// Starts a server for one visit; a new port is a new origin, with nothing stored or cached.
pub(super) fn serve(environment: &Environment, detector: &Detector) -> Result<Running> {
    let script = |text: &str| Answer::Body {
        mime: "text/javascript".into(),
        text: text.into(),
    };
    let mut situations = vec![
        ("/observer.js", script(include_str!("observer.js"))),
        ("/controle/", script("export {};")),
        ("/situation.js", script(environment.script)),
        (
            "/situation.css",
            Answer::Body {
                mime: "text/css".into(),
                text: environment.style.into(),
            },
        ),
        (SCRIPT, script(&detector.script)),
    ];
    situations.extend(environment.answers.iter().map(|(path, deviation)| {
        let answer = match *deviation {
            Deviation::Status(code) => Answer::Status(code),
            Deviation::Delay(ms) => Answer::Delay(Duration::from_millis(ms)),
            Deviation::Body(mime, text) => Answer::Body {
                mime: mime.into(),
                text: text.into(),
            },
            Deviation::Header(name, value) => Answer::Header(name.into(), value.into()),
        };
        (*path, answer)
    }));
    let situations = situations.into_iter().map(|(path, answer)| Situation {
        path_prefix: path.into(),
        answer,
    });
    let site = server::start_anew(&Options {
        port: 0,
        situations: situations.collect(),
        csp: environment.csp.map(str::to_owned),
        ..Options::default()
    })?;

    let port = site.site.rsplit(':').next().unwrap_or_default().to_owned();
    let closed = server::refusing().port().to_string();
    let fill = |text: &str| text.replace("{{port}}", &port).replace("{{closed}}", &closed);
    let mut options = site.options.write().unwrap_or_else(PoisonError::into_inner);
    for (path, text) in pages(environment, detector)? {
        options.pages.insert(path.to_owned(), fill(&text));
    }
    drop(options);
    Ok(site)
}

/// The pages of an environment.
fn pages(environment: &Environment, detector: &Detector) -> Result<Vec<(&'static str, String)>> {
    let head = |observer: &str| {
        let mut head = format!(r#"<script src="/observer.js{observer}"></script>"#);
        if !environment.script.is_empty() {
            head += r#"<script src="/situation.js"></script>"#;
        }
        if !environment.style.is_empty() {
            head += r#"<link rel="stylesheet" href="/situation.css">"#;
        }
        head
    };
    let tag = if detector.script.is_empty() {
        format!(
            r#"<script async src="{}/soutien/soutien.js" data-policy="always" data-delay="0" {}></script>"#,
            environment.files, environment.attributes
        )
    } else {
        format!(r#"<script defer src="{SCRIPT}"></script>"#)
    };
    // Ours waits until the page is idle, others until it has been read; both are held back by the observer where need be.
    let is_held = matches!(environment.way, Way::Print | Way::Return | Way::Offline | Way::Slow(_));
    let held = head(if is_held { "?gated" } else { "" });
    let short = |head: &str| {
        format!(
            r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Page</title>{head}</head>
            <body><h1>Les nouvelles</h1><p>Rien de neuf.</p><p><a id="suite" href="/page.html">La suite</a></p></body></html>"#
        )
    };
    let page = |head: &str| {
        Ok::<_, anyhow::Error>(match environment.page {
            Page::Demo => demo(environment, head, &tag)?,
            Page::Short => short(&format!("{head}{tag}")),
            Page::FrameSet => format!(
                r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Page</title>{head}{tag}</head>
                <frameset rows="100%"><frame src="/controle.html"></frameset></html>"#
            ),
            Page::Framing(attributes) => short("").replace(
                "</body>",
                &format!(r#"<iframe {attributes} src="/frame.html" width="600" height="400"></iframe></body>"#),
            ),
        })
    };
    Ok(vec![
        ("/page.html", page(&held)?),
        ("/unheld.html", page(&head(""))?),
        ("/frame.html", short(&format!("{held}{tag}"))),
        ("/controle.html", short("")),
        ("/opener.html", short("")),
    ])
}

/// The first page of the demo, with an observer, and with another detector in place of ours.
fn demo(environment: &Environment, head: &str, tag: &str) -> Result<String> {
    let html = demo_with(tag)?.replacen("<head>", &format!("<head>{head}"), 1);
    Ok(if environment.ad_host.is_empty() {
        html
    } else {
        html.replace("{{ad_host}}", environment.ad_host)
    })
}

/// The first page of the demo, with something else in place of our tag.
///
/// # Errors
/// When it cannot be read, or has no such tag.
pub fn demo_with(tag: &str) -> Result<String> {
    let path = root().join("www/index.html");
    let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let ours = html.split_inclusive("</script>").find_map(|part| {
        part.rfind("<script")
            .map(|start| &part[start..])
            .filter(|tag| tag.contains("/soutien/soutien.js"))
    });
    let ours = ours.context("www/index.html has no script tag with /soutien/soutien.js")?;
    Ok(html.replacen(ours, tag, 1))
}
