//! What a publisher downloads is the same wherever it is built. This is no end-to-end test, because what it compiles would make the browsers
//! of those slow.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use soutien_project::files::collect;
use soutien_project::{ROOT_VARIABLE, root};

/// What is in the project's folder and is no source, besides the packages of npm in several folders.
const BUILT: [&str; 3] = [".git", "dist", "target"];

/// What a set-up leaves, from the project's folder, which needs the network. A toolchain that is built here is built anew in another folder.
const SET_UP: [&str; 3] = ["node_modules", "target/lists", "target/tools"];

/// What others get, from `dist/`; the last has the extension in it.
const SHIPPED: [&str; 3] = ["site", "npm", "release"];

/// Builds what is shipped, with the command's own output: it takes minutes.
fn release(command: &mut Command, folder: &Path) -> Result<()> {
    let status = command.arg("release").current_dir(folder).status()?;
    ensure!(
        status.success(),
        "`cargo xtask release` failed in {} ({status})",
        folder.display()
    );
    Ok(())
}

/// A copy of the sources in another folder, with what a set-up leaves, and with another home of Cargo in it.
fn copy_sources(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder.join("target"))?;
    let mut pack = Command::new("tar");
    pack.args(["--create", "--file", "-", "--anchored"])
        .args(BUILT.map(|name| format!("--exclude=./{name}")));
    pack.args(["--no-anchored", "--exclude=node_modules", "."])
        .current_dir(root());
    let mut pack = pack.stdout(Stdio::piped()).spawn()?;
    let packed = pack.stdout.take().context("tar has an output")?;
    let unpacked = Command::new("tar")
        .args(["--extract", "--file", "-", "--directory"])
        .arg(folder)
        .stdin(packed)
        .status()?;
    ensure!(
        pack.wait()?.success() && unpacked.success(),
        "cannot copy the sources to {}",
        folder.display()
    );
    for name in SET_UP {
        symlink(root().join(name), folder.join(name)).with_context(|| format!("cannot link {name}"))?;
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("Cargo has no home")?;
    fs::create_dir_all(folder.join("target/cargo"))?;
    symlink(home.join("registry"), folder.join("target/cargo/registry"))?;
    Ok(())
}

/// A program that has no network: the kernel takes it away, or where that is forbidden, every program is sent to a proxy that is not there.
fn without_network(program: &str) -> Command {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net"]);
        command
    };
    let can_unshare = unshare().arg("true").stderr(Stdio::null()).status();
    if can_unshare.is_ok_and(|status| status.success()) {
        let mut command = unshare();
        command.arg(program);
        return command;
    }
    println!("the network cannot be taken away here, so that a proxy that is not there stands for it");
    let mut command = Command::new(program);
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"] {
        command.env(name, "http://127.0.0.1:9");
    }
    command
}

fn names(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.iter().map(|file| Ok(file.strip_prefix(folder)?.to_owned())).collect()
}

#[test]
fn a_release_built_in_another_folder_without_network_is_the_same() -> Result<()> {
    release(&mut Command::new(env!("CARGO_BIN_EXE_xtask")), &root())?;
    let folder = root().join("target/elsewhere/a folder");
    copy_sources(&folder)?;
    let mut command = without_network(env!("CARGO_BIN_EXE_xtask"));
    command.env(ROOT_VARIABLE, &folder);
    release(command.env("CARGO_HOME", folder.join("target/cargo")), &folder)?;
    for name in SHIPPED {
        let (here, there) = (root().join("dist").join(name), folder.join("dist").join(name));
        assert_eq!(names(&here)?, names(&there)?);
        for file in names(&here)? {
            let is_same = fs::read(here.join(&file))? == fs::read(there.join(&file))?;
            ensure!(is_same, "{} has other bytes in {}", file.display(), there.display());
        }
    }
    // Kept where something differs, to be looked at.
    fs::remove_dir_all(folder)?;
    Ok(())
}
