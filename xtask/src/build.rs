//! From the sources to dist/site/, the folder a publisher copies: wasm-pack, wasm-opt, esbuild, then sizes and hashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};

use crate::shorten::{self, Names};
use crate::toolchain::{self, Choice, Toolchain};
use crate::{configurator, servers, types};
use soutien_figures::parts::{self, PLAIN, Role};
use soutien_figures::sizes::Sizes;
use soutien_figures::table;
use soutien_project::files::{brotli_size, collect, gzip_size, integrity, short_hash, short_integrity};
use soutien_project::run;

/// The files that are requested under the names of baits and of their twins.
const BAIT_FILES: [&str; 2] = ["probe.gif", "probe.js"];
/// The files that are minified, by their names in dist/site/ and in web/. What a script imports becomes part of it.
const MINIFIED: [(&str, &str); 13] = [
    ("appeal.css", "notice/appeal.css"),
    ("appeal.js", "notice/appeal.js"),
    ("button.js", "controls/top.js"),
    ("host.js", "notice/host.js"),
    ("hostname.js", "notice/hostname.js"),
    ("hosts.js", "edge/hosts.js"),
    ("leaving.js", "notice/leaving.js"),
    ("numbers.js", "numbers.js"),
    ("panels.js", "controls/panels.js"),
    ("places.css", "notice/places.css"),
    ("places.js", "notice/places.js"),
    ("probe.js", "probe.js"),
    ("wordpress.js", "edge/wordpress.js"),
];
/// The Cargo profile of the module that readers download.
const PROFILE: &str = "readers";
/// What minifies a file, for browsers that know JavaScript as of 2020.
const MINIFY: [&str; 5] = [
    "--minify",
    "--target=es2020",
    "--charset=utf8",
    "--legal-comments=none",
    "--log-level=warning",
];
/// What makes a minified script a little smaller still: 3 to 5 % of what readers download, as brotli.
const SQUEEZE: [&str; 3] = ["--compress", "ecma=2020,passes=3,unsafe_arrows,keep_fargs=false", "--mangle"];
/// What of WebAssembly the module uses besides its first version, as wasm-opt names it.
const FEATURES: [&str; 4] = ["bulk-memory", "sign-ext", "nontrapping-float-to-int", "mutable-globals"];
/// Sections that only tools read; the debug section holds the names of functions.
const WASM_STRIP: [&str; 3] = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/// One file of dist/site/, as the manifest lists it; sizes in bytes, compressed as hard as a server can.
#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    role: Role,
    bytes: usize,
    gzip: usize,
    brotli: usize,
    integrity: String,
}

/// Builds dist/site/, with dist/configurator/ and dist/servers/ beside it, and prints the size of each file. Returns the sizes; [`soutien_figures::budgets::hold`] judges them, because
/// a demo and the tests are of use over the budget as well.
///
/// # Errors
/// When a tool is missing or fails, a source file is missing or not valid, or it is not said of a file who downloads it.
pub fn build(choice: Choice) -> Result<Sizes> {
    let toolchain = toolchain::ensure(choice)?;
    let (wasm, names) = build_wasm(toolchain)?;

    let mut files = BTreeMap::new();
    let release = short_integrity(&wasm);
    files.insert("soutien.wasm".to_owned(), wasm);
    if toolchain.has_source {
        files.insert(PLAIN.to_owned(), build_plain(toolchain, &release)?);
    } else {
        println!("{PLAIN} is left out: it takes the source of the standard library (`rustup component add rust-src`)");
    }
    for (name, path) in MINIFIED {
        files.insert(name.to_owned(), minify(toolchain, name, path)?);
    }
    let picture = source("probe.gif")?;
    let bytes = fs::read(&picture).with_context(|| format!("cannot read {}", picture.display()))?;
    files.insert("probe.gif".to_owned(), bytes);
    for (name, bytes) in languages()? {
        files.insert(format!("lang/{name}"), bytes);
    }
    // One for all of them: every reader would download one each, and files of two releases never meet.
    let query = short_hash(&files.values().flatten().copied().collect::<Vec<u8>>());
    let loader = bundle_loader(toolchain, &files, [&query, &release], &names)?;
    files.insert("soutien.js".to_owned(), loader);
    files.insert("soutien.d.ts".to_owned(), types::types().into_bytes());
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let text =
            fs::read(soutien_project::root().join(name)).with_context(|| format!("cannot read {name}, which goes along"))?;
        files.insert(name.to_owned(), text);
    }

    let listed = files.iter().map(|(name, bytes)| list(name, bytes));
    let listed = listed.collect::<Result<Vec<Listed>>>()?;
    let manifest = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "compiler": compiler(toolchain),
        "files": listed,
        "baits": BAIT_FILES,
        "query": query,
    });
    files.insert("manifest.json".to_owned(), format!("{manifest:#}\n").into_bytes());
    parts::hold_parts(files.keys().map(String::as_str), toolchain.has_source)?;
    publish(&files)?;
    servers::write(&query)?;
    configurator::assemble(&soutien_project::root().join("dist/configurator"))?;
    table::print(&manifest)
}

