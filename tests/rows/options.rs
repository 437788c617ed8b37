//! Rows on the options: what the tag says, what is used, and what is reported; and on how texts are read and written.

use proptest::prelude::*;
use soutien::config::{self, Config, milliseconds};
use soutien::options::{Consent, Policy, View};
use soutien::text::{cut, has, has_any, number, place, whole};

const LANGUAGES: &str = "fr en";

/// A problem with an option, as `soutien:problem` tells of it.
#[derive(Debug, PartialEq)]
struct Problem<'a> {
    key: &'a str,
    given: &'a str,
    used: &'static str,
}

/// All that a config means, numbers and then texts. What stands beside a number is of no meaning.
fn meaning<'a>(config: &Config<'a>) -> ([u32; 8], [bool; 4], [&'a str; 11]) {
    let numbers = [
        config.view() as u32,
        config.policy() as u32,
        config.consent() as u32,
        config.after_views(),
        config.snooze(),
        config.delay(),
        config.share(),
        config.count(),
    ];
    let texts = [
        if config.lang() == "auto" { "" } else { config.lang() },
        config.support_url(),
        config.exempt(),
        config.revision(),
        config.endpoint(),
        config.analytics(),
        config.title(),
        config.text(),
        config.logo(),
        config.probe(),
        config.probe_twin(),
    ];
    let switches = [
        config.is_closable(),
        config.has_covers(),
        config.has_top(),
        config.has_controls(),
    ];
    (numbers, switches, texts)
}

/// Reads one option and expects it to be used without a problem; gives the config.
#[track_caller]
fn accepts<'a>(key: &'a str, given: &'a str) -> Config<'a> {
    let (config, problems) = read(key, given);
    assert_eq!(problems, [], "{key}={given}");
    config
}

/// Reads one option and expects the default to be kept, and a problem that says what was used.
#[track_caller]
fn refuses(key: &str, given: &str, used: &str) {
    let (config, problems) = read(key, given);
    assert_eq!(meaning(&config), meaning(&Config::default()), "{key}={given}");
    let [problem] = &problems[..] else {
        panic!("{key}={given}: expected one problem, found {problems:?}")
    };
    assert_eq!((problem.key, problem.given, problem.used), (key, given, used));
}

/// Reads one option with a value that is too long, and expects its beginning to be used, and a problem that says so.
#[track_caller]
fn clips(key: &str, given: &str, of: fn(Config) -> &str, expected: &str) {
    let (config, problems) = read(key, given);
    assert_eq!(of(config), expected, "{key}");
    let used: Vec<_> = problems.iter().map(|problem| (problem.key, problem.used)).collect();
    assert_eq!(used, [(key, "the first 1000 bytes")]);
}

fn read<'a>(key: &'a str, given: &'a str) -> (Config<'a>, Vec<Problem<'a>>) {
    read_all(&[(key, given)])
}

fn read_all<'a>(options: &[(&'a str, &'a str)]) -> (Config<'a>, Vec<Problem<'a>>) {
    let mut problems = Vec::new();
    let mut config = Config::default();
    for (key, given) in options {
        if let Some(used) = config.take(key, given, LANGUAGES) {
            problems.push(Problem { key, given, used });
        }
    }
    (config, problems)
}

#[test]
fn no_options_are_the_defaults() {
    let (config, problems) = read_all(&[]);
    assert_eq!((meaning(&config), problems), (meaning(&Config::default()), vec![]));
}

