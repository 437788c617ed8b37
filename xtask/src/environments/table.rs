//! The table of environments.

use super::Engine::{Chromium, Firefox};
use super::{Deviation, Engine, Environment, Launch, Page, Truth, Way};

const BOTH: &[Engine] = &[Chromium, Firefox];
const CHROMIUM: &[Engine] = &[Chromium];
const FIREFOX: &[Engine] = &[Firefox];

/// A reader without a blocker on the demo's first page, with nothing unusual.
pub(super) const PLAIN: Environment = Environment {
    name: "",
    engines: BOTH,
    truth: Truth::NoBlocker,
    launch: Launch::Plain,
    page: Page::Demo,
    ad_host: "",
    csp: Some(""),
    attributes: "",
    style: "",
    script: "",
    body: "",
    answers: &[],
    way: Way::Open,
    control: "",
    may_be_silent: false,
};

/// All three slots of the demo's page have got an advertisement.
const ADS_SHOW: &str = "document.querySelectorAll('ins[data-ad-status=filled]').length === 3";

/// The page's ad script failed.
const ADS_FAIL: &str = "observed.failed.some((address) => address.endsWith('/ads/show.js'))";

/// A script with a name that EasyList blocks is refused, and one with a name of no meaning is not.
pub(super) const REQUESTS_REFUSED: &str =
    "Promise.all([observed.refuses('ads'), observed.refuses('page')]).then(([bait, twin]) => bait && !twin)";

/// An element with a name that EasyList hides is hidden, and one with a name of no meaning is not.
pub(super) const ELEMENTS_HIDDEN: &str = "observed.hides('banner-ad') && !observed.hides('headline-row')";

/// Every file of ours that plays a bait.
const BAITS: &str = "/soutien/probe";

const HTML: Deviation = Deviation::Body(
    "text/html",
    "<!DOCTYPE html><title>Connexion</title><p>Veuillez vous connecter.</p>",
);

