//! The options of the script tag, and what is wrong with them.
//!
//! A wrong option never stops us: its default is used, and `soutien:problem` says so. Each default stands in [`Config::default`] and
//! nowhere else.

use crate::text::{cut, has, number, place, place_of, whole};

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

/// What the publisher chose: of each option the number, which is the place of a word among those that it takes, and the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config<'a>([(u32, &'a str); N_OPTIONS]);

impl Default for Config<'_> {
    fn default() -> Self {
        let mut values = [(0, ""); N_OPTIONS];
        values[const { row("snooze") }].0 = 7 * DAY;
        values[const { row("after-views") }].0 = 1;
        values[const { row("delay") }].0 = 1_000;
        values[const { row("dismiss") }].0 = 1;
        values[const { row("share") }].0 = 100;
        values[const { row("top") }].0 = 1;
        values[const { row("controls") }].0 = 1;
        Config(values)
    }
}

impl<'a> Config<'a> {
    /// `data-lang`: the language of the notice, as a name of a file in `lang/`; default `auto`, which is empty here: the page's own.
    pub fn lang(&self) -> &'a str {
        self.of_text(const { row("lang") })
    }

    /// `data-support-url`: where "support us otherwise" leads; default empty: there is no such link.
    pub fn support_url(&self) -> &'a str {
        self.of_text(const { row("support-url") })
    }

    /// `data-exempt`: readers who are not asked, as selectors of something on their pages and as `cookie:NAME`, with commas between them;
    /// default empty.
    pub fn exempt(&self) -> &'a str {
        self.of_text(const { row("exempt") })
    }

    /// `data-revision`: what the publisher calls this way of asking. Another one asks those again who closed, and not those who refused; default empty.
    pub fn revision(&self) -> &'a str {
        self.of_text(const { row("revision") })
    }

    /// `data-endpoint`: where the numbers go; default empty: nowhere. An absolute address is the publisher's leave to send them off the site.
    pub fn endpoint(&self) -> &'a str {
        self.of_text(const { row("endpoint") })
    }

    /// `data-analytics`: the page's own analytics that hear of what happens as well, as names with blanks between them; default empty: none.
    pub fn analytics(&self) -> &'a str {
        self.of_text(const { row("analytics") })
    }

    /// `data-title`: the title of the notice; default empty: the language's own.
    pub fn title(&self) -> &'a str {
        self.of_text(const { row("title") })
    }

    /// `data-text`: the message of the notice; default empty: the language's own.
    pub fn text(&self) -> &'a str {
        self.of_text(const { row("text") })
    }

    /// `data-logo`: the address of a picture above the title; default empty: none.
    pub fn logo(&self) -> &'a str {
        self.of_text(const { row("logo") })
    }

    /// `data-probe`: addresses on ad hosts, with blanks between them, that are asked for; default empty: none is. Naming one is the
    /// publisher's leave for requests that leave the site, which go out with the reader's consent alone. With hosts of two companies or more, the outage of one is no blocker.
    pub fn probe(&self) -> &'a str {
        self.of_text(const { row("probe") })
    }

    /// `data-probe-twin`: an address on a host that nobody blocks, asked for when those of `probe` fail; default empty: the site itself.
    pub fn probe_twin(&self) -> &'a str {
        self.of_text(const { row("probe-twin") })
    }

    /// `data-after-views`: how many views come before the first notice under `gentle`; default 1. Views are counted only after consent;
    /// before, more than 1 is taken as 1.
    pub fn after_views(&self) -> u32 {
        self.number(const { row("after-views") })
    }

    /// `data-snooze`: how long the first closing keeps the notice away, in seconds; default `7d`.
    pub fn snooze(&self) -> u32 {
        self.number(const { row("snooze") })
    }

    /// `data-delay`: how long after the verdict the notice comes, in milliseconds; default `1s`.
    pub fn delay(&self) -> u32 {
        self.number(const { row("delay") })
    }

    /// `data-share`: how many of a hundred views take part; default 100.
    pub fn share(&self) -> u32 {
        self.number(const { row("share") })
    }

    /// `data-view`: how the notice is shown; default `modal`.
    pub fn view(&self) -> View {
        match self.number(const { row("view") }) {
            1 => View::Banner,
            2 => View::Inline,
            _ => View::Modal,
        }
    }

    /// `data-policy`: when the notice is shown; default `gentle`.
    pub fn policy(&self) -> Policy {
        match self.number(const { row("policy") }) {
            1 => Policy::Once,
            2 => Policy::Always,
            3 => Policy::Silent,
            _ => Policy::Gentle,
        }
    }

    /// `data-consent`: how the reader's consent is known; default `auto`: by TCF where the page has it, else it is not given.
    pub fn consent(&self) -> Consent {
        match self.number(const { row("consent") }) {
            2 => Consent::Gcm,
            3 => Consent::Event,
            4 => Consent::Given,
            _ => Consent::Tcf,
        }
    }

    /// `data-dismiss`: whether the notice can be closed; default `yes`. Without, it still offers to look again, the link and a way to leave.
    pub fn dismiss(&self) -> bool {
        self.number(const { row("dismiss") }) > 0
    }

    /// `data-images`: with `cover`, the pictures of the article are covered until the site is allowed; default empty: they are not.
    pub fn images(&self) -> bool {
        self.number(const { row("images") }) > 0
    }

    /// `data-top`: whether the page gets a back-to-top control; default `on`.
    pub fn top(&self) -> bool {
        self.number(const { row("top") }) > 0
    }

    /// `data-controls`: whether the page's controls are enhanced, the way back to its top among them; default `on`. Without, all markup is left
    /// alone.
    pub fn controls(&self) -> bool {
        self.number(const { row("controls") }) > 0
    }

    fn number(&self, row: usize) -> u32 {
        self.0[row].0
    }

    fn of_text(&self, row: usize) -> &'a str {
        self.0[row].1
    }
}

