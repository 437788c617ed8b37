// What the edge asks of the platform, each as one call. A line of JavaScript weighs a tenth of the same calls made one by one
// through WebAssembly, and `import()` is syntax that Rust cannot say. Nothing is decided here, and nothing throws.

let wake;
let address;

// Calls what may throw: code of the page, or the platform where it refuses. Gives undefined where it does.
const attempt = (call) => {
  try {
    return call();
  } catch {}
};

// The variants `Answer` and `Act` of `Wake`.
const ANSWER = 1;
const ACT = 2;

// Takes the function that is called when something that was asked for has happened, and the one that gives the address of a file of ours.
export const attend = (callback, find) => {
  wake = callback;
  address = find;
};

export const page = () => document;
export const frame = () => self;

// Wakes us after a time in milliseconds.
export const after = (ms, what, run) => {
  setTimeout(() => wake(what, run), ms);
};

// Wakes us with every event of a name. `toggle` does not bubble, so it is caught on its way down.
export const listen = (target, name, what) => target.addEventListener(name, (event) => wake(what, 0, event), name === "toggle");

// Wakes us with the last entry whenever an element comes into view or leaves it.
export const observe = (element, what) => new IntersectionObserver((entries) => wake(what, 0, entries.pop())).observe(element);

// Asks for something once. Each gives 1 where what we asked for came, 2 where the server answered with an error or led elsewhere, 0
// where something else came in its place, 3 where it must not be asked for; and rejects where nothing came. `WORD` is what our file
// says, see `src/baits.rs`.
const WORD = "soutien";
const asks = {
  // Not a `<script>`, because Trusted Types refuse to set its address; blockers see the same request, of the type "script".
  script: (url) => import(url).then((module) => module.default === WORD),
  // Our image is seven pixels wide, as no blocker's stand-in is; those of uBlock Origin are 1, 2, 3 and 32.
  image: (url) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image.naturalWidth === 7);
      image.onerror = reject;
      image.src = url;
    }),
  fetch: (url) => status(url).then((response) => response === 2 ? 2 : response.text().then((text) => text.includes(WORD))),
  // Nothing leaves the site before the reader has consented. An ad host need not allow us to read its answer; that it answers is enough.
  // Where we may read, the answer has to be from the web: a blocker's stand-in is not. One host of several is enough.
  host: (urls) =>
    consentIsKnown.then(() =>
      hasConsent()
        ? Promise.any(
            urls.split(/\s+/).map((url) =>
              fetch(url, { cache: "no-store", credentials: "omit" }).then(
                ({ url }) => /^http/.test(url) || Promise.reject(),
                () => fetch(url, { cache: "no-store", credentials: "omit", mode: "no-cors" }).then(() => 1),
              ),
            ),
          )
        : (relied === 0 && !manager && problem("probe", "no consent manager, and no data-consent", "no probe"), 3),
    ),
};

// Fetches and gives the response, or 2 where the server refused or led to another address of the web. A blocker's redirect leads
// to its own.
const status = (url) =>
  fetch(url, { cache: "no-store" }).then((response) =>
    !response.ok || (response.redirected && /^http/.test(response.url)) ? 2 : response,
  );

// Asks for a bait or a twin, and wakes us with the answer: for a file of ours under a name with this end, or for what `rest` says. When
// asked again, the server must not be what refuses the name.
export const ask = (kind, file, rest, isAgain, token) => {
  const url = file ? address(file) + rest : rest;
  const first = isAgain && asks[kind] !== asks.host ? status(url).catch(() => 0) : Promise.resolve(0);
  first
    .then((refusal) => (refusal === 2 ? 2 : asks[kind](url)))
    .then(
      (answer) => wake(ANSWER, token, +answer),
      () => wake(ANSWER, token, 0),
    );
};

// Fetches a file of ours, and gives an object for JSON, a text otherwise. Where it cannot be had, a problem says so.
const get = (name) =>
  fetch(address(name))
    .then((response) => (response.ok ? (/json$/.test(name) ? response.json() : response.text()) : Promise.reject(response.status)))
    .catch((reason) => fail(name, reason));

const fail = (name, reason) => {
  problem(name, String(reason), "nothing: no notice");
  throw reason;
};

// Fetches a file and wakes us with its content, or not at all.
export const load = (name, what) => {
  get(name).then((content) => wake(what, 0, content), () => {});
};

// The notice. `appeal.js` draws it, and is fetched with its words and its style sheet when one is due.
let appeal;
export const prepare = (words, what) => {
  const script = "appeal.js";
  Promise.all([get(words), get("appeal.css"), import(address(script)).catch((reason) => fail(script, reason))]).then(
    ([words, style, { default: draw }]) => {
      appeal = attempt(() => draw(words, style, (act) => wake(ACT, act)));
      if (!appeal) problem(script, "a browser that is too old for it", "nothing: no notice");
      wake(what, +!!appeal);
    },
    () => wake(what, 0),
  );
};

