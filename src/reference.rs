//! What publishers can set, hear of and have to answer for, as tables. The documents and the types for TypeScript are written from them, and
//! tests hold them against what the code does. They exist on native targets only: readers do not download them.

use crate::options::{Takes, with_options, words_of};

/// A text for people, in English and in French, as Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// In English.
    pub english: &'static str,
    /// In French.
    pub french: &'static str,
}

/// An attribute of the script tag: an option with what people read of it.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name without `data-`.
    pub key: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// The words that it takes, if it takes words, with spaces between them.
    pub words: &'static str,
    /// The default, as one would write it; empty where it has none.
    pub default: &'static str,
    /// The default in words, or what happens without it.
    pub without: Text,
    /// An example that is not the default.
    pub example: &'static str,
    /// What it is called.
    pub label: Text,
    /// What it does.
    pub does: Text,
}

impl Attribute {
    /// Its type in TypeScript.
    pub fn kind(&self) -> String {
        match self.takes {
            Takes::Word | Takes::Switch => {
                let words: Vec<String> = self.words.split(' ').map(|word| format!("\"{word}\"")).collect();
                words.join(" | ")
            }
            Takes::Milliseconds | Takes::Seconds => "Duration".into(),
            Takes::Percent | Takes::Thousand | Takes::Number => "number".into(),
            Takes::Url | Takes::Urls | Takes::Language | Takes::Selectors | Takes::Words | Takes::Text => "string".into(),
        }
    }

    /// The values that it takes, in words, in English and in French.
    pub fn values(&self) -> [String; 2] {
        let both = |english: &str, french: &str| [english.to_owned(), french.to_owned()];
        match self.takes {
            Takes::Word | Takes::Switch | Takes::Words => {
                let words = self.words.split(' ').filter(|word| !word.is_empty());
                let words = words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                [words.clone(), words]
            }
            Takes::Url => both("a URL", "une URL"),
            Takes::Urls => both("URLs", "des URL"),
            Takes::Milliseconds => both("`1s`, `500ms`, …", "`1s`, `500ms`, …"),
            Takes::Seconds => both("`7d`, `12h`, `30m`, …", "`7d`, `12h`, `30m`, …"),
            Takes::Percent => both("`0` to `100`", "`0` à `100`"),
            Takes::Thousand => both("`0` to `1000`", "`0` à `1000`"),
            Takes::Number => both("a number", "un nombre"),
            Takes::Language => both(
                "`auto`, or one of the languages in `lang/`: those of the European Union, and Arabic; `pt` is the Portuguese of Portugal",
                "`auto`, ou l’une des langues de `lang/`\u{a0}: celles de l’Union européenne, et l’arabe\u{202f}; `pt` est le portugais du Portugal",
            ),
            Takes::Selectors => both(
                "selectors and `cookie:NAME`, with commas between them",
                "des sélecteurs et `cookie:NOM`, séparés par des virgules",
            ),
            Takes::Text => both("a text", "un texte"),
        }
    }
}

/// A default as one would write it, and in words. One that has French is none that can be written.
macro_rules! default_of {
    ($default:literal) => {
        (
            $default,
            Text {
                english: concat!("`", $default, "`"),
                french: concat!("`", $default, "`"),
            },
        )
    };
    ($without:literal, $french:literal) => {
        (
            "",
            Text {
                english: $without,
                french: $french,
            },
        )
    };
}

macro_rules! define_attributes {
    ($({
        key: $key:literal, name: $name:ident, get: $get:ident, takes: $takes:ident $(($($words:tt)*))?,
        default: $default:literal $(| $default_french:literal)?, example: $example:literal,
        label: $label:literal | $label_french:literal,
        does: $does:literal | $does_french:literal,
    })*) => {
        /// Every attribute, in the order in which the documentation has them.
        pub const ATTRIBUTES: &[Attribute] = &[$(Attribute {
            key: $key,
            takes: Takes::$takes,
            words: words_of!($takes $(($($words)*))?),
            default: default_of!($default $(, $default_french)?).0,
            without: default_of!($default $(, $default_french)?).1,
            example: $example,
            label: Text { english: $label, french: $label_french },
            does: Text { english: $does, french: $does_french },
        }),*];
    };
}

