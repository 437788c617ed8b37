//! A filter: what a group of lists says about requests, elements and scripts, answered by Brave's engine.

use std::collections::{BTreeSet, HashSet};
use std::iter::successors;

use adblock::Engine;
use adblock::cosmetic_filter_cache::ProceduralOrActionFilter;
use adblock::filters::cosmetic::{CosmeticFilterAction, CosmeticFilterMask};
use adblock::lists::{FilterSet, ParseOptions, ParsedLine, RuleTypes, parse_filter};
use adblock::request::Request;
use adblock::resources::{InMemoryResourceStorage, MimeType, PermissionMask, Resource, ResourceStorage, ResourceType};
use adblock::sourcemap::FilterRuleDebugInfo;
use adblock::url_parser::parse_url;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::element::{Element, begins_with};
use crate::index::Index;
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
    /// Where the rules about elements stand, of which the engine keeps nothing but what they say; see [`texts`].
    index: Index,
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
    /// The rule; empty where it is not known. Of a rule about elements that names several sites, the one that counts.
    pub rule: String,
    /// The title of its list; empty where it is not known.
    pub list: String,
    /// The number of its line, from 1 on; 0 where it is not known.
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

/// What becomes of an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The rules that hide it; where there are none, it is shown.
    pub hidden_by: Vec<Source>,
    /// The rules that would hide it, each with what shows it all the same: an exception, or a style. The latter is empty where a list
    /// spares the page all rules that are for every site.
    pub shown_by: Vec<(Source, Source)>,
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
            styles: lists
                .iter()
                .flat_map(|list| &list.styles)
                .map(|style| (style.selector.clone(), style.style.clone()))
                .collect(),
            sheet: if with_sheet { sheet(lists) } else { Vec::new() },
        };
        Self::with(Engine::new_with_filter_set(set), extra, index(lists))
    }

    fn with(mut engine: Engine, extra: Extra, index: Index) -> Self {
        engine.use_resources(templates());
        Self { engine, extra, index }
    }

    /// The filter as bytes that [`Filter::restore`] takes: the length of the rest, the rest as JSON, the index, and the engine. They are
    /// good for targets with the same width of a pointer only: the engine's tables of classes and ids are laid out by hashes that depend
    /// on it.
    pub fn store(&self) -> Vec<u8> {
        let extra = serde_json::to_vec(&self.extra).unwrap_or_default();
        let mut bytes = (extra.len() as u32).to_le_bytes().to_vec();
        bytes.extend(extra);
        self.index.store(&mut bytes);
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
        let (extra, rest) = bytes[4..].split_at_checked(length).ok_or_else(cut)?;
        let extra = serde_json::from_slice(extra).map_err(|error| format!("the stored filter is broken: {error}"))?;
        let (index, engine) = Index::restore(rest).ok_or_else(cut)?;
        let mut restored = Engine::default();
        restored
            .deserialize(engine)
            .map_err(|error| format!("the stored filter is broken: {error:?}"))?;
        Ok(Self::with(restored, extra, index))
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
            if let Ok(action) = serde_json::from_str::<ProceduralOrActionFilter>(action)
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

    /// The rule by which what fits a selector is hidden on the page at `address`: one for its site before one for every site. Where it is
    /// not known, there is no list, and the line is 0.
    pub fn hider(&self, selector: &str, address: &str) -> Source {
        self.rule_or_text(&sites(address), selector)
    }

    /// The rule by which a scriptlet runs on the page at `address`, likewise; `call` is one of [`Page::scriptlets`].
    pub fn scriptlet(&self, call: &[String], address: &str) -> Source {
        self.rule_or_text(&sites(address), &text_of_call(call))
    }

    /// What becomes of an element on the page at `address`, and by which rules. Rules that ask for more than classes and ids are left out;
    /// see [`Element::is_meant_by`].
    pub fn element(&self, element: &Element, address: &str) -> Sight {
        let (page, sites) = (self.page(address), sites(address));
        let rule = |body: &str| self.rule_or_text(&sites, body);
        let is_meant = |selector: &&String| element.is_meant_by(selector);
        let mut sight = Sight::default();
        let by_name = self.names(&element.classes, &element.ids, &page.exceptions);
        let by_name: BTreeSet<&String> = by_name.iter().filter(is_meant).collect();
        let mut selectors: BTreeSet<&String> = page.selectors.iter().filter(is_meant).collect();
        if page.is_spared {
            let spared = by_name.difference(&selectors);
            sight
                .shown_by
                .extend(spared.map(|selector| (rule(selector), Source::default())));
        } else {
            selectors.extend(by_name);
        }
        sight.hidden_by.extend(selectors.into_iter().map(|selector| rule(selector)));

        let exceptions: BTreeSet<&String> = page.exceptions.iter().filter(is_meant).collect();
        sight.shown_by.extend(exceptions.into_iter().filter_map(|selector| {
            let exception = self.rule(&sites, "", "#@#", selector);
            let exception = exception.or_else(|| self.rule(&sites, "~", "##", selector))?;
            Some((self.rule(&sites, "", "##", selector)?, exception))
        }));

        let styles = page.styles.iter().filter(|(selector, _)| element.is_meant_by(selector));
        let (hide, rest): (Vec<_>, Vec<_>) = styles.partition(|(_, style)| display(style) == Some("none"));
        let text = |(selector, style): &(String, String)| text_of_style(selector, style);
        sight.hidden_by.extend(hide.into_iter().map(|style| rule(&text(style))));
        // Lists show baits by a style, which wins: it names more of their classes than what hides them.
        if let Some(shows) = rest.into_iter().find(|(_, style)| display(style).is_some()) {
            let beaten = sight.hidden_by.drain(..);
            sight.shown_by.extend(beaten.map(|hides| (hides, rule(&text(shows)))));
        }
        sight
    }

    /// The first rule there is with this body for one of these sites, each with a mark before it.
    fn rule(&self, sites: &[String], before: &str, marker: &str, body: &str) -> Option<Source> {
        sites.iter().find_map(|site| {
            let rule = format!("{before}{site}{marker}{body}");
            let (list, line) = self.index.find(&rule)?;
            let list = self.extra.titles.get(list).cloned()?;
            Some(Source { rule, list, line })
        })
    }

    fn rule_or_text(&self, sites: &[String], body: &str) -> Source {
        self.rule(sites, "", "##", body).unwrap_or_else(|| Source {
            rule: format!("##{body}"),
            ..Source::default()
        })
    }
}

