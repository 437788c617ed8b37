//! `cargo xtask qa`: how pages fare under every profile of the companion extension, and why.

mod html;
mod pages;
mod report;
mod visit;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use soutien_backend::profile::{Profile, Profiles};
use tokio::signal::unix::{SignalKind, signal};

use crate::extension::{self, Target, session};
use crate::profiles;
use crate::run::Progress;
use crate::setup::Need;
use crate::toolchain::Choice;
use crate::webdriver::{Browser, Certificates};

/// Stands for every page where a browser cannot be started.
const ANY_PAGE: &str = "";

/// The exit status where a verdict is not what it should be.
const FAILED: u8 = 1;

/// The exit status where something could not be run.
pub const NOT_RUN: u8 = 2;

/// What is tried, and where the results go.
#[derive(Args, Clone, Debug)]
pub struct Qa {
    /// The pages.
    #[arg(required_unless_present_any = ["list", "sitemap"], value_name = "URL")]
    urls: Vec<String>,
    /// A file with one page a line, or - for standard input; lines that begin with # are left out.
    #[arg(long = "urls", id = "list", value_name = "FILE")]
    list: Option<PathBuf>,
    /// A sitemap of pages, or an index of sitemaps.
    #[arg(long, value_name = "URL")]
    sitemap: Option<String>,
    /// No more pages than the first so many.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// The profiles, with commas between them.
    #[arg(long, default_value = "all", value_delimiter = ',', value_name = "NAME,NAME")]
    profile: Vec<String>,
    /// In Firefox as well.
    #[arg(long)]
    firefox: bool,
    /// Put Soutien on pages that do not have its tag.
    #[arg(long)]
    inject: bool,
    /// How many browsers work side by side; one for each processor unless given.
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<usize>,
    /// A remote end of WebDriver that starts the browsers, such as a Selenium Grid, or a driver for one of them; may be given several
    /// times. Drivers of this machine unless given.
    #[arg(long, value_name = "URL")]
    webdriver: Vec<String>,
    /// How long a page may take to load, in seconds.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    timeout: u64,
    /// Take certificates that no authority vouches for, as test servers have them.
    #[arg(long)]
    insecure: bool,
    /// Name the rule behind everything that was blocked, redirected or hidden.
    #[arg(long)]
    explain: bool,
    /// Where the results go as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the results go as JUnit's XML, which CI systems read.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Where the results go as one HTML file to read, in English and French, with screenshots and what to do.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Where a screenshot of each page under each profile goes.
    #[arg(long, value_name = "FOLDER")]
    shots: Option<PathBuf>,
}

impl Qa {
    /// What has to be on this machine: what builds the extension, and the browsers with their drivers, unless others start them.
    pub fn needs(&self) -> Vec<Need> {
        let mut needs = Need::EXTENSION.to_vec();
        if self.webdriver.is_empty() {
            needs.extend(Need::CHROMIUM);
            if self.firefox {
                needs.extend(Need::FIREFOX);
            }
        }
        needs
    }
}

/// What came of one page under one profile in one browser.
#[derive(Clone, Debug, Serialize)]
struct Cell {
    url: String,
    browser: &'static str,
    profile: String,
    #[serde(flatten)]
    result: Outcomes,
    /// What the page looked like in the end, as a PNG image; empty where nothing was to be seen.
    #[serde(skip)]
    shot: Vec<u8>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
enum Outcomes {
    /// The verdict is one that it should be.
    Passed(Seen),
    /// It is another.
    Failed(Seen),
    /// Nothing can be said, for the reason given.
    NotRun { reason: String },
}

/// What was seen on a page.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    kind: String,
    cause: String,
    /// What the verdict should be: one of these, such as `blocked, extension`; any where there is none.
    expected: Vec<String>,
    /// How long the probing took, in milliseconds.
    ms: f64,
    notice: bool,
    /// Whether ad hosts were asked: the page's tag names them in `data-probe`, and there was consent.
    has_probe: bool,
    /// What Soutien told the page of, as `soutien:problem` has it, each as one line.
    problems: Vec<String>,
    /// What else is to be known of the page, each as one line: dialogs, other detectors, where it went.
    remarks: Vec<String>,
    /// What the profile did to the page, as `Hit` of the extension's backend has it.
    hits: Vec<Value>,
}

