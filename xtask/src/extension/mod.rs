//! `cargo xtask extension`: from `extension/` and filter lists to folders and zip files that browsers load.

pub mod lists;
pub mod session;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use adblock::resources::resource_assembler::assemble_web_accessible_resources;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use soutien_backend::built::{Built, Rules};
use soutien_backend::dnr::format::{Action, DnrRule};
use soutien_backend::dnr::{self, Left};
use soutien_backend::filter::{Decision, Filter};
use soutien_backend::list::{self, List};
use soutien_backend::profile::{Hiding, Profile, Profiles};
use soutien_backend::rule::sample::Sample;
use soutien_backend::rulesets::SITE;

use crate::files::{collect, copy, copy_folder, hexadecimal, pack};
use crate::setup::{self, Need};
use crate::toolchain::{self, Choice, Toolchain};
use crate::{build, profiles, root, run};

/// The id that Chromium derives from the `key` of the manifest.
pub const CHROMIUM_ID: &str = "iclnnmeemfffeemdefcfefoclghjhepk";

/// The id of the manifest for Firefox.
pub const FIREFOX_ID: &str = "qa@soutien.example";

/// The host that Firefox gives the extension's pages where a preference says so.
pub const FIREFOX_HOST: &str = "5f0e3c52-8a47-4d0b-9c1e-7b6a2d94e310";

/// A file of rules that is longer is not read by those who check extensions, in bytes.
const LONGEST_RULES: usize = 4_000_000;

/// How many reasons are printed for the rules that were left out.
const N_REASONS: usize = 4;

/// How the files of filters and rules are laid out: a change here makes them anew.
const FORMAT: &str = "2";

/// Where the variant for machines has the files of dist/site/ on every site.
pub const INJECTED: &str = "/soutien-qa/";

/// Files of `extension/` that go along as they are.
const FILES: [&str; 8] = [
    "brave.js",
    "content.js",
    "popup-results.css",
    "popup-view.js",
    "popup.css",
    "popup.html",
    "popup.js",
    "profiles.json",
];

/// A browser that the extension is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Chromium, and what is made of it.
    Chromium,
    /// Firefox.
    Firefox,
}

impl Target {
    /// Both.
    pub const ALL: [Target; 2] = [Target::Chromium, Target::Firefox];

    /// Its name, as in `dist/extension-chromium`.
    pub fn name(self) -> &'static str {
        match self {
            Target::Chromium => "chromium",
            Target::Firefox => "firefox",
        }
    }

    /// The folder of the built extension; `qa` is the variant that acts on every site.
    pub fn folder(self, qa: bool) -> PathBuf {
        let suffix = if qa { "-qa" } else { "" };
        root().join("dist").join(format!("extension-{}{suffix}", self.name()))
    }
}

/// Builds the extension for both browsers, prints what became of the lists, and packs zip files. `given` are `NAME=FILE` or
/// `NAME=ADDRESS`, each in place of a list of `profiles.json`; with `qa`, blockers act on every site.
///
/// # Errors
/// When something is missing that is needed, or a source file is not what it should be.
pub fn extension(given: &[String], qa: bool, choice: Choice) -> Result<()> {
    let profiles = profiles::read()?;
    let given = replacements(given, &profiles)?;
    let toolchain = toolchain::ensure(choice)?;
    // Two commands at a time would build into the same folders.
    fs::create_dir_all(root().join("target/extension"))?;
    let lock = File::create(root().join("target/extension/lock"))?;
    lock.lock().context("cannot lock target/extension/lock")?;
    if qa && !root().join("dist/site/manifest.json").is_file() {
        build::build(choice).context("the variant for machines brings dist/site/ along")?;
    }
    let parts = Parts {
        wasm: build_backend(toolchain)?,
        texts: texts(&profiles, &given)?,
        profiles,
        toolchain,
    };
    for target in Target::ALL {
        let workshop = make(target, &parts)?;
        let folder = assemble(target, qa, &parts, &workshop)?;
        let shown = |path: &Path| path.strip_prefix(root()).unwrap_or(path).display().to_string();
        println!("{}", shown(&folder));
        // The variant for machines is loaded from its folder, and is not to be handed on.
        if !qa {
            let zip = folder.with_extension("zip");
            pack(&folder, &zip)?;
            println!("{} ({:.1} MB)", shown(&zip), fs::metadata(&zip)?.len() as f64 / 1e6);
        }
    }
    Ok(())
}