impl Page {
    /// The selectors that are put on the page and begin with one of these classes or ids.
    pub fn named(&self, classes: &[String], ids: &[String]) -> Vec<String> {
        let [classes, ids] = [classes, ids].map(|names| names.iter().map(String::as_str).collect());
        let selectors = self.selectors.iter();
        selectors
            .filter(|selector| begins_with(selector, &classes, &ids))
            .cloned()
            .collect()
    }
}

/// What the engine puts together where it runs scriptlets: a template for each, which makes a line of JSON of its name and arguments.
fn templates() -> impl Iterator<Item = Resource> {
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

/// Where the rules about elements stand.
fn index(lists: &[List]) -> Index {
    let templates = &ResourceStorage::from_backend(InMemoryResourceStorage::from_resources(templates()));
    let lists = lists.iter().enumerate();
    Index::new(lists.flat_map(|(number, list)| texts_of(list, templates).map(move |(text, line)| (text, number, line))))
}

/// The rules of a list about elements, each as the index has it, with the number of its line.
fn texts_of(list: &List, templates: &ResourceStorage) -> impl Iterator<Item = (String, usize)> {
    let rules = list.lines.iter().zip(1..);
    let rules = rules.flat_map(|(line, number)| texts(line, templates).into_iter().map(move |text| (text, number)));
    let styles = list.styles.iter();
    rules.chain(styles.map(|style| (format!("##{}", text_of_style(&style.selector, &style.style)), style.line)))
}

/// A rule about elements as the index has it: one text for each site that it names, as in `journal.example##.ad`, `~journal.example##.ad`
/// and `journal.example#@#.ad`, and one without a site, as in `##.ad`, where it is for every site. `#?#` becomes `##`. What is not played
/// has none.
fn texts(line: &str, templates: &ResourceStorage) -> Vec<String> {
    let options = ParseOptions {
        rule_types: RuleTypes::CosmeticOnly,
        ..ParseOptions::default()
    };
    let Ok(ParsedLine::Cosmetic(rule)) = parse_filter(line, false, options) else {
        return Vec::new();
    };
    let Some(selector) = rule.plain_css_selector() else {
        return Vec::new();
    };
    let is_scriptlet = rule.mask.contains(CosmeticFilterMask::SCRIPT_INJECT);
    let body = match &rule.action {
        None if is_scriptlet => {
            let script = templates.get_scriptlet_resources([(selector, PermissionMask::default())]);
            scriptlets(&script).first().map(|call| text_of_call(call))
        }
        None => Some(selector.to_owned()),
        Some(CosmeticFilterAction::Style(style)) => Some(text_of_style(selector, style)),
        Some(_) => None,
    };
    let Some(body) = body else {
        return Vec::new();
    };
    let marker = if rule.mask.contains(CosmeticFilterMask::UNHIDE) {
        "#@#"
    } else {
        "##"
    };
    let sites = line.trim().split('#').next().unwrap_or_default();
    let sites: Vec<&str> = sites.split(',').filter(|site| !site.is_empty()).collect();
    // A rule that only says for which sites it is not is for all others.
    let is_generic = sites.iter().all(|site| site.starts_with('~')) && !is_scriptlet && rule.action.is_none();
    let mut texts: Vec<String> = sites
        .into_iter()
        .filter_map(|site| Some(format!("{}{marker}{body}", ascii(site)?)))
        .collect();
    if is_generic {
        texts.push(format!("{marker}{body}"));
    }
    texts
}

/// The name of a site in the letters that travel, with the `~` and the `.*` that rules put around it.
fn ascii(site: &str) -> Option<String> {
    if site.is_ascii() {
        return Some(site.to_owned());
    }
    let (before, name) = site.strip_prefix('~').map_or(("", site), |name| ("~", name));
    let (name, after) = name.strip_suffix(".*").map_or((name, ""), |name| (name, ".*"));
    Some(format!("{before}{}{after}", idna::domain_to_ascii(name).ok()?))
}

/// The names by which rules mean the page at an address, the closest first: its host and the hosts above it, the same without what all
/// names of its country or kind end in, as in `journal.*`, and last none at all, for rules that are for every site.
fn sites(address: &str) -> Vec<String> {
    let Some(url) = parse_url(address) else {
        return vec![String::new()];
    };
    let (host, domain) = (url.hostname(), url.domain());
    let hosts = successors(Some(host), |host| Some(host.split_once('.')?.1)).take_while(|host| host.len() >= domain.len());
    // With its dot, as in `.com` and `.co.uk`.
    let ending = domain.find('.').map_or("", |dot| &domain[dot..]);
    let entities = hosts
        .clone()
        .map(|host| format!("{}.*", host.strip_suffix(ending).unwrap_or(host)));
    hosts.map(str::to_owned).chain(entities).chain([String::new()]).collect()
}

/// A scriptlet as a rule has it, with the name that it goes by here.
fn text_of_call(call: &[String]) -> String {
    let parts: Vec<String> = call.iter().map(|part| part.replace(',', "\\,")).collect();
    format!("+js({})", parts.join(", "))
}

/// A selector with a style as a rule has it.
fn text_of_style(selector: &str, style: &str) -> String {
    format!("{selector}:style({style})")
}

/// What a style says about `display`; none where it says nothing.
fn display(style: &str) -> Option<&str> {
    style.split(';').rev().find_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        (property.trim() == "display").then(|| value.split('!').next().unwrap_or_default().trim())
    })
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
    fn says_which_of_its_selectors_are_for_names_of_the_page() {
        let page = filter("journal.example##.pub > a\njournal.example###haut\n##div.pub", false).page(PAGE);
        assert_eq!(page.selectors, ["#haut", ".pub > a", "div.pub"]);
        assert_eq!(page.named(&["pub".into()], &["pub".into()]), [".pub > a"]);
        assert_eq!(page.named(&["haut".into()], &["haut".into()]), ["#haut"]);
    }

    /// Two lists that have rules of all kinds, stored and restored.
    fn two_lists() -> Filter {
        let first = "! Title: First
            ##.ad
            journal.example,autre.example##.pub
            journal.*##.entity
            www.journal.example##.www
            ~autre.example##.but
            journal.example#?#.extended
            journal.example##.styled:style(display: none !important)
            ##.shown.wide:style(display: block !important)
            journal.example##+js(set, canRunAds, true)
            journal.*##+js(nostif.js, a\\,b, 100)
            journal.example##+js(unknown, x)
            élan.example##.accent
            ##.shown\n##.kept\n###haut\n##.first.second\n##div.more\n##.above .below";
        let second = "##.pub\njournal.example##.ad\nautre.example##.ad\n##.second\njournal.example#@#.kept";
        let lists = [("First", first), ("Second", second)];
        let lists = lists.map(|(title, text)| read(title, text, Dialect::Ublock, &[]));
        let made = Filter::new(&lists, false);
        Filter::restore(&made.store()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn told(source: &Source) -> String {
        format!("{} ({}, {})", source.rule, source.list, source.line)
    }

    #[track_caller]
    fn check_hider(selector: &str, address: &str, expected: &str) {
        assert_eq!(told(&two_lists().hider(selector, address)), expected);
    }

    #[test]
    fn names_the_rule_that_hides() {
        const ELSEWHERE: &str = "https://elsewhere.example/";
        check_hider(".ad", ELSEWHERE, "##.ad (First, 2)");
        // A rule for the site comes first, whichever list it is in.
        check_hider(".ad", PAGE, "journal.example##.ad (Second, 2)");
        check_hider(".ad", "https://autre.example/", "autre.example##.ad (Second, 3)");
        check_hider(".pub", PAGE, "journal.example##.pub (First, 3)");
        check_hider(".pub", "https://autre.example/", "autre.example##.pub (First, 3)");
        check_hider(".pub", ELSEWHERE, "##.pub (Second, 1)");
        check_hider(".second", ELSEWHERE, "##.second (Second, 4)");
        check_hider("div.more", ELSEWHERE, "##div.more (First, 18)");
        check_hider(".above .below", ELSEWHERE, "##.above .below (First, 19)");
        check_hider(".extended", PAGE, "journal.example##.extended (First, 7)");
        check_hider(
            ".accent",
            "https://xn--lan-9la.example/",
            "xn--lan-9la.example##.accent (First, 13)",
        );
    }

    #[test]
    fn names_the_rule_that_hides_by_the_names_of_its_sites() {
        check_hider(".pub", "https://www.journal.example/", "journal.example##.pub (First, 3)");
        check_hider(
            ".pub",
            "https://a.b.journal.example:8080/?a#b",
            "journal.example##.pub (First, 3)",
        );
        check_hider(".pub", "https://unjournal.example/", "##.pub (Second, 1)");
        check_hider(".www", "https://www.journal.example/", "www.journal.example##.www (First, 5)");
        check_hider(".www", PAGE, "##.www (, 0)");
        check_hider(".entity", PAGE, "journal.*##.entity (First, 4)");
        check_hider(".entity", "https://www.journal.co.uk/", "journal.*##.entity (First, 4)");
        check_hider(".entity", "https://journal.elsewhere.example/", "##.entity (, 0)");
        check_hider(".but", PAGE, "##.but (First, 6)");
        check_hider(".nowhere", PAGE, "##.nowhere (, 0)");
        check_hider(".ad", "no address", "##.ad (First, 2)");
    }

    #[test]
    fn names_the_rule_of_a_scriptlet() {
        let filter = two_lists();
        let scriptlets = filter.page(PAGE).scriptlets;
        let rules: Vec<String> = scriptlets.iter().map(|call| told(&filter.scriptlet(call, PAGE))).collect();
        assert_eq!(
            rules,
            [
                "journal.*##+js(prevent-setTimeout, a\\,b, 100) (First, 11)",
                "journal.example##+js(set-constant, canRunAds, true) (First, 10)",
            ]
        );
    }

    #[track_caller]
    fn check_element(element: &str, address: &str, hidden_by: &[&str], shown_by: &[[&str; 2]]) {
        let element = Element::read(element).unwrap_or_else(|error| panic!("{error}"));
        let sight = two_lists().element(&element, address);
        assert_eq!(sight.hidden_by.iter().map(told).collect::<Vec<_>>(), hidden_by);
        let pairs = sight.shown_by.iter().map(|(rule, shows)| [told(rule), told(shows)]);
        assert_eq!(pairs.collect::<Vec<_>>(), shown_by);
    }

    #[test]
    fn tells_which_rules_hide_an_element() {
        check_element(".nowhere", PAGE, &[], &[]);
        check_element(".ad", PAGE, &["journal.example##.ad (Second, 2)"], &[]);
        check_element(
            "#haut.pub",
            PAGE,
            &["###haut (First, 16)", "journal.example##.pub (First, 3)"],
            &[],
        );
        check_element(".first", PAGE, &[], &[]);
        check_element(
            ".first.second",
            PAGE,
            &["##.first.second (First, 17)", "##.second (Second, 4)"],
            &[],
        );
        // Whether these are hidden depends on more than their classes.
        check_element(".more", PAGE, &[], &[]);
        check_element(".above", PAGE, &[], &[]);
        check_element(".below", PAGE, &[], &[]);
        check_element(".ad", "no address", &["##.ad (First, 2)"], &[]);
    }

    #[test]
    fn tells_what_shows_an_element_all_the_same() {
        check_element(".kept", "https://elsewhere.example/", &["##.kept (First, 15)"], &[]);
        check_element(
            ".kept",
            PAGE,
            &[],
            &[["##.kept (First, 15)", "journal.example#@#.kept (Second, 5)"]],
        );
        check_element(
            ".but",
            "https://www.autre.example/",
            &[],
            &[["##.but (First, 6)", "~autre.example##.but (First, 6)"]],
        );
        check_element(".shown", PAGE, &["##.shown (First, 14)"], &[]);
        let style = "##.shown.wide:style(display: block !important) (First, 9)";
        check_element(".shown.wide", PAGE, &[], &[["##.shown (First, 14)", style]]);
        let style = "journal.example##.styled:style(display: none !important) (First, 8)";
        check_element(".styled", PAGE, &[style], &[]);
    }

    #[test]
    fn tells_that_a_page_is_spared() {
        let filter = filter("##.ad\n##.pub\njournal.example##.pub\n@@||journal.example^$ghide", false);
        let element = |name: &str| filter.element(&Element::read(name).expect("it is an element"), PAGE);
        assert_eq!(element(".ad").shown_by, [(filter.hider(".ad", PAGE), Source::default())]);
        assert_eq!(told(&element(".pub").hidden_by[0]), "journal.example##.pub (List, 3)");
        assert_eq!(element(".pub").shown_by, []);
    }

    #[test]
    fn a_rule_that_another_list_takes_away_stands_nowhere() {
        let mut lists = [
            read("First", "##.ad", Dialect::Ublock, &[]),
            read("Second", "#@#.ad", Dialect::Ublock, &[]),
        ];
        crate::list::unite(&mut lists);
        assert_eq!(told(&Filter::new(&lists, false).hider(".ad", PAGE)), "##.ad (, 0)");
    }

    #[test]
    fn reads_what_a_style_says_about_display() {
        assert_eq!(display("display: none !important"), Some("none"));
        assert_eq!(display("color: red; display:block!important;"), Some("block"));
        assert_eq!(display("display: none; display: block"), Some("block"));
        assert_eq!(display("visibility: hidden"), None);
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
        for bytes in [
            &b""[..],
            b"\xff\xff\xff\xffabc",
            b"\x02\0\0\0{}",
            b"\x02\0\0\0{}junk",
            b"\x02\0\0\0{}\0\0\0\0junk",
        ] {
            assert!(Filter::restore(bytes).is_err(), "{bytes:?}");
        }
    }
}
