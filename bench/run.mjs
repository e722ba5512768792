// `npm run bench`: everything in one run, as tables, or as JSON with `--json`; words name the parts to run (`-- proxy ctl`).
import { measureCalls } from "./calls.mjs";
import { measureCtl } from "./ctl.mjs";
import { measureProxy } from "./proxy.mjs";
import { measureReads } from "./reads.mjs";
import { measureStart } from "./start.mjs";
import { measureStorage } from "./storage.mjs";

const parts = {
  start: measureStart,
  calls: measureCalls,
  reads: measureReads,
  storage: measureStorage,
  proxy: measureProxy,
  ctl: measureCtl,
};
const results = {};
const wanted = process.argv.slice(2).filter((word) => word !== "--json");
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  results[name] = await measure();
}
if (process.argv.includes("--json")) console.log(JSON.stringify({ node: process.version, ...results }, null, 2));
else for (const [name, rows] of Object.entries(results)) show(name, rows);

function show(name, rows) {
  console.log(`\n${name} (Node ${process.version})`);
  console.table(rows);
}
