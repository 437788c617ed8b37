//! The packages for testers, as a registry hands them out: installed outside of the project's folder, and used by commands that find neither Rust nor
//! drivers.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use soutien_project::ROOT_VARIABLE;
use soutien_project::files::copy_folder;
use soutien_project::root;
use soutien_project::run::{on_path, quietly};
use soutien_testbed::server::{self, Options, Running};
use soutien_testbed::webdriver::Process;
use support::browsers::run;
use support::commands::program;
use support::documents;
use xtask::npm::{self, binary, testers};
use xtask::setup::{Need, require};

use crate::npm::tool;

const DOCUMENT: &str = "docs/qa.md";

/// The document of the package.
const README: &str = "npm/soutien-qa/README.md";

/// How long npm may take for one package, and a project of Playwright for all of its tests. They took 20 and 30 seconds on two cores.
const LIMIT: Duration = Duration::from_secs(180);

/// How long the registry may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How long somebody waits for the first row of a table, once the package is installed.
const FIRST_ROW: Duration = Duration::from_secs(20);

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

/// Those who start browsers take turns.
pub static TURN: Mutex<()> = Mutex::new(());

/// A registry on this machine, which knows no other registry, and has the packages.
struct Registry {
    /// The registry's own folder, which goes with it, and it with this program.
    folder: PathBuf,
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
    fn npm(&self) -> Command {
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

fn the_registry() -> Result<&'static Registry> {
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
struct Typed {
    child: Child,
    temporary: PathBuf,
    log: PathBuf,
}

impl Typed {
    /// Starts a command of the shell in a folder. `name` is that of the temporary folder.
    fn start(line: &str, folder: &Path, name: &str, variables: &[(&str, String)]) -> Result<Typed> {
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

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has said this.
    fn until_said(&mut self, words: &str, limit: Duration) -> Result<()> {
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
    fn interrupt(&self) -> Result<()> {
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill").args(["-s", "INT", "--", &group]).status()?;
        ensure!(status.success(), "it cannot be interrupted");
        Ok(())
    }

    /// Waits until it has ended, and gives its exit status and what it said. Nothing may be left of it.
    fn end(mut self) -> Result<(Option<i32>, String)> {
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
fn running_in(folder: &Path) -> Result<Vec<String>> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,args=", "-ww"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let place = folder.display().to_string();
    Ok(text.lines().filter(|line| line.contains(&place)).map(str::to_owned).collect())
}

/// The demo's news page.
fn demo() -> Result<Running> {
    server::start(Options {
        port: 0,
        ..Options::default()
    })
}

/// Another folder in which a command is typed.
fn place(name: &str) -> Result<PathBuf> {
    let folder = the_registry()?.folder.join(name);
    fs::create_dir(&folder)?;
    Ok(folder)
}

#[test]
pub fn npx_opens_a_page_under_every_blocker_that_is_asked_for() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = place("npx")?;
        // The first time, whoever types it is asked whether to install it.
        let (status, said) = Typed::start("npx soutien-qa --version", &folder, "t1", &[])?.end()?;
        ensure!(status == Some(0) && said.contains("soutien-qa "), "{status:?}\n{said}");

        let of_package = documents::only(README, "One command", "sh")?;
        ensure!(
            of_package.trim() == "npx soutien-qa https://staging.example/ --html report.html",
            "{of_package}"
        );
        let line = documents::only(DOCUMENT, "One command", "sh")?;
        let line = line
            .trim()
            .replace("https://staging.example/article", "https://staging.example/?article");
        let line = format!("{line} --profile none,ublock-origin").replace("https://staging.example", &site.site);
        let started = Instant::now();
        let mut typed = Typed::start(&line, &folder, "t2", &[])?;
        typed.until_said("none ", LIMIT)?;
        let took = started.elapsed();
        let (status, said) = typed.end()?;
        ensure!(status == Some(0), "{status:?}\n{said}");
        for row in ["none ", "ublock-origin "] {
            ensure!(
                said.lines().any(|line| line.trim_start().starts_with(row)),
                "no row {row:?} in:\n{said}"
            );
        }
        ensure!(folder.join("report.html").is_file(), "no report.html");
        ensure!(took < FIRST_ROW, "the first row came after {took:?}:\n{said}");
        println!("the first row came after {took:?}");
        Ok(())
    });
}

#[test]
fn the_tools_of_others_find_nothing_wrong_with_the_packages() {
    run(async {
        let registry = the_registry()?;
        let tarballs = fs::read_dir(&registry.folder)?.flatten().map(|entry| entry.path());
        let mut n_tarballs = 0;
        for tarball in tarballs.filter(|path| path.extension().is_some_and(|extension| extension == "tgz")) {
            n_tarballs += 1;
            let said = tool("publint", &["run", &tarball.to_string_lossy(), "--strict"], &registry.folder)?;
            ensure!(said.contains("All good!"), "publint says of {}:\n{said}", tarball.display());
        }
        ensure!(n_tarballs == 3, "there are {n_tarballs} packages, expected three");
        let code = registry.folder.join(format!("soutien-qa-{}.tgz", env!("CARGO_PKG_VERSION")));
        tool("attw", &[&code.to_string_lossy(), "--profile", "esm-only"], &registry.folder)?;

        let folder = installed()?.join("types");
        fs::create_dir(&folder)?;
        copy_folder(&root().join("tests/integrations/qa_packages/types"), &folder)?;
        tool("tsc", &["--project", "."], &folder)?;
        Ok(())
    });
}

#[test]
fn a_verdict_that_is_not_what_it_should_be_is_the_exit_status() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let folder = place("status")?;
        let (status, said) = Typed::start("npx soutien-qa http://127.0.0.1:9/ --profile none", &folder, "t3", &[])?.end()?;
        ensure!(status == Some(2) && said.contains("not run: "), "{status:?}\n{said}");
        let (status, said) = Typed::start("npx soutien-qa", &folder, "t4", &[])?.end()?;
        ensure!(
            status == Some(0) && said.contains("Usage: npx soutien-qa URL"),
            "{status:?}\n{said}"
        );
        Ok(())
    });
}

