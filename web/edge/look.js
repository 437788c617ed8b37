// What there is to see of blocking: the bait elements, and the page's own slots and ad tags.

import { SIGHT_SLOT, SIGHT_TAGS, TAGS_ABSENT, TAGS_ALIVE, TAGS_MISSING, TAGS_SMART_BLOCK, TAGS_STAND_IN } from "../abi.js";
import { sights } from "./baits.js";
import { document } from "./document.js";
import { attempt, bits, find } from "./platform.js";

// Whether an element has a box at all, be it an empty one; it has none under `display: none`.
const isRendered = (element) => element?.getClientRects().length;

// What there is to see, as `Sight` in `src/sight.rs` reads it: of the bait elements; of the page's own slot, which AdSense writes its fate to, whether
// it is there, it and its parent are rendered, and it is filled by the web; and what the ad tags have become. Only a thorough look is one at
// the slot: it has the browser lay the page out.
export const look = (isThorough) =>
  attempt(() => {
    let slots = 0;
    if (isThorough) {
      const slot = find("ins.adsbygoogle[data-ad-slot]");
      const isFilled = slot?.getAttribute("data-ad-status") === "filled" && slot.querySelector("iframe[src^=http]");
      slots = bits(slot, isRendered(slot), isRendered(slot?.closest(":not(ins)")), isFilled);
    }
    // Blockers make the globals of tags throw when they are read.
    return sights() | (slots << SIGHT_SLOT) | (attempt(() => tags(isThorough)) << SIGHT_TAGS);
  });

// What the page's ad tags have become. A stand-in is a shape that the real one does not have: GPT and SmartBlock by their version, AdSense by a frame within its frame or on a `data:`
// address, Amazon by what it cannot do. The page is searched for what a tag leaves there only where there is such a tag.
const tags = (isThorough) => {
  const { googletag, adsbygoogle, apstag } = window;
  const version = attempt(() => googletag?.getVersion?.());
  const isLoaded = adsbygoogle?.loaded;
  const slot = isLoaded && find("ins.adsbygoogle");
  if (version === "2021050601" || (slot && getComputedStyle(slot).maxWidth === "0px")) return TAGS_SMART_BLOCK;
  if (version === "" || (adsbygoogle && find("iframe[id^=aswift_]>iframe,iframe[id^=aswift_][src^='data:']"))) return TAGS_STAND_IN;
  if (googletag?.pubadsReady || (isLoaded && find("ins[data-ad-status]")) || apstag?.renderImp) return TAGS_ALIVE;
  const isMissing = isThorough && document.readyState === "complete" && !version && !isLoaded && !apstag?.init;
  return isMissing && find("script[src*='/gpt.js'],script[src*='/adsbygoogle.js'],script[src*='/apstag.js']") ? TAGS_MISSING : TAGS_ABSENT;
};
