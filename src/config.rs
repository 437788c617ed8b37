//! The options of the script tag, and what is wrong with them.
//!
//! A wrong option never stops us: its default is used, and `soutien:problem` says so. The options themselves are rows of `options.rs`.

use crate::options::{Consent, Policy, Takes, View, with_options, words_of};
use crate::text::{cut, has, number, place, same, whole};

/// A day, in seconds.
pub const DAY: u32 = 86_400;

/// The longest title and text that are shown, in bytes; what is longer is cut there.
const LONGEST: usize = 1_000;

/// How an option is read.
struct Rule {
    /// Its key as in the tag, without `data-`.
    key: &'static str,
    takes: Takes,
    /// The words that it takes, if it takes words, with spaces between them.
    words: &'static str,
    /// What is used where it is given something else, in words.
    used: &'static str,
}

/// What an option is given: the number that it means, which is the place of a word among those that it takes, and the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Value<'a> {
    number: u32,
    text: &'a str,
}

/// What is used in place of what cannot be. Of a text that is too long, that is its beginning.
macro_rules! used_by {
    (Words, $default:literal) => {
        used_by!(Text, $default)
    };
    (Text, $default:literal) => {
        "the first 1000 bytes"
    };
    ($takes:ident, $default:literal) => {
        $default
    };
}

/// The function that gives what an option means.
macro_rules! getter {
    ($about:expr, $get:ident, $key:expr, Word($words:literal => $kind:ident)) => {
        #[doc = $about]
        pub fn $get(&self) -> $kind {
            $kind::from_number(self.value($key).number)
        }
    };
    ($about:expr, $get:ident, $key:expr, Switch($words:literal)) => {
        #[doc = $about]
        pub fn $get(&self) -> bool {
            self.value($key).number > 0
        }
    };
    ($about:expr, $get:ident, $key:expr, Milliseconds) => {
        getter!(number $about, $get, $key);
    };
    ($about:expr, $get:ident, $key:expr, Seconds) => {
        getter!(number $about, $get, $key);
    };
    ($about:expr, $get:ident, $key:expr, Percent) => {
        getter!(number $about, $get, $key);
    };
    ($about:expr, $get:ident, $key:expr, Thousand) => {
        getter!(number $about, $get, $key);
    };
    ($about:expr, $get:ident, $key:expr, Number) => {
        getter!(number $about, $get, $key);
    };
    (number $about:expr, $get:ident, $key:expr) => {
        #[doc = $about]
        pub fn $get(&self) -> u32 {
            self.value($key).number
        }
    };
    ($about:expr, $get:ident, $key:expr, $takes:ident $(($words:literal))?) => {
        #[doc = $about]
        pub fn $get(&self) -> &'a str {
            self.value($key).text
        }
    };
}

macro_rules! define_config {
    ($({
        key: $key:literal, name: $name:ident, get: $get:ident, takes: $takes:ident $(($($words:tt)*))?,
        default: $default:literal $(| $default_french:literal)?, example: $example:literal,
        label: $label:literal | $label_french:literal,
        does: $does:literal | $does_french:literal,
    })*) => {
        /// The options, in the order of their rows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key {
            $(
                #[doc = concat!("`data-", $key, "`")]
                $name
            ),*
        }

        /// How each option is read, at the index of its [`Key`].
        static RULES: [Rule; N_OPTIONS] = [$(Rule {
            key: $key,
            takes: Takes::$takes,
            words: words_of!($takes $(($($words)*))?),
            used: used_by!($takes, $default),
        }),*];

        impl Key {
            /// Every option, at the index of its number.
            pub const ALL: [Key; N_OPTIONS] = [$(Key::$name),*];
        }

        /// How many options there are.
        const N_OPTIONS: usize = [$(Key::$name),*].len();

        impl<'a> Config<'a> {
            $(getter!(concat!("`data-", $key, "`: ", $does, "; default: ", $default), $get, Key::$name, $takes $(($($words)*))?);)*
        }
    };
}

