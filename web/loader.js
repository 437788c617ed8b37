// The loader: what the script tag runs. Waits until the page is seen and idle, fetches the module, and makes `Soutien`.
//
// The build replaces HASH (of all other files of ours), LANGUAGES (those that have a file, with spaces between them), INTEGRITY (of the
// module) and VERSION.

import { api } from "./edge/api.js";
import { document } from "./edge/document.js";
import { problem } from "./edge/events.js";
import { isElsewhere, isHere } from "./edge/platform.js";
import { Promise } from "./edge/promise.js";
import { attend, texts } from "./edge/start.js";
import { begin, finish, remind } from "./glue.js";
import { imports } from "soutien-imports";

// Where the tag's files and options come from is whose code runs. Optimisers such as Rocket Loader run scripts in ways that leave no current one; then
// the tag is known by its address, which has to be on the page's own host: any other might be markup that a stranger has left there.
const { currentScript } = document;
const tag = currentScript?.src
  ? currentScript
  : [...document.scripts].find(({ src }) => isHere(src) && src.includes("/soutien.js"));

// A second tag must be a no-op, even before the first one has got as far as making `Soutien`. The mark is no global of the page.
const MARK = Symbol.for("soutien");

// A browser may take no import map of the page's once a module has begun to load, and ours come as modules.
const parsed = () =>
  new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    else document.addEventListener("readystatechange", resolve, { once: true });
  });

// A page that is prerendered is hidden until it is shown (https://wicg.github.io/nav-speculation/prerendering.html).
const seen = () =>
  new Promise((resolve) => {
    const look = () => {
      if (document.hidden) document.addEventListener("visibilitychange", look, { once: true });
      else resolve();
    };
    look();
  });

// Safari has no requestIdleCallback; what is no time, setTimeout takes for none.
const idle = () =>
  new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 1000 }));

// The module, ready to be finished. Some readers switch WebAssembly off, a content security policy may forbid it, and a server may refuse its file
// or have that of another release: then the same module comes as JavaScript, which says itself of which release it is.
const instantiate = async (address) => {
  const name = "soutien.plain.js";
  if (self.WebAssembly) {
    try {
      // What is not the file fails here, be it an answer that says so.
      const response = await fetch(address("soutien.wasm"), { integrity: INTEGRITY });
      const type = response.headers.get("content-type");
      if (type !== "application/wasm") problem("soutien.wasm", type, "the file all the same");
      // Not the streaming way, which insists on the type: the module is too small to gain by it.
      return (await WebAssembly.instantiate(await response.arrayBuffer(), imports)).instance;
    } catch (error) {
      // Where nobody answers, the reader is offline, or has a blocker refuse the file; and then it is not fetched by another name.
      await fetch(address("soutien.wasm"));
      problem("soutien.wasm", String(error), name);
    }
  }
  const { default: plain } = await import(address(name));
  return { exports: plain(imports, INTEGRITY) };
};

const load = async () => {
  if (!tag) throw "no tag";
  // Where a page was opened with a name and a password in its address, addresses begin with them, and nothing can be fetched from such a one.
  const base = tag.src.replace(/\/\/([^/]*@)?([^?#]*\/).*/, "//$2");
  const address = (name) => `${base}${name}?${HASH}`;
  const options = [...tag.attributes].filter(({ name }) => name.startsWith("data-")).flatMap(({ name, value }) => [name.slice(5), value.replace(/\s+/g, " ").trim()]);

  if (isElsewhere(base)) problem("script", `files on another host: ${base}`, "elements alone");

  await parsed();
  await seen();
  await idle();
  attend(finish(await instantiate(address)), remind, address);
  try {
    // The page's own stays what it is, and a later one of the page's may take the place of ours.
    if (Object.keys(window).includes("Soutien") || !Reflect.set(window, "Soutien", api(VERSION))) throw 0;
  } catch {
    problem("Soutien", "a global of this name", "the events alone");
  }
  // No attribute can contain a NUL, so it separates them.
  begin([...texts(LANGUAGES), ...options, ""].join("\0"));
};

// Of many tags, one is told of.
const place = (window.document[MARK] = -~window.document[MARK]);
if (place === 2) problem("script", "a second tag", "the first");
if (place === 1) {
  load().catch((error) => problem("soutien.wasm", String(error), "nothing: no verdict and no notice"));
}