/// Every environment, in the order of the matrix.
pub const ENVIRONMENTS: &[Environment] = &[
    Environment {
        name: "nothing unusual",
        control: "document.querySelectorAll('ins[data-ad-status=filled]').length === 3 && !observed.hides('banner-ad') &&
            observed.refuses('ads').then((isRefused) => !isRefused)",
        ..PLAIN
    },
    Environment {
        name: "page without ads",
        page: Page::Short,
        control: "!document.querySelector('ins')",
        ..PLAIN
    },
    Environment {
        name: "zoom 25 %",
        launch: Launch::Zoom,
        way: Way::Zoom(25),
        control: "Math.abs(devicePixelRatio - 0.25) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "zoom 67 %",
        launch: Launch::Zoom,
        way: Way::Zoom(67),
        control: "Math.abs(devicePixelRatio - 0.67) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "zoom 300 %",
        launch: Launch::Zoom,
        way: Way::Zoom(300),
        control: "Math.abs(devicePixelRatio - 3) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "zoom 500 %",
        launch: Launch::Zoom,
        way: Way::Zoom(500),
        control: "Math.abs(devicePixelRatio - 5) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "pixel ratio 1",
        control: "devicePixelRatio === 1",
        ..PLAIN
    },
    Environment {
        name: "pixel ratio 2",
        launch: Launch::PixelRatio(2),
        control: "devicePixelRatio === 2",
        ..PLAIN
    },
    Environment {
        name: "pixel ratio 3",
        launch: Launch::PixelRatio(3),
        control: "devicePixelRatio === 3",
        ..PLAIN
    },
    Environment {
        name: "zoom 400 %, 320 px wide",
        launch: Launch::Zoom,
        way: Way::Zoom(400),
        control: "Math.abs(devicePixelRatio - 4) < 0.02 && innerWidth === 320",
        ..PLAIN
    },
    Environment {
        name: "window of 320 px",
        engines: CHROMIUM,
        way: Way::Narrow(320),
        control: "innerWidth === 320",
        ..PLAIN
    },
    Environment {
        name: "forced colours",
        launch: Launch::ForcedColours,
        way: Way::Media("", "forced-colors", "active"),
        control: "matchMedia('(forced-colors: active)').matches",
        ..PLAIN
    },
    Environment {
        name: "print media",
        engines: CHROMIUM,
        way: Way::Media("print", "", ""),
        control: "matchMedia('print').matches",
        ..PLAIN
    },
    Environment {
        name: "printed while probing",
        way: Way::Print,
        control: "observed.printed.length > 0",
        ..PLAIN
    },
    Environment {
        name: "body hidden for 2 s",
        style: "body { display: none }",
        script: "addEventListener('load', () => setTimeout(() => {
            document.body.style.display = 'block';
            observed.shown = performance.now();
        }, 2000));",
        control: "observed.shown > observed.began",
        ..PLAIN
    },
    Environment {
        name: "background tab",
        way: Way::Background,
        control: "observed.visibility[0][0] === 'hidden' && observed.visibility.at(-1)[0] === 'visible'",
        ..PLAIN
    },
    Environment {
        name: "left and returned to",
        page: Page::Short,
        way: Way::Return,
        control: "observed.persisted",
        ..PLAIN
    },
    Environment {
        name: "prerendered",
        engines: CHROMIUM,
        answers: &[
            ("/opener.html", Deviation::Header("speculation-rules", "\"/rules.json\"")),
            (
                "/rules.json",
                Deviation::Body(
                    "application/speculationrules+json",
                    r#"{"prerender": [{"source": "list", "urls": ["/page.html"], "eagerness": "immediate"}]}"#,
                ),
            ),
        ],
        way: Way::Prerender,
        control: "observed.prerendered && performance.getEntriesByType('navigation')[0].activationStart > 0",
        ..PLAIN
    },
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
        attributes: "data-consent='given' data-probe='http://localhost:{{port}}/ads/show.js' data-probe-twin='http://images.localhost:{{port}}/favicon.svg'",
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "ad host and twin answer, with data-probe",
        attributes: "data-consent='given' data-probe='http://localhost:{{port}}/ads/show.js' data-probe-twin='http://images.localhost:{{port}}/favicon.svg'",
        control: ADS_SHOW,
        ..PLAIN
    },
    Environment {
        name: "no name is known, with data-probe",
        engines: CHROMIUM,
        launch: Launch::NoDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: "data-consent='given' data-probe='http://ads.example:{{port}}/ads/show.js' data-probe-twin='http://images.example:{{port}}/favicon.svg'",
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "page hides its own .ad",
        style: ".ad, .ads, [class*='ad-'], [id*='ad-'] { display: none !important }",
        control: "observed.hides('ad') && observed.hides('ad-banner')",
        ..PLAIN
    },
    Environment {
        name: "bait redirected to a page",
        page: Page::Short,
        answers: &[
            (BAITS, Deviation::Status(302)),
            (BAITS, Deviation::Header("location", "/controle.html")),
        ],
        control: "fetch('/soutien/probe.js').then(({ redirected }) => redirected)",
        ..PLAIN
    },
    Environment {
        name: "bait answered by a page",
        page: Page::Short,
        answers: &[(BAITS, HTML)],
        control: "fetch('/soutien/probe.js').then(({ headers }) => headers.get('content-type').startsWith('text/html'))",
        ..PLAIN
    },
    Environment {
        name: "bait answered by a service worker",
        page: Page::Short,
        script: "navigator.serviceWorker.register('/worker.js');",
        answers: &[(
            "/worker.js",
            Deviation::Body(
                "text/javascript",
                "addEventListener('install', () => skipWaiting());
                addEventListener('activate', (event) => event.waitUntil(clients.claim()));
                addEventListener('fetch', (event) => {
                    if (!event.request.url.includes('/soutien/probe')) return;
                    event.respondWith(new Response('<!DOCTYPE html>', { headers: { 'content-type': 'text/html' } }));
                });",
            ),
        )],
        way: Way::Worker,
        control: "fetch('/soutien/probe.js').then((answer) => answer.text()).then((text) => text === '<!DOCTYPE html>')",
        ..PLAIN
    },
    Environment {
        name: "fetch replaced by the page",
        page: Page::Short,
        script: "const original = fetch;
            window.fetch = (...given) => /\\.wasm|observer/.test(given[0].url ?? given[0]) ? original(...given) :
                Promise.reject(new TypeError('replaced'));",
        control: "fetch('/page.html').then(() => false, ({ message }) => message === 'replaced')",
        ..PLAIN
    },
    Environment {
        name: "getComputedStyle replaced by the page",
        page: Page::Short,
        script: "window.getComputedStyle = () => ({
            display: 'none', visibility: 'hidden', maxWidth: '0px', opacity: '0', getPropertyValue: () => 'none',
        });",
        control: "getComputedStyle(document.body).visibility === 'hidden'",
        ..PLAIN
    },
    Environment {
        name: "offsetParent and sizes replaced by the page",
        page: Page::Short,
        script: "for (const [name, value] of [['offsetParent', null], ['offsetHeight', 0], ['offsetWidth', 0]])
            Object.defineProperty(HTMLElement.prototype, name, { get: () => value });",
        control: "document.body.offsetHeight === 0",
        ..PLAIN
    },
    Environment {
        name: "page of frames",
        page: Page::FrameSet,
        control: "document.body.localName === 'frameset'",
        ..PLAIN
    },
    Environment {
        name: "body removed",
        page: Page::Short,
        script: "document.addEventListener('DOMContentLoaded', () => document.body.remove());",
        control: "document.body === null",
        ..PLAIN
    },
    Environment {
        name: "in a frame",
        page: Page::Framing(""),
        way: Way::Framed,
        control: "parent !== self",
        ..PLAIN
    },
    Environment {
        name: "in a sandboxed frame",
        page: Page::Framing("sandbox='allow-scripts'"),
        way: Way::Framed,
        control: "origin === 'null'",
        may_be_silent: true,
        ..PLAIN
    },
    Environment {
        name: "page removes foreign nodes",
        page: Page::Short,
        // A document becomes interactive before its deferred scripts run.
        script: "document.addEventListener('readystatechange', () => new MutationObserver((records) => {
                for (const { addedNodes } of records) for (const node of addedNodes) node.remove();
            }).observe(document, { childList: true, subtree: true }), { once: true });",
        control: "(() => {
            const node = document.createElement('p');
            document.body.append(node);
            return Promise.resolve().then(() => !node.isConnected);
        })()",
        ..PLAIN
    },
    Environment {
        name: "uBlock Origin",
        engines: FIREFOX,
        truth: Truth::Extension,
        launch: Launch::UblockOrigin,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "uBlock Origin, page without ads",
        engines: FIREFOX,
        truth: Truth::Extension,
        launch: Launch::UblockOrigin,
        page: Page::Short,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "EasyList, requests only",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::Requests,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "EasyList, requests only, page without ads",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::Requests,
        page: Page::Short,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "EasyList, styles only",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::UserStyles,
        control: ELEMENTS_HIDDEN,
        ..PLAIN
    },
    Environment {
        name: "EasyList, styles only, page without ads",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::UserStyles,
        page: Page::Short,
        control: ELEMENTS_HIDDEN,
        ..PLAIN
    },
    Environment {
        name: "EasyList, styles of the page's own kind",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::AuthorStyles,
        control: ELEMENTS_HIDDEN,
        ..PLAIN
    },
    Environment {
        name: "DNS blocking, with data-probe",
        engines: CHROMIUM,
        truth: Truth::Network,
        launch: Launch::BlockingDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: "data-consent='given' data-probe='http://ads.example:{{port}}/ads/show.js' data-probe-twin='http://images.example:{{port}}/favicon.svg'",
        control: ADS_FAIL,
        ..PLAIN
    },
];

/// The environment of this name.
pub fn find(name: &str) -> Option<&'static Environment> {
    ENVIRONMENTS.iter().find(|environment| environment.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_environment_has_a_control() {
        let names: HashSet<_> = ENVIRONMENTS.iter().map(|environment| environment.name).collect();
        assert_eq!(names.len(), ENVIRONMENTS.len());
        assert!(ENVIRONMENTS.iter().all(|environment| !environment.control.is_empty()));
    }
}
