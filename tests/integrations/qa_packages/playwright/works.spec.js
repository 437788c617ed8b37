// What a tester writes for a site of any kind: what breaks there under a blocker.

import { writeFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "soutien-qa/playwright";

test.skip(({ blocker }) => blocker !== "ublock-origin", "one blocker is enough");

const BROKEN = `<!doctype html><title>Offre</title>
  <section class="ad_wrapper"><h1>Une offre pour nos lecteurs</h1><p>Elle vaut jusqu’à dimanche.</p><a href="/offre">La voir</a></section>
  <p>Le reste de la page est là.</p>`;

const open = async (page) => {
  await page.route("**/cassee.html", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: BROKEN }));
  await page.goto("/cassee.html");
};

const refusal = async (promise) => {
  const error = await promise.catch((error) => error);
  return String(error?.message).replace(/\u001b\[\d+m/g, "");
};

test("the demo works", async ({ page, blocker }) => {
  await page.goto("/");
  await expect(page).toWorkUnder(blocker);
  // It is left under the blocker.
  await expect(page).toHaveVerdict("blocked");
});

test("what is hidden is told with its rule and what to do", async ({ page, blocker }) => {
  await open(page);
  const told = await refusal(expect(page).toWorkUnder(blocker));
  expect(told).toContain("expect(page).toWorkUnder(blocker) failed");
  expect(told).toMatch(/Content is hidden: .*\n +by .*\.ad_wrapper \(EasyList, line \d+\)\n +Give the element a class/);
});

test("what is known does not fail", async ({ page, blocker }, { config }) => {
  await open(page);
  const told = await refusal(expect(page).toWorkUnder(blocker));
  const lines = told.split("As known ones:\n")[1].trim().split("\n").map((line) => line.trim());
  await expect(page).toWorkUnder(blocker, { known: lines });
  writeFileSync(path.join(path.dirname(config.configFile), "works.known"), `# What is known.\n${lines.join("\n")}\n`);
  await expect(page).toWorkUnder(blocker, { known: "works.known" });
});

test("another blocker than the project's, and a page that is none, are told", async ({ page, blocker }) => {
  expect(await refusal(expect(page).toWorkUnder(blocker))).toContain("expected one that was opened with page.goto");
  await page.goto("/");
  expect(await refusal(expect(page).toWorkUnder("adguard"))).toContain('found the blocker "adguard", expected "ublock-origin"');
});
