//! The real WordPress, of several versions: [`site::Site`] on MariaDB, PHP-FPM and nginx, [`playground::Playground`] on other versions of PHP.
//! Both give a [`visitor::Visitor`], who asks for pages, logs in and uses the forms of WordPress.

mod article;
mod asked;
mod cost;
mod editors;
mod harness;
mod journey;
mod pages;
mod playground;
mod plugin;
mod secure;
mod services;
mod site;
mod snapshot;
mod versions;
mod visitor;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use soutien_project::files::copy_folder;

/// The name of the administrator of every site, as Playground has it.
pub const ADMIN: &str = "admin";
/// The administrator's password.
pub const PASSWORD: &str = "password";
/// Where WordPress writes what PHP complains about, in a site's folder.
const LOG: &str = "wp-content/debug.log";

/// What every wp-config.php says. Nothing is asked of other hosts, which would not answer, and nothing is done by itself in between.
const DEFINITIONS: &str = "define( 'WP_DEBUG', true );
define( 'WP_DEBUG_LOG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
";

/// What PHP has complained about so far, each once, without the time; nor that WordPress.org does not answer, which it never does here.
fn complaints(site: &Path) -> Vec<String> {
    let log = fs::read_to_string(site.join(LOG)).unwrap_or_default();
    let complaint = |line: &str| line.split_once("] ").map_or(line, |(_, complaint)| complaint).to_owned();
    let mut lines: Vec<String> = log
        .lines()
        .filter(|line| !line.contains("WordPress.org"))
        .map(complaint)
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Puts a plugin's folder where WordPress looks for plugins.
fn put_plugin(plugin: &Path, site: &Path) -> Result<()> {
    let name = plugin.file_name().context("a plugin is a folder with a name")?;
    let folder = site.join("wp-content/plugins").join(name);
    fs::create_dir_all(&folder)?;
    copy_folder(plugin, &folder)
}
