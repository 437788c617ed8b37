// Puts the tag of Soutien into the page. Nothing happens until `start` is called, so that a server can import this as well.

const isLeftOut = (value) => value === undefined || value === null || value === false;

// What somebody gave instead of options, for a message.
const shown = (value) => (Array.isArray(value) ? "an array" : value === null ? "null" : `the ${typeof value} ${String(value)}`);

// Why Soutien cannot run on this page, once that is known: no later call can change it.
let failure;

/** Starts Soutien with the options of `index.d.ts`. */
export const start = async (options = {}) => {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`soutien: start() was given ${shown(options)}, and an object of options was expected`);
  }
  if (typeof document === "undefined") {
    throw new Error("soutien: start() was called where there is no page: call it in a browser, for instance once a component is mounted");
  }

  const { base, integrity, ...attributes } = options;
  const folder = isLeftOut(base) ? "/soutien/" : String(base).replace(/[^/]$/, "$&/");
  const script = document.createElement("script");
  script.async = true;
  if (!isLeftOut(integrity)) script.integrity = integrity;
  for (const [name, value] of Object.entries(attributes)) {
    if (isLeftOut(value)) continue;
    script.setAttribute(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value));
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
