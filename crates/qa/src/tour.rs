//! Sees every page under every profile, with browsers that work side by side.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use soutien_backend::profile::{NO_BLOCKER, Profile};
use soutien_project::extension::Target;
use soutien_project::files::packed;
use soutien_project::run::Progress;
use soutien_testbed::session;
use soutien_testbed::webdriver::Certificates;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use crate::address::Address;
use crate::baseline::{Baseline, N_VISITS};
use crate::faults::reason;
use crate::findings::Finding;
use crate::installed::Installed;
use crate::outcome::{Cell, Outcomes};
use crate::own::{ANSWER_LIMIT, Own};
use crate::page::Browser;
use crate::visit::{self, Aim, Visited};

/// Stands for every page where a browser cannot be started.
const ANY_PAGE: &str = "";

/// How long another browser may take to see a page without a blocker, besides the time that the page may take to load.
const BASELINE_LIMIT: Duration = Duration::from_secs(60);

/// How long a browser that is being started is waited for when the program is told to stop.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// What browsers are held to.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many browsers work side by side; one for each processor where there is none.
    pub jobs: Option<usize>,
    /// How long a page may take to load.
    pub page: Duration,
    /// The certificates that are taken.
    pub certificates: Certificates,
    /// What the profile for a user's own lists plays, in the syntax of filter lists.
    pub rules: Option<String>,
}

/// What starts a browser.
#[derive(Clone, Debug)]
pub struct Driver {
    /// What the browser is called in the results.
    name: String,
    target: Target,
    way: Way,
    /// Whether it starts one browser at a time alone, as geckodriver does.
    is_single: bool,
}

/// How a browser is started.
#[derive(Clone, Debug)]
enum Way {
    /// By us.
    Here(Installed),
    /// By a remote end at this address.
    Remote(String),
}

/// What starts browsers that are installed here.
pub fn local_drivers(browsers: Vec<Installed>) -> Vec<Driver> {
    let driver = |browser: Installed| Driver {
        name: browser.name.clone(),
        target: browser.target,
        way: Way::Here(browser),
        is_single: false,
    };
    browsers.into_iter().map(driver).collect()
}

/// What the remote ends start: a driver the browser that it is for, anything else Chromium, and Firefox where that is wanted.
///
/// # Errors
/// When one of them is none.
pub async fn remote_drivers(ends: &[String], wants_firefox: bool) -> Result<Vec<Driver>> {
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
                    name: target.name().to_owned(),
                    target,
                    way: Way::Remote(end.clone()),
                    is_single: is_geckodriver,
                });
            }
        }
    }
    Ok(drivers)
}

/// What a blocker breaks on a page, and what the page looks like without one.
type Broken = (Vec<Finding>, Arc<Vec<u8>>);

/// One page under one profile in one browser.
#[derive(Clone, Copy)]
struct Place<'a> {
    driver: &'a Driver,
    profile: &'a Profile,
    url: &'a Address,
    /// Whether its result was asked for; otherwise it is there for others to be compared with.
    is_wanted: bool,
}

/// All that is to be seen, shared by browsers that work side by side.
pub struct Tour<'a> {
    aim: Aim,
    limits: Limits,
    /// The folder with the built extensions.
    extension: PathBuf,
    drivers: &'a [Driver],
    places: Vec<Place<'a>>,
    baseline: Baseline,
    /// The number of the next place.
    next: AtomicUsize,
    /// How many browsers are being started.
    n_starting: AtomicUsize,
    /// What browsers on another machine are given.
    zips: HashMap<&'a str, Vec<u8>>,
    /// Held while a remote end starts a browser: a Selenium Grid keeps several copies of what comes along in its memory, and two at a time are
    /// more than a gigabyte.
    sending: tokio::sync::Mutex<()>,
    /// Why a page cannot be opened, by browser and address, where that is not a blocker's doing; and why a browser cannot be started.
    hopeless: Mutex<HashMap<(&'a str, String), String>>,
    progress: Progress,
}