/// What a module is compiled by, as far as its size depends on it.
fn compiler(toolchain: &Toolchain) -> String {
    let library = if toolchain.has_source {
        ""
    } else {
        ", without the source of its library"
    };
    format!("{}{library}", toolchain.name())
}

/// Compiles the module into target/pkg, and gives it optimised, with the short names by which it and the loader know each other in the end. What it
/// imports by those is target/pkg/imports.js.
fn build_wasm(toolchain: &Toolchain) -> Result<(Vec<u8>, Names)> {
    let root = soutien_project::root();
    let mut pack = toolchain.command("wasm-pack");
    pack.args([
        "build",
        "--target",
        "web",
        "--mode",
        "no-install",
        "--no-opt",
        "--profile",
        PROFILE,
    ]);
    pack.args(["--out-dir", "target/pkg", "--out-name", "soutien", "--", "--locked"]);
    size_flags(toolchain, &mut pack);
    run::quietly("wasm-pack build", &mut pack, None)?;

    let input = root.join("target/pkg/soutien_bg.wasm");
    let reachable = root.join("target/pkg/soutien_reachable.wasm");
    let optimised = root.join("target/pkg/soutien_opt.wasm");
    let output = root.join("target/pkg/soutien_min.wasm");
    let names = root.join("target/pkg/names.json");
    let stamp = root.join("target/pkg/soutien_opt.stamp");
    // wasm-bindgen exports more than our own, and what it is kept alive by that.
    let exports = root.join("target/pkg/exports.json");
    let named = shorten::EXPORTS.map(|name| json!({ "name": name, "export": name }));
    let all = json!({ "name": "all", "root": true, "reaches": shorten::EXPORTS });
    let graph = Value::from_iter(named.into_iter().chain([all])).to_string();
    fs::write(&exports, &graph)?;
    let mut reach = toolchain.command("wasm-metadce");
    reach
        .arg(&input)
        .arg("--graph-file")
        .arg(&exports)
        .arg("-g")
        .arg("--output")
        .arg(&reachable);
    // The features rustc uses are named in the module itself, where wasm-opt reads them before it strips them.
    let mut optimise = toolchain.command("wasm-opt");
    optimise
        .arg(&reachable)
        .arg("--output")
        .arg(&optimised)
        // With the names of functions, for `cargo xtask bench size`; the next run strips them.
        .arg("-g")
        .args(["-tnh", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"]);
    // Names are shortened in a run of its own, because each round of the other would shorten them again. Once more, since the first run has kept the
    // names of functions, and without them it sees a little more.
    let mut minify = toolchain.command("wasm-opt");
    minify
        .arg(&optimised)
        .arg("--output")
        .arg(&output)
        .args(WASM_STRIP)
        .arg("-Oz")
        .arg("--minify-imports-and-exports-and-modules");
    let bytes = fs::read(&input).with_context(|| format!("wasm-pack left no {}", input.display()))?;
    let commands = [&reach, &optimise, &minify].map(run::shown).join(" ");
    let key = format!("{} {graph} {commands}", integrity(&bytes));
    let is_done = output.is_file() && names.is_file() && fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == key);
    if !is_done {
        run::quietly("wasm-metadce", &mut reach, None)?;
        run::quietly("wasm-opt", &mut optimise, None)?;
        fs::write(&names, run::quietly("wasm-opt, names", &mut minify, None)?)?;
        fs::write(&stamp, key)?;
    }
    let names = Names::read(&fs::read_to_string(names)?)?;
    let imports = shorten::imports(&fs::read_to_string(root.join("target/pkg/soutien.js"))?, &names)?;
    fs::write(root.join("target/pkg/imports.js"), imports)?;
    Ok((fs::read(&output)?, names))
}

/// The same module as JavaScript, which a browser gets where WebAssembly is missing or forbidden, or its file cannot be had: an ES module whose default
/// export takes the import object and gives the exports. By the integrity of the module it knows a loader of its own release: nothing else keeps a
/// cache's file of another one, whose names mean other functions, from running.
fn build_plain(toolchain: &Toolchain, release: &str) -> Result<Vec<u8>> {
    let folder = soutien_project::root().join("target/pkg");
    let translated = folder.join("translated.js");
    let plain = folder.join(PLAIN);
    let mut translate = toolchain.command("wasm2js");
    translate
        .arg(folder.join("soutien_min.wasm"))
        .args(["-Oz", "--output"])
        .arg(&translated);
    // What rustc noted of them is stripped by now.
    translate.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    run::quietly("wasm2js", &mut translate, None)?;
    let text = fs::read_to_string(&translated)?;
    // Around the module's own function, wasm2js asks for its imports by name, and exports each function by itself.
    let (_, body) = text
        .split_once("import * as a from 'a';")
        .context("wasm2js wrote no import of the module a, which was expected")?;
    let (body, _) = body
        .split_once("var retasmFunc")
        .context("wasm2js wrote no call of asmFunc, which was expected")?;
    let release = Value::from(release);
    let export = format!(
        "export default (imports, release) => {{
            if (release !== {release}) throw 'the file of another release';
            return asmFunc(imports);
        }};"
    );
    fs::write(&translated, format!("{body}\n{export}\n"))?;
    let mut minify = toolchain.command("esbuild");
    minify
        .arg(&translated)
        .args(MINIFY)
        .arg(format!("--outfile={}", plain.display()));
    run::quietly("esbuild", &mut minify, None)?;
    squeeze(toolchain, &plain, &["--module"])
}