#[test]
fn good_values_are_used() {
    assert_eq!(accepts("lang", "en").lang(), "en");
    assert_eq!(accepts("lang", "auto").lang(), "auto");
    assert_eq!(accepts("policy", "always").policy(), Policy::Always);
    assert_eq!(accepts("policy", "gentle").policy(), Policy::Gentle);
    assert_eq!(accepts("policy", "once").policy(), Policy::Once);
    assert_eq!(accepts("policy", "silent").policy(), Policy::Silent);
    assert_eq!(accepts("view", "modal").view(), View::Modal);
    assert_eq!(accepts("view", "banner").view(), View::Banner);
    assert_eq!(accepts("view", "inline").view(), View::Inline);
    assert_eq!(accepts("snooze", "2d").snooze(), 172_800);
    assert_eq!(accepts("snooze", "0").snooze(), 0);
    assert_eq!(accepts("after-views", "0").after_views(), 0);
    assert_eq!(accepts("after-views", "1").after_views(), 1);
    assert_eq!(accepts("after-views", "25").after_views(), 25);
    assert_eq!(accepts("delay", "250ms").delay(), 250);
    assert!(accepts("dismiss", "yes").is_closable());
    assert!(!accepts("dismiss", "no").is_closable());
    assert_eq!(accepts("exempt", "").exempt(), "");
    assert_eq!(
        accepts("exempt", "body.logged-in, cookie:subscriber").exempt(),
        "body.logged-in, cookie:subscriber"
    );
    assert_eq!(accepts("share", "0").share(), 0);
    assert_eq!(accepts("share", "37").share(), 37);
    assert_eq!(accepts("share", "100").share(), 100);
    assert_eq!(accepts("count", "0").count(), 0);
    assert_eq!(accepts("count", "1000").count(), 1_000);
    assert_eq!(accepts("revision", "2026-11").revision(), "2026-11");
    assert_eq!(accepts("revision", "").revision(), "");
    assert!(!accepts("images", "").has_covers());
    assert!(accepts("images", "cover").has_covers());
    assert_eq!(accepts("consent", "auto").consent(), Consent::Auto);
    assert_eq!(accepts("consent", "tcf").consent(), Consent::Tcf);
    assert_eq!(accepts("consent", "given").consent(), Consent::Given);
    assert!(accepts("top", "on").has_top());
    assert!(!accepts("top", "off").has_top());
    assert!(accepts("controls", "on").has_controls());
    assert!(!accepts("controls", "off").has_controls());
    assert_eq!(accepts("title", "Bonjour").title(), "Bonjour");
    assert_eq!(accepts("text", "<b>Aidez-nous</b>").text(), "<b>Aidez-nous</b>");
}

#[test]
fn bad_values_are_named_and_the_default_is_used() {
    refuses("lang", "xx", "auto");
    refuses("lang", "", "auto");
    refuses("view", "billboard", "modal");
    refuses("view", "", "modal");
    refuses("view", "Banner", "modal");
    refuses("policy", "harsh", "gentle");
    refuses("policy", "", "gentle");
    refuses("snooze", "soon", "7d");
    refuses("snooze", "-1d", "7d");
    refuses("snooze", "99999999999999999999d", "7d");
    refuses("after-views", "-1", "1");
    refuses("after-views", "many", "1");
    refuses("after-views", "", "1");
    refuses("after-views", "18446744073709551616", "1");
    refuses("delay", "1", "1s");
    refuses("delay", "60d", "1s");
    refuses("dismiss", "maybe", "yes");
    refuses("dismiss", "", "yes");
    refuses("dismiss", "false", "yes");
    refuses("share", "101", "100");
    refuses("share", "-1", "100");
    refuses("share", "", "100");
    refuses("share", "50%", "100");
    refuses("share", "0.5", "100");
    refuses("share", "18446744073709551616", "100");
    refuses("count", "1001", "1");
    refuses("count", "1/10", "1");
    refuses("count", "", "1");
    refuses("images", "hide", "no covers");
    refuses("images", "yes", "no covers");
    refuses("consent", "yes", "auto");
    refuses("consent", "", "auto");
    refuses("top", "yes", "on");
    refuses("controls", "no", "on");
}

#[test]
fn the_defaults_are_gentle() {
    let config = Config::default();
    assert_eq!(
        (config.view(), config.policy(), config.consent()),
        (View::Modal, Policy::Gentle, Consent::Auto)
    );
    assert_eq!(
        (config.after_views(), config.share(), config.snooze(), config.delay()),
        (1, 100, 604_800, 1_000)
    );
    assert_eq!((config.is_closable(), config.has_covers()), (true, false));
    assert!(config.has_top() && config.has_controls());
}

