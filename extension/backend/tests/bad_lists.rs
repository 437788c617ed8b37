//! Lists that are broken, hostile or too large: each is read to its end, and what is wrong is told with its line.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use soutien_backend::built::Browser;
use soutien_backend::dnr::{self, Compiled, Requests};
use soutien_backend::filter::{Decision, Filter};
use soutien_backend::list::{self, Dialect, List};
use soutien_backend::rule::Rule;

fn read(text: &str) -> [List; 1] {
    [list::read("List", text, Dialect::Ublock, &[])]
}

fn compile(text: &str) -> Compiled {
    dnr::compile(Browser::Chromium, &read(text), Requests::Rules, &HashMap::new(), &|_| false)
}

#[test]
fn broken_rules_are_told_with_their_lines() {
    let text: String = (0..10_000)
        .map(|number| format!("||host{number}.example^$no-such-option{number}\n"))
        .collect();
    let compiled = compile(&text);
    assert_eq!((compiled.rules.len(), compiled.left.len()), (0, 10_000));
    assert_eq!(compiled.left[4_711].line, 4_712);
    assert!(compiled.left[0].why.contains("no-such-option0"), "{}", compiled.left[0].why);
}

#[test]
fn regex_bombs_are_left_out() {
    for bomb in [
        "/(((a{100}){100}){100})/",
        "/(?:a{1000}){1000}/",
        "/[\\w-]{5000}/",
        "/(a/",
        "/(?<=a)b/",
    ] {
        let compiled = compile(&format!("{bomb}$script"));
        assert!(compiled.rules.is_empty(), "{bomb}");
        assert!(
            compiled.left[0].why.contains("expression"),
            "{bomb}: {}",
            compiled.left[0].why
        );
    }
    // This one is harmless to engines that do not backtrack.
    assert_eq!(compile("/(a+)+$/$script").rules.len(), 1);
    let filter = Filter::new(&read("/(a+)+$/$script"), false);
    let address = format!("https://a.example/{}b", "a".repeat(10_000));
    assert_eq!(filter.decide(&address, "https://b.example/", "script"), Decision::Through);
}

#[test]
fn more_rules_than_a_browser_takes_are_counted() {
    let text: String = (0..40_000).map(|number| format!("/path{number}/x\n")).collect();
    let (rules, n_over) = dnr::fit(compile(&text).rules);
    assert_eq!((rules.len(), n_over), (30_000, 10_000));
    let text: String = (0..1_500).map(|number| format!("/path{number}[0-9]/\n")).collect();
    let (rules, n_over) = dnr::fit(compile(&text).rules);
    assert_eq!((rules.len(), n_over), (1_000, 500));
}

#[test]
fn rules_have_numbers_of_their_own_and_the_same_rule_is_one() {
    let compiled = compile("/ads/$script\n/ads/$script\n||a.example^\n||a.example^\n/ads/$image\n");
    let ids: HashSet<u32> = compiled.rules.iter().map(|rule| rule.id).collect();
    assert_eq!((compiled.rules.len(), ids.len()), (3, 3));
}

#[test]
fn junk_is_read_to_its_end() {
    let bytes: Vec<u8> = (0..1_000_000_u32)
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let text = String::from_utf8_lossy(&bytes);
    let lists = read(&text);
    assert_eq!(lists[0].lines.len(), text.lines().count());
    compile(&text);
    Filter::new(&lists, true);
}

proptest! {
    #[test]
    fn no_line_is_too_strange(line in "\\PC{0,60}") {
        for dialect in [Dialect::AdblockPlus, Dialect::Ublock, Dialect::Adguard, Dialect::Hosts] {
            let lists = [list::read("List", &line, dialect, &[])];
            dnr::compile(Browser::Chromium, &lists, Requests::Rules, &HashMap::new(), &|_| false);
        }
        let _ = Rule::read(&line).map(|rule| rule.sample());
        Rule::key(&line);
    }

    #[test]
    fn no_rule_is_too_strange(line in "(@@)?(\\|\\|)?[a-z.*/^|]{0,12}(\\$[a-z,=~|]{0,20})?(##[a-z.#:\\[\\]()]{0,12})?") {
        let lists = read(&line);
        dnr::compile(Browser::Chromium, &lists, Requests::Rules, &HashMap::new(), &|_| false);
        Filter::new(&lists, true);
    }
}
