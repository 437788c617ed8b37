//! The demo where there is no Rust: from the npm package by `npx`, and as static files on a server that knows nothing of it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use soutien_project::files::{collect, copy};
use soutien_project::root;
use soutien_testbed::server;
use soutien_testbed::webdriver::Process;
use support::browsers::{BLOCKED, Kind, run, run_in};
use support::commands::tarball;
use support::documents;
use support::reader::Reader;
use support::site::site;
use support::waiting::{wait_for, wait_within};
use xtask::setup::Need;

use crate::servers::{Server, TURN, nginx};

/// How long somebody waits for the first page.
const LIMIT: Duration = Duration::from_secs(15);

/// What the command says before the address of the news page.
const PAGE: &str = "the news page:    ";

/// The command as documents have it, in an empty folder with the package and nothing else: no cache of an earlier time, no settings.
fn command(more: &str) -> Result<(Process, PathBuf)> {
    let folder = Process::make_folder()?;
    let name = format!("soutien-{}.tgz", env!("CARGO_PKG_VERSION"));
    copy(tarball()?, &folder.join(&name))?;
    let line = documents::all("README.md", "See it", "sh")?
        .into_iter()
        .flat_map(|code| code.lines().map(str::to_owned).collect::<Vec<_>>())
        .find(|line| line.starts_with("npx "))
        .context("README.md has no line that begins with npx")?;
    let line = line
        .split('#')
        .next()
        .unwrap_or_default()
        .trim()
        .replace("soutien-X.Y.Z.tgz", &name);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{line} {more}; echo \"status $?\"")])
        .current_dir(&folder)
        // Whoever types it is asked whether to install it.
        .env("npm_config_yes", "true");
    Ok((Process::start_in(folder.clone(), &mut shell)?, folder))
}

/// What the command has said once it has said this.
async fn until_said(process: &Process, words: &str) -> Result<String> {
    let said = wait_within(LIMIT, words, async || {
        Ok(Some(process.log()).filter(|log| log.contains(words)))
    })
    .await;
    said.with_context(|| format!("npx says:\n{}", process.log()))
}

/// A running demo, and the address of its news page.
async fn demo() -> Result<(Process, String)> {
    let (process, _) = command("--port 0")?;
    until_said(&process, "Ctrl-C stops").await?;
    let log = process.log();
    let line = log.lines().find_map(|line| line.strip_prefix(PAGE));
    let address = line.with_context(|| format!("npx names no page:\n{log}"))?.to_owned();
    Ok((process, address))
}

/// Whether every slot of the page has its ad, as JavaScript.
const FILLED: &str =
    "[...document.querySelectorAll('ins.adsbygoogle')].map(({ dataset }) => dataset.adStatus).join() === 'filled,filled,filled'";

/// The value of an expression on a page without a witness, once it is neither null nor false.
async fn until(reader: &Reader, expression: &str) -> Result<Value> {
    let is_there = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    // While a page is being replaced by the next, asking fails.
    wait_for(expression, async || Ok(reader.ask(expression).await.ok().filter(is_there))).await
}

/// The kind of the verdict on a page without a witness, once there is one.
async fn verdict(reader: &Reader, expected: &str) -> Result<()> {
    let found = until(reader, "window.Soutien?.verdict?.kind").await?;
    ensure!(found == expected, "expected the verdict {expected}, found {found}");
    Ok(())
}

/// Without a blocker, the page has its ads, and nobody is asked; with one, the notice is there.
#[test]
pub fn the_demo_of_the_package_is_there_by_npx_and_asks_who_blocks() {
    run(async {
        let (process, address) = demo().await?;
        let reader = Reader::new(Kind::Chromium, site("")).await?;
        reader.browser.goto(&address).await?;
        verdict(&reader, "clear").await?;
        until(&reader, FILLED).await.with_context(|| process.log())?;
        // The page on which a publisher sets the options is there as well.
        reader.browser.goto(format!("{address}configurator")).await?;
        until(&reader, "document.documentElement.dataset.state === 'ready'").await?;
        Ok(())
    });
    run_in(BLOCKED, async |kind| {
        let (_process, address) = demo().await?;
        let reader = Reader::new(kind, site("")).await?;
        reader.browser.goto(&address).await?;
        verdict(&reader, "blocked").await?;
        until(&reader, "!!document.querySelector('[data-soutien]')").await?;
        Ok(())
    });
}

