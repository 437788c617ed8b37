// `soutien-qa/puppeteer`: Chromium by Puppeteer, with the extension.

import { onPage, play, refusal, until, verdictOf } from "./core.js";
import { check, join, warnOfOldLists } from "./extension.js";

/** How long Soutien may take to come to its verdict, and to open its notice, unless told otherwise. */
const ANSWER_MS = 30_000;

const asks = (page) => (question, argument) => page.evaluate(question, argument);

/** Starts a browser that can play blockers. `puppeteer` is the library, puppeteer or puppeteer-core, and `options` are those of its `launch`. */
export const start = async (puppeteer, options = {}) => {
  warnOfOldLists();
  const extension = join("chromium");
  // Browsers take extensions over a pipe alone.
  const browser = await puppeteer.launch({ ...options, enableExtensions: true, pipe: true }).catch((error) => {
    extension.remove();
    throw error;
  });
  browser.once("disconnected", extension.remove);
  try {
    // Given as `enableExtensions: [FOLDER]`, it may not be there yet when the first page is opened.
    await browser.installExtension(extension.folder);
  } catch (error) {
    const reason = refusal(await versionOf(browser));
    await browser.close();
    throw reason ? new Error(reason, { cause: error }) : error;
  }
  return browser;
};

const versionOf = async (browser) => {
  const page = await browser.newPage();
  await page.goto("chrome://version").catch(() => {});
  return page.$eval("#version", ({ textContent }) => textContent.trim().replace(/\s+/g, " ")).catch(() => "");
};

/** Opens an address in a page under a blocker. All pages of the browser are under it from then on. */
export const open = async (page, blocker, url) => {
  check(blocker);
  await page.goto(url);
  await play(asks(page), () => page.goto(url), blocker);
};

/** The verdict of Soutien on a page, once it is there. */
export const verdict = (page, { timeout = ANSWER_MS } = {}) => verdictOf(asks(page), timeout);

/** Whether the notice of Soutien opens within the time. */
export const showsNotice = async (page, { timeout = ANSWER_MS } = {}) => Boolean(await until(asks(page), onPage.isNoticeOpen, timeout));

/** What the extension knows of the tab of a page; null where it does not answer. */
export const state = (page) => page.evaluate(onPage.state);
