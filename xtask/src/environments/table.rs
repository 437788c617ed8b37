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
    files: "",
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

/// Two ad hosts, which answer, and a twin on a third.
const HOSTS_AND_TWIN: &str = "data-consent='given' data-probe-twin='http://images.localhost:{{port}}/favicon.svg'
    data-probe='http://localhost:{{port}}/ads/show.js http://annonces.localhost:{{port}}/ads/show.js'";

/// The same hosts, with the site itself as their twin.
const HOSTS: &str = "data-consent='given'
    data-probe='http://localhost:{{port}}/ads/show.js http://annonces.localhost:{{port}}/ads/show.js'";

/// Two ad hosts that [`Launch::BlockingDns`] and [`Launch::NoDns`] do not know, and a twin that only the latter does not.
const UNKNOWN_HOSTS: &str = "data-consent='given' data-probe-twin='http://images.example:{{port}}/favicon.svg'
    data-probe='http://ads.example:{{port}}/ads/show.js http://annonces.test:{{port}}/ads/show.js'";

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

/// An element with a name of an advertisement, which a script of the page's takes away or hides; the page's own baits are of that kind.
const TAKEN: &str = "observed.taken > 0";

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
        name: "pictures off",
        launch: Launch::NoImages,
        control: "document.images.length > 0 && [...document.images].every((image) => image.naturalWidth === 0)",
        ..PLAIN
    },
    Environment {
        name: "large type, fonts of pages off",
        engines: FIREFOX,
        launch: Launch::OwnType,
        control: "(() => {
            const element = document.createElement('span');
            element.style.font = '8px/1 serif';
            element.textContent = 'x';
            document.body.append(element);
            const { height } = element.getBoundingClientRect();
            element.remove();
            return height >= 24;
        })()",
        ..PLAIN
    },
    Environment {
        name: "pages made dark",
        engines: CHROMIUM,
        launch: Launch::OwnType,
        control: "matchMedia('(prefers-color-scheme: dark)').matches",
        ..PLAIN
    },
    Environment {
        name: "browser that resists being known again",
        engines: FIREFOX,
        launch: Launch::Uniform,
        control: "screen.width === innerWidth && screen.height === innerHeight",
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
            ("/page.html", Deviation::Header("cross-origin-embedder-policy", "require-corp")),
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
            ("/page.html", Deviation::Header("cross-origin-embedder-policy", "require-corp")),
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
    Environment {
        name: "page removes what looks like an ad",
        script: "observed.taken = 0;
            new MutationObserver(() => document.querySelectorAll('[class*=\"ad-\"],[id^=\"ad-\"],.bloc-pub').forEach((element) => {
                element.remove();
                observed.taken++;
            })).observe(document, { childList: true, subtree: true });",
        control: TAKEN,
        ..PLAIN
    },
    Environment {
        name: "page hides what looks like an ad, by script",
        script: "observed.taken = 0;
            setInterval(() => document.querySelectorAll('[class*=\"ad\"],[class*=mpu],[class*=sponsor],[class*=dfp],[href*=doubleclick]')
                .forEach((element) => {
                    element.style.setProperty('display', 'none', 'important');
                    observed.taken++;
                }), 50);",
        control: TAKEN,
        ..PLAIN
    },
    Environment {
        name: "page marks what looks like an ad, by class",
        script: "observed.taken = 0;
            new MutationObserver(() => document.querySelectorAll('[class*=\"ad\"]:not(.absent)').forEach((element) => {
                element.classList.add('absent');
                observed.taken++;
            })).observe(document, { childList: true, subtree: true });",
        style: ".absent { display: none !important }",
        control: TAKEN,
        ..PLAIN
    },
    Environment {
        name: "page squeezes what looks like an ad, by style",
        style: "@layer { [class*='ad-'], .bloc-pub, [id*='ad-'] { max-width: 0 !important } }
            [class*='ad'], [class*='mpu'], [class*='sponsor'], .dfp-slot { max-width: 0 !important; max-height: 0 !important;
                clip-path: inset(100%) !important; scale: 0 !important; position: absolute !important; left: -9999px !important }",
        control: "(() => {
            const element = document.createElement('p');
            element.className = 'ad-leaderboard';
            element.textContent = 'x';
            document.body.append(element);
            const { width } = element.getBoundingClientRect();
            element.remove();
            return width === 0;
        })()",
        ..PLAIN
    },
    Environment {
        name: "Edge with ad hosts refused, with data-probe",
        engines: CHROMIUM,
        truth: Truth::TrackingProtection,
        launch: Launch::BlockingDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: UNKNOWN_HOSTS,
        way: Way::Called(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
            &["Microsoft Edge", "Not)A;Brand", "Chromium"],
        ),
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "browser without brands and ad hosts refused, with data-probe",
        engines: CHROMIUM,
        truth: Truth::TrackingProtection,
        launch: Launch::BlockingDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: UNKNOWN_HOSTS,
        way: Way::Called(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
            &[],
        ),
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "one ad host unknown, with data-probe",
        engines: CHROMIUM,
        launch: Launch::BlockingDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: "data-consent='given' data-probe-twin='http://images.example:{{port}}/favicon.svg'
            data-probe='http://ads.example:{{port}}/ads/show.js'",
        control: ADS_FAIL,
        ..PLAIN
    },
    Environment {
        name: "files on another host",
        page: Page::Short,
        files: "http://cdn.localhost:{{port}}",
        answers: &[
            ("/soutien/", Deviation::Header("access-control-allow-origin", "*")),
            ("/soutien/probe", Deviation::Status(403)),
        ],
        control: "document.querySelector('script[src^=\"http://cdn.localhost\"]') !== null",
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
        name: "page refuses what sounds like an ad, by its own fetch",
        page: Page::Short,
        script: "const original = fetch;
            window.fetch = (...given) => /ads|banner|468x60/.test(given[0].url ?? given[0]) ?
                Promise.reject(new TypeError('refused')) : original(...given);",
        control: "fetch('/ads?id=1').then(() => false, ({ message }) => message === 'refused')",
        ..PLAIN
    },
    Environment {
        name: "page refuses what sounds like an ad, by a stand-in for fetch",
        page: Page::Short,
        script: "window.fetch = new Proxy(fetch, { apply: (original, self, given) => /ads|banner|468x60/.test(given[0].url ?? given[0]) ?
                Promise.reject(new TypeError('refused')) : Reflect.apply(original, self, given) });",
        control: "fetch('/ads?id=1').then(() => false, ({ message }) => message === 'refused')",
        ..PLAIN
    },
    Environment {
        name: "page refuses pictures that sound like an ad",
        page: Page::Short,
        script: "const { get, set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
            Object.defineProperty(HTMLImageElement.prototype, 'src', {
                get,
                set(url) {
                    if (/ads|banner/.test(url)) this.dispatchEvent(new Event('error'));
                    else set.call(this, url);
                },
            });",
        control: "new Promise((resolve) => Object.assign(new Image(), { onerror: () => resolve(true), src: '/ads/1.gif' }))",
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
        attributes: UNKNOWN_HOSTS,
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
