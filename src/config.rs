//! The options of the script tag, and what is wrong with them.
//!
//! A wrong option never stops us: its default is used, and a [`Problem`] says so. Each default stands in [`Config::default`] and
//! nowhere else.

use crate::text::{has, number, parts};

/// A day, in seconds.
pub const DAY: u32 = 86_400;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config<'a> {
    /// `data-lang`: the language of the notice, as a name of a file in `lang/`; default `auto`, which is empty here: the page's own.
    pub lang: &'a str,
    /// `data-view`: how the notice is shown; default `modal`.
    pub view: View,
    /// `data-policy`: when the notice is shown; default `gentle`.
    pub policy: Policy,
    /// `data-support-url`: where "support us otherwise" leads; default empty: there is no such link.
    pub support_url: &'a str,
    /// `data-snooze`: how long the first closing keeps the notice away, in seconds; default `7d`.
    pub snooze: u32,
    /// `data-after-views`: how many views come before the first notice under `gentle`; default 1. Views are counted only after consent;
    /// before, more than 1 is taken as 1.
    pub after_views: u32,
    /// `data-delay`: how long after the verdict the notice comes, in milliseconds; default `1s`.
    pub delay: u32,
    /// `data-dismiss`: whether the notice can be closed; default `yes`. Without, it still offers to look again, the link and a way to leave.
    pub dismiss: bool,
    /// `data-exempt`: readers who are not asked, as selectors of something on their pages and as `cookie:NAME`, with commas between them;
    /// default empty.
    pub exempt: &'a str,
    /// `data-share`: how many of a hundred views take part; default 100.
    pub share: u32,
    /// `data-revision`: what the publisher calls this way of asking. Another one asks those again who closed or refused; default empty.
    pub revision: &'a str,
    /// `data-logo`: the address of a picture above the title; default empty: none.
    pub logo: &'a str,
    /// `data-images`: with `cover`, the pictures of the article are covered until the site is allowed; default empty: they are not.
    pub images: bool,
    /// `data-consent`: how the reader's consent is known; default `auto`: by TCF where the page has it, else it is not given.
    pub consent: Consent,
    /// `data-endpoint`: where the numbers go; default empty: nowhere. An absolute address is the publisher's leave to send them off the site.
    pub endpoint: &'a str,
    /// `data-analytics`: the page's own analytics that hear of what happens as well, as names with blanks between them; default empty: none.
    pub analytics: &'a str,
    /// `data-top`: whether the page gets a back-to-top control; default `on`.
    pub top: bool,
    /// `data-probe`: addresses on ad hosts, with blanks between them, that are asked for; default empty: none is. Naming one is the
    /// publisher's leave for requests that leave the site, which go out with the reader's consent alone. With two or more hosts, the outage of one is no blocker.
    pub probe: &'a str,
    /// `data-probe-twin`: an address on a host that nobody blocks, asked for when those of `probe` fail; default empty: the site itself.
    pub probe_twin: &'a str,
    /// `data-title`: the title of the notice; default empty: the language's own.
    pub title: &'a str,
    /// `data-text`: the message of the notice; default empty: the language's own.
    pub text: &'a str,
}

