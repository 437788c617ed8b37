//! A filter: what a group of lists says about requests, elements and scripts, answered by Brave's engine.

mod index;
mod rule_text;
mod scriptlets;

use std::collections::{BTreeSet, HashSet};

use adblock::Engine;
use adblock::cosmetic_filter_cache::ProceduralOrActionFilter;
use adblock::lists::{FilterSet, ParseOptions};
use adblock::request::Request;
use adblock::sourcemap::FilterRuleDebugInfo;
use serde::Serialize;

use self::index::Index;
pub use self::rule_text::unplayed;
use self::rule_text::{index_of, is_played, sheet, sites, text_of_call, text_of_style};
use self::scriptlets::{calls, templates};
use crate::element::{Element, begins_with};
use crate::list::List;
use crate::request_type::RequestType;
use crate::rule::spared::{self, Spared};
use crate::rule::{Effect, Rule};

/// What a group of lists says.
pub struct Filter {
    engine: Engine,
    /// The titles of the lists, in their order.
    titles: Vec<String>,
    /// Selectors with a style of their own on every page.
    styles: Vec<(String, String)>,
    /// The selectors that are for every site, for blockers that put all of them on each page; otherwise empty.
    sheet: Vec<String>,
    /// What fits the pages that lists spare something beyond what the engine knows.
    spares: Spares,
    /// Where the rules about elements stand, of which the engine keeps nothing but what they say; see [`rule_text`].
    index: Index,
}

/// What fits the pages that lists spare something, by what they spare them: see [`Spared`].
struct Spares {
    generic: Engine,
    specific: Engine,
    scriptlets: Engine,
}

/// A rule of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
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
    /// spares the page all rules that are for every site, or all about elements.
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
    /// What the page is spared.
    pub spared: Spared,
}