with_options!(define_attributes);

/// An event on `document`.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Its name without `soutien:`.
    pub name: &'static str,
    /// What its detail has, as Markdown; empty where it has none.
    pub detail: &'static str,
    /// The type of its detail in TypeScript.
    pub kind: &'static str,
    /// When it comes, as Markdown.
    pub when: &'static str,
}

/// Something that is kept in the reader's browser.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// The storage that it is in: `localStorage`, or `sessionStorage`, which is that of the tab.
    pub area: &'static str,
    /// The key of the entry.
    pub key: &'static str,
    /// What stands in the entry: the name of a field, or all of it.
    pub field: &'static str,
    /// What that is, as Markdown.
    pub what: &'static str,
    /// When it is written, as Markdown.
    pub written: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// How long it is kept and holds, as Markdown.
    pub lifetime: &'static str,
    /// Whether the reader has to consent first.
    pub needs_consent: bool,
}

/// Something that is not as it should be, as `soutien:problem` names it. Those of attributes have the attribute's name as their key.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// `key` in the event's detail.
    pub key: &'static str,
    /// What it means, as Markdown.
    pub means: &'static str,
    /// What to do about it, as Markdown.
    pub remedy: &'static str,
}

/// Every event that Soutien dispatches.
pub const EVENTS: [Event; 11] = [
    Event {
        name: "ready",
        detail: "",
        kind: "null",
        when: "`window.Soutien` is there",
    },
    Event {
        name: "verdict",
        detail: "`{kind, cause, signals, ms}`",
        kind: "Verdict",
        when: "a check has ended. `kind`: `blocked`, `clear` or `unsure`; `cause`: `extension`, `network`, `browser`, `tracking-protection` or `none`; `signals`: an array of `{family, name, reading, why, ms}`",
    },
    Event {
        name: "show",
        detail: "",
        kind: "null",
        when: "the notice is about to open; `preventDefault()` keeps it closed",
    },
    Event {
        name: "close",
        detail: "`{by}`",
        kind: "{ by: \"button\" | \"esc\" | \"backdrop\" | \"never\" | \"page\" }",
        when: "the notice was closed by `button`, `esc`, `backdrop`, `never` or `page`",
    },
    Event {
        name: "support",
        detail: "",
        kind: "null",
        when: "the reader follows the link to another way of support",
    },
    Event {
        name: "recheck",
        detail: "",
        kind: "null",
        when: "the reader says that the site is allowed; a verdict follows",
    },
    Event {
        name: "recovered",
        detail: "",
        kind: "null",
        when: "it is: thanks are shown",
    },
    Event {
        name: "relapsed",
        detail: "`{days}`",
        kind: "{ days: 1 | 7 }",
        when: "with consent: ads are blocked again within `1` or `7` days after that",
    },
    Event {
        name: "refused",
        detail: "",
        kind: "null",
        when: "the reader asks never to be asked again; `soutien:close` follows",
    },
    Event {
        name: "top",
        detail: "",
        kind: "null",
        when: "the reader went back to the top",
    },
    Event {
        name: "problem",
        detail: "`{key, given, used}`",
        kind: "{ key: string; given: string; used: string }",
        when: "something is not as it should be",
    },
];

