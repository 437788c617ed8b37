// Leaves the page. Fetched only where the notice cannot be closed, which is with `data-dismiss="no"`.

import { document } from "../edge/document.js";

// How long the browser may take to begin to leave, in milliseconds.
const LEAVE_MS = 1000;

// Leaves the page for where the reader came from, behind every entry of the same document, or for another page.
export default () => {
  let timer;
  let steps = history.length;
  const giveUp = () => {
    const { referrer } = document;
    const { href, origin, pathname } = location;
    const isFront = pathname === "/";
    // The front page may be asked for by the page that was left before.
    const isElsewhere = referrer && referrer !== href.split("#")[0] && !(isFront && referrer.startsWith(origin));
    // In the place of this entry, so that the way back does not lead here again.
    location.replace(isElsewhere ? referrer : isFront ? "about:blank" : "/");
  };
  const back = (go) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, LEAVE_MS);
    if (steps-- > 1) go();
    else giveUp();
  };
  const again = () => back(() => history.back());
  addEventListener("popstate", again);
  let hasBegun = false;
  const stop = () => {
    hasBegun = true;
    clearTimeout(timer);
    removeEventListener("popstate", again);
  };
  // Once the browser is on its way, it may take as long as it takes.
  for (const begun of ["beforeunload", "pagehide"]) addEventListener(begun, stop, { once: true });
  const { navigation } = window;
  const index = navigation?.currentEntry?.index ?? 0;
  const other = navigation?.entries().findLast((entry) => entry.index < index && !entry.sameDocument);
  if (!other) return back(() => history.go(-1 - index));
  // The way is known to be there, so no time is set for it.
  const { committed, finished } = navigation.traverseTo(other.key);
  committed.catch(() => hasBegun || giveUp());
  finished.catch(() => {});
};
