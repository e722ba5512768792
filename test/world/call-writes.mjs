// Runs calls of the built native daemon's own code in this very process and its namespaces, on a state folder that lasts.
// Standard input says what; each step of a write is told to a hook that can end the process or fail there.
import { text } from "node:stream/consumers";
import { methods } from "../../dist/generated/methods.gen.js";
import { validateParams } from "../../dist/generated/params.gen.js";
import { validateResult } from "../../dist/generated/results.gen.js";
import { Files } from "../../dist/src/kernel/files.js";
import { nativeDaemon } from "../../dist/src/native/native.js";
import { toolError } from "../../dist/src/native/tool-errors.js";
import { RpcError } from "../../dist/src/rpc/errors.js";

const { stateDir, calls, atOnce, dieAt, failAt, path, address, lingerMs = 0 } = JSON.parse(await text(process.stdin));
if (path !== undefined) process.env.PATH = path;

const steps = [];
/** Steps are counted from 1, over all calls. */
const hook = (step) => {
  steps.push(step);
  if (steps.length === dieAt) process.kill(process.pid, "SIGKILL");
  if (steps.length === failAt) throw new Error("the test fails this step");
};
const logged = [];
const note = (message, fields) => logged.push([message, fields]);
const log = { error: note, warn: note, info: () => {}, debug: () => {} };
const options = { files: new Files(), stateDir, version: "0.0.0", nodeId: "0".repeat(32), log, hook };
const { handlers, restore, managed } = await nativeDaemon(options);
await restore.done;
const caller = { kind: "anonymous_local", right: "admin", countedAs: "test", ...(address && { address }) };
const context = { signal: new AbortController().signal, requestId: "test", caller, log };

const answers = [];
if (atOnce) answers.push(...(await Promise.all(calls.map(answer))));
else for (const call of calls) answers.push(await answer(call));
const drift = [];
for (const part of managed) drift.push(...(await part.verify(context.signal)));
const exact = (_, value) => (typeof value === "bigint" ? String(value) : value);
process.stdout.write(JSON.stringify({ answers, steps, drift, waiting: restore.waiting, logged }, exact), () =>
  setTimeout(() => process.exit(0), lingerMs),
);

async function answer([method, params = {}]) {
  try {
    if (methods[method] === undefined) throw new Error(`no method ${method}`);
    if (!validateParams[method](params)) return { error: { kind: "invalid_params" } };
    const result = await handlers[method](params, context);
    if (!validateResult[method](result)) throw new Error(JSON.stringify(validateResult[method].errors));
    return { result };
  } catch (error) {
    const told = error instanceof RpcError ? error : toolError(error);
    if (told) return { error: { kind: told.kind, message: told.message, ...told.details } };
    return { error: { kind: "internal_error", message: String(error?.stack ?? error) } };
  }
}
