//! What a filter answers about requests, elements and pages, and which rule it names.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;

use soutien_backend::element::Element;
use soutien_backend::filter::{Decision, Filter, Source, unplayed};
use soutien_backend::list::{self, Dialect, read};
use soutien_backend::request_type::RequestType;

const PAGE: &str = "https://journal.example/une";

fn filter(text: &str, with_sheet: bool) -> Filter {
    Filter::new(&[read("List", text, Dialect::Ublock, &[])], with_sheet)
}

#[test]
fn names_the_rule_behind_a_decision() {
    let filter = filter("! title\n/ads/show.$script\n||b.example^\n@@||b.example/ok^\n", false);
    let source = |rule: &str, line| Source {
        rule: rule.into(),
        list: "List".into(),
        line,
    };
    assert_eq!(
        filter.decide("https://a.example/ads/show.js", PAGE, "script"),
        Decision::Blocked(source("/ads/show.$script", 2))
    );
    assert_eq!(
        filter.decide("https://a.example/ads/show.js", PAGE, "image"),
        Decision::Through
    );
    assert_eq!(
        filter.decide("https://b.example/ok", PAGE, "script"),
        Decision::Excepted(source("||b.example^", 3), source("@@||b.example/ok^", 4))
    );
    assert_eq!(filter.decide("no address", PAGE, "script"), Decision::Through);
}

#[test]
fn tells_which_images_and_frames_are_refused() {
    let filter = filter("||ads.example^$image\n||pub.example^$subdocument\n@@||pub.example/ok^", false);
    let check = |kind: RequestType, expected: &[&str]| {
        let asked = [
            "https://ads.example/a",
            "https://pub.example/a",
            "https://pub.example/ok/",
            "https://other.example/",
            "no address",
        ];
        assert_eq!(
            filter.refused(asked.map(str::to_owned).into(), PAGE, kind, true),
            expected,
            "{kind:?}"
        );
    };
    check(RequestType::Image, &["https://ads.example/a"]);
    check(RequestType::Frame, &["https://pub.example/a"]);
}

#[test]
fn tells_which_rules_about_elements_are_not_played() {
    let text = "! title\n##.ad\n||ads.example^$popup\n##.ad:has-text(pub)\na.example##^script\na.example##+js(set, a, true)\na.example##+js(trusted-no-such, a)\n\
        a.example##.ad:style(color: red)\na.example#@#.ad\na.example##.ad:has(> b)\n[$path=/une]a.example##.ad\na.example#%#window.a = 1;";
    let left = unplayed(&[read("List", text, Dialect::Adguard, &[])]);
    let told: Vec<(usize, &str)> = left.iter().map(|left| (left.line, left.why.as_str())).collect();
    let more = "what it asks of elements is more than a selector and a style";
    let (path, code) = (
        "it is for some addresses of a site alone, or for some programs",
        "it brings code along, which an extension must not run",
    );
    let expected = [
        (4, more),
        (5, more),
        (7, "its scriptlet is not played"),
        (11, path),
        (12, code),
    ];
    assert_eq!(told, expected);
}

#[test]
fn nothing_is_hidden_by_a_rule_that_no_style_sheet_can_have() {
    let filter = filter(
        "##.ad:has-text(pub)\njournal.example##.pub:upward(2)\n[$path=/une]##.own\n##.kept",
        true,
    );
    assert_eq!(filter.page(PAGE).selectors, [".kept"]);
    let names = ["ad".to_owned(), "pub".to_owned(), "own".to_owned(), "kept".to_owned()];
    assert_eq!(filter.names(&names, &[], &HashSet::new()), [".kept"]);
}

#[test]
fn a_frame_for_which_a_surrogate_comes_keeps_its_box() {
    let lists = [read(
        "List",
        "||ads.example^$subdocument,redirect=noopframe\n||pub.example^",
        Dialect::Ublock,
        &[],
    )];
    let filter = Filter::new(&lists, false);
    let check = |has_surrogates: bool, expected: &[&str]| {
        let asked = ["https://ads.example/a", "https://pub.example/a"].map(str::to_owned);
        let refused = filter.refused(asked.into(), "https://journal.example/", RequestType::Frame, has_surrogates);
        assert_eq!(refused, expected);
    };
    check(true, &["https://pub.example/a"]);
    check(false, &["https://ads.example/a", "https://pub.example/a"]);
}

