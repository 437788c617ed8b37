//! How web servers are told which files they may have kept for good: those that are asked for by the hash of the release that is there.

use std::fs;

use anyhow::{Context, Result};
use soutien_project::root;

/// What stands for the hash in `integrations/servers/`.
const RELEASE: &str = "RELEASE";

/// The hash in documents, which is that of no release.
const EXAMPLE: &str = "1c9e5a3b";

/// The configurations in `integrations/servers/`, each with the word for its language in documents.
const CONFIGURATIONS: [(&str, &str); 3] = [("nginx.conf", "nginx"), ("apache.htaccess", "apache"), ("Caddyfile", "caddy")];

/// Writes dist/servers/ for the release whose files are asked for by this query.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(query: &str) -> Result<()> {
    let folder = root().join("dist/servers");
    fs::create_dir_all(&folder)?;
    for (name, _) in CONFIGURATIONS {
        fs::write(folder.join(name), configuration(name, query)?).with_context(|| format!("cannot write dist/servers/{name}"))?;
    }
    Ok(())
}

/// A configuration as documents show it, in Markdown.
///
/// # Errors
/// When it cannot be read.
pub fn example(language: &str) -> Result<String> {
    let known = CONFIGURATIONS.iter().find(|(_, word)| *word == language);
    let (name, _) = known.with_context(|| format!("there is no configuration in {language}"))?;
    Ok(format!("```{language}\n{}```\n", configuration(name, EXAMPLE)?))
}

fn configuration(name: &str, query: &str) -> Result<String> {
    let path = root().join("integrations/servers").join(name);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.replace(RELEASE, query))
}