#[test]
fn a_platform_without_a_program_is_told_what_to_do() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let registry = the_registry()?;
        let folder = place("without")?;
        fs::write(folder.join("package.json"), r#"{ "private": true }"#)?;
        let mut npm = registry.npm();
        npm.args(["install", "--no-save", "--omit=optional", "soutien-qa"])
            .current_dir(&folder);
        quietly("npm install", &mut npm, Some(LIMIT))?;
        let (status, said) = Typed::start("npx soutien-qa https://site.example/", &folder, "t5", &[])?.end()?;
        ensure!(
            status == Some(2) && said.contains("there is no program for "),
            "{status:?}\n{said}"
        );
        Ok(())
    });
}

#[test]
fn an_interrupted_command_leaves_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = place("interrupted")?;
        let mut typed = Typed::start(&format!("npx soutien-qa {}/", site.site), &folder, "t6", &[])?;
        let started = Instant::now();
        while !running_in(&typed.temporary)?
            .iter()
            .any(|line| line.contains("user-data-dir"))
        {
            ensure!(
                started.elapsed() < LIMIT && typed.child.try_wait()?.is_none(),
                "no browser starts:\n{}",
                typed.said()
            );
            thread::sleep(Duration::from_millis(50));
        }
        typed.interrupt()?;
        let (status, said) = typed.end()?;
        ensure!(status != Some(0), "it ended well:\n{said}");
        Ok(())
    });
}

/// Starts Playwright in a project of its own beside what is installed.
fn playwright(name: &str, site: &Running, arguments: &str) -> Result<Typed> {
    let folder = installed()?.join(name);
    if !folder.is_dir() {
        fs::create_dir(&folder)?;
        copy_folder(&root().join("tests/integrations/qa_packages/playwright"), &folder)?;
    }
    in_project(name, site, &format!("npx playwright test {arguments}"))
}

