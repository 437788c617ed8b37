//! `soutien/react` by the real React, 18 and 19: on a server, in a browser, and under strict mode, which does everything twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_project::files::copy_folder;
use soutien_testbed::server::Options;
use support::browsers::{Kind, run};
use support::documents;
use support::reader::Reader;
use support::site::{With, javascript, site, with_tags, without_policy};
use xtask::setup::{Need, require};

use super::{LIMIT, PROBLEMS, README, installed, tool};

/// The versions of React, and what they are called beside each other.
const VERSIONS: [(&str, &str); 2] = [("18", "-18"), ("19", "")];

/// Renders the application of the document on a server.
const SERVER: &str = r#"import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { useSoutien } from "soutien/react";
import { App } from "./app.jsx";

const Own = () => String(useSoutien({ policy: "silent" }));
process.stdout.write(JSON.stringify([renderToString(createElement(App)), renderToString(createElement(Own))]));
"#;

/// Takes over what the server has rendered, under strict mode, and can do so again.
const PAGE: &str = r##"import { StrictMode, createElement } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { Soutien, useSoutien } from "soutien/react";
import { App } from "./app.jsx";

window.complaints = [];
console.error = (...words) => window.complaints.push(words.join(" "));

const strictly = (component, options) => createElement(StrictMode, null, createElement(component, options));
const Version = () => useSoutien()?.version ?? "none";
const place = document.querySelector("#app");

window.again = () => createRoot(document.querySelector("#other")).render(strictly(Version));
window.elsewhere = (base) => createRoot(document.createElement("div")).render(strictly(Soutien, { base }));
if (location.search !== "?later") window.root = hydrateRoot(place, strictly(App));
"##;

/// A project with the package, the application of its document, and a React of its own. Each test has one, as they run side by side.
fn project(test: &str, (version, suffix): (&str, &str)) -> Result<PathBuf> {
    let folder = installed("node", &format!("react-{test}-{version}"))?;
    fs::write(folder.join("app.jsx"), documents::only(README, "React", "jsx")?)?;
    fs::write(folder.join("server.jsx"), SERVER)?;
    fs::write(folder.join("page.jsx"), PAGE)?;
    let pages = require(Need::Pages)?;
    // The scheduler of React 18 is in the folder of its react-dom.
    for (source, name) in [
        ("scheduler".to_owned(), "scheduler"),
        (format!("react{suffix}"), "react"),
        (format!("react-dom{suffix}"), "react-dom"),
    ] {
        let target = folder.join("node_modules").join(name);
        fs::create_dir_all(&target)?;
        copy_folder(&pages.join(source), &target)?;
    }
    Ok(folder)
}

/// Makes one file of a module and of what it imports.
fn bundle(folder: &Path, entry: &str, more: &[&str]) -> Result<PathBuf> {
    let output = folder.join(entry).with_extension("bundle.mjs");
    let mut command = Command::new(require(Need::Npm)?.join(".bin/esbuild"));
    command
        .args([entry, "--bundle", "--jsx=automatic", "--format=esm", "--log-level=warning"])
        // Strict mode does everything twice under development alone.
        .arg("--define:process.env.NODE_ENV=\"development\"")
        .args(more)
        .arg(format!("--outfile={}", output.display()));
    soutien_project::run::quietly("esbuild", command.current_dir(folder), LIMIT)?;
    Ok(output)
}

/// What a server sends for the application, and for a component that has the hook.
fn rendered(folder: &Path) -> Result<[String; 2]> {
    bundle(folder, "server.jsx", &["--platform=node", "--packages=external"])?;
    Ok(serde_json::from_str(&tool("node", &["server.bundle.mjs"], folder)?)?)
}

/// A page without the tag, with what a server has rendered, and the script that takes it over.
fn page(folder: &Path) -> Result<Options> {
    let [markup, _] = rendered(folder)?;
    let script = fs::read_to_string(bundle(folder, "page.jsx", &[])?)?;
    let page = with_tags(r#"<script type="module" src="/react.js"></script>"#).replace(
        "</body>",
        &format!(r#"<div id="app">{markup}</div><div id="other"></div></body>"#),
    );
    Ok(without_policy(site(&page).with("/react.js", javascript(script))))
}

#[test]
pub fn what_a_server_renders_is_nothing() {
    run(async {
        for version in VERSIONS {
            let [application, own] = rendered(&project("server", version)?)?;
            let (version, _) = version;
            ensure!(
                application.is_empty() && own == "null",
                "React {version}: {application:?}, {own:?}"
            );
        }
        Ok(())
    });
}

/// The tags of Soutien, as JavaScript.
const TAGS: &str = "[...document.querySelectorAll('script[src$=\"/soutien.js\"]')].map(({ dataset }) => ({ ...dataset }))";

/// Asserts what a reader sees of the application, with one version of React.
async fn renders(kind: Kind, site: Options, verdict: &str, expected: &str) -> Result<()> {
    let reader = Reader::new(kind, site).await?;
    reader.open("/page.html").await?;
    reader.verdict(verdict).await?;
    let shows = |place: &str, text: &str| format!("document.querySelector('{place}').textContent === '{text}'");
    reader.until(&shows("#app", expected)).await?;
    // A component that comes later finds what is there.
    reader.ask("(again(), 1)").await?;
    reader.until(&shows("#other", env!("CARGO_PKG_VERSION"))).await?;
    reader.settled().await?;
    reader
        .expect(TAGS, json!([{ "policy": "gentle", "supportUrl": "/soutenir" }]))
        .await?;
    reader.expect(PROBLEMS, json!([])).await?;
    reader.expect("witness.warnings", json!([])).await?;
    reader.expect("complaints", json!([])).await?;
    reader.unharmed().await
}

#[test]
pub fn it_starts_once_and_renders_verdicts() {
    run(async {
        for version in VERSIONS {
            let site = page(&project("page", version)?)?;
            for (kind, verdict, expected) in [
                (Kind::Chromium, "clear", ""),
                (Kind::Refusing, "blocked", "Soutenez-nous autrement"),
            ] {
                let rendered = renders(kind, site.clone(), verdict, expected).await;
                rendered.with_context(|| format!("React {}, {kind:?}", version.0))?;
            }
        }
        Ok(())
    });
}

#[test]
fn what_cannot_be_loaded_is_one_warning_and_the_next_component_tries_again() {
    run(async {
        let site = page(&project("warning", VERSIONS[1])?)?;
        let reader = Reader::new(Kind::Chromium, site).await?;
        reader.open("/page.html?later").await?;
        reader.ask("(elsewhere('/ailleurs/'), 1)").await?;
        reader.until("witness.warnings.length === 1").await?;
        reader
            .expect("witness.warnings[0].includes('/ailleurs/soutien.js cannot be loaded')", true)
            .await?;
        reader.ask("(elsewhere('/assets/soutien/'), 1)").await?;
        reader.verdict("clear").await?;
        reader.expect("witness.warnings.length", 1).await?;
        reader.unharmed().await
    });
}
