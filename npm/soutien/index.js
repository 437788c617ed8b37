// Puts the tag of Soutien into the page. Nothing happens until `start` is called, so that a server can import this as well.

const isLeftOut = (value) => value === undefined || value === null || value === false;

// What somebody gave, for a message. Only plain values are sure to have a text.
const shown = (value) => (value === null ? "null" : Object(value) === value ? `something of the type ${typeof value}` : `the ${typeof value} ${String(value)}`);

// Says that something is not as it should be, as soutien.js does.
const report = (key, given, used) => {
  document.dispatchEvent(new CustomEvent("soutien:problem", { detail: { key, given, used } }));
  console.warn(`soutien: ${key}: found "${given}", used ${used}`);
};

// Why Soutien cannot run on this page, once that is known: no later call can change it.
let failure;

/** Starts Soutien with the options of `index.d.ts`. */
export const start = async (options = {}) => {
  if (typeof document === "undefined") {
    throw new Error("soutien: start() was called where there is no page: call it in a browser, for instance once a component is mounted");
  }

  const isObject = Object(options) === options && typeof options === "object" && !Array.isArray(options);
  if (!isObject) report("start", shown(options), "the defaults");
  // What is neither left out nor a plain value is no option.
  const given = Object.entries(isObject ? options : {}).filter(([name, value]) => {
    const isPlain = Object(value) !== value && typeof value !== "symbol";
    if (!isPlain) report(name, shown(value), "the default");
    return isPlain && !isLeftOut(value);
  });
  const { base = "/assets/soutien/", integrity, ...attributes } = Object.fromEntries(given);
  const folder = String(base).replace(/[^/]$/, "$&/");
  const script = document.createElement("script");
  script.async = true;
  if (integrity !== undefined) script.integrity = integrity;
  for (const [name, value] of Object.entries(attributes)) {
    try {
      script.setAttribute(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
    } catch {
      report(name, String(value), "nothing: no attribute can have this name");
    }
  }
  try {
    script.src = `${folder}soutien.js`;
  } catch (cause) {
    throw new Error("soutien: the page requires Trusted Types, which refuse start(): paste the tag into the page instead", { cause });
  }

  return new Promise((resolve, reject) => {
    if (failure) reject(failure);
    const ready = () => resolve(window.Soutien);
    document.addEventListener("soutien:ready", ready, { once: true });
    document.addEventListener("soutien:problem", ({ detail }) => {
      // Another problem of this key is that of a file that is used all the same.
      if (detail?.key !== "soutien.wasm" || !/^nothing/.test(detail.used)) return;
      failure = new Error(`soutien: ${folder}soutien.wasm cannot be used: ${detail.given}`);
      reject(failure);
    });
    // Where there was a tag before, `soutien:ready` may be over.
    script.onload = () => window.Soutien && ready();
    script.onerror = () => {
      reject(new Error(`soutien: ${script.src} cannot be loaded: is site/ of the package there, does its integrity fit, may the page load it?`));
    };
    document.head.append(script);
  });
};
