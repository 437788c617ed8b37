//! `npx soutien init`: what it writes into a site, what it says of it, and what it leaves alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::files::{copy, copy_folder};
use support::browsers::run;
use support::commands::text;

use super::{installed, read_json};

/// Where the document has the folder.
const FOLDER: &str = "public/assets/soutien";

/// A site with the package, and nothing else.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Result<Site> {
        installed("node", &format!("init-{name}")).map(Site)
    }

    /// A site with the folder of an older version: soutien.js was another file there, and `gone/old.js` was part of it.
    fn with_older(name: &str) -> Result<Site> {
        let site = Site::new(name)?;
        let folder = site.folder();
        fs::create_dir_all(folder.join("gone"))?;
        copy_folder(&site.package(), &folder)?;
        let mut manifest = read_json(&folder.join("manifest.json"))?;
        manifest["version"] = json!("0.1.0");
        let files = manifest["files"].as_array_mut().context("it lists files")?;
        let entry = |name: &str| files.iter().find(|file| file["name"] == name).cloned();
        let (mut old, other) = (
            entry("panels.js").context("no panels.js")?,
            entry("button.js").context("no button.js")?,
        );
        old["name"] = json!("gone/old.js");
        for file in files.iter_mut().filter(|file| file["name"] == "soutien.js") {
            file["integrity"] = other["integrity"].clone();
        }
        files.push(old);
        copy(&folder.join("button.js"), &folder.join("soutien.js"))?;
        copy(&folder.join("panels.js"), &folder.join("gone/old.js"))?;
        site.write("manifest.json", &manifest.to_string())?;
        Ok(site)
    }

    fn folder(&self) -> PathBuf {
        self.0.join(FOLDER)
    }

    fn package(&self) -> PathBuf {
        self.0.join("node_modules/soutien/site")
    }

    /// Writes a file into the folder.
    fn write(&self, name: &str, content: &str) -> Result<()> {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().context("it has a folder")?)?;
        Ok(fs::write(path, content)?)
    }

    /// Runs the command, and gives its exit status and what it has said.
    fn soutien(&self, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let output = self.output(arguments)?;
        Ok((output.status.code(), text(&output)))
    }

    /// The same for a machine, which reads its standard output.
    fn json(&self, arguments: &[&str]) -> Result<(Option<i32>, Value)> {
        let output = self.output(&[arguments, &["--json"]].concat())?;
        let said = serde_json::from_slice(&output.stdout).with_context(|| text(&output))?;
        Ok((output.status.code(), said))
    }

    fn output(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(self.0.join("node_modules/.bin/soutien"));
        Ok(command.args(arguments).current_dir(&self.0).output()?)
    }

    /// Asserts what a run of the command says, and its exit status.
    fn says(&self, arguments: &[&str], status: i32, words: &[&str]) -> Result<()> {
        let (found, said) = self.soutien(arguments)?;
        ensure!(
            found == Some(status),
            "{arguments:?}: expected the status {status}, found {found:?}:\n{said}"
        );
        for words in words {
            ensure!(said.contains(words), "{arguments:?}: expected {words:?} in:\n{said}");
        }
        Ok(())
    }

    /// Asserts that the folder has what the package has, and that the command says so.
    fn is_current(&self) -> Result<()> {
        self.says(
            &["init", "--check", FOLDER],
            0,
            &[&format!(
                "{FOLDER} has soutien {}, as this package has it",
                env!("CARGO_PKG_VERSION")
            )],
        )?;
        same_files(&self.package(), &self.folder())
    }
}

/// Asserts that a folder has each file of another.
fn same_files(from: &Path, to: &Path) -> Result<()> {
    let mut files = Vec::new();
    soutien_project::files::collect(from, &mut files)?;
    for file in files {
        let copy = to.join(file.strip_prefix(from)?);
        ensure!(
            fs::read(&copy).is_ok_and(|bytes| fs::read(&file).is_ok_and(|expected| bytes == expected)),
            "{} is not as in the package",
            copy.display()
        );
    }
    Ok(())
}

