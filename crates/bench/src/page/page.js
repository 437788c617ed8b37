// Runs first on every page that `cargo xtask bench page` visits: writes down what the page is like for its reader, and when a guest has done what
// it is there for.
"use strict";

if (top === self) {
  const pace = {
    loaded: null,
    largest: 0,
    shift: 0,
    painted: 0,
    long: [],
    inputs: [],
    // What was clicked; nothing that reacts to it by itself must be among it.
    clicked: [],
  };
  const observers = [];
  const observe = (type, options, take) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true, ...options });
    observers.push(() => observer.takeRecords().forEach(take));
  };
  observe("largest-contentful-paint", {}, ({ startTime }) => (pace.largest = startTime));
  observe("layout-shift", {}, ({ value, hadRecentInput }) => (pace.shift += hadRecentInput ? 0 : value));
  observe("paint", {}, ({ name, startTime }) => name === "first-contentful-paint" && (pace.painted = startTime));
  observe("longtask", {}, ({ startTime, duration }) => pace.long.push([startTime, duration]));
  observe("event", { durationThreshold: 16 }, ({ interactionId, duration }) => interactionId && pace.inputs.push(duration));
  // Told also where it is faster than the threshold.
  observe("first-input", {}, ({ duration }) => pace.inputs.push(duration));
  addEventListener("click", ({ target }) => pace.clicked.push(target.outerHTML.slice(0, 80)), true);

  const load = new Promise((resolve) => addEventListener("load", resolve)).then(() => (pace.loaded = performance.now()));
  // The scripts of other guests know these three, see peers.rs: when a guest gave its answer, or showed what it shows.
  window.observed = { answered: null, begin: (act) => act() };
  observed.answer = () => (observed.answered ??= { at: performance.now() });
  document.addEventListener("soutien:verdict", observed.answer);
  // Fulfilled this many milliseconds after the page has loaded.
  observed.wait = (ms) => load.then((loaded) => new Promise((resolve) => setTimeout(resolve, loaded + ms - performance.now())));
  observed.report = () => {
    for (const take of observers) take();
    // What the page itself asks for, and what its guests do; another origin does not tell how much comes.
    const requests = performance.getEntriesByType("resource").map(({ name, transferSize }) => [name, transferSize]);
    return JSON.stringify({ ...pace, requests, answered: observed.answered?.at ?? null });
  };
}
