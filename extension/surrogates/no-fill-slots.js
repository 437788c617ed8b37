// In place of a script that fills slots, as it is where nobody buys them: after a while it says that each is unfilled.
"use strict";

(() => {
  const SLOW_MS = 4000;
  const say = () => {
    for (const slot of document.querySelectorAll("ins.adsbygoogle, ins[data-ad-slot]")) slot.dataset.adStatus = "unfilled";
  };
  window.adsbygoogle = { loaded: true, push: () => setTimeout(say, SLOW_MS) };
  setTimeout(say, SLOW_MS);
})();
