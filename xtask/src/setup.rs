//! What the commands need from the machine: finds it, and installs what is missing where that is possible.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::toolchain::{self, Choice};
use crate::{adguard, debian};
use soutien_project::{installed, run};

const WASM_PACK_VERSION: &str = "0.15.1";
const GECKODRIVER_VERSION: &str = "0.37.1";
const CARGO_DENY_VERSION: &str = "0.20.2";
const CARGO_FUZZ_VERSION: &str = "0.13.2";
const CARGO_MUTANTS_VERSION: &str = "27.1.0";
/// The profile of a tool that computes much.
const RELEASE: &str = "release";
/// The profile of a tool that starts others or reads a few files. cargo-deny is compiled in a fraction of the time so, and runs a second
/// longer.
const QUICK: &str = "dev";
/// Names the folder of an unpacked WordPress where Debian's package cannot be had.
const WORDPRESS_VARIABLE: &str = "SOUTIEN_WORDPRESS";
/// The module of nginx that serves files compressed as brotli beforehand, as Debian installs it.
pub const NGINX_BROTLI: &str = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";
/// Where Debian's package puts the modules of Apache.
pub const APACHE_MODULES: &str = "/usr/lib/apache2/modules";

/// Something a command needs from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A Rust toolchain that compiles to wasm32.
    Toolchain,
    /// Builds and tests the wasm crates.
    WasmPack,
    /// Writes the JavaScript glue; of the version of the crate `wasm-bindgen` in Cargo.lock.
    WasmBindgen,
    /// The tools in package.json: wasm-opt and esbuild.
    Npm,
    /// Drives Firefox.
    Geckodriver,
    /// The browser of the browser tests, and one of the two of the end-to-end tests.
    Chromium,
    /// Drives Chromium.
    Chromedriver,
    /// The other browser of the end-to-end tests.
    Firefox,
    /// The third engine, WebKitGTK: its driver, which brings a browser along.
    Webkit,
    /// The screen without which that browser does not start.
    Xvfb,
    /// A real ad blocker with its own lists.
    UblockOrigin,
    /// The filter lists of AdGuard.
    AdguardLists,
    /// A web server whose configuration docs/servers.md has, with its module for brotli.
    Nginx,
    /// A web server whose configuration docs/servers.md has.
    Apache,
    /// A web server whose configuration docs/servers.md has.
    Caddy,
    /// What docs/servers.md compresses files with.
    Brotli,
    /// What README.md unpacks a release with.
    Unzip,
    /// Runs WordPress and the plugin for it.
    Php,
    /// What the plugin in integrations/wordpress/ is for.
    Wordpress,
    /// Compiles the fuzzer.
    CppCompiler,
    /// Runs fuzz targets.
    CargoFuzz,
    /// Judges the crates in Cargo.lock.
    CargoDeny,
    /// Changes the code, to see whether a test fails.
    CargoMutants,
}

