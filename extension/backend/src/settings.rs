//! What the user has chosen, which outlives the browser: the profile, the sites, and what became of the lists that were pasted.

use serde::{Deserialize, Serialize};

use crate::host::{host_of, is_canonical, is_within};
use crate::messages::Lists;
use crate::profile::{NO_BLOCKER, Profiles};

/// The hosts on which blockers act from the beginning.
const FIRST_HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// What the user has chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The name of the profile that is played.
    pub profile: String,
    /// The hosts on which blockers act; a variant that acts on every site asks for none.
    pub hosts: Vec<String>,
    /// What became of the lists that were pasted.
    pub lists: Lists,
}

impl Settings {
    /// Returns what was stored, with what holds from the beginning in place of what is missing or known no longer.
    pub fn completed(mut self, profiles: &Profiles) -> Settings {
        if profiles.find(&self.profile).is_none() {
            NO_BLOCKER.clone_into(&mut self.profile);
        }
        if self.hosts.is_empty() {
            self.hosts = FIRST_HOSTS.map(str::to_owned).into();
        }
        self
    }

    /// Whether blockers act on the page at `address`, if not on all.
    pub fn act_on(&self, address: &str) -> bool {
        let host = host_of(address);
        self.hosts.iter().any(|site| is_within(&host, site))
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
    fn blockers_act_on_the_sites_that_were_allowed_and_on_hosts_below_them() {
        let mut settings = Settings::default().completed(&profiles());
        settings.allow("journal.example", true).expect("it is a host");
        for address in [
            "http://localhost:8000/",
            "http://demo.localhost/",
            "https://www.journal.example/une",
        ] {
            assert!(settings.act_on(address), "{address}");
        }
        for address in [
            "https://unjournal.example/",
            "about:blank",
            "chrome-extension://localhost/popup.html",
            "",
        ] {
            assert!(!settings.act_on(address), "{address}");
        }
        settings.allow("journal.example", false).expect("it is a host");
        assert!(!settings.act_on("https://journal.example/"));
    }

    #[test]
    fn a_host_is_allowed_once() {
        let mut settings = Settings::default();
        for _ in 0..2 {
            settings.allow("journal.example", true).expect("it is a host");
        }
        assert_eq!(settings.hosts, ["journal.example"]);
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
