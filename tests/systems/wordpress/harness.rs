//! What the other tests of WordPress stand on: that the sites are real ones, and that a plugin which does nothing leaves nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use soutien_project::files;
use soutien_testbed::webdriver::Process;
use support::browsers::{self, Kind as Reader, run};
use xtask::setup::{Need, require, version};

use super::site::{Kind, Language, Site};

/// The theme that is made of PHP, which each WordPress has here.
pub const CLASSIC: &str = "twentytwentyone";

/// The theme that is made of blocks, with which each is installed.
pub fn block_theme(wordpress: Need) -> &'static str {
    if wordpress == Need::Wordpress {
        "twentytwentythree"
    } else {
        "twentytwentyfive"
    }
}

/// A plugin that only says so, as a zip in its folder.
pub struct Control {
    folder: PathBuf,
}

impl Control {
    /// What WordPress calls it.
    pub const NAME: &str = "control/control.php";

    /// One of a test's own.
    pub fn new() -> Result<Control> {
        let folder = Process::make_folder()?;
        fs::create_dir_all(folder.join("plugin/control"))?;
        let php = "<?php\n/* Plugin Name: Control */\nadd_action( 'wp_footer', function () { echo 'the control is here'; } );\n";
        fs::write(folder.join("plugin/control/control.php"), php)?;
        files::pack(&folder.join("plugin"), &folder.join("control.zip"))?;
        Ok(Control { folder })
    }

    fn plugin(&self) -> PathBuf {
        self.folder.join("plugin/control")
    }

