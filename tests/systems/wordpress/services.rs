//! MariaDB, PHP-FPM and nginx, once for all sites of a run. They end with it, and what they wrote goes with them.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use soutien_project::run::with_input;
use soutien_project::{root, run};
use soutien_testbed::webdriver::Process;
use support::waiting::SLOW;
use support::waiting::wait_within;
use tokio::sync::OnceCell;
use xtask::setup::{Need, require};

/// What every site runs on.
pub struct Services {
    /// Where nginx listens, for each `NAME.localhost`.
    pub port: u16,
    /// The folders of the sites, each of the site's name.
    pub sites: PathBuf,
    /// Where MariaDB listens.
    pub database: PathBuf,
    _processes: [Process; 3],
}

/// Starts what every site runs on, or gives what was started before.
pub async fn services() -> Result<&'static Services> {
    static SERVICES: OnceCell<Services> = OnceCell::const_new();
    SERVICES.get_or_try_init(start).await
}

async fn start() -> Result<Services> {
    let (database, mariadb) = start_mariadb().await?;
    let (php, fpm) = start_php().await?;
    let folder = Process::make_folder()?;
    let sites = folder.join("sites");
    fs::create_dir(&sites)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    fs::create_dir(folder.join("temp"))?;
    fs::write(folder.join("nginx.conf"), configuration(&folder, port, &php))?;
    let mut command = Command::new(require(Need::Nginx)?);
    command.args(["-p", &folder.display().to_string(), "-c", "nginx.conf", "-e", "stderr"]);
    let nginx = started(Need::Nginx, folder, &mut command, async || {
        Ok(reqwest::get(format!("http://127.0.0.1:{port}/")).await.is_ok())
    })
    .await?;
    Ok(Services {
        port,
        sites,
        database,
        _processes: [nginx, fpm, mariadb],
    })
}

/// Starts a program, and waits until it does what it is for.
pub async fn started(
    need: Need,
    folder: PathBuf,
    command: &mut Command,
    is_up: impl AsyncFn() -> Result<bool>,
) -> Result<Process> {
    let mut process = Process::start_in(folder, command)?;
    let up = wait_within(SLOW * 4, "answer", async || {
        if process.has_ended() {
            bail!("it has ended");
        }
        Ok(is_up().await?.then_some(()))
    })
    .await;
    up.with_context(|| format!("{} does not start; it says:\n{}", need.name(), process.log()))?;
    Ok(process)
}

