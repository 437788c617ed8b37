//! Shortens what the module and the loader call each other by. wasm-bindgen names every import in full, with a hash and the path of
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

/// What the module imports, as src/browser/page.rs has it. The loader takes the sources of it.
const EDGE: &str = "/target/pkg/edge.js";

/// What the module exports; see src/browser/mod.rs.
pub const EXPORTS: [&str; 5] = ["memory", "room", "start", "remind", "wake"];

/// Writes what the loader instantiates the module with, by the new names: a script that exports `imports`, the import object. wasm-bindgen's own
/// glue, from which it is made, takes every browser and every type into account.
///
/// # Errors
/// When the glue does not look as wasm-bindgen's of the pinned version does.
pub fn imports(glue: &str, names: &Names) -> Result<String> {
    let mut files = Vec::new();
    let mut imports = String::new();
    for (module, name, short) in &names.imports {
        if module == "./soutien_bg.js" {
            imports += &format!("    {short}: {},\n", call(glue, name)?);
        } else {
            let file = files.iter().position(|file| file == module).unwrap_or(files.len());
            if file == files.len() {
                files.push(module.clone());
            }
            imports += &format!("    {short}: file{file}.{name},\n");
        }
    }
    // Functions whose texts or numbers wasm-bindgen passes on itself come by their names.
    let named: String = glue
        .lines()
        .filter(|line| line.starts_with("import {"))
        .fold(String::new(), |text, line| text + line + "\n");
    let whole = (0..).zip(&files);
    let whole: String = whole
        .map(|(index, file)| format!("import * as file{index} from {file:?};\n"))
        .collect();
    let text = format!(
        "import {{ withTexts }} from \"../../web/glue.js\";\n{named}{whole}export const imports = {{ a: {{\n{imports}}} }};\n"
    );
    Ok(text.replace(EDGE, "../../web/edge/index.js"))
}

/// The names by which [`EXPORTS`] can be asked for, each as a constant of `web/glue.js` with its value.
///
/// # Errors
/// When the module does not have one of them.
pub fn exports(names: &Names) -> Result<Vec<(String, &str)>> {
    let short = |name: &str| {
        let export = names.exports.iter().find(|(export, _)| export == name);
        let (_, short) = export.with_context(|| format!("the module has no export {name}"))?;
        Ok((name.to_uppercase(), short.as_str()))
    };
    EXPORTS.into_iter().map(short).collect()
}

/// What an import calls, by way of `withTexts` where texts cross; wasm-bindgen writes a function around each. Numbers cross as they are: what can be
/// larger than 31 bits, web/edge/ takes care of itself, and a boolean is as good as a number.
fn call(glue: &str, name: &str) -> Result<String> {
    let (_, body) = glue
        .split_once(&format!("\n        {name}: function("))
        .with_context(|| format!("the glue has no import {name}"))?;
    let body = body.lines().skip(1).map(str::trim);
    let body: Vec<&str> = body.take_while(|line| *line != "},").collect();
    let shown = || format!("{name} was expected to be one call in the glue, with texts after numbers: {body:?}");
    let only = body.first().filter(|_| matches!(body[1..], [] | ["return ret;"]));
    let call = only.and_then(|line| line.trim_start_matches("const ret = ").strip_suffix(");"));
    let (call, given) = call.and_then(|call| call.split_once('(')).with_context(shown)?;
    let (numbers, texts) = given.split_once("getStringFromWasm0").unwrap_or((given, ""));
    let n_texts = given.matches("getStringFromWasm0").count();
    let is_plain = given.matches('(').count() == n_texts && texts.matches("arg").count() == 2 * n_texts;
    ensure!(is_plain, shown());
    Ok(match n_texts {
        0 => call.to_owned(),
        _ => format!("withTexts({call}, {})", numbers.matches("arg").count()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
import { after, problem } from '/target/pkg/edge.js';
import * as import1 from \"/target/pkg/edge.js\"
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_after_1: function(arg0, arg1) {
            after(arg0 >>> 0, arg1 !== 0);
        },
        __wbg_problem_2: function(arg0, arg1, arg2) {
            const ret = problem(arg0, getStringFromWasm0(arg1, arg2));
            return ret;
        },
    };
}
";
    const PRINTED: &str = r#"{"imports": [["./soutien_bg.js", "__wbg_after_1", "$"], ["./soutien_bg.js", "__wbg_problem_2", "_"],
        ["/target/pkg/edge.js", "now", "A"]],
        "exports": [["memory", "a"], ["room", "c"], ["start", "d"], ["remind", "f"], ["wake", "e"]]}"#;

    #[test]
    fn both_sides_get_the_same_short_names() {
        let names = Names::read(PRINTED).unwrap();
        let imports = imports(GLUE, &names).unwrap();
        for expected in [
            "    $: after,",
            "    _: withTexts(problem, 1),",
            "    A: file0.now,",
            "import { after, problem } from '../../web/edge/index.js';",
            "import * as file0 from \"../../web/edge/index.js\"",
        ] {
            assert!(imports.contains(expected), "{expected} is not in:\n{imports}");
        }
        assert!(!imports.contains("import1") && !imports.contains("__wbg"), "{imports}");
        let exports = exports(&names).unwrap();
        assert_eq!((exports[0].0.as_str(), exports[0].1), ("MEMORY", "a"));
        assert_eq!((exports[4].0.as_str(), exports[4].1), ("WAKE", "e"));
    }

    #[test]
    fn a_glue_of_another_shape_is_refused() {
        let names = Names::read(PRINTED).unwrap();
        for (from, to) in [
            ("__wbg_after_1", "__wbg_before_1"),
            ("arg1 !== 0);", "arg1 !== 0); more();"),
            (
                "problem(arg0, getStringFromWasm0(arg1, arg2))",
                "problem(getStringFromWasm0(arg0, arg1), arg2)",
            ),
        ] {
            assert!(imports(&GLUE.replace(from, to), &names).is_err(), "{to}");
        }
        assert!(Names::read("warning: nothing").is_err());
    }
}
