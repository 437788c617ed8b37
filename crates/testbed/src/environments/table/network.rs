//! Networks, ad hosts, policies and processors that are unusual.

use crate::environments::environment::{
    ADS_FAIL, CHROMIUM, Deviation, Environment, FIREFOX, Launch, PLAIN, Page, Truth, UNKNOWN_HOSTS, Way,
};

/// All three slots of the demo's page have got an advertisement.
const ADS_SHOW: &str = "document.querySelectorAll('ins[data-ad-status=filled]').length === 3";

/// Two ad hosts, which answer, and a twin on a third.
const HOSTS_AND_TWIN: &str = "data-consent='given' data-probe-twin='http://images.localhost:{{port}}/favicon.svg'
    data-probe='http://localhost:{{port}}/ads/show.js http://annonces.localhost:{{port}}/ads/show.js'";

/// The same hosts, with the site itself as their twin.
const HOSTS: &str = "data-consent='given'
    data-probe='http://localhost:{{port}}/ads/show.js http://annonces.localhost:{{port}}/ads/show.js'";

/// A request to the ad host that asks for no leave fails.
const AD_HOST_REFUSED: &str =
    "fetch(`http://localhost:${location.port}/ads/show.js`, { mode: 'no-cors' }).then(() => false, () => true)";

/// The ad host lets no page read its answers.
const NOBODY_MAY_READ: (&str, Deviation) = (
    "/ads/",
    Deviation::Header("access-control-allow-origin", "https://autre.example"),
);

/// A service worker that answers for no host but its own.
const OWN_HOST_ALONE: Deviation = Deviation::Body(
    "text/javascript",
    "addEventListener('install', () => skipWaiting());
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => {
        if (new URL(event.request.url).origin !== location.origin) event.respondWith(Response.error());
    });",
);

/// In the order of the matrix.
pub(super) const ROWS: &[Environment] = &[
    Environment {
        name: "ad host slow, 10 s",
        answers: &[("/ads", Deviation::Delay(10_000))],
        // Listed as loaded only when it is; it has to be asked for.
        control: "!performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/ads/show.js')) &&
            document.querySelector('script[src$=\"/ads/show.js\"]') !== null",
        ..PLAIN
    },
    Environment {
        name: "ad host answers 404",
        answers: &[("/ads", Deviation::Status(404))],
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "ad host answers 500",
        answers: &[("/ads", Deviation::Status(500))],
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "ad host refuses connections",
        ad_host: "http://localhost:{{closed}}",
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "offline after load",
        engines: CHROMIUM,
        way: Way::Offline,
        control: "!navigator.onLine && observed.refuses('page')",
        ..PLAIN
    },
    Environment {
        name: "processor 6 times slower",
        engines: CHROMIUM,
        way: Way::Slow(6.0),
        control: "true",
        ..PLAIN
    },
    Environment {
        name: "processor 6 times slower, page without ads",
        engines: CHROMIUM,
        page: Page::Short,
        way: Way::Slow(6.0),
        control: "true",
        ..PLAIN
    },
    Environment {
        name: "strict policy",
        csp: None,
        control: ADS_SHOW,
        ..PLAIN
    },
    Environment {
        name: "policy without the ad host",
        csp: Some(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; require-trusted-types-for 'script'",
        ),
        control: "observed.violations.some((text) => text.startsWith('script-src') && text.endsWith('/ads/show.js'))",
        ..PLAIN
    },
    Environment {
        name: "policy without images and frames",
        csp: Some("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'"),
        control: "observed.violations.some((text) => text.startsWith('img-src'))",
        ..PLAIN
    },
    Environment {
        name: "tracking protection, strict",
        engines: FIREFOX,
        truth: Truth::TrackingProtection,
        launch: Launch::TrackingProtection,
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "tracking protection, with data-probe",
        engines: FIREFOX,
        truth: Truth::TrackingProtection,
        launch: Launch::TrackingProtection,
        attributes: HOSTS_AND_TWIN,
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "ad host and twin answer, with data-probe",
        attributes: HOSTS_AND_TWIN,
        control: ADS_SHOW,
        ..PLAIN
    },
    Environment {
        name: "no name is known, with data-probe",
        engines: CHROMIUM,
        launch: Launch::NoDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: UNKNOWN_HOSTS,
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "policy without the ad hosts, with data-probe",
        csp: Some("script-src 'self' 'wasm-unsafe-eval' https: http:; connect-src 'self'"),
        attributes: HOSTS,
        control: "observed.violations.some((text) => text.startsWith('connect-src') && text.endsWith('/ads/show.js'))",
        ..PLAIN
    },
    Environment {
        name: "page that embeds only what allows it, with data-probe",
        engines: CHROMIUM,
        page: Page::Short,
        attributes: HOSTS,
        answers: &[
            (
                "/page.html",
                Deviation::Header("cross-origin-embedder-policy", "require-corp"),
            ),
            NOBODY_MAY_READ,
        ],
        control: AD_HOST_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "page isolated from other origins, with data-probe",
        engines: CHROMIUM,
        page: Page::Short,
        attributes: HOSTS,
        answers: &[
            (
                "/page.html",
                Deviation::Header("cross-origin-embedder-policy", "require-corp"),
            ),
            ("/page.html", Deviation::Header("cross-origin-opener-policy", "same-origin")),
            NOBODY_MAY_READ,
        ],
        control: "crossOriginIsolated",
        ..PLAIN
    },
    Environment {
        name: "service worker for its own host, with data-probe",
        engines: CHROMIUM,
        page: Page::Short,
        attributes: HOSTS,
        script: "navigator.serviceWorker.register('/worker.js');",
        answers: &[("/worker.js", OWN_HOST_ALONE)],
        way: Way::Worker,
        control: AD_HOST_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "fetch for its own host, with data-probe",
        page: Page::Short,
        attributes: HOSTS,
        script: "const original = fetch;
            window.fetch = (...given) => new URL(given[0].url ?? given[0], location.href).origin === location.origin ?
                original(...given) : Promise.reject(new TypeError('before consent'));",
        control: AD_HOST_REFUSED,
        ..PLAIN
    },
];
