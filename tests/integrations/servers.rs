//! docs/servers.md: its configurations are taken out of the document as a publisher would copy them, and run by the real servers; so is its
//! Content-Security-Policy by both browsers.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use reqwest::header::HeaderMap;
use serde_json::Value;
use soutien_figures::parts::Load;
use soutien_figures::sizes;
use soutien_project::files::copy_folder;
use soutien_project::root;
use soutien_project::run::is_root;
use soutien_testbed::webdriver::Process;
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::commands::xtask;
use support::documents;
use support::reader::Reader;
use support::site::{WITNESS, page, site};
use support::waiting::wait_for;
use xtask::setup::{APACHE_MODULES, NGINX_BROTLI, Need, require};

const DOCUMENT: &str = "docs/servers.md";

const SHORT: &str = "public, max-age=300";
const LASTING: &str = "public, max-age=31536000, immutable";

/// One server at a time, so that none takes the port that another was about to listen on.
pub static TURN: Mutex<()> = Mutex::new(());

/// The piece of the document below a heading that is in this language, which may be none.
fn piece(heading: &str, language: &str) -> Result<String> {
    documents::only(DOCUMENT, heading, language)
}

/// The hash of soutien.js, as the manifest has it for the tag.
pub fn integrity() -> Result<String> {
    let manifest = fs::read_to_string(root().join("dist/site/manifest.json"))?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let mut files = manifest["files"].as_array().into_iter().flatten();
    let file = files.find(|file| file["name"] == "soutien.js");
    let integrity = file.and_then(|file| file["integrity"].as_str());
    Ok(integrity.context("the manifest has no soutien.js")?.to_owned())
}

/// The text with a part of it replaced, which has to be there.
fn instead(text: &str, part: &str, other: &str) -> Result<String> {
    ensure!(text.contains(part), "expected {part:?} in {text}");
    Ok(text.replace(part, other))
}

/// A web server with dist/site/ as `/assets/soutien/` and a page with the tag.
pub struct Server {
    /// Its origin.
    pub address: String,
    /// Where its configuration is, and what it writes.
    folder: PathBuf,
    _process: Process,
}

/// What a server has to be started with.
struct Start {
    need: Need,
    /// Whether files are compressed beforehand.
    is_compressed: bool,
    /// The arguments; writes the configuration for a folder and an address into that folder.
    configure: fn(&Path, &str) -> Result<Vec<String>>,
}

impl Server {
    async fn start(start: Start) -> Result<Server> {
        let folder = Process::make_folder()?;
        write_site(&folder.join("www"), start.is_compressed)?;
        Server::start_in(folder, start.need, start.configure).await
    }

    /// Starts a server for what is in a folder, which has a page `www/page.html`.
    pub async fn start_in(folder: PathBuf, need: Need, configure: fn(&Path, &str) -> Result<Vec<String>>) -> Result<Server> {
        // No other test listens on this address, and the port is free there.
        let listens = TcpListener::bind("127.0.0.2:0")?.local_addr()?.to_string();
        let arguments = configure(&folder, &listens)?;
        let mut command = Command::new(require(need)?);
        command.args(arguments).current_dir(&folder);
        let process = Process::start_in(folder.clone(), &mut command)?;
        let address = format!("http://{listens}");
        wait_for("server that listens", async || {
            Ok(reqwest::get(format!("{address}/page.html")).await.ok())
        })
        .await
        .with_context(|| format!("{} says:\n{}", need.name(), process.log()))?;
        Ok(Server {
            address,
            folder,
            _process: process,
        })
    }

    /// What nginx has logged so far.
    fn log(&self) -> Result<String> {
        fs::read_to_string(self.folder.join("views.log")).context("nginx has no log")
    }

    /// What nginx has served so far of Soutien's files.
    fn served(&self) -> Result<Load> {
        let mut load = Load::default();
        for line in self.log()?.lines().filter(|line| line.starts_with("/assets/soutien/")) {
            let bytes = line.rsplit(' ').next().and_then(|bytes| bytes.parse::<usize>().ok());
            load.requests += 1;
            load.bytes += bytes.with_context(|| format!("nginx has logged {line:?}"))?;
        }
        Ok(load)
    }

    /// The headers of an answer to a request that takes this encoding.
    async fn headers(&self, path: &str, encoding: &str) -> Result<HeaderMap> {
        let request = reqwest::Client::new().get(format!("{}/assets/soutien/{path}", self.address));
        let response = request.header("accept-encoding", encoding).send().await?;
        ensure!(response.status() == 200, "{path} is answered by {}", response.status());
        Ok(response.headers().clone())
    }
}

