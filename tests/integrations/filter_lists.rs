//! docs/filter-lists.md, by the tools of those who maintain filter lists. What its rules do is tried in `tests/tools/filter_lists.rs`.

use std::fs;
use std::process::Command;

use anyhow::{Result, ensure};
use soutien_testbed::webdriver::Process;
use support::browsers::run;
use support::filter_lists::rules;
use xtask::setup::{Need, require};

/// What AGLint says of a list of these rules; nothing where it finds no fault.
fn faults(rules: &[String]) -> Result<String> {
    let folder = Process::make_folder()?;
    fs::write(folder.join(".aglintrc.yml"), "root: true\nextends:\n  - aglint:recommended\n")?;
    fs::write(
        folder.join("list.txt"),
        format!("[Adblock Plus 2.0]\n! Title: Soutien\n{}\n", rules.join("\n")),
    )?;
    let mut lint = Command::new(require(Need::Judges)?.join(".bin/aglint"));
    let output = lint.args(["--no-colors", "list.txt"]).current_dir(&folder).output()?;
    fs::remove_dir_all(&folder)?;
    Ok(if output.status.success() {
        String::new()
    } else {
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

#[test]
fn the_rules_are_as_lists_have_them() {
    run(async {
        let mut rules = rules()?;
        let found = faults(&rules)?;
        ensure!(found.is_empty(), "{found}");
        // A fault would be found.
        rules.push("/soutien/soutien.js$scriptt".into());
        let found = faults(&rules)?;
        ensure!(
            found.contains("scriptt"),
            "no fault is found in a rule that has one: {found:?}"
        );
        Ok(())
    });
}
