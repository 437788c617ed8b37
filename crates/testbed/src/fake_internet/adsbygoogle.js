// What a page gets from AdSense, as far as a detector can see: each slot is filled by a frame from an ad host.
"use strict";

(() => {
  const fill = () => {
    for (const slot of document.querySelectorAll("ins.adsbygoogle:not([data-ad-status])")) {
      const frame = document.createElement("iframe");
      frame.src = "https://googleads.g.doubleclick.net/pagead/ads";
      slot.append(frame);
      slot.dataset.adStatus = "filled";
    }
  };
  window.adsbygoogle = { loaded: true, push: fill };
  fill();
})();
