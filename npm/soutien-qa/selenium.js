// `soutien-qa/selenium`: Chromium and Firefox by selenium-webdriver, with the extension.

import { answersOf, play, refusal } from "./core.js";
import { check, join, warnOfOldLists } from "./extension.js";

// What is left out would be null on the page.
const asks = (driver) => (question, ...given) => driver.executeScript(question, ...given);

/**
 * Starts a browser that can play blockers. `builder` is a `Builder` of selenium-webdriver, for Chromium or Firefox on this machine, with whatever
 * options it is to have.
 */
export const start = async (builder) => {
  warnOfOldLists();
  const name = (await builder.getCapabilities()).getBrowserName();
  if (name !== "chrome" && name !== "firefox") throw new Error(`soutien-qa: found the browser ${name}, expected chrome, as Chromium is called, or firefox`);
  const isFirefox = name === "firefox";
  const extension = join(isFirefox ? "firefox" : "chromium");
  try {
    if (!isFirefox) await loadIn(builder, extension.folder);
    const driver = await builder.build();
    const quit = driver.quit.bind(driver);
    driver.quit = async () => {
      await quit();
      extension.remove();
    };
    try {
      if (isFirefox) await driver.installAddon(extension.folder, true);
      else await refuseBranded(driver);
    } catch (error) {
      await driver.quit();
      throw error;
    }
    return driver;
  } catch (error) {
    extension.remove();
    throw error;
  }
};

/** Has Chromium load the extension. */
const loadIn = async (builder, folder) => {
  const { Options } = await import("selenium-webdriver/chrome.js");
  const options = builder.getChromeOptions() ?? new Options();
  builder.setChromeOptions(options.addArguments(`--load-extension=${folder}`));
};

/** Throws where the browser ignores `--load-extension`. */
const refuseBranded = async (driver) => {
  await driver.get("chrome://version");
  const version = await driver.executeScript(() => document.querySelector("#version")?.textContent ?? "");
  const reason = refusal(version.trim().replace(/\s+/g, " "));
  if (reason) throw new Error(reason);
};

/** Opens an address under a blocker. All pages of the browser are under it from then on. */
export const open = async (driver, blocker, url) => {
  check(blocker);
  await driver.get(url);
  await play(asks(driver), () => driver.get(url), blocker);
};

export const { verdict, showsNotice, state } = answersOf(asks);