impl Default for Config<'_> {
    fn default() -> Self {
        Config {
            lang: "",
            view: View::Modal,
            policy: Policy::Gentle,
            support_url: "",
            snooze: 7 * DAY,
            after_views: 1,
            delay: 1_000,
            dismiss: true,
            exempt: "",
            share: 100,
            revision: "",
            logo: "",
            images: false,
            consent: Consent::Tcf,
            endpoint: "",
            analytics: "",
            top: true,
            probe: "",
            probe_twin: "",
            title: "",
            text: "",
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

/// The longest title and text that are shown, in bytes; what is longer is cut there.
const LONGEST: usize = 1_000;

/// Attributes that page optimisers and consent managers put on any script tag; they are not ours to complain about.
const FOREIGN: [&str; 6] = ["cfasync", "no-", "pagespeed-", "wp-", "rocket", "cookie"];

/// What an option takes.
enum Takes {
    /// One of these words, with blanks between them.
    Word(&'static str),
    /// A duration; the number is how many milliseconds its unit has here.
    Duration(u64),
    /// A whole number up to this one.
    Number(u32),
    /// `auto`, or a language that there is a file of.
    Language,
    /// An address of the web.
    Address,
    /// Several of them, with white space between.
    Addresses,
    /// A list of selectors that is not too long; a part of it could mean something else.
    Selectors,
    /// A text, of which the beginning will do.
    Text,
}

/// An option: its key, what it takes, what is used where it is given something else, and what takes it over: a number, or a text.
struct Row(&'static str, Takes, &'static str, for<'a> fn(&mut Config<'a>, u32, &'a str));

/// Every option.
const OPTIONS: [Row; 21] = [
    Row("lang", Takes::Language, "auto", |config, _, text| config.lang = text),
    Row("view", Takes::Word("modal banner inline"), "modal", |config, place, _| {
        config.view = [View::Modal, View::Banner, View::Inline][place as usize % 3];
    }),
    Row(
        "policy",
        Takes::Word("gentle once always silent"),
        "gentle",
        |config, place, _| {
            config.policy = [Policy::Gentle, Policy::Once, Policy::Always, Policy::Silent][place as usize % 4];
        },
    ),
    Row("after-views", Takes::Number(u32::MAX), "1", |config, number, _| {
        config.after_views = number
    }),
    Row("snooze", Takes::Duration(1_000), "7d", |config, seconds, _| {
        config.snooze = seconds
    }),
    Row("delay", Takes::Duration(1), "1s", |config, ms, _| config.delay = ms),
    Row("dismiss", Takes::Word("no yes"), "yes", |config, place, _| {
        config.dismiss = place > 0
    }),
    Row("support-url", Takes::Address, "no link", |config, _, text| {
        config.support_url = text
    }),
    Row("exempt", Takes::Selectors, "nobody is exempt", |config, _, text| {
        config.exempt = text
    }),
    Row("share", Takes::Number(100), "100", |config, number, _| config.share = number),
    Row("revision", Takes::Text, BEGINNING, |config, _, text| config.revision = text),
    Row(
        "consent",
        Takes::Word("auto tcf gcm event given"),
        "auto",
        |config, place, _| {
            config.consent = [Consent::Tcf, Consent::Tcf, Consent::Gcm, Consent::Event, Consent::Given][place as usize % 5];
        },
    ),
    Row("endpoint", Takes::Address, "no numbers", |config, _, text| {
        config.endpoint = text
    }),
    // What sends the numbers knows the names.
    Row("analytics", Takes::Text, BEGINNING, |config, _, text| config.analytics = text),
    Row("images", Takes::Word(" cover"), "no covers", |config, place, _| {
        config.images = place > 0
    }),
    Row("title", Takes::Text, BEGINNING, |config, _, text| config.title = text),
    Row("text", Takes::Text, BEGINNING, |config, _, text| config.text = text),
    Row("logo", Takes::Address, "no logo", |config, _, text| config.logo = text),
    Row("probe", Takes::Addresses, "no probe", |config, _, text| config.probe = text),
    Row("probe-twin", Takes::Address, "the site itself", |config, _, text| {
        config.probe_twin = text
    }),
    Row("top", Takes::Word("off on"), "on", |config, place, _| config.top = place > 0),
];

/// The keys of every option, without `data-`.
pub fn keys() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().map(|row| row.0)
}

/// What is used of a text that is too long.
const BEGINNING: &str = "the first 1000 bytes";

/// Reads options: pairs of a key as in the tag, without `data-`, and its value. `languages` are those that have a file, with blanks between
/// them. `complain` is given a problem for every option that is unknown or could not be used as given.
pub fn read<'a>(
    options: impl Iterator<Item = (&'a str, &'a str)>,
    languages: &str,
    mut complain: impl FnMut(Problem<'a>),
) -> Config<'a> {
    let mut config = Config::default();
    for (key, given) in options {
        if let Err(used) = apply(&mut config, key, given, languages) {
            complain(Problem { key, given, used });
        }
    }
    config
}

/// Applies one option, or says what is used instead of it.
fn apply<'a>(config: &mut Config<'a>, key: &str, given: &'a str, languages: &str) -> Result<(), &'static str> {
    let Some(Row(_, takes, used, take)) = OPTIONS.iter().find(|row| *row.0 == *key) else {
        let is_foreign = FOREIGN.iter().any(|prefix| key.starts_with(prefix));
        return if is_foreign { Ok(()) } else { Err("nothing") };
    };
    let given = given.trim_ascii();
    let mut text = given;
    let fits = |fits: bool| fits.then_some(0);
    let number = match takes {
        Takes::Word(words) => place(words, given),
        Takes::Language if *given == *"auto" => {
            text = "";
            Some(0)
        }
        Takes::Language => place(languages, given),
        Takes::Duration(unit) => milliseconds(given).and_then(|ms| (ms / unit).try_into().ok()),
        Takes::Number(most) => number(given).filter(|number| number <= most),
        Takes::Address => fits(is_web_address(given)),
        Takes::Addresses => fits(parts(given, |byte| byte.is_ascii_whitespace()).all(is_web_address)),
        Takes::Selectors => fits(given.len() <= LONGEST),
        Takes::Text => {
            text = &given[..given.floor_char_boundary(LONGEST)];
            Some(0)
        }
    };
    take(config, number.ok_or(*used)?, text);
    // A text that is too long is taken, and told of all the same.
    if matches!(takes, Takes::Text) && text.len() < given.len() {
        return Err(used);
    }
    Ok(())
}

/// The place of a word among words with blanks between them.
fn place(words: &str, word: &str) -> Option<u32> {
    parts(words, |byte| byte == b' ')
        .zip(0..)
        .find_map(|(part, place)| (*part == *word).then_some(place))
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
    if duration == "0" {
        return Some(0);
    }
    let end = duration
        .as_bytes()
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(duration.len());
    let (digits, unit) = duration.split_at(end);
    let factors = [1, 1_000, 60_000, 3_600_000, DAY * 1_000];
    let factor = factors[place("ms s m h d", unit)? as usize % factors.len()];
    // No overflow: both have 32 bits.
    Some(u64::from(number(digits)?) * u64::from(factor))
}

/// The language to speak: the chosen one, else the first of the wanted ones that there is, else English, else the first there is at all.
///
/// `wanted` are language tags such as `fr-CA` (BCP 47) with blanks between them, of which only the first part of each counts: the
/// page's own and the reader's. `languages` are those that there are, with blanks between them. Gives an empty text where there are none.
pub fn language<'a>(config: &Config<'a>, wanted: &str, languages: &'a str) -> &'a str {
    if !config.lang.is_empty() {
        return config.lang;
    }
    let is_blank = |byte| byte == b' ';
    let find = |tag: &str| {
        let primary = parts(tag, |byte| byte == b'-' || byte == b'_').next().unwrap_or_default();
        parts(languages, is_blank).find(|language| language.eq_ignore_ascii_case(primary))
    };
    // An empty tag is no language.
    parts(wanted, is_blank)
        .filter(|tag| !tag.is_empty())
        .find_map(find)
        .or_else(|| find("en"))
        .or_else(|| parts(languages, is_blank).next())
        .unwrap_or_default()
}
