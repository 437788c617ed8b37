//! Where the needs are on this machine, and of which version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::needs::{Need, Source};
use super::{adguard, npm, spip, wordpress};
use soutien_project::{installed, run};

/// The module of nginx that serves files compressed as brotli beforehand, as Debian installs it.
pub const NGINX_BROTLI: &str = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";
/// Where Debian's package puts the modules of Apache.
pub const APACHE_MODULES: &str = "/usr/lib/apache2/modules";

/// Where a need is on this machine; `None` when it is missing or of another version than the pinned one. Of the toolchain, only
/// [`crate::toolchain::ensure`] can say it.
pub fn path(need: Need) -> Option<PathBuf> {
    match need.source().ok()? {
        Source::Toolchain => None,
        Source::Tool(tool) => tool.path(),
        Source::Npm { folder } => npm::modules(folder),
        Source::AdguardLists => adguard::folder(),
        Source::Wordpress(release) => release.folder(),
        Source::Spip => spip::folder(),
        Source::Debian { .. } => on_this_machine(need),
    }
}

/// Where something is that the system's own packages bring.
fn on_this_machine(need: Need) -> Option<PathBuf> {
    match need {
        Need::Chromium => ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .chain(["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"])
            .find_map(run::on_path),
        Need::Firefox => ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"]
            .into_iter()
            .find_map(run::on_path),
        Need::UblockOrigin => installed::ublock_origin(),
        Need::Nginx => service("nginx").filter(|_| Path::new(NGINX_BROTLI).is_file()),
        Need::Apache => service("apache2").filter(|_| Path::new(APACHE_MODULES).is_dir()),
        Need::Webkit => run::on_path("WebKitWebDriver"),
        Need::CppCompiler => run::on_path("c++"),
        Need::Php => run::on_path("php"),
        Need::PhpFpm => php_fpm(),
        Need::Mariadb => service("mariadbd"),
        Need::Gettext => run::on_path("msgfmt"),
        Need::Java => run::on_path("java"),
        Need::Hugo => run::on_path("hugo"),
        Need::Caddy => run::on_path("caddy"),
        // The names of these are those of their programs.
        Need::Chromedriver | Need::Xvfb | Need::Brotli | Need::Unzip | Need::Minisign => run::on_path(need.name()),
        _ => None,
    }
}

/// A program that Debian keeps for the machine's administrator, outside the PATH of everybody else.
fn service(name: &str) -> Option<PathBuf> {
    run::on_path(name).or_else(|| Some(Path::new("/usr/sbin").join(name)).filter(|program| program.is_file()))
}

/// PHP's FPM, whose name has the version with Debian, if it has the modules that WordPress takes.
fn php_fpm() -> Option<PathBuf> {
    let version = run::answer(Command::new("php").args(["-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"]));
    let program = service(&format!("php-fpm{}", version.unwrap_or_default())).or_else(|| service("php-fpm"))?;
    let modules = run::answer(Command::new(&program).arg("-m"))?;
    let has = |name: &&str| modules.lines().any(|line| line == *name);
    let wanted = ["mysqli", "dom", "mbstring", "gd", "curl", "zip", "intl"];
    wanted.iter().all(has).then_some(program)
}

/// The version of a need that is at this path.
pub fn version(need: Need, path: &Path) -> String {
    match need.source() {
        Ok(Source::Tool(tool)) => return tool.version,
        Ok(Source::Npm { .. }) => return "as locked".into(),
        Ok(Source::AdguardLists) => return adguard::version().into(),
        Ok(Source::Wordpress(_)) => return wordpress::version(path),
        Ok(Source::Spip) => return spip::version(path),
        _ => {}
    }
    match need {
        Need::UblockOrigin => fs::read_to_string(path.join("manifest.json"))
            .ok()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
            .and_then(|manifest| manifest["version"].as_str().map(str::to_owned))
            .unwrap_or_default(),
        // Their programs do not tell.
        Need::Webkit | Need::Xvfb => {
            let mut query = Command::new("dpkg-query");
            query.args(["--show", "--showformat", "${source:Upstream-Version}"]);
            run::answer(query.args(packages(need))).unwrap_or_default()
        }
        _ => {
            let mut command = Command::new(path);
            match need {
                Need::Nginx | Need::Apache => command.arg("-v"),
                Need::Caddy | Need::Hugo => command.arg("version"),
                _ => command.arg("--version"),
            };
            let output = command.stdin(Stdio::null()).output();
            // nginx answers on its standard error.
            let answer = output
                .map(|output| [output.stdout, output.stderr].concat())
                .unwrap_or_default();
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let is_number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
            answer
                .split([' ', '/', ')', '\n'])
                .map(|word| word.strip_prefix('v').unwrap_or(word))
                .find(is_number)
                .unwrap_or_default()
                .to_owned()
        }
    }
}

/// The packages of Debian's that bring a need, where any do.
pub fn packages(need: Need) -> Vec<&'static str> {
    match need.source() {
        Ok(Source::Debian { packages, .. }) => packages.split(' ').collect(),
        _ => Vec::new(),
    }
}
