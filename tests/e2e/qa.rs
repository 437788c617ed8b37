//! `cargo xtask qa` and `cargo xtask explain`, as a QA engineer types them.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xtask::root;
use xtask::server::{self, Answer, Options, Situation};

use crate::browsers::run;

fn command(arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).current_dir(root());
    command.output().context("xtask does not start")
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

#[test]
fn every_profile_passes_on_the_demo() {
    run(async {
        let site = server::start(Options {
            port: 0,
            ..Options::default()
        })?;
        let folder = root().join("target/qa");
        fs::create_dir_all(&folder)?;
        let file = |name: &str| folder.join(name).display().to_string();
        let address = format!("{}/", site.site);
        let output = command(&[
            "qa",
            &address,
            "--json",
            &file("qa.json"),
            "--junit",
            &file("qa.xml"),
            "--shots",
            &file("shots"),
            "--explain",
        ])?;
        let said = text(&output);
        ensure!(
            output.status.code() == Some(0),
            "exit status {:?}: {said}",
            output.status.code()
        );
        let cells: Value = serde_json::from_str(&fs::read_to_string(folder.join("qa.json"))?)?;
        let cells = cells.as_array().context("the results are no array")?;
        ensure!(
            cells.len() == 16 && cells.iter().all(|cell| cell["result"] == "passed"),
            "{cells:#?}"
        );
        let of = |profile: &str| {
            cells
                .iter()
                .find(|cell| cell["profile"] == profile)
                .context("the profile is missing")
        };
        ensure!(
            of("ublock-origin")?["notice"] == true && of("none")?["notice"] == false,
            "{cells:#?}"
        );
        ensure!(
            said.contains("by /ads/show.$script (EasyList, line "),
            "no rule is named: {said}"
        );
        ensure!(
            fs::read_to_string(folder.join("qa.xml"))?.contains(r#"tests="16" failures="0" errors="0""#),
            "the XML says otherwise"
        );
        ensure!(
            fs::read_dir(folder.join("shots"))?.count() >= 16,
            "there are too few screenshots"
        );
        Ok(())
    });
}

#[test]
fn pages_that_cannot_be_tried_are_told_and_the_rest_goes_on() {
    run(async {
        let status = |path: &str, code| Situation {
            path_prefix: path.into(),
            answer: Answer::Status(code),
        };
        let site = server::start(Options {
            port: 0,
            situations: vec![
                status("/absent.html", 404),
                status("/loop.html", 302),
                Situation {
                    path_prefix: "/loop.html".into(),
                    answer: Answer::Header("location".into(), "/loop.html".into()),
                },
            ],
            ..Options::default()
        })?;
        let page = |path: &str| format!("{}{path}", site.site);
        let (demo, absent, circle) = (page("/"), page("/absent.html"), page("/loop.html"));
        // Nobody listens there once it is closed again.
        let closed = format!("http://{}/", TcpListener::bind("127.0.0.1:0")?.local_addr()?);
        let output = command(&["qa", &closed, &absent, &circle, &demo, "--profile", "none"])?;
        let said = text(&output);
        ensure!(
            output.status.code() == Some(2),
            "exit status {:?}: {said}",
            output.status.code()
        );
        for reason in ["ERR_CONNECTION_REFUSED", "404", "ERR_TOO_MANY_REDIRECTS", "passed"] {
            ensure!(said.contains(reason), "nothing is said of {reason}: {said}");
        }
        Ok(())
    });
}

#[test]
fn a_profile_that_there_is_not_is_named() {
    run(async {
        let output = command(&["qa", "http://127.0.0.1:9/", "--profile", "no-such"])?;
        ensure!(
            !output.status.success() && text(&output).contains("there is no profile no-such, expected one of none, "),
            "{}",
            text(&output)
        );
        Ok(())
    });
}

#[test]
fn a_request_is_explained_without_a_browser() {
    run(async {
        let output = command(&[
            "explain",
            "https://presse.example/banners/adv/x.js",
            "--page",
            "https://presse.example/",
        ])?;
        let said = text(&output);
        ensure!(output.status.success(), "{said}");
        let line = |profile: &str| {
            said.lines()
                .find(|line| line.starts_with(profile))
                .unwrap_or_default()
                .to_owned()
        };
        ensure!(
            line("ublock-origin").contains("blocked by /banners/adv/*$~xmlhttprequest (EasyList, line "),
            "{said}"
        );
        ensure!(line("none").contains("let through"), "{said}");
        Ok(())
    });
}
