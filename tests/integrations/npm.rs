//! The npm package: what is in it, what the tools of others say of it, and a site that is built with it by Vite.
//!
//! All of it is done with the packed tarball, as a registry would hand it out.

mod init;
pub mod react;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use soutien::reference::ATTRIBUTES;
use soutien_project::files::{collect, copy_folder};
use soutien_project::root;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{CLEAR, Kind, run, run_in};
use support::commands::tarball;
use support::documents;
use support::reader::Reader;
use support::site::{WITNESS, With};
use xtask::setup::{Need, require};

/// How long a program may take; npm, Vite and TypeScript took one second to three.
const LIMIT: Option<Duration> = Some(Duration::from_secs(120));

/// The document of the package.
const README: &str = "npm/soutien/README.md";

/// What the README of the package asks of a policy, and no more.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'";

/// All problems that were reported, as JavaScript.
const PROBLEMS: &str = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => detail)";

/// Runs a program of tests/rigs/packaging/, or `npm`, `node` and `sh`, in a folder, and gives its output.
pub fn tool(name: &str, arguments: &[&str], folder: &Path) -> Result<String> {
    let own = require(Need::Packaging)?.join(".bin").join(name);
    let mut command = Command::new(if own.is_file() { own } else { name.into() });
    soutien_project::run::quietly(name, command.args(arguments).current_dir(folder), LIMIT)
}

/// A project of tests/integrations/npm/ under another name, without the package.
fn project(fixture: &str, name: &str) -> Result<PathBuf> {
    let folder = root().join("target/npm").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    copy_folder(&root().join("tests/integrations/npm").join(fixture), &folder)?;
    Ok(folder)
}

/// The command that installs the package.
fn install() -> Result<String> {
    let tarball = tarball()?.display();
    Ok(format!(
        "npm install --no-save --offline --ignore-scripts --no-audit --no-fund '{tarball}'"
    ))
}

/// A project with the package.
fn installed(fixture: &str, name: &str) -> Result<PathBuf> {
    let folder = project(fixture, name)?;
    tool("sh", &["-c", &install()?], &folder)?;
    Ok(folder)
}

/// Has Vite build a project, and gives the site that it makes.
fn build(folder: &Path) -> Result<Options> {
    fs::write(folder.join("public/witness.js"), WITNESS)?;
    tool("vite", &["build"], folder)?;
    // The demo's server takes the pages from www/, and `/assets/soutien/` from dist/site/.
    let served = folder.join("served");
    fs::create_dir_all(served.join("dist"))?;
    symlink("../dist", served.join("www"))?;
    symlink("../../dist/assets/soutien", served.join("dist/site"))?;
    Ok(Options {
        port: 0,
        root: served,
        csp: Some(POLICY.into()),
        ..Options::default()
    })
}

/// The site of tests/integrations/npm/vite/, with what stands in `site/` copied to where it belongs. It is built once.
fn site() -> Result<Options> {
    static SITE: LazyLock<Result<Options, String>> = LazyLock::new(|| {
        let make = || {
            let folder = installed("vite", "vite")?;
            let public = folder.join("public/assets/soutien");
            fs::create_dir_all(&public)?;
            copy_folder(&folder.join("node_modules/soutien/site"), &public)?;
            build(&folder)
        };
        make().map_err(|error| format!("{error:#}"))
    });
    SITE.clone().map_err(|error| anyhow!("{error}"))
}

/// Starts with options, as JavaScript: the attributes of the tag as it is put into the page, and what becomes of the promise.
fn started(options: &str) -> String {
    format!(
        "(() => {{ const promise = start({options});
        const tag = [...document.head.lastElementChild.attributes].map(({{ name, value }}) => [name, value]);
        return {}.then((outcome) => [tag, outcome]); }})()",
        outcome("promise")
    )
}

