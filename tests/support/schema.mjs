// Says what docs/numbers.schema.json does not allow of the batches in its input, of which each line has one.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";

const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync("docs/numbers.schema.json", "utf8")));
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  if (!validate(JSON.parse(line))) console.log(line, JSON.stringify(validate.errors));
}
