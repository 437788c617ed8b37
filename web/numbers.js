// Sends the publisher's numbers: what happened on a view, and nothing about who reads. Fetched only where a publisher names an endpoint, or
// analytics of the page.
//
// It hears of everything by our own events. They wait until the reader has consented. To the endpoint they go out in batches, which are tried
// again where the server fails. A batch has a random number of its own, by which whoever receives it drops what came twice;
// docs/numbers.schema.json has the schema. Where the reader does not consent, nothing is asked again and again: whoever tells of consent is listened
// to, and where nobody would tell, the time between two looks grows twice as long each time.
//
// On a large site, one view in so many sends its verdicts, and says for how many views each of them stands. What comes of the notices is rare, and exact.

import { OPTION_ANALYTICS, OPTION_COUNT, OPTION_ENDPOINT } from "./abi.js";
import { document } from "./edge/document.js";

// The events that count, each with what of its detail goes along.
const EVENTS = {
  verdict: ["kind", "cause", "ms"],
  show: [],
  close: ["by"],
  support: [],
  recheck: [],
  recovered: [],
  relapsed: ["days"],
  refused: [],
};

// The page's own analytics: where each of them is, how it takes an event, and whether anybody reads what it takes. Google Analytics takes
// names of 40 characters and values of 100 (https://support.google.com/analytics/answer/9267744), the others take more.
const ANALYTICS = {
  // What gtm.js reads (https://developers.google.com/tag-platform/tag-manager/datalayer). It remembers each value until another comes: an
  // event says all of them. It gives the queue a `push` of its own, as stand-ins do; most of them keep nothing, and none has Google's global.
  datalayer: {
    find: () => window.dataLayer,
    give: (layer, { name, kind, cause, ms, by, days }) => {
      const entry = { event: `soutien_${name}`, soutien_kind: kind, soutien_cause: cause, soutien_ms: ms, soutien_by: by, soutien_days: days };
      layer.push(entry);
      return layer.includes(entry);
    },
    isRead: (layer) =>
      layer.push !== Array.prototype.push &&
      (window.google_tag_manager || !document.querySelector("script[src*='//www.googletagmanager.com/']")),
  },
  // What matomo.js reads (https://developer.matomo.org/guides/tracking-javascript-guide). It puts an object of its own in the array's place.
  matomo: {
    find: () => window._paq,
    give: (queue, { name, ms, ...said }) => {
      const words = Object.values(said).join(" ");
      queue.push(["trackEvent", "Soutien", name, ...(words ? [words] : []), ...(ms === undefined ? [] : [ms])]);
    },
    isRead: (queue) => !Array.isArray(queue),
  },
  // What Plausible's script reads (https://plausible.io/docs/custom-event-goals). It replaces the page's function, which has a queue, or marks
  // it as loaded. What happens to us is no interaction with the page, or nobody would ever bounce.
  plausible: {
    find: () => window.plausible,
    give: (plausible, { name, ms, ...said }) => {
      const props = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, String(value)]));
      plausible(`Soutien ${name}`, { props, interactive: false });
    },
    isRead: (plausible) => !plausible.q || plausible.l === true,
  },
};

// How long events are gathered, how long the first new try waits (the next ones twice as long each), and how many tries there are.
const GATHER_MS = 1000;
const RETRY_MS = 2000;
const TRIES = 5;

// How long the page's analytics may take to be there and to read, from the first event that may go out.
const PATIENCE_MS = 10000;

// How long they are given events without a pause, because the code that takes them is not ours.
const SLICE_MS = 1;

// No more is kept of a view, nor of what a browser takes at its end.
const MOST_EVENTS = 200;
const LONGEST = 100;

const REDIRECT = "a redirect";

// Has `JSON.stringify` see an object or array of ours as it is: it asks each for a `toJSON`, which a page may have given to all of them.
const plain = (object) => Object.defineProperty(object, "toJSON", { value: undefined });

