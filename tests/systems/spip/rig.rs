//! Real SPIP sites, each a copy of one that was installed by SPIP's own installer, in French, with SQLite; and those who come to them by HTTP.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use soutien_project::files::{copy, copy_folder};
use soutien_project::{root, run};
use soutien_testbed::webdriver::Process;
use support::site::scripts;
use support::waiting::wait_for;
use tokio::sync::OnceCell;
use xtask::plugins::{self, System};
use xtask::setup::{Need, require};

pub use crate::visitor::{Page, Visitor};

/// The name that browsers know the site by.
pub const NAME: &str = "presse.localhost";

/// What SPIP only reads, and so has to be there once for all sites. What finds SPIP by its own place is not among it.
const STATIC: [&str; 3] = ["plugins-dist", "prive", "squelettes-dist"];

/// The password of everybody.
pub const PASSWORD: &str = "Un-mot-de-passe";

/// The options that a form has to have sent for nothing to change but what a test sends besides.
const AS_INSTALLED: [(&str, &str); 4] = [
    ("numbers", "oui"),
    ("statuses[]", "0minirezo"),
    ("statuses[]", "1comite"),
    ("statuses[]", "6forum"),
];

/// Three sections, the second in the first, an article in the second and one in the third, an editor and a subscriber. The compressor is on, and so
/// is the page cache, as SPIP has it.
const CONTENT: &str = r#"
$now = date( 'Y-m-d H:i:s', time() - 60 );
foreach ( array( 1 => 0, 2 => 1, 3 => 0 ) as $id => $parent ) {
	$row = array( 'id_rubrique' => $id, 'id_parent' => $parent, 'titre' => "Rubrique $id", 'statut' => 'publie', 'date' => $now, 'lang' => 'fr' );
	sql_insertq( 'spip_rubriques', $row + array( 'id_secteur' => $parent ? $parent : $id, 'profondeur' => $parent ? 1 : 0 ) );
}
foreach ( array( 1 => 2, 2 => 3 ) as $id => $rubrique ) {
	$row = array( 'id_article' => $id, 'id_rubrique' => $rubrique, 'titre' => "Article $id", 'texte' => 'Un texte.', 'statut' => 'publie' );
	sql_insertq( 'spip_articles', $row + array( 'id_secteur' => $rubrique === 3 ? 3 : 1, 'date' => $now, 'lang' => 'fr' ) );
}
foreach ( array( 'remi' => '1comite', 'lea-abonnee' => '6forum' ) as $login => $statut ) {
	$id = sql_insertq( 'spip_auteurs', array( 'nom' => $login, 'login' => $login, 'statut' => $statut, 'lang' => 'fr' ) );
	auth_spip_modifier_pass( $login, 'Un-mot-de-passe', $id );
}
sql_updateq( 'spip_auteurs', array( 'lang' => 'fr' ), 'id_auteur=1' );
ecrire_meta( 'auto_compress_js', 'oui' );
ecrire_meta( 'adresse_site', 'http://presse.localhost' );
"#;

static INSTALLED: OnceCell<PathBuf> = OnceCell::const_new();
static ACTIVE: OnceCell<PathBuf> = OnceCell::const_new();

/// A site that PHP serves.
pub struct Site {
    /// Where SPIP is.
    pub folder: PathBuf,
    port: u16,
    process: Process,
}

impl Site {
    /// A site with SPIP, without the plugin.
    pub async fn plain() -> Result<Site> {
        let folder = INSTALLED.get_or_try_init(install).await?;
        Site::copy_of(folder).await
    }

    /// A site on which the plugin is active, and nothing is set.
    pub async fn active() -> Result<Site> {
        let folder = ACTIVE
            .get_or_try_init(async || {
                let site = Site::plain().await?;
                site.put_plugin().await?;
                site.log_in("claire").await?.switch("on").await?;
                kept(&site, "active")
            })
            .await?;
        Site::copy_of(folder).await
    }

