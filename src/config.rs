//! The options of the script tag, and what is wrong with them.
//!
//! A wrong option never stops us: its default is used, and a [`Problem`] says so. Each default stands in [`Config::default`] and
//! nowhere else.

use crate::text::{has, number, parts};

/// How the notice is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// A dialog over the page.
    Modal,
    /// A strip at the edge of the window, with the page usable beside it.
    Banner,
    /// In the largest ad slot that is empty, as large as that is; a strip where there is none.
    Inline,
}

/// When the notice is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Not on the first views, and once closed not again for [`Config::snooze`], then for 30 days, then for good.
    Gentle,
    /// As gently, and once closed for good.
    Once,
    /// On every view. It can still be closed.
    Always,
    /// Never: only the verdict is wanted.
    Silent,
}

/// How the publisher knows of the reader's consent, which counters and dates need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// By a consent manager that speaks TCF; where there is none, it is not given.
    Tcf,
    /// By Google's consent mode: what the page has pushed into `dataLayer`.
    Gcm,
    /// By the page's own word: the event `soutien:consent` with `{granted}`.
    Event,
    /// The publisher needs none.
    Given,
}

/// What the publisher chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `data-lang`: the language of the notice, as a name of a file in `lang/`; default `auto`, which is empty here: the page's own.
    pub lang: String,
    /// `data-view`: how the notice is shown; default `modal`.
    pub view: View,
    /// `data-policy`: when the notice is shown; default `gentle`.
    pub policy: Policy,
    /// `data-support-url`: where "support us otherwise" leads; default empty: there is no such link.
    pub support_url: String,
    /// `data-snooze`: how long the first closing keeps the notice away, in seconds; default `7d`.
    pub snooze: u64,
    /// `data-after-views`: how many views come before the first notice under `gentle`; default 1. Views are counted only after consent;
    /// before, more than 1 is taken as 1.
    pub after_views: u64,
    /// `data-delay`: how long after the verdict the notice comes, in milliseconds; default `1s`.
    pub delay: u32,
    /// `data-dismiss`: whether the notice can be closed; default `yes`. Without, it still offers to look again, the link and a way to leave.
    pub dismiss: bool,
    /// `data-exempt`: readers who are not asked, as selectors of something on their pages and as `cookie:NAME`, with commas between them;
    /// default empty.
    pub exempt: String,
    /// `data-share`: how many of a hundred views take part; default 100.
    pub share: u64,
    /// `data-revision`: what the publisher calls this way of asking. Another one asks those again who closed or refused; default empty.
    pub revision: String,
    /// `data-logo`: the address of a picture above the title; default empty: none.
    pub logo: String,
    /// `data-images`: with `cover`, the pictures of the article are covered until the site is allowed; default empty: they are not.
    pub images: bool,
    /// `data-consent`: how the reader's consent is known; default `auto`: by TCF where the page has it, else it is not given.
    pub consent: Consent,
    /// `data-endpoint`: where the numbers go; default empty: nowhere. An absolute address is the publisher's leave to send them off the site.
    pub endpoint: String,
    /// `data-analytics`: the page's own analytics that hear of what happens as well, as names with blanks between them; default empty: none.
    pub analytics: String,
    /// `data-top`: whether the page gets a back-to-top control; default `on`.
    pub top: bool,
    /// `data-probe`: addresses on ad hosts, with blanks between them, that are asked for; default empty: none is. Naming one is the
    /// publisher's leave for requests that leave the site, which go out with the reader's consent alone. With two or more hosts, the outage of one is no blocker.
    pub probe: String,
    /// `data-probe-twin`: an address on a host that nobody blocks, asked for when those of `probe` fail; default empty: the site itself.
    pub probe_twin: String,
    /// `data-title`: the title of the notice; default empty: the language's own.
    pub title: String,
    /// `data-text`: the message of the notice; default empty: the language's own.
    pub text: String,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            lang: String::new(),
            view: View::Modal,
            policy: Policy::Gentle,
            support_url: String::new(),
            snooze: 7 * DAY,
            after_views: 1,
            delay: 1_000,
            dismiss: true,
            exempt: String::new(),
            share: 100,
            revision: String::new(),
            logo: String::new(),
            images: false,
            consent: Consent::Tcf,
            endpoint: String::new(),
            analytics: String::new(),
            top: true,
            probe: String::new(),
            probe_twin: String::new(),
            title: String::new(),
            text: String::new(),
        }
    }
}

/// Something that is not as it should be, and what was done instead. Goes out as `soutien:problem`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem<'a> {
    /// The option, as the publisher wrote it.
    pub key: &'a str,
    /// What was found.
    pub given: &'a str,
    /// What was used instead.
    pub used: &'static str,
}

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The longest title and text that are shown, in bytes; what is longer is cut there.
const LONGEST: usize = 1_000;

/// Attributes that page optimisers and consent managers put on any script tag; they are not ours to complain about.
const FOREIGN: [&str; 6] = ["cfasync", "no-", "pagespeed-", "wp-", "rocket", "cookie"];

/// Reads options: pairs of a key as in the tag, without `data-`, and its value. `languages` are those that have a file.
///
/// Gives the config, and a problem for every option that is unknown or could not be used as given.
pub fn read<'a>(options: impl Iterator<Item = (&'a str, &'a str)>, languages: &[&str]) -> (Config, Vec<Problem<'a>>) {
    let mut config = Config::default();
    let mut problems = Vec::new();
    for (key, given) in options {
        if let Err(used) = apply(&mut config, key, given.trim_ascii(), languages) {
            problems.push(Problem { key, given, used });
        }
    }
    (config, problems)
}