#[test]
fn near_misses_of_our_own_names_are_named() {
    for key in [
        // A letter too many.
        "vieww",
        "views",
        "llang",
        "logos",
        "topp",
        "titles",
        "support--url",
        // One that is missing.
        "polcy",
        "snoze",
        "image",
        "supporturl",
        "afterviews",
        "probetwin",
        // Another one in its place.
        "support_url",
        "after_views",
        "polizy",
        "dismisz",
        "cansent",
        // Two that have changed places.
        "polciy",
        "veiw",
        "tpo",
        "exmept",
        "controsl",
        "endpiont",
    ] {
        refuses(key, "red", "nothing");
    }
}

#[test]
fn attributes_of_others_are_none_of_ours() {
    for key in [
        // What frameworks, optimisers, consent managers and testers put on scripts.
        "nscript",
        "turbo-track",
        "turbo-eval",
        "turbo-temporary",
        "astro-rerun",
        "astro-exec",
        "swup-ignore-script",
        "category",
        "cookiecategory",
        "cookieconsent",
        "usercentrics",
        "src",
        "type",
        "name",
        "ot-ignore",
        "cfasync",
        "no-optimize",
        "no-defer",
        "pagespeed-no-defer",
        "wp-strategy",
        "rocket-src",
        "cmp-src",
        "vendor",
        "purposes",
        "service",
        "domain",
        "site",
        "id",
        "key",
        "test",
        "testid",
        "cy",
        "page",
        "tag",
        "loaded",
        "minify",
        "async",
        "defer",
        "lazy",
        "main",
        "host",
        "url",
        // Words that are close to ours and mean something else.
        "content",
        "test",
        "next",
        "stop",
        "tap",
        "tip",
        "log",
        "review",
        "relay",
        "replay",
        "land",
        "long",
        // What is nobody's.
        "colour",
        "",
        "-",
        "é",
    ] {
        accepts(key, "false");
    }
}

#[test]
fn a_support_link_leads_to_the_web() {
    for address in [
        "/soutenir",
        "soutenir.html",
        "https://example.org/don",
        "HTTP://example.org",
        "?don",
        "#don",
        "/a:b",
    ] {
        assert_eq!(accepts("support-url", address).support_url(), address);
    }
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "java\nscript:x",
    ] {
        refuses("support-url", address, "no link");
    }
}

#[test]
fn a_logo_comes_from_the_web() {
    for address in [
        "",
        "/logo.svg",
        "logo.png?2",
        "https://static.example/logo.svg",
        "//static.example/a:b",
    ] {
        assert_eq!(accepts("logo", address).logo(), address);
    }
    for address in [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:image/svg+xml,<svg/>",
        "blob:https://example.org/1",
        "file:///logo.svg",
    ] {
        refuses("logo", address, "no logo");
    }
}

#[test]
fn probes_ask_the_web_only() {
    assert_eq!(
        accepts("probe", "https://ads.example/a https://b.example/").probe(),
        "https://ads.example/a https://b.example/"
    );
    assert_eq!(accepts("probe", "").probe(), "");
    assert_eq!(accepts("probe-twin", "//static.example/").probe_twin(), "//static.example/");
    refuses("probe", "https://ads.example/ javascript:x", "no probe");
    refuses("probe-twin", "data:,", "the site itself");
}

#[test]
fn long_texts_are_cut_at_a_whole_character() {
    let (given, used) = ("é".repeat(5_000), "é".repeat(500));
    clips("text", &given, |config| config.text(), &used);
    clips("title", &given, |config| config.title(), &used);
    clips("revision", &given, |config| config.revision(), &used);
    // A character of two bytes does not fit the last one.
    clips(
        "revision",
        &format!("x{given}"),
        |config| config.revision(),
        &format!("x{}", "é".repeat(499)),
    );
}

#[test]
fn exemptions_that_are_too_long_exempt_nobody() {
    assert_eq!(accepts("exempt", &"x".repeat(1_000)).exempt(), "x".repeat(1_000));
    refuses("exempt", &"x".repeat(1_001), "nobody is exempt");
}

