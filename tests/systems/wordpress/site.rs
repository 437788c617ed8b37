//! A WordPress of a test's own on MariaDB, PHP-FPM and nginx. The first of a kind is installed by WordPress' own installer, and the others are
//! copies of it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use soutien_project::files::copy_folder;
use tokio::sync::OnceCell;
use xtask::setup::{Need, require};

use super::services::{Services, services};
use super::snapshot::Snapshot;
use super::visitor::Visitor;
use super::{ADMIN, PASSWORD};

/// The language that a site is installed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// French.
    French,
    /// American English, which WordPress itself is in.
    English,
}

/// What is in front of a site, or around it. The names are those of its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing.
    Journal,
    /// A page cache, that of nginx: what is answered out of it has `x-cache: HIT`.
    Storage,
    /// A network of sites, each in a subfolder. This is its main site, and the administrator that of the network.
    Network,
}

/// A WordPress that is nobody else's. What it is made of goes with it.
pub struct Site {
    /// Somebody who is not logged in.
    pub visitor: Visitor,
    /// Where its files are.
    pub folder: PathBuf,
    /// The name of its folder, its database and its host.
    name: String,
    services: &'static Services,
}

/// The sites that are copied, by what they were made of.
type Templates = HashMap<(&'static str, Language, bool), Arc<OnceCell<Site>>>;
static TEMPLATES: LazyLock<Mutex<Templates>> = LazyLock::new(Mutex::default);

impl Site {
    /// A site with nothing in it but what WordPress puts there.
    pub async fn new(wordpress: Need, language: Language) -> Result<Site> {
        Site::of(Kind::Journal, wordpress, language).await
    }

    /// The same of another kind.
    pub async fn of(kind: Kind, wordpress: Need, language: Language) -> Result<Site> {
        let journal = template(wordpress, language, false);
        let journal = journal.get_or_try_init(|| install(wordpress, language)).await?;
        if kind != Kind::Network {
            return journal.copied(kind).await;
        }
        let network = template(wordpress, language, true);
        let network = network
            .get_or_try_init(async || {
                let site = journal.copied(kind).await?;
                site.become_network()?;
                anyhow::Ok(site)
            })
            .await?;
        network.copied(kind).await
    }

    /// Makes the place for a site, without files or rows.
    async fn empty(kind: Kind) -> Result<Site> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let services = services().await?;
        // As long as any other, so that texts in which it stands keep their length.
        let name = format!("{kind:?}{:04}", COUNT.fetch_add(1, Ordering::Relaxed)).to_lowercase();
        services.query(
            "information_schema",
            &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"),
        )?;
        let folder = services.sites.join(&name);
        fs::create_dir(&folder)?;
        Ok(Site {
            visitor: Visitor::new(&format!("http://{name}.localhost:{}", services.port))?,
            folder,
            name,
            services,
        })
    }

    async fn copied(&self, kind: Kind) -> Result<Site> {
        let site = Site::empty(kind).await?;
        link(&self.folder, &site.folder, true)?;
        let configuration = fs::read_to_string(self.folder.join("wp-config.php"))?;
        site.configure(&configuration.replace(&self.name, &site.name))?;
        let _ = fs::remove_file(site.folder.join(super::LOG));
        self.services.ask(&site.name, &json!({ "what": "copy", "from": self.name }))?;
        Ok(site)
    }

    /// Puts another wp-config.php in the place of the one that is there, which copies may share.
    fn configure(&self, configuration: &str) -> Result<()> {
        let path = self.folder.join("wp-config.php");
        if path.exists() {
            fs::remove_file(&path)?;
        }
        Ok(fs::write(path, configuration)?)
    }

    /// Adds definitions to wp-config.php, where hosts have theirs.
    pub fn define(&self, php: &str) -> Result<()> {
        let configuration = fs::read_to_string(self.folder.join("wp-config.php"))?;
        let end = "require_once ABSPATH";
        ensure!(configuration.contains(end), "wp-config.php has no {end}: {configuration}");
        self.configure(&configuration.replace(end, &format!("{php}\n{end}")))
    }

    /// Makes a network of it, by the functions that WordPress' own form calls: the form itself refuses an address with a port.
    fn become_network(&self) -> Result<()> {
        let host = self.host();
        self.php(&format!(
            "define( 'WP_INSTALLING_NETWORK', true ); require ABSPATH . 'wp-admin/includes/upgrade.php';
             foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {{ $wpdb->$table = $name; }}
             install_network(); $result = populate_network( 1, '{host}', get_option( 'admin_email' ), 'Le réseau', '/', false );
             if ( is_wp_error( $result ) ) {{ exit( 1 ); }}"
        ))?;
        self.define(&format!(
            "define( 'MULTISITE', true ); define( 'SUBDOMAIN_INSTALL', false ); define( 'DOMAIN_CURRENT_SITE', '{host}' );
             define( 'PATH_CURRENT_SITE', '/' ); define( 'SITE_ID_CURRENT_SITE', 1 ); define( 'BLOG_ID_CURRENT_SITE', 1 );"
        ))
    }

    /// Adds a site to a network, in this subfolder, such as `/sport/`; its administrator is that of the network.
    pub fn add_site(&self, path: &str, title: &str) -> Result<()> {
        let host = self.host();
        // WordPress would take the colon before the port away.
        self.php(&format!(
            "add_filter( 'sanitize_user', fn( $clean, $raw ) => $raw, 10, 2 ); $id = wpmu_create_blog( '{host}', '{path}', '{title}', 1 );
             if ( is_wp_error( $id ) ) {{ echo $id->get_error_message(); exit( 1 ); }}"
        ))?;
        Ok(())
    }

    /// Somebody with this role, logged in.
    pub async fn member(&self, role: &str) -> Result<Visitor> {
        self.add_member(role)?;
        let member = self.visitor.another()?;
        member.log_in_as(role, PASSWORD).await?;
        Ok(member)
    }

    /// Makes somebody with this role, who is called so and has the password of all.
    pub fn add_member(&self, role: &str) -> Result<()> {
        self.php(&format!(
            "wp_insert_user( array( 'user_login' => '{role}', 'user_pass' => '{PASSWORD}', 'role' => '{role}', 'user_email' => '{role}@journal.example' ) );"
        ))?;
        Ok(())
    }

    /// The host with the port.
    pub fn host(&self) -> String {
        format!("{}.localhost:{}", self.name, self.services.port)
    }

    /// What a query gives, an object for each row, whose values are texts.
    pub fn sql(&self, query: &str) -> Result<Vec<Value>> {
        self.services.query(&self.name, query)
    }

    /// What PHP prints that runs in this WordPress, nobody being logged in.
    pub fn php(&self, code: &str) -> Result<String> {
        let host = self.host();
        let whole = format!(
            "$_SERVER['HTTP_HOST'] = '{host}'; $_SERVER['REQUEST_URI'] = '/'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1'; \
             $_SERVER['REQUEST_METHOD'] = 'GET'; require 'wp-load.php';\n{code}"
        );
        let mut command = Command::new(require(Need::Php)?);
        command.args(["-r", &whole]).current_dir(&self.folder).stdin(Stdio::null());
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "this PHP fails ({}):\n{code}\nit says:\n{said}{}\nthe log says:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr),
            self.complaints().join("\n")
        );
        Ok(said)
    }

    /// What PHP has complained about so far, each once, without the time: errors, warnings, notices and what is deprecated. That WordPress.org
    /// does not answer is left out, since it never does here.
    pub fn complaints(&self) -> Vec<String> {
        super::complaints(&self.folder)
    }

    /// Puts a plugin's folder where WordPress looks for plugins. It is not activated by that.
    pub fn put_plugin(&self, plugin: &Path) -> Result<()> {
        super::put_plugin(plugin, &self.folder)
    }

    /// All rows and files, to be compared with later ones.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let rows = self.services.ask(&self.name, &json!({ "what": "rows" }))?;
        Snapshot::take(&rows, &self.folder)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Whatever is left goes with the services.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = self
            .services
            .query("information_schema", &format!("DROP DATABASE {}", self.name));
    }
}

