// What holds of the view.

import { LOT_SHIFT } from "../abi.js";
import { document } from "./document.js";
import { problemOnce } from "./events.js";
import { attempt, bits, isHere } from "./platform.js";

// Whether the reader has been on another page of the site just now: it stands in the tab's history, also where the site sends no referrer, or it led
// here. One that has put this page in its own place did so before it was read, and one that is loaded again leads nobody on.
const cameFromHere = () => {
  const page = (url) => url?.split("#")[0];
  const here = page(location.href);
  const { referrer } = document;
  return (
    attempt(() => navigation.entries().some(({ url }) => page(url) !== here)) ||
    (isHere(referrer) && referrer !== here && attempt(() => navigation.activation.navigationType) !== "replace")
  );
};

// What holds of the view: the reader came from another page of the site; the page is a frame in another; the reader is one of those
// in a list of selectors and of `cookie:NAME`, with commas between them. The bits above are a lot from 1 to 100.
export const visit = (exempt) => {
  const selectors = exempt.replace(/,?\s*cookie:([^,\s]+)/g, (_, name) =>
    `; ${document.cookie}`.includes(`; ${name}=`) ? ",:root" : "",
  );
  let isExempt;
  try {
    isExempt = document.querySelector(selectors.replace(/^,/, "") || ":not(*)");
  } catch {
    problemOnce("exempt", exempt, "nobody is exempt");
  }
  return bits(cameFromHere(), parent !== self, isExempt) | ((Math.random() * 100 + 1) << LOT_SHIFT);
};
