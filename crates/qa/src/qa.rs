//! `soutien-qa qa`: how pages fare under every profile of the companion extension, and why.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;
use soutien_backend::profile::{NO_BLOCKER, YOUR_LISTS};
use soutien_lists::profiles::{self, chosen};
use soutien_project::extension::Target;
use soutien_testbed::webdriver::Certificates;

use crate::address::Address;
use crate::standing::{Measure, Standing};
use crate::tour::{self, Limits, Tour};
use crate::urls::Hosts;
use crate::visit::Aim;
use crate::{html, installed, known, report, urls};

/// The exit status where a verdict is not what it should be.
const FAILED: u8 = 1;

/// The exit status where something could not be run.
pub const NOT_RUN: u8 = 2;

/// What is tried, and where the results go.
#[derive(Args, Clone, Debug)]
pub struct Qa {
    /// A file with options as keys, and `pages`; soutien-qa.toml where there is one, unless given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The pages.
    #[arg(required_unless_present_any = ["list", "sitemap"], value_name = "URL")]
    urls: Vec<String>,
    /// A file with one page a line, or - for standard input; lines that begin with # are left out.
    #[arg(long = "urls", id = "list", value_name = "FILE")]
    list: Option<PathBuf>,
    /// A sitemap of pages, or an index of sitemaps.
    #[arg(long, value_name = "URL")]
    sitemap: Option<String>,
    /// Take what a sitemap leads to on other hosts than its own as well.
    #[arg(long, requires = "sitemap")]
    any_host: bool,
    /// No more pages than the first so many.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// The profiles, with commas between them.
    #[arg(long, default_value = "all", value_delimiter = ',', value_name = "NAME,NAME")]
    profile: Vec<String>,
    /// A filter list of your own, which is played besides, as the profile your-lists; in Chromium of this machine alone.
    #[arg(long, conflicts_with_all = ["firefox", "webdriver"], value_name = "FILE")]
    rules: Option<PathBuf>,
    /// In Firefox as well.
    #[arg(long)]
    firefox: bool,
    /// The browsers, with commas between them: chromium, chrome, brave, edge, vivaldi, firefox, or the path of a program. The first of
    /// Chromium and its relatives that is installed unless given.
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME", conflicts_with = "webdriver")]
    browser: Vec<String>,
    /// Put Soutien on pages that do not have its tag.
    #[arg(long)]
    inject: bool,
    /// Ask for no verdict: the site has no Soutien, and what breaks under the blockers is all that counts. Every finding fails that is not
    /// known.
    #[arg(long, conflicts_with = "inject")]
    findings_only: bool,
    /// A file with findings that are known, one a line; any other fails.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Where all findings go as such a file.
    #[arg(long, value_name = "FILE")]
    write_known: Option<PathBuf>,
    /// A verdict fails that takes longer.
    #[arg(long, value_name = "MILLISECONDS")]
    slowest: Option<f64>,
    /// A profile or an address, in which * stands for anything, whose results are told and do not count; may be given several times.
    #[arg(long, value_name = "WHAT")]
    ignore: Vec<String>,
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
    /// The folder with the built extension in its variant for machines: extension-chromium-qa, and extension-firefox-qa for Firefox.
    #[arg(long, default_value = "dist", value_name = "FOLDER")]
    extension: PathBuf,
    /// Where a screenshot of each page under each profile goes.
    #[arg(long, value_name = "FOLDER")]
    shots: Option<PathBuf>,
}

