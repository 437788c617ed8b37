//! A stand-in for the rest of the web. Real lists block real ad hosts, and without an answer from these a test would find the missing
//! network of its machine, and no blocker.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A host that another detector asks, and that answers.
pub const HOST: &str = "www3.doubleclick.net";

/// What answers: hosts with the ends of paths, and the scripts they give.
const SCRIPTS: [(&str, &str, &str); 3] = [
    (
        "securepubads.g.doubleclick.net",
        "/gpt.js",
        include_str!("fake_internet/gpt.js"),
    ),
    (
        "pagead2.googlesyndication.com",
        "/adsbygoogle.js",
        include_str!("fake_internet/adsbygoogle.js"),
    ),
    (HOST, "/", ""),
];

/// What every other address gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// 404, which a blocker that asks for its lists can live with.
    NotFound,
    /// What was asked for: a picture of one pixel, or an empty script. The hosts of filter lists still get 404.
    Anything,
}

/// Parts of the names of hosts that serve filter lists. A blocker that gets an empty list blocks nothing.
const LIST_HOSTS: [&str; 6] = ["github", "jsdelivr", "pages.dev", "easylist", "statically", "yoyo"];

/// A picture of one pixel.
const PICTURE: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// No request is longer, in bytes.
const REQUEST_LIMIT: usize = 16 * 1024;

/// Starts a server for HTTPS on 127.0.0.1 and gives its port. It runs until the program ends.
///
/// # Errors
/// When no port or no certificate can be had.
pub async fn start(others: Others) -> Result<u16> {
    let acceptor = acceptor(HOST)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            // A browser that hangs up early is none of our business.
            tokio::spawn(async move { answer(&acceptor, stream, others).await.ok() });
        }
    });
    Ok(port)
}

/// What speaks TLS for a host, by a certificate of its own making, which nobody vouches for.
///
/// # Errors
/// When no certificate can be made.
pub fn acceptor(host: &str) -> Result<TlsAcceptor> {
    let certified = rcgen::generate_simple_self_signed([host.to_owned()]).context("cannot make a certificate")?;
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn answer(acceptor: &TlsAcceptor, stream: TcpStream, others: Others) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut request = Vec::new();
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") && request.len() < REQUEST_LIMIT {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let request = String::from_utf8_lossy(&request);
    let path = request
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .split('?')
        .next()
        .unwrap_or_default();
    let host = request.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("host:")
            .map(|host| host.trim().to_owned())
    });
    let host = host.unwrap_or_default();
    let found = SCRIPTS.iter().find(|(name, end, _)| host == *name && path.ends_with(end));
    let is_picture = request
        .lines()
        .any(|line| line.to_ascii_lowercase().starts_with("accept: image/"));
    let (status, kind, body) = match found {
        Some((_, _, script)) => ("200 OK", "text/javascript", script.as_bytes()),
        None if others == Others::NotFound || LIST_HOSTS.iter().any(|part| host.contains(part)) => {
            ("404 Not Found", "text/plain", &[][..])
        }
        None if is_picture => ("200 OK", "image/gif", PICTURE),
        None => ("200 OK", "text/javascript", &[][..]),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\naccess-control-allow-origin: *\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}
