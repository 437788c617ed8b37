//! The Rust toolchain that compiles to wasm32: the one on PATH (rustup's, as a rule), or Debian's with a standard library
//! built here from its source.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;

use crate::debian;
use soutien_project::run;

/// The only target the module is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// rustup's server may be out of reach without saying so; after this time the next way is taken.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);
/// Debian's packages of rustc, cargo, the source of the standard library, clippy and the linker.
const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "lld-22"];
/// Debian's rustc ships no linker of its own.
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

/// How the standard library is compiled from Debian's source.
const LIBRARY_FLAGS: [&str; 2] = ["-Zforce-unstable-if-unmarked", "-Cembed-bitcode=yes"];

/// Which toolchain is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// One that is installed already, else rustup's, else Debian's.
    Auto,
    /// The rustc on PATH; rustup adds the target where it is missing.
    Rustup,
    /// Debian's rustc and cargo, with a standard library built from Debian's source.
    Debian,
}

/// A toolchain that can compile to wasm32.
#[derive(Debug)]
pub struct Toolchain {
    /// What `rustc --version` says.
    pub version: String,
    /// What `rustc --print sysroot` says.
    pub sysroot: PathBuf,
    /// Whether the source of the standard library is there, so that it can be rebuilt for size.
    pub has_source: bool,
    /// Which one it is, by which a command asks for the same: rustup's or Debian's.
    pub choice: Choice,
}

impl Toolchain {
    /// Its name and version alone, e.g. `rustc 1.96.0`.
    pub fn name(&self) -> &str {
        self.version.split(" (").next().unwrap_or(&self.version)
    }

    /// A command that runs with this toolchain and with the tools of the set-up first on its PATH.
    pub fn command(&self, program: &str) -> Command {
        let root = soutien_project::root();
        let mut folders = vec![root.join("target/tools/bin"), root.join("node_modules/.bin")];
        let debian = self.choice == Choice::Debian;
        if debian {
            folders.insert(0, self.sysroot.join("bin"));
        }
        let program = folders
            .iter()
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
            .unwrap_or(program.into());
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));

        let mut command = Command::new(program);
        command.current_dir(&root).env(
            "PATH",
            env::join_paths(folders).expect("the folders come from PATH and hold no colon"),
        );
        // The host's builds use another compiler, so that each has a folder of its own.
        command.env("CARGO_TARGET_DIR", root.join("target/wasm"));
        if debian {
            // `cargo xtask` hands down the toolchain that runs it; nothing of it may slip into this one.
            for name in ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
                command.env_remove(name);
            }
            command.env("RUSTC", self.sysroot.join("bin/rustc"));
            command.env("RUSTDOC", self.sysroot.join("bin/rustdoc"));
            // clippy-driver stands in for rustc, and looks for its libraries here.
            command.env("SYSROOT", &self.sysroot);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
        }
        command
    }
}

/// Returns the compiler of a shipped module its flags, and those by which the module does not tell where it was built: its bytes are the same
/// in every folder, and nobody's home is published.
pub fn set_flags(command: &mut Command, flags: &[&str]) {
    // Cargo separates flags by this byte here, which no path has, and heeds no other variable beside it.
    command.env("CARGO_ENCODED_RUSTFLAGS", self::flags(flags).join("\x1f"));
}

fn flags(given: &[&str]) -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let hidden = [(Some(soutien_project::root()), "soutien"), (home, "cargo")]
        .into_iter()
        .filter_map(|(folder, name)| Some(format!("--remap-path-prefix={}={name}", folder?.display())));
    given.iter().map(|flag| (*flag).to_owned()).chain(hidden).collect()
}

/// Finds or installs the toolchain, and says in one line which it is and why. The answer holds for the rest of the run.
///
/// # Errors
/// When there is no toolchain and none can be installed, with every way that was tried.
pub fn ensure(choice: Choice) -> Result<&'static Toolchain> {
    static FOUND: OnceLock<Result<Toolchain, String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let (toolchain, why) = find(choice).map_err(|error| format!("{error:#}"))?;
        let source = if toolchain.has_source {
            ""
        } else {
            "; without rust-src, so the module will be larger"
        };
        eprintln!("wasm32 toolchain: {} ({why}{source})", toolchain.name());
        Ok(toolchain)
    });
    found.as_ref().map_err(|error| anyhow!("{error}"))
}

