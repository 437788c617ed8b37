//! What a release is made of: its software bill of materials, as CycloneDX 1.6 (ECMA-424) has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::files::npm_digits;
use soutien_project::{root, run};

use crate::setup;

/// The packages of which readers and QA people get something that was compiled.
const SHIPPED: [&str; 2] = ["soutien", "soutien-backend"];

/// The crates that are in the module and in the extension, with their licences and hashes, and what takes what; and the packages of npm that are in
/// the package of ours, by their names.
///
/// # Errors
/// When Cargo cannot say, or Cargo.lock or package-lock.json has no hash of something.
pub fn bill(bundled: &[String]) -> Result<Value> {
    let mut command = setup::host_cargo();
    command.args(["metadata", "--locked", "--format-version=1"]);
    command.args(["--filter-platform", "wasm32-unknown-unknown"]);
    let text = run::answer(&mut command).context("`cargo metadata --locked` failed")?;
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let mut bill = made_of(&serde_json::from_str(&text)?, &lock)?;
    let lock: Value = serde_json::from_str(&fs::read_to_string(root().join("package-lock.json"))?)?;
    let components = bill["components"].as_array_mut().context("a bill has components")?;
    for name in bundled {
        components.push(of_npm(name, &lock)?);
    }
    Ok(bill)
}

/// A package of npm as a component, by the lock file of npm.
fn of_npm(name: &str, lock: &Value) -> Result<Value> {
    let package = &lock["packages"][format!("node_modules/{name}")];
    let text = |key: &str| {
        let text = package[key].as_str();
        text.with_context(|| format!("package-lock.json has no {key} of {name}"))
    };
    let address = format!("pkg:npm/{}@{}", name.replace('@', "%40"), text("version")?);
    Ok(json!({
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": text("version")?,
        "purl": address,
        "licenses": [{ "expression": text("license")? }],
        "hashes": [{ "alg": "SHA-512", "content": npm_digits(text("integrity")?)? }],
    }))
}

/// The same of what Cargo says, and of a lock file.
fn made_of(metadata: &Value, lock: &str) -> Result<Value> {
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        let entries = list.as_array().into_iter().flatten();
        entries
            .filter_map(|entry| Some((entry["id"].as_str()?.to_owned(), entry.clone())))
            .collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let is_shipped = |id: &&String| SHIPPED.iter().any(|name| packages[*id]["name"] == **name);
    let mut waiting: Vec<&String> = packages.keys().filter(is_shipped).collect();
    ensure!(
        waiting.len() == SHIPPED.len(),
        "Cargo knows {waiting:?}, expected {SHIPPED:?}"
    );
    let mut takes: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        if takes.contains_key(id) {
            continue;
        }
        let is_normal = |dependency: &&Value| {
            let mut kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            kinds.any(|kind| kind["kind"].is_null())
        };
        let dependencies = nodes[id]["deps"].as_array().into_iter().flatten().filter(is_normal);
        let taken: BTreeSet<&String> = dependencies
            .filter_map(|dependency| packages.get_key_value(dependency["pkg"].as_str()?).map(|(id, _)| id))
            .collect();
        waiting.extend(&taken);
        takes.insert(id, taken);
    }
    let address = |id: &String| {
        let text = |key: &str| packages[id][key].as_str().unwrap_or_default().to_owned();
        format!("pkg:cargo/{}@{}", text("name"), text("version"))
    };
    let component = |id: &String| -> Result<Value> {
        let package = &packages[id];
        let mut component = json!({
            "type": "library",
            "bom-ref": address(id),
            "name": package["name"],
            "version": package["version"],
            "purl": address(id),
        });
        if let Some(licence) = package["license"].as_str() {
            // Older crates write a slash for OR.
            component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        // Those of this workspace are no packages of a registry.
        if !package["source"].is_null() {
            let hash = checksum(lock, &package["name"], &package["version"]);
            let hash = hash.with_context(|| format!("Cargo.lock has no checksum of {}", address(id)))?;
            component["hashes"] = json!([{ "alg": "SHA-256", "content": hash }]);
        }
        Ok(component)
    };
    let components = takes.keys().map(|id| component(id)).collect::<Result<Vec<Value>>>()?;
    let dependencies: Vec<Value> = takes
        .iter()
        .map(|(id, taken)| json!({ "ref": address(id), "dependsOn": taken.iter().map(|id| address(id)).collect::<Vec<_>>() }))
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": "soutien-release",
            "name": "soutien-release",
            "version": version,
            "licenses": [{ "expression": env!("CARGO_PKG_LICENSE") }],
        } },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// The hash of a crate in a lock file.
fn checksum<'a>(lock: &'a str, name: &Value, version: &Value) -> Option<&'a str> {
    let head = format!(
        "[[package]]\nname = \"{}\"\nversion = \"{}\"\n",
        name.as_str()?,
        version.as_str()?
    );
    let (_, rest) = lock.split_once(&head)?;
    let package = rest.split("\n\n").next()?;
    package
        .lines()
        .find_map(|line| line.strip_prefix("checksum = \"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_is_in_it_and_what_only_builds_or_tests_is_not() {
        let dependency = |id: &str, kind: Value| json!({ "pkg": id, "dep_kinds": [{ "kind": kind }] });
        let package = |id: &str, name: &str, source: Value| json!({ "id": id, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "source": source });
        let metadata = json!({
            "packages": [
                package("a", "soutien", Value::Null),
                package("b", "soutien-backend", Value::Null),
                package("c", "taken", "registry".into()),
                package("d", "tested", "registry".into()),
            ],
            "resolve": { "nodes": [
                { "id": "a", "deps": [dependency("c", Value::Null), dependency("d", "dev".into())] },
                { "id": "b", "deps": [dependency("a", Value::Null), dependency("d", "build".into())] },
                { "id": "c", "deps": [] },
                { "id": "d", "deps": [] },
            ] },
        });
        let lock = "[[package]]\nname = \"taken\"\nversion = \"1.0.0\"\nsource = \"registry\"\nchecksum = \"abc\"\n\n";
        let bill = made_of(&metadata, lock).expect("all is there");
        let names: Vec<&Value> = bill["components"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| &one["name"])
            .collect();
        assert_eq!(names, ["soutien", "soutien-backend", "taken"]);
        assert_eq!(bill["components"][2]["hashes"][0]["content"], "abc");
        assert_eq!(bill["components"][2]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(bill["dependencies"][1]["dependsOn"], json!(["pkg:cargo/soutien@1.0.0"]));
        let lock = json!({ "packages": { "node_modules/@by/taken": { "version": "2.0.0", "license": "MIT", "integrity": "sha512-q80=" } } });
        let component = of_npm("@by/taken", &lock).expect("all is there");
        assert_eq!(component["purl"], "pkg:npm/%40by/taken@2.0.0");
        assert_eq!(component["hashes"][0]["content"], "abcd");
        assert!(of_npm("other", &lock).is_err());
        let error = made_of(&metadata, "").expect_err("there is no hash");
        assert!(error.to_string().contains("pkg:cargo/taken@1.0.0"), "{error}");
    }
}
