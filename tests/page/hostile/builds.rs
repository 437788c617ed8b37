//! Another build of Soutien on the same page.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_project::files;
use soutien_testbed::server::Options;
use support::browsers::{BLOCKED, run_in};
use support::reader::Reader;
use support::site::{site, with_tags};
use thirtyfour::Key;

/// A folder that is served beside the usual files, with another build of ours in it: each file weighs and hashes otherwise, and the version
/// is another.
fn with_another_build() -> Result<PathBuf> {
    let root = soutien_project::root().join("target/another-build");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let folder = root.join("www/autre");
    fs::create_dir_all(&folder)?;
    std::os::unix::fs::symlink(soutien_project::root().join("dist"), root.join("dist"))?;
    let ours = soutien_project::root().join("dist/site");
    let read = |name: &str| fs::read(ours.join(name)).with_context(|| format!("dist/site/ has no {name}"));
    let mut loader = String::from_utf8(read("soutien.js")?)?;
    loader = loader.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"0.0.0\"");
    // A custom section is none of the module's business, and a blank none of a script's or a style sheet's.
    for (name, more) in [
        ("soutien.wasm", &b"\0\x06\x05other"[..]),
        ("probe.js", b" "),
        ("probe.gif", b""),
        ("appeal.js", b" "),
        ("appeal.css", b" "),
        ("host.js", b" "),
    ] {
        let bytes = read(name)?;
        let others = [&bytes, more].concat();
        loader = loader.replace(&files::short_integrity(&bytes), &files::short_integrity(&others));
        fs::write(folder.join(name), others)?;
    }
    fs::create_dir_all(folder.join("lang"))?;
    fs::write(folder.join("lang/fr.json"), read("lang/fr.json")?)?;
    fs::write(folder.join("soutien.js"), loader)?;
    Ok(root)
}

/// The one that comes first has the page, whichever it is.
#[test]
fn two_builds_on_one_page_are_one() {
    let root = with_another_build().expect("another build can be made");
    run_in(BLOCKED, async |kind| {
        for (folders, version) in [
            (["soutien", "autre"], env!("CARGO_PKG_VERSION")),
            (["autre", "soutien"], "0.0.0"),
        ] {
            let tags = folders.map(|folder| {
                format!(r#"<script src="/{folder}/soutien.js" data-policy="always" data-delay="0" data-lang="fr"></script>"#)
            });
            let site = Options {
                root: root.clone(),
                ..site(&with_tags(&tags.concat()))
            };
            let reader = Reader::new(kind, site).await?;
            reader.open("/page.html").await?;
            reader.verdict("blocked").await?;
            reader.notice().await?;
            reader.problem("script", "a second tag").await?;
            reader.expect("Soutien.version", version).await?;
            let second = folders[1];
            let requests = reader.n_requests(&format!("/{second}/"));
            ensure!(
                requests == 1,
                "{second} was asked for {requests} files, and not for its loader alone"
            );
            reader
                .expect(
                    "witness.events.filter(({ name }) => name !== 'problem').map(({ name }) => name)",
                    json!(["ready", "verdict", "show"]),
                )
                .await?;
            reader.press(Key::Escape).await?;
            reader.event("close").await?;
            reader.unharmed().await?;
            reader.usable().await?;
        }
        Ok(())
    });
}
