// Runs calls of the built native daemon's own code in this very process and its namespaces, on a state folder that lasts.
// Standard input says what (see `writes.ts`); each step of a write is told to a hook that can end the process or fail there.
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { methods } from "../../dist/generated/methods.gen.js";
import { validateResult } from "../../dist/generated/results.gen.js";
import { Files } from "../../dist/src/kernel/files.js";
import { nativeDaemon } from "../../dist/src/native/native.js";
import { toolError } from "../../dist/src/native/tool-errors.js";
import { RpcError } from "../../dist/src/rpc/errors.js";
import { validParams } from "../../dist/src/rpc/validate.js";

const given = JSON.parse(await text(process.stdin));
const {
  stateDir,
  first = [],
  calls,
  look = [],
  atOnce,
  dieAt,
  failAt,
  failEverywhere,
  path,
  address,
  firewall,
  lingerMs = 0,
} = given;
const ownPath = process.env.PATH;
Error.stackTraceLimit = 50;
/** Steps are counted from 1, over all calls but the first ones. */
let steps = [];
/** Where in the daemon's own code they are, at the same places. */
let sites = [];
let counting = false;
let failing = failAt;
const hook = (step) => {
  if (!counting) return;
  steps.push(step);
  sites.push(siteOf());
  if (steps.length === dieAt) process.kill(process.pid, "SIGKILL");
  if (steps.length === failing) throw new Error("the test fails this step");
};
const logged = [];
const note = (message, fields) => logged.push([message, fields]);
const log = { error: note, warn: note, info: () => {}, debug: () => {} };
const options = { files: new Files(), stateDir, version: "0.0.0", nodeId: "0".repeat(32), log, hook };
const { handlers, restore, managed } = await nativeDaemon({ ...options, ...(firewall && { firewall }) });
await restore.done;
const caller = { kind: "anonymous_local", right: "admin", countedAs: "test", ...(address && { address }) };
const context = { signal: new AbortController().signal, requestId: "test", caller, log };

// Written at once, for the process may not live long.
tell({ found: { looks: seen(), drift: await drift(), waiting: restore.waiting } });
for (const call of first) await answer(call);
counting = true;
// For the calls alone: what is looked at beside them may need a tool.
if (path !== undefined) process.env.PATH = path;
if (failEverywhere) await failAtEachStep();
else {
  const answers = [];
  if (atOnce) answers.push(...(await Promise.all(calls.map(answer))));
  else for (const call of calls) answers.push(await answer(call));
  process.env.PATH = ownPath;
  tell({ answers, steps, looks: seen(), drift: await drift(), waiting: restore.waiting, logged });
}
setTimeout(() => process.exit(0), lingerMs);

/** The line of the daemon's own code that waits for the step that was done. */
function siteOf() {
  const frames = new Error().stack.split("\n").map((frame) => /\/dist\/src\/(native\/.+\.js:\d+):/.exec(frame)?.[1]);
  return frames.find(Boolean);
}

/** Makes the calls whole, brings the old state back, and then fails them at the first step, at the second, and so on. */
async function failAtEachStep() {
  const old = { looks: seen(), registries: registries() };
  for (const call of calls) await answer(call);
  const whole = { steps, sites, looks: seen() };
  counting = false;
  for (const call of failEverywhere) await answer(call);
  const failures = [];
  for (let place = 1; place <= whole.steps.length; place += 1) {
    steps = [];
    sites = [];
    failing = place;
    counting = true;
    const before = registries();
    const answers = [];
    for (const call of calls) answers.push(await answer(call));
    counting = false;
    const isKept = JSON.stringify(before) === JSON.stringify(registries());
    failures.push({ step: whole.steps[place - 1], answers, looks: seen(), drift: await drift(), isKept });
  }
  tell({ old, ...whole, failures });
}

/** What the registry files hold, by file. */
function registries() {
  const names = readdirSync(stateDir).filter((name) => name.endsWith(".json"));
  const read = (name) => JSON.parse(readFileSync(join(stateDir, name), "utf8")).entries;
  // An undo enters again what was taken out: the order of entries means nothing.
  const sorted = (entries) => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return names
    .sort()
    .map((name) => [name, sorted(read(name))])
    .filter(([, entries]) => entries.length > 0);
}

function tell(report) {
  const exact = (_, value) => (typeof value === "bigint" ? String(value) : value);
  const bytes = Buffer.from(`${JSON.stringify(report, exact)}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function seen() {
  const env = { ...process.env, LC_ALL: "C" };
  return look.map(([command, ...args]) => execFileSync(command, args, { env, maxBuffer: 1 << 28 }).toString("latin1"));
}

async function drift() {
  const items = [];
  for (const part of managed) items.push(...(await part.verify(context.signal)));
  return items;
}

/** What happens between calls: a command, and waiting until one prints a text. */
async function happen({ command: [command, ...args], until }) {
  for (const deadline = Date.now() + 30_000; ; ) {
    const { stdout } = await promisify(execFile)(command, args);
    if (until === undefined || stdout.includes(until)) return { result: { stdout } };
    if (Date.now() > deadline) return { error: { kind: "never", stdout } };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function answer([method, params = {}]) {
  if (method === "happen") return happen(params);
  try {
    if (methods[method] === undefined) throw new Error(`no method ${method}`);
    const result = await handlers[method](validParams(method, params), context);
    if (!validateResult[method](result)) throw new Error(JSON.stringify(validateResult[method].errors));
    return { result };
  } catch (error) {
    const told = error instanceof RpcError ? error : toolError(error);
    if (told) return { error: { kind: told.kind, message: told.message, ...told.details } };
    return { error: { kind: "internal_error", message: String(error?.stack ?? error) } };
  }
}
