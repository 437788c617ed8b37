//! Browsers that others have started.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use axum::extract::Request;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use soutien_project::root;
use soutien_project::run::is_root;
use soutien_testbed::server;
use support::browsers::run;
use support::commands::text;

use super::{command, ended, page, results, site, table};

/// The switch that takes Chromium's sandbox away.
const NO_SANDBOX: &str = "--no-sandbox";

/// A driver that somebody has started by hand, which ends with this.
pub struct ByHand {
    child: Child,
    pub address: String,
    /// What it says from now on, for which there has to be somebody who could read it.
    _output: BufReader<ChildStdout>,
}

impl ByHand {
    /// Starts a driver, and waits until it says at which port it listens.
    fn start(program: &Path, arguments: &[&str], listens: &str) -> Result<ByHand> {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let mut output = BufReader::new(child.stdout.take().context("it has no output")?);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            let digits = line
                .split_once(listens)
                .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            if let Some(port) = digits.filter(|digits| !digits.is_empty()) {
                return Ok(ByHand {
                    child,
                    address: format!("http://127.0.0.1:{port}"),
                    _output: output,
                });
            }
            line.clear();
        }
        bail!("{} does not say where it listens", program.display())
    }

    /// A driver of Chromium, at a remote end that adds to what it is asked for, as a Grid does: a machine that runs Chromium as root has to take its
    /// sandbox away by itself, since nobody asks for that from outside.
    pub async fn chromedriver() -> Result<ByHand> {
        let mut driver = ByHand::start(Path::new("chromedriver"), &["--port=0"], "successfully on port ")?;
        driver.address = passing(&driver.address, |options| {
            let switches = options.entry("args").or_insert_with(|| json!([]));
            let switches = switches.as_array_mut().expect("switches are a list");
            assert!(
                !switches.contains(&json!(NO_SANDBOX)),
                "a remote end was asked for no sandbox"
            );
            if is_root() {
                switches.push(json!(NO_SANDBOX));
            }
        })
        .await?;
        Ok(driver)
    }

    fn geckodriver() -> Result<ByHand> {
        let built = root().join("target/tools/bin/geckodriver");
        let program = if built.is_file() { built } else { "geckodriver".into() };
        ByHand::start(&program, &["--port", "0", "--websocket-port", "0"], "Listening on 127.0.0.1:")
    }

    /// How many sessions are open there.
    pub async fn n_sessions(&self) -> Result<usize> {
        let answer = reqwest::get(format!("{}/sessions", self.address)).await?.text().await?;
        let answer: Value = serde_json::from_str(&answer)?;
        Ok(answer["value"].as_array().map_or(0, Vec::len))
    }
}

impl Drop for ByHand {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn remote_ends_lead_to_the_same_table() {
    run(async {
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        let address = format!("{}/une.html", site.site);
        let (chromium, firefox) = (ByHand::chromedriver().await?, ByHand::geckodriver()?);
        let profiles = ["--profile", "none,ublock-origin,dns,safari"];
        let (_, here) = results(&[&["qa", &address, "--firefox"], &profiles[..]].concat())?;
        let (output, there) = results(&[
            "qa",
            &address,
            profiles[0],
            profiles[1],
            "--webdriver",
            &chromium.address,
            "--webdriver",
            &firefox.address,
        ])?;
        ended(&output, 0)?;
        ensure!(
            there.len() == 8 && table(&here) == table(&there),
            "{:#?} differs from {:#?}",
            table(&here),
            table(&there)
        );
        ensure!(chromium.n_sessions().await? == 0, "a session was left open");
        Ok(())
    });
}

/// Passes everything on to a remote end, and changes the options that Chromium is asked for with.
async fn passing(end: &str, change: fn(&mut Map<String, Value>)) -> Result<String> {
    let (end, client) = (end.to_owned(), reqwest::Client::new());
    let pass = move |request: Request| {
        let (end, client) = (end.clone(), client.clone());
        async move {
            let (parts, body) = request.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            let body = match serde_json::from_slice::<Value>(&bytes) {
                Ok(mut json) => {
                    if let Some(options) = json
                        .pointer_mut("/capabilities/alwaysMatch/goog:chromeOptions")
                        .and_then(Value::as_object_mut)
                    {
                        change(options);
                    }
                    json.to_string().into_bytes()
                }
                Err(_) => bytes.to_vec(),
            };
            let answer = client
                .request(parts.method, format!("{end}{}", parts.uri))
                .body(body)
                .send()
                .await;
            let answer = answer.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
            let status = answer.status();
            Ok::<_, (StatusCode, String)>((status, answer.text().await.unwrap_or_default()))
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(pass)).await });
    Ok(address)
}

#[test]
fn a_remote_end_without_the_extension_is_told() {
    run(async {
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        let address = format!("{}/une.html", site.site);
        let chromium = ByHand::chromedriver().await?;
        // As branded Chrome ignores them.
        let refusing = passing(&chromium.address, |options| drop(options.remove("extensions"))).await?;
        let (output, cells) = results(&["qa", &address, "--profile", "none,dns", "--webdriver", &refusing])?;
        ended(&output, 2)?;
        for cell in &cells {
            ensure!(
                cell["reason"]
                    .as_str()
                    .is_some_and(|reason| reason.contains("the browser has not taken it")),
                "{cell:#}"
            );
        }
        let closed = format!("http://{}/", server::refusing());
        let output = command(&["qa", &address, "--webdriver", &closed])?;
        let said = text(&output);
        ensure!(
            output.status.code() == Some(2) && said.contains("there is no remote end of WebDriver at"),
            "{said}"
        );
        Ok(())
    });
}
