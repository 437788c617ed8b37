// Joins the extension's code, which is in this package, and its lists, which are in soutien-qa-lists, into a folder that a browser can load.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const CODE = fileURLToPath(new URL("./", import.meta.url));
const LISTS = path.dirname(createRequire(import.meta.url).resolve("soutien-qa-lists/package.json"));

/** After how many days lists are told to be old. Real blockers update theirs every few days. */
const OLD_DAYS = 30;

const readJson = (...names) => JSON.parse(readFileSync(path.join(...names), "utf8"));

const { profiles } = readJson(CODE, "extension/both/profiles.json");

/** The blockers that can be played, by name. */
export const BLOCKERS = profiles.map(({ name }) => name);

/** Throws where there is no such blocker. */
export const check = (blocker) => {
  if (!BLOCKERS.includes(blocker)) throw new Error(`soutien-qa: found the blocker ${JSON.stringify(blocker)}, expected one of ${BLOCKERS.join(", ")}`);
};

// What is to be removed when the process ends, however it ends.
const folders = new Set();

const removeAll = () => {
  for (const folder of folders) {
    // A browser that is being ended may write into it once more.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  folders.clear();
};

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const listen = () => {
  if (listen.isDone) return;
  listen.isDone = true;
  process.on("exit", removeAll);
  for (const [name, number] of Object.entries(SIGNALS)) {
    process.once(name, () => {
      // Whoever else listens ends the process when it is done; without a listener, the signal would have.
      if (process.listenerCount(name) === 0) process.exit(128 + number);
    });
  }
};

/** A temporary folder that only this user may read, and that is removed by `remove`, or when the process ends. */
export const makeFolder = () => {
  listen();
  const folder = mkdtempSync(path.join(tmpdir(), "soutien-qa-"));
  folders.add(folder);
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      folders.delete(folder);
    },
  };
};

/** The ids of the rule sets that a blocker has; of all where none is named, or it cannot be told. */
const ruleSets = ({ rules }, blocker) => {
  const wanted = profiles.find(({ name }) => name === blocker);
  if (wanted && !wanted.lists?.length) return [];
  // Profiles that do the same to requests by the same lists share their sets, under the name of the first.
  const key = ({ lists, tokens, requests, redirects }) => JSON.stringify([lists, tokens ?? [], requests ?? null, redirects ?? false]);
  const first = wanted && profiles.find((profile) => key(profile) === key(wanted));
  const made = rules[first?.name] ? [rules[first.name]] : Object.values(rules);
  return [...new Set(made.flatMap(({ rulesets }) => rulesets))];
};

/**
 * Joins the extension for a browser, `chromium` or `firefox`, into a folder that is not there yet. With `blocker`, it can play that one alone, and the
 * browser starts some seconds earlier: it has fewer rules to compile.
 */
export const joinInto = (browser, folder, blocker) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [base, part] of [CODE, LISTS].flatMap((base) => ["both", browser].map((part) => [base, part]))) {
    const source = path.join(base, "extension", part);
    if (existsSync(source)) cpSync(source, folder, { recursive: true });
  }
  const manifest = readJson(folder, "manifest.json");
  const resources = ruleSets(readJson(folder, "build.json"), blocker).map((id) => ({ id, enabled: false, path: `rules/${id}.json` }));
  manifest.declarative_net_request.rule_resources.unshift(...resources);
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify(manifest, undefined, 2));
};

/** Joins the extension for a browser into a temporary folder, which is gone when the process ends, or by `remove`. */
export const join = (browser) => {
  const { folder, remove } = makeFolder();
  const extension = path.join(folder, "extension");
  joinInto(browser, extension);
  return { folder: extension, remove };
};

/** Says on standard error which filter lists are old, once in a process. */
export const warnOfOldLists = () => {
  if (warnOfOldLists.isDone) return;
  warnOfOldLists.isDone = true;
  const text = oldLists(readJson(LISTS, "lists.json").sources, Date.now());
  if (text) console.warn(`soutien-qa: ${text}`);
};

/** What is to be said of lists that are old on a day, if any are. */
export const oldLists = (sources, now) => {
  const age = ({ date }) => Math.floor((now - Date.parse(date)) / 86_400_000);
  const old = sources.filter((source) => source.date && age(source) > OLD_DAYS);
  if (!old.length) return undefined;
  const oldest = old.reduce((one, other) => (one.date < other.date ? one : other));
  return `${old.length} of ${sources.length} filter lists are older than ${OLD_DAYS} days, ${oldest.title} is of ${oldest.date}: npm update soutien-qa-lists`;
};
