// What is behind that which a reader does not get: the requests that a blocker refuses, the rules by which it hides, the scriptlets that it runs.

import { isOwn, letters, pathOf, plainText } from "./texts.js";

// How bad it is, of 100, that a request of the page's own site is refused, whatever comes of it.
const REQUEST_WORTH = { script: 52, stylesheet: 62, xmlhttprequest: 50, font: 40, image: 44, imageset: 44, media: 44, sub_frame: 48, ping: 15, beacon: 15 };

// Scripts that leave something for others, which rely on it. Of what is not here, the names are compared.
const LEAVES = [
  [/^(gtag|datalayer|google_tag_manager)$/, /gtag|gtm/],
  [/^(ga|gaplugins|_gaq)$/, /analytics\.js|\bga\.js/],
  [/^_?fbq$/, /fbevents|fbpixel|facebook/],
  [/^(googletag|pubads)$/, /gpt/],
  [/^(_paq|matomo|piwik)$/, /matomo|piwik/],
  [/^(pbjs|prebid)$/, /prebid/],
  [/^adsbygoogle$/, /adsbygoogle/],
  [/^(hj|hotjar)$/, /hotjar/],
  [/^(ttq|twq|pintrk|snaptr|lintrk)$/, /events|uwt|pixel|insight|core/],
  [/^(_satellite|s_gi|utag)$/, /satellite|launch|appmeasurement|utag/],
];

// All that may be the cause of something, each with nothing that came of it yet.
export const causesOf = ({ address, hits = [], hiders = [], soutien = [] }) => {
  const ours = (what) => soutien.some((folder) => folder && pathOf(what, address).startsWith(folder));
  const causes = hits
    .filter(({ what, action }) => action === "hidden" || !ours(what))
    .map(({ action, request, what, rule, list, line }) => ({ action, request, what, rule, list, line, effects: [] }));
  for (const cause of causes) {
    if (["blocked", "redirected"].includes(cause.action)) {
      cause.isOwn = isOwn(cause.what, address);
      cause.path = pathOf(cause.what, address);
    }
  }
  for (const { selector, rule, list, line } of hiders) causes.push({ action: "hidden", what: selector, rule, list, line, effects: [] });
  return causes;
};

// The name that a script did not find, by what browsers say of it.
const missing = (text) =>
  /([\w$]+) is not defined|Can't find variable: ([\w$]+)|window\.([\w$]+)|(?:^|[\s:])([\w$]+)(?:\.[\w$]+)* is (?:not a function|undefined|null)|reading '([\w$]+)'/.exec(text)?.slice(1).find(Boolean) ?? "";

const leaves = (name, path) => {
  const known = LEAVES.find(([names]) => names.test(name.toLowerCase()));
  if (known) return known[1].test(path.toLowerCase());
  const [one, other] = [letters(name), letters(path.split("/").at(-1).replace(/\.\w+$/, ""))];
  return one.length > 2 && other.length > 2 && (one.includes(other) || other.includes(one));
};

const isScript = ({ request }) => request === "script";
const isFetch = ({ request }) => request === "xmlhttprequest";

const causeOfError = ({ what, where }, causes) => {
  const refused = causes.filter(({ path }) => path);
  const named = refused.find(({ path, what: address }) => what.includes(address.split("?")[0]) || (path.length > 1 && what.includes(path)));
  if (named) return named;
  const name = missing(what);
  const left = name && refused.filter(isScript).find(({ path }) => leaves(name, path));
  if (left) return left;
  const run = causes.filter(({ action }) => action === "scriptlet");
  if (/^ReferenceError: [a-z\d…]+$/.test(what) && run.length > 0) return run[0];
  const best = (list) => list.find(({ isOwn }) => isOwn) ?? list[0];
  if (/fetch|NetworkError|Load failed|JSON/i.test(what)) return best(refused.filter(isFetch)) ?? best(refused.filter(isScript));
  if (/import|module/i.test(what)) return best(refused.filter(isScript));
  // A script of another site that fails under a blocker is that site's business, unless it is known what it misses.
  if (/^https?:/.test(where)) return undefined;
  return best(refused.filter(isScript)) ?? best(refused.filter(isFetch)) ?? run[0];
};

