// What the page is told: our events, and the verdict as `window.Soutien` has it.

import { document } from "./document.js";
import { attempt } from "./platform.js";

// What was emitted before the file that sends the numbers came, where there is one to come.
let past;
export const setPast = (list) => (past = list);

// Emits an event on the document. Returns false where a listener cancelled it, and undefined where the page keeps us from it.
export const emit = (name, detail = null) => {
  const isKept = attempt(() => document.dispatchEvent(new CustomEvent(`soutien:${name}`, { detail, cancelable: name === "show" })));
  if (isKept) past?.push([name, detail]);
  return isKept;
};

export const problem = (key, given, used) => {
  emit("problem", { key, given, used });
  attempt(() => console.warn(`soutien: ${key}: found "${given}", used ${used}`));
};

// Tells of a problem once, however often it is met.
const told = new Set();
export const problemOnce = (key, given, used) => {
  if (told.has(given)) return;
  told.add(given);
  problem(key, given, used);
};

// The notice was closed, by what a word says.
export const closed = (by) => emit("close", { by: words[by] });

export const relapsed = (days) => emit("relapsed", { days });

// The words of `src/wire.rs`, by their numbers in Rust.
let words;
export const setWords = (text) => (words = text.split(" "));
export const wordOf = (number) => words[number];
export const say = (event) => !!emit(words[event]);

// The verdict comes after its signals.
let signals = [];
export const signal = (family, name, reading, why, ms) => {
  signals.push({ family: words[family], name: words[name], reading: words[reading], why: words[why], ms });
};

export let verdictNow = null;
export const verdict = (kind, cause, ms) => {
  verdictNow = { kind: words[kind], cause: words[cause], signals, ms };
  signals = [];
  emit("verdict", verdictNow);
};