/// Starts a command in the folder of a project beside what is installed.
fn in_project(name: &str, site: &Running, line: &str) -> Result<Typed> {
    let variables = [
        ("PAGE", format!("{}/", site.site)),
        ("CHROMIUM", require(Need::Chromium)?.display().to_string()),
    ];
    let number = fs::read_dir(&the_registry()?.folder)?.count();
    Typed::start(line, &installed()?.join(name), &format!("p{number}"), &variables)
}

#[test]
fn playwright_runs_three_tests_under_four_blockers_twice() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        for _ in 0..2 {
            let started = Instant::now();
            let (status, said) = playwright("right", &site, "blockers.spec")?.end()?;
            ensure!(
                status == Some(0) && said.contains("12 passed") && !said.contains("flaky"),
                "{status:?}\n{said}"
            );
            println!("Playwright took {:?}", started.elapsed());
        }
        Ok(())
    });
}

/// The config and the test of the document, as a reader would copy them.
#[test]
pub fn the_recipe_for_playwright_can_be_followed() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let files = documents::all(DOCUMENT, "Playwright", "js")?;
        let [config, spec] = &files[..] else {
            anyhow::bail!(
                "{DOCUMENT} has {} files for Playwright, expected a config and a test",
                files.len()
            );
        };
        let commands = documents::only(DOCUMENT, "Playwright", "sh")?;
        let line = commands.lines().last().unwrap_or_default();
        let folder = installed()?.join("document");
        fs::create_dir(&folder)?;
        fs::write(folder.join("playwright.config.js"), config)?;
        fs::write(folder.join("home.spec.js"), spec)?;
        fs::write(folder.join("readme.spec.js"), documents::only(README, "In your tests", "js")?)?;
        let (status, said) = in_project("document", &demo()?, line)?.end()?;
        ensure!(status == Some(0) && said.contains("4 passed"), "{status:?}\n{said}");
        Ok(())
    });
}

#[test]
fn a_wrong_expectation_says_what_was_found_and_by_which_rule() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let (status, said) = playwright("wrong", &demo()?, "wrong.spec --project=ublock-origin")?.end()?;
        ensure!(status == Some(1) && said.contains("4 failed"), "{status:?}\n{said}");
        for line in [
            "Error: expect(page).toHaveVerdict(kind) failed",
            "Expected: \"clear\"",
            "Received: \"blocked, by extension\"",
            "Timeout:  1000ms",
            "ublock-origin: blocked http://",
            "Error: expect(page).not.toHaveVerdict(kind) failed",
            "Expected: not \"blocked, by extension\"",
            "Error: expect(page).not.toShowNotice() failed",
            "found the verdict \"blokced\", expected one of blocked, clear, unsure",
        ] {
            ensure!(said.contains(line), "no {line:?} in:\n{said}");
        }
        Ok(())
    });
}

#[test]
fn an_interrupted_playwright_leaves_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let mut typed = playwright("long", &site, "long.spec --project=ublock-origin")?;
        typed.until_said("waits\n", LIMIT)?;
        typed.interrupt()?;
        let (status, said) = typed.end()?;
        ensure!(status != Some(0), "it ended well:\n{said}");
        Ok(())
    });
}

#[test]
fn a_browser_that_takes_no_extension_is_named() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let site = demo()?;
        let folder = installed()?.join("branded");
        fs::create_dir(&folder)?;
        let spec = "import { test } from 'soutien-qa/playwright';\ntest.use({ channel: 'chrome' });\ntest('a', ({ page }) => page.goto('/'));\n";
        fs::write(folder.join("a.spec.js"), spec)?;
        let (status, said) = in_project("branded", &site, "npx playwright test")?.end()?;
        ensure!(
            status == Some(1) && said.contains("found the channel chrome, which takes no extension from version 137 on"),
            "{status:?}\n{said}"
        );
        Ok(())
    });
}
