//! What commands need from the machine, by name, and how each comes onto it.

use anyhow::Result;

use super::crates::{self, Origin, Tool};
use super::wordpress;

/// Something a command needs from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A Rust toolchain that compiles to wasm32.
    Toolchain,
    /// Builds and tests the wasm crates.
    WasmPack,
    /// Writes the JavaScript glue; of the version of the crate `wasm-bindgen` in Cargo.lock.
    WasmBindgen,
    /// Runs tests that were compiled to wasm32, for wasm-pack; of the same version.
    TestRunner,
    /// The tools in package.json, with which dist/site/ is built: wasm-opt, esbuild and terser.
    Npm,
    /// What `bench detect` and `bench page` compare with.
    Peers,
    /// What other people's pages are made with, or bring along.
    Pages,
    /// Consent managers and dialogs of other makes.
    Dialogs,
    /// What sites build with, and what judges npm packages.
    Packaging,
    /// What makes sites, for docs/systems.md: Eleventy, Astro, Next and Nuxt.
    Generators,
    /// Another such program.
    Hugo,
    /// What testers steer browsers with, and a registry to install the packages for them from.
    Runners,
    /// What judges the workflows of .github/.
    Workflows,
    /// Selenium Grid, which has browsers on other machines.
    Grid,
    /// What judges accessibility, extensions, filters, schemas and the age of browsers.
    Judges,
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
    /// Signs a release.
    Minisign,
    /// Runs WordPress and the plugin for it.
    Php,
    /// Runs them for a web server, with the modules that hosts have.
    PhpFpm,
    /// The database of WordPress.
    Mariadb,
    /// Other versions of PHP, as WebAssembly.
    Playground,
    /// What the plugin in integrations/wordpress/ is for: the oldest that it runs on.
    Wordpress,
    /// The one that is in Debian's stable release.
    Wordpress68,
    /// The newest that Debian has.
    WordpressNewest,
    /// Makes translations of what the plugin for WordPress says.
    Gettext,
    /// What the plugin in integrations/spip/ is for, with the extensions of PHP that it runs with.
    Spip,
    /// Runs Selenium Grid.
    Java,
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
    /// All that builds, shows, tests and measures.
    pub const ALL: [Self; 38] = [
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
        Self::Minisign,
        Self::Php,
        Self::PhpFpm,
        Self::Mariadb,
        Self::Wordpress,
        Self::Hugo,
        Self::Wordpress68,
        Self::WordpressNewest,
        Self::Gettext,
        Self::Spip,
        Self::Java,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::TestRunner,
        Self::Geckodriver,
        Self::Npm,
        Self::Peers,
        Self::Pages,
        Self::Dialogs,
        Self::Packaging,
        Self::Generators,
        Self::Runners,
        Self::Grid,
        Self::Judges,
        Self::Playground,
        Self::AdguardLists,
    ];
    /// All that judges the sources besides; each is set up by its own command.
    pub const SOURCES: [Self; 5] = [
        Self::CppCompiler,
        Self::CargoFuzz,
        Self::CargoDeny,
        Self::CargoMutants,
        Self::Workflows,
    ];
    /// What turns the sources into dist/site/.
    pub const BUILD: [Self; 4] = [Self::Toolchain, Self::WasmPack, Self::WasmBindgen, Self::Npm];
    /// What turns the sources into the companion extension, and into dist/site/, which its variant for machines brings along.
    pub const EXTENSION: [Self; 6] = [
        Self::Toolchain,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::Npm,
        Self::UblockOrigin,
        Self::AdguardLists,
    ];
    /// What turns the sources into the plugins as well.
    pub const PLUGINS: [Self; 5] = [Self::Toolchain, Self::WasmPack, Self::WasmBindgen, Self::Npm, Self::Gettext];
    /// The filter lists of all profiles.
    pub const LISTS: [Self; 2] = [Self::UblockOrigin, Self::AdguardLists];
    /// What runs fuzz targets.
    pub const FUZZ: [Self; 2] = [Self::CppCompiler, Self::CargoFuzz];
    /// What drives the one browser.
    pub const CHROMIUM: [Self; 2] = [Self::Chromium, Self::Chromedriver];
    /// What drives the other.
    pub const FIREFOX: [Self; 2] = [Self::Firefox, Self::Geckodriver];
    /// What runs the tests of single parts in a browser.
    pub const BROWSER_TESTS: [Self; 9] = [
        Self::Toolchain,
        Self::Chromium,
        Self::Chromedriver,
        Self::Firefox,
        Self::Geckodriver,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::TestRunner,
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
            Self::TestRunner => "wasm-bindgen-test-runner",
            Self::Npm => "npm tools of the build",
            Self::Peers => "other detectors",
            Self::Pages => "frameworks of pages",
            Self::Dialogs => "consent managers",
            Self::Packaging => "npm tools of sites",
            Self::Generators => "site generators",
            Self::Hugo => "Hugo",
            Self::Runners => "test runners",
            Self::Grid => "Selenium Grid",
            Self::Judges => "npm tools that judge",
            Self::Workflows => "actionlint",
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
            Self::Minisign => "minisign",
            Self::Php => "PHP",
            Self::PhpFpm => "PHP-FPM",
            Self::Mariadb => "MariaDB",
            Self::Playground => "WordPress Playground",
            Self::Wordpress => "WordPress 6.1",
            Self::Wordpress68 => "WordPress 6.8",
            Self::WordpressNewest => "newest WordPress",
            Self::Gettext => "gettext",
            Self::Spip => "SPIP",
            Self::Java => "Java",
            Self::CppCompiler => "C++ compiler",
            Self::CargoFuzz => "cargo-fuzz",
            Self::CargoDeny => "cargo-deny",
            Self::CargoMutants => "cargo-mutants",
        }
    }

    /// How it comes onto the machine.
    ///
    /// # Errors
    /// When Cargo.lock does not say which version it has to be of.
    pub(super) fn source(self) -> Result<Source> {
        let tool = |name, version: &str| {
            Source::Tool(Tool {
                program: name,
                origin: Origin::Registry(name),
                version: version.to_owned(),
            })
        };
        let of_wasm_bindgen = |program, origin| -> Result<Source> {
            Ok(Source::Tool(Tool {
                program,
                origin,
                version: crates::locked_version("wasm-bindgen")?,
            }))
        };
        let package = |packages, elsewhere| Source::Debian { packages, elsewhere };
        let modules = |folder| Source::Npm { folder };
        Ok(match self {
            Self::Toolchain => Source::Toolchain,
            Self::AdguardLists => Source::AdguardLists,
            Self::Wordpress => Source::Wordpress(&wordpress::OLDEST),
            Self::Wordpress68 => Source::Wordpress(&wordpress::STABLE),
            Self::WordpressNewest => Source::Wordpress(&wordpress::NEWEST),
            Self::Spip => Source::Spip,
            Self::Npm => modules("."),
            Self::Peers => modules("tests/rigs/peers"),
            Self::Pages => modules("tests/rigs/pages"),
            Self::Dialogs => modules("tests/rigs/dialogs"),
            Self::Packaging => modules("tests/rigs/packaging"),
            Self::Generators => modules("tests/rigs/generators"),
            Self::Runners => modules("tests/rigs/runners"),
            Self::Grid => modules("tests/rigs/grid"),
            Self::Judges => modules("tests/rigs/judges"),
            Self::Playground => modules("tests/rigs/playground"),
            Self::Workflows => modules("tests/rigs/workflows"),
            Self::WasmPack => Source::Tool(Tool {
                program: "wasm-pack",
                origin: Origin::Folder("crates/wasm-pack"),
                version: "0.15.1".to_owned(),
            }),
            Self::WasmBindgen => of_wasm_bindgen("wasm-bindgen", Origin::Folder("crates/wasm-bindgen"))?,
            Self::TestRunner => of_wasm_bindgen("wasm-bindgen-test-runner", Origin::Registry("wasm-bindgen-cli"))?,
            Self::Geckodriver => tool("geckodriver", "0.37.1"),
            Self::CargoFuzz => tool("cargo-fuzz", "0.13.2"),
            Self::CargoDeny => tool("cargo-deny", "0.20.2"),
            Self::CargoMutants => tool("cargo-mutants", "27.1.0"),
            Self::CppCompiler => package("g++", "install a C++ compiler, with its command c++ on PATH"),
            Self::Chromium => package("chromium", "install Chromium or Google Chrome, with its command on PATH"),
            Self::Chromedriver => package(
                "chromium-driver",
                "install the chromedriver of your Chromium's version, with its command on PATH",
            ),
            Self::Firefox => package("firefox-esr", "install Firefox, with its command on PATH"),
            Self::Webkit => package(
                "webkit2gtk-driver",
                "install WebKitGTK with its driver, WebKitWebDriver, on PATH",
            ),
            Self::Xvfb => package("xvfb", "install Xvfb, with its command on PATH"),
            Self::UblockOrigin => package(
                "webext-ublock-origin-firefox",
                "unpack a release of uBlock Origin for Firefox, and name its folder in SOUTIEN_UBLOCK_ORIGIN",
            ),
            // Brings nginx along.
            Self::Nginx => package(
                "libnginx-mod-http-brotli-static",
                "the test of docs/servers.md runs Debian's nginx with its module for brotli",
            ),
            // The program and its modules, without a service that starts with the machine.
            Self::Apache => package("apache2-bin", "the test of docs/servers.md runs Debian's Apache"),
            Self::Caddy => package("caddy", "install Caddy, with its command on PATH"),
            Self::Brotli => package("brotli", "install brotli, with its command on PATH"),
            Self::Unzip => package("unzip", "install unzip, with its command on PATH"),
            Self::Minisign => package("minisign", "install minisign, with its command on PATH"),
            Self::Hugo => package("hugo", "install Hugo 0.111 or later, with its command on PATH"),
            Self::Php => package("php-cli", "install PHP, with its command on PATH"),
            Self::PhpFpm => package(
                "php-fpm php-mysql php-xml php-mbstring php-gd php-curl php-zip php-intl",
                "install PHP's FPM with the modules mysqli, dom, mbstring, gd, curl, zip and intl, with its command php-fpm on PATH",
            ),
            // The program alone, without a service that starts with the machine.
            Self::Mariadb => package(
                "mariadb-server-core mariadb-client-core",
                "install MariaDB, with its commands mariadbd and mariadb-install-db on PATH",
            ),
            Self::Gettext => package("gettext", "install GNU gettext, with its command msgfmt on PATH"),
            Self::Java => package(
                "default-jre-headless",
                "install Java 11 or later, with its command java on PATH",
            ),
        })
    }
}

