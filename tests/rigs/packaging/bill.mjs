// Reads a software bill of materials from standard input, and prints what CycloneDX 1.6 does not allow in it.
import { readFileSync } from "node:fs";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";

const errors = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(readFileSync(0, "utf8"));
if (errors !== null) console.log(JSON.stringify(errors, null, 2));
