// `expect(page).toWorkUnder(blocker)`: opens the page twice without a blocker and once with it, and judges what the blocker breaks.

import { readFileSync } from "node:fs";
import path from "node:path";

import { test } from "@playwright/test";

import { onPage, play } from "../core.js";
import { observation } from "../findings/ask.js";
import { judge } from "../findings/judge.js";
import { headline, sourceOf } from "./messages.js";

const { kinds, advice } = JSON.parse(readFileSync(new URL("../findings/words.json", import.meta.url), "utf8"));

/** How many findings are told; the others say less. */
const MOST_FINDINGS = 5;

/** The findings that are known: the lines of a file beside the config, or lines that are given. */
const knownLines = (known) => {
  if (known === undefined) return [];
  if (Array.isArray(known)) return known;
  const file = path.resolve(path.dirname(test.info().config.configFile ?? "."), known);
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
};

/** What a finding is known by, as `npx soutien-qa --write-known` writes it: the same on every host of the site. */
const lineOf = (address, { id }) => `${new URL(address).pathname}  ${id}`;

const shown = ({ kind, what, where, advice: name, ...finding }) => {
  const place = where && where !== what ? ` [${where}]` : "";
  const source = finding.rule ? `\n    by ${sourceOf(finding)}` : "";
  return `${kinds[kind]?.en ?? kind}: ${what}${place}${source}\n    ${advice[name]?.en ?? ""}`;
};

/** What the page shows to a reader who comes for the first time, with the state that the test has given. */
const visit = async (page, address, state, blocker) => {
  const evaluate = (question, argument) => page.evaluate(question, argument);
  await play(evaluate, () => page.reload(), blocker);
  await page.context().setStorageState(state);
  await page.goto(address);
  const seen = await page.evaluate(observation);
  if (seen.error) throw new Error(`soutien-qa: ${address} cannot be observed: ${seen.error}`);
  return seen;
};

export async function toWorkUnder(page, blocker, { known } = {}) {
  const name = "toWorkUnder";
  const address = page.url();
  if (!/^https?:/.test(address)) throw new Error(`${name}: found the page ${address}, expected one that was opened with page.goto`);
  const played = (await page.evaluate(onPage.state))?.profile;
  if (played !== blocker) {
    throw new Error(`${name}: found the blocker ${JSON.stringify(blocker)}, expected ${JSON.stringify(played)}, which the project or test.use names`);
  }
  const lines = knownLines(known);
  const state = await page.context().storageState();
  const seen = [];
  for (const each of ["none", "none", blocker]) seen.push(await visit(page, address, state, each));
  const findings = judge(...seen);
  const unknown = findings.filter((finding) => !lines.includes(lineOf(address, finding)));
  const pass = unknown.length === 0;
  const message = () => {
    const { isNot, utils } = this;
    const told = unknown.slice(0, MOST_FINDINGS).map((finding) => `  ${shown(finding)}`);
    if (unknown.length > MOST_FINDINGS) told.push(`  and ${unknown.length - MOST_FINDINGS} more`);
    return [
      headline(this, name, "blocker"),
      "",
      `Expected: ${isNot ? "findings that are not known" : "no findings that are not known"}`,
      `Received: ${utils.printReceived(unknown.length)} on ${address} under ${blocker}`,
      ...(told.length ? ["", ...told, "", "As known ones:", ...unknown.map((finding) => `  ${lineOf(address, finding)}`)] : []),
      "",
    ].join("\n");
  };
  return { name, pass, expected: lines, actual: findings, message };
}