/// How a need comes onto the machine.
pub(super) enum Source {
    /// As crate::toolchain finds or makes it.
    Toolchain,
    /// From a crate.
    Tool(Tool),
    /// From npm, as the lock file in this folder says.
    Npm { folder: &'static str },
    /// Unpacked from a package of npm.
    AdguardLists,
    /// Unpacked from Debian's packages, which are not installed.
    Wordpress(&'static wordpress::Release),
    /// Unpacked from Debian's packages, which are not installed.
    Spip,
    /// By these packages of Debian's, and elsewhere by whoever runs this.
    Debian {
        packages: &'static str,
        elsewhere: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use soutien_project::root;

    #[test]
    fn every_need_has_a_name_of_its_own() {
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

    #[test]
    fn every_rig_is_a_need() {
        let rigs = fs::read_dir(root().join("tests/rigs")).expect("the folder can be read");
        let mut rigs: Vec<_> = rigs
            .map(|rig| format!("tests/rigs/{}", rig.expect("it can be read").file_name().display()))
            .collect();
        let needs = [&Need::ALL[..], &Need::SOURCES].concat();
        let mut folders: Vec<_> = needs
            .into_iter()
            .filter_map(|need| match need.source().expect("Cargo.lock has the versions") {
                Source::Npm { folder } if folder != "." => Some(folder.to_owned()),
                _ => None,
            })
            .collect();
        for found in [&mut rigs, &mut folders] {
            found.sort();
        }
        assert_eq!(rigs, folders);
    }
}
