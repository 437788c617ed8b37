//! The browsers that are installed here: which there are, where they lie, and how to get one that is missing.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use soutien_project::extension::Target;
use soutien_project::run::on_path;

/// A browser that is known by name.
struct Known {
    name: &'static str,
    target: Target,
    /// What its program is called on PATH.
    programs: &'static [&'static str],
    /// Where the program is in a folder of applications of macOS.
    on_mac: &'static str,
    /// Where it is in a folder of programs of Windows.
    on_windows: &'static str,
    /// How it is to be had.
    source: &'static str,
}

/// Those of each family first that are made to be tested with.
const KNOWN: [Known; 6] = [
    Known {
        name: CHROMIUM,
        target: Target::Chromium,
        programs: &["chromium", "chromium-browser"],
        on_mac: "Chromium.app/Contents/MacOS/Chromium",
        on_windows: "Chromium/Application/chrome.exe",
        source: "your system's package `chromium` is one, and so is what `npx playwright install chromium` gets",
    },
    Known {
        name: "chrome",
        target: Target::Chromium,
        programs: &["google-chrome", "google-chrome-stable", "chrome"],
        on_mac: "Google Chrome.app/Contents/MacOS/Google Chrome",
        on_windows: "Google/Chrome/Application/chrome.exe",
        source: "https://www.google.com/chrome/ has it",
    },
    Known {
        name: "brave",
        target: Target::Chromium,
        programs: &["brave-browser", "brave"],
        on_mac: "Brave Browser.app/Contents/MacOS/Brave Browser",
        on_windows: "BraveSoftware/Brave-Browser/Application/brave.exe",
        source: "https://brave.com/download/ has it",
    },
    Known {
        name: "edge",
        target: Target::Chromium,
        programs: &["microsoft-edge", "microsoft-edge-stable"],
        on_mac: "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        on_windows: "Microsoft/Edge/Application/msedge.exe",
        source: "https://www.microsoft.com/edge/download has it",
    },
    Known {
        name: "vivaldi",
        target: Target::Chromium,
        programs: &["vivaldi", "vivaldi-stable"],
        on_mac: "Vivaldi.app/Contents/MacOS/Vivaldi",
        on_windows: "Vivaldi/Application/vivaldi.exe",
        source: "https://vivaldi.com/download/ has it",
    },
    Known {
        name: FIREFOX,
        target: Target::Firefox,
        programs: &["firefox-esr", "firefox"],
        on_mac: "Firefox.app/Contents/MacOS/firefox",
        on_windows: "Mozilla Firefox/firefox.exe",
        source: "your system's package `firefox` or `firefox-esr` is one, and https://www.firefox.com/ has it; Playwright's own is steered in \
                 another way",
    },
];

/// The one whose versions Playwright installs, in folders with this name and their number.
const CHROMIUM: &str = "chromium";
const FIREFOX: &str = "firefox";

/// Where the program is in such a folder, by system and Playwright's version.
const OF_PLAYWRIGHT: [&str; 8] = [
    "chrome-linux64/chrome",
    "chrome-linux-arm64/chrome",
    "chrome-linux/chrome",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    "chrome-win64/chrome.exe",
    "chrome-win/chrome.exe",
];

/// What says where programs lie.
#[derive(Clone, Copy)]
enum System {
    Linux,
    Mac,
    Windows,
}

const HERE: System = if cfg!(target_os = "macos") {
    System::Mac
} else if cfg!(windows) {
    System::Windows
} else {
    System::Linux
};

/// A browser that is wanted, and that may be missing.
#[derive(Clone, Debug)]
pub struct Installed {
    /// What it is called in the results.
    pub name: String,
    pub target: Target,
    program: Result<PathBuf, String>,
}

impl Installed {
    /// The program of the browser.
    ///
    /// # Errors
    /// When it is not there, with how to get it.
    pub fn program(&self) -> Result<&Path> {
        self.program.as_deref().map_err(|error| anyhow::anyhow!("{error}"))
    }
}

