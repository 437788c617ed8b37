// Each of these expects what is not so.

import { expect, test } from "soutien-qa/playwright";

test.skip(({ blocker }) => blocker !== "ublock-origin", "one blocker is enough");

test.beforeEach(({ page }) => page.goto("/"));

test("another verdict", async ({ page }) => {
  await expect(page).toHaveVerdict("blocked");
  await expect(page).toHaveVerdict("clear", { timeout: 1000 });
});

test("not this verdict", async ({ page }) => {
  await expect(page).toHaveVerdict("blocked");
  await expect(page).not.toHaveVerdict("blocked", { cause: "extension", timeout: 1000 });
});

test("no notice", async ({ page }) => {
  await expect(page).toShowNotice();
  await expect(page).not.toShowNotice({ timeout: 1000 });
});

test("a word that is none", async ({ page }) => {
  await expect(page).toHaveVerdict("blokced");
});