#[test]
fn hides_by_name_or_by_sheet() {
    let lists = "##.ad\n##div[data-ad]\njournal.example##.pub\nother.example##.other\njournal.example#@#.spared\n##.spared";
    let (by_name, by_sheet) = (filter(lists, false), filter(lists, true));
    let page = by_name.page(PAGE);
    assert_eq!(page.selectors, [".pub", "div[data-ad]"]);
    assert_eq!(by_sheet.page(PAGE).selectors, [".ad", ".pub", "div[data-ad]"]);
    let names = ["ad".to_owned(), "spared".to_owned(), "none".to_owned()];
    assert_eq!(by_name.names(&names, &[], &page.exceptions), [".ad"]);
}

#[test]
fn says_which_of_its_selectors_are_for_names_of_the_page() {
    let page = filter("journal.example##.pub > a\njournal.example###haut\n##div.pub", false).page(PAGE);
    assert_eq!(page.selectors, ["#haut", ".pub > a", "div.pub"]);
    assert_eq!(page.named(&["pub".into()], &["pub".into()]), [".pub > a"]);
    assert_eq!(page.named(&["haut".into()], &["haut".into()]), ["#haut"]);
}

#[test]
fn says_which_of_its_selectors_are_for_links_of_the_page() {
    let text = "##a[href^=\"https://ads.example/\"]\n##a[href^=\"https://pub.example/\"] > img\n##a[href*=\"ads\"]\n##.ad";
    let page = filter(text, true).page(PAGE);
    let linked = |link: &str| page.linked(&["https://journal.example/".to_owned(), link.to_owned()]);
    assert_eq!(linked("https://ads.example/a"), ["a[href^=\"https://ads.example/\"]"]);
    // Whether the picture within is there is more than the link tells.
    assert_eq!(linked("https://pub.example/a"), [""; 0]);
    assert_eq!(linked("https://elsewhere.example/ads"), [""; 0]);
}

/// Two lists that have rules of all kinds.
fn two_lists() -> Filter {
    let first = "! Title: First
        ##.ad
        journal.example,autre.example##.pub
        journal.*##.entity
        www.journal.example##.www
        ~autre.example##.but
        journal.example#?#.extended
        journal.example##.styled:style(display: none !important)
        ##.shown.wide:style(display: block !important)
        journal.example##+js(set, canRunAds, true)
        journal.*##+js(nostif.js, a\\,b, 100)
        journal.example##+js(unknown, x)
        élan.example##.accent
        ##.shown\n##.kept\n###haut\n##.first.second\n##div.more\n##.above .below";
    let second = "##.pub\njournal.example##.ad\nautre.example##.ad\n##.second\njournal.example#@#.kept";
    let lists = [("First", first), ("Second", second)];
    let lists = lists.map(|(title, text)| read(title, text, Dialect::Ublock, &[]));
    Filter::new(&lists, false)
}

fn told(source: &Source) -> String {
    format!("{} ({}, {})", source.rule, source.list, source.line)
}

#[track_caller]
fn check_hider(selector: &str, address: &str, expected: &str) {
    assert_eq!(told(&two_lists().hider(selector, address)), expected);
}

#[test]
fn names_the_rule_that_hides() {
    const ELSEWHERE: &str = "https://elsewhere.example/";
    check_hider(".ad", ELSEWHERE, "##.ad (First, 2)");
    // A rule for the site comes first, whichever list it is in.
    check_hider(".ad", PAGE, "journal.example##.ad (Second, 2)");
    check_hider(".ad", "https://autre.example/", "autre.example##.ad (Second, 3)");
    check_hider(".pub", PAGE, "journal.example##.pub (First, 3)");
    check_hider(".pub", "https://autre.example/", "autre.example##.pub (First, 3)");
    check_hider(".pub", ELSEWHERE, "##.pub (Second, 1)");
    check_hider(".second", ELSEWHERE, "##.second (Second, 4)");
    check_hider("div.more", ELSEWHERE, "##div.more (First, 18)");
    check_hider(".above .below", ELSEWHERE, "##.above .below (First, 19)");
    check_hider(".extended", PAGE, "journal.example##.extended (First, 7)");
    check_hider(
        ".accent",
        "https://xn--lan-9la.example/",
        "xn--lan-9la.example##.accent (First, 13)",
    );
}