#[test]
fn numbers_go_where_the_publisher_says() {
    assert_eq!(accepts("endpoint", "/chiffres").endpoint(), "/chiffres");
    assert_eq!(
        accepts("endpoint", "https://chiffres.example/x").endpoint(),
        "https://chiffres.example/x"
    );
    refuses("endpoint", "javascript:alert(1)", "no numbers");
    assert_eq!(accepts("analytics", "matomo datalayer").analytics(), "matomo datalayer");
    for (given, consent) in [
        ("auto", Consent::Auto),
        ("tcf", Consent::Tcf),
        ("gcm", Consent::Gcm),
        ("event", Consent::Event),
        ("given", Consent::Given),
    ] {
        assert_eq!(accepts("consent", given).consent(), consent);
    }
    refuses("consent", "yes", "auto");
}

#[test]
fn durations_have_a_unit() {
    let rows = [
        ("0", Some(0)),
        ("00", Some(0)),
        ("0d", Some(0)),
        ("250ms", Some(250)),
        ("5s", Some(5_000)),
        ("3m", Some(180_000)),
        ("2h", Some(7_200_000)),
        ("7d", Some(604_800_000)),
        ("", None),
        ("7", None),
        ("d", None),
        ("1.5h", None),
        ("7 d", None),
        ("7days", None),
        ("٧d", None),
    ];
    for (duration, expected) in rows {
        assert_eq!(milliseconds(duration), expected, "{duration}");
    }
}

#[test]
fn the_language_is_the_chosen_one_then_the_pages_then_the_readers() {
    #[track_caller]
    fn check(chosen: &str, wanted: &str, languages: &str, expected: &str) {
        let mut config = Config::default();
        if !chosen.is_empty() {
            assert_eq!(config.take("lang", chosen, languages), None);
        }
        assert_eq!(
            config::language(&config, wanted, languages),
            expected,
            "{chosen}, {wanted}, {languages:?}"
        );
    }
    check("en", "fr fr en", LANGUAGES, "en");
    check("fr", "en en en", LANGUAGES, "fr");
    check("auto", "fr de en", LANGUAGES, "fr");
    check("", "fr en en", LANGUAGES, "fr");
    check("", "EN fr en", LANGUAGES, "en");
    check("", " fr en", LANGUAGES, "fr");
    check("", "br fr en", LANGUAGES, "fr");
    // Nothing that is wanted is there, and the last resort is.
    check("", "br oc en", LANGUAGES, "en");
    check("", "  en", LANGUAGES, "en");
    check("", "fra frr en", LANGUAGES, "en");
    // Nor is that.
    check("", "br oc en", "fr de", "fr");
    check("", "  en", "de fr", "de");
    check("", "fr", "", "");
}

mod texts {
    use super::*;

    #[test]
    fn parts_are_cut_off_one_by_one() {
        #[track_caller]
        fn check(text: &str, part: &str, rest: &str) {
            let mut left = text;
            assert_eq!((cut(&mut left, b' '), left), (part, rest), "{text:?}");
        }
        check("", "", "");
        check("a", "a", "");
        check(" ", "", "");
        check("a ", "a", "");
        check("a b", "a", "b");
        check(" a", "", "a");
        check("a  b", "a", " b");
        check("é à", "é", "à");
        check("é\u{a0}à", "é\u{a0}à", "");
    }

    #[test]
    fn words_have_a_place() {
        let rows = [
            ("gentle", Some(0)),
            ("once", Some(1)),
            ("silent", Some(2)),
            ("", None),
            ("onc", None),
            ("once ", None),
        ];
        for (word, expected) in rows {
            assert_eq!(place("gentle once silent", word), expected, "{word:?}");
        }
        assert_eq!((place(" cover", ""), place(" cover", "cover")), (Some(0), Some(1)));
    }

    #[test]
    fn any_of_several_words_will_do() {
        assert!(has_any("cookieconsent", "rocket cookie") && has_any("wp-strategy", "wp- rocket"));
        assert!(!has_any("rock", "rocket cookie") && !has_any("", "rocket"));
    }

    #[test]
    fn a_text_has_the_words_in_it() {
        let rows = [
            ("Googlebot/2.1", "bot/", true),
            ("bot/", "bot/", true),
            ("bot", "bot/", false),
            ("Bot/", "bot/", false),
            ("", "bot/", false),
            ("aab", "ab", true),
            ("déjà", "jà", true),
            ("déjà", "ja", false),
            ("a", "", false),
            ("", "", false),
        ];
        for (text, word, expected) in rows {
            assert_eq!(has(text, word), expected, "{word:?} in {text:?}");
        }
    }