#[test]
fn a_folder_gets_the_files_and_the_tag_is_said() {
    run(async {
        let site = Site::new("new")?;
        site.says(
            &["init", "--check", FOLDER],
            1,
            &["and there is none\n  missing: ", &format!("Run: npx soutien init {FOLDER}")],
        )?;
        ensure!(!site.folder().exists(), "--check wrote something");
        let tag = r#"<script async src="/assets/soutien/soutien.js"></script>"#;
        site.says(
            &["init", FOLDER],
            0,
            &["files copied\n", tag, "where public/ is the root of your site"],
        )?;
        site.is_current()?;
        // Once more, with the slash that a shell adds.
        site.says(&["init", &format!("{FOLDER}/")], 0, &["already: nothing was written"])?;
        let (status, said) = site.json(&["init", FOLDER])?;
        let expected = json!({
            "folder": FOLDER, "version": env!("CARGO_PKG_VERSION"), "found": env!("CARGO_PKG_VERSION"),
            "copied": [], "removed": [], "edited": [], "stale": [], "address": "/assets/soutien/", "tag": tag,
        });
        ensure!(status == Some(0) && said == expected, "{status:?}, {said}");
        Ok(())
    });
}

#[test]
fn an_older_version_is_replaced_and_what_is_not_ours_stays() {
    run(async {
        let site = Site::with_older("older")?;
        site.write("notes.txt", "mine")?;
        site.write("lang/mine.json", "{}")?;
        let (status, said) = site.json(&["init", "--check", FOLDER])?;
        let expected = json!({
            "folder": FOLDER, "version": env!("CARGO_PKG_VERSION"), "found": "0.1.0", "current": false,
            "missing": [], "changed": ["manifest.json", "soutien.js"], "obsolete": ["gone/old.js"],
        });
        ensure!(status == Some(1) && said == expected, "{status:?}, {said}");
        site.says(
            &["init", "--check", FOLDER],
            1,
            &[
                "and 0.1.0 is there",
                "changed: manifest.json, soutien.js",
                "no longer part of it: gone/old.js",
            ],
        )?;
        let (status, said) = site.soutien(&["init", FOLDER])?;
        let expected = format!(
            "{FOLDER} has soutien {} in the place of 0.1.0: 2 files copied, 1 file removed\n",
            env!("CARGO_PKG_VERSION")
        );
        ensure!(
            status == Some(0) && said == expected,
            "{status:?}, expected {expected:?}, found {said:?}"
        );
        site.is_current()?;
        ensure!(!site.folder().join("gone").exists(), "an empty folder is left");
        for (name, content) in [("notes.txt", "mine"), ("lang/mine.json", "{}")] {
            ensure!(fs::read_to_string(site.folder().join(name))? == content, "{name} is gone");
        }
        Ok(())
    });
}

#[test]
fn what_was_changed_by_hand_is_named_and_so_is_what_was_compressed_of_it() {
    run(async {
        let site = Site::new("edited")?;
        site.soutien(&["init", FOLDER])?;
        site.write("soutien.js", "// mine")?;
        site.write("soutien.js.br", "compressed")?;
        site.write("panels.js.gz", "compressed")?;
        fs::remove_file(site.folder().join("lang/fr.json"))?;
        site.says(
            &["init", "--check", FOLDER],
            1,
            &[
                "not all is as this package has it",
                "  missing: lang/fr.json",
                "  changed: soutien.js",
            ],
        )?;
        site.says(
            &["init", FOLDER],
            0,
            &[
                "2 files copied\n",
                "had been changed there, and are as this package has them: soutien.js\n",
                "have to be again: soutien.js.br\n",
            ],
        )?;
        site.is_current()
    });
}

/// A copy that was interrupted has files of ours and no manifest; whoever starts again gets the rest.
#[test]
fn a_copy_that_was_interrupted_is_completed() {
    run(async {
        let site = Site::new("interrupted")?;
        for name in ["appeal.js", "lang/fr.json"] {
            copy(&site.package().join(name), &site.folder().join(name))?;
        }
        site.says(&["init", FOLDER], 0, &["files copied\n"])?;
        site.is_current()
    });
}