/// What the extension is made of, for either browser.
struct Parts {
    profiles: Profiles,
    /// The text of every list that a profile has, by name.
    texts: BTreeMap<String, String>,
    /// The backend's module.
    wasm: PathBuf,
    toolchain: &'static Toolchain,
}

/// `NAME=PLACE` by name.
fn replacements(given: &[String], profiles: &Profiles) -> Result<BTreeMap<String, String>> {
    let mut replacements = BTreeMap::new();
    for text in given {
        let (name, place) = text
            .split_once('=')
            .with_context(|| format!("found --list {text}, expected NAME=FILE or NAME=ADDRESS"))?;
        ensure!(
            profiles.lists.contains_key(name),
            "there is no list {name}, expected one of {}",
            profiles.lists.keys().cloned().collect::<Vec<_>>().join(", ")
        );
        replacements.insert(name.to_owned(), place.to_owned());
    }
    Ok(replacements)
}

/// Compiles the backend into target/extension/pkg, and gives the module.
fn build_backend(toolchain: &Toolchain) -> Result<PathBuf> {
    let output = root().join("target/extension/pkg");
    let mut pack = toolchain.command("wasm-pack");
    pack.args([
        "build",
        "extension/backend",
        "--target",
        "web",
        "--mode",
        "no-install",
        "--no-opt",
        "--release",
    ]);
    // wasm-pack takes this as below the crate.
    pack.args([
        "--out-dir",
        "../../target/extension/pkg",
        "--out-name",
        "backend",
        "--",
        "--locked",
    ]);
    toolchain::set_flags(&mut pack, &[]);
    run::quietly("wasm-pack build extension/backend", &mut pack, None)?;
    Ok(output.join("backend_bg.wasm"))
}

/// The text of every list that a profile has, by name.
fn texts(profiles: &Profiles, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    profiles
        .lists
        .iter()
        .map(|(name, source)| Ok((name.clone(), lists::text(name, source, given)?)))
        .collect()
}

/// Makes the filters and rules of every profile, in target/extension/TARGET, unless they are there; gives that folder.
fn make(target: Target, parts: &Parts) -> Result<PathBuf> {
    let Parts {
        profiles,
        texts,
        wasm,
        toolchain,
    } = parts;
    let workshop = root().join("target/extension").join(target.name());
    let stamp = stamp(target, parts)?;
    if fs::read_to_string(workshop.join("stamp")).is_ok_and(|old| old == stamp) {
        return Ok(workshop);
    }
    if workshop.exists() {
        fs::remove_dir_all(&workshop)?;
    }
    for folder in ["filters", "rules"] {
        fs::create_dir_all(workshop.join(folder))?;
    }
    let surrogates = surrogates()?;
    let script = root().join("target/extension/make-filter.mjs");
    let source = root().join("xtask/src/extension/make-filter.js");
    bundle(toolchain, &source, &script, &["--format=esm", "--platform=node"])?;
    let mut rules = BTreeMap::new();
    let mut report = Vec::new();
    for profile in profiles.profiles.iter().filter(|profile| !profile.lists.is_empty()) {
        let (filter_name, rules_name) = (profile.filter(profiles), profile.rules(profiles));
        if profile.name != filter_name && profile.name != rules_name {
            continue;
        }
        eprintln!("{}: lists of {}", target.name(), profile.name);
        let lists = read(target, profile, profiles, texts);
        if profile.name == filter_name {
            let input = json!({ "lists": lists, "sheet": profile.hiding == Hiding::Sheet });
            let output = workshop.join(format!("filters/{filter_name}.bin"));
            run::with_input(
                toolchain.command("node").arg(&script).arg(wasm).arg(output),
                &input.to_string(),
            )?;
        }
        if profile.name == rules_name {
            let filter = LazyCell::new(|| Filter::new(&lists, false));
            let blocks = |sample: &Sample| {
                matches!(
                    filter.decide(&sample.address, &sample.from, sample.kind),
                    Decision::Blocked(_)
                )
            };
            let none = HashMap::new();
            let files = if profile.redirects { &surrogates } else { &none };
            let compiled = dnr::compile(&lists, profile.requests, files, &blocks);
            let made = Rules {
                rulesets: write_rules(&workshop, rules_name, &compiled.rules)?,
                carried: compiled.n_carried,
                left: compiled.left.len(),
            };
            rules.insert(rules_name, made);
            report.push((rules_name, compiled.rules.len(), compiled.n_carried, compiled.left));
        }
    }
    print_report(target, &report);
    let left: BTreeMap<&str, &Vec<Left>> = report.iter().map(|(name, _, _, left)| (*name, left)).collect();
    fs::write(workshop.join("left.json"), serde_json::to_vec_pretty(&left)?)?;
    fs::write(workshop.join("rules.json"), serde_json::to_vec(&rules)?)?;
    fs::write(workshop.join("stamp"), stamp)?;
    Ok(workshop)
}