/// Applies one option, or says what is used instead of it.
fn apply(config: &mut Config, key: &str, given: &str, languages: &[&str]) -> Result<(), &'static str> {
    match key {
        "lang" if given == "auto" => config.lang.clear(),
        "lang" => match languages.contains(&given) {
            true => config.lang = given.into(),
            false => return Err("auto"),
        },
        "view" => match given {
            "modal" => config.view = View::Modal,
            "banner" => config.view = View::Banner,
            "inline" => config.view = View::Inline,
            _ => return Err("modal"),
        },
        "policy" => match given {
            "gentle" => config.policy = Policy::Gentle,
            "once" => config.policy = Policy::Once,
            "always" => config.policy = Policy::Always,
            "silent" => config.policy = Policy::Silent,
            _ => return Err("gentle"),
        },
        "support-url" if is_web_address(given) => config.support_url = given.into(),
        "support-url" => return Err("no link"),
        "probe" if parts(given, |byte| byte.is_ascii_whitespace()).all(is_web_address) => config.probe = given.into(),
        "probe" => return Err("no probe"),
        "probe-twin" if is_web_address(given) => config.probe_twin = given.into(),
        "probe-twin" => return Err("the site itself"),
        "snooze" => config.snooze = milliseconds(given).ok_or("7d")? / 1_000,
        "after-views" => config.after_views = number(given).ok_or("1")?,
        "delay" => config.delay = milliseconds(given).and_then(|ms| ms.try_into().ok()).ok_or("1s")?,
        "dismiss" => match given {
            "yes" => config.dismiss = true,
            "no" => config.dismiss = false,
            _ => return Err("yes"),
        },
        // A part of it could exempt everybody.
        "exempt" if given.len() <= LONGEST => config.exempt = given.into(),
        "exempt" => return Err("nobody is exempt"),
        "share" => config.share = number(given).filter(|share| *share <= 100).ok_or("100")?,
        "revision" => return clip(given, &mut config.revision),
        "logo" if is_web_address(given) => config.logo = given.into(),
        "logo" => return Err("no logo"),
        "images" => match given {
            "" => config.images = false,
            "cover" => config.images = true,
            _ => return Err("no covers"),
        },
        "consent" => match given {
            "auto" | "tcf" => config.consent = Consent::Tcf,
            "gcm" => config.consent = Consent::Gcm,
            "event" => config.consent = Consent::Event,
            "given" => config.consent = Consent::Given,
            _ => return Err("auto"),
        },
        "endpoint" if is_web_address(given) => config.endpoint = given.into(),
        "endpoint" => return Err("no numbers"),
        // What sends the numbers knows the names.
        "analytics" => config.analytics = given.into(),
        "top" => match given {
            "on" => config.top = true,
            "off" => config.top = false,
            _ => return Err("on"),
        },
        "title" => return clip(given, &mut config.title),
        "text" => return clip(given, &mut config.text),
        _ if FOREIGN.iter().any(|prefix| key.starts_with(prefix)) => {}
        _ => return Err("nothing"),
    }
    Ok(())
}

/// Takes a text over, cut to [`LONGEST`] bytes at a whole character.
fn clip(given: &str, text: &mut String) -> Result<(), &'static str> {
    let end = given.floor_char_boundary(LONGEST);
    *text = given[..end].into();
    if end == given.len() {
        Ok(())
    } else {
        Err("the first 1000 bytes")
    }
}

/// Whether a link may lead there: a relative address, or one with a scheme of the web. `javascript:` and its like are refused.
fn is_web_address(address: &str) -> bool {
    let scheme = parts(address, |byte| matches!(byte, b'/' | b'?' | b'#'))
        .next()
        .unwrap_or_default();
    !has(scheme, ":") || ["http:", "https:"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
}

/// Reads a duration such as `7d`, `12h`, `30m`, `5s`, `250ms` or `0`, and gives it in milliseconds.
pub fn milliseconds(duration: &str) -> Option<u64> {
    let end = duration
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(duration.len());
    let (digits, unit) = duration.split_at(end);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => DAY * 1_000,
        "" if digits == "0" => 1,
        _ => return None,
    };
    number(digits)?.checked_mul(factor)
}

/// The language to speak: the chosen one, else the first of the wanted ones that there is, else English, else the first there is at all.
///
/// `wanted` are language tags such as `fr-CA` (BCP 47) with blanks between them, of which only the first part of each counts: the
/// page's own and the reader's. Gives an empty text where there is no language at all.
pub fn language<'a>(config: &'a Config, wanted: &str, languages: &[&'a str]) -> &'a str {
    if !config.lang.is_empty() {
        return &config.lang;
    }
    let find = |tag: &str| {
        let primary = parts(tag, |byte| byte == b'-' || byte == b'_').next().unwrap_or_default();
        languages.iter().find(|language| language.eq_ignore_ascii_case(primary))
    };
    parts(wanted, |byte| byte == b' ')
        .find_map(find)
        .or_else(|| find("en"))
        .or(languages.first())
        .copied()
        .unwrap_or_default()
}
