// Our own way back to the top.

import { document } from "../edge/document.js";
import { attempt, important, make, sheetOf } from "../edge/platform.js";

// In the reader's own size, which is that of a host without a style of the page's.
const STYLE =
  "all:initial;outline:revert;position:fixed;right:16px;bottom:16px;width:2em;height:2em;border-radius:50%;cursor:pointer;" +
  "font:1.5em/calc(2em - 2px) system-ui;" +
  "text-align:center;color:#fff;background:#333;border:1px solid #fff;box-sizing:border-box";

// Makes the button, and gives what shows and hides it. `words` are fulfilled with those of the language, `place` puts a host where it moves nothing of the
// page, and `viewport` gives what scrolls.
export const makeButton = (goToTop, words, place, viewport) => {
  const button = make("button", { type: "button", "data-top": "shown", style: STYLE }, "↑");
  button.addEventListener("click", goToTop);
  // The host makes no box in the page, whatever rules there are for elements like it.
  const host = make("div", { "data-soutien": "top", style: important("all:initial;display:contents;") });
  const root = host.attachShadow({ mode: "open" });
  root.append(button);
  attempt(() => (root.adoptedStyleSheets = [sheetOf("@media print{button{display:none!important}}")]));
  words.then((words) => {
    if (!words) return;
    button.setAttribute("aria-label", words.top);
    button.title = words.top;
  });

  // Whether the button is out of sight: where a filter or a transform of the page has it scroll with the page, or where somebody hides it.
  const isLost = () => {
    const { top, bottom, height } = button.getBoundingClientRect();
    return !height || bottom <= 0 || top >= viewport().clientHeight;
  };
  let isRefused = false;

  return {
    show() {
      if (isRefused) return;
      if (!host.isConnected) place(host);
      if (isLost()) document.documentElement.append(host);
      isRefused = isLost();
      if (isRefused) host.remove();
    },
    hide: () => host.remove(),
  };
};
