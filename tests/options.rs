//! Rows on the options: what the tag says, what is used, and what is reported.
#![cfg(not(target_arch = "wasm32"))]

use soutien::config::{self, Config, Policy, milliseconds};

const LANGUAGES: [&str; 2] = ["fr", "en"];

/// Reads one option and expects it to be used without a problem; gives the config.
#[track_caller]
fn accepts(key: &str, given: &str) -> Config {
    let (config, problems) = read(key, given);
    assert_eq!(problems, [], "{key}={given}");
    config
}

/// Reads one option and expects the default to be kept, and a problem that says what was used.
#[track_caller]
fn refuses(key: &str, given: &str, used: &str) {
    let (config, problems) = read(key, given);
    assert_eq!(config, Config::default(), "{key}={given}");
    let [problem] = &problems[..] else {
        panic!("{key}={given}: expected one problem, found {problems:?}")
    };
    assert_eq!((problem.key, problem.given, problem.used), (key, given, used));
}

fn read<'a>(key: &'a str, given: &'a str) -> (Config, Vec<config::Problem<'a>>) {
    config::read([(key, given)].into_iter(), &LANGUAGES)
}

#[test]
fn no_options_are_the_defaults() {
    let (config, problems) = config::read([].into_iter(), &LANGUAGES);
    assert_eq!((config, problems), (Config::default(), vec![]));
}

#[test]
fn good_values_are_used() {
    assert_eq!(accepts("lang", "en").lang, "en");
    assert_eq!(accepts("lang", "auto").lang, "");
    assert_eq!(accepts("policy", "always").policy, Policy::Always);
    assert_eq!(accepts("policy", " gentle ").policy, Policy::Gentle);
    assert_eq!(accepts("view", "modal"), Config::default());
    assert_eq!(accepts("snooze", "2d").snooze, 172_800);
    assert_eq!(accepts("after-views", "0").after_views, 0);
    assert_eq!(accepts("delay", "250ms").delay, 250);
    assert!(!accepts("top", "off").top);
    assert_eq!(accepts("title", "Bonjour").title, "Bonjour");
    assert_eq!(accepts("text", "<b>Aidez-nous</b>").text, "<b>Aidez-nous</b>");
}

#[test]
fn bad_values_are_named_and_the_default_is_used() {
    refuses("lang", "xx", "auto");
    refuses("lang", "", "auto");
    refuses("view", "billboard", "modal");
    refuses("policy", "harsh", "gentle");
    refuses("snooze", "soon", "7d");
    refuses("snooze", "-1d", "7d");
    refuses("snooze", "99999999999999999999d", "7d");
    refuses("after-views", "-1", "1");
    refuses("after-views", "many", "1");
    refuses("delay", "1", "1s");
    refuses("delay", "60d", "1s");
    refuses("top", "yes", "on");
}

#[test]
fn more_than_one_earlier_view_is_taken_as_one() {
    refuses("after-views", "3", "1");
}

#[test]
fn unknown_options_are_named() {
    refuses("colour", "red", "nothing");
    refuses("", "", "nothing");
}

#[test]
fn attributes_of_optimisers_are_none_of_ours() {
    accepts("cfasync", "false");
    accepts("no-optimize", "1");
    accepts("pagespeed-no-defer", "");
    accepts("wp-strategy", "async");
    accepts("cookieconsent", "marketing");
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
        assert_eq!(accepts("support-url", address).support_url, address);
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
fn probes_ask_the_web_only() {
    assert_eq!(
        accepts("probe", "https://ads.example/a https://b.example/").probe,
        "https://ads.example/a https://b.example/"
    );
    assert_eq!(accepts("probe", "").probe, "");
    assert_eq!(accepts("probe-twin", "//static.example/").probe_twin, "//static.example/");
    refuses("probe", "https://ads.example/ javascript:x", "no probe");
    refuses("probe-twin", "data:,", "the site itself");
}

#[test]
fn long_texts_are_cut_at_a_whole_character() {
    let given = "é".repeat(5_000);
    let (config, problems) = read("text", &given);
    assert_eq!(config.text, "é".repeat(500));
    assert_eq!(problems[0].used, "the first 1000 bytes");
}

#[test]
fn durations_have_a_unit() {
    let rows = [
        ("0", Some(0)),
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
    fn check(chosen: &str, wanted: &str, expected: &str) {
        let config = Config {
            lang: chosen.into(),
            ..Config::default()
        };
        assert_eq!(config::language(&config, wanted, &LANGUAGES), expected, "{chosen}, {wanted}");
    }
    check("en", "fr fr", "en");
    check("", "fr-CA en", "fr");
    check("", "EN_gb fr", "en");
    check("", " en-US", "en");
    check("", "br en", "en");
    check("", "br oc", "fr");
    check("", "", "fr");
    assert_eq!(config::language(&Config::default(), "fr", &[]), "");
}
