//! What the page itself keeps from ad hosts and from our files, and what one company's outage does, is no blocker: the verdict says that it does not
//! know, and a problem says what it was. `crates/testbed/src/environments/table/` has the same as situations, for every detector.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_testbed::fake_internet;
use soutien_testbed::server::{Answer, Options};
use soutien_testbed::webdriver::{Browser, Certificates};
use support::browsers::{CLEAR, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, page, site};
use tokio::net::{TcpListener, TcpStream};

/// Ad hosts of two companies. `{{port}}` is the server's.
const HOSTS: &str = "http://localhost:{{port}}/ads/show.js http://annonces.localhost:{{port}}/ads/show.js";

/// The same, and the two hosts of one of them.
const ONE_COMPANY: &str = "http://un.annonces.localhost:{{port}}/ads/show.js http://deux.annonces.localhost:{{port}}/ads/show.js";

const TWIN: &str = r#"data-probe-twin="http://images.localhost:{{port}}/favicon.svg""#;

/// What a browser refuses of the ad hosts, as a name server would.
const REFUSED: [&str; 2] = ["*://localhost:*/*", "*annonces.localhost:*/*"];

fn asking(hosts: &str, more: &str) -> Options {
    let attributes =
        format!(r#"data-policy="always" data-delay="0" data-lang="fr" data-consent="given" data-probe="{hosts}" {more}"#);
    let mut site = site(&page(&attributes));
    site.csp = Some(String::new());
    site
}

/// A reader on such a site, whose pages know the server's port.
async fn reader_of(kind: Kind, site: Options) -> Result<Reader> {
    let reader = Reader::new(kind, site).await?;
    fill(&reader)?;
    Ok(reader)
}

fn fill(reader: &Reader) -> Result<()> {
    let port = reader.site.site.rsplit(':').next().unwrap_or_default().to_owned();
    let options = reader.site.options.write();
    let mut options = options.map_err(|_| anyhow::anyhow!("the server has failed"))?;
    for html in options.pages.values_mut() {
        *html = html.replace("{{port}}", &port);
    }
    Ok(())
}

/// Has Chromium refuse addresses, without any blocker and any policy of the page.
async fn refuse(reader: &Reader, urls: &[&str]) -> Result<()> {
    reader
        .browser
        .devtools("Network.setBlockedURLs", json!({ "urls": urls }))
        .await?;
    Ok(())
}

/// Waits for the verdict, and gives its kind, its cause, and why nothing is known of the ad hosts.
async fn verdict(reader: &Reader) -> Result<(String, String, String)> {
    let verdict = reader.event("verdict").await?["detail"].clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let signals = verdict["signals"].as_array().context("no signals")?;
    let host = signals.iter().find(|signal| signal["name"] == "host").context("no host")?;
    Ok((text(&verdict["kind"]), text(&verdict["cause"]), text(&host["why"])))
}

async fn expect(reader: &Reader, kind: &str, cause: &str, why: &str) -> Result<()> {
    let found = verdict(reader).await?;
    ensure!(
        found == (kind.into(), cause.into(), why.into()),
        "expected {kind}, {cause}, {why:?}, found {found:?}"
    );
    Ok(())
}

/// No problem is told of the ad hosts.
async fn no_problem(reader: &Reader) -> Result<()> {
    let told = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => detail)";
    reader.expect(told, json!([])).await
}

/// The control of what follows: without anything of the page's in between, hosts that fail are the network's doing.
#[test]
fn hosts_of_two_companies_that_fail_are_the_networks_doing() {
    run(async {
        let reader = reader_of(Kind::Chromium, asking(HOSTS, "")).await?;
        reader.open("/page.html").await?;
        expect(&reader, "clear", "none", "").await?;
        refuse(&reader, &REFUSED).await?;
        reader.open("/page.html").await?;
        expect(&reader, "blocked", "network", "").await?;
        no_problem(&reader).await?;
        // One of them that answers is enough.
        refuse(&reader, &REFUSED[..1]).await?;
        reader.open("/page.html").await?;
        expect(&reader, "clear", "none", "").await?;
        no_problem(&reader).await
    });
}

