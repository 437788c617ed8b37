//! Everything that a site keeps, in its database and its files, to be compared with what it keeps later.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use serde_json::Value;
use soutien_project::files::{collect, short_hash};

/// What a site keeps: by a name such as `wp_options cron` or `file wp-content/uploads/a.png`, what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, String>);

impl Snapshot {
    /// Of what database.php says of all rows, and of a site's folder; without the log of what PHP complains about.
    pub fn take(rows: &Value, folder: &Path) -> Result<Snapshot> {
        let rows = rows.as_object().context("the rows are an object")?;
        let mut all: BTreeMap<String, String> = rows
            .iter()
            .map(|(name, row)| (name.clone(), row.as_str().unwrap_or_default().to_owned()))
            .collect();
        let mut files = Vec::new();
        collect(folder, &mut files)?;
        for path in files {
            let name = path.strip_prefix(folder)?;
            if name == Path::new(super::LOG) {
                continue;
            }
            // Of the thousands of WordPress' own, when and how long is enough.
            let is_own = ["wp-admin", "wp-includes", "wp-content/themes"]
                .iter()
                .any(|own| name.starts_with(own));
            let content = if is_own {
                let data = fs::metadata(&path)?;
                format!(
                    "{} bytes of {}",
                    data.len(),
                    data.modified()?.duration_since(UNIX_EPOCH)?.as_nanos()
                )
            } else {
                short_hash(&fs::read(&path)?)
            };
            all.insert(format!("file {}", name.display()), content);
        }
        Ok(Snapshot(all))
    }

    /// What is other in a later one: `+ ` and the name of what is new there, `- ` of what is gone, `~ ` of what has changed.
    pub fn changes(&self, later: &Snapshot) -> BTreeSet<String> {
        let names: BTreeSet<&String> = self.0.keys().chain(later.0.keys()).collect();
        let change = |name: &&String| match (self.0.get(*name), later.0.get(*name)) {
            (None, Some(_)) => Some(format!("+ {name}")),
            (Some(_), None) => Some(format!("- {name}")),
            (before, after) if before != after => Some(format!("~ {name}")),
            _ => None,
        };
        names.iter().filter_map(change).collect()
    }

    /// What is there by a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
