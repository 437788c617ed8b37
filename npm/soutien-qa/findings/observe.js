// Runs on a page from its beginning, in the variant of the extension for machines: watches it, and tells what it shows when it is asked.
// Whoever steers the browser dispatches `soutien:observe` on the document, and gets `soutien:observation`, whose `detail` is a text in JSON:
// what judge.js takes. It needs nothing else than that event, so that it is the same for every driver.

import { elements, isLocked, pathOf } from "./elements.js";
import { watch } from "./watch.js";

// The page is looked at once it has loaded, for which it has so long, and when nothing has changed for a while then, or after so long in any case; in
// milliseconds. Pages that wait for a file of somebody's are rarer than machines that are busy.
const LOAD = 10_000;
const REST = 400;
const AT_MOST = 3_000;
const POLL = 50;

// The other half of the extension waits for what is underway, and its background may have to read all lists anew.
const EXPLAIN_LIMIT = 15_000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const until = async (isSo, atMost) => {
  const began = performance.now();
  while (!isSo() && performance.now() - began < atMost) await pause(POLL);
};

// Waits until the page has come to rest.
const settle = async (restsSince) => {
  await until(() => document.readyState === "complete", LOAD);
  await until(() => performance.now() - restsSince() >= REST, AT_MOST);
};

// Asks the other half of the extension, which alone can ask the blocker: what it did, what hides elements, and by which rules.
const explain = (question) =>
  new Promise((done, fail) => {
    const late = setTimeout(() => {
      document.removeEventListener("soutien:explained", answer);
      fail(new Error(`the extension has not said within ${EXPLAIN_LIMIT / 1_000} s what the blocker did`));
    }, EXPLAIN_LIMIT);
    const answer = ({ detail }) => {
      clearTimeout(late);
      const answered = JSON.parse(detail);
      if (answered.error) fail(new Error(`the extension cannot say what the blocker did: ${answered.error}`));
      else done(answered);
    };
    document.addEventListener("soutien:explained", answer, { once: true });
    document.dispatchEvent(new CustomEvent("soutien:explain", { detail: JSON.stringify(question) }));
  });

const resources = () =>
  performance.getEntriesByType("resource").map(({ name, initiatorType, responseStatus }) => ({
    address: name,
    type: initiatorType,
    status: responseStatus ?? 0,
  }));

const observe = async (watched) => {
  await settle(watched.restsSince);
  // Once the blocker has answered it has its rules, but what it hides by them may still be on its way.
  await explain({ requests: [], selectors: [] });
  await pause(POLL);
  const { tab, sheet } = await explain({ requests: [], selectors: [] });
  const hiding = tab.hits.filter(({ action }) => action === "hidden").map(({ what }) => what);
  const found = elements(watched.handlersOf, [...new Set([...hiding, ...sheet])]);
  const requests = [];
  for (const { targets = [], kind } of found) {
    for (const target of targets) {
      requests.push(target);
      // What a browser sends as a page today, a script may send tomorrow.
      if (kind === "form" && target.kind === "main_frame") requests.push({ ...target, kind: "xmlhttprequest" });
    }
  }
  const unique = [...new Map(requests.map((request) => [`${request.kind} ${request.address}`, request])).values()];
  const fitting = new Set(found.flatMap(({ hider }) => hider?.selectors ?? []));
  const selectors = [...fitting].filter((selector) => !hiding.includes(selector));
  const explained = await explain({ requests: unique, selectors });
  return {
    address: location.href,
    window: [innerWidth, innerHeight],
    elements: found,
    errors: watched.errors(),
    failures: watched.failures(),
    resources: resources(),
    isLocked: isLocked(),
    // Whatever lies beside the script of Soutien belongs to it.
    soutien: [...document.querySelectorAll('script[src*="/soutien.js"]')].map(({ src }) => pathOf(src).replace(/[^/]*$/, "")),
    hits: explained.tab.hits,
    refused: explained.requests.map((source, index) => ({ ...unique[index], ...source })).filter(({ rule }) => rule),
    hiders: explained.selectors.map((source, index) => ({ selector: selectors[index], ...source })),
  };
};

// It may be asked several times, and only the page itself is of interest.
if (window === window.top && /^https?:$/.test(location.protocol)) {
  const watched = watch();
  document.addEventListener("soutien:observe", async () => {
    const answer = await observe(watched).catch((error) => ({ error: String(error?.message ?? error) }));
    document.dispatchEvent(new CustomEvent("soutien:observation", { detail: JSON.stringify(answer) }));
  });
}
