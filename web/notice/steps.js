// The steps by which a site is allowed in each blocker, and their pictures.

import { BLOCKER_BRAVE, BLOCKER_DNS, BLOCKER_OPERA, BLOCKER_OTHER, BLOCKER_UBLOCK_ORIGIN } from "../abi.js";
import { document } from "./document.js";

// How a site is allowed in each blocker: its name, and the names of the steps, each of which has words and a picture. First those that may be at
// hand, as `at_hand` in `src/appeal.rs` says.
export const AT_HAND = {
  [BLOCKER_DNS]: ["dns", "dns"],
  [BLOCKER_BRAVE]: ["Brave", "lion", "switch", "reload"],
  [BLOCKER_OPERA]: ["Opera", "shield", "switch", "reload"],
  [BLOCKER_UBLOCK_ORIGIN]: ["uBlock Origin", "icon", "power", "reload"],
  [BLOCKER_OTHER]: ["other", "other", "reload"],
};
export const OTHERS = [
  ["uBlock Origin Lite", "icon", "slider", "reload"],
  ["AdGuard", "icon", "switch", "reload"],
  ["Adblock Plus", "icon", "switch", "reload"],
  ["AdBlock", "icon", "pause", "reload"],
  ["Ghostery", "icon", "pause", "reload"],
  ["tracking-protection", "shield", "switch", "reload"],
];

// The lines of each picture, in a square of 24.
const SHIELD = "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z";
const PUZZLE = "M9 5a2 2 0 0 1 4 0h5v5a2 2 0 0 1 0 4v5H6v-5a2 2 0 0 0 0-4V5z";
const PICTURES = {
  dns: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c4 4 4 14 0 18-4-4-4-14 0-18",
  icon: "M2 6h20v12H2zM5 12h9M18 11.9v.2",
  lion: SHIELD,
  shield: SHIELD,
  other: PUZZLE,
  pause: "M8 5v14M16 5v14",
  power: "M12 3v9M7 6a8 8 0 1 0 10 0",
  reload: "M20 12a8 8 0 1 1-2.3-5.6M20 3v5h-5",
  slider: "M9 12h12M6 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  thanks: "M4 12.5l5 5L20 6.5",
  switch: "M8 6h8a6 6 0 0 1 0 12H8A6 6 0 0 1 8 6M8 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
};

export const picture = (name) => {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PICTURES[name]);
  svg.append(path);
  return svg;
};
