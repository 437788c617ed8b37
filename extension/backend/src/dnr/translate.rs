//! From one rule of a list to one of `declarativeNetRequest`, or why there is no like of it.

use std::collections::HashMap;

use super::format::{Action, Condition, DnrRule, Header, Redirect};
use crate::host::is_canonical;
use crate::request_type::RequestType;
use crate::rule::sample::Sample;
use crate::rule::{Effect, Names, Pattern, Refusal, Rule};

/// The longest regular expression that is carried over, and the largest when compiled, in bytes. Chromium allows it 2 KiB of a compiled
/// program that is more compact than this; what is larger nevertheless is left out by the browser.
const LONGEST_EXPRESSION: usize = 512;
const LARGEST_EXPRESSION: usize = 64 << 10;

/// The methods that conditions may name: `RequestMethod`.
const METHODS: [&str; 9] = ["connect", "delete", "get", "head", "options", "other", "patch", "post", "put"];

/// How strong rules are: the higher wins, and exceptions win over what blocks unless it is important.
mod priority {
    pub const POLICY: u32 = 1;
    /// What lets a page through without a policy of the lists, and is beaten by what blocks it.
    pub const NO_POLICY: u32 = 2;
    pub const BLOCK: u32 = 3;
    pub const REDIRECT: u32 = 4;
    pub const ALLOW: u32 = 5;
    /// What is added to those that block where a rule is important.
    pub const IMPORTANT: u32 = 3;
}

/// A rule that has no number yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unnumbered {
    pub priority: u32,
    pub action: Action,
    pub condition: Condition,
}

impl Unnumbered {
    /// Returns the rule with its number.
    pub fn with(self, id: u32) -> DnrRule {
        DnrRule {
            id,
            priority: self.priority,
            action: self.action,
            condition: self.condition,
        }
    }
}

/// What one rule of a list becomes.
pub struct Translated {
    pub rule: Unnumbered,
    /// The host where the rule is about nothing but a host, which its condition then leaves out; otherwise empty.
    pub host: String,
    /// The names of sites and hosts that the rule of the list has, and that this one is without.
    pub lost: Vec<String>,
}

