// What the background asks of `chrome.…`, each as one call. Nothing is decided here.

import { scriptlets } from "soutien-scriptlets";

// What stands for every site where a match pattern is asked for.
const EVERYWHERE = "*://*/*";

export const get = async (area, key) => {
  const found = await chrome.storage[area].get(key || null);
  return key ? found[key] : found;
};

export const set = (area, key, value) => chrome.storage[area].set({ [key]: value });

export const remove = (area, key) => chrome.storage[area].remove(key);

export const enabledRulesets = () => chrome.declarativeNetRequest.getEnabledRulesets();

export const updateRulesets = (change) => chrome.declarativeNetRequest.updateEnabledRulesets(change);

// Those of the expressions that the browser does not take.
export const refusedExpressions = async (expressions) => {
  const answers = await Promise.all(expressions.map((expression) => chrome.declarativeNetRequest.isRegexSupported(expression)));
  return expressions.filter((_, index) => !answers[index].isSupported);
};

// The numbers of the rules that were added to those of the rule sets. They last.
export const dynamicRules = async () => (await chrome.declarativeNetRequest.getDynamicRules()).map(({ id }) => id);

export const updateDynamicRules = (removeRuleIds, addRules) =>
  chrome.declarativeNetRequest.updateDynamicRules({ removeRuleIds, addRules });

// Puts these rules, which last until the browser is closed, in place of the one with this number.
export const replaceSessionRule = (id, addRules) => chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: [id], addRules });

// The match patterns of the content script in the manifest.
export const fixedMatches = () => chrome.runtime.getManifest().content_scripts[0].matches;

export const registeredScripts = () => chrome.scripting.getRegisteredContentScripts();

export const unregisterScripts = () => chrome.scripting.unregisterContentScripts();

export const registerScripts = (scripts) => chrome.scripting.registerContentScripts(scripts);

export const hasAccessEverywhere = () => chrome.permissions.contains({ origins: [EVERYWHERE] });

// Number, address and state of a frame; null where there is none.
export const frame = (tabId, frameId) => chrome.webNavigation.getFrame({ tabId, frameId });

// What goes wrong is in the log of the extension.
export const tell = (problem) => console.error("soutien:", problem);

export const insertStyle = (tabId, frameId, css) =>
  chrome.scripting.insertCSS({ target: { tabId, frameIds: [frameId] }, css, origin: "USER" });

export const runScriptlets = (tabId, frameId, calls) =>
  Promise.all(
    calls.map(([name, ...args]) =>
      chrome.scripting.executeScript({
        target: { tabId, frameIds: [frameId] },
        func: scriptlets[name],
        args,
        world: "MAIN",
        injectImmediately: true,
      }),
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