impl Need {
    /// All that builds, shows, tests and measures, in the order in which they are set up.
    pub const ALL: [Self; 19] = [
        Self::Toolchain,
        Self::Chromium,
        Self::Chromedriver,
        Self::Firefox,
        Self::Webkit,
        Self::Xvfb,
        Self::UblockOrigin,
        Self::Nginx,
        Self::Apache,
        Self::Caddy,
        Self::Brotli,
        Self::Unzip,
        Self::Php,
        Self::Wordpress,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::Geckodriver,
        Self::Npm,
        Self::AdguardLists,
    ];
    /// All that judges the sources besides; each is set up by its own command.
    pub const SOURCES: [Self; 4] = [Self::CppCompiler, Self::CargoFuzz, Self::CargoDeny, Self::CargoMutants];
    /// What turns the sources into dist/site/.
    pub const BUILD: [Self; 4] = [Self::Toolchain, Self::WasmPack, Self::WasmBindgen, Self::Npm];
    /// What turns the sources into the companion extension.
    pub const EXTENSION: [Self; 6] = [
        Self::Toolchain,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::Npm,
        Self::UblockOrigin,
        Self::AdguardLists,
    ];
    /// Whose filter lists are read.
    pub const LISTS: [Self; 2] = [Self::UblockOrigin, Self::AdguardLists];
    /// What drives the one browser.
    pub const CHROMIUM: [Self; 2] = [Self::Chromium, Self::Chromedriver];
    /// What drives the other.
    pub const FIREFOX: [Self; 2] = [Self::Firefox, Self::Geckodriver];
    /// What runs the tests of single parts in a browser.
    pub const BROWSER_TESTS: [Self; 8] = [
        Self::Toolchain,
        Self::Chromium,
        Self::Chromedriver,
        Self::Firefox,
        Self::Geckodriver,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::Npm,
    ];
    /// What runs the smoke test in the third engine, which not every system can have.
    pub const WEBKIT: [Self; 2] = [Self::Webkit, Self::Xvfb];

    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Toolchain => "wasm32 toolchain",
            Self::WasmPack => "wasm-pack",
            Self::WasmBindgen => "wasm-bindgen",
            Self::Npm => "npm tools",
            Self::Geckodriver => "geckodriver",
            Self::Chromium => "Chromium",
            Self::Chromedriver => "chromedriver",
            Self::Firefox => "Firefox",
            Self::Webkit => "WebKitGTK",
            Self::Xvfb => "Xvfb",
            Self::UblockOrigin => "uBlock Origin",
            Self::AdguardLists => "AdGuard's lists",
            Self::Nginx => "nginx",
            Self::Apache => "Apache",
            Self::Caddy => "Caddy",
            Self::Brotli => "brotli",
            Self::Unzip => "unzip",
            Self::Php => "PHP",
            Self::Wordpress => "WordPress",
            Self::CppCompiler => "C++ compiler",
            Self::CargoFuzz => "cargo-fuzz",
            Self::CargoDeny => "cargo-deny",
            Self::CargoMutants => "cargo-mutants",
        }
    }

    /// How it comes onto the machine.
    fn source(self) -> Result<Source> {
        Ok(match self {
            Self::Toolchain => Source::Toolchain,
            Self::Npm => Source::Npm,
            Self::AdguardLists => Source::AdguardLists,
            Self::Wordpress => Source::Wordpress,
            Self::WasmPack => Source::Crate {
                name: "wasm-pack",
                version: WASM_PACK_VERSION.into(),
                profile: QUICK,
            },
            Self::Geckodriver => Source::Crate {
                name: "geckodriver",
                version: GECKODRIVER_VERSION.into(),
                profile: RELEASE,
            },
            Self::WasmBindgen => Source::Crate {
                name: "wasm-bindgen-cli",
                version: locked_version("wasm-bindgen")?,
                profile: RELEASE,
            },
            Self::CargoFuzz => Source::Crate {
                name: "cargo-fuzz",
                version: CARGO_FUZZ_VERSION.into(),
                profile: QUICK,
            },
            Self::CargoDeny => Source::Crate {
                name: "cargo-deny",
                version: CARGO_DENY_VERSION.into(),
                profile: QUICK,
            },
            Self::CargoMutants => Source::Crate {
                name: "cargo-mutants",
                version: CARGO_MUTANTS_VERSION.into(),
                profile: QUICK,
            },
            Self::CppCompiler => Source::Debian {
                package: "g++",
                elsewhere: "install a C++ compiler, with its command c++ on PATH",
            },
            Self::Chromium => Source::Debian {
                package: "chromium",
                elsewhere: "install Chromium or Google Chrome, with its command on PATH",
            },
            Self::Chromedriver => Source::Debian {
                package: "chromium-driver",
                elsewhere: "install the chromedriver of your Chromium's version, with its command on PATH",
            },
            Self::Firefox => Source::Debian {
                package: "firefox-esr",
                elsewhere: "install Firefox, with its command on PATH",
            },
            Self::Webkit => Source::Debian {
                package: "webkit2gtk-driver",
                elsewhere: "install WebKitGTK with its driver, WebKitWebDriver, on PATH",
            },
            Self::Xvfb => Source::Debian {
                package: "xvfb",
                elsewhere: "install Xvfb, with its command on PATH",
            },
            Self::UblockOrigin => Source::Debian {
                package: "webext-ublock-origin-firefox",
                elsewhere: "unpack a release of uBlock Origin for Firefox, and name its folder in SOUTIEN_UBLOCK_ORIGIN",
            },
            Self::Nginx => Source::Debian {
                // Brings nginx along.
                package: "libnginx-mod-http-brotli-static",
                elsewhere: "the test of docs/servers.md runs Debian's nginx with its module for brotli",
            },
            Self::Apache => Source::Debian {
                // The program and its modules, without a service that starts with the machine.
                package: "apache2-bin",
                elsewhere: "the test of docs/servers.md runs Debian's Apache",
            },
            Self::Caddy => Source::Debian {
                package: "caddy",
                elsewhere: "install Caddy, with its command on PATH",
            },
            Self::Brotli => Source::Debian {
                package: "brotli",
                elsewhere: "install brotli, with its command on PATH",
            },
            Self::Unzip => Source::Debian {
                package: "unzip",
                elsewhere: "install unzip, with its command on PATH",
            },
            Self::Php => Source::Debian {
                package: "php-cli",
                elsewhere: "install PHP, with its command on PATH",
            },
        })
    }
}

