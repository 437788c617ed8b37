// The content script: tells the background which names a page has, as blockers do, and what Soutien said of the page. It decides
// nothing but whether an element holds something of a third party, which only it can see.
"use strict";

(() => {
  // It may be there by the manifest and by a later choice of the user.
  if (globalThis.isSurveyed) return;
  globalThis.isSurveyed = true;

  // Browsers stop a background that rests, and with it goes what it was told just then. When the extension itself is gone, that is none
  // of the page's business.
  const ATTEMPTS = 3;
  const PAUSE_MS = 50;
  let nUnderway = 0;
  const send = async (message) => {
    nUnderway++;
    try {
      for (let attempt = 1; attempt <= ATTEMPTS && chrome.runtime?.id; attempt++) {
        try {
          return await chrome.runtime.sendMessage(message);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
        }
      }
      return undefined;
    } finally {
      nUnderway--;
    }
  };

  // The variant for machines asks the background as well, and wants to know whether all is done that was to be done.
  globalThis.tell = send;
  let isDue = false;
  globalThis.isUnderway = () => isDue || nUnderway > 0;

  // The most names that are told at once; the rest follows.
  const MOST_NAMES = 5000;

  // The longest name that is told, in bytes: no list has a longer one. A letter has three bytes at most for each of its units.
  const LONGEST_NAME = 512;
  const encoder = new TextEncoder();
  const isTooLong = (name) =>
    name.length > LONGEST_NAME || (name.length * 3 > LONGEST_NAME && encoder.encode(name).length > LONGEST_NAME);

  const known = { classes: new Set(), ids: new Set(), links: new Set() };
  const fresh = { classes: [], ids: [], links: [] };

  const noteName = (kind, name) => {
    if (!name || known[kind].has(name) || isTooLong(name)) return;
    known[kind].add(name);
    fresh[kind].push(name);
  };

  // Images that did not come, and frames, of which the background knows whether a rule refuses them. Blockers take away the boxes of those.
  const boxes = { images: new Set(), frames: new Set() };
  let boxesTimer;

  const tellBoxes = async () => {
    boxesTimer = undefined;
    const told = Object.entries(boxes).map(([kind, set]) => [kind, [...set].map((element) => [element, element.src])]);
    for (const set of Object.values(boxes)) set.clear();
    const answer = await send({
      kind: "boxes",
      ...Object.fromEntries(told.map(([kind, list]) => [kind, [...new Set(list.map(([, address]) => address))].slice(0, MOST_NAMES)])),
    });
    for (const [kind, list] of told) {
      const refused = new Set(answer?.[kind]);
      for (const [element, address] of list) {
        if (refused.has(address) && element.src === address) element.style.setProperty("display", "none", "important");
      }
    }
  };

  // Those of one moment are told together.
  const noteBox = (kind, element) => {
    if (!/^https?:\/\//.test(element.src)) return;
    boxes[kind].add(element);
    boxesTimer ??= setTimeout(tellBoxes);
  };

  const noteNames = (element) => {
    noteName("ids", element.id && typeof element.id === "string" ? element.id : "");
    for (const name of element.classList ?? []) noteName("classes", name);
    // Lists hide links by where they lead, which is elsewhere.
    if (element.localName === "a" && /^https?:\/\//.test(element.getAttribute("href"))) noteName("links", element.getAttribute("href"));
    if (element.localName === "iframe") noteBox("frames", element);
  };

  const noteTree = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_NODE) return;
    if (node.nodeType === Node.ELEMENT_NODE) noteNames(node);
    for (const element of node.querySelectorAll("[class], [id], a[href], iframe[src]")) noteNames(element);
  };

  const tellNames = async () => {
    while (Object.values(fresh).some(({ length }) => length > 0)) {
      const names = Object.fromEntries(Object.entries(fresh).map(([kind, list]) => [kind, list.splice(0, MOST_NAMES)]));
      const answer = await send({ kind: "names", ...names });
      if (answer?.selectors) judge(answer.selectors);
    }
  };

  const isOfThisSite = (address) => {
    try {
      const { hostname } = new URL(address, document.baseURI);
      return hostname === location.hostname || hostname.endsWith(`.${location.hostname}`) || location.hostname.endsWith(`.${hostname}`);
    } catch {
      return false;
    }
  };

  // Whether an element is a third party's: it is known to be an ad, or it loads something, and nothing of it from this site. What
  // loads nothing is the page's own.
  const isForeign = (element) => {
    const parts = [element, ...element.querySelectorAll("*")];
    if (parts.some(({ id }) => /^(google_ads_iframe_|div-gpt-ad|adfox_)/.test(id))) return true;
    const addresses = parts.map((part) => part.getAttribute("src")).filter(Boolean);
    if (addresses.some(isOfThisSite)) return false;
    const hints = (part) => /url\(|\/\//.test(part.getAttribute("style") ?? "") || part.getAttribute("srcdoc")?.trim() === "";
    return addresses.length > 0 || parts.some(hints);
  };

  // Offers are looked at again whenever the page changes, since ads come late into their slots.
  const offers = new Set();
  const judge = (selectors) => {
    for (const selector of selectors) offers.add(selector);
    const found = [...offers].filter((selector) => {
      try {
        return [...document.querySelectorAll(selector)].some(isForeign);
      } catch {
        // The selector is not one that this browser knows.
        return false;
      }
    });
    for (const selector of found) offers.delete(selector);
    if (found.length > 0) send({ kind: "hide", selectors: found });
  };

  const survey = ({ wait, atMost }) => {
    let timer;
    let since;
    const look = () => {
      timer = since = undefined;
      isDue = false;
      tellNames();
      if (offers.size > 0) judge([]);
    };
    const schedule = () => {
      const now = performance.now();
      since ??= now;
      isDue = true;
      clearTimeout(timer);
      timer = setTimeout(look, Math.max(0, Math.min(wait, since + atMost - now)));
    };
    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records) {
        if (type === "attributes") noteNames(target);
        else addedNodes.forEach(noteTree);
      }
      schedule();
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "id", "href", "src"] });
    document.addEventListener("error", ({ target }) => target.localName === "img" && noteBox("images", target), true);
    for (const image of document.images) if (image.complete && image.naturalWidth === 0) noteBox("images", image);
    noteTree(document);
    schedule();
  };

  send({ kind: "page" }).then((answer) => {
    if (answer?.survey) survey(answer.survey);
  });

  // What follows is about the tab, for which a page within a page does not speak.
  if (window !== window.top) return;

  // What another world dispatches may be anything; only its data crosses.
  const dataOf = (event) => {
    try {
      return JSON.parse(JSON.stringify(event.detail));
    } catch {
      return undefined;
    }
  };

  let verdict;
  const tellVerdict = () => {
    if (verdict) send({ kind: "verdict", verdict });
  };
  document.addEventListener("soutien:verdict", (event) => {
    verdict = dataOf(event);
    tellVerdict();
  });
  // A page that the reader comes back to is as it was, and says nothing anew.
  addEventListener("pageshow", ({ persisted }) => persisted && tellVerdict());

  document.addEventListener("soutien:problem", (event) => {
    const { key, given, used } = dataOf(event) ?? {};
    const clip = (value) => String(value).slice(0, 60);
    send({ kind: "problem", problem: { key: clip(key), given: clip(given), used: clip(used) } });
  });

  document.addEventListener("soutien:profile", (event) => {
    const profile = dataOf(event);
    if (typeof profile === "string") send({ kind: "choose", profile });
  });
})();
