// What holds of the browser and its reader.

import { NAME_BRAVE, NAME_FIREFOX, NAME_OFFLINE, NAME_OPERA, NAME_PROTECTED, NAME_REFUSED, NAME_SAVE_DATA } from "../abi.js";
import { isRefused } from "./consent-managers.js";

// Browsers that have no tracking protection of their own, by the brands that they call themselves; others may have. Chromium adds a brand of
// no meaning, so that nobody takes the list for granted.
const UNPROTECTED = /^(Google Chrome|Chromium|HeadlessChrome)$|Not.A.Brand/;

// What holds of the browser, a bit each from that of Brave on; nothing is said here of a stand-in of Firefox's and of crawlers.
export const facts = () => {
  const { brave, buildID, onLine, connection, userAgent, userAgentData } = navigator;
  const brands = userAgentData?.brands ?? [];
  const isUnprotected = brands[0] && brands.every(({ brand }) => UNPROTECTED.test(brand));
  const fact = (name, holds) => !!holds << (name - NAME_BRAVE);
  return (
    fact(NAME_BRAVE, brave) |
    fact(NAME_FIREFOX, buildID) |
    fact(NAME_OPERA, /\bOPR\//.test(userAgent)) |
    fact(NAME_OFFLINE, !onLine) |
    fact(NAME_SAVE_DATA, connection?.saveData) |
    fact(NAME_REFUSED, isRefused()) |
    fact(NAME_PROTECTED, !isUnprotected)
  );
};