/// How a need comes onto the machine.
enum Source {
    Toolchain,
    Npm,
    AdguardLists,
    Wordpress,
    Crate {
        name: &'static str,
        version: String,
        profile: &'static str,
    },
    Debian {
        package: &'static str,
        elsewhere: &'static str,
    },
}

/// Finds or installs each need. All are tried before the first failure is reported, so that one run shows everything that
/// is missing.
///
/// # Errors
/// When something is missing and cannot be installed, with what to do about it.
pub fn ensure(needs: &[Need], choice: Choice) -> Result<()> {
    let mut problems = Vec::new();
    // One call of apt-get for all packages, before the long builds.
    let missing = |need: &&Need| path(**need).is_none();
    let packages: Vec<_> = needs.iter().filter(missing).filter_map(|need| package(*need)).collect();
    if let Err(error) = debian::install_packages(&packages) {
        problems.push(error);
    }
    for &need in needs {
        let result = match need.source()? {
            Source::Toolchain => toolchain::ensure(choice).map(|_| ()),
            Source::Npm => ensure_npm_tools(),
            Source::AdguardLists if path(need).is_none() => adguard::unpack(),
            Source::Wordpress if path(need).is_none() => unpack_wordpress(),
            Source::Crate { name, version, profile } if path(need).is_none() => install_crate(name, &version, profile),
            Source::Debian { elsewhere, .. } if path(need).is_none() && !debian::is_debian() => Err(anyhow!("{elsewhere}")),
            Source::AdguardLists | Source::Wordpress | Source::Crate { .. } | Source::Debian { .. } => Ok(()),
        };
        if let Err(error) = result {
            problems.push(error.context(format!("{} is missing", need.name())));
        }
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err(problems.remove(0)),
        _ => bail!(
            "{}",
            problems
                .iter()
                .map(|problem| format!("{problem:#}"))
                .collect::<Vec<_>>()
                .join("\nerror: ")
        ),
    }
}

/// The path of a program or folder that a test hands to a browser or driver.
///
/// # Errors
/// When it is not on the machine.
pub fn require(need: Need) -> Result<PathBuf> {
    path(need).with_context(|| format!("{} is missing: run `cargo xtask setup`", need.name()))
}

/// Where a need is on this machine; `None` when it is missing or of another version than the pinned one.
pub fn path(need: Need) -> Option<PathBuf> {
    match need {
        Need::Toolchain => None,
        Need::WasmPack => program_of_version("wasm-pack", WASM_PACK_VERSION),
        Need::WasmBindgen => program_of_version("wasm-bindgen", &locked_version("wasm-bindgen").ok()?),
        Need::Geckodriver => program_of_version("geckodriver", GECKODRIVER_VERSION),
        Need::CargoFuzz => program_of_version("cargo-fuzz", CARGO_FUZZ_VERSION),
        Need::CargoDeny => program_of_version("cargo-deny", CARGO_DENY_VERSION),
        Need::CargoMutants => program_of_version("cargo-mutants", CARGO_MUTANTS_VERSION),
        Need::CppCompiler => run::on_path("c++"),
        Need::Npm => npm_tools_are_current().then(|| soutien_project::root().join("node_modules")),
        Need::Chromedriver => run::on_path("chromedriver"),
        Need::Chromium => ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .chain(["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"])
            .find_map(run::on_path),
        Need::Firefox => ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"]
            .into_iter()
            .find_map(run::on_path),
        Need::Webkit => run::on_path("WebKitWebDriver"),
        Need::Xvfb => run::on_path("Xvfb"),
        Need::UblockOrigin => installed::ublock_origin(),
        Need::AdguardLists => adguard::folder(),
        Need::Nginx => service("nginx").filter(|_| Path::new(NGINX_BROTLI).is_file()),
        Need::Apache => service("apache2").filter(|_| Path::new(APACHE_MODULES).is_dir()),
        Need::Caddy => run::on_path("caddy"),
        Need::Brotli => run::on_path("brotli"),
        Need::Unzip => run::on_path("unzip"),
        Need::Php => run::on_path("php"),
        Need::Wordpress => {
            let folder = env::var_os(WORDPRESS_VARIABLE).map_or_else(wordpress_folder, PathBuf::from);
            folder.join("wp-settings.php").is_file().then_some(folder)
        }
    }
}

