// Asks the ad hosts that a publisher names. Fetched only where there are some, and the reader has consented.
//
// A host that cannot be reached is evidence only where nothing but a blocker treats it otherwise than its twin: not where the page's own policy
// refuses it, or the page stands between itself and the network, or one company alone is out of reach.

import { ANSWER_DOUBTFUL, ANSWER_FAILS, ANSWER_FORBIDDEN, ANSWER_WORKS, TURN_AGAIN, TURN_BAIT, TURN_TWIN } from "../abi.js";
import { document } from "./document.js";

// How long after a refusal the browser may take to report that a policy of the page's was it, in milliseconds: which of both comes first is not
// promised.
const REPORT_MS = 250;

// Second levels below which countries register names, as in `example.co.uk`; those of two letters besides.
const SHORT = /^(..?|com|net|org|edu|gov|gob|gouv|asso|nom|info)$/;

// The origins that a policy refused, with what it was.
const refused = new Map();
let heard = () => {};
const note = (url, what) => {
  try {
    refused.set(new URL(url).origin, what);
    heard();
  } catch {}
};

document.addEventListener("securitypolicyviolation", ({ disposition, blockedURI, effectiveDirective }) => {
  if (disposition === "enforce") note(blockedURI, `${effectiveDirective} of its Content-Security-Policy`);
});
try {
  // Chromium alone tells of the others, of which Cross-Origin-Embedder-Policy is one.
  new ReportingObserver((reports) => {
    for (const { type, body } of reports) {
      // Of this kind, Chromium gives what is in it in this way alone.
      const { disposition, blockedURL } = body?.toJSON() ?? {};
      if (disposition === "enforce") note(blockedURL, `its policy (${type})`);
    }
  }).observe();
} catch {}

// The name under which a company registers: the last two labels of a host's name, or three below a short second level. No list of public
// suffixes is worth its weight here; an address in numbers is a name of its own.
export const registrable = (host) => {
  if (/^[\d.]+$|:/.test(host)) return host;
  const labels = host.split(".");
  const isShort = labels[labels.length - 1].length === 2 && SHORT.test(labels[labels.length - 2]);
  return labels.slice(isShort ? -3 : -2).join(".");
};

// Asks one host, and rejects where it does not answer. It need not allow us to read its answer. Where we may, that has to be from the web: a
// blocker's stand-in is not.
const ask = async (url) => {
  const options = { cache: "no-store", credentials: "omit" };
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    await fetch(url, { ...options, mode: "no-cors" });
    return;
  }
  if (!/^http/.test(response.url)) throw 0;
};

// Whether one of several answers; one is enough.
const anyAnswers = (urls) =>
  new Promise((resolve) => {
    let open = urls.length;
    for (const url of urls) ask(url).then(() => resolve(true), () => --open || resolve(false));
  });

// What stands between the page and the network, if anything does; nothing but a twin on another host has been through it as well.
const between = (isNative) => {
  if (navigator.serviceWorker?.controller) return "a service worker";
  if (!isNative(fetch)) return "a function in the place of fetch";
};

let twin;

// Each is told once.
const told = new Set();

// Asks addresses, with spaces between them, in a turn: the ad hosts first, their twin, and the ad hosts again. Returns an answer.
// `problem` is told what kept it from being one; `isNative` says whether a function is the browser's own.
export default async (addresses, turn, problem, isNative) => {
  const doubt = (answer, what, need) => {
    if (!told.has(what)) problem("probe", `${addresses}: ${what}`, need);
    told.add(what);
    return answer;
  };
  let urls;
  try {
    urls = addresses.split(" ").map((address) => new URL(address, document.baseURI));
  } catch {
    return doubt(ANSWER_FORBIDDEN, "not an address", "no answer: name whole addresses");
  }
  if (turn === TURN_TWIN) {
    [twin] = urls;
    return (await anyAnswers(urls)) ? ANSWER_WORKS : ANSWER_FAILS;
  }
  if (location.protocol === "https:" && urls.some(({ protocol }) => protocol === "http:")) {
    return doubt(ANSWER_FORBIDDEN, "mixed content, which browsers refuse on a page by https", "no answer: name addresses by https");
  }
  if (await anyAnswers(urls)) return ANSWER_WORKS;

  const isRefused = () => urls.some(({ origin }) => refused.has(origin));
  // It may well be told by now. Whatever fails is asked again after its twin, and then there is time to wait.
  if (turn === TURN_AGAIN && !isRefused()) {
    await new Promise((resolve) => {
      heard = () => isRefused() && resolve();
      setTimeout(resolve, REPORT_MS);
    });
  }
  if (isRefused()) {
    const { origin } = urls.find(({ origin }) => refused.has(origin));
    return doubt(ANSWER_FORBIDDEN, `the page refuses ${origin} by ${refused.get(origin)}`, "no answer: the page has to allow it");
  }
  if (turn === TURN_BAIT) return ANSWER_FAILS;
  if (new Set(urls.map(({ hostname }) => registrable(hostname))).size < 2) {
    return doubt(ANSWER_DOUBTFUL, "one company's hosts, whose outage is no blocker", "no evidence: name two hosts of different companies");
  }
  if (self.crossOriginIsolated) {
    return doubt(ANSWER_DOUBTFUL, "a page that is isolated from other origins", "no evidence");
  }
  const what = between(isNative);
  if (what && twin.origin === location.origin) {
    return doubt(ANSWER_DOUBTFUL, `${what}, which may refuse other hosts than its own`, "no evidence: name a twin on another host in data-probe-twin");
  }
  return ANSWER_FAILS;
};
