//! Reads filter lists: what a list says in the dialect of its blocker becomes what the filter engine understands.
//!
//! One line comes out for each line that goes in, so that the number of a line is the same everywhere.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::css::is_contained;
use crate::host::is_host;
use crate::rule::{self, engine};

/// A list longer than this is refused, in bytes. The largest list in use, AdGuard's Base filter, has 7 million.
pub const LONGEST_LIST: usize = 64 << 20;

/// Whose syntax a list is written in. They share most of it; what differs is translated here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Adblock Plus, the syntax that the others extend: <https://help.adblockplus.org/hc/en-us/articles/360062733293>.
    AdblockPlus,
    /// uBlock Origin: `!#if` directives, bare host names, lines of hosts files:
    /// <https://github.com/gorhill/uBlock/wiki/Static-filter-syntax>.
    #[default]
    Ublock,
    /// AdGuard: `#%#//scriptlet(…)` and `#$#` rules: <https://adguard.com/kb/general/ad-filtering/create-own-filters/>.
    Adguard,
    /// A hosts file, or one host name a line.
    Hosts,
}

impl Dialect {
    /// The dialect that a list says it is written in, of a line such as `[Adblock Plus 2.0]` or `! Title: AdGuard Base filter`; none where the
    /// line says nothing of it.
    fn of_header(line: &str) -> Option<Dialect> {
        let named = match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => name,
            None => line.strip_prefix('!')?.trim_start().strip_prefix("Title:")?,
        };
        let name = named.trim_start().to_ascii_lowercase();
        [
            ("adguard", Dialect::Adguard),
            ("adblock plus", Dialect::AdblockPlus),
            ("ublock", Dialect::Ublock),
        ]
        .into_iter()
        .find_map(|(start, dialect)| name.starts_with(start).then_some(dialect))
    }
}

/// What a list says, line by line, for the filter engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// What people call the list.
    pub title: String,
    /// As many lines as the list has; those without a rule for the engine are empty.
    pub lines: Vec<String>,
    /// Styles of the list's own for every page; the engine knows them for single sites only.
    pub styles: Vec<Style>,
}

/// A style that a list has for a selector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// The selector.
    pub selector: String,
    /// The declarations, as in `display: block !important`.
    pub style: String,
    /// The number of its line, from 1 on.
    pub line: usize,
}

/// Reads a list. `tokens` are those that hold in `!#if` directives, such as `env_mv3`.
///
/// Whatever cannot be read is left to the engine, which refuses it, or to [`crate::dnr`], which says why.
pub fn read(title: &str, text: &str, dialect: Dialect, tokens: &[String]) -> List {
    read_lines(title, text, tokens, |_| dialect)
}

/// Reads lists one after the other that nobody has said the dialect of: each is read in the one that its head names, and in uBlock
/// Origin's up to the first of them, which has most of what the others have.
pub fn read_by_heads(title: &str, text: &str) -> List {
    let mut dialect = Dialect::Ublock;
    read_lines(title, text, &[], |line| {
        dialect = Dialect::of_header(line).unwrap_or(dialect);
        dialect
    })
}

fn read_lines(title: &str, text: &str, tokens: &[String], mut dialect_of: impl FnMut(&str) -> Dialect) -> List {
    let mut list = List {
        title: title.to_owned(),
        ..List::default()
    };
    // Whether the branch of each directive that is open applies.
    let mut branches: Vec<bool> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let dialect = dialect_of(line);
        if let Some(directive) = line.strip_prefix("!#") {
            follow(directive, tokens, &mut branches);
        }
        let line = if branches.iter().all(|applies| *applies) {
            translate(line, dialect)
        } else {
            String::new()
        };
        match generic_style(&line) {
            Some((selector, style)) => {
                list.styles.push(Style {
                    selector,
                    style,
                    line: list.lines.len() + 1,
                });
                list.lines.push(String::new());
            }
            None => list.lines.push(line),
        }
    }
    list
}

/// Takes away the generic selectors that one of the lists shows again on every site, as by `#@#.ad-slot`. Blockers obey such rules
/// across lists; the engine does not.
pub fn unite(lists: &mut [List]) {
    let shown: HashSet<String> = lists
        .iter()
        .flat_map(|list| &list.lines)
        .filter_map(|line| line.strip_prefix("#@#"))
        .map(str::to_owned)
        .collect();
    for list in lists {
        for line in &mut list.lines {
            if line.strip_prefix("##").is_some_and(|selector| shown.contains(selector)) {
                line.clear();
            }
        }
        list.styles.retain(|style| !shown.contains(&style.selector));
    }
}

/// Follows a directive such as `if env_chromium`. Other directives than these say nothing about which lines apply.
fn follow(directive: &str, tokens: &[String], branches: &mut Vec<bool>) {
    let directive = directive.trim();
    if let Some(condition) = directive.strip_prefix("if ") {
        branches.push(holds(condition, tokens));
    } else if directive == "else" {
        if let Some(applies) = branches.last_mut() {
            *applies = !*applies;
        }
    } else if directive == "endif" {
        branches.pop();
    }
}

