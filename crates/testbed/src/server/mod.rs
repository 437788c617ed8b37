//! The demo's web server: one program that answers as the news site on presse.localhost and as its ad host on localhost. Both names
//! mean this machine without DNS, and a browser takes them for two sites.
//!
//! The end-to-end tests start it as well, and change what it answers while it runs.

mod ad_host;
mod export;
mod faults;
mod files;
mod options;
mod site;

pub use export::{SITE_FOLDER, export};
pub use faults::{Answer, Situation};
pub use options::{DEFAULT_PORT, Options};
pub use site::CONFIGURATOR;

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, serve};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

/// Where the demo takes the numbers of `data-endpoint`; it keeps them for the tests.
pub const NUMBERS: &str = "/chiffres";
/// No comment is longer, in bytes, and nothing else is sent to us.
const BODY_LIMIT: usize = 64 * 1024;

/// A running server, which stops when dropped.
#[derive(Debug)]
pub struct Running {
    /// The news site's origin, `http://presse.localhost:PORT`.
    pub site: String,
    /// The ad host's origin, `http://localhost:PORT`.
    pub ads: String,
    /// What the server answers from now on.
    pub options: Arc<RwLock<Options>>,
    requests: Arc<Mutex<Vec<(String, String)>>>,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
    numbers: Arc<Mutex<Vec<String>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// All requests so far, oldest first: the Host header, and the path with its query.
    pub fn requests(&self) -> Vec<(String, String)> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The paths with their queries of all requests that came with cookies, and these, oldest first.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bodies of all requests to [`NUMBERS`] that were answered well, oldest first.
    pub fn numbers(&self) -> Vec<String> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there has already been reported by its own thread.
            let _ = thread.join();
        }
    }
}

/// What every request needs.
#[derive(Clone)]
struct Shared {
    site: String,
    ads: String,
    options: Arc<RwLock<Options>>,
    requests: Arc<Mutex<Vec<(String, String)>>>,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
    numbers: Arc<Mutex<Vec<String>>>,
}

/// Starts the server on 127.0.0.1 and, where the machine has it, on `[::1]`. It runs on threads of its own.
///
/// # Errors
/// When the port is taken or may not be opened.
pub fn start(options: Options) -> Result<Running> {
    let listeners = listen(options.port)?;
    let port = listeners[0].local_addr()?.port();
    let shared = Shared {
        site: format!("http://presse.localhost:{port}"),
        ads: format!("http://localhost:{port}"),
        options: Arc::new(RwLock::new(options)),
        requests: Arc::default(),
        cookies: Arc::default(),
        numbers: Arc::default(),
    };
    let router = router(shared.clone());
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server's threads")?;
    let guard = runtime.enter();
    for listener in listeners {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let router = router.clone();
        runtime.spawn(async move { serve(listener, router).await });
    }
    drop(guard);
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        // Ends when the other half is dropped; nothing is ever sent.
        let _ = runtime.block_on(stopped);
        runtime.shutdown_background();
    });
    let Shared {
        site,
        ads,
        options,
        requests,
        cookies,
        numbers,
    } = shared;
    Ok(Running {
        site,
        ads,
        options,
        requests,
        cookies,
        numbers,
        stop: Some(stop),
        thread: Some(thread),
    })
}

/// Starts a server on a free port that none of this program had before. What a browser cached or stored of an earlier origin, or a service
/// worker of it, would be met again there.
///
/// # Errors
/// When no port may be opened.
pub fn start_anew(options: &Options) -> Result<Running> {
    static SITES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    // Those with a port that was had before go on running until there is another.
    let mut others = Vec::new();
    loop {
        let running = start(options.clone())?;
        if sites.insert(running.site.clone()) {
            return Ok(running);
        }
        others.push(running);
    }
}

/// An address of this machine at which every connection is refused. Its port is taken, so that no other program is given it.
///
/// # Panics
/// When the machine has no port left.
pub fn refusing() -> SocketAddr {
    // It is bound for as long as this process, and never listens.
    static TAKEN: LazyLock<(TcpSocket, SocketAddr)> = LazyLock::new(|| {
        let socket = TcpSocket::new_v4().expect("there is a socket");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("there is a port");
        let address = socket.local_addr().expect("it is bound");
        (socket, address)
    });
    TAKEN.1
}

fn router(shared: Shared) -> Router {
    // Films are compressed already, and a browser asks for parts of them.
    let compressible = DefaultPredicate::new().and(NotForContentType::const_new("video/"));
    Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        // Whoever waits for the answer has the time that it takes, and not the bytes: it comes from the same machine.
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(compressible),
        )
        .with_state(shared)
}

fn listen(port: u16) -> Result<Vec<TcpListener>> {
    let bind = |address: SocketAddr| TcpListener::bind(address);
    let taken = |error: std::io::Error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use by another program: stop it, or choose another with --port {}",
            port.checked_add(1).unwrap_or(DEFAULT_PORT)
        ),
        _ => anyhow!("cannot listen on port {port}: {error}"),
    };
    let first = bind((Ipv4Addr::LOCALHOST, port).into()).map_err(taken)?;
    let port_found = first.local_addr()?.port();
    match bind((Ipv6Addr::LOCALHOST, port_found).into()) {
        Ok(second) => Ok(vec![first, second]),
        // Somebody else would answer as the ad host, because browsers try IPv6 first.
        Err(error) if error.kind() == ErrorKind::AddrInUse && port == 0 => listen(0),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(taken(error)),
        Err(_) => Ok(vec![first]),
    }
}