async fn start_mariadb() -> Result<(PathBuf, Process)> {
    let folder = Process::make_folder()?;
    let (data, socket) = (folder.join("data"), folder.join("socket"));
    let data = format!("--datadir={}", data.display());
    let user: &[&str] = if run::is_root() { &["--user=root"] } else { &[] };
    let mut install = Command::new("mariadb-install-db");
    install.args([
        "--no-defaults",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        &data,
    ]);
    run::quietly("mariadb-install-db", install.args(user), None)?;
    let mut command = Command::new(require(Need::Mariadb)?);
    command
        .args(["--no-defaults", "--skip-networking", "--skip-name-resolve", &data])
        .arg(format!("--socket={}", socket.display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        // Nothing has to outlive the machine's next fault.
        .args(["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"])
        .args(user);
    let process = started(Need::Mariadb, folder, &mut command, async || Ok(socket.exists())).await?;
    Ok((socket, process))
}

async fn start_php() -> Result<(PathBuf, Process)> {
    let folder = Process::make_folder()?;
    let socket = folder.join("socket");
    // Sites are put up within seconds, and files of a site changed: what is compiled is looked at each time.
    let configuration = format!(
        "[global]\nerror_log = /dev/stderr\ndaemonize = no\n[www]\nlisten = {}\npm = static\npm.max_children = 6\ncatch_workers_output = yes\n\
         php_admin_value[sendmail_path] = /bin/true\nphp_admin_value[upload_max_filesize] = 64M\nphp_admin_value[post_max_size] = 64M\n",
        socket.display()
    );
    let file = folder.join("fpm.conf");
    fs::write(&file, configuration)?;
    let mut command = Command::new(require(Need::PhpFpm)?);
    command.arg("--fpm-config").arg(file).arg("--nodaemonize");
    for setting in [
        "opcache.enable=1",
        "opcache.memory_consumption=384",
        "opcache.max_accelerated_files=60000",
        "opcache.revalidate_freq=0",
        "opcache.file_update_protection=0",
    ] {
        command.args(["-d", setting]);
    }
    if run::is_root() {
        command.arg("--allow-to-run-as-root");
    }
    let process = started(Need::PhpFpm, folder, &mut command, async || Ok(socket.exists())).await?;
    Ok((socket, process))
}

/// What hosts have for WordPress: anything that is no file is a page. A network of sites has each in a folder that is none; what a page cache has
/// kept is answered without PHP, but to those who are logged in.
fn configuration(folder: &Path, port: u16, php: &Path) -> String {
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path temp/{name};\n"))
        .concat();
    let parameters: String = [
        ("SCRIPT_FILENAME", "$document_root$fastcgi_script_name"),
        ("SCRIPT_NAME", "$fastcgi_script_name"),
        ("DOCUMENT_URI", "$document_uri"),
        ("DOCUMENT_ROOT", "$document_root"),
        ("QUERY_STRING", "$query_string"),
        ("REQUEST_METHOD", "$request_method"),
        ("REQUEST_URI", "$request_uri"),
        ("REQUEST_SCHEME", "$scheme"),
        ("CONTENT_TYPE", "$content_type"),
        ("CONTENT_LENGTH", "$content_length"),
        ("SERVER_PROTOCOL", "$server_protocol"),
        ("SERVER_SOFTWARE", "nginx/$nginx_version"),
        ("SERVER_NAME", "$host"),
        ("SERVER_ADDR", "$server_addr"),
        ("SERVER_PORT", "$server_port"),
        ("REMOTE_ADDR", "$remote_addr"),
        ("REMOTE_PORT", "$remote_port"),
        ("GATEWAY_INTERFACE", "CGI/1.1"),
    ]
    .map(|(name, value)| format!("fastcgi_param {name} {value};\n"))
    .concat();
    let servers: String = [
        ("journal", "", ""),
        (
            "network",
            "if (!-e $request_filename) {\nrewrite /wp-admin$ $scheme://$http_host$uri/ permanent;\n\
             rewrite ^(/[^/]+)?(/wp-.*) $2 last;\nrewrite ^(/[^/]+)?(/.*\\.php) $2 last;\n}\n",
            "",
        ),
        (
            "storage",
            "",
            "fastcgi_cache pages;\nfastcgi_cache_key $scheme$request_method$host$request_uri;\nfastcgi_cache_valid 200 10m;\n\
             fastcgi_cache_bypass $is_private;\nfastcgi_no_cache $is_private;\nadd_header x-cache $upstream_cache_status;\n",
        ),
    ]
    .map(|(kind, rewrites, cache)| {
        format!(
            "server {{\nlisten 127.0.0.1:{port};\nserver_name ~^(?<site>{kind}\\d+)\\.localhost$;\nroot {}/sites/$site;\nindex index.php;\n\
             client_max_body_size 64m;\n{rewrites}\
             location / {{ try_files $uri $uri/ /index.php?$args; }}\n\
             location ~ \\.php$ {{\ntry_files $uri =404;\n{parameters}fastcgi_pass unix:{};\nfastcgi_read_timeout 120s;\n{cache}}}\n}}\n",
            folder.display(),
            php.display()
        )
    })
    .concat();
    format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents {{}}\nhttp {{\naccess_log access.log;\n{paths}\
         types {{ text/html html; text/css css; text/javascript js; application/json json; application/wasm wasm; image/gif gif; image/png png;\n\
         image/jpeg jpg jpeg; image/svg+xml svg; image/webp webp; font/woff2 woff2; text/plain txt; }}\n\
         fastcgi_cache_path cache keys_zone=pages:1m;\n\
         map \"$request_method $args $uri $http_cookie\" $is_private {{\ndefault 1;\n\"~^GET  (?!/wp-)[^ ]* (?!.*wordpress_logged_in)\" 0;\n}}\n{servers}}}\n"
    )
}

impl Services {
    /// Asks a site's database by database.php.
    pub fn ask(&self, site: &str, request: &Value) -> Result<Value> {
        let mut command = Command::new(require(Need::Php)?);
        command.arg(root().join("tests/systems/wordpress/database.php"));
        command.arg(&self.database).arg(site);
        let answer =
            with_input(&mut command, &request.to_string()).with_context(|| format!("cannot ask MariaDB for {request}"))?;
        serde_json::from_str(&answer).with_context(|| format!("MariaDB's answer to {request} is {answer}"))
    }

    /// What a query gives, a row each.
    pub fn query(&self, site: &str, query: &str) -> Result<Vec<Value>> {
        let answer = self.ask(site, &json!({ "what": "query", "query": query }))?;
        Ok(answer.as_array().cloned().unwrap_or_default())
    }
}
