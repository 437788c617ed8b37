//! The recipes of docs/qa.md: each is taken out of the document as a reader would copy it, and run against the demo, beside the installed packages.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::PoisonError;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use soutien_testbed::server::{self, Options};
use support::browsers::run;
use support::documents;
use xtask::setup::{Need, require};

use crate::qa_packages::TURN;
use crate::registry::installed;

const DOCUMENT: &str = "docs/qa.md";

/// What each recipe prints, so that one that checks nothing does not pass.
const VERDICTS: [&str; 2] = ["ublock-origin: blocked, extension", "none: clear, none"];

/// How long a recipe may take. They took 6 to 20 seconds on two cores, and have limits of their own for each step.
const LIMIT: Duration = Duration::from_secs(180);

/// Runs a module in Node.js, and gives what it printed. Nothing that it starts outlives this call.
///
/// # Errors
/// When the module fails or takes too long, with what it printed; or when a program is missing.
fn play(module: &Path, variables: &[(&str, PathBuf)]) -> Result<String> {
    let name = module.file_stem().unwrap_or_default().to_string_lossy();
    // Browsers put sockets in here, whose paths may have 107 bytes at most: the folder can't be under target/.
    let folder = std::env::temp_dir().join(format!("soutien-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let (reader, writer) = io::pipe()?;
    // A group of its own is what can be killed as a whole.
    let mut node = Command::new("node")
        .arg(module)
        .envs(variables.iter().map(|(name, path)| (name, path)))
        .env("TMPDIR", &folder)
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .spawn()
        .context("cannot start node")?;
    // Ends what is left as soon as its input is closed, which happens even if this program is killed. Playwright and Puppeteer put the
    // browser into a group of its own, which has the number of a child of node.
    let script = r#"cat >/dev/null
        kill -s KILL -- "-$1" $(ps -A -o pid= -o ppid= | awk -v node="$1" '$2 == node { print "-" $1 }')
        until rm -rf "$2"; do sleep 0.1; done"#;
    let mut watcher = Command::new("sh")
        .args(["-c", script, "watcher", &node.id().to_string()])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("cannot start sh")?;

    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let started = Instant::now();
    let mut said = String::new();
    let is_late = loop {
        match lines.recv_timeout(LIMIT.saturating_sub(started.elapsed())) {
            Ok(line) => writeln!(said, "{}", String::from_utf8_lossy(&line))?,
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => break true,
        }
    };
    let left = left_over(&folder);
    // Node is waited for last, because until then no other group can have its number.
    drop(watcher.stdin.take());
    watcher.wait()?;
    let status = node.wait()?;
    ensure!(
        !is_late,
        "the recipe was stopped after {} s; it says:\n{said}",
        LIMIT.as_secs()
    );
    ensure!(status.success(), "the recipe fails ({status}); it says:\n{said}");
    ensure!(left.is_empty(), "the recipe leaves {left:?}");
    Ok(said)
}

/// The folders of the packages for testers that are still there.
fn left_over(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("soutien-qa-");
    entries.filter(is_ours).map(|entry| entry.path()).collect()
}

#[track_caller]
fn check(heading: &str) {
    run(async {
        let code = documents::only(DOCUMENT, heading, "js")?;

        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // Node.js looks for packages beside the module.
        let module = installed()?.join(format!("{}.mjs", heading.to_lowercase().replace(' ', "-")));
        fs::write(&module, code)?;

        let site = server::start(Options {
            port: 0,
            ..Options::default()
        })?;
        let said = play(
            &module,
            &[
                ("PAGE", format!("{}/", site.site).into()),
                ("CHROMIUM", require(Need::Chromium)?),
                ("CHROMEDRIVER", require(Need::Chromedriver)?),
                ("FIREFOX", require(Need::Firefox)?),
                ("GECKODRIVER", require(Need::Geckodriver)?),
            ],
        )?;
        for verdict in VERDICTS {
            ensure!(
                said.lines().any(|line| line == verdict),
                "no line is {verdict:?}; the recipe says:\n{said}"
            );
        }
        Ok(())
    });
}

#[test]
pub fn puppeteer_gets_the_verdicts_in_chromium() {
    check("Puppeteer");
}

#[test]
pub fn selenium_gets_the_verdicts_in_chromium() {
    check("Selenium with Chromium");
}

#[test]
pub fn selenium_gets_the_verdicts_in_firefox() {
    check("Selenium with Firefox");
}

#[test]
pub fn webdriverio_gets_the_verdicts_in_chromium() {
    check("WebdriverIO with Chromium");
}

#[test]
pub fn webdriverio_gets_the_verdicts_in_firefox() {
    check("WebdriverIO with Firefox");
}