/// What a line of a list becomes: nothing where the filter engine plays it.
///
/// # Errors
/// When browsers have no like of it, with the reason.
pub fn translate(
    line: &str,
    surrogates: &HashMap<String, String>,
    blocks: &dyn Fn(&Sample) -> bool,
) -> Result<Option<Translated>, String> {
    let rule = Rule::read(line).map_err(|refusal| match refusal {
        Refusal::Option(name) => format!("the option {name} has no like"),
        Refusal::NoRequest => "it is about windows or code in pages, and not about requests".into(),
        Refusal::Empty => "it would hit every request".into(),
    })?;
    let important = if rule.is_important { priority::IMPORTANT } else { 0 };
    let (priority, action) = match (rule.effect, rule.is_exception) {
        // The engine plays these.
        (Effect::Cosmetic | Effect::Bad, _) => return Ok(None),
        (Effect::Block, false) => (priority::BLOCK + important, Action::Block),
        (Effect::Block, true) if rule.types.contains(&RequestType::Document) => (priority::ALLOW, Action::AllowAllRequests),
        (Effect::Block, true) => (priority::ALLOW, Action::Allow),
        (Effect::Policy(value), false) if value.contains(|c: char| c.is_ascii_control()) => {
            return Err("its policy has characters that no header may have".into());
        }
        (Effect::Policy(""), true) => (priority::NO_POLICY, Action::Allow),
        (Effect::Policy(value), false) if !value.is_empty() => (
            priority::POLICY,
            Action::ModifyHeaders {
                response_headers: vec![Header {
                    header: "content-security-policy".into(),
                    operation: "append".into(),
                    value: value.into(),
                }],
            },
        ),
        (Effect::Redirect(name), false) => match surrogates.get(name_of(name)) {
            Some(path) => (priority::REDIRECT + important, redirect(path)),
            // A blocker without surrogates blocks all the same.
            None if surrogates.is_empty() => (priority::BLOCK + important, Action::Block),
            None => return Err(format!("there is no surrogate {}", name_of(name))),
        },
        (Effect::RedirectOnly(_), false) if surrogates.is_empty() => return Ok(None),
        (Effect::RedirectOnly(name), false) => {
            let path = surrogates
                .get(name_of(name))
                .ok_or_else(|| format!("there is no surrogate {}", name_of(name)))?;
            if !rule.sample().is_some_and(|sample| blocks(&sample)) {
                return Err("whether another rule blocks depends on the request".into());
            }
            (priority::REDIRECT, redirect(path))
        }
        (Effect::Redirect(_) | Effect::RedirectOnly(_) | Effect::Policy(_), _) => {
            return Err("an exception for a part of what another rule does has no like".into());
        }
    };
    let is_frames_only = matches!(action, Action::AllowAllRequests) || matches!(rule.effect, Effect::Policy(_));
    let mut lost = Vec::new();
    let mut condition = Condition {
        is_url_filter_case_sensitive: rule.matches_case,
        domain_type: match rule.third_party {
            Some(true) => "thirdParty".into(),
            Some(false) => "firstParty".into(),
            None => String::new(),
        },
        initiator_domains: sites(&rule.sites.only, &mut lost)?,
        excluded_initiator_domains: names(&rule.sites.not, &mut lost),
        request_domains: sites(&rule.hosts.only, &mut lost)?,
        excluded_request_domains: names(&rule.hosts.not, &mut lost),
        request_methods: methods(&rule.methods.only),
        excluded_request_methods: methods(&rule.methods.not),
        ..Condition::default()
    };
    if condition.request_methods.is_empty() && !rule.methods.only.is_empty() {
        return Err("browsers know none of the methods that it names".into());
    }
    types(&rule, is_frames_only, &mut condition)?;
    let mut host = String::new();
    match rule.pattern {
        Pattern::Everything => {}
        Pattern::Host(name) if condition.request_domains.is_empty() => host = canonical(name)?,
        Pattern::Host(name) => condition.url_filter = format!("||{}^", name.to_ascii_lowercase()),
        Pattern::Text(text) => condition.url_filter = url_filter(text)?,
        Pattern::Expression(expression) => condition.regex_filter = regex_filter(expression)?,
    }
    Ok(Some(Translated {
        host,
        lost,
        rule: Unnumbered {
            priority,
            action,
            condition,
        },
    }))
}

/// What a name server makes of a line: it blocks a host, or lets it through; nothing where the line is about more.
///
/// # Errors
/// When browsers do not take the name of the host, with the reason.
pub fn by_host(line: &str) -> Result<Option<Translated>, String> {
    let Ok(rule) = Rule::read(line) else {
        return Ok(None);
    };
    let (Pattern::Host(host), Effect::Block) = (rule.pattern, rule.effect) else {
        return Ok(None);
    };
    let is_conditional = rule.types.iter().any(|kind| *kind != RequestType::Document)
        || !rule.not_types.is_empty()
        || rule.third_party == Some(false)
        || [&rule.sites, &rule.hosts, &rule.methods]
            .iter()
            .any(|names| **names != Names::default());
    if is_conditional {
        return Ok(None);
    }
    let condition = Condition {
        resource_types: RequestType::ALL.map(|kind| kind.as_str().to_owned()).into(),
        ..Condition::default()
    };
    let (priority, action) = match rule.is_exception {
        true => (priority::ALLOW, Action::Allow),
        false => (priority::BLOCK, Action::Block),
    };
    Ok(Some(Translated {
        host: canonical(host)?,
        lost: Vec::new(),
        rule: Unnumbered {
            priority,
            action,
            condition,
        },
    }))
}

/// The name of a host as conditions take it.
fn canonical(host: &str) -> Result<String, String> {
    let name = host.to_ascii_lowercase();
    if is_canonical(&name) {
        Ok(name)
    } else {
        Err(format!("browsers do not take the name of its host: {name}"))
    }
}