#[test]
fn one_company_whose_hosts_fail_is_no_evidence_and_told_of() {
    run(async {
        for hosts in ["http://localhost:{{port}}/ads/show.js", ONE_COMPANY] {
            let reader = reader_of(Kind::Chromium, asking(hosts, TWIN)).await?;
            reader.open("/page.html").await?;
            expect(&reader, "clear", "none", "").await?;
            no_problem(&reader).await?;
            refuse(&reader, &REFUSED).await?;
            reader.open("/page.html").await?;
            expect(&reader, "unsure", "none", "doubtful").await?;
            let problem = reader.problem("probe", "one company").await?;
            let used = problem["used"].as_str().unwrap_or_default();
            ensure!(used.contains("name two hosts of different companies"), "{problem}");
            reader.no_notice().await?;
        }
        Ok(())
    });
}

#[test]
fn hosts_that_the_pages_policy_refuses_are_not_blocked_and_the_directive_is_named() {
    run_in(CLEAR, async |kind| {
        for (policy, directive) in [
            ("connect-src 'self'", "connect-src"),
            (
                "default-src 'self' 'wasm-unsafe-eval'; script-src 'self' 'wasm-unsafe-eval' https: http:",
                "connect-src",
            ),
            // One that is refused spoils the question.
            ("connect-src 'self' http://localhost:*", ""),
        ] {
            let mut site = asking(HOSTS, "");
            site.csp = Some(policy.into());
            let reader = reader_of(kind, site).await?;
            reader.open("/page.html").await?;
            let why = if directive.is_empty() { "" } else { "policy" };
            expect(&reader, "clear", "none", why).await?;
            if directive.is_empty() {
                no_problem(&reader).await?;
            } else {
                reader
                    .problem("probe", &format!("{directive} of its Content-Security-Policy"))
                    .await?;
            }
            reader.no_notice().await?;
        }
        Ok(())
    });
}

/// A policy that only reports refuses nothing: what fails then failed otherwise.
#[test]
fn a_policy_that_only_reports_excuses_nothing() {
    run(async {
        let report = Answer::Header("content-security-policy-report-only".into(), "connect-src 'self'".into());
        let reader = reader_of(Kind::Chromium, asking(HOSTS, "").with("/page.html", report)).await?;
        refuse(&reader, &REFUSED).await?;
        reader.open("/page.html").await?;
        expect(&reader, "blocked", "network", "").await?;
        reader
            .until("witness.violations.some((text) => text.startsWith('connect-src'))")
            .await?;
        no_problem(&reader).await
    });
}

#[test]
fn hosts_that_must_not_be_embedded_are_not_blocked() {
    run(async {
        let header = |name: &str, value: &str| Answer::Header(name.into(), value.into());
        let coep = "cross-origin-embedder-policy";
        let cors = |origin: &str| header("access-control-allow-origin", origin);
        let site = asking(HOSTS, "")
            .with("/page.html", header(coep, "require-corp"))
            .with("/ads/", cors("https://autre.example"));
        let reader = reader_of(Kind::Chromium, site).await?;
        reader.open("/page.html").await?;
        expect(&reader, "clear", "none", "policy").await?;
        // It refuses both, and which of the two is told of first is not promised.
        reader.problem("probe", "the page refuses http://").await?;
        reader.no_notice().await?;
        drop(reader);

        // Who may be read may be embedded, and a policy that only reports refuses nothing.
        for site in [
            asking(HOSTS, "")
                .with("/page.html", header(coep, "require-corp"))
                .with("/ads/", cors("*")),
            asking(HOSTS, "")
                .with("/page.html", header(&format!("{coep}-report-only"), "require-corp"))
                .with("/ads/", cors("https://autre.example")),
        ] {
            let reader = reader_of(Kind::Chromium, site).await?;
            reader.open("/page.html").await?;
            expect(&reader, "clear", "none", "").await?;
            refuse(&reader, &REFUSED).await?;
            reader.open("/page.html").await?;
            expect(&reader, "blocked", "network", "").await?;
            no_problem(&reader).await?;
        }
        Ok(())
    });
}

