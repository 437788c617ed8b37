// Whether the reader is free to be asked, or busy with something else.

import { document } from "./document.js";
import { CONSENT, cover } from "./cover.js";
import { focused, markupOf, shows } from "./elements.js";

// How long typing counts for, in milliseconds.
const PATIENCE_MS = 5000;

// Whether the reader is writing. A field that the page has filled in is no sign of it; but there are pages that take each letter for what
// they have filled in.
let typedAt = 0;
export const noteTyping = () => (typedAt = performance.now());
const isTyping = () => {
  let field = focused();
  // An editor may be a frame of the page's own.
  while (field?.contentDocument) field = focused(field.contentDocument);
  if (field?.isContentEditable || field?.ownerDocument.designMode === "on") return field.textContent.trim();
  // What is in a frame of another site is not seen.
  if (field?.matches("iframe")) return navigator.userActivation?.hasBeenActive;
  if (!field?.value || !/^(text|search|email|url|tel|password|number)/.test(field.type)) return false;
  const isLate = performance.now() - typedAt > PATIENCE_MS;
  return field.value !== field.defaultValue || (!isLate && navigator.userActivation?.hasBeenActive);
};

// Whether the page is being printed.
let isPrinting = false;
export const notePrinting = (isNow) => (isPrinting = isNow);

// What a consent dialog has in its text that takes money instead: a price, or beside its own words that of a subscription.
const PRICE = /\d\s?(€|£|\$|EUR|CHF|zł|Kč|kr|Ft|lei|лв)|([€£]|CHF)\s?\d|\$\d+\.\d\d/;
const SUBSCRIPTION = /abonn|subscri|suscri|assin|abbon|\babo\b|prenumer|předpl|tilaa/i;

// The view on which the page had a wall of its own, that asks for consent or money: nobody is asked twice on one.
let walled;
const viewNow = () => location.pathname + location.search;
export const heedWall = (element) => {
  const text = element && markupOf(element);
  const isWall = text && (PRICE.test(text) || (CONSENT.test(text) && SUBSCRIPTION.test(text)));
  if (isWall) walled = viewNow();
  return isWall;
};

// Whether the reader is not free to be asked; `isAsking` says whether a consent manager asks.
export const isBusy = (isAsking) => {
  const element = cover();
  heedWall(element);
  return (
    element ||
    walled === viewNow() ||
    document.hidden ||
    isPrinting ||
    isAsking() ||
    isTyping() ||
    getSelection()?.type === "Range" ||
    // Some pages keep out of sight until they are complete.
    (document.body && ![document.body, ...document.body.children].some(shows))
  );
};