fn template(wordpress: Need, language: Language, is_network: bool) -> Arc<OnceCell<Site>> {
    let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    templates.entry((wordpress.name(), language, is_network)).or_default().clone()
}

/// Installs a WordPress as its owner would.
async fn install(wordpress: Need, language: Language) -> Result<Site> {
    let site = Site::empty(Kind::Journal).await?;
    copy_folder(&require(wordpress)?, &site.folder)?;
    let Site { name, services, .. } = &site;
    let keys: String = ["AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE"]
        .iter()
        .flat_map(|name| [format!("{name}_KEY"), format!("{name}_SALT")])
        .map(|name| format!("define( '{name}', 'what nobody else knows, {name}' );\n"))
        .collect();
    site.configure(&format!(
        "<?php\ndefine( 'DB_NAME', '{name}' );\ndefine( 'DB_USER', 'root' );\ndefine( 'DB_PASSWORD', '' );\ndefine( 'DB_HOST', 'localhost:{}' );\n\
         define( 'DB_CHARSET', 'utf8mb4' );\ndefine( 'DB_COLLATE', '' );\n{keys}$table_prefix = 'wp_';\n{}\
         if ( ! defined( 'ABSPATH' ) ) {{ define( 'ABSPATH', __DIR__ . '/' ); }}\nrequire_once ABSPATH . 'wp-settings.php';\n",
        services.database.display(),
        super::DEFINITIONS,
    ))?;
    let locale = if language == Language::French { "fr_FR" } else { "" };
    let fields = [
        ("weblog_title", "Le Journal"),
        ("user_name", ADMIN),
        ("admin_password", PASSWORD),
        ("admin_password2", PASSWORD),
        ("pw_weak", "1"),
        ("admin_email", "redaction@journal.example"),
        ("blog_public", "1"),
        ("language", locale),
    ];
    let page = site.visitor.post("/wp-admin/install.php?step=2", &fields).await?.fine()?;
    let has = site.sql("SELECT 1 FROM wp_users")?;
    ensure!(
        has.len() == 1,
        "the installer of WordPress has made no user; it says {}",
        page.text
    );
    Ok(site)
}

/// Copies a site's files. Those of WordPress itself are the same files, which no test may write into: it can remove one, and put another there.
fn link(from: &Path, to: &Path, is_root: bool) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let is_own = is_root && entry.file_name() == "wp-content";
        if source.is_dir() {
            fs::create_dir(&target)?;
            if is_own {
                copy_folder(&source, &target)?;
            } else {
                link(&source, &target, false)?;
            }
        } else {
            fs::hard_link(source, target)?;
        }
    }
    Ok(())
}