fn find(choice: Choice) -> Result<(Toolchain, String)> {
    let asked = |way: &str| format!("{way}, as asked for");
    match choice {
        Choice::Rustup => Ok((rustup()?, asked("the one on PATH"))),
        Choice::Debian => Ok((debian()?, asked("Debian's"))),
        Choice::Auto => {
            if installed().is_some() {
                return Ok((rustup()?, "the one on PATH knows wasm32".into()));
            }
            if let Some(toolchain) = debian_built() {
                return Ok((toolchain, "Debian's, set up earlier".into()));
            }
            let refusal = match rustup() {
                Ok(toolchain) => return Ok((toolchain, "rustup added wasm32".into())),
                Err(error) => error,
            };
            if !debian::is_debian() {
                return Err(refusal);
            }
            let toolchain = debian().with_context(|| format!("{refusal:#}; and Debian's toolchain cannot be had either"))?;
            Ok((toolchain, "Debian's, because rustup cannot add wasm32".into()))
        }
    }
}

/// The toolchain on PATH, if it can compile to wasm32.
fn installed() -> Option<Toolchain> {
    let libraries = run::answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if !has_standard_library(Path::new(&libraries)) {
        return None;
    }
    let sysroot = PathBuf::from(run::answer(Command::new("rustc").args(["--print", "sysroot"]))?);
    let has_source = sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file();
    let version = run::answer(Command::new("rustc").arg("--version"))?;
    Some(Toolchain {
        version,
        sysroot,
        has_source,
        choice: Choice::Rustup,
    })
}

/// The toolchain on PATH, with the target and the source of the standard library added where rustup can.
fn rustup() -> Result<Toolchain> {
    let add = |kind: &str, name: &str| {
        let mut command = Command::new("rustup");
        run::quietly(
            &format!("rustup {kind} add {name}"),
            command.args([kind, "add", name]),
            Some(RUSTUP_LIMIT),
        )
    };
    let toolchain = match installed() {
        Some(toolchain) => toolchain,
        None => {
            add("target", TARGET).with_context(|| format!("the rustc on PATH has no {TARGET}, and rustup cannot add it"))?;
            installed().with_context(|| format!("rustup added {TARGET}, and yet the rustc on PATH does not have it"))?
        }
    };
    if !toolchain.has_source && run::on_path("rustup").is_some() && add("component", "rust-src").is_ok() {
        return installed().context("the toolchain vanished while rust-src was added");
    }
    Ok(toolchain)
}

/// Debian's toolchain as an earlier run left it, if it still is of the installed version.
fn debian_built() -> Option<Toolchain> {
    let sysroot = debian_sysroot();
    let version = run::answer(Command::new("/usr/bin/rustc").arg("--version"))?;
    // The folder's own path is part of the stamp, because the wrapper scripts hold it.
    let stamp = fs::read_to_string(sysroot.join("stamp")).ok()?;
    let toolchain = Toolchain {
        version,
        sysroot,
        has_source: true,
        choice: Choice::Debian,
    };
    (stamp == debian_stamp(&toolchain)).then_some(toolchain)
}

/// Debian's toolchain: its packages, and a sysroot under target/ that joins them with a standard library for wasm32, which
/// Debian does not package.
fn debian() -> Result<Toolchain> {
    debian::install_packages(&DEBIAN_PACKAGES)?;
    if let Some(toolchain) = debian_built() {
        return Ok(toolchain);
    }
    let version = run::answer(Command::new("/usr/bin/rustc").arg("--version")).context("/usr/bin/rustc does not answer")?;
    let toolchain = Toolchain {
        version,
        sysroot: debian_sysroot(),
        has_source: true,
        choice: Choice::Debian,
    };
    // What another standard library was part of does not go with this one, and Cargo does not see that.
    let outdated = soutien_project::root().join("target/wasm");
    if outdated.exists() {
        fs::remove_dir_all(&outdated).with_context(|| format!("cannot remove {}", outdated.display()))?;
    }
    lay_out_debian(&toolchain.sysroot).context("cannot lay out a sysroot under target/toolchain")?;
    build_standard_library(&toolchain).context("cannot build the standard library for wasm32 from Debian's source")?;
    // Written last: a run that was cut off leaves no stamp, and the next one starts afresh.
    fs::write(toolchain.sysroot.join("stamp"), debian_stamp(&toolchain))?;
    Ok(toolchain)
}

