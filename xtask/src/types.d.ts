// Types of Soutien, written by `cargo xtask build`.

/** A number with a unit, such as `7d`, `12h`, `30m`, `5s` or `250ms`. */
export type Duration = string;

/** One signal behind a verdict. */
export interface Signal {
  family: "element" | "request" | "slot" | "host" | "browser";
  name: string;
  reading: "clear" | "blocked" | "unknown";
  /** Why it is unknown; empty otherwise. */
  why: string;
  /** When the reading last changed, in milliseconds since probing began. */
  ms: number;
}

/** What the signals add up to. */
export interface Verdict {
  /** Whether ads are blocked; `unsure` is never taken for `blocked`. */
  kind: "blocked" | "clear" | "unsure";
  /** What blocks them. */
  cause: "extension" | "network" | "browser" | "tracking-protection" | "none";
  /** Every signal behind it. */
  signals: Signal[];
  /** How long the probing took, in milliseconds. */
  ms: number;
}

/** The attributes of the tag, by the names that they have in its `dataset`. */
export interface Options {
  // attributes
}

/** `window.Soutien`, which is there from `soutien:ready` on. */
export interface Soutien {
  readonly version: string;
  /** The last verdict. */
  readonly verdict: Verdict | null;
  /** Probes again. */
  check(): Promise<Verdict>;
  /** Shows the notice, whatever the policy says. */
  show(): void;
  /** Closes the notice; nothing is remembered. */
  hide(): void;
}

declare global {
  interface Window {
    readonly Soutien?: Soutien;
  }
  interface DocumentEventMap {
    // events
  }
}