/// The longest title and text that are shown, in bytes; what is longer is cut there.
const LONGEST: usize = 1_000;

/// Every option, a line each: its key; what it takes; the words, if it takes words; and what is used where it is given something else. As
/// one text, this is half of what it weighs as a table of references.
///
/// It takes: `a`, an address of the web; `b`, several of them with blanks between; `c`, one of the words; `d`, a duration in milliseconds; `e`, one in
/// seconds; `f`, a whole number up to 100; `g`, any; `h`, a language that there is a file of, or `auto`; `i`, a list of selectors that is not too
/// long, a part of which could mean something else; `j`, a text, of which the beginning will do.
const OPTIONS: &str = "\
lang/h//auto
support-url/a//no link
exempt/i//nobody is exempt
revision/j//the first 1000 bytes
endpoint/a//no numbers
analytics/j//the first 1000 bytes
title/j//the first 1000 bytes
text/j//the first 1000 bytes
logo/a//no logo
probe/b//no probe
probe-twin/a//the site itself
after-views/g//1
snooze/e//7d
delay/d//1s
share/f//100
view/c/modal banner inline/modal
policy/c/gentle once always silent/gentle
consent/c/auto tcf gcm event given/auto
dismiss/c/no yes/yes
images/c/ cover/no covers
top/c/off on/on
controls/c/off on/on
";

/// How many options there are.
const N_OPTIONS: usize = 22;

/// The place of an option in [`OPTIONS`]. It is for constants alone, where a key that is not there does not compile.
const fn row(key: &str) -> usize {
    place_of(OPTIONS, b'\n', key, b'/') as usize
}

/// The keys of every option, without `data-`.
pub fn keys() -> impl Iterator<Item = &'static str> {
    OPTIONS.lines().filter_map(|line| line.split('/').next())
}

