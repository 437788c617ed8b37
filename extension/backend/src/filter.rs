//! A filter: what a group of lists says about requests, elements and scripts, answered by Brave's engine.

use std::collections::HashSet;

use adblock::Engine;
use adblock::lists::{FilterSet, ParseOptions, ParsedLine, parse_filter};
use adblock::request::Request;
use adblock::resources::{MimeType, Resource, ResourceType};
use adblock::sourcemap::FilterRuleDebugInfo;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::list::List;

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

/// What a group of lists says.
pub struct Filter {
    engine: Engine,
    extra: Extra,
}

/// What the engine does not keep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Extra {
    /// The titles of the lists, in their order.
    titles: Vec<String>,
    /// Selectors with a style of their own on every page.
    styles: Vec<(String, String)>,
    /// The selectors that are for every site, for blockers that put all of them on each page; otherwise empty.
    sheet: Vec<String>,
}

/// A rule of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The rule; empty where the engine does not know it.
    pub rule: String,
    /// The title of its list; empty where the engine does not know it.
    pub list: String,
    /// The number of its line, from 1 on; 0 where the engine does not know it.
    pub line: u32,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is let through; no rule is about it.
    Through,
    /// It is let through by an exception from the first rule.
    Excepted(Source, Source),
    /// It is blocked.
    Blocked(Source),
}

/// What is done to a page as soon as it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The selectors of what is hidden.
    pub selectors: Vec<String>,
    /// Selectors that must not be hidden here.
    pub exceptions: HashSet<String>,
    /// Selectors with a style of their own.
    pub styles: Vec<(String, String)>,
    /// Scriptlets, each with its arguments.
    pub scriptlets: Vec<Vec<String>>,
    /// Whether the page is spared the selectors that are for every site.
    pub is_spared: bool,
}

impl Filter {
    /// Makes a filter of lists, and with them a sheet of the selectors that are for every site. Lines that the engine cannot read are
    /// left out.
    pub fn new(lists: &[List], with_sheet: bool) -> Self {
        // Only an engine that is debugged keeps the text of its rules.
        let mut set = FilterSet::new(true);
        for list in lists {
            set.add_filter_list(list.lines.join("\n"), ParseOptions::default());
        }
        let extra = Extra {
            titles: lists.iter().map(|list| list.title.clone()).collect(),
            styles: lists.iter().flat_map(|list| list.styles.clone()).collect(),
            sheet: if with_sheet { sheet(lists) } else { Vec::new() },
        };
        Self::with(Engine::new_with_filter_set(set), extra)
    }

    fn with(mut engine: Engine, extra: Extra) -> Self {
        engine.use_resources(SCRIPTLETS.iter().map(|(name, aliases)| {
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
                permission: adblock::resources::PermissionMask::default(),
            }
        }));
        Self { engine, extra }
    }

    /// The filter as bytes that [`Filter::restore`] takes: the length of the rest, the rest as JSON, and the engine. They are good for
    /// targets with the same width of a pointer only: the engine's tables of classes and ids are laid out by hashes that depend on it.
    pub fn store(&self) -> Vec<u8> {
        let extra = serde_json::to_vec(&self.extra).unwrap_or_default();
        let mut bytes = (extra.len() as u32).to_le_bytes().to_vec();
        bytes.extend(extra);
        bytes.extend(self.engine.serialize());
        bytes
    }

    /// The filter that [`Filter::store`] made bytes of.
    ///
    /// # Errors
    /// When they are not such bytes, with what is wrong.
    pub fn restore(bytes: &[u8]) -> Result<Self, String> {
        let cut = || format!("the stored filter has {} bytes, which is too few", bytes.len());
        let length = bytes
            .first_chunk::<4>()
            .map(|length| u32::from_le_bytes(*length) as usize)
            .ok_or_else(cut)?;
        let (extra, engine) = bytes[4..].split_at_checked(length).ok_or_else(cut)?;
        let extra = serde_json::from_slice(extra).map_err(|error| format!("the stored filter is broken: {error}"))?;
        let mut restored = Engine::default();
        restored
            .deserialize(engine)
            .map_err(|error| format!("the stored filter is broken: {error:?}"))?;
        Ok(Self::with(restored, extra))
    }

    /// What becomes of a request for `address` by a page at `from`; `kind` is its type as browsers name it, such as `sub_frame`.
    /// An address that is none is let through.
    pub fn decide(&self, address: &str, from: &str, kind: &str) -> Decision {
        let Ok(request) = Request::new(address, from, kind, "get") else {
            return Decision::Through;
        };
        let answer = self.engine.check_network_request(&request);
        match (answer.filter, answer.exception) {
            (Some(filter), None) => Decision::Blocked(self.source(filter)),
            (Some(filter), Some(exception)) => Decision::Excepted(self.source(filter), self.source(exception)),
            (None, _) => Decision::Through,
        }
    }

    fn source(&self, info: FilterRuleDebugInfo) -> Source {
        let location = info.source_location.unwrap_or_default();
        Source {
            rule: info.raw_line.unwrap_or_default(),
            list: self
                .extra
                .titles
                .get(location.source_index as usize)
                .cloned()
                .unwrap_or_default(),
            line: location.line_number + 1,
        }
    }

    /// What is done to the page at `address`. Of the selectors that are for every site, those for a class or an id are left out
    /// unless the filter has a sheet of them; see [`Filter::names`].
    pub fn page(&self, address: &str) -> Page {
        let resources = self.engine.url_cosmetic_resources(address);
        let is_spared = resources.generichide;
        let mut selectors = resources.hide_selectors;
        if !is_spared {
            let sheet = self
                .extra
                .sheet
                .iter()
                .filter(|selector| !resources.exceptions.contains(*selector));
            selectors.extend(sheet.cloned());
        }
        let mut selectors: Vec<String> = selectors.into_iter().collect();
        selectors.sort_unstable();
        let mut styles = Vec::new();
        for action in &resources.procedural_actions {
            if let Ok(action) = serde_json::from_str::<adblock::cosmetic_filter_cache::ProceduralOrActionFilter>(action)
                && let Some((selector, style)) = action.as_css()
            {
                styles.push((selector, style));
            }
        }
        styles.sort_unstable();
        if !is_spared {
            let own = self
                .extra
                .styles
                .iter()
                .filter(|(selector, _)| !resources.exceptions.contains(selector));
            styles.extend(own.cloned());
        }
        Page {
            selectors,
            styles,
            scriptlets: scriptlets(&resources.injected_script),
            exceptions: resources.exceptions,
            is_spared,
        }
    }

    /// The selectors that hide something for these classes and ids, on a page with these exceptions.
    pub fn names(&self, classes: &[String], ids: &[String], exceptions: &HashSet<String>) -> Vec<String> {
        self.engine.hidden_class_id_selectors(classes, ids, exceptions)
    }
}