/// The files of a site. Servers that run as root serve as somebody else, whom every file has to be open to.
fn write_site(www: &Path, is_compressed: bool) -> Result<()> {
    copy_folder(&root().join("dist/site"), &www.join("assets/soutien"))?;
    if is_compressed {
        require(Need::Brotli)?;
        let command = instead(&piece("Compression", "sh")?, "/srv/www", &www.display().to_string())?;
        shell(&command, www)?;
    }
    fs::write(www.join("witness.js"), WITNESS)?;
    Ok(fs::write(www.join("page.html"), page_in_assets(r#"data-policy="always""#))?)
}

/// What commands print, in a folder. The first that fails ends them.
pub fn shell(commands: &str, folder: &Path) -> Result<String> {
    let output = Command::new("sh").args(["-euc", commands]).current_dir(folder).output()?;
    ensure!(
        output.status.success(),
        "these commands fail ({}):\n{commands}\nthey say:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// A page with the tag as documents have it, for a site with the files in the folder of the documents.
fn page_in_assets(attributes: &str) -> String {
    page(attributes).replace("/soutien/soutien.js", "/assets/soutien/soutien.js")
}

/// A configuration as it is built, with the hash of what is built; documents show the same with another hash.
fn configuration(name: &str) -> Result<String> {
    let path = root().join("dist/servers").join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The hash that files of what is built are asked for by.
fn release() -> Result<String> {
    let manifest: Value = serde_json::from_slice(&fs::read(root().join("dist/site/manifest.json"))?)?;
    Ok(manifest["query"].as_str().context("the manifest has no query")?.to_owned())
}

/// What the document says of every server: types, compression and caching; and Chromium gets its verdict.
async fn check(start: Start) -> Result<()> {
    let server = Server::start(start).await?;
    let release = release()?;
    for (path, mime, cache) in [
        ("soutien.wasm?RELEASE", "application/wasm", LASTING),
        ("soutien.wasm", "application/wasm", SHORT),
        // Whoever knows the hash of the next release must not have today's files kept under it.
        ("soutien.wasm?1c9e5a3b", "application/wasm", SHORT),
        ("soutien.wasm?RELEASE0", "application/wasm", SHORT),
        ("soutien.wasm?1c9e5a3b&RELEASE", "application/wasm", SHORT),
        ("soutien.js?RELEASE", "text/javascript; charset=utf-8", SHORT),
        ("appeal.js?RELEASE&1", "text/javascript; charset=utf-8", LASTING),
        ("soutien.js", "text/javascript; charset=utf-8", SHORT),
        ("soutien.js?ver=6.8", "text/javascript; charset=utf-8", SHORT),
        ("appeal.js?RELEASE", "text/javascript; charset=utf-8", LASTING),
        ("appeal.css?RELEASE", "text/css; charset=utf-8", LASTING),
        ("lang/fr.json?RELEASE", "application/json", LASTING),
        ("probe.gif?RELEASE", "image/gif", LASTING),
    ] {
        let path = &path.replace("RELEASE", &release);
        for encoding in ["br", "gzip", "identity"] {
            let headers = server.headers(path, encoding).await?;
            let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            ensure!(
                header("content-type") == mime,
                "{path}, {encoding}: expected {mime}, found {headers:?}"
            );
            ensure!(
                header("cache-control") == cache,
                "{path}, {encoding}: expected {cache}, found {headers:?}"
            );
            ensure!(
                header("x-content-type-options") == "nosniff",
                "{path}, {encoding}: found {headers:?}"
            );
            let is_packed = encoding != "identity" && mime != "image/gif";
            let expected = if is_packed { encoding } else { "" };
            ensure!(
                header("content-encoding") == expected,
                "{path}, {encoding}: expected {expected:?}, found {headers:?}"
            );
            // Whoever caches has to know that another browser gets another answer.
            ensure!(
                !is_packed || header("vary").eq_ignore_ascii_case("accept-encoding"),
                "{path}, {encoding}: found {headers:?}"
            );
        }
    }

    // That a file is missing is not to be remembered.
    let missing = reqwest::get(format!("{}/assets/soutien/missing.js?{release}", server.address)).await?;
    let cache = missing
        .headers()
        .get("cache-control")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    ensure!(
        missing.status() == 404 && !cache.contains("immutable"),
        "{}, {cache:?}",
        missing.status()
    );

    // As whoever has set a server up checks it.
    let command = instead(&piece("Check it", "sh")?, "https://www.example", &server.address)?;
    let command = instead(&command, "1c9e5a3b", &release)?;
    let said = shell(&command, &server.folder)?.to_lowercase();
    for header in [
        "content-type: application/wasm",
        "content-encoding: br",
        &format!("cache-control: {LASTING}"),
    ] {
        ensure!(said.lines().any(|line| line.trim() == header), "no {header:?} in:\n{said}");
    }

    let reader = Reader::new(Kind::Chromium, site("")).await?;
    reader.open_url(&format!("{}/page.html", server.address)).await?;
    reader.verdict("clear").await?;
    reader.no_notice().await?;
    reader.expect("witness.warnings", Value::Array(vec![])).await?;
    reader.unharmed().await
}

#[track_caller]
fn serve(start: Start) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(check(start));
}

/// nginx as the document has it.
const NGINX: Start = Start {
    need: Need::Nginx,
    is_compressed: true,
    configure: |folder, listens| {
        let server = configuration("nginx.conf")?;
        let server = instead(&server, "listen 80;", &format!("listen {listens};"))?;
        let server = instead(&server, "root /srv/www;", &format!("root {}/www;", folder.display()))?;
        nginx(folder, &server)
    },
};

#[test]
pub fn nginx_serves_as_the_document_says() {
    serve(NGINX);
}

/// The figures of `cargo xtask costs`, held against what nginx logs of a reader's views.
#[test]
fn what_is_served_is_what_the_costs_say() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let server = Server::start(NGINX).await?;
        let reader = Reader::new(Kind::Chromium, site("")).await?;
        let expected = sizes::built()?.loads()?;
        // No request is left out that is asked for, and none comes later.
        let check = async |what: &str, before: Load, expected: Load| -> Result<Load> {
            wait_for("request that is expected", async || {
                Ok((server.served()?.requests >= before.requests + expected.requests).then_some(()))
            })
            .await
            .with_context(|| format!("{what}; nginx has logged:\n{}", server.log().unwrap_or_default()))?;
            reader.ask("witness.settled()").await?;
            let all = server.served()?;
            let (requests, bytes) = (all.requests - before.requests, all.bytes - before.bytes);
            ensure!(
                requests == expected.requests && bytes.abs_diff(expected.bytes) <= expected.bytes / 20,
                "{what} takes {requests} requests and {bytes} bytes, expected {expected:?}; nginx has logged:\n{}",
                server.log()?
            );
            Ok(all)
        };
        let page = format!("{}/page.html", server.address);
        reader.open_url(&page).await?;
        reader.verdict("clear").await?;
        let first = check("a first view", Load::default(), expected.first).await?;
        reader.open_url(&format!("{page}?again")).await?;
        reader.verdict("clear").await?;
        let later = check("a later view", first, expected.later).await?;
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        check("a notice", later, expected.notice).await?;
        Ok(())
    });
}

/// Writes the configuration of nginx with what a machine's own nginx.conf has around a publisher's; one process, with the rights of whoever
/// runs the test.
pub fn nginx(folder: &Path, server: &str) -> Result<Vec<String>> {
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path temp/{name};\n"))
        .concat();
    fs::create_dir(folder.join("temp"))?;
    let whole = format!(
        "load_module {NGINX_BROTLI};\ndaemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n\
         log_format views '$uri $status $body_bytes_sent';\naccess_log views.log views;\ntypes {{ text/html html; text/javascript js; }}\n{paths}{server}}}\n"
    );
    fs::write(folder.join("nginx.conf"), whole)?;
    let prefix = folder.display().to_string();
    Ok(["-p", &prefix, "-c", "nginx.conf", "-e", "stderr"]
        .map(str::to_owned)
        .to_vec())
}

fn apache(folder: &Path, listens: &str, directory: &str) -> Result<Vec<String>> {
    let modules: String = ["mpm_event", "authz_core", "mime", "headers", "filter", "deflate", "brotli"]
        .map(|name| format!("LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n"))
        .concat();
    // As root, Apache insists on serving as somebody else, who has to reach the files.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    let user = if is_root() { "User nobody\nGroup nogroup\n" } else { "" };
    let folder_name = folder.display();
    let whole = format!(
        "ServerRoot {folder_name}\nServerName www.example\nListen {listens}\nPidFile apache.pid\nErrorLog /dev/stderr\n{modules}{user}\
         TypesConfig /dev/null\nAddType text/html .html\nAddType text/javascript .js\nDocumentRoot {folder_name}/www\n{directory}"
    );
    fs::write(folder.join("apache.conf"), whole)?;
    let file = folder.join("apache.conf").display().to_string();
    Ok(["-f", &file, "-D", "FOREGROUND"].map(str::to_owned).to_vec())
}

#[test]
pub fn apache_serves_as_the_document_says() {
    serve(Start {
        need: Need::Apache,
        is_compressed: false,
        configure: |folder, listens| {
            let piece = configuration("apache.htaccess")?;
            let directory = format!("<Directory {}/www/assets/soutien>\n{piece}</Directory>\n", folder.display());
            apache(folder, listens, &directory)
        },
    });
}

/// A site whose pages are written by a program, as WordPress does it, and that has a page at `/soutien/`: papers call the page on which they ask
/// for money so. Our folder must not stand in its place, as one of that name would.
async fn check_page_of_our_name(need: Need, configure: fn(&Path, &str) -> Result<Vec<String>>) -> Result<()> {
    for (files, is_there) in [("assets/soutien", true), ("soutien", false)] {
        let folder = Process::make_folder()?;
        let www = folder.join("www");
        copy_folder(&root().join("dist/site"), &www.join(files))?;
        fs::write(www.join("page.html"), "any page")?;
        fs::write(www.join("front.html"), "what the site's program writes")?;
        let server = Server::start_in(folder, need, configure).await?;
        let answer = reqwest::get(format!("{}/soutien/", server.address)).await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(
            (status == 200) == is_there && text.contains("what the site's program writes") == is_there,
            "with the files in {files}/, /soutien/ is answered by {status}: {text}"
        );
        let script = reqwest::get(format!("{}/{files}/soutien.js", server.address)).await?;
        ensure!(
            script.status() == 200,
            "{files}/soutien.js is answered by {}",
            script.status()
        );
    }
    Ok(())
}

#[test]
fn a_page_of_our_name_is_there_beside_our_folder() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        check_page_of_our_name(Need::Nginx, |folder, listens| {
            let www = folder.join("www");
            let front = "location / { try_files $uri $uri/ /front.html; }";
            nginx(
                folder,
                &format!("server {{ listen {listens}; root {}; {front} }}", www.display()),
            )
        })
        .await?;
        check_page_of_our_name(Need::Apache, |folder, listens| {
            let rules = "RewriteEngine On\nRewriteBase /\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME} !-d\nRewriteRule . /front.html [L]\n";
            let directory = format!(
                "LoadModule rewrite_module {APACHE_MODULES}/mod_rewrite.so\nLoadModule dir_module {APACHE_MODULES}/mod_dir.so\n\
                 <Directory {}/www>\n{rules}</Directory>\n",
                folder.display()
            );
            apache(folder, listens, &directory)
        })
        .await
    });
}