#[test]
fn a_folder_of_somebody_elses_is_left_alone_and_its_files_are_named() {
    run(async {
        let site = Site::new("strange")?;
        // The manifest is that of a web app, and one of ours would name no file outside of its folder.
        let outside = json!({ "version": "0.1.0", "files": [{ "name": "soutien.js" }, { "name": "../../victim.txt" }] });
        for manifest in [r#"{ "name": "Le Journal" }"#, "[]", "no JSON", &outside.to_string()] {
            site.write("manifest.json", manifest)?;
            site.write("app.js", "mine")?;
            fs::write(site.0.join("public/victim.txt"), "mine")?;
            let why = format!("error: {FOLDER} holds other files, and no manifest.json of soutien: app.js, manifest.json\n");
            site.says(&["init", FOLDER], 1, &[&why, "Nothing was written"])?;
            let (status, said) = site.json(&["init", FOLDER])?;
            ensure!(
                status == Some(1) && said["strange"] == json!(["app.js", "manifest.json"]),
                "{status:?}, {said}"
            );
            site.says(&["init", "--check", FOLDER], 1, &["and there is none"])?;
            ensure!(
                fs::read_dir(site.folder())?.count() == 2 && site.0.join("public/victim.txt").is_file(),
                "something was written or removed"
            );
        }
        // The same under a name that a new version takes.
        let site = Site::with_older("taken")?;
        let mut manifest = read_json(&site.folder().join("manifest.json"))?;
        let files = manifest["files"].as_array_mut().context("it lists files")?;
        files.retain(|file| file["name"] != "panels.js");
        site.write("manifest.json", &manifest.to_string())?;
        site.write("panels.js", "mine")?;
        site.says(
            &["init", FOLDER],
            1,
            &["holds files of your own, under names that soutien", "takes: panels.js\n"],
        )?;
        ensure!(site.folder().join("gone/old.js").is_file(), "something was removed");
        Ok(())
    });
}

#[test]
fn the_address_is_guessed_where_it_can_be() {
    run(async {
        let site = Site::new("addresses")?;
        let elsewhere = site.0.join("elsewhere").to_string_lossy().into_owned();
        for (folder, address) in [
            ("static/assets/soutien", Some("/assets/soutien/")),
            ("./docs/mes outils/", Some("/mes%20outils/")),
            ("public", Some("/")),
            ("resources/soutien", None),
            (elsewhere.as_str(), None),
        ] {
            let (status, said) = site.json(&["init", folder])?;
            let tag = format!(r#"<script async src="{}soutien.js"></script>"#, address.unwrap_or("ADDRESS/"));
            ensure!(
                status == Some(0) && said["address"] == json!(address) && said["tag"] == json!(tag),
                "{folder}: {status:?}, {said}"
            );
        }
        site.says(
            &["init", "web/soutien"],
            0,
            &["ADDRESS stands for where web/soutien is on your site"],
        )
    });
}

#[test]
fn what_cannot_be_is_said() {
    run(async {
        let site = Site::new("wrong")?;
        fs::write(site.0.join("file"), "mine")?;
        for (arguments, status, words) in [
            (
                &["init"][..],
                2,
                "error: found \"init\", expected demo, or init FOLDER\n\nUsage: ",
            ),
            (
                &["init", "a", "b"],
                2,
                "error: found \"init a b\", expected demo, or init FOLDER",
            ),
            (&[], 2, "error: found no command, expected demo, or init FOLDER"),
            (&["demo", "--check"], 2, "error: found --check, which demo does not take"),
            (
                &["init", "--port", "1", "a"],
                2,
                "error: found --port, which init does not take",
            ),
            (&["init", "file"], 1, "error: ENOTDIR"),
            (&["init", "file", "--check"], 1, "error: ENOTDIR"),
            (&["--help"], 0, "npx soutien init FOLDER [--check] [--json]"),
        ] {
            site.says(arguments, status, &[words])?;
        }
        ensure!(!site.0.join("a").exists(), "something was written");
        Ok(())
    });
}
