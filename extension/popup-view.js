// What the popup shows: draws a state that the background gave. What comes from pages and lists is shown as text, never as markup.

// The language of the messages that the browser chose, so that all on the page is in one. It need not be that of `getUILanguage`.
export const language = chrome.i18n.getMessage("language");
const numbers = new Intl.NumberFormat(language);
const times = new Intl.NumberFormat(language, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
const plurals = new Intl.PluralRules(language);
const enumeration = new Intl.ListFormat(language, { type: "conjunction" });

// How many of the rules behind one signal are shown. Three baits at most speak for one.
const MOST_CAUSES = 3;

export const root = document.documentElement;
export const at = (id) => document.getElementById(id);

// What the rows of tables and lists were made of.
const sources = new WeakMap();

// Texts.

export const text = (name, ...values) => chrome.i18n.getMessage(name, values.map(String)) || name;

const counted = (name, count) => text(`${name}${plurals.select(count) === "one" ? "One" : "Other"}`, numbers.format(count));

// A word of the backend or of a page in the reader's language; a word that nobody has heard of stays as it is.
const word = (group, raw, fallback = raw) => chrome.i18n.getMessage(`${group}_${raw}`.replace(/\W/g, "_")) || fallback;

const kindOf = ({ kind }) => word("kind", kind);
const causeOf = ({ kind, cause }) => word("outcome", `${kind}_${cause}`, cause);

// What a profile should lead to, which comes as in `blocked, extension`.
function phrase(expected) {
  const [kind, cause] = expected.split(", ");
  return `${kindOf({ kind })} ${causeOf({ kind, cause })}`;
}

const offerOf = ({ profiles }, profile) => profiles.find(({ name }) => name === profile);

const nameOf = (state, profile) => offerOf(state, profile)?.plays[language] ?? profile;

function placeOf({ rule, list, line }) {
  if (!rule) return text("ruleUnknown");
  return line ? text("place", list, line) : list;
}

// Drawing. What says the same as before is left alone: selections and the focus stay, and screen readers do not repeat themselves.

export function write(id, value) {
  const element = at(id);
  if (element.textContent !== value) element.textContent = value;
  if (element.matches(".full")) element.title = value;
}

function mark(element, name) {
  element.querySelector("use").setAttribute("href", `#mark-${name}`);
}

// Hides or shows, and keeps the focus from getting lost with what it is in.
export function toggle(id, isShown) {
  const element = at(id);
  const hadFocus = !isShown && element.contains(document.activeElement);
  element.hidden = !isShown;
  if (hadFocus) document.querySelector("input[name=profile]:checked")?.focus();
}

// A copy of a template, with a text for each class.
function stamp(id, texts) {
  const copy = at(id).content.firstElementChild.cloneNode(true);
  for (const [name, value] of Object.entries(texts)) {
    const part = copy.matches(`.${name}`) ? copy : copy.querySelector(`.${name}`);
    part.textContent = value;
    if (part.matches(".full")) part.title = value;
  }
  return copy;
}

// Makes a row of each item, and leaves rows alone whose item is as it was.
function renew(parent, items, create) {
  items.forEach((item, index) => {
    const source = JSON.stringify(item);
    const before = parent.children[index];
    if (before && sources.get(before) === source) return;
    const row = create(item);
    sources.set(row, source);
    if (before) before.replaceWith(row);
    else parent.append(row);
  });
  while (parent.children.length > items.length) parent.lastElementChild.remove();
}

// Shows where things stand. `isReloadDue` is whether the site or the lists were changed since the page was loaded.
export function show(state, isReloadDue) {
  showHeader(state);
  showProfiles(state);
  showChosen(state, isReloadDue);
  showLists(state);
  showVerdict(state);
  showHits(state);
  at("export").hidden = false;
  at("content").hidden = false;
}

function showHeader({ scope, tab }) {
  const isEverywhere = scope.kind === "everywhere";
  write("host", tab?.host || text("noHost"));
  at("host").classList.toggle("code", Boolean(tab?.host));
  at("site").hidden = !(tab?.host && !isEverywhere);
  at("everywhere").hidden = !isEverywhere;
  at("site-switch").checked = Boolean(tab?.isAllowed);
}

function showProfiles({ profile, profiles }) {
  const names = profiles.map(({ name }) => name);
  renew(at("profiles"), names, createProfile);
  profiles.forEach((offer, index) => updateProfile(at("profiles").children[index], offer, offer.name === profile));
  const isLacking = profiles.some(({ lacksAccess }) => lacksAccess);
  toggle("access", isLacking);
}

function createProfile(name) {
  const row = stamp("profile-template", {});
  row.querySelector("input").value = name;
  row.querySelector(".about").id = `about-${name}`;
  return row;
}

function updateProfile(row, { name, plays, about, lacksAccess }, isChosen) {
  const input = row.querySelector("input");
  input.checked = isChosen;
  input.disabled = lacksAccess;
  input.setAttribute("aria-describedby", lacksAccess ? `about-${name} access-text` : `about-${name}`);
  row.querySelector(".name").textContent = plays[language];
  row.querySelector(".about").textContent = about[language];
  row.querySelector("label").title = about[language];
  row.querySelector(".lock").hidden = !lacksAccess;
}

function showChosen(state, isReloadDue) {
  const { profile, tab } = state;
  const offer = offerOf(state, profile);
  write("chosen-name", offer.plays[language]);
  write("chosen-about", offer.about[language]);
  write("chosen-rules", rulesOf(offer).join(" · "));
  at("chosen-rules").hidden = offer.nCarried + offer.nLeft === 0;
  write("chosen-expected", offer.expected ? text("expectedVerdict", phrase(offer.expected)) : text("expectedDepends"));
  const isOther = tab?.isAllowed && tab.profile !== profile;
  const isDue = Boolean(tab?.host && (isReloadDue || isOther));
  toggle("reload", isDue);
  toggle("reload-again", Boolean(tab?.host) && !isDue);
}

const rulesOf = ({ nCarried, nLeft }) => [counted("rules", nCarried), ...(nLeft > 0 ? [counted("left", nLeft)] : [])];

function showLists({ profile, lists }) {
  const isChosen = profile === "your-lists";
  // Whoever chooses the profile without having lists wants to give it some.
  if (isChosen && at("lists").hidden) at("lists").open = lists.nLines === 0;
  toggle("lists", isChosen);
  write("lists-problem", lists.problem);
  at("lists-problem").hidden = !lists.problem;
  const counts = [counted("lines", lists.nLines), ...rulesOf(lists)].join(" · ");
  write("lists-counts", lists.nLines > 0 ? counts : text("listsNone"));
  at("lists-left-title").hidden = lists.left.length === 0;
  renew(at("lists-left"), lists.left, (reason) => stamp("left-template", { reason }));
  showGiven(lists);
}

// Shows which files were chosen, and what the button does: without anything to use, it takes away the lists in use.
export function showGiven({ nLines }) {
  const files = Array.from(at("lists-files").files, ({ name }) => name);
  const isEmpty = files.length === 0 && at("lists-text").value.trim() === "";
  const isRemoval = isEmpty && nLines > 0;
  write("lists-names", files.join(", "));
  write("lists-use", text(isRemoval ? "listsRemove" : "listsUse"));
  at("lists-use").classList.toggle("main", !isRemoval);
  at("lists-use").disabled = isEmpty && !isRemoval;
}

function showVerdict(state) {
  const verdict = state.tab?.verdict;
  at("outcome").hidden = !verdict;
  at("empty").hidden = Boolean(verdict);
  at("signals").hidden = !verdict?.signals.length;
  write("empty", verdict ? "" : reasonForNone(state));
  renew(at("signal-rows"), verdict ? rowsOf(verdict, state.tab.hits) : [], createRow);
  if (verdict) showOutcome(state, verdict);
}

// Why there is no verdict, and what the reader can do about it.
function reasonForNone(state) {
  const { profile, tab } = state;
  if (!tab?.host) return text("emptyNoHost");
  if (!tab.isAllowed) return text("emptyNotAllowed", tab.host);
  return tab.profile === profile ? text("emptyWaiting") : text("emptyReload", nameOf(state, profile));
}

function showOutcome(state, verdict) {
  at("outcome").dataset.kind = verdict.kind;
  at("outcome").dataset.cause = verdict.cause;
  mark(at("outcome"), knownMark(verdict.kind));
  write("kind", kindOf(verdict));
  write("cause", causeOf(verdict));
  write("words", `${verdict.kind}, ${verdict.cause}`);
  write("time", text("after", times.format(verdict.ms)));
  const [judgement, words] = judge(state, verdict);
  at("judgement").dataset.is = judgement;
  mark(at("judgement"), judgement);
  write("judgement-text", words);
}

const knownMark = (name) => (["blocked", "clear", "unsure"].includes(name) ? name : "unknown");

// Whether the verdict is the one that the profile should lead to.
function judge(state, { kind, cause }) {
  const { profile, tab } = state;
  const { expected } = offerOf(state, profile);
  if (tab.profile !== profile) return ["unknown", text("reachedWith", nameOf(state, tab.profile))];
  if (!tab.isAllowed) return ["unknown", text("reachedWithout")];
  if (!expected) return ["unknown", text("expectedDepends")];
  return expected === `${kind}, ${cause}` ? ["met", text("expectedMet")] : ["missed", text("expectedMissed", phrase(expected))];
}

// The rows of the table: each signal is followed by the rules behind it. The first of a family says how many rows that has.
function rowsOf({ signals }, hits) {
  const rows = [];
  let first;
  for (const signal of signals) {
    const causes = causesOf(signal, hits);
    const row = { signal, span: 0 };
    if (first?.signal.family !== signal.family) first = row;
    first.span += 1 + causes.length;
    rows.push(row, ...causes.map((cause) => ({ cause })));
  }
  return rows;
}

// What led to a signal. A bait is asked for twice, so the same rule may have hit more than once.
function causesOf({ family, name, reading }, hits) {
  // What came in time for no reading explains none.
  if (reading === "clear") return [];
  const causes = hits.filter(({ signals }) => signals.includes(`${family}/${name}`));
  const byRule = new Map(causes.map(({ action, what, rule, list, line }) => [rule || what, { action, what, rule, list, line }]));
  return [...byRule.values()].slice(0, MOST_CAUSES);
}

const createRow = (row) => (row.cause ? createCause(row.cause) : createSignal(row));

function createCause(cause) {
  return stamp("cause-template", { rule: cause.rule || cause.what, place: placeOf(cause) });
}

function createSignal({ signal, span }) {
  const { family, name, reading, why, ms } = signal;
  const row = stamp("signal-template", {
    name,
    reading: word("reading", reading),
    why: why && word("why", why),
    ms: numbers.format(Math.round(ms)),
  });
  row.dataset.kind = reading;
  row.querySelector(".why").title = why && word("hint", why, "");
  mark(row, knownMark(reading));
  if (span > 0) row.prepend(createFamily(family, span));
  return row;
}

function createFamily(family, span) {
  const cell = stamp("family-template", { family });
  cell.rowSpan = span;
  return cell;
}

function showHits({ tab }) {
  const hits = tab?.hits ?? [];
  const nMore = tab?.nMore ?? 0;
  write("hits-count", numbers.format(hits.length + nMore));
  at("hits-none").hidden = hits.length > 0;
  renew(at("hit-rows"), fold(hits), createHit);
  write("hits-more", counted("more", nMore));
  at("hits-more").hidden = nMore === 0;
}

// Hits that are the same in everything become one, with the number of times.
function fold(hits) {
  const folded = new Map();
  for (const hit of hits) {
    const key = JSON.stringify(hit);
    folded.set(key, { hit, count: (folded.get(key)?.count ?? 0) + 1 });
  }
  return [...folded.values()];
}

function createHit({ hit, count }) {
  const row = stamp("hit-template", {
    action: word("action", hit.action),
    times: count > 1 ? `× ${numbers.format(count)}` : "",
    request: hit.request,
    explains: hit.signals.length > 0 ? text("explains", enumeration.format(hit.signals)) : "",
    what: hit.what,
    rule: hit.rule,
    place: placeOf(hit),
  });
  row.dataset.action = hit.action;
  return row;
}
