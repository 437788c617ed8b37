//! `soutien-bench size`: what the bytes that readers download are made of, the largest first.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use soutien_project::root;

/// How many functions are named.
const N_FUNCTIONS: usize = 40;

/// What is known of a module.
#[derive(Debug, Default, PartialEq, Eq)]
struct Module {
    /// The sections that readers download, and their bytes.
    sections: Vec<(&'static str, usize)>,
    /// The functions and their bytes, the largest first.
    functions: Vec<(String, usize)>,
    /// What it imports.
    imports: Vec<String>,
}

/// Prints what the files of the last build are made of.
///
/// # Errors
/// When it left something else than is expected.
pub fn size() -> Result<()> {
    let package = root().join("target/pkg");
    let path = package.join("soutien_opt.wasm");
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let module = read(&bytes).with_context(|| format!("{} is not a module as expected", path.display()))?;
    println!("\nsoutien.wasm, before brotli and with long names of imports and exports");
    for (name, bytes) in &module.sections {
        row(*bytes, name);
    }
    println!("\n{} functions of soutien.wasm", module.functions.len());
    for (name, bytes) in module.functions.iter().take(N_FUNCTIONS) {
        row(*bytes, name);
    }
    let rest: usize = module.functions.iter().skip(N_FUNCTIONS).map(|function| function.1).sum();
    row(rest, "all others");
    println!("\n{} imports of soutien.wasm", module.imports.len());
    println!("  {}", module.imports.join(" "));

    let path = package.join("loader.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    println!("\nsoutien.js, minified and before brotli");
    for (name, bytes) in sources(&serde_json::from_str(&text)?) {
        row(bytes, &name);
    }
    Ok(())
}

fn row(bytes: usize, what: &str) {
    println!("{bytes:>9}  {what}");
}

/// Takes a module apart that still has the names of its functions.
fn read(bytes: &[u8]) -> Result<Module> {
    let mut module = Module::default();
    let (mut bodies, mut names, mut n_imported) = (Vec::new(), BTreeMap::new(), 0);
    let mut sections: BTreeMap<_, usize> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        let section = match &payload {
            Payload::TypeSection(_) => "types",
            Payload::ImportSection(_) => "imports",
            Payload::FunctionSection(_) => "types of functions",
            Payload::TableSection(_) | Payload::ElementSection(_) => "tables",
            Payload::MemorySection(_) | Payload::GlobalSection(_) => "memory and globals",
            Payload::ExportSection(_) => "exports",
            Payload::CodeSectionStart { .. } => "functions",
            Payload::DataSection(_) => "data",
            _ => "",
        };
        if let (false, Some((_, range))) = (section.is_empty(), payload.as_section()) {
            *sections.entry(section).or_default() += (range.end - range.start) as usize;
        }
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    n_imported += u32::from(matches!(import.ty, TypeRef::Func(_)));
                    module.imports.push(plain_name(import.name).to_owned());
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes().len()),
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(parts) = custom.as_known() else {
                    continue;
                };
                for part in parts {
                    let Name::Function(functions) = part? else {
                        continue;
                    };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, without_hashes(function.name));
                    }
                }
            }
            _ => {}
        }
    }
    // Those that are imported have the first numbers.
    let functions = (n_imported..).zip(bodies).map(|(index, bytes)| {
        let name = names.get(&index).cloned().unwrap_or_else(|| format!("function {index}"));
        (name, bytes)
    });
    module.functions = functions.collect();
    module.sections = sections.into_iter().collect();
    largest_first(&mut module.functions);
    largest_first(&mut module.sections);
    Ok(module)
}

/// The name of a function as wasm-bindgen writes it, without the hashes of crates: `soutien[5dc7f29df995d61]::start` is `soutien::start`.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.len() > 8 && is_hash(hash) => plain.push_str(rest),
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// The name of an import, without what wasm-bindgen puts around it: `__wbg_ask_b871a9b9521d06b0` is `ask`.
fn plain_name(name: &str) -> &str {
    let inner = name.strip_prefix("__wbg_").and_then(|name| name.rsplit_once('_'));
    inner.filter(|(_, hash)| is_hash(hash)).map_or(name, |(name, _)| name)
}

fn is_hash(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn largest_first<T>(items: &mut [(T, usize)]) {
    items.sort_by_key(|item| std::cmp::Reverse(item.1));
}

/// What each source file is in the output, by what esbuild writes of it.
fn sources(written: &Value) -> Vec<(String, usize)> {
    let outputs = written["outputs"].as_object().into_iter().flatten();
    let inputs = outputs.flat_map(|(_, output)| output["inputs"].as_object().into_iter().flatten());
    let mut sources: Vec<(String, usize)> = inputs
        .map(|(name, input)| (name.clone(), input["bytesInOutput"].as_u64().unwrap_or_default() as usize))
        .collect();
    largest_first(&mut sources);
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_names() {
        assert_eq!(
            without_hashes("<soutien[5dc7f29df995d61]::App as core[fafa5420d26920c8]::Eq<[u8]>>::eq"),
            "<soutien::App as core::Eq<[u8]>>::eq"
        );
        assert_eq!(plain_name("__wbg_ask_b871a9b9521d06b0"), "ask");
        assert_eq!(plain_name("whenFree"), "whenFree");
    }

    /// A module with an import, two functions and their names.
    #[test]
    fn names_functions_by_their_place_after_the_imports() {
        let section = |id: u8, body: &[u8]| [&[id, body.len() as u8], body].concat();
        let name = |index: u8, name: &str| [&[index, name.len() as u8], name.as_bytes()].concat();
        let functions = [vec![2], name(1, "small"), name(2, "start")].concat();
        let names = [b"\x04name".as_slice(), &section(1, &functions)].concat();
        let bytes = [
            b"\0asm\x01\0\0\0".to_vec(),
            section(1, &[1, 0x60, 0, 0]),
            section(2, b"\x01\x01a\x03ask\0\0"),
            section(3, &[2, 0, 0]),
            section(10, &[2, 2, 0, 0x0b, 4, 0, 1, 1, 0x0b]),
            section(0, &names),
        ]
        .concat();
        let module = read(&bytes).unwrap();
        assert_eq!(module.functions, [("start".to_owned(), 4), ("small".to_owned(), 2)]);
        assert_eq!(module.imports, ["ask"]);
        assert_eq!(module.sections[0], ("functions", 9));
    }

    #[test]
    fn reads_what_esbuild_writes() {
        let written = serde_json::json!({ "outputs": { "loader.js": { "inputs": {
            "web/loader.js": { "bytesInOutput": 7 }, "glue.js": { "bytesInOutput": 9 },
        } } } });
        assert_eq!(
            sources(&written),
            [("glue.js".to_owned(), 9), ("web/loader.js".to_owned(), 7)]
        );
    }
}