#[test]
fn apache_serves_by_a_file_in_the_folder_as_well() {
    serve(Start {
        need: Need::Apache,
        is_compressed: false,
        configure: |folder, listens| {
            fs::write(folder.join("www/assets/soutien/.htaccess"), configuration("apache.htaccess")?)?;
            let directory = format!("<Directory {}/www>\nAllowOverride FileInfo\n</Directory>\n", folder.display());
            apache(folder, listens, &directory)
        },
    });
}

#[test]
pub fn caddy_serves_as_the_document_says() {
    serve(Start {
        need: Need::Caddy,
        is_compressed: true,
        configure: |folder, listens| {
            let site = configuration("Caddyfile")?;
            let site = instead(&site, "www.example {", &format!("http://{listens} {{"))?;
            let site = instead(&site, "root * /srv/www", &format!("root * {}/www", folder.display()))?;
            // No door to its administration, which every Caddy of a machine would want to have at the same port.
            fs::write(folder.join("Caddyfile"), format!("{{\n\tadmin off\n}}\n{site}"))?;
            Ok(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]
                .map(str::to_owned)
                .to_vec())
        },
    });
}

#[test]
fn the_policy_is_enough_without_a_blocker() {
    run_in(CLEAR, async |kind| {
        let mut site = site(&page(""));
        site.csp = Some(piece("Content-Security-Policy", "")?.trim().to_owned());
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;
        reader.unharmed().await?;
        reader.expect("witness.warnings", Value::Array(vec![])).await
    });
}