/// Whether a condition holds: tokens with `!`, `&&` and `||`, of which `&&` binds closer, and parentheses.
fn holds(condition: &str, tokens: &[String]) -> bool {
    let mut rest = condition;
    either(&mut rest, tokens, 0)
}

/// No condition in use is nested deeper; what is counts as not holding.
const DEEPEST: usize = 16;

fn either(rest: &mut &str, tokens: &[String], depth: usize) -> bool {
    let mut value = both(rest, tokens, depth);
    while take(rest, "||") {
        value |= both(rest, tokens, depth);
    }
    value
}

fn both(rest: &mut &str, tokens: &[String], depth: usize) -> bool {
    let mut value = single(rest, tokens, depth);
    while take(rest, "&&") {
        value &= single(rest, tokens, depth);
    }
    value
}

fn single(rest: &mut &str, tokens: &[String], depth: usize) -> bool {
    if depth > DEEPEST {
        rest.clone_from(&"");
        return false;
    }
    if take(rest, "!") {
        return !single(rest, tokens, depth + 1);
    }
    if take(rest, "(") {
        let value = either(rest, tokens, depth + 1);
        take(rest, ")");
        return value;
    }
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let (token, after) = rest.split_at(end);
    *rest = after;
    tokens.iter().any(|known| known == token)
}

fn take(rest: &mut &str, word: &str) -> bool {
    let trimmed = rest.trim_start();
    match trimmed.strip_prefix(word) {
        Some(after) => {
            *rest = after.trim_start();
            true
        }
        None => {
            *rest = trimmed;
            false
        }
    }
}

/// One line as the engine understands it; empty where it holds no rule.
fn translate(line: &str, dialect: Dialect) -> String {
    if dialect == Dialect::Hosts {
        return host_of_line(line).map(|host| format!("||{host}^")).unwrap_or_default();
    }
    if is_comment(line) {
        return String::new();
    }
    if dialect == Dialect::Adguard
        && let Some(translated) = from_adguard(line)
    {
        return translated;
    }
    if rule::is_cosmetic(line) {
        return line.to_owned();
    }
    if dialect == Dialect::Ublock
        && let Some(host) = host_of_line(line)
    {
        return format!("||{host}^");
    }
    engine::rewrite(line)
}

fn is_comment(line: &str) -> bool {
    line.is_empty()
        || line.starts_with('!')
        || (line.starts_with('[') && line.ends_with(']'))
        || line == "#"
        || line.starts_with("# ")
}

/// The host that a line of a hosts file means, or that a line consists of. Names of this machine are none.
fn host_of_line(line: &str) -> Option<&str> {
    const LOCAL: [&str; 5] = ["localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0"];
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.split_ascii_whitespace();
    let host = match (words.next(), words.next(), words.next()) {
        (Some(host), None, _) => host,
        (Some(address), Some(host), None) if address.parse::<std::net::IpAddr>().is_ok() => host,
        _ => return None,
    };
    (is_host(host) && host.contains('.') && !LOCAL.contains(&host)).then_some(host)
}

/// AdGuard's own kinds of rules, as far as the engine has the like of them: scriptlets, and styles.
fn from_adguard(line: &str) -> Option<String> {
    let (modifiers, rule) = rule::modified(line);
    if let Some(domains) = modifiers.strip_prefix("domain=")
        && !domains.contains([',', '/'])
        && rule.starts_with('#')
    {
        return Some(translate(&format!("{}{rule}", domains.replace('|', ",")), Dialect::Adguard));
    }
    for (marker, ours) in [("#@%#", "#@#"), ("#%#", "##")] {
        if let Some((sites, script)) = line.split_once(marker) {
            // Any other script of a rule is code from outside, which an extension must not run; it is counted with what is not played.
            let arguments = script.strip_prefix("//scriptlet(").and_then(|rest| rest.strip_suffix(')'));
            return Some(match arguments {
                Some(arguments) => format!("{sites}{ours}+js({})", arguments_of(arguments).join(", ")),
                None => line.to_owned(),
            });
        }
    }
    for (marker, ours) in [("#@$?#", "#@#"), ("#@$#", "#@#"), ("#$?#", "##"), ("#$#", "##")] {
        if let Some((sites, rule)) = line.split_once(marker) {
            let parts = rule
                .rsplit_once('{')
                .and_then(|(selector, rest)| Some((selector, rest.strip_suffix('}')?)));
            return Some(match parts {
                Some((selector, style)) => format!("{sites}{ours}{}:style({})", selector.trim(), style.trim()),
                None => line.to_owned(),
            });
        }
    }
    None
}

/// The texts between quotes, as in `'set-constant', 'a.b', 'true'`. A comma within one is what uBlock Origin escapes.
fn arguments_of(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['\'', '"']) {
        let quote = &rest[start..=start];
        let inner = &rest[start + 1..];
        let mut end = 0;
        while let Some(found) = inner[end..].find(quote) {
            end += found;
            if !inner[..end].ends_with('\\') {
                break;
            }
            end += 1;
        }
        let Some(argument) = inner.get(..end).filter(|_| inner[end..].starts_with(quote)) else {
            break;
        };
        arguments.push(argument.replace(&format!("\\{quote}"), quote).replace(',', "\\,"));
        rest = &inner[end + 1..];
    }
    arguments
}

