// What is right compiles, and what is not does not.

import type { Browser, Page } from "puppeteer-core";
import { BLOCKERS, join, type Blocker } from "soutien-qa";
import { expect, test } from "soutien-qa/playwright";
import { open, showsNotice, state, verdict } from "soutien-qa/puppeteer";

const blocker: Blocker = "ublock-origin";
// @ts-expect-error There is no such blocker.
const none: Blocker = "ublok-origin";
const names: readonly Blocker[] = BLOCKERS;
const folder: string = join("firefox").folder;

test.use({ blocker });
// @ts-expect-error There is no such blocker.
test.use({ blocker: "ublok-origin" });

test("types", async ({ page, blocker }) => {
  const played: Blocker = blocker;
  await expect(page).toHaveVerdict("blocked", { cause: "extension", timeout: 1000 });
  await expect(page).not.toShowNotice();
  await expect(page).toHaveTitle(played);
  // @ts-expect-error There is no such verdict.
  await expect(page).toHaveVerdict("blokced");
});

export const look = async (browser: Browser) => {
  const page: Page = await browser.newPage();
  await open(page, "dns", "https://site.example/");
  const { kind, signals } = await verdict(page, { timeout: 1000 });
  const profile: string | undefined = (await state(page))?.profile;
  return [kind, signals.length, profile, await showsNotice(page), none, names, folder];
};
