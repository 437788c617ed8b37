import { test as base, mergeTests } from "@playwright/test";
import { expect, test as blockers } from "soutien-qa/playwright";

// A fixture of somebody else's.
const others = base.extend({
  home: async ({ page }, use) => {
    await page.goto("/");
    await use(page);
  },
});
const test = mergeTests(blockers, others);

test("the verdict is that of the blocker", async ({ home, blocker }) => {
  if (blocker === "none") await expect(home).toHaveVerdict("clear");
  else await expect(home).toHaveVerdict("blocked", { cause: blocker === "brave-standard" ? "browser" : "extension" });
});

test("the notice asks whoever blocks, and nobody else", async ({ home, blocker }) => {
  if (blocker === "none") {
    await expect(home).toHaveVerdict("clear");
    await expect(home).not.toShowNotice();
  } else {
    await expect(home).toShowNotice();
    // What the next test must not find.
    await home.keyboard.press("Escape");
    await expect(home).not.toShowNotice();
  }
});

test("each test begins with the state that is given, and with a page of its own", async ({ home, context }) => {
  expect(context.pages()).toEqual([home]);
  expect(await home.evaluate(() => ({ ...localStorage }))).toEqual({ reader: "known" });
  await home.evaluate(() => localStorage.setItem("left", "behind"));
});
