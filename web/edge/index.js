// All that the module asks of JavaScript, and what the tests ask for besides.

export * from "../controls/controls.js";
export * from "./api.js";
export * from "./baits.js";
export * from "./browser.js";
export * from "./consent.js";
export * from "./consent-managers.js";
export * from "./events.js";
export * from "./look.js";
export * from "./notice.js";
export * from "./options.js";
export * from "./requests.js";
export * from "./start.js";
export * from "./storage.js";
export * from "./visit.js";
export * from "./wake.js";
