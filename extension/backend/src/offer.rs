//! The profiles as the popup offers them.

use std::collections::BTreeMap;

use crate::built::{Browser, Built};
use crate::messages::Offer;
use crate::profile::{Hiding, Profile, Profiles};

/// Returns all profiles as they are offered by a build. `n_refused` is how many rules of each group of profiles the browser leaves out;
/// `has_access`, whether the extension may act on every site.
pub fn offers(profiles: &Profiles, built: &Built, n_refused: &BTreeMap<String, usize>, has_access: bool) -> Vec<Offer> {
    let offer = |profile: &Profile| {
        let group = profile.rules(profiles);
        let rules = built.rules.get(group);
        let n_refused = n_refused.get(group).copied().unwrap_or(0);
        // A blocker that leaves elements alone leaves none of their rules out.
        let n_unplayed = match profile.hiding {
            Hiding::Nothing => 0,
            Hiding::Sheet | Hiding::Survey { .. } => built.unplayed.get(profile.filter(profiles)).copied().unwrap_or(0),
        };
        Offer {
            name: profile.name.clone(),
            plays: profile.plays.clone(),
            about: profile.about.clone(),
            lacks_access: profile.redirects && !has_access,
            n_carried: rules.map_or(0, |rules| rules.carried.saturating_sub(n_refused) as u32),
            n_left: (rules.map_or(0, |rules| rules.left + n_refused) + n_unplayed) as u32,
            expected: expected(profile, built.browser),
        }
    };
    profiles.profiles.iter().map(offer).collect()
}

fn expected(profile: &Profile, browser: Browser) -> String {
    let outcome = profile.expected.as_ref().map(|expected| match browser {
        Browser::Firefox => &expected.firefox,
        Browser::Chromium => &expected.chromium,
    });
    outcome
        .map(|outcome| format!("{}, {}", outcome.kind, outcome.cause))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An offer of the profiles that the extension has, in a build whose rules for some are 9, and 2 were left out; of those about elements, 5
    /// for `dns` and 7 for `adblock-plus`, whose filter others share. The browser leaves out 1 of the rules of `dns`.
    fn offer(name: &str, browser: &str, has_access: bool) -> Offer {
        let profiles = Profiles::read(include_str!("../../profiles.json")).unwrap_or_else(|error| panic!("{error}"));
        let built = format!(
            r#"{{"browser": "{browser}", "everywhere": false, "rules": {{"dns": {{"rulesets": ["dns-1"], "carried": 9, "left": 2}},
                "safari": {{"rulesets": ["a-1"], "carried": 9, "left": 2}}, "adblock-plus": {{"rulesets": ["a-1"], "carried": 9, "left": 2}}}},
                "unplayed": {{"dns": 5, "adblock-plus": 7}}}}"#
        );
        let built = Built::read(&built).unwrap_or_else(|error| panic!("{error}"));
        let n_refused = BTreeMap::from([("dns".to_owned(), 1)]);
        let offers = offers(&profiles, &built, &n_refused, has_access);
        assert_eq!(offers.len(), profiles.profiles.len());
        offers.into_iter().find(|offer| offer.name == name).expect("it is offered")
    }

    #[test]
    fn a_profile_that_redirects_lacks_access_until_it_is_given() {
        assert!(offer("ublock-origin", "chromium", false).lacks_access);
        assert!(!offer("ublock-origin", "chromium", true).lacks_access);
        assert!(!offer("dns", "chromium", false).lacks_access);
    }

    #[test]
    fn rules_about_elements_that_are_not_played_count_where_elements_are_hidden() {
        for name in ["adblock-plus", "safari"] {
            assert_eq!(offer(name, "chromium", true).n_left, 2 + 7, "{name}");
        }
    }

    #[test]
    fn rules_are_counted_where_a_profile_has_some() {
        let dns = offer("dns", "chromium", true);
        assert_eq!((dns.n_carried, dns.n_left), (8, 3));
        let none = offer("none", "chromium", true);
        assert_eq!((none.n_carried, none.n_left), (0, 0));
    }

    #[test]
    fn the_verdict_that_is_expected_is_the_browsers() {
        assert_eq!(offer("dns", "chromium", true).expected, "blocked, network");
        assert_eq!(offer("none", "firefox", true).expected, "clear, none");
        assert_eq!(offer("your-lists", "firefox", true).expected, "");
    }

    #[test]
    fn a_build_that_says_more_is_refused() {
        let error =
            Built::read(r#"{"browser": "chromium", "everywhere": false, "rules": {}, "more": 1}"#).expect_err("it says more");
        assert!(error.starts_with("build.json: unknown field `more`"), "{error}");
    }
}
