// Answers one storage method from the built daemon's own code, as seen by this very process (its namespaces, its user).
import { validateResult } from "../../dist/generated/results.gen.js";
import { Files } from "../../dist/src/kernel/files.js";
import { Identities } from "../../dist/src/kernel/identities.js";
import { SpaceReader } from "../../dist/src/kernel/statfs.js";
import { disks } from "../../dist/src/native/vol/disks.js";
import { mounts } from "../../dist/src/native/vol/mounts.js";
import { partitions } from "../../dist/src/native/vol/partitions.js";
import { usage } from "../../dist/src/native/vol/usage.js";

const [method, params = "{}", times = "1"] = process.argv.slice(2);
const files = new Files();
const deps = { files, identities: new Identities(files), space: new SpaceReader() };
const handlers = { ...mounts(deps), ...usage(deps), ...disks(deps), ...partitions(deps) };
const context = { signal: new AbortController().signal };

let result;
let best = Number.POSITIVE_INFINITY;
for (let left = Number(times); left > 0; left -= 1) {
  const start = performance.now();
  result = await handlers[method](JSON.parse(params), context);
  best = Math.min(best, performance.now() - start);
}
if (!validateResult[method](result)) throw new Error(JSON.stringify(validateResult[method].errors));
process.stderr.write(`${best.toFixed(1)} ms\n`);
process.stdout.write(JSON.stringify(result, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