/// A rule such as `##.pub:style(display: block !important)`: the selector and its style.
fn generic_style(line: &str) -> Option<(String, String)> {
    let (selector, style) = line.strip_prefix("##")?.split_once(":style(")?;
    let style = style.strip_suffix(')')?;
    // Nothing of a list may close the rule that it is put into.
    let is_plain = |text: &str| is_contained(text) && !text.contains(['<', '@', '\\']) && !text.contains("url(");
    (!selector.is_empty() && is_plain(selector) && is_plain(style)).then(|| (selector.to_owned(), style.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dialect: Dialect, line: &str, expected: &str) {
        assert_eq!(translate(line, dialect), expected);
    }

    #[test]
    fn reads_hosts_files() {
        check(Dialect::Hosts, "0.0.0.0 ads.example.com", "||ads.example.com^");
        check(Dialect::Hosts, "127.0.0.1\tads.example.com # why", "||ads.example.com^");
        check(Dialect::Hosts, "::1 ads.example.com", "||ads.example.com^");
        check(Dialect::Hosts, "ads.example.com", "||ads.example.com^");
        check(Dialect::Hosts, "127.0.0.1 localhost", "");
        check(Dialect::Hosts, "# a comment", "");
        check(Dialect::Hosts, "0.0.0.0 a.example b.example", "");
    }

    #[test]
    fn a_bare_host_is_a_host_for_ublock_alone() {
        check(Dialect::Ublock, "ads.example.com", "||ads.example.com^");
        check(Dialect::AdblockPlus, "ads.example.com", "ads.example.com");
    }

    #[test]
    fn translates_adguard() {
        check(
            Dialect::Adguard,
            "a.com,b.com#%#//scriptlet('set-constant', 'x.y', \"it's, so\")",
            "a.com,b.com##+js(set-constant, x.y, it's\\, so)",
        );
        check(Dialect::Adguard, "a.com#%#window.a = 1;", "a.com#%#window.a = 1;");
        check(Dialect::Adguard, "[$domain=a.com|~b.a.com]##.ad", "a.com,~b.a.com##.ad");
        check(
            Dialect::Adguard,
            "[$domain=a.com]#%#//scriptlet('set-constant', 'x', '1')",
            "a.com##+js(set-constant, x, 1)",
        );
        check(Dialect::Adguard, "[$path=/une]a.com##.ad", "[$path=/une]a.com##.ad");
        check(
            Dialect::Adguard,
            "a.com#$#body { overflow: auto !important; }",
            "a.com##body:style(overflow: auto !important;)",
        );
        check(Dialect::Adguard, "a.com#@%#//scriptlet('a')", "a.com#@#+js(a)");
        check(Dialect::Adguard, "##.ad", "##.ad");
    }

    #[test]
    fn a_head_says_the_dialect_of_what_follows() {
        let scriptlet = "a.com#%#//scriptlet('set-constant', 'x.y', 'true')";
        let text = format!(
            "ads.example.com\n[Adblock Plus 2.0]\nads.example.com\n{scriptlet}\n[AdGuard]\n{scriptlet}\n! Title: uBlock filters\nads.example.com\n\
             ! Title: AdGuard Base filter\n! Title: Mine\n{scriptlet}\n! Homepage: AdGuard"
        );
        let lines = read_by_heads("L", &text).lines;
        let translated = "a.com##+js(set-constant, x.y, true)";
        let expected = [
            "||ads.example.com^",
            "",
            "ads.example.com",
            scriptlet,
            "",
            translated,
            "",
            "||ads.example.com^",
            "",
            "",
            translated,
            "",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn keeps_the_numbers_of_lines_and_generic_styles() {
        let list = read(
            "L",
            "! Title\n#$#.pub.ads { display: block !important; }\n##.ad\n",
            Dialect::Adguard,
            &[],
        );
        assert_eq!(list.lines, ["", "", "##.ad"]);
        let style = Style {
            selector: ".pub.ads".into(),
            style: "display: block !important;".into(),
            line: 2,
        };
        assert_eq!(list.styles, [style]);
    }

    #[test]
    fn follows_directives() {
        let text = "!#if env_firefox\na.example\n!#else\nb.example\n!#endif\n!#if !env_mobile && (env_mv3 || env_chromium)\nc.example\n!#endif";
        let tokens = ["env_chromium".to_owned()];
        let lines = read("L", text, Dialect::Ublock, &tokens).lines;
        let lines: Vec<_> = lines.iter().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["||b.example^", "||c.example^"]);
        assert!(!holds(&"(".repeat(10_000), &tokens));
    }

    #[test]
    fn a_selector_that_is_shown_again_everywhere_is_none() {
        let mut lists = [
            read("A", "##.ad\n##.ads", Dialect::Ublock, &[]),
            read("B", "#@#.ad\nexample.com#@#.ads", Dialect::Ublock, &[]),
        ];
        unite(&mut lists);
        assert_eq!(lists[0].lines, ["", "##.ads"]);
    }
}
