// Where the notice stands beside the page or in a place of it: in a strip at the edge, in an empty ad slot, and over the pictures of the article.
// Fetched only with `data-view="banner"`, `data-view="inline"` or `data-images`.

import { document } from "../edge/document.js";

// Slots of the networks, and those that a publisher names.
const SLOTS = "[data-appeal-slot],ins.adsbygoogle,[id^=div-gpt-ad]";

// No slot that is smaller has room for the notice, in pixels.
const LEAST = { width: 250, height: 90 };

// The controls that lead back to the top, ours in its shadow tree and those of the page.
const TOP = ":is(a,button):is([data-top=''],[data-top=shown],[data-top=hidden],#go-to-top)";

// Lays an element over another, whose size and place may change, and which may be zoomed or scaled with what both are in. Returns what
// measures again, and what ends that.
const layOver = (element, area) => {
  const lay = () => {
    if (!element.isConnected) return observer.disconnect();
    const { style } = element;
    for (const side of ["left", "top"]) style[side] = "0";
    for (const side of ["width", "height"]) style[side] = "100px";
    const [from, to] = [element, area].map((part) => part.getBoundingClientRect());
    const [across, down] = [from.width / 100 || 1, from.height / 100 || 1];
    for (const [side, length] of [
      ["left", (to.left - from.left) / across],
      ["top", (to.top - from.top) / down],
      ["width", to.width / across],
      ["height", to.height / down],
    ]) {
      style[side] = `${length}px`;
    }
  };
  const observer = new ResizeObserver(lay);
  lay();
  observer.observe(area);
  observer.observe(document.documentElement);
  return [lay, () => observer.disconnect()];
};

// Takes how `appeal.js` looks at elements.
export default ({ GAP, family, focused, hasPicture, hasText, isPage, overlap, shows }) => {
  const hasSize = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 2 && height > 2;
  };

  // Whether an area shows a picture or the like, and not only what counts views.
  const isPictured = (area) => family(area).some((part) => hasSize(part) && shows(part) && hasPicture(part));

  return {
    layOver,

    // Keeps a strip off what has the focus, and lifts the controls that lead to the top above it. `listen` listens until it is gone; what ends the
    // rest is given.
    keepClear(dialog, listen) {
      // Animations write nothing into the page's elements, whose copies a page may keep.
      const hold = (element, style) => element.animate(style, { fill: "forwards" });
      const lifted = new Map();
      let padding;
      const lower = () => {
        for (const animation of lifted.values()) animation.cancel();
        lifted.clear();
      };
      const lift = () => {
        if (dialog.matches(".above")) return;
        // They may come and go as the reader scrolls.
        const roots = [document, ...[...document.querySelectorAll("html>*,body>*")].map(({ shadowRoot }) => shadowRoot)];
        for (const control of roots.flatMap((root) => [...(root?.querySelectorAll(TOP) ?? [])])) {
          const under = !lifted.has(control) && overlap(control, dialog.offsetHeight);
          if (!under || getComputedStyle(control).position !== "fixed") continue;
          lifted.set(control, hold(control, { translate: `0 -${under}px` }));
        }
      };
      const clear = ({ type }) => {
        // Not by its rectangle, because it moves while it arrives.
        const height = dialog.offsetHeight;
        const wasAbove = dialog.matches(".above");
        if (!type) {
          // What the browser scrolls to by itself comes to rest above.
          padding?.cancel();
          padding = hold(document.documentElement, { scrollPaddingBottom: `${height + GAP}px` });
        }
        const element = focused();
        if (element && element !== document.body && !dialog.contains(element)) {
          const under = overlap(element, height);
          // Nobody wants to be scrolled when the notice comes.
          if (under && type) scrollBy({ top: under, behavior: "instant" });
          // At the end of the page there is nothing to scroll.
          dialog.classList.toggle("above", overlap(element, height));
        }
        // What is being clicked has to stay where it is.
        if (!type || dialog.matches(".above") !== wasAbove) lower();
        lift();
      };
      listen(document, "focusin", clear);
      listen(document, "scroll", lift, true);
      const observer = new ResizeObserver(clear);
      observer.observe(dialog);
      const end = () => {
        observer.disconnect();
        padding?.cancel();
        lower();
      };
      return [lift, end];
    },

    // The largest slot that is empty and still as large as it was, or what the page has put around it.
    emptySlot() {
      const areas = [...document.querySelectorAll(SLOTS)].flatMap((slot) => {
        if (family(slot).some((part) => shows(part) && hasText(part)) || isPictured(slot)) return [];
        // What is around a slot may be anything; it belongs to the slot where it holds nothing but a few words, such as what it is for.
        const around = slot.parentElement;
        const belongs = around.textContent.trim().length < 40 && !isPage(around) && !isPictured(around);
        return [slot, belongs && around].filter((area) => area && shows(area));
      });
      const sizes = new Map(areas.map((area) => [area, area.getBoundingClientRect()]));
      const size = (area) => sizes.get(area).width * sizes.get(area).height;
      const fits = areas.filter((area) => sizes.get(area).width >= LEAST.width && sizes.get(area).height >= LEAST.height);
      return fits.sort((one, other) => size(other) - size(one))[0];
    },

    // Covers the pictures of the article. `makeCover` makes one in an element, and gives its frame. Returns what lifts them all, once.
    cover(makeCover) {
      const pictures = [...document.querySelectorAll("article img,main img")].filter(
        (image) => shows(image) && image.offsetWidth >= LEAST.width && image.offsetHeight >= LEAST.height,
      );
      const ends = pictures.map((image) => {
        const frame = makeCover(image.parentElement);
        const [, end] = layOver(frame, image);
        return () => {
          end();
          frame.getRootNode().host.remove();
        };
      });
      return () => {
        for (const end of ends.splice(0)) end();
      };
    },
  };
};
