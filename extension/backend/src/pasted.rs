//! Lists that the user has pasted: the rules that they become, and what is said of them.

use std::collections::HashMap;

use crate::built::Browser;
use crate::dnr::format::{DnrRule, Expression};
use crate::dnr::{self, Left, Requests};
use crate::filter::unplayed;
use crate::list::{self, LONGEST_LIST, List};
use crate::messages::Lists;

/// How many of the rules that could not be carried over are shown.
const MOST_SHOWN: usize = 50;

/// What a text of lists becomes.
pub struct Pasted {
    /// The rules, as many as a browser takes while it runs.
    pub rules: Vec<DnrRule>,
    n_lines: usize,
    n_carried: usize,
    /// How many rules more there were than a browser takes.
    n_over: usize,
    left: Vec<Left>,
}

/// Returns what a text of lists says for the filter engine.
pub fn read(text: &str) -> List {
    let mut lists = [list::read_by_heads("your lists", text)];
    list::unite(&mut lists);
    let [list] = lists;
    list
}

impl Pasted {
    /// Reads a text for a browser.
    ///
    /// # Errors
    /// When it is too long; what is then said of the lists.
    pub fn read(browser: Browser, text: &str) -> Result<Pasted, Lists> {
        let n_lines = text.lines().count();
        if text.len() > LONGEST_LIST {
            return Err(Lists {
                n_lines: n_lines as u32,
                problem: format!("found {} bytes, expected {LONGEST_LIST} at most", text.len()),
                ..Lists::default()
            });
        }
        let lists = [read(text)];
        let compiled = dnr::compile(browser, &lists, Requests::Rules, &HashMap::new(), &|_| false);
        let (rules, n_over) = dnr::fit(compiled.rules);
        let mut left = compiled.left;
        left.extend(unplayed(&lists));
        left.sort_by_key(|left| left.line);
        Ok(Pasted {
            rules,
            n_lines,
            n_carried: compiled.n_carried,
            n_over,
            left,
        })
    }

    /// Leaves the rules with these expressions out, because the browser refuses them; returns what is said of the lists.
    pub fn refuse(&mut self, refused: &[Expression]) -> Lists {
        let is_refused = |rule: &DnrRule| {
            rule.condition
                .expression()
                .is_some_and(|expression| refused.contains(&expression))
        };
        let n_refused = self.rules.iter().filter(|rule| is_refused(rule)).count();
        let too_many = (self.n_over > 0).then(|| format!("{} rules are more than a browser takes", self.n_over));
        let by_browser = self.rules.iter().filter(|rule| is_refused(rule));
        let by_browser = by_browser.map(|rule| format!("the browser refuses the expression {}", rule.condition.regex_filter));
        let left = self
            .left
            .iter()
            .map(|left| format!("{}: {}: {}", left.line, left.rule, left.why));
        let lists = Lists {
            n_lines: self.n_lines as u32,
            n_carried: (self.n_carried - self.n_over - n_refused) as u32,
            n_left: (self.left.len() + self.n_over + n_refused) as u32,
            left: too_many.into_iter().chain(by_browser).chain(left).take(MOST_SHOWN).collect(),
            problem: String::new(),
        };
        self.rules.retain(|rule| !is_refused(rule));
        lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;

    /// What is said of a text when the browser refuses these expressions, and how many rules it is given.
    fn told(text: &str, refused: &[&str]) -> (Lists, usize) {
        let mut pasted = Pasted::read(Browser::Chromium, text).unwrap_or_else(|lists| panic!("{}", lists.problem));
        let refused = refused.iter().map(|regex| Expression {
            regex: (*regex).to_owned(),
            is_case_sensitive: false,
        });
        let lists = pasted.refuse(&Vec::from_iter(refused));
        (lists, pasted.rules.len())
    }

    #[track_caller]
    fn check(text: &str, refused: &[&str], [n_lines, n_carried, n_left]: [u32; 3], left: &[&str]) {
        let (lists, _) = told(text, refused);
        assert_eq!(
            (lists.n_lines, lists.n_carried, lists.n_left),
            (n_lines, n_carried, n_left),
            "{:?}",
            lists.left
        );
        assert_eq!(lists.left, left);
        assert_eq!(lists.problem, "");
    }

    #[test]
    fn an_empty_text_is_no_list() {
        check("", &[], [0, 0, 0], &[]);
    }

    #[test]
    fn rules_are_counted_and_what_is_left_out_is_told() {
        check(
            "! mine\n||ads.example^\n/ads/x.js\n##.ad\n||a.example^$popup",
            &[],
            [5, 2, 1],
            &["5: ||a.example^$popup: it is about windows or code in pages, and not about requests"],
        );
    }

    #[test]
    fn rules_about_elements_that_are_not_played_are_left_out_as_well() {
        check(
            "##.ad:has-text(pub)\n||ads.example^\n||a.example^$popup\na.example##+js(no-such)",
            &[],
            [4, 1, 3],
            &[
                "1: ##.ad:has-text(pub): what it asks of elements is more than a selector and a style",
                "3: ||a.example^$popup: it is about windows or code in pages, and not about requests",
                "4: a.example##+js(no-such): its scriptlet is not played",
            ],
        );
    }

    #[test]
    fn what_the_browser_refuses_is_left_out() {
        let text = "/ads/x.js\n/ad[0-9]+x/$script";
        let refused = ["ad[0-9]+x"];
        check(text, &refused, [2, 1, 1], &["the browser refuses the expression ad[0-9]+x"]);
        assert_eq!(told(text, &refused).1, 1);
        assert_eq!(told(text, &[]).1, 2);
    }

    #[test]
    fn rules_that_are_too_many_come_first() {
        let text: String = (0..1_003).map(|number| format!("/path{number}[0-9]/\n")).collect();
        let (lists, n_rules) = told(&format!("{text}||a.example^$popup"), &[]);
        assert_eq!((lists.n_carried, lists.n_left, n_rules), (1_000, 4, 1_000));
        assert_eq!(lists.left[0], "3 rules are more than a browser takes");
        assert!(lists.left[1].starts_with("1004: ||a.example^$popup"), "{}", lists.left[1]);
    }

    #[test]
    fn fifty_of_the_rules_that_are_left_out_are_shown() {
        let text: String = (0..60).map(|number| format!("||host{number}.example^$popup\n")).collect();
        let (lists, _) = told(&text, &[]);
        assert_eq!((lists.left.len(), lists.n_left), (50, 60));
    }

    #[test]
    fn a_list_of_adguards_is_read_as_one() {
        let text = "[AdGuard]\njournal.example#$#.ad { color: red; }";
        let styles = Filter::new(&[read(text)], false).page("https://journal.example/").styles;
        assert_eq!(styles, [(".ad".to_owned(), "color: red;".to_owned())]);
    }

    #[test]
    fn the_filter_hides_what_the_lists_hide() {
        let filter = Filter::new(&[read("##div[data-ad]")], false);
        assert_eq!(filter.page("https://journal.example/").selectors, ["div[data-ad]"]);
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        let Err(lists) = Pasted::read(Browser::Chromium, &" ".repeat(LONGEST_LIST + 1)) else {
            panic!("it was taken");
        };
        assert!(lists.problem.contains("expected 67108864 at most"), "{}", lists.problem);
    }
}
