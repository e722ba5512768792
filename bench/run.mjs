// `npm run bench`: everything in one run, as tables, or as JSON with `--json`.
import { measureCalls } from "./calls.mjs";
import { measureReads } from "./reads.mjs";
import { measureStart } from "./start.mjs";
import { measureStorage } from "./storage.mjs";

const parts = { start: measureStart, calls: measureCalls, reads: measureReads, storage: measureStorage };
const results = {};
for (const [name, measure] of Object.entries(parts)) {
  process.stderr.write(`measuring ${name} …\n`);
  results[name] = await measure();
}
if (process.argv.includes("--json")) console.log(JSON.stringify({ node: process.version, ...results }, null, 2));
else for (const [name, rows] of Object.entries(results)) show(name, rows);

function show(name, rows) {
  console.log(`\n${name} (Node ${process.version})`);
  console.table(rows);
}
