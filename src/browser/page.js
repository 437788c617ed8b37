// What the edge asks of the platform, each as one call. A line of JavaScript weighs a tenth of the same calls made one by one
// through WebAssembly, and `import()` is syntax that Rust cannot say. Nothing is decided here, and nothing throws.

let wake;

// Takes the function that is called when something that was asked for has happened.
export const attend = (callback) => {
  wake = callback;
};

export const page = () => document;
export const frame = () => self;

// Wakes us after a time in milliseconds.
export const after = (ms, what, run) => {
  setTimeout(() => wake(what, run), ms);
};

// Wakes us with every event of a name. `toggle` does not bubble, so it is caught on its way down.
export const listen = (target, name, what) => target.addEventListener(name, (event) => wake(what, 0, event), name === "toggle");

// Wakes us with the last entry whenever an element comes into view or leaves it.
export const observe = (element, what) => new IntersectionObserver((entries) => wake(what, 0, entries.pop())).observe(element);

// Imports a script and wakes us with its default export, or with undefined where that fails. It is not a `<script>`, because Trusted
// Types refuse to set its address; blockers see the same request, of the type "script".
export const probe = (url, what, run) => {
  import(url).then(
    (module) => wake(what, run, module.default),
    () => wake(what, run),
  );
};

// Fetches a file and wakes us with 1 and its content (an object for JSON, a text otherwise), or with 0 and the reason of the failure.
export const load = (url, what) => {
  fetch(url)
    .then((response) => (response.ok ? (/\.json/.test(url) ? response.json() : response.text()) : Promise.reject(response.status)))
    .then(
      (content) => wake(what, 1, content),
      (reason) => wake(what, 0, String(reason)),
    );
};

// Whole milliseconds since the page's time origin.
export const now = () => performance.now();

// Whole seconds since 1970 by the reader's clock.
export const date = () => Date.now() / 1000;

export const referrer = () => document.referrer;
export const origin = () => location.origin;
export const isFramed = () => parent !== self;
export const isTyped = (event, key) => event.key === key && !event.defaultPrevented;

// The language tags of the page and of the reader, between them a blank.
export const languages = () => `${document.documentElement.lang} ${navigator.language}`;

// A property of an object as a text; empty where there is none.
export const word = (object, key) => String(object?.[key] ?? "");

// Reads the storage; undefined where there is nothing, and with a problem where it is denied.
export const read = (key) => {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch (error) {
    problem("localStorage", error.name, "a first visit");
  }
};

// Writes the storage. A reader who denies it, or whose storage is full, is met as new on the next view.
export const write = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch (error) {
    problem("localStorage", error.name, "nothing: the closing is forgotten");
  }
};

// Emits an event on the document. Gives false where a listener cancelled it.
export const emit = (name, detail, cancelable) =>
  document.dispatchEvent(new CustomEvent(`soutien:${name}`, { detail, cancelable }));

export const problem = (key, given, used) => {
  emit("problem", { key, given, used });
  console.warn(`soutien: ${key}: found "${given}", used ${used}`);
};

export const closed = (by) => emit("close", { by });

export const verdict = (kind, cause, ms) => ({ kind, cause, signals: [], ms });

export const signal = (verdict, family, name, reading, why, ms) => {
  verdict.signals.push({ family, name, reading, why, ms });
};

// The first element that a selector matches; undefined where there is none or where the selector is not a valid one.
export const find = (selector) => {
  try {
    return document.querySelector(selector) ?? undefined;
  } catch {}
};

export const findIn = (element, selector) => element.querySelector(selector) ?? undefined;

// The last element that a selector matches and that shows.
export const findLast = (selector) => [...document.querySelectorAll(selector)].reverse().find(shows);

export const closest = (element, selector) => element.closest?.(selector) ?? undefined;

// An attribute; undefined where there is none.
export const attribute = (element, name) => element.getAttribute(name) ?? undefined;

// Sets an attribute. A style goes through the object model, which no content security policy forbids.
export const set = (element, name, value) => {
  if (name === "style") element.style.cssText = value;
  else element.setAttribute(name, value);
};

export const make = (tag, text) => {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
};

export const append = (parent, element) => parent.append(element);

// Appends an element to the page. A document need not have a body.
export const place = (element) => (document.body ?? document.documentElement).append(element);

// Puts an element, which may have a style sheet, into a shadow root of a new host, and the host on the page. Gives the host.
export const shelter = (element, style) => {
  const host = make("div");
  const root = host.attachShadow({ mode: "open" });
  if (style) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  }
  root.append(element);
  place(host);
  return host;
};

// Opens a dialog. Gives false where the browser cannot.
export const open = (dialog) => {
  try {
    dialog.showModal();
    return true;
  } catch {
    return false;
  }
};

// Closes a panel by its own means: a dialog, a popover, a `<details>`, or anything else by hiding it.
export const shut = (panel) => {
  if (panel.close) panel.close();
  else if (panel.popover) panel.hidePopover();
  else if ("open" in panel) panel.open = false;
  else panel.hidden = true;
};

// Whether an element takes up space and is not made invisible.
export const shows = (element) =>
  element.offsetHeight > 0 && element.offsetWidth > 0 && getComputedStyle(element).visibility === "visible";

// Whether an element has a box at all, be it an empty one; it has none under `display: none`.
export const isRendered = (element) => element.getClientRects().length > 0;

// Moves the focus to an element without scrolling to it, making the element focusable where it is not.
export const focus = (element) => {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
};

// Scrolls to the top; at once for readers who want no motion.
export const scroll = () =>
  scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
