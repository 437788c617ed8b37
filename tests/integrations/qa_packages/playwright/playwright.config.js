// What a tester writes: four blockers, each a project, in two workers.

import process from "node:process";

import { defineConfig } from "@playwright/test";

const { PAGE, CHROMIUM } = process.env;
const blockers = ["none", "ublock-origin", "adblock-plus", "brave-standard"];

export default defineConfig({
  fullyParallel: true,
  workers: 2,
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: PAGE,
    launchOptions: { executablePath: CHROMIUM },
    trace: "on",
    storageState: { cookies: [], origins: [{ origin: new URL(PAGE).origin, localStorage: [{ name: "reader", value: "known" }] }] },
  },
  projects: blockers.map((blocker) => ({ name: blocker, use: { blocker } })),
});
