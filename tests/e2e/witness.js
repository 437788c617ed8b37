// Stands first on every test page, and writes down what the tests ask about.
"use strict";

// A property, since Firefox runs the scripts of WebDriver where top-level constants of the page are out of sight.
window.witness = { events: [], errors: [], violations: [], warnings: [] };

for (const name of [
  "ready", "verdict", "show", "close", "top", "problem", "recheck", "recovered", "relapsed", "support", "refused",
]) {
  document.addEventListener(`soutien:${name}`, ({ detail }) =>
    witness.events.push({ name, detail, at: performance.now(), focus: document.activeElement?.id ?? "" }),
  );
}
addEventListener("error", ({ message, filename, lineno }) => witness.errors.push(`${message} (${filename}:${lineno})`));
addEventListener("unhandledrejection", ({ reason }) => witness.errors.push(`unhandled rejection: ${reason}`));
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  witness.violations.push(`${effectiveDirective}: ${blockedURI}`),
);
for (const level of ["warn", "error"]) {
  const original = console[level];
  console[level] = (...words) => {
    witness.warnings.push(words.map(String).join(" "));
    original.apply(console, words);
  };
}

// What is in a shadow root on the page.
const inShadow = (selector) =>
  [...document.querySelectorAll("body *")].map(({ shadowRoot }) => shadowRoot?.querySelector(selector)).find((found) => found) ?? null;

// The open notice, and the thanks.
witness.notice = () => inShadow("dialog[open]");
witness.thanks = () => inShadow(".thanks");

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

// Resolves when the page has come to rest where it scrolls to.
witness.still = async () => {
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
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  await fetch("/witness.js?settled", { cache: "no-store" });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
};