// The cause of an effect; undefined where it is not known.
export const causeOf = (effect, causes, effects) => {
  if (effect.by) return undefined;
  if (effect.kind === "script-error") return causeOfError(effect, causes);
  if (effect.selectors) {
    const rules = causes.filter(({ action, what }) => action === "hidden" && effect.selectors.includes(what));
    if (rules.length > 0) return rules.find(({ list }) => list) ?? rules[0];
  }
  if (effect.source) {
    const refused = causes.find(({ what, action }) => action === "blocked" && what === effect.source);
    if (refused) return refused;
  }
  // What is missing or dead without a rule of its own, is so because a script, or what it asked for, did not come.
  if (["layout-moved", "request-failed", "control-covered"].includes(effect.kind)) {
    const sheet = causes.find(({ request, isOwn }) => request === "stylesheet" && isOwn);
    if (sheet) return sheet;
    return undefined;
  }
  const error = effects.find(({ kind }) => kind === "script-error");
  const ofError = error && causeOfError(error, causes);
  if (ofError) return ofError;
  const own = causes.filter(({ isOwn }) => isOwn);
  const likely = own.find(isScript) ?? own.find(isFetch) ?? own.find(({ request }) => request === "stylesheet");
  // Of the many scripts of others that are refused, nobody can tell which it was, unless there is only one.
  const others = causes.filter(isScript);
  return likely ?? (others.length === 1 ? others[0] : undefined);
};

const ADVICE = {
  "dialog-gone": "dialog",
  "page-locked": "unlock",
  "element-hidden": "rename-class",
  "element-gone": "look",
  "control-dead": "look",
  "control-covered": "look",
  "target-refused": "rename-address",
  "target-at-risk": "rename-address",
  "layout-moved": "look",
  "request-failed": "look",
  "script-error": "look",
};

const plainEffect = ({ kind, what, where, number = 1, pixels = 0 }) => ({ kind, what, where, number, pixels });

// An id that is the same for the page on every machine: paths, and no host of the page.
const idOf = (kind, what, where, rule) => [kind, what || where, rule].filter(Boolean).join("  ");

// A finding, of a cause with all that came of it, or of an effect without a cause that is known.
export const findingOf = (one) => {
  if (!one.effects) {
    const { rule = "", list = "", line = 0 } = one.by ?? {};
    return { id: idOf(one.kind, one.where, one.what, rule), ...plainEffect(one), rule, list, line, advice: ADVICE[one.kind], score: one.score, effects: [] };
  }
  const effects = [...one.effects].sort((first, second) => second.score - first.score || (first.where < second.where ? -1 : 1));
  const [worst] = effects;
  const { rule, list, line } = one;
  if (one.action === "hidden") {
    const { kind, what, where, number } = plainEffect(worst);
    const score = Math.min(100, worst.score);
    return { id: idOf(kind, where, what, rule), kind, what, where, number, pixels: 0, rule, list, line, advice: ADVICE[kind], score, effects: effects.slice(1).map(plainEffect) };
  }
  if (one.action === "scriptlet") {
    const what = plainText(one.what);
    return { id: idOf("scriptlet", what, "", rule), kind: "scriptlet", what, where: "", number: 1, pixels: 0, rule, list, line, advice: "scriptlet", score: worst.score, effects: effects.map(plainEffect) };
  }
  const base = one.isOwn ? (REQUEST_WORTH[one.request] ?? 35) : 0;
  // What something came of is to be looked at before what nothing came of.
  const score = Math.min(99, Math.max(base, ...effects.map(({ score }) => score)) + (effects.length > 0 ? 8 : 0));
  const isMeasuring = ["ping", "beacon"].includes(one.request);
  const advice = !one.isOwn ? "guard" : isMeasuring ? "measuring" : one.action === "redirected" ? "guard" : "rename-file";
  return { id: idOf("request-refused", one.path, "", rule), kind: "request-refused", what: one.path, where: one.request, number: 1, pixels: 0, rule, list, line, advice, score, effects: effects.map(plainEffect) };
};
