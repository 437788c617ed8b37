//! Shortens what the module and its glue call each other by. wasm-bindgen names every import in full, with a hash and the path of
//! its file; in a module this small those names are a tenth of what readers download.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What wasm-opt's `--minify-imports-and-exports-and-modules` prints: each import with its module, its name and its new name in the
/// one module `a`, and each export with its name and its new name.
#[derive(Debug, Deserialize)]
pub struct Names {
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

impl Names {
    /// Reads what wasm-opt printed.
    ///
    /// # Errors
    /// When that is not the JSON expected.
    pub fn read(printed: &str) -> Result<Names> {
        let start = printed.find('{').context("wasm-opt printed no names")?;
        serde_json::from_str(&printed[start..]).context("wasm-opt printed names that are not the JSON expected")
    }
}

/// Functions of the glue, and how they are said in short. `MEMORY` is the name that the memory is exported by.
const FUNCTIONS: [(&str, &str); 3] = [
    (
        "getUint8ArrayMemory0",
        "function getUint8ArrayMemory0() { return new Uint8Array(wasm.MEMORY.buffer); }",
    ),
    (
        "getStringFromWasm0",
        "function getStringFromWasm0(start, length) { return decodeText(getUint8ArrayMemory0().subarray(start, start + length)); }",
    ),
    (
        "decodeText",
        "function decodeText(bytes) { return cachedTextDecoder.decode(bytes); }",
    ),
];

/// What the module exports by itself, and takes; see src/browser/mod.rs.
const EXPORTS: [(&str, &str); 3] = [("room", "length"), ("start", "texts, length"), ("wake", "what, run, answer")];

/// Rewrites the glue for the new names, and exports what a loader instantiates the module with itself: `imports`, a function that
/// gives the import object, and `finish`, which takes the instance; the module's own exports; `memory`, a function that gives its bytes; and what the loader needs of page.js.
///
/// # Errors
/// When the glue does not look as wasm-bindgen's of the pinned version does.
pub fn glue(glue: &str, names: &Names) -> Result<String> {
    // Each function of our files comes by a name of its own; wasm-bindgen imports a whole file once for each.
    let mut glue: String = glue
        .lines()
        .filter(|line| !line.starts_with("import * as import"))
        .fold(String::new(), |text, line| text + line + "\n");
    let mut direct = String::new();
    let mut files = Vec::new();
    for (module, name, short) in &names.imports {
        if module == "./soutien_bg.js" {
            glue = replaced(&glue, &format!("\n        {name}:"), &format!("\n        {short}:"))?;
        } else {
            if !files.contains(&module) {
                files.push(module);
            }
            let file = files.iter().position(|file| *file == module).unwrap_or_default();
            direct += &format!("{short}: file{file}.{name}, ");
        }
    }
    let imports: String = files
        .iter()
        .enumerate()
        .map(|(index, file)| format!("import * as file{index} from {file:?};\n"))
        .collect();
    let page = glue
        .lines()
        .find_map(|line| {
            line.split('"')
                .chain(line.split('\''))
                .find(|part| part.ends_with("/page.js"))
        })
        .context("the glue imports nothing of page.js")?
        .to_owned();
    for (name, short) in &names.exports {
        glue = glue.replace(&format!("wasm.{name};"), &format!("wasm.{short};"));
        for end in ["(", ",", ".", ")"] {
            glue = glue.replace(&format!("wasm.{name}{end}"), &format!("wasm.{short}{end}"));
        }
    }

    let start = glue
        .find("    return {\n        __proto__: null,")
        .context("the glue has no import object where it was expected")?;
    let end = start
        + glue[start..]
            .find("    };\n")
            .context("the import object of the glue has no end")?;
    let object = format!("    return {{ a: {{ ...import0, {direct}}} }};\n");
    glue.replace_range(start..end + "    };\n".len(), &object);
    // Numbers cross as they are. What can be larger than 31 bits, page.js takes care of itself, and a truth value is as good as a number.
    glue = glue.replace(" >>> 0", "").replace(" !== 0", "");
    glue = replaced(&glue, "new TextDecoder('utf-8', { ignoreBOM: true })", "new TextDecoder()")?;
    // These take every browser and gigabytes of text into account.
    for (function, short) in FUNCTIONS {
        let start = glue
            .find(&format!("function {function}("))
            .with_context(|| format!("the glue has no function {function}"))?;
        let end = start + glue[start..].find("\n}\n").context("a function of the glue has no end")?;
        let memory = glue[start..end].split("wasm.").nth(1).and_then(|rest| rest.split('.').next());
        glue.replace_range(start..end + 2, &short.replace("MEMORY", memory.unwrap_or_default()));
    }
    let mut calls = String::new();
    for (name, takes) in EXPORTS {
        let (_, short) = names
            .exports
            .iter()
            .find(|(export, _)| *export == name)
            .with_context(|| format!("the module has no export {name}"))?;
        calls += &format!("export const {name} = ({takes}) => wasm.{short}({takes});\n");
    }
    Ok(format!(
        "{imports}{glue}\n{calls}\
         export {{ __wbg_get_imports as imports, __wbg_finalize_init as finish, getUint8ArrayMemory0 as memory }};\n\
         export {{ Promise, api, attend, problem as report, texts }} from {page:?};\n"
    ))
}

/// Replaces what has to be there.
fn replaced(text: &str, from: &str, to: &str) -> Result<String> {
    ensure!(
        text.contains(from),
        "the glue of wasm-bindgen has no {from:?}, which was expected there"
    );
    Ok(text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
import { after } from './snippets/x/page.js';
import * as import1 from \"./snippets/x/page.js\"
export function hide() {
    wasm.hide();
}
function getStringFromWasm0(ptr, len) {
    return decodeText(ptr >>> 0, len);
}
function getUint8ArrayMemory0() {
    return cached(wasm.memory.buffer);
}
let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
function decodeText(bytes) {
    return decode(bytes, 'utf-8');
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_after_1: function(arg0, arg1) {
            after(arg0 >>> 0, arg1 !== 0);
        },
    };
    return {
        __proto__: null,
        \"./soutien_bg.js\": import0,
        \"./snippets/x/page.js\": import1,
    };
}
";
    const PRINTED: &str = r#"{"imports": [["./soutien_bg.js", "__wbg_after_1", "$"], ["./snippets/x/page.js", "now", "A"]],
        "exports": [["hide", "b"], ["room", "c"], ["start", "d"], ["wake", "e"]]}"#;

    #[test]
    fn both_sides_get_the_same_short_names() {
        let glue = glue(GLUE, &Names::read(PRINTED).unwrap()).unwrap();
        for expected in [
            "        $: function(arg0, arg1)",
            "            after(arg0, arg1);",
            "{ a: { ...import0, A: file0.now, } }",
            "wasm.b();",
            "export const wake = (what, run, answer) => wasm.e(what, run, answer);",
            "import * as file0 from \"./snippets/x/page.js\"",
            "function getUint8ArrayMemory0() { return new Uint8Array(wasm.memory.buffer); }",
        ] {
            assert!(glue.contains(expected), "{expected} is not in:\n{glue}");
        }
        assert!(!glue.contains("import1") && !glue.contains("__wbg_after_1"), "{glue}");
    }

    #[test]
    fn a_glue_of_another_shape_is_refused() {
        let names = Names::read(PRINTED).unwrap();
        assert!(glue("export function hide() {}", &names).is_err());
        assert!(Names::read("warning: nothing").is_err());
    }
}
