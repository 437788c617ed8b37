//! WordPress, unpacked from Debian's package: installed, it would bring a database and a web server along.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::debian;
use soutien_project::{root, run};

/// Names the folder of an unpacked WordPress where Debian's package cannot be had.
const VARIABLE: &str = "SOUTIEN_WORDPRESS";

/// The folder of WordPress, where it is.
pub fn folder() -> Option<PathBuf> {
    let unpacked = || root().join("target/wordpress/usr/share/wordpress");
    let folder = env::var_os(VARIABLE).map_or_else(unpacked, PathBuf::from);
    folder.join("wp-settings.php").is_file().then_some(folder)
}

/// Unpacks Debian's package into target/wordpress.
///
/// # Errors
/// When this is not Debian, or the package cannot be had.
pub fn unpack() -> Result<()> {
    if !debian::is_debian() {
        bail!("unpack a release of WordPress, and name its folder in {VARIABLE}");
    }
    let folder = root().join("target/wordpress");
    let new = root().join("target/wordpress-new");
    if new.exists() {
        fs::remove_dir_all(&new)?;
    }
    fs::create_dir_all(&new)?;
    if run::is_root() {
        run::quietly("apt-get update", Command::new("apt-get").arg("update"), None)?;
    }
    let mut download = Command::new("apt-get");
    download.args(["download", "wordpress"]).current_dir(&new);
    run::quietly("apt-get download wordpress", &mut download, None)?;
    let package = fs::read_dir(&new)?
        .next()
        .context("apt-get download left no package")??
        .path();
    let mut extract = Command::new("dpkg-deb");
    extract.arg("--extract").arg(&package).arg(&new);
    run::quietly("dpkg-deb", &mut extract, None)?;
    fs::remove_file(package)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(new, folder)?;
    Ok(())
}