/// The browsers of these names or paths. Where none is given, the first of Chromium's family that is there, and with `firefox` that one as well.
///
/// # Errors
/// When a name is not known, or there is no program at a path.
pub fn wanted(names: &[String], firefox: bool) -> Result<Vec<Installed>> {
    let mut wanted: Vec<Installed> = Vec::new();
    if names.is_empty() {
        wanted.push(any_chromium());
    }
    for name in names.iter().map(String::as_str).chain(firefox.then_some(FIREFOX)) {
        let mut browser = named(name)?;
        if wanted.iter().any(|other| other.program == browser.program) {
            continue;
        }
        // Two programs of one name, such as those of two versions, are told apart by a number.
        let mut number = 1;
        let name = browser.name.clone();
        while wanted.iter().any(|other| other.name == browser.name) {
            number += 1;
            browser.name = format!("{name}-{number}");
        }
        wanted.push(browser);
    }
    Ok(wanted)
}

fn named(name: &str) -> Result<Installed> {
    if let Some(known) = KNOWN.iter().find(|known| known.name == name) {
        return Ok(installed(known));
    }
    let program = Path::new(name);
    ensure!(
        program.is_file(),
        "there is no browser {name:?}, expected one of {}, or the path of its program",
        KNOWN.map(|known| known.name).join(", ")
    );
    let file = program.file_stem().and_then(OsStr::to_str);
    Ok(Installed {
        name: file.context("a program has no name")?.to_owned(),
        target: family(program),
        program: Ok(program.to_owned()),
    })
}

/// The family of a program, by its name.
fn family(program: &Path) -> Target {
    let name = program.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.contains(FIREFOX) {
        Target::Firefox
    } else {
        Target::Chromium
    }
}

/// The first of Chromium's family that is there.
fn any_chromium() -> Installed {
    let mut family = KNOWN.iter().filter(|known| known.target == Target::Chromium).map(installed);
    let found = family.find(|browser| browser.program.is_ok());
    found.unwrap_or_else(|| {
        let [chromium, ..] = &KNOWN;
        Installed {
            name: chromium.name.to_owned(),
            target: chromium.target,
            program: Err(format!("there is neither Chromium nor a relative of it: {}", chromium.source)),
        }
    })
}

fn installed(known: &Known) -> Installed {
    let on_path = known.programs.iter().find_map(|program| on_path(program));
    let in_place = || places(known, HERE, &variable).into_iter().find(|file| file.is_file());
    let of_playwright = || if known.name == CHROMIUM { of_playwright() } else { None };
    let program = on_path.or_else(in_place).or_else(of_playwright);
    let missing = || {
        format!(
            "there is no {}: found none of {} on PATH, nor one elsewhere; {}",
            known.name,
            known.programs.join(", "),
            known.source
        )
    };
    Installed {
        name: known.name.to_owned(),
        target: known.target,
        program: program.ok_or_else(missing),
    }
}

/// Where a system's installers put a browser, apart from PATH. `variable` is what the environment says.
fn places(known: &Known, system: System, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let (folders, place) = match system {
        System::Linux => return Vec::new(),
        System::Mac => {
            let own = variable("HOME").map(|home| home.join("Applications"));
            (vec![Some("/Applications".into()), own], known.on_mac)
        }
        System::Windows => {
            let folders = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
            (folders.map(variable).to_vec(), known.on_windows)
        }
    };
    folders.into_iter().flatten().map(|folder| folder.join(place)).collect()
}

/// The newest Chromium that Playwright has installed for whoever runs this.
fn of_playwright() -> Option<PathBuf> {
    let entries = cache_of_playwright(HERE, &variable)?.read_dir().ok()?.flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((version(&entry.file_name())?, entry.path())))
        .collect();
    versions.sort();
    let newest_first = versions.iter().rev();
    let mut programs = newest_first.flat_map(|(_, folder)| OF_PLAYWRIGHT.map(|place| folder.join(place)));
    programs.find(|program| program.is_file())
}

/// Where Playwright puts browsers.
fn cache_of_playwright(system: System, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    // "0" has it put them beside itself, where nobody else looks.
    if let Some(folder) = variable("PLAYWRIGHT_BROWSERS_PATH").filter(|folder| folder != "0") {
        return Some(folder);
    }
    let cache = match system {
        System::Linux => variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache"))),
        System::Mac => Some(variable("HOME")?.join("Library/Caches")),
        System::Windows => variable("LOCALAPPDATA"),
    };
    Some(cache?.join("ms-playwright"))
}

