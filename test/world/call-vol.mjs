// Answers methods from the built daemon's own code, as seen by this very process (its namespaces, its user):
// one that the arguments name, or with `--serve` one a line of standard input.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { validateResult } from "../../dist/generated/results.gen.js";
import { Files } from "../../dist/src/kernel/files.js";
import { nativeDaemon } from "../../dist/src/native/native.js";
import { toolError } from "../../dist/src/native/tool-errors.js";

const log = Object.fromEntries(["error", "warn", "info", "debug"].map((level) => [level, () => {}]));
let mishap = {};

/** Ends the process, or fails, after a step of a write. */
function hook(step) {
  if (step === mishap.dieAt) process.kill(process.pid, "SIGKILL");
  if (step === mishap.failAt) throw new Error(`failed at ${step}, as the test wanted`);
}

const start = (stateDir) => nativeDaemon({ files: new Files(), stateDir, version: "0", nodeId: "0", log, hook });
const context = { signal: new AbortController().signal, requestId: "test", caller: { kind: "test" }, log };
const print = (value) => JSON.stringify(value, (_, item) => (typeof item === "bigint" ? Number(item) : item));

async function call(native, method, params) {
  try {
    const result = await native.handlers[method](params, context);
    if (!validateResult[method](result)) throw new Error(JSON.stringify(validateResult[method].errors));
    return { result, degraded: native.degraded() };
  } catch (thrown) {
    const error = toolError(thrown) ?? thrown;
    if (error.kind === undefined && mishap.failAt === undefined) throw error;
    return { error: { kind: error.kind, message: error.message, ...error.details }, degraded: native.degraded() };
  }
}

const [first, second = "{}"] = process.argv.slice(2);
if (first === "--serve") {
  const native = await start(second);
  await native.restore.done;
  for await (const line of createInterface({ input: process.stdin })) {
    const { method, params, ...more } = JSON.parse(line);
    mishap = more;
    process.stdout.write(`${print(await call(native, method, params))}\n`);
  }
  process.exit(0);
}
const own = mkdtempSync(join(tmpdir(), "mos-t-"));
process.stdout.write(print(await call(await start(own), first, JSON.parse(second))));
rmSync(own, { recursive: true, force: true });
