import { parseSpec } from "./house-rules.js";
import { writeRecord } from "./records.js";
import { readSpecText } from "./spec.js";

/** `npm run spec:record`: keeps the interface of `openrpc.json` under its version, for what is compared with it later. */
try {
  console.log(`Recorded as ${await writeRecord(".", parseSpec(await readSpecText(".")))}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
