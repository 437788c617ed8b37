//! Debian: whether this is one, and its packages.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use soutien_project::run;

/// Installs those of Debian's packages that are missing: as root, after saying so. Anybody else is told the command.
///
/// # Errors
/// When packages are missing and this is not Debian or not root, or when apt-get fails.
pub fn install_packages(packages: &[&str]) -> Result<()> {
    let missing = packages_missing(packages);
    if missing.is_empty() || !is_debian() {
        return Ok(());
    }
    let install = format!("apt-get install --no-install-recommends --yes {}", missing.join(" "));
    if !run::is_root() {
        bail!("packages are missing that only root can install: run `sudo apt-get update && sudo {install}`");
    }
    eprintln!("installing Debian packages: apt-get update && {install}");
    let apt = |arguments: &str| {
        let mut command = Command::new("apt-get");
        command
            .args(arguments.split(' ').skip(1))
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run::quietly("apt-get update", &mut apt("apt-get update"), None)?;
    run::quietly("apt-get install", &mut apt(&install), None)?;
    Ok(())
}

/// Whether this is Debian itself; its relatives have other packages under the same names.
pub fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn packages_missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    if packages.is_empty() {
        return Vec::new();
    }
    // dpkg-query fails when it does not know one of the packages, and still lists the others.
    let mut query = Command::new("dpkg-query");
    query
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(packages);
    let output = query
        .stdin(Stdio::null())
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let output = String::from_utf8_lossy(&output).into_owned();
    packages
        .iter()
        .copied()
        .filter(|package| !output.lines().any(|line| line == format!("{package} installed")))
        .collect()
}
