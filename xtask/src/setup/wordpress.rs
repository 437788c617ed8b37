//! WordPress as Debian has it in several releases, unpacked and made whole: installed, it would bring a database and a web server along, and
//! only one version.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::debian;
use soutien_project::files::{collect, copy_folder};
use soutien_project::root;

/// The suite of the last classic theme of WordPress' own that Debian has; it runs on every version.
const CLASSIC: &str = "wordpress-theme-twentytwentyone/bookworm";

/// A version of WordPress to test on.
pub struct Release {
    /// What its version begins with; any, where it is empty.
    begins_with: &'static str,
    /// Debian's release that has it.
    suite: &'static str,
    /// Names the folder of an unpacked one where Debian's packages cannot be had.
    variable: &'static str,
    /// What it is made of besides WordPress, French and the classic theme: its block theme, and what it only links to.
    packages: &'static [&'static str],
}

/// The oldest that the plugin is for.
pub const OLDEST: Release = Release {
    begins_with: "6.1.",
    suite: "bookworm",
    variable: "SOUTIEN_WORDPRESS",
    packages: &[
        "wordpress-theme-twentytwentythree",
        "php-getid3",
        "libjs-underscore",
        "libjs-cropper",
    ],
};
/// One in between.
pub const STABLE: Release = Release {
    begins_with: "6.8.",
    suite: "trixie",
    variable: "SOUTIEN_WORDPRESS_68",
    packages: &[
        "wordpress-theme-twentytwentyfive",
        "php-getid3",
        "libjs-underscore",
        "libjs-lodash",
        "libjs-cropper",
    ],
};
/// The newest there is, whatever that is today.
pub const NEWEST: Release = Release {
    begins_with: "",
    suite: "sid",
    variable: "SOUTIEN_WORDPRESS_NEWEST",
    packages: &[
        "wordpress-theme-twentytwentyfive",
        "libphp-phpmailer",
        "php-getid3",
        "libjs-underscore",
        "libjs-lodash",
        "libjs-jquery-ui",
        "libjs-cropper",
    ],
};

impl Release {
    /// Its folder, where it is.
    pub fn folder(&self) -> Option<PathBuf> {
        let folder = env::var_os(self.variable).map_or_else(|| self.target(), PathBuf::from);
        let version = version(&folder);
        (!version.is_empty() && version.starts_with(self.begins_with)).then_some(folder)
    }

    fn target(&self) -> PathBuf {
        root().join("target/wordpress").join(self.suite)
    }

    /// Makes a whole WordPress of Debian's packages, in English and French. What Debian's own apt knows stays as it is.
    ///
    /// # Errors
    /// When this is not Debian, or a package cannot be had, or is of another version.
    pub fn unpack(&self) -> Result<()> {
        let Self { suite, variable, .. } = self;
        if !debian::is_debian() || env::var_os(variable).is_some() {
            bail!(
                "unpack a release of WordPress {}, with French and the theme Twenty Twenty-One, and name its folder in {variable}",
                self.begins_with
            );
        }
        let new = root().join("target/wordpress/new");
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        fs::create_dir_all(&new)?;
        let mut packages = vec![CLASSIC.to_owned()];
        let own = ["wordpress", "wordpress-l10n"];
        packages.extend(own.iter().chain(self.packages).map(|name| format!("{name}/{suite}")));
        debian::unpack(&packages, &new)?;
        let unpacked = new.join("usr/share/wordpress");
        // They are for a machine that has WordPress installed, and lead out of the folder.
        for name in [".htaccess", "wp-config.php"] {
            fs::remove_file(unpacked.join(name)).with_context(|| format!("Debian's WordPress has no {name}, as it used to"))?;
        }
        let french = |path: &Path| path.file_stem().is_some_and(|name| name.to_string_lossy().contains("fr_FR"));
        let mut languages = Vec::new();
        collect(&unpacked.join("wp-content/languages"), &mut languages)?;
        for file in languages.iter().filter(|file| !french(file)) {
            fs::remove_file(file)?;
        }
        // With what it links to in its place.
        let whole = new.join("whole");
        fs::create_dir(&whole)?;
        copy_folder(&unpacked, &whole)?;
        let found = version(&whole);
        ensure!(
            found.starts_with(self.begins_with),
            "{suite} has WordPress {found}, expected {}: name the folder of such a one in {variable}",
            self.begins_with
        );
        if self.target().exists() {
            fs::remove_dir_all(self.target())?;
        }
        fs::rename(whole, self.target())?;
        Ok(fs::remove_dir_all(new)?)
    }
}

/// The version of the WordPress in a folder; empty, where there is none.
pub fn version(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("wp-includes/version.php")).unwrap_or_default();
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("$wp_version = '")?.strip_suffix("';"));
    version.unwrap_or_default().to_owned()
}