/// The lists of a profile, as its blocker reads them in this browser and takes them together.
///
/// # Errors
/// When the text of a list cannot be had.
pub fn lists_of(target: Target, profile: &Profile, profiles: &Profiles) -> Result<Vec<List>> {
    let mut texts = BTreeMap::new();
    for name in &profile.lists {
        texts.insert(name.clone(), lists::text(name, &profiles.lists[name], &BTreeMap::new())?);
    }
    Ok(read(target, profile, profiles, &texts))
}

fn read(target: Target, profile: &Profile, profiles: &Profiles, texts: &BTreeMap<String, String>) -> Vec<List> {
    let mut tokens = profile.tokens.clone();
    tokens.push(format!("env_{}", target.name()));
    let lists = profile.lists.iter().map(|name| {
        let source = &profiles.lists[name];
        list::read(&source.title, &texts[name], source.dialect, &tokens)
    });
    let mut lists: Vec<List> = lists.collect();
    list::unite(&mut lists);
    lists
}

/// What filters and rules depend on, as a hash.
fn stamp(target: Target, parts: &Parts) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(FORMAT);
    hash.update(target.name());
    hash.update(serde_json::to_vec(&parts.profiles)?);
    for (name, text) in &parts.texts {
        hash.update(name);
        hash.update(text);
    }
    // The backend as it is here makes the rules, and as it is there the filters.
    hash.update(fs::read(&parts.wasm)?);
    Ok(hexadecimal(&hash.finalize()))
}

/// Writes rules into files that are not too long, and gives the names of the rule sets.
fn write_rules(workshop: &Path, name: &str, rules: &[DnrRule]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut part: Vec<String> = Vec::new();
    let mut length = 0;
    let mut finish = |part: &mut Vec<String>| {
        if !part.is_empty() {
            let id = format!("{name}-{}", names.len() + 1);
            fs::write(
                workshop.join(format!("rules/{id}.json")),
                format!("[\n{}\n]\n", part.join(",\n")),
            )?;
            names.push(id);
            part.clear();
        }
        Ok::<_, anyhow::Error>(())
    };
    for rule in rules {
        let text = serde_json::to_string(rule)?;
        if length + text.len() > LONGEST_RULES {
            finish(&mut part)?;
            length = 0;
        }
        length += text.len() + 2;
        part.push(text);
    }
    finish(&mut part)?;
    Ok(names)
}

fn print_report(target: Target, report: &[(&str, usize, usize, Vec<Left>)]) {
    println!(
        "\n{:<26}{:>10}{:>10}{:>8}   most frequent reasons ({})",
        "lists of",
        "rules",
        "carried",
        "left",
        target.name()
    );
    for (name, n_rules, n_carried, left) in report {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for left in left {
            *reasons.entry(left.why.split(':').next().unwrap_or_default()).or_default() += 1;
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.1));
        let mut words = String::new();
        for (why, count) in reasons.iter().take(N_REASONS) {
            let _ = write!(words, "{count} {why}; ");
        }
        println!("{name:<26}{n_rules:>10}{n_carried:>10}{:>8}   {words}", left.len());
    }
}