/// What becomes of a promise, as JavaScript: `resolved`, or the error.
fn outcome(promise: &str) -> String {
    format!("{promise}.then(() => 'resolved', ({{ name, message }}) => `${{name}}: ${{message}}`)")
}

/// Reads a JSON file.
fn read_json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

#[test]
fn the_package_has_the_site_and_needs_no_other_package() {
    run(async {
        let package = installed("node", "contents")?.join("node_modules/soutien");
        let manifest = read_json(&package.join("package.json"))?;
        for (key, expected) in [
            ("name", json!("soutien")),
            ("version", json!(env!("CARGO_PKG_VERSION"))),
            ("type", json!("module")),
            ("sideEffects", json!(false)),
            ("license", json!("MIT OR Apache-2.0")),
            ("dependencies", Value::Null),
            ("peerDependenciesMeta", json!({ "react": { "optional": true } })),
            ("scripts", Value::Null),
        ] {
            ensure!(manifest[key] == expected, "expected {expected} for {key}, found {manifest}");
        }
        for file in [
            "README.md",
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "index.js",
            "index.d.ts",
            "react.js",
            "react.d.ts",
        ] {
            ensure!(package.join(file).is_file(), "no {file}");
        }
        let names = |folder: &Path| -> Result<Vec<PathBuf>> {
            let mut files = Vec::new();
            collect(folder, &mut files)?;
            files.sort();
            files.iter().map(|file| Ok(file.strip_prefix(folder)?.to_owned())).collect()
        };
        let (built, packed) = (root().join("dist/site"), package.join("site"));
        ensure!(
            names(&built)? == names(&packed)?,
            "site/ has other files than dist/site/: {:?}",
            names(&packed)?
        );
        for name in names(&built)? {
            ensure!(
                fs::read(built.join(&name))? == fs::read(packed.join(&name))?,
                "site/{} is another file than that of dist/site/",
                name.display()
            );
        }
        Ok(())
    });
}

#[test]
fn publint_finds_nothing() {
    run(async {
        let tarball = tarball()?.to_string_lossy();
        let said = tool("publint", &["run", &tarball, "--strict"], &root())?;
        ensure!(said.contains("All good!"), "publint says:\n{said}");
        Ok(())
    });
}

#[test]
fn the_types_are_right_for_every_way_of_import() {
    run(async {
        let tarball = tarball()?.to_string_lossy();
        // The package is a module, and what cannot import modules cannot have it.
        tool("attw", &[&tarball, "--profile", "esm-only"], &root())?;
        Ok(())
    });
}

#[test]
fn typescript_takes_what_is_right_and_refuses_what_is_not() {
    run(async {
        let folder = installed("types", "types")?;
        fs::write(folder.join("readme.ts"), documents::only(README, "Types", "ts")?)?;
        fs::write(folder.join("readme.tsx"), documents::only(README, "React", "jsx")?)?;
        let types = folder.join("node_modules/@types");
        fs::create_dir_all(&types)?;
        symlink(require(Need::Packaging)?.join("@types/react"), types.join("react"))?;
        tool("tsc", &["--project", "."], &folder)?;
        Ok(())
    });
}

#[test]
fn a_server_can_import_it_and_is_told_that_it_cannot_start_it() {
    run(async {
        let folder = installed("node", "node")?;
        tool("node", &["main.js"], &folder)?;
        Ok(())
    });
}

#[test]
fn a_site_that_vite_built_gets_its_verdict() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site()?).await?;
        reader.open("/").await?;
        reader.verdict("clear").await?;
        reader.until("window.started").await?;
        reader.expect("started === Soutien", true).await?;
        let version = format!("started.version === '{}'", env!("CARGO_PKG_VERSION"));
        reader.expect(&version, true).await?;
        reader.expect(PROBLEMS, json!([])).await?;
        reader.expect("witness.warnings", json!([])).await?;
        reader.unharmed().await
    });
}