impl<'a> Tour<'a> {
    /// Every page under every profile by every driver. `plain` is the profile without a blocker, under which each page is seen twice before
    /// the others; `extension` is the folder with the built extensions.
    ///
    /// # Errors
    /// When the extension for one of the browsers is not there.
    pub fn new(
        drivers: &'a [Driver],
        profiles: &[&'a Profile],
        plain: &'a Profile,
        urls: &'a [Address],
        extension: &Path,
        aim: Aim,
        limits: Limits,
    ) -> Result<Self> {
        let extension = fs::canonicalize(extension).with_context(|| format!("there is no folder {}", extension.display()))?;
        let mut places = Vec::new();
        let mut zips = HashMap::new();
        for driver in drivers {
            let mut add = |profile, is_wanted| {
                places.extend(urls.iter().map(|url| Place {
                    driver,
                    profile,
                    url,
                    is_wanted,
                }));
            };
            // What is compared with comes first, so that whoever needs it finds it, or somebody at work on it.
            let (plain_ones, others): (Vec<&Profile>, Vec<&Profile>) =
                profiles.iter().partition(|profile| profile.name == plain.name);
            for number in 0..N_VISITS {
                add(plain, number < plain_ones.len());
            }
            // A browser changes profiles as rarely as can be.
            for profile in others {
                add(profile, true);
            }
            let folder = driver.target.folder_in(&extension, true);
            ensure!(
                folder.is_dir(),
                "{} is not there: `cargo xtask extension --qa` builds it",
                folder.display()
            );
            if matches!(driver.way, Way::Remote(_)) {
                zips.insert(driver.name.as_str(), packed(&folder)?);
            }
        }
        Ok(Self {
            progress: Progress::new(places.len() as u64, "pages under a profile"),
            next: AtomicUsize::new(0),
            sending: tokio::sync::Mutex::default(),
            n_starting: AtomicUsize::new(0),
            hopeless: Mutex::default(),
            aim,
            baseline: Baseline::default(),
            limits,
            extension,
            drivers,
            places,
            zips,
        })
    }

    /// Sees all places, and gives what came of each, in their order.
    ///
    /// # Errors
    /// When it is stopped early.
    pub fn run(&self) -> Result<Vec<Cell>> {
        let n_processors = thread::available_parallelism().map_or(1, usize::from);
        let most = if self.drivers.iter().any(|driver| driver.is_single) {
            1
        } else {
            self.places.len()
        };
        let n_jobs = self.limits.jobs.unwrap_or(n_processors).clamp(1, most);
        let done = thread::scope(|scope| {
            let jobs: Vec<_> = (0..n_jobs).map(|_| scope.spawn(|| self.work())).collect();
            let done = jobs
                .into_iter()
                .map(|job| job.join().unwrap_or_else(|_| bail!("a job has failed")));
            done.collect::<Result<Vec<_>>>()
        });
        let mut cells: Vec<(usize, Cell)> = done?.into_iter().flatten().collect();
        let n_wanted = self.places.iter().filter(|place| place.is_wanted).count();
        ensure!(cells.len() == n_wanted, "stopped after {} of {n_wanted} pages", cells.len());
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
        let mut browser: Option<(&Driver, Browser)> = None;
        while let Some((number, place)) = self.next() {
            let Place {
                driver, profile, url, ..
            } = place;
            self.progress
                .begin(format!("{url} under {} in {}", profile.name, driver.name));
            if browser.as_ref().is_some_and(|(of, _)| of.name != driver.name) {
                browser = None;
            }
            let seen = runtime.block_on(async {
                let mut seeing = pin!(self.see(place, &mut browser));
                tokio::select! {
                    seen = &mut seeing => return Some(seen),
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                // A session that a remote end is about to give would stay open there, with nobody who knows of it.
                if self.n_starting.load(Ordering::Relaxed) > 0 {
                    let _ = timeout(STOP_LIMIT, seeing).await;
                }
                None
            });
            let Some(seen) = seen else {
                self.next.store(self.places.len(), Ordering::Relaxed);
                break;
            };
            let (visited, broken) = seen.unwrap_or_else(|error| {
                browser = None;
                (Visited::not_run(reason(&error)), None)
            });
            if profile.name == NO_BLOCKER {
                if let Outcomes::NotRun { reason } = &visited.result
                    && visited.observation.is_none()
                {
                    self.give_up(driver, url.given(), reason);
                }
                self.baseline
                    .note(&driver.name, url.given(), visited.observation, &visited.shot);
            }
            if place.is_wanted {
                let (findings, plain_shot) = broken.unzip();
                let cell = Cell {
                    url: url.clone(),
                    browser: driver.name.clone(),
                    profile: profile.name.clone(),
                    result: visited.result,
                    findings: findings.unwrap_or_default(),
                    shot: visited.shot,
                    shot_without_notice: visited.shot_without_notice,
                    plain_shot,
                };
                cells.push((number, cell));
            }
            self.progress.advance();
        }
        Ok(cells)
    }

    fn next(&self) -> Option<(usize, Place<'a>)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.places.get(number).map(|place| (number, *place))
    }

    /// Sees one place, and what the blocker breaks there, with what it looks like without one.
    async fn see(&self, place: Place<'a>, browser: &mut Option<(&'a Driver, Browser)>) -> Result<(Visited, Option<Broken>)> {
        let Place {
            driver, profile, url, ..
        } = place;
        let known = |what: &str| {
            let hopeless = self.hopeless.lock().unwrap_or_else(PoisonError::into_inner);
            hopeless.get(&(driver.name.as_str(), what.to_owned())).cloned()
        };
        // What fails without a blocker takes its time, and fails with one as well.
        if let Some(reason) = known(url.given()).or_else(|| known(ANY_PAGE)) {
            return Ok((Visited::not_run(reason), None));
        }
        if browser.is_none() {
            // A remote end may take minutes to say that it has none.
            self.n_starting.fetch_add(1, Ordering::Relaxed);
            let started = self.start(driver).await.inspect_err(|error| {
                self.give_up(driver, ANY_PAGE, &reason(error));
            });
            self.n_starting.fetch_sub(1, Ordering::Relaxed);
            *browser = Some((driver, started?));
        }
        let (_, browser) = browser.as_ref().context("no browser")?;
        let visited = visit::visit(browser, driver.target, profile, url, self.aim, self.limits.page).await?;
        let Some(blocked) = visited.observation.as_ref().filter(|_| profile.name != NO_BLOCKER) else {
            return Ok((visited, None));
        };
        let plain = self
            .baseline
            .of(&driver.name, url.given(), BASELINE_LIMIT + self.limits.page)
            .await;
        let Some([first, second]) = plain else {
            return Ok((
                visited.without_findings("it was not seen twice without a blocker, to compare it with"),
                None,
            ));
        };
        let findings = visit::judged(browser, [&first.observation, &second.observation], blocked).await?;
        Ok((visited, Some((findings, first.shot))))
    }

    fn give_up(&self, driver: &'a Driver, what: &str, reason: &str) {
        let mut hopeless = self.hopeless.lock().unwrap_or_else(PoisonError::into_inner);
        hopeless.insert((driver.name.as_str(), what.to_owned()), reason.to_owned());
    }

    /// Starts a browser with the extension in its variant for machines, in a fresh profile.
    async fn start(&self, driver: &Driver) -> Result<Browser> {
        let certificates = self.limits.certificates;
        let browser = match &driver.way {
            Way::Here(browser) => {
                let folder = driver.target.folder_in(&self.extension, true);
                let browser = Own::start(browser, &folder, certificates).await?;
                if let Some(rules) = &self.limits.rules {
                    browser.take_lists(rules).await?;
                }
                return Ok(Browser::Own(browser));
            }
            Way::Remote(end) => {
                let _sending = self.sending.lock().await;
                session::start_remotely(end, driver.target, &self.zips[driver.name.as_str()], certificates).await?
            }
        };
        browser.set_page_load_timeout(self.limits.page).await?;
        browser.set_script_timeout(ANSWER_LIMIT).await?;
        Ok(Browser::Driven(Box::new(browser)))
    }
}
