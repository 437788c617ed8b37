// What is said of the reader's consent, and what it means. These are the rules alone, values in and values out: whatever listens, waits or
// remembers is in `consent-managers.js`.

import { bits } from "./platform.js";

// What holds of a reader, a bit each: may be counted; may be shown ads, without which no ad host is asked; and has not refused them, which is so of
// whoever has said nothing yet.
export const COUNTING = 1;
export const ADS = 2;
export const UNREFUSED = 4;

// What the numbers of TCF's purposes allow (IAB Europe, "TCF Policies", appendix A): 1 is to store and read on a device, 2 to select basic ads, 7 to 9
// to measure ads, content and audiences. Vendors are not asked for: who counts is the site itself, by its own code, and so is who asks ad hosts, which
// learn nothing but that they were asked.
const allowedBy = (consents) => {
  const is = (purpose) => consents[purpose] === true;
  return is(1) && bits([7, 8, 9].some(is), is(2), is(2));
};

// Takes what a consent manager answers (`TCData` of IAB's "CMP API v2"), and gives what holds of all of them from then on, by their numbers: none
// where the answer is malformed, and what held before where it says nothing yet.
export const hear = (answers, data, isGood) => {
  const { cmpId, cmpStatus, eventStatus, gdprApplies, purpose } = data ?? {};
  // It will say more once it knows whether the law applies.
  if (isGood && (cmpStatus === "loading" || gdprApplies == null)) return answers;
  const isAsking = eventStatus === "cmpuishown";
  // Where the law does not apply, nobody has to be asked.
  const consents = gdprApplies === false ? { 1: true, 2: true, 7: true } : purpose?.consents;
  if (!isGood || cmpStatus === "error" || !(isAsking || Object(consents) === consents)) return new Map();
  // While it asks, nothing is allowed; a reader who looks at it again has not taken a refusal back.
  return new Map(answers).set(cmpId, isAsking ? (answers.get(cmpId) ?? UNREFUSED) & UNREFUSED : allowedBy(consents));
};

// What holds of all consent managers together: what each of them allows.
export const least = (answers) => [...answers.values()].reduce((all, answer) => all & answer, answers.size ? COUNTING | ADS | UNREFUSED : UNREFUSED);

// What Google's consent mode, which a page has in `dataLayer`, says of something. A later command holds, but for defaults: those of several
// regions stand side by side, and which one is the reader's Google knows alone. One that denies holds then.
export const modeOf = (layer, what) => {
  let said;
  for (const entry of layer) {
    // What throws when it is read says nothing, and is no reason not to read on.
    try {
      const word = entry[0] === "consent" && entry[2][what];
      if (word && !(entry[1] === "default" && said === "denied")) said = word;
    } catch {}
  }
  return said;
};

// What the page's own event says that the reader has allowed: plainly, or nothing. Where it does not speak of ads, they are as the rest.
export const allowedByEvent = (detail) => {
  const { granted, ads = granted } = detail ?? {};
  return bits(granted === true, ads === true);
};
