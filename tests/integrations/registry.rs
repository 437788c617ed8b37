//! A registry of npm on this machine with the packages for testers, a folder outside of the project's in which they are installed, and commands as
//! testers type them there: they find neither Rust nor drivers.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use soutien_project::ROOT_VARIABLE;
use soutien_project::run::{on_path, quietly};
use soutien_testbed::webdriver::Process;
use support::commands::program;
use xtask::npm::{self, binary, testers};
use xtask::setup::{Need, require};

/// How long npm may take for one package, and a command that is typed to end. They took 20 and 60 seconds on two cores with much else to do.
pub const LIMIT: Duration = Duration::from_secs(180);

/// How long the registry may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);

/// What testers install besides.
const LIBRARIES: [&str; 6] = [
    "@playwright/test",
    "playwright",
    "playwright-core",
    "puppeteer-core",
    "selenium-webdriver",
    "webdriverio",
];

/// What no command here may find on PATH.
const HIDDEN: [&str; 7] = [
    "cargo",
    "rustc",
    "rustup",
    "chromedriver",
    "geckodriver",
    "soutien-qa",
    "WebKitWebDriver",
];

/// A registry on this machine, which knows no other registry, and has the packages.
pub struct Registry {
    /// The registry's own folder, which goes with it, and it with this program.
    pub folder: PathBuf,
    _process: Process,
}

static REGISTRY: LazyLock<Result<Registry, String>> = LazyLock::new(|| registry().map_err(|error| format!("{error:#}")));

fn registry() -> Result<Registry> {
    let folder = Process::make_folder()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let config = format!(
        "storage: {folder}/storage\nauth: {{ htpasswd: {{ file: {folder}/users }} }}\nuplinks: {{}}\nmax_body_size: 500mb\nlog: {{ type: stdout, level: warn }}\n\
         packages: {{ '**': {{ access: $all, publish: $all }} }}\nweb: {{ enable: false }}\n",
        folder = folder.display()
    );
    fs::write(folder.join("config.yaml"), config)?;
    // npm publishes nothing for nobody.
    fs::write(
        folder.join("npmrc"),
        format!(
            "registry=http://127.0.0.1:{port}/\n//127.0.0.1:{port}/:_authToken=anybody\naudit=false\nfund=false\nupdate-notifier=false\n"
        ),
    )?;
    let mut node = Command::new("node");
    node.arg(require(Need::Runners)?.join("verdaccio/bin/verdaccio"));
    node.arg("--config").arg(folder.join("config.yaml"));
    node.args(["--listen", &format!("127.0.0.1:{port}")]);
    let process = Process::start_in(folder.clone(), &mut node)?;
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(
            started.elapsed() < START_LIMIT,
            "the registry does not start; it says:\n{}",
            process.log()
        );
        thread::sleep(Duration::from_millis(50));
    }
    let registry = Registry {
        folder,
        _process: process,
    };
    let packages = registry.folder.join("packages");
    let [code, lists] = [testers::CODE, testers::LISTS].map(|name| packages.join(name));
    testers::assemble(&code, &lists)?;
    let platform = binary::platform()?;
    let of_platform = packages.join(binary::name(&platform));
    // As it was compiled for the tests, without what is of use to a debugger alone.
    let stripped = registry.folder.join("soutien-qa");
    fs::copy(program("soutien-qa"), &stripped)?;
    let _ = Command::new("strip").arg(&stripped).status();
    binary::assemble(&platform, &stripped, &of_platform)?;
    for package in [&lists, &of_platform, &code] {
        let tarball = npm::pack(package, &registry.folder)?;
        let mut publish = registry.npm();
        quietly("npm publish", publish.arg("publish").arg(tarball), Some(LIMIT))?;
    }
    fs::remove_dir_all(packages)?;
    Ok(registry)
}

impl Registry {
    /// npm, which asks nobody but this registry, and has a cache of its own.
    pub fn npm(&self) -> Command {
        let mut command = Command::new("npm");
        self.settings(&mut command);
        command.current_dir(&self.folder);
        command
    }

    fn settings(&self, command: &mut Command) {
        command.env("npm_config_userconfig", self.folder.join("npmrc"));
        command.env("npm_config_cache", self.folder.join("cache"));
    }
}

/// The registry, which is started once.
pub fn the_registry() -> Result<&'static Registry> {
    REGISTRY.as_ref().map_err(|error| anyhow!("{error}"))
}