#[test]
fn every_option_becomes_its_attribute() {
    run(async {
        let reader = Reader::new(Kind::Chromium, site()?).await?;
        reader.open("/?later").await?;
        // The browser itself says what each is called in a dataset.
        let attributes: Vec<_> = ATTRIBUTES
            .iter()
            .map(|attribute| [format!("data-{}", attribute.key), attribute.default.to_owned()])
            .collect();
        let options = format!(
            "{{ ...{}.reduce((tag, [name, value]) => (tag.setAttribute(name, value), tag), document.createElement('p')).dataset }}",
            json!(attributes)
        );
        let mut expected = vec![["async".to_owned(), String::new()]];
        expected.extend(attributes);
        expected.push(["src".to_owned(), "/assets/soutien/soutien.js".to_owned()]);
        reader.expect(&started(&options), json!([expected, "resolved"])).await?;
        reader.expect(PROBLEMS, json!([])).await?;
        reader.unharmed().await
    });
}

#[test]
fn values_become_text_and_what_is_no_value_is_left_out() {
    run(async {
        let reader = Reader::new(Kind::Chromium, site()?).await?;
        reader.open("/?later").await?;
        let options = "{ base: '/assets/soutien', integrity: null, policy: 'silent', share: 100, title: null, text: undefined, logo: false, \
                       snooze: true }";
        let attributes = json!([
            ["async", ""],
            ["data-policy", "silent"],
            ["data-share", "100"],
            ["data-snooze", "true"],
            ["src", "/assets/soutien/soutien.js"],
        ]);
        reader.expect(&started(options), json!([attributes, "resolved"])).await?;
        // A wrong value is a problem here as it is in a tag.
        reader.problem("snooze", "true").await?;
        reader.unharmed().await
    });
}

#[test]
fn wrong_types_are_named_and_the_defaults_used() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site()?).await?;
        for options in ["'modal'", "3", "true", "null", "['modal']", "Symbol('x')", "() => {}"] {
            reader.open("/?later").await?;
            reader
                .expect(&format!("start({options}).then((started) => started === Soutien)"), true)
                .await?;
            let problem = reader.problem("start", "").await?;
            ensure!(problem["used"] == "the defaults", "{options}: {problem}");
            reader.verdict("clear").await?;
            reader.unharmed().await?;
        }
        reader.open("/?later").await?;
        let options = "{ base: {}, top: ['on'], view: Symbol('x'), lang: { toString() { throw new Error('no text') } }, 'a b': 1, policy: 'silent' }";
        reader
            .expect(&format!("start({options}).then((started) => started === Soutien)"), true)
            .await?;
        let problems = reader
            .ask("witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => [detail.key, detail.used])")
            .await?;
        let expected = json!([
            ["base", "the default"],
            ["top", "the default"],
            ["view", "the default"],
            ["lang", "the default"],
            ["a b", "nothing: no attribute can have this name"],
        ]);
        ensure!(problems == expected, "{problems}");
        reader.unharmed().await
    });
}

#[test]
fn a_second_call_is_a_problem_and_resolves_as_well() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site()?).await?;
        reader.open("/").await?;
        reader.verdict("clear").await?;
        reader
            .expect("start({ view: 'banner' }).then((other) => other === Soutien)", true)
            .await?;
        reader.problem("script", "a second tag").await?;
        reader.unharmed().await?;

        // The same at the same time.
        reader.open("/?later").await?;
        let both = "Promise.all([start({ policy: 'silent' }), start()]).then((all) => all.every((one) => one === Soutien))";
        reader.expect(both, true).await?;
        reader.problem("script", "a second tag").await?;
        reader.unharmed().await
    });
}

#[test]
fn a_script_that_cannot_be_loaded_is_named_and_another_try_may_succeed() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site()?).await?;
        reader.open("/?later").await?;
        let missing = reader.ask(&outcome("start({ base: '/ailleurs' })")).await?;
        let expected = format!("Error: soutien: {}/ailleurs/soutien.js cannot be loaded", reader.site.site);
        ensure!(
            missing.as_str().is_some_and(|message| message.starts_with(&expected)),
            "expected {expected:?}, found {missing}"
        );
        reader
            .expect(&outcome("start({ base: 'assets/soutien/' })"), "resolved")
            .await?;
        reader.expect("witness.errors", json!([])).await
    });
}