/// Opens each page under each profile, and prints what came of it. Returns the exit status: 1 where a verdict is not what it should be, 2
/// where something could not be run.
///
/// # Errors
/// When a profile is not known, there is no page, or something is missing that is needed.
pub fn qa(options: &Qa) -> Result<ExitCode> {
    let profiles = profiles::read_in(&extension(&options.extension)?)?;
    let mut chosen = chosen(&profiles, &options.profile)?;
    let rules = options
        .rules
        .as_ref()
        .map(|file| fs::read_to_string(file).with_context(|| format!("cannot read the list {}", file.display())));
    let rules = rules.transpose()?;
    if let Some(yours) = profiles.find(YOUR_LISTS).filter(|_| rules.is_some())
        && chosen.iter().all(|profile| profile.name != YOUR_LISTS)
    {
        chosen.push(yours);
    }
    let plain = profiles
        .find(NO_BLOCKER)
        .context("the extension has no profile without a blocker")?;
    // Findings fail where somebody has said which do not.
    let known = match &options.known {
        Some(file) => Some(known::read(file)?),
        None => options.findings_only.then(BTreeSet::new),
    };
    let measure = Measure {
        known,
        slowest: options.slowest,
        ignored: options.ignore.clone(),
    };
    let mut urls = options.urls.clone();
    if let Some(file) = &options.list {
        urls.extend(urls::listed(file)?);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(sitemap) = &options.sitemap {
        let hosts = if options.any_host { Hosts::Any } else { Hosts::Own };
        urls.extend(runtime.block_on(urls::mapped(sitemap, options.limit.unwrap_or(usize::MAX), hosts))?);
    }
    urls.truncate(options.limit.unwrap_or(usize::MAX));
    ensure!(!urls.is_empty(), "there is no page to open: the list or the sitemap is empty");
    let urls: Vec<Address> = urls.iter().map(|url| Address::new(url)).collect();
    let drivers = if options.webdriver.is_empty() {
        tour::local_drivers(installed::wanted(&options.browser, options.firefox)?)
    } else {
        runtime.block_on(tour::remote_drivers(&options.webdriver, options.firefox))?
    };
    let limits = Limits {
        jobs: options.jobs,
        page: Duration::from_secs(options.timeout),
        certificates: if options.insecure {
            Certificates::Any
        } else {
            Certificates::Vouched
        },
        rules,
    };
    let aim = match (options.inject, options.findings_only) {
        (true, _) => Aim::Inject,
        (_, true) => Aim::Findings,
        _ => Aim::Verdict,
    };
    let tour = Tour::new(&drivers, &chosen, plain, &urls, &options.extension, aim, limits)?;
    let cells = tour.run()?;
    report::print(&cells, options.explain);
    report::print_standing(&cells, &measure);
    // What took minutes to find out is not lost for one result that cannot be written.
    let results = [
        options
            .json
            .as_ref()
            .map(|path| write(path, &format!("{:#}\n", json!(cells)))),
        options
            .junit
            .as_ref()
            .map(|path| write(path, &report::junit(&cells, &measure))),
        options.html.as_ref().map(|path| write(path, &html::page(&cells, &profiles)?)),
        options.write_known.as_ref().map(|path| write(path, &known::written(&cells))),
        options.shots.as_ref().map(|folder| report::write_shots(folder, &cells)),
    ];
    let mut is_unwritten = false;
    for error in results.into_iter().flatten().filter_map(Result::err) {
        eprintln!("error: {error:#}");
        is_unwritten = true;
    }
    let has = |wanted: fn(&Standing) -> bool| cells.iter().any(|cell| wanted(&measure.standing(cell)));
    Ok(if has(|standing| matches!(standing, Standing::Failed(_))) {
        FAILED.into()
    } else if is_unwritten || has(|standing| matches!(standing, Standing::NotRun(_))) {
        NOT_RUN.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// Any of the built extensions in a folder.
fn extension(folder: &Path) -> Result<PathBuf> {
    let built = Target::ALL.map(|target| target.folder_in(folder, true));
    built.into_iter().find(|folder| folder.is_dir()).with_context(|| {
        format!(
            "there is no extension-chromium-qa in {}: `cargo xtask extension --qa` builds it, and --extension names another folder",
            folder.display()
        )
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("written: {}", path.display());
    Ok(())
}
