// The notice. `appeal.js` draws it, and is fetched when one is due.

import { WAKE_ACT, WAKE_FILES, WAKE_FREE } from "../abi.js";
import { isAsking } from "./consent-managers.js";
import { document } from "./document.js";
import { problem, wordOf } from "./events.js";
import { fetchFile, fetchModule, fetchWords } from "./files.js";
import { options } from "./options.js";
import { attempt, focus } from "./platform.js";
import { wake } from "./wake.js";

// Fetches what draws the notice, with a way to leave and places in the page where it takes them, and wakes us.
let appeal;
export const prepare = async (canLeave, hasPlaces, language) => {
  const act = (number) => wake(WAKE_ACT, number);
  const start = (make) => make(language, canLeave, hasPlaces, { act, document, fetchFile, fetchModule, fetchWords, focus, isAsking, problem });
  appeal = await fetchModule("appeal.js", start, "nothing: no notice");
  wake(WAKE_FILES, +!!appeal);
};

// Wakes us once the reader is free to be asked. A cache may have kept the file of another release.
export const whenFree = () => {
  if (appeal.whenFree) appeal.whenFree(() => wake(WAKE_FREE));
  else problem("appeal.js", "the file of another release", "nothing: no notice");
};

// Has the notice do something. Returns undefined where there is none, or where it cannot.
const order = (what, ...given) => attempt(() => appeal[what](...given));

// Whether it is open, be it that it has stepped aside; and whether it is showing.
export const isThere = () => order("isThere");
export const isUp = () => order("isUp");

export const open = (view, isClosable, cause, atHand) =>
  order("open", options, { view, isClosable, cause: wordOf(cause), atHand });
export const show = (scene) => order("show", scene);
export const close = () => order("close");
export const thank = () => order("thank");
export const cover = () => order("cover");
export const uncover = () => order("uncover");
export const leave = () => order("leave");
export const reload = () => location.reload();