    async fn copy_of(folder: &Path) -> Result<Site> {
        let home = Process::make_folder()?;
        let site = home.join("site");
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let (from, to) = (entry.path(), site.join(&name));
            if STATIC.contains(&name.to_string_lossy().as_ref()) {
                fs::create_dir_all(&site)?;
                symlink(fs::canonicalize(from)?, to)?;
            } else if from.is_dir() {
                copy_folder(&from, &to)?;
            } else {
                copy(&from, &to)?;
            }
        }
        // Empty folders come along as well.
        for name in ["IMG", "local", "tmp", "plugins/auto", "squelettes"] {
            fs::create_dir_all(site.join(name))?;
        }
        let mut command = Command::new(require(Need::Php)?);
        command
            .args(["-d", "display_errors=1", "-d", "log_errors=1"])
            // Tests write PHP as well, which holds at once.
            .args(["-d", "opcache.revalidate_freq=0", "-S", "127.0.0.1:0", "-t"])
            .arg(&site)
            // SPIP asks itself, and browsers ask for several files at once.
            .env("PHP_CLI_SERVER_WORKERS", "4")
            .current_dir(&site);
        let process = Process::start_in(home, &mut command)?;
        let port = wait_for("port that PHP listens on", async || {
            let log = process.log();
            let digits = log
                .split_once("(http://127.0.0.1:")
                .and_then(|(_, rest)| Some(rest.split_once(')')?.0.to_owned()));
            Ok(digits.and_then(|digits| digits.parse().ok()))
        })
        .await?;
        Ok(Site {
            folder: site,
            port,
            process,
        })
    }

    /// Its address, without a slash at the end.
    pub fn address(&self) -> String {
        format!("http://{NAME}:{}", self.port)
    }

    /// Copies the plugin to where FTP would, as it is built.
    pub async fn put_plugin(&self) -> Result<()> {
        assembled().await?;
        copy_folder(&System::Spip.folder(), &self.folder.join("plugins/soutien"))
    }

    /// Does something by SPIP's own functions, and gives what that prints.
    pub fn php(&self, code: &str) -> Result<String> {
        let mut command = Command::new(require(Need::Php)?);
        command
            .arg(root().join("tests/systems/spip/seed.php"))
            .current_dir(&self.folder);
        run::with_input(&mut command, code)
    }

    /// The database: what its tables are, and the names of what SPIP keeps.
    pub fn schema(&self) -> Result<String> {
        self.php(
            "$all = sql_query( 'SELECT name, sql FROM sqlite_master ORDER BY name' );
            while ( $row = sql_fetch( $all ) ) { echo $row['name'], ' ', $row['sql'], \"\\n\"; }
            foreach ( sql_allfetsel( 'nom', 'spip_meta', '', '', 'nom' ) as $row ) { echo 'meta ', $row['nom'], \"\\n\"; }",
        )
    }

    /// Somebody who is not logged in.
    pub fn visitor(&self) -> Result<Visitor> {
        Visitor::new(&self.address())
    }

    /// Somebody who has logged in.
    pub async fn log_in(&self, login: &str) -> Result<Visitor> {
        let visitor = self.visitor()?;
        let address = "/spip.php?page=login&url=spip.php";
        let page = visitor.get(address).await?.text;
        let mut fields = hidden(form(&page, "formulaire_login")?);
        fields.extend([("var_login".into(), login.into()), ("password".into(), PASSWORD.into())]);
        visitor.post(address, &fields).await?;
        let is_in = visitor.cookies().contains_key("spip_session");
        ensure!(is_in, "{login} cannot log in");
        Ok(visitor)
    }

    /// What the server sends for a page, as it is: SPIP's own line for an error is none that every client reads.
    pub fn raw(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {NAME}:{}\r\n\r\n", self.port)?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Asserts that PHP had nothing to complain about in the plugin.
    pub fn unharmed(&self) -> Result<()> {
        let log = self.process.log();
        let complaint = log
            .lines()
            .find(|line| line.contains("PHP ") && line.contains("plugins/soutien"));
        ensure!(complaint.is_none(), "PHP complains: {complaint:?}");
        let said = fs::read_to_string(self.folder.join("tmp/log/spip.log")).unwrap_or_default();
        let complaint = said
            .lines()
            .find(|line| line.contains("ERREUR") && line.contains("plugins/soutien"));
        ensure!(complaint.is_none(), "SPIP complains: {complaint:?}");
        Ok(())
    }
}

/// Puts the plugin together, once for all tests.
pub async fn assembled() -> Result<()> {
    static ASSEMBLED: OnceCell<PathBuf> = OnceCell::const_new();
    ASSEMBLED
        .get_or_try_init(async || plugins::assemble(System::Spip))
        .await
        .map(drop)
}

/// Keeps a site for copies of it.
fn kept(site: &Site, name: &str) -> Result<PathBuf> {
    let folder = root().join("target/spip-tests").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&site.folder)? {
        let entry = entry?;
        let to = folder.join(entry.file_name());
        if entry.file_type()?.is_symlink() {
            symlink(fs::read_link(entry.path())?, to)?;
        } else if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            copy(&entry.path(), &to)?;
        }
    }
    Ok(folder)
}

