// How the module hears of what has happened: by `wake` in `src/browser/mod.rs`, with the numbers of `Wake`.

import { attempt } from "./platform.js";

let callback;

// Takes the module's `wake`.
export const setWake = (wake) => (callback = wake);

// Tells the module of something. A page may replace anything that it calls, by what throws. What is not given is 0.
export const wake = (...given) => attempt(() => callback(...given));

// Wakes us after a time in milliseconds.
export const after = (ms, what, run) => {
  setTimeout(() => wake(what, run), ms);
};

// Whole milliseconds since the page's time origin.
export const now = () => performance.now();

// Whole seconds since 1970 by the reader's clock.
export const date = () => Date.now() / 1000;
