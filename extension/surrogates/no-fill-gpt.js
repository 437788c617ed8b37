// In place of Google's publisher tag, as it is where nobody buys the page's slots: it runs, and after a while it says that each slot is
// empty.
"use strict";

(() => {
  const listeners = [];
  const slots = [];
  // A slow network answers after seconds.
  const SLOW_MS = 4000;
  const service = {
    addEventListener: (name, callback) => {
      if (name === "slotRenderEnded") listeners.push(callback);
      return service;
    },
    getSlots: () => slots,
    refresh: () => setTimeout(() => slots.forEach((slot) => listeners.forEach((tell) => tell({ slot, isEmpty: true }))), SLOW_MS),
  };
  for (const name of ["collapseEmptyDivs", "disableInitialLoad", "enableSingleRequest", "setTargeting"]) service[name] = () => service;
  const waiting = window.googletag?.cmd ?? [];
  window.googletag = {
    apiReady: true,
    pubadsReady: true,
    cmd: { push: (command) => typeof command === "function" && command() },
    defineSlot: (path, sizes, id) => {
      const slot = { getAdUnitPath: () => path, getSlotElementId: () => id, getSizes: () => sizes };
      for (const name of ["addService", "setTargeting", "defineSizeMapping"]) slot[name] = () => slot;
      slots.push(slot);
      return slot;
    },
    display: () => service.refresh(),
    enableServices: () => {},
    getVersion: () => "no-fill",
    pubads: () => service,
  };
  waiting.forEach((command) => window.googletag.cmd.push(command));
})();
