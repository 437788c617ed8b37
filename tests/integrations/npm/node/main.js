// A server that renders pages: it imports what the pages import, and starts nothing.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const before = Reflect.ownKeys(globalThis).length;
const { start } = await import("soutien");
assert.equal(Reflect.ownKeys(globalThis).length, before, "the import left a global");

await assert.rejects(start(), { name: "Error", message: /start\(\) was called where there is no page: call it in a browser/ });
await assert.rejects(start("modal"), { name: "Error", message: /there is no page/ });

const manifest = fileURLToPath(import.meta.resolve("soutien/site/manifest.json"));
assert.ok(existsSync(manifest), `there is no ${manifest}`);
