// What is behind that which a reader does not get: the requests that a blocker refuses, the rules by which it hides, the scriptlets that it runs.

import { isOwn, letters, pathOf, plainText } from "./texts.js";

// How bad it is, of 100, that a request of the page's own site is refused, whatever comes of it.
const REQUEST_WORTH = {
  stylesheet: 62,
  script: 52,
  xmlhttprequest: 50,
  sub_frame: 48,
  image: 44,
  imageset: 44,
  media: 44,
  font: 40,
  ping: 15,
  beacon: 15,
};
const OTHER_WORTH = 35;

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

// The name that a script did not find, in the words of the browsers.
const MISSING = [
  /([\w$]+) is not defined/,
  /Can't find variable: ([\w$]+)/,
  /window\.([\w$]+)/,
  /(?:^|[\s:])([\w$]+)(?:\.[\w$]+)* is (?:not a function|undefined|null)/,
  /reading '([\w$]+)'/,
];
const missing = (text) => MISSING.map((words) => words.exec(text)?.[1]).find(Boolean) ?? "";

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
    const hiding = causes.filter(({ action }) => action === "hidden");
    return sheet ?? (effect.kind === "layout-moved" && hiding.length === 1 ? hiding[0] : undefined);
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

// What a finding is known by: the same for the page on every machine, with paths and without the page's host.
const idOf = (...parts) => parts.filter(Boolean).join("  ");

// A finding, whose id has what does not change when the page's words do.
const finding = ({ name, by = {}, score, advice, effects = [], ...one }) => {
  const { rule = "", list = "", line = 0 } = by;
  const sorted = [...effects].sort((first, second) => second.score - first.score || (first.where < second.where ? -1 : 1));
  return { id: idOf(one.kind, name, rule), ...plainEffect(one), rule, list, line, advice, score, effects: sorted.map(plainEffect) };
};

const findingOfRequest = (cause, worst) => {
  const { path, request, isOwn, action, effects } = cause;
  const base = isOwn ? (REQUEST_WORTH[request] ?? OTHER_WORTH) : 0;
  // What something came of is to be looked at before what nothing came of.
  const score = Math.min(99, Math.max(base, worst?.score ?? 0) + (worst ? 8 : 0));
  const isMeasuring = ["ping", "beacon"].includes(request);
  const advice = !isOwn || action === "redirected" ? "guard" : isMeasuring ? "measuring" : "rename-file";
  return finding({ kind: "request-refused", what: path, where: request, name: path, by: cause, score, advice, effects });
};

// A finding, of a cause with all that came of it, or of an effect without a cause that is known.
export const findingOf = (one) => {
  const { effects } = one;
  if (!effects) return finding({ ...one, name: one.where || one.what, advice: ADVICE[one.kind] });
  const worst = effects.reduce((best, effect) => (best && best.score >= effect.score ? best : effect), undefined);
  if (one.action === "hidden") {
    const rest = effects.filter((effect) => effect !== worst);
    return finding({ ...worst, name: worst.where, by: one, advice: ADVICE[worst.kind], effects: rest });
  }
  if (one.action === "scriptlet") {
    const what = plainText(one.what);
    return finding({ kind: "scriptlet", what, where: "", name: what, by: one, score: worst.score, advice: "scriptlet", effects });
  }
  return findingOfRequest(one, worst);
};
