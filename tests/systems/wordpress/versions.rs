//! The plugin on each version of WordPress with each of PHP, with a theme of PHP and one of blocks: nothing is complained about, the tag is on the
//! page, and the settings are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use support::browsers::run;
use xtask::plugins::{System, assemble};
use xtask::setup::{Need, require, version};

use super::harness::{CLASSIC, block_theme};
use super::playground::Playground;
use super::site::{Language, Site};
use super::visitor::Visitor;

/// How a pair of versions is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// On the PHP of this machine, with MariaDB.
    Machine,
    /// On PHP as WebAssembly, with SQLite.
    Playground,
    /// Not at all, for this reason.
    LeftOut(&'static str),
}

use Way::{LeftOut, Machine, Playground as Assembly};

/// Every pair.
const PAIRS: [(Need, &str, Way); 9] = [
    (Need::Wordpress, "7.4", Assembly),
    (Need::Wordpress, "8.2", Machine),
    (Need::Wordpress, "8.5", LeftOut("WordPress 6.1 is for PHP up to 8.2")),
    (Need::Wordpress68, "7.4", Assembly),
    (Need::Wordpress68, "8.2", Machine),
    (Need::Wordpress68, "8.5", LeftOut("WordPress 6.8 is for PHP up to 8.4")),
    (Need::WordpressNewest, "7.4", Assembly),
    (Need::WordpressNewest, "8.2", Machine),
    (Need::WordpressNewest, "8.5", Assembly),
];

/// The plugin as it is installed.
static PLUGIN: LazyLock<PathBuf> = LazyLock::new(|| {
    assemble(System::Wordpress).expect("it can be put together");
    System::Wordpress.folder()
});

/// What WordPress calls it.
const NAME: &str = "soutien/soutien.php";

/// The pages of the admin with something of the plugin's.
const PAGES: [&str; 3] = [
    "/wp-admin/options-general.php?page=soutien",
    "/wp-admin/index.php?page=soutien-numbers",
    "/wp-admin/post-new.php",
];

/// Tries one pair of the table.
fn try_pair(wordpress: Need, php: &str) {
    run(async {
        let (_, _, way) = PAIRS
            .iter()
            .find(|pair| (pair.0, pair.1) == (wordpress, php))
            .context("the table has no such pair")?;
        let what = format!("WordPress {} on PHP {php}", version(wordpress, &require(wordpress)?));
        let answers = match way {
            Machine => {
                let site = Site::new(wordpress, Language::French).await?;
                let found = site.php("echo PHP_VERSION;")?;
                ensure!(found.starts_with(php), "this machine has PHP {found}, expected {php}");
                check(wordpress, &site.visitor, &site.folder).await
            }
            Assembly => {
                let site = Playground::start(wordpress, php).await?;
                let page = site.visitor.get("/").await?.fine()?;
                let found = page
                    .headers
                    .get("x-powered-by")
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default();
                ensure!(
                    found.starts_with(&format!("PHP/{php}.")),
                    "the site runs on {found:?}, expected PHP {php}"
                );
                check(wordpress, &site.visitor, &site.folder).await
            }
            LeftOut(reason) => anyhow::bail!("{reason}"),
        };
        answers.context(what)
    });
}

async fn check(wordpress: Need, visitor: &Visitor, folder: &Path) -> Result<()> {
    let admin = visitor.admin().await?;
    let look = async |is_there: bool| -> Result<()> {
        // The one with which it is installed comes first before, and last after.
        let mut themes = [block_theme(wordpress), CLASSIC];
        if is_there {
            themes.reverse();
        }
        for (index, theme) in themes.into_iter().enumerate() {
            if index > 0 {
                admin.switch_theme(theme).await?;
            }
            let page = visitor.get("/").await?.fine()?;
            ensure!(
                page.text.contains("wp-site-blocks") == (theme != CLASSIC),
                "the page is not that of {theme}: {}",
                page.text
            );
            let tags = page.text.matches("id=\"soutien-js\"").count() + page.text.matches("id='soutien-js'").count();
            ensure!(
                tags == usize::from(is_there),
                "with {theme} there are {tags} tags on the page: {}",
                page.text
            );
        }
        Ok(())
    };
    // What WordPress and its themes get complaints for by themselves.
    admin.get("/wp-admin/plugins.php").await?.fine()?;
    admin.get("/wp-admin/post-new.php").await?.fine()?;
    look(false).await?;
    let before: BTreeSet<String> = super::complaints(folder).into_iter().collect();

    super::put_plugin(&PLUGIN, folder)?;
    let plugins = admin.on_plugin("activate-selected", NAME).await?;
    ensure!(
        plugins.text.contains("action=deactivate&amp;plugin=soutien%2Fsoutien.php"),
        "the plugin is not active: {}",
        plugins.text
    );
    look(true).await?;
    for path in PAGES {
        let page = admin.get(path).await?.fine()?;
        ensure!(
            page.text.contains("soutien"),
            "{path} has nothing of the plugin's: {}",
            page.text
        );
    }
    let after = super::complaints(folder);
    let new: Vec<&String> = after.iter().filter(|complaint| !before.contains(*complaint)).collect();
    ensure!(new.is_empty(), "PHP complains about what the plugin does: {new:#?}");
    Ok(())
}

#[test]
fn the_table_has_every_pair_once_and_each_that_is_not_left_out_is_tried() {
    let tests = include_str!("versions.rs");
    for wordpress in [Need::Wordpress, Need::Wordpress68, Need::WordpressNewest] {
        for php in ["7.4", "8.2", "8.5"] {
            let ways: Vec<Way> = PAIRS
                .iter()
                .filter(|pair| (pair.0, pair.1) == (wordpress, php))
                .map(|pair| pair.2)
                .collect();
            let is_tried = tests.contains(&format!("try_pair(Need::{wordpress:?}, \"{php}\");"));
            assert!(
                matches!(ways[..], [LeftOut(_)]) != is_tried && ways.len() == 1,
                "{wordpress:?} on PHP {php}: {ways:?}, and a test tries it: {is_tried}"
            );
        }
    }
}

#[test]
fn the_oldest_on_the_oldest_php() {
    try_pair(Need::Wordpress, "7.4");
}

#[test]
fn the_oldest_on_the_php_of_the_machine() {
    try_pair(Need::Wordpress, "8.2");
}

#[test]
fn the_stable_on_the_oldest_php() {
    try_pair(Need::Wordpress68, "7.4");
}

#[test]
fn the_stable_on_the_php_of_the_machine() {
    try_pair(Need::Wordpress68, "8.2");
}

#[test]
fn the_newest_on_the_oldest_php() {
    try_pair(Need::WordpressNewest, "7.4");
}

#[test]
fn the_newest_on_the_php_of_the_machine() {
    try_pair(Need::WordpressNewest, "8.2");
}

#[test]
fn the_newest_on_the_newest_php() {
    try_pair(Need::WordpressNewest, "8.5");
}