fn redirect(path: &str) -> Action {
    Action::Redirect {
        redirect: Redirect {
            extension_path: path.to_owned(),
        },
    }
}

/// The name of a surrogate without its priority, as in `noop.js:10`.
fn name_of(value: &str) -> &str {
    match value.rsplit_once(':') {
        Some((name, priority)) if priority.parse::<i32>().is_ok() => name,
        _ => value,
    }
}

fn types(rule: &Rule, is_frames_only: bool, condition: &mut Condition) -> Result<(), String> {
    let named = |types: &[RequestType]| {
        let mut types = types.to_vec();
        types.sort_unstable();
        types.dedup();
        types.iter().map(|kind| kind.as_str().to_owned()).collect::<Vec<_>>()
    };
    if is_frames_only {
        condition.resource_types = named(&[RequestType::Document, RequestType::Frame]);
    } else if !rule.types.is_empty() {
        let mut types = rule.types.clone();
        types.retain(|kind| !rule.not_types.contains(kind));
        // No kinds in a condition would be all of them.
        if types.is_empty() {
            return Err("it leaves none of the kinds of requests that it names".into());
        }
        condition.resource_types = named(&types);
    } else if !rule.not_types.is_empty() {
        let mut types = rule.not_types.clone();
        // Rules without a type never mean pages.
        types.push(RequestType::Document);
        condition.excluded_resource_types = named(&types);
    }
    Ok(())
}

/// Names of sites as conditions take them. A rule for `example.*` loses that site where it has others.
fn sites(given: &[&str], lost: &mut Vec<String>) -> Result<Vec<String>, String> {
    let known = names(given, lost);
    if known.is_empty() && !given.is_empty() {
        return Err(format!(
            "names with a wildcard or an expression, or that browsers write otherwise, have no like: {}",
            given.join(", ")
        ));
    }
    Ok(known)
}

/// Names as conditions take them; those that they do not take are lost.
fn names(given: &[&str], lost: &mut Vec<String>) -> Vec<String> {
    let mut names = Vec::new();
    for name in given {
        match idna::domain_to_ascii(name).ok().filter(|ascii| is_canonical(ascii)) {
            Some(ascii) => names.push(ascii),
            None => lost.push((*name).to_owned()),
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Names of methods as conditions take them; browsers refuse all rules at once where one has another.
fn methods(given: &[&str]) -> Vec<String> {
    let methods = given.iter().map(|method| method.to_ascii_lowercase());
    methods.filter(|method| METHODS.contains(&method.as_str())).collect()
}

fn url_filter(text: &str) -> Result<String, String> {
    let text = if text.is_ascii() {
        text.to_owned()
    } else {
        let ascii = text.strip_prefix("||").and_then(|rest| {
            let end = rest.find(['/', '^', '*']).unwrap_or(rest.len());
            let host = idna::domain_to_ascii(&rest[..end]).ok()?;
            rest[end..].is_ascii().then(|| format!("||{host}{}", &rest[end..]))
        });
        ascii.ok_or("it has letters outside ASCII")?
    };
    // "||" before a wildcard anchors nothing, and Chromium refuses it.
    Ok(text.strip_prefix("||*").map(|rest| format!("*{rest}")).unwrap_or(text))
}

fn regex_filter(expression: &str) -> Result<String, String> {
    if !expression.is_ascii() {
        return Err("it has letters outside ASCII".into());
    }
    if expression.len() > LONGEST_EXPRESSION {
        return Err(format!("its expression is longer than {LONGEST_EXPRESSION} bytes"));
    }
    // Lists escape slashes, which need none.
    let plain = expression.replace("\\/", "/");
    // Chromium's engine, RE2, has the same syntax as this one: neither knows looking around or back. Both are held to a size.
    match regex::bytes::RegexBuilder::new(&plain)
        .unicode(false)
        .size_limit(LARGEST_EXPRESSION)
        .build()
    {
        Ok(_) => Ok(plain),
        Err(error) => Err(format!(
            "its expression is not one that browsers take: {}",
            first_line(&error.to_string())
        )),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ")
}
