// What the elements of a page are and show, those of open shadow trees included. Much of it is about what a page shows in the window.

import { document } from "./document.js";

// Elements that show something by themselves.
const CONTENT = "img,svg,canvas,video,audio[controls],iframe,object,embed,input,button,select,textarea";

// What can have the focus.
export const CONTROLS = "[autofocus],button,a[href],input,select,textarea,[tabindex]";

// How much is left between a banner and what it must not cover, in pixels.
export const GAP = 8;

export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
};

export const shows = (element) =>
  element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? element.offsetHeight > 0;

// Where the focus is, be it in a shadow tree.
export const focused = (root = document) => {
  let element = root.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};

// Every element under another, those of open shadow trees included, but ours.
export const under = (root) => [...root.querySelectorAll("*")].flatMap((element) => [element, ...inside(element)]);
const inside = (element) => (element.shadowRoot && !isOurs(element) ? under(element.shadowRoot) : []);
export const family = (element) => [element, ...inside(element), ...under(element)];

export const markupOf = (element) => element.outerHTML + family(element).map(({ shadowRoot }) => shadowRoot?.innerHTML);

export const isOurs = (element) => element.hasAttribute("data-soutien");

// How much of an element is in the window, in square pixels.
export const areaOf = (element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const width = Math.min(right, innerWidth) - Math.max(left, 0);
  const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return width > 0 && height > 0 ? width * height : 0;
};

// Whether an element shows a picture, a control or the like by itself, or has what nobody sees into; and whether it shows anything.
export const hasPicture = (element) =>
  element.matches(CONTENT) ||
  (element.localName.includes("-") && element.matches(":defined:empty") && !element.shadowRoot) ||
  getComputedStyle(element).backgroundImage.includes("url(");
export const hasText = ({ childNodes, shadowRoot }) =>
  [...childNodes, ...(shadowRoot?.childNodes ?? [])].some(({ nodeType, data }) => nodeType === 3 && data.trim());
export const paints = (element) => {
  const { backgroundColor, backgroundImage, backdropFilter } = getComputedStyle(element);
  const isClear = /^transparent|^rgba.*, 0\)$|\/ 0\)$/.test(backgroundColor) && backgroundImage === "none" && (backdropFilter ?? "none") === "none";
  // What is met without an area of its own shows by a shadow tree that is closed, or by what a style sheet puts into it.
  return shows(element) && (!isClear || hasPicture(element) || hasText(element) || !areaOf(element));
};

// The look at what the page has over itself. Elements that cannot be clicked are not met by it, and so are snow and the like.
export const parentOf = (element) => element.parentElement ?? element.getRootNode().host;
export const isIn = (element, ancestor) => {
  while (element && element !== ancestor) element = parentOf(element);
  return !!element;
};

// What is at a point, topmost first.
export const stackAt = (x, y, root = document) =>
  root
    .elementsFromPoint(x, y)
    // A shadow root is told from another, and from the document, by its host.
    .filter((element) => element.getRootNode().host === root.host && !isOurs(element))
    .flatMap((element) => [...(element.shadowRoot ? stackAt(x, y, element.shadowRoot) : []), element]);

export const middleOf = (element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [Math.max(left, 0) + Math.min(right, innerWidth), Math.max(top, 0) + Math.min(bottom, innerHeight)].map((sum) => sum / 2);
};

// What holds all of the page's content is no dialog over the page, but the page.
export const contents = () => {
  const main = document.querySelector("main,[role=main]");
  return main ? [main] : [...document.querySelectorAll("h1,article")];
};
export const isPage = (element) => {
  const parts = contents();
  const isMost = () => element.innerText.length * 2 >= document.body.innerText.length;
  const holds = (part) => element.contains(part);
  // A headline may stand outside of what is scrolled.
  return element.matches("html,body") || (parts.some(holds) ? parts.every(holds) || isMost() : !parts.length && isMost());
};

// By how much an element reaches under what stands at the lower edge and is this high, in pixels. What is larger than the room above is in
// sight as far as it can be.
export const overlap = (element, height) => {
  const { top, bottom } = element.getBoundingClientRect();
  const line = innerHeight - height - GAP;
  return top < innerHeight && bottom - top < line ? Math.max(0, bottom - line) : 0;
};
