//! Which browsers are taken, how they are started, and what is left of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use soutien_project::run::on_path;
use soutien_testbed::server::{Answer, Running, Situation};
use soutien_testbed::webdriver::Process;
use support::browsers::run;
use support::commands::{text, xtask};
use support::waiting::{SLOW, wait_within};

use super::remote::ByHand;
use super::{command, ended, page, results, site};

/// Chromium as Google Chrome has to be started, which takes extensions over its pipe alone, and has no driver along.
#[test]
fn browsers_are_started_without_a_driver() {
    run(async {
        let folder = Process::make_folder()?;
        let program = |name: &str, script: String| -> Result<()> {
            let file = folder.join(name);
            fs::write(&file, format!("#!/bin/sh\n{script}\n"))?;
            Ok(fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?)
        };
        for driver in ["chromedriver", "geckodriver"] {
            program(driver, r#"touch "$0.asked"; exit 1"#.into())?;
        }
        for name in ["chromium", "firefox-esr"] {
            let real = on_path(name).with_context(|| format!("there is no {name}"))?;
            program(
                name,
                format!(r#"printf '%s\n' "$@" >>"$0.switches"; exec {} "$@""#, real.display()),
            )?;
        }
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        let mut paths = vec![folder.clone()];
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut command = xtask();
        command.env("PATH", std::env::join_paths(paths)?).current_dir(root());
        command.args([
            "qa",
            &format!("{}/une.html", site.site),
            "--profile",
            "none,adguard",
            "--firefox",
        ]);
        ended(&command.output()?, 0)?;
        for driver in ["chromedriver.asked", "geckodriver.asked"] {
            ensure!(!folder.join(driver).exists(), "{driver}");
        }
        for (switches, wanted, unwanted) in [
            ("chromium.switches", "--remote-debugging-pipe\n", "--load-extension"),
            ("firefox-esr.switches", "--remote-debugging-port\n0\n", "marionette"),
        ] {
            let found = fs::read_to_string(folder.join(switches))?;
            ensure!(found.contains(wanted) && !found.contains(unwanted), "{switches}: {found}");
        }
        Ok(fs::remove_dir_all(&folder)?)
    });
}

#[test]
fn browsers_are_chosen_by_name_or_path_and_a_missing_one_is_told() {
    run(async {
        let site = site(&[("/une.html", &page(""))], Vec::new())?;
        let address = format!("{}/une.html", site.site);
        let chromium = on_path("chromium").context("there is no chromium")?.display().to_string();
        let browsers = format!("--browser={chromium},vivaldi");
        let arguments = ["qa", &address, "--profile", "safari", "--browser", "firefox", &browsers];
        let (output, cells) = results(&arguments)?;
        ended(&output, 2)?;
        let found: Vec<_> = cells.iter().map(|cell| (&cell["browser"], &cell["result"])).collect();
        let (passed, not_run) = (&json!("passed"), &json!("not-run"));
        let expected = [
            (&json!("firefox"), passed),
            (&json!("chromium"), passed),
            (&json!("vivaldi"), not_run),
        ];
        ensure!(found == expected, "{cells:#?}");
        let reason = cells[2]["reason"].as_str().unwrap_or_default();
        ensure!(
            reason.contains("there is no vivaldi") && reason.contains("https://vivaldi.com/download/"),
            "{reason}"
        );
        let output = command(&["qa", &address, "--browser", "opera"])?;
        ensure!(
            output.status.code() == Some(2)
                && text(&output).contains("there is no browser \"opera\", expected one of chromium, "),
            "{}",
            text(&output)
        );
        Ok(())
    });
}

/// Starts the command with the extension that is built, and waits until a browser of it asks for a path. All that it leaves lying about would
/// lie in the folder.
async fn started(site: &Running, path: &str, folder: &Path, arguments: &[&str]) -> Result<Child> {
    let n_requests = || site.requests().iter().filter(|(_, asked)| asked == path).count();
    let n_before = n_requests();
    let mut command = xtask();
    command.env("TMPDIR", folder).current_dir(root());
    command.args(["qa", "--extension"]).arg(root().join("dist")).args(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    wait_within(2 * SLOW, "request for the page", async || {
        ensure!(child.try_wait()?.is_none(), "the command has ended");
        Ok((n_requests() > n_before).then_some(()))
    })
    .await?;
    Ok(child)
}

/// Sends a signal to a process.
fn signal(name: &str, pid: &str) -> Result<()> {
    let sent = Command::new("kill").args(["-s", name, pid]).status()?;
    ensure!(sent.success(), "{pid} is gone already");
    Ok(())
}

/// Nothing that was started in a folder runs any more, and nothing lies in it, as soon as what writes down crashes has seen that its browser is gone.
async fn nothing_is_left(folder: &Path) -> Result<()> {
    wait_within(SLOW, "end of all that was started", async || {
        let left = Command::new("pgrep").arg("--full").arg(folder).output()?;
        Ok(left.stdout.is_empty().then_some(()))
    })
    .await?;
    let left: Vec<_> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    ensure!(left.is_empty(), "these are left: {left:?}");
    Ok(fs::remove_dir(folder)?)
}

#[test]
fn nothing_is_left_running_when_it_is_stopped() {
    run(async {
        let late = Situation {
            path_prefix: "/tard.html".into(),
            answer: Answer::Delay(Duration::from_secs(3600)),
        };
        let site = site(&[], vec![late])?;
        let address = format!("{}/tard.html", site.site);
        let remote = ByHand::chromedriver().await?;
        let end = format!("--webdriver={}", remote.address);
        for (way, stop) in [
            ("--browser=chromium", "TERM"),
            ("--browser=firefox", "TERM"),
            ("--browser=firefox", "INT"),
            (end.as_str(), "TERM"),
        ] {
            let folder = Process::make_folder()?;
            let mut child = started(&site, "/tard.html", &folder, &[&address, "--profile", "none", way]).await?;
            signal(stop, &child.id().to_string())?;
            let status = child.wait()?;
            ensure!(status.code() == Some(2), "{way}: it ended with {status}");
            nothing_is_left(&folder).await?;
            ensure!(remote.n_sessions().await? == 0, "{way}: a session was left open");
        }
        Ok(())
    });
}

/// Firefox opens none of its own pages for us, of which one crashes.
#[test]
fn a_page_that_crashes_in_firefox_is_told_and_the_next_one_is_tried() {
    run(async {
        // Without the tag, a verdict is waited for. The request says that the page is there.
        let bare = "<!DOCTYPE html><title>Sans</title><h1>Sans</h1><script>fetch('/la.txt');</script>";
        let site = site(&[("/sans.html", bare), ("/une.html", &page(""))], Vec::new())?;
        let folder = Process::make_folder()?;
        let file = folder.with_extension("json");
        let results = format!("--json={}", file.display());
        let addresses = ["sans", "une"].map(|name| format!("{}/{name}.html", site.site));
        let [bare, whole] = addresses.each_ref().map(String::as_str);
        let arguments = [
            bare,
            whole,
            "--profile",
            "none",
            "--browser",
            "firefox",
            "--jobs",
            "1",
            &results,
        ];
        let mut child = started(&site, "/la.txt", &folder, &arguments).await?;
        let processes = wait_within(SLOW, "process of the page", async || {
            let listed = Command::new("ps").args(["-eo", "pid=,pgid=,args="]).output()?;
            let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
            let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
            let profile = folder.display().to_string();
            let is_browser = |line: &&Vec<&str>| {
                line.windows(2)
                    .any(|words| words[0] == "--profile" && words[1].starts_with(&profile))
            };
            let group = lines.iter().find(is_browser).map(|line| line[1]);
            // The processes of pages say so at the end of their command line.
            let pages = lines
                .iter()
                .filter(|line| Some(line[1]) == group && line.last() == Some(&"tab"));
            let pages: Vec<String> = pages.map(|line| line[0].to_owned()).collect();
            Ok((!pages.is_empty()).then_some(pages))
        })
        .await?;
        for process in processes {
            signal("KILL", &process)?;
        }
        let status = child.wait()?;
        ensure!(status.code() == Some(2), "it ended with {status}");
        nothing_is_left(&folder).await?;
        let cells: Vec<Value> = serde_json::from_str(&fs::read_to_string(&file)?)?;
        ensure!(cells[0]["reason"] == "the page has crashed or closed its tab", "{cells:#?}");
        ensure!(cells[1]["result"] == "passed", "{cells:#?}");
        Ok(fs::remove_file(file)?)
    });
}
