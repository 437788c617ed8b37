// `npx soutien init FOLDER`: the folder of a site that has what readers download, kept as this package has it.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const SITE = fileURLToPath(new URL("./site", import.meta.url));
const MANIFEST = "manifest.json";
const LOADER = "soutien.js";

// Folders whose files are served as they are, by programs that make sites and by servers. The address of a file is what follows.
const SERVED = ["public", "static", "docs", "dist", "www", "htdocs", "html", "public_html", "wwwroot", "_site"];

// A manifest may be anybody's, and what it names is replaced and removed: nothing but paths below its folder.
const isBelow = (name) => typeof name === "string" && name === posix.normalize(name) && !/^\.{0,2}$|^\.\.\/|^\/|\/$|[\\:\0]/.test(name);

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

// The version and the hashes of our files in a folder, by its manifest; nothing where it has no manifest of ours.
const listed = (folder) => {
  const path = join(folder, MANIFEST);
  const { version, files } = (existsSync(path) && parsed(readFileSync(path, "utf8"))) || {};
  if (typeof version !== "string" || !Array.isArray(files) || !files.every((file) => isBelow(file?.name))) return undefined;
  const hashes = new Map(files.map(({ name, integrity }) => [name, integrity]));
  return hashes.has(LOADER) ? { version, hashes } : undefined;
};

const hash = (path) => `sha384-${createHash("sha384").update(readFileSync(path)).digest("base64")}`;

// The names of all files below a folder, with / between their parts.
const filesOf = (folder) => {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const files = entries.filter((entry) => !entry.isDirectory());
  // Before Node.js 20.12, an entry has its folder under another name.
  return files.map((file) => relative(folder, join(file.parentPath ?? file.path, file.name)).replaceAll(sep, "/")).sort();
};

// How a folder differs from what this package has.
const compare = (folder) => {
  const [ours, there] = [listed(SITE), listed(folder)];
  const found = filesOf(folder);
  const wanted = new Map([...ours.hashes, [MANIFEST, hash(join(SITE, MANIFEST))]]);
  const known = new Map(there && [...there.hashes, [MANIFEST, hash(join(folder, MANIFEST))]]);
  const differs = (name, from) => hash(join(folder, name)) !== from.get(name);
  return {
    version: ours.version,
    found: there?.version ?? null,
    missing: [...wanted.keys()].filter((name) => !found.includes(name)),
    changed: found.filter((name) => wanted.has(name) && differs(name, wanted)),
    obsolete: found.filter((name) => known.has(name) && !wanted.has(name)),
    // Ours, and no longer as the version that is there has them.
    edited: found.filter((name) => known.has(name) && differs(name, known)),
    // Somebody else's that are in the way. What is the same as ours may be from a copy that was interrupted.
    strange: found.filter((name) => !known.has(name) && (wanted.has(name) ? differs(name, wanted) : !there)),
    // Servers hand these out in the place of the files that they were made of.
    compressed: found.filter((name) => /\.(br|gz|zst)$/.test(name) && known.has(name.replace(/\.\w+$/, ""))),
  };
};

// The address of a folder on the site, where its files are served as they are.
const addressOf = (folder) => {
  const [first, ...rest] = relative(".", folder).split(sep);
  return SERVED.includes(first) ? `/${rest.map((part) => `${encodeURIComponent(part)}/`).join("")}` : null;
};

const count = (names) => (names.length === 1 ? "1 file" : `${names.length} files`);

// A few names, and how many more there are.
const few = (names) => names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");

// For a machine, or for a person, to whom only what is there is said.
const say = (isJson, value, lines) => console.log(isJson ? JSON.stringify(value, null, 2) : lines.filter(Boolean).join("\n"));

// As somebody would type it.
const shown = (folder) => (isAbsolute(folder) ? resolve(folder) : relative(".", folder) || ".");

/** Says how a folder differs from what this package has, and writes nothing. Gives the exit status. */
export const check = (given, isJson) => {
  const folder = shown(given);
  const { version, found, missing, changed, obsolete } = compare(folder);
  const isCurrent = [missing, changed, obsolete].every((names) => names.length === 0);
  const what = found === null ? "there is none" : found === version ? "not all is as this package has it" : `${found} is there`;
  const lists = Object.entries({ missing, changed, "no longer part of it": obsolete }).filter(([, names]) => names.length > 0);
  say(
    isJson,
    { folder, version, found, current: isCurrent, missing, changed, obsolete },
    isCurrent
      ? [`${folder} has soutien ${version}, as this package has it`]
      : [
          `${folder} should have soutien ${version}, and ${what}`,
          ...lists.map(([word, names]) => `  ${word}: ${few(names)}`),
          `Run: npx soutien init ${folder}`,
        ],
  );
  return isCurrent ? 0 : 1;
};

/** Makes a folder have what this package has, and leaves alone what is somebody else's there. Gives the exit status. */
export const init = (given, isJson) => {
  const folder = shown(given);
  const { version, found, missing, changed, obsolete, edited, strange, compressed } = compare(folder);
  if (strange.length > 0) {
    const why = found === null ? `holds other files, and no ${MANIFEST} of soutien` : `holds files of your own, under names that soutien ${version} takes`;
    const problem = `${folder} ${why}: ${few(strange)}`;
    if (isJson) say(isJson, { folder, version, found, problem, strange });
    else console.error(`error: ${problem}\nNothing was written: choose a folder that soutien has for itself`);
    return 1;
  }
  // Pages ask for the loader, and this command for the manifest: each comes once what it names is there.
  const names = [...missing, ...changed];
  const copied = [...names.filter((name) => ![LOADER, MANIFEST].includes(name)).sort(), ...[LOADER, MANIFEST].filter((name) => names.includes(name))];
  for (const name of copied) {
    if (name === MANIFEST) remove(folder, obsolete);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(join(SITE, name), join(folder, name));
  }
  const address = addressOf(folder);
  const tag = `<script async src="${address ?? "ADDRESS/"}${LOADER}"></script>`;
  const was = found === null || found === version ? "" : ` in the place of ${found}`;
  const removed = obsolete.length > 0 ? `, ${count(obsolete)} removed` : "";
  const stale = compressed.filter((name) => copied.includes(name.replace(/\.\w+$/, "")));
  say(isJson, { folder, version, found, copied, removed: obsolete, edited, stale, address, tag }, [
    copied.length > 0
      ? `${folder} has soutien ${version}${was}: ${count(copied)} copied${removed}`
      : `${folder} has soutien ${version} already: nothing was written`,
    edited.length > 0 && `These had been changed there, and are as this package has them: ${few(edited)}`,
    stale.length > 0 && `These were compressed before, and have to be again: ${few(stale)}`,
    ...(found === null
      ? [
          `\nPaste this into every page, at the end of the <body> or in the <head>:\n\n  ${tag}\n`,
          address === null
            ? `ADDRESS stands for where ${folder} is on your site, as in /assets/soutien/.`
            : `${address} is its address where ${relative(".", folder).split(sep)[0]}/ is the root of your site.`,
          "The options are attributes of the tag; `npx soutien demo` serves a page that sets them.",
        ]
      : []),
  ]);
  return 0;
};

// Removes files, and folders that are empty then.
const remove = (folder, names) => {
  for (const name of names) {
    rmSync(join(folder, name));
    let place = dirname(name);
    while (place !== "." && readdirSync(join(folder, place)).length === 0) {
      rmdirSync(join(folder, place));
      place = dirname(place);
    }
  }
};
