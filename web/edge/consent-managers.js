// Who tells of the reader's consent: consent managers by TCF, Google's consent mode, the page's own event, and WordPress' consent API, which is a file
// of its own. What they mean is in `consent.js`.

import { CONSENT_GCM, CONSENT_GIVEN, CONSENT_TCF, CONSENT_WP } from "../abi.js";
import { ADS, COUNTING, UNREFUSED, allowedByEvent, hear, least, modeOf } from "./consent.js";
import { document } from "./document.js";
import { problem, problemOnce } from "./events.js";
import { fetchModule } from "./files.js";
import { attempt, bits } from "./platform.js";
import { Promise } from "./promise.js";

// What Google's consent mode says of something.
const consentMode = (what) => attempt(() => modeOf(window.dataLayer, what));

// How long a consent manager may take to answer before it counts as one that never does, in milliseconds.
export const CONSENT_MS = 5000;

// What the publisher relies on; what the page's event allows; and what holds of each consent manager, where one has been heard.
let relied;
let allowedByPage = 0;
const NOBODY = new Map();
let answers = NOBODY;

// Fulfilled once it is known whether the reader consents, be it that nobody will say.
let know;
export const consentIsKnown = new Promise((resolve) => (know = resolve));

// Who wants to hear of every change, besides.
let heard;
export const onConsent = (call) => (heard = call);
const tell = () => {
  know();
  heard?.();
};

// Whether a consent manager by TCF is relied on, by name or because nothing else is.
const isTcf = () => relied <= CONSENT_TCF;

// Whether the page says what is allowed, by an event or by WordPress.
const isByPage = () => relied > CONSENT_GCM && relied < CONSENT_GIVEN;

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
  tell();
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

// Takes what the page says, as its event has it.
const listenToPage = ({ detail }) => {
  allowedByPage = attempt(() => allowedByEvent(detail));
  tell();
};

// Follows the reader's consent by what the publisher relies on.
export const followConsent = (by) => {
  relied = by;
  document.addEventListener("soutien:consent", listenToPage);
  if (by === CONSENT_WP) fetchModule("wordpress.js", (follow) => follow(listenToPage, problem), "no consent");
  findManager();
  setTimeout(() => {
    if (manager && answers === NOBODY) doubt(isTcf(), "a consent manager that does not answer");
    if (!consentMode("analytics_storage")) doubt(relied === CONSENT_GCM, "no consent mode in dataLayer");
    know();
  }, CONSENT_MS);
  if (isTcf() ? !manager : !isByPage()) know();
};

// What the reader has allowed, as of now.
const allowed = () => {
  findManager();
  if (isTcf()) return least(answers);
  if (relied === CONSENT_GCM) return bits(consentMode("analytics_storage") === "granted", consentMode("ad_storage") === "granted");
  return isByPage() ? allowedByPage : COUNTING | ADS;
};
export const mayCount = () => !!(allowed() & COUNTING);
export const mayAskHosts = () => allowed() & ADS;

// Whether whoever knows of the reader's consent will tell of a change, so that nobody has to ask.
export const isTold = () => (isTcf() ? answers.size > 0 : relied !== CONSENT_GCM);

// Whether the reader has refused advertising, as of now.
export const isRefused = () => !(least(answers) & UNREFUSED) || consentMode("ad_storage") === "denied";
