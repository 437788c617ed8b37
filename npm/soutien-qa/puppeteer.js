// `soutien-qa/puppeteer`: Chromium by Puppeteer, with the extension.

import { answersOf, play, refusal } from "./core.js";
import { check, join, warnOfOldLists } from "./extension.js";

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

export const { verdict, showsNotice, state } = answersOf(asks);
