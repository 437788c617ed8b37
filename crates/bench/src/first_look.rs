//! `cargo xtask bench first-look`: how long a newcomer waits for the demo, from a fresh clone to the page.
//!
//! Included are the crates and npm packages, which are downloaded into empty caches, and everything that is compiled. Not included is what the
//! system's own installers bring: rustup's target, Debian's packages, Node.js.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use clap::{Args, ValueEnum};
use soutien_project::{ROOT_VARIABLE, root, run};

/// How long it may take on two cores that do nothing else.
const BUDGET_BY_RUSTUP: Duration = Duration::from_secs(5 * 60);
/// Debian's toolchain has no standard library for wasm32, which is compiled besides.
const BUDGET_BY_DEBIAN: Duration = Duration::from_secs(6 * 60);
/// After so many budgets, nothing more is to be learned.
const PATIENCE: u32 = 10;
/// How the demo says where its page is.
const PAGE: &str = "the news site:";
/// How many of these the kernel counts in a second, for every program that asks.
const TICKS: f64 = 100.0;

/// Arguments of `bench first-look`.
#[derive(Args, Clone, Debug)]
pub struct FirstLook {
    /// By which toolchain the demo is built.
    #[arg(long, default_value = "rustup", value_name = "WHICH")]
    pub way: Way,
}

/// A toolchain that compiles to wasm32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// That of rustup.
    Rustup,
    /// That of Debian.
    Debian,
}

/// The newcomer's machine: a clone and empty caches in a folder of their own, and the demo that runs there. Both vanish with it.
struct Newcomer {
    folder: PathBuf,
    demo: Option<Child>,
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        if let Some(demo) = &mut self.demo {
            // It is the first of a group, and what it started is in there as well. Where it has ended by itself, there is nothing to stop.
            let _ = Command::new("kill")
                .args(["-s", "KILL", "--", &format!("-{}", demo.id())])
                .status();
            let _ = demo.wait();
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("cannot remove {}: {error}", self.folder.display());
        }
    }
}

/// Clones the last commit, runs `cargo xtask demo` in it with an empty target/, empty caches and no tools but those on PATH, and prints when each
/// part was done and how long cores had been at work by then, until the page answers.
///
/// # Errors
/// When the demo cannot be started, or the page answers later than the budget allows.
pub fn first_look(options: &FirstLook) -> Result<()> {
    let (way, budget) = match options.way {
        Way::Debian => ("debian", BUDGET_BY_DEBIAN),
        Way::Rustup => ("rustup", BUDGET_BY_RUSTUP),
    };
    let folder = env::temp_dir().join(format!("soutien-first-look-{}", std::process::id()));
    let mut newcomer = Newcomer { folder, demo: None };
    let clone = newcomer.folder.join("soutien");
    run::quietly(
        "git clone",
        Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&clone),
        None,
    )?;
    let busy_before = busy();
    let started = Instant::now();
    let (lines, output) = io::pipe()?;
    let mut demo = Command::new("cargo");
    demo.args(["xtask", "demo", "--port", "0", "--toolchain", way]);
    for name in ["CARGO", "CARGO_TARGET_DIR", "RUSTUP_TOOLCHAIN", ROOT_VARIABLE] {
        demo.env_remove(name);
    }
    demo.env("PATH", path_without_tools()?)
        .env("CARGO_HOME", home(&newcomer.folder)?)
        .env("npm_config_cache", newcomer.folder.join("npm"))
        .current_dir(&clone)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0);
    let program = newcomer.demo.insert(demo.spawn().context("cannot start cargo")?).id();
    // Its ends of the pipe would keep it open.
    drop(demo);
    let tell = |line: &str| {
        let at_work = time_of(program).map_or(String::new(), |time| format!("{time:>5.0} s of cores"));
        println!("{:>5} s {at_work}  {line}", started.elapsed().as_secs());
    };
    // It stays open until the end: the demo has more to say than where its page is, and would die of nobody listening.
    let mut lines = BufReader::new(lines);
    let page = watch(&mut lines, tell, || started.elapsed() > budget * PATIENCE)?;
    ensure!(answers(&page)?, "{page} does not answer with a page");
    let taken = started.elapsed();
    tell("the page answers");
    if let (Some(before), Some(after), Some(own)) = (busy_before, busy(), time_of(program)) {
        println!(
            "cores were at work for {own:.0} s for this, and for {:.0} s for others meanwhile",
            (after - before - own).max(0.0)
        );
    }
    let minutes = |time: Duration| time.as_secs_f64() / 60.0;
    println!(
        "{:.1} minutes, of {:.0} allowed on two cores that do nothing else",
        minutes(taken),
        minutes(budget)
    );
    ensure!(taken <= budget, "the first look takes longer than it may");
    Ok(())
}

