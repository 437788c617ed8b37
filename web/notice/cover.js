// What the page has over itself: dialogs of whatever make, consent managers, and what fills the screen.

import { document } from "./document.js";
import { CONTROLS, areaOf, contents, family, isIn, isOurs, isPage, markupOf, middleOf, paints, parentOf, shows, stackAt, under } from "./elements.js";

// What says of itself that it is a dialog, and a consent manager whose dialog may stand in the page itself.
const DIALOGS = "dialog[open],:popover-open,[role=dialog],[role=alertdialog],[aria-modal=true],#onetrust-banner-sdk";

// What a consent dialog has in its text or name in most languages.
export const CONSENT = /cookie|consen|gdpr|rgpd|privac|privat[ls]|datenschutz|vie privée|traceur|samty|toestem|integritet|tietosuoj/i;

// What covers less of the page is a button, in square pixels.
const LEAST_COVER = 12000;

// Whether an element stands over the page: in the window, in the top layer, or by a place in all of the page. Bars stick as well.
const isOver = (element, sticks) => {
  const { position } = getComputedStyle(element);
  return (
    position === "fixed" ||
    (position === "sticky" && sticks) ||
    (position === "absolute" && (!element.offsetParent || isPage(element.offsetParent))) ||
    element.matches(":modal,:popover-open") ||
    (element.matches(":empty") && !areaOf(element))
  );
};

// The outermost element that stands over the page with this one in it.
const layerOf = (element, sticks) => {
  let layer;
  for (; element && !isPage(element); element = parentOf(element)) if (isOver(element, sticks)) layer = element;
  return layer;
};

// Whether the page lies over an element, which is a background then.
const isBehind = (layer) => {
  const parts = contents();
  return (parts.length ? parts : [...document.body.children]).some((part) => {
    const stack = areaOf(part) && !layerOf(part) ? stackAt(...middleOf(part)) : [];
    const [above, below] = [part, layer].map((one) => stack.findIndex((element) => isIn(element, one)));
    return above >= 0 && above < below;
  });
};

// Where we look: down the middle of the window for what covers it, and along its edges for bars that ask for consent.
const MIDDLE = [0.25, 0.5, 0.75].map((y) => [0.5, y]);
const EDGES = [0.04, 0.96].flatMap((y) => [0.1, 0.5, 0.9].map((x) => [x, y]));

// What the page has put over itself: a dialog of whatever make, or what fills the screen. Undefined where there is nothing.
export const cover = () => {
  try {
    const layersAt = (points, sticks) =>
      new Set(
        points.map(([x, y]) => {
          const top = stackAt(x * innerWidth, y * innerHeight).find(paints);
          return top && layerOf(top, sticks);
        }),
      );
    const isLarge = (element) =>
      family(element).some((part) => areaOf(part) >= LEAST_COVER && paints(part) && stackAt(...middleOf(part)).includes(part));
    return (
      document.fullscreenElement ??
      under(document.body).find((element) => element.matches(DIALOGS) && !isOurs(element) && (isModal(element) || isLarge(element))) ??
      [...layersAt(MIDDLE)].find((layer) => layer && !isBehind(layer)) ??
      [...layersAt(EDGES, true)].find((layer) => layer && isLarge(layer) && asksConsent(layer))
    );
  } catch {}
};
const asksConsent = (element) => {
  const parts = family(element);
  const isAny = (selector) => parts.some((part) => part.matches(selector));
  return CONSENT.test(markupOf(element)) && isAny(`iframe,${CONTROLS}`) && !isAny("nav");
};
const isModal = (element) => element.matches(":modal") && shows(element);

const isAt = (element, [x, y]) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return left <= x * innerWidth && x * innerWidth <= right && top <= y * innerHeight && y * innerHeight <= bottom;
};

// What may have come over the page while our own dialog keeps it from being looked at by its points; and how much there is in it.
export const candidates = () => {
  try {
    return under(document.body).filter(
      (element) =>
        isModal(element) ||
        (areaOf(element) >= LEAST_COVER &&
          (element.matches(DIALOGS) ||
            (isOver(element, true) && (MIDDLE.some((point) => isAt(element, point)) || asksConsent(element)))) &&
          shows(element)),
    );
  } catch {
    return [];
  }
};
export const amountOf = (element) => family(element).filter((part) => areaOf(part)).length;