/// Which file of the extension each name of a surrogate in a list stands for: those of uBlock Origin, and our own.
pub fn surrogates() -> Result<HashMap<String, String>> {
    let blocker = setup::require(Need::UblockOrigin)?;
    let resources = assemble_web_accessible_resources(
        &blocker.join("web_accessible_resources"),
        &blocker.join("js/redirect-resources.js"),
    );
    let mut files = HashMap::new();
    for resource in resources {
        let path = format!("/surrogates/ublock-origin/{}", resource.name);
        for name in resource.aliases.iter().chain([&resource.name]) {
            files.insert(name.clone(), path.clone());
            // As Adblock Plus calls them, and the reader of rules leaves out.
            if let Some(name) = name.strip_prefix("abp-resource:") {
                files.insert(name.to_owned(), path.clone());
            }
        }
    }
    ensure!(
        !files.is_empty(),
        "the installed uBlock Origin has no surrogates, and some were expected"
    );
    for entry in fs::read_dir(root().join("extension/surrogates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        files.insert(name.clone(), format!("/surrogates/{name}"));
    }
    Ok(files)
}

/// Lays the extension's folder out, unless it is there as it should be, and gives it. A browser may have it loaded.
fn assemble(target: Target, qa: bool, parts: &Parts, workshop: &Path) -> Result<PathBuf> {
    let folder = target.folder(qa);
    let mut sources = Vec::new();
    collect(&root().join("extension"), &mut sources)?;
    sources.sort();
    let mut hash = Sha256::new();
    hash.update(fs::read(workshop.join("stamp"))?);
    for source in sources {
        hash.update(source.to_string_lossy().as_bytes());
        hash.update(fs::read(source)?);
    }
    if qa {
        hash.update(fs::read(root().join("dist/site/manifest.json"))?);
    }
    let stamp = hexadecimal(&hash.finalize());
    let stamp_file = workshop.join(if qa { "assembled-qa" } else { "assembled" });
    if folder.is_dir() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(folder);
    }
    // A build that is interrupted is none.
    if stamp_file.exists() {
        fs::remove_file(&stamp_file)?;
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let (wasm, toolchain) = (&parts.wasm, parts.toolchain);
    let source = root().join("extension");
    for file in FILES {
        copy(&source.join(file), &folder.join(file))?;
    }
    for part in ["_locales", "icons"] {
        copy_folder(&source.join(part), &folder.join(part))?;
    }
    for part in ["filters", "rules"] {
        copy_folder(&workshop.join(part), &folder.join(part))?;
    }
    copy(wasm, &folder.join("backend.wasm"))?;
    copy(&wasm.with_file_name("backend.d.ts"), &folder.join("backend.d.ts"))?;
    copy_surrogates(workshop, &folder)?;
    bundle(
        toolchain,
        &source.join("worker.js"),
        &folder.join("worker.js"),
        &["--format=iife", "--charset=utf8"],
    )?;
    let built = Built {
        browser: target.name().to_owned(),
        everywhere: qa,
        rules: serde_json::from_slice(&fs::read(workshop.join("rules.json"))?)?,
    };
    fs::write(folder.join("build.json"), serde_json::to_vec(&built)?)?;
    if qa {
        copy(&source.join("qa.js"), &folder.join("qa.js"))?;
        copy_folder(&root().join("dist/site"), &folder.join("site"))?;
        let mut files = Vec::new();
        collect(&folder.join("site"), &mut files)?;
        fs::write(
            folder.join(format!("rules/{SITE}.json")),
            serde_json::to_vec_pretty(&site_rules(&folder, &files)?)?,
        )?;
    }
    fs::write(
        folder.join("manifest.json"),
        format!("{:#}\n", manifest(target, qa, &built.rules)?),
    )?;
    fs::write(folder.join("LICENCES.txt"), licences(&parts.profiles)?)?;
    fs::write(stamp_file, stamp)?;
    Ok(folder)
}

/// Copies the surrogates that rules lead to.
fn copy_surrogates(workshop: &Path, folder: &Path) -> Result<()> {
    let blocker = setup::require(Need::UblockOrigin)?.join("web_accessible_resources");
    for entry in fs::read_dir(workshop.join("rules"))? {
        let rules: Vec<DnrRule> = serde_json::from_slice(&fs::read(entry?.path())?)?;
        for rule in rules {
            let Action::Redirect { redirect } = rule.action else {
                continue;
            };
            let path = redirect.extension_path.trim_start_matches('/');
            let source = match path.strip_prefix("surrogates/ublock-origin/") {
                Some(name) => blocker.join(name),
                None => root().join("extension").join(path),
            };
            if !folder.join(path).exists() {
                copy(&source, &folder.join(path))?;
            }
        }
    }
    Ok(())
}

/// The manifest as this browser and variant have it.
fn manifest(target: Target, qa: bool, rules: &BTreeMap<String, Rules>) -> Result<Value> {
    let path = root().join("extension/manifest.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut manifest: Value = serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
    manifest["version"] = env!("CARGO_PKG_VERSION").into();
    let foreign: &[&str] = match target {
        Target::Chromium => &["browser_specific_settings"],
        Target::Firefox => &["key", "minimum_chrome_version"],
    };
    let top = manifest.as_object_mut().context("the manifest is no object")?;
    for key in foreign {
        top.shift_remove(*key);
    }
    let background = manifest["background"]
        .as_object_mut()
        .context("the manifest has no background")?;
    match target {
        Target::Chromium => background.shift_remove("scripts"),
        Target::Firefox => background.shift_remove("service_worker"),
    };
    if target == Target::Firefox
        && let Some(resources) = manifest["web_accessible_resources"][0].as_object_mut()
    {
        // Firefox gives each installation an address of its own anyway.
        resources.shift_remove("use_dynamic_url");
    }
    if qa {
        manifest["host_permissions"] = json!(["<all_urls>"]);
        manifest["content_scripts"][0]["matches"] = json!(["<all_urls>"]);
        manifest["content_scripts"][0]["js"] = json!(["content.js", "qa.js"]);
        let resources = manifest["web_accessible_resources"].as_array_mut();
        let resources = resources.context("the manifest has no web_accessible_resources")?;
        resources.push(json!({ "resources": ["site/*"], "matches": ["*://*/*"] }));
        manifest
            .as_object_mut()
            .context("the manifest is no object")?
            .shift_remove("optional_host_permissions");
    }
    let rulesets = rules.values().flat_map(|rules| &rules.rulesets);
    let resources = rulesets.map(|id| json!({ "id": id, "enabled": false, "path": format!("rules/{id}.json") }));
    let site = qa.then(|| json!({ "id": SITE, "enabled": true, "path": format!("rules/{SITE}.json") }));
    manifest["declarative_net_request"]["rule_resources"] = resources.chain(site).collect();
    Ok(manifest)
}

/// The rules by which every site has the files of dist/site/ in the folder [`INJECTED`]. They are weaker than those of lists, so that
/// what a list blocks is blocked there as well.
fn site_rules(folder: &Path, files: &[PathBuf]) -> Result<Vec<Value>> {
    let rule = |(id, file): (usize, &PathBuf)| {
        let path = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        let name = path.strip_prefix("site/").unwrap_or(&path);
        Ok(json!({
            "id": id + 1,
            "priority": 1,
            "action": { "type": "redirect", "redirect": { "extensionPath": format!("/{path}") } },
            "condition": {
                "urlFilter": format!("{INJECTED}{name}"),
                "resourceTypes": ["script", "image", "xmlhttprequest", "stylesheet", "other"],
            },
        }))
    };
    files.iter().enumerate().map(rule).collect()
}

/// Bundles a script with the glue of the backend. For the background, one classic script is what both browsers take.
fn bundle(toolchain: &Toolchain, script: &Path, output: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = toolchain.command("esbuild");
    command.arg(script).args(arguments);
    command.args(["--bundle", "--target=es2022", "--log-level=warning"]);
    // The glue would ask it for the module's address, which the scripts give.
    command.arg("--log-override:empty-import-meta=silent");
    command.arg(format!(
        "--alias:soutien-backend={}",
        root().join("target/extension/pkg/backend.js").display()
    ));
    command.arg(format!(
        "--alias:soutien-scriptlets={}",
        root().join("extension/scriptlets.js").display()
    ));
    command.arg(format!("--outfile={}", output.display()));
    run::quietly("esbuild", &mut command, None)?;
    Ok(())
}

/// Whose lists and surrogates go along, and under which licences.
fn licences(profiles: &Profiles) -> Result<String> {
    let mut text = String::from("The extension: MIT or Apache-2.0.\n\nFilter lists, each under its own licence:\n");
    for source in profiles.lists.values() {
        let _ = writeln!(text, "- {}: {}", source.title, source.licence);
    }
    text += "\nsurrogates/ublock-origin/: uBlock Origin, GPL-3.0, unchanged.\n";
    for (title, path) in [
        ("uBlock Origin", Path::new("/usr/share/common-licenses/GPL-3").to_owned()),
        ("AdGuard", setup::require(Need::AdguardLists)?.join("LICENSE")),
    ] {
        if let Ok(licence) = fs::read_to_string(path) {
            let _ = write!(text, "\n\n===== {title} =====\n\n{licence}");
        }
    }
    Ok(text)
}

/// Packs the variant for machines, for browsers on another machine, and gives the zip file's bytes.
///
/// # Errors
/// When the extension has not been built, or there is no room for the file.
pub fn packed(target: Target) -> Result<Vec<u8>> {
    let zip = root().join(format!("target/extension/{}-qa.zip", target.name()));
    pack(&target.folder(true), &zip)?;
    fs::read(&zip).with_context(|| format!("cannot read {}", zip.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;

    use super::*;

    fn read_json(path: &str) -> Value {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    #[test]
    fn the_documentation_lists_the_profiles_that_there_are() {
        let text = fs::read_to_string(root().join("docs/extension.md")).expect("docs/extension.md is there");
        let documented: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name))
            .collect();
        let profiles = profiles::read().expect("extension/profiles.json is valid");
        let names: Vec<&str> = profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(documented, names);
    }

    #[test]
    fn every_profile_has_its_own_name_and_says_what_it_does_in_both_languages() {
        let profiles = profiles::read().expect("extension/profiles.json is valid").profiles;
        let names: BTreeSet<_> = profiles.iter().map(|profile| &profile.name).collect();
        assert_eq!(names.len(), profiles.len());
        for profile in &profiles {
            for text in [&profile.plays.en, &profile.plays.fr, &profile.about.en, &profile.about.fr] {
                assert!(!text.trim().is_empty(), "{}", profile.name);
            }
        }
    }

    #[test]
    fn both_languages_of_the_popup_have_the_same_messages() {
        let keys = |language: &str| -> Vec<String> {
            let messages = read_json(&format!("extension/_locales/{language}/messages.json"));
            let mut keys: Vec<_> = messages
                .as_object()
                .expect("messages are an object")
                .keys()
                .cloned()
                .collect();
            keys.sort();
            keys
        };
        assert_eq!(keys("en"), keys("fr"));
    }

    #[test]
    fn the_published_variant_has_access_to_this_machine_alone() {
        for target in Target::ALL {
            let published = manifest(target, false, &BTreeMap::new()).expect("the manifest is valid");
            assert!(!published.to_string().contains("<all_urls>"), "{published:#}");
            let hosts = published["host_permissions"].as_array().expect("there are host permissions");
            for host in hosts.iter().filter_map(Value::as_str) {
                assert!(host.contains("localhost") || host.contains("127.0.0.1"), "{host}");
            }
            let policy = published["content_security_policy"]["extension_pages"]
                .as_str()
                .unwrap_or_default();
            assert_eq!(policy, "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'");
            let qa = manifest(target, true, &BTreeMap::new()).expect("the manifest is valid");
            assert_eq!(qa["host_permissions"], json!(["<all_urls>"]));
        }
    }

    #[test]
    fn the_id_is_that_of_the_key() {
        let manifest = read_json("extension/manifest.json");
        let key = BASE64
            .decode(manifest["key"].as_str().expect("there is a key"))
            .expect("the key is base64");
        // Chromium writes the first 16 bytes of the hash with the letters from a on as digits.
        let id: String = Sha256::digest(key)[..16]
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|digit| char::from(b'a' + digit))
            .collect();
        assert_eq!(id, CHROMIUM_ID);
        assert_eq!(manifest["browser_specific_settings"]["gecko"]["id"], FIREFOX_ID);
    }

    #[test]
    fn lists_are_replaced_by_name() {
        let profiles = profiles::read().expect("extension/profiles.json is valid");
        let given = replacements(&["warning-removal=a=b.txt".to_owned()], &profiles).expect("the list is there");
        assert_eq!(given["warning-removal"], "a=b.txt");
        for (text, reason) in [("easylist", "expected NAME=FILE"), ("no-such=a.txt", "expected one of")] {
            let error = replacements(&[text.to_owned()], &profiles)
                .expect_err("it is no such list")
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
