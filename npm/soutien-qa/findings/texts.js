// Addresses and messages as they are the same at every visit, and fit to be shown: what changes, or may be secret, is left out.

// The path of an address, with its origin where it is another than the page's; without its query, which changes and may have tokens.
export const pathOf = (address, page) => {
  try {
    const { protocol, origin, pathname } = new URL(address, page);
    if (!/^(https?|wss?):$/.test(protocol)) return protocol;
    return page && new URL(page).origin === origin ? pathname : `${origin}${pathname}`;
  } catch {
    return "";
  }
};

// The name of a site: its host, but of those that are parts of one the last parts of it.
const siteOf = (address) => {
  const { hostname } = new URL(address);
  if (/^[\d.]+$|^\[/.test(hostname)) return hostname;
  const parts = hostname.split(".");
  const isLong = parts.length > 2 && parts.at(-1).length === 2 && parts.at(-2).length <= 3;
  return parts.slice(isLong ? -3 : -2).join(".");
};

// Whether an address is of the page's own site.
export const isOwn = (address, page) => {
  try {
    return siteOf(address) === siteOf(page);
  } catch {
    return false;
  }
};

// A message without what is another one at each visit, and without the page's own origin. What scriptlets throw is a random word.
export const plainText = (message, page) =>
  String(message)
    .replaceAll(page ? new URL(page).origin : "\n", "")
    .replace(/(https?:\/\/[^\s"'()?#]+)[?#][^\s"'()]*/g, "$1")
    .replace(/\d{4,}|\b(?=[a-z]*\d)[0-9a-z]{9,}\b/gi, "…")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);

export const letters = (text) => text.toLowerCase().replace(/[^a-z]/g, "");