with_options!(define_config);

/// What the publisher chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config<'a>([Value<'a>; N_OPTIONS]);

impl Default for Config<'_> {
    fn default() -> Self {
        let mut values = [Value::default(); N_OPTIONS];
        for (value, rule) in values.iter_mut().zip(&RULES) {
            value.number = rule.read(rule.used, "").unwrap_or_default();
        }
        Config(values)
    }
}

impl<'a> Config<'a> {
    /// The text of each option, in the order of their keys; empty where it has none that can be used.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|value| value.text)
    }

    fn value(&self, key: Key) -> Value<'a> {
        self.0[key as usize]
    }

    /// Takes an option: its key as in the tag, without `data-`, and what it is given, without white space around it and with single spaces in it.
    /// `languages` are those that have a file, with spaces between them. Returns what is used instead where it cannot be used as given, or where
    /// the key is all but one of ours. Any other is somebody else's: frameworks and consent managers put attributes of theirs on every script.
    pub fn take(&mut self, key: &str, given: &'a str, languages: &str) -> Option<&'static str> {
        let mut is_near = false;
        for (value, rule) in self.0.iter_mut().zip(&RULES) {
            if !same(rule.key, key) {
                is_near |= is_slip(key.as_bytes(), rule.key.as_bytes());
                continue;
            }
            let Some(number) = rule.read(given, languages) else {
                return Some(rule.used);
            };
            *value = Value { number, text: given };
            // A text that is too long is taken, and told of all the same.
            if matches!(rule.takes, Takes::Text | Takes::Words) && given.len() > LONGEST {
                value.text = &given[..given.floor_char_boundary(LONGEST)];
                return Some(rule.used);
            }
            return None;
        }
        is_near.then_some("nothing")
    }
}

impl Rule {
    /// The number that a value means; `None` where it cannot be used.
    fn read(&self, given: &str, languages: &str) -> Option<u32> {
        let fits = |fits: bool| fits.then_some(0);
        match self.takes {
            Takes::Url => fits(is_web_url(given)),
            Takes::Urls => fits(are_web_urls(given)),
            Takes::Word | Takes::Switch => place(self.words, given),
            Takes::Milliseconds | Takes::Seconds => {
                let unit = if self.takes == Takes::Seconds { 1_000 } else { 1 };
                (milliseconds(given)? / unit).try_into().ok()
            }
            Takes::Number | Takes::Percent | Takes::Thousand => {
                let most = match self.takes {
                    Takes::Percent => 100,
                    Takes::Thousand => 1_000,
                    _ => u32::MAX,
                };
                whole(given).filter(|number| *number <= most)
            }
            Takes::Language => place(languages, given).or_else(|| fits(same(given, "auto"))),
            Takes::Selectors => fits(given.len() <= LONGEST),
            Takes::Words | Takes::Text => Some(0),
        }
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

/// Whether a link may lead there: a relative URL, or one with a scheme of the web. `javascript:` and its like are refused.
fn is_web_url(url: &str) -> bool {
    let mut rest = url;
    let scheme = cut(&mut rest, b':');
    // A colon behind one of these is none of a scheme.
    let is_relative = !has(url, ":") || has(scheme, "/") || has(scheme, "?") || has(scheme, "#");
    is_relative || scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn are_web_urls(urls: &str) -> bool {
    let mut rest = urls;
    while !rest.is_empty() {
        if !is_web_url(cut(&mut rest, b' ')) {
            return false;
        }
    }
    true
}

/// Reads a duration such as `7d`, `12h`, `30m`, `5s`, `250ms` or `0`, and returns it in milliseconds. Nothing takes no unit.
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
/// `wanted` are languages by the primary parts of their tags, such as `fr` (BCP 47), with spaces between them: the page's own, the reader's, and a last
/// resort. `languages` are those that there are, with spaces between them. Returns an empty text where there are none.
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
