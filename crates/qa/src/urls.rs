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
use reqwest::{Error, Url};

use crate::address::{host, told};

/// The most sitemaps that an index leads to; the protocol allows 50,000, and nobody tries so many pages.
const MOST_SITEMAPS: usize = 100;

/// The most bytes of a sitemap, compressed and not, as the protocol has it: a small file may be a large one once it is unpacked.
const MOST_BYTES: u64 = 50 * 1024 * 1024;
const TOO_LARGE: &str = "it has more than 50 MB, which no sitemap may have";

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

/// Which addresses of a sitemap are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Those on the host of the sitemap.
    Own,
    /// Any.
    Any,
}

/// The pages of a sitemap, or of those that an index of sitemaps leads to, as <https://www.sitemaps.org/protocol.html> has them; not
/// many more than `limit`. What leads to other hosts than are taken, or is no address of the web, is left out, and told of on standard error.
///
/// # Errors
/// When a sitemap cannot be had, is too large, or is none.
pub async fn mapped(sitemap: &str, limit: usize, hosts: Hosts) -> Result<Vec<String>> {
    let own = host(sitemap);
    let is_taken = |address: &str| is_of_the_web(address) && (hosts == Hosts::Any || host(address) == own);
    ensure!(
        is_of_the_web(sitemap),
        "{} is no address of a sitemap: it has to begin with http:// or https://",
        told(sitemap)
    );
    let mut waiting = VecDeque::from([sitemap.to_owned()]);
    let (mut pages, mut left_out) = (Vec::new(), Vec::new());
    let mut n_sitemaps = 0;
    while let Some(address) = waiting.pop_front()
        && pages.len() < limit
    {
        n_sitemaps += 1;
        ensure!(
            n_sitemaps <= MOST_SITEMAPS,
            "{} leads to more than {MOST_SITEMAPS} sitemaps; --limit takes the first pages",
            told(sitemap)
        );
        let bytes = fetched(&address, &is_taken).await;
        let bytes = bytes.with_context(|| format!("cannot get the sitemap {}", told(&address)))?;
        let (found, is_index) = match read(&bytes).with_context(|| format!("{} is no sitemap", told(&address)))? {
            Map::Pages(found) => (found, false),
            Map::Sitemaps(found) => (found, true),
        };
        for address in found {
            if !is_taken(&address) {
                left_out.push(address);
            } else if is_index {
                waiting.push_back(address);
            } else {
                pages.push(address);
            }
        }
    }
    if let Some(first) = left_out.first() {
        eprintln!(
            "left out: {} addresses that are not on {own}, such as {}; --any-host takes those of the web",
            left_out.len(),
            told(first)
        );
    }
    Ok(pages)
}

/// Whether an address begins with `http://` or `https://`.
fn is_of_the_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| ["http", "https"].contains(&url.scheme()))
}

/// What is at an address.
async fn fetched(address: &str, is_taken: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    // What reqwest says of an error has the address in it.
    let mut answer = client(address)?.get(address).send().await.map_err(Error::without_url)?;
    ensure!(
        is_taken(answer.url().as_str()),
        "it leads to {}, which is on another host; --any-host follows it",
        told(answer.url().as_str())
    );
    let status = answer.status();
    ensure!(status.is_success(), "it is answered with status {status}");
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(Error::without_url)? {
        bytes.extend(part);
        ensure!(bytes.len() as u64 <= MOST_BYTES, TOO_LARGE);
    }
    Ok(bytes)
}

/// What asks for an address. Names below localhost are this machine, as browsers have it, which not every system knows.
fn client(address: &str) -> reqwest::Result<reqwest::Client> {
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let builder = reqwest::Client::builder();
    match host {
        // The port is that of the address.
        Some(host) if host.ends_with(".localhost") => builder.resolve(&host, (Ipv4Addr::LOCALHOST, 0).into()).build(),
        _ => builder.build(),
    }
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
        let n_bytes = GzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_string(&mut text)?;
        ensure!(n_bytes as u64 <= MOST_BYTES, TOO_LARGE);
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
    fn nothing_is_unpacked_beyond_what_a_sitemap_may_have() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        let blanks = vec![b' '; 1024 * 1024];
        for _ in 0..51 {
            packed.write_all(&blanks).expect("memory has room");
        }
        let packed = packed.finish().expect("memory has room");
        assert!(packed.len() < 100_000);
        assert_eq!(read(&packed).expect_err("it is too large").to_string(), TOO_LARGE);
    }

    #[test]
    fn only_the_web_has_sitemaps() {
        for (address, expected) in [
            ("https://a.example/plan.xml", true),
            ("HTTP://a.example/", true),
            ("file:///etc/passwd", false),
            ("ftp://a.example/", false),
            ("a.example/plan.xml", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_of_the_web(address), expected, "{address}");
        }
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
