// The demo's ad network: puts one frame into every slot of the page that loads it, and marks the slots that were filled.
// Trusted Types clean: nodes are made one by one, and a frame's address is no script sink.
(() => {
  // `currentScript` is null as soon as this first run is over, so the address is read now.
  const address = document.currentScript.src;
  const { origin } = new URL(address);

  const slotOf = new Map();

  // A frame's `load` event also comes for the browser's own error page, which would call a blocked advertisement shown.
  // Only the advertisement itself can say that it is there.
  addEventListener("message", ({ data, origin: sender, source }) => {
    if (sender === origin && data === "advertisement shown") slotOf.get(source)?.setAttribute("data-ad-status", "filled");
  });

  function fill() {
    for (const slot of document.querySelectorAll("ins.adsbygoogle[data-ad-slot]")) {
      if (slot.firstElementChild) continue;
      const frame = document.createElement("iframe");
      frame.title = "Publicité";
      frame.src = new URL(`../ads_iframe.html?slot=${encodeURIComponent(slot.dataset.adSlot)}`, address).href;
      slot.append(frame);
      slotOf.set(frame.contentWindow, slot);
    }
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", fill);
  else fill();
})();
