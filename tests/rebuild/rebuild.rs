//! What a publisher downloads is the same wherever it is built, and an option is added by its row alone. This is apart from the tests in browsers, because
//! what it compiles would make browsers slow.

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

/// What a set-up leaves, from the project's folder, which needs the network, and the programs that were compiled before, of which no machine makes all. A
/// toolchain that is built here is built anew in another folder.
const SET_UP: [&str; 4] = ["node_modules", "target/lists", "target/tools", "target/binaries"];

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

/// What Cargo has compiled here of the registry's crates for this machine, in another folder as well: of that, nobody gets anything. The project's own are
/// compiled there.
fn link_compiled(folder: &Path) -> Result<()> {
    let there = folder.join("target/debug");
    fs::create_dir_all(&there)?;
    for name in [".fingerprint", "build", "deps"] {
        let linked = Command::new("cp")
            .args(["--archive", "--link"])
            .arg(root().join("target/debug").join(name))
            .arg(&there)
            .status()?;
        ensure!(linked.success(), "cannot link target/debug/{name} to {}", there.display());
        for entry in fs::read_dir(there.join(name))? {
            let path = entry?.path();
            let crate_name = path.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
            let crate_name = crate_name.strip_prefix("lib").unwrap_or(&crate_name);
            if ["soutien", "xtask"].iter().any(|own| crate_name.starts_with(own)) {
                if path.is_dir() {
                    fs::remove_dir_all(path)?;
                } else {
                    fs::remove_file(path)?;
                }
            }
        }
    }
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
fn a_release_built_in_another_folder_without_network_is_the_same_and_has_an_option_more_by_its_row() -> Result<()> {
    release(&mut Command::new(env!("CARGO_BIN_EXE_xtask")), &root())?;
    let folder = root().join("target/elsewhere/a folder");
    copy_sources(&folder)?;
    link_compiled(&folder)?;
    check_release(&folder)?;
    check_option(&folder)?;
    // Kept where something fails, to be looked at.
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// A release built there without network is that of here, to the byte.
fn check_release(folder: &Path) -> Result<()> {
    let mut command = without_network(env!("CARGO_BIN_EXE_xtask"));
    command.env(ROOT_VARIABLE, folder);
    release(command.env("CARGO_HOME", folder.join("target/cargo")), folder)?;
    for name in SHIPPED {
        let (here, there) = (root().join("dist").join(name), folder.join("dist").join(name));
        assert_eq!(names(&here)?, names(&there)?);
        for file in names(&here)? {
            let is_same = fs::read(here.join(&file))? == fs::read(there.join(&file))?;
            ensure!(is_same, "{} has other bytes in {}", file.display(), there.display());
        }
    }
    Ok(())
}

/// A row as a contributor writes it, before all others.
const ROW: &str = r#"            {
                key: "greeting-url", name: GreetingUrl, get: greeting_url, takes: Url, default: "no greeting" | "aucun accueil", example: "/bonjour",
                label: "Greeting" | "Accueil",
                does: "where a greeting is" | "où se trouve un accueil",
            }
"#;

/// What the first row begins with.
const FIRST: &str = "            {\n                key: \"lang\"";

/// An option is added there by its row alone.
fn check_option(folder: &Path) -> Result<()> {
    let table = folder.join("src/options.rs");
    let rows = fs::read_to_string(&table)?;
    ensure!(
        rows.matches(FIRST).count() == 1,
        "src/options.rs has no row that begins with {FIRST:?}"
    );
    fs::write(&table, rows.replacen(FIRST, &format!("{ROW}{FIRST}"), 1))?;
    let cargo = env::var_os("CARGO").context("cargo runs this test")?;
    // Not `build`, which holds the budget besides, and an option more may be over it.
    for name in ["reference", "npm"] {
        let status = Command::new(&cargo)
            .args(["run", "--quiet", "--offline", "--package", "xtask", "--", name])
            .current_dir(folder)
            .env_remove(ROOT_VARIABLE)
            .status()?;
        ensure!(status.success(), "`cargo xtask {name}` failed with another option ({status})");
    }
    for (file, expected) in [
        (
            "README.md",
            "| `data-greeting-url` | a URL | no greeting | where a greeting is |",
        ),
        ("dist/site/soutien.d.ts", "  greetingUrl?: string;"),
        ("dist/configurator/options.json", "\"Accueil\""),
        ("integrations/wordpress/soutien.php", "'greeting-url'"),
        ("web/abi.js", "export const OPTION_GREETING_URL = 0;"),
    ] {
        let text = fs::read_to_string(folder.join(file))?;
        ensure!(text.contains(expected), "{file} has no {expected:?}");
    }
    let module = fs::read(folder.join("dist/site/soutien.wasm"))?;
    let key = b"greeting-url";
    ensure!(
        module.windows(key.len()).any(|window| window == key),
        "the module knows no greeting-url"
    );
    Ok(())
}
