// Who tells of the reader's consent: consent managers by TCF, Google's consent mode, the page's own event. What they mean is in `consent.js`.

import { CONSENT_EVENT, CONSENT_GCM, CONSENT_TCF } from "../abi.js";
import { GIVEN, REFUSED, hear, isGranted, least, modeOf } from "./consent.js";
import { problemOnce } from "./events.js";
import { attempt } from "./platform.js";
import { Promise } from "./promise.js";

// What Google's consent mode says of something.
const consentMode = (what) => attempt(() => modeOf(window.dataLayer, what));

// How long a consent manager may take to answer before it counts as one that never does, in milliseconds.
export const CONSENT_MS = 5000;

// What the publisher relies on; what the page itself says; and what holds of each consent manager, where one has been heard.
let relied;
let isAllowed;
const NOBODY = new Map();
let answers = NOBODY;

// Fulfilled once it is known whether the reader consents, be it that nobody will say.
let know;
export const consentIsKnown = new Promise((resolve) => (know = resolve));

// Whether a consent manager by TCF is relied on, by name or because nothing else is.
const isTcf = () => relied <= CONSENT_TCF;

// Tells what is wrong with what the publisher relies on.
const doubt = (isReliedOn, what, used = "no consent") => isReliedOn && problemOnce("consent", what, used);
export const missManager = () => manager || doubt(isTcf(), "no consent manager, and no data-consent");

// Takes what a consent manager answers.
const listen = (data, isGood) => {
  const now = hear(answers, data, isGood);
  if (now === answers) return;
  answers = now;
  if (!answers.size) doubt(isTcf(), "malformed data of a consent manager");
  if (answers.size > 1) doubt(isTcf(), "two consent managers", "what both allow");
  know();
};

// A consent manager takes the place of its stub, or of another one.
let manager;
const findManager = () => {
  const found = attempt(() => window.__tcfapi);
  if (!found || found === manager) return;
  manager = found;
  askingUntil = performance.now() + CONSENT_MS;
  const take = (data, isGood) =>
    attempt(() => {
      askingUntil = data?.eventStatus === "cmpuishown" ? performance.now() + CONSENT_MS : 0;
      listen(data, isGood);
    });
  attempt(() => found("addEventListener", 2, take));
};

// Whether a consent manager asks just now, or may be about to. That counts for a time: what is there is seen, and some never tell that it has gone.
let askingUntil = 0;
export const isAsking = () => {
  findManager();
  return performance.now() < askingUntil;
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
    if (manager && answers === NOBODY) doubt(isTcf(), "a consent manager that does not answer");
    if (!consentMode("analytics_storage")) doubt(relied === CONSENT_GCM, "no consent mode in dataLayer");
    know();
  }, CONSENT_MS);
  if (by !== CONSENT_EVENT && !(isTcf() && manager)) know();
};

// Whether the reader has consented to being counted, as of now.
export const hasConsent = () => {
  findManager();
  if (relied === CONSENT_GCM) return consentMode("analytics_storage") === "granted";
  if (isTcf()) return least(answers) === GIVEN;
  return relied !== CONSENT_EVENT || isAllowed;
};

// Whether the reader has refused advertising, as of now.
export const isRefused = () => least(answers) === REFUSED || consentMode("ad_storage") === "denied";
