import type { Blocker } from "./blockers.js";

export type { Blocker };

/** What is known of a tab; `Tab` of the extension's messages. */
export type { Tab } from "./extension/both/backend.js";

/** The blockers that can be played, by name. */
export const BLOCKERS: readonly Blocker[];

/** An extension that a browser can load. */
export interface Joined {
  /** The folder, in a temporary one that only this user may read. It is gone when the process ends. */
  folder: string;
  /** Removes it before. */
  remove(): void;
}

/**
 * Joins the extension for a browser. It is the variant for machines: blockers act on every site, and every page can switch them. It is for browsers
 * that tests start.
 */
export function join(browser: "chromium" | "firefox"): Joined;

/** What Soutien says of a page. */
export interface Verdict {
  kind: "blocked" | "clear" | "unsure";
  cause: "extension" | "network" | "browser" | "tracking-protection" | "none";
  /** How long it took, in milliseconds. */
  ms: number;
  /** Everything that was asked, and what came of it. */
  signals: { family: string; name: string; reading: string; why: string; ms: number }[];
}
