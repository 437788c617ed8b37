// Follows WordPress' consent API, which many consent plugins speak (https://github.com/WordPress/wp-consent-level-api). Fetched only where a publisher
// relies on it.

import { document } from "./document.js";
import { attempt } from "./platform.js";

// How long the API may take to be there, in milliseconds: its script may be deferred.
const PATIENCE_MS = 5000;

// Calls `take` with what is allowed, as the page's own event would say it, now and whenever that changes.
export default (take, problem) => {
  const has = (category) => attempt(() => window.wp_has_consent(category)) === true;
  const look = () => {
    if (typeof window.wp_has_consent !== "function") return false;
    take({ detail: { granted: has("statistics"), ads: has("marketing") } });
    return true;
  };
  for (const change of ["wp_listen_for_consent_change", "wp_consent_type_defined", "readystatechange"]) document.addEventListener(change, look);
  if (!look()) setTimeout(() => look() || problem("consent", "no consent API of WordPress", "no consent"), PATIENCE_MS);
};
