//! Why something becomes of a request or an element, as the popup tells it.

use crate::filter::{Decision, Sight, Source};
use crate::messages::Explanation;

impl From<Decision> for Explanation {
    fn from(decision: Decision) -> Explanation {
        match decision {
            Decision::Through => explanation("through", Source::default(), Source::default()),
            Decision::Blocked(rule) => explanation("blocked", rule, Source::default()),
            Decision::Excepted(rule, exception) => explanation("excepted", rule, exception),
        }
    }
}

impl From<Sight> for Explanation {
    /// Of several rules, the first is told.
    fn from(sight: Sight) -> Explanation {
        let (hidden_by, shown_by) = (sight.hidden_by.into_iter().next(), sight.shown_by.into_iter().next());
        match (hidden_by, shown_by) {
            (Some(rule), _) => explanation("hidden", rule, Source::default()),
            (None, Some((rule, exception))) => explanation("excepted", rule, exception),
            (None, None) => explanation("shown", Source::default(), Source::default()),
        }
    }
}

fn explanation(decision: &str, rule: Source, exception: Source) -> Explanation {
    Explanation {
        decision: decision.into(),
        rule: rule.rule,
        list: rule.list,
        line: rule.line,
        exception: exception.rule,
        exception_list: exception.list,
        exception_line: exception.line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(rule: &str, line: u32) -> Source {
        Source {
            rule: rule.into(),
            list: "List".into(),
            line,
        }
    }

    /// The decision, the rule and the exception.
    #[track_caller]
    fn check(explained: impl Into<Explanation>, decision: &str, rule: &Source, exception: &Source) {
        let told = explained.into();
        assert_eq!(told.decision, decision);
        assert_eq!((&told.rule, &told.list, told.line), (&rule.rule, &rule.list, rule.line));
        let told = (&told.exception, &told.exception_list, told.exception_line);
        assert_eq!(told, (&exception.rule, &exception.list, exception.line));
    }

    #[test]
    fn a_request_is_told_with_what_blocks_it_and_what_lets_it_through() {
        let (rule, exception, none) = (source("||a.example^", 3), source("@@||a.example^", 9), Source::default());
        check(Decision::Through, "through", &none, &none);
        check(Decision::Blocked(rule.clone()), "blocked", &rule, &none);
        check(
            Decision::Excepted(rule.clone(), exception.clone()),
            "excepted",
            &rule,
            &exception,
        );
    }

    #[test]
    fn an_element_is_told_with_the_first_rule_that_hides_it() {
        let (rule, other, none) = (source("##.ad", 3), source("##.pub", 4), Source::default());
        check(Sight::default(), "shown", &none, &none);
        let hidden = Sight {
            hidden_by: vec![rule.clone(), other.clone()],
            shown_by: vec![(other.clone(), none.clone())],
        };
        check(hidden, "hidden", &rule, &none);
    }

    #[test]
    fn an_element_is_told_with_what_shows_it() {
        let (rule, exception) = (source("##.ad", 3), source("#@#.ad", 9));
        let shown = Sight {
            shown_by: vec![(rule.clone(), exception.clone())],
            ..Sight::default()
        };
        check(shown, "excepted", &rule, &exception);
    }
}
