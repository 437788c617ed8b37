// `soutien-qa/webdriverio`: Chromium and Firefox by WebdriverIO, with the extension.

import { answersOf, play, refusal } from "./core.js";
import { check, join, warnOfOldLists } from "./extension.js";

const asks = (browser) => (question, ...given) => browser.execute(question, ...given);

/**
 * Starts a browser that can play blockers. `remote` is that of WebdriverIO, and `options` are its options, whose capabilities name Chromium or Firefox
 * on this machine.
 */
export const start = async (remote, options) => {
  warnOfOldLists();
  const name = options.capabilities?.browserName;
  const isFirefox = name === "firefox";
  if (!isFirefox && !["chrome", "chromium"].includes(name)) throw new Error(`soutien-qa: found the browser ${name}, expected chrome, chromium or firefox`);
  const extension = join(isFirefox ? "firefox" : "chromium");
  try {
    const capabilities = isFirefox ? options.capabilities : withExtension(options.capabilities, extension.folder);
    const browser = await remote({ ...options, capabilities });
    const end = browser.deleteSession.bind(browser);
    browser.overwriteCommand("deleteSession", async (_original, ...given) => {
      await end(...given);
      extension.remove();
    });
    try {
      if (isFirefox) await browser.webExtensionInstall({ extensionData: { type: "path", path: extension.folder } });
      else await refuseBranded(browser);
    } catch (error) {
      await browser.deleteSession();
      throw error;
    }
    return browser;
  } catch (error) {
    extension.remove();
    throw error;
  }
};

/** The capabilities by which Chromium loads the extension. */
const withExtension = (capabilities, folder) => {
  const given = capabilities["goog:chromeOptions"];
  return { ...capabilities, "goog:chromeOptions": { ...given, args: [...(given?.args ?? []), `--load-extension=${folder}`] } };
};

/** Throws where the browser ignores `--load-extension`. */
const refuseBranded = async (browser) => {
  await browser.url("chrome://version");
  const version = await browser.execute(() => document.querySelector("#version")?.textContent ?? "");
  const reason = refusal(version.trim().replace(/\s+/g, " "));
  if (reason) throw new Error(reason);
};

/** Opens an address under a blocker. All pages of the browser are under it from then on. */
export const open = async (browser, blocker, url) => {
  check(blocker);
  await browser.url(url);
  await play(asks(browser), () => browser.url(url), blocker);
};

export const { verdict, showsNotice, state } = answersOf(asks);
