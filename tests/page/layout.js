// What the tests of layouts ask: where everything of the page is, in each frame from the moment that it has been read.
"use strict";

// Everything of the page's own, in order.
witness.own = () => document.querySelectorAll("html,body,[data-own],[data-own] *");

// Every place and size, as a text.
witness.layout = () =>
  [...witness.own()]
    .map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [element.localName, x, y, width, height, element.scrollWidth, element.scrollHeight].join(" ");
    })
    .join("\n");

// Each layout that there was, from one frame to the next.
witness.layouts = [];
document.addEventListener("DOMContentLoaded", () => {
  const look = () => {
    const layout = witness.layout();
    if (layout !== witness.layouts[witness.layouts.length - 1]) witness.layouts.push(layout);
    requestAnimationFrame(look);
  };
  look();
  document.addEventListener("soutien:ready", look, { once: true });
  document.addEventListener("soutien:verdict", look, { once: true });
});

// Our button, wherever its host is.
witness.button = () => {
  for (const { shadowRoot } of document.querySelectorAll("*")) {
    const button = shadowRoot?.querySelector("button[data-top]");
    if (button) return button;
  }
  return null;
};

// What Chromium counts as shifts once it shows the whole page, which is in the second frame at the latest; others count none. Where it has painted
// a page of which it had read a part, the rest moves that part, and that is the page's own doing. Up to then the layouts above say what moves.
const shifts = [];
let whole = Infinity;
const noteWhole = (time) => (whole = time);
document.addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => requestAnimationFrame(noteWhole)));
Object.defineProperty(witness, "shifts", { get: () => shifts.filter(({ time }) => time >= whole).map(({ text }) => text) });
if (PerformanceObserver.supportedEntryTypes.includes("layout-shift")) {
  const place = ({ x, y, width, height }) => [x, y, width, height].join(" ");
  const tell = ({ value, sources }) =>
    `${value}: ${sources.map(({ node, previousRect, currentRect }) => `${node?.nodeName} from ${place(previousRect)} to ${place(currentRect)}`).join(", ")}`;
  const note = (entries) => shifts.push(...entries.map((entry) => ({ time: entry.startTime, text: tell(entry) })));
  new PerformanceObserver((list) => note(list.getEntries())).observe({ type: "layout-shift", buffered: true });
}
