import type { Page, TestType, PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, Expect } from "@playwright/test";
import type { Blocker, Verdict } from "../index.js";

export type { Blocker, Verdict };

/** What the options of a project, and `test.use` at the top of a file, can say besides those of Playwright. */
export interface BlockerOptions {
  /** The blocker that is played in all pages of the tests. Default: `none`. */
  blocker: Blocker;
}

/** The test of Playwright, whose `context` and `page` are those of a Chromium in which a blocker is played. */
export const test: TestType<PlaywrightTestArgs & PlaywrightTestOptions, PlaywrightWorkerArgs & PlaywrightWorkerOptions & BlockerOptions>;

/** What `expect` of Playwright can be asked of a page besides. */
export interface BlockerMatchers {
  /** Waits until the page has this verdict of Soutien, and this cause where one is given. */
  toHaveVerdict(page: Page, kind: Verdict["kind"], options?: { cause?: Verdict["cause"]; timeout?: number }): Promise<Matched>;
  /** Waits until the notice of Soutien is open on the page. */
  toShowNotice(page: Page, options?: { timeout?: number }): Promise<Matched>;
  /**
   * Opens the page twice without a blocker and once with the one that the project plays, and says what it breaks, on any site. `known` is a file of
   * findings that are known, beside the config, or the lines of such a file; any other fails. It takes as long as three visits, and leaves the page
   * under the blocker.
   */
  toWorkUnder(page: Page, blocker: Blocker, options?: { known?: string | string[] }): Promise<Matched>;
}

interface Matched {
  name: string;
  pass: boolean;
  message(): string;
}

/** The `expect` of Playwright with matchers for pages under a blocker. */
export const expect: Expect<BlockerMatchers>;
