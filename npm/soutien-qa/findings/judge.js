// What a blocker breaks on a page: compares two visits without a blocker with one under it. Pure: takes what `observe.js` saw, and gives
// findings, the one to look at first before the others. What the two visits without a blocker do not agree on is the page's own
// restlessness, and says nothing. This file and those that it takes something of share one scope where `soutien-qa` judges, so that no two
// of them have a name in common.

import { causeOf, causesOf, findingOf } from "./causes.js";
import { pathOf, plainText } from "./texts.js";

// Boxes that differ by less than this are at the same place, in pixels.
const SAME = 4;

// What moves sideways, or changes its width, by less than this share of it is no other layout.
const LEAST_SHARE = 0.15;
const LEAST_SHIFT = 24;

// How bad it is, of 100, that a reader does not get something.
const ELEMENT_WORTH = { dialog: 90, form: 80, button: 72, field: 72, nav: 76, heading: 60, media: 48, link: 46, text: 40 };
const MAIN = 82;

const byKey = ({ elements = [] }) => new Map(elements.map((element) => [element.key, element]));
const near = (one, other) => one.every((value, index) => Math.abs(value - other[index]) <= SAME);
const effect = (kind, what, where, score, more = {}) => ({ kind, what, where, score, ...more });
const label = ({ name, where }) => name || where;

// What both visits without a blocker have shown, and alike.
const steady = (first, second) => {
  const others = byKey(second);
  return first.elements.filter(({ key, shown }) => shown && others.get(key)?.shown);
};

const worthOf = ({ consent, main, kind }) => {
  if (consent) return ELEMENT_WORTH.dialog;
  if (main) return MAIN;
  return ELEMENT_WORTH[kind === "dialog" ? "text" : kind];
};
const worstOf = (elements) => elements.reduce((best, one) => (worthOf(one) > worthOf(best) ? one : best));

// Whether what was lost is an advertisement, which blockers are there for: it says so of itself, and has nothing that a page needs.
const isAdvertising = (lost, addressesRefused) => {
  const saysSo = lost.some(({ ad, source }) => ad || (source && addressesRefused.has(source) && /^https?:/.test(pathOf(source))));
  return saysSo && !lost.some(({ kind, main, ad }) => main || (!ad && ["form", "field", "nav", "button"].includes(kind)));
};

// Elements that are gone or hidden, as one effect for what took them.
const lostElements = (plain, blocked, hits) => {
  const seen = byKey(blocked);
  const addressesRefused = new Set(hits.filter(({ action }) => action === "blocked").map(({ what }) => what));
  const hidden = new Map();
  const gone = [];
  for (const element of plain) {
    const now = seen.get(element.key);
    if (!now) gone.push(element);
    else if (!now.shown && now.hider) {
      const { where } = now.hider;
      hidden.set(where, { hider: now.hider, lost: [...(hidden.get(where)?.lost ?? []), element] });
    }
  }
  const effects = [];
  for (const { hider, lost } of hidden.values()) {
    if (isAdvertising(lost, addressesRefused)) continue;
    const worst = worstOf(lost);
    const kind = lost.some(({ consent }) => consent) ? "dialog-gone" : "element-hidden";
    const { selectors, source, where } = hider;
    effects.push(effect(kind, label(worst), where, worthOf(worst), { selectors, source, number: lost.length }));
  }
  const real = gone.filter((element) => !isAdvertising([element], addressesRefused));
  const dialog = real.find(({ consent }) => consent);
  if (dialog) effects.push(effect("dialog-gone", label(dialog), dialog.where, ELEMENT_WORTH.dialog));
  const rest = dialog ? real.filter(({ where }) => !where.startsWith(dialog.where)) : real;
  if (rest.length > 0) {
    const worst = worstOf(rest);
    effects.push(effect("element-gone", label(worst), worst.where, worthOf(worst), { number: rest.length }));
  }
  return effects;
};

// Controls that had something to answer with, and have it no longer, or that something lies over.
const deadControls = (plain, second, blocked) => {
  const [others, seen] = [byKey(second), byKey(blocked)];
  const effects = [];
  for (const element of plain.filter(({ answers }) => answers)) {
    const now = seen.get(element.key);
    if (!now?.shown) continue;
    const had = element.answers.filter((type) => others.get(element.key).answers?.includes(type));
    const main = element.kind === "form" ? ["submit"] : element.kind === "field" ? [] : ["click", "mousedown", "pointerdown"];
    const isDead = had.some((type) => main.includes(type)) && !now.answers.some((type) => main.includes(type));
    // A link that leads somewhere still does, and what was lost may be what counted its clicks.
    if (isDead && !(element.plain && element.kind === "link")) {
      effects.push(effect("control-dead", label(element), element.where, element.plain ? 45 : ELEMENT_WORTH[element.kind]));
    }
    if (now.covered && !element.covered && !others.get(element.key).covered) {
      effects.push(effect("control-covered", label(element), element.where, 65));
    }
  }
  return effects;
};

