// What the edge asks of the platform, each as one call. A line of JavaScript weighs a tenth of the same calls made one by one
// through WebAssembly, and `import()` is syntax that Rust cannot say. Nothing is decided here, and nothing throws.

import { GIVEN, REFUSED, hear, isGranted, least, modeOf } from "./consent.js";

let wake;
let retake;
let address;

// The browser's own, whatever a page has put in its place.
export const Promise = (async () => {})().constructor;

// Calls what may throw: code of the page, or the platform where it refuses. Gives undefined where it does.
export const attempt = (call) => {
  try {
    return call();
  } catch {}
};

// The variants of `Wake`.
const LOOK = 0;
const ANSWER = 1;
const ACT = 2;
const FILES = 4;
const FREE = 5;
const MOVED = 6;
const CHECK = 7;
const HIDE = 8;
const SHOW = 9;
const RETURNED = 10;

// Takes the function that is called when something that was asked for has happened, that which takes texts again as `start` did, and the one that
// gives the address of a file of ours; and follows what the page does by itself: it may show another address without being loaded, or come
// back as it was. What the first function is not given is 0.
export const attend = (callback, take, find) => {
  // A page may replace anything that we call, by what throws.
  wake = (...given) => attempt(() => callback(...given));
  retake = take;
  address = find;
  let { pathname, search } = location;
  const { navigation } = self;
  (navigation ?? self).addEventListener(navigation ? "currententrychange" : "popstate", ({ navigationType }) => {
    // Scripts put other words behind the `?` of the page that is there; that leads nobody to another one.
    const isSame = pathname === location.pathname && (search === location.search || navigationType === "replace");
    ({ pathname, search } = location);
    if (!isSame) wake(MOVED);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && wake(RETURNED));
};

// English is the last resort.
const wantedLanguages = () => `${document.documentElement.lang} ${navigator.language} en`.replace(/[-_]\S*/g, "");

// What is remembered. The entry may be somebody else's.
const remembered = (text) => text?.split("\0")[0];

// The texts that `start` takes before the options.
export const texts = (languages) => [remembered(read("localStorage")), wantedLanguages(), languages, navigator.userAgent];

// Has the module take in what may have changed since: what another tab remembered, and the page's language.
export const remind = () => {
  const text = attempt(() => remembered(localStorage.getItem(KEY)));
  attempt(() => retake([text, wantedLanguages(), ""].join("\0")));
};

// What the page may ask for, as `window.Soutien` has it.
let verdictNow = null;
export const api = (version) => ({
  version,
  get verdict() {
    return verdictNow;
  },
  start: () => problem("start", "a second call", "the first"),
  check: () =>
    new Promise((resolve) => {
      document.addEventListener("soutien:verdict", ({ detail }) => resolve(detail), { once: true });
      wake(CHECK);
    }),
  show: () => wake(SHOW),
  hide: () => wake(HIDE),
});

// Wakes us after a time in milliseconds.
export const after = (ms, what, run) => {
  setTimeout(() => wake(what, run), ms);
};

// How a bait element looks: as an advertisement that is there, and not as what lists make exceptions for (off-screen, tiny or empty). `all` keeps
// every rule of the page's from it, layered or not, where the style is important; that loses to the user style sheets that blockers hide elements
// with, and to nothing else. Some blockers hide with a style sheet in the page, of which only important rules win over this style as it is.
const SHOWN = "all:initial;display:block;width:300px;height:75px;";

// What of a bait's style is compared with its twin's: whatever elements are hidden by.
const HIDING = "display visibility opacity position width height maxWidth maxHeight transform clipPath".split(" ");

export const important = (style) => style.replace(/;/g, "!important;");

export const make = (tag, attributes = {}, text = "") => {
  const element = document.createElement(tag);
  // Not what a page adds to every object.
  for (const [name, value] of Object.entries(attributes)) {
    // A style goes through the object model, which no content security policy forbids.
    if (name === "style") element.style.cssText = value;
    else element.setAttribute(name, value);
  }
  element.textContent = text;
  return element;
};

// Writes the bait elements and their twins, each bait in the order of `Sight` in `src/sight.rs`, and gives what holds of the browser.
//
// They stand in <head>, in an element that is not displayed: so they make no box, are no first, last or only child of anything that a page
// styles, and frameworks that take a document over leave the tail of its head alone. A style is computed for them all the same.
let container;
let baits;
let marks;
export const insert = (classes, id, link, styled, twin) => {
  const strong = important(SHOWN);
  // A name that the page has itself is its own: its scripts would find our element in place of theirs, which comes later.
  const free = (names) => names.replace(/\S+/g, (name) => (find(`.${name},#${name}`) ? "" : name));
  // Lists exempt empty elements.
  const bait = ([name, value, style, tag = "div"]) => make(tag, { [name]: value, style }, "\u00a0");
  const twinOfAll = bait(["class", twin, strong]);
  // A page may style whatever has a word in its class; then it styles the twin as well, whose class begins and ends as that of the bait.
  const weak = free(styled).split(" ").map((name) => [name, `${name}-page page-${name}`]);
  baits = [
    [["class", free(classes), strong], twinOfAll],
    [["id", free(id), strong], twinOfAll],
    [["href", link, strong, "a"], twinOfAll],
    ...weak.map(([name, other]) => [["class", name, SHOWN], bait(["class", other, SHOWN])]),
  ].map(([of, twin]) => [bait(of), twin]);
  container = make("div", { style: "display:none!important" });
  container.append(...new Set(baits.flat()));
  marks = baits.flat().map(({ outerHTML }) => outerHTML);
  (find("head") ?? document.documentElement).append(container);
  return facts();
};

// Whether each bait looks as its twin does, and whether both are still as we made them, a bit each. What a script of the page took away or
// changed says nothing: ad managers do that to whatever looks like an advertisement.
const sights = () => {
  const looks = (element) => HIDING.map((property) => getComputedStyle(element)[property]).join();
  const isOurs = (element, index) => element.parentNode === container && element.outerHTML === marks[index];
  const areOurs = ([bait, twin], index) => container.isConnected && isOurs(bait, index * 2) && isOurs(twin, index * 2 + 1);
  return bits(...baits.map(([bait, twin]) => looks(bait) === looks(twin)), ...baits.map(areOurs));
};

// Whether an element has a box at all, be it an empty one; it has none under `display: none`.
const isRendered = (element) => element?.getClientRects().length;

const bits = (...facts) => facts.reduce((sum, holds, bit) => sum | (!!holds << bit), 0);

// What there is to see, as `Sight` in `src/sight.rs` reads it: of the bait elements; of the page's own slot, which AdSense writes its fate to, whether
// it is there, it and its parent are rendered, and it is filled by the web; and what the ad tags have become. Only a thorough look is one at
// the slot: it has the browser lay the page out.
export const look = (isThorough) =>
  attempt(() => {
    let slots = 0;
    if (isThorough) {
      const slot = find("ins.adsbygoogle[data-ad-slot]");
      const isFilled = slot?.getAttribute("data-ad-status") === "filled" && slot.querySelector("iframe[src^=http]");
      slots = bits(slot, isRendered(slot), isRendered(slot?.closest(":not(ins)")), isFilled);
    }
    // Blockers make the globals of tags throw when they are read.
    return sights() | (slots << 12) | (attempt(() => tags(isThorough)) << 16);
  });

// What the page's ad tags have become: nothing to tell (0), alive (1), missing (2), a blocker's stand-in (3), that of Firefox (4). A stand-in is a
// shape that the real one does not have: GPT and SmartBlock by their version, AdSense by a frame within its frame or on a `data:`
// address, Amazon by what it cannot do. The page is searched for what a tag leaves there only where there is such a tag.
const tags = (isThorough) => {
  const { googletag, adsbygoogle, apstag } = window;
  const version = attempt(() => googletag?.getVersion?.());
  const isLoaded = adsbygoogle?.loaded;
  const slot = isLoaded && find("ins.adsbygoogle");
  if (version === "2021050601" || (slot && getComputedStyle(slot).maxWidth === "0px")) return 4;
  if (version === "" || (adsbygoogle && find("iframe[id^=aswift_]>iframe,iframe[id^=aswift_][src^='data:']"))) return 3;
  if (googletag?.pubadsReady || (isLoaded && find("ins[data-ad-status]")) || apstag?.renderImp) return 1;
  const isMissing = isThorough && document.readyState === "complete" && !version && !isLoaded && !apstag?.init;
  return isMissing && find("script[src*='/gpt.js'],script[src*='/adsbygoogle.js'],script[src*='/apstag.js']") ? 2 : 0;
};

// Fetches and gives the response, or `ANSWERED` where the server refused or led to another address of the web. A blocker's redirect leads
// to its own.
const status = async (url) => {
  const response = await fetch(url, { cache: "no-store" });
  return !response.ok || (response.redirected && /^http/.test(response.url)) ? ANSWERED : response;
};

// The questions that are asked by requests, by their numbers in `Name`, but for that of the script.
const IMAGE = 5;
const FETCH = 6;
const HOST = 10;

// What an answer can be, as `src/sight.rs` has it: nothing came, or something else in its place; what we asked for came; the server answered
// with an error, or led elsewhere; it must not be asked for; the page's own policy refuses it; and it failed, but not only a blocker does that.
const FAILS = 0;
const ANSWERED = 2;
const UNASKED = 3;
const DOUBTFUL = 5;

// Asks for something once. Each gives an answer, or whether what we asked for came, and rejects where nothing came. `WORD` is what our file
// says, see `src/baits.rs`.
const WORD = "soutien";
const asks = {
  // Not a `<script>`, because Trusted Types refuse to set its address; blockers see the same request, of the type "script".
  4: (url) => import(url).then((module) => module.default === WORD),
  // Our image is seven pixels wide, as no blocker's stand-in is; those of uBlock Origin are 1, 2, 3 and 32.
  5: (url) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image.naturalWidth === 7);
      image.onerror = reject;
      image.src = url;
    }),
  6: (url) => status(url).then((response) => response === ANSWERED ? ANSWERED : response.text().then((text) => text.includes(WORD))),
  // Nothing leaves the site before the reader has consented. What asks ad hosts is a file of its own, for sites that name some.
  10: (urls, turn) =>
    consentIsKnown.then(async () => {
      if (!hasConsent()) return missManager(), UNASKED;
      const answer = await fetchModule("hosts.js", (askHosts) => askHosts(urls, turn, problem, isNative), "nothing");
      return answer ?? UNASKED;
    }),
};

