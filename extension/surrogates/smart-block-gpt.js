// In place of Google's publisher tag, as Firefox's tracking protection answers it: an object of the same shape that does nothing.
"use strict";

(() => {
  const nothing = () => {};
  const chain = (names) => {
    const object = {};
    for (const name of names) object[name] = () => object;
    return object;
  };
  const service = () => {
    const names = ["addEventListener", "clear", "clearTargeting", "collapseEmptyDivs", "disableInitialLoad", "enableLazyLoad"];
    const more = ["enableSingleRequest", "enableVideoAds", "refresh", "set", "setCentering", "setPrivacySettings", "setTargeting"];
    return Object.assign(chain([...names, ...more]), { getSlots: () => [], getTargeting: () => [], isInitialLoadDisabled: () => true });
  };
  const services = { pubads: service(), companionAds: service(), content: service() };
  const slot = (path, sizes, id) => {
    const names = ["addService", "clearCategoryExclusions", "clearTargeting", "defineSizeMapping", "set", "setCollapseEmptyDiv"];
    const more = ["setConfig", "setForceSafeFrame", "setSafeFrameConfig", "setTargeting", "updateTargetingFromMap"];
    return Object.assign(chain([...names, ...more]), {
      getAdUnitPath: () => path,
      getSlotElementId: () => id,
      getTargeting: () => [],
      getResponseInformation: () => null,
    });
  };
  const waiting = window.googletag?.cmd ?? [];
  window.googletag = {
    apiReady: true,
    pubadsReady: true,
    cmd: { push: (command) => typeof command === "function" && command() },
    companionAds: () => services.companionAds,
    content: () => services.content,
    defineOutOfPageSlot: slot,
    defineSlot: slot,
    destroySlots: nothing,
    disablePublisherConsole: nothing,
    display: nothing,
    enableServices: nothing,
    getVersion: () => "2021050601",
    openConsole: nothing,
    pubads: () => services.pubads,
    setConfig: nothing,
    sizeMapping: () => Object.assign(chain(["addSize"]), { build: () => null }),
  };
  waiting.forEach((command) => window.googletag.cmd.push(command));
})();