#[test]
fn names_the_rule_that_hides_by_the_names_of_its_sites() {
    check_hider(".pub", "https://www.journal.example/", "journal.example##.pub (First, 3)");
    check_hider(
        ".pub",
        "https://a.b.journal.example:8080/?a#b",
        "journal.example##.pub (First, 3)",
    );
    check_hider(".pub", "https://unjournal.example/", "##.pub (Second, 1)");
    check_hider(".www", "https://www.journal.example/", "www.journal.example##.www (First, 5)");
    check_hider(".www", PAGE, "##.www (, 0)");
    check_hider(".entity", PAGE, "journal.*##.entity (First, 4)");
    check_hider(".entity", "https://www.journal.co.uk/", "journal.*##.entity (First, 4)");
    check_hider(".entity", "https://journal.elsewhere.example/", "##.entity (, 0)");
    check_hider(".but", PAGE, "##.but (First, 6)");
    check_hider(".nowhere", PAGE, "##.nowhere (, 0)");
    check_hider(".ad", "no address", "##.ad (First, 2)");
}

#[test]
fn names_the_rule_of_a_scriptlet() {
    let filter = two_lists();
    let scriptlets = filter.page(PAGE).scriptlets;
    let rules: Vec<String> = scriptlets.iter().map(|call| told(&filter.scriptlet(call, PAGE))).collect();
    assert_eq!(
        rules,
        [
            "journal.*##+js(prevent-setTimeout, a\\,b, 100) (First, 11)",
            "journal.example##+js(set-constant, canRunAds, true) (First, 10)",
        ]
    );
}

#[track_caller]
fn check_element(element: &str, address: &str, hidden_by: &[&str], shown_by: &[[&str; 2]]) {
    let element = Element::read(element).unwrap_or_else(|error| panic!("{error}"));
    let sight = two_lists().element(&element, address);
    assert_eq!(sight.hidden_by.iter().map(told).collect::<Vec<_>>(), hidden_by);
    let pairs = sight.shown_by.iter().map(|(rule, shows)| [told(rule), told(shows)]);
    assert_eq!(pairs.collect::<Vec<_>>(), shown_by);
}

#[test]
fn tells_which_rules_hide_an_element() {
    check_element(".nowhere", PAGE, &[], &[]);
    check_element(".ad", PAGE, &["journal.example##.ad (Second, 2)"], &[]);
    check_element(
        "#haut.pub",
        PAGE,
        &["###haut (First, 16)", "journal.example##.pub (First, 3)"],
        &[],
    );
    check_element(".first", PAGE, &[], &[]);
    check_element(
        ".first.second",
        PAGE,
        &["##.first.second (First, 17)", "##.second (Second, 4)"],
        &[],
    );
    // Whether these are hidden depends on more than their classes.
    check_element(".more", PAGE, &[], &[]);
    check_element(".above", PAGE, &[], &[]);
    check_element(".below", PAGE, &[], &[]);
    check_element(".ad", "no address", &["##.ad (First, 2)"], &[]);
}

#[test]
fn tells_what_shows_an_element_all_the_same() {
    check_element(".kept", "https://elsewhere.example/", &["##.kept (First, 15)"], &[]);
    check_element(
        ".kept",
        PAGE,
        &[],
        &[["##.kept (First, 15)", "journal.example#@#.kept (Second, 5)"]],
    );
    check_element(
        ".but",
        "https://www.autre.example/",
        &[],
        &[["##.but (First, 6)", "~autre.example##.but (First, 6)"]],
    );
    check_element(".shown", PAGE, &["##.shown (First, 14)"], &[]);
    let style = "##.shown.wide:style(display: block !important) (First, 9)";
    check_element(".shown.wide", PAGE, &[], &[["##.shown (First, 14)", style]]);
    let style = "journal.example##.styled:style(display: none !important) (First, 8)";
    check_element(".styled", PAGE, &[style], &[]);
}