    #[test]
    fn a_number_is_of_digits_and_fits_32_bits() {
        let rows = [
            ("0", Some(0)),
            ("7", Some(7)),
            ("007", Some(7)),
            ("1764547200", Some(1_764_547_200)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("99999999999999999999", None),
            ("42949672950", None),
            ("", None),
            (" ", None),
            (" 1", None),
            ("1 ", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("1_000", None),
            ("0x1", None),
            ("1e3", None),
            ("/", None),
            (":", None),
            ("١", None),
            ("１", None),
            ("é", None),
        ];
        for (text, expected) in rows {
            assert_eq!(whole(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_number_is_taken_off_what_follows_it() {
        let rows = [
            ("12ms", Some(12), "ms"),
            ("0", Some(0), ""),
            ("7 d", Some(7), " d"),
            ("4294967296s", None, "s"),
            ("d", None, "d"),
            ("", None, ""),
        ];
        for (text, expected, rest) in rows {
            let mut left = text;
            assert_eq!((number(&mut left), left), (expected, rest), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parts_are_those_of_the_standard_library(text in "[ a-bé/]*") {
            let mut rest = text.as_str();
            let part = cut(&mut rest, b' ');
            prop_assert_eq!((part, rest), text.split_once(' ').unwrap_or((&text, "")));
        }

        #[test]
        fn words_are_found_as_by_the_standard_library(text in "[abé]*", word in "[abé]{1,3}") {
            prop_assert_eq!(has(&text, &word), text.contains(&word));
        }

        #[test]
        fn a_number_that_was_written_is_read(given in any::<u32>()) {
            prop_assert_eq!(whole(&given.to_string()), Some(given));
        }

        #[test]
        fn any_option_can_be_read(key in "[a-z-]{0,12}", given in "\\PC*") {
            let _ = read(&key, &given);
        }

        #[test]
        fn any_value_of_an_option_of_ours_can_be_read(
            key in proptest::sample::select(&["share", "exempt", "revision", "logo", "images", "consent", "dismiss", "view"][..]),
            given in "\\PC*",
        ) {
            let (config, problems) = read(key, &given);
            prop_assert!(problems.len() <= 1);
            prop_assert!(config.share() <= 100);
        }
    }
}

/// What publishers read of attributes and events.
mod reference {
    use super::*;
    use soutien::reference::{ATTRIBUTES, EVENTS};

    #[test]
    fn every_default_is_what_is_used_without_the_attribute() {
        for attribute in ATTRIBUTES {
            let (config, _) = read(attribute.key, attribute.default);
            assert_eq!(meaning(&config), meaning(&Config::default()), "data-{}", attribute.key);
        }
    }

    #[test]
    fn every_example_is_taken_and_is_not_the_default() {
        for attribute in ATTRIBUTES {
            let config = accepts(attribute.key, attribute.example);
            assert_ne!(meaning(&config), meaning(&Config::default()), "data-{}", attribute.key);
        }
    }

    #[test]
    fn what_an_attribute_is_called_and_does_is_said_in_both_languages() {
        for attribute in ATTRIBUTES {
            assert_ne!(attribute.does.english, attribute.does.french, "data-{}", attribute.key);
            for text in [attribute.label, attribute.does, attribute.without] {
                assert!(!text.english.is_empty() && !text.french.is_empty(), "data-{}", attribute.key);
            }
        }
    }

    #[test]
    fn every_event_that_is_dispatched_is_told_of_and_no_other() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources: String = ["src/browser", "web/edge", "web/controls"]
            .into_iter()
            .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("the folder can be read"))
            .map(|entry| std::fs::read_to_string(entry.expect("the folder can be read").path()).expect("a source file is text"))
            .collect();
        let mut names: Vec<&str> = sources
            .split("emit(\"")
            .skip(1)
            .chain(sources.split("say(const { word(\"").skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut told: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
        told.sort_unstable();
        assert_eq!(names, told);
    }
}
