// Asks uBlock Origin's own engine what becomes of requests. Reads {lists: [text], cases: [[address, from, kind]]} as JSON, and writes
// one answer for each case: 0 is let through, 1 is blocked, 2 is let through by an exception.

import { readFileSync, writeSync } from "node:fs";
import { StaticNetFilteringEngine } from "@gorhill/ubo-core";

const { lists, cases } = JSON.parse(readFileSync(0, "utf8"));
const engine = await StaticNetFilteringEngine.create();
await engine.useLists(lists.map((raw, index) => ({ name: `list ${index}`, raw })));
const answers = cases.map(([url, originURL, type]) => engine.matchRequest({ originURL, url, type }));
writeSync(1, JSON.stringify(answers));
