// What is kept in the reader's browser.

import { problem } from "./events.js";
import { attempt } from "./platform.js";

// The one key that we ever write: in the local storage, what is remembered by the reader's own click; in that of the tab, that the
// reader is on the way to allow the site.
const KEY = "soutien";
const TAB = "sessionStorage";

// Reads a storage; undefined where there is nothing, and with a problem where it is denied. Who denies one denies both.
const read = (area) => {
  try {
    return self[area].getItem(KEY) ?? undefined;
  } catch (error) {
    if (area !== TAB) problem(area, error.name, "a first visit");
  }
};

// Writes a storage; an empty text takes the entry away. A reader who denies it, or whose storage is full, is met as new on the next view.
const keep = (area, text) => {
  try {
    if (text) self[area].setItem(KEY, text);
    else self[area].removeItem(KEY);
  } catch (error) {
    problem(area, error.name, "nothing: the closing is forgotten");
  }
};

// Writes what is to be remembered.
export const write = (memory) => keep("localStorage", memory);

export const mark = (isOnTheWay) => keep(TAB, isOnTheWay ? "1" : "");
export const isOnTheWay = () => !!read(TAB);

// What is remembered; undefined where there is nothing. The entry may be somebody else's.
const remembered = (text) => text?.split("\0")[0];
export const readMemory = () => remembered(read("localStorage"));

// The same without a problem where storage is denied, which was told of before.
export const readMemoryAgain = () => attempt(() => remembered(localStorage.getItem(KEY)));
