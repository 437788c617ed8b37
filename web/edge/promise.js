// The browser's own, whatever a page has put in its place.
export const Promise = (async () => {})().constructor;
