//! The lists that baits are chosen by, each alone and all together.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use super::blocker::Blocker;
use crate::sources::ublock_origin;

/// On how many sites lists may show a name again. Where there are more, many sites use it for something else.
const MAX_EXCEPTIONS: usize = 2;

/// Words in the titles of lists that are not about ads. Who blocks trackers alone is no ad blocker, and must not be taken for one.
const OTHER_SUBJECTS: &str = "privacy tracking malicious badware unbreak cookie annoyance";

/// A day in UTC, as in "24 Nov 2026".
pub(super) fn date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)[5..16].to_owned()
}

/// A filter list, and a blocker that has it alone.
pub(super) struct ListFile {
    pub(super) title: String,
    version: String,
    pub(super) text: String,
    pub(super) blocker: Blocker,
    pub(super) is_about_ads: bool,
}

impl ListFile {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read the filter list {}", path.display()))?;
        let file_name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let title = header(&text, "Title").unwrap_or_else(file_name);
        let fields = ["Version", "Last modified", "TimeUpdated", "Updated"];
        let version = match fields.iter().find_map(|field| header(&text, field)) {
            Some(version) => version,
            None => format!("file of {}", date(fs::metadata(path)?.modified()?)),
        };
        Ok(Self {
            is_about_ads: !OTHER_SUBJECTS.split(' ').any(|word| title.to_lowercase().contains(word)),
            blocker: Blocker::new([text.as_str()]),
            title,
            version,
            text,
        })
    }
}

/// A field of a list's header, as in `! Title: EasyList`; a placeholder such as `%timestamp%` counts as none.
fn header(text: &str, field: &str) -> Option<String> {
    let comments = text.lines().take(20).filter_map(|line| line.strip_prefix('!'));
    let mut fields = comments.filter_map(|comment| comment.split_once(':'));
    let (_, value) = fields.find(|(name, _)| name.trim() == field)?;
    Some(value.trim().to_owned()).filter(|value| !value.contains('%'))
}

/// The lists, each alone and all together, as a blocker has them.
pub(super) struct Lists {
    pub(super) each: Vec<ListFile>,
    pub(super) all: Blocker,
    /// On how many sites each selector is shown again.
    exceptions: HashMap<String, usize>,
}

impl Lists {
    /// The lists of the installed uBlock Origin, in the order of their paths.
    pub(super) fn installed() -> Result<Self> {
        let mut folders = vec![ublock_origin()?.join("assets")];
        let mut paths = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "txt")
                    // Beside the lists stands a text that is none: it has no title.
                    && header(&fs::read_to_string(&path)?, "Title").is_some()
                {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        ensure!(
            !paths.is_empty(),
            "the assets of the installed uBlock Origin hold no filter list, and some were expected"
        );
        Self::read(&paths)
    }

    pub(super) fn read(paths: &[PathBuf]) -> Result<Self> {
        let each = paths.iter().map(|path| ListFile::read(path)).collect::<Result<Vec<_>>>()?;
        let mut exceptions = HashMap::new();
        for line in each.iter().flat_map(|list| list.text.lines()) {
            if let Some((sites, selector)) = line.split_once("#@#") {
                *exceptions.entry(selector.to_owned()).or_default() += sites.split(',').count();
            }
        }
        Ok(Self {
            all: Blocker::new(each.iter().map(|list| list.text.as_str())),
            each,
            exceptions,
        })
    }

    fn about_ads(&self) -> impl Iterator<Item = &ListFile> {
        self.each.iter().filter(|list| list.is_about_ads)
    }

    /// The lines of the lists about ads, each with the title of its list.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.about_ads()
            .flat_map(|list| list.text.lines().map(|rule| (rule, list.title.as_str())))
    }

    /// What a simple generic rule hides on the page: the titles of the lists that have it, and on how many sites it is shown again.
    /// `None` where it does not hide it in the end, or where too many sites show it.
    pub(super) fn hidden_by(&self, name: &str, selector: &str) -> Option<(Vec<String>, usize)> {
        let n_exceptions = self.exceptions.get(selector).copied().unwrap_or_default();
        if n_exceptions > MAX_EXCEPTIONS || !self.all.hides(name, selector) {
            return None;
        }
        let titles: Vec<_> = self
            .about_ads()
            .filter(|list| list.blocker.hides(name, selector))
            .map(|list| list.title.clone())
            .collect();
        (!titles.is_empty()).then_some((titles, n_exceptions))
    }

    /// The lists as comment lines.
    pub(super) fn described(&self) -> String {
        self.each
            .iter()
            .map(|list| format!("//! - {}, {}\n", list.title, list.version))
            .collect()
    }
}

/// What a bait may be.
pub(super) struct Candidate {
    pub(super) value: String,
    /// The rules that hit it, each with the lists it is in.
    pub(super) rules: Vec<(String, Vec<String>)>,
    /// Why it is where it is in the order.
    pub(super) reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_headers() {
        let text = "[Adblock Plus 2.0]\n! Title: EasyList\n! Last modified: %timestamp%\n! Version: 202611240000\n";
        assert_eq!(header(text, "Title").as_deref(), Some("EasyList"));
        assert_eq!(header(text, "Last modified"), None);
        assert_eq!(header(text, "Version").as_deref(), Some("202611240000"));
    }
}
