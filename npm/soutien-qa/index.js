// For what has no adapter here: the extension as a folder, and the names of the blockers that it plays.

export { BLOCKERS, join } from "./extension.js";
