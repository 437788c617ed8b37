//! Pages that do unusual things, and servers that give them unusual answers.

use crate::environments::environment::{
    ADS_FAIL, CHROMIUM, Deviation, Environment, Launch, PLAIN, Page, Truth, UNKNOWN_HOSTS, Way,
};

/// Every file of ours that plays a bait.
const BAITS: &str = "/soutien/probe";

const HTML: Deviation = Deviation::Body(
    "text/html",
    "<!DOCTYPE html><title>Connexion</title><p>Veuillez vous connecter.</p>",
);

/// An element with a name of an advertisement, which a script of the page's takes away or hides; the page's own baits are of that kind.
const TAKEN: &str = "observed.taken > 0";

/// In the order of the matrix.
pub(super) const ROWS: &[Environment] = &[
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
];
