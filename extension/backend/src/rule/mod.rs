//! One network rule of a filter list: its pattern and its options, or why it means nothing here.

pub mod engine;
mod options;
pub mod sample;
pub mod spared;

use self::options::{is_silent, split, type_of};
use crate::host::is_host;
use crate::request_type::RequestType;

/// What addresses a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern<'a> {
    /// All.
    Everything,
    /// Those of a host and of the hosts below it, as in `||ads.example.com^`.
    Host(&'a str),
    /// Those that a text with anchors and wildcards fits.
    Text(&'a str),
    /// Those that a regular expression fits.
    Expression(&'a str),
}

/// Names with and without `~`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names<'a> {
    /// Those that are meant; empty for all.
    pub only: Vec<&'a str>,
    /// Those that are not.
    pub not: Vec<&'a str>,
}

/// What a rule does to a request besides blocking it, or instead of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect<'a> {
    /// It blocks, or lets through where it is an exception.
    #[default]
    Block,
    /// It blocks, and a surrogate comes instead.
    Redirect(&'a str),
    /// Where another rule blocks, a surrogate comes instead.
    RedirectOnly(&'a str),
    /// It adds a content security policy to pages.
    Policy(&'a str),
    /// It says something about elements and not about requests.
    Cosmetic,
    /// It takes away the rule that is the same but for `badfilter`.
    Bad,
}

/// A network rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// Whether it lets through what other rules block.
    pub is_exception: bool,
    /// The addresses that it is about.
    pub pattern: Pattern<'a>,
    /// What it does.
    pub effect: Effect<'a>,
    /// The kinds that it is about; empty for all but pages.
    pub types: Vec<RequestType>,
    /// The kinds that it is not about.
    pub not_types: Vec<RequestType>,
    /// Whether only requests to other sites are meant, or only those to the same.
    pub third_party: Option<bool>,
    /// The sites whose pages ask.
    pub sites: Names<'a>,
    /// The hosts that are asked.
    pub hosts: Names<'a>,
    /// The methods of the requests.
    pub methods: Names<'a>,
    /// Whether it is stronger than exceptions.
    pub is_important: bool,
    /// Whether capitals matter in the pattern.
    pub matches_case: bool,
}

/// Why a rule means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has an option that is not known, or that nothing here can do.
    Option(String),
    /// It is about windows or code within pages, which are no requests.
    NoRequest,
    /// It has neither a pattern nor a condition.
    Empty,
}

/// Whether a line is about elements: it has a `##` or one of its variants, before which stand only names of sites.
pub fn is_cosmetic(line: &str) -> bool {
    const MARKERS: [&str; 10] = ["##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#$?#", "#@$?#", "#%#", "#@%#"];
    let (_, rule) = modified(line);
    rule.find('#').is_some_and(|start| {
        let is_of_sites = |c: char| !"/^|*=?&:".contains(c) || c == '*';
        MARKERS.iter().any(|marker| rule[start..].starts_with(marker)) && rule[..start].chars().all(is_of_sites)
    })
}

/// What AdGuard's rules about elements have before them, as `path=/une` in `[$path=/une]journal.example##.ad`, and the rule itself; nothing and
/// the line where it has none. An expression among them may have brackets of its own.
pub fn modified(line: &str) -> (&str, &str) {
    let Some(rest) = line.strip_prefix("[$") else {
        return ("", line);
    };
    let mut ends = rest.match_indices(']').map(|(end, _)| (&rest[..end], &rest[end + 1..]));
    ends.find(|(_, rule)| is_cosmetic(rule)).unwrap_or(("", line))
}

impl<'a> Rule<'a> {
    /// Reads a network rule. `line` is one that [`is_cosmetic`] denies, without blanks around it.
    ///
    /// # Errors
    /// When nothing here can do what it says; never for what it is about alone.
    pub fn read(line: &'a str) -> Result<Rule<'a>, Refusal> {
        let (text, options) = split(line);
        let (text, is_exception) = match text.strip_prefix("@@") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let mut rule = Rule {
            is_exception,
            pattern: pattern(text),
            effect: Effect::Block,
            types: Vec::new(),
            not_types: Vec::new(),
            third_party: None,
            sites: Names::default(),
            hosts: Names::default(),
            methods: Names::default(),
            is_important: false,
            matches_case: false,
        };
        let mut n_windows = 0;
        for option in options.split(',').map(str::trim) {
            rule.apply(option, &mut n_windows)?;
        }
        if n_windows > 0 && rule.types.is_empty() && rule.effect == Effect::Block {
            return Err(Refusal::NoRequest);
        }
        let is_bare = rule.sites.only.is_empty() && rule.hosts.only.is_empty() && rule.types.is_empty();
        if rule.pattern == Pattern::Everything && is_bare && rule.effect == Effect::Block {
            return Err(Refusal::Empty);
        }
        Ok(rule)
    }

    fn apply(&mut self, option: &'a str, n_windows: &mut usize) -> Result<(), Refusal> {
        let (name, is_negated) = match option.strip_prefix('~') {
            Some(name) => (name, true),
            None => (option, false),
        };
        let (name, value) = name.split_once('=').unwrap_or((name, ""));
        if let Some(kind) = type_of(name) {
            if is_negated { &mut self.not_types } else { &mut self.types }.push(kind);
            return Ok(());
        }
        match name {
            _ if is_silent(name) => {}
            "third-party" | "3p" => self.third_party = Some(!is_negated),
            "first-party" | "1p" => self.third_party = Some(is_negated),
            "all" => self.types.extend(RequestType::ALL),
            "domain" | "from" => self.sites.add(value),
            "to" => self.hosts.add(value),
            "denyallow" => self.hosts.not.extend(value.split('|')),
            "method" => self.methods.add(value),
            "important" => self.is_important = true,
            "match-case" => self.matches_case = true,
            "badfilter" => self.effect = Effect::Bad,
            "generichide" | "ghide" | "elemhide" | "ehide" | "specifichide" | "shide" if self.is_exception => {
                self.effect = Effect::Cosmetic;
            }
            "csp" => self.effect = Effect::Policy(value),
            "redirect" | "rewrite" => {
                let value = value.strip_prefix("abp-resource:").unwrap_or(value);
                self.effect = Effect::Redirect(value);
            }
            "redirect-rule" => self.effect = Effect::RedirectOnly(value),
            "empty" => self.effect = Effect::Redirect("empty"),
            "mp4" => {
                self.effect = Effect::Redirect("noop-1s.mp4");
                self.types.push(RequestType::Media);
            }
            "popup" | "popunder" | "inline-script" | "inline-font" | "webrtc" if !is_negated => *n_windows += 1,
            "popup" | "popunder" | "inline-script" | "inline-font" | "webrtc" => {}
            _ => return Err(Refusal::Option(name.to_owned())),
        }
        Ok(())
    }

    /// What makes two rules the same, whatever the order of their options: with it, `badfilter` finds its rule.
    pub fn key(line: &str) -> String {
        let (pattern, options) = split(line);
        let mut options: Vec<_> = options
            .split(',')
            .filter(|option| *option != "badfilter" && !is_silent(option))
            .map(|option| match option {
                "3p" | "~1p" | "~first-party" => "third-party",
                "1p" | "~3p" | "~third-party" => "first-party",
                "xhr" => "xmlhttprequest",
                "frame" => "subdocument",
                "css" => "stylesheet",
                "doc" => "document",
                "ghide" => "generichide",
                option => option,
            })
            .collect();
        options.sort_unstable();
        format!("{pattern}${}", options.join(","))
    }
}

impl<'a> Names<'a> {
    fn add(&mut self, value: &'a str) {
        for name in value.split('|').filter(|name| !name.is_empty()) {
            match name.strip_prefix('~') {
                Some(name) => self.not.push(name),
                None => self.only.push(name),
            }
        }
    }
}

fn pattern(text: &str) -> Pattern<'_> {
    let expression = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    match expression {
        // It fits whatever there is.
        Some("") => return Pattern::Everything,
        Some(expression) => return Pattern::Expression(expression),
        None => {}
    }
    let text = text.trim_matches('*');
    if text.is_empty() || text == "|" || text == "||" {
        return Pattern::Everything;
    }
    let host = text
        .strip_prefix("||")
        .and_then(|rest| rest.strip_suffix('^').or_else(|| rest.strip_suffix("^|")));
    match host.filter(|host| is_host(host)) {
        Some(host) => Pattern::Host(host),
        None => Pattern::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Rule<'_> {
        Rule::read(line).unwrap_or_else(|refusal| panic!("{line}: {refusal:?}"))
    }

    #[test]
    fn reads_patterns() {
        assert_eq!(read("||ads.example.com^").pattern, Pattern::Host("ads.example.com"));
        assert_eq!(
            read("||ads.example.com^$third-party").pattern,
            Pattern::Host("ads.example.com")
        );
        assert_eq!(read("||ads.example.com/a").pattern, Pattern::Text("||ads.example.com/a"));
        assert_eq!(read("/ads/show.").pattern, Pattern::Text("/ads/show."));
        assert_eq!(read("/ads/*").pattern, Pattern::Text("/ads/"));
        assert_eq!(read("/ad[0-9]+$/$script").pattern, Pattern::Expression("ad[0-9]+$"));
        assert_eq!(read("*$script,domain=a.com").pattern, Pattern::Everything);
        assert_eq!(read("//$script").pattern, Pattern::Everything);
        assert_eq!(read("/a$b/c.js$script").pattern, Pattern::Text("/a$b/c.js"));
    }

    #[test]
    fn reads_options() {
        let rule = read("@@||a.com^$script,~image,domain=b.com|~c.b.com,1p,important");
        assert!(rule.is_exception && rule.is_important);
        assert_eq!(rule.types, [RequestType::Script]);
        assert_eq!(rule.not_types, [RequestType::Image]);
        assert_eq!(rule.third_party, Some(false));
        assert_eq!((rule.sites.only, rule.sites.not), (vec!["b.com"], vec!["c.b.com"]));
        assert_eq!(read("||a.com^$redirect=noop.js").effect, Effect::Redirect("noop.js"));
        assert_eq!(
            read("||a.com^$rewrite=abp-resource:blank-js").effect,
            Effect::Redirect("blank-js")
        );
        assert_eq!(read("@@||a.com^$ghide").effect, Effect::Cosmetic);
        assert_eq!(read("||a.com^$3p,badfilter").effect, Effect::Bad);
        assert_eq!(read("||a.com^$script,popup").types, [RequestType::Script]);
    }

    #[test]
    fn refuses_what_it_cannot_do() {
        assert_eq!(Rule::read("||a.com^$popup"), Err(Refusal::NoRequest));
        assert_eq!(Rule::read("||a.com^$replace=/a/b/"), Err(Refusal::Option("replace".into())));
        assert_eq!(Rule::read("||a.com^$nonsense=1"), Err(Refusal::Option("nonsense".into())));
        for (line, option) in [
            ("@@||a.com^$genericblock", "genericblock"),
            ("@@$document,sitekey=abc", "sitekey"),
        ] {
            assert_eq!(Rule::read(line), Err(Refusal::Option(option.into())), "{line}");
        }
        assert_eq!(Rule::read("*"), Err(Refusal::Empty));
        assert_eq!(Rule::read("*$3p"), Err(Refusal::Empty));
    }

    #[test]
    fn the_order_of_options_does_not_tell_rules_apart() {
        assert_eq!(
            Rule::key("||a.com^$script,3p,badfilter"),
            Rule::key("||a.com^$third-party,script")
        );
        assert_ne!(Rule::key("||a.com^$script"), Rule::key("||a.com^$image"));
    }

    #[test]
    fn tells_elements_from_requests() {
        for line in [
            "##.ad",
            "a.com,b.com##.ad",
            "a.com#@#.ad",
            "a.com#?#div:has(> .ad)",
            "~a.com##.ad",
            "a.*##.ad",
            "[$path=/une]a.com##.ad",
            "[$path=/^\\/[a-z]+#/]##.ad",
        ] {
            assert!(is_cosmetic(line), "{line}");
        }
        for line in ["||a.com/#ad", "/ads/##.", "||a.com^", "|https://a.com/##ad", "[$path=/une]"] {
            assert!(!is_cosmetic(line), "{line}");
        }
    }
}
