// What the background asks of the browser, each as one call. Nothing is decided here.

import { scriptlets } from "soutien-scriptlets";

// What stands for every site where a match pattern is asked for.
const EVERYWHERE = "*://*/*";

// The rule that keeps blockers to the sites that were chosen is stronger than every rule of a list.
const SCOPE = { id: 1, priority: 1000 };

// The rules of the variant for machines that put Soutien on pages without its tag; no profile has a part in them.
const SITE = "site";

export const get = async (area, key) => {
  const found = await chrome.storage[area].get(key || null);
  return key ? found[key] : found;
};

export const set = (area, key, value) => chrome.storage[area].set({ [key]: value });

export const remove = (area, key) => chrome.storage[area].remove(key);

export const file = async (path) => new Uint8Array(await (await fetch(chrome.runtime.getURL(path))).arrayBuffer());

// The reader's own lists, which are too large for the storage of an extension.
const database = (mode, act) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open("lists", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("lists");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("lists", mode);
      const request = act(transaction.objectStore("lists"));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
      transaction.onabort = () => reject(transaction.error);
    };
  });

export const storedFilter = () => database("readonly", (store) => store.get("filter"));

// The bytes are in the memory of the module, and have to be copied before it goes on.
export const storeFilter = (bytes) => {
  const copy = bytes.slice();
  return database("readwrite", (store) => store.put(copy, "filter"));
};

export const enableRulesets = async (names) => {
  const enabled = await chrome.declarativeNetRequest.getEnabledRulesets();
  const disableRulesetIds = enabled.filter((name) => !names.includes(name) && name !== SITE);
  const enableRulesetIds = names.filter((name) => !enabled.includes(name));
  if (disableRulesetIds.length + enableRulesetIds.length === 0) return;
  await chrome.declarativeNetRequest.updateEnabledRulesets({ disableRulesetIds, enableRulesetIds });
};

// Stores the rules of the reader's own lists, and gives the numbers of those that the browser cannot apply.
export const setRules = async (rules) => {
  const refused = [];
  for (const { id, condition } of rules) {
    if (!condition.regexFilter) continue;
    const { isSupported } = await chrome.declarativeNetRequest.isRegexSupported({ regex: condition.regexFilter });
    if (!isSupported) refused.push(id);
  }
  const taken = rules.filter(({ id }) => !refused.includes(id));
  await database("readwrite", (store) => store.put(taken, "rules"));
  return refused;
};

// Has the browser apply the rules of the reader's own lists, or no longer. It keeps what it applies.
export const playLists = async (arePlayed, areNew) => {
  const present = await chrome.declarativeNetRequest.getDynamicRules();
  if (present.length > 0 === arePlayed && !areNew) return;
  const addRules = (arePlayed && (await database("readonly", (store) => store.get("rules")))) || [];
  await chrome.declarativeNetRequest.updateDynamicRules({ removeRuleIds: present.map(({ id }) => id), addRules });
};

// Keeps blockers to these hosts, or lets them act everywhere where there is none; and says whether pages take the browser for Brave.
export const setScope = async (hosts, posesAsBrave) => {
  const condition = { excludedInitiatorDomains: hosts, resourceTypes: ALL_TYPES };
  await chrome.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [SCOPE.id],
    addRules: hosts.length > 0 ? [{ ...SCOPE, action: { type: "allow" }, condition }] : [],
  });
  await registerScripts(hosts, posesAsBrave);
};

// The content script runs on the first hosts by the manifest, so that it is there from the start.
const registerScripts = async (hosts, posesAsBrave) => {
  const fixed = chrome.runtime.getManifest().content_scripts[0].matches;
  const chosen = hosts.flatMap((host) => (/^[\d.]+$/.test(host) ? [`*://${host}/*`] : [`*://${host}/*`, `*://*.${host}/*`]));
  const added = chosen.filter((match) => !fixed.includes(match));
  const common = { allFrames: true, matchOriginAsFallback: true, runAt: "document_start" };
  const scripts = [];
  if (added.length > 0) scripts.push({ ...common, id: "content", js: ["content.js"], matches: added });
  if (posesAsBrave) scripts.push({ ...common, id: "brave", js: ["brave.js"], matches: chosen.length > 0 ? chosen : fixed, world: "MAIN" });
  const registered = await chrome.scripting.getRegisteredContentScripts();
  const isSame = (one, other) => one.id === other.id && one.matches.join() === other.matches.join();
  const isDone = registered.length === scripts.length && scripts.every((script) => registered.some((other) => isSame(script, other)));
  if (isDone) return;
  if (registered.length > 0) await chrome.scripting.unregisterContentScripts();
  if (scripts.length > 0) await chrome.scripting.registerContentScripts(scripts);
};

const ALL_TYPES = [
  "main_frame",
  "sub_frame",
  "stylesheet",
  "script",
  "image",
  "font",
  "object",
  "xmlhttprequest",
  "ping",
  "media",
  "websocket",
  "other",
];

export const hasAccessEverywhere = () => chrome.permissions.contains({ origins: [EVERYWHERE] });

// A frame may be gone by the time something is to be done to it, which is no failure.
const inFrame = (act) => act.catch(() => {});

export const insertStyle = (tabId, frameId, css) =>
  inFrame(chrome.scripting.insertCSS({ target: { tabId, frameIds: [frameId] }, css, origin: "USER" }));

export const runScriptlets = (tabId, frameId, calls) =>
  Promise.all(
    calls.map(([name, ...args]) =>
      inFrame(
        chrome.scripting.executeScript({
          target: { tabId, frameIds: [frameId] },
          func: scriptlets[name],
          args,
          world: "MAIN",
          injectImmediately: true,
        }),
      ),
    ),
  );

export const reload = (tabId) => chrome.tabs.reload(tabId);

// Number and address of a tab, or of the active one of the last window; undefined where there is none.
export const tab = async (wanted) => {
  const found = wanted < 0 ? (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0] : await chrome.tabs.get(wanted);
  return found && [found.id, found.url ?? ""];
};

export const showProfile = (name, isNone) => {
  chrome.action.setTitle({ title: `Soutien QA: ${name}` });
  chrome.action.setBadgeText({ text: isNone ? "" : "on" });
};
