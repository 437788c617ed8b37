// What is said of the reader's consent, and what it means. These are the rules alone, values in and values out: whatever listens, waits or
// remembers is in `consent-managers.js`.

// What holds of a consent manager once it has answered. While it asks, nothing is allowed. Where there are several, the least holds.
export const REFUSED = 0;
const ASKING = 1;
export const GIVEN = 2;

// Takes what a consent manager answers (`TCData` of IAB's "CMP API v2"), and gives what holds of all of them from then on, by their numbers: none
// where the answer is malformed, and what held before where it says nothing yet. Without purpose 1, storing on a device, nothing may be kept,
// and no ad may be loaded, so that ads that are missing say nothing.
export const hear = (answers, data, isGood) => {
  const { cmpId, cmpStatus, eventStatus, gdprApplies, purpose } = data ?? {};
  // It will say more once it knows whether the law applies.
  if (isGood && (cmpStatus === "loading" || gdprApplies == null)) return answers;
  // Where the law does not apply, nobody has to be asked.
  const consents = gdprApplies === false ? { 1: true } : purpose?.consents;
  const isAsking = eventStatus === "cmpuishown";
  if (!isGood || cmpStatus === "error" || !(isAsking || Object(consents) === consents)) return new Map();
  let answer = consents?.[1] === true ? GIVEN : REFUSED;
  // A reader who looks at it again has not taken a refusal back.
  if (isAsking) answer = answers.get(cmpId) === REFUSED ? REFUSED : ASKING;
  return new Map(answers).set(cmpId, answer);
};

// What holds of all consent managers together; undefined where there is none, or none has answered.
export const least = (answers) => [...answers.values()].sort()[0];

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

// Whether the page's own event says that the reader has consented: plainly, or not at all.
export const isGranted = (detail) => detail?.granted === true;