/// Installs SPIP by its own installer, over HTTP.
async fn install() -> Result<PathBuf> {
    let site = Site::copy_of(&require(Need::Spip)?).await?;
    let visitor = site.visitor()?;
    let database = [
        ("adresse_db", ""),
        ("login_db", ""),
        ("pass_db", ""),
        ("server_db", "sqlite3"),
    ];
    let author = [
        ("sel_db", "spip"),
        ("nom", "Claire"),
        ("email", "claire@example.org"),
        ("login", "claire"),
        ("pass", PASSWORD),
        ("pass_verif", PASSWORD),
    ];
    let base = [("choix_db", "new_spip"), ("table_new", "spip"), ("tprefix", "spip")];
    let steps: [(&str, &[(&str, &str)]); 5] = [
        ("chmod", &[]),
        ("2", &[("chmod", "511")]),
        ("3", &base),
        ("3b", &author),
        ("fin", &[]),
    ];
    for (step, more) in steps {
        let fields = [("exec", "install"), ("etape", step)]
            .into_iter()
            .chain(database)
            .chain(more.iter().copied());
        visitor.post("/ecrire/?exec=install", &owned(fields)).await?;
    }
    ensure!(
        site.folder.join("config/connect.php").is_file(),
        "SPIP is not installed: {}",
        site.process.log()
    );
    let said = site.php(CONTENT)?;
    ensure!(said.is_empty(), "SPIP says {said}");
    kept(&site, "installed")
}

/// Names and values, as a form sends them.
pub fn owned<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

impl Visitor {
    /// Does with the plugin what SPIP's page of plugins offers: `on`, `off`, or `stop`, which uninstalls it.
    pub async fn switch(&self, what: &str) -> Result<()> {
        let address = format!(
            "/ecrire/?exec=admin_plugin&voir={}",
            if what == "on" { "inactif" } else { "actif" }
        );
        let page = self.get(&address).await?.text;
        let form = form(&page, "_todo")?;
        let id = form
            .split("<li")
            .find(|item| item.contains("soutien"))
            .and_then(|item| item.split_once("data-id_paquet=\""))
            .and_then(|(_, rest)| rest.split('"').next())
            .with_context(|| format!("SPIP does not offer the plugin: {form}"))?;
        let mut fields = hidden(form);
        fields.push((format!("actions[{what}][{id}]"), "ok".into()));
        // SPIP does one thing a page, and reloads it by a script until there is nothing left.
        let mut page = self.post(&address, &fields).await?.text;
        if page.contains("name=\"valider_actions\"") || page.contains("name='valider_actions'") {
            let mut fields = hidden(self::form(&page, "valider_actions")?);
            fields.push(("valider_actions".into(), "ok".into()));
            page = self.post(&address, &fields).await?.text;
        }
        for _ in 0..10 {
            if !page.contains("action=actionner") {
                break;
            }
            page = self
                .get("/ecrire/?exec=admin_plugin&action=actionner&redirect=%3Fexec%3Dadmin_plugin")
                .await?
                .text;
        }
        self.get("/ecrire/?exec=admin_plugin").await?;
        Ok(())
    }

    /// Saves the form of the plugin with these fields and nothing else, and gives the page that comes.
    pub async fn save_just(&self, fields: &[(&str, &str)]) -> Result<String> {
        let address = "/ecrire/?exec=configurer_soutien";
        let page = self.get(address).await?.text;
        let mut all = hidden(form(&page, "formulaire_configurer_soutien")?);
        all.extend(owned(fields.iter().copied()));
        Ok(self.post(address, &all).await?.text)
    }

    /// Saves the form as it comes with the plugin, but for these fields.
    pub async fn save(&self, fields: &[(&str, &str)]) -> Result<()> {
        let is_sent = |name: &str| fields.iter().any(|(field, _)| *field == name);
        let others = AS_INSTALLED.into_iter().filter(|(name, _)| !is_sent(name));
        let all: Vec<_> = fields.iter().copied().chain(others).collect();
        let page = self.save_just(&all).await?;
        ensure!(page.contains("reponse_formulaire_ok"), "not saved: {page}");
        Ok(())
    }

    /// The one tag on a page of the site, if it is there.
    pub async fn tag(&self, path: &str) -> Result<Option<String>> {
        let page = self.get(path).await?.text;
        let opening = |tag: &str| tag.split('>').next().unwrap_or_default().to_owned();
        let mut tags = scripts(&page).filter(|tag| opening(tag).contains("/soutien.js"));
        let tag = tags.next().map(str::to_owned);
        ensure!(tags.next().is_none(), "there are two tags on {path}");
        Ok(tag)
    }
}

/// The form of a page that has this in it.
pub fn form<'a>(page: &'a str, mark: &str) -> Result<&'a str> {
    page.split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap_or_default())
        .find(|form| form.contains(mark))
        .with_context(|| format!("no form has {mark}: {page}"))
}

/// The hidden fields of a form.
pub fn hidden(form: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}="))?;
        let quote = rest.chars().next()?;
        let value = rest[1..].split(quote).next()?;
        Some(value.replace("&amp;", "&"))
    };
    form.split("<input")
        .skip(1)
        .map(|tag| tag.split('>').next().unwrap_or_default())
        .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect()
}