#[test]
fn the_demo_answers_as_a_server_does() {
    run(async {
        let (process, _) = demo().await?;
        let log = process.log();
        let port = log.split("presse.localhost:").nth(1).and_then(|rest| rest.split('/').next());
        let address = format!("http://127.0.0.1:{}", port.with_context(|| log.clone())?);
        for (path, status, mime) in [
            ("/", 200, "text/html;charset=utf-8"),
            ("/bac", 200, "text/html;charset=utf-8"),
            ("/soutien/soutien.js", 200, "text/javascript"),
            ("/soutien/soutien.wasm?1c9e5a3b", 200, "application/wasm"),
            ("/soutien/nothing.js", 404, "text/html;charset=utf-8"),
            ("/nothing", 404, "text/html;charset=utf-8"),
            ("/%2e%2e/package.json", 404, "text/html;charset=utf-8"),
            ("/soutien/%2e%2e%2fpackage.json", 404, "text/html;charset=utf-8"),
        ] {
            let answer = reqwest::get(format!("{address}{path}")).await?;
            let found = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
            ensure!(
                answer.status() == status && found == Some(mime),
                "{path}: expected {status} and {mime}, found {} and {found:?}",
                answer.status()
            );
        }
        let film = reqwest::Client::new().get(format!("{address}/film/midi-sept.webm"));
        let part = film.header("range", "bytes=0-99").send().await?;
        ensure!(
            part.status() == 206 && part.bytes().await?.len() == 100,
            "no part of the film"
        );
        Ok(())
    });
}

#[test]
fn the_command_says_what_it_expects() {
    run(async {
        let taken = TcpListener::bind("127.0.0.1:0")?;
        let taken = taken.local_addr()?.port();
        for (more, status, words) in [
            ("--help".to_owned(), 0, "Usage: npx soutien demo [--port 8010]".to_owned()),
            (
                "twice".into(),
                2,
                "found \"demo twice\", expected demo, or init FOLDER".into(),
            ),
            (
                "--port 70000".into(),
                2,
                "found \"70000\" for --port, expected a number from 0 to 65535".into(),
            ),
            ("--colour red".into(), 2, "Unknown option '--colour'".into()),
            (
                format!("--port {taken}"),
                1,
                format!("port {taken} is in use by another program: stop it, or choose another with --port"),
            ),
        ] {
            let (process, _) = command(&more)?;
            let said = until_said(&process, &format!("status {status}\n")).await?;
            ensure!(said.contains(&words), "for {more:?}, expected {words:?} in:\n{said}");
        }
        Ok(())
    });
}

/// Served by nginx in a folder of another site, where no address may begin at the root.
#[test]
fn the_demo_as_static_files_works_in_any_folder() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let folder = Process::make_folder()?;
        let demo = folder.join("www/journal/demo");
        server::export(&root(), &demo)?;
        fs::write(folder.join("www/page.html"), "another page")?;
        let server = Server::start_in(folder.clone(), Need::Nginx, |folder, listens| {
            let types = "types { text/html html; text/javascript js; text/css css; application/json json; application/wasm wasm; image/svg+xml svg; }";
            nginx(folder, &format!("{types}\nserver {{ listen {listens}; root {}/www; }}", folder.display()))
        })
        .await?;
        let address = format!("{}/journal/demo/", server.address);
        let reader = Reader::new(Kind::Chromium, site("")).await?;
        reader.browser.goto(&address).await?;
        verdict(&reader, "clear").await?;
        until(&reader, FILLED).await?;
        reader.browser.goto(format!("{address}configurator/")).await?;
        until(&reader, "document.documentElement.dataset.state === 'ready'").await?;
        let mut missing = Vec::new();
        let mut files = Vec::new();
        collect(&demo, &mut files)?;
        for file in files
            .iter()
            .filter(|file| file.extension().is_some_and(|extension| extension == "html"))
        {
            missing.extend(dead_addresses(file)?);
            // Nothing is left to fill in, and no form can be sent to a server that is not there.
            let page = fs::read_to_string(file)?;
            for rest in ["{{", "/commentaires", "Publier le commentaire"] {
                ensure!(!page.contains(rest), "{} has {rest:?}", file.display());
            }
        }
        ensure!(missing.is_empty(), "addresses that lead nowhere: {missing:#?}");
        // What it wrote, it writes again; into what is somebody else's, nothing.
        server::export(&root(), &demo)?;
        let refusal = server::export(&root(), &folder.join("www"));
        ensure!(
            refusal.is_err_and(|error| error.to_string().contains("holds other files, and no demo")),
            "a folder of somebody else's was written into"
        );
        Ok(())
    });
}

/// The addresses of a page that begin at the root, or lead to no file.
fn dead_addresses(page: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(page)?;
    let mut dead = Vec::new();
    for attribute in ["href=\"", "src=\"", "action=\"", "poster=\"", "content=\"./"] {
        for address in text
            .split(&format!(" {attribute}"))
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            let path = address.split(['#', '?']).next().unwrap_or_default();
            let target = page.with_file_name("").join(path);
            let leads = path.is_empty() || target.is_file() || target.join("index.html").is_file();
            if path.starts_with('/') || !leads {
                dead.push(format!("{}: {address}", page.display()));
            }
        }
    }
    Ok(dead)
}