/// Where a service worker stands between page and network, or a function of the page's in the place of `fetch`, nothing but a twin on another host has
/// been through it as well.
#[test]
fn what_stands_between_page_and_network_takes_a_twin_on_another_host() {
    run(async {
        let script = |text: &str| javascript(text);
        let worker = "addEventListener('install', () => skipWaiting());
            addEventListener('activate', (event) => event.waitUntil(clients.claim()));
            addEventListener('fetch', () => {});";
        let register = "navigator.serviceWorker.register('/worker.js');
            window.control = () => navigator.serviceWorker.controller !== null;";
        let replace = "{ const original = fetch; window.fetch = (...given) => original(...given); }
            window.control = () => !/native code/.test(fetch);";
        for (before, what) in [(register, "a service worker"), (replace, "in the place of fetch")] {
            for (twin, kind, cause, why) in [("", "unsure", "none", "doubtful"), (TWIN, "blocked", "network", "")] {
                let mut site = asking(HOSTS, twin)
                    .with("/worker.js", script(worker))
                    .with("/before.js", script(before));
                for html in site.pages.values_mut() {
                    *html = html.replace("<script async", r#"<script src="/before.js"></script><script async"#);
                }
                let reader = reader_of(Kind::Chromium, site).await?;
                reader.open("/page.html").await?;
                reader.until("control()").await?;
                refuse(&reader, &REFUSED).await?;
                reader.open("/page.html").await?;
                reader.until("control()").await?;
                expect(&reader, kind, cause, why).await?;
                if why.is_empty() {
                    no_problem(&reader).await?;
                } else {
                    reader.problem("probe", what).await?;
                    reader.no_notice().await?;
                }
            }
        }
        Ok(())
    });
}

/// Starts a server that speaks TLS for another one on this machine, and gives its port.
async fn secured(port: u16) -> Result<u16> {
    let acceptor = fake_internet::acceptor("presse.localhost")?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let secure_port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
                tokio::io::copy_bidirectional(&mut stream, &mut server).await
            });
        }
    });
    Ok(secure_port)
}

#[test]
fn hosts_by_http_are_not_asked_on_a_page_by_https() {
    run(async {
        let browser = Browser::chromium(&["--host-resolver-rules=MAP *.example 127.0.0.1"], Certificates::Any).await?;
        let hosts = "http://ads.example:{{port}}/ads/show.js http://annonces.localhost:{{port}}/ads/show.js";
        let reader = Reader::with_browser(browser, asking(hosts, ""))?;
        fill(&reader)?;
        let port = reader.site.site.rsplit(':').next().unwrap_or_default().parse()?;
        let secure_port = secured(port).await?;
        reader
            .open_url(&format!("https://presse.localhost:{secure_port}/page.html"))
            .await?;
        // The browser itself refuses it.
        let control =
            format!("fetch('http://ads.example:{port}/ads/show.js', {{ mode: 'no-cors' }}).then(() => false, () => true)");
        reader.expect(&control, true).await?;
        expect(&reader, "clear", "none", "policy").await?;
        reader.problem("probe", "mixed content").await?;
        reader.no_notice().await
    });
}

/// Files on a host of its own, as some have a CDN rewrite addresses.
fn on_another_host(attributes: &str) -> Options {
    let page = page(&format!(r#"data-policy="always" data-delay="0" data-lang="fr" {attributes}"#));
    let mut site = site(&page.replace(r#"src="/soutien/"#, r#"src="http://cdn.localhost:{{port}}/soutien/"#));
    site.csp = Some(String::new());
    site
}

#[test]
fn files_on_another_host_are_told_of_and_what_fails_there_accuses_nobody() {
    let cors = Answer::Header("access-control-allow-origin".into(), "*".into());
    run_in(CLEAR, async |kind| {
        let reader = reader_of(kind, on_another_host("").with("/soutien/", cors.clone())).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.problem("script", "files on another host: ").await?;
        reader.unharmed().await
    });
    run(async {
        let reader = reader_of(Kind::Refusing, on_another_host("").with("/soutien/", cors.clone())).await?;
        reader.open("/page.html").await?;
        let verdict = reader.event("verdict").await?["detail"].clone();
        ensure!(verdict["kind"] == "unsure" && verdict["cause"] == "none", "{verdict}");
        let signals = verdict["signals"].as_array().context("no signals")?;
        let script = signals.iter().find(|signal| signal["name"] == "script");
        ensure!(script.is_some_and(|signal| signal["why"] == "doubtful"), "{verdict}");
        reader.no_notice().await
    });
    // What is hidden on the page is blocked wherever our files are.
    run(async {
        let reader = reader_of(Kind::Ublock, on_another_host("").with("/soutien/", cors.clone())).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        Ok(())
    });
}

/// Without its leave, the module cannot be read there.
#[test]
fn files_on_another_host_that_cannot_be_read_are_told_of() {
    run_in(CLEAR, async |kind| {
        let reader = reader_of(kind, on_another_host("")).await?;
        reader.open("/page.html").await?;
        let told = "witness.events.map(({ name, detail }) => `${name} ${detail.key}`)";
        reader.until(&format!("{told}.length === 2")).await?;
        reader.expect(told, json!(["problem script", "problem soutien.wasm"])).await?;
        reader
            .expect("/files on another host: /.test(witness.warnings[0])", true)
            .await?;
        reader.usable().await
    });
}