/// All that is kept, in the order in which it is written.
pub const STORED: [Stored; 7] = [
    Stored {
        area: "localStorage",
        key: "soutien",
        field: "closed-until",
        what: "the time until which the notice stays away",
        written: "the reader closes the notice, or asks never to be asked again",
        purpose: "not to ask again who said no",
        lifetime: "holds for `data-snooze` (7 days) at first, then for 30 days, then for good, under `once` for good at once; for good as well for “don't ask again”; stays until the site's data is cleared",
        needs_consent: false,
    },
    Stored {
        area: "localStorage",
        key: "soutien",
        field: "quiet",
        what: "how many seconds that was from the closing on",
        written: "the same",
        purpose: "to keep away longer after the next closing",
        lifetime: "the same",
        needs_consent: false,
    },
    Stored {
        area: "localStorage",
        key: "soutien",
        field: "revision",
        what: "`data-revision` as a hash of 32 bits; left out without that attribute",
        written: "the same",
        purpose: "to know which question the no was an answer to",
        lifetime: "the same",
        needs_consent: false,
    },
    Stored {
        area: "localStorage",
        key: "soutien",
        field: "views",
        what: "how many views there were; only where `data-after-views` is more than 1",
        written: "on each view",
        purpose: "to ask on a later view",
        lifetime: "until the site's data is cleared",
        needs_consent: true,
    },
    Stored {
        area: "localStorage",
        key: "soutien",
        field: "allowed",
        what: "the time at which the reader allowed the site",
        written: "the reader has allowed the site",
        purpose: "to tell whether a reader who allowed the site blocks ads again within a week",
        lifetime: "until the next blocked view, or until the site's data is cleared",
        needs_consent: true,
    },
    Stored {
        area: "localStorage",
        key: "soutien",
        field: "draw",
        what: "a lot from 1 to 100; only where `data-share` is less than 100",
        written: "on the first view",
        purpose: "to ask the same readers each time",
        lifetime: "until the site's data is cleared",
        needs_consent: true,
    },
    Stored {
        area: "sessionStorage",
        key: "soutien",
        field: "1",
        what: "that the reader is on the way to allow the site",
        written: "the reader opens the steps, or says that the site is allowed",
        purpose: "to thank the reader, also when the page is loaded again on the way",
        lifetime: "until thanks are given, or the tab is closed",
        needs_consent: false,
    },
];