fn debian_sysroot() -> PathBuf {
    soutien_project::root().join("target/toolchain/debian")
}

fn debian_stamp(toolchain: &Toolchain) -> String {
    let flags = flags(&LIBRARY_FLAGS).join(" ");
    format!("{} in {} by {flags}\n", toolchain.version, toolchain.sysroot.display())
}

/// Wrappers and links that make `sysroot` a complete toolchain around the programs in /usr/bin.
fn lay_out_debian(sysroot: &Path) -> Result<()> {
    if sysroot.exists() {
        fs::remove_dir_all(sysroot)?;
    }
    let programs = sysroot.join("bin");
    fs::create_dir_all(&programs)?;
    for name in ["rustc", "rustdoc"] {
        let script = format!("#!/bin/sh\nexec /usr/bin/{name} --sysroot '{}' \"$@\"\n", sysroot.display());
        fs::write(programs.join(name), script)?;
        fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755))?;
    }
    for name in ["cargo", "cargo-clippy", "clippy-driver"] {
        symlink(Path::new("/usr/bin").join(name), programs.join(name))?;
    }
    let rustlib = sysroot.join("lib/rustlib");
    fs::create_dir_all(rustlib.join(TARGET).join("lib"))?;
    for entry in fs::read_dir("/usr/lib/rustlib")? {
        let entry = entry?;
        if entry.file_name() != TARGET {
            symlink(entry.path(), rustlib.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn build_standard_library(toolchain: &Toolchain) -> Result<()> {
    let workshop = soutien_project::root().join("target/toolchain/workshop");
    if workshop.exists() {
        fs::remove_dir_all(&workshop)?;
    }
    fs::create_dir_all(&workshop)?;
    // Cargo writes into the source's folder, and /usr is not ours.
    let mut copy = Command::new("cp");
    copy.args(["--recursive", "--dereference", "/usr/lib/rustlib/src/rust/library"])
        .arg(&workshop);
    run::quietly("copying the source of the standard library", &mut copy, None)?;

    let mut build = toolchain.command("cargo");
    build.current_dir(workshop.join("library"));
    build.args([
        "build",
        "--release",
        "--target",
        TARGET,
        "--manifest-path",
        "sysroot/Cargo.toml",
    ]);
    build.env("CARGO_TARGET_DIR", workshop.join("target"));
    // The standard library uses unstable features, which a stable compiler takes only from its own source.
    build.env("RUSTC_BOOTSTRAP", "1");
    set_flags(&mut build, &LIBRARY_FLAGS);
    run::quietly("building the standard library for wasm32, a minute", &mut build, None)?;

    let libraries = toolchain.sysroot.join("lib/rustlib").join(TARGET).join("lib");
    for entry in fs::read_dir(workshop.join("target").join(TARGET).join("release/deps"))? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "rlib") {
            fs::copy(entry.path(), libraries.join(entry.file_name()))?;
        }
    }
    if !has_standard_library(&libraries) {
        bail!("the build ended well and left no libstd in {}", libraries.display());
    }
    fs::remove_dir_all(&workshop)?;
    Ok(())
}

fn has_standard_library(folder: &Path) -> bool {
    // rustup's file carries a hash, libstd-….rlib; the one built here does not.
    let is_std = |name: &str| (name.starts_with("libstd-") || name.starts_with("libstd.")) && name.ends_with(".rlib");
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| is_std(&entry.file_name().to_string_lossy())))
}
