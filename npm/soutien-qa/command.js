#!/usr/bin/env node
// `npx soutien-qa URL`: starts the program for this platform, with the extension joined for it. `npx soutien-qa explain …` and `check-names …` as well.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

import { joinInto, makeFolder, warnOfOldLists } from "./extension.js";

const COMMANDS = ["qa", "explain", "check-names"];

/** Names a program of one's own, where there is no package with one. */
const PROGRAM_VARIABLE = "SOUTIEN_QA_PROGRAM";

/** Where the program finds pages and options that are not typed. */
const SETTINGS = "soutien-qa.toml";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

const HELP = `Usage: npx soutien-qa URL... [OPTIONS]
       npx soutien-qa explain URL|ELEMENT [OPTIONS]
       npx soutien-qa check-names NAME...

Opens pages under every ad blocker, and says what came of each. It takes Chromium, Google Chrome or a relative that is
installed, or the Chromium of Playwright.

  npx soutien-qa                     with the pages and options in soutien-qa.toml
  npx soutien-qa qa --help           all options, such as --profile, --html and --junit
  npx soutien-qa explain --help      what filter lists make of a request or an element, and by which rule
  npx soutien-qa check-names --help  whether filter lists hit names that you have in mind
`;

/** The program for this platform; undefined where there is none. */
const program = () => {
  if (process.env[PROGRAM_VARIABLE]) return process.env[PROGRAM_VARIABLE];
  try {
    const manifest = createRequire(import.meta.url).resolve(`soutien-qa-${process.platform}-${process.arch}/package.json`);
    const file = path.join(path.dirname(manifest), "bin", "soutien-qa");
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
};

const MISSING = `error: there is no program for ${process.platform}-${process.arch}
- Was it left out? npm leaves it out under --omit=optional, and of a node_modules that another platform made: install soutien-qa again.
- Is there none? On Windows, use WSL. Elsewhere, compile it from the sources, cargo build --release --package soutien-qa,
  and name it in ${PROGRAM_VARIABLE}.
The fixtures for Playwright, Puppeteer, Selenium and WebdriverIO do without it.
`;

const given = process.argv.slice(2);
const [first] = given;
// What is no command is a page, or an option of the command that opens pages.
const words = COMMANDS.includes(first) || ["--version", "-V"].includes(first) ? given : ["qa", ...given];
const isHelp = (given.length === 0 && !existsSync(SETTINGS)) || ["--help", "-h", "help"].includes(first);
const file = isHelp ? undefined : program();

if (isHelp) {
  process.stdout.write(HELP);
} else if (!file) {
  process.stderr.write(MISSING);
  process.exitCode = 2;
} else {
  run(file, words);
}

function run(file, words) {
  const [command, ...rest] = words;
  const names = (option) => rest.some((word) => word === option || word.startsWith(`${option}=`));
  let made;
  const takesExtension = COMMANDS.includes(command) && !["--extension", "--help", "-h"].some(names);
  if (takesExtension) {
    warnOfOldLists();
    made = makeFolder();
    // Which of them is wanted may stand in the settings.
    for (const browser of ["chromium", "firefox"]) {
      joinInto(browser, path.join(made.folder, `extension-${browser}-qa`));
    }
    rest.unshift("--extension", made.folder);
  }
  const child = spawn(file, [command, ...rest], { stdio: "inherit", env: { ...process.env, SOUTIEN_COMMAND: "npx soutien-qa" } });
  // The program ends its browsers first; then this ends as it did.
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  child.on("error", ({ message }) => {
    console.error(`error: ${file} cannot be started: ${message}`);
    process.exitCode = 2;
  });
  child.on("exit", (code, signal) => {
    made?.remove();
    for (const signal of SIGNALS) process.off(signal, pass);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}
