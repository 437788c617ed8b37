// A server that renders pages: it imports what the pages import, and starts nothing.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const before = Reflect.ownKeys(globalThis).length;
const { start } = await import("soutien");
assert.equal(Reflect.ownKeys(globalThis).length, before, "the import left a global");

await assert.rejects(start(), { name: "Error", message: /start\(\) was called where there is no page: call it in a browser/ });
for (const [given, said] of [
  ["modal", "the string modal"],
  [3, "the number 3"],
  [true, "the boolean true"],
  [Symbol("x"), "the symbol Symbol(x)"],
  [null, "null"],
  [["modal"], "an array"],
]) {
  await assert.rejects(start(given), {
    name: "TypeError",
    message: `soutien: start() was given ${said}, and an object of options was expected`,
  });
}

const manifest = fileURLToPath(import.meta.resolve("soutien/site/manifest.json"));
assert.ok(existsSync(manifest), `there is no ${manifest}`);