// Forms and links that lead to what the blocker refuses.
const refusedTargets = (plain, blocked) => {
  const refused = new Map((blocked.refused ?? []).map((source) => [`${source.kind} ${source.address}`, source]));
  const effects = [];
  for (const { kind, targets = [], where, name } of plain) {
    for (const target of targets) {
      const now = refused.get(`${target.kind} ${target.address}`);
      const later = kind === "form" && refused.get(`xmlhttprequest ${target.address}`);
      const { rule, list, line } = now || later || {};
      if (!rule) continue;
      const score = now ? (kind === "link" ? 50 : 85) : 58;
      const what = `${name ? `${name} → ` : ""}${pathOf(target.address, blocked.address)}`;
      effects.push(effect(now ? "target-refused" : "target-at-risk", what, where, score, { by: { rule, list, line } }));
    }
  }
  return effects;
};

// What stands elsewhere, beside what has only moved up because something above it is gone.
const movedElements = (plain, second, blocked) => {
  const [others, seen] = [byKey(second), byKey(blocked)];
  let moved = [];
  for (const element of plain) {
    const now = seen.get(element.key);
    if (!now?.shown || element.ad || !near(element.box, others.get(element.key).box)) continue;
    const [[left, , width], [leftNow, , widthNow]] = [element.box, now.box];
    const shift = Math.max(Math.abs(leftNow - left), Math.abs(widthNow - width));
    if (shift >= LEAST_SHIFT && shift >= LEAST_SHARE * width) moved.push({ element, shift });
  }
  // Where a column has moved, all that is in it has.
  if (moved.length === 0) return [];
  moved = moved.sort((one, other) => other.shift - one.shift || (one.element.where < other.element.where ? -1 : 1));
  const [{ element, shift }] = moved;
  return [effect("layout-moved", label(element), element.where, 30, { number: moved.length, pixels: shift })];
};

const newErrors = (first, second, blocked) => {
  const known = new Set([...first.errors, ...second.errors].map(({ message }) => plainText(message, blocked.address)));
  const effects = [];
  for (const { message, script, line } of blocked.errors) {
    const text = plainText(message, blocked.address);
    if (known.has(text)) continue;
    known.add(text);
    const where = script ? `${pathOf(script, blocked.address)}${line ? `:${line}` : ""}` : "";
    effects.push(effect("script-error", text, where, 55));
  }
  return effects;
};

// What came in both visits without a blocker, and is answered with an error under it, or did not come and was refused by nobody.
const newFailures = (first, second, blocked, hits) => {
  const path = (address) => pathOf(address, blocked.address);
  const failed = ({ failures, resources }) => {
    const bad = resources.filter(({ status }) => status >= 400);
    return new Map([...failures.map(({ address }) => [path(address), ""]), ...bad.map(({ address, status }) => [path(address), String(status)])]);
  };
  const known = new Set([...failed(first).keys(), ...failed(second).keys(), ...hits.map(({ what }) => path(what))]);
  const fresh = [...failed(blocked)].filter(([address]) => address && !known.has(address));
  return fresh.map(([address, status]) => effect("request-failed", address, status, 42));
};

// The findings of a page under a blocker, the worst first. `first` and `second` are what was observed without one, `blocked` with it.
export const judge = (first, second, blocked) => {
  const plain = steady(first, second);
  const hits = blocked.hits ?? [];
  const effects = [
    ...newErrors(first, second, blocked),
    ...lostElements(plain, blocked, hits),
    ...deadControls(plain, second, blocked),
    ...refusedTargets(plain, blocked),
    ...newFailures(first, second, blocked, hits),
    ...movedElements(plain, second, blocked),
  ];
  // A dialog that is gone while the page still waits for it leaves a page that nobody can use.
  const dialog = effects.find(({ kind }) => kind === "dialog-gone");
  if (dialog && blocked.isLocked && first.isLocked && second.isLocked) Object.assign(dialog, { kind: "page-locked", score: 100 });
  const causes = causesOf(blocked);
  const alone = [];
  for (const one of effects) {
    const cause = causeOf(one, causes, effects);
    if (cause) cause.effects.push(one);
    else alone.push(one);
  }
  const findings = [...causes.filter(({ isOwn, effects }) => isOwn || effects.length > 0), ...alone].map(findingOf);
  // A later finding that is the same says no more.
  const unique = [...new Map(findings.reverse().map((finding) => [finding.id, finding])).values()];
  const text = ({ score, id }) => `${String(999 - score).padStart(3, "0")} ${id}`;
  return unique.sort((one, other) => (text(one) < text(other) ? -1 : 1));
};
