import type { Browser, LaunchOptions, Page } from "puppeteer-core";
import type { Blocker, Tab, Verdict } from "./index.js";

export type { Blocker, Tab, Verdict };

/** Starts a browser that can play blockers. `puppeteer` is the library, puppeteer or puppeteer-core. */
export function start(puppeteer: { launch(options?: LaunchOptions): Promise<Browser> }, options?: LaunchOptions): Promise<Browser>;

/** Opens an address under a blocker. All pages of the browser are under it from then on. */
export function open(page: Page, blocker: Blocker, url: string): Promise<void>;

/** The verdict of Soutien, once it is there. Rejects where it does not come in time, which is 30,000 milliseconds unless given. */
export function verdict(page: Page, options?: { timeout?: number }): Promise<Verdict>;

/** Whether the notice of Soutien opens in time, which is 30,000 milliseconds unless given. */
export function showsNotice(page: Page, options?: { timeout?: number }): Promise<boolean>;

/** What the extension knows of the tab; null where it does not answer. */
export function state(page: Page): Promise<Tab | null>;
