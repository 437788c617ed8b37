#!/usr/bin/env node
// `npx soutien demo`: the demo of this package, on this machine alone. `npx soutien init`: its files into a site.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import sirv from "sirv";

import { check, init } from "./init.js";

const PORT = 8010;
const HELP = `Usage: npx soutien demo [--port ${PORT}]
       npx soutien init FOLDER [--check] [--json]

demo serves a French news page with Soutien, and the page on which a publisher sets its options, until Ctrl-C.
init copies what readers download into a folder of your site, such as public/assets/soutien. Run again, it brings the
folder to the version of this package, and leaves alone what is not soutien's.

  --port PORT  the port on this machine; 0 takes any free one
  --check      writes nothing; says what is behind or was changed, and the exit status is 1 then
  --json       says the same for machines
  --help       this text
`;

// Serves a folder of this package. Files are looked up at each request, since few are asked for.
const folder = (name) => sirv(fileURLToPath(new URL(`./${name}`, import.meta.url)), { dev: true, etag: true });

const demo = (port) => {
  const [pages, site] = [folder("demo"), folder("site")];
  const notFound = readFileSync(new URL("./demo/404.html", import.meta.url));
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404, { "Content-Type": "text/html;charset=utf-8" }).end(notFound);
    // Its addresses begin at the folder that it is in.
    if (request.url === "/configurator") return response.writeHead(302, { Location: "/configurator/" }).end();
    const [, path] = /^\/soutien(\/.*)/.exec(request.url) ?? [];
    if (!path) return pages(request, response, missing);
    request.url = path;
    site(request, response, missing);
  });
  server.on("error", ({ code, message }) => {
    const remedy = code === "EADDRINUSE" ? `port ${port} is in use by another program: stop it, or choose another with --port` : message;
    console.error(`error: ${remedy}`);
    process.exitCode = 1;
  });
  server.listen(port, "127.0.0.1", () => {
    // Browsers know this name without DNS; on localhost itself, EasyList hides nothing by general rules.
    const address = `http://presse.localhost:${server.address().port}/`;
    console.log(`the news page:    ${address}\nthe configurator: ${address}configurator/\nSwitch your blocker on, and reload. Ctrl-C stops this.`);
  });
};

// What each command takes: how many words with its own name, and which options.
const COMMANDS = {
  demo: { words: 1, options: { port: { type: "string" } } },
  init: { words: 2, options: { check: { type: "boolean" }, json: { type: "boolean" } } },
};

// What is wrong with the command line, or nothing.
const run = () => {
  const options = { help: { type: "boolean" }, ...COMMANDS.demo.options, ...COMMANDS.init.options };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const [name, place] = positionals;
  const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
  if (positionals.length !== command?.words) return `found ${name ? `"${positionals.join(" ")}"` : "no command"}, expected demo, or init FOLDER`;
  const other = Object.keys(values).find((option) => !Object.hasOwn(command.options, option));
  if (other) return `found --${other}, which ${name} does not take`;
  if (name === "init") return void into(place, values);
  const { port = `${PORT}` } = values;
  if (!(/^\d{1,5}$/.test(port) && Number(port) < 65536)) return `found "${port}" for --port, expected a number from 0 to 65535`;
  demo(Number(port));
};

// The command line is right, whatever becomes of it: a folder may be one that nobody can write into.
const into = (place, { check: isCheck = false, json: isJson = false }) => {
  try {
    process.exitCode = isCheck ? check(place, isJson) : init(place, isJson);
  } catch ({ message }) {
    console.error(`error: ${message}`);
    process.exitCode = 1;
  }
};

let problem;
try {
  problem = run();
} catch ({ message }) {
  problem = message;
}
if (problem) {
  console.error(`error: ${problem}\n\n${HELP}`);
  process.exitCode = 2;
}
