//! SPIP, unpacked from Debian's packages and laid out as a site has it that was put there by FTP: installed, it would bring a web server along,
//! and share one folder among all sites.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::debian;
use soutien_project::files::{copy, copy_folder};
use soutien_project::{root, run};

/// Names the folder of an unpacked SPIP where Debian's packages cannot be had.
const VARIABLE: &str = "SOUTIEN_SPIP";

/// The suite of Debian that has SPIP 4.4, whatever suite the machine has.
const SUITE: &str = "trixie";

/// SPIP, and what it takes files of.
const PACKAGES: [&str; 17] = [
    "spip",
    "fonts-dustin",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-jquery-jstree",
    "libjs-mediaelement",
    "libjs-prefix-free",
    "libjs-twitter-bootstrap-datepicker",
    "node-js-cookie",
    "php-algo26-idna-convert",
    "php-jakeasmith-http-build-url",
    "php-psr-container",
    "php-symfony-dependency-injection",
    "php-symfony-deprecation-contracts",
    "php-symfony-filesystem",
    "php-symfony-service-contracts",
    "php-symfony-var-exporter",
];

/// The extensions of PHP that SPIP asks for, and the packages that bring them.
const EXTENSIONS: [(&str, &str); 4] = [
    ("sqlite3", "php-sqlite3"),
    ("xml", "php-xml"),
    ("mbstring", "php-mbstring"),
    ("zip", "php-zip"),
];

/// What PHP has of itself from 8.4 on. SPIP brings it along for older ones, and Debian, whose PHP is not older, leaves it out.
const LATER: &str = "<?php
if ( ! function_exists( 'array_any' ) ) {
	function array_any( array $array, callable $callback ): bool {
		foreach ( $array as $key => $value ) {
			if ( $callback( $value, $key ) ) {
				return true;
			}
		}
		return false;
	}
}
";

/// The folder of SPIP, where it is and PHP can run it.
pub fn folder() -> Option<PathBuf> {
    let unpacked = || root().join("target/spip");
    let folder = env::var_os(VARIABLE).map_or_else(unpacked, PathBuf::from);
    let modules = run::answer(Command::new("php").arg("-m"))?;
    let can_run = EXTENSIONS
        .iter()
        .all(|(name, _)| modules.lines().any(|line| line.eq_ignore_ascii_case(name)));
    (can_run && folder.join("spip.php").is_file()).then_some(folder)
}

/// The version of SPIP in a folder.
pub fn version(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("ecrire/inc_version.php")).unwrap_or_default();
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("$spip_version_branche = '")?.strip_suffix("';"));
    version.unwrap_or_default().to_owned()
}

/// Installs the extensions of PHP, and makes target/spip.
///
/// # Errors
/// When this is not Debian, or a package cannot be had.
pub fn unpack() -> Result<()> {
    if !debian::is_debian() {
        bail!("unpack a release of SPIP, name its folder in {VARIABLE}, and install PHP with SQLite, XML, mbstring and zip");
    }
    debian::install_packages(&EXTENSIONS.map(|(_, package)| package))?;
    let work = root().join("target/spip-new");
    let folder = root().join("target/spip");
    for old in [&work, &folder] {
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
    }
    let files = work.join("files");
    debian::unpack(&PACKAGES.map(|name| format!("{name}/{SUITE}")), &files)?;
    let site = work.join("site");
    lay_out(&files, &site)?;
    fs::rename(site, folder)?;
    fs::remove_dir_all(work)?;
    Ok(())
}

/// Makes a site of what the packages have: files in the place of links, libraries inside, and the folders that the site writes to.
fn lay_out(files: &Path, site: &Path) -> Result<()> {
    let share = files.join("usr/share");
    for name in ["ecrire", "plugins-dist", "prive", "squelettes-dist", "vendor", "config/spip"] {
        copy_folder(&share.join("spip").join(name), &site.join(name))?;
    }
    for name in ["index.php", "spip.php"] {
        copy(&share.join("spip").join(name), &site.join(name))?;
    }
    copy(
        &files.join("etc/spip/ecran_securite.php"),
        &site.join("config/ecran_securite.php"),
    )?;
    for name in ["IMG", "local", "tmp", "plugins/auto", "squelettes"] {
        fs::create_dir_all(site.join(name))?;
    }
    let libraries = site.join("vendor/php");
    copy_folder(&share.join("php"), &libraries)?;
    fs::write(libraries.join("later.php"), LATER)?;
    for (name, to_libraries) in [
        ("vendor/autoload.php", "/php/"),
        ("vendor/php/Algo26/IdnaConvert/autoload.php", "/../../"),
        ("vendor/php/SpipLeague/Component/Kernel/autoload.php", "/../../../"),
    ] {
        let text = fs::read_to_string(site.join(name)).with_context(|| format!("the package has no {name}"))?;
        let moved = text.replace("'/usr/share/php/", &format!("__DIR__ . '{to_libraries}"));
        fs::write(site.join(name), moved)?;
    }
    let autoload = site.join("vendor/autoload.php");
    let text = fs::read_to_string(&autoload)?;
    fs::write(
        autoload,
        text.replacen("<?php", "<?php\nrequire __DIR__ . '/php/later.php';", 1),
    )?;
    let detector = libraries.join("SpipLeague/Component/Kernel/InstallationDetector.php");
    let text = fs::read_to_string(&detector)?;
    fs::write(detector, text.replace("'/usr/share/spip/'", "__DIR__ . '/../../../../../'"))?;
    Ok(())
}
