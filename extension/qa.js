// The variant for machines alone: tells a page what the popup shows of it. WebDriver opens no page of an extension in Firefox, so that
// whoever steers the browser asks on the page: it dispatches `soutien:ask`, and gets `soutien:state`.
"use strict";

// The state is that of the tab, for which a page within a page does not speak.
if (window === window.top) {
  document.addEventListener("soutien:ask", async () => {
    const state = await chrome.runtime.sendMessage({ kind: "state" }).catch((error) => ({ error: String(error) }));
    // A text, since Firefox lets no object of ours into the page.
    document.dispatchEvent(new CustomEvent("soutien:state", { detail: JSON.stringify(state) }));
  });
  // The half of us that watches the page, in the page's own world, cannot ask the background.
  const reasonsFor = async (question) => {
    const answer = await globalThis.tell({ kind: "reasons", ...question });
    return answer ?? { error: "the background of the extension does not answer" };
  };
  document.addEventListener("soutien:explain", async ({ detail }) => {
    // A page that never rests has to be answered as well.
    const began = performance.now();
    while (globalThis.isUnderway() && performance.now() - began < 2_000) await new Promise((done) => setTimeout(done, 20));
    const reasons = await reasonsFor(JSON.parse(detail));
    document.dispatchEvent(new CustomEvent("soutien:explained", { detail: JSON.stringify(reasons) }));
  });
}