/// Opens each page under each profile, and prints what came of it. Gives the exit status: 1 where a verdict is not what it should be, 2
/// where something could not be run.
///
/// # Errors
/// When a profile is not known, there is no page, or something is missing that is needed.
pub fn qa(options: &Qa, choice: Choice) -> Result<ExitCode> {
    let profiles = profiles::read()?;
    let chosen = chosen(&profiles, &options.profile)?;
    let mut urls = options.urls.clone();
    if let Some(file) = &options.list {
        urls.extend(pages::listed(file)?);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(sitemap) = &options.sitemap {
        urls.extend(runtime.block_on(pages::mapped(sitemap, options.limit.unwrap_or(usize::MAX)))?);
    }
    urls.truncate(options.limit.unwrap_or(usize::MAX));
    ensure!(!urls.is_empty(), "there is no page to open: the list or the sitemap is empty");
    extension::extension(&[], true, choice)?;
    if let Some(folder) = &options.shots {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let drivers = if options.webdriver.is_empty() {
        let n_targets = if options.firefox { 2 } else { 1 };
        Target::ALL[..n_targets]
            .iter()
            .map(|&target| Driver {
                target,
                end: None,
                is_single: false,
            })
            .collect()
    } else {
        runtime.block_on(drivers(&options.webdriver, options.firefox))?
    };
    let cells = Tour::new(&drivers, &chosen, &urls, options)?.run()?;
    report::print(&cells, options.explain);
    if let Some(folder) = &options.shots {
        report::write_shots(folder, &cells)?;
    }
    if let Some(path) = &options.json {
        write(path, &format!("{:#}\n", json!(cells)))?;
    }
    if let Some(path) = &options.junit {
        write(path, &report::junit(&cells))?;
    }
    if let Some(path) = &options.html {
        write(path, &html::page(&cells, &profiles)?)?;
    }
    let has = |wanted: fn(&Outcomes) -> bool| cells.iter().any(|cell| wanted(&cell.result));
    Ok(if has(|result| matches!(result, Outcomes::Failed(_))) {
        FAILED.into()
    } else if has(|result| matches!(result, Outcomes::NotRun { .. })) {
        NOT_RUN.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// The profiles of these names; `all` stands for those that lead to a verdict of their own.
///
/// # Errors
/// When there is no such profile, with the names of those that there are.
pub(crate) fn chosen<'a>(profiles: &'a Profiles, names: &[String]) -> Result<Vec<&'a Profile>> {
    if names == ["all"] {
        return Ok(profiles
            .profiles
            .iter()
            .filter(|profile| profile.expected.is_some())
            .collect());
    }
    let known = || {
        profiles
            .profiles
            .iter()
            .map(|profile| profile.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    names
        .iter()
        .map(|name| {
            profiles
                .find(name)
                .with_context(|| format!("there is no profile {name}, expected one of {}", known()))
        })
        .collect()
}

/// What starts a browser.
#[derive(Clone, Debug)]
struct Driver {
    target: Target,
    /// The address of a remote end; a driver of this machine where there is none.
    end: Option<String>,
    /// Whether it starts one browser at a time alone, as geckodriver does.
    is_single: bool,
}

/// What the remote ends start: a driver the browser that it is for, anything else Chromium, and Firefox where that is wanted.
async fn drivers(ends: &[String], wants_firefox: bool) -> Result<Vec<Driver>> {
    let mut drivers: Vec<Driver> = Vec::new();
    for end in ends {
        let status = format!("{}/status", end.trim_end_matches('/'));
        let answer = async { reqwest::get(&status).await?.error_for_status()?.text().await };
        let text = answer
            .await
            .with_context(|| format!("there is no remote end of WebDriver at {end}"))?;
        let status: Value = serde_json::from_str(&text).with_context(|| format!("{status} does not answer as WebDriver does"))?;
        let status = &status["value"];
        // chromedriver tells its build and no nodes; geckodriver nothing but whether it is ready.
        let is_chromedriver = status["build"].is_object() && status["os"].is_object() && status["nodes"].is_null();
        let is_geckodriver = status
            .as_object()
            .is_some_and(|status| status.keys().all(|key| key == "ready" || key == "message"));
        let targets = match (is_chromedriver, is_geckodriver) {
            (true, _) => &Target::ALL[..1],
            (_, true) => &Target::ALL[1..],
            _ if wants_firefox => &Target::ALL[..],
            _ => &Target::ALL[..1],
        };
        for &target in targets {
            if drivers.iter().all(|driver| driver.target != target) {
                drivers.push(Driver {
                    target,
                    end: Some(end.clone()),
                    is_single: is_geckodriver,
                });
            }
        }
    }
    Ok(drivers)
}

/// One page under one profile in one browser.
#[derive(Clone, Copy)]
struct Place<'a> {
    target: Target,
    profile: &'a Profile,
    url: &'a str,
}

/// All that is to be seen, shared by browsers that work side by side.
struct Tour<'a> {
    options: &'a Qa,
    drivers: &'a [Driver],
    places: Vec<Place<'a>>,
    /// The number of the next place.
    next: AtomicUsize,
    /// What browsers on another machine are given.
    zips: HashMap<&'static str, Vec<u8>>,
    /// Why a page cannot be opened, by browser and address, where that is not a blocker's doing; and why a browser cannot be started.
    hopeless: Mutex<HashMap<(&'static str, String), String>>,
    progress: Progress,
}

impl<'a> Tour<'a> {
    fn new(drivers: &'a [Driver], profiles: &[&'a Profile], urls: &'a [String], options: &'a Qa) -> Result<Self> {
        let mut places = Vec::new();
        let mut zips = HashMap::new();
        for Driver { target, end, .. } in drivers {
            // A browser changes profiles as rarely as can be.
            for &profile in profiles {
                places.extend(urls.iter().map(|url| Place {
                    target: *target,
                    profile,
                    url,
                }));
            }
            if end.is_some() {
                zips.insert(target.name(), extension::packed(*target)?);
            }
        }
        Ok(Self {
            progress: Progress::new(places.len() as u64, "pages under a profile"),
            next: AtomicUsize::new(0),
            hopeless: Mutex::default(),
            options,
            drivers,
            places,
            zips,
        })
    }

    /// Sees all places, and gives what came of each, in their order.
    fn run(&self) -> Result<Vec<Cell>> {
        let n_processors = thread::available_parallelism().map_or(1, usize::from);
        let most = if self.drivers.iter().any(|driver| driver.is_single) {
            1
        } else {
            self.places.len()
        };
        let n_jobs = self.options.jobs.unwrap_or(n_processors).clamp(1, most);
        let done = thread::scope(|scope| {
            let jobs: Vec<_> = (0..n_jobs).map(|_| scope.spawn(|| self.work())).collect();
            let done = jobs
                .into_iter()
                .map(|job| job.join().unwrap_or_else(|_| bail!("a job has failed")));
            done.collect::<Result<Vec<_>>>()
        });
        let mut cells = done?.concat();
        ensure!(
            cells.len() == self.places.len(),
            "stopped after {} of {} pages",
            cells.len(),
            self.places.len()
        );
        cells.sort_by_key(|(number, _)| *number);
        Ok(cells.into_iter().map(|(_, cell)| cell).collect())
    }

    /// Sees one place after the other with one browser; where it fails, with a new one. Ends early when the program is told to stop, since
    /// sessions on another machine would go on.
    fn work(&self) -> Result<Vec<(usize, Cell)>> {
        let mut cells = Vec::new();
        let runtime = tokio::runtime::Runtime::new()?;
        let guard = runtime.enter();
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        drop(guard);
        let mut browser: Option<(Target, Browser)> = None;
        while let Some((number, place)) = self.next() {
            let Place { target, profile, url } = place;
            self.progress
                .begin(format!("{url} under {} in {}", profile.name, target.name()));
            if browser.as_ref().is_some_and(|(of, _)| *of != target) {
                browser = None;
            }
            let seen = runtime.block_on(async {
                tokio::select! {
                    seen = self.see(place, &mut browser) => Some(seen),
                    _ = interrupt.recv() => None,
                    _ = terminate.recv() => None,
                }
            });
            let Some(seen) = seen else {
                self.next.store(self.places.len(), Ordering::Relaxed);
                break;
            };
            let (result, shot) = seen.unwrap_or_else(|error| {
                browser = None;
                let reason = visit::reason(&error);
                (Outcomes::NotRun { reason }, Vec::new())
            });
            if let Outcomes::NotRun { reason } = &result
                && profile.lists.is_empty()
            {
                self.give_up(target, url, reason);
            }
            let (url, profile) = (url.to_owned(), profile.name.clone());
            let browser = target.name();
            cells.push((
                number,
                Cell {
                    url,
                    browser,
                    profile,
                    result,
                    shot,
                },
            ));
            self.progress.advance();
        }
        Ok(cells)
    }

    fn next(&self) -> Option<(usize, Place<'a>)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.places.get(number).map(|place| (number, *place))
    }

    async fn see(&self, place: Place<'_>, browser: &mut Option<(Target, Browser)>) -> Result<(Outcomes, Vec<u8>)> {
        let Place { target, profile, url } = place;
        let known = |what: &str| {
            let hopeless = self.hopeless.lock().unwrap_or_else(PoisonError::into_inner);
            hopeless.get(&(target.name(), what.to_owned())).cloned()
        };
        // What fails without a blocker takes its time, and fails with one as well.
        if let Some(reason) = known(url).or_else(|| known(ANY_PAGE)) {
            return Ok((Outcomes::NotRun { reason }, Vec::new()));
        }
        if browser.is_none() {
            // A remote end may take minutes to say that it has none.
            let started = self.start(target).await.inspect_err(|error| {
                self.give_up(target, ANY_PAGE, &visit::reason(error));
            });
            *browser = Some((target, started?));
        }
        let (_, browser) = browser.as_ref().context("no browser")?;
        let limit = Duration::from_secs(self.options.timeout);
        visit::visit(browser, target, profile, url, self.options.inject, limit).await
    }

    fn give_up(&self, target: Target, what: &str, reason: &str) {
        let mut hopeless = self.hopeless.lock().unwrap_or_else(PoisonError::into_inner);
        hopeless.insert((target.name(), what.to_owned()), reason.to_owned());
    }

    /// Starts a browser with the extension in its variant for machines, in a fresh profile.
    async fn start(&self, target: Target) -> Result<Browser> {
        let certificates = if self.options.insecure {
            Certificates::Any
        } else {
            Certificates::Vouched
        };
        let end = self
            .drivers
            .iter()
            .find(|driver| driver.target == target)
            .and_then(|driver| driver.end.as_ref());
        let browser = match end {
            Some(end) => session::start_remotely(end, target, &self.zips[target.name()], certificates).await?,
            None => session::start(target, true, None, certificates).await?,
        };
        browser
            .set_page_load_timeout(Duration::from_secs(self.options.timeout))
            .await?;
        browser.set_script_timeout(visit::ANSWER_LIMIT).await?;
        Ok(browser)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("written: {}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_profiles_by_name() {
        let profiles = profiles::read().expect("extension/profiles.json is valid");
        let names = |given: &[&str]| chosen(&profiles, &given.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["dns", "none"]).expect("both are there").len(), 2);
        assert!(names(&["all"]).expect("all are there").len() > 10);
        assert!(
            names(&["no-such"])
                .expect_err("there is none")
                .to_string()
                .contains("expected one of none, ")
        );
    }
}
