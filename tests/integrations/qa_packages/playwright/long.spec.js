// A test that somebody stops.

import { expect, test } from "soutien-qa/playwright";

test.skip(({ blocker }) => blocker !== "ublock-origin", "one blocker is enough");

test("waits", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveVerdict("blocked");
  console.log("waits");
  await page.waitForTimeout(50_000);
});
