// What is asked of the browser in more than one place. Nothing here throws.

import { document } from "./document.js";

// Calls what may throw: code of the page, or the platform where it refuses. Returns undefined where it does.
export const attempt = (call) => {
  try {
    return call();
  } catch {}
};

// The first element that a selector matches; null where there is none, undefined where the selector is not a valid one.
export const find = (selector) => attempt(() => document.querySelector(selector));

export const important = (style) => style.replace(/;/g, "!important;");

export const make = (tag, attributes = {}, text = "") => {
  const element = document.createElement(tag);
  // Not what a page adds to every object.
  for (const [name, value] of Object.entries(attributes)) {
    // A style goes through the object model, which no content security policy forbids.
    if (name === "style") element.style.cssText = value;
    else element.setAttribute(name, value);
  }
  element.textContent = text;
  return element;
};

// Facts as the bits of a number, the first as the lowest.
export const bits = (...facts) => facts.reduce((sum, holds, bit) => sum | (!!holds << bit), 0);

// Whether a URL is on the page's own host, and whether it is on another one of the web.
export const isHere = (url) => url.split("/")[2] === location.host;
export const isElsewhere = (url) => /^http/.test(url) && !isHere(url);

// Moves the focus to an element without scrolling to it, making the element focusable, where it is not, for as long as it has the focus; or for
// no longer than that takes.
export const focus = (element, isPassing) => {
  const isMade = element.tabIndex < 0 && !element.hasAttribute("tabindex");
  const restore = () => isMade && element.removeAttribute("tabindex");
  if (isMade) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  if (isPassing) restore();
  else element.addEventListener("blur", restore, { once: true });
};

// A style sheet that goes with the page, and that no security policy is about. Older browsers have none, and throw.
export const sheetOf = (rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
};

// Has the document take a style sheet.
export const adopt = (sheet) =>
  Reflect.set(Document.prototype, "adoptedStyleSheets", [...document.adoptedStyleSheets, sheet], window.document);