export default (options, consent, problem, past) => {
  const { [OPTION_ENDPOINT]: endpoint, [OPTION_ANALYTICS]: analytics } = options;
  // Of how many views one sends its verdicts, and whether this is one. Some pages have `Math.random` give the same on each view.
  const weight = Number(options[OPTION_COUNT]);
  const isDrawn = weight < 2 || crypto.getRandomValues(new Uint32Array(1))[0] % weight === 0;
  // When the endpoint and the analytics are served next; each in a task of its own, so that none takes long. While there is no consent, neither is.
  let timer;
  let turn;
  // When consent is looked for next, and how long that waits.
  let look;
  let wait = GATHER_MS;
  let verdicts = 0;
  let isLossTold = false;
  // What has not been packed yet, and the batches that are under way, or wait for their next try.
  const queue = [];
  const open = new Set();

  // A relative address is on this site. One that leads elsewhere all the same, as `//host/` does, is nobody's leave to send anything there.
  const resolve = () => {
    try {
      const url = new URL(endpoint, document.baseURI);
      // Nothing can be fetched from an address with a name and a password, which that of the page may have.
      url.username = url.password = "";
      if (url.origin === location.origin || /^https?:\/\//i.test(endpoint)) return url.href;
    } catch {}
    problem("endpoint", endpoint, "nothing: an address on another host has to begin with https://");
  };
  const address = endpoint && resolve();
  const isElsewhere = address && new URL(address).origin !== location.origin;

  const takers = new Set();
  for (const name of new Set(analytics.split(/\s+/).filter(Boolean))) {
    if (ANALYTICS[name]?.give) takers.add({ name, ...ANALYTICS[name], queue: [] });
    else problem("analytics", name, "nothing");
  }

  const tidy = (value) => (typeof value === "number" ? Math.round(value) : String(value).slice(0, LONGEST));

  // A page may have replaced what something takes, and must not hear of it.
  const safely = (act) => (...given) => {
    try {
      act(...given);
    } catch (error) {
      problem("numbers.js", String(error), "nothing: numbers are lost");
    }
  };

  // Each check has a verdict; only the first one of a view counts as the view's.
  const note = safely((name, detail) => {
    const said = Object.fromEntries(EVENTS[name].map((key) => [key, tidy(detail?.[key])]));
    const isFirst = name === "verdict" && verdicts++ === 0;
    const isSent = address && (isDrawn || name !== "verdict");
    if (isSent && queue.length < MOST_EVENTS) queue.push(plain({ name, ...said, ...(isFirst && { first: true }) }));
    timer ??= setTimeout(flush, GATHER_MS);
    if (name === "verdict" && !isFirst) return;
    for (const taker of takers) if (taker.queue.length < MOST_EVENTS) taker.queue.push({ name, ...said });
    turn ??= setTimeout(serve, GATHER_MS);
  });

  const pack = () => {
    const batch = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const stands = isDrawn && weight > 1 && { weight };
    const packed = { body: JSON.stringify(plain({ version: 1, batch, ...stands, events: plain(queue.splice(0)) })), n_tries: 0 };
    open.add(packed);
    return packed;
  };

  // A text is the one kind of body that asks no other origin for its leave. A redirect is not followed: it might lead to one.
  const post = safely((packed) => {
    clearTimeout(packed.again);
    packed.again = undefined;
    // The reader has left and come back meanwhile, or has taken consent back.
    if (!consent.mayCount()) open.delete(packed);
    if (!open.has(packed)) return;
    packed.n_tries++;
    fetch(address, { method: "POST", body: packed.body, keepalive: true, credentials: "omit", redirect: "manual" })
      .then(({ ok, type, status }) => (ok ? open.delete(packed) : Promise.reject(type === "opaqueredirect" ? REDIRECT : status)))
      .catch((reason) => {
        if (packed.n_tries < TRIES && reason !== REDIRECT) {
          packed.again = setTimeout(post, RETRY_MS * 2 ** (packed.n_tries - 1), packed);
          return;
        }
        open.delete(packed);
        if (isLossTold) return;
        isLossTold = true;
        const need = isElsewhere ? `, which has to be answered with "Access-Control-Allow-Origin: ${location.origin}"` : "";
        problem("endpoint", `${reason} from ${address}${need}`, "nothing: a batch is lost");
      });
  });

  // Returns one of the page's analytics what waits, until a time. What is wrong with it is told once.
  const hand = (taker, until) => {
    const tell = (found) => {
      if (!taker.isTold) problem("analytics", `${taker.name}: ${found}`, "nothing: readers are missing there");
      taker.isTold = true;
    };
    taker.began ??= performance.now();
    taker.isSettled = performance.now() - taker.began > PATIENCE_MS;
    try {
      const object = taker.find();
      while (object && taker.queue.length > 0 && performance.now() < until) {
        if (taker.give(object, taker.queue.shift()) === false) tell("a stand-in");
      }
      if (!taker.isSettled) return;
      if (!object) throw "nothing there";
      if (!taker.isRead(object)) tell("a queue that nobody reads");
    } catch (error) {
      takers.delete(taker);
      tell(String(error));
    }
  };

  const flush = safely(() => {
    timer = undefined;
    if (queue.length === 0) return;
    if (consent.mayCount()) post(pack());
    else lookLater();
  });

  const serve = safely(() => {
    turn = undefined;
    if (!consent.mayCount()) return lookLater();
    const until = performance.now() + SLICE_MS;
    for (const taker of takers) hand(taker, until);
    const waits = ({ queue, began, isSettled }) => queue.length > 0 || (began && !isSettled);
    if ([...takers].some(waits)) turn = setTimeout(serve, performance.now() < until ? GATHER_MS : 0);
  });

  // Serves what waits for consent, if there is some now.
  const resume = safely(() => {
    look = undefined;
    if (!consent.mayCount()) return lookLater();
    timer ??= setTimeout(flush);
    turn ??= setTimeout(serve);
  });
  const lookLater = () => {
    if (look || consent.isTold()) return;
    look = setTimeout(resume, wait);
    wait *= 2;
  };
  consent.onConsent(resume);

  for (const name in EVENTS) {
    // What the page calls off has not happened, and who hears of it before the page does cannot know.
    document.addEventListener(`soutien:${name}`, (event) => queueMicrotask(() => event.defaultPrevented || note(name, event.detail)));
  }
  for (const [name, detail] of past) if (name in EVENTS) note(name, detail);
  // The page may be on its way to be closed, or to be kept for a return.
  const leave = safely(() => {
    if (!consent.mayCount()) return;
    for (const taker of takers) hand(taker, Infinity);
    if (queue.length > 0) pack();
    // Requests of ours may outlive the page, except in older browsers (Firefox before 133). There a beacon takes their place, which sends cookies and
    // follows redirects, and so goes to the page's own host alone. Where the page is kept, what did not go is tried again like all the rest.
    const doOutlive = "keepalive" in Request.prototype;
    for (const packed of open) {
      if (!doOutlive && !isElsewhere && navigator.sendBeacon?.(address, packed.body)) open.delete(packed);
      else if (packed.again || packed.n_tries === 0) post(packed);
    }
  });
  addEventListener("pagehide", leave);
};