#[test]
fn integrity_is_held() {
    run(async {
        let site = site()?;
        let manifest = read_json(&site.root.join("dist/site/manifest.json"))?;
        let files = manifest["files"].as_array().context("the manifest lists no files")?;
        let loader = files.iter().find(|file| file["name"] == "soutien.js");
        let right = &loader.context("the manifest has no soutien.js")?["integrity"];
        let wrong = json!(format!("sha384-{}", "A".repeat(64)));
        let reader = Reader::new(Kind::Chromium, site).await?;
        reader.open("/?later").await?;
        let refused = reader.ask(&outcome(&format!("start({{ integrity: {wrong} }})"))).await?;
        ensure!(
            refused.as_str().is_some_and(|message| message.contains("cannot be loaded")),
            "expected that it cannot be loaded, found {refused}"
        );
        reader
            .expect(&outcome(&format!("start({{ integrity: {right} }})")), "resolved")
            .await
    });
}

#[test]
fn a_module_that_cannot_be_used_is_said_to_every_call() {
    run_in(CLEAR, async |kind| {
        let site = site()?
            .with("/assets/soutien/soutien.wasm", Answer::Status(500))
            .with("/assets/soutien/soutien.plain.js", Answer::Status(500));
        let reader = Reader::new(kind, site).await?;
        reader.open("/?later").await?;
        let at_once = format!("Promise.all([{}, {}])", outcome("start()"), outcome("start()"));
        let [first, second] = [reader.ask(&at_once).await?, reader.ask(&outcome("start()")).await?];
        let is_said = second
            .as_str()
            .is_some_and(|message| message.starts_with("Error: soutien: /assets/soutien/soutien.wasm cannot be used: "));
        ensure!(
            is_said && first == json!([second, second]),
            "two calls at once give {first}, and a later one {second}"
        );
        reader.unharmed().await
    });
}

#[test]
fn trusted_types_are_given_as_the_reason() {
    run(async {
        let site = Options {
            csp: Some(format!("{POLICY}; require-trusted-types-for 'script'")),
            ..site()?
        };
        let reader = Reader::new(Kind::Chromium, site).await?;
        reader.open("/?later").await?;
        let expected =
            "Error: soutien: the page requires Trusted Types, which refuse start(): paste the tag into the page instead";
        reader.expect(&outcome("start()"), expected).await?;
        reader
            .expect("document.querySelector('[src$=\"soutien.js\"]')", Value::Null)
            .await?;
        reader.expect("witness.errors", json!([])).await
    });
}

#[test]
pub fn what_its_readme_says_can_be_done() {
    run(async {
        let [commands, look] = &documents::all(README, "Install", "sh")?[..] else {
            anyhow::bail!("README does not install by two pieces of shell");
        };
        ensure!(commands.contains("npm install soutien\n"), "README installs by {commands:?}");
        let commands = commands.replace("npm install soutien\n", &format!("{}\n", install()?)) + look.as_str();
        let modules = [
            documents::only(README, "Start", "js")?,
            documents::only(README, "Types", "ts")?,
        ];
        for (index, module) in modules.into_iter().enumerate() {
            let folder = project("vite", &format!("readme-{index}"))?;
            tool("sh", &["-ec", &commands], &folder)?;
            fs::write(folder.join("main.ts"), &module)?;
            let reader = Reader::new(Kind::Chromium, build(&folder)?).await?;
            reader.open("/").await?;
            reader
                .verdict("clear")
                .await
                .with_context(|| format!("the page of:\n{module}"))?;
            reader.expect(PROBLEMS, json!([])).await?;
            reader.expect("witness.warnings", json!([])).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}