impl<'a> Config<'a> {
    /// Takes an option: its key as in the tag, without `data-`, and what it is given, without white space around it and with single blanks in it.
    /// `languages` are those that have a file, with blanks between them. Gives what is used instead where it cannot be used as given, or where
    /// the key is all but one of ours. Any other is somebody else's: frameworks and consent managers put attributes of theirs on every script.
    pub fn take(&mut self, key: &str, given: &'a str, languages: &str) -> Option<&'static str> {
        let mut rows = OPTIONS;
        let mut is_near = false;
        for value in &mut self.0 {
            let mut row = cut(&mut rows, b'\n');
            let own = cut(&mut row, b'/').as_bytes();
            if *own != *key.as_bytes() {
                is_near |= is_slip(key.as_bytes(), own);
                continue;
            }
            let takes = cut(&mut row, b'/').as_bytes()[0];
            let words = cut(&mut row, b'/');
            let used = row;
            let fits = |fits: bool| fits.then_some(0);
            let number = match takes {
                b'a' => fits(is_web_address(given)),
                b'b' => fits(are_web_addresses(given)),
                b'c' => place(words, given),
                b'd' | b'e' => milliseconds(given).and_then(|ms| (ms / if takes == b'd' { 1 } else { 1_000 }).try_into().ok()),
                b'f' | b'g' => whole(given).filter(|number| takes == b'g' || *number <= 100),
                b'h' => place(languages, given).or_else(|| fits(*given.as_bytes() == *b"auto")),
                b'i' => fits(given.len() <= LONGEST),
                _ => Some(0),
            };
            let Some(number) = number else {
                return Some(used);
            };
            *value = (number, given);
            // A text that is too long is taken, and told of all the same.
            if takes == b'j' && given.len() > LONGEST {
                value.1 = &given[..given.floor_char_boundary(LONGEST)];
                return Some(used);
            }
            return None;
        }
        is_near.then_some("nothing")
    }
}

/// Whether a key is another one but for one slip: a letter too many, one that is missing, another one in its place, or two neighbours that have
/// changed places. The first letter is right in nearly all slips. Short words have too many neighbours to count other letters, such as
/// `test` is of `text`.
fn is_slip(mut key: &[u8], mut meant: &[u8]) -> bool {
    let (n_given, n_meant) = (key.len(), meant.len());
    while let ([given, key_rest @ ..], [own, meant_rest @ ..]) = (key, meant)
        && given == own
    {
        (key, meant) = (key_rest, meant_rest);
    }
    let is_begun = key.len() < n_given;
    while let ([key_rest @ .., given], [meant_rest @ .., own]) = (key, meant)
        && given == own
    {
        (key, meant) = (key_rest, meant_rest);
    }
    is_begun
        && match (key, meant) {
            ([_], []) => true,
            // As in `content`, which is no slip of `consent`.
            ([b't'], [b's']) => false,
            ([] | [_], [_]) => n_meant > 5,
            ([first, second], [third, fourth]) => first == fourth && second == third,
            _ => false,
        }
}

/// Whether a link may lead there: a relative address, or one with a scheme of the web. `javascript:` and its like are refused.
fn is_web_address(address: &str) -> bool {
    let mut rest = address;
    let scheme = cut(&mut rest, b':');
    // A colon behind one of these is none of a scheme.
    let is_relative = !has(address, ":") || has(scheme, "/") || has(scheme, "?") || has(scheme, "#");
    is_relative || scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn are_web_addresses(addresses: &str) -> bool {
    let mut rest = addresses;
    while !rest.is_empty() {
        if !is_web_address(cut(&mut rest, b' ')) {
            return false;
        }
    }
    true
}

/// Reads a duration such as `7d`, `12h`, `30m`, `5s`, `250ms` or `0`, and gives it in milliseconds. Nothing takes no unit.
pub fn milliseconds(duration: &str) -> Option<u64> {
    let mut unit = duration;
    let number = number(&mut unit)?;
    let factor = match place(" ms s m h d", unit)? {
        0 if number > 0 => return None,
        0 | 1 => 1,
        2 => 1_000,
        3 => 60_000,
        4 => 3_600_000,
        _ => DAY * 1_000,
    };
    // No overflow: both have 32 bits.
    Some(u64::from(number) * u64::from(factor))
}

/// The language to speak: the chosen one, else the first of the wanted ones that there is, else the first there is at all.
///
/// `wanted` are languages by the primary parts of their tags, such as `fr` (BCP 47), with blanks between them: the page's own, the reader's, and a last
/// resort. `languages` are those that there are, with blanks between them. Gives an empty text where there are none.
pub fn language<'a>(config: &Config<'a>, wanted: &str, languages: &'a str) -> &'a str {
    let (mut tag, mut rest) = (config.lang(), wanted);
    loop {
        let mut names = languages;
        while !names.is_empty() {
            let name = cut(&mut names, b' ');
            if name.eq_ignore_ascii_case(tag) {
                return name;
            }
        }
        if rest.is_empty() {
            let mut names = languages;
            return cut(&mut names, b' ');
        }
        tag = cut(&mut rest, b' ');
    }
}
