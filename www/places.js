// Where the notice may take a place in the page itself: in an empty ad slot, and over the pictures of the article. Fetched only with
// `data-view="inline"` or `data-images`.

// Slots of the networks, and those that a publisher names.
const SLOTS = "[data-appeal-slot],ins.adsbygoogle,[id^=div-gpt-ad]";

// No slot that is smaller has room for the notice, in pixels.
const LEAST = { width: 250, height: 90 };

// Lays an element over another, whose size and place may change, and which may be zoomed or scaled with what both are in. Gives what
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
export default ({ family, hasPicture, hasText, isPage, shows }) => {
  const hasSize = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 2 && height > 2;
  };

  // Whether an area shows a picture or the like, and not only what counts views.
  const isPictured = (area) => family(area).some((part) => hasSize(part) && shows(part) && hasPicture(part));

  return {
    layOver,

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

    // The pictures of the article.
    pictures: () =>
      [...document.querySelectorAll("article img,main img")].filter(
        (image) => shows(image) && image.offsetWidth >= LEAST.width && image.offsetHeight >= LEAST.height,
      ),
  };
};
