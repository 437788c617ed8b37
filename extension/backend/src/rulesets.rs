//! The rule sets of the manifest: which are to be enabled and disabled.

use serde::Serialize;

/// The rule set of the variant for machines that puts Soutien on pages without its tag; no profile has a part in it.
pub const SITE: &str = "site";

/// A change of which rule sets are enabled: `declarativeNetRequest.UpdateRulesetOptions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the browsers' own")]
pub struct Change {
    pub disable_ruleset_ids: Vec<String>,
    pub enable_ruleset_ids: Vec<String>,
}

/// Returns the change after which a profile's rule sets are enabled, and those of no other; none where they are.
pub fn change(enabled: &[String], wanted: &[String]) -> Option<Change> {
    let without = |names: &[String], others: &[String]| -> Vec<String> {
        let left = names.iter().filter(|name| !others.contains(name) && *name != SITE);
        left.cloned().collect()
    };
    let change = Change {
        disable_ruleset_ids: without(enabled, wanted),
        enable_ruleset_ids: without(wanted, enabled),
    };
    let is_empty = change.disable_ruleset_ids.is_empty() && change.enable_ruleset_ids.is_empty();
    (!is_empty).then_some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is disabled, and what is enabled.
    #[track_caller]
    fn check(enabled: &[&str], wanted: &[&str], expected: Option<[&[&str]; 2]>) {
        let owned = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        let expected = expected.map(|[disable, enable]| Change {
            disable_ruleset_ids: owned(disable),
            enable_ruleset_ids: owned(enable),
        });
        assert_eq!(change(&owned(enabled), &owned(wanted)), expected);
    }

    #[test]
    fn only_what_differs_is_changed() {
        check(&[], &[], None);
        check(&["dns-1"], &["dns-1"], None);
        check(&["dns-1"], &[], Some([&["dns-1"], &[]]));
        check(&[], &["dns-1", "dns-2"], Some([&[], &["dns-1", "dns-2"]]));
        check(&["a-1", "b-1"], &["b-1", "c-1"], Some([&["a-1"], &["c-1"]]));
    }

    #[test]
    fn what_puts_soutien_on_pages_stays() {
        check(&["site"], &[], None);
        check(&["site", "dns-1"], &["a-1"], Some([&["dns-1"], &["a-1"]]));
    }
}
