//! What is known of a tab, and how much of it is kept.

use crate::host::host_of;
use crate::messages::{Hit, Problem, Tab};

/// How many hits, and how many problems, are kept of a tab.
const MOST: usize = 200;

impl Tab {
    /// Returns the tab once another page has begun in it: `document` is what browsers know that page by, and `address` where it is. Hits of
    /// requests that it made are kept, if browsers told of these before they told of the page.
    pub fn begin(self, id: i32, document: &str, address: &str, profile: &str) -> Tab {
        let mut begun = Tab {
            id,
            document: document.to_owned(),
            address: address.to_owned(),
            profile: profile.to_owned(),
            ..Tab::default()
        };
        for (_, hit) in self.early.into_iter().filter(|(of, _)| of == document) {
            begun.add_hit(hit);
        }
        begun
    }

    /// Adds a hit of a request that the document made, which may be one of which browsers have not told yet that it has begun.
    pub fn add_request(&mut self, document: &str, hit: Hit) {
        if document != self.document && self.early.len() < MOST {
            self.early.push((document.to_owned(), hit.clone()));
        }
        self.add_hit(hit);
    }

    /// Adds a hit unless it is known. Those that are too many are counted alone.
    pub fn add_hit(&mut self, hit: Hit) {
        if self.hits.contains(&hit) {
            return;
        }
        if self.hits.len() < MOST {
            self.hits.push(hit);
        } else {
            self.n_more += 1;
        }
    }

    /// Adds a problem that Soutien told of, unless there are too many.
    pub fn add_problem(&mut self, problem: Problem) {
        if self.problems.len() < MOST {
            self.problems.push(problem);
        }
    }

    /// Returns the tab as the popup shows it, by its number and address in the browser. `is_allowed` is whether blockers act there.
    pub fn shown(self, id: i32, address: String, is_allowed: bool) -> Tab {
        Tab {
            id,
            host: host_of(&address),
            is_allowed,
            address,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Source;

    fn hit(number: usize) -> Hit {
        Hit::of_selector(&format!(".ad{number}"), Source::default())
    }

    fn problem(number: usize) -> Problem {
        Problem {
            key: format!("key{number}"),
            given: String::new(),
            used: String::new(),
        }
    }

    #[test]
    fn a_hit_is_kept_once() {
        let mut tab = Tab::default();
        for number in [1, 2, 1] {
            tab.add_hit(hit(number));
        }
        assert_eq!(tab.hits, [hit(1), hit(2)]);
        assert_eq!(tab.n_more, 0);
    }

    #[test]
    fn hits_beyond_two_hundred_are_counted() {
        let mut tab = Tab::default();
        for number in 0..203 {
            tab.add_hit(hit(number));
        }
        tab.add_hit(hit(7));
        assert_eq!((tab.hits.len(), tab.n_more), (200, 3));
    }

    #[test]
    fn hits_of_requests_that_are_told_of_before_their_page_are_its_own() {
        let mut tab = Tab::default().begin(3, "D1", "https://journal.example/une", "dns");
        tab.add_request("D1", hit(1));
        for (document, number) in [("D2", 2), ("D2", 2), ("D0", 3)] {
            tab.add_request(document, hit(number));
        }
        let next = tab.begin(3, "D2", "https://journal.example/deux", "dns");
        assert_eq!(next.hits, [hit(2)]);
        // They are of that page alone.
        assert_eq!(next.begin(3, "D3", "https://journal.example/trois", "dns").hits, []);
    }

    #[test]
    fn a_page_that_begins_again_has_no_hits_of_before() {
        let mut tab = Tab::default().begin(3, "https://journal.example/une", "https://journal.example/une", "dns");
        tab.add_request("https://journal.example/une", hit(1));
        let again = tab.begin(3, "https://journal.example/une", "https://journal.example/une", "none");
        assert_eq!(again.hits, []);
    }

    #[test]
    fn problems_beyond_two_hundred_are_dropped() {
        let mut tab = Tab::default();
        for number in 0..201 {
            tab.add_problem(problem(number));
        }
        assert_eq!(tab.problems.len(), 200);
        assert_eq!(tab.problems.last(), Some(&problem(199)));
    }

    #[test]
    fn the_popup_shows_a_tab_where_the_browser_says_that_it_is() {
        let mut known = Tab::default().begin(3, "D1", "https://journal.example/une", "dns");
        known.add_hit(hit(1));
        let shown = known.shown(3, "https://journal.example/deux".into(), true);
        assert_eq!(
            (shown.id, shown.host.as_str(), shown.is_allowed),
            (3, "journal.example", true)
        );
        assert_eq!(
            (shown.address.as_str(), shown.profile.as_str()),
            ("https://journal.example/deux", "dns")
        );
        assert_eq!(shown.hits, [hit(1)]);
        let unknown = Tab::default().shown(4, "about:blank".into(), false);
        assert_eq!((unknown.host.as_str(), unknown.profile.as_str()), ("", ""));
    }
}
