import { parseSpec } from "./house-rules.js";
import { readSpecText } from "./spec.js";
import { SpecificationError } from "./violation.js";

/** Checks `openrpc.json` in the current folder: exit 0, or 1 with every broken house rule on stderr. */
try {
  parseSpec(await readSpecText("."));
} catch (error) {
  if (!(error instanceof SpecificationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
