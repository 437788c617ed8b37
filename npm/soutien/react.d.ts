import type { Soutien as Started, StartOptions, Verdict } from "./index.js";

/**
 * Starts Soutien on the page, once and with the options of the first that does, and renders nothing. On a server, nothing happens. Where it
 * cannot be started, a warning in the console says why.
 */
export function Soutien(options: StartOptions): null;

/** The same for a component of your own. Gives `window.Soutien` once it is there, and null until then and on a server. */
export function useSoutien(options?: StartOptions): Started | null;

/** The last verdict, and null until there is one and on a server. Renders again with each verdict, whoever has started Soutien. */
export function useVerdict(): Verdict | null;
