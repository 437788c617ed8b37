// What the page may ask for, as `window.Soutien` has it.

import { WAKE_CHECK, WAKE_HIDE, WAKE_SHOW } from "../abi.js";
import { document } from "./document.js";
import { problem, verdictNow } from "./events.js";
import { Promise } from "./promise.js";
import { wake } from "./wake.js";

export const api = (version) => ({
  version,
  get verdict() {
    return verdictNow;
  },
  start: () => problem("start", "a second call", "the first"),
  check: () =>
    new Promise((resolve) => {
      document.addEventListener("soutien:verdict", ({ detail }) => resolve(detail), { once: true });
      wake(WAKE_CHECK);
    }),
  show: () => wake(WAKE_SHOW),
  hide: () => wake(WAKE_HIDE),
});