/// Every problem but those of single attributes.
pub const PROBLEMS: [Problem; 26] = [
    Problem {
        key: "soutien.wasm",
        means: "by what was `used`: `nothing`, where the module cannot be fetched, or is that of another release, in either form; `soutien.plain.js`, where the server refuses the file or has another one in its place, or the site's policy forbids WebAssembly, and the larger file runs instead; `the file all the same`, where its type is not `application/wasm`",
        remedy: "open its address, and set the server up as [servers.md](servers.md) says; let the policy have `'wasm-unsafe-eval'`; copy the whole folder again, and empty caches in between",
    },
    Problem {
        key: "script",
        means: "the page has a second tag or more, which do nothing; or our files are on another host than the page, where requests for them are third-party: what fails there is no evidence",
        remedy: "take one away: a theme, a plugin or a tag manager may put it there; have the files on the page's own host, or at least answered with `Access-Control-Allow-Origin`",
    },
    Problem {
        key: "start",
        means: "`Soutien.start()` was called although the tag has started Soutien",
        remedy: "leave the call out; options are the attributes of the tag",
    },
    Problem {
        key: "Soutien",
        means: "the page has a global of this name, which is left to it: there is no API, and everything else works",
        remedy: "rename yours, or do with the events",
    },
    Problem {
        key: "probe.js",
        means: "a bait and its twin both fail, so that they tell nothing",
        remedy: "open `/assets/soutien/probe.js`: the server has to answer with the file; see what else refuses it, such as a firewall or the site's own policy",
    },
    Problem {
        key: "appeal.js",
        means: "what draws the notice cannot be fetched, is that of another release, or the browser is too old for it: there is no notice",
        remedy: "copy the whole folder again, and empty caches in between",
    },
    Problem {
        key: "appeal.css",
        means: "the notice's style sheet cannot be fetched: there is no notice",
        remedy: "the same",
    },
    Problem {
        key: "host.js",
        means: "what finds a place in the page cannot be fetched: there is no notice, and no way back to the top of ours",
        remedy: "the same",
    },
    Problem {
        key: "places.js",
        means: "what a notice in a place of the page takes cannot be fetched: there is no notice",
        remedy: "the same",
    },
    Problem {
        key: "places.css",
        means: "the same",
        remedy: "the same",
    },
    Problem {
        key: "leaving.js",
        means: "what leads away from the page cannot be fetched: there is no notice",
        remedy: "the same",
    },
    Problem {
        key: "hostname.js",
        means: "what makes the site's name readable cannot be fetched: there is no notice",
        remedy: "the same",
    },
    Problem {
        key: "lang/xx.json",
        means: "the words of a language cannot be fetched: there is no notice, and the back-to-top button has no name",
        remedy: "the same; some servers hold `.json` back",
    },
    Problem {
        key: "numbers.js",
        means: "what sends the numbers cannot be fetched, or the page has replaced something that it takes, such as `JSON`: there are none",
        remedy: "the same",
    },
    Problem {
        key: "button.js",
        means: "the way back to the top cannot be fetched: the page's own stays as the page has it, and there is none of ours",
        remedy: "the same",
    },
    Problem {
        key: "panels.js",
        means: "what closes the page's panels cannot be fetched: close controls do what the page has them do by itself",
        remedy: "the same",
    },
    Problem {
        key: "notice",
        means: "a style sheet hides the notice, the page's own or one of the reader's: there is none on this view",
        remedy: "see what hides an element with `data-soutien`; where it is the reader's own rule, nothing",
    },
    Problem {
        key: "hosts.js",
        means: "what asks the ad hosts cannot be fetched: they are not asked",
        remedy: "the same",
    },
    Problem {
        key: "wordpress.js",
        means: "what hears of WordPress' consent cannot be fetched: there is none",
        remedy: "the same",
    },
    Problem {
        key: "probe",
        means: "besides a wrong value: ad hosts do not answer, and that says nothing: the page's own policy refuses them (it says which), they are of one company, the page is isolated from other origins, or a service worker or a function in the place of `fetch` may be what refuses them",
        remedy: "let the policy have them (`connect-src`); name hosts of two companies or more; behind a service worker, name a twin on another host in `data-probe-twin`",
    },
    Problem {
        key: "endpoint",
        means: "besides a wrong value: the address is on another host without saying so by `https://`; or a batch of numbers was refused five times, and is lost",
        remedy: "see how the address answers: with a status from 200 to 299, and on another host with `Access-Control-Allow-Origin`",
    },
    Problem {
        key: "analytics",
        means: "a name that is none of ours; or the page has no such analytics, a blocker's stand-in is in its place, or it throws: readers are missing there",
        remedy: "correct the name; see that the page loads its analytics; what a blocker keeps away is in the numbers of `data-endpoint` alone",
    },
    Problem {
        key: "exempt",
        means: "besides a value that is too long: a selector is not a valid one, and nobody is exempt",
        remedy: "try it in the console, with `document.querySelector(…)`",
    },
    Problem {
        key: "consent",
        means: "besides a wrong value, and nobody has consented then: what needs consent is asked for and the page has no consent manager, or nothing in its `dataLayer`; or the consent manager gives no data as TCF has it, or does not answer within five seconds. With two consent managers, what both allow holds",
        remedy: "see that one consent manager is on the page, and that it finishes; or say with `data-consent` how consent is known, or that you need none",
    },
    Problem {
        key: "localStorage",
        means: "the reader's browser denies storage, or it is full: the reader is met as new on the next view",
        remedy: "nothing",
    },
    Problem {
        key: "sessionStorage",
        means: "the same for the tab: who loads the page again on the way to allow the site is not thanked",
        remedy: "nothing",
    },
];