/// Prints a table of all needs: name, version, where.
pub fn print_table(choice: Choice) {
    for need in Need::ALL.into_iter().chain(Need::SOURCES) {
        let (version, place) = match need {
            Need::Toolchain => toolchain::ensure(choice).map_or(("missing".into(), String::new()), |found| {
                (found.name().to_owned(), found.sysroot.display().to_string())
            }),
            _ => path(need).map_or(("missing".into(), String::new()), |path| {
                (version(need, &path), path.display().to_string())
            }),
        };
        let place = place
            .strip_prefix(&format!("{}/", soutien_project::root().display()))
            .map_or(place.clone(), str::to_owned);
        println!("{:<18}{version:<18}{place}", need.name());
    }
}

/// The cargo that runs `cargo xtask`, or the one on PATH; for everything that is compiled for this machine.
pub fn host_cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What it has told this program of its own package would make crates that ask for these be compiled anew.
    let is_of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_package) {
            command.env_remove(name);
        }
    }
    command.current_dir(soutien_project::root());
    command
}

fn package(need: Need) -> Option<&'static str> {
    match need.source() {
        Ok(Source::Debian { package, .. }) => Some(package),
        _ => None,
    }
}

/// A program that Debian keeps for the machine's administrator, outside the PATH of everybody else.
fn service(name: &str) -> Option<PathBuf> {
    run::on_path(name).or_else(|| Some(Path::new("/usr/sbin").join(name)).filter(|program| program.is_file()))
}

fn wordpress_folder() -> PathBuf {
    soutien_project::root().join("target/wordpress/usr/share/wordpress")
}

/// Unpacks Debian's package of WordPress. Installed, it would bring a database and a web server along.
fn unpack_wordpress() -> Result<()> {
    if !debian::is_debian() {
        bail!("unpack a release of WordPress, and name its folder in {WORDPRESS_VARIABLE}");
    }
    let folder = soutien_project::root().join("target/wordpress");
    let new = soutien_project::root().join("target/wordpress-new");
    if new.exists() {
        fs::remove_dir_all(&new)?;
    }
    fs::create_dir_all(&new)?;
    if debian::is_root() {
        run::quietly("apt-get update", Command::new("apt-get").arg("update"), None)?;
    }
    let mut download = Command::new("apt-get");
    download.args(["download", "wordpress"]).current_dir(&new);
    run::quietly("apt-get download wordpress", &mut download, None)?;
    let package = fs::read_dir(&new)?
        .next()
        .context("apt-get download left no package")??
        .path();
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("--extract").arg(&package).arg(&new);
    run::quietly("dpkg-deb", &mut unpack, None)?;
    fs::remove_file(package)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(new, folder)?;
    Ok(())
}

/// Installs a program from its crate into target/tools.
fn install_crate(name: &str, version: &str, profile: &str) -> Result<()> {
    let mut command = host_cargo();
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    // No --locked: the lock files that are published with these tools name versions that not every registry still serves.
    command.args([
        "install",
        name,
        "--version",
        version,
        "--profile",
        profile,
        "--root",
        "target/tools",
        "--target-dir",
        "target/tools/build",
    ]);
    run::quietly(
        &format!("cargo install {name} {version}, up to two minutes"),
        &mut command,
        None,
    )?;
    Ok(())
}

