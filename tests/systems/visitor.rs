//! Somebody who asks a site for pages and sends its forms over HTTP, with cookies. What one does with the pages of a system is with that system.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Url};

/// How often an answer may lead elsewhere.
const REDIRECTIONS: usize = 20;

/// Somebody with cookies of their own.
pub struct Visitor {
    /// The origin of the site.
    pub address: String,
    client: Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What a site has answered.
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where the answer came from in the end.
    pub address: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The text.
    pub text: String,
}

impl Page {
    /// The page, if it is answered as pages are.
    pub fn fine(self) -> Result<Page> {
        let Page {
            status, address, text, ..
        } = &self;
        ensure!(*status == 200, "{address} is answered by {status}, expected 200: {text}");
        Ok(self)
    }
}

impl Visitor {
    /// Somebody without cookies.
    pub fn new(address: &str) -> Result<Visitor> {
        let url: Url = address.parse()?;
        let host = url.host_str().context("an address has a host")?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .build()?;
        Ok(Visitor {
            address: address.to_owned(),
            client,
            cookies: Mutex::default(),
        })
    }

    /// Somebody else on the same site, without this one's cookies.
    pub fn another(&self) -> Result<Visitor> {
        Visitor::new(&self.address)
    }

    /// Asks for a page, which may lead to another.
    pub async fn get(&self, path: &str) -> Result<Page> {
        self.follow(Method::GET, path, None).await
    }

    /// Sends a form, whose answer may lead to another page.
    pub async fn post(&self, path: &str, fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<Page> {
        let mut form = Url::parse("http://form.invalid/")?;
        form.query_pairs_mut().extend_pairs(fields);
        self.follow(Method::POST, path, form.query().map(str::to_owned)).await
    }

    async fn follow(&self, mut method: Method, path: &str, mut form: Option<String>) -> Result<Page> {
        let mut address: Url = format!("{}{path}", self.address).parse()?;
        for _ in 0..REDIRECTIONS {
            let mut request = self.with_cookies(self.client.request(method, address.clone()));
            if let Some(form) = form {
                request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
            }
            let page = self
                .send(request)
                .await
                .with_context(|| format!("{address} does not answer"))?;
            let Some(place) = page.headers.get(LOCATION) else {
                return Ok(page);
            };
            address = address.join(place.to_str()?)?;
            (method, form) = (Method::GET, None);
        }
        anyhow::bail!("{path} leads elsewhere more than {REDIRECTIONS} times, at last to {address}")
    }

    /// A request with this one's cookies; what it is answered with leads nowhere else.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.with_cookies(self.client.request(method, format!("{}{path}", self.address)))
    }

    /// Sends a request, and keeps the cookies of the answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Page> {
        let response = request.send().await?;
        let (status, address, headers) = (response.status().as_u16(), response.url().clone(), response.headers().clone());
        let mut cookies = self.cookies();
        for header in headers.get_all(SET_COOKIE) {
            let pair = header.to_str()?.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.context("a cookie has a name")?;
            cookies.insert(name.trim().to_owned(), value.to_owned());
        }
        *self.cookies.lock().unwrap_or_else(PoisonError::into_inner) = cookies;
        Ok(Page {
            status,
            address,
            headers,
            text: response.text().await?,
        })
    }

    /// The cookies so far.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with_cookies(&self, request: RequestBuilder) -> RequestBuilder {
        let pairs: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() {
            request
        } else {
            request.header(COOKIE, pairs.join("; "))
        }
    }
}
