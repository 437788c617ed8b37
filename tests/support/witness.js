// Stands first on every test page, and writes down what the tests ask about. It keeps what it needs of the platform, which pages may
// replace.
"use strict";

// A property, since Firefox runs the scripts of WebDriver where top-level constants of the page are out of sight.
window.witness = { events: [], errors: [], violations: [], warnings: [], clicks: [], isOver: false };

// What is kept, out of the page's sight.
witness.native = {
  Promise,
  stringify: JSON.stringify,
  // These three have to be called on the window.
  fetch: fetch.bind(window),
  setTimeout: setTimeout.bind(window),
  requestAnimationFrame: requestAnimationFrame.bind(window),
  // An element of that name may take the place of these.
  querySelector: document.querySelector.bind(document),
  querySelectorAll: document.querySelectorAll.bind(document),
  addEventListener: document.addEventListener.bind(document),
};

// Adds to a list, by no method that a page may replace.
witness.note = (list, what) => {
  list[list.length] = what;
};

// How long the module may look for a verdict, in milliseconds after `soutien:ready`.
witness.limit = 2000;

// A page that is written anew loses its listeners.
witness.listen = () => {
  for (const name of [
    "ready", "verdict", "show", "close", "top", "problem", "recheck", "recovered", "relapsed", "support", "refused",
  ]) {
    witness.native.addEventListener(`soutien:${name}`, ({ detail }) => {
      const { isOver } = witness;
      witness.note(witness.events, { name, detail, at: performance.now(), isOver, focus: document.activeElement?.id ?? "" });
      // By a timer of the page's own and not by the clock: a machine that is busy has both come late.
      if (name === "ready") witness.native.setTimeout(() => (witness.isOver = true), witness.limit);
    });
  }
  addEventListener("error", ({ message, filename, lineno }) =>
    witness.note(witness.errors, `${message} (${filename}:${lineno})`),
  );
  addEventListener("unhandledrejection", ({ reason }) => witness.note(witness.errors, `unhandled rejection: ${reason}`));
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    witness.note(witness.violations, `${effectiveDirective}: ${blockedURI}`),
  );
  addEventListener("click", (event) => witness.note(witness.clicks, event.composedPath()[0].id));
};
witness.listen();

for (const level of ["warn", "error"]) {
  const { console } = window;
  const original = console[level];
  console[level] = (...words) => {
    let text = "";
    for (const word of words) text += (text && " ") + word;
    witness.note(witness.warnings, text);
    original.apply(console, words);
  };
}

// What is in a shadow root on the page.
witness.inShadow = (selector) => {
  for (const { shadowRoot } of witness.native.querySelectorAll("*")) {
    const found = shadowRoot?.querySelector(selector);
    if (found) return found;
  }
  return null;
};

// The open notice, and the thanks.
witness.notice = () => witness.inShadow("dialog[open]");
witness.thanks = () => witness.inShadow(".thanks");

// What has the focus, be it in a shadow tree.
witness.focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};

// What can be operated in the notice, as far as it shows.
witness.controls = () => [...witness.notice().querySelectorAll("a,button,summary")].filter((control) => control.checkVisibility());

// Opens the steps in the notice, and every list of other blockers, of which readers have one open at a time.
witness.unfold = () => {
  witness.notice().querySelector(".first:not([hidden])").click();
  for (const list of witness.notice().querySelectorAll("details")) {
    list.removeAttribute("name");
    list.open = true;
  }
};

// Everything that is written down, as a text.
witness.report = () => {
  const { events, errors, violations, warnings, clicks } = witness;
  return witness.native.stringify({ events, errors, violations, warnings, clicks });
};

// The middle of an element, be it in a shadow tree, in CSS pixels from the top left of the window.
witness.place = (selector) => {
  const element = witness.native.querySelector(selector) ?? witness.inShadow(selector);
  const { left, top, width, height } = element.getBoundingClientRect();
  return `${(left + width / 2) | 0} ${(top + height / 2) | 0}`;
};

// Resolves when the page has come to rest where it scrolls to.
witness.still = async () => {
  const { Promise, requestAnimationFrame } = witness.native;
  for (let last = NaN, n_same = 0; n_same < 5; n_same = scrollY === last ? n_same + 1 : 0) {
    last = scrollY;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
};

// Whether two elements lie over each other.
witness.areOver = (one, other) => {
  const [first, second] = [one, other].map((element) => element.getBoundingClientRect());
  return first.left < second.right && second.left < first.right && first.top < second.bottom && second.top < first.bottom;
};

// Resolves after everything that was due at once has happened, and what it requested has reached the server: timers run in the
// order in which they were set, and so do requests of one page to one server.
witness.settled = async () => {
  const { Promise, fetch, setTimeout, requestAnimationFrame } = witness.native;
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  // A page may have its own idea of what a response is.
  await fetch("/witness.js?settled", { cache: "no-store" }).catch(() => {});
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
};