#[test]
fn tells_that_a_page_is_spared() {
    let filter = filter("##.ad\n##.pub\njournal.example##.pub\n@@||journal.example^$ghide", false);
    let element = |name: &str| filter.element(&Element::read(name).expect("it is an element"), PAGE);
    assert_eq!(element(".ad").shown_by, [(filter.hider(".ad", PAGE), Source::default())]);
    assert_eq!(told(&element(".pub").hidden_by[0]), "journal.example##.pub (List, 3)");
    assert_eq!(element(".pub").shown_by, []);
}

#[test]
fn a_rule_that_another_list_takes_away_stands_nowhere() {
    let mut lists = [
        read("First", "##.ad", Dialect::Ublock, &[]),
        read("Second", "#@#.ad", Dialect::Ublock, &[]),
    ];
    list::unite(&mut lists);
    assert_eq!(told(&Filter::new(&lists, false).hider(".ad", PAGE)), "##.ad (, 0)");
}

#[test]
fn gives_scriptlets_with_their_arguments() {
    let filter = filter(
        "journal.example##+js(set, canRunAds, true)\njournal.example##+js(aopr, a\\,b)\njournal.example##+js(unknown, x)",
        false,
    );
    assert_eq!(
        filter.page(PAGE).scriptlets,
        [
            vec!["abort-on-property-read", "a,b"],
            vec!["set-constant", "canRunAds", "true"]
        ]
    );
}

#[test]
fn knows_by_which_selectors_it_hides() {
    let lists = "##.ad\n##div[data-ad]\n##.spared\njournal.example##.pub\njournal.example#@#.spared\nother.example##.other\n\
        @@||spared.example^$generichide\nspared.example##.own\n##.style:style(color: red)";
    let filter = filter(lists, false);
    let check = |address: &str, expected: &[&str]| {
        let asked = [
            ".ad",
            "div[data-ad]",
            ".spared",
            ".pub",
            ".other",
            ".own",
            ".style",
            "body",
            "",
            "*",
        ];
        assert_eq!(filter.hiding(asked.map(str::to_owned).into(), address), expected, "{address}");
    };
    check(PAGE, &[".ad", "div[data-ad]", ".pub"]);
    check("https://other.example/", &[".ad", "div[data-ad]", ".spared", ".other"]);
    check("https://spared.example/", &[".own"]);
}

#[test]
fn spares_pages_that_a_list_spares() {
    let filter = filter("##div[data-ad]\n@@||journal.example^$ghide\njournal.example##.pub", true);
    let page = filter.page(PAGE);
    assert!(page.spared.generic && !page.spared.specific);
    assert_eq!(page.selectors, [".pub"]);
}

#[test]
fn spares_pages_all_hiding_or_the_whole_blocker() {
    let lists = "##.ad\n##.pub:style(color: red)\njournal.example,generic.example,hiding.example,all.example,specific.example##.own\njournal.example,generic.example,hiding.example,all.example,specific.example##+js(set, a, true)\n@@||hiding.example^$elemhide\n\
        @@||all.example^$document\n@@||generic.example^$generichide\n@@||specific.example^$specifichide";
    let filter = filter(lists, true);
    let check = |host: &str, selectors: &[&str], n_styles: usize, n_scriptlets: usize| {
        let page = filter.page(&format!("https://{host}/une"));
        assert_eq!((page.styles.len(), page.scriptlets.len()), (n_styles, n_scriptlets), "{host}");
        assert_eq!(page.selectors, selectors, "{host}");
    };
    check("journal.example", &[".ad", ".own"], 1, 1);
    check("generic.example", &[".own"], 0, 1);
    check("www.hiding.example", &[], 0, 1);
    check("all.example", &[], 0, 0);
    check("specific.example", &[".ad"], 1, 1);
    let sight = |host: &str| filter.element(&Element::read(".own").expect("it is an element"), &format!("https://{host}/"));
    assert_eq!(sight("journal.example").hidden_by.len(), 1);
    assert_eq!(sight("hiding.example").hidden_by, []);
    assert_eq!(sight("specific.example").hidden_by, []);
    assert_eq!(told(&sight("hiding.example").shown_by[0].0), "hiding.example##.own (List, 3)");
    assert!(
        filter
            .hiding(vec![".ad".into(), ".own".into()], "https://hiding.example/")
            .is_empty()
    );
}