/// Answers every request: which host, then the usual answer, then what the situations make of it.
async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let path_and_query = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    if let Some(cookie) = request.headers().get(header::COOKIE) {
        let cookie = String::from_utf8_lossy(cookie.as_bytes()).into_owned();
        let mut cookies = shared.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.push((path_and_query.clone(), cookie));
    }
    shared
        .requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push((host.clone(), path_and_query));
    let path = request.uri().path().to_owned();
    let options = shared.options.read().unwrap_or_else(PoisonError::into_inner).clone();

    let is_numbers = path == NUMBERS && request.method() == Method::POST;
    let is_ad_host = host == "localhost" || host.starts_with("localhost:");
    let mut response = if is_numbers {
        take_numbers(&shared, &options, request).await
    } else if is_ad_host {
        ad_host::answer(&options.root.join("www/regie"), &shared.site, &shared.ads, request).await
    } else {
        site::answer(&options, &shared.ads, request).await
    };
    for situation in options
        .situations
        .iter()
        .filter(|situation| path.starts_with(&situation.path_prefix))
    {
        response = faults::deviate(response, &situation.answer).await;
    }
    response
}

/// Keeps a batch, unless the situation is that it is not taken.
async fn take_numbers(shared: &Shared, options: &Options, request: Request) -> Response {
    let is_refusal = |situation: &Situation| {
        NUMBERS.starts_with(&situation.path_prefix) && matches!(situation.answer, Answer::Status(code) if code >= 300)
    };
    if !options.situations.iter().any(is_refusal) {
        let body = axum::body::to_bytes(request.into_body(), BODY_LIMIT)
            .await
            .unwrap_or_default();
        let mut numbers = shared.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.push(String::from_utf8_lossy(&body).into_owned());
    }
    StatusCode::NO_CONTENT.into_response()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::header::{HeaderMap, HeaderValue};
    use tower::ServiceExt as _;

    use super::*;

    const NEWS: &str = "presse.localhost:1";
    const ADS: &str = "localhost:1";

    /// A small site of its own for each test, since dist/site/ may not be built.
    fn shared(name: &str) -> Shared {
        let root = soutien_project::root().join("target/testbed").join(name);
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("www/index.html", "<script src={{ad_host}}/show.js></script>");
        write("www/commentaire-recu.html", "merci");
        write("www/rubrique.html", "{{head}}\nune rubrique\n{{foot}}\n");
        write("www/article.html", "{{head_with_slot}}\nun article\n");
        write(
            "www/parts/head.html",
            "<a href=\"/\">Une</a> <a href=\"/rubrique.html\">Rubrique</a>\n{{slot}}\n",
        );
        write("www/parts/slot.html", "publicité\n");
        write("www/commentaire-refuse.html", "<ul>{{problems}}</ul>");
        write("www/regie/show.js", "show()");
        write("dist/site/soutien.js", "built");
        write("dist/site/soutien.wasm", "wasm");
        write("dist/site/manifest.json", r#"{"query": "1c9e5a3b"}"#);
        let options = Options {
            root,
            ..Options::default()
        };
        Shared {
            site: "http://presse.localhost:1".into(),
            ads: "http://localhost:1".into(),
            options: Arc::new(RwLock::new(options)),
            requests: Arc::default(),
            cookies: Arc::default(),
            numbers: Arc::default(),
        }
    }

    async fn send(shared: &Shared, request: Request) -> (StatusCode, HeaderMap, String) {
        let (parts, body) = router(shared.clone()).oneshot(request).await.unwrap().into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn get(shared: &Shared, host: &str, path: &str) -> (StatusCode, HeaderMap, String) {
        send(
            shared,
            Request::builder().uri(path).header("host", host).body(Body::empty()).unwrap(),
        )
        .await
    }

    async fn post(shared: &Shared, form: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder().method("POST").uri("/commentaires").header("host", NEWS);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        send(shared, request.body(Body::from(form.to_owned())).unwrap()).await
    }

    #[tokio::test]
    async fn two_hosts_answer() {
        let shared = shared("hosts");
        let (status, headers, body) = get(&shared, NEWS, "/").await;
        assert_eq!(
            (status, body.as_str()),
            (StatusCode::OK, "<script src=http://localhost:1/show.js></script>")
        );
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval' http://localhost:1; style-src 'self'"),
            "{policy}"
        );
        let (_, headers, body) = get(&shared, ADS, "/show.js").await;
        assert_eq!(
            (body.as_str(), &headers["access-control-allow-origin"]),
            ("show()", &HeaderValue::from_static("*"))
        );
        assert_eq!(get(&shared, ADS, "/").await.1["location"], "http://presse.localhost:1");
        assert_eq!(shared.requests.lock().unwrap()[1], (ADS.to_owned(), "/show.js".to_owned()));
    }

    #[tokio::test]
    async fn every_page_has_the_head_and_foot_that_stand_once() {
        let shared = shared("parts");
        let (_, _, page) = get(&shared, NEWS, "/rubrique").await;
        assert_eq!(get(&shared, NEWS, "/rubrique.html").await.2, page);
        let (start, missing) = page.split_once("www/parts/foot.html: ").unwrap();
        assert_eq!(
            start,
            "<a href=\"/\">Une</a> <a href=\"/rubrique.html\" aria-current=\"page\">Rubrique</a>\nune rubrique\n"
        );
        assert!(!missing.is_empty(), "a missing part is not named");
        assert_eq!(
            get(&shared, NEWS, "/article").await.2,
            "<a href=\"/\">Une</a> <a href=\"/rubrique.html\">Rubrique</a>\npublicité\nun article\n"
        );
    }

    #[tokio::test]
    async fn serves_what_is_built_and_no_sources() {
        let shared = shared("built");
        assert_eq!(get(&shared, NEWS, "/soutien/soutien.js").await.2, "built");
        for path in [
            "/regie/show.js",
            "/commentaire-recu",
            "/parts/head",
            "/soutien/",
            "/soutien/../www/index.html",
            "/rien",
        ] {
            let (status, _, body) = get(&shared, NEWS, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(body.contains("Page introuvable"), "{path}");
        }
        let (_, headers, _) = get(&shared, NEWS, "/soutien/soutien.wasm?1c9e5a3b").await;
        assert_eq!(headers["content-type"], "application/wasm");
        assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(
            get(&shared, NEWS, "/soutien/soutien.wasm?old").await.1["cache-control"],
            "no-cache"
        );
    }

    #[tokio::test]
    async fn takes_comments() {
        let shared = shared("comments");
        let good = "auteur=Agathe&courriel=agathe%40exemple.fr&commentaire=Oui&article=horloge";
        assert_eq!(post(&shared, good).await.2, "merci");
        let (status, _, body) = post(&shared, &good.replace("agathe%40", "%3Cb%3E")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("<li>« &lt;b&gt;exemple.fr »"), "{body}");
        assert_eq!(
            post(&shared, &"a".repeat(BODY_LIMIT + 1)).await.0,
            StatusCode::PAYLOAD_TOO_LARGE
        );
        assert_eq!(get(&shared, NEWS, "/commentaires").await.0, StatusCode::METHOD_NOT_ALLOWED);
    }

    #[tokio::test]
    async fn situations_change_answers() {
        let shared = shared("situations");
        let situation = |answer: Answer| Situation {
            path_prefix: "/soutien/soutien.wasm".into(),
            answer,
        };
        let set = |answers: Vec<Answer>| {
            shared.options.write().unwrap().situations = answers.into_iter().map(situation).collect();
        };
        set(vec![Answer::Status(500)]);
        let (status, headers, body) = get(&shared, NEWS, "/soutien/soutien.wasm?hash").await;
        assert_eq!(
            (status, body.as_str(), &headers["cache-control"]),
            (500.try_into().unwrap(), "", &"no-store".parse().unwrap())
        );
        assert_eq!(get(&shared, NEWS, "/soutien/soutien.js").await.0, StatusCode::OK);
        set(vec![
            Answer::Mime("text/plain".into()),
            Answer::Header("x-more".into(), "yes".into()),
        ]);
        let (_, headers, body) = get(&shared, NEWS, "/soutien/soutien.wasm").await;
        assert_eq!(
            (&headers["content-type"], &headers["x-more"], body.as_str()),
            (&"text/plain".parse().unwrap(), &"yes".parse().unwrap(), "wasm")
        );
        set(vec![
            Answer::Delay(Duration::from_millis(10)),
            Answer::Body {
                mime: "text/html".into(),
                text: "other".into(),
            },
        ]);
        assert_eq!(get(&shared, NEWS, "/soutien/soutien.wasm").await.2, "other");
        shared.options.write().unwrap().csp = Some("default-src 'none'".into());
        shared
            .options
            .write()
            .unwrap()
            .pages
            .insert("/more".into(), "{{ad_host}}".into());
        let (_, headers, body) = get(&shared, NEWS, "/more").await;
        assert_eq!(
            (&headers["content-security-policy"], body.as_str()),
            (&"default-src 'none'".parse().unwrap(), "http://localhost:1")
        );
    }

    #[test]
    fn nobody_listens_where_connections_are_refused() {
        let address = refusing();
        let error = std::net::TcpStream::connect(address).expect_err("somebody listens");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert!(TcpListener::bind(address).is_err(), "another program may be given the port");
    }

    #[test]
    fn a_taken_port_is_explained() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = start(Options {
            port,
            ..Options::default()
        })
        .unwrap_err()
        .to_string();
        assert!(
            error.starts_with(&format!(
                "port {port} is in use by another program: stop it, or choose another"
            )),
            "{error}"
        );
    }
}