impl Filter {
    /// Makes a filter of lists, and with them a sheet of the selectors that are for every site. Lines that the engine cannot read are
    /// left out.
    pub fn new(lists: &[List], with_sheet: bool) -> Self {
        // Only an engine that is debugged keeps the text of its rules.
        let mut set = FilterSet::new(true);
        for list in lists {
            let lines = list.lines.iter().map(|line| if is_played(line) { line } else { "" });
            set.add_filter_list(lines.collect::<Vec<_>>().join("\n"), ParseOptions::default());
        }
        let mut engine = Engine::new_with_filter_set(set);
        engine.use_resources(templates());
        let spared: Vec<(Spared, String)> = lists
            .iter()
            .flat_map(|list| &list.lines)
            .filter_map(|line| spared::spared(line))
            .collect();
        let fitting = |spares: fn(&Spared) -> bool| {
            let rules = spared
                .iter()
                .filter(|(spared, _)| spares(spared))
                .map(|(_, rule)| rule.as_str());
            let mut set = FilterSet::new(true);
            set.add_filter_list(rules.collect::<Vec<_>>().join("\n"), ParseOptions::default());
            Engine::new_with_filter_set(set)
        };
        let spares = Spares {
            generic: fitting(|spared| spared.generic),
            specific: fitting(|spared| spared.specific),
            scriptlets: fitting(|spared| spared.scriptlets),
        };
        Self {
            engine,
            titles: lists.iter().map(|list| list.title.clone()).collect(),
            styles: lists
                .iter()
                .flat_map(|list| &list.styles)
                .map(|style| (style.selector.clone(), style.style.clone()))
                .collect(),
            sheet: if with_sheet { sheet(lists) } else { Vec::new() },
            spares,
            index: index_of(lists),
        }
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

    /// Those of the addresses that requests of this type are refused for, by a page at `from`, and nothing comes instead where the blocker
    /// `has_surrogates`.
    pub fn refused(&self, mut addresses: Vec<String>, from: &str, kind: RequestType, has_surrogates: bool) -> Vec<String> {
        let has_one = |source: &Source| Rule::read(&source.rule).is_ok_and(|rule| matches!(rule.effect, Effect::Redirect(_)));
        addresses.retain(|address| match self.decide(address, from, kind.as_str()) {
            Decision::Blocked(source) => !(has_surrogates && has_one(&source)),
            Decision::Excepted(..) | Decision::Through => false,
        });
        addresses
    }

    fn source(&self, info: FilterRuleDebugInfo) -> Source {
        let location = info.source_location.unwrap_or_default();
        Source {
            rule: info.raw_line.unwrap_or_default(),
            list: self.titles.get(location.source_index as usize).cloned().unwrap_or_default(),
            line: location.line_number + 1,
        }
    }

    /// What is done to the page at `address`. Of the selectors that are for every site, those for a class or an id are left out
    /// unless the filter has a sheet of them; see [`Filter::names`].
    pub fn page(&self, address: &str) -> Page {
        let mut page = self.unspared(address);
        // What is for every site is left out by the engine, unless all is.
        if page.spared.specific && page.spared.generic {
            page.selectors.clear();
            page.styles.clear();
        } else if page.spared.specific {
            let sites = sites(address);
            page.selectors.retain(|selector| !self.is_of_site(&sites, selector));
            page.styles
                .retain(|(selector, style)| !self.is_of_site(&sites, &text_of_style(selector, style)));
        }
        if page.spared.scriptlets {
            page.scriptlets.clear();
        }
        page
    }

    /// Whether the rules with this body that mean a page are for its site, of those names, and none is for every site.
    fn is_of_site(&self, sites: &[String], body: &str) -> bool {
        let own = sites.split_last().map_or(sites, |(_, own)| own);
        self.rule(own, "", "##", body).is_some() && self.rule(&[String::new()], "", "##", body).is_none()
    }

    /// What lists spare the page at `address` beyond what the engine knows.
    fn spared(&self, address: &str) -> Spared {
        let Ok(request) = Request::new(address, address, RequestType::Document.as_str(), "get") else {
            return Spared::default();
        };
        let fits = |engine: &Engine| engine.check_network_request(&request).filter.is_some();
        Spared {
            generic: fits(&self.spares.generic),
            specific: fits(&self.spares.specific),
            scriptlets: fits(&self.spares.scriptlets),
        }
    }

    /// What would be done to the page at `address` if no list spared it more than what the engine knows.
    fn unspared(&self, address: &str) -> Page {
        let resources = self.engine.url_cosmetic_resources(address);
        let is_spared = resources.generichide;
        let mut selectors = resources.hide_selectors;
        if !is_spared {
            let sheet = self.sheet.iter().filter(|selector| !resources.exceptions.contains(*selector));
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
                .styles
                .iter()
                .filter(|(selector, _)| !resources.exceptions.contains(selector));
            styles.extend(own.cloned());
        }
        let spared = self.spared(address);
        Page {
            selectors,
            styles,
            scriptlets: calls(&resources.injected_script),
            exceptions: resources.exceptions,
            spared: Spared {
                generic: spared.generic || is_spared,
                ..spared
            },
        }
    }

    /// The selectors that hide something for these classes and ids, on a page with these exceptions.
    pub fn names(&self, classes: &[String], ids: &[String], exceptions: &HashSet<String>) -> Vec<String> {
        self.engine.hidden_class_id_selectors(classes, ids, exceptions)
    }

    /// Those of the selectors by which a list hides something on the page at `address`, whatever names it has.
    pub fn hiding(&self, mut selectors: Vec<String>, address: &str) -> Vec<String> {
        let page = self.page(address);
        let is_for_every_site = |selector: &str| self.rule(&[String::new()], "", "##", selector).is_some();
        selectors.retain(|selector| {
            !page.exceptions.contains(selector)
                && (page.selectors.contains(selector) || !page.spared.generic && is_for_every_site(selector))
        });
        selectors
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
        let (page, sites) = (self.unspared(address), sites(address));
        let rule = |body: &str| self.rule_or_text(&sites, body);
        let is_meant = |selector: &&String| element.is_meant_by(selector);
        let mut sight = Sight::default();
        let by_name = self.names(&element.classes, &element.ids, &page.exceptions);
        let by_name: BTreeSet<&String> = by_name.iter().filter(is_meant).collect();
        let mut selectors: BTreeSet<&String> = page.selectors.iter().filter(is_meant).collect();
        if page.spared.generic {
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
        let (spared, hidden): (Vec<_>, Vec<_>) = sight.hidden_by.drain(..).partition(|hides| {
            let is_generic = hides.rule.starts_with("##");
            if is_generic {
                page.spared.generic
            } else {
                page.spared.specific
            }
        });
        sight.hidden_by = hidden;
        sight
            .shown_by
            .extend(spared.into_iter().map(|hides| (hides, Source::default())));
        sight
    }

    /// The first rule there is with this body for one of these sites, each with a mark before it.
    fn rule(&self, sites: &[String], before: &str, marker: &str, body: &str) -> Option<Source> {
        sites.iter().find_map(|site| {
            let rule = format!("{before}{site}{marker}{body}");
            let (list, line) = self.index.find(&rule)?;
            let list = self.titles.get(list).cloned()?;
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
    /// The selectors that are put on the page for links to one of these addresses, as in `a[href^="https://ads.example/"]`.
    pub fn linked(&self, links: &[String]) -> Vec<String> {
        let leads_there = |selector: &&String| {
            let test = selector
                .split_once("[href^=\"")
                .and_then(|(_, test)| test.strip_suffix("\"]"));
            test.is_some_and(|start| !start.contains("\"]") && links.iter().any(|link| link.starts_with(start)))
        };
        self.selectors.iter().filter(leads_there).cloned().collect()
    }

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

/// What a style says about `display`; none where it says nothing.
fn display(style: &str) -> Option<&str> {
    style.split(';').rev().find_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        (property.trim() == "display").then(|| value.split('!').next().unwrap_or_default().trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_style_says_about_display() {
        assert_eq!(display("display: none !important"), Some("none"));
        assert_eq!(display("color: red; display:block!important;"), Some("block"));
        assert_eq!(display("display: none; display: block"), Some("block"));
        assert_eq!(display("visibility: hidden"), None);
    }
}
