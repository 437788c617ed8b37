// Sends the publisher's numbers: what happened on a view, and nothing about who reads. Fetched only where a publisher names an endpoint.
//
// It hears of everything by our own events. They wait until the reader has consented, go out in batches, and are tried again where the
// server fails. A batch has a random number of its own, by which whoever receives it drops what came twice; docs/numbers.md has the schema.

// The events that count, each with what of its detail goes along.
const EVENTS = {
  verdict: ({ kind, cause, ms }) => ({ kind, cause, ms: Math.round(ms) }),
  show: () => ({}),
  close: ({ by }) => ({ by }),
  support: () => ({}),
  recheck: () => ({}),
  recovered: () => ({}),
  relapsed: ({ days }) => ({ days }),
  refused: () => ({}),
};

// How long events are gathered, how long the first new try waits (the next ones twice as long each), and how many tries there are.
const GATHER_MS = 1000;
const RETRY_MS = 2000;
const TRIES = 5;

// No more is kept of a view, nor of what a browser takes at its end.
const MOST_EVENTS = 200;

export default (endpoint, analytics, hasConsent, problem, past) => {
  let queue = [];
  // What is under way, or waits for its next try.
  const open = new Set();
  let timer;
  let verdicts = 0;

  // Each check has a verdict; only the first one of a view counts as the view's.
  const note = (name, detail) => {
    const isFirst = name === "verdict" && verdicts++ === 0;
    if (queue.length < MOST_EVENTS) queue.push({ name, ...EVENTS[name](detail ?? {}), ...(isFirst && { first: true }) });
    timer ??= setTimeout(flush, GATHER_MS);
  };

  const pack = () => {
    const id = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return JSON.stringify({ version: 1, batch: id, events: queue.splice(0) });
  };

  // A text is the one kind of body that asks no other origin for its leave.
  const post = (body, tries) => {
    open.add(body);
    fetch(endpoint, { method: "POST", body, keepalive: true, credentials: "omit" })
      .then((response) => (response.ok ? open.delete(body) : Promise.reject(response.status)))
      .catch((reason) => {
        if (tries < TRIES) return setTimeout(post, RETRY_MS * 2 ** (tries - 1), body, tries + 1);
        open.delete(body);
        problem("endpoint", String(reason), "nothing: a batch is lost");
      });
  };

  const flush = () => {
    timer = undefined;
    if (queue.length === 0) return;
    if (hasConsent()) post(pack(), 1);
    else timer = setTimeout(flush, GATHER_MS);
  };

  for (const name in EVENTS) document.addEventListener(`soutien:${name}`, ({ detail }) => note(name, detail));
  for (const [name, detail] of past) if (name in EVENTS) note(name, detail);
  // The page may be on its way to be closed, or to be kept for a return.
  addEventListener("pagehide", () => {
    if (queue.length > 0 && hasConsent()) open.add(pack());
    for (const body of open) if (navigator.sendBeacon(endpoint, body)) open.delete(body);
  });
};
