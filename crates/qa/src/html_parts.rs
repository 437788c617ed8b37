//! What all parts of the HTML report are made of: texts in both languages, names and screenshots.

use std::io::Cursor;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ImageFormat, ImageReader};
use quick_xml::escape::escape;
use soutien_backend::profile::Profiles;

/// How wide screenshots are, in pixels, and how good, of 100: a few dozen kilobytes each.
const SHOT_WIDTH: u32 = 640;
const SHOT_QUALITY: u8 = 72;

/// A text in both languages, neither of which is HTML.
pub fn both(english: &str, french: &str) -> String {
    format!(
        r#"<span class="en" lang="en">{}</span><span class="fr" lang="fr">{}</span>"#,
        escape(english),
        escape(french)
    )
}

/// The name of a browser as people write it.
pub fn title_case(browser: &str) -> String {
    let mut letters = browser.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Which blocker a profile plays, in both languages.
pub fn plays(profiles: &Profiles, name: &str) -> String {
    profiles.find(name).map_or_else(
        || escape(name).into_owned(),
        |profile| both(&profile.plays.en, &profile.plays.fr),
    )
}

/// A screenshot; nothing where there is none.
pub fn picture(png: &[u8]) -> Result<String> {
    if png.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(
        r#"<img alt="" loading="lazy" src="data:image/jpeg;base64,{}">"#,
        BASE64.encode(smaller(png)?)
    ))
}

/// A screenshot as a small JPEG image.
fn smaller(png: &[u8]) -> Result<Vec<u8>> {
    let image = ImageReader::with_format(Cursor::new(png), ImageFormat::Png)
        .decode()
        .context("a screenshot is no PNG image")?;
    let height = image.height() * SHOT_WIDTH / image.width().max(1);
    let image = image.resize(SHOT_WIDTH, height.max(1), FilterType::Triangle).into_rgb8();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, SHOT_QUALITY).encode_image(&image)?;
    Ok(bytes)
}