fn ensure_npm_tools() -> Result<()> {
    if npm_tools_are_current() {
        return Ok(());
    }
    if run::on_path("npm").is_none() {
        bail!("npm is not on PATH: install Node.js 20.19 or later, which brings it");
    }
    let mut command = Command::new("npm");
    // esbuild's own install script only makes it start faster.
    command
        .args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"])
        .current_dir(soutien_project::root());
    run::quietly("npm ci", &mut command, None)?;
    Ok(())
}

/// Whether node_modules/ holds the versions of package-lock.json.
fn npm_tools_are_current() -> bool {
    let read = |file: &str| {
        let text = fs::read_to_string(soutien_project::root().join(file)).ok()?;
        serde_json::from_str::<Value>(&text).ok()
    };
    let (Some(wanted), Some(installed)) = (read("package-lock.json"), read("node_modules/.package-lock.json")) else {
        return false;
    };
    let tools = wanted["packages"][""]["devDependencies"].as_object();
    tools.into_iter().flatten().all(|(name, _)| {
        let integrity = |lock: &Value| lock["packages"][format!("node_modules/{name}")]["integrity"].clone();
        integrity(&wanted) == integrity(&installed)
    })
}

/// A program of exactly this version, in target/tools or on PATH.
fn program_of_version(name: &str, version: &str) -> Option<PathBuf> {
    let own = soutien_project::root().join("target/tools/bin").join(name);
    [Some(own), run::on_path(name)]
        .into_iter()
        .flatten()
        .filter(|program| program.is_file())
        .find(|program| {
            let answer = run::answer(Command::new(program).args(asking_for_version(program)));
            answer.is_some_and(|answer| has_version(&answer, version))
        })
}

/// What makes a program tell its version.
fn asking_for_version(program: &Path) -> &'static [&'static str] {
    // This one takes what Cargo hands to it, and nothing else.
    if program.ends_with("cargo-mutants") {
        return &["mutants", "--version"];
    }
    &["--version"]
}

/// Whether what a program answers to --version ("wasm-pack 0.15.1") names this version.
fn has_version(answer: &str, version: &str) -> bool {
    answer.lines().next().unwrap_or_default().split_whitespace().nth(1) == Some(version)
}

/// The version of a crate in Cargo.lock.
fn locked_version(name: &str) -> Result<String> {
    let lock = fs::read_to_string(soutien_project::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    version_in_lock(&lock, name).with_context(|| format!("Cargo.lock has no package `{name}`, which Cargo.toml should depend on"))
}

fn version_in_lock(lock: &str, name: &str) -> Option<String> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{name}\""));
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

fn version(need: Need, path: &Path) -> String {
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
            run::answer(query.args(package(need))).unwrap_or_default()
        }
        Need::Npm => "as locked".into(),
        Need::AdguardLists => adguard::version().into(),
        Need::Wordpress => {
            let text = fs::read_to_string(path.join("wp-includes/version.php")).unwrap_or_default();
            let version = text
                .lines()
                .find_map(|line| line.strip_prefix("$wp_version = '")?.strip_suffix("';"));
            version.unwrap_or_default().to_owned()
        }
        _ => {
            let mut command = Command::new(path);
            match need {
                Need::Nginx | Need::Apache => command.arg("-v"),
                Need::Caddy => command.arg("version"),
                _ => command.args(asking_for_version(path)),
            };
            let output = command.stdin(Stdio::null()).output();
            // nginx answers on its standard error.
            let answer = output
                .map(|output| [output.stdout, output.stderr].concat())
                .unwrap_or_default();
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let is_number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
            answer.split([' ', '/', '\n']).find(is_number).unwrap_or_default().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }

    #[test]
    fn compares_versions_as_a_whole() {
        assert!(has_version("wasm-pack 0.15.1", "0.15.1"));
        assert!(has_version("geckodriver 0.37.1 (abc 2026)\n\nmore", "0.37.1"));
        assert!(!has_version("wasm-pack 0.15.10", "0.15.1"));
        assert!(!has_version("", "0.15.1"));
    }

    #[test]
    fn names_every_need_once() {
        let needs = [&Need::ALL[..], &Need::SOURCES].concat();
        for (index, need) in needs.iter().enumerate() {
            assert_eq!(
                needs.iter().position(|other| other.name() == need.name()),
                Some(index),
                "{}",
                need.name()
            );
        }
    }
}
