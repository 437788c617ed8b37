//! What only the owner of a release knows, by release.toml: where it can be had, and whom to tell.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use soutien_project::root;

/// What release.toml says. An empty text is what is not known yet.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Owner {
    /// The repository with the sources.
    pub repository: String,
    /// The page that shows what this is.
    pub homepage: String,
    /// Where a fault or a wish is told.
    pub issues: String,
    /// Where a weakness is told in private.
    pub security: String,
    /// The public key that the sums are signed with.
    pub public_key: String,
}

impl Owner {
    /// What release.toml says.
    ///
    /// # Errors
    /// When it cannot be read, or an entry is missing, unknown, or not what it should be.
    pub fn read() -> Result<Owner> {
        let text = fs::read_to_string(root().join("release.toml")).context("cannot read release.toml")?;
        Owner::parse(&text)
    }

    fn parse(text: &str) -> Result<Owner> {
        let owner: Owner = toml::from_str(text).context("release.toml is not as it should be")?;
        for (key, address) in owner.entries() {
            let schemes: &[&str] = match key {
                "security" => &["https://", "mailto:"],
                "public-key" => &["RW"],
                _ => &["https://"],
            };
            let is_one = address.is_empty() || schemes.iter().any(|scheme| address.starts_with(scheme));
            ensure!(
                is_one && !address.contains(char::is_whitespace),
                "release.toml has {address:?} as {key}, expected nothing or what begins with {}",
                schemes.join(" or ")
            );
        }
        Ok(owner)
    }

    /// Each key of release.toml with its value.
    fn entries(&self) -> [(&'static str, &String); 5] {
        [
            ("repository", &self.repository),
            ("homepage", &self.homepage),
            ("issues", &self.issues),
            ("security", &self.security),
            ("public-key", &self.public_key),
        ]
    }

    /// The keys whose values are not known yet.
    pub fn missing(&self) -> Vec<&'static str> {
        let empty = |(key, value): (&'static str, &String)| value.is_empty().then_some(key);
        self.entries().into_iter().filter_map(empty).collect()
    }

    /// Where the demo can be seen, as the end of a sentence of a document.
    pub fn demo(&self) -> String {
        if self.homepage.is_empty() {
            "the page that `npx ./soutien-X.Y.Z.tgz demo` serves, of a release and with Node.js".into()
        } else {
            format!("[the news page]({})", self.homepage)
        }
    }

    /// The same in French.
    pub fn demo_in_french(&self) -> String {
        if self.homepage.is_empty() {
            "la page que sert `npx ./soutien-X.Y.Z.tgz demo`, d’une version publiée et avec Node.js".into()
        } else {
            format!("[la page d’actualité]({})", self.homepage)
        }
    }

    /// Where a release can be had, as a sentence of a document.
    pub fn releases(&self) -> String {
        if self.repository.is_empty() {
            "This release is unpublished: it has no address yet, and whoever gave it to you has the files.".into()
        } else {
            format!("Releases are at <{}>.", self.repository)
        }
    }

    /// Where a fault or a wish is told, as a sentence of a document.
    pub fn contact(&self) -> String {
        if self.issues.is_empty() {
            "This release is unpublished and has no address yet: tell whoever gave it to you.".into()
        } else {
            format!("Tell us at <{}>.", self.issues)
        }
    }

    /// The same in French.
    pub fn contact_in_french(&self) -> String {
        if self.issues.is_empty() {
            "Cette version n’est pas publiée et n’a pas encore d’adresse\u{a0}: dites-le à qui vous l’a donnée.".into()
        } else {
            format!("Écrivez-nous à <{}>.", self.issues)
        }
    }

    /// Where a weakness is told in private, as a sentence of a document.
    pub fn security(&self) -> String {
        if self.security.is_empty() {
            "This release is unpublished and has no address yet: tell whoever gave it to you, and nobody else.".into()
        } else {
            format!("Tell us in private at <{}>.", self.security)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "repository = ''\nhomepage = ''\nissues = ''\nsecurity = ''\npublic-key = ''\n";

    #[test]
    fn what_is_empty_is_missing_and_has_no_link() {
        let owner = Owner::parse(EMPTY).expect("it may be empty");
        assert_eq!(
            owner.missing(),
            ["repository", "homepage", "issues", "security", "public-key"]
        );
        for sentence in [owner.releases(), owner.contact(), owner.security()] {
            assert!(sentence.contains("unpublished") && !sentence.contains('<'), "{sentence}");
        }
    }

    #[test]
    fn the_demo_is_linked_where_it_is_known_and_named_where_it_is_not() {
        let unknown = Owner::parse(EMPTY).expect("it may be empty");
        let known = Owner::parse(&EMPTY.replace("homepage = ''", "homepage = 'https://soutien.example/'")).expect("it is one");
        for (unknown, known) in [
            (unknown.demo(), known.demo()),
            (unknown.demo_in_french(), known.demo_in_french()),
        ] {
            assert!(unknown.contains("demo`") && !unknown.contains("]("), "{unknown}");
            assert!(known.ends_with("](https://soutien.example/)"), "{known}");
        }
    }

    #[test]
    fn what_is_known_is_linked() {
        let owner =
            Owner::parse(&EMPTY.replace("issues = ''", "issues = 'https://code.example/soutien/issues'")).expect("it is one");
        assert!(owner.contact().contains("<https://code.example/soutien/issues>"));
        assert!(!owner.missing().contains(&"issues"));
    }

    #[test]
    fn what_is_no_address_is_named() {
        for (from, to, why) in [
            (
                "issues = ''",
                "issues = 'code.example'",
                "as issues, expected nothing or what begins with https://",
            ),
            ("security = ''", "security = 'someone@example'", "https:// or mailto:"),
            ("homepage = ''", "homepage = 'https://a b'", "as homepage"),
            ("homepage = ''", "", "missing field `homepage`"),
            ("homepage = ''", "homepage = ''\nhome = ''", "unknown field `home`"),
        ] {
            let error = Owner::parse(&EMPTY.replace(from, to)).expect_err(to);
            assert!(format!("{error:#}").contains(why), "{error:#}");
        }
    }
}
