// What `expect(page)` can be asked besides. A matcher polls until it is as expected, or until the timeout of `expect` is over.

import { onPage, until } from "../core.js";
import { headline, sourceOf } from "./messages.js";
import { toWorkUnder } from "./works.js";

/** How much of what a blocker did is told. */
const MOST_HITS = 5;

const KINDS = ["blocked", "clear", "unsure"];
const CAUSES = ["extension", "network", "browser", "tracking-protection", "none"];

const shown = ({ kind, cause }) => (cause && cause !== "none" ? `${kind}, by ${cause}` : kind);

const checkPage = (name, page) => {
  if (typeof page?.evaluate !== "function" || typeof page.goto !== "function") throw new Error(`${name} can be only used with Page object`);
};

const checkWord = (name, what, word, words) => {
  if (!words.includes(word)) throw new Error(`${name}: found the ${what} ${JSON.stringify(word)}, expected one of ${words.join(", ")}`);
};

const message = (state, name, expectation, timeout, expected, received, log) => () =>
  [
    headline(state, name, expectation),
    "",
    `Expected: ${state.isNot ? "not " : ""}${state.utils.printExpected(expected)}`,
    `Received: ${state.utils.printReceived(received)}`,
    `Timeout:  ${timeout}ms`,
    ...(log.length ? ["", "Call log:", ...log.map((line) => state.utils.DIM_COLOR?.(`  - ${line}`) ?? `  - ${line}`)] : []),
    "",
  ].join("\n");

/** Polls until the page is as expected, or for `.not` as it is not, and gives the last that was seen. */
const poll = async (page, isNot, timeout, question, isAsExpected) => {
  let last;
  const asked = async (question) => {
    last = await page.evaluate(question);
    return isAsExpected(last) !== isNot;
  };
  const isDone = await until(asked, question, timeout).catch((error) => {
    if (page.isClosed()) throw error;
  });
  return { last, pass: isDone ? !isNot : isNot };
};

/** What the blocker did to the page, the first of it, by which rule of which list. */
const hitsOn = async (page) => {
  const state = await page.evaluate(onPage.state).catch(() => null);
  const { hits = [], profile } = state ?? {};
  const lines = hits.slice(0, MOST_HITS).map((hit) => `${profile}: ${hit.action} ${hit.what}${hit.rule ? ` by ${sourceOf(hit)}` : ""}`);
  if (hits.length > MOST_HITS) lines.push(`${profile}: ${hits.length - MOST_HITS} more`);
  return lines;
};

async function toHaveVerdict(page, kind, options = {}) {
  const name = "toHaveVerdict";
  checkPage(name, page);
  checkWord(name, "verdict", kind, KINDS);
  const { cause } = options;
  if (cause !== undefined) checkWord(name, "cause", cause, CAUSES);
  const timeout = options.timeout ?? this.timeout;
  const isIt = (verdict) => verdict?.kind === kind && (cause === undefined || verdict.cause === cause);
  // A page without a verdict has none that is wrong, and none that is right either.
  const hasNot = (verdict) => (verdict ? isIt(verdict) : this.isNot);
  const { last, pass } = await poll(page, this.isNot, timeout, onPage.verdict, hasNot);
  const log = [`waiting for the verdict of Soutien on ${page.url()}`];
  if (!last) log.push("there is none: is its tag on the page, and lets the page it run?");
  // What has not been answered when the verdict is there says nothing.
  for (const { family, name, reading, why } of last?.signals ?? []) {
    if (reading !== "clear" && !["absent", "late"].includes(why)) log.push(`${family} ${name}: ${reading}${why ? `, ${why}` : ""}`);
  }
  log.push(...(await hitsOn(page)));
  return {
    name,
    pass,
    expected: shown({ kind, cause }),
    actual: last ?? null,
    timeout,
    message: message(this, name, "kind", timeout, shown({ kind, cause }), last ? shown(last) : "no verdict", log),
  };
}

async function toShowNotice(page, options = {}) {
  const name = "toShowNotice";
  checkPage(name, page);
  const timeout = options.timeout ?? this.timeout;
  const { last, pass } = await poll(page, this.isNot, timeout, onPage.isNoticeOpen, Boolean);
  const log = [`waiting for the notice of Soutien on ${page.url()}`];
  const verdict = await page.evaluate(onPage.verdict).catch(() => null);
  log.push(verdict ? `the verdict is ${shown(verdict)}` : "there is no verdict: is the tag of Soutien on the page?");
  if (!last && verdict?.kind === "blocked") log.push('under data-policy="gentle", the default, there is no notice on a first view');
  return {
    name,
    pass,
    expected: "an open notice",
    actual: Boolean(last),
    timeout,
    message: message(this, name, "", timeout, "an open notice", last ? "an open notice" : "no open notice", log),
  };
}

export const matchers = { toHaveVerdict, toShowNotice, toWorkUnder };