/// A folder outside of the project's, in which the packages are installed, beside what testers have already.
pub fn installed() -> Result<&'static Path> {
    static INSTALLED: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let install = || {
            let registry = the_registry()?;
            let folder = registry.folder.join("project");
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("package.json"), r#"{ "private": true, "type": "module" }"#)?;
            let mut npm = registry.npm();
            npm.args(["install", "--no-save", "soutien-qa"]).current_dir(&folder);
            quietly("npm install soutien-qa", &mut npm, Some(LIMIT))?;
            let modules = require(Need::Runners)?;
            for name in LIBRARIES {
                let place = folder.join("node_modules").join(name);
                fs::create_dir_all(place.parent().context("it has a folder")?)?;
                symlink(modules.join(name), place)?;
            }
            symlink(
                modules.join("@playwright/test/cli.js"),
                folder.join("node_modules/.bin/playwright"),
            )?;
            Ok::<_, anyhow::Error>(folder)
        };
        install().map_err(|error| format!("{error:#}"))
    });
    INSTALLED.as_deref().map_err(|error| anyhow!("{error}"))
}

/// A folder with all programs of PATH but those that are hidden: what somebody has who has a browser and Node.js.
fn programs() -> Result<PathBuf> {
    let folder = the_registry()?.folder.join("programs");
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::create_dir(&folder)?;
    let node = on_path("node").context("node is not on PATH")?;
    let own = fs::canonicalize(node)?.parent().map(Path::to_owned);
    for place in own
        .into_iter()
        .chain(["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from))
    {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !HIDDEN.iter().any(|hidden| name == *hidden) {
                // The first of a name counts, as on PATH.
                let _ = symlink(entry.path(), folder.join(name));
            }
        }
    }
    Ok(folder)
}

/// What a tester types, in a group of processes of its own, with a folder for all that is temporary.
pub struct Typed {
    pub child: Child,
    pub temporary: PathBuf,
    log: PathBuf,
}

impl Typed {
    /// Starts a command of the shell in a folder. `name` is that of the temporary folder.
    pub fn start(line: &str, folder: &Path, name: &str, variables: &[(&str, String)]) -> Result<Typed> {
        let registry = the_registry()?;
        // Browsers put sockets in here, whose paths may have 107 bytes at most.
        let temporary = registry.folder.join(name);
        fs::create_dir(&temporary)?;
        let log = registry.folder.join(format!("{name}.log"));
        let output = fs::File::create(&log)?;
        let mut shell = Command::new("sh");
        registry.settings(&mut shell);
        let child = shell
            .args(["-c", line])
            .current_dir(folder)
            .env("PATH", programs()?)
            .env("TMPDIR", &temporary)
            .env("HOME", &registry.folder)
            // Nothing is taken from the project's folder.
            .env(ROOT_VARIABLE, "/nowhere")
            .env("npm_config_yes", "true")
            .env("FORCE_COLOR", "0")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()?;
        Ok(Typed { child, temporary, log })
    }

    /// What it has said.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has said this.
    pub fn until_said(&mut self, words: &str, limit: Duration) -> Result<()> {
        let started = Instant::now();
        while !self.said().contains(words) {
            let is_over = self.child.try_wait()?.is_some() || started.elapsed() > limit;
            ensure!(
                !is_over || self.said().contains(words),
                "no {words:?} after {:?} in:\n{}",
                started.elapsed(),
                self.said()
            );
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Interrupts it, as Ctrl-C does.
    pub fn interrupt(&self) -> Result<()> {
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill").args(["-s", "INT", "--", &group]).status()?;
        ensure!(status.success(), "it cannot be interrupted");
        Ok(())
    }

    /// Waits until it has ended, and gives its exit status and what it said. Nothing may be left of it.
    pub fn end(mut self) -> Result<(Option<i32>, String)> {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            ensure!(started.elapsed() < LIMIT, "it does not end; it says:\n{}", self.said());
            thread::sleep(Duration::from_millis(20));
        };
        let started = Instant::now();
        loop {
            let left: Vec<_> = left_of(&self.temporary)?;
            let running = running_in(&self.temporary)?;
            if left.is_empty() && running.is_empty() {
                break;
            }
            // What ends a browser goes on for a moment.
            ensure!(
                started.elapsed() < Duration::from_secs(10),
                "left over: {left:?}, {running:?}; it says:\n{}",
                self.said()
            );
            thread::sleep(Duration::from_millis(50));
        }
        Ok((status.code(), self.said()))
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-s", "KILL", "--", &format!("-{}", self.child.id())])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}

/// What lies in a temporary folder, but for what Node.js and npm keep to start faster.
fn left_of(folder: &Path) -> Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.collect::<Result<_>>()?;
    names.retain(|name| !name.contains("compile-cache") && !name.starts_with("playwright-transform-cache"));
    Ok(names)
}

/// The processes that were told of a folder.
pub fn running_in(folder: &Path) -> Result<Vec<String>> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,args=", "-ww"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let place = folder.display().to_string();
    Ok(text.lines().filter(|line| line.contains(&place)).map(str::to_owned).collect())
}