#[test]
pub fn the_policy_is_enough_for_the_notice() {
    run_in(BLOCKED, async |kind| {
        let mut site = site(&page(r#"data-policy="always""#));
        site.csp = Some(piece("Content-Security-Policy", "")?.trim().to_owned());
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        reader.unharmed().await
    });
}

/// With `'strict-dynamic'`, the tag alone has a nonce.
#[test]
fn a_nonce_on_the_tag_is_enough() {
    run_in(BLOCKED, async |kind| {
        let page = page(r#"data-policy="always""#).replace("<script ", r#"<script nonce="abc" "#);
        let mut site = site(&page);
        let policy = piece("Content-Security-Policy", "")?;
        let policy = instead(&policy, "script-src 'self'", "script-src 'nonce-abc' 'strict-dynamic'")?;
        site.csp = Some(policy.trim().to_owned());
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        reader.unharmed().await
    });
}

/// The price of `integrity` that the document names: another file is none.
#[test]
fn a_file_of_another_release_does_not_run() {
    run_in(CLEAR, async |kind| {
        let integrity = integrity()?;
        let mut site = site(&page(&format!(r#"integrity="{integrity}""#)));
        let other = page(&format!(r#"integrity="sha384-{}""#, "A".repeat(64)));
        site.pages.insert("/other.html".into(), other);
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.open("/other.html").await?;
        reader.until("document.readyState === 'complete'").await?;
        reader
            .expect("window.Soutien === undefined && witness.events.length", 0)
            .await?;
        reader.usable().await
    });
}

/// docs/numbers.md: nginx logs what it is sent, and `cargo xtask numbers` reads that.
#[test]
pub fn nginx_takes_the_numbers_and_its_log_gives_the_rates() {
    let start = Start {
        need: Need::Nginx,
        is_compressed: false,
        configure: |folder, listens| {
            let inner = TcpListener::bind("127.0.0.2:0")?.local_addr()?.to_string();
            let mut server = documents::only("docs/numbers.md", "Take them with nginx", "nginx")?;
            for (part, other) in [
                ("listen 8080;", format!("listen {listens};")),
                ("root /srv/www;", format!("root {}/www;", folder.display())),
                ("/var/log/nginx/soutien.log", format!("{}/soutien.log", folder.display())),
                ("127.0.0.1:8081", inner),
            ] {
                server = instead(&server, part, &other)?;
            }
            let attributes =
                r#"data-policy="always" data-delay="0" data-lang="fr" data-endpoint="/chiffres" data-consent="given""#;
            fs::write(folder.join("www/page.html"), page_in_assets(attributes))?;
            // Modules come with their type, which the document of the servers says.
            let types = "types { text/html html; text/javascript js; text/css css; application/json json; application/wasm wasm; image/gif gif; }\n";
            nginx(
                folder,
                &server.replacen("location = /chiffres", &format!("{types}location = /chiffres"), 1),
            )
        },
    };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let server = Server::start(start).await?;
        let log = server.folder.join("soutien.log");
        let address = format!("{}/page.html", server.address);
        // A reader whose ads are blocked, who closes the notice; and, with the same browser, one whose ads are not.
        let reader = Reader::new(Kind::Refusing, site("")).await?;
        reader.open_url(&address).await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        until_logged(&log, "close").await?;
        reader.expect("witness.warnings", Value::Array(vec![])).await?;
        drop(reader);
        let reader = Reader::new(Kind::Chromium, site("")).await?;
        reader.open_url(&address).await?;
        reader.verdict("clear").await?;
        until_logged(&log, "clear").await?;
        reader.expect("witness.warnings", Value::Array(vec![])).await?;

        let (json, chart) = (server.folder.join("numbers.json"), server.folder.join("chart.svg"));
        let mut command = xtask();
        command
            .arg("numbers")
            .arg(&log)
            .arg("--json")
            .arg(&json)
            .arg("--chart")
            .arg(&chart);
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let figure = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        for (name, expected) in [
            ("eligible views", "2"),
            ("block rate", "50.0 %"),
            ("notices shown", "1"),
            ("allow rate", "0.0 %"),
        ] {
            ensure!(figure(name) == Some(expected), "expected {name} {expected}: {said}");
        }
        let results: Value = serde_json::from_str(&fs::read_to_string(json)?)?;
        ensure!(results["blockRate"] == 0.5 && results["junk"] == 0, "{results}");
        let days: Vec<&String> = results["days"].as_object().into_iter().flat_map(|days| days.keys()).collect();
        let chart = fs::read_to_string(chart)?;
        ensure!(
            !days.is_empty() && days.iter().all(|day| chart.contains(*day)) && chart.contains("50 %"),
            "{days:?}: {chart}"
        );
        // The document says what stands in the log, and that it is nothing of the reader.
        let text = fs::read_to_string(&log)?;
        ensure!(!text.contains("127.0.0.") && !text.contains("Mozilla"), "{text}");
        Ok(())
    });
}

/// Waits until a server's log has this word.
async fn until_logged(log: &Path, word: &str) -> Result<()> {
    let is_there = || fs::read_to_string(log).unwrap_or_default().contains(word);
    wait_for(&format!("{word} in the log"), async || Ok(is_there().then_some(()))).await
}
