// The page's controls: what leads back to its top (`top.js`), and what closes panels (`panels.js`). They enhance markup that works without us.
// Each is a file of its own, fetched where the page has such a control, or by the time that its reader does something that may take one.

import { document } from "../edge/document.js";
import { emit } from "../edge/events.js";
import { fetchModule, fetchWords } from "../edge/files.js";
import { attempt, find } from "../edge/platform.js";
import { isUp } from "../edge/notice.js";

// What may be a control of the page's own that leads back to its top; which of them are, `top.js` knows.
const TOPS = "[data-top],#go-to-top";

// What may close a panel; what does, `panels.js` knows.
const CLOSERS = "[data-close],.close-side-aside,.tie-btn-close";

// Fetches a control's file and starts it, once, when something first happens on the page that may take it, or at once.
const installOnce = (script, names, isNeeded, start) => {
  let isLoaded = false;
  const load = (event) => {
    if (isLoaded || !attempt(() => isNeeded(event))) return;
    isLoaded = true;
    fetchModule(script, (part) => start(part, event), "nothing");
  };
  for (const name of names) document.addEventListener(name, load, { capture: true, passive: true });
  load();
};

// `isModal` is whether the notice, where it shows, is over the page: then Esc is its.
export const installControls = (hasTop, isModal, language) => {
  if (hasTop) {
    const isNeeded = (event) => event?.type === "scroll" || find(TOPS) || document.scrollingElement.scrollTop > 0;
    const fetchPart = (script, start) => fetchModule(script, start, "nothing");
    installOnce("button.js", ["scroll", "readystatechange"], isNeeded, (start, event) =>
      start(event, language, { emit, fetchPart, fetchWords }),
    );
  }
  const isNotice = () => isModal && isUp();
  installOnce("panels.js", ["pointerdown", "keydown"], () => find(CLOSERS), (start) => start(isNotice));
};
