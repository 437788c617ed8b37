// `import { test, expect } from "soutien-qa/playwright"`: the test of Playwright with an option more, `blocker`.
//
// Playwright loads extensions in persistent contexts alone. Such a context is started for each worker and blocker, and kept for as long as the tests
// ask for the same options of it.

import { mkdtempSync } from "node:fs";
import path from "node:path";

import { chromium, expect as base, test as playwright } from "@playwright/test";

import { play, refusal } from "../core.js";
import { check, joinInto, makeFolder, warnOfOldLists } from "../extension.js";
import { matchers } from "./matchers.js";
import { isKept, isWanted, modeOf } from "./video.js";

/** How long a browser may take to start with the extension, and to play the blocker. */
const START_MS = 120_000;

/** What stands for a page until the blocker is played: no server is asked for it. */
const WAITING_ROOM = "http://soutien-qa.invalid/";

/** Channels of browsers that take no extension from outside. */
const BRANDED = /^(chrome|msedge)/;

/** Throws where the browser that the config asks for takes no extension. */
const checkBrowser = (browserName, channel, connectOptions) => {
  const expected = 'expected Chromium: channel "chromium", which `npx playwright install chromium` brings, or launchOptions.executablePath';
  if (browserName !== "chromium") throw new Error(`soutien-qa: found the browser ${browserName}, into which Playwright loads no extension, ${expected}`);
  if (BRANDED.test(channel)) throw new Error(`soutien-qa: found the channel ${channel}, which takes no extension from version 137 on, ${expected}`);
  if (connectOptions) throw new Error(`soutien-qa: found connectOptions, a browser that is started elsewhere, ${expected}`);
};

/** Why the browser has no extension. */
const missing = async (context) => {
  const page = await context.newPage();
  await page.goto("chrome://version").catch(() => {});
  const version = await page.locator("#version").textContent({ timeout: 5000 }).catch(() => "");
  const shown = (version ?? "").trim().replace(/\s+/g, " ");
  return refusal(shown) ?? `soutien-qa: the browser has not taken the extension: ${shown || "it does not say which it is"}`;
};

/** Starts a browser with the extension, and has it play a blocker. `options` are those of the context. */
const launch = async (folder, { blocker, channel, launchOptions, options, videos }) => {
  const extension = path.join(folder, "extension");
  // A new one each time: what a browser before has stored is not to be found again.
  const profile = mkdtempSync(path.join(folder, "profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    ...options,
    // The headless shell, which Playwright takes otherwise, has no extensions.
    channel: channel ?? (launchOptions.executablePath ? undefined : "chromium"),
    args: [...(launchOptions.args ?? []), `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
    // Playwright switches extensions off otherwise.
    ignoreDefaultArgs: ignored(launchOptions.ignoreDefaultArgs),
    // A persistent context takes none; it is put in for each test.
    storageState: undefined,
    ...(videos && { recordVideo: { dir: path.join(folder, "videos"), ...videos } }),
  });
  try {
    const isLoaded = context.serviceWorkers().length > 0 || (await context.waitForEvent("serviceworker", { timeout: 15_000 }).catch(() => null));
    if (!isLoaded) throw new Error(await missing(context));
    const page = context.pages()[0] ?? (await context.newPage());
    await page.route(`${WAITING_ROOM}**`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Soutien QA</title>" }));
    await page.goto(WAITING_ROOM);
    await play((question, argument) => page.evaluate(question, argument), () => page.reload(), blocker);
    await page.unrouteAll();
    await page.goto("about:blank");
  } catch (error) {
    await context.close();
    throw error;
  }
  return context;
};

const ignored = (given) => (Array.isArray(given) || given === undefined ? [...(given ?? []), "--disable-extensions"] : given);

/** Closes what a test has left open, and leaves one empty page: without any, the browser would end. */
const closePages = async (context) => {
  const pages = context.pages();
  await context.newPage();
  await Promise.all(pages.map((page) => page.close()));
};

export const test = playwright.extend({
  blocker: ["none", { option: true, scope: "worker" }],

  // The browser of this worker: at most one, with what it was started with.
  _blockerBrowser: [
    async ({ blocker, browserName, channel, connectOptions, launchOptions }, use, { workerIndex }) => {
      check(blocker);
      checkBrowser(browserName, channel, connectOptions);
      if (workerIndex === 0) warnOfOldLists();
      const made = makeFolder();
      joinInto("chromium", path.join(made.folder, "extension"), blocker);
      let context;
      let isFor;
      try {
        await use(async (options, videos) => {
          const wanted = JSON.stringify([options, videos]);
          if (context && isFor !== wanted) await context.close();
          if (isFor !== wanted) context = await launch(made.folder, { blocker, channel, launchOptions, options, videos });
          isFor = wanted;
          return context;
        });
      } finally {
        await context?.close();
        made.remove();
      }
    },
    { scope: "worker", box: true, timeout: START_MS },
  ],

  context: [
    async (
      {
        _blockerBrowser,
        acceptDownloads,
        baseURL,
        bypassCSP,
        clientCertificates,
        colorScheme,
        contextOptions,
        contrast,
        deviceScaleFactor,
        extraHTTPHeaders,
        forcedColors,
        geolocation,
        hasTouch,
        httpCredentials,
        ignoreHTTPSErrors,
        isMobile,
        javaScriptEnabled,
        locale,
        offline,
        permissions,
        proxy,
        reducedMotion,
        screen,
        serviceWorkers,
        storageState,
        timezoneId,
        userAgent,
        video,
        viewport,
      },
      use,
      testInfo,
    ) => {
      const given = {
        acceptDownloads,
        baseURL,
        bypassCSP,
        clientCertificates: clientCertificates?.length ? clientCertificates : undefined,
        colorScheme,
        contrast,
        deviceScaleFactor,
        extraHTTPHeaders,
        forcedColors,
        geolocation,
        hasTouch,
        httpCredentials,
        ignoreHTTPSErrors,
        isMobile,
        javaScriptEnabled,
        locale,
        offline,
        permissions,
        proxy,
        reducedMotion,
        screen,
        serviceWorkers,
        timezoneId,
        userAgent,
        viewport,
      };
      const options = { ...contextOptions, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
      const mode = modeOf(video);
      const videos = isWanted(mode, testInfo) ? { size: video.size } : undefined;
      const context = await _blockerBrowser(options, videos);
      // Until now, the pages of the test before stayed open, as Playwright looks at them once more when a test is over.
      await closePages(context);
      // Each test begins as a new reader, or as the one whose state is given.
      await context.setStorageState(storageState ?? { cookies: [], origins: [] });

      const filmed = [];
      const film = (page) => filmed.push(page.video());
      if (videos) context.on("page", film);
      await use(context);
      context.off("page", film);

      // A film is complete once its page is closed.
      if (videos) await closePages(context);
      await context.unrouteAll({ behavior: "ignoreErrors" });
      for (const [index, film] of filmed.entries()) {
        if (!isKept(mode, testInfo)) {
          await film?.delete();
          continue;
        }
        const place = testInfo.outputPath(`video${index ? `-${index}` : ""}.webm`);
        await film?.saveAs(place);
        if (film) testInfo.attachments.push({ name: "video", path: place, contentType: "video/webm" });
      }
    },
    { scope: "test", box: true, timeout: START_MS },
  ],

  page: async ({ context }, use) => {
    const page = await context.newPage();
    // Playwright describes the first page of a context where a test fails.
    await Promise.all(context.pages().map((other) => other !== page && other.close()));
    await use(page);
  },
});

export const expect = base.extend(matchers);
