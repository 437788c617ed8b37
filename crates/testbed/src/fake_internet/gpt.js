// What a page gets from Google's publisher tag, as far as a detector can see: a version, and slots that are filled.
"use strict";

(() => {
  const listeners = [];
  const slots = [];
  const service = {
    addEventListener: (name, tell) => {
      if (name === "slotRenderEnded") listeners.push(tell);
      return service;
    },
    enableSingleRequest: () => true,
    getSlots: () => slots,
    refresh: () => slots.forEach((slot) => listeners.forEach((tell) => tell({ slot, isEmpty: false }))),
  };
  const waiting = window.googletag?.cmd ?? [];
  window.googletag = {
    apiReady: true,
    pubadsReady: true,
    cmd: { push: (command) => command() },
    defineSlot: (path, sizes, id) => {
      const slot = { addService: () => slot, getAdUnitPath: () => path, getSlotElementId: () => id };
      slots.push(slot);
      return slot;
    },
    display: () => service.refresh(),
    enableServices: () => {},
    getVersion: () => "202611240101",
    pubads: () => service,
  };
  waiting.forEach((command) => command());
})();
