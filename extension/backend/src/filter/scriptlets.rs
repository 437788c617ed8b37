//! The scriptlets that are played: which there are, and how the engine tells which run on a page.

use adblock::resources::{MimeType, PermissionMask, Resource, ResourceType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The scriptlets that are played, each with the names that lists call it by. `extension/scriptlets.js` has one function for each.
pub const SCRIPTLETS: [(&str, &[&str]); 4] = [
    ("set-constant", &["set-constant.js", "set.js", "set"]),
    ("abort-on-property-read", &["abort-on-property-read.js", "aopr.js", "aopr"]),
    ("prevent-fetch", &["prevent-fetch.js", "no-fetch-if.js", "no-fetch-if"]),
    (
        "prevent-setTimeout",
        &[
            "prevent-setTimeout.js",
            "no-setTimeout-if.js",
            "no-setTimeout-if",
            "nostif.js",
            "nostif",
        ],
    ),
];

/// The most arguments that a scriptlet takes.
const ARGUMENTS: usize = 4;

/// What the engine puts together where it runs scriptlets: a template for each, which makes a line of JSON of its name and arguments.
pub fn templates() -> impl Iterator<Item = Resource> {
    SCRIPTLETS.iter().map(|(name, aliases)| {
        let places: String = (1..=ARGUMENTS).map(|number| format!(",\"{{{{{number}}}}}\"")).collect();
        Resource {
            name: format!("{name}.fn"),
            aliases: aliases
                .iter()
                .map(|alias| (*alias).to_owned())
                .chain([(*name).to_owned()])
                .collect(),
            kind: ResourceType::Mime(MimeType::ApplicationJavascript),
            content: BASE64.encode(format!("[\"{name}\"{places}]")),
            dependencies: Vec::new(),
            permission: PermissionMask::default(),
        }
    })
}

/// The calls that the engine put together of our own templates, one in each line that begins with a bracket.
pub fn calls(script: &str) -> Vec<Vec<String>> {
    let mut calls: Vec<Vec<String>> = script
        .lines()
        .filter_map(|line| serde_json::from_str(line.trim()).ok())
        .map(|call: Vec<String>| {
            // What stands where the rule has no argument.
            let is_given = |argument: &String| !(argument.starts_with("{{") && argument.ends_with("}}"));
            call.into_iter().take_while(is_given).collect()
        })
        .collect();
    calls.sort_unstable();
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scriptlet_is_a_function_of_the_extension() {
        let source = include_str!("../../../scriptlets.js");
        let functions = source
            .lines()
            .filter_map(|line| line.strip_prefix("  \"")?.split_once("\": (").map(|(name, _)| name));
        assert_eq!(functions.collect::<Vec<_>>(), SCRIPTLETS.map(|(name, _)| name));
    }
}
