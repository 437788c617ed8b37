// Hides as most blockers do: with a style sheet of the user, which wins over every style of the page.
importScripts("easylist.js");

chrome.webNavigation.onCommitted.addListener(({ tabId, frameId, url }) => {
  if (url.startsWith("http")) chrome.scripting.insertCSS({ target: { tabId, frameIds: [frameId] }, css: EASYLIST, origin: "USER" });
});
