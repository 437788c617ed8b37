import type { Builder, WebDriver } from "selenium-webdriver";
import type { Blocker, Tab, Verdict } from "./index.js";

export type { Blocker, Tab, Verdict };

/** Starts a browser that can play blockers: Chromium, which is called chrome, or Firefox, on this machine. */
export function start(builder: Builder): Promise<WebDriver>;

/** Opens an address under a blocker. All pages of the browser are under it from then on. */
export function open(driver: WebDriver, blocker: Blocker, url: string): Promise<void>;

/** The verdict of Soutien, once it is there. Rejects where it does not come in time, which is 30,000 milliseconds unless given. */
export function verdict(driver: WebDriver, options?: { timeout?: number }): Promise<Verdict>;

/** Whether the notice of Soutien opens in time, which is 30,000 milliseconds unless given. */
export function showsNotice(driver: WebDriver, options?: { timeout?: number }): Promise<boolean>;

/** What the extension knows of the tab; null where it does not answer. */
export function state(driver: WebDriver): Promise<Tab | null>;