    /// Its zip.
    pub fn zip(&self) -> PathBuf {
        self.folder.join("control.zip")
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn each_version_is_installed_in_french_with_both_kinds_of_themes() {
    run(async {
        for wordpress in [Need::Wordpress, Need::Wordpress68, Need::WordpressNewest] {
            let found = version(wordpress, &require(wordpress)?);
            is_real(wordpress, &found)
                .await
                .with_context(|| format!("WordPress {found}"))?;
        }
        Ok(())
    });
}

async fn is_real(wordpress: Need, version: &str) -> Result<()> {
    let site = Site::new(wordpress, Language::French).await?;
    let admin = site.visitor.admin().await?;
    for theme in [block_theme(wordpress), CLASSIC] {
        let active = site.sql("SELECT option_value FROM wp_options WHERE option_name = 'stylesheet'")?;
        if active[0]["option_value"] != theme {
            admin.switch_theme(theme).await?;
        }
        let page = site.visitor.get("/").await?.fine()?;
        let is_of_blocks = page.text.contains("wp-site-blocks");
        ensure!(
            is_of_blocks == (theme != CLASSIC) && page.text.contains("lang=\"fr-FR\"") && page.text.contains("Le Journal"),
            "the front page with {theme} is {}",
            page.text
        );
    }
    let asked = site.php("echo get_bloginfo( 'version' ), ' ', wp_get_theme()->get_stylesheet();")?;
    ensure!(asked == format!("{version} {CLASSIC}"), "expected {version}, found {asked}");
    Ok(())
}

#[test]
fn a_plugin_is_uploaded_and_activated_by_a_browser() {
    run(async {
        let control = Control::new()?;
        let site = Site::new(Need::Wordpress68, Language::French).await?;
        let turn = browsers::borrow(Reader::Chromium).await?;
        site.visitor.log_in(&turn.browser).await?;
        site.visitor.upload(&turn.browser, &control.zip()).await?;
        let plugins = turn.browser.source().await?;
        ensure!(
            plugins.contains(r#"lang="fr-FR""#) && plugins.contains("Extensions"),
            "the page of plugins is not in French: {plugins}"
        );
        let page = site.visitor.get("/").await?.fine()?;
        ensure!(
            page.text.contains("the control is here"),
            "the plugin does nothing: {}",
            page.text
        );
        Ok(())
    });
}

/// What WordPress writes by itself where a plugin comes and goes, in whichever version, is what it may write with any other.
#[test]
fn a_plugin_that_does_nothing_leaves_what_wordpress_writes() {
    run(async {
        let control = Control::new()?;
        for wordpress in [Need::Wordpress, Need::Wordpress68, Need::WordpressNewest] {
            let site = Site::new(wordpress, Language::English).await?;
            let found = come_and_go(&site, &control.plugin(), Control::NAME).await?;
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            ensure!(found == BY_ITSELF, "{}: {found:#?}", wordpress.name());
        }
        Ok(())
    });
}

/// What WordPress itself keeps of a plugin that came and went on its page of plugins: when each was last active, and what there is to update.
pub const BY_ITSELF: [&str; 2] = [
    "~ wp_options _site_transient_update_plugins",
    "~ wp_options recently_activated",
];

/// What has changed once a plugin was activated, seen, deactivated and deleted on the page of plugins.
pub async fn come_and_go(site: &Site, plugin: &Path, name: &str) -> Result<BTreeSet<String>> {
    let admin = site.visitor.admin().await?;
    // Pages write things of their own when they are first asked for.
    for path in ["/", "/wp-admin/", "/wp-admin/plugins.php"] {
        admin.get(path).await?.fine()?;
    }
    let before = site.snapshot()?;
    site.put_plugin(plugin)?;
    admin.on_plugin("activate-selected", name).await?;
    ensure!(
        site.sql("SELECT option_value FROM wp_options WHERE option_name = 'active_plugins'")?[0]["option_value"]
            .as_str()
            .is_some_and(|active| active.contains(name)),
        "{name} is not active"
    );
    site.visitor.get("/").await?.fine()?;
    admin.on_plugin("deactivate-selected", name).await?;
    admin.on_plugin("delete-selected", name).await?;
    let folder = site.folder.join("wp-content/plugins").join(name);
    ensure!(!folder.exists(), "{name} is still there");
    Ok(before.changes(&site.snapshot()?))
}

#[test]
fn what_changes_is_seen() {
    run(async {
        let site = Site::new(Need::Wordpress68, Language::French).await?;
        let before = site.snapshot()?;
        ensure!(before.changes(&site.snapshot()?).is_empty(), "looking changes something");
        site.php("add_option( 'ours', 'a' ); update_option( 'blogname', 'Autre' ); $wpdb->query( 'CREATE TABLE wp_ours ( a INT )' ); wp_delete_post( 1, true );")?;
        fs::write(site.folder.join("wp-content/ours.txt"), "a")?;
        fs::remove_file(site.folder.join("wp-includes/version.php"))?;
        let after = site.snapshot()?;
        let title = after.get("wp_options blogname").unwrap_or_default();
        ensure!(title.contains("Autre"), "the title is {title}");
        let found = before.changes(&after);
        for expected in [
            "+ wp_options ours",
            "~ wp_options blogname",
            "+ wp_ours",
            "- wp_posts 1",
            "+ file wp-content/ours.txt",
            "- file wp-includes/version.php",
        ] {
            ensure!(found.contains(expected), "{expected} is not among {found:#?}");
        }
        Ok(())
    });
}

#[test]
fn what_php_complains_about_is_seen() {
    run(async {
        let site = Site::new(Need::Wordpress68, Language::French).await?;
        let control = Control::new()?;
        let file = control.plugin().join("control.php");
        fs::write(&file, format!("{}\necho $nobody_has_set;\n", fs::read_to_string(&file)?))?;
        site.put_plugin(&control.plugin())?;
        let before = site.complaints();
        site.visitor
            .admin()
            .await?
            .on_plugin("activate-selected", Control::NAME)
            .await?;
        site.visitor.get("/").await?.fine()?;
        let new: Vec<String> = site
            .complaints()
            .into_iter()
            .filter(|complaint| !before.contains(complaint))
            .collect();
        ensure!(
            matches!(&new[..], [complaint] if complaint.contains("Undefined variable $nobody_has_set")),
            "PHP complains: {new:#?}"
        );
        Ok(())
    });
}

#[test]
fn a_network_has_sites_in_subfolders() {
    run(async {
        for wordpress in [Need::Wordpress, Need::WordpressNewest] {
            let site = Site::of(Kind::Network, wordpress, Language::French).await?;
            site.add_site("/sport/", "Le Sport")?;
            let admin = site.visitor.admin().await?;
            for (path, expected) in [
                ("/", "Le Journal"),
                ("/sport/", "Le Sport"),
                ("/sport/wp-admin/plugins.php", "Le Sport"),
            ] {
                let page = admin.get(path).await?.fine()?;
                ensure!(page.text.contains(expected), "{path} is {}", page.text);
            }
            let page = admin.get("/wp-admin/network/plugins.php").await?.fine()?;
            ensure!(
                page.text.contains("Admin du réseau"),
                "the network's plugins are {}",
                page.text
            );
        }
        Ok(())
    });
}

#[test]
fn a_page_cache_answers_in_the_place_of_wordpress() {
    run(async {
        let site = Site::of(Kind::Storage, Need::Wordpress68, Language::French).await?;
        let cache = async |path: &str, visitor: &super::visitor::Visitor| {
            let page = visitor.get(path).await?.fine()?;
            let found = page.headers.get("x-cache").and_then(|value| value.to_str().ok());
            anyhow::Ok(found.unwrap_or_default().to_owned())
        };
        let admin = site.visitor.admin().await?;
        let mut found = Vec::new();
        for (path, visitor) in [
            ("/", &site.visitor),
            ("/", &site.visitor),
            ("/", &admin),
            ("/?s=a", &site.visitor),
            ("/wp-login.php", &site.visitor),
            ("/", &site.visitor.another()?),
        ] {
            found.push(cache(path, visitor).await?);
        }
        ensure!(
            found == ["MISS", "HIT", "BYPASS", "BYPASS", "BYPASS", "HIT"],
            "found {found:?}"
        );
        Ok(())
    });
}