/// Tells each line that ends a part, and gives the address of the page once it is there. Crates are downloaded before the first one is compiled.
fn watch(lines: &mut impl BufRead, tell: impl Fn(&str), is_late: impl Fn() -> bool) -> Result<String> {
    let mut seen = Vec::new();
    for line in lines.split(b'\n') {
        let line = String::from_utf8_lossy(&line?).trim().to_owned();
        if let Some(page) = line.strip_prefix(PAGE) {
            return Ok(page.trim().to_owned());
        }
        let is_first = line.starts_with("Compiling ") && !seen.iter().any(|line: &String| line.starts_with("Compiling "));
        if is_first || ends_a_part(&line) {
            tell(&line);
        }
        seen.push(line);
        ensure!(!is_late(), "the demo is still not there, which is hopeless");
    }
    let tail = &seen[seen.len().saturating_sub(20)..];
    anyhow::bail!("the demo ended; it says:\n{}", tail.join("\n"))
}

/// Whether a line says that something has been done: of Cargo, that all was compiled, and of ours, how long something took.
fn ends_a_part(line: &str) -> bool {
    line.starts_with("Finished ") || line.contains(": done in ")
}

/// Whether the first page of the demo is there.
fn answers(page: &str) -> Result<bool> {
    let port = page.trim_end_matches('/').rsplit(':').next().unwrap_or_default();
    let port = port
        .parse()
        .with_context(|| format!("found the address {page:?}, expected one with a port"))?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: presse.localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}

/// PATH without the tools of this folder, which may be on it.
fn path_without_tools() -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).filter(|folder| !folder.starts_with(root()));
    Ok(env::join_paths(folders)?)
}

/// An empty home of Cargo, but for the settings that say where its registry is.
fn home(folder: &Path) -> Result<PathBuf> {
    let home = folder.join("cargo");
    fs::create_dir_all(&home)?;
    let own = env::var_os("CARGO_HOME").map(PathBuf::from);
    let settings = own
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .map(|own| own.join("config.toml"));
    if let Some(settings) = settings.filter(|settings| settings.is_file()) {
        fs::copy(settings, home.join("config.toml"))?;
    }
    Ok(home)
}

/// For how many seconds all cores together have been at work since the start of the machine, where the system tells.
fn busy() -> Option<f64> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    // user, nice, system, idle, iowait, irq, softirq, steal
    let times: Vec<f64> = text.lines().next()?.split_whitespace().skip(1).flat_map(str::parse).collect();
    let idle = times.get(3)? + times.get(4)?;
    Some((times.iter().take(8).sum::<f64>() - idle) / TICKS)
}

/// For how many seconds a program and all that it has waited for were at work, where the system tells.
fn time_of(program: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{program}/stat")).ok()?;
    // Its name, in brackets, may have blanks in it. Behind it, the 12th to the 15th are utime, stime, cutime and cstime.
    let (_, rest) = text.rsplit_once(')')?;
    let times = rest.split_whitespace().skip(11).take(4);
    Some(times.flat_map(str::parse::<f64>).sum::<f64>() / TICKS)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn gives_the_address_of_the_page() {
        let said =
            "   Compiling xtask v0.1.0\nwasm-pack build: done in 12 s\n\nthe news site:    http://presse.localhost:8080/\nmore\n";
        let told = Cell::new(0);
        let tell = |_: &str| told.set(told.get() + 1);
        let mut said = said.as_bytes();
        let page = watch(&mut said, tell, || false).expect("the page is there");
        assert_eq!(said, b"more\n", "what comes later can still be read");
        assert_eq!((page.as_str(), told.get()), ("http://presse.localhost:8080/", 2));
        let error = watch(&mut b"error: no\n".as_slice(), tell, || false).expect_err("it ended");
        assert!(error.to_string().contains("error: no"), "{error}");
        let error = watch(&mut b"still at it\n".as_slice(), tell, || true).expect_err("it took too long");
        assert!(error.to_string().contains("still not there"), "{error}");
    }

    #[test]
    fn knows_what_ends_a_part() {
        for line in [
            "Finished `dev` profile [unoptimized + debuginfo] target(s) in 1m 02s",
            "compiling wasm-pack 0.15.1: done in 84 s",
        ] {
            assert!(ends_a_part(line), "{line}");
        }
        for line in ["Compiling serde v1.0.229", "compiling wasm-pack 0.15.1: 15 s, Compiling log"] {
            assert!(!ends_a_part(line), "{line}");
        }
    }
}