// Whether a function is the browser's own. Consent managers and the like put functions of theirs in its place, which refuse names as blockers do. What
// stands for another function has no name here.
export const isNative = (call) => /^function \w[^]+\[native/.test(Function.prototype.toString.call(call));

// What asks for something. `import()` is no function, and nothing can take its place.
const askerOf = (name) => (name === IMAGE ? Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src").set : name === FETCH && fetch);

// Asks for a bait or a twin, and wakes us with the answer. `rest` is how the address of our file ends, or that of ad hosts. Browsers
// remember a script that failed, so each turn of each check has an address of its own. When asked again, the server must not be what
// refuses the name. What fails on another host than the page's is third-party there, and what a function of the page's asks for fails for
// reasons of its own: neither is proof.
export const ask = async (name, token, rest) => {
  const turn = token & 3;
  const file = `probe.${name === IMAGE ? "gif" : "js"}`;
  const url = name === HOST ? rest || address("probe.js") : `${address(file)}&${token}${rest}`;
  let answer;
  try {
    const refusal = turn === 2 && name !== HOST && (await status(url).catch(() => {}));
    answer = refusal === ANSWERED ? refusal : await asks[name](url, turn);
  } catch {}
  const isDoubtful = name !== HOST && (isElsewhere(url) || attempt(() => !isNative(askerOf(name))));
  wake(ANSWER, token, +answer || (isDoubtful ? DOUBTFUL : FAILS));
};

// Whether a URL is on the page's own host, and whether it is on another one of the web.
const isHere = (url) => url.split("/")[2] === location.host;
export const isElsewhere = (url) => /^http/.test(url) && !isHere(url);

const fail = (name, reason) => {
  problem(name, String(reason), "nothing: no notice");
  throw reason;
};

// Fetches a file of ours, and gives it as `kind`: `json` or `text`. Where it cannot be had, a problem says so.
const get = async (name, kind) => {
  try {
    const response = await fetch(address(name));
    if (!response.ok) throw response.status;
    return await response[kind]();
  } catch (reason) {
    fail(name, reason);
  }
};

// Fetches a script of ours, and starts what it is. Where it cannot be had or started, a problem says what there is instead.
export const fetchModule = (script, start, used) =>
  import(address(script))
    .then(({ default: part }) => start(part))
    .catch((reason) => problem(script, String(reason), used));

// The words of the notice in a language.
export const fetchWords = (language) => get(`lang/${language}.json`, "json");

// The notice. `appeal.js` draws it, and is fetched with its words and its style sheet when one is due, and with what else it takes here: a way
// to leave, places in the page, the readable form of the site's name.
let appeal;
export const prepare = async (canLeave, hasPlaces, language) => {
  const script = "appeal.js";
  const part = (name) => import(address(name)).then(({ default: part }) => part, (reason) => fail(name, reason));
  try {
    const [words, style, more, draw, place, leave, places, readable] = await Promise.all([
      fetchWords(language),
      get("appeal.css", "text"),
      hasPlaces ? get("places.css", "text") : "",
      part(script),
      part("host.js"),
      canLeave ? part("leaving.js") : undefined,
      hasPlaces ? part("places.js") : undefined,
      /xn--/.test(location.hostname) ? part("hostname.js") : undefined,
    ]);
    appeal = attempt(() => draw(words, style + more, (act) => wake(ACT, act), problem, place, { focus, leave, places, readable }));
    if (!appeal) problem(script, "a browser that is too old for it", "nothing: no notice");
  } catch {}
  wake(FILES, +!!appeal);
};

// Wakes us once the reader is free to be asked. A cache may have kept the file of another release.
export const whenFree = () => {
  if (appeal.whenFree) appeal.whenFree(() => wake(FREE));
  else problem("appeal.js", "the file of another release", "nothing: no notice");
};

// Moves the focus to an element without scrolling to it, making the element focusable, where it is not, for as long as it has the focus; or for
// no longer than that takes.
export const focus = (element, isPassing) => {
  const isMade = element.tabIndex < 0 && !element.hasAttribute("tabindex");
  const restore = () => isMade && element.removeAttribute("tabindex");
  if (isMade) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  if (isPassing) restore();
  else element.addEventListener("blur", restore, { once: true });
};

// Has the notice do something. Gives undefined where there is none, or where it cannot.
export const order = (what, given) => attempt(() => appeal[what](given));
export const tell = (what, number) => !!order(words[what], number);

export const open = (view, dismiss, cause, atHand, title, text, support, logo) =>
  !!order("open", [view, title, text, support, logo, +dismiss, words[cause], atHand].join("\0"));

// Whole milliseconds since the page's time origin.
export const now = () => performance.now();

// Whole seconds since 1970 by the reader's clock.
export const date = () => Date.now() / 1000;

// Whether the reader has been on another page of the site just now: it stands in the tab's history, also where the site sends no referrer, or it led
// here. One that has put this page in its own place did so before it was read, and one that is loaded again leads nobody on.
const cameFromHere = () => {
  const page = (url) => url?.split("#")[0];
  const here = page(location.href);
  // A page may have an element of that name.
  const referrer = `${document.referrer}`;
  return (
    attempt(() => navigation.entries().some(({ url }) => page(url) !== here)) ||
    (isHere(referrer) && referrer !== here && attempt(() => navigation.activation.navigationType) !== "replace")
  );
};

// What holds of the view: the reader came from another page of the site; the page is a frame in another; the reader is one of those
// in a list of selectors and of `cookie:NAME`, with commas between them. The bits above are a lot from 1 to 100.
export const visit = (exempt) => {
  const selectors = exempt.replace(/,?\s*cookie:([^,\s]+)/g, (_, name) =>
    `; ${document.cookie}`.includes(`; ${name}=`) ? ",:root" : "",
  );
  let isExempt;
  try {
    isExempt = document.querySelector(selectors.replace(/^,/, "") || ":not(*)");
  } catch {
    tellOnce("exempt", exempt, "nobody is exempt");
  }
  return bits(cameFromHere(), parent !== self, isExempt) | ((Math.random() * 100 + 1) << 3);
};

// What Google's consent mode says of something.
const consentMode = (what) => attempt(() => modeOf(window.dataLayer, what));

// Browsers that have no tracking protection of their own, by the brands that they call themselves; others may have. Chromium adds a brand of
// no meaning, so that nobody takes the list for granted.
const UNPROTECTED = /^(Google Chrome|Chromium|HeadlessChrome)$|Not.A.Brand/;

// What holds of the browser, in the order of `Name` from `Brave` on; nothing is said here of a stand-in of Firefox's and of crawlers.
const facts = () => {
  const { brave, onLine, connection, userAgent, userAgentData } = navigator;
  const brands = userAgentData?.brands ?? [];
  const isUnprotected = brands[0] && brands.every(({ brand }) => UNPROTECTED.test(brand));
  return bits(
    brave,
    "mozInnerScreenX" in window,
    /\bOPR\//.test(userAgent),
    0,
    0,
    !onLine,
    connection?.saveData,
    isRefused(),
    !isUnprotected,
  );
};

// How long a consent manager may take to answer before it counts as one that never does, in milliseconds.
const CONSENT_MS = 5000;

// Some of the variants of `Consent`.
const TCF = 0;
const GCM = 1;
const EVENT = 2;

// What the publisher relies on; what the page itself says; and what holds of each consent manager, where one has been heard.
let relied;
let isAllowed;
const NOBODY = new Map();
let answers = NOBODY;

// Fulfilled once it is known whether the reader consents, be it that nobody will say.
let know;
const consentIsKnown = new Promise((resolve) => (know = resolve));

// Tells what is wrong with what the publisher relies on.
const doubt = (by, what, used = "no consent") => by === relied && tellOnce("consent", what, used);
const missManager = () => manager || doubt(TCF, "no consent manager, and no data-consent");

// Takes what a consent manager answers.
const listen = (data, isGood) => {
  const now = hear(answers, data, isGood);
  if (now === answers) return;
  answers = now;
  if (!answers.size) doubt(TCF, "malformed data of a consent manager");
  if (answers.size > 1) doubt(TCF, "two consent managers", "what both allow");
  know();
};

// A consent manager takes the place of its stub, or of another one.
let manager;
const findManager = () => {
  const found = attempt(() => window.__tcfapi);
  if (!found || found === manager) return;
  manager = found;
  attempt(() => found("addEventListener", 2, (data, isGood) => attempt(() => listen(data, isGood))));
};

// Follows the reader's consent by what the publisher relies on.
export const followConsent = (by) => {
  relied = by;
  document.addEventListener("soutien:consent", ({ detail }) => {
    isAllowed = attempt(() => isGranted(detail));
    know();
  });
  findManager();
  setTimeout(() => {
    if (manager && answers === NOBODY) doubt(TCF, "a consent manager that does not answer");
    if (!consentMode("analytics_storage")) doubt(GCM, "no consent mode in dataLayer");
    know();
  }, CONSENT_MS);
  if (by !== EVENT && !(by === TCF && manager)) know();
};

// Whether the reader has consented to being counted, as of now.
export const hasConsent = () => {
  findManager();
  if (relied === GCM) return consentMode("analytics_storage") === "granted";
  if (relied === TCF) return least(answers) === GIVEN;
  return relied !== EVENT || isAllowed;
};

// Whether the reader has refused advertising, as of now.
const isRefused = () => least(answers) === REFUSED || consentMode("ad_storage") === "denied";

// Loads what sends the numbers, which hears of everything by our own events, and is told of those before it came.
let past;
export const count = (endpoint, analytics) => {
  past = [];
  setTimeout(missManager, CONSENT_MS);
  const begin = (start) => {
    start(endpoint, analytics, hasConsent, problem, past);
    past = undefined;
  };
  fetchModule("numbers.js", begin, "nothing: no numbers");
};

// The one key that we ever write: in the local storage, what is remembered by the reader's own click; in that of the tab, that the
// reader is on the way to allow the site.
const KEY = "soutien";
const TAB = "sessionStorage";

// Reads a storage; undefined where there is nothing, and with a problem where it is denied. Who denies one denies both.
const read = (area) => {
  try {
    return self[area].getItem(KEY) ?? undefined;
  } catch (error) {
    if (area !== TAB) problem(area, error.name, "a first visit");
  }
};

// Writes a storage; an empty text takes the entry away. A reader who denies it, or whose storage is full, is met as new on the next view.
const keep = (area, text) => {
  try {
    if (text) self[area].setItem(KEY, text);
    else self[area].removeItem(KEY);
  } catch (error) {
    problem(area, error.name, "nothing: the closing is forgotten");
  }
};

// What is remembered comes as fields, and is written as one text, which begins with the version of its format.
const VERSION = "1";
let memory = VERSION;
export const field = (number, name) => {
  // As the number without a sign that it is.
  memory += ` ${name}=${number >>> 0}`;
};
export const write = () => {
  keep("localStorage", memory);
  memory = VERSION;
};
export const mark = (isOnTheWay) => keep(TAB, isOnTheWay ? "1" : "");
export const isOnTheWay = () => !!read(TAB);

// Emits an event on the document. Gives false where a listener cancelled it, and undefined where the page keeps us from it.
export const emit = (name, detail = null) => {
  const isKept = attempt(() => document.dispatchEvent(new CustomEvent(`soutien:${name}`, { detail, cancelable: name === "show" })));
  if (isKept) past?.push([name, detail]);
  return isKept;
};

export const problem = (key, given, used) => {
  emit("problem", { key, given, used });
  attempt(() => console.warn(`soutien: ${key}: found "${given}", used ${used}`));
};

// Tells of a problem once, however often it is met.
const told = new Set();
const tellOnce = (key, given, used) => {
  if (told.has(given)) return;
  told.add(given);
  problem(key, given, used);
};

export const close = (by) => {
  order("close");
  emit("close", { by: words[by] });
};

export const relapsed = (days) => emit("relapsed", { days });

// The words of `src/wire.rs`, by their numbers in Rust.
let words;
export const learn = (text) => (words = text.split(" "));
export const say = (event) => !!emit(words[event]);

// The verdict comes after its signals. The bait elements go before it: a listener may look at the page.
let signals = [];
export const signal = (family, name, reading, why, ms) => {
  signals.push({ family: words[family], name: words[name], reading: words[reading], why: words[why], ms });
};

export const verdict = (kind, cause, ms) => {
  container.remove();
  verdictNow = { kind: words[kind], cause: words[cause], signals, ms };
  signals = [];
  emit("verdict", verdictNow);
};

// The first element that a selector matches; null where there is none, undefined where the selector is not a valid one.
export const find = (selector) => attempt(() => document.querySelector(selector));