/// The selectors of lists that are for every site and that the engine takes.
fn sheet(lists: &[List]) -> Vec<String> {
    let is_taken = |line: &&String| {
        line.starts_with("##")
            && matches!(
                parse_filter(line, false, ParseOptions::default()),
                Ok(ParsedLine::Cosmetic(_))
            )
    };
    let selectors: HashSet<&str> = lists
        .iter()
        .flat_map(|list| &list.lines)
        .filter(is_taken)
        .map(|line| &line[2..])
        .collect();
    let mut selectors: Vec<String> = selectors.into_iter().map(str::to_owned).collect();
    selectors.sort_unstable();
    selectors
}

/// The calls that the engine put together of our own templates, one in each line that begins with a bracket.
fn scriptlets(script: &str) -> Vec<Vec<String>> {
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
    use crate::list::{Dialect, read};

    const PAGE: &str = "https://journal.example/une";

    fn filter(text: &str, with_sheet: bool) -> Filter {
        Filter::new(&[read("List", text, Dialect::Ublock, &[])], with_sheet)
    }

    #[test]
    fn names_the_rule_behind_a_decision() {
        let filter = filter("! title\n/ads/show.$script\n||b.example^\n@@||b.example/ok^\n", false);
        let source = |rule: &str, line| Source {
            rule: rule.into(),
            list: "List".into(),
            line,
        };
        assert_eq!(
            filter.decide("https://a.example/ads/show.js", PAGE, "script"),
            Decision::Blocked(source("/ads/show.$script", 2))
        );
        assert_eq!(
            filter.decide("https://a.example/ads/show.js", PAGE, "image"),
            Decision::Through
        );
        assert_eq!(
            filter.decide("https://b.example/ok", PAGE, "script"),
            Decision::Excepted(source("||b.example^", 3), source("@@||b.example/ok^", 4))
        );
        assert_eq!(filter.decide("no address", PAGE, "script"), Decision::Through);
    }

    #[test]
    fn hides_by_name_or_by_sheet() {
        let lists = "##.ad\n##div[data-ad]\njournal.example##.pub\nother.example##.other\njournal.example#@#.spared\n##.spared";
        let (by_name, by_sheet) = (filter(lists, false), filter(lists, true));
        let page = by_name.page(PAGE);
        assert_eq!(page.selectors, [".pub", "div[data-ad]"]);
        assert_eq!(by_sheet.page(PAGE).selectors, [".ad", ".pub", "div[data-ad]"]);
        let names = ["ad".to_owned(), "spared".to_owned(), "none".to_owned()];
        assert_eq!(by_name.names(&names, &[], &page.exceptions), [".ad"]);
    }

    #[test]
    fn gives_scriptlets_with_their_arguments() {
        let filter = filter(
            "journal.example##+js(set, canRunAds, true)\njournal.example##+js(aopr, a\\,b)\njournal.example##+js(unknown, x)",
            false,
        );
        assert_eq!(
            filter.page(PAGE).scriptlets,
            [
                vec!["abort-on-property-read", "a,b"],
                vec!["set-constant", "canRunAds", "true"]
            ]
        );
    }

    #[test]
    fn spares_pages_that_a_list_spares() {
        let filter = filter("##div[data-ad]\n@@||journal.example^$ghide\njournal.example##.pub", true);
        let page = filter.page(PAGE);
        assert!(page.is_spared);
        assert_eq!(page.selectors, [".pub"]);
    }

    #[test]
    fn is_the_same_when_stored_and_restored() {
        let text = "/ads/show.$script\n##.ad\n##.pub:style(display: block !important)\njournal.example##+js(nostif, adb)";
        let stored = filter(text, true).store();
        let restored = Filter::restore(&stored).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(restored.page(PAGE), filter(text, true).page(PAGE));
        assert_eq!(
            restored.page(PAGE).styles,
            [(".pub".into(), "display: block !important".into())]
        );
        assert!(matches!(
            restored.decide("https://a.example/ads/show.js", PAGE, "script"),
            Decision::Blocked(_)
        ));
    }

    #[test]
    fn refuses_what_is_no_filter() {
        for bytes in [&b""[..], b"\xff\xff\xff\xffabc", b"\x02\0\0\0{}", b"\x02\0\0\0{}junk"] {
            assert!(Filter::restore(bytes).is_err(), "{bytes:?}");
        }
    }
}