// Wakes us once the reader is free to be asked. A cache may have kept the file of another release.
export const whenFree = (what) => {
  if (appeal.whenFree) appeal.whenFree(() => wake(what, 0));
  else problem("appeal.js", "the file of another release", "nothing: no notice");
};

// Has the notice do something. Gives false where there is none, or where it cannot.
export const tell = (what, text) => attempt(() => appeal[what](text)) ?? false;

// Whole milliseconds since the page's time origin.
export const now = () => performance.now();

// Whole seconds since 1970 by the reader's clock.
export const date = () => Date.now() / 1000;

export const referrer = () => document.referrer;
export const origin = () => location.origin;
export const isFramed = () => parent !== self;
export const isTyped = (event, key) => event.key === key && !event.defaultPrevented;

// The reader's browser as it names itself.
export const userAgent = () => navigator.userAgent;

// Google's consent mode: a later command says what holds of what it names.
const consentMode = () =>
  Object.assign({}, ...(attempt(() => [...window.dataLayer].filter((entry) => entry?.[0] === "consent").map((entry) => entry[2])) ?? []));

// What holds of the browser, as names of signals with blanks between them.
export const facts = () => {
  const { brave, onLine, connection } = navigator;
  const denied = consentMode().ad_storage === "denied";
  return Object.entries({
    brave,
    firefox: "mozInnerScreenX" in window,
    opera: /\bOPR\//.test(navigator.userAgent),
    offline: onLine === false,
    "save-data": connection?.saveData,
    "consent-refused": denied || isRefused,
  })
    .filter(([, holds]) => holds)
    .map(([name]) => name)
    .join(" ");
};

// How long a consent manager may take to answer before it counts as one that never does, in milliseconds.
const CONSENT_MS = 5000;

// What the publisher relies on, by its number in `Consent`; what the page itself says; and what each consent manager does, by its number.
let relied;
let isAllowed = false;
const managers = new Map();
let isRefused = false;

// Fulfilled once it is known whether the reader consents, be it that nobody will say.
let know;
const consentIsKnown = new Promise((resolve) => (know = resolve));

// Takes what a consent manager answers (`TCData` of IAB's "CMP API v2"). Without purpose 1, storing on a device, nothing may be kept, and no
// ad may be loaded, so that ads that are missing say nothing.
const hear = (data, isGood) => {
  if (data?.cmpStatus === "loading") return;
  const isOpen = data?.eventStatus === "cmpuishown";
  const isFree = data?.gdprApplies === false;
  const consents = data?.purpose?.consents;
  isRefused = !!data?.gdprApplies && !isOpen && !consents?.[1];
  if (isGood && (isOpen || isFree || consents)) managers.set(data.cmpId, !isOpen && (isFree || !!consents[1]));
  else {
    managers.clear();
    problem("consent", "malformed data of a consent manager", "no consent");
  }
  if (managers.size > 1) problem("consent", "two consent managers", "what both allow");
  know();
};

// A consent manager takes the place of its stub, or of another one.
let manager;
const findManager = () => {
  const found = window.__tcfapi;
  if (!found || found === manager) return;
  manager = found;
  attempt(() => found("addEventListener", 2, (data, isGood) => attempt(() => hear(data, isGood))));
};

// Follows the reader's consent by what the publisher relies on.
export const followConsent = (by) => {
  relied = by;
  document.addEventListener("soutien:consent", ({ detail }) => {
    isAllowed = detail?.granted === true;
    know();
  });
  findManager();
  if (by === 0 && manager) {
    setTimeout(() => {
      if (!managers.size) problem("consent", "a consent manager that does not answer", "no consent");
      know();
    }, CONSENT_MS);
  } else if (by !== 2) know();
};

// Whether the reader has consented to being counted. Where there are two consent managers, both have to say so.
export const hasConsent = () => {
  findManager();
  const isGranted = managers.size > 0 && [...managers.values()].every(Boolean);
  return [isGranted, consentMode().analytics_storage === "granted", isAllowed, true][relied];
};

// Loads what sends the numbers, which hears of everything by our own events, and is told of those before it came.
let past;
export const count = (endpoint, analytics) => {
  const script = "numbers.js";
  past = [];
  import(address(script)).then(
    ({ default: start }) => {
      start(endpoint, analytics, hasConsent, problem, past);
      past = undefined;
    },
    (reason) => problem(script, String(reason), "nothing: no numbers"),
  );
};

// What the page's ad tags have become. A stand-in is a shape that the real one does not have: GPT and SmartBlock by their version,
// AdSense by a frame within its frame or on a `data:` address, Amazon by what it cannot do.
export const tags = () => {
  const { googletag, adsbygoogle, apstag } = window;
  const version = attempt(() => googletag?.getVersion?.());
  const slot = find("ins.adsbygoogle");
  if (version === "2021050601" || (adsbygoogle?.loaded && slot && getComputedStyle(slot).maxWidth === "0px")) return "smart-block";
  if (version === "" || find("iframe[id^=aswift_]>iframe,iframe[id^=aswift_][src^='data:']")) return "stand-in";
  if (googletag?.pubadsReady || (adsbygoogle?.loaded && find("ins[data-ad-status]")) || apstag?.renderImp) return "alive";
  const isMissing = document.readyState === "complete" && !version && !adsbygoogle?.loaded && !apstag?.init;
  return isMissing && find("script[src*='/gpt.js'],script[src*='/adsbygoogle.js'],script[src*='/apstag.js']") ? "missing" : "";
};

