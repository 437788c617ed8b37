// In place of AdSense's tag, as Firefox's tracking protection answers it: what is pushed goes nowhere, and slots take up no space.
"use strict";

(() => {
  window.adsbygoogle = { loaded: true, push: () => {} };
  const style = document.createElement("style");
  style.textContent = "ins.adsbygoogle { max-width: 0px; }";
  document.documentElement.append(style);
})();
