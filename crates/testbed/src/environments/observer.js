// Stands first on every page of an environment: writes down what detectors answer and what happens around them, and holds them
// back where a situation has to be made first.
"use strict";

// A property, since Firefox runs the scripts of WebDriver where top-level constants of the page are out of sight.
window.observed = {
  // When the detector began to run, in milliseconds of this page, and how long it then waited for the page to be idle.
  began: null,
  idle: null,
  // The last answer: { blocked, at, verdict }, with the whole verdict where the detector gives one.
  answered: null,
  problems: [],
  errors: [],
  violations: [],
  // The addresses of scripts, frames and images of the page that failed.
  failed: [],
  printed: [],
  visibility: [[document.visibilityState, 0]],
  prerendered: document.prerendering === true,
  persisted: false,
  tasks: [],
  left: [],
};

// Other scripts of the page may replace what is used here.
const { requestIdleCallback: whenIdle = (callback) => setTimeout(callback, 1), fetch: originalFetch } = window;
const observed = window.observed;
const now = () => performance.now();

let open;
const gate = new Promise((resolve) => (open = resolve));
observed.open = open;
if (!document.currentScript.src.endsWith("?gated")) open();

// Detectors of others call this with what they do; ours waits for the page to be idle by itself.
observed.isWaiting = false;
observed.begin = (detect) => {
  observed.isWaiting = true;
  return gate.then(() => {
    observed.began = now();
    detect();
  });
};
observed.answer = (blocked, verdict = null) => {
  observed.answered = { blocked, at: now(), verdict };
};
window.requestIdleCallback = (callback, options) => {
  const requested = now();
  // Where the page is seen, our loader asks for this as soon as it runs.
  observed.began ??= requested;
  observed.isWaiting = true;
  gate.then(() =>
    whenIdle.call(
      window,
      (deadline) => {
        observed.idle ??= now() - requested;
        callback(deadline);
      },
      options,
    ),
  );
};

document.addEventListener("soutien:ready", () => {
  // Baits are put below one of these. A new element without attributes and with a shadow root is part of our interface.
  const seen = new MutationObserver((records) => {
    for (const { addedNodes } of records) observed.left.push(...addedNodes);
  });
  for (const parent of [document.documentElement, document.body]) if (parent) seen.observe(parent, { childList: true });
});
document.addEventListener("soutien:verdict", ({ detail }) => {
  if (!observed.answered) observed.answer(detail.kind === "blocked", JSON.parse(JSON.stringify(detail)));
});
document.addEventListener("soutien:problem", ({ detail }) => observed.problems.push(detail));

addEventListener("error", ({ message, filename }) => message && observed.errors.push(`${message} (${filename})`));
addEventListener("unhandledrejection", ({ reason }) => observed.errors.push(`unhandled rejection: ${reason}`));
// Failed loads do not bubble.
addEventListener("error", ({ target }) => target.src && observed.failed.push(target.src), true);
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  observed.violations.push(`${effectiveDirective} ${blockedURI}`),
);
addEventListener("beforeprint", () => observed.printed.push(["begun", now()]));
document.addEventListener("visibilitychange", () => observed.visibility.push([document.visibilityState, now()]));
addEventListener("pageshow", ({ persisted }) => (observed.persisted = persisted));
document.addEventListener("DOMContentLoaded", () => originalFetch("/observer.js?read", { cache: "no-store" }).catch(() => {}));

const tasks = window.PerformanceObserver?.supportedEntryTypes?.includes("longtask") && new PerformanceObserver(noteTasks);
if (tasks) tasks.observe({ type: "longtask", buffered: true });
function noteTasks(list) {
  for (const { startTime, duration } of list.getEntries()) observed.tasks.push([startTime, duration]);
}

// What WebDriver takes home, as a text.
observed.report = () => {
  if (tasks) noteTasks({ getEntries: () => tasks.takeRecords() });
  const { answered, began, idle, problems, errors, violations, failed } = observed;
  const end = answered?.at ?? Infinity;
  const long = observed.tasks.filter(([start, duration]) => start < end && start + duration > began + idle);
  const left = observed.left
    .filter((node) => node.isConnected && !/^<div( data-soutien="")?><\/div>$/.test(node.shadowRoot && node.outerHTML))
    .map((node) => node.outerHTML ?? node.data);
  const notice = [...(document.body?.children ?? [])].some((child) => child.shadowRoot?.querySelector("dialog[open]"));
  return JSON.stringify({ answered, began, idle, problems, errors, violations, failed, left, notice, long });
};

// Controls that ask what a blocker does: whether it refuses a script of a name that EasyList knows, and hides an element of one.
let nControls = 0;
observed.refuses = (name) =>
  // Browsers remember a script that failed.
  import(`/controle/${name}/show.js?${nControls++}`).then(
    () => false,
    () => true,
  );
observed.hides = (name) => {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = "contrôle";
  document.body.append(element);
  const isHidden = getComputedStyle(element).display === "none";
  element.remove();
  return isHidden;
};
