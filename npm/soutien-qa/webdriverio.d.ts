import type { remote } from "webdriverio";
import type { Blocker, Tab, Verdict } from "./index.js";

export type { Blocker, Tab, Verdict };

type Remote = typeof remote;
type Browser = Awaited<ReturnType<Remote>>;

/** Starts a browser that can play blockers: Chromium, which is called chrome as well, or Firefox, on this machine. */
export function start(remote: Remote, options: Parameters<Remote>[0]): Promise<Browser>;

/** Opens an address under a blocker. All pages of the browser are under it from then on. */
export function open(browser: Browser, blocker: Blocker, url: string): Promise<void>;

/** The verdict of Soutien, once it is there. Rejects where it does not come in time, which is 30,000 milliseconds unless given. */
export function verdict(browser: Browser, options?: { timeout?: number }): Promise<Verdict>;

/** Whether the notice of Soutien opens in time, which is 30,000 milliseconds unless given. */
export function showsNotice(browser: Browser, options?: { timeout?: number }): Promise<boolean>;

/** What the extension knows of the tab; null where it does not answer. */
export function state(browser: Browser): Promise<Tab | null>;
