// The popup: asks the background where things stand with a tab, has popup-view.js show it, and passes on what the reader asks for. It knows
// nothing but the messages of `backend/src/messages.rs` and decides nothing.

import { at, language, root, show, showGiven, text, toggle, write } from "./popup-view.js";

// Hidden pages get no animation frames; they are brought up to date after this many milliseconds.
const LONGEST_FRAME = 250;

// The number of the tab that the popup is about; undefined where there is none.
let tab;

// What went wrong when the reader last asked for something, and when the state was last asked for; empty where nothing did.
let problemOfAction = "";
let problemOfRefresh = "";

// Messages are sent one after the other, so that no answer is older than the one before it.
let turn = Promise.resolve();
let waiting = 0;

// The profile that the reader chose last. The arrow keys choose each on their way, and only the last is to be played.
let wanted = "";

// Whether a refresh waits for its turn.
let isRefreshDue = false;

// Whether the site or the lists were changed since the page was loaded.
let isReloadDue = false;

// Messages.

async function ask(message) {
  const answer = await chrome.runtime.sendMessage(message);
  if (!answer) throw new Error(text("noAnswer"));
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

const askForState = () => ask({ kind: "state", tab });

function inTurn(task) {
  waiting += 1;
  if (globalThis.state) root.dataset.state = "busy";
  const result = turn.then(task);
  const end = () => {
    waiting -= 1;
  };
  // Whoever asked hears of a failure; the next in turn does not.
  turn = result.then(end, end);
  return result;
}

// Sends a message, as long as it is still wanted when its turn comes.
function send(message, isWanted = () => true) {
  return inTurn(async () => {
    if (!isWanted()) return;
    const answer = await ask(message);
    // The answer is about the active tab, which need not be ours.
    globalThis.state = answer.tab?.id === tab ? answer : await askForState();
  });
}

// Shows where things stand once nothing is under way any more.
async function settle() {
  await turn;
  if (waiting > 0) return;
  if (globalThis.state) show(globalThis.state, isReloadDue);
  const problem = problemOfAction || problemOfRefresh;
  write("problem-text", problem);
  write("problem-close", text(globalThis.state ? "problemClose" : "problemRetry"));
  toggle("problem", problem !== "");
  if (problem || globalThis.state) root.dataset.state = problem ? "failed" : "ready";
}

async function refresh() {
  if (isRefreshDue) return;
  isRefreshDue = true;
  await frame();
  try {
    await inTurn(async () => {
      isRefreshDue = false;
      globalThis.state = await askForState();
    });
    problemOfRefresh = "";
  } catch (error) {
    problemOfRefresh = error.message;
  }
  await settle();
}

const frame = () =>
  new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, LONGEST_FRAME);
  });

// Does what the reader asked for. The action begins at once, since a request for access has to come out of the click itself.
async function attempt(action) {
  problemOfAction = "";
  try {
    await action();
  } catch (error) {
    problemOfAction = error.message;
  }
  await settle();
}

async function demandAccess(origins, refusal) {
  if (!(await chrome.permissions.request({ origins }))) throw new Error(refusal);
}

// What the reader can ask for.

async function choose(profile) {
  wanted = profile;
  await send({ kind: "select", profile }, () => wanted === profile);
}

async function switchSite(isAllowed) {
  const { host } = globalThis.state.tab;
  if (isAllowed) await demandAccess([`*://${host}/*`], text("siteRefused", host));
  await send({ kind: "site", host, isAllowed });
  isReloadDue = true;
}

// Files are read when they are used, and not shown: a list may have more lines than a text field can bear.
async function useLists() {
  const input = at("lists-files");
  const texts = await Promise.all(Array.from(input.files, (file) => file.text()));
  const given = [at("lists-text").value, ...texts].filter((given) => given.trim() !== "");
  await send({ kind: "lists", text: given.join("\n") });
  // The same file can then be chosen again after a change.
  input.value = "";
  isReloadDue = true;
}

async function reloadPage() {
  await chrome.tabs.reload(tab);
  isReloadDue = false;
}

async function openTab() {
  const query = tab === undefined ? "" : `?tab=${tab}`;
  await chrome.tabs.create({ url: chrome.runtime.getURL(`popup.html${query}`) });
}

function exportState() {
  const { state } = globalThis;
  const name = ["soutien-qa", state.tab?.host, state.profile].filter(Boolean).join("-");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(state, null, 2)], { type: "application/json" }));
  link.download = `${name.replace(/[^\w.-]+/g, "_")}.json`;
  link.click();
}

async function closeProblem() {
  problemOfRefresh = "";
  await refresh();
}

// The start.

function translate() {
  root.lang = language;
  document.title = text("extensionName");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
}

function on(id, event, action) {
  at(id).addEventListener(event, (occurrence) => {
    occurrence.preventDefault();
    attempt(() => action(occurrence));
  });
}

function listen() {
  on("profiles", "change", ({ target }) => choose(target.value));
  on("site-switch", "change", ({ target }) => switchSite(target.checked));
  on("access-grant", "click", () => demandAccess(["*://*/*"], text("accessRefused")).then(refresh));
  on("reload-page", "click", reloadPage);
  on("reload-again", "click", reloadPage);
  at("lists-form").addEventListener("input", () => showGiven(globalThis.state.lists));
  on("lists-form", "submit", useLists);
  on("problem-close", "click", closeProblem);
  on("export", "click", exportState);
  on("open-tab", "click", openTab);
  chrome.storage.session.onChanged.addListener(refresh);
  chrome.permissions.onAdded.addListener(refresh);
  chrome.permissions.onRemoved.addListener(refresh);
  chrome.tabs.onUpdated.addListener((id, { status }) => {
    if (id === tab && status === "loading") isReloadDue = false;
  });
}

async function findTab() {
  const asked = new URLSearchParams(location.search).get("tab");
  if (asked) return Number(asked);
  const [active] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
  return active?.id;
}

translate();
root.dataset.view = location.search ? "tab" : "popup";
at("open-tab").hidden = Boolean(location.search);
at("hits").open = Boolean(location.search);
listen();
await attempt(async () => {
  tab = await findTab();
});
await refresh();
