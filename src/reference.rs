//! What publishers can set and hear of, as one table. README.md and the types for TypeScript are written from it, and tests hold it against
//! what the code does. It exists on native targets only: readers do not download it.

/// An attribute of the script tag.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name without `data-`.
    pub key: &'static str,
    /// Its type in TypeScript.
    pub kind: &'static str,
    /// The values it takes, in words, as Markdown.
    pub values: &'static str,
    /// The value that is used without it.
    pub default: &'static str,
    /// The same in words, as Markdown.
    pub default_words: &'static str,
    /// What it does, as Markdown.
    pub does: &'static str,
}

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

/// Every attribute, in the order in which the documentation has them.
pub const ATTRIBUTES: [Attribute; 21] = [
    Attribute {
        key: "lang",
        kind: "string",
        values: "`auto`, or one of the languages in `lang/`: those of the European Union, and Arabic",
        default: "auto",
        default_words: "`auto`",
        does: "language of the notice; `auto` is the page's own, then the reader's, then English",
    },
    Attribute {
        key: "view",
        kind: "\"modal\" | \"banner\" | \"inline\"",
        values: "`modal`, `banner`, `inline`",
        default: "modal",
        default_words: "`modal`",
        does: "how the notice is shown: as a dialog, as a strip at the edge of the window, or in the largest empty ad slot, as large as that is. `inline` looks for AdSense and GPT slots and for elements with `data-appeal-slot`; where none is empty and large enough (250 × 90 pixels), it is a strip",
    },
    Attribute {
        key: "policy",
        kind: "\"gentle\" | \"once\" | \"always\" | \"silent\"",
        values: "`gentle`, `once`, `always`, `silent`",
        default: "gentle",
        default_words: "`gentle`",
        does: "`gentle`: not on a first view, and once closed not again for `data-snooze`, then 30 days, then for good. `once`: as gently, and one closing is for good. `always`: on every view, still closable. `silent`: never; for measuring",
    },
    Attribute {
        key: "after-views",
        kind: "number",
        values: "a number",
        default: "1",
        default_words: "`1`",
        does: "how many views come before the first notice under `gentle`; a later view is one that another page of the site led to, or one without a reload. More than 1 is counted with consent alone, and is 1 without",
    },
    Attribute {
        key: "snooze",
        kind: "Duration",
        values: "`7d`, `12h`, `30m`, …",
        default: "7d",
        default_words: "`7d`",
        does: "how long the first closing keeps the notice away",
    },
    Attribute {
        key: "delay",
        kind: "Duration",
        values: "`1s`, `500ms`, …",
        default: "1s",
        default_words: "`1s`",
        does: "how long after the verdict the notice comes",
    },
    Attribute {
        key: "dismiss",
        kind: "\"yes\" | \"no\"",
        values: "`yes`, `no`",
        default: "yes",
        default_words: "`yes`",
        does: "`no`: the notice cannot be closed; it still looks again, links to `data-support-url` and offers to leave the page. Readers trapped so leave for good, filter lists take notices that cripple a page, and search engines rank such pages lower: not recommended",
    },
    Attribute {
        key: "support-url",
        kind: "string",
        values: "an address",
        default: "",
        default_words: "none",
        does: "where “Support us another way” leads; `http`, `https` or relative",
    },
    Attribute {
        key: "exempt",
        kind: "string",
        values: "selectors and `cookie:NAME`, with commas between them",
        default: "",
        default_words: "none",
        does: "readers who are not asked, as in `body.logged-in, cookie:subscriber`",
    },
    Attribute {
        key: "share",
        kind: "number",
        values: "`0` to `100`",
        default: "100",
        default_words: "`100`",
        does: "how many of a hundred views take part, drawn for each view; with consent, for each reader",
    },
    Attribute {
        key: "revision",
        kind: "string",
        values: "a text",
        default: "",
        default_words: "none",
        does: "your name for this way of asking. With another one, those who closed or refused are asked again",
    },
    Attribute {
        key: "consent",
        kind: "\"auto\" | \"tcf\" | \"gcm\" | \"event\" | \"given\"",
        values: "`auto`, `tcf`, `gcm`, `event`, `given`",
        default: "auto",
        default_words: "`auto`",
        does: "how consent is known, without which nothing is counted, dated or sent, and no ad host asked: from the page's consent manager by TCF (`auto`, `tcf`) or by Google's consent mode (`gcm`), by your event `soutien:consent` with `{granted}`, or `given` where you need none",
    },
    Attribute {
        key: "endpoint",
        kind: "string",
        values: "an address",
        default: "",
        default_words: "none",
        does: "where the numbers go, see [docs/numbers.md](docs/numbers.md); an address on another host is your leave to send them there",
    },
    Attribute {
        key: "analytics",
        kind: "string",
        values: "`datalayer`, `matomo`, `plausible`",
        default: "",
        default_words: "none",
        does: "your analytics that hear of the same, with blanks between the names. Blockers keep them from most readers who block, so these numbers are partial: see [docs/numbers.md](docs/numbers.md)",
    },
    Attribute {
        key: "images",
        kind: "\"cover\" | \"\"",
        values: "`cover`",
        default: "",
        default_words: "none",
        does: "covers the pictures in `article` and `main` with a message until the site is allowed",
    },
    Attribute {
        key: "title",
        kind: "string",
        values: "a text",
        default: "",
        default_words: "the language's",
        does: "your own title, at most 1000 bytes, shown as plain text",
    },
    Attribute {
        key: "text",
        kind: "string",
        values: "a text",
        default: "",
        default_words: "the language's",
        does: "your own message, at most 1000 bytes, shown as plain text",
    },
    Attribute {
        key: "logo",
        kind: "string",
        values: "an address",
        default: "",
        default_words: "none",
        does: "a picture above the title",
    },
    Attribute {
        key: "probe",
        kind: "string",
        values: "addresses",
        default: "",
        default_words: "none",
        does: "addresses on ad hosts, with blanks between them, that are asked for. The one way to see blockers that work by name server or proxy, and your leave to send requests off the site, for readers who have consented. Name two or more hosts: all have to fail, so that the outage of one is no blocker",
    },
    Attribute {
        key: "probe-twin",
        kind: "string",
        values: "an address",
        default: "",
        default_words: "the site itself",
        does: "asked for when those of `data-probe` fail: where it fails too, the network is the cause",
    },
    Attribute {
        key: "top",
        kind: "\"on\" | \"off\"",
        values: "`on`, `off`",
        default: "on",
        default_words: "`on`",
        does: "whether the page gets a back-to-top control",
    },
];

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
