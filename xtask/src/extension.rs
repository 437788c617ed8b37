//! `cargo xtask extension`: from `extension/` and filter lists to folders and zip files that browsers load.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use soutien_figures::budgets;
use soutien_project::extension::{INJECTED, SITE, Target};
use soutien_project::files::{collect, copy, copy_folder, hexadecimal, pack};
use soutien_project::{root, run};

use crate::owner::Owner;
use crate::toolchain::{self, Choice, Toolchain};
use crate::{build, door};

/// What looks for findings on pages, and the part of it that the variant for machines has on every page.
const FINDINGS: &str = "npm/soutien-qa/findings";
const OBSERVER: &str = "observe.js";

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

/// Builds the extension for both browsers, prints what became of the lists, and packs zip files. `given` are `NAME=FILE` or
/// `NAME=ADDRESS`, each in place of a list of `profiles.json`; with `qa`, blockers act on every site.
///
/// # Errors
/// When something is missing that is needed, or a source file is not what it should be.
pub fn extension(given: &[String], qa: bool, choice: Choice) -> Result<()> {
    let toolchain = toolchain::ensure(choice)?;
    // Two commands at a time would build into the same folders.
    fs::create_dir_all(root().join("target/extension"))?;
    let lock = File::create(root().join("target/extension/lock"))?;
    lock.lock().context("cannot lock target/extension/lock")?;
    if qa && !root().join("dist/site/manifest.json").is_file() {
        build::build(choice).context("the variant for machines brings dist/site/ along")?;
    }
    let wasm = build_backend(toolchain)?;
    compile_lists(&wasm, given)?;
    for target in Target::ALL {
        let folder = assemble(target, qa, &wasm, toolchain)?;
        let shown = |path: &Path| path.strip_prefix(root()).unwrap_or(path).display().to_string();
        println!("{}", shown(&folder));
        // The variant for machines is loaded from its folder, and is not to be handed on.
        if !qa {
            let zip = folder.with_extension("zip");
            pack(&folder, &zip)?;
            let size = fs::metadata(&zip)?.len();
            println!("{} ({:.1} MB)", shown(&zip), size as f64 / 1e6);
            ensure!(
                size <= budgets::EXTENSION,
                "{} has {size} bytes, and {} are allowed",
                shown(&zip),
                budgets::EXTENSION
            );
        }
    }
    Ok(())
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

/// Has rules made of the lists, in the [`workshop`] of each browser.
fn compile_lists(wasm: &Path, given: &[String]) -> Result<()> {
    let mut arguments: Vec<OsString> = vec!["compile".into(), "--wasm".into(), wasm.into()];
    for list in given {
        arguments.extend(["--list".into(), list.into()]);
    }
    door::step("soutien-lists", arguments)
}

/// The folder with what lists become for a browser.
fn workshop(target: Target) -> PathBuf {
    root().join("target/extension").join(target.name())
}

/// Lays the extension's folder out, unless it is there as it should be, and gives it. A browser may have it loaded.
fn assemble(target: Target, qa: bool, wasm: &Path, toolchain: &Toolchain) -> Result<PathBuf> {
    let workshop = workshop(target);
    let folder = target.folder(qa);
    let mut sources = Vec::new();
    for part in ["extension", FINDINGS] {
        collect(&root().join(part), &mut sources)?;
    }
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
    let source = root().join("extension");
    for file in FILES {
        copy(&source.join(file), &folder.join(file))?;
    }
    for part in ["_locales", "icons"] {
        copy_folder(&source.join(part), &folder.join(part))?;
    }
    for part in ["lists", "rules", "surrogates"] {
        copy_folder(&workshop.join(part), &folder.join(part))?;
    }
    copy(wasm, &folder.join("backend.wasm"))?;
    copy(&wasm.with_file_name("backend.d.ts"), &folder.join("backend.d.ts"))?;
    bundle(toolchain, &source.join("worker.js"), &folder.join("worker.js"))?;
    // What the background reads of how it was built, in the backend's own words.
    let build = workshop.join(if qa { "build-qa.json" } else { "build.json" });
    copy(&build, &folder.join("build.json"))?;
    let built: Value = serde_json::from_slice(&fs::read(build)?)?;
    if qa {
        copy(&source.join("qa.js"), &folder.join("qa.js"))?;
        bundle(toolchain, &root().join(FINDINGS).join(OBSERVER), &folder.join(OBSERVER))?;
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
        format!("{:#}\n", manifest(target, qa, &built["rules"])?),
    )?;
    for file in ["LICENCES.txt", "expressions.json"] {
        copy(&workshop.join(file), &folder.join(file))?;
    }
    fs::write(stamp_file, stamp)?;
    Ok(folder)
}

/// The manifest as this browser and variant have it.
fn manifest(target: Target, qa: bool, rules: &Value) -> Result<Value> {
    let path = root().join("extension/manifest.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut manifest: Value = serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
    manifest["version"] = env!("CARGO_PKG_VERSION").into();
    let homepage = Owner::read()?.homepage;
    if !homepage.is_empty() {
        manifest["homepage_url"] = homepage.into();
    }
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
        // Only the page's own world has the page's errors and handlers.
        let scripts = manifest["content_scripts"].as_array_mut();
        scripts.context("the manifest has no content_scripts")?.push(json!({
            "matches": ["<all_urls>"],
            "js": [OBSERVER],
            "run_at": "document_start",
            "world": "MAIN",
        }));
        let resources = manifest["web_accessible_resources"].as_array_mut();
        let resources = resources.context("the manifest has no web_accessible_resources")?;
        resources.push(json!({ "resources": ["site/*"], "matches": ["*://*/*"] }));
        manifest
            .as_object_mut()
            .context("the manifest is no object")?
            .shift_remove("optional_host_permissions");
    }
    let rulesets = rules.as_object().into_iter().flatten();
    let rulesets = rulesets.flat_map(|(_, made)| made["rulesets"].as_array().into_iter().flatten());
    // Profiles share some, and a browser takes no name twice.
    let names: BTreeSet<&str> = rulesets.filter_map(Value::as_str).collect();
    let resources = names
        .into_iter()
        .map(|id| json!({ "id": id, "enabled": false, "path": format!("rules/{id}.json") }));
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

/// Bundles the background with the glue of the backend: one classic script is what both browsers take.
fn bundle(toolchain: &Toolchain, script: &Path, output: &Path) -> Result<()> {
    let mut command = toolchain.command("esbuild");
    command.arg(script).args(["--format=iife", "--charset=utf8"]);
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use soutien_project::extension::{CHROMIUM_ID, FIREFOX_ID};

    use super::*;

    fn read_json(path: &str) -> Value {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
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
            let published = manifest(target, false, &json!({})).expect("the manifest is valid");
            assert!(!published.to_string().contains("<all_urls>"), "{published:#}");
            let hosts = published["host_permissions"].as_array().expect("there are host permissions");
            for host in hosts.iter().filter_map(Value::as_str) {
                assert!(host.contains("localhost") || host.contains("127.0.0.1"), "{host}");
            }
            let policy = published["content_security_policy"]["extension_pages"]
                .as_str()
                .unwrap_or_default();
            assert_eq!(policy, "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'");
            let qa = manifest(target, true, &json!({})).expect("the manifest is valid");
            assert_eq!(qa["host_permissions"], json!(["<all_urls>"]));
        }
    }

    #[test]
    fn a_rule_set_that_profiles_share_is_named_once() {
        let rules = json!({ "first": { "rulesets": ["shared-1", "first-1"] }, "second": { "rulesets": ["shared-1"] } });
        let manifest = manifest(Target::Chromium, true, &rules).expect("the manifest is valid");
        let resources = manifest["declarative_net_request"]["rule_resources"].as_array();
        let ids: Vec<&Value> = resources.into_iter().flatten().map(|resource| &resource["id"]).collect();
        assert_eq!(ids, ["first-1", "shared-1", SITE]);
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
}
