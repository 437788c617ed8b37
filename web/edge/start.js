// How it begins: what the loader hands over, and what of the page is followed from then on.

import { WAKE_MOVED, WAKE_RETURNED } from "../abi.js";
import { CONSENT_MS, isTold, mayCount, missManager, onConsent } from "./consent-managers.js";
import { document } from "./document.js";
import { problem, setPast } from "./events.js";
import { fetchModule, setAddress } from "./files.js";
import { options } from "./options.js";
import { attempt } from "./platform.js";
import { readMemory, readMemoryAgain } from "./storage.js";
import { setWake, wake } from "./wake.js";

let retake;

// Takes the function that is called when something that was asked for has happened, that which takes texts again as `start` did, and the one that
// gives the address of a file of ours; and follows what the page does by itself: it may show another address without being loaded, or come
// back as it was.
export const attend = (callback, take, find) => {
  setWake(callback);
  retake = take;
  setAddress(find);
  let { pathname, search } = location;
  const { navigation } = self;
  (navigation ?? self).addEventListener(navigation ? "currententrychange" : "popstate", ({ navigationType }) => {
    // Scripts put other words behind the `?` of the page that is there; that leads nobody to another one.
    const isSame = pathname === location.pathname && (search === location.search || navigationType === "replace");
    ({ pathname, search } = location);
    if (!isSame) wake(WAKE_MOVED);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && wake(WAKE_RETURNED));
};

// English is the last resort.
const wantedLanguages = () => `${document.documentElement.lang} ${navigator.language} en`.replace(/[-_]\S*/g, "");

// The texts that `start` takes before the options.
export const texts = (languages) => [readMemory(), wantedLanguages(), languages, navigator.userAgent];

// Has the module take in what may have changed since: what another tab remembered, and the page's language.
export const remind = () => attempt(() => retake([readMemoryAgain(), wantedLanguages(), ""].join("\0")));

// Loads what sends the numbers, which hears of everything by our own events, and is told of those before it came.
export const count = () => {
  const past = [];
  setPast(past);
  setTimeout(missManager, CONSENT_MS);
  const begin = (start) => {
    start(options, { mayCount, isTold, onConsent }, problem, past);
    setPast();
  };
  fetchModule("numbers.js", begin, "nothing: no numbers");
};
