//! The demo as static files: for a web server that knows nothing of it, under any address.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use soutien_project::files::{collect, copy, copy_folder};

use super::files::{fill, with_parts};
use super::site::{HIDDEN, NOT_FOUND};

/// Where the files of dist/site/ are in what is written.
pub const SITE_FOLDER: &str = "soutien";
/// The ad host's files, which are on the site's own host there.
const ADS: &str = "regie";

/// The comment form's button, and what stands in its place where nobody takes what is sent.
const SEND: &str =
    r#"<p class="champ-large"><button class="bouton bouton-plein" type="submit">Publier le commentaire</button></p>"#;
const NO_SERVER: &str =
    r#"<p class="champ-large">Cette page est une copie sans serveur&nbsp;: les commentaires n’y sont pas reçus.</p>"#;
const FORM: &str = r#"action="/commentaires" method="post""#;
/// A form that is sent nowhere, whatever key is pressed in it.
const NO_FORM: &str = r#"method="dialog""#;

/// Writes the news site, its ads and the configurator into a folder, with dist/site/ as its `soutien/`. All addresses are relative, so that the folder
/// can be served anywhere. Files of an earlier time are overwritten, and others left alone.
///
/// # Errors
/// When the folder holds something else than the demo, when dist/ is not built, or when something cannot be read or written.
pub fn export(root: &Path, output: &Path) -> Result<()> {
    ensure!(
        is_ours(output)?,
        "{} holds other files, and no demo: name an empty folder, or one that is not there",
        output.display()
    );
    let www = root.join("www");
    let mut files = Vec::new();
    collect(&www, &mut files)?;
    for file in files {
        let name = file.strip_prefix(&www)?;
        let path = format!("/{}", name.display());
        let is_ad = name.starts_with(ADS);
        if !is_ad && HIDDEN.iter().any(|hidden| path.starts_with(hidden)) {
            continue;
        }
        let target = output.join(name);
        if name.extension().is_none_or(|extension| extension != "html") {
            copy(&file, &target)?;
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let address = if path == "/index.html" { "/" } else { &path };
        let ads = if is_ad { "." } else { "./regie" };
        let text = fill(&with_parts(&www, address, &text), ads);
        write(&target, &text.replace(SEND, NO_SERVER).replace(FORM, NO_FORM))?;
    }
    write(&output.join("404.html"), NOT_FOUND)?;
    for (from, to) in [("dist/site", SITE_FOLDER), ("dist/configurator", "configurator")] {
        copy_folder(&root.join(from), &output.join(to)).with_context(|| format!("cannot copy {from}/"))?;
    }
    Ok(())
}

/// Whether a folder is empty, not there, or an earlier export.
fn is_ours(output: &Path) -> Result<bool> {
    if !output.exists() {
        return Ok(true);
    }
    let mut entries = fs::read_dir(output).with_context(|| format!("cannot read {}", output.display()))?;
    Ok(entries.next().is_none() || output.join(ADS).is_dir())
}

/// Writes a page, whose addresses begin at the folder that it is in.
fn write(path: &Path, page: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, page.replace(r#"="/"#, r#"="./"#)).with_context(|| format!("cannot write {}", path.display()))
}
