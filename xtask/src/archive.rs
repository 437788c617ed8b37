//! The program `soutien-qa` for those without Node.js: an archive for each platform, with the extension for both browsers beside it.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use soutien_project::extension::Target;
use soutien_project::files::collect;
use tar::{Builder, Header};

use crate::npm::binary;

/// What is taken of a platform's package, and what it is called in the archive.
const OF_PACKAGE: [(&str, &str); 4] = [
    ("bin/soutien-qa", "soutien-qa"),
    ("LICENCES.txt", "LICENCES.txt"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

/// The permissions of a program, and of any other file.
const PROGRAM: u32 = 0o755;
const FILE: u32 = 0o644;

/// Writes the archive of a platform: what is in its package, and the variant of the extension for machines from the folder of built ones. The same files make
/// the same archive: they are in order, and without dates and owners.
///
/// # Errors
/// When something cannot be read or written.
pub fn write(platform: &str, package: &Path, built: &Path, output: &Path) -> Result<()> {
    let folder = format!("{}-{}", binary::name(platform), env!("CARGO_PKG_VERSION"));
    let path = output.join(format!("{folder}.tar.gz"));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut archive = Builder::new(GzEncoder::new(file, Compression::best()));
    for (name, place) in OF_PACKAGE {
        let permissions = if place == "soutien-qa" { PROGRAM } else { FILE };
        add(&mut archive, &package.join(name), &format!("{folder}/{place}"), permissions)?;
    }
    for target in Target::ALL {
        let extension = target.folder_in(built, true);
        let mut files = Vec::new();
        collect(&extension, &mut files)?;
        files.retain(|file| !file.starts_with(extension.join("_metadata")));
        files.sort();
        for file in files {
            let name = file.strip_prefix(built)?.to_string_lossy().into_owned();
            add(&mut archive, &file, &format!("{folder}/{name}"), FILE)?;
        }
    }
    archive.into_inner()?.finish()?;
    Ok(())
}

fn add(archive: &mut Builder<GzEncoder<File>>, file: &Path, name: &str, permissions: u32) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut header = Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(permissions);
    Ok(archive.append_data(&mut header, name, &bytes[..])?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn an_archive_has_a_program_and_the_extension_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
            path
        };
        for (name, _) in OF_PACKAGE {
            fs::write(at(&format!("package/{name}")), name).expect("it can be written");
        }
        for name in [
            "extension-chromium-qa/a.js",
            "extension-chromium-qa/_metadata/b",
            "extension-firefox-qa/a.js",
        ] {
            fs::write(at(&format!("built/{name}")), name).expect("it can be written");
        }
        let written = || {
            write(
                "linux-x64",
                &folder.path().join("package"),
                &folder.path().join("built"),
                folder.path(),
            )
            .expect("it is written");
            let name = format!("soutien-qa-linux-x64-{}.tar.gz", env!("CARGO_PKG_VERSION"));
            fs::read(folder.path().join(name)).expect("it is there")
        };
        let bytes = written();
        assert_eq!(bytes, written());
        let mut archive = tar::Archive::new(GzDecoder::new(&bytes[..]));
        let mut found = Vec::new();
        for entry in archive.entries().expect("it is an archive") {
            let mut entry = entry.expect("an entry");
            let name = entry.path().expect("a name").to_string_lossy().into_owned();
            let (_, name) = name.split_once('/').expect("all is in one folder");
            let (name, permissions) = (name.to_owned(), entry.header().mode().expect("permissions"));
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("a text");
            found.push((name, permissions, text));
        }
        let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
        let expected = [
            "soutien-qa",
            "LICENCES.txt",
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "extension-chromium-qa/a.js",
            "extension-firefox-qa/a.js",
        ];
        assert_eq!(names, expected);
        assert_eq!(found[0], ("soutien-qa".into(), PROGRAM, "bin/soutien-qa".into()));
        assert!(found[1..].iter().all(|(_, permissions, _)| *permissions == FILE));
    }
}
