#!/usr/bin/env node
// `npx soutien demo`: the demo of this package, on this machine alone.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import sirv from "sirv";

const PORT = 8010;
const HELP = `Usage: npx soutien demo [--port ${PORT}]

Serves a French news page with Soutien, and the page on which a publisher sets its options, until Ctrl-C.

  --port PORT  the port on this machine; 0 takes any free one
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

// What is wrong with the command line, or nothing.
const run = () => {
  const { values, positionals } = parseArgs({ options: { port: { type: "string", default: `${PORT}` }, help: { type: "boolean" } }, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  if (positionals.length !== 1 || positionals[0] !== "demo") return `found ${positionals.length ? `"${positionals.join(" ")}"` : "no command"}, expected demo`;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
  if (!(port < 65536)) return `found "${values.port}" for --port, expected a number from 0 to 65535`;
  demo(port);
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
