// What happens on a page from its very beginning, which nobody can ask about later: errors, files that did not come, and which elements
// have handlers. It runs before any script of the page, and changes nothing that the page could see but that it is there.

// The most errors, and the most files, that are kept; a page that fails in a loop says no more by the next one.
const MOST = 200;

// What a handler has to be for, so that an element answers its reader.
const ANSWERS = new Set([
  "click",
  "submit",
  "change",
  "input",
  "keydown",
  "keyup",
  "mousedown",
  "mouseup",
  "pointerdown",
  "pointerup",
  "touchstart",
  "touchend",
]);

const textOf = (error) => {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "an error without words";
  }
};

// Begins to watch, and gives what was seen so far by functions.
export const watch = () => {
  const errors = [];
  const failures = [];
  const handlers = new WeakMap();
  let changed = performance.now();
  const note = (list, entry) => list.length < MOST && list.push(entry);

  addEventListener(
    "error",
    (event) => {
      const { target } = event;
      if (target === window) {
        note(errors, { message: textOf(event.error ?? event.message), script: event.filename ?? "", line: event.lineno ?? 0 });
      } else if (target?.localName) {
        note(failures, { address: target.currentSrc || target.src || target.href || "", element: target.localName });
      }
    },
    true,
  );
  addEventListener("unhandledrejection", ({ reason }) => note(errors, { message: textOf(reason), script: scriptOf(reason), line: 0 }));

  // A proxy, so that the page's own look at the function finds what it always found.
  const { prototype } = EventTarget;
  prototype.addEventListener = new Proxy(prototype.addEventListener, {
    apply: (add, target, parameters) => {
      const [type, listener] = parameters;
      if (listener && ANSWERS.has(type) && target instanceof Element) {
        const types = handlers.get(target) ?? new Set();
        handlers.set(target, types.add(type));
      }
      return Reflect.apply(add, target, parameters);
    },
  });

  new MutationObserver((records) => {
    if (records.some(({ addedNodes, removedNodes }) => addedNodes.length + removedNodes.length > 0)) changed = performance.now();
  }).observe(document, { subtree: true, childList: true });
  new PerformanceObserver(() => (changed = performance.now())).observe({ type: "resource" });

  return {
    errors: () => [...errors],
    failures: () => [...failures],
    restsSince: () => changed,
    handlersOf: (element) => handlers.get(element) ?? new Set(),
  };
};

// The first address in the stack of an error, which is where it was thrown.
const scriptOf = (error) => /(?:https?|blob):[^\s)]*?(?=:\d+(?::\d+)?\)?(?:\n|$))/.exec(error?.stack ?? "")?.[0] ?? "";
