//! What the user has chosen, which outlives the browser: the profile, the sites, and what became of the lists that were pasted.

use serde::{Deserialize, Serialize};

use crate::host::is_canonical;
use crate::messages::Lists;
use crate::profile::{NO_BLOCKER, Profiles};

/// The hosts on which blockers act from the beginning.
const FIRST_HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// What the user has chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The name of the profile that is played.
    pub profile: String,
    /// The hosts on which blockers act, of which there may be none; a variant that acts on every site does not ask.
    pub hosts: Vec<String>,
    /// What became of the lists that were pasted.
    pub lists: Lists,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            profile: NO_BLOCKER.to_owned(),
            hosts: FIRST_HOSTS.map(str::to_owned).into(),
            lists: Lists::default(),
        }
    }
}

impl Settings {
    /// Returns what was stored, with the profile from the beginning in place of one that is known no longer.
    pub fn completed(mut self, profiles: &Profiles) -> Settings {
        if profiles.find(&self.profile).is_none() {
            NO_BLOCKER.clone_into(&mut self.profile);
        }
        self
    }

    /// Has blockers act on a host from now on, or no longer.
    ///
    /// # Errors
    /// When it is not the name of a host, with what was found.
    pub fn allow(&mut self, host: &str, is_allowed: bool) -> Result<(), String> {
        if !is_canonical(host) {
            return Err(format!("found {host:?}, expected the name of a host"));
        }
        self.hosts.retain(|known| known != host);
        if is_allowed {
            self.hosts.push(host.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles() -> Profiles {
        Profiles::read(include_str!("../../profiles.json")).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    fn check(stored: &str, profile: &str, hosts: &[&str]) {
        let settings: Settings = serde_json::from_str(stored).unwrap_or_else(|error| panic!("{error}"));
        let settings = settings.completed(&profiles());
        assert_eq!(settings.profile, profile);
        assert_eq!(settings.hosts, hosts);
    }

    #[test]
    fn begins_without_a_blocker_on_this_machine() {
        check("{}", "none", &["localhost", "127.0.0.1"]);
    }

    #[test]
    fn what_was_stored_holds() {
        check(
            r#"{"profile": "dns", "hosts": ["journal.example"], "lists": {"nLines": 3}}"#,
            "dns",
            &["journal.example"],
        );
    }

    #[test]
    fn a_profile_that_is_known_no_longer_is_none() {
        check(r#"{"profile": "gone"}"#, "none", &["localhost", "127.0.0.1"]);
    }

    #[test]
    fn a_host_is_allowed_once_and_until_it_is_no_longer() {
        let mut settings = Settings::default();
        for _ in 0..2 {
            settings.allow("journal.example", true).expect("it is a host");
        }
        assert_eq!(settings.hosts, ["localhost", "127.0.0.1", "journal.example"]);
        settings.allow("journal.example", false).expect("it is a host");
        assert_eq!(settings.hosts, ["localhost", "127.0.0.1"]);
    }

    #[test]
    fn the_last_host_can_be_taken_away_for_good() {
        let mut settings = Settings::default();
        for host in FIRST_HOSTS {
            settings.allow(host, false).expect("it is a host");
        }
        let stored = serde_json::to_string(&settings).expect("settings are JSON");
        check(&stored, "none", &[]);
    }

    #[test]
    fn only_the_name_of_a_host_can_be_allowed() {
        for text in [
            "",
            "*",
            "journal.example/une",
            "https://journal.example",
            "xn--api-hn0a.rtnews.pro",
        ] {
            let error = Settings::default().allow(text, true).expect_err("it is no host");
            assert!(error.contains(&format!("{text:?}, expected the name of a host")), "{error}");
        }
    }
}