/// The version in the name of a folder of Playwright's.
fn version(folder: &OsStr) -> Option<u32> {
    let number = folder.to_str()?.strip_prefix(CHROMIUM)?.strip_prefix('-')?;
    number.parse().ok()
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<PathBuf> {
        let value = match name {
            "HOME" => "/home/agathe",
            "ProgramFiles" => "C:/Program Files",
            "LOCALAPPDATA" => "C:/Users/agathe/AppData/Local",
            _ => return None,
        };
        Some(value.into())
    }

    #[track_caller]
    fn check_places(name: &str, system: System, expected: &[&str]) {
        let known = KNOWN.iter().find(|known| known.name == name).expect("it is known");
        let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(places(known, system, &environment), expected, "of {name}");
    }

    #[test]
    fn each_system_has_its_places() {
        check_places("chrome", System::Linux, &[]);
        check_places(
            "chrome",
            System::Mac,
            &[
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/home/agathe/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            ],
        );
        check_places(
            "edge",
            System::Windows,
            &[
                "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
                "C:/Users/agathe/AppData/Local/Microsoft/Edge/Application/msedge.exe",
            ],
        );
        check_places(
            "firefox",
            System::Windows,
            &[
                "C:/Program Files/Mozilla Firefox/firefox.exe",
                "C:/Users/agathe/AppData/Local/Mozilla Firefox/firefox.exe",
            ],
        );
    }

    #[test]
    fn playwright_has_its_own_places() {
        for (system, expected) in [
            (System::Linux, "/home/agathe/.cache/ms-playwright"),
            (System::Mac, "/home/agathe/Library/Caches/ms-playwright"),
            (System::Windows, "C:/Users/agathe/AppData/Local/ms-playwright"),
        ] {
            assert_eq!(cache_of_playwright(system, &environment), Some(expected.into()));
        }
        let elsewhere = |name: &str| (name == "PLAYWRIGHT_BROWSERS_PATH").then(|| PathBuf::from("/browsers"));
        assert_eq!(cache_of_playwright(System::Linux, &elsewhere), Some("/browsers".into()));
        for (folder, expected) in [
            ("chromium-1208", Some(1208)),
            ("chromium_headless_shell-1208", None),
            ("chromium", None),
            ("firefox-1572", None),
        ] {
            assert_eq!(version(OsStr::new(folder)), expected, "of {folder}");
        }
    }

    #[test]
    fn a_path_tells_the_family() {
        for (program, expected) in [
            ("/opt/firefox-nightly/firefox", Target::Firefox),
            ("/opt/firefox/firefox-bin", Target::Firefox),
            ("/opt/firefox-like/chrome", Target::Chromium),
            ("/opt/google/chrome/chrome", Target::Chromium),
            ("C:/Program Files/Mozilla Firefox/Firefox.exe", Target::Firefox),
        ] {
            assert_eq!(family(Path::new(program)), expected, "of {program}");
        }
    }

    #[test]
    fn names_that_are_not_known_are_told() {
        let error = wanted(&["opera".into()], false).expect_err("it is not known");
        assert_eq!(
            error.to_string(),
            "there is no browser \"opera\", expected one of chromium, chrome, brave, edge, vivaldi, firefox, or the path of its program"
        );
    }

    #[test]
    fn each_browser_is_wanted_once() {
        let names = |names: &[&str], firefox| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let wanted = wanted(&names, firefox).expect("all are known");
            wanted.into_iter().map(|browser| browser.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&["firefox", "vivaldi", "firefox"], true), ["firefox", "vivaldi"]);
        assert_eq!(names(&["edge"], true), ["edge", "firefox"]);
        let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let programs = [&here, &there].map(|folder| {
            let program = folder.path().join("chrome");
            std::fs::write(&program, "").expect("it can be written");
            program.display().to_string()
        });
        let [here, there] = programs.each_ref().map(String::as_str);
        assert_eq!(names(&[here, there, here], false), ["chrome", "chrome-2"]);
    }
}
