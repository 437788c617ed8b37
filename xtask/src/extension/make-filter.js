// Makes a filter at build time, by the backend's own module: the engine's tables depend on the width of a pointer, so that one made by
// a program of this machine finds no class and no id in a browser. Reads {lists, sheet} as JSON, and writes the filter to the output.

import { readFileSync, writeFileSync } from "node:fs";
import { initSync, make_filter } from "soutien-backend";

const [, , module, output] = process.argv;
initSync({ module: readFileSync(module) });
const { lists, sheet } = JSON.parse(readFileSync(0, "utf8"));
writeFileSync(output, make_filter(JSON.stringify(lists), sheet));
