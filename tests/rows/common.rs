//! What several tests of the core need.

use soutien::config::Config;
use soutien::options::Policy;

/// A config with another value of an option, which it has to take.
#[track_caller]
pub fn with(config: &Config<'static>, key: &str, given: impl ToString) -> Config<'static> {
    let mut config = *config;
    // A config refers to the page's own texts, which live as long as the page.
    let given: &'static str = given.to_string().leak();
    assert_eq!(config.take(key, given, "fr en"), None, "{key}={given}");
    config
}

/// The defaults with another policy.
pub fn of_policy(policy: Policy) -> Config<'static> {
    with(&Config::default(), "policy", format!("{policy:?}").to_lowercase())
}