/// A script that esbuild has minified, as small as it gets.
fn squeeze(toolchain: &Toolchain, script: &Path, more: &[&str]) -> Result<Vec<u8>> {
    let output = script.with_extension("min.js");
    let mut command = toolchain.command("terser");
    command.arg(script).args(SQUEEZE).args(more).arg("--output").arg(&output);
    run::quietly("terser", &mut command, None)?;
    Ok(fs::read(output)?)
}

/// Builds the standard library along with the module, for size and without the texts of panics. Only what readers download
/// is built so: in tests, a panic has to say what went wrong.
fn size_flags(toolchain: &Toolchain, command: &mut Command) {
    // 64 KiB of stack are plenty here, and rustc's default is 1 MiB of memory for every reader.
    let stack = "-Clink-arg=-zstack-size=65536";
    if !toolchain.has_source {
        toolchain::set_flags(command, &[stack]);
        return;
    }
    // These options are unstable; the variable makes a stable compiler take them.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    command.env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    // No object crosses into JavaScript, so no table of references is needed, which rustc's own choice of features makes room for.
    let features = "-Ctarget-feature=+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals";
    let flags = [
        "-Zunstable-options",
        "-Cpanic=immediate-abort",
        "-Ctarget-cpu=mvp",
        features,
        stack,
    ];
    toolchain::set_flags(command, &flags);
}

/// A style sheet or a module of web/, without what only people read, by its name in dist/site/.
fn minify(toolchain: &Toolchain, name: &str, path: &str) -> Result<Vec<u8>> {
    let output = soutien_project::root().join("target/pkg").join(name);
    let mut command = toolchain.command("esbuild");
    command
        .arg(source(path)?)
        .args(MINIFY)
        .arg(format!("--outfile={}", output.display()));
    // A bundle names its export, which is a third of what the bait says.
    if name != "probe.js" {
        command.args(["--bundle", "--format=esm"]);
    }
    run::quietly("esbuild", &mut command, None)?;
    if name.ends_with(".js") {
        return squeeze(toolchain, &output, &["--module"]);
    }
    Ok(fs::read(output)?)
}

/// The language files, without white space.
fn languages() -> Result<Vec<(String, Vec<u8>)>> {
    let folder = soutien_project::root().join("web/lang");
    let mut languages = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let value: Value = serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        languages.push((name, serde_json::to_vec(&value)?));
    }
    ensure!(
        !languages.is_empty(),
        "web/lang/ holds no .json file, and at least one language was expected"
    );
    Ok(languages)
}

