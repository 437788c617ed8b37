//! Files and folders, and what is made of their bytes: copies, zip files, hashes, sizes.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Copies a file, and makes the folder that it goes to.
///
/// # Errors
/// When it cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    // What packages install may be read-only, and copies of it must not be.
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Packs a folder into a zip file; see [`packed`].
///
/// # Errors
/// When something cannot be read or written.
pub fn pack(folder: &Path, output: &Path) -> Result<()> {
    fs::write(output, packed(folder)?).with_context(|| format!("cannot write {}", output.display()))
}

/// Packs a folder, files in order and without dates, so that the same folder makes the same zip.
///
/// # Errors
/// When something cannot be read.
pub fn packed(folder: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    // Chromium writes what it makes of the rules into the folder that it has loaded.
    files.retain(|file| !file.starts_with(folder.join("_metadata")));
    files.sort();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let Ok(name) = file.strip_prefix(folder) else {
            bail!("{} is not in {}", file.display(), folder.display());
        };
        let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        zip.start_file(name.to_string_lossy(), options)?;
        zip.write_all(&fs::read(&file)?)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Collects all files below a folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The part of a hash that files are asked for by: 8 hexadecimal digits.
pub fn short_hash(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes)[..4])
}

/// Bytes as hexadecimal digits, two each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash as `fetch` takes it, the shortest there is: every reader downloads it.
pub fn short_integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(bytes)))
}

/// A hash as `integrity` attributes take it.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64.encode(Sha384::digest(bytes)))
}

/// The hash of bytes as npm's registry and lock files have it.
pub fn npm_integrity(bytes: &[u8]) -> String {
    format!("sha512-{}", BASE64.encode(Sha512::digest(bytes)))
}

/// The same hash as hexadecimal digits.
///
/// # Errors
/// When the text is no such hash.
pub fn npm_digits(integrity: &str) -> Result<String> {
    let digits = integrity.strip_prefix("sha512-").and_then(|hash| BASE64.decode(hash).ok());
    let digits = digits.with_context(|| format!("found the hash {integrity:?}, expected sha512- and base64, as npm has it"))?;
    Ok(hexadecimal(&digits))
}

/// What bytes weigh as gzip, compressed as hard as it can.
pub fn gzip_size(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("writing into memory does not fail")
        .len()
}

/// What bytes weigh as brotli, compressed as hard as a server can.
pub fn brotli_size(bytes: &[u8]) -> usize {
    let mut output = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut output, &parameters).expect("writing into memory does not fail");
    output.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_other_tools_do() {
        assert_eq!(short_hash(b""), "e3b0c442");
        assert_eq!(
            integrity(b""),
            "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
        );
    }

    #[test]
    fn compresses_text() {
        let text = "un texte qui se répète, ".repeat(100);
        assert!(brotli_size(text.as_bytes()) < gzip_size(text.as_bytes()));
        assert!(gzip_size(text.as_bytes()) < text.len() / 10);
    }
}
