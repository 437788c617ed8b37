// The background's shell: registers every listener at once, as browsers demand, and hands what happens to the backend as soon as that
// has started. Nothing is decided here.

import init, { closed, committed, page, permitted, popup, seen, start } from "soutien-backend";

const begin = async () => {
  await init({ module_or_path: chrome.runtime.getURL("backend.wasm") });
  await start();
};

// A start that failed, or a module that trapped, is of no use any more, and the next event makes another.
let starting;
const call = async (act) => {
  try {
    await (starting ??= begin());
  } catch (error) {
    starting = undefined;
    throw error;
  }
  try {
    return await act();
  } catch (error) {
    console.error("soutien:", error);
    if (error instanceof WebAssembly.RuntimeError) starting = undefined;
    throw error;
  }
};

// What comes of an event that nobody waits for is in the log.
const note = (act) => call(act).catch(() => {});

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  const isOwn = sender.id === chrome.runtime.id && sender.url?.startsWith(chrome.runtime.getURL(""));
  const said = call(() => (isOwn ? popup(message) : page(message, sender)));
  said.then(answer, (error) => answer({ error: String(error?.message ?? error) }));
  return true;
});

// A page that is rendered in advance has a frame of its own until it is the tab's. Firefox knows documents by their addresses alone.
chrome.webNavigation.onCommitted.addListener(({ tabId, frameId, documentId, url }) =>
  note(() => committed(tabId, frameId, documentId ?? url, url)),
);

// All sites, of which browsers tell only those that the extension may see.
const SITES = { urls: ["http://*/*", "https://*/*"] };
chrome.webRequest.onErrorOccurred.addListener((details) => note(() => seen(details)), SITES);
chrome.webRequest.onBeforeRedirect.addListener((details) => note(() => seen(details)), SITES);

chrome.tabs.onRemoved.addListener((tabId) => note(() => closed(tabId)));

// The prompt may close the popup that asked for it, which then cannot tell what was answered.
chrome.permissions.onAdded.addListener(({ origins }) => note(() => permitted(origins ?? [])));

// The rules of the profile have to be there before the first page.
note(() => {});