// The language tags of the page and of the reader, between them a blank.
export const languages = () => `${document.documentElement.lang} ${navigator.language}`;

// A property of an object as a text; empty where there is none.
export const word = (object, key) => String(object?.[key] ?? "");

// Reads a storage of the page; undefined where there is nothing, and with a problem where it is denied. Who denies one denies both.
export const read = (area, key) => {
  try {
    return self[area].getItem(key) ?? undefined;
  } catch (error) {
    if (area === "localStorage") problem(area, error.name, "a first visit");
  }
};

// Writes a storage; an empty text takes the entry away. A reader who denies it, or whose storage is full, is met as new on the next view.
export const write = (area, key, value) => {
  try {
    if (value) self[area].setItem(key, value);
    else self[area].removeItem(key);
  } catch (error) {
    problem(area, error.name, "nothing: the closing is forgotten");
  }
};

// A lot from 1 to 100.
export const draw = () => Math.floor(Math.random() * 100) + 1;

// Whether the reader is one of these: selectors, and `cookie:NAME`, with commas between them.
export const isOneOf = (list) => {
  const selectors = list.replace(/,?\s*cookie:([^,\s]+)/g, (_, name) =>
    document.cookie.split("; ").some((cookie) => cookie.startsWith(`${name}=`)) ? ",:root" : "",
  );
  try {
    return !!document.querySelector(selectors.replace(/^,/, "") || ":not(*)");
  } catch {
    problem("exempt", list, "nobody is exempt");
    return false;
  }
};

// Wakes us whenever the page shows another address without being loaded.
export const followCourse = (what) => {
  const place = () => location.pathname + location.search;
  let last = place();
  const look = () => last !== place() && ((last = place()), wake(what, 0));
  (self.navigation ?? self).addEventListener(self.navigation ? "currententrychange" : "popstate", look);
};

export const reload = () => location.reload();

// Leaves the page for where the reader came from, or for the front page.
export const leave = () => {
  if (history.length > 1) history.back();
  else location.assign("/");
};

// Emits an event on the document. Gives false where a listener cancelled it.
export const emit = (name, detail, cancelable) => {
  past?.push([name, detail]);
  return document.dispatchEvent(new CustomEvent(`soutien:${name}`, { detail, cancelable }));
};

export const problem = (key, given, used) => {
  emit("problem", { key, given, used });
  console.warn(`soutien: ${key}: found "${given}", used ${used}`);
};

export const closed = (by) => emit("close", { by });

export const relapsed = (days) => emit("relapsed", { days });

export const verdict = (kind, cause, ms) => ({ kind, cause, signals: [], ms });

export const signal = (verdict, family, name, reading, why, ms) => {
  verdict.signals.push({ family, name, reading, why, ms });
};

// The first element that a selector matches; undefined where there is none or where the selector is not a valid one.
export const find = (selector) => attempt(() => document.querySelector(selector)) ?? undefined;

export const findIn = (element, selector) => element.querySelector(selector) ?? undefined;

// The last element that a selector matches and that shows.
export const findLast = (selector) => [...document.querySelectorAll(selector)].reverse().find(shows);

export const closest = (element, selector) => element.closest?.(selector) ?? undefined;

// An attribute; undefined where there is none.
export const attribute = (element, name) => element.getAttribute(name) ?? undefined;

// Sets an attribute. A style goes through the object model, which no content security policy forbids.
export const set = (element, name, value) => {
  if (name === "style") element.style.cssText = value;
  else element.setAttribute(name, value);
};

export const make = (tag, text) => {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
};

export const append = (parent, element) => parent.append(element);

// Appends an element to the page. A document need not have a body.
export const place = (element) => (document.body ?? document.documentElement).append(element);

// Puts an element into a shadow root of a new host, and the host on the page.
export const shelter = (element) => {
  const host = make("div");
  host.attachShadow({ mode: "open" }).append(element);
  place(host);
};

// Closes a panel by its own means: a dialog, a popover, a `<details>`, or anything else by hiding it.
export const shut = (panel) => {
  if (panel.close) panel.close();
  else if (panel.popover) panel.hidePopover();
  else if ("open" in panel) panel.open = false;
  else panel.hidden = true;
};

// Whether an element takes up space and is not made invisible.
export const shows = (element) =>
  element.offsetHeight > 0 && element.offsetWidth > 0 && getComputedStyle(element).visibility === "visible";

// Whether an element has a box at all, be it an empty one; it has none under `display: none`.
export const isRendered = (element) => element.getClientRects().length > 0;

// Moves the focus to an element without scrolling to it, making the element focusable where it is not.
export const focus = (element) => {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
};

// Scrolls to the top; at once for readers who want no motion.
export const scroll = () =>
  scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
