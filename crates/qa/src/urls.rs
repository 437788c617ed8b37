//! Which pages are tried: those of a list, and those of a sitemap.

use std::collections::VecDeque;
use std::io::Read as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result, bail, ensure};
use flate2::read::GzDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;

/// The most sitemaps that an index leads to; the protocol allows 50,000, and nobody tries so many pages.
const MOST_SITEMAPS: usize = 100;

/// How a compressed file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The pages of a file, one a line; `-` is standard input. Empty lines and those that begin with `#` are left out.
///
/// # Errors
/// When the file cannot be read.
pub fn listed(file: &Path) -> Result<Vec<String>> {
    let text = if file == Path::new("-") {
        io::read_to_string(io::stdin()).context("cannot read standard input")?
    } else {
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?
    };
    let lines = text.lines().map(str::trim);
    Ok(lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

/// The pages of a sitemap, or of those that an index of sitemaps leads to, as <https://www.sitemaps.org/protocol.html> has them; not
/// many more than `limit`.
///
/// # Errors
/// When a sitemap cannot be had, or is none.
pub async fn mapped(sitemap: &str, limit: usize) -> Result<Vec<String>> {
    let mut waiting = VecDeque::from([sitemap.to_owned()]);
    let mut pages = Vec::new();
    let mut n_sitemaps = 0;
    while let Some(address) = waiting.pop_front()
        && pages.len() < limit
    {
        n_sitemaps += 1;
        ensure!(
            n_sitemaps <= MOST_SITEMAPS,
            "{sitemap} leads to more than {MOST_SITEMAPS} sitemaps; --limit takes the first pages"
        );
        let answer = async {
            client(&address)?
                .get(&address)
                .send()
                .await?
                .error_for_status()?
                .bytes()
                .await
        };
        let bytes = answer.await.with_context(|| format!("cannot get the sitemap {address}"))?;
        match read(&bytes).with_context(|| format!("{address} is no sitemap"))? {
            Map::Pages(found) => pages.extend(found),
            Map::Sitemaps(found) => waiting.extend(found),
        }
    }
    Ok(pages)
}

/// What asks for an address. Names below localhost are this machine, as browsers have it, which not every system knows.
fn client(address: &str) -> reqwest::Result<reqwest::Client> {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split([':', '/', '?']).next().unwrap_or_default();
    let builder = reqwest::Client::builder();
    if host.ends_with(".localhost") {
        // The port is that of the address.
        return builder.resolve(host, (Ipv4Addr::LOCALHOST, 0).into()).build();
    }
    builder.build()
}

/// What a sitemap leads to.
#[derive(Debug, PartialEq, Eq)]
enum Map {
    Pages(Vec<String>),
    Sitemaps(Vec<String>),
}

fn read(bytes: &[u8]) -> Result<Map> {
    let mut text = String::new();
    if bytes.starts_with(&GZIP) {
        GzDecoder::new(bytes).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8_lossy(bytes).into_owned();
    }
    let mut reader = Reader::from_str(&text);
    // The names of the elements that are open.
    let mut path: Vec<String> = Vec::new();
    let mut addresses = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                root.get_or_insert_with(|| path[0].clone());
                if path.len() == 3 && path[2] == "loc" {
                    addresses.push(String::new());
                }
            }
            Event::End(_) => {
                path.pop();
            }
            // An image of a page has an address as well, which is deeper.
            Event::Text(part) if is_address(&path) => add(&mut addresses, &part),
            Event::CData(part) if is_address(&path) => add(&mut addresses, &part),
            Event::GeneralRef(reference) if is_address(&path) => {
                let resolved = match reference.resolve_char_ref()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&reference)
                        .unwrap_or_default()
                        .to_owned(),
                };
                add(&mut addresses, &resolved);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let addresses = addresses
        .into_iter()
        .map(|address| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    match root.as_deref() {
        Some("urlset") => Ok(Map::Pages(addresses)),
        Some("sitemapindex") => Ok(Map::Sitemaps(addresses)),
        Some(other) => bail!("its first element is {other}, expected urlset or sitemapindex"),
        None => bail!("it has no element, expected urlset or sitemapindex"),
    }
}

fn is_address(path: &[String]) -> bool {
    path.len() == 3 && path[2] == "loc"
}

fn add(addresses: &mut [String], part: &str) {
    if let Some(address) = addresses.last_mut() {
        address.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const PAGES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc> https://a.example/?x=1&amp;y=&#50; </loc><image:image><image:loc>https://a.example/1.jpg</image:loc></image:image></url>
        <url><lastmod>2026-11-01</lastmod><loc><![CDATA[https://a.example/b]]></loc></url></urlset>"#;

    #[test]
    fn takes_the_pages_of_a_sitemap_and_not_their_pictures() {
        let expected = Map::Pages(vec!["https://a.example/?x=1&y=2".into(), "https://a.example/b".into()]);
        assert_eq!(read(PAGES.as_bytes()).expect("it is a sitemap"), expected);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(PAGES.as_bytes()).expect("memory has room");
        assert_eq!(
            read(&packed.finish().expect("memory has room")).expect("it is a sitemap"),
            expected
        );
    }

    #[test]
    fn follows_an_index() {
        let index = "<sitemapindex><sitemap><loc>https://a.example/1.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(
            read(index.as_bytes()).expect("it is an index"),
            Map::Sitemaps(vec!["https://a.example/1.xml.gz".into()])
        );
    }

    #[test]
    fn says_what_is_no_sitemap() {
        for (text, found) in [
            ("<html></html>", "its first element is html"),
            ("", "no element"),
            ("<urlset><url></urlset>", "url"),
        ] {
            let error = format!("{:#}", read(text.as_bytes()).expect_err("it is none"));
            assert!(error.contains(found), "{error}");
        }
    }
}