/// Bundles what the tests of single parts import: web/edge/, by the name that src/browser/page.rs has, and the notice.
///
/// # Errors
/// When esbuild fails.
pub fn bundle_for_tests(toolchain: &Toolchain) -> Result<()> {
    for (path, bundle) in [("edge/index.js", "edge.js"), ("notice/appeal.js", "notice.js")] {
        let output = format!("--outfile=target/pkg/{bundle}");
        let mut command = toolchain.command("esbuild");
        command.arg(source(path)?);
        command.args(["--bundle", "--format=esm", "--log-level=warning", &output]);
        run::quietly("esbuild", command.current_dir(soutien_project::root()), None)?;
    }
    Ok(())
}

/// Bundles web/loader.js with all that it imports into one classic script, which knows the hash of all other files, the integrity of the module, and the
/// names of its exports.
fn bundle_loader(
    toolchain: &Toolchain,
    files: &BTreeMap<String, Vec<u8>>,
    [query, integrity]: [&str; 2],
    names: &Names,
) -> Result<Vec<u8>> {
    let root = soutien_project::root();
    let languages: Vec<&str> = files
        .keys()
        .filter_map(|name| name.strip_prefix("lang/")?.strip_suffix(".json"))
        .collect();
    let output = root.join("target/pkg/loader.js");
    let mut command = toolchain.command("esbuild");
    command.arg(source("loader.js")?);
    command.args(MINIFY).args(["--bundle", "--format=iife"]);
    // The module imports what the edge has, and nothing else would tell where a function is missing.
    command.arg("--log-override:import-is-undefined=error");
    // Nothing is thrown into a page, even where it has replaced what the bundle calls when it is read.
    command.args(["--banner:js=try{", "--footer:js=}catch{}"]);
    command.arg(format!(
        "--alias:soutien-imports={}",
        root.join("target/pkg/imports.js").display()
    ));
    for (name, short) in shorten::exports(names)? {
        command.arg(format!("--define:{name}={}", Value::from(short)));
    }
    command.arg(format!("--define:LANGUAGES={}", Value::from(languages.join(" "))));
    command.arg(format!("--define:HASH={}", Value::from(query)));
    command.arg(format!("--define:INTEGRITY={}", Value::from(integrity)));
    command.arg(format!("--define:VERSION={}", Value::from(env!("CARGO_PKG_VERSION"))));
    command.arg(format!("--outfile={}", output.display()));
    // What each source file is of it, for `cargo xtask bench size`.
    command.arg(format!("--metafile={}", output.with_extension("json").display()));
    run::quietly("esbuild", &mut command, None)?;
    // Chromium compiles all functions with the file then, on another thread, and not each on the page's own when it is first called.
    squeeze(toolchain, &output, &["--format", "preamble='//# allFunctionsCalledOnLoad'"])
}

/// A source file in web/.
fn source(name: &str) -> Result<PathBuf> {
    let path = soutien_project::root().join("web").join(name);
    ensure!(path.is_file(), "{} is missing, and the build needs it", path.display());
    Ok(path)
}

/// Writes a new folder and swaps it with the old one, so that a running demo never serves half of each. One that is as it should be is not
/// touched: somebody may be reading it.
fn publish(files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let dist = soutien_project::root().join("dist");
    let (site, new, old) = (dist.join("site"), dist.join(".site-new"), dist.join(".site-old"));
    let mut present = Vec::new();
    if site.is_dir() {
        collect(&site, &mut present)?;
    }
    let is_same = |(name, bytes): (&String, &Vec<u8>)| fs::read(site.join(name)).is_ok_and(|present| present == *bytes);
    if present.len() == files.len() && files.iter().all(is_same) {
        return Ok(());
    }
    for folder in [&new, &old] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    for (name, bytes) in files {
        let path = new.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&new))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if site.exists() {
        fs::rename(&site, &old)?;
    }
    fs::rename(&new, &site)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

fn list(name: &str, bytes: &[u8]) -> Result<Listed> {
    Ok(Listed {
        name: name.to_owned(),
        role: parts::role(name)?,
        bytes: bytes.len(),
        gzip: gzip_size(bytes),
        brotli: brotli_size(bytes),
        integrity: integrity(bytes),
    })
}
