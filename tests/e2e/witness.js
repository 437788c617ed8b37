// Stands first on every test page, and writes down what the tests ask about.
"use strict";

// A property, since Firefox runs the scripts of WebDriver where top-level constants of the page are out of sight.
window.witness = { events: [], errors: [], violations: [], warnings: [] };

for (const name of ["ready", "verdict", "show", "close", "top", "problem"]) {
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

// The open notice: a dialog in the shadow root of a child of the body.
witness.notice = () =>
  [...document.body.children].map((child) => child.shadowRoot?.querySelector("dialog[open]")).find((dialog) => dialog) ?? null;

// Resolves after everything that was due at once has happened, and what it requested has reached the server: timers run in the
// order in which they were set, and so do requests of one page to one server.
witness.settled = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  await fetch("/witness.js?settled", { cache: "no-store" });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
};
