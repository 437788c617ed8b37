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
use crate::chromium::{ANSWER_LIMIT, Chromium};
use crate::faults::reason;
use crate::findings::Finding;
use crate::outcome::{Cell, Outcomes};
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
    target: Target,
    /// The address of a remote end; a driver of this machine where there is none.
    end: Option<String>,
    /// Whether it starts one browser at a time alone, as geckodriver does.
    is_single: bool,
}

/// The drivers of this machine, which start Chromium, and Firefox where that is wanted.
pub fn local_drivers(wants_firefox: bool) -> Vec<Driver> {
    let targets = Target::ALL.into_iter().take(if wants_firefox { 2 } else { 1 });
    let driver = |target| Driver {
        target,
        end: None,
        is_single: false,
    };
    targets.map(driver).collect()
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
                    target,
                    end: Some(end.clone()),
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
    target: Target,
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
    zips: HashMap<&'static str, Vec<u8>>,
    /// Why a page cannot be opened, by browser and address, where that is not a blocker's doing; and why a browser cannot be started.
    hopeless: Mutex<HashMap<(&'static str, String), String>>,
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
        for Driver { target, end, .. } in drivers {
            let mut add = |profile, is_wanted| {
                places.extend(urls.iter().map(|url| Place {
                    target: *target,
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
            let folder = target.folder_in(&extension, true);
            ensure!(
                folder.is_dir(),
                "{} is not there: `cargo xtask extension --qa` builds it",
                folder.display()
            );
            if end.is_some() {
                zips.insert(target.name(), packed(&folder)?);
            }
        }
        Ok(Self {
            progress: Progress::new(places.len() as u64, "pages under a profile"),
            next: AtomicUsize::new(0),
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
        let mut browser: Option<(Target, Browser)> = None;
        while let Some((number, place)) = self.next() {
            let Place {
                target, profile, url, ..
            } = place;
            self.progress
                .begin(format!("{url} under {} in {}", profile.name, target.name()));
            if browser.as_ref().is_some_and(|(of, _)| *of != target) {
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
                    self.give_up(target, url.given(), reason);
                }
                self.baseline
                    .note(target.name(), url.given(), visited.observation, &visited.shot);
            }
            if place.is_wanted {
                let (findings, plain_shot) = broken.unzip();
                let cell = Cell {
                    url: url.clone(),
                    browser: target.name(),
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
    async fn see(&self, place: Place<'_>, browser: &mut Option<(Target, Browser)>) -> Result<(Visited, Option<Broken>)> {
        let Place {
            target, profile, url, ..
        } = place;
        let known = |what: &str| {
            let hopeless = self.hopeless.lock().unwrap_or_else(PoisonError::into_inner);
            hopeless.get(&(target.name(), what.to_owned())).cloned()
        };
        // What fails without a blocker takes its time, and fails with one as well.
        if let Some(reason) = known(url.given()).or_else(|| known(ANY_PAGE)) {
            return Ok((Visited::not_run(reason), None));
        }
        if browser.is_none() {
            // A remote end may take minutes to say that it has none.
            self.n_starting.fetch_add(1, Ordering::Relaxed);
            let started = self.start(target).await.inspect_err(|error| {
                self.give_up(target, ANY_PAGE, &reason(error));
            });
            self.n_starting.fetch_sub(1, Ordering::Relaxed);
            *browser = Some((target, started?));
        }
        let (_, browser) = browser.as_ref().context("no browser")?;
        let visited = visit::visit(browser, target, profile, url, self.aim, self.limits.page).await?;
        let Some(blocked) = visited.observation.as_ref().filter(|_| profile.name != NO_BLOCKER) else {
            return Ok((visited, None));
        };
        let plain = self
            .baseline
            .of(target.name(), url.given(), BASELINE_LIMIT + self.limits.page)
            .await;
        let Some([first, second]) = plain else {
            return Ok((visited, None));
        };
        let findings = visit::judged(browser, [&first.observation, &second.observation], blocked).await?;
        Ok((visited, Some((findings, first.shot))))
    }

    fn give_up(&self, target: Target, what: &str, reason: &str) {
        let mut hopeless = self.hopeless.lock().unwrap_or_else(PoisonError::into_inner);
        hopeless.insert((target.name(), what.to_owned()), reason.to_owned());
    }

    /// Starts a browser with the extension in its variant for machines, in a fresh profile.
    async fn start(&self, target: Target) -> Result<Browser> {
        let certificates = self.limits.certificates;
        let end = self
            .drivers
            .iter()
            .find(|driver| driver.target == target)
            .and_then(|driver| driver.end.as_ref());
        let folder = target.folder_in(&self.extension, true);
        let browser = match (end, target) {
            (Some(end), _) => session::start_remotely(end, target, &self.zips[target.name()], certificates).await?,
            (None, Target::Chromium) => {
                let browser = Chromium::start(&folder, certificates).await?;
                if let Some(rules) = &self.limits.rules {
                    browser.take_lists(rules).await?;
                }
                return Ok(Browser::Piped(browser));
            }
            (None, Target::Firefox) => session::start(target, &folder, None, certificates).await?,
        };
        browser.set_page_load_timeout(self.limits.page).await?;
        browser.set_script_timeout(ANSWER_LIMIT).await?;
        Ok(Browser::Driven(Box::new(browser)))
    }
}
