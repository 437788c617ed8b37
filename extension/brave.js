// What a page sees of Brave: https://github.com/brave/brave-browser/wiki/Detecting-Brave-(for-Websites).
"use strict";

Object.defineProperty(Navigator.prototype, "brave", {
  configurable: true,
  enumerable: true,
  get: () => ({ isBrave: () => Promise.resolve(true) }),
});
