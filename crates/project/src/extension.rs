//! The built companion extension: the browsers that it is built for, where it lies, and what browsers know it by.

use std::path::{Path, PathBuf};

use crate::root;

/// The id that Chromium derives from the `key` of the manifest.
pub const CHROMIUM_ID: &str = "iclnnmeemfffeemdefcfefoclghjhepk";

/// The id of the manifest for Firefox.
pub const FIREFOX_ID: &str = "qa@soutien.example";

/// The host that Firefox gives the extension's pages where a preference says so.
pub const FIREFOX_HOST: &str = "5f0e3c52-8a47-4d0b-9c1e-7b6a2d94e310";

/// Where the variant for machines has the files of dist/site/ on every site.
pub const INJECTED: &str = "/soutien-qa/";

/// The rule set by which every site has these files.
pub const SITE: &str = "site";

/// A browser that the extension is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Chromium, and what is made of it.
    Chromium,
    /// Firefox.
    Firefox,
}

impl Target {
    /// Both.
    pub const ALL: [Target; 2] = [Target::Chromium, Target::Firefox];

    /// Its name, as in `dist/extension-chromium`.
    pub fn name(self) -> &'static str {
        match self {
            Target::Chromium => "chromium",
            Target::Firefox => "firefox",
        }
    }

    /// The folder of the built extension; `qa` is the variant that acts on every site.
    pub fn folder(self, qa: bool) -> PathBuf {
        self.folder_in(&root().join("dist"), qa)
    }

    /// The same, where extensions are in another folder than dist/.
    pub fn folder_in(self, folder: &Path, qa: bool) -> PathBuf {
        let suffix = if qa { "-qa" } else { "" };
        folder.join(format!("extension-{}{suffix}", self.name()))
    }
}
