// What every adapter does: has the extension play a blocker, and asks a page what came of it. How a page is asked differs from one library to the
// other; what it is asked does not.

/** How long the extension may take to play another blocker. It reads 170,000 rules, beside whatever else the machine does. */
const PLAY_MS = 60_000;

const POLL_MS = 50;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The functions in this object run on the page, and are handed over as text: nothing around them is there.
export const onPage = {
  /** What the extension knows of the tab; null where it does not answer. */
  state: () =>
    new Promise((resolve) => {
      document.addEventListener("soutien:state", ({ detail }) => resolve(JSON.parse(detail)), { once: true });
      document.dispatchEvent(new CustomEvent("soutien:ask"));
      // Where the extension has no script on the page, nobody answers.
      setTimeout(resolve, 1000, null);
    }),

  /** Tells the extension which blocker to play. The page is loaded again under it. */
  choose: (blocker) => {
    document.dispatchEvent(new CustomEvent("soutien:profile", { detail: blocker }));
  },

  /** The verdict of Soutien, or null. */
  verdict: () => (globalThis.Soutien?.verdict ? JSON.parse(JSON.stringify(globalThis.Soutien.verdict)) : null),

  /** Whether a notice is open: a dialog in the shadow root of an element that has no other name. */
  isNoticeOpen: () => [...document.querySelectorAll("[data-soutien]")].some(({ shadowRoot }) => shadowRoot?.querySelector("dialog[open]")),

  /** Whether the document is there. */
  isThere: () => document.readyState !== "loading",

  /** The address of the page. */
  address: () => location.href,
};

/**
 * Asks a page again and again until the answer is neither null nor false, and gives it; undefined where it does not come to that in time.
 * `evaluate` runs a function of `onPage` on the page, and rejects while one page is being replaced by another.
 */
export const until = async (evaluate, question, timeout) => {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await evaluate(question).catch((error) => {
      if (Date.now() > end) throw error;
    });
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > end) return undefined;
    await pause(POLL_MS);
  }
};

/**
 * Has the extension play a blocker, from a page that is open. `evaluate` is as above, and `reload` loads the page again. Afterwards, the page has
 * begun anew under the blocker.
 */
export const play = async (evaluate, reload, blocker) => {
  const end = Date.now() + PLAY_MS;
  let isTold = false;
  let said;
  while (Date.now() < end) {
    const state = await evaluate(onPage.state).catch(() => null);
    said = state?.error ?? said;
    if (!state?.profile) {
      // A page that was opened while the extension began has none of its scripts, or its background has not heard of it. Once it is told, it loads
      // the page by itself, and two would be in each other's way.
      if (!isTold) await reload().catch(() => {});
    } else if (state.profile === blocker) {
      // Not before the page is there again.
      if (await until(evaluate, onPage.isThere, PLAY_MS)) return;
    } else if (!isTold) {
      await evaluate(onPage.choose, blocker);
      isTold = true;
    }
    await pause(POLL_MS);
  }
  const reason = said ?? "the browser has not taken it, or lets it into no such page";
  throw new Error(`soutien-qa: the extension does not play ${blocker}: ${reason}`);
};

/** The verdict of a page, which is waited for. */
const verdictOf = async (evaluate, timeout) => {
  const verdict = await until(evaluate, onPage.verdict, timeout);
  if (verdict) return verdict;
  const address = await evaluate(onPage.address);
  throw new Error(`soutien-qa: ${address} has no verdict of Soutien after ${timeout} ms: is the tag on it, and lets the page it run?`);
};

/** How long Soutien may take to come to its verdict, and to open its notice, unless told otherwise. */
const ANSWER_MS = 30_000;

/** What can be asked of a page, whatever the library. `asks` makes of what stands for a page the function `evaluate` above. */
export const answersOf = (asks) => ({
  /** The verdict of Soutien on the page, once it is there. */
  verdict: (page, { timeout = ANSWER_MS } = {}) => verdictOf(asks(page), timeout),

  /** Whether the notice of Soutien opens within the time. */
  showsNotice: async (page, { timeout = ANSWER_MS } = {}) => Boolean(await until(asks(page), onPage.isNoticeOpen, timeout)),

  /** What the extension knows of the tab; null where it does not answer. */
  state: (page) => asks(page)(onPage.state),
});

/** Google Chrome by the version that it shows of itself, which is what takes no extension from outside. */
export const refusal = (version) =>
  /^Google Chrome|^Microsoft Edge/.test(version) && !version.includes("for Testing")
    ? `soutien-qa: ${version} takes no extension from outside, as every Google Chrome since 137: use Chromium or Chrome for Testing`
    : undefined;
